"""Decisions from a table: `coder review --from`, every faulty cell named, nothing taken on any fault."""

import json
import shlex
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.decisions import Decision, DecisionLog, drop_undone, judgements, read_decisions
from coder.errors import CoderError, for_command_line
from coder.reviewing.table_decisions import DecisionCounts, take_table
from coder.text import text_hash
from review_helpers import book_at, comments_table, labels_table, plain_texts, project_at

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


class Ground:
    """A codebook, comments and a way to take a table that is written out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path, self.book = book_at(folder)
        self.comments = comments_table(plain_texts(8))
        self.comments.loc[7, ["status", "reason"]] = ["excluded", "duplicate"]

    def take(self, text: str | bytes, reviewer: str = "amira", **more: object) -> DecisionCounts:
        path = self.folder / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return take_table(
            path, self.comments, self.book, self.path, reviewer, project="p", now=NOW, **more
        )  # type: ignore[arg-type]

    def decisions(self) -> list[Decision]:
        return drop_undone(read_decisions(self.path).decisions)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


# ---------------------------------------------------------------- what is taken


def test_the_contracts_columns(ground: Ground) -> None:
    taken = ground.take(
        "comment_id,themes,scope,mode,decided_at\n"
        "C-0001,drugs=more;women,,blind,2026-03-31T14:05:00+01:00\n"
        'C-0002,"drugs=less; drugs=more","drugs; women",Assisted,2026-03-31\n'
        "C-0003,,,,\n"
    )
    assert (taken.added, taken.already, taken.with_theme) == (3, 0, 2)
    one, two, three = ground.decisions()
    assert one.themes == {"drugs": ("more",), "women": ()}
    assert one.scope == ground.book.theme_ids
    assert (one.mode, one.decided_at) == ("blind", "2026-03-31T13:05:00.000+00:00")
    assert two.themes == {"drugs": ("less", "more")}
    assert two.scope == ("drugs", "women")
    assert (two.mode, two.decided_at) == ("assisted", "2026-03-31T00:00:00.000+00:00")
    assert (three.themes, three.mode, three.chosen) == ({}, "assisted", "listed")
    assert three.decided_at == NOW.isoformat(timespec="milliseconds")
    assert one.text_hash == text_hash(one.text) == text_hash(ground.comments["text"][1])
    assert one.codebook_fingerprint == ground.book.fingerprint


def test_a_table_says_blind_or_random_only_when_somebody_did(ground: Ground) -> None:
    ground.take("comment_id,themes,chosen\nC-0001,drugs,random\nC-0002,drugs,\n", chosen="targeted")
    ground.take("comment_id,themes\nC-0003,drugs\n", mode="blind", chosen="random")
    assert [(d.mode, d.chosen) for d in ground.decisions()] == [
        ("assisted", "random"),
        ("assisted", "targeted"),
        ("blind", "random"),
    ]


def test_repeating_a_table_adds_nothing_and_a_changed_row_counts(ground: Ground) -> None:
    first = "comment_id,themes\nC-0001,drugs=more\nC-0002,women\n"
    assert ground.take(first).added == 2
    again = ground.take(first)
    assert (again.added, again.already) == (0, 2)
    assert ground.take("comment_id,themes\nC-0001,drugs=less\nC-0002,women\n").added == 1
    assert ground.take(first).added == 1  # back to the first: that is a change again
    assert ground.take(first, reviewer="ben").added == 2  # another reviewer's own
    said = judgements(read_decisions(ground.path).decisions, ground.book)
    drugs = said[(said["reviewer"] == "amira") & (said["theme_id"] == "drugs") & said["present"]]
    assert list(drugs["positions"]) == [("more",)]


def test_repeating_a_dated_table_adds_nothing_even_after_later_decisions(ground: Ground) -> None:
    dated = "comment_id,themes,decided_at\nC-0001,drugs,2026-03-01\n"
    ground.take(dated)
    ground.take("comment_id,themes,decided_at\nC-0001,women,2026-03-02\n")
    assert ground.take(dated).added == 0


def test_a_decision_taken_back_is_taken_again(ground: Ground) -> None:
    table = "comment_id,themes\nC-0001,drugs\n"
    ground.take(table)
    (only,) = ground.decisions()
    undo = only.model_copy(update={"id": "u", "undoes": only.id, "scope": (), "themes": {}})
    DecisionLog(ground.path, "amira").append([undo])
    assert ground.take(table).added == 1


def test_excluded_comments_may_be_decided(ground: Ground) -> None:
    taken = ground.take("comment_id,themes\nC-0007,visibility\n")
    assert (taken.added, taken.excluded) == (1, 1)


def test_one_comment_theme_by_theme(ground: Ground) -> None:
    taken = ground.take("comment_id,themes,scope\nC-0001,drugs,drugs\nC-0001,,women\n")
    assert taken.added == 2
    assert ground.take("comment_id,themes,scope\nC-0001,drugs,drugs\nC-0001,,women\n").already == 2


def test_earlier_ids_of_a_theme_are_read(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.path, ground.book = book_at(
        tmp_path,
        "title: T\nthemes:\n  - {id: new, name: New, was: [old, older]}\n  - {id: x, name: X}\n",
    )
    ground.take("comment_id,themes,scope\nC-0001,old,old;x\n")
    assert ground.decisions()[0].themes == {"new": ()}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ('comment_id;themes\nC-0001;"drugs;women"\n'.encode("utf-8-sig"), "semicolons, mark"),
        ("comment_id\tthemes\nC-0001\tdrugs;women\n".encode("utf-16"), "UTF-16, tabs"),
        ("comment_id,themes,note\r\nC-0001,drugs;women,caf\xe9\r\n".encode("cp1252"), "cp1252"),
        (
            b"a title above\n\ncomment_id,themes\nC-0001,drugs;women\n,\n",
            "a title above, an empty row",
        ),
        (b"themes,comment_id\n drugs ; women , C-0001 \n", "white space"),
        (b"comment_id,themes\nC-0001,Drugs;safety of women\n", "names for ids"),
    ],
)
def test_tables_as_programs_write_them(ground: Ground, data: bytes, why: str) -> None:
    taken = ground.take(data)
    assert taken.added == 1, why
    assert set(ground.decisions()[0].themes) == {"drugs", "women"}


def test_ids_that_a_spreadsheet_would_run_come_back(ground: Ground) -> None:
    ground.comments.loc[0, "comment_id"] = "=1+1"
    assert ground.take("comment_id,themes\n'=1+1,drugs\n").added == 1
    assert ground.decisions()[0].comment_id == "=1+1"


def test_columns_not_used_are_named(ground: Ground) -> None:
    taken = ground.take(
        "comment_id,themes,Mood,text\nC-0001,drugs,fine,Crack down on the drugs and the dealers at number 1.\n"
    )
    assert taken.unused == ("Mood",)


# ---------------------------------------------------------------- the wide layout


def test_a_column_a_theme_with_yes_no_and_unsure(ground: Ground) -> None:
    taken = ground.take(
        "comment_id,visibility,Drugs,drugs=more,drugs=less,women\n"
        "C-0001,no,yes,yes,no,?\n"
        "C-0002,,,x,,\n"
        "C-0003,,,,,\n"
    )
    assert taken.added == 2  # the third row says nothing
    one, two = ground.decisions()
    assert one.scope == ("visibility", "drugs", "women")
    assert one.themes == {"drugs": ("more",)}
    assert one.unsure == ("women",)
    assert two.scope == ("drugs",)
    assert two.themes == {"drugs": ("more",)}


def test_a_workbook_is_read_from_the_sheet_with_comment_ids(ground: Ground) -> None:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active.title = "Read me"
    book.active.append(["Definitions"])
    sheet = book.create_sheet("Review")
    sheet.append(["Table 1", None])
    sheet.append(["comment_id", "text", "drugs", "women", "driving"])
    sheet.append(["C-0001", ground.comments["text"][1], True, "no", 1])
    path = ground.folder / "review.xlsx"
    book.save(path)
    taken = take_table(path, ground.comments, ground.book, ground.path, "amira", project="p")
    assert taken.added == 1
    assert ground.decisions()[0].themes == {"drugs": (), "driving": ()}


# ---------------------------------------------------------------- faults


def faults(ground: Ground, text: str | bytes, **more: object) -> str:
    with pytest.raises(CoderError) as caught:
        ground.take(text, **more)
    assert read_decisions(ground.path).decisions == ()
    return str(caught.value)


def test_every_faulty_cell_is_named_at_once_and_nothing_is_taken(ground: Ground) -> None:
    told = faults(
        ground,
        "comment_id,themes,scope,mode,decided_at,chosen\n"
        "C-0001,drugs,,,,\n"
        "C-0002,drgs=more,,,,\n"
        "C-99,drugs=les,,blnd,,\n"
        "C-0003,women,drugs,,2031-01-01,\n"
        "C-0004,drugs,,,gestern,rand\n"
        'C-0005,"women,drugs",,,,\n'
        ",drugs=,womn,,,\n"
        "C-0001,women,,,,\n",
    )
    for part in (
        "line 3, column themes: 'drgs' is no theme of the codebook. Did you mean 'drugs'?",
        "line 4, column comment_id: 'C-99' is no comment of this project.",
        "line 4, column themes: 'les' is no position of 'drugs'. Did you mean 'less'? There are: more, less.",
        "line 4, column mode: 'blnd' is not allowed. Did you mean 'blind'?",
        "line 5, column scope: 'women' is named in this row and not in its scope",
        "line 5, column decided_at: '2031-01-01' lies in the future",
        "line 6, column decided_at: 'gestern' is no time such as",
        "line 6, column chosen: 'rand' is not allowed. Did you mean 'random'?",
        "line 7, column themes: 'women,drugs': join themes with ; and not with a comma",
        "line 8, column comment_id: is empty",
        "line 8, column themes: '' is no position of 'drugs'",
        "line 8, column scope: 'womn' is no theme of the codebook. Did you mean 'women'?",
        "line 9, column comment_id: 'C-0001' is decided in line 2 too",
        "Nothing was taken.",
    ):
        assert part in told, part


def test_a_formula_without_a_result_is_named_and_not_taken_for_empty(ground: Ground) -> None:
    """As a program writes it that does not calculate; a spreadsheet program saves the result beside it."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["comment_id", "text", "done", "drugs", "women", "remark"])
    sheet.append(["C-0001", None, "yes", '=IF(1=1,"yes","no")', None, "=1+1"])
    sheet.append(["C-0002", None, '=IF(1=1,"yes","no")', "yes", None, None])
    sheet.append(["C-0003", None, None, '="yes"', None, None])  # not done: nobody reads its cells
    path = ground.folder / "review.xlsx"
    book.save(path)
    with pytest.raises(CoderError) as caught:
        take_table(path, ground.comments, ground.book, ground.path, "amira", project="p")
    told = str(caught.value)
    assert "D2, column drugs: holds a formula" in told
    assert "C3, column done: holds a formula" in told
    assert told.count("holds a formula without a result") == 2
    assert not read_decisions(ground.path).decisions


def test_the_nearest_comment_id_is_offered(ground: Ground) -> None:
    assert "'C-01' is no comment of this project. Did you mean 'C-0001'?" in faults(
        ground, "comment_id,themes\nC-01,drugs\n"
    )


def test_one_fault_in_many_lines_is_told_once_with_all_of_them(ground: Ground) -> None:
    rows = "".join(f"C-000{n},weather\n" for n in (0, 1, 2, 4))
    told = faults(ground, "comment_id,themes\n" + rows.replace("C-0004", "\nC-0004"))
    assert told.count("weather") == 1
    assert "lines 2-4, 6, column themes: 'weather' is no theme" in told


def test_a_table_of_another_file_is_noticed_by_its_text(ground: Ground) -> None:
    told = faults(ground, "comment_id,text,themes\nC-0001,Something else entirely,drugs\n")
    assert "line 2, column text: differs from the text of 'C-0001'" in told


def test_wide_faults(ground: Ground) -> None:
    told = faults(ground, "comment_id,drugs,drugs=more,women\nC-0001,no,yes,perhaps\n")
    assert "column women: 'perhaps' is not yes, no, ? or empty" in told
    assert "column drugs: no, and yes to its position 'more'" in told


def test_retired_themes_are_said_to_be_so(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.path, ground.book = book_at(
        tmp_path,
        "title: T\nthemes:\n  - {id: x, name: X}\n  - {id: gone, name: G, retired: true}\n",
    )
    assert "'gone' is retired" in faults(ground, "comment_id,themes\nC-0001,gone\n")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "there is no column comment_id (the file is empty)"),
        (b"comment_id,themes\n", "has a header and no rows"),
        (b"id,themes\n1,a\n", "there is no column comment_id (columns: id, themes)"),
        (
            b"comment_id,theme\nC-0001,drugs\n",
            "there is no column themes (columns: comment_id, theme)",
        ),
        (b"comment_id,themes,themes\nC-0001,a,b\n", "column(s) named twice: themes"),
        (
            b"comment_id,themes\nC-0001,drugs,women,driving\n",
            "line 2: more cells than the 2 columns",
        ),
        (b'comment_id,themes\nC-0001,"drugs\n', "table.csv:2:"),
        (b"PK\x03\x04\x00\x00\x00\x00\x00", "is not a text file"),
    ],
)
def test_files_that_are_no_table(ground: Ground, data: bytes, told: str) -> None:
    assert told in faults(ground, data)


def test_a_file_that_is_not_there(ground: Ground) -> None:
    with pytest.raises(CoderError, match="there is no such file"):
        take_table(
            ground.folder / "no.csv", ground.comments, ground.book, ground.path, "a", project="p"
        )


def test_a_spreadsheet_that_is_none(ground: Ground) -> None:
    path = ground.folder / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(CoderError, match="cut off or damaged"):
        take_table(path, ground.comments, ground.book, ground.path, "a", project="p")


# ---------------------------------------------------------------- size and command


def test_three_thousand_rows_in_about_a_second(tmp_path: Path) -> None:
    path, book = book_at(tmp_path)
    comments = comments_table(plain_texts(3000))
    table = tmp_path / "table.csv"
    pd.DataFrame({"comment_id": comments["comment_id"], "themes": "drugs=more;women"}).to_csv(
        table, index=False
    )
    began = time.perf_counter()
    taken = take_table(table, comments, book, path, "amira", project="p")
    first = time.perf_counter() - began
    assert taken.added == 3000
    assert take_table(table, comments, book, path, "amira", project="p").already == 3000
    assert first < 4  # about 0.5 s on an idle core


def test_a_thousand_unknown_ids_do_not_take_minutes(tmp_path: Path) -> None:
    path, book = book_at(tmp_path)
    table = tmp_path / "table.csv"
    table.write_text("comment_id,themes\n" + "".join(f"X-{n},drugs\n" for n in range(1000)))
    began = time.perf_counter()
    with pytest.raises(CoderError) as caught:
        take_table(table, comments_table(plain_texts(3000)), book, path, "amira", project="p")
    told = str(caught.value)
    assert told.count("is no comment of this project") == 8
    assert "lines 10-1001, column comment_id: 992 more ids of no comment of this project" in told
    assert time.perf_counter() - began < 5


def test_the_command_from_a_table_to_judgements(tmp_path: Path) -> None:
    path, book = book_at(tmp_path)
    project = project_at(tmp_path / "plan.coding", comments_table(plain_texts()))
    table = tmp_path / "t.csv"
    table.write_text("comment_id,themes\nC-0001,drugs=more\nC-0002,\n")
    arguments = [
        "review",
        str(project.folder),
        "--codebook",
        str(path),
        "--reviewer",
        "amira",
        "--from",
        str(table),
    ]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert "2 decisions kept for amira" in done.stdout
    assert "1 of 2 rows name a theme" in done.stdout
    said = judgements(read_decisions(path).decisions, book)
    assert set(said["project"]) == {"plan"}
    assert len(said) == 10
    done = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert '"already": 2' in done.stdout


def test_status_on_the_command_line_names_what_is_stale(tmp_path: Path) -> None:
    path, _ = book_at(tmp_path)
    comments = comments_table(plain_texts())
    project = project_at(tmp_path / "plan.coding", comments)
    table = tmp_path / "t.csv"
    table.write_text("comment_id,themes\n" + "".join(f"C-{n:04d},drugs\n" for n in range(5)))
    arguments = ["review", str(project.folder), "--codebook", str(path)]
    CliRunner().invoke(
        app, [*arguments, "--reviewer", "amira", "--from", str(table)], catch_exceptions=False
    )
    comments.loc[0, ["status", "reason"]] = ["excluded", "official"]
    comments.loc[1, "text"] = "another text"
    project.write(project.settings(), comments.drop(index=2))
    done = CliRunner().invoke(app, [*arguments, "--status"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "2 of 38 analysed comments decided" in done.stdout
    assert (
        "1 decided comment not analysed (official); the decisions are kept and not used"
        in done.stdout
    )
    assert "C-0001: its text changed since (amira)" in done.stdout
    assert "C-0002: no longer in the project (amira)" in done.stdout
    assert "amira" in done.stdout
    done = CliRunner().invoke(
        app, [*arguments, "--status", "--within", "5", "--json"], catch_exceptions=False
    )
    facts = json.loads(done.stdout)
    assert facts["half_width"] == 0.05
    assert [stale["comment_id"] for stale in facts["stale"]] == ["C-0000", "C-0001", "C-0002"]
    assert facts["themes"][2]["present"] == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--from", "t.csv", "--status"], "--from and --status cannot be used together"),
        (["--chosen", "random"], "no table is given"),
        (["--from", "t.csv", "--chosen", "randm"], "Did you mean 'random'?"),
        (["--reviewer", "a/b", "--from", "t.csv"], "cannot be a file name"),
        (["--double", "lots"], "must be a percentage, such as 20%"),
        (["--double", "0"], "must be a percentage, such as 20%"),
        (["--theme", "drugs", "--adjudicate"], "--theme and --adjudicate cannot be used together"),
        (["--reviewer", "amira"], "needs a terminal"),
    ],
)
def test_options_that_cannot_be(tmp_path: Path, options: list[str], told: str) -> None:
    path, _ = book_at(tmp_path)
    project = project_at(tmp_path / "plan.coding", comments_table(plain_texts()))
    (tmp_path / "t.csv").write_text("comment_id,themes\nC-0001,drugs\n")
    options = [str(tmp_path / o) if o == "t.csv" else o for o in options]
    with pytest.raises(CoderError) as caught:
        CliRunner().invoke(
            app,
            ["review", str(project.folder), "--codebook", str(path), *options],
            catch_exceptions=False,
        )
    assert told in for_command_line(caught.value.args[0])
    assert read_decisions(path).decisions == ()


def test_commands_to_type_next_are_quoted_where_a_path_holds_a_blank(tmp_path: Path) -> None:
    folder = tmp_path / "a plan's folder"
    path, book = book_at(folder, name="the plan.yaml")
    comments = comments_table(plain_texts(8))
    project = project_at(folder / "plan.coding", comments, labels=labels_table(comments, book))
    table = folder / "mine.csv"
    table.write_text("comment_id,themes\nC-0000,drugs=more\n", encoding="utf-8")
    given = ["--codebook", str(path)]
    taken = CliRunner().invoke(
        app, ["review", str(project.folder), *given, "--reviewer", "amira", "--from", str(table)]
    )
    assert taken.exit_code == 0, taken.output
    asked = CliRunner().invoke(app, ["agree", str(project.folder), *given])
    for output, verb in ((taken.output, "coder apply"), (asked.output, "coder review")):
        words = shlex.split(
            verb + output.replace("\n", " ").partition(verb)[2].partition("Over time")[0]
        )
        assert words[:5] == [*verb.split(), str(project.folder), *given]
