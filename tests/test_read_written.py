"""Files of every format and dialect, made of random answers: what was written is what is read."""

import bz2
import csv
import functools
import gzip
import io
import json
import lzma
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder.reading.formats import load
from coder.reading.options import FileOptions
from written_files import ods_sheet, write_ods, write_xls

NAMES = ("id", "comment", "area")
Rows = list[tuple[str, str, str]]
Write = Callable[[Path, Rows], None]


class Variant(NamedTuple):
    """A way of writing a file, and what its format cannot hold."""

    suffix: str
    write: Write
    without: str = ""  # characters
    codec: str = "utf-8"  # that holds all texts
    also: str = ""  # characters beyond the codec
    ends_in_space: bool = True


# ---------------------------------------------------------------- writers


def delimited(
    delimiter: str, codec: str, end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL
) -> Write:
    def write(path: Path, rows: Rows) -> None:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
        writer.writerows([NAMES, *rows])
        path.write_bytes(out.getvalue().encode(codec))

    return write


def with_separator_line(path: Path, rows: Rows) -> None:
    delimited(";", "utf-8-sig")(path, rows)
    text = (
        path.read_text("utf-8-sig", newline="")
        if hasattr(path, "newline")
        else path.read_bytes().decode("utf-8-sig")
    )
    path.write_bytes(b"\xef\xbb\xbfsep=;\r\n" + text.encode())


def openpyxl_book(path: Path, rows: Rows) -> None:
    book = openpyxl.Workbook()
    for number, row in enumerate([NAMES, *rows], start=1):
        for column, text in enumerate(row, start=1):
            book.active.cell(number, column, text).data_type = "s"
    book.save(path)


def xlsxwriter_book(path: Path, rows: Rows, *, shared: bool) -> None:
    options = {
        "constant_memory": not shared,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet("Answers")
    for number, row in enumerate([NAMES, *rows]):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text)
    book.close()


def records(rows: Rows) -> list[dict[str, str]]:
    return [dict(zip(NAMES, row, strict=True)) for row in rows]


def json_array(path: Path, rows: Rows, *, ascii_only: bool, codec: str = "utf-8") -> None:
    text = json.dumps(records(rows), ensure_ascii=ascii_only)
    path.write_bytes(text.encode(codec))


def json_wrapped(path: Path, rows: Rows, *, name: str) -> None:
    path.write_text(
        json.dumps({"total": len(rows), name: records(rows)}, indent=2), encoding="utf-8"
    )


def json_pandas(path: Path, rows: Rows, *, orient: str) -> None:
    table(rows).to_json(path, orient=orient)


def json_lines(path: Path, rows: Rows, *, ascii_only: bool) -> None:
    lines = [json.dumps(record, ensure_ascii=ascii_only) for record in records(rows)]
    path.write_bytes("\n".join(lines).encode())


def table(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(NAMES), dtype="str")


def ods_book(path: Path, rows: Rows) -> None:
    write_ods(path, ods_sheet("Answers", [NAMES, *rows]))


def xls_book(path: Path, rows: Rows) -> None:
    write_xls(path, {"Answers": [NAMES, *rows]})


def spss(path: Path, rows: Rows, *, compress: bool = False) -> None:
    pyreadstat.write_sav(table(rows), str(path), compress=compress)


def spss_row_compressed(path: Path, rows: Rows) -> None:
    pyreadstat.write_sav(table(rows), str(path), row_compress=True)


def stata(path: Path, rows: Rows, *, version: int) -> None:
    pyreadstat.write_dta(table(rows), str(path), version=version)


def parquet(path: Path, rows: Rows, *, codec: str) -> None:
    pq.write_table(pa.Table.from_pandas(table(rows)), path, compression=codec)


def parquet_dictionary(path: Path, rows: Rows) -> None:
    written = pa.table(dict(zip(NAMES, zip(*rows, strict=True), strict=True)))
    encoded = [column.dictionary_encode() for column in written.columns]
    pq.write_table(pa.table(encoded, names=list(NAMES)), path)


def packed(compress: Callable[[bytes], bytes], write: Write) -> Write:
    def write_packed(path: Path, rows: Rows) -> None:
        inner = path.with_suffix("")
        write(inner, rows)
        path.write_bytes(compress(inner.read_bytes()))
        inner.unlink()

    return write_packed


def zipped(name: str, write: Write, method: int = zipfile.ZIP_DEFLATED) -> Write:
    def write_zipped(path: Path, rows: Rows) -> None:
        inner = path.with_name(Path(name).name)
        write(inner, rows)
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.write(inner, name)
        inner.unlink()

    return write_zipped


# ---------------------------------------------------------------- the variants

CONTROLS = "".join(map(chr, [*range(9), 11, 12, *range(14, 32)]))
# XML has no control characters, and no carriage return that is not a line feed to its readers.
NOT_IN_XML = CONTROLS + "\r\ufffe\uffff"
# Excel writes _x000D_ for a control character, so that such text is something else to it.
NOT_IN_XLSX = NOT_IN_XML + "_"
PLAIN_CSV = delimited(",", "utf-8")

VARIANTS: dict[str, Variant] = {
    "csv": Variant(".csv", PLAIN_CSV),
    "csv, every text quoted": Variant(".csv", delimited(",", "utf-8", quoting=csv.QUOTE_ALL)),
    "csv of Unix": Variant(".csv", delimited(",", "utf-8", "\n", csv.QUOTE_ALL)),
    "csv of old Macs": Variant(".csv", delimited(",", "utf-8", "\r", csv.QUOTE_ALL)),
    "csv with a mark": Variant(".csv", delimited(",", "utf-8-sig")),
    "csv of Excel in Europe": Variant(".csv", delimited(";", "utf-8-sig")),
    "csv with bars": Variant(".csv", delimited("|", "utf-8")),
    "csv with tabs": Variant(".csv", delimited("\t", "utf-8")),
    "csv in UTF-16": Variant(".csv", delimited(",", "utf-16")),
    "csv with a separator line": Variant(".csv", with_separator_line),
    "csv in Windows-1252": Variant(".csv", delimited(",", "cp1252"), CONTROLS, "ascii", "é€’"),
    "tsv": Variant(".tsv", delimited("\t", "utf-8")),
    "tsv of Qualtrics": Variant(".tsv", delimited("\t", "utf-16", "\n", csv.QUOTE_ALL)),
    "tab": Variant(".tab", delimited("\t", "utf-8-sig")),
    "xlsx of openpyxl": Variant(".xlsx", openpyxl_book, NOT_IN_XLSX),
    "xlsx, strings shared": Variant(".xlsx", functools.partial(xlsxwriter_book, shared=True), NOT_IN_XLSX),
    "xlsx, strings inline": Variant(".xlsx", functools.partial(xlsxwriter_book, shared=False), NOT_IN_XLSX),
    "xlsm": Variant(".xlsm", openpyxl_book, NOT_IN_XLSX),
    "ods": Variant(".ods", ods_book, NOT_IN_XML),
    "xls": Variant(".xls", xls_book),
    "json array": Variant(".json", functools.partial(json_array, ascii_only=True)),
    "json array, not escaped": Variant(".json", functools.partial(json_array, ascii_only=False)),
    "json in UTF-16": Variant(".json", functools.partial(json_array, ascii_only=False, codec="utf-16")),
    "json, responses": Variant(".json", functools.partial(json_wrapped, name="responses")),
    "json, data": Variant(".json", functools.partial(json_wrapped, name="data")),
    "json, any name": Variant(".json", functools.partial(json_wrapped, name="answers_2024")),
    "json of pandas": Variant(".json", functools.partial(json_pandas, orient="records")),
    "json by columns": Variant(".json", functools.partial(json_pandas, orient="columns")),
    "json, split": Variant(".json", functools.partial(json_pandas, orient="split")),
    "json lines": Variant(".json", functools.partial(json_lines, ascii_only=False)),
    "jsonl": Variant(".jsonl", functools.partial(json_lines, ascii_only=True)),
    "ndjson": Variant(".ndjson", functools.partial(json_lines, ascii_only=False)),
    "sav": Variant(".sav", spss, ends_in_space=False),
    "sav, rows compressed": Variant(".sav", spss_row_compressed, ends_in_space=False),
    "zsav": Variant(".zsav", functools.partial(spss, compress=True), ends_in_space=False),
    "dta of Stata 10": Variant(".dta", functools.partial(stata, version=10)),
    "dta of Stata 12": Variant(".dta", functools.partial(stata, version=12)),
    "dta of Stata 13": Variant(".dta", functools.partial(stata, version=13)),
    "dta of Stata 14": Variant(".dta", functools.partial(stata, version=14)),
    "dta of Stata 15": Variant(".dta", functools.partial(stata, version=15)),
    "parquet": Variant(".parquet", functools.partial(parquet, codec="snappy")),
    "parquet, gzip": Variant(".parquet", functools.partial(parquet, codec="gzip")),
    "parquet, zstd": Variant(".parquet", functools.partial(parquet, codec="zstd")),
    "parquet, plain": Variant(".parquet", functools.partial(parquet, codec="none")),
    "parquet, dictionaries": Variant(".parquet", parquet_dictionary),
    "csv.gz": Variant(".csv.gz", packed(gzip.compress, PLAIN_CSV)),
    "csv.bz2": Variant(".csv.bz2", packed(bz2.compress, PLAIN_CSV)),
    "csv.xz": Variant(".csv.xz", packed(lzma.compress, PLAIN_CSV)),
    "jsonl.gz": Variant(".jsonl.gz", packed(gzip.compress, functools.partial(json_lines, ascii_only=True))),
    "csv in zip": Variant(".zip", zipped("answers.csv", PLAIN_CSV)),
    "csv in zip, stored": Variant(".zip", zipped("CSV/answers.csv", PLAIN_CSV, zipfile.ZIP_STORED)),
    "xlsx in zip": Variant(".zip", zipped("Excel/answers.xlsx", openpyxl_book), NOT_IN_XLSX),
    "sav in zip": Variant(".zip", zipped("answers.sav", spss), ends_in_space=False),
    "tsv in zip": Variant(".zip", zipped("answers.tsv", delimited("\t", "utf-16"))),
}  # fmt: skip


def texts(variant: Variant, most: int = 60) -> st.SearchStrategy[str]:
    """Texts that the variant can hold, with what files act on more often than by chance."""
    acts = "".join(char for char in ",;|\t\"'=\n\r {}[]<&" if char not in variant.without)
    alphabet = st.one_of(
        st.sampled_from(acts),
        st.characters(
            codec=variant.codec,
            exclude_categories=("Cs",),
            exclude_characters=variant.without + "\x00\ufeff",
        ),
        st.sampled_from(variant.also or acts),
    )
    plain = st.text(alphabet, max_size=most)
    if variant.ends_in_space:
        return plain
    return plain.map(lambda text: text.rstrip(" "))


def tables(variant: Variant) -> st.SearchStrategy[Rows]:
    """Rows with ids, answers of any text, and an area that makes the rows more than one column."""
    answers = st.lists(texts(variant), min_size=1, max_size=6)
    areas = ("North", "South")

    def number(written: list[str]) -> Rows:
        return [(f"R{n}", text, areas[n % 2]) for n, text in enumerate(written)]

    return answers.map(number)


def test_there_are_enough_variants() -> None:
    assert len(VARIANTS) >= 50


@pytest.mark.parametrize("name", VARIANTS)
def test_what_was_written_is_read(name: str) -> None:
    variant = VARIANTS[name]

    @settings(
        max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(tables(variant))
    def check(rows: Rows) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"answers{variant.suffix}"
            variant.write(path, rows)
            raw = load(path, FileOptions())
        assert tuple(raw.cells.columns) == NAMES
        assert list(raw.cells.itertuples(index=False, name=None)) == rows
        assert len(raw.numbers) == len(rows)
        assert raw.path == path
        assert not raw.cleaned

    check()
