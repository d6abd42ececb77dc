"""The files that comments are read from: a module a format, and the table of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.files import nearest_name
from coder.limits import MEGABYTE, how_to_raise, limits
from coder.reading.options import FileOptions

if TYPE_CHECKING:
    from coder.reading.raw_table import RawTable

Loader = Callable[[Path, FileOptions], "RawTable"]


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        name: of the format, unique.
        label: as it is written in help texts and messages.
        suffixes: endings of file names, in lower case.
        purpose: what such files are, in a few words.
        module: the module of this package whose `load` reads it.
        has_encoding, has_sheets: whether these options apply.
        is_page: whether it is a saved page, whose ending other files have too.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    purpose: str
    module: str
    has_encoding: bool = True
    has_sheets: bool = False
    is_page: bool = False

    @property
    def load(self) -> Loader:
        """Reads a file of this format; imported when first used, since formats need large
        libraries.
        """
        loader: Loader = import_module(f"{__name__}.{self.module}").load
        return loader


FORMATS = (
    Format(
        name="csv",
        label="CSV",
        suffixes=(".csv",),
        purpose="a table from a survey tool or a spreadsheet",
        module="delimited",
    ),
    Format(
        name="tsv",
        label="TSV",
        suffixes=(".tsv", ".tab"),
        purpose="the same, separated by tabs",
        module="delimited",
    ),
    Format(
        name="xlsx",
        label="XLSX",
        suffixes=(".xlsx", ".xlsm"),
        purpose="one sheet of an Excel workbook",
        module="xlsx",
        has_encoding=False,
        has_sheets=True,
    ),
    Format(
        name="ods",
        label="ODS",
        suffixes=(".ods",),
        purpose="one sheet of a LibreOffice workbook",
        module="ods",
        has_encoding=False,
        has_sheets=True,
    ),
    Format(
        name="xls",
        label="XLS",
        suffixes=(".xls",),
        purpose="one sheet of a workbook of Excel 97 to 2003",
        module="xls",
        has_sheets=True,
    ),
    Format(
        name="sav",
        label="SAV",
        suffixes=(".sav", ".zsav"),
        purpose="a data file of SPSS, labels in place of codes",
        module="labelled",
    ),
    Format(
        name="dta",
        label="DTA",
        suffixes=(".dta",),
        purpose="a data file of Stata, labels in place of codes",
        module="labelled",
    ),
    Format(
        name="json",
        label="JSON",
        suffixes=(".json",),
        purpose="an array of records, or the export of a survey tool",
        module="json_file",
    ),
    Format(
        name="jsonl",
        label="JSONL",
        suffixes=(".jsonl", ".ndjson"),
        purpose="one JSON object a line",
        module="jsonl",
    ),
    Format(
        name="parquet",
        label="Parquet",
        suffixes=(".parquet",),
        purpose="a table from pandas, R or a database",
        module="parquet",
        has_encoding=False,
    ),
    Format(
        name="zip",
        label="ZIP",
        suffixes=(".zip",),
        purpose="one of these, packed",
        module="packed",
        has_sheets=True,
    ),
    Format(
        name="stream",
        label="GZ",
        suffixes=(".gz", ".bz2", ".xz"),
        purpose="one of these, packed, such as answers.csv.gz",
        module="packed",
        has_sheets=True,
    ),
    Format(
        name="qdpx",
        label="REFI-QDA project",
        suffixes=(".qdpx",),
        purpose="from QualCoder, ATLAS.ti, NVivo or MAXQDA",
        module="qdpx",
        has_encoding=False,
    ),
    Format(
        name="talk_london_text",
        label="Talk London page",
        suffixes=(".txt",),
        purpose="a discussion page saved as text",
        module="talk_london_text",
        is_page=True,
    ),
    Format(
        name="talk_london_html",
        label="Talk London page",
        suffixes=(".html", ".htm"),
        purpose="a discussion page saved as HTML",
        module="talk_london_html",
        is_page=True,
    ),
)
READ_IN_PARTS = ("delimited",)  # modules that never hold a file whole
PACKED = ("zip", "stream")  # formats of files that hold a file of another format
# Endings of files that people have, and how to get from there to a format above.
ADVICE = {
    ".xlsb": "Open it in a spreadsheet and save it as XLSX.",
    ".numbers": "Open it in Numbers and choose File > Export to > Excel or CSV.",
    ".gsheet": "It is only a link: in Google Sheets choose File > Download > XLSX.",
    ".por": "In SPSS choose File > Save as > SAV or CSV.",
    ".sas7bdat": "In SAS write it as CSV, with formats applied.",
    ".rds": 'In R write it as CSV: write.csv(data, "answers.csv", row.names = FALSE).',
    ".rdata": 'In R write it as CSV: write.csv(data, "answers.csv", row.names = FALSE).',
    ".feather": "Write it as Parquet.",
    ".7z": "Unpack it first.",
    ".rar": "Unpack it first.",
    ".tar": "Unpack it first.",
    ".tgz": "Unpack it first.",
}

LETTERS = "letters"  # read by `coder.reading.letters`


def format_labels() -> str:
    """The formats as they are listed in help texts: `CSV, TSV, XLSX ...`."""
    labels = dict.fromkeys(kind.label for kind in FORMATS)
    return ", ".join([*labels, LETTERS])


def format_of(path: Path) -> Format | None:
    """The format of a file by the ending of its name; None where it has no format's."""
    suffix = path.suffix.lower()
    for kind in FORMATS:
        if suffix in kind.suffixes:
            return kind
    return None


def load(path: Path, options: FileOptions) -> "RawTable":
    """Read a file's rows.

    Raises:
        CoderError: there is no such file, its type is not supported, or it cannot be read.
    """
    if not path.exists():
        raise CoderError(
            f"{path}: there is no such file",
            f"{nearest_name(path)}Check the name and the folder.",
        )
    kind = format_of(path)
    if kind is None:
        raise _unsupported(path)
    if not path.is_file():
        raise CoderError(f"{path}: is not a file", "Name a file of comments.")
    _check_bytes(path, kind)
    loader = kind.load  # its libraries are imported here, not in each child
    from coder.reading.confined_table import load_confined
    from coder.reading.raw_table import empty_file_error

    if path.stat().st_size == 0:  # reading a file of the system might never end
        raise empty_file_error(path)

    return load_confined(path, lambda: _load(loader, path, options))


def _check_bytes(path: Path, kind: Format) -> None:
    most = limits().file_bytes
    if path.stat().st_size > most and kind.module not in READ_IN_PARTS:
        raise CoderError(
            f"{path}: larger than {most // MEGABYTE:,} MB, so it was not read",
            f"Save it as CSV, which may have any size. {how_to_raise()}",
        )


def _load(loader: Loader, path: Path, options: FileOptions) -> "RawTable":
    try:
        table = loader(path, options)
    except OSError as error:
        raise CoderError(
            f"{path}: cannot be read ({error.strerror or error})",
            "Check its permissions.",
        ) from error
    columns = len(table.cells.columns)
    if columns > limits().columns:
        raise CoderError(
            f"{path}: has {columns:,} columns, more than a survey, so it was not read",
            f"Keep the columns that you need. {how_to_raise()}",
        )
    return table


def _unsupported(path: Path) -> CoderError:
    suffix = path.suffix.lower()
    supported = f"Supported: {format_labels()} ({', '.join(_suffixes())})."
    if suffix:
        return CoderError(
            f"{path}: unsupported file type {suffix}", ADVICE.get(suffix, supported)
        )
    return CoderError(f"{path}: the file name has no ending such as .csv", supported)


def _suffixes() -> list[str]:
    suffixes: list[str] = []
    for kind in FORMATS:
        suffixes.extend(kind.suffixes)
    return suffixes
