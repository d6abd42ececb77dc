"""Paragraphs that say what people said: sentences, each with the counts behind it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from coder.figures import format_tenth, join_names
from coder.reporting.aspects import Aspect, ThemeAspects
from coder.reporting.coded_matrix import Key
from coder.reporting.hedges import WORDS, choose_word
from coder.reporting.said_sentence import Fact, Sentence
from coder.reporting.sentences import theme_sentence
from coder.text import count

if TYPE_CHECKING:
    from coder.reporting.report import Report

MOST_PARTNERS = 2  # themes that go together with one, in its paragraph


def write_paragraphs(report: "Report") -> dict[Key, tuple[Sentence, ...]]:
    """The sentences of each row of the theme table."""
    paragraphs = {}
    for row in report.themes.to_dict(orient="records"):
        key = (str(row["theme_id"]), str(row["position_id"]))
        paragraphs[key] = tuple(
            _sentences(
                report,
                row,
                key,
            )
        )
    return paragraphs


def _sentences(
    report: "Report", row: Mapping[Any, Any], key: Key
) -> Iterator[Sentence]:
    yield from _size(report, row)
    if pd.isna(row["n"]):
        return
    aspects = report.aspects.get(key)
    if aspects is not None and aspects.aspects:
        yield from _about_aspects(aspects)
        yield from _about_rest(report, aspects)
    if not key[1]:
        yield from _about_positions(report, key[0])
        yield from _about_partners(report, key[0])
    yield from _about_sources(report, key)


def _size(report: "Report", row: Mapping[Any, Any]) -> Iterator[Sentence]:
    facts: tuple[Fact, ...] = ()
    if pd.notna(row["n"]):
        facts = (
            Fact("comments", int(row["n"])),
            Fact("comments counted", report.comments_counted),
        )
    yield Sentence(
        "size",
        "size",
        theme_sentence(report, row),
        facts,
    )


# ---------------------------------------------------------------- aspects


def _about_aspects(found: ThemeAspects) -> Iterator[Sentence]:
    """A sentence for each word of `hedges`, the strongest first; each count under its word."""
    by_word: dict[str, list[Aspect]] = {}
    for aspect in found.aspects:
        word = choose_word(
            aspect.count,
            found.base,
            is_exact=found.is_exact,
        )
        by_word.setdefault(word, []).append(aspect)
    base = Fact("as coded", found.base)
    is_first = True
    for word in WORDS:
        aspects = by_word.get(word, [])
        if not aspects:
            continue
        facts = [Fact(aspect.name, aspect.count) for aspect in aspects]
        keys = tuple(aspect.key for aspect in aspects)
        text = _mention(
            word,
            aspects,
            found.base if is_first else 0,
        )
        yield Sentence(
            "aspects",
            f"{word} mentioned",
            text,
            (*facts, base),
            keys,
        )
        is_first = False


def _mention(word: str, aspects: Sequence[Aspect], base: int) -> str:
    """`Some comments mentioned vetting (14 of the 92 coded with the theme), and some scrutiny
    (12).`

    Args:
        base: comments with the theme; 0 where it was said before.
    """
    named: list[str] = []
    for aspect in aspects:
        figures = f"{aspect.count:,}"
        if base and not named:
            figures += f" of the {base:,} coded with the theme"
        if 2 * aspect.in_campaign > aspect.count:
            figures += f", {aspect.in_campaign:,} of them letters of one campaign"
        named.append(f"{aspect.name} ({figures})")
    first, *others = named
    verb = "mentioned"
    if not aspects[0].listed:
        verb = "used words such as"
    text = f"{word[0].upper()}{word[1:]} comments {verb} {first}"
    if len(others) == 1:
        text += f", and {word} {others[0]}"
    elif others:
        text += f"; {word} each of these: {'; '.join(others)}"
    return f"{text}."


def _about_rest(report: "Report", found: ThemeAspects) -> Iterator[Sentence]:
    """In how many comments none of these was found; a number that is too small is not said."""
    if found.without < report.minimum_cell:
        return
    what = "None of these" if len(found.aspects) > 1 else "It"
    verb = "was found" if len(found.aspects) > 1 else "was not found"
    text = f"{what} {verb} in {count(found.without, 'comment')}."
    facts = (Fact("none of these", found.without), Fact("as coded", found.base))
    yield Sentence(
        "rest",
        "none of these",
        text,
        facts,
    )


# ---------------------------------------------------------------- opposing views, sources, themes


def _about_positions(report: "Report", theme_id: str) -> Iterator[Sentence]:
    """The positions of a theme with their counts, over all and by source."""
    rows = report.themes[report.themes["theme_id"] == theme_id]
    rows = rows[(rows["position_id"] != "") & rows["n"].notna()]
    if len(rows) < 2 or not rows["n"].sum():
        return
    named: list[str] = []
    facts: list[Fact] = []
    for row in rows.to_dict(orient="records"):
        named.append(f"“{row['theme']}” ({count(int(row['n']), 'comment')})")
        facts.append(Fact(str(row["theme"]), int(row["n"])))
    text = f"Views differed: {_versus(named)}."
    yield Sentence(
        "positions",
        "positions",
        text,
        tuple(facts),
    )
    if len(report.sources) > 1:
        yield from _positions_by_source(report, rows)


def _versus(named: Sequence[str]) -> str:
    if len(named) == 2:
        return f"{named[0]} against {named[1]}"
    return join_names(named)


def _positions_by_source(report: "Report", rows: pd.DataFrame) -> Iterator[Sentence]:
    parts, facts = [], []
    for source in report.sources:
        counts = rows[f"n_{source}"]
        if counts.isna().any():
            continue
        numbers = [int(number) for number in counts]
        parts.append(f"{source} {' to '.join(f'{number:,}' for number in numbers)}")
        for name, number in zip(
            rows["theme"],
            numbers,
            strict=True,
        ):
            facts.append(Fact(f"{name}, {source}", number))
    if parts:
        text = f"In the same order, by source: {'; '.join(parts)}."
        yield Sentence(
            "positions",
            "positions by source",
            text,
            tuple(facts),
        )


def _about_partners(report: "Report", theme_id: str) -> Iterator[Sentence]:
    """Themes that go together with it more often than by chance."""
    pairs = report.together
    is_own = (pairs["theme_id"] == theme_id) | (pairs["with_theme_id"] == theme_id)
    clear = pairs[is_own & pairs["more_than_chance"].astype(bool)]
    named, facts = [], []
    for pair in clear.head(MOST_PARTNERS).to_dict(orient="records"):
        is_first = pair["theme_id"] == theme_id
        other = pair["with_theme_id"] if is_first else pair["theme_id"]
        name = report.codebook.theme(str(other)).name
        both, chance = int(pair["n"]), format_tenth(pair["expected"])
        named.append(f"“{name}” ({count(both, 'comment')}; {chance} by chance)")
        facts.append(Fact(f"with {name}", both))
    if named:
        text = f"It often went together with {join_names(named)}."
        yield Sentence(
            "together",
            "together",
            text,
            tuple(facts),
        )


def _about_sources(report: "Report", key: Key) -> Iterator[Sentence]:
    """Routes in which it is more or less common than in the rest, where the test says so."""
    for breakdown in report.breakdowns:
        if breakdown.column != "route":
            continue
        cells = breakdown.cells
        is_own = (cells["theme_id"] == key[0]) & (cells["position_id"] == key[1])
        clear = cells[is_own & (cells["hidden"] == "") & cells["percent"].notna()]
        clear = clear[clear["significant"].isin(["higher", "lower"])]
        yield from _by_route(clear.to_dict(orient="records"))


def _by_route(cells: Iterable[Mapping[Any, Any]]) -> Iterator[Sentence]:
    for cell in cells:
        direction = "more" if cell["significant"] == "higher" else "less"
        percent, n = format_tenth(cell["percent"]), int(cell["n"])
        text = (
            f"It was mentioned significantly {direction} often in {cell['group']} than in "
            f"the rest: {n:,} of its {int(cell['base']):,} comments ({percent}%)."
        )
        facts = (Fact(f"{cell['group']}", n),)
        yield Sentence(
            "sources",
            f"in {cell['group']}",
            text,
            facts,
        )
