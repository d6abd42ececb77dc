"""REFI-QDA: codebooks (.qdc) and projects (.qdpx) that NVivo, MAXQDA, ATLAS.ti and QualCoder exchange.

After the standard's schemas of 2019 (www.qdasoftware.org). Ids are made from the codebook's own, so that an
export of the same codebook keeps them.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from coder import files, tables
from coder.codebook import Codebook, Position, Theme
from coder.errors import CoderError
from coder.exporting.zips import write_zip
from coder.reporting.report import Report
from coder.text import visible

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
OURS = UUID("6b1f1c2e-7a0c-5d0b-9a53-0c6f5a0d2e11")
LARGEST = 20_000_000  # bytes of a codebook file
NO_TIME = "2000-01-01T00:00:00Z"
MARK = "[coder] "


def comments_held(report: Report) -> int:
    """How many comments a project file holds: all but those whose authors declined publication."""
    return int((~report.comments["comment_id"].astype(str).isin(report.private)).sum())


def guid(*parts: str) -> str:
    """The same id for the same thing, on every machine."""
    return str(uuid5(OURS, "\n".join(parts)))


# ---------------------------------------------------------------- codebook


def codebook_tree(codebook: Codebook, space: str) -> ET.Element:
    """`Codes` of a codebook: themes with their sub-themes, positions as codes under their theme."""
    codes = ET.Element(f"{{{space}}}Codes")
    for theme in codebook.themes:
        _add_theme(codes, theme, space)
    return codes


def _add_theme(parent: ET.Element, theme: Theme, space: str) -> None:
    code = _add_code(parent, guid("theme", theme.id), theme.name, _described(theme), space)
    for position in theme.positions:
        _add_code(
            code,
            guid("position", theme.id, position.id),
            position.name,
            _described(position),
            space,
        )
    for sub in theme.themes:
        _add_theme(code, sub, space)


def _add_code(parent: ET.Element, id_: str, name: str, description: str, space: str) -> ET.Element:
    code = ET.SubElement(parent, f"{{{space}}}Code", guid=id_, name=visible(name), isCodable="true")
    ET.SubElement(code, f"{{{space}}}Description").text = visible(description)
    return code


def _described(part: Theme | Position) -> str:
    """The definition for people, then one line by which `read_qdc` gets every field back."""
    rest = part.model_dump(
        mode="json", exclude_defaults=True, exclude={"themes", "positions", "name", "definition"}
    )
    kind = "position" if isinstance(part, Position) else "theme"
    return (
        f"{part.definition}\n{MARK}{json.dumps({'kind': kind, **rest}, ensure_ascii=False)}".strip()
    )


def codebook_bytes(codebook: Codebook) -> bytes:
    """A .qdc file."""
    ET.register_namespace("", CODEBOOK)
    root = ET.Element(f"{{{CODEBOOK}}}CodeBook", origin="coder")
    root.append(codebook_tree(codebook, CODEBOOK))
    return _bytes(root)


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def read_qdc(path: Path) -> Codebook:
    """A codebook from a .qdc file, ours with every field, another program's with names and descriptions.

    Raises:
        CoderError: it is no REFI-QDA codebook, or declares entities.
    """
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise CoderError(
            f"{path}: there is no such codebook file, or it is far too large", "Name a .qdc file."
        )
    data = path.read_bytes()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise CoderError(
            f"{path}: declares entities, which no codebook needs",
            "Export it again from your program.",
        )
    try:
        root = ET.fromstring(data.removeprefix(b"\xef\xbb\xbf"))  # noqa: S314 - no entities, see above
    except ET.ParseError as error:
        raise CoderError(f"{path}: is not XML ({error})", "Name a .qdc file.") from error
    codes = next((child for child in root if child.tag.rpartition("}")[2] == "Codes"), None)
    if codes is None:
        raise CoderError(f"{path}: holds no codes", "Name a REFI-QDA codebook (.qdc).")
    taken: set[str] = set()
    themes = tuple(_theme(code, taken) for code in _children(codes, "Code"))
    return Codebook(title=path.stem, themes=themes, language="en")


def _children(parent: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in parent if child.tag.rpartition("}")[2] == name)


def _theme(code: ET.Element, taken: set[str]) -> Theme:
    fields = _fields(code, taken)
    fields.pop("kind", None)
    positions, themes = [], []
    for child in _children(code, "Code"):
        if _own(child).get("kind") == "position":
            own = _fields(child, set())
            own.pop("kind")
            positions.append(Position(**own))
        else:
            themes.append(_theme(child, taken))
    return Theme(**fields, positions=tuple(positions), themes=tuple(themes))


def _own(code: ET.Element) -> dict[str, Any]:
    """What our own line in the description says; empty in another program's file."""
    text = next((d.text or "" for d in _children(code, "Description")), "")
    last = text.rpartition(MARK)[2] if MARK in text else ""
    try:
        found = json.loads(last) if last else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _fields(code: ET.Element, taken: set[str]) -> dict[str, Any]:
    name = (code.get("name") or "").strip() or "Unnamed"
    text = next((d.text or "" for d in _children(code, "Description")), "")
    own = _own(code)
    slug = (
        str(own.pop("id", ""))
        or re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:70]
        or "theme"
    )
    found, number = slug, 2
    while found in taken:
        found, number = f"{slug}-{number}", number + 1
    taken.add(found)
    return {
        **own,
        "id": found,
        "name": name,
        "definition": (text.rpartition(MARK)[0] if MARK in text else text).strip(),
    }


# ---------------------------------------------------------------- project


class Carried(NamedTuple):
    """What a comment carries, and where it shows."""

    theme_id: str
    position_id: str
    evidence_start: int
    evidence_end: int


def project_members(report: Report) -> dict[str, bytes]:
    """The files of a .qdpx: the project and one text for each comment that may be published."""
    comments = report.comments[~report.comments["comment_id"].astype(str).isin(report.private)]
    ET.register_namespace("", PROJECT)
    user = guid("user", "coder")
    root = ET.Element(
        f"{{{PROJECT}}}Project",
        name=visible(report.title),
        origin="coder",
        creatingUserGUID=user,
        creationDateTime=NO_TIME,
    )
    ET.SubElement(ET.SubElement(root, _in("Users")), _in("User"), guid=user, name="coder")
    ET.SubElement(root, _in("CodeBook")).append(codebook_tree(report.codebook, PROJECT))
    columns = ["source", *tables.own_columns(comments)]
    variables = ET.SubElement(root, _in("Variables"))
    for column in columns:
        ET.SubElement(
            variables,
            _in("Variable"),
            guid=guid("variable", column),
            name=visible(column),
            typeOfVariable="Text",
        )
    cases = ET.SubElement(root, _in("Cases"))
    sources = ET.SubElement(root, _in("Sources"))
    carried: dict[str, list[Carried]] = {}
    for comment_id, *rest in report.labels[["comment_id", *Carried._fields]].itertuples(
        index=False, name=None
    ):
        carried.setdefault(str(comment_id), []).append(Carried(*rest))
    of_column = {column: guid("variable", column) for column in columns}
    members: dict[str, bytes] = {}
    for row in comments.to_dict(orient="records"):
        comment_id, text = str(row["comment_id"]), visible(str(row["text"]))
        source_id = guid("source", comment_id)
        case = ET.SubElement(
            cases, _in("Case"), guid=guid("case", comment_id), name=visible(comment_id)
        )
        for column in columns:
            value = ET.SubElement(case, _in("VariableValue"))
            ET.SubElement(value, _in("VariableRef"), targetGUID=of_column[column])
            ET.SubElement(value, _in("TextValue")).text = visible(str(row[column] or ""))
        ET.SubElement(case, _in("SourceRef"), targetGUID=source_id)
        source = ET.SubElement(
            sources,
            _in("TextSource"),
            guid=source_id,
            name=visible(comment_id),
            plainTextPath=f"internal://{source_id}.txt",
            creatingUser=user,
            creationDateTime=NO_TIME,
        )
        if comment_id in carried:
            _add_codings(source, comment_id, text, carried[comment_id], user)
        members[f"Sources/{source_id}.txt"] = text.encode("utf-8")
    members["project.qde"] = _bytes(root)
    return members


def _in(name: str) -> str:
    return f"{{{PROJECT}}}{name}"


def _add_codings(
    source: ET.Element, comment_id: str, text: str, labels: list[Carried], user: str
) -> None:
    """One selection a label: its evidence where the model gave one, else the whole comment. Code points."""
    for theme_id, position_id, start, end in labels:
        first, last = (start, end) if 0 <= start < end <= len(text) else (0, len(text))
        key = (comment_id, theme_id, position_id)
        selection = ET.SubElement(
            source,
            _in("PlainTextSelection"),
            guid=guid("selection", *key),
            name=f"{first}-{last}",
            startPosition=str(first),
            endPosition=str(last),
            creatingUser=user,
            creationDateTime=NO_TIME,
        )
        coding = ET.SubElement(
            selection,
            _in("Coding"),
            guid=guid("coding", *key),
            creatingUser=user,
            creationDateTime=NO_TIME,
        )
        code = guid("position", theme_id, position_id) if position_id else guid("theme", theme_id)
        ET.SubElement(coding, _in("CodeRef"), targetGUID=code)


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
