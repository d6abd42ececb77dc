"""The table of formats: whatever is registered reads a small file unchanged and refuses faulty ones alike."""

import bz2
import csv
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from coder.errors import CoderError
from coder.reading.formats import ADVICE, FORMATS, Format, format_labels, format_of
from coder.reading.formats.talk_london_page import PUBLIC
from coder.reading.options import Columns
from coder.reading.reader import read_comments
from written_files import ods_sheet, write_ods, write_xls

# What terminals, spreadsheets, markup and CSV readers act on.
HOSTILE = (
    "=HYPERLINK(1)",
    "@SUM(A1)",
    "\x1b]0;title\x07 after",
    "[bold]markup[/bold] <b>tags</b> & entities &amp;",
    'quotes " and, commas; semicolons | bars',
    "None",
    "emoji 👩‍👩‍👧 and right-to-left \u202eabc",
    "007",
)
# A workbook cannot hold control characters, and a page cannot show them.
WITHOUT_CONTROLS = tuple(text.replace("\x1b", "").replace("\x07", "") for text in HOSTILE)


def write_delimited(path: Path, texts: tuple[str, ...]) -> None:
    delimiter = "," if path.suffix == ".csv" else "\t"
    out = io.StringIO(newline="")
    rows = [["id", "comment"], *([str(n), text] for n, text in enumerate(texts))]
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode())


def write_xlsx(path: Path, texts: tuple[str, ...]) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "comment"])
    for number, text in enumerate(texts, start=2):
        book.active.cell(number, 1, str(number))
        book.active.cell(number, 2, text).data_type = "s"
    book.save(path)


def rows_of(texts: tuple[str, ...]) -> list[list[object]]:
    return [["id", "comment"], *([str(n), text] for n, text in enumerate(texts))]


def write_ods_file(path: Path, texts: tuple[str, ...]) -> None:
    write_ods(path, ods_sheet("Answers", rows_of(texts)))


def write_xls_file(path: Path, texts: tuple[str, ...]) -> None:
    write_xls(path, {"Answers": rows_of(texts)})


def write_labelled(path: Path, texts: tuple[str, ...]) -> None:
    table = pd.DataFrame({"id": [str(n) for n in range(len(texts))], "comment": texts})
    if path.suffix == ".dta":
        pyreadstat.write_dta(table, str(path))
    else:
        pyreadstat.write_sav(table, str(path), compress=path.suffix == ".zsav")


def write_json(path: Path, texts: tuple[str, ...]) -> None:
    records = [{"id": str(n), "comment": text} for n, text in enumerate(texts)]
    path.write_text(json.dumps({"responses": records}, indent=1))


def csv_bytes(texts: tuple[str, ...]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows_of(texts))
    return out.getvalue().encode()


def write_zip(path: Path, texts: tuple[str, ...]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Export 12 March/answers.csv", csv_bytes(texts))
        archive.writestr("__MACOSX/._answers.csv", b"\x00\x05")


def write_qdpx(path: Path, texts: tuple[str, ...]) -> None:
    sources = ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            sources += f'<TextSource guid="{number}" plainTextPath="internal://{number}.txt"/>'
            archive.writestr(f"sources/{number}.txt", text)
        xml = f'<Project xmlns="urn:QDA-XML:project:1.0"><Sources>{sources}</Sources></Project>'
        archive.writestr("project.qde", xml)


def write_stream(path: Path, texts: tuple[str, ...]) -> None:
    compress = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
    path.write_bytes(compress[path.suffix](csv_bytes(texts)))


def write_jsonl(path: Path, texts: tuple[str, ...]) -> None:
    lines = [json.dumps({"id": str(n), "comment": text}) for n, text in enumerate(texts)]
    path.write_text("\n".join(lines))


def write_parquet(path: Path, texts: tuple[str, ...]) -> None:
    ids = [str(n) for n in range(len(texts))]
    pd.DataFrame({"id": ids, "comment": texts}).to_parquet(path)


def page(texts: tuple[str, ...]) -> str:
    entries = "\n".join(f"Author {n}\nCommunity Member 2 days ago{t}" for n, t in enumerate(texts))
    return f"A plan for London\nComments ({len(texts)})\n{entries}\n"


def write_page(path: Path, texts: tuple[str, ...]) -> None:
    path.write_text(page(texts), encoding="utf-8")


def write_html(path: Path, texts: tuple[str, ...]) -> None:
    from html import escape

    lines = page(texts).split("\n")
    path.write_text("".join(f"<p>{escape(line)}</p>\n" for line in lines), encoding="utf-8")


# How a small file of each format is made; a format without one fails here.
WRITERS: dict[str, tuple[Callable[[Path, tuple[str, ...]], None], tuple[str, ...]]] = {
    "csv": (write_delimited, HOSTILE),
    "tsv": (write_delimited, HOSTILE),
    "xlsx": (write_xlsx, WITHOUT_CONTROLS),
    "ods": (write_ods_file, WITHOUT_CONTROLS),
    "xls": (write_xls_file, HOSTILE),
    "sav": (write_labelled, HOSTILE),
    "dta": (write_labelled, HOSTILE),
    "json": (write_json, HOSTILE),
    "jsonl": (write_jsonl, HOSTILE),
    "parquet": (write_parquet, HOSTILE),
    "zip": (write_zip, HOSTILE),
    "stream": (write_stream, HOSTILE),
    "qdpx": (write_qdpx, HOSTILE),
    "talk_london_text": (write_page, WITHOUT_CONTROLS),
    "talk_london_html": (write_html, WITHOUT_CONTROLS),
}


def named(folder: Path, stem: str, kind: Format, suffix: str) -> Path:
    """The path of a test file; the name of a packed one says what is packed."""
    inside = ".csv" if kind.name == "stream" else ""
    return folder / f"{stem}{inside}{suffix}"


formats = pytest.mark.parametrize("kind", FORMATS, ids=[kind.name for kind in FORMATS])


def every_suffix() -> list[str]:
    suffixes: list[str] = []
    for kind in FORMATS:
        suffixes.extend(kind.suffixes)
    return suffixes


def test_names_and_endings_are_used_once() -> None:
    names = [kind.name for kind in FORMATS]
    assert len(names) == len(set(names))
    assert len(every_suffix()) == len(set(every_suffix()))
    assert not set(every_suffix()) & set(ADVICE), "advice is for files that are not read"
    assert set(WRITERS) == set(names), "every format is tested here"


@formats
def test_every_format_says_what_it_is(kind: Format) -> None:
    assert kind.label
    assert kind.purpose
    assert kind.label in format_labels()
    for suffix in kind.suffixes:
        assert suffix == suffix.lower()
        assert format_of(Path(f"FILE{suffix.upper()}")) is kind


@formats
def test_text_arrives_unchanged(kind: Format, tmp_path: Path) -> None:
    write, texts = WRITERS[kind.name]
    for suffix in kind.suffixes:
        path = named(tmp_path, "small", kind, suffix)
        write(path, texts)
        result = read_comments(
            path, Columns(text="comment") if kind.label != "Talk London page" else None
        )
        assert tuple(result.comments["text"]) == texts
        assert set(result.comments["role"]) == {PUBLIC}
        assert result.sources[0].rows == len(texts)
        assert result.sources[0].file == path.name
        assert result.described
        assert result.comments["comment_id"].is_unique


@formats
@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\x00\xff\xfe\x01" * 40, b"PK\x03\x04 cut", b"just one line"]
)
def test_a_faulty_file_is_one_error(kind: Format, content: bytes, tmp_path: Path) -> None:
    if kind.is_page and content == b"just one line":
        pytest.skip("a letter of one line")
    path = named(tmp_path, "faulty", kind, kind.suffixes[0])
    path.write_bytes(content)
    with pytest.raises(CoderError) as caught:
        read_comments(path)
    assert str(path) in caught.value.problem, "it names the file"
    assert caught.value.fix, "it says what to do"
    assert "just one line" not in str(caught.value), "it does not quote what may be a comment"


@formats
def test_a_cut_off_file_is_never_read_in_part(kind: Format, tmp_path: Path) -> None:
    write, texts = WRITERS[kind.name]
    path = named(tmp_path, "cut", kind, kind.suffixes[0])
    write(path, texts)
    whole = path.read_bytes()
    marker = b'""' if b'""' in whole else b"Author 3"
    place = whole.rindex(marker) + 2 if marker in whole else len(whole) // 2
    path.write_bytes(whole[:place])
    with pytest.raises(CoderError):
        read_comments(path)
