"""A project as Python users see it: paths as text, clear errors, a table in notebooks."""

from pathlib import Path

import pandas as pd
import pytest

from coder.errors import CoderError, for_command_line
from coder.project import Project, Settings, Source


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "<plan>")
    comments = pd.DataFrame(
        {
            "comment_id": ["a", "b", "c"],
            "text": ["secret words", "", "more secret words"],
            "source": ["<b>poll</b>", "<b>poll</b>", "post"],
            "role": "public",
            "status": ["analysed", "excluded", "analysed"],
            "reason": ["", "empty", ""],
            "weight": float("nan"),
            "campaign_id": "",
            "question": "",
        }
    )
    project.write(Settings(name="plan"), comments)
    return project


def test_a_folder_may_be_given_as_text(project: Project) -> None:
    again = Project(str(project.folder))
    assert again.folder == project.folder
    assert list(again.comments["comment_id"]) == ["a", "b", "c"]
    assert repr(again) == f"Project({str(project.folder)!r})"


def test_a_notebook_shows_the_ledger_and_no_comment(project: Project) -> None:
    html = project._repr_html_()
    assert "&lt;b&gt;poll&lt;/b&gt;" in html
    assert "&lt;plan&gt;" in html
    assert "secret" not in html
    cells = [part.split(">")[-1] for part in html.split("</td>")[:-1]]
    assert cells == [
        *("&lt;b&gt;poll&lt;/b&gt;", "2", "1", "1"),
        *("post", "1", "0", "1"),
        *("all", "3", "1", "2"),
    ]


def test_a_project_without_comments_shows_itself_too(tmp_path: Path) -> None:
    assert "<table>" in Project(tmp_path)._repr_html_()


@pytest.mark.parametrize("table", ["comments", "labels"])
def test_what_is_not_there_is_named_with_the_next_step(tmp_path: Path, table: str) -> None:
    folder = tmp_path / "my plan"
    folder.mkdir()
    with pytest.raises(CoderError, match="there is no such file yet") as error:
        getattr(Project(folder), table)
    steps = {
        "comments": (f"coder read FILE --into '{folder}'", f"coder.read('FILE', into={str(folder)!r})"),
        "labels": (
            f"coder apply '{folder}' --codebook FILE",
            f"coder.apply({str(folder)!r}, codebook='FILE')",
        ),
    }  # fmt: skip
    typed, written = steps[table]
    assert for_command_line(error.value.fix) == f"First: {typed}"
    assert str(error.value).endswith(f"First: {written}")


def test_a_damaged_table_is_named(project: Project) -> None:
    project.comments_path.write_bytes(b"PAR1 and nothing")
    with pytest.raises(CoderError, match=r"comments\.parquet: is damaged") as error:
        project.comments  # noqa: B018
    assert "coder read FILE --into" in for_command_line(error.value.fix)


def test_a_source_has_the_name_that_the_settings_give_it_now(project: Project) -> None:
    poll = Source(name="<b>poll</b>", file="a.csv", sha256="0", format="csv", rows=2)
    post = poll.model_copy(update={"name": "Discussion board", "rows": 1})
    project.write_settings(Settings(name="plan", sources=(poll, post)))
    assert list(project.comments["source"]) == [poll.name, poll.name, "Discussion board"]
    other = post.model_copy(update={"rows": 7})  # not the source that was read as "post"
    project.write_settings(Settings(name="plan", sources=(poll, other)))
    assert list(project.comments["source"]) == [poll.name, poll.name, "post"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("name: again", '2:1: the key "name" is used twice'),
        ("keep: [c1", "3:1: the list opened with [ in line 2 lacks a comma or its closing ]"),
        ("\tkeep: []", "2:1: a tab is used where only spaces are allowed"),
        ("keep: c1", "2:1: keep: Input should be a list, such as [one, two]"),
        ("keeps: [c1]", "2:1: keeps: Extra inputs are not permitted"),
        ("routes: {all: poll}", "2:10: routes.all: Input should be a list"),
    ],
)
def test_a_slip_in_the_settings_is_named_by_line_and_column(
    tmp_path: Path, line: str, fault: str
) -> None:
    path = tmp_path / "project.yaml"
    path.write_text(f"name: plan\n{line}\n")
    with pytest.raises(CoderError) as error:
        Project(tmp_path).settings()
    assert error.value.problem.startswith(f"{path}:{fault}")


def test_empty_and_unreadable_settings_are_named(tmp_path: Path) -> None:
    path = tmp_path / "project.yaml"
    path.write_text("")
    with pytest.raises(CoderError, match="1:1: name: Field required"):
        Project(tmp_path).settings()
    path.write_bytes(b"name: plan\nquestion: \xff\n")
    with pytest.raises(CoderError, match=r"project\.yaml:2: not UTF-8 text"):
        Project(tmp_path).settings()
