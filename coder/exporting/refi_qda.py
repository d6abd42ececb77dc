"""REFI-QDA: codebooks (.qdc) and projects (.qdpx) that NVivo, MAXQDA, ATLAS.ti and QualCoder
exchange.

After the standard's schemas of 2019 (www.qdasoftware.org). Ids are made from the codebook's
own, so that an export of the same codebook keeps them.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import pandas as pd

from coder import files, tables
from coder.codebook import Codebook, Position, Theme
from coder.errors import CoderError
from coder.exporting.zips import write_zip
from coder.reporting.report import Report
from coder.text import visible

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
NAMESPACE = UUID(
    "6b1f1c2e-7a0c-5d0b-9a53-0c6f5a0d2e11"
)  # of the ids that are made here
LARGEST = 20_000_000  # bytes of a codebook file
NO_TIME = "2000-01-01T00:00:00Z"
MARK = "[coder] "  # before the fields of a theme in its description
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def comments_held(report: Report) -> int:
    """How many comments a project file holds: all but those whose authors declined publication."""
    return len(_publishable(report))


def _publishable(report: Report) -> pd.DataFrame:
    is_private = report.comments["comment_id"].astype(str).isin(report.private)
    return report.comments[~is_private]


def guid(*parts: str) -> str:
    """The same id for the same thing, on every machine."""
    return str(uuid5(NAMESPACE, "\n".join(parts)))


# ---------------------------------------------------------------- codebook


def codebook_tree(codebook: Codebook, space: str) -> ET.Element:
    """`Codes` of a codebook: themes with their sub-themes, positions as codes under their theme.

    Args:
        space: the XML namespace, `PROJECT` or `CODEBOOK`.
    """
    codes = ET.Element(f"{{{space}}}Codes")
    for theme in codebook.themes:
        _add_theme(codes, theme, space)
    return codes


def _add_theme(parent: ET.Element, theme: Theme, space: str) -> None:
    code = _add_code(parent, guid("theme", theme.id), theme, space)
    for position in theme.positions:
        _add_code(
            code,
            guid("position", theme.id, position.id),
            position,
            space,
        )
    for sub_theme in theme.themes:
        _add_theme(code, sub_theme, space)


def _add_code(
    parent: ET.Element,
    id_: str,
    part: Theme | Position,
    space: str,
) -> ET.Element:
    code = ET.SubElement(
        parent,
        f"{{{space}}}Code",
        guid=id_,
        name=visible(part.name),
        isCodable="true",
    )
    description = ET.SubElement(code, f"{{{space}}}Description")
    description.text = visible(_description(part))
    return code


def _description(part: Theme | Position) -> str:
    """The definition for people, then one line from which `read_qdc` gets every field back."""
    fields: dict[str, Any] = {
        "kind": "position" if isinstance(part, Position) else "theme"
    }
    fields |= part.model_dump(
        mode="json",
        exclude_defaults=True,
        exclude={"themes", "positions", "name", "definition"},
    )
    line = MARK + json.dumps(fields, ensure_ascii=False)
    return f"{part.definition}\n{line}".strip()


def codebook_bytes(codebook: Codebook) -> bytes:
    """A .qdc file."""
    ET.register_namespace("", CODEBOOK)
    root = ET.Element(f"{{{CODEBOOK}}}CodeBook", origin="coder")
    root.append(codebook_tree(codebook, CODEBOOK))
    return _to_bytes(root)


def _to_bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


# ---------------------------------------------------------------- codebook, read again


def read_qdc(path: Path) -> Codebook:
    """A codebook from a .qdc file: ours with every field, another program's with names and
    descriptions.

    Raises:
        CoderError: the file is not a REFI-QDA codebook, or declares entities.
    """
    root = _read_xml(path)
    codes = next(_children(root, "Codes"), None)
    if codes is None:
        raise CoderError(
            f"{path}: holds no codes",
            "Name a REFI-QDA codebook (.qdc).",
        )
    used: set[str] = set()
    themes = tuple(_theme(code, used) for code in _children(codes, "Code"))
    return Codebook(title=path.stem, themes=themes, language="en")


def _read_xml(path: Path) -> ET.Element:
    if not path.is_file():
        raise CoderError(
            f"{path}: there is no such codebook file",
            "Name a .qdc file.",
        )
    if path.stat().st_size > LARGEST:
        raise CoderError(
            f"{path}: is far too large for a codebook",
            "Name a .qdc file.",
        )
    data = path.read_bytes()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise CoderError(
            f"{path}: declares entities, which no codebook needs",
            "Export it again from your program.",
        )
    try:
        return ET.fromstring(data.removeprefix(BYTE_ORDER_MARK))  # noqa: S314 - no entities in it
    except ET.ParseError as error:
        raise CoderError(
            f"{path}: is not XML ({error})",
            "Name a .qdc file.",
        ) from error


def _children(parent: ET.Element, name: str) -> Iterator[ET.Element]:
    """The children of a name, whatever their namespace."""
    return (child for child in parent if child.tag.rpartition("}")[2] == name)


def _theme(code: ET.Element, used: set[str]) -> Theme:
    fields = _fields(code, used)
    fields.pop("kind", None)
    positions, themes = [], []
    for child in _children(code, "Code"):
        if _coder_fields(child).get("kind") == "position":
            position = _fields(child, set())
            position.pop("kind")
            positions.append(Position(**position))
        else:
            themes.append(_theme(child, used))
    return Theme(
        **fields,
        positions=tuple(positions),
        themes=tuple(themes),
    )


def _text_of(code: ET.Element) -> str:
    description = next(_children(code, "Description"), None)
    if description is None:
        return ""
    return description.text or ""


def _coder_fields(code: ET.Element) -> dict[str, Any]:
    """The fields in the last line of the description; empty in another program's file."""
    _, mark, line = _text_of(code).rpartition(MARK)
    if not mark or not line:
        return {}
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _fields(code: ET.Element, used: set[str]) -> dict[str, Any]:
    """All fields of a theme or position, with an id that is not used yet."""
    name = (code.get("name") or "").strip() or "Unnamed"
    fields = _coder_fields(code)
    slug = str(fields.pop("id", "")) or _slug(name)
    free, number = slug, 2
    while free in used:
        free, number = f"{slug}-{number}", number + 1
    used.add(free)
    text = _text_of(code)
    if MARK in text:
        text = text.rpartition(MARK)[0]
    return {
        **fields,
        "id": free,
        "name": name,
        "definition": text.strip(),
    }


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:70] or "theme"


# ---------------------------------------------------------------- project


class CommentCode(NamedTuple):
    """A theme or position that a comment carries, and where its evidence is."""

    theme_id: str
    position_id: str
    evidence_start: int
    evidence_end: int


class ProjectBuilder:
    """The XML of a project, to which comments are added one by one."""

    def __init__(self, report: Report, columns: list[str]) -> None:
        self.columns = {column: guid("variable", column) for column in columns}
        self.user = guid("user", "coder")
        self.root = ET.Element(
            _in("Project"),
            name=visible(report.title),
            origin="coder",
            creatingUserGUID=self.user,
            creationDateTime=NO_TIME,
        )
        users = ET.SubElement(self.root, _in("Users"))
        ET.SubElement(users, _in("User"), guid=self.user, name="coder")
        codebook = ET.SubElement(self.root, _in("CodeBook"))
        codebook.append(codebook_tree(report.codebook, PROJECT))
        variables = ET.SubElement(self.root, _in("Variables"))
        for column, id_ in self.columns.items():
            ET.SubElement(
                variables,
                _in("Variable"),
                guid=id_,
                name=visible(column),
                typeOfVariable="Text",
            )
        self._cases = ET.SubElement(self.root, _in("Cases"))
        self._sources = ET.SubElement(self.root, _in("Sources"))

    def add_case(self, comment_id: str, row: dict[Any, Any]) -> None:
        """A comment's case: what is known of it, and where its text is."""
        case = ET.SubElement(
            self._cases,
            _in("Case"),
            guid=guid("case", comment_id),
            name=visible(comment_id),
        )
        for column, id_ in self.columns.items():
            value = ET.SubElement(case, _in("VariableValue"))
            ET.SubElement(value, _in("VariableRef"), targetGUID=id_)
            text = ET.SubElement(value, _in("TextValue"))
            text.text = visible(str(row[column] or ""))
        ET.SubElement(
            case,
            _in("SourceRef"),
            targetGUID=guid("source", comment_id),
        )

    def add_source(
        self,
        comment_id: str,
        text: str,
        codes: list[CommentCode],
    ) -> None:
        """A comment's text, with a selection for each code: its evidence, or the whole comment.

        Positions count code points.
        """
        id_ = guid("source", comment_id)
        source = ET.SubElement(
            self._sources,
            _in("TextSource"),
            guid=id_,
            name=visible(comment_id),
            plainTextPath=f"internal://{id_}.txt",
            creatingUser=self.user,
            creationDateTime=NO_TIME,
        )
        for code in codes:
            first, last = code.evidence_start, code.evidence_end
            if not 0 <= first < last <= len(text):
                first, last = 0, len(text)
            self._add_selection(source, comment_id, code, first, last)

    def _add_selection(
        self,
        source: ET.Element,
        comment_id: str,
        code: CommentCode,
        first: int,
        last: int,
    ) -> None:
        key = (comment_id, code.theme_id, code.position_id)
        selection = ET.SubElement(
            source,
            _in("PlainTextSelection"),
            guid=guid("selection", *key),
            name=f"{first}-{last}",
            startPosition=str(first),
            endPosition=str(last),
            creatingUser=self.user,
            creationDateTime=NO_TIME,
        )
        coding = ET.SubElement(
            selection,
            _in("Coding"),
            guid=guid("coding", *key),
            creatingUser=self.user,
            creationDateTime=NO_TIME,
        )
        target = guid("theme", code.theme_id)
        if code.position_id:
            target = guid("position", code.theme_id, code.position_id)
        ET.SubElement(coding, _in("CodeRef"), targetGUID=target)


def _in(name: str) -> str:
    return f"{{{PROJECT}}}{name}"


def project_members(report: Report) -> dict[str, bytes]:
    """The files of a .qdpx: the project and one text for each comment that may be published."""
    ET.register_namespace("", PROJECT)
    comments = _publishable(report)
    builder = ProjectBuilder(report, ["source", *tables.own_columns(comments)])
    codes = _codes_by_comment(report)
    members: dict[str, bytes] = {}
    for row in comments.to_dict(orient="records"):
        comment_id = str(row["comment_id"])
        text = visible(str(row["text"]))
        builder.add_case(comment_id, row)
        builder.add_source(comment_id, text, codes.get(comment_id, []))
        members[f"Sources/{guid('source', comment_id)}.txt"] = text.encode("utf-8")
    members["project.qde"] = _to_bytes(builder.root)
    return members


def _codes_by_comment(report: Report) -> dict[str, list[CommentCode]]:
    columns = ["comment_id", *CommentCode._fields]
    codes: dict[str, list[CommentCode]] = {}
    for comment_id, *values in report.labels[columns].itertuples(
        index=False, name=None
    ):
        codes.setdefault(str(comment_id), []).append(CommentCode(*values))
    return codes


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
