"""What a review sheet contains.

Cells contain what the reviewer decided before and nothing else. What the model suggests is
shown in the column `suggested` and by a colour, so that a suggestion becomes a decision only
where a person enters it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coder.codebook import Codebook
from coder.decisions import LatestAnswers, latest_answers, read_decisions
from coder.decisions.standing import Key
from coder.errors import CoderError
from coder.project import Project
from coder.reviewing.opening import read_suggestions
from coder.reviewing.suggestions import Suggestions, theme_and_position_keys
from coder.tables import analysed

LEFT = ("comment_id", "text", "source", "suggested", "done")
RIGHT = ("note", "mode", "chosen", "reviewer")
# Names that no theme can have in the sheet, because `coder review --from` knows other columns
# by them.
RESERVED = {*LEFT, *RIGHT, "themes", "scope", "decided_at", "unsure"}


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


@dataclass(frozen=True)
class ReviewSheet:
    """The content of the workbook.

    Attributes:
        rows: the analysed comments, by id.
        has_suggestions: there is a column for suggestions.
    """

    codebook: Codebook
    owner: SheetOwner
    rows: Sequence[SheetRow]
    has_suggestions: bool

    @property
    def keys(self) -> list[Key]:
        """Themes in the codebook's order, each followed by its positions."""
        return theme_and_position_keys(self.codebook)

    @property
    def columns(self) -> list[str]:
        """Ids of the columns, from left to right."""
        left = list(LEFT)
        if not self.has_suggestions:
            left.remove("suggested")
        return [*left, *(column_id(key) for key in self.keys), *RIGHT]


def column_id(key: Key) -> str:
    """The id of a column: `drugs` for a theme, `drugs=less` for a position."""
    theme_id, position_id = key
    if not position_id:
        return theme_id
    return f"{theme_id}={position_id}"


def make_sheet(
    project: Project, codebook: Codebook, codebook_path: Path, owner: SheetOwner
) -> ReviewSheet:
    """Collect what a sheet of the project's analysed comments contains.

    Raises:
        CoderError: no comment is analysed, or a theme has the name of another column.
    """
    comments = analysed(project.comments)
    if comments.empty:
        raise CoderError(
            "there is nothing to review: no comment is analysed",
            "The reasons are in the project's ledger.csv.",
        )
    _check_names(codebook)
    suggestions = None
    if not owner.blind:
        suggestions = read_suggestions(project, codebook)
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    answers: Mapping[str, LatestAnswers] = {}
    if owner.reviewer:
        stored = read_decisions(codebook_path)
        answers = latest_answers(
            stored.decisions,
            codebook,
            texts,
            project=project.settings().name,
            reviewer=owner.reviewer,
            states=stored.states,
        )
    rows = []
    has_suggestions = False
    for comment in comments.itertuples():
        comment_id = str(comment.comment_id)
        suggested = _suggested(suggestions, comment_id)
        has_suggestions = has_suggestions or bool(suggested)
        rows.append(
            _row(
                comment_id,
                str(comment.text),
                str(comment.source),
                codebook,
                owner,
                suggested,
                answers.get(comment_id),
            )
        )
    return ReviewSheet(codebook, owner, rows, has_suggestions)


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
