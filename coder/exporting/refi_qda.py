"""REFI-QDA projects (.qdpx) that NVivo, MAXQDA, ATLAS.ti and QualCoder exchange.

After the standard's schema of 2019 (www.qdasoftware.org). Ids are made from the codebook's and
the comments' own, so that an export of the same project keeps them.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from coder import files, tables
from coder.codebook import Codebook
from coder.codebook.qdc_file import codebook_bytes
from coder.codebook.refi_codes import (
    PROJECT,
    code_guid,
    codes_element,
    guid,
    own_fields,
    to_bytes,
    user_guid,
)
from coder.exporting.row_notes import dropped_columns, dropped_note
from coder.exporting.zips import write_zip
from coder.figures import choose_form
from coder.reporting.report import Report
from coder.text import count, visible

NO_TIME = "2000-01-01T00:00:00Z"  # where nothing says when
MODEL = "coder"  # the user whose codings are the model's
WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def comments_held(report: Report) -> int:
    """How many comments a project file holds: all but those whose authors declined publication."""
    return len(_publishable(report))


def notes(report: Report) -> list[str]:
    """What the user must know of the project file."""
    listed = list(dropped_note(report))
    private = len(report.comments) - comments_held(report)
    if private:
        be = choose_form(private, "is", "are")
        listed.append(
            f"{count(private, 'comment')} whose authors declined publication {be} left out."
        )
    return listed


def _publishable(report: Report) -> pd.DataFrame:
    """The comments of people who did not decline, without the columns that reading dropped."""
    is_private = report.comments["comment_id"].astype(str).isin(report.private)
    return report.comments[~is_private].drop(columns=dropped_columns(report))


# ---------------------------------------------------------------- who coded what, and when


class CommentCode(NamedTuple):
    """A theme or position that a comment carries, and where its evidence is."""

    theme_id: str
    position_id: str
    evidence_start: int
    evidence_end: int


class Coder(NamedTuple):
    """Who coded, and when.

    Attributes:
        reviewer: the name; empty for the model.
        at: xs:dateTime, UTC.
    """

    reviewer: str
    at: str


class Codings:
    """Who gave each comment each theme that stands."""

    def __init__(self, report: Report) -> None:
        self._affirmed: dict[tuple[str, str], dict[str, str]] = {}
        self._positions: dict[tuple[str, str, str], dict[str, str]] = {}
        self._model = Coder("", xml_time(report.coded_at))
        self._add_judgements(report.judgements)
        self._above = _parents(report.codebook)
        self._roll_up(report.codebook)

    def _add_judgements(self, judgements: pd.DataFrame) -> None:
        names = ["comment_id", "theme_id", "positions", "reviewer", "decided_at"]
        present = judgements[judgements["present"].astype(bool)]
        for row in present[names].itertuples(index=False, name=None):
            comment_id, theme_id, positions, reviewer, decided_at = row
            pair = (str(comment_id), str(theme_id))
            self._affirmed.setdefault(pair, {})[reviewer] = decided_at
            for position_id in positions:
                key = (*pair, position_id)
                self._positions.setdefault(key, {})[reviewer] = decided_at

    def _roll_up(self, codebook: Codebook) -> None:
        """Whoever gave a sub-theme gave its parent, where nobody gave that itself."""
        depth = {node.theme.id: node.depth for node in codebook.nodes}
        pairs = sorted(
            self._affirmed,
            key=lambda pair: -depth.get(pair[1], 0),
        )
        for comment_id, theme_id in pairs:
            coders = self._affirmed[comment_id, theme_id]
            above = self._above.get(theme_id, "")
            while above and (comment_id, above) not in self._affirmed:
                self._affirmed[comment_id, above] = coders
                above = self._above.get(above, "")

    def of(self, comment_id: str, code: CommentCode, origin: str) -> list[Coder]:
        """Who gave a comment a theme or position, in the order of their names."""
        if origin == "model":
            return [self._model]
        coders = self._affirmed.get((comment_id, code.theme_id), {})
        if code.position_id:
            key = (comment_id, code.theme_id, code.position_id)
            coders = self._positions.get(key, {})
        listed = []
        for reviewer, decided_at in sorted(coders.items()):
            listed.append(Coder(reviewer, xml_time(decided_at)))
        return listed or [self._model]


def _parents(codebook: Codebook) -> dict[str, str]:
    """Theme id to that of the theme that it counts for."""
    parents = {}
    for node in codebook.nodes:
        if node.theme.aggregate:
            parents[node.theme.id] = node.parent_id
    return parents


def xml_time(moment: str) -> str:
    """A time in ISO 8601 as the schema has it, in UTC; `NO_TIME` for none."""
    try:
        time = datetime.fromisoformat(moment)
    except ValueError:
        return NO_TIME
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    plain = time.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat() + "Z"


# ---------------------------------------------------------------- attributes


class Variable(NamedTuple):
    """A column of the survey as an attribute of each source."""

    column: str
    id: str
    type: str  # of `VARIABLE_TYPES`
    element: str  # that holds a value


VARIABLE_TYPES = {
    "Integer": "IntegerValue",
    "Float": "FloatValue",
    "Date": "DateValue",
    "Text": "TextValue",
}


def make_variables(comments: pd.DataFrame) -> list[Variable]:
    """The source, the weight where there is one, and the survey's own columns."""
    columns = ["source"]
    if comments["weight"].notna().any():
        columns.append("weight")
    variables = []
    for name in tables.own_columns(comments):
        if name not in tables.ADDED_BY_READING:
            columns.append(name)
    for column in columns:
        kind = _type_of(comments[column])
        id_ = guid("variable", column)
        variables.append(Variable(column, id_, kind, VARIABLE_TYPES[kind]))
    return variables


def _type_of(column: "pd.Series[Any]") -> str:
    """The narrowest type that holds every answer exactly as it is written."""
    answers = {_cell_text(value) for value in column.unique()} - {""}
    if not answers:
        return "Text"
    if all(WHOLE_NUMBER.fullmatch(answer) for answer in answers):
        return "Integer"
    if all(DECIMAL.fullmatch(answer) for answer in answers):
        return "Float"
    if all(_is_date(answer) for answer in answers):
        return "Date"
    return "Text"


def _is_date(answer: str) -> bool:
    if not DATE.fullmatch(answer):
        return False
    try:
        date.fromisoformat(answer)
    except ValueError:
        return False
    return True


def _cell_text(value: object) -> str:
    if value is None or value != value:
        return ""
    return visible(str(value))


# ---------------------------------------------------------------- project


class ProjectBuilder:
    """The XML of a project, to which comments are added one by one."""

    def __init__(
        self,
        report: Report,
        variables: Sequence[Variable],
        reviewers: Sequence[str],
    ) -> None:
        self._variables = variables
        self._made_at = xml_time(report.coded_at)
        self._users = _user_names(reviewers)
        self.root = ET.Element(
            _in("Project"),
            name=visible(report.title),
            origin="coder",
            creatingUserGUID=user_guid(""),
            creationDateTime=self._made_at,
        )
        self._add_users()
        codebook = ET.SubElement(self.root, _in("CodeBook"))
        codebook.append(codes_element(report.codebook, PROJECT))
        self._add_variables()
        self._sources = ET.SubElement(self.root, _in("Sources"))

    def _add_users(self) -> None:
        users = ET.SubElement(self.root, _in("Users"))
        for reviewer, name in self._users.items():
            ET.SubElement(
                users,
                _in("User"),
                guid=user_guid(reviewer),
                name=name,
            )

    def _add_variables(self) -> None:
        variables = ET.SubElement(self.root, _in("Variables"))
        for variable in self._variables:
            ET.SubElement(
                variables,
                _in("Variable"),
                guid=variable.id,
                name=visible(variable.column),
                typeOfVariable=variable.type,
            )

    def add_source(
        self,
        row: Mapping[Any, Any],
        codes: Sequence[tuple[CommentCode, Coder]],
    ) -> None:
        """A comment: a selection for each code and coder, then its attributes.

        Positions count code points. A code without evidence is of the whole comment.
        """
        comment_id, text = str(row["comment_id"]), str(row["text"])
        id_ = guid("source", comment_id)
        source = ET.SubElement(
            self._sources,
            _in("TextSource"),
            guid=id_,
            name=visible(comment_id),
            plainTextPath=f"internal://{id_}.txt",
            creatingUser=user_guid(""),
            creationDateTime=self._made_at,
        )
        for code, coder in codes:
            first, last = code.evidence_start, code.evidence_end
            if not 0 <= first < last <= len(text):
                first, last = 0, len(text)
            self._add_selection(source, comment_id, code, coder, (first, last))
        self._add_values(source, row)

    def _add_selection(
        self,
        source: ET.Element,
        comment_id: str,
        code: CommentCode,
        coder: Coder,
        span: tuple[int, int],
    ) -> None:
        key = [comment_id, code.theme_id, code.position_id]
        if coder.reviewer:
            key.append(coder.reviewer)
        user = user_guid(coder.reviewer)
        selection = ET.SubElement(
            source,
            _in("PlainTextSelection"),
            guid=guid("selection", *key),
            name=f"{span[0]}-{span[1]}",
            startPosition=str(span[0]),
            endPosition=str(span[1]),
            creatingUser=user,
            creationDateTime=coder.at,
        )
        coding = ET.SubElement(
            selection,
            _in("Coding"),
            guid=guid("coding", *key),
            creatingUser=user,
            creationDateTime=coder.at,
        )
        target = code_guid(code.theme_id, code.position_id)
        ET.SubElement(coding, _in("CodeRef"), targetGUID=target)

    def _add_values(self, source: ET.Element, row: Mapping[Any, Any]) -> None:
        """A value of each variable; without an answer there is the reference alone."""
        for variable in self._variables:
            value = ET.SubElement(source, _in("VariableValue"))
            ET.SubElement(value, _in("VariableRef"), targetGUID=variable.id)
            answer = _cell_text(row[variable.column])
            if answer:
                cell = ET.SubElement(value, _in(variable.element))
                cell.text = answer


def _user_names(reviewers: Sequence[str]) -> dict[str, str]:
    """Reviewer to the name of the user; the model, whose name is empty, comes first."""
    folded = {reviewer.casefold() for reviewer in reviewers}
    model = MODEL
    if model in folded:
        model = f"{MODEL} (model)"
    return {"": model} | {reviewer: visible(reviewer) for reviewer in reviewers}


def _in(name: str) -> str:
    return f"{{{PROJECT}}}{name}"


def project_members(report: Report) -> dict[str, bytes]:
    """The files of a .qdpx: the project and one text for each comment that may be published."""
    ET.register_namespace("", PROJECT)
    comments = _publishable(report)
    codes = _codes_by_comment(report)
    reviewers = set()
    for comment_id in comments["comment_id"].astype(str):
        reviewers |= {coder.reviewer for _, coder in codes.get(comment_id, ())}
    builder = ProjectBuilder(
        report,
        make_variables(comments),
        sorted(reviewers - {""}),
    )
    members: dict[str, bytes] = {}
    for row in comments.to_dict(orient="records"):
        comment_id = str(row["comment_id"])
        builder.add_source(row, codes.get(comment_id, ()))
        name = f"sources/{guid('source', comment_id)}.txt"
        members[name] = str(row["text"]).encode("utf-8", "replace")
    members["project.qde"] = to_bytes(builder.root, own_fields(report.codebook))
    return members


def _codes_by_comment(
    report: Report,
) -> dict[str, list[tuple[CommentCode, Coder]]]:
    """What each comment carries, and what is in dispute, with who coded it."""
    codings = Codings(report)
    coded = set(report.codebook.theme_ids)  # categories are not among them
    codes: dict[str, list[tuple[CommentCode, Coder]]] = {}
    for comment_id, code, origin in (*_carried(report), *_disputed(report)):
        if code.theme_id not in coded:
            continue
        listed = codes.setdefault(comment_id, [])
        for coder in codings.of(comment_id, code, origin):
            listed.append((code, coder))
    return codes


def _carried(report: Report) -> Iterator[tuple[str, CommentCode, str]]:
    """Comment id, what it carries, and `reviewer` or `model`."""
    columns = ["comment_id", *CommentCode._fields, "origin"]
    for comment_id, *values, origin in report.labels[columns].itertuples(
        index=False, name=None
    ):
        yield str(comment_id), CommentCode(*values), origin


def _disputed(report: Report) -> Iterator[tuple[str, CommentCode, str]]:
    """The same of what reviewers disagree about: it stays with whoever said it."""
    matrix = report.matrix
    comment_ids = matrix.comments["comment_id"].astype(str).tolist()
    for comment, row in zip(*matrix.unresolved.nonzero(), strict=True):
        theme_id, position_id = matrix.rows[row].key
        code = CommentCode(theme_id, position_id, -1, -1)
        yield comment_ids[comment], code, "reviewer"


def write_project(report: Report, path: Path) -> list[Path]:
    """Write a .qdpx."""
    members = project_members(report)
    with files.new_file(path) as temporary:
        write_zip(temporary, members)
    return [path]


def write_codebook(report: Report, path: Path) -> list[Path]:
    """Write a .qdc."""
    with files.new_file(path) as temporary:
        temporary.write_bytes(codebook_bytes(report.codebook))
    return [path]
