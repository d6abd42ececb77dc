"""What to tell the user about letters: what was not read, and what is not coded."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from coder.errors import option
from coder.reading.letters.folder import LetterFiles, find_equal_files
from coder.reading.letters.pieces import (
    FOOTER,
    HEADER,
    QUOTED,
    SCAN,
    SIGNATURE,
)
from coder.reading.letters.scans import HOW_TO_INSTALL, can_read_scans
from coder.text import count, safe_text

if TYPE_CHECKING:
    from coder.reading.letters.table import ReadLetter

MOST_NAMED = 8
MARKED = {
    HEADER: "headers",
    FOOTER: "footers",
    QUOTED: "quoted mails",
    SIGNATURE: "signatures",
}


def notes_on(
    letters: LetterFiles,
    rows: "Sequence[ReadLetter]",
    shared: Collection[str],
) -> tuple[str, ...]:
    """Notes on letters that were read, and on what was not.

    Args:
        shared: addresses from which several people's letters come.
    """
    notes = [
        *_unread_notes(rows),
        *_scan_notes(rows),
        *_attachment_notes(rows),
        *_marked_notes(rows),
        *_shared_address_notes(rows, shared),
        *_equal_file_notes(letters, rows),
        *_other_file_notes(letters),
    ]
    if letters.alone and letters.path.suffix.lower() == ".txt":
        notes.append(
            f"{letters.path.name} was read as one letter. If it holds one comment a line, add the "
            "line `comment` at its top and rename it to end in .csv."
        )
    return tuple(notes)


def _unread_notes(rows: "Sequence[ReadLetter]") -> list[str]:
    """Letters of which nothing was read, or only a part, and what to do about scans."""
    unread, partly, notes = [], [], []
    has_scans = False
    for row in rows:
        problems = row.letter.unread
        if not problems:
            continue
        described = f"{row.comment_id} ({'; '.join(problems)})"
        if row.letter.has_words:
            partly.append(described)
        else:
            unread.append(described)
        has_scans |= any(problem.endswith("is a scan") for problem in problems)
    if unread:
        be = "is" if len(unread) == 1 else "are"
        notes.append(
            f"{count(len(unread), 'letter')} could not be read and {be} excluded as unread: "
            f"{_listed(unread)}."
        )
    if partly:
        notes.append(
            f"{count(len(partly), 'letter')} could be read in part only. The rest counts: "
            f"{_listed(partly)}."
        )
    if has_scans and not can_read_scans():
        notes.append(HOW_TO_INSTALL)
    return notes


def _scan_notes(rows: "Sequence[ReadLetter]") -> list[str]:
    scanned = []
    for row in rows:
        if any(piece.part == SCAN for piece in row.letter.pieces):
            scanned.append(row.comment_id)
    if not scanned:
        return []
    return [
        f"{count(len(scanned), 'letter')} with scanned pages, which tesseract read: "
        f"{_listed(scanned)}. About one word in twenty may be wrong: check quotes from them."
    ]


def _attachment_notes(rows: "Sequence[ReadLetter]") -> list[str]:
    names: list[str] = []
    for row in rows:
        names.extend(f"{name} of {row.comment_id}" for name in row.letter.attached)
    if not names:
        return []
    return [f"{count(len(names), 'attachment')} not read: {_listed(names)}."]


def _marked_notes(rows: "Sequence[ReadLetter]") -> list[str]:
    """How many letters have parts that are not coded."""
    letters: Counter[str] = Counter()
    for row in rows:
        letters.update({piece.part for piece in row.letter.pieces} & MARKED.keys())
    if not letters:
        return []
    parts = [
        f"{name} in {letters[part]:,}" for part, name in MARKED.items() if letters[part]
    ]
    return [
        f"Marked in letters: {', '.join(parts)}. They are kept with the text, and are neither "
        "coded nor quoted."
    ]


def _shared_address_notes(
    rows: "Sequence[ReadLetter]", shared: Collection[str]
) -> list[str]:
    letters = sum(row.letter.address in shared for row in rows)
    if not letters:
        return []
    verb = "comes" if letters == 1 else "come"
    return [
        f"{count(letters, 'letter')} {verb} from an address that is nobody's own, such as that "
        "of a web form. Each counts as another person's."
    ]


def _equal_file_notes(letters: LetterFiles, rows: "Sequence[ReadLetter]") -> list[str]:
    """Letters that may be one, saved twice: who sent them is not known."""
    unsigned = {row.comment_id for row in rows if not row.letter.address}
    sets = []
    for ids in find_equal_files(letters):
        if unsigned.issuperset(ids):
            sets.append(" = ".join(ids))
    if not sets:
        return []
    return [
        "Files that are the same byte for byte, and each counts: "
        f"{_listed(sets)}. If one letter was saved twice, leave out the copy: "
        f"{option('exclude', 'ID=duplicate')}."
    ]


def _other_file_notes(letters: LetterFiles) -> list[str]:
    notes = []
    if letters.tables:
        notes.append(
            f"{count(len(letters.tables), 'table')} in the folder not read with the letters: "
            f"{_listed(letters.tables)}. Read each by its name, into the same project."
        )
    if letters.passed_over:
        number = count(len(letters.passed_over), "file")
        notes.append(f"{number} passed over: {_listed(letters.passed_over)}.")
    return notes


def _listed(names: Sequence[str]) -> str:
    # On one line, without what acts on a terminal.
    shown = [safe_text(name, one_line=True) for name in names[:MOST_NAMED]]
    rest = len(names) - len(shown)
    listed = ", ".join(shown)
    if rest > 0:
        listed += f" and {rest:,} more"
    return listed
