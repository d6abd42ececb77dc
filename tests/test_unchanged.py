"""A command that would only do again what it has done says so; after any change it runs."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import read_codebook
from coder.decisions import Decision, DecisionLog, decisions_folder
from coder.groups import groups_path
from coder.project import Project
from coder.text import text_hash
from coder.workflow import unchanged

PATTERNS = (
    "The street lights near {} are broken.",
    "Dog mess all over {}, fine the owners.",
    "The bus to {} is always late on Sundays.",
)
PLACES = ("Mill Lane", "the station", "Park Street", "the school", "Church Hill", "the market")
BOOK = """title: Town
themes:
  - {id: lights, name: Street lights, keywords: [street light]}
  - {id: dogs, name: Dog mess, keywords: [dog]}
  - {id: buses, name: Buses, keywords: [bus]}
"""
SAID = "Nothing has changed since the"


class Town:
    """A folder with comments, a codebook and a project in which every command ran once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.comments = folder / "comments.csv"
        self.book = folder / "book.yaml"
        self.project = folder / "town"
        self.table = folder / "themes.csv"

    def run(self, command: str, *more: str | Path) -> str:
        return call(*self.words(command), *more)

    def words(self, command: str) -> list[str | Path]:
        book = ["--codebook", self.book]
        return {
            "read": ["read", self.comments, "--into", self.project],
            "cluster": ["cluster", self.project],
            "apply": ["apply", self.project, *book],
            "export": ["export", self.project, *book, "--to", self.table],
        }[command]

    def decide(self) -> None:
        """Ann decides one comment."""
        project, book = Project(self.project), read_codebook(self.book)
        comment_id, text = project.comments[["comment_id", "text"]].iloc[0]
        decision = Decision(
            project=project.settings().name,
            comment_id=comment_id,
            text=text,
            text_hash=text_hash(text),
            scope=book.theme_ids,
            themes={"lights": ()},
            mode="blind",
            chosen="random",
            reviewer="ann",
            codebook_version="1",
            codebook_fingerprint=book.fingerprint,
        )
        DecisionLog(self.book, "ann").append([decision])


def call(*words: str | Path) -> str:
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def few_votes() -> Iterator[None]:
    """A small ensemble: these tests are not about the groups."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coder.clustering.grouping.RESOLUTIONS", (2.0,))
        patch.setattr("coder.clustering.grouping.THOROUGH", 0)
        patch.setattr("coder.clustering.stability.RUNS", 2)
        yield


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, few_votes: None) -> Town:
    town = Town(tmp_path_factory.mktemp("first"))
    rows = [pattern.format(place) for pattern in PATTERNS for place in PLACES]
    lines = [f'{number},"{text}"' for number, text in enumerate(rows, 1)]
    town.comments.write_text("\n".join(["id,comment", *lines]), encoding="utf-8")
    town.book.write_text(BOOK, encoding="utf-8")
    for command in ("read", "cluster", "apply", "apply", "export"):
        town.run(command)
    return town


@pytest.fixture
def town(first: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """The same folder, at the same place, as it was after the first runs."""
    kept = first.folder.with_name("kept")
    shutil.copytree(first.folder, kept)
    yield first
    shutil.rmtree(first.folder)
    kept.rename(first.folder)


COMMANDS = ("read", "cluster", "apply", "export")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_again_writes_nothing_and_says_so(town: Town, command: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in town.folder.rglob("*")}
    output = town.run(command)
    assert SAID in output
    assert "--again" in output
    assert {path: path.stat().st_mtime_ns for path in town.folder.rglob("*")} == before


@pytest.mark.parametrize("command", COMMANDS)
def test_json_has_the_same_facts(town: Town, command: str) -> None:
    again = json.loads(town.run(command, "--again", "--json"))
    repeated = json.loads(town.run(command, "--json"))
    assert repeated.pop("unchanged") is True
    assert repeated == again
    assert SAID not in town.run(command, "--again")


def touch(town: Town) -> None:
    """New times, same content; and files that nothing depends on."""
    for path in (town.comments, town.book, town.project / "comments.parquet"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (town.folder / "another.txt").write_text("x", encoding="utf-8")


def copy_back(town: Town) -> None:
    """Other inodes."""
    shutil.copytree(town.folder, town.folder.with_name("aside"))
    shutil.rmtree(town.folder)
    town.folder.with_name("aside").rename(town.folder)


@pytest.mark.parametrize("change", [touch, copy_back])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_touched_or_copied_file_is_no_change(
    town: Town, command: str, change: Callable[[Town], None]
) -> None:
    change(town)
    assert SAID in town.run(command)


# ---------------------------------------------------------------- whatever else changes


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def same_size_and_time(path: Path) -> None:
    """Another content under the size and the times that the file had."""
    stat, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:-3] + bytes(reversed(content[-3:])))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


CHANGES: dict[str, tuple[tuple[str, ...], Callable[[Town], object]]] = {
    "a decision": (("apply", "export"), Town.decide),
    "another codebook": (
        ("apply", "export"),
        lambda town: replace_in(town.book, "[dog]", "[dog, mess]"),
    ),
    "settings": (COMMANDS, lambda town: replace_in(town.project / "project.yaml", "language: en", "language: de")),
    "a quote dropped": (
        ("export",),
        lambda town: (town.project / "quotes.yaml").write_text("drop: ['1']\n", encoding="utf-8"),
    ),
    "an edited draft": (("cluster",), lambda town: replace_in(town.project / "candidates.yaml", "title: ", "title: My ")),
    "other candidates": (("apply",), lambda town: same_size_and_time(town.project / "candidates.csv")),
    "a deleted output": (("apply",), lambda town: (town.project / "matrix.csv").unlink()),
    "an edited output": (("export",), lambda town: same_size_and_time(town.table)),
    "the notes beside": (("export",), lambda town: town.table.with_suffix(".notes.txt").unlink()),
    "another coding": (("export",), lambda town: town.run("apply", "--seed", "5")),
    "no run records": (
        ("cluster", "apply", "export"),
        lambda town: shutil.rmtree(town.project / "runs"),
    ),
    "no cache": (COMMANDS, lambda town: shutil.rmtree(town.project / "cache" / "results")),
    "damaged notes": (
        COMMANDS,
        lambda town: [path.write_text("{]", encoding="utf-8") for path in (town.project / "cache" / "results").iterdir()],
    ),
    "a comment more": (
        ("read",),
        lambda town: town.comments.write_text(town.comments.read_text(encoding="utf-8") + "\n99,More trees.", encoding="utf-8"),
    ),
}  # fmt: skip
CASES = [(name, command) for name, (commands, _) in CHANGES.items() for command in commands]


@pytest.mark.parametrize(("name", "command"), CASES)
def test_after_a_change_the_command_runs(town: Town, name: str, command: str) -> None:
    CHANGES[name][1](town)
    if name == "a comment more":
        town.comments.touch()
    assert SAID not in town.run(command)


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("cluster", ("--seed", "1")),
        ("cluster", ("--themes", "3")),
        ("apply", ("--no-opinion",)),
        ("apply", ("--labels-per-comment", "1.5")),
        ("export", ("--minimum-cell", "9")),
        ("export", ("--quotes", "1")),
        ("read", ("--keep", "1")),
    ],
)
def test_other_options_run(town: Town, command: str, more: tuple[str, ...]) -> None:
    assert SAID not in town.run(command, *more)
    if command != "read":
        assert SAID not in town.run(command)  # its files were replaced, or its record is older
    else:
        assert SAID not in town.run(command, "--keep", "2")


def test_a_codebook_that_was_changed_and_changed_back_is_applied_again(town: Town) -> None:
    replace_in(town.book, "[dog]", "[dog, mess]")
    town.run("apply")
    replace_in(town.book, "[dog, mess]", "[dog]")
    assert SAID not in town.run("apply")
    assert SAID in town.run("apply")


def test_another_version_of_the_program_runs(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "_code", lambda _: iter(["other"]))
    assert SAID not in town.run("apply")


def test_an_export_to_another_file_leaves_the_first_known(town: Town) -> None:
    other = town.folder / "other.csv"
    assert SAID not in call(*town.words("export"), "--to", other)
    assert SAID not in town.run("export")  # the later one wrote its file too
    assert SAID in town.run("export")


def test_what_changes_while_a_command_runs_counts_as_changed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Project.record_run

    def decide_first(*args: Any) -> Path:
        town.decide()
        return record(*args)

    with monkeypatch.context() as patch:
        patch.setattr(Project, "record_run", decide_first)
        town.run("apply", "--again")
    assert SAID not in town.run("apply")


def test_a_run_that_ended_meanwhile_leaves_nothing_sure(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Project.record_run

    def record_twice(*args: Any) -> Path:
        record(*args[:4])  # as if another process had coded the comments
        return record(*args)

    with monkeypatch.context() as patch:
        patch.setattr(Project, "record_run", record_twice)
        town.run("apply", "--again")
    assert SAID not in town.run("apply")


def test_a_file_of_comments_is_known_again(town: Town) -> None:
    words = ["apply", town.comments, "--codebook", town.book]
    assert SAID not in call(*words)  # it reads the file into a project of its own
    assert SAID in call(*words)
    town.comments.write_text(town.comments.read_text(encoding="utf-8") + "\n99,More trees.")
    assert SAID not in call(*words)


def test_warnings_of_files_are_repeated(town: Town) -> None:
    result = CliRunner().invoke(app, [*map(str, town.words("export")), "--quiet"])
    assert "NOT FOR PUBLICATION" in result.stderr
    assert result.stdout == ""


def test_decisions_and_groups_lie_where_they_are_looked_for() -> None:
    book = Path("plans") / "town.v2.yaml"
    places = [book.with_name(book.stem + suffix) for suffix in unchanged.BESIDE_CODEBOOK]
    assert places == [decisions_folder(book), groups_path(book)]


def test_a_large_file_is_hashed_again_only_when_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "HASHED_EACH_TIME", 10)
    large = tmp_path / "large"
    large.write_bytes(b"x" * 100)
    os.utime(large, (1_000_000_000, 1_000_000_000))
    monkeypatch.setattr(unchanged, "SETTLED_AFTER", -(10**18))
    hashes = unchanged._FileHashes(tmp_path / "notes.json")
    before = hashes.of_all({"large": large})
    hashes.save()
    known = unchanged._FileHashes(tmp_path / "notes.json")
    with monkeypatch.context() as patch:
        patch.setattr("coder.files.sha256_of", lambda _: pytest.fail("was read"))
        assert known.of_all({"large": large}) == before
    same_size_and_time(large)
    large.write_bytes(b"y" * 100)
    os.utime(large, (1_000_000_000, 1_000_000_000))
    assert known.of_all({"large": large}) != before


def test_a_file_too_large_to_be_read_is_told_by_its_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = tmp_path / "huge"
    huge.touch()
    os.truncate(huge, 20_000_000_000)  # without blocks on the disk
    hashes = unchanged._FileHashes(tmp_path / "notes.json")
    monkeypatch.setattr("coder.files.sha256_of", lambda _: pytest.fail("was read"))
    before = hashes.of_all({"huge": huge})
    assert hashes.of_all({"huge": huge}) == before
    os.utime(huge)
    assert hashes.of_all({"huge": huge}) != before
