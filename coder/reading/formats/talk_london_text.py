"""A Talk London discussion page saved as text."""

from pathlib import Path

from coder.reading.encoding import decode
from coder.reading.formats.talk_london_page import page_as_table
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable


def load(path: Path, options: FileOptions) -> RawTable:
    """Read a page saved as text. Raises as `talk_london_page.page_as_table` does."""
    page, encoding = decode(path.read_bytes(), path, options.encoding)
    return page_as_table(page, path, encoding)
