"""The files that are changed: small ones of every kind, made here, the same on each run."""

import io
import json
import re
import sqlite3
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, tzinfo
from email.message import EmailMessage
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pandas as pd

from coder.embedding import ENCODERS
from fuzz.values import CANARY
from fuzz.zip_changes import read_members, write_members
from guide_blocks import inside, run_line
from made_letters import PdfMaker, make_msg, make_odt, make_pdf, set_page
from review_helpers import BOOK
from workflow_world import use_tiny_encoder
from written_files import ods_sheet, write_ods, write_sav, write_xls

COMMENTS = 24
PROJECT, CODEBOOK = "plan", "plan.yaml"
SAID = (
    "We need more officers on the beat in ward {n}, {canary}.",
    "Crack down on the drugs and the dealers at number {n}, {canary}.",
    "Legalise cannabis, said neighbour {n}, {canary}.",
    "Women and girls are not safe at stop {n} 👩‍👩‍👧, {canary}.",
    "Cars are speeding along road {n}; =SUM(A1), {canary}.",
    "Nothing is done about matter {n}\nor the next one, {canary}.",
)
LINES = (
    "coder read answers.csv --into plan --quiet",
    "coder cluster plan --quiet",
    "coder codebook from plan/candidates.yaml --to drafted.yaml",
    "coder apply plan --codebook plan.yaml --quiet",
    "coder review plan --codebook plan.yaml --reviewer ann --from long.csv --chosen listed",
    "coder review plan --codebook plan.yaml --reviewer bo --from wide.csv --blind",
    "coder apply plan --codebook plan.yaml --quiet",
    "coder export plan --codebook plan.yaml --to themes.csv --to pack.zip --to review.xlsx --to t.qdpx --to t.qdc --quiet",
    "coder export plan --codebook plan.yaml --to bare.zip --without-text --quiet",
)
SAV_MADE_AT = slice(92, 109)  # the date and time in the header of a SAV file
CLOCKS = (
    "coder.decisions.draws",
    "coder.decisions.log",
    "coder.decisions.table",
    "coder.reviewing.table_decisions",
    "coder.run_records",
    "coder.workflow.unchanged",
)


class Noon(datetime):
    """It is always the same moment."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Noon":
        """Noon of the day on which the fuzzers were written."""
        return cls(2026, 11, 22, 12, tzinfo=tz or UTC)


@contextmanager
def always_the_same() -> Iterator[None]:
    """No clock, no chance and no large model in what is made."""
    numbers = count(1)
    with ExitStack() as stack:
        for name in CLOCKS:
            stack.enter_context(patch.object(import_module(name), "datetime", Noon))
        stack.enter_context(patch("uuid.uuid4", lambda: uuid.UUID(int=next(numbers))))
        kept = dict(ENCODERS)
        stack.callback(ENCODERS.update, kept)
        use_tiny_encoder(dict.__setitem__)
        yield


def comment_texts() -> dict[str, str]:
    """Comments by id, the canary in each."""
    texts = {}
    for number in range(COMMENTS):
        text = SAID[number % len(SAID)].format(n=number, canary=CANARY)
        texts[f"C-{number:03d}"] = text
    return texts


def answers() -> pd.DataFrame:
    """A survey's table: an id, an open question, an age, a date, a number."""
    texts = comment_texts()
    ages = [("18-34", "35-54", "55+")[number % 3] for number in range(len(texts))]
    days = [f"2026-03-{number % 27 + 1:02d}" for number in range(len(texts))]
    weights = [1 + number % 4 / 4 for number in range(len(texts))]
    return pd.DataFrame(
        {
            "comment_id": list(texts),
            "comment": list(texts.values()),
            "age": ages,
            "day": days,
            "weight": weights,
        }
    )


def _csv(table: pd.DataFrame, separator: str = ",") -> bytes:
    return table.to_csv(index=False, sep=separator).encode()


# ---------------------------------------------------------------- a project


@cache
def project_files() -> Mapping[str, bytes]:
    """Every file of a consultation that has been through all commands, by its path."""
    with tempfile.TemporaryDirectory(prefix="coder-fuzz-") as name, always_the_same():
        folder = Path(name)
        folder.joinpath("answers.csv").write_bytes(_csv(answers()))
        folder.joinpath(CODEBOOK).write_text(BOOK, "utf-8")
        folder.joinpath("long.csv").write_bytes(LONG_TABLE)
        folder.joinpath("wide.csv").write_bytes(WIDE_TABLE)
        with inside(folder):
            for line in LINES:
                done = run_line(line)
                if done.status:
                    raise RuntimeError(f"{line}\n{done.printed}")
        return {**dict(_files_in(folder)), f"{PROJECT}/quotes.yaml": QUOTES}


def _files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        is_left_over = path.name.endswith(".lock")
        if path.is_file() and not is_left_over:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def lay_out(folder: Path) -> None:
    """Write the consultation into a folder."""
    for name, content in project_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def of_project(*names: str) -> list[bytes]:
    """Some of its files; codebooks that were drafted from comments without the comments in them."""
    files = []
    for name in names:
        content = project_files()[name]
        if name.endswith(".yaml"):
            content = content.replace(CANARY.encode(), b"bird")
        files.append(content)
    return files


def only_file(start: str, end: str) -> str:
    """The path of the first file of the consultation whose path begins and ends so."""
    for name in project_files():
        if name.startswith(start) and name.endswith(end):
            return name
    raise LookupError(f"{start}*{end}")


QUOTES = b"""pin:
  - {theme: drugs, position: more, comment: C-001, quote: Crack down}
drop: [C-002, C-003]
"""
LONG_TABLE = b"""comment_id,themes,scope,unsure,mode,decided_at,note
C-000,visibility,,,assisted,2026-11-20T10:00:00Z,seen twice
C-001,drugs=more,drugs;women,,assisted,2026-11-20T10:00:00Z,
C-002,drugs=less,,women,assisted,,
C-003,women,,,,,
"""
WIDE_TABLE = b"""comment_id,visibility,drugs,drugs=more,women,driving,mode
C-000,yes,no,,no,no,blind
C-001,no,yes,yes,no,no,blind
C-004,no,no,,?,yes,blind
"""


# ---------------------------------------------------------------- tables


def csv_files() -> list[bytes]:
    """With one row of names, and as survey tools write them."""
    table = answers()
    qualtrics = _csv(table.iloc[:, :3]).split(b"\n")
    qualtrics[1:1] = [b"Response ID,What should change?,How old are you?"]
    return [_csv(table), b"\n".join(qualtrics), b"sep=;\n" + _csv(table, ";")]


def tsv_files() -> list[bytes]:
    """Separated by tabs."""
    return [_csv(answers(), "\t")]


def json_files() -> list[bytes]:
    """An array of records, records in an object, an object of columns."""
    records = answers().to_dict("records")
    nested = {
        "responses": [
            {"id": row["comment_id"], "answers": {"q1": row["comment"]}} for row in records
        ]
    }
    return [json.dumps(tree).encode() for tree in (records, nested, answers().to_dict("list"))]


def json_lines() -> list[bytes]:
    """An object a line."""
    return [answers().to_json(orient="records", lines=True).encode()]


def xlsx_files() -> list[bytes]:
    """With numbers, dates, a formula, joined cells and a second sheet; with and without shared texts."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(answers().columns))
    for row in answers().itertuples(index=False):
        sheet.append(
            [row.comment_id, row.comment, row.age, date.fromisoformat(row.day), row.weight]
        )
    sheet["F1"] = "=1+1"
    sheet.merge_cells("G1:H2")
    book.create_sheet("Other").append(["a", "b"])
    out = io.BytesIO()
    book.save(out)
    members = read_members(out.getvalue())
    members.pop("docProps/core.xml")
    members.pop("docProps/app.xml")
    return [write_members(members), write_members(_inline(members))]


def _inline(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same sheet without the table of shared texts."""
    cells = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>C{number}</t></is></c>'
        f'<c r="B{number}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for number, text in enumerate(["comment", *comment_texts().values()], start=1)
    )
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    sheet = f'{head}<dimension ref="A1:B{COMMENTS + 1}"/><sheetData>{cells}</sheetData></worksheet>'
    return {**members, "xl/worksheets/sheet1.xml": sheet.encode()}


def _written(write: Callable[..., object], name: str, *more: object, **options: object) -> bytes:
    """What a function writes to a path that it is given."""
    with tempfile.TemporaryDirectory(prefix="coder-fuzz-") as folder:
        path = Path(folder) / name
        write(path, *more, **options)
        return path.read_bytes()


def _rows() -> list[list[object]]:
    table = answers()
    return [list(table.columns), *table.to_numpy().tolist()]


def ods_files() -> list[bytes]:
    """As LibreOffice writes them."""
    sheets = (ods_sheet("Answers", _rows()), ods_sheet("Other", [["a"]]))
    written = _written(write_ods, "a.ods", *sheets)
    return [write_members(read_members(written))]


def xls_files() -> list[bytes]:
    """As Excel 97 writes them."""
    return [_written(write_xls, "a.xls", {"Answers": _rows()})]


def sav_files() -> list[bytes]:
    """With labels, plain and packed."""
    labels = {"age": {1.0: "18-34", 2.0: "35-54"}}
    table = answers()[["comment_id", "comment"]].assign(age=[1.0, 2.0] * (COMMENTS // 2))
    files = []
    for compress in (False, True):
        written = _written(
            write_sav, "a.sav", table, variable_value_labels=labels, compress=compress
        )
        data = bytearray(written)
        data[SAV_MADE_AT] = b"22 Nov 2612:00:00"
        files.append(bytes(data))
    return files


def dta_files() -> list[bytes]:
    """Of two versions of Stata."""
    plain = answers()["comment"].map(lambda text: text.encode("ascii", "ignore").decode())
    table = answers()[["comment_id", "weight"]].assign(
        comment=plain, age=pd.Categorical(answers()["age"])
    )
    options = {"write_index": False, "time_stamp": datetime(2026, 1, 1)}
    return [_written(table.to_stata, "a.dta", version=version, **options) for version in (114, 118)]


def parquet_files() -> list[bytes]:
    """As pandas writes them."""
    table = answers().assign(day=pd.to_datetime(answers()["day"]))
    return [_written(frame.to_parquet, "a.parquet") for frame in (table, table.head(3))]


def zip_files() -> list[bytes]:
    """One table, several, a workbook."""
    csv, workbook = csv_files()[0], xlsx_files()[0]
    return [
        write_members({"answers.csv": csv}),
        write_members({"a/answers.csv": csv, "__MACOSX/x": b"", "notes.txt": b"x"}),
        write_members({"answers.xlsx": workbook}),
    ]


def packed_by(name: str) -> Callable[[], list[bytes]]:
    """A CSV file packed by `gzip`, `bz2` or `lzma`."""

    def make() -> list[bytes]:
        module = import_module(name)
        more = {"mtime": 0} if name == "gzip" else {}
        return [module.compress(csv_files()[0], **more)]

    return make


# ---------------------------------------------------------------- other programs


def qdpx_files() -> list[bytes]:
    """Our own export, and one with what other programs write."""
    own = write_members(read_members(project_files()["t.qdpx"]))
    return [own, write_members({"project.qde": QDE, "sources/a.txt": f"Lamps, {CANARY}.".encode()})]


def qdc_files() -> list[bytes]:
    """Our own export, and a plain one."""
    return [*of_project("t.qdc"), QDC]


QDE = b"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="P" origin="QualCoder 3.8"><Users><User guid="00000000-0000-4000-8000-000000000001" name="Amira"/></Users>
<CodeBook><Codes><Code guid="00000000-0000-4000-8000-000000000010" name="Safety" isCodable="true" color="#112233"><Description>All of it</Description>
<Code guid="00000000-0000-4000-8000-000000000011" name="Lights" isCodable="true"><NoteRef targetGUID="00000000-0000-4000-8000-000000000090"/></Code></Code></Codes></CodeBook>
<Variables><Variable guid="00000000-0000-4000-8000-000000000030" name="Age" typeOfVariable="Integer"/></Variables>
<Sources><TextSource guid="00000000-0000-4000-8000-000000000020" name="Interview" plainTextPath="internal://a.txt">
<PlainTextSelection guid="00000000-0000-4000-8000-000000000040" startPosition="0" endPosition="4" creatingUser="00000000-0000-4000-8000-000000000001" creationDateTime="2025-03-01T09:00:00Z"><Description>memo</Description>
<Coding guid="00000000-0000-4000-8000-000000000050" creatingUser="00000000-0000-4000-8000-000000000001"><CodeRef targetGUID="00000000-0000-4000-8000-000000000011"/></Coding></PlainTextSelection>
<VariableValue><VariableRef targetGUID="00000000-0000-4000-8000-000000000030"/><IntegerValue>42</IntegerValue></VariableValue></TextSource></Sources>
<Notes><Note guid="00000000-0000-4000-8000-000000000090" name="memo"><PlainTextContent>Day 1</PlainTextContent></Note></Notes></Project>"""
QDC = b"""<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="1" name="A" isCodable="true"><Description>One
[coder] {"kind": "theme", "id": "a", "keywords": ["x"], "was": ["q"], "aggregate": true}</Description>
<Code guid="2" name="B"><Description>[coder] {"kind": "position", "id": "b"}</Description></Code></Code>
<Code guid="3" name="C"/></Codes><Sets><Set guid="4" name="S"><MemberCode targetGUID="1"/></Set></Sets></CodeBook>"""


def talk_london_texts() -> list[bytes]:
    """A discussion page saved as text."""
    comments = "".join(
        f"\n\nAvatar for - Red fox {number}\n\n{text}\n\nCommented {number + 1} months ago\n\n0\n"
        for number, text in enumerate(list(comment_texts().values())[:8])
    )
    return [f"{TALK_LONDON}{comments}".encode()]


def talk_london_pages() -> list[bytes]:
    """The same as HTML."""
    paragraphs = "".join(
        f"<div><p>{line}</p></div>" for line in talk_london_texts()[0].decode().split("\n\n")
    )
    return [
        f"<!DOCTYPE html><html><head><title>T</title></head><body>{paragraphs}</body></html>".encode()
    ]


TALK_LONDON = """Mayor's plan for parks

Stage: Policy published

12 Londoners have responded | 01/02/2021 - 03/04/2021

Parks

What do you think?
  - What should parks have more of?

The discussion ran from 1 February 2021 - 3 April 2021

Already have an account?

Log into your account
Comments (8)"""


# ---------------------------------------------------------------- letters

PARAGRAPHS = [
    f"Dear council, we ask for benches, {CANARY}.",
    "The lamps are broken as well. " * 6,
    "Yours, Ann",
]


def pdf_files() -> list[bytes]:
    """With packed and with plain streams."""
    plain = PdfMaker(Title="A letter")
    plain.stream = lambda content, head=b"": plain.add(  # type: ignore[method-assign]
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), head, content)
    )
    plain.page(set_page(PARAGRAPHS))
    return [make_pdf([PARAGRAPHS, PARAGRAPHS], header="Council", footer="{page}"), plain.bytes()]


def docx_files() -> list[bytes]:
    """With a table, a header and a note."""
    import docx

    document = docx.Document()
    for paragraph in PARAGRAPHS:
        document.add_paragraph(paragraph)
    cells = document.add_table(rows=2, cols=2).rows[0].cells
    cells[0].text = "Name"
    cells[0].merge(cells[1])
    document.sections[0].header.paragraphs[0].text = "Council"
    out = io.BytesIO()
    document.save(out)
    return [write_members(_without_looks(read_members(out.getvalue())))]


def _without_looks(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """A document of Word without its theme, fonts and hundreds of styles, which nothing reads."""
    kept = {}
    for name, content in members.items():
        if name in WORD_PARTS:
            kept[name] = WORD_REFERENCE.sub(_reference_to_kept, content)
    kept["word/styles.xml"] = WORD_STYLE.sub(_kept_style, kept["word/styles.xml"])
    return kept


def _reference_to_kept(reference: "re.Match[bytes]") -> bytes:
    target = reference["target"].decode().lstrip("/")
    is_kept = any(part.endswith(target) for part in WORD_PARTS)
    return reference[0] if is_kept else b""


def _kept_style(style: "re.Match[bytes]") -> bytes:
    is_kept = any(b'w:styleId="%s"' % name in style[0] for name in WORD_STYLES)
    return style[0] if is_kept else b""


WORD_PARTS = (
    "[Content_Types].xml",
    "_rels/.rels",
    "word/document.xml",
    "word/_rels/document.xml.rels",
    "word/styles.xml",
    "word/settings.xml",
    "word/header1.xml",
)
WORD_STYLES = (b"Normal", b"Header", b"TableNormal", b"DefaultParagraphFont")
WORD_REFERENCE = re.compile(
    rb'<(?:Override PartName|Relationship [^>]*Target)="(?P<target>[^"]+)"[^>]*/>'
)
WORD_STYLE = re.compile(rb"<w:(style|latentStyles)\b.*?</w:\1>", re.DOTALL)


def odt_files() -> list[bytes]:
    """With a heading, a table and a note."""
    body = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in PARAGRAPHS)
    note = "<text:p>See<text:note><text:note-body><text:p>below</text:p></text:note-body></text:note></text:p>"
    table = "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>"
    written = make_odt(
        f"<text:h>Letter</text:h>{body}{note}{table}", meta="<dc:creator>Ann</dc:creator>"
    )
    return [write_members(read_members(written))]


def rtf_files() -> list[bytes]:
    """As a word processor writes it."""
    said = r"\par ".join(PARAGRAPHS)
    return [
        (
            r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}}{\info{\title T}{\author Ann}}"
            r"{\header Council\par}\f0\uc1 "
            + said
            + r"\u8217?s \'e9 {\b bold} {\*\x skipped}{\pict 00ff}\par}"
        ).encode()
    ]


def html_letters() -> list[bytes]:
    """A page that is a letter."""
    said = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    table = "<table><tr><td>a</td><td>b</td></tr></table><ul><li>x</li></ul>"
    return [
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>T</title></head><body>{said}{table}</body></html>'.encode()
    ]


def text_letters() -> list[bytes]:
    """Plain text."""
    return ["\n\n".join(PARAGRAPHS).encode()]


def mails() -> list[bytes]:
    """With an answer, an attachment and a mail inside."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "Ann <ann@example.org>",
        "council@example.org",
        "Bänches",
    )
    mail["Date"], mail["Message-ID"] = "Sun, 22 Nov 2026 10:00:00 +0000", "<1@example.org>"
    mail.set_content("\n\n".join(PARAGRAPHS) + "\n\nOn Sunday Bo wrote:\n> earlier words\n")
    mail.add_alternative(html_letters()[0].decode(), subtype="html")
    mail.add_attachment(text_letters()[0], maintype="text", subtype="plain", filename="letter.txt")
    mail.add_attachment(
        docx_files()[0], maintype="application", subtype="octet-stream", filename="l.docx"
    )
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=====part{number}=====")
    plain = b"From: a@example.org\r\nSubject: =?utf-8?q?x=C3=A9?=\r\n\r\n" + text_letters()[0]
    return [mail.as_bytes(), plain]


def outlook_mails() -> list[bytes]:
    """As Outlook saves them."""
    text = {
        0x0037: "Benches",
        0x0C1A: "Ann",
        0x0C1F: "ann@example.org",
        0x1000: "\r\n".join(PARAGRAPHS),
    }
    sent = 133_000_000_000_000_000
    attached = [("letter.txt", text_letters()[0])]
    return [make_msg(text, attachments=attached, sent=sent), make_msg(text)]


def mailboxes() -> list[bytes]:
    """Several mails in one file."""
    return [
        b"".join(
            b"From a@example.org Sun Nov 22 10:00:00 2026\n" + mail + b"\n\n" for mail in mails()
        )
    ]


# ---------------------------------------------------------------- vectors, packs


def vector_files() -> list[bytes]:
    """A small cache, as it is after coding."""
    path = only_file(f"{PROJECT}/cache/", ".sqlite")

    def shrink(target: Path) -> None:
        target.write_bytes(project_files()[path])
        store = sqlite3.connect(target)
        store.execute("PRAGMA page_size = 512")
        store.execute("PRAGMA journal_mode = DELETE")
        store.execute("VACUUM")
        store.close()

    return [_written(shrink, "v.sqlite")]


def packs() -> list[bytes]:
    """With and without the comments."""
    return of_project("pack.zip", "bare.zip")


def has_members(data: bytes) -> bool:
    """Whether the bytes are an archive."""
    return zipfile.is_zipfile(io.BytesIO(data))
