"""Every reader of the program, the files that it is given, and the changes that suit them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from fuzz import made_files
from fuzz.byte_changes import change_bytes
from fuzz.made_files import CODEBOOK, PROJECT
from fuzz.stored_changes import (
    change_chain,
    change_footer,
    change_parquet,
    change_sealed_pack,
    change_vectors,
)
from fuzz.text_changes import (
    change_json,
    change_json_lines,
    change_lines,
    change_markup,
    change_rows,
    change_yaml,
)
from fuzz.zip_changes import ZIP_CHANGES

Change = Callable[[bytes, Random], bytes]
DECISIONS = "plan.decisions"


@dataclass(frozen=True)
class Reader:
    """Something that reads a file.

    Attributes:
        name: unique; also of the folder of its kept inputs.
        file: the name of the file that it reads; within the consultation where it is a part of it.
        made: gives the files that are changed.
        read: reads the file at a path. `CoderError` is raised for a file that is refused.
        changes: those that keep something right; changes of bytes are added to them.
        in_project: whether the consultation must lie around the file.
        is_slow: takes more than some tens of milliseconds, so it gets fewer inputs.
        load: the first part of `read`, which takes the file apart; None where it is all of it.
    """

    name: str
    file: str
    made: Callable[[], list[bytes]]
    read: Callable[[Path], object]
    changes: tuple[Change, ...] = ()
    in_project: bool = False
    is_slow: bool = False
    load: Callable[[Path], object] | None = None

    @property
    def ending(self) -> str:
        """Of the file, as `.csv`."""
        return Path(self.file).suffix

    def originals(self) -> list[bytes]:
        """The files that are changed; made once."""
        return _made(self.made)

    def place(self, folder: Path) -> Path:
        """Where the file lies below a folder of work."""
        return folder / self.file


@cache
def _made(make: Callable[[], list[bytes]]) -> list[bytes]:
    return make()


# ---------------------------------------------------------------- how each is called


def read_comments(path: Path) -> object:
    """As `coder read FILE`, up to what would be written."""
    from coder.reading.reader import read_comments as read

    return read(path)


def load_table(path: Path) -> object:
    """The rows of a table, before its columns are looked at."""
    from coder.reading.formats import load
    from coder.reading.options import FileOptions

    return load(path, FileOptions())


def load_letter(path: Path) -> object:
    """The text of a letter, before it is marked."""
    from coder.reading.letters import find_letters, load_letters

    return load_letters(find_letters([path]))


def read_codebook(path: Path) -> object:
    """As every command that takes a codebook."""
    from coder.codebook import read_codebook as read

    return read(path)


def read_qdc(path: Path) -> object:
    """As `coder codebook from FILE.qdc`."""
    from coder.codebook.qdc_file import codebook_of, read_qdc_codes

    return codebook_of(read_qdc_codes(path), path)


def read_qdpx_codes(path: Path) -> object:
    """As `coder codebook from FILE.qdpx`."""
    from coder.workflow.codebook import codebook_from

    book = path.with_name("from_qdpx.yaml")
    book.unlink(missing_ok=True)
    return codebook_from(path, book)


def read_settings(path: Path) -> object:
    """As every command that takes a project."""
    from coder.project import Project

    return Project(path.parent).settings()


def read_quotes(path: Path) -> object:
    """As `coder export`."""
    from coder.reporting.quotes_file import read_choices

    return read_choices(path)


def read_decisions(path: Path) -> object:
    """As every command that reads decisions; also what a repair would save of them."""
    from coder.decisions import read_decisions as read
    from coder.decisions.repair import plan_repair
    from coder.errors import CoderError

    try:
        return read(path.parent.with_name(CODEBOOK))
    except CoderError:
        plan_repair(path.parent).facts()
        raise


def read_table(path: Path) -> object:
    """As `coder review --from FILE`."""
    from coder.decisions.table import read_decision_table

    return read_decision_table(path, _codebook(), texts=made_files.comment_texts())


def read_codes(path: Path) -> object:
    """As `coder agree --with FILE`."""
    from coder.decisions.table import read_coding_table

    return read_coding_table(path, _codebook())


@cache
def _codebook() -> object:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(made_files.project_files()[CODEBOOK])
        file.flush()
        return read_codebook(Path(file.name))


def read_groups(path: Path) -> object:
    """As `coder apply`."""
    from coder.groups import read_groups as read

    return read(path.with_name("drafted.yaml"))


def check_project(path: Path) -> object:
    """As `coder check PROJECT`, and what is printed of it."""
    from coder.workflow.check import check

    folder = next(parent for parent in path.parents if (parent / PROJECT).is_dir())
    outcome = check(folder / PROJECT)
    return outcome.facts()


def read_labels(path: Path) -> object:
    """As `coder export`."""
    from coder.project import Project

    return Project(path.parent).labels


def read_project_comments(path: Path) -> object:
    """As every command that needs the comments."""
    from coder.project import Project

    return Project(path.parent).comments


def read_vectors(path: Path) -> object:
    """As `coder apply`: what the file lacks is embedded."""
    from coder.embedding import CachedEmbedder
    from workflow_world import TinyEncoder

    texts = list(made_files.comment_texts().values())
    return CachedEmbedder(TinyEncoder(), path).encode(texts)


def check_pack(path: Path) -> object:
    """As `coder check PACK`."""
    from coder.workflow.check import check

    return check(path).facts()


# ---------------------------------------------------------------- the table of readers


def _letters(name: str, ending: str, made: Callable[[], list[bytes]], *changes: Change) -> Reader:
    return Reader(name, f"letter{ending}", made, read_comments, changes, load=load_letter)


def _table(name: str, file: str, made: Callable[[], list[bytes]], *changes: Change) -> Reader:
    return Reader(name, file, made, read_comments, changes, load=load_table)


def _part(
    name: str,
    file: str,
    *changes: Change,
    read: Callable[[Path], object] = check_project,
    is_slow: bool = False,
) -> Reader:
    """A file of the consultation."""

    def made() -> list[bytes]:
        return made_files.of_project(file)

    return Reader(name, file, made, read, changes, in_project=True, is_slow=is_slow)


ROWS = (change_rows, change_rows, change_lines)
TREE = (change_json, change_json)
LINES = (change_json_lines, change_json_lines)
PARQUET = (change_parquet, change_parquet, change_footer)
PAGE = (change_markup, change_lines)
READERS: Sequence[Reader] = (
    _table("csv", "answers.csv", made_files.csv_files, *ROWS),
    _table("tsv", "answers.tsv", made_files.tsv_files, *ROWS),
    _table("json", "answers.json", made_files.json_files, *TREE),
    _table("jsonl", "answers.jsonl", made_files.json_lines, *LINES),
    _table("xlsx", "answers.xlsx", made_files.xlsx_files, *ZIP_CHANGES),
    _table("ods", "answers.ods", made_files.ods_files, *ZIP_CHANGES),
    _table("xls", "answers.xls", made_files.xls_files),
    _table("sav", "answers.sav", made_files.sav_files),
    _table("dta", "answers.dta", made_files.dta_files),
    _table("parquet", "answers.parquet", made_files.parquet_files, *PARQUET),
    _table("zip", "answers.zip", made_files.zip_files, *ZIP_CHANGES),
    _table("gz", "answers.csv.gz", made_files.packed_by("gzip")),
    _table("bz2", "answers.csv.bz2", made_files.packed_by("bz2")),
    _table("xz", "answers.csv.xz", made_files.packed_by("lzma")),
    _table("qdpx", "study.qdpx", made_files.qdpx_files, *ZIP_CHANGES),
    _table("page_text", "page.txt", made_files.talk_london_texts, change_lines),
    _table("page_html", "page.html", made_files.talk_london_pages, *PAGE),
    Reader("qdpx_codes", "study.qdpx", made_files.qdpx_files, read_qdpx_codes, ZIP_CHANGES),
    Reader("qdc", "codes.qdc", made_files.qdc_files, read_qdc, (change_markup, change_markup)),
    _letters("pdf", ".pdf", made_files.pdf_files, change_lines),
    _letters("docx", ".docx", made_files.docx_files, *ZIP_CHANGES),
    _letters("odt", ".odt", made_files.odt_files, *ZIP_CHANGES),
    _letters("rtf", ".rtf", made_files.rtf_files),
    _letters("html", ".html", made_files.html_letters, change_markup),
    _letters("txt", ".txt", made_files.text_letters, change_lines),
    _letters("eml", ".eml", made_files.mails, change_lines, change_lines),
    _letters("msg", ".msg", made_files.outlook_mails),
    _letters("mbox", ".mbox", made_files.mailboxes, change_lines),
    Reader(
        "codebook",
        "plan.yaml",
        lambda: made_files.of_project(CODEBOOK, "drafted.yaml"),
        read_codebook,
        (change_yaml, change_yaml),
    ),
    _part("project_yaml", f"{PROJECT}/project.yaml", change_yaml, change_yaml, read=read_settings),
    _part("quotes_yaml", f"{PROJECT}/quotes.yaml", change_yaml, change_yaml, read=read_quotes),
    _part(
        "decisions",
        f"{DECISIONS}/ann.jsonl",
        change_chain,
        change_chain,
        change_chain,
        change_json_lines,
        read=read_decisions,
    ),
    Reader(
        "table_csv",
        "decided.csv",
        lambda: made_files.of_project("long.csv", "wide.csv"),
        read_table,
        (change_rows, change_rows),
    ),
    Reader(
        "table_xlsx",
        "decided.xlsx",
        lambda: made_files.of_project("review.xlsx"),
        read_table,
        ZIP_CHANGES,
    ),
    Reader(
        "codes_csv",
        "codes.csv",
        lambda: made_files.of_project("long.csv", "wide.csv"),
        read_codes,
        (change_rows,),
    ),
    _part("groups", "drafted.groups.csv", change_rows, change_rows, read=read_groups),
    _part("labels", f"{PROJECT}/labels.parquet", change_parquet, change_footer, read=read_labels),
    _part(
        "comments",
        f"{PROJECT}/comments.parquet",
        change_parquet,
        change_footer,
        read=read_project_comments,
    ),
    Reader(
        "vectors",
        "vectors.sqlite",
        made_files.vector_files,
        read_vectors,
        (change_vectors, change_vectors),
    ),
    _part("checked_settings", f"{PROJECT}/project.yaml", change_yaml, change_yaml, is_slow=True),
    _part(
        "checked_labels", f"{PROJECT}/labels.parquet", change_parquet, change_footer, is_slow=True
    ),
    _part(
        "checked_comments",
        f"{PROJECT}/comments.parquet",
        change_parquet,
        change_footer,
        is_slow=True,
    ),
    _part("checked_run", f"{PROJECT}/runs/0005-apply.json", change_json, change_json, is_slow=True),
    _part(
        "checked_review", f"{PROJECT}/runs/0003-review.json", change_json, change_json, is_slow=True
    ),
    _part("checked_ledger", f"{PROJECT}/ledger.csv", change_rows, is_slow=True),
    _part("checked_labels_csv", f"{PROJECT}/labels.csv", change_rows, is_slow=True),
    _part("checked_matrix", f"{PROJECT}/matrix.csv", change_rows, is_slow=True),
    _part("checked_candidates", f"{PROJECT}/candidates.yaml", change_yaml, is_slow=True),
    _part("checked_members", f"{PROJECT}/candidates.csv", change_rows, is_slow=True),
    _part("checked_groups", "drafted.groups.csv", change_rows, is_slow=True),
    _part(
        "checked_decisions",
        f"{DECISIONS}/ann.jsonl",
        change_chain,
        change_chain,
        change_json_lines,
        is_slow=True,
    ),
    _part("checked_state", f"{DECISIONS}/states/93a24802dd712cb1.json", change_json, is_slow=True),
    _part("checked_vectors", f"{PROJECT}/cache/vectors.sqlite", change_vectors, is_slow=True),
    Reader("pack", "pack.zip", made_files.packs, check_pack, ZIP_CHANGES, is_slow=True),
    Reader(
        "sealed_pack",
        "pack.zip",
        made_files.packs,
        check_pack,
        (change_sealed_pack,) * 9,
        is_slow=True,
    ),
)
BY_NAME = {reader.name: reader for reader in READERS}
ALWAYS: Change = change_bytes
