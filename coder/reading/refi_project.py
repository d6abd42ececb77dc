"""REFI-QDA projects (.qdpx) as QualCoder, ATLAS.ti, NVivo, MAXQDA and others write them: texts,
what is known of each, who coded them with what and when.

After the standard's schema of 2019 (www.qdasoftware.org). Programs differ in what they leave
out; whatever is missing is taken from the element around it.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from coder.codebook.refi_codes import (
    CodeContext,
    id_of,
    name_of,
    plain_guid,
    target_of,
    user_guid,
)
from coder.errors import CoderError
from coder.reading.refi_archive import NOT_A_PROJECT, RefiArchive
from coder.text import free_name
from coder.xml_tree import (
    child_text,
    children,
    first_child,
    local_name,
    parse_xml,
)

OURS = "coder"  # origin of the files that our own export writes
MEDIA = {"PictureSource": "picture", "AudioSource": "recording", "VideoSource": "film"}
SELECTIONS = (
    "PlainTextSelection",
    "PDFSelection",
    "PictureSelection",
    "AudioSelection",
    "VideoSelection",
    "TranscriptSelection",
)
UNKNOWN_USER = "unknown"


class RefiCoding(NamedTuple):
    """A code given to a source or a part of it.

    Attributes:
        code: the id of the code.
        user: who gave it.
        at: when, as the file says it; empty where it does not.
        memo: what was written beside it.
        by_model: a coding by our own model, which is nobody's decision.
    """

    code: str
    user: str
    at: str
    memo: str
    by_model: bool


@dataclass
class RefiSource:
    """A text with all that the project says of it.

    Attributes:
        text: None where the file does not hold it.
        values: attribute to answer.
    """

    id: str
    name: str
    text: str | None
    codings: list[RefiCoding] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RefiProject:
    """What was read of a .qdpx.

    Attributes:
        origin: the program that wrote it.
        sources: in the file's order.
        variables: names of the attributes, in the file's order.
        codes: the element with the codes; None where there are none.
        context: what else the file says of its codes.
        media: kind to number of the sources that hold no text.
        media_codings: codings in these.
        notes: memos and journals that belong to no code.
        differing: attributes of sources whose cases differ in them.
    """

    path: Path
    origin: str
    sources: tuple[RefiSource, ...]
    variables: tuple[str, ...]
    codes: ET.Element | None
    context: CodeContext
    media: Mapping[str, int]
    media_codings: int
    notes: int
    differing: int

    @property
    def is_ours(self) -> bool:
        """Whether our own export wrote it."""
        return self.origin == OURS

    @property
    def codings(self) -> list[RefiCoding]:
        """The codings of all texts."""
        listed: list[RefiCoding] = []
        for source in self.sources:
            listed += source.codings
        return listed


def read_refi_project(path: Path) -> RefiProject:
    """Read a .qdpx.

    Raises:
        CoderError: it is no project, is damaged, or would unpack to far too much.
    """
    with RefiArchive(path) as archive:
        name, data = archive.project_bytes()
        document = parse_xml(data, path / name)
        if local_name(document.root) != "Project":
            raise CoderError(f"{path}: {name} is no project", NOT_A_PROJECT)
        return _ProjectReader(path, document.root, archive).read(document.instructions)


class _ProjectReader:
    """Reads one project."""

    def __init__(self, path: Path, root: ET.Element, archive: RefiArchive) -> None:
        self._path = path
        self._root = root
        self._archive = archive
        self._base_path = root.get("basePath") or ""
        self._origin = (root.get("origin") or "").strip()
        users = children(first_child(root, "Users"), "User")
        self._users: dict[str, str] = {}
        for user in users:
            name = (user.get("name") or user.get("id") or "").strip()
            self._users[id_of(user)] = name
        self._sources: dict[str, RefiSource] = {}
        self._media: Counter[str] = Counter()
        self._media_codings = 0
        self._memos = 0
        self._source_of: dict[str, str] = {}  # id of a selection to that of its source
        self._variables = _names_of_variables(root)

    def read(self, instructions: Mapping[str, str]) -> RefiProject:
        for element in first_child(self._root, "Sources") or ():
            self._read_source(element)
        cases = _Cases(first_child(self._root, "Cases"))
        columns = dict.fromkeys(self._variables.values())
        differing = self._add_cases(cases, columns)
        self._add_sets(columns)
        notes = self._notes()
        codes = first_child(first_child(self._root, "CodeBook"), "Codes")
        sources = tuple(self._sources.values())
        coded = set()
        for source in sources:
            coded |= {coding.code for coding in source.codings}
        known = cases.by_code.keys() & _ids_of_codes(codes)
        return RefiProject(
            path=self._path,
            origin=self._origin,
            sources=sources,
            variables=tuple(columns),
            codes=codes,
            context=CodeContext(instructions, known, coded, notes),
            media=self._media,
            media_codings=self._media_codings,
            notes=len(notes.keys() - _notes_of_codes(codes)) + self._memos,
            differing=differing,
        )

    # ------------------------------------------------------------ sources

    def _read_source(self, element: ET.Element) -> None:
        kind = local_name(element)
        if kind == "TextSource":
            self._add_text(element, element)
        elif kind == "PDFSource":
            representation = first_child(element, "Representation")
            self._add_text(element, representation)
        elif kind in MEDIA:
            transcripts = list(children(element, "Transcript"))
            for transcript in transcripts:
                self._add_transcript(element, transcript)
            self._media[MEDIA[kind]] += 1
            self._media_codings += len(list(self._codings(element, element)))

    def _add_text(self, element: ET.Element, holder: ET.Element | None) -> None:
        """Add a source whose text, if any, is in `holder`."""
        number = len(self._sources) + 1
        id_ = id_of(element) or f"source {number}"
        if (
            id_ in self._sources
        ):  # no two sources should have one id, and no text is lost
            id_ = f"{id_} {number}"
        source = RefiSource(
            id_,
            name_of(element),
            None,
        )
        if holder is not None:
            source.text = self._text(holder)
            address = holder.get("plainTextPath")
            if address:
                self._source_of.setdefault(address, id_)
        parts = [element]
        if holder is not None and holder is not element:
            parts.append(holder)
        for part in parts:
            source.codings += self._codings(part, element)
            self._add_selections(part, id_)
        source.values |= self._values(element)
        self._sources[id_] = source

    def _add_selections(self, part: ET.Element, source_id: str) -> None:
        """Know the selections of a source, and count those that only hold a memo."""
        for selection in children(part, *SELECTIONS):
            self._source_of[id_of(selection)] = source_id
            if first_child(selection, "Coding") is None:
                self._memos += bool(child_text(selection, "Description").strip())

    def _add_transcript(self, media: ET.Element, transcript: ET.Element) -> None:
        """Add a transcript; its codings alone where the text is a source of its own."""
        known = self._source_of.get(transcript.get("plainTextPath") or "", "")
        if known:
            self._sources[known].codings += self._codings(transcript, media)
            return
        self._add_text(transcript, transcript)
        id_ = id_of(transcript)
        if id_ in self._sources:
            source = self._sources[id_]
            source.name = source.name or name_of(media)
            source.values |= self._values(media)

    def _text(self, holder: ET.Element) -> str | None:
        content = first_child(holder, "PlainTextContent")
        if content is not None:
            return "".join(content.itertext())
        address = holder.get("plainTextPath")
        if not address:
            return None
        return self._archive.text(address, self._base_path)

    def _codings(self, parent: ET.Element, source: ET.Element) -> Iterator[RefiCoding]:
        """The codings of a source and of its selections."""
        for coding in children(parent, "Coding"):
            yield from self._coding(_Place(coding, parent, source, ""))
        for selection in children(parent, *SELECTIONS):
            memo = child_text(selection, "Description").strip()
            for coding in children(selection, "Coding"):
                place = _Place(coding, selection, source, memo)
                yield from self._coding(place)

    def _coding(self, place: "_Place") -> Iterator[RefiCoding]:
        """One coding; nothing where it names no code."""
        reference = first_child(place.coding, "CodeRef")
        if reference is None:
            return
        user = self._user_of(place)
        name = self._user_name(user)
        # Other programs give users new ids; the name that our export writes stays.
        is_model = name == OURS
        if self._origin == OURS:
            is_model = user == user_guid("")
        yield RefiCoding(
            target_of(reference),
            name,
            place.date(),
            place.memo,
            is_model,
        )

    def _user_of(self, place: "_Place") -> str:
        """The id of who coded: at the coding, its selection, or whose source it is."""
        coding, parent, source = place.coding, place.parent, place.source
        named = (
            coding.get("creatingUser"),
            parent.get("creatingUser"),
            parent.get("modifyingUser"),
            source.get("modifyingUser"),
            source.get("creatingUser"),
        )
        return plain_guid(next(filter(None, named), ""))

    def _user_name(self, id_: str) -> str:
        if id_ in self._users:
            return self._users[id_] or UNKNOWN_USER
        if len(self._users) == 1:
            return next(iter(self._users.values())) or UNKNOWN_USER
        return UNKNOWN_USER

    # ------------------------------------------------------------ attributes

    def _values(self, element: ET.Element) -> dict[str, str]:
        """Attribute to answer, of a source or case."""
        values = {}
        for value in children(element, "VariableValue"):
            reference = first_child(value, "VariableRef")
            if reference is None:
                continue
            name = self._variables.get(target_of(reference))
            if name is not None:
                values[name] = _answer(value)
        return values

    def _add_cases(self, cases: "_Cases", columns: dict[str, None]) -> int:
        """Give sources what is known of their cases; how many answers differ between cases."""
        differing = 0
        by_source = cases.by_source(self._source_of)
        for source in self._sources.values():
            own = dict.fromkeys(by_source.get(source.id, ()))
            for coding in source.codings:
                own |= dict.fromkeys(cases.by_code.get(coding.code, ()))
            source.codings = [c for c in source.codings if c.code not in cases.by_code]
            names = [name_of(case) for case in own]
            names = [name for name in names if name and name != source.name]
            if names:
                columns.setdefault("case")
                source.values.setdefault("case", "; ".join(names))
            differing += self._add_answers(source, own)
        return differing

    def _add_answers(self, source: RefiSource, cases: Iterable[ET.Element]) -> int:
        """Give a source the answers of its cases; of those that differ none, and how many do."""
        answers: dict[str, set[str]] = {}
        for case in cases:
            for name, answer in self._values(case).items():
                answers.setdefault(name, set()).add(answer)
        differing = 0
        for name, several in answers.items():
            given = several - {""}
            differing += len(given) > 1
            answer = given.pop() if len(given) == 1 else ""
            source.values.setdefault(name, answer)
        return differing

    def _add_sets(self, columns: dict[str, None]) -> None:
        """Groups of documents: `gender: male` is an answer, any other name says yes."""
        for group in children(first_child(self._root, "Sets"), "Set"):
            column, colon, answer = (group.get("name") or "").partition(":")
            column = column.strip()
            if not column:
                continue
            if not colon:
                answer = "yes"
            for member in children(group, "MemberSource"):
                target = target_of(member)
                source = self._sources.get(target)
                if source is not None:
                    columns.setdefault(column)
                    source.values.setdefault(column, answer.strip())

    def _notes(self) -> dict[str, str]:
        """Id of each note to its text."""
        notes = {}
        for note in children(first_child(self._root, "Notes"), "Note"):
            text = self._text(note) or child_text(note, "Description")
            notes[id_of(note)] = text
        return notes


class _Place(NamedTuple):
    """Where a coding stands: in a selection, or in the source itself."""

    coding: ET.Element
    parent: ET.Element
    source: ET.Element
    memo: str

    def date(self) -> str:
        """When it was made, as the file says; empty where it does not."""
        named = [self.coding.get("creationDateTime")]
        if self.parent is not self.source:
            named.append(self.parent.get("creationDateTime"))
            named.append(self.parent.get("modifiedDateTime"))
        return next(filter(None, named), "").strip()


class _Cases:
    """The cases of a project: people or places, each with attributes and sources.

    Attributes:
        by_code: id of a code to the cases that it stands for.
    """

    def __init__(self, element: ET.Element | None) -> None:
        self._all = list(children(element, "Case"))
        self.by_code: dict[str, list[ET.Element]] = {}
        for case in self._all:
            ids = [case.get("guid")]
            for reference in children(case, "CodeRef"):
                ids.append(reference.get("targetGUID"))
            for id_ in ids:
                self.by_code.setdefault(plain_guid(id_), []).append(case)

    def by_source(self, source_of: Mapping[str, str]) -> dict[str, list[ET.Element]]:
        """Id of a source to the cases that name it, or a part of it.

        Args:
            source_of: id of a selection to that of its source.
        """
        cases: dict[str, list[ET.Element]] = {}
        for case in self._all:
            for reference in children(case, "SourceRef", "SelectionRef"):
                target = target_of(reference)
                target = source_of.get(target, target)
                cases.setdefault(target, []).append(case)
        return cases


def _names_of_variables(root: ET.Element) -> dict[str, str]:
    """Id to name; names that repeat get a number."""
    names: dict[str, str] = {}
    for variable in children(first_child(root, "Variables"), "Variable"):
        name = name_of(variable) or "attribute"
        names[id_of(variable)] = free_name(name, names.values())
    return names


def _answer(value: ET.Element) -> str:
    for child in value:
        if local_name(child) != "VariableRef":
            return "".join(child.itertext())
    return ""


def _ids_of_codes(codes: ET.Element | None) -> set[str]:
    if codes is None:
        return set()
    elements = [element for element in codes.iter() if local_name(element) == "Code"]
    return {id_of(element) for element in elements}


def _notes_of_codes(codes: ET.Element | None) -> set[str]:
    if codes is None:
        return set()
    references = [item for item in codes.iter() if local_name(item) == "NoteRef"]
    return {target_of(item) for item in references}
