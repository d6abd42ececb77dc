"""States that a project gets into by itself or by other programs: files without permission, files of
another project or of an earlier day, texts that were changed after they were coded.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from coder import private
from coder.errors import CoderError, for_command_line
from coder.project import Project
from coder.workflow.apply import apply
from coder.workflow.check import check
from coder.workflow.estimate import estimate
from coder.workflow.export import export
from coder.workflow.read import ReadOptions, read
from coder.workflow.review import review_from_table, review_status

BOOK = """title: T
themes:
  - {id: police, name: Police, keywords: [police]}
  - {id: roads, name: Roads, keywords: [road]}
"""
CHANGED = "not those that were coded"
NOBODY = 65534  # a user who is not root
LETTER = "Please keep the police station in our town open, we all need it at night, number {}"
CLOSED = [
    "comments.parquet",
    "project.yaml",
    ".generation",
    "labels.parquet",
    "labels.csv",
    "cache/vectors.sqlite",
    "runs/0001-apply.json",
    "runs",
]


class Place:
    """A small project that is coded, beside its codebook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book = folder / "book.yaml"
        self.project = Project(folder / "plan")

    def survey(self, name: str = "answers.csv", changed: str = "", first: int = 0) -> Path:
        """Some comments, a campaign among them; the third may be another text."""
        texts = [f"The road number {n} is full of holes" for n in range(first, first + 12)]
        texts += [LETTER.format(n) for n in range(first, first + 6)]
        texts[2] = changed or texts[2]
        ids = [f"c{n}" for n in range(first, first + len(texts))]
        path = self.folder / name
        pd.DataFrame({"id": ids, "comment": texts}).to_csv(path, index=False)
        return path

    def make(self) -> None:
        self.book.write_text(BOOK)
        read(self.survey(), self.project.folder)
        apply(self.project, self.book)

    def decide(self, reviewer: str = "amira") -> None:
        table = self.folder / "decided.csv"
        table.write_text("comment_id,themes\nc1,roads\nc2,roads\nc14,police\n")
        review_from_table(self.project, self.book, table, reviewer=reviewer)

    def warnings(self) -> str:
        """What an export warns of."""
        outcome = export(self.project, self.folder / "themes.csv", codebook=self.book)
        return for_command_line("\n".join(outcome.warnings))

    def faults(self) -> str:
        return for_command_line("\n".join(check(self.project, self.book).faults))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Place(tmp_path_factory.mktemp("made"))
    place.make()
    return place.folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Place:
    shutil.copytree(made, tmp_path / "here")
    return Place(tmp_path / "here")


# ---------------------------------------------------------------- texts and labels of other days


def test_a_project_as_it_was_left_warns_of_nothing(place: Place) -> None:
    assert CHANGED not in place.warnings()
    assert "not as the last coding" not in place.warnings()
    assert place.faults() == ""


def test_exports_warn_of_texts_that_changed_after_they_were_coded(place: Place) -> None:
    changed = place.survey(changed="Now this is about the price of bread")
    read(changed, place.project.folder)
    assert CHANGED in place.warnings()
    assert "bread" not in place.warnings()
    apply(place.project, place.book)
    assert CHANGED not in place.warnings()


def test_exports_warn_of_comments_of_another_project(place: Place) -> None:
    other = place.folder / "other"
    read(place.survey("other.csv", first=5), other)
    shutil.copy(other / "comments.parquet", place.project.comments_path)
    assert CHANGED in place.warnings()


def test_comments_that_are_added_or_excluded_are_no_change_of_those_coded(place: Place) -> None:
    read(place.survey("more.csv", first=100), place.project.folder)
    assert "coded" not in place.warnings()
    read(place.project, options=ReadOptions(exclude={"c3": "process"}))
    assert len(place.project.comments) == 36
    assert CHANGED not in place.warnings()


def test_exports_warn_of_labels_of_an_earlier_day(place: Place) -> None:
    earlier = place.folder / "earlier.parquet"
    shutil.copy(place.project.labels_path, earlier)
    place.decide()
    apply(place.project, place.book)
    shutil.copy(earlier, place.project.labels_path)
    assert "labels.parquet: not as the last coding left it" in place.warnings()
    apply(place.project, place.book)
    assert "not as the last coding" not in place.warnings()


def test_tables_without_a_run_record_are_not_called_wrong(place: Place) -> None:
    shutil.rmtree(place.project.folder / "runs")
    results = {result.subject: result for result in check(place.project, place.book).results}
    for name in ("labels.csv", "matrix.csv"):
        assert results[name].faults == ()
        assert "no run record tells how they were made" in " ".join(results[name].notes)


def test_the_status_of_a_review_tells_of_lost_decisions(place: Place) -> None:
    place.decide()
    place.decide("bo")
    assert review_status(place.project, place.book).status.notes == ()
    (place.folder / "book.decisions" / "bo.jsonl").unlink()
    (note,) = review_status(place.project, place.book).status.notes
    assert "bo.jsonl is gone, with 3 decisions" in note


# ---------------------------------------------------------------- one state


def count_reading(monkeypatch: pytest.MonkeyPatch, folder: Path, write: Path) -> list[int]:
    """How often the comments of a project are read; somebody writes the first time."""
    reads: list[int] = []
    plain = Project.read_comments

    def read_comments(self: Project, *words: object) -> pd.DataFrame:
        comments = plain(self, *words)  # type: ignore[arg-type]
        if self.folder == folder:
            reads.append(len(comments))
            if len(reads) == 1:
                with ThreadPoolExecutor() as others:
                    others.submit(read, write, folder).result()
        return comments

    monkeypatch.setattr(Project, "read_comments", read_comments)
    return reads


def test_an_estimate_is_of_one_state(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    more = place.survey("more.csv", first=100)
    folder = place.project.folder
    reads = count_reading(monkeypatch, folder, more)
    outcome = estimate(folder, place.book)
    assert reads[0] == 18
    assert reads[-1] == 36
    assert outcome.comments == 36


def test_an_earlier_project_is_read_in_one_state(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = place.folder / "earlier"
    shutil.copytree(place.project.folder, earlier)
    reads = count_reading(monkeypatch, earlier, place.survey("more.csv", first=100))
    export(place.project, place.folder / "themes.csv", codebook=place.book, before=earlier)
    assert reads[0] == 18
    assert reads[-1] == 36


# ---------------------------------------------------------------- lists and quotes


def test_a_list_of_campaigns_of_another_project_is_named(place: Place) -> None:
    path = place.project.folder / "campaigns.csv"
    (campaign_id,) = set(place.project.comments["campaign_id"]) - {""}
    path.write_bytes(path.read_bytes().replace(campaign_id.encode(), b"campaign-0"))
    faults = place.faults()
    assert "campaigns.csv: it lacks 1 campaign of the comments" in faults
    assert "campaigns.csv: it has 1 campaign that no comment belongs to" in faults
    assert f"coder read {place.project.folder}" in faults
    read(place.project)
    assert place.faults() == ""


def test_a_list_of_repeats_of_another_project_is_named(place: Place) -> None:
    path = place.project.folder / "repeats.csv"
    head = "comment_id,source,same_as,same_as_source,evidence,counted\n"
    path.write_text(head + "c1,a,zz9,b,same text,each\n")
    assert "repeats.csv: it names 1 comment that the project does not have: zz9" in place.faults()
    path.write_text("comment_id\n")
    assert "repeats.csv:1: is damaged (lacks 5 columns" in place.faults()


def test_quotes_of_another_project_are_named(place: Place) -> None:
    path = place.project.folder / "quotes.yaml"
    path.write_text(
        "pin:\n  - {theme: roads, comment: c1, quote: '[The] road number 1'}\ndrop: [c2]\n"
    )
    assert place.faults() == ""
    path.write_text("pin:\n  - {theme: parks, comment: c1, quote: a lake}\ndrop: [zz9]\n")
    faults = place.faults()
    assert "quotes.yaml: it names 1 comment that the project does not have: zz9" in faults
    assert "quotes.yaml: 1 quote not in the text of the comment: c1" in faults
    assert "quotes.yaml: it has themes that the codebook does not have: parks" in faults
    assert "lake" not in faults


# ---------------------------------------------------------------- permissions


@pytest.fixture
def shown(made: Path) -> Iterator[Place]:
    """A project of a user who is not root, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(made, folder / "here")
        if os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        yield Place(folder / "here")


def run_as_user(place: Place, *words: object) -> tuple[int, str]:
    """A command of a user who is not root: its exit status and what it says."""
    environment = {**os.environ, "HOME": str(place.folder), "COLUMNS": "400"}
    environment["PYTHONPATH"] = str(Path(private.__file__).parents[1])
    command = [sys.executable, "-m", "coder", *map(str, words)]
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    done = subprocess.run(
        command,
        env=environment,
        cwd=place.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if "No module named" in done.stderr or done.returncode == 126:
        pytest.skip("another user cannot read the program here")
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(
    os.name != "posix" or (os.geteuid() == 0 and shutil.which("setpriv") is None),
    reason="needs permissions of POSIX, and a user who is not root",
)
def test_files_that_may_not_be_opened_are_neither_damaged_nor_replaced(shown: Place) -> None:
    folder = shown.project.folder
    book = ("--codebook", shown.book)
    for name in CLOSED:
        path = folder / name
        mode = path.stat().st_mode
        path.chmod(0)
        commands = [("check", folder, *book), ("check", folder, *book, "--repair")]
        if name == "comments.parquet":
            commands += [("read", folder), ("apply", folder, *book)]
        for words in commands:
            status, output = run_as_user(shown, *words)
            assert status == 1, (name, words, output)
            assert f"chmod u+rwX {path}" in output.replace("\n", " "), (name, words, output)
            assert "Delete" not in output
            assert f"{path}: is damaged" not in output
        path.chmod(mode)
    status, output = run_as_user(shown, "check", folder, *book)
    assert status == 0, output
    assert not [*folder.rglob("damaged")]


def test_the_folder_that_is_closed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "inner" / "file"
    path.parent.mkdir()
    path.write_text("")
    assert private.closed_place(path) is None
    assert private.closed_place(tmp_path / "none" / "file") is None
    monkeypatch.setattr(os, "access", lambda place, _: Path(place) != path.parent)
    assert private.closed_place(path) == path.parent
    assert private.how_to_open(path).endswith(f"chmod u+rwX {path.parent}")
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    assert "somebody else's" in private.how_to_open(path)


def test_a_generation_that_cannot_be_read_stops_who_would_write(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != ".generation")
    with pytest.raises(CoderError, match=r"\.generation: cannot be read \(permission denied\)"):
        apply(place.project, place.book)
