"""How to read the theme table: sub-themes, positions, ranks, and what is held back."""

from collections.abc import Sequence

import pandas as pd

from coder.figures import choose_form, format_ordinal, join_names
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.options import Threshold
from coder.text import count


def structure_note(matrix: CodedMatrix) -> str:
    """What a sub-theme's count means."""
    sub_themes = [row for row in matrix.rows if row.is_sub_theme]
    within = [row.short for row in sub_themes if row.theme.aggregate]
    beside = [row.short for row in sub_themes if not row.theme.aggregate]
    sentences = [
        "A comment can carry several themes, so percentages can add up to more than 100; a "
        "theme counts once for each comment."
    ]
    if len(beside) == 1:
        sentences.append(
            f"{beside[0]} is listed under the theme that it goes with, has no rank and does "
            "not count towards that theme."
        )
    elif beside:
        sentences.append(
            f"{join_names(beside)} are listed under the themes that they go with, have no rank "
            "and do not count towards those themes."
        )
    if within:
        be = choose_form(
            len(within),
            "is",
            "are",
        )
        sentences.append(f"{join_names(within)} {be} counted within the theme above.")
    return " ".join(sentences)


def position_notes(matrix: CodedMatrix, themes: pd.DataFrame) -> list[str]:
    """Per theme with positions that the table shows: how many comments take none, or more than one.

    Args:
        themes: `tables.THEMES`.
    """
    shown = set(themes.loc[themes["position_id"] == "", "theme_id"])
    notes = []
    for number, row in enumerate(matrix.rows):
        theme = row.theme
        if row.position is not None or not theme.positions or theme.id not in shown:
            continue
        positions = [
            matrix.row_number[theme.id, position.id] for position in theme.positions
        ]
        carries = matrix.carries[:, number]
        named = matrix.carries[carries][:, positions].sum(axis=1)
        none, several = int((named == 0).sum()), int((named > 1).sum())
        if none or several:
            notes.append(
                f"{theme.short}: of {count(int(carries.sum()), 'comment')} as coded, {none:,} "
                f"{choose_form(none, 'takes', 'take')} no position and {several:,} "
                f"{choose_form(several, 'takes', 'take')} more than one."
            )
    return notes


def held_back_note(themes: int, threshold: str) -> str:
    """How many themes are under the display threshold."""
    if not threshold:
        return ""
    limit = threshold
    if not threshold.strip().endswith("%"):
        size = Threshold.parse(threshold).size
        limit = count(int(size), "comment") if size == int(size) else f"{size} comments"
    if not themes:
        return f"No theme is under {limit}, so none is held back."
    be = choose_form(
        themes,
        "is",
        "are",
    )
    return f"{count(themes, 'theme')} under {limit} {be} held back."


# ---------------------------------------------------------------- ranks


def rank_note(themes: pd.DataFrame) -> str:
    """Ranks that should not be read as certain.

    Args:
        themes: `tables.THEMES`.
    """
    main = themes[themes["rank"].notna()]
    if len(main) < 2:
        return ""
    has_ranges = (main["rank_low"] < main["rank_high"]).fillna(False).any()
    if has_ranges and (themes["low"] < themes["high"]).any():
        return (
            "Each rank has a 95% range: where the ranges of themes overlap, "
            "their order is not certain."
        )
    return _ties_note(main)


def _ties_note(main: pd.DataFrame) -> str:
    """Equal counts and near ties of the main themes, which are in order of their counts."""
    counts: list[int] = main["n"].astype(int).tolist()
    ranks: list[int] = main["rank"].astype(int).tolist()
    equal, near = [], []
    for chain in _near_ties(counts):
        first, last = chain[0], chain[-1]
        if counts[first] == counts[last]:
            comments = count(counts[first], "comment")
            equal.append(
                f"{format_ordinal(ranks[first])} ({len(chain)} themes with {comments} each)"
            )
            continue
        places = format_ordinal(ranks[first])
        if ranks[first] != ranks[last]:
            places += f" to {format_ordinal(ranks[last])}"
        sizes = join_names([f"{counts[place]:,}" for place in chain])
        comments = choose_form(counts[last], "comment", "comments")
        near.append(f"{places} ({sizes} {comments})")
    sentences = []
    if equal:
        sentences.append(f"Themes with equal counts share a rank: {'; '.join(equal)}.")
    if near:
        sentences.append(
            f"Near ties, where one decision would change the order: {'; '.join(near)}."
        )
    return " ".join(sentences)


def _near_ties(counts: Sequence[int]) -> list[list[int]]:
    """Runs of places whose counts differ by at most 1 from one to the next; themes nobody
    mentioned are none.

    Args:
        counts: in falling order.
    """
    chains: list[list[int]] = []
    for place in range(1, len(counts)):
        if counts[place - 1] - counts[place] > 1 or counts[place] == 0:
            continue
        if chains and chains[-1][-1] == place - 1:
            chains[-1].append(place)
        else:
            chains.append([place - 1, place])
    return chains
