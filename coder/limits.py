"""How much a file from elsewhere may ask for, all in one place.

A genuine consultation stays far below each of these. `raise_limits` multiplies them, for the
one file that does not; a hostile file can then use as much.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace

from coder.errors import CoderError, option

MEGABYTE = 1_000_000
MOST_TIMES = 1_000
# They guard the stack of the interpreter, which no option makes larger.
NEVER_RAISED = ("yaml_depth", "json_depth", "xml_depth")


@dataclass(frozen=True)
class Limits:
    """What a file may take while it is read. Sizes are bytes.

    Attributes:
        file_bytes: of a file that is read whole; CSV is read in parts and may be larger.
        letter_bytes: of a letter; a scan of 1,000 pages has about 300 MB.
        codebook_bytes: of a codebook; one of 300 themes has 200 kB.
        exchange_bytes: of a codebook in REFI-QDA; the largest that are published have 1 MB.
        yaml_bytes: of any YAML file; `project.yaml` lists the answers of every labelled column.
        yaml_values: texts, lists and mappings in a YAML file; 30,000 take a second to read.
        unpacked_bytes: of all members of an archive together.
        doubtful_bytes: unpacked, from which on `unpacked_ratio` counts: small archives may
            shrink a lot.
        unpacked_ratio: times that a table may grow when it is unpacked. Workbooks grow 5 to 30
            times, an empty sheet 100 times, a bomb 1,000 times.
        document_bytes: unpacked, of a DOCX or ODT.
        text_bytes: unpacked, of one text in a REFI-QDA project.
        archive_members: files in an archive; the list of them is held in memory.
        project_members: files in a REFI-QDA project, where each response is one.
        document_members: parts of a DOCX or ODT.
        columns: of a table; a panel that asks for years has 5,000.
        questions: columns of a table that are taken for people's own words; each is a question
            with comments, base and counts of its own.
        cells: of a table: one million rows and 60 columns.
        sparse_cells: of a sheet, beyond one for each byte of it: readers make room for the empty
            ones too.
        cell_bytes: of text in one cell of a table; a book of 600 pages has 1 MB.
        decisions_bytes: of a table of decisions; one of a million comments has 300 MB.
        memory: that reading may take beside what the program has taken before.
        memory_a_byte: more memory for each byte of the file, since large ones are genuine too.
        seconds: of computing; starting and reading an ordinary file take less than 2.
        seconds_a_megabyte: more seconds for each MB: a workbook takes .6.
        waiting: seconds by the clock for each second of computing; a busy machine shares its
            processors among many.
        yaml_depth: lists and mappings within each other.
        json_depth: objects within each other in the records of a table.
        xml_depth: elements within each other in the XML of another program.
    """

    file_bytes: int = 2_000 * MEGABYTE
    letter_bytes: int = 500 * MEGABYTE
    codebook_bytes: int = 1 * MEGABYTE
    exchange_bytes: int = 20 * MEGABYTE
    yaml_bytes: int = 8 * MEGABYTE
    yaml_values: int = 150_000
    unpacked_bytes: int = 1_000 * MEGABYTE
    doubtful_bytes: int = 100 * MEGABYTE
    unpacked_ratio: int = 100
    document_bytes: int = 300 * MEGABYTE
    text_bytes: int = 100 * MEGABYTE
    archive_members: int = 100_000
    project_members: int = 2_000_000
    document_members: int = 20_000
    columns: int = 9_000
    questions: int = 300
    cells: int = 64_000_000
    sparse_cells: int = 2_000_000
    cell_bytes: int = 10 * MEGABYTE
    decisions_bytes: int = 500 * MEGABYTE
    memory: int = 600 * MEGABYTE
    memory_a_byte: int = 20
    seconds: int = 6
    seconds_a_megabyte: int = 3
    waiting: int = 10
    yaml_depth: int = 30
    json_depth: int = 20
    xml_depth: int = 200

    def memory_for(self, size: int) -> int:
        """Bytes of memory that reading a file of this size may take."""
        return self.memory + self.memory_a_byte * size

    def seconds_for(self, size: int) -> int:
        """Seconds of computing that reading a file of this size may take."""
        return self.seconds + self.seconds_a_megabyte * size // MEGABYTE

    def is_bomb(self, packed: int, unpacked: int) -> bool:
        """Whether so many bytes are more than anybody's files make of the packed ones."""
        return unpacked > self.unpacked_bytes or self.grows_too_far(packed, unpacked)

    def grows_too_far(self, packed: int, unpacked: int) -> bool:
        """Whether many bytes come out of very few."""
        if unpacked <= self.doubtful_bytes:
            return False
        return unpacked > self.unpacked_ratio * packed


ORDINARY = Limits()
_present: ContextVar[Limits] = ContextVar("limits", default=ORDINARY)


def limits() -> Limits:
    """The limits that hold now."""
    return _present.get()


def multiplied(times: int) -> Limits:
    """The ordinary limits, so many times as high; those on depth stay.

    Raises:
        CoderError: the number is not from 1 to `MOST_TIMES`.
    """
    if not 1 <= times <= MOST_TIMES:
        raise CoderError(
            f"{option('raise_limits', str(times))}: must be a whole number from 1 to "
            f"{MOST_TIMES:,}",
            "Limits can only be raised.",
        )
    higher = {}
    for each in fields(ORDINARY):
        if each.name not in NEVER_RAISED:
            higher[each.name] = times * getattr(ORDINARY, each.name)
    return replace(ORDINARY, **higher)


@contextmanager
def use_limits(others: Limits) -> Iterator[None]:
    """Read files with other limits."""
    token = _present.set(others)
    try:
        yield
    finally:
        _present.reset(token)


@contextmanager
def raise_limits(times: int) -> Iterator[None]:
    """Read files with the limits so many times as high, for files that you trust.

    A hostile file can then take so many times the memory and time.

    Raises:
        CoderError: the number is not from 1 to `MOST_TIMES`.
    """
    with use_limits(multiplied(times)):
        yield


def how_to_raise() -> str:
    """A sentence for the end of an error about a limit."""
    return f"If you trust the file, allow more: {option('raise_limits', '4')}"


def long_cell_error(place: str) -> CoderError:
    """The error for a cell with more text than `limits` allow."""
    most = limits().cell_bytes // MEGABYTE
    return CoderError(
        f"{place}: a cell holds more than {most:,} MB of text, so it was not read",
        f"Check what is in it. {how_to_raise()}",
    )
