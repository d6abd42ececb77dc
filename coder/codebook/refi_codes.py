"""Codebooks as REFI-QDA holds them: codes within codes, which NVivo, MAXQDA, ATLAS.ti, QualCoder
and others exchange.

A code has a name, a description, a colour and whether it can be coded. What else our themes say
(ids, keywords, former ids ...) goes into a processing instruction at the top of the file, which
every schema allows and every other program passes over.
"""

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from coder.codebook.model import Codebook, Position, Theme
from coder.text import visible
from coder.xml_tree import child_text, children, first_child, local_name

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
NAMESPACE = UUID(
    "6b1f1c2e-7a0c-5d0b-9a53-0c6f5a0d2e11"
)  # of the ids that are made here
INSTRUCTION = "coder"  # target of the instruction that holds our own fields
OLD_MARK = "[coder] "  # where earlier versions put them: the end of the description
COLOUR = "colour:"  # a tag such as `colour:#e57373`
RGB = re.compile(r"#([A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})")
LONGEST_SLUG = 50
NOT_CODABLE = ("false", "0")
BOOK_FIELDS = ("title", "version", "question", "language", "notes")

Key = tuple[str, str]  # theme id, and position id (empty for the theme itself)
Fields = dict[str, Any]


def guid(*parts: str) -> str:
    """The same id for the same thing, on every machine."""
    return str(uuid5(NAMESPACE, "\n".join(parts)))


def code_guid(theme_id: str, position_id: str = "") -> str:
    """The id of the code of a theme, or of one of its positions."""
    if position_id:
        return guid("position", theme_id, position_id)
    return guid("theme", theme_id)


def user_guid(reviewer: str) -> str:
    """The id of a reviewer; of the model where the name is empty."""
    if reviewer:
        return guid("reviewer", reviewer)
    return guid("user", "coder")


def plain_guid(text: str | None) -> str:
    """An id as it is compared: programs write it with braces or without, in any case."""
    return (text or "").strip().strip("{}").casefold()


def id_of(element: ET.Element) -> str:
    """The id of an element, as it is compared."""
    return plain_guid(element.get("guid"))


def target_of(reference: ET.Element) -> str:
    """The id of what an element refers to, as it is compared."""
    return plain_guid(reference.get("targetGUID"))


def name_of(element: ET.Element) -> str:
    """The name without white space around it; empty where there is none."""
    return (element.get("name") or "").strip()


# ---------------------------------------------------------------- writing


class _Part(NamedTuple):
    """A theme or position, and the name of what it is under."""

    key: Key
    part: Theme | Position
    above: str  # empty at the top


def codes_element(codebook: Codebook, space: str) -> ET.Element:
    """`Codes` of a codebook: themes with their sub-themes, positions as codes under their theme.

    Args:
        space: the XML namespace, `PROJECT` or `CODEBOOK`.
    """
    names = code_names(codebook)
    codes = ET.Element(f"{{{space}}}Codes")
    for theme in codebook.themes:
        _add_theme(codes, theme, names, space)
    return codes


def _add_theme(
    parent: ET.Element,
    theme: Theme,
    names: Mapping[Key, str],
    space: str,
) -> None:
    code = _add_code(parent, (theme.id, ""), theme, names, space)
    for position in theme.positions:
        _add_code(code, (theme.id, position.id), position, names, space)
    for sub_theme in theme.themes:
        _add_theme(code, sub_theme, names, space)


def _add_code(
    parent: ET.Element,
    key: Key,
    part: Theme | Position,
    names: Mapping[Key, str],
    space: str,
) -> ET.Element:
    is_category = isinstance(part, Theme) and part.category
    code = ET.SubElement(
        parent,
        f"{{{space}}}Code",
        guid=code_guid(*key),
        name=names[key],
        isCodable=str(not is_category).lower(),
    )
    colour = _colour_of(part)
    if colour:
        code.set("color", colour)
    if part.definition:
        description = ET.SubElement(code, f"{{{space}}}Description")
        description.text = visible(part.definition)
    return code


def _colour_of(part: Theme | Position) -> str:
    """The colour that a tag gives; empty where none does."""
    if isinstance(part, Theme):
        for tag in part.tags:
            colour = tag.removeprefix(COLOUR)
            if colour != tag and RGB.fullmatch(colour):
                return colour
    return ""


def code_names(codebook: Codebook) -> dict[Key, str]:
    """A name for each code. Names that several have begin with what the code is under: many
    programs take codes of one name for one code.
    """
    parts = list(_parts(codebook))
    times = Counter(_folded(part.part.name) for part in parts)
    names: dict[Key, str] = {}
    used: set[str] = set()
    for key, part, above in parts:
        name = visible(part.name)
        if times[_folded(name)] > 1 and above:
            name = f"{visible(above)}: {name}"
        free, number = name, 2
        while _folded(free) in used:
            free, number = f"{name} ({number})", number + 1
        used.add(_folded(free))
        names[key] = free
    return names


def _folded(name: str) -> str:
    return visible(name).casefold()


def _parts(codebook: Codebook) -> Iterator[_Part]:
    names = {node.theme.id: node.theme.name for node in codebook.nodes}
    for node in codebook.nodes:
        theme = node.theme
        above = names.get(node.parent_id, "")
        yield _Part((theme.id, ""), theme, above)
        for position in theme.positions:
            yield _Part((theme.id, position.id), position, theme.name)


def own_fields(codebook: Codebook) -> str:
    """What the codes cannot say, as the content of the instruction (ASCII)."""
    names = code_names(codebook)
    codes: dict[str, Fields] = {}
    for key, part, _ in _parts(codebook):
        fields = part.model_dump(
            mode="json",
            exclude_defaults=True,
            exclude={"themes", "positions"},
        )
        kind = "position" if isinstance(part, Position) else "theme"
        codes[code_guid(*key)] = {"kind": kind, "written": names[key], **fields}
    book = codebook.model_dump(mode="json", include=set(BOOK_FIELDS))
    content = json.dumps({"book": book, "codes": codes}, sort_keys=True)
    return content.replace(">", "\\u003e")  # `?>` would end the instruction


def to_bytes(root: ET.Element, instruction: str) -> bytes:
    """The file of a document, with our own fields at its top."""
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return f"{head}\n<?{INSTRUCTION} {instruction}?>\n{text}\n".encode()


# ---------------------------------------------------------------- reading


@dataclass(frozen=True)
class CodeContext:
    """What else of a file says what its codes are.

    Attributes:
        instructions: processing instructions of the file.
        cases: ids of codes that stand for cases: people, not themes.
        coded: ids of codes that something is coded with.
        notes: id of a note to its text.
    """

    instructions: Mapping[str, str] = field(default_factory=dict)
    cases: Set[str] = frozenset()
    coded: Set[str] = frozenset()
    notes: Mapping[str, str] = field(default_factory=dict)


NO_CONTEXT = CodeContext()


@dataclass(frozen=True)
class ReadCodes:
    """The codes of a file as themes.

    Attributes:
        themes: the trees.
        keys: id of each code to the theme or position that it became.
        book: title, version, question, language and notes where the file is ours; else empty.
    """

    themes: tuple[Theme, ...]
    keys: Mapping[str, Key]
    book: Mapping[str, Any]


def read_codes(codes: ET.Element, context: CodeContext = NO_CONTEXT) -> ReadCodes:
    """Themes of `Codes`: ours with every field, another program's with names and descriptions.

    Codes that cannot be coded become categories.

    Raises:
        ValueError, TypeError: our own fields were changed, so that no theme can hold them.
    """
    reader = _CodeReader(context)
    themes = reader.themes(codes)
    return ReadCodes(themes, reader.keys, reader.book)


class _CodeReader:
    """Reads codes; ids that repeat get a number."""

    def __init__(self, context: CodeContext) -> None:
        self.keys: dict[str, Key] = {}
        own = _parse_object(context.instructions.get(INSTRUCTION, ""))
        self.book = _known_fields(own.get("book"))
        self._own = own.get("codes")
        self._context = context
        self._used: set[str] = set()

    def themes(self, parent: ET.Element) -> tuple[Theme, ...]:
        themes = []
        for code in children(parent, "Code"):
            is_case = id_of(code) in self._context.cases
            if not is_case and not self._is_position(code, parent):
                themes.append(self._theme(code))
        return tuple(themes)

    def _theme(self, code: ET.Element) -> Theme:
        fields = self._fields(code, self._used)
        self.keys[id_of(code)] = (fields["id"], "")
        positions = []
        taken: set[str] = set()
        for child in children(code, "Code"):
            if self._is_position(child, code):
                position = Position(**self._fields(child, taken))
                key = (fields["id"], position.id)
                self.keys[id_of(child)] = key
                positions.append(position)
        theme = Theme(
            **_with_colour(fields, code.get("color") or ""),
            positions=tuple(positions),
            themes=self.themes(code),
        )
        return theme.model_copy(update=self._category_fields(code, theme))

    def _is_position(self, code: ET.Element, parent: ET.Element) -> bool:
        """Whether a code of ours is a position still: another program may have moved it, or added
        codes under it.
        """
        is_of_theme = local_name(parent) == "Code" and self._may_be_coded(parent)
        has_codes = first_child(code, "Code") is not None
        is_stored_so = self._stored(code).get("kind") == "position"
        return is_stored_so and is_of_theme and not has_codes

    def _may_be_coded(self, code: ET.Element) -> bool:
        is_codable = (code.get("isCodable") or "true").strip() not in NOT_CODABLE
        return is_codable or id_of(code) in self._context.coded

    def _stored(self, code: ET.Element) -> Fields:
        """What the file's own fields say of a code; empty in another program's file."""
        if isinstance(self._own, dict):
            fields = self._own.get(id_of(code))
            return fields if isinstance(fields, dict) else {}
        _, mark, line = child_text(code, "Description").rpartition(OLD_MARK)
        return _parse_object(line) if mark else {}

    def _fields(self, code: ET.Element, used: set[str]) -> Fields:
        """All fields of a theme or position, with an id that is not used yet."""
        stored = dict(self._stored(code))
        stored.pop("kind", None)
        written = stored.pop("written", None)
        name = name_of(code) or "Unnamed"
        if written is not None and name == written:
            name = stored.get("name", name)
        definition = self._definition(code)
        if (
            definition
            == visible(
                str(
                    stored.get(
                        "definition",
                        "",
                    )
                )
            ).strip()
        ):
            definition = stored.get("definition", "")
        slug = str(stored.get("id", "")) or _slug(name)
        free, number = slug, 2
        while free in used:
            free, number = f"{slug}-{number}", number + 1
        used.add(free)
        return {**stored, "id": free, "name": name, "definition": definition}

    def _definition(self, code: ET.Element) -> str:
        """The description, or the memos of a code without one."""
        text = child_text(code, "Description")
        if OLD_MARK in text and not isinstance(self._own, dict):
            text = text.rpartition(OLD_MARK)[0]
        if text.strip():
            return text.strip()
        memos = []
        for reference in children(code, "NoteRef"):
            note = target_of(reference)
            memos.append(self._context.notes.get(note, "").strip())
        return "\n\n".join(filter(None, memos))

    def _category_fields(self, code: ET.Element, theme: Theme) -> Fields:
        """The marks of a code that cannot be coded; a category without themes is retired."""
        if self._may_be_coded(code):
            return {"category": False}
        counted = [node for node in theme.themes if not node.retired]
        return {"category": True, "retired": theme.retired or not counted}


def _parse_object(text: str) -> Fields:
    """A JSON object; empty for anything else."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _known_fields(book: object) -> Fields:
    if not isinstance(book, dict):
        return {}
    return {name: book[name] for name in BOOK_FIELDS if name in book}


def _with_colour(fields: Fields, colour: str) -> Fields:
    """The fields with the code's colour among the tags, in place of an earlier one."""
    if not RGB.fullmatch(colour):
        return fields
    tags = []
    for tag in fields.get("tags", ()):
        if not str(tag).startswith(COLOUR):
            tags.append(tag)
    return {**fields, "tags": (*tags, COLOUR + colour)}


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")
    if len(slug) > LONGEST_SLUG:
        slug = slug[:LONGEST_SLUG].rpartition("-")[0] or slug[:LONGEST_SLUG]
    return slug.strip("-") or "theme"
