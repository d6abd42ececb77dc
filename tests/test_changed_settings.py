"""What project.yaml says since the comments were read: nothing of it goes unnoticed."""

import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from coder.errors import CoderError
from coder.project import Project
from coder.workflow.apply import apply
from coder.workflow.check import check
from coder.workflow.export import export
from coder.workflow.read import read
from coder.workflow.report import report as make_report
from coder.workflow.target import Columns

BENCHES = "We need more benches to sit on near house"
BOOK = "title: T\nthemes:\n- {id: a, name: Seats, keywords: [benches]}\n"


@pytest.fixture(scope="module", params=[1, 2], ids=["one question", "two questions"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a coded project of one question or two, its file and its codebook."""
    folder = tmp_path_factory.mktemp("coded")
    people = range(12)
    table = pd.DataFrame(
        {
            "id": [f"R{number}" for number in people],
            "ward": ["North", "South", "Elsewhere"] * 4,
            "Q1": [f"{BENCHES} {number * 7} please" for number in people],
            "Q2": [f"I fear the traffic in lane {number * 3} will stay" for number in people],
        }
    )
    table.to_csv(folder / "survey.csv", index=False)
    texts = ["Q1", "Q2"][: request.param]
    columns = Columns(texts, id="id", attributes=["ward"])
    project = read(folder / "survey.csv", folder / "plan", columns).project
    codebook = folder / "book.yaml"
    codebook.write_text(BOOK, encoding="utf-8")
    apply(project, codebook, Columns(question="q1"))
    return folder


@pytest.fixture
def coded(home: Path, tmp_path: Path) -> tuple[Project, Path]:
    """A copy of the project, of its first question alone, and the codebook."""
    folder = tmp_path / "coded"
    shutil.copytree(home, folder)
    project = Project(folder / "plan")
    if project.settings().questions:
        project = project.of_question("q1")
    return project, folder / "book.yaml"


def edit(project: Project, before: str, after: str) -> None:
    text = project.settings_path.read_text(encoding="utf-8")
    assert before in text
    project.settings_path.write_text(text.replace(before, after), encoding="utf-8")


def faults(project: Project) -> list[str]:
    (result,) = [each for each in check(project).results if each.subject == "project.yaml"]
    return list(result.faults)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("exclude: {}", "exclude: {ID: process}"),
        ("keep: []", "keep: [ID]"),
        ("leave_out: []", "leave_out: [partial]"),
        ("count_repeats: false", "count_repeats: true"),
        ("substantive: {}", "substantive: {'*': [None of it]}"),
        ("missing: {}", "missing: {}\ncampaigns: {campaign-1: apart}"),
    ],
)
def test_what_was_changed_after_reading_stops_commands_until_it_takes_effect(
    coded: tuple[Project, Path], tmp_path: Path, before: str, after: str
) -> None:
    project, codebook = coded
    assert not faults(project)
    comment_id = project.comments["comment_id"].iloc[0]
    edit(project, before, after.replace("ID", comment_id))
    (fault,) = faults(project)
    assert "project.yaml was changed since the comments were read" in fault
    for command in (
        lambda: apply(project, codebook),
        lambda: export(project, tmp_path / "t.csv", codebook=codebook),
        lambda: make_report(project, codebook),
    ):
        with pytest.raises(CoderError, match="was changed since the comments were read"):
            command()
    assert not (tmp_path / "t.csv").exists()
    read(project)
    assert not faults(project)
    excluded = "exclude" in after
    assert make_report(project, codebook).base.startswith(f"Base: {12 - excluded} comments")


def test_what_acts_without_reading_stops_nothing(coded: tuple[Project, Path]) -> None:
    project, codebook = coded
    edit(project, "missing: {}", "missing: {ward: [Elsewhere]}")
    assert not faults(project)
    (part,) = make_report(project, codebook, by="ward", minimum_base=1).breakdowns
    assert set(part.cells["group"]) == {"North", "South"}


def test_a_project_of_an_earlier_version_is_not_faulted(coded: tuple[Project, Path]) -> None:
    project, codebook = coded
    stored = pd.read_parquet(project.comments_path)
    stored.to_parquet(project.comments_path, index=False)
    edit(project, "keep: []", "keep: [R1]")
    assert not faults(project)
    assert make_report(project, codebook).base.startswith("Base: 12 comments")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("missing: {}", "missing: {wrad: [Elsewhere]}", "missing: there is no column 'wrad'"),
        (
            "derived: {}",
            "derived: {area: {column: Word, groups: {N: [North]}}}",
            "derived: area: there is no column 'Word'",
        ),
        ("routes: {}", "routes: {Polls: [survey, surwey]}", "routes: Polls: there is no source"),
    ],
)
def test_a_name_that_does_not_exist_is_told_with_the_nearest(
    coded: tuple[Project, Path], tmp_path: Path, before: str, after: str, fault: str
) -> None:
    project, codebook = coded
    edit(project, before, after)
    warnings = export(project, tmp_path / "t.csv", codebook=codebook).warnings
    for told in (read(project).notes, faults(project), warnings):
        (line,) = [line for line in told if "there is no" in line]
        assert line.removeprefix("project.yaml: ").startswith(fault)
        assert "Did you mean" in line


def test_missing_answers_of_groups_and_of_all_columns_are_no_fault(
    coded: tuple[Project, Path],
) -> None:
    project, _ = coded
    edit(
        project,
        "derived: {}",
        "derived: {area: {column: ward, groups: {N: [North]}, per_source: {survey: {}}}}",
    )
    edit(project, "missing: {}", "missing: {'*': [None], area: [Elsewhere], ward: [], source: []}")
    edit(project, "routes: {}", "routes: {All: [survey]}")
    assert not faults(project)


def test_a_pack_names_no_columns_and_sources_that_it_leaves_out(
    coded: tuple[Project, Path], tmp_path: Path
) -> None:
    project, codebook = coded
    edit(project, "missing: {}", "missing: {ward: [Elsewhere]}")
    edit(project, "derived: {}", "derived: {area: {column: ward, groups: {N: [North]}}}")
    pack = tmp_path / "pack.zip"
    export(project, pack, codebook=codebook, without_text=True)
    with zipfile.ZipFile(pack) as members:
        members.extractall(tmp_path / "unpacked")
    assert not faults(Project(tmp_path / "unpacked" / "project"))


@pytest.mark.parametrize("home", [2], indirect=True)
def test_a_route_of_another_questions_sources_is_none_of_this_question(
    coded: tuple[Project, Path], tmp_path: Path
) -> None:
    project, codebook = coded
    later = pd.DataFrame({"id": ["S1", "S2"], "Q2": ["The lane is too fast", "Too many vans"]})
    later.to_csv(tmp_path / "later.csv", index=False)
    columns = Columns(["Q2"], id="id")
    read(tmp_path / "later.csv", Project(project.home), columns)
    edit(project, "routes: {}", "routes: {Later: [later]}")
    assert not faults(project)
    assert make_report(project, codebook, by="route").base.startswith("Base: 12 comments")
