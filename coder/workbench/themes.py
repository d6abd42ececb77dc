"""What was made at the workbench, as themes of a codebook and as groups of comments."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from coder.codebook import Theme
from coder.text import clean_text, word_count
from coder.workbench.board import Board, Group
from coder.workbench.candidates import Member
from coder.workbench.findings import Findings

if TYPE_CHECKING:
    import pandas as pd

LONGEST_ID = 30  # characters: an id is typed
MOST_KEYWORDS = 10
LONGEST_KEYWORD = 40  # characters
MOST_EXAMPLES = 5
LONGEST_EXAMPLE = 60  # words; of a longer comment the telling sentence is taken
MOVED = (0.5, "core")  # strength and fit of a comment that somebody put there by hand


class Adopted(NamedTuple):
    """The themes to write, and what is known of them.

    Attributes:
        themes: sub-themes nested.
        ids: the theme id of each group.
    """

    themes: tuple[Theme, ...]
    ids: dict[str, str]


def adopt_groups(
    board: Board, findings: Findings, known_ids: Mapping[str, str]
) -> Adopted:
    """Every group that is a theme, with its keywords, examples and where it comes from.

    Args:
        known_ids: theme ids given before, by group: an id never changes once it is in a file.
    """
    ids: dict[str, str] = {}
    used = set(known_ids.values())
    for group, _ in board.tree():
        ids[group.id] = known_ids.get(group.id) or short_id(group.name, used)
        used.add(ids[group.id])

    def theme_of(group: Group) -> Theme:
        subs = tuple(theme_of(sub) for sub in board.under(group.id))
        return _theme(
            group,
            ids[group.id],
            board,
            findings,
            subs,
        )

    themes = tuple(theme_of(group) for group in board.under(""))
    return Adopted(themes, ids)


def short_id(name: str, used: Iterable[str]) -> str:
    """An id that can be typed: the first words of a name, and no other theme's.

    A name without a letter of the Latin alphabet gives `theme`.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("'", ""))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    base = ""
    for word in words:
        longer = f"{base}-{word}".strip("-")
        if len(longer) > LONGEST_ID:
            break
        base = longer
    base = base or "".join(words)[:LONGEST_ID] or "theme"
    taken, free, number = set(used), base, 2
    while free in taken:
        free = f"{base}-{number}"
        number += 1
    return free


def _theme(
    group: Group,
    theme_id: str,
    board: Board,
    findings: Findings,
    subs: tuple[Theme, ...],
) -> Theme:
    return Theme.model_validate(
        {
            "id": theme_id,
            "name": clean_text(group.name),
            "definition": clean_text(group.definition),
            "includes": tuple(map(clean_text, group.includes)),
            "excludes": tuple(map(clean_text, group.excludes)),
            "keywords": tuple(map(clean_text, keywords_of(group, board))),
            "examples": tuple(examples_of(group, board, findings)),
            "cluster": _provenance(group),
            "themes": subs,
        }
    )


def _provenance(group: Group) -> dict[str, int | str]:
    """Which candidates a theme was made of, when and by whom."""
    provenance: dict[str, int | str] = {
        "made_of": " ".join(group.candidates),
        "comments": group.size,
    }
    if group.by:
        provenance["by"] = group.by
    if group.at:
        provenance["date"] = group.at[:10]
    return provenance


def keywords_of(group: Group, board: Board) -> tuple[str, ...]:
    """The keywords that somebody wrote; else those of its candidates, in turns."""
    if group.keywords:
        return group.keywords
    lists = []
    for candidate_id in _known(group, board):
        lists.append(board.candidates[candidate_id].keywords)
    keywords: dict[str, str] = {}
    for keyword in _in_turns(lists):
        if len(keyword) <= LONGEST_KEYWORD and len(keywords) < MOST_KEYWORDS:
            keywords.setdefault(keyword.casefold(), keyword)
    return tuple(keywords.values())


def examples_of(group: Group, board: Board, findings: Findings) -> list[str]:
    """The comments marked as examples; where there are none, quotes of its candidates, in
    turns.
    """
    if group.examples:
        texts = [_excerpt(one, group, findings) for one in group.examples]
        return [text for text in dict.fromkeys(texts) if text.strip()]
    lists = []
    for candidate_id in _known(group, board):
        lists.append(board.candidates[candidate_id].examples)
    quotes = []
    for quote in dict.fromkeys(_in_turns(lists)):
        if quote.strip():
            quotes.append(clean_text(quote))
    return quotes[:MOST_EXAMPLES]


def _known(group: Group, board: Board) -> list[str]:
    return [one for one in group.candidates if one in board.candidates]


def _in_turns(lists: Sequence[Sequence[str]]) -> list[str]:
    """The first of each list, then the second of each, and so on."""
    items = []
    for turn in zip_longest(*lists):
        items += [item for item in turn if item is not None]
    return items


def _excerpt(comment_id: str, group: Group, findings: Findings) -> str:
    """A comment, or of a long one the sentence that tells most."""
    text = findings.text(comment_id)
    if word_count(text) > LONGEST_EXAMPLE:
        span = findings.sentences(group.comment_ids).get(comment_id)
        if span is not None:
            text = text[span.start : span.end]
    return clean_text(text).strip()


def memberships_of(board: Board, ids: Mapping[str, str]) -> "pd.DataFrame":
    """Which comment belongs to which theme: `tables.CANDIDATES`, with theme ids."""
    import pandas as pd

    from coder import tables

    rows = []
    for group, _ in board.tree():
        known = _strongest(group, board)
        parent_id = ids.get(group.parent_id, "")
        for comment_id in group.comment_ids:
            member = known.get(comment_id)
            if member is None:
                member = Member(comment_id, *MOVED)
            rows.append(
                (
                    comment_id,
                    ids[group.id],
                    parent_id,
                    member.strength,
                    member.fit,
                )
            )
    table = pd.DataFrame(rows, columns=list(tables.CANDIDATES.columns))
    return table.astype(tables.CANDIDATES.dtypes)


def _strongest(group: Group, board: Board) -> dict[str, Member]:
    """Of each comment of a group's candidates, where it belongs most."""
    strongest: dict[str, Member] = {}
    for candidate_id in _known(group, board):
        for member in board.candidates[candidate_id].members:
            before = strongest.get(member.comment_id, member)
            if member.strength >= before.strength:
                strongest[member.comment_id] = member
    return strongest
