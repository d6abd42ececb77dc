"""What a review sheet contains.

Cells contain what the reviewer decided before and nothing else. What the model suggests is
shown in the column `suggested` and by a colour, so that a suggestion becomes a decision only
where a person enters it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.decisions import Draw, LatestAnswers, read_decisions
from coder.decisions.standing import Key
from coder.decisions.table import IN_DISPUTE, REVIEWERS_ANSWERS
from coder.errors import CoderError
from coder.project import Project
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import read_suggestions
from coder.reviewing.record import Record
from coder.reviewing.settling.disputes import answers_in_words, dispute_on
from coder.reviewing.sheet.selection import Selection, SheetSource
from coder.reviewing.suggestions import Suggestions, theme_and_position_keys
from coder.tables import analysed

if TYPE_CHECKING:
    import pandas as pd

LEFT = ("comment_id", "text", "source", "suggested", "done")
DISPUTES_LEFT = ("comment_id", "text", "source", IN_DISPUTE, REVIEWERS_ANSWERS)
RIGHT = ("note", "mode", "chosen", "reviewer")
DISPUTES_RIGHT = ("note", "reviewer")
# Names that no theme can have in the sheet, because `coder review --from` knows other columns
# by them.
RESERVED = {
    *LEFT,
    *DISPUTES_LEFT,
    *RIGHT,
    "themes",
    "scope",
    "decided_at",
    "unsure",
}


@dataclass(frozen=True)
class SheetOwner:
    """Whose sheet it is.

    Attributes:
        reviewer: empty for a sheet that anybody may hand in.
        blind: without suggestions.
        hand_in: the command that takes the sheet back.
    """

    reviewer: str
    blind: bool
    hand_in: str


@dataclass(frozen=True)
class SheetRow:
    """One comment.

    Attributes:
        suggested: the themes and positions that the model suggests; none where suggestions are
            hidden.
        entered: what the reviewer decided before: yes, no or ? for a theme or a position.
        mode: how a decision in this row counts, blind or assisted.
        done: every theme is decided.
        in_dispute: in a sheet of disputes, the themes and positions to answer.
        answers: there, what each reviewer answered.
    """

    comment_id: str
    text: str
    source: str
    suggested: tuple[Key, ...]
    entered: Mapping[Key, str]
    mode: str
    chosen: str
    note: str
    done: bool
    in_dispute: tuple[Key, ...] = ()
    answers: str = ""


@dataclass(frozen=True)
class ReviewSheet:
    """The content of the workbook.

    Attributes:
        rows: the comments, in the order of the sheet.
        has_suggestions: there is a column for suggestions.
        keys: the themes, each followed by its positions; in a sheet of disputes those in
            dispute.
        settles: it is a sheet of disputes.
        explanation: how the rows were chosen, in sentences.
        draw: to be written down with the sheet; None where the rows are no random sample.
    """

    codebook: Codebook
    owner: SheetOwner
    rows: Sequence[SheetRow]
    has_suggestions: bool
    keys: Sequence[Key]
    settles: bool
    explanation: Sequence[str]
    draw: Draw | None = None

    @property
    def columns(self) -> list[str]:
        """Ids of the columns, from left to right."""
        key_columns = [column_id(key) for key in self.keys]
        if self.settles:
            return [*DISPUTES_LEFT, *key_columns, *DISPUTES_RIGHT]
        left = list(LEFT)
        if not self.has_suggestions:
            left.remove("suggested")
        return [*left, *key_columns, *RIGHT]


def column_id(key: Key) -> str:
    """The id of a column: `drugs` for a theme, `drugs=less` for a position."""
    theme_id, position_id = key
    if not position_id:
        return theme_id
    return f"{theme_id}={position_id}"


def make_sheet(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    owner: SheetOwner,
    mode: ReviewMode,
    *,
    assigned: bool = False,
) -> ReviewSheet:
    """Collect what a sheet contains: all analysed comments, those that the mode selects, or those
    that are assigned to the owner.

    Raises:
        CoderError: no comment is analysed or selected, or a theme has the name of another
            column.
    """
    comments = analysed(project.comments)
    if comments.empty:
        raise CoderError(
            "there is nothing to review: no comment is analysed",
            "The reasons are in the project's ledger.csv.",
        )
    _check_names(codebook)
    stored = read_decisions(codebook_path)
    source = SheetSource(
        project, codebook, codebook_path, comments, stored, owner.reviewer
    )
    selection = source.select_assigned() if assigned else source.select(mode)
    by_id = comments.set_index("comment_id").loc[list(selection.comment_ids)]
    if mode.adjudicate:
        return make_dispute_sheet(source.record, codebook, owner, selection, by_id)
    answers = source.answers()
    suggestions = None
    if not owner.blind:
        suggestions = read_suggestions(project, codebook)
    rows = []
    for comment_id, text, origin in _cells(by_id):
        suggested = _suggested(suggestions, comment_id)
        given = answers.get(comment_id)
        own = owner
        if mode.double is not None or comment_id in selection.blind:
            own = replace(owner, blind=True)
            if given is not None and given.mode != "blind":
                given = None  # a second coding is blind
        row = _row(comment_id, text, origin, codebook, own, suggested, given)
        chosen = selection.chosen.get(comment_id, row.chosen)
        rows.append(replace(row, chosen=chosen))
    return ReviewSheet(
        codebook=codebook,
        owner=owner,
        rows=rows,
        has_suggestions=suggestions is not None and any(row.suggested for row in rows),
        keys=theme_and_position_keys(codebook),
        settles=False,
        explanation=selection.explanation,
        draw=selection.draw,
    )


def _cells(comments: "pd.DataFrame") -> Iterator[tuple[str, str, str]]:
    """Id, text and source of each comment; the table is indexed by id."""
    for comment in comments.itertuples():
        yield str(comment.Index), str(comment.text), str(comment.source)


def make_dispute_sheet(
    record: Record,
    codebook: Codebook,
    owner: SheetOwner,
    selection: Selection,
    comments: "pd.DataFrame",
) -> ReviewSheet:
    """The sheet of the comments on which reviewers differ.

    Args:
        comments: `tables.COMMENTS` of the rows, indexed by comment id.
    """
    rows = []
    disputed: set[Key] = set()
    for comment_id, text, origin in _cells(comments):
        keys: list[Key] = []
        for theme_id in selection.scopes[comment_id]:
            keys += dispute_on(record, comment_id, codebook.theme(theme_id)).keys()
        disputed.update(keys)
        answers = answers_in_words(record, comment_id, codebook, keys)
        row = SheetRow(
            comment_id=comment_id,
            text=text,
            source=origin,
            suggested=(),
            entered={},
            mode="",
            chosen="",
            note="",
            done=False,
            in_dispute=tuple(keys),
            answers=answers,
        )
        rows.append(row)
    return ReviewSheet(
        codebook=codebook,
        owner=owner,
        rows=rows,
        has_suggestions=False,
        keys=[key for key in theme_and_position_keys(codebook) if key in disputed],
        settles=True,
        explanation=selection.explanation,
    )


def _suggested(suggestions: Suggestions | None, comment_id: str) -> tuple[Key, ...]:
    if suggestions is None:
        return ()
    return suggestions.assigned(comment_id)


def _row(
    comment_id: str,
    text: str,
    source: str,
    codebook: Codebook,
    owner: SheetOwner,
    suggested: tuple[Key, ...],
    answers: LatestAnswers | None,
) -> SheetRow:
    if answers is None:
        mode = "assisted"
        if owner.blind:
            mode = "blind"
            suggested = ()
        return SheetRow(
            comment_id, text, source, suggested, {}, mode, "", "", done=False
        )
    if (
        answers.mode == "blind"
    ):  # stays without suggestions, so that a change of it is blind too
        suggested = ()
    return SheetRow(
        comment_id=comment_id,
        text=text,
        source=source,
        suggested=suggested,
        entered=_entered(codebook, answers),
        mode=answers.mode,
        chosen=answers.chosen,
        note=answers.note,
        done={*answers.themes, *answers.unsure} >= set(codebook.theme_ids),
    )


def _entered(codebook: Codebook, answers: LatestAnswers) -> dict[Key, str]:
    """What the reviewer's decisions put into the cells of a row."""
    entered = {}
    for theme_id in codebook.theme_ids:
        if theme_id in answers.unsure:
            entered[theme_id, ""] = "?"
        elif theme_id in answers.themes:
            positions = answers.themes[theme_id]
            entered[theme_id, ""] = "yes"
            if positions is None:
                entered[theme_id, ""] = "no"
            for position_id in positions or ():
                entered[theme_id, position_id] = "yes"
    return entered


def _check_names(codebook: Codebook) -> None:
    clashes = []
    for theme in codebook.active:
        names = (theme.id, theme.name, *theme.was)
        if any(name.casefold() in RESERVED for name in names):
            clashes.append(theme.id)
    if clashes:
        raise CoderError(
            "these themes have the name of another column of the review sheet: "
            f"{', '.join(clashes)}",
            f"The sheet needs these names itself: {', '.join(sorted(RESERVED))}. Review in the "
            "terminal instead, or give the themes other ids (with `was:`) and names.",
        )
