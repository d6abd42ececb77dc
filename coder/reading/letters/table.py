"""Letters as a table: a row each, with the places of its text."""

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from coder import tables
from coder.confined import Answer, Job, NotReadError, run_each
from coder.errors import CoderError
from coder.limits import limits
from coder.reading.exclusions import LETTERS, UNREAD
from coder.reading.letters.folder import LetterFiles
from coder.reading.letters.kinds import read_document, read_message
from coder.reading.letters.mail import message_id
from coder.reading.letters.mailbox import is_mailbox, messages_of
from coder.reading.letters.notes import notes_on
from coder.reading.letters.pieces import (
    Letter,
    LetterError,
    Piece,
    PlaceRow,
    lay_out,
    letter_of,
)
from coder.reading.letters.scans import SECONDS, can_read_scans
from coder.reading.raw_table import RawTable, arrow_columns
from coder.text import clean_text, count, normal_key

BYTES_OF_A_PAGE = 20_000  # of a scan, at least
PLACE_COLUMNS = {
    name: dtype for name, dtype in tables.PLACES.dtypes.items() if name != "comment_id"
}
OWN_COLUMNS = ("sender", "date", "subject")
# Addresses of web forms and campaigns, from which the letters of many people come.
NO_REPLY = re.compile(r"(?<![a-z])(?:do[-_.]?)?not?[-_.]?reply(?![a-z])")
NAMES_OF_FORM = 3  # different senders by which an address is such a one
ADDRESS = "sender_address"
# Subjects too often name whoever writes.
PERSONAL_COLUMNS = ("sender", "subject", ADDRESS)


class ReadLetter(NamedTuple):
    """A letter and its id."""

    comment_id: str
    letter: Letter
    kind: str  # as in `PDF`


def load_letters(letters: LetterFiles) -> RawTable:
    """Read letters: a row each, with its text, sender, date and subject, and `RawTable.places`.

    A letter that cannot be read has no text; its column `unread` says why.

    Raises:
        CoderError: the only file named cannot be read; a library is not installed.
    """
    rows = _with_ids_apart(_read_all(letters))
    shared = _shared_addresses(rows)
    texts: list[str] = []
    places: list[tuple[int, int, int, str, str]] = []
    for number, row in enumerate(rows):
        text, of_letter = lay_out(_counted_pieces(row.letter))
        texts.append(text)
        places.extend((number, *place) for place in of_letter)
    columns = _columns(rows, texts, shared)
    arrays, cleaned = arrow_columns(columns, suspicious=True)
    roles = {"text": "text", "id": "comment_id"}
    if ADDRESS in columns:
        roles["respondent"] = ADDRESS
    return RawTable(
        path=letters.path,
        format=LETTERS,
        described=_described(rows),
        cells=pa.table(arrays).to_pandas(),
        numbers=np.arange(1, len(rows) + 1, dtype=np.int64),
        row_word="letter",
        cleaned=cleaned,
        roles=roles,
        facts=letters.facts,
        personal=PERSONAL_COLUMNS,
        places=_places_table(places),
        notes=notes_on(letters, rows, shared),
    )


def _counted_pieces(letter: Letter) -> Sequence[Piece]:
    """A letter's pieces; none of one that is unread but for a header or a stamp."""
    if letter.unread and not letter.has_words:
        return ()
    return letter.pieces


def _read_all(letters: LetterFiles) -> list[ReadLetter]:
    rows: list[ReadLetter] = []
    files = list(letters.files.items())
    jobs = [(_job(path), (own_id, path)) for own_id, path in files]
    for (own_id, path), outcome in zip(files, run_each(_answer, jobs), strict=True):
        try:
            rows.extend(_letters_of(path, outcome))
        except LetterError as error:
            if letters.alone:
                raise CoderError(f"{path}: {error}", _fix_for(str(error))) from error
            unread = Letter(unread=(str(error),))
            rows.append(ReadLetter(own_id, unread, _kind(path)))
    if letters.alone and not any(
        row.letter.pieces or row.letter.unread for row in rows
    ):
        raise CoderError(
            f"{letters.path}: holds no text", "Name a file that contains comments."
        )
    return rows


# ---------------------------------------------------------------- one file, in a child process


def _job(path: Path) -> Job:
    """The job of reading a file; one with scans may wait for the program that reads them."""
    job = Job.of(path)
    if not can_read_scans():
        return job
    pages = 1 + job.size // BYTES_OF_A_PAGE
    return replace(job, others=pages * SECONDS)


def _answer(item: tuple[str, Path]) -> Answer:
    """The letters of a file, or why it cannot be read."""
    try:
        return Answer({"letters": [_facts(row) for row in _read_file(*item)]})
    except LetterError as error:
        return Answer({"problem": str(error)})


def _facts(row: ReadLetter) -> dict[str, Any]:
    return {**row._asdict(), "letter": asdict(row.letter)}


def _letters_of(path: Path, outcome: Answer | CoderError) -> Iterator[ReadLetter]:
    """The letters that came back.

    Raises:
        LetterError: the file cannot be read.
    """
    if isinstance(outcome, NotReadError):
        raise LetterError(outcome.problem.removeprefix(f"{path}: ")) from outcome
    if isinstance(outcome, CoderError):
        raise outcome
    if "problem" in outcome.facts:
        raise LetterError(outcome.facts["problem"])
    for facts in outcome.facts["letters"]:
        letter = letter_of(facts["letter"])
        yield ReadLetter(facts["comment_id"], letter, facts["kind"])


def _fix_for(problem: str) -> str:
    if "encrypted" in problem:
        return "Open it, remove its password and save it again."
    if "is a scan" in problem:
        from coder.reading.letters.scans import HOW_TO_INSTALL

        return HOW_TO_INSTALL
    if "save it" in problem:
        return "Open it in the program that wrote it."
    return "Open it in the program that wrote it and save it again, or ask for another copy."


def _read_file(own_id: str, path: Path) -> Iterator[ReadLetter]:
    """A file's letter; of a mailbox each of its messages.

    Raises:
        LetterError: the file cannot be read.
    """
    try:
        if not path.exists():
            raise CoderError(
                f"{path}: there is no such file", "Check the name and the folder."
            )
        size = path.stat().st_size
        if not size:
            raise LetterError("is empty")
        if path.suffix.lower() in ("", ".mbox") and is_mailbox(path):
            yield from _messages(own_id, path)
            return
        if size > limits().letter_bytes:
            raise LetterError(f"has {size:,} bytes, more than a letter")
        letter = read_document(path.name, path.read_bytes())
    except (OSError, MemoryError) as error:
        problem = getattr(error, "strerror", None) or type(error).__name__
        raise LetterError(f"cannot be read ({problem})") from error
    yield ReadLetter(own_id, letter, _kind(path))


def _messages(own_id: str, path: Path) -> Iterator[ReadLetter]:
    """The messages of a mailbox; one that cannot be read is among them."""
    for data in messages_of(path):
        try:
            letter = read_message(data)
        except LetterError as error:
            letter = Letter(unread=(str(error),))
        yield ReadLetter(f"{own_id}/{message_id(data)}", letter, "mail")


def _with_ids_apart(rows: Sequence[ReadLetter]) -> list[ReadLetter]:
    """The rows with ids on one line; of letters with the same one the second has a 2 after it.

    A message may be in a mailbox twice, and names of files may differ in blanks alone.
    """
    seen: Counter[str] = Counter()
    apart = []
    for row in rows:
        own_id = _one_line(row.comment_id)
        seen[own_id] += 1
        times = seen[own_id]
        if times > 1:
            own_id = f"{own_id}-{times}"
        apart.append(row._replace(comment_id=own_id))
    return apart


def _kind(path: Path) -> str:
    suffix = path.suffix.lower().removeprefix(".")
    if suffix in ("eml", "msg"):
        return "mail"
    return suffix.upper()


def _shared_addresses(rows: Sequence[ReadLetter]) -> set[str]:
    """The addresses from which several people's letters come."""
    names: dict[str, set[str]] = {}
    for row in rows:
        if row.letter.address:
            name = normal_key(row.letter.sender.rpartition("<")[0])
            names.setdefault(row.letter.address, set()).add(name)
    shared = set()
    for address, senders in names.items():
        if NO_REPLY.search(address) or len(senders - {""}) >= NAMES_OF_FORM:
            shared.add(address)
    return shared


def _columns(
    rows: Sequence[ReadLetter], texts: list[str], shared: Collection[str]
) -> dict[str, list[str]]:
    """The columns of the table; one in which no letter has anything is left out.

    Addresses that are `shared` are left out too, since they tell nobody apart.
    """
    letters = [row.letter for row in rows]
    columns = {
        "comment_id": [row.comment_id for row in rows],
        "text": texts,
    }
    for name in OWN_COLUMNS:
        columns[name] = [_one_line(getattr(letter, name)) for letter in letters]
    columns[ADDRESS] = []
    for letter in letters:
        address = "" if letter.address in shared else _one_line(letter.address)
        columns[ADDRESS].append(address)
    columns[UNREAD] = [_one_line("; ".join(letter.unread)) for letter in letters]
    kept = {}
    for name, cells in columns.items():
        if name in ("comment_id", "text") or any(cells):
            kept[name] = cells
    return kept


def _one_line(text: str) -> str:
    """File names and headers, in which a hostile one may have put anything."""
    readable = os.fsencode(text).decode("utf-8", "replace") if _is_odd(text) else text
    return " ".join(clean_text(readable).split())


def _is_odd(text: str) -> bool:
    return any(0xDC80 <= ord(char) <= 0xDCFF for char in text)


def _places_table(places: Sequence[tuple[int, int, int, str, str]]) -> pd.DataFrame:
    columns = ["row", *PlaceRow._fields]
    table = pd.DataFrame(places, columns=columns)
    return table.astype({"row": "int64", **PLACE_COLUMNS})


def _described(rows: Sequence[ReadLetter]) -> str:
    """`12 letters (9 PDF, 3 mail)`."""
    kinds = Counter(row.kind for row in rows)
    parts = [f"{number} {kind}" for kind, number in kinds.most_common()]
    return f"{count(len(rows), 'letter')} ({', '.join(parts)})"
