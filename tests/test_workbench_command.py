"""`coder codebook build`: what it reads, what it writes, and inputs that it refuses."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from coder.codebook import Codebook, read_codebook
from coder.decisions import decisions_folder
from coder.errors import CoderError, for_command_line
from coder.files import write_text
from coder.groups import read_groups
from coder.project import Project
from coder.workbench.splitting import split_proposals
from coder.workflow.apply import apply
from coder.workflow.codebook import codebook_from
from coder.workflow.workbench import Workbench, build_codebook
from review_helpers import comments_table, plain_texts, project_at
from workbench_desk import bench_at, comments_about, made_up_texts, project_with_candidates

OWN = """\
# My own codebook.
title: Mine
version: 3
themes:
  - id: bus-routes   # used before
    name: Routes
    keywords: [routes]

  - {id: other, name: Other, fallback: true}
# The end.
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = project_with_candidates(tmp_path_factory.mktemp("bench") / "plan")
    bench_at(project, project.folder / "warm.yaml").session.close()
    (project.folder / "workbench.jsonl").unlink()
    return project


@pytest.fixture
def project(prepared: Project, tmp_path: Path) -> Project:
    shutil.copytree(prepared.folder, tmp_path / "plan")
    return Project(tmp_path / "plan")


@pytest.fixture
def bench(project: Project, tmp_path: Path) -> Iterator[Workbench]:
    bench = bench_at(project, tmp_path / "made.yaml")
    yield bench
    bench.session.close()


def themes_of(book: Codebook) -> dict[str, str]:
    return {node.theme.id: node.parent_id for node in book.nodes}


# ---------------------------------------------------------------- what is written


def test_the_codebook_is_short_says_where_it_comes_from_and_loads(bench: Workbench) -> None:
    session = bench.session
    session.merge(["bus-fares", "bus-routes"])
    session.rename("bus-fares", "Better and cheaper buses")
    session.stand("bus-fares", "theme")
    session.describe("bus-fares", "Wants better or cheaper buses.", ["fares"], ["trams"], [])
    session.mark_example("bus-fares", "bus-routes-2")
    session.stand("fix-the-roads", "theme")
    assert bench.write() == "written to made.yaml"
    text = bench.into.read_text()
    book = read_codebook(bench.into)
    assert themes_of(book) == {"better-and-cheaper-buses": "", "fix-the-roads": ""}
    theme = book.theme("better-and-cheaper-buses")
    assert theme.definition == "Wants better or cheaper buses."
    assert theme.examples == (made_up_texts()["bus-routes-2"],)
    assert theme.keywords == ("bus fares", "bus routes", "fares", "buses")
    assert theme.cluster["made_of"] == "bus-fares bus-routes"
    assert theme.cluster["comments"] == 12
    assert theme.cluster["by"] == "amira"
    assert theme.status == "adopted"
    assert "    keywords: [bus fares, bus routes, fares, buses]\n" in text
    assert "    cluster: {made_of: bus-fares bus-routes, comments: 12, by: amira, date: " in text
    assert len(text.splitlines()) < 30


def test_sub_groups_are_in_the_codebook_only_where_they_were_nested(bench: Workbench) -> None:
    session = bench.session
    session.stand("fix-the-roads", "theme")
    bench.write()
    assert "potholes" not in themes_of(read_codebook(bench.into))
    (proposal, *_) = split_proposals(session.findings, session.group("fix-the-roads"))
    session.undo()
    session.split("fix-the-roads", proposal._replace(parts=proposal.parts[:1]))
    session.nest("potholes", "fix-the-roads")
    bench.write()
    assert themes_of(read_codebook(bench.into)) == {
        "fix-the-roads": "",
        "potholes": "fix-the-roads",
    }


def test_the_groups_hold_what_was_merged_split_and_moved(bench: Workbench) -> None:
    from coder.text import text_hash

    session = bench.session
    session.merge(["bus-fares", "bus-routes"])
    session.move(["potholes-0"], "fix-the-roads", "bus-fares")
    session.stand("bus-fares", "theme")
    session.stand("fix-the-roads", "theme")
    bench.write()
    rows = read_groups(bench.into)
    texts = made_up_texts()
    hash_of = {one: text_hash(texts[one]) for one in texts}
    buses = set(rows.loc[rows["theme_id"] == "bus-fares", "text_hash"])
    roads = set(rows.loc[rows["theme_id"] == "fix-the-roads", "text_hash"])
    expected = [*comments_about("bus-routes", "bus-fares"), "potholes-0"]
    assert buses == {hash_of[one] for one in expected}
    assert roads == {hash_of[one] for one in comments_about("potholes", "street-lights")} - {
        hash_of["potholes-0"]
    }


def test_apply_runs_with_what_was_written(bench: Workbench, project: Project) -> None:
    for group_id in ("bus-routes", "bus-fares", "fix-the-roads", "council-tax"):
        bench.session.stand(group_id, "theme")
    bench.session.nest("bus-fares", "bus-routes")
    bench.write()
    bench.session.close()
    apply(project, bench.into)
    labels = project.labels
    assert set(labels["theme_id"]) == {"bus-routes", "bus-fares", "fix-the-roads", "council-tax"}
    taxes = labels[labels["assigned"] & (labels["theme_id"] == "council-tax")]
    assert set(taxes["comment_id"]) == set(comments_about("taxes"))


def test_written_again_the_ids_stay_and_merged_ones_are_remembered(bench: Workbench) -> None:
    session = bench.session
    session.stand("bus-routes", "theme")
    session.stand("bus-fares", "theme")
    bench.write()
    session.rename("bus-routes", "Something else")
    bench.write()
    assert read_codebook(bench.into).theme("bus-routes").name == "Something else"
    session.merge(["bus-fares", "bus-routes"])
    bench.write()
    (theme,) = read_codebook(bench.into).themes
    assert {theme.id, *theme.was} == {"bus-routes", "bus-fares"}
    bench.write()
    assert read_codebook(bench.into).themes == (theme,)


def test_a_merge_that_is_undone_and_made_elsewhere_leaves_a_codebook_that_loads(
    bench: Workbench,
) -> None:
    session = bench.session
    for group_id in ("bus-routes", "bus-fares", "council-tax"):
        session.stand(group_id, "theme")
    bench.write()
    session.merge(["bus-routes", "bus-fares"])
    bench.write()
    session.undo()
    bench.write()
    assert not any(node.theme.was for node in read_codebook(bench.into).nodes)
    session.merge(["council-tax", "bus-fares"])
    session.merge(["bus-routes", "council-tax"])  # and that one once more
    bench.write()
    (theme,) = read_codebook(bench.into).themes
    assert {theme.id, *theme.was} == {"bus-routes", "bus-fares", "council-tax"}


def test_decisions_keep_their_ids_when_themes_are_dropped_or_split(bench: Workbench) -> None:
    session = bench.session
    session.stand("bus-routes", "theme")
    session.stand("fix-the-roads", "theme")
    bench.write()
    decisions_folder(bench.into).mkdir()
    session.stand("bus-routes", "dropped")
    (proposal, *_) = split_proposals(session.findings, session.group("fix-the-roads"))
    session.split("fix-the-roads", proposal)
    session.stand("potholes", "theme")
    bench.write()
    book = read_codebook(bench.into)
    assert book.version == 2
    assert book.theme_ids == ("potholes",)
    assert book.theme("potholes").split_from == "fix-the-roads"
    retired = [node.theme.id for node in book.nodes if node.theme.retired]
    assert sorted(retired) == ["bus-routes", "fix-the-roads"]
    session.stand("bus-routes", "theme")  # taken back later
    bench.write()
    assert read_codebook(bench.into).theme_ids == ("bus-routes", "potholes")


def test_work_goes_on_where_it_was_and_a_file_changed_by_hand_keeps_its_lines(
    bench: Workbench, project: Project
) -> None:
    bench.session.stand("bus-routes", "theme")
    bench.write()
    bench.session.close()
    edited = bench.into.read_text().replace("name: Bus routes", "name: Mine  # by hand")
    write_text(bench.into, edited)
    again = bench_at(project, bench.into)
    assert again.greeting() == "going on where the work was left"
    again.session.stand("council-tax", "theme")
    assert again.write().startswith("1 theme added; made.yaml has lines of its own")
    assert again.into.read_text().startswith(edited)
    assert list(themes_of(read_codebook(again.into))) == ["bus-routes", "council-tax"]
    assert again.write().startswith("0 themes added")
    again.session.close()


def test_an_existing_codebook_keeps_its_lines_and_clashing_ids_get_a_number(
    project: Project, tmp_path: Path
) -> None:
    into = tmp_path / "own.yaml"
    write_text(into, OWN)
    bench = bench_at(project, into)
    bench.session.stand("bus-routes", "theme")
    bench.session.stand("bus-fares", "theme")
    bench.session.nest("bus-fares", "bus-routes")
    bench.write()
    text = into.read_text()
    for line in OWN.splitlines():
        assert line in text
    assert themes_of(read_codebook(into)) == {
        "bus-routes": "",
        "other": "",
        "bus-routes-2": "",
        "bus-fares": "bus-routes-2",
    }
    assert set(read_groups(into)["theme_id"]) == {"bus-routes-2", "bus-fares"}
    bench.write()  # a second time nothing is doubled
    assert into.read_text() == text
    bench.session.close()


def test_sub_groups_do_not_come_along_with_candidates_that_are_taken_as_they_are(
    project: Project, tmp_path: Path
) -> None:
    codebook_from(project.candidates_path, tmp_path / "all.yaml")
    assert "potholes" not in themes_of(read_codebook(tmp_path / "all.yaml"))
    named = tmp_path / "named.yaml"
    codebook_from(project.candidates_path, named, ["fix-the-roads", "potholes"])
    assert list(themes_of(read_codebook(named))) == ["fix-the-roads", "potholes"]
    again = tmp_path / "again.yaml"
    book = "title: T\nthemes:\n  - id: a\n    name: A\n    themes:\n      - {id: b, name: B}\n"
    write_text(tmp_path / "adopted.yaml", book)
    codebook_from(tmp_path / "adopted.yaml", again)
    assert themes_of(read_codebook(again)) == {"a": "", "b": "a"}


def test_comments_that_came_or_went_since_the_grouping_are_told(
    project: Project, tmp_path: Path
) -> None:
    comments = project.comments
    comments.loc[comments["comment_id"] == "potholes-0", "status"] = "excluded"
    comments.loc[comments["comment_id"] == "potholes-0", "reason"] = "process"
    comments.loc[comments["comment_id"] == "music-1", "comment_id"] = "came-later"
    project.write(project.settings(), comments)
    bench = bench_at(project, tmp_path / "made.yaml")
    assert bench.greeting() == "in no candidate: 1 comment"
    assert "potholes-0" not in bench.session.board.groups["fix-the-roads"].comment_ids
    bench.session.close()


# ---------------------------------------------------------------- wrong inputs


def test_without_candidates_the_command_for_them_is_named(tmp_path: Path) -> None:
    project = project_at(tmp_path / "plan", comments_table(plain_texts(8)))
    with pytest.raises(CoderError) as error:
        bench_at(project, tmp_path / "made.yaml")
    assert "there are no candidates yet" in error.value.problem
    assert "coder.cluster(" in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("made.txt", None, "must end in .yaml or .yml"),
        ("made.yaml", "title: T\nthemes: [", "made.yaml:"),
        ("made.yaml", "title: T\nthemes: [{id: a, name: A}]\n", "not a list with a line"),
        ("plan/candidates.yaml", None, "is the file of the candidates"),
    ],
)
def test_a_codebook_that_cannot_be_written_is_refused_at_once(
    project: Project, tmp_path: Path, name: str, text: str | None, problem: str
) -> None:
    if text is not None:
        write_text(tmp_path / name, text)
    with pytest.raises(CoderError) as error:
        bench_at(project, tmp_path / name)
    assert problem in error.value.problem
    assert not (project.folder / "workbench.jsonl").exists()


def test_a_folder_that_cannot_be_written_is_refused_at_once(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever runs the tests as root may write everywhere.
    monkeypatch.setattr("coder.workflow.workbench.os.access", lambda *_: False)
    with pytest.raises(CoderError, match="cannot be written"):
        bench_at(project, tmp_path / "made.yaml")


def test_faulty_files_of_candidates_are_named_by_line(project: Project, tmp_path: Path) -> None:
    table = project.folder / "candidates.csv"
    whole = table.read_text(encoding="utf-8-sig")
    write_text(table, whole.replace("0.9,", "much,", 1))
    with pytest.raises(CoderError, match=r"candidates\.csv:2: .*strength is not a number"):
        bench_at(project, tmp_path / "made.yaml")
    write_text(table, whole.splitlines()[0] + "\n")
    with pytest.raises(CoderError, match="holds no comment of a candidate"):
        bench_at(project, tmp_path / "made.yaml")


def test_ids_that_a_spreadsheet_would_run_come_back_as_they_were(tmp_path: Path) -> None:
    """candidates.csv holds them with an apostrophe before them."""
    from coder.workflow.cluster import cluster

    texts = {f"=1+{number}": text for number, text in enumerate(plain_texts(24).values())}
    project = project_at(tmp_path / "plan", comments_table(texts))
    cluster(project)
    bench = bench_at(project, tmp_path / "made.yaml")
    assert set(bench.session.board.comment_ids) == set(texts)
    bench.session.close()


def test_the_command_needs_a_terminal(project: Project) -> None:
    into = project.folder.parent / "made.yaml"
    with pytest.raises(CoderError) as error:
        build_codebook(project, into)
    assert "needs a terminal" in error.value.problem
    assert "codebook from" in for_command_line(error.value.fix)
