"""Errors, run records, locks and journals repeat no comment: an address and a phrase planted in
every comment turn up in none of them.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.errors import CoderError

PLANTED = ("lark@example.org", "zebra umbrella")
TEXT = "Write to lark@example.org about my zebra umbrella and the lamps in our long street"
WISHES = ("more buses at night", "safer crossings", "fewer cuts to libraries", "cleaner parks")
BOOK = f"""\
title: T
themes:
  - id: roads
    name: Roads
    keywords: [crossings]
    examples:
      - {TEXT}
  - id: buses
    name: Buses
    keywords: [buses]
"""
BROKEN = {
    "quote.csv": f'id,comment\nc1,good\nc2,"{TEXT}\n',
    "ragged.csv": f"id,comment\nc1,good\nc2,{TEXT},x,y\n",
    "bytes.csv": f"id,comment\nc1,{TEXT}\n".encode() + b"c2,\x81\xff\n",
    "cut.jsonl": json.dumps({"id": "a", "comment": TEXT})[:-6] + "\n",
    "words.jsonl": f"{TEXT}\n",
    "after.jsonl": f'{{"id": 1, "comment": "{TEXT}"}} {TEXT}\n',
    "cut.json": f'[{{"id": 1, "comment": "{TEXT}"}},',
    "comma.json": f'{{"comment": "{TEXT}" "{TEXT}"}}',
    "value.json": json.dumps(TEXT),
    "not.xlsx": TEXT,
    "not.ods": TEXT,
    "not.parquet": f"PAR1{TEXT}PAR1",
    "not.sav": "$FL2" + TEXT * 30,
    "not.zip": TEXT,
    "not.docx": TEXT,
    "not.pdf": f"%PDF-1.4 {TEXT}",
}
TABLES = {
    "theme": f"comment_id,themes\nc1,{TEXT}\n",
    "id": f"comment_id,themes\n{TEXT},roads\n",
    "cell": f"comment_id,roads,buses\nc1,{TEXT},yes\n",
    "time": f"comment_id,themes,decided_at\nc1,roads,{TEXT}\n",
    "mode": f"comment_id,themes,mode\nc1,roads,{TEXT}\n",
    "quote": f'comment_id,themes\n"c1,{TEXT}\n',
}
BOOKS = {
    "mapping": BOOK.replace("      - Write", "      Write: Write"),
    "open": BOOK + f"  - id: [{TEXT}\n",
    "anchor": BOOK + f"  - &a {TEXT}\n",
    "text": TEXT,
}


def run(*words: object) -> str:
    """What a command prints as error, and all that it prints where it fails."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    printed = done.stderr
    if done.exit_code:
        printed += done.stdout
    if isinstance(done.exception, CoderError):
        printed += str(done.exception)
    return printed


def planted_in(text: str) -> list[str]:
    return [planted for planted in PLANTED if planted in text]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was read, coded, reviewed and exported."""
    folder = tmp_path_factory.mktemp("talk")
    rows = []
    for number in range(40):
        wish = WISHES[number % len(WISHES)]
        rows.append(f'c{number},"I ask for {wish}, reason {number}. {TEXT}"')
    (folder / "survey.csv").write_text("\n".join(["id,comment", *rows, ""]), encoding="utf-8")
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    ids = "".join(f"c{number},roads\n" for number in range(10))
    (folder / "amira.csv").write_text(f"comment_id,themes\n{ids}", encoding="utf-8")
    plan, book = folder / "plan", folder / "book.yaml"
    steps: Sequence[tuple[object, ...]] = (
        ("read", folder / "survey.csv", "--into", plan),
        ("cluster", plan),
        ("apply", plan, "--codebook", book),
        ("review", plan, "--codebook", book, "--reviewer", "a", "--from", folder / "amira.csv"),
        ("agree", plan, "--codebook", book),
        ("export", plan, "--codebook", book, "--to", folder / "t.csv", "--to", folder / "p.zip"),
        ("check", plan, "--codebook", book),
        ("check", folder / "p.zip"),
    )
    for words in steps:
        assert planted_in(run(*words)) == [], words
    return folder


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_without_its_comments(tmp_path: Path, name: str) -> None:
    content = BROKEN[name]
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / name).write_bytes(data)
    printed = run("read", tmp_path / name, "--into", tmp_path / "plan")
    assert printed
    assert planted_in(printed) == []


def test_a_comment_in_the_column_of_weights_is_not_repeated(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": ["a", "b"], "comment": [TEXT, TEXT], "wt": [TEXT, "1"]})
    table.to_csv(tmp_path / "t.csv", index=False)
    words = ("--text", "comment", "--weight", "wt")
    printed = run("read", tmp_path / "t.csv", "--into", tmp_path / "plan", *words)
    assert "a text of 82 characters" in printed
    assert planted_in(printed) == []


def test_a_comment_in_the_column_of_ids_or_sources_is_not_repeated(tmp_path: Path) -> None:
    table = pd.DataFrame({"why": [TEXT, TEXT, "Yes"], "wt": ["-1", "0", "1"]})
    table["comment"] = ["More buses", "Safer roads", "Cleaner parks"]
    table.to_csv(tmp_path / "t.csv", index=False)
    for words in (("--id", "why"), ("--source", "why", "--id", "-", "--weight", "wt")):
        place = ("--text", "comment", "--into", tmp_path / "plan")
        printed = run("read", tmp_path / "t.csv", *place, *words)
        assert "a text of 82 characters" in printed
        assert planted_in(printed) == []


@pytest.mark.parametrize("name", TABLES)
def test_a_wrong_table_of_decisions_is_refused_without_its_comments(
    place: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "t.csv").write_text(TABLES[name], encoding="utf-8")
    coded = (place / "plan", "--codebook", place / "book.yaml")
    printed = run("review", *coded, "--reviewer", "b", "--from", tmp_path / "t.csv")
    printed += run("agree", *coded, "--codes", tmp_path / "t.csv")
    assert printed
    assert planted_in(printed) == []


@pytest.mark.parametrize("name", BOOKS)
def test_a_wrong_codebook_is_refused_without_its_examples(
    place: Path, tmp_path: Path, name: str
) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(BOOKS[name], encoding="utf-8")
    printed = run("codebook", "check", book) + run("apply", place / "plan", "--codebook", book)
    assert printed
    assert planted_in(printed) == []


def test_damaged_decisions_are_named_without_their_comments(place: Path) -> None:
    log = place / "book.decisions" / "a.jsonl"
    whole = log.read_bytes()
    changes = (
        whole.replace(b"roads", b"roadz", 1),
        whole[:-30],
        whole + TEXT.encode() + b"\n",
        whole[:200] + b"\xff" + whole[200:],
    )
    coded = (place / "plan", "--codebook", place / "book.yaml")
    try:
        for changed in changes:
            log.write_bytes(changed)
            for words in (("check", *coded), ("apply", *coded), ("agree", *coded)):
                assert planted_in(run(*words)) == [], words
    finally:
        log.write_bytes(whole)


def test_run_records_locks_and_journals_hold_no_comment(place: Path) -> None:
    looked_at = []
    for path in (*place.joinpath("plan").rglob("*"), *place.joinpath("book.decisions").rglob("*")):
        is_record = path.parent.name == "runs" or path.name.startswith(".")
        if path.is_file() and (is_record or path.suffix == ".lock"):
            looked_at.append(path.name)
            assert planted_in(path.read_text(encoding="utf-8", errors="replace")) == [], path
    assert any("apply" in name for name in looked_at)
