"""Read files of comments: open them, detect their columns, make a table of comments."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from coder.errors import CoderError, did_you_mean, option
from coder.files import name_to_store, sha256_of
from coder.project import Settings, Source
from coder.reading.answers import ReadResult
from coder.reading.column_kinds import OpenQuestion
from coder.reading.columns import ColumnChoices, DetectedColumns, detect_columns
from coder.reading.comments_table import OWN, Origin, build_answers, source_name_of
from coder.reading.encoding import DETECTED
from coder.reading.formats import Format, format_of, load
from coder.reading.formats.dataframe import DATAFRAME, load_dataframe, sha256_of_cells
from coder.reading.letters import (
    LetterFiles,
    find_letters,
    holds_letters,
    is_letter,
    load_letters,
    sha256_of_letters,
)
from coder.reading.merge import merge
from coder.reading.options import NO_COLUMN, Columns, FileOptions
from coder.reading.questions import question_of_file
from coder.reading.raw_table import NoCommentsError, RawTable
from coder.text import count

Input = Path | pd.DataFrame | LetterFiles


def read_comments(
    source: Path | str | pd.DataFrame,
    columns: Columns | None = None,
    options: FileOptions | None = None,
    *,
    source_name: str | None = None,
    keep: Sequence[str] = (),
) -> ReadResult:
    """Read one file or DataFrame, detect its columns, and mark which comments are analysed.

    Args:
        source: a file of one of the `formats.FORMATS`, a letter or a folder of letters, or a
            DataFrame with one row a comment.
        columns: which columns hold what, where they are not to be detected.
        options: encoding and sheet, where they are not to be detected.
        source_name: the name of the file's only source; by default a source column's values, or
            the name of the file without its ending.
        keep: ids of comments that are analysed whatever the rules say.

    Raises:
        CoderError: the file cannot be read, a column does not exist, an id or a weight is faulty.
    """
    names = None if source_name is None else [source_name]
    table = source if isinstance(source, pd.DataFrame) else Path(source)
    (result,) = read_files([table], columns, options, source_names=names)
    merged = merge(Settings(name=""), None, [result], keep=keep)
    answers = []
    for read, part in zip(result.answers, merged.parts, strict=True):
        answers.append(replace(read, comments=part.comments))
    return replace(result, answers=tuple(answers), notes=(*result.notes, *merged.notes))


def read_files(
    inputs: Sequence[Input],
    columns: Columns | None = None,
    options: FileOptions | None = None,
    *,
    source_names: Sequence[str] | None = None,
    earlier: Sequence[Source] = (),
    known_question: str = "",
    columns_before: Collection[str] = (),
) -> list[ReadResult]:
    """Read several files, for `merge`: which of their comments are analysed is not marked yet.

    Args:
        inputs: files and DataFrames; letters, and folders of letters, together are one source.
        columns, options: as for `read_comments`; an attribute need only be in one of the files.
        source_names: a name for each input's only source.
        earlier: sources that were read before. A file of the same name is read as it was then,
            except for what is chosen here.
        known_question: wording of the question that was chosen by its id, where comments that
            answer it were read before.
        columns_before: that the project's comments have. Of a file that was read before, other
            columns are new; the open questions among them are read too.

    Of several files, pages without a comment are passed over and named in a note.

    Raises:
        CoderError: as `read_comments`.
    """
    columns = columns or Columns()
    options = options or FileOptions()
    inputs = _with_letters_together(inputs)
    _check_options(inputs, options, source_names)
    names: Sequence[str | None] = source_names or [None] * len(inputs)
    if source_names and columns.source is None:
        columns = replace(columns, source=NO_COLUMN)
    readings = []
    for item, name in zip(inputs, names, strict=True):
        before = earlier_sources(item, earlier, name, options.sheet)
        reading = _Reading(item, columns, options, name, before, known_question)
        readings.append(replace(reading, columns_before=frozenset(columns_before)))
    results = _read_those_with_comments(readings)
    _check_attributes(columns.attributes or (), results)
    return results


def _with_letters_together(inputs: Sequence[Input]) -> list[Input]:
    """The inputs, with all letters and folders among them as one in the place of the first."""
    together: list[Input] = []
    letters: list[Path] = []
    place = 0
    for item in inputs:
        if isinstance(item, Path) and _holds_letters(item):
            if not letters:
                place = len(together)
            letters.append(item)
        else:
            together.append(item)
    if letters:
        together.insert(place, find_letters(letters))
    return together


def _holds_letters(path: Path) -> bool:
    if path.is_dir():
        return holds_letters(path)
    return is_letter(path)


def _read_those_with_comments(readings: "Sequence[_Reading]") -> list[ReadResult]:
    """What was read; pages without a comment are named in a note on the first of the others.

    Raises:
        CoderError: none holds a comment, or one that held some when it was read before holds
            none now.
    """
    results, without = [], []
    for reading in readings:
        try:
            results.append(reading.result(alone=len(readings) == 1))
        except NoCommentsError as error:
            if reading.earlier:
                raise
            without.append(error)
    if not results and without:
        raise without[0]
    if without:
        left_out = [f"{error.problem}. It was not read." for error in without]
        first = results[0]
        results[0] = replace(first, notes=(*first.notes, *left_out))
    return results


def _check_options(
    inputs: Sequence[Input],
    options: FileOptions,
    source_names: Sequence[str] | None,
) -> None:
    """Raise `CoderError` where names are too few or many, or an option concerns none of the
    files.
    """
    if source_names and len(source_names) != len(inputs):
        raise CoderError(
            f"{count(len(source_names), 'source name')} for {count(len(inputs), 'file')}",
            f"Give {option('source_name')} once for each file, in the order of the files, or "
            "not at all.",
        )
    formats = [format_of(item) for item in inputs if isinstance(item, Path)]
    if options.sheet is not None and not any(map(_may_have_sheets, formats)):
        raise CoderError(
            f"{option('sheet', options.sheet)}: none of the files is a workbook",
            f"Leave out {option('sheet')}.",
        )
    if options.header_rows is not None and not any(map(_may_have_header, formats)):
        raise CoderError(
            f"{option('header_rows', str(options.header_rows))}: none of the files has rows "
            "that name its columns",
            f"Leave out {option('header_rows')}.",
        )
    if options.encoding is not None and not any(map(_may_have_encoding, formats)):
        raise CoderError(
            f"{option('encoding', options.encoding)}: workbooks and Parquet files define their "
            "encoding",
            f"Leave out {option('encoding')}.",
        )


def _may_have_sheets(kind: Format | None) -> bool:
    return kind is not None and kind.has_sheets


def _may_have_header(kind: Format | None) -> bool:
    """Whether the columns are named by rows, or may be: in a packed file that is not known yet."""
    return kind is None or kind.has_sheets or kind.name in ("csv", "tsv")


def _may_have_encoding(kind: Format | None) -> bool:
    """Whether the option makes sense; of an unsupported file the later error says more."""
    return kind is None or kind.has_encoding


def _check_attributes(attributes: Sequence[str], results: Sequence[ReadResult]) -> None:
    """Raise `CoderError` where a chosen attribute is in none of the files."""
    existing: set[str] = set()
    for result in results:
        for kind in result.kinds:
            existing.update(kind.columns or (kind.column,))
    for column in attributes:
        if column not in existing:
            raise CoderError(
                f"none of the files has a column {column!r} ({option('attribute')})",
                "Look at the names in their first rows.",
            )


def earlier_sources(
    item: Input,
    earlier: Sequence[Source],
    name: str | None = None,
    sheet: str | None = None,
) -> tuple[Source, ...]:
    """The sources as which this input was read before; with `name`, only the source of that name,
    and with `sheet` those of that sheet, where it was read.

    Raises:
        CoderError: files of this name, or sheets of this file, were read as different sources, so
            that it is not clear which this is.
    """
    if isinstance(item, pd.DataFrame):
        return tuple(source for source in earlier if source.name == (name or DATAFRAME))
    if isinstance(item, LetterFiles):
        item = item.path
    candidates = _of_same_file(item, earlier, name)
    of_sheet = [source for source in candidates if source.facts.get("sheet") == sheet]
    candidates = of_sheet or candidates
    if len(_contents(candidates)) > 1:
        candidates = _of_same_content(item, candidates)
    if len(_contents(candidates)) > 1:
        raise _ambiguous_error(item, candidates)
    return tuple(candidates)


def _ambiguous_error(item: Path, candidates: Sequence[Source]) -> CoderError:
    what = "files of this name"
    if len({source.sha256 for source in candidates}) == 1:
        what = "sheets of this file"
    names = " and ".join(dict.fromkeys(repr(source.name) for source in candidates))
    return CoderError(
        f"{item}: {what} were read as {names}",
        f"Say which one this is: {option('source_name', 'NAME')}. A new name makes it a further "
        "source.",
    )


def _contents(sources: Sequence[Source]) -> set[tuple[str, str]]:
    """What was read of files of one name."""
    return {source.content for source in sources}


def _of_same_file(
    path: Path, earlier: Sequence[Source], name: str | None
) -> list[Source]:
    """The sources that were read from a file of this name; with `name`, only the source of that
    name.
    """
    file = name_to_store(path.name)
    sources = [source for source in earlier if source.file == file]
    if name is None:
        return sources
    return [source for source in sources if source.name == name]


def _of_same_content(path: Path, sources: list[Source]) -> list[Source]:
    """The sources that were read from this content; all where none was, or where there is no
    file, which is reported when it is read.
    """
    sha256 = ""
    if path.is_file():
        sha256 = sha256_of(path)
    return [source for source in sources if source.sha256 == sha256] or sources


@dataclass(frozen=True)
class _Reading:
    """One input and how it is to be read.

    Attributes:
        item: a file, a DataFrame, or letters.
        columns, options: what the user chose.
        source_name: what the user chose; None to use a column's values, the earlier name or the
            file's name.
        earlier: the sources as which it was read before.
        known_question: wording of the question that the user chose by its id; else empty.
        columns_before: that the project's comments have; empty where they are not known.
    """

    item: Input
    columns: Columns
    options: FileOptions
    source_name: str | None
    earlier: tuple[Source, ...]
    known_question: str
    columns_before: frozenset[str] = frozenset()

    def result(self, *, alone: bool) -> ReadResult:
        """Read the input; where it is not alone, attributes that it does not have are passed
        over.
        """
        raw = self._load()
        choices = self._choices(raw, alone=alone)
        detected = self._with_wordings(detect_columns(raw, choices))
        without = [
            role for role, column in choices.roles.items() if column == NO_COLUMN
        ]
        origin = Origin(
            source_name=self._name_of_source(raw.path, detected.roles),
            question=self._question(raw, detected),
            sha256=self._sha256(raw),
            without=tuple(without),
        )
        built = build_answers(raw, detected, origin)
        names = built.names
        wordings = {names.get(name, name): text for name, text in raw.questions.items()}
        notes = [*raw.notes, *detected.notes, *built.notes]
        if "id" not in detected.roles:
            notes.append(_numbered_rows_note(raw.path.name))
        return ReadResult(
            path=str(raw.path),
            rows=len(raw.cells),
            described=raw.described,
            answers=built.answers,
            columns=detected.columns,
            questions=detected.questions,
            kinds=detected.kinds,
            attributes=tuple(names.get(name, name) for name in detected.attributes),
            wordings=wordings,
            attributes_named=self.columns.attributes is not None,
            notes=tuple(notes),
        )

    def _load(self) -> RawTable:
        if isinstance(self.item, pd.DataFrame):
            return load_dataframe(self.item)
        if isinstance(self.item, LetterFiles):
            return load_letters(self.item)
        options = self.options
        facts = self.earlier[0].facts if self.earlier else {}
        encoding = facts.get("encoding")
        if (
            options.encoding is None
            and encoding is not None
            and encoding not in DETECTED
        ):
            options = replace(options, encoding=encoding)
        if options.sheet is None:
            options = replace(options, sheet=facts.get("sheet"))
        if options.header_rows is None and "header_rows" in facts:
            options = replace(options, header_rows=int(facts["header_rows"]))
        return load(self.item, options)

    def _sha256(self, raw: RawTable) -> str:
        if isinstance(self.item, Path):
            return sha256_of(self.item)
        if isinstance(self.item, LetterFiles):
            return sha256_of_letters(self.item)
        return sha256_of_cells(raw.cells)

    def _choices(self, raw: RawTable, *, alone: bool) -> ColumnChoices:
        """The user's choices, and those of the last reading for what the user does not say."""
        existing = set(raw.cells.columns)
        chosen = self.columns.roles()
        earlier = _earlier_roles(self.earlier, existing)
        roles = {**earlier, **chosen}
        if self.columns.question in existing:
            roles["question"] = self.columns.question
        attributes = None
        if self.columns.attributes is not None:
            attributes = tuple(
                column
                for column in self.columns.attributes
                if alone or column in existing
            )
        texts = self.columns.texts
        new: frozenset[str] = frozenset()
        if not texts:
            texts = _earlier_texts(self.earlier, existing.difference(attributes or ()))
            new = self._new_columns(existing)
        if texts:
            roles["text"] = texts[0]
        else:
            roles.pop("text", None)
        return ColumnChoices(
            roles,
            texts,
            attributes,
            frozenset(earlier.keys() - chosen.keys()),
            new,
            self.columns.wordings,
        )

    def _new_columns(self, existing: set[str]) -> frozenset[str]:
        """The columns that the file did not have when it was last read."""
        if not self.columns_before:
            return frozenset()
        known = set(self.columns_before)
        for source in self.earlier:
            known.update(source.columns.values())
        # A survey's own column may have had the name of one of the comments' columns.
        return frozenset(
            name
            for name in existing
            if name not in known and f"{OWN}{name}" not in known
        )

    def _name_of_source(self, path: Path, roles: dict[str, str]) -> str:
        if self.source_name is not None:
            return self.source_name
        names = {source.name for source in self.earlier}
        if len(names) == 1 and "source" not in roles:
            return names.pop()
        return source_name_of(path)

    def _with_wordings(self, detected: DetectedColumns) -> DetectedColumns:
        """The questions as the user, or the last reading of the file, words them."""
        _check_wordings(self.columns.wordings, detected.questions)
        questions = []
        for question in detected.questions:
            wording = self.columns.wordings.get(question.column)
            if wording is None:
                wording = _earlier_wording(self.earlier, question) or question.wording
            questions.append(question._replace(wording=wording))
        return detected._replace(questions=tuple(questions))

    def _question(self, raw: RawTable, detected: DetectedColumns) -> str:
        """The question where the file has one and no column holds it."""
        asked = self.columns.question
        if len(detected.questions) > 1:
            _check_is_question(asked, detected.questions)
            return ""
        (only,) = detected.questions
        if only.column in self.columns.wordings:
            return only.wording
        is_id = asked.casefold() == only.question_id
        if asked and not is_id and asked not in raw.cells.columns:
            return self.known_question or asked
        if "question" in detected.roles:
            return ""
        earlier = None
        for source in self.earlier:
            if source.columns.get("text") == only.column:
                earlier = source
        return question_of_file(raw, only.column, earlier)


def _earlier_roles(earlier: Sequence[Source], existing: set[str]) -> dict[str, str]:
    """The roles of a file's columns when it was last read, as far as it still has these columns."""
    roles: dict[str, str] = {}
    for source in earlier:
        for role, column in source.columns.items():
            if column in existing:
                roles[role] = column
        without = source.facts.get("without", "")
        for role in filter(None, without.split(", ")):
            roles[role] = NO_COLUMN
    return roles


def _earlier_texts(earlier: Sequence[Source], existing: set[str]) -> tuple[str, ...]:
    """The columns of the comments when the file was last read, as far as it still has them."""
    texts = {source.columns["text"]: None for source in earlier if source.columns}
    return tuple(column for column in texts if column in existing)


def _earlier_wording(earlier: Sequence[Source], question: OpenQuestion) -> str:
    for source in earlier:
        if source.columns.get("text") == question.column:
            return source.facts.get("question", "")
    return ""


def _check_wordings(
    wordings: Mapping[str, str], questions: Sequence[OpenQuestion]
) -> None:
    """Raise `CoderError` where a column whose question is worded holds no comments."""
    columns = [question.column for question in questions]
    for column in wordings:
        if column not in columns:
            raise CoderError(
                f"{option('question_of', f'{column}=TEXT')}: no comments are read from the column "
                f"{column!r}",
                did_you_mean(column, columns),
            )


def _check_is_question(asked: str, questions: Sequence[OpenQuestion]) -> None:
    """Raise `CoderError` where one wording is given for several questions."""
    names = set()
    for question in questions:
        names |= {question.column, question.question_id, question.wording}
    if asked and asked not in names:
        raise CoderError(
            f"the file has {count(len(questions), 'question')}, and "
            f"{option('question', asked)} is none of them",
            f"Word each by its column: {option('question_of', 'COL=TEXT')}. Their ids: "
            f"{', '.join(question.question_id for question in questions)}.",
        )


def _numbered_rows_note(file: str) -> str:
    return (
        f"No column identifies each comment, so the rows of {file} were numbered. Keep their "
        f"order, or name a column with {option('id', 'COL')}, so that decisions stay with "
        "their comments."
    )
