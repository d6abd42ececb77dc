"""`coder read`: several sources in one project, read again, kept and excluded; nothing written on an error."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from pyarrow.parquet import ParquetWriter

from coder import cli
from coder.errors import CoderError, for_command_line
from coder.project import Project
from coder.workflow.check import check
from coder.workflow.read import read

EXAMPLE = Path(__file__).parents[1] / "examples" / "police_and_crime_plan" / "comments.csv"


def coder(*arguments: str | Path) -> int:
    """Run the command line in this process; its exit status."""
    before = sys.argv
    sys.argv = ["coder", *map(str, arguments)]
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    finally:
        sys.argv = before
    return 0


def survey(path: Path, rows: list[tuple[str, str]], header: str = "id,comment") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "\n".join([header, *(f"{key},{text}" for key, text in rows)]) + "\n", encoding="utf-8"
    )
    return path


def state(folder: Path) -> dict[str, bytes]:
    """Every file but those of the cache and hidden ones: the lock, and how often it was written."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.startswith(".") and folder / "cache" not in p.parents
    }


def ids(project: Path) -> list[str]:
    return Project(project).comments["comment_id"].tolist()


@pytest.fixture(scope="session")
def poll_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `poll.csv` and the project `p` that it was read into; for `poll_project` to copy."""
    folder = tmp_path_factory.mktemp("poll")
    read(survey(folder / "poll.csv", POLL), folder / "p")
    return folder


@pytest.fixture
def poll_project(tmp_path: Path, poll_folder: Path) -> Path:
    """The project `p` beside `poll.csv`, to be changed."""
    shutil.copytree(poll_folder, tmp_path, dirs_exist_ok=True)
    return tmp_path / "p"


POLL = [("1", "More police on the beat"), ("2", "No"), ("3", "Fewer cars on our road")]
WEB = [("1", "Parks need proper lights"), ("4", "Youth clubs should reopen")]


# ---------------------------------------------------------------- what is printed and written


def test_a_plain_file_gets_a_project_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = survey(tmp_path / "poll.csv", POLL)
    assert coder("read", path) == 0
    printed = capsys.readouterr().out
    assert "poll.csv: 3 rows (CSV, UTF-8, separated by commas)" in printed
    assert "text        comment" in printed
    assert "id          id" in printed
    assert "--text" in printed, "it says how to override"
    assert "non-substantive" in printed
    assert "official" not in printed, "reasons that do not occur are not shown"
    assert f"Next: coder cluster {tmp_path / 'poll.coding'}" in printed
    assert sorted(state(tmp_path / "poll.coding")) == [
        "comments.parquet",
        "ledger.csv",
        "project.yaml",
    ]


def test_labels_are_called_old_only_where_comments_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = survey(tmp_path / "poll.csv", POLL)
    coder("read", path)
    Project(tmp_path / "poll.coding").labels_path.write_bytes(b"labels")
    capsys.readouterr()
    coder("read", path)
    assert "have changed since they were coded" not in capsys.readouterr().out
    coder("read", path, "--exclude", "1=process")
    assert "have changed since they were coded" in capsys.readouterr().out


def test_the_ledger_stays_readable_when_there_are_many_reasons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    coder(
        "read",
        EXAMPLE,
        "--into",
        tmp_path / "p",
        "--exclude",
        "TL-0001=process",
        "--exclude",
        "TL-0002=official",
    )
    printed = capsys.readouterr().out
    assert "Representative Poll" in printed
    assert max(map(len, printed.splitlines()[: printed.splitlines().index("")])) <= 200
    assert "42 non-substantive" in printed
    assert "…" not in printed


def test_json_holds_the_same_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = survey(tmp_path / "poll.csv", POLL)
    assert coder("read", path, "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["project"] == str(tmp_path / "poll.coding")
    assert facts["ledger"][0] == {
        "source": "poll", "received": 3, "excluded_empty": 0, "excluded_non_substantive": 1, "excluded_duplicate": 0,
        "excluded_official": 0, "excluded_deleted": 0, "excluded_process": 0, "excluded_out_of_scope": 0, "excluded_unread": 0,
        "excluded_partial": 0, "excluded_preview": 0, "analysed": 2,
    }  # fmt: skip
    assert {"role": "text", "column": "comment", "why": "by its name and its free text"} in facts[
        "files"
    ][0]["columns"]


def test_quiet_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert coder("read", survey(tmp_path / "poll.csv", POLL), "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_hostile_cells_reach_the_terminal_harmless(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = survey(tmp_path / "poll.csv", POLL, "id,comment \x1b]0;gone\x07[/b]")
    assert coder("read", path) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\x07" not in printed
    assert "[/b]" in printed


# ---------------------------------------------------------------- several sources


def test_several_files_are_several_sources_with_ids_apart(tmp_path: Path) -> None:
    files = [survey(tmp_path / "poll.csv", POLL), survey(tmp_path / "web.csv", WEB)]
    assert coder("read", *files, "--into", tmp_path / "p") == 0
    rows = Project(tmp_path / "p").comments
    assert rows[["comment_id", "source"]].to_numpy().tolist() == [
        ["1", "poll"], ["2", "poll"], ["3", "poll"], ["web/1", "web"], ["4", "web"],
    ]  # fmt: skip


def test_a_source_is_added_and_own_columns_of_others_stay_empty(tmp_path: Path) -> None:
    survey(tmp_path / "poll.csv", [("1", "More police on the beat,35")], "id,comment,age")
    survey(tmp_path / "web.csv", [("7", "Parks need proper lights,Barnet")], "id,comment,self")
    coder("read", tmp_path / "poll.csv", "--into", tmp_path / "p")
    coder("read", tmp_path / "web.csv", "--into", tmp_path / "p")
    rows = Project(tmp_path / "p").comments
    assert rows["age"].tolist() == ["35", ""]
    assert rows["self"].tolist() == ["", "Barnet"]
    assert [source.name for source in Project(tmp_path / "p").settings().sources] == ["poll", "web"]


def test_reading_a_source_again_replaces_it_and_keeps_its_ids(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [survey(tmp_path / "poll.csv", POLL), survey(tmp_path / "web.csv", WEB)]
    project = tmp_path / "p"
    coder("read", *files, "--into", project)
    before = state(project)
    coder("read", *files, "--into", project, "--again")
    assert state(project) == before, "the same files give the same bytes"
    coder("read", files[0], "--into", project)
    assert state(project) == before
    capsys.readouterr()
    survey(files[1], [*WEB, ("9", "Bins are full again")])
    survey(files[0], POLL[1:])  # 1 is gone from the poll; web/1 keeps its name all the same
    coder("read", files[1], "--into", project)
    assert (
        "The source 'web' was replaced: 3 rows of web.csv instead of 2 of web.csv."
        in capsys.readouterr().out
    )
    coder("read", files[0], "--into", project)
    coder("read", files[1], "--into", project)
    assert ids(project) == ["2", "3", "web/1", "4", "9"]


def test_a_file_read_with_another_source_column_is_not_counted_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = survey(
        tmp_path / "poll.csv",
        [("1", "More police here,A"), ("2", "Fewer cars here,B")],
        "id,comment,team",
    )
    project = tmp_path / "p"
    coder("read", path, "--into", project)
    coder("read", path, "--into", project, "--source", "team")
    assert "The source 'poll' (2 rows of poll.csv) was removed" in capsys.readouterr().out
    assert Project(project).comments["source"].tolist() == ["A", "B"]
    survey(path, [("1", "More police here,A")], "id,comment,team")
    coder("read", path, "--into", project)
    assert Project(project).comments["source"].tolist() == ["A"], "B came from the same file"


def test_a_changed_file_is_read_the_way_it_was(tmp_path: Path) -> None:
    header = "id,answer,comment,weight"
    path = survey(
        tmp_path / "a.csv",
        [("1", "More police on the beat please,ok,70"), ("2", "Fewer cars on the road,ok,80")],
        header,
    )
    project = tmp_path / "p"
    coder(
        "read",
        path,
        "--into",
        project,
        "--text",
        "comment",
        "--weight",
        "-",
        "--source-name",
        "Wave 1",
        "--question",
        "Why?",
    )
    survey(
        path,
        [("1", "More police on the beat please,fine,70"), ("2", "Fewer cars on the road,fine,")],
        header,
    )
    assert coder("read", path, "--into", project) == 0
    rows = Project(project).comments
    assert rows["text"].tolist() == ["fine", "fine"]
    assert set(rows["source"]) == {"Wave 1"}
    assert set(rows["question"]) == {"Why?"}
    assert rows["weight"].isna().all()
    assert Project(project).settings().question == "Why?"


def test_files_of_one_name_need_source_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [survey(tmp_path / "q1" / "a.csv", POLL), survey(tmp_path / "q2" / "a.csv", WEB)]
    project = tmp_path / "p"
    assert coder("read", *files, "--into", project) == 1
    assert "would both be the source 'a'" in capsys.readouterr().err
    assert not project.exists()
    assert coder("read", *files, "--into", project, "--source-name", "Q1") == 1
    assert "1 source name for 2 files" in capsys.readouterr().err
    assert (
        coder("read", *files, "--into", project, "--source-name", "Q1", "--source-name", "Q2") == 0
    )
    assert coder("read", files[1], "--into", project) == 0, "its content says which it is"
    assert ids(project) == ["1", "2", "3", "Q2/1", "4"]
    survey(files[1], WEB[:1])
    capsys.readouterr()
    assert coder("read", files[1], "--into", project) == 1
    assert "were read as 'Q1' and 'Q2'" in capsys.readouterr().err
    assert coder("read", files[1], "--into", project, "--source-name", "Q2") == 0
    assert ids(project) == ["1", "2", "3", "Q2/1"]


def test_attributes_that_the_user_named_stand(tmp_path: Path) -> None:
    rows = [(str(n), f"More police on beat {n},{'MF'[n % 2]},{n % 3}") for n in range(30)]
    path = survey(tmp_path / "a.csv", rows, "id,comment,gender,band")
    project = tmp_path / "p"
    coder("read", path, "--into", project)
    assert Project(project).settings().attributes == ("gender", "band")
    coder("read", path, "--into", project, "--attribute", "band")
    assert Project(project).settings().attributes == ("band",)
    survey(path, rows[:29], "id,comment,gender,band")
    coder("read", path, "--into", project)
    assert Project(project).settings().attributes == ("band",)


# ---------------------------------------------------------------- by hand


def test_keep_and_exclude_on_a_project_that_exists(
    tmp_path: Path, poll_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = poll_project
    assert coder("read", project, "--keep", "2", "--exclude", "3=out_of_scope") == 0
    rows = Project(project).comments.set_index("comment_id")
    assert rows["reason"].to_dict() == {"1": "", "2": "", "3": "out_of_scope"}
    assert coder("read", "--into", project, "--exclude", "2=process") == 0
    settings = Project(project).settings()
    assert settings.keep == ()
    assert settings.exclude == {"3": "out_of_scope", "2": "process"}
    coder("read", tmp_path / "poll.csv", "--into", project)
    assert Project(project).comments["reason"].tolist() == ["", "process", "out_of_scope"], (
        "it outlives reading"
    )
    survey(tmp_path / "poll.csv", POLL[:2])
    capsys.readouterr()
    coder("read", tmp_path / "poll.csv", "--into", project)
    assert "no longer among the comments: 3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--keep", "9"), "there is no comment '9'"),
        (("--exclude", "2=spam"), "2 cannot be excluded as 'spam'"),
        (("--exclude", "2"), "needs a comment and a reason"),
        (("--exclude", "2=process", "--keep", "2"), "2 is to be kept and excluded at once"),
        (("--text", "comment"), "need a file to read"),
    ],
)
def test_faulty_options_leave_the_project_as_it_was(
    tmp_path: Path,
    poll_project: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    said: str,
) -> None:
    project = poll_project
    before = state(project)
    assert coder("read", project, *options) == 1
    assert said in capsys.readouterr().err
    assert state(project) == before


def test_project_yaml_is_the_users_to_edit(
    tmp_path: Path, poll_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = poll_project
    path = project / "project.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("substantive: {}", "# No is an answer here.\nsubstantive:\n  '*': ['no']")
    text = text.replace("question: ''", "question: Should cars be banned?  # as printed")
    path.write_text(text, encoding="utf-8")
    assert coder("read", project) == 0
    assert Project(project).comments["reason"].tolist() == ["", "", ""]
    kept = path.read_text(encoding="utf-8")
    assert "# No is an answer here." in kept
    assert "# as printed" in kept
    capsys.readouterr()
    path.write_text(kept.replace("'*'", "Should cars be band?"), encoding="utf-8")
    assert coder("read", project) == 1
    assert "Did you mean 'Should cars be banned?'" in capsys.readouterr().err


# ---------------------------------------------------------------- errors leave everything as it was

BAD: dict[str, bytes] = {
    "empty.csv": b"",
    "header.csv": b"id,comment\n",
    "ragged.csv": b"id,comment\n1,a,b\n",
    "quote.csv": b'id,comment\n1,"open\n',
    "ids.csv": b"id,comment\n1,More police here\n1,Fewer cars here\n",
    "weight.csv": b"id,comment,weight\n1,More police here,1\n2,Fewer cars here,\n",
    "mixed.csv": b"id,comment\n1,\xc2\xa3\n2,\xe9\n",
    "sheet.xlsx": b"not a workbook",
    "cut.xlsx": b"PK\x03\x04 cut off",
    "bad.jsonl": b'{"comment": "a"}\n{\n',
    "bad.parquet": b"PAR1",
    "blank.txt": b"\n",
    "page.html": b"<p>Plan for London</p><p>Comments (9)</p><p>Ann</p><p>Community Member 2 days ago</p><p>Hi</p>",
    "survey.sav": b"$FL2",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_has_one_error_status_1_and_changes_nothing(
    tmp_path: Path, poll_project: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    project = poll_project
    good = tmp_path / "poll.csv"
    bad = tmp_path / name
    bad.write_bytes(BAD[name])
    before = state(tmp_path)
    capsys.readouterr()
    assert coder("read", good, bad, "--into", project) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Error: ")
    assert name in said.err
    assert len(said.err.strip().splitlines()) >= 2, "what is wrong, and what to do"
    assert "Traceback" not in said.err
    assert state(tmp_path) == before
    assert coder("read", bad) == 1
    assert state(tmp_path) == before, "no project is begun for a file that cannot be read"


def test_usage_and_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = survey(tmp_path / "poll.csv", POLL)
    assert coder("read") == 2
    assert coder("read", good, good, "--into", good) == 1
    assert "is a file" in capsys.readouterr().err
    assert coder("read", good, tmp_path / "web.csv") == 1
    assert "Add --into PROJECT" in capsys.readouterr().err
    assert coder("read", tmp_path) == 1
    assert "there is no project here" in capsys.readouterr().err
    assert coder("read", good, tmp_path, "--into", tmp_path / "p") == 1
    assert "is a folder, not a file of comments" in capsys.readouterr().err
    assert coder("read", good, tmp_path / "none.csv", "--into", tmp_path / "p") == 1
    assert "there is no such file" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()


def test_one_file_named_twice_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = survey(tmp_path / "poll.csv", POLL)
    assert coder("read", good, good, "--into", tmp_path / "p") == 1
    assert "poll.csv is named twice" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()


def test_a_missing_codebook_is_said_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = survey(tmp_path / "poll.csv", POLL)
    assert coder("cluster", good, "--beyond", tmp_path / "none.yaml") == 1
    assert "there is no such codebook" in capsys.readouterr().err
    assert not (tmp_path / "poll.coding").exists()


def test_a_misspelt_file_or_project_offers_the_nearest_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = survey(tmp_path / "austin.csv", POLL)
    assert coder("read", good, "--quiet") == 0
    book = tmp_path / "book.yaml"
    book.write_text("title: T\nthemes:\n  - {id: a, name: A, keywords: [bus]}\n")
    wrong = tmp_path / "austin.cvs"
    commands = [
        ("cluster", wrong),
        ("apply", wrong, "--codebook", book),
        ("export", wrong, "--codebook", book, "--to", tmp_path / "t.csv"),
        ("review", wrong, "--codebook", book, "--reviewer", "ann"),
        ("agree", wrong, "--codebook", book),
        ("check", wrong),
    ]
    for command in commands:
        assert coder(*command) == 1
        assert "Did you mean 'austin.csv'?" in capsys.readouterr().err, command
    assert coder("check", tmp_path / "austin.codin") == 1
    assert "Did you mean 'austin.coding'?" in capsys.readouterr().err
    table = (
        "review",
        good,
        "--codebook",
        book,
        "--reviewer",
        "ann",
        "--from",
        tmp_path / "astin.csv",
    )
    assert coder(*table) == 1
    assert "Did you mean 'austin.csv'?" in capsys.readouterr().err


def test_a_damaged_project_says_how_to_mend_it(
    tmp_path: Path, poll_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = poll_project
    good = tmp_path / "poll.csv"
    whole = state(project)
    (project / "comments.parquet").write_bytes(b"damaged")
    capsys.readouterr()
    assert coder("read", good, "--into", project) == 1
    assert f"Delete {project / 'comments.parquet'}" in capsys.readouterr().err
    (project / "comments.parquet").unlink()
    assert coder("read", good, "--into", project) == 0
    assert state(project) == whole


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert coder("read", survey(tmp_path / "poll.csv", POLL), "--into", locked) == 1


def test_files_are_written_together_or_not_at_all(
    tmp_path: Path, poll_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = poll_project
    before = state(project)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ParquetWriter, "write_table", full)
    with pytest.raises(CoderError, match="No space left on device"):
        Project(project).write(Project(project).settings(), Project(project).comments.iloc[:1])
    assert state(project) == before


def test_exit_status_of_the_program_itself(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("id,comment\n1,a,b\n")
    done = subprocess.run(
        [sys.executable, "-m", "coder", "read", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "ragged.csv:2: has 3 fields, the header has 2" in done.stderr


def test_a_campaign_is_found_named_and_counts_by_each_sender(tmp_path: Path) -> None:
    assert coder("read", EXAMPLE, "--into", tmp_path / "p") == 0
    comments = Project(tmp_path / "p").comments
    letters = comments[comments["campaign_id"] != ""]
    assert len(letters) == 14
    assert letters["campaign_id"].nunique() == 1
    assert set(letters["status"]) == {"analysed"}
    campaigns = pd.read_csv(tmp_path / "p" / "campaigns.csv")
    assert campaigns[["size", "exact", "near"]].to_numpy().tolist() == [[14, 5, 9]]
    assert "cycling" in campaigns["template"].iloc[0]


def test_nothing_is_coded_next_where_nothing_is_analysed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blank = survey(tmp_path / "blank.csv", [("1", ""), ("2", ""), ("3", "")])
    assert coder("read", blank) == 0
    printed = capsys.readouterr().out
    assert "Nothing is analysed yet" in printed
    assert "coder cluster" not in printed
    assert "coder apply" not in printed
    answers = [("1", ",Buses are late"), ("2", ",Trains are dirty"), ("3", ",Streets are dark")]
    both = survey(tmp_path / "both.csv", answers, "id,What is bad?,What is good?")
    columns = ("--text", "What is bad?", "--text", "What is good?")
    assert coder("read", both, *columns) == 0
    printed = capsys.readouterr().out
    settings = Project(tmp_path / "both.coding").settings()
    (good,) = [each.id for each in settings.questions if each.question == "What is good?"]
    assert f"Next: coder cluster {tmp_path / 'both.coding'} --question {good}" in printed


def test_a_file_that_was_not_read_is_said_to_be_so(tmp_path: Path) -> None:
    path = survey(tmp_path / "poll.csv", POLL)
    with pytest.raises(CoderError, match="was not read into a project of its own") as error:
        check(path)
    assert for_command_line(error.value.fix).endswith(f"read it: coder read {path}")


@pytest.mark.parametrize("more", [False, True])
def test_comments_of_a_source_that_is_named_no_more_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, more: bool
) -> None:
    """`project.yaml` was cut off, or put back from before the source was read."""
    plan = tmp_path / "plan"
    coder("read", survey(tmp_path / "a.csv", [("1", "More buses please")]), "--into", plan)
    (plan / "project.yaml").write_text("name: plan\n")
    before = state(plan)
    words: list[str | Path] = [plan]
    if more:
        words = [survey(tmp_path / "b.csv", [("2", "Mend the street lights")]), "--into", plan]
    assert coder("read", *words) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "does not name every source: the project holds 1 comment of a" in said
    assert state(plan) == before
