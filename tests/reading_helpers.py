"""What tests of reading share: a file read with its options by name, a comments table made here."""

from pathlib import Path

import pytest

from coder.errors import CoderError, for_command_line
from coder.reading.merge import ReadResult
from coder.reading.options import Columns, FileOptions
from coder.reading.reader import read_comments


def read_file(
    path: Path,
    *,
    source_name: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    **columns: object,
) -> ReadResult:
    """`read_comments` with the fields of `Columns` and `FileOptions` as keywords."""
    return read_comments(
        path,
        Columns(**columns),  # type: ignore[arg-type]
        FileOptions(encoding, sheet),
        source_name=source_name,
    )


def error_of(path: Path, **options: str) -> str:
    with pytest.raises(CoderError) as caught:
        read_file(path, **options)
    assert str(path) in caught.value.problem, "an error names the file"
    assert caught.value.fix, "an error says what to do"
    return in_shell(caught.value)


def in_shell(error: CoderError) -> str:
    """An error's problem and fix as the command line spells them."""
    return for_command_line(f"{error.problem}\n{error.fix}")


def notes_in_shell(result: ReadResult) -> list[str]:
    """The notes as the command line spells them."""
    return [for_command_line(note) for note in result.notes]
