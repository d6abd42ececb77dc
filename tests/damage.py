"""Coded projects, ways to damage a file of one, and what every command says of it."""

import csv
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from typer.testing import CliRunner

from coder.cli import app
from coder.errors import CoderError, for_command_line

STREETS = (
    "The street lights on Mill Lane are broken and nobody comes",
    "Dog mess all over the park, please fine the owners",
    "The bus to the station is always late on Sundays",
    "Please mend the street lights by the school",
    "More litter bins in the market square",
    "Street lights go out at midnight and I feel unsafe",
    "Dogs run loose near the playground",
    "No",
)
POLICE = (
    "I want to see officers walking the beat in the evening",
    "Knife crime frightens my children",
    "Officers should answer the phone when people call",
    "Train the officers to listen to victims of crime",
    "Knife crime near the school gates must stop",
    "We never see an officer on foot",
    "Stop and search upsets young people",
    "Nothing",
)
STREETS_BOOK = """title: Streets
question: What about your street?
themes:
  - {id: lights, name: Street lights, keywords: [street light, lights]}
  - {id: dogs, name: Dog mess, keywords: [dog, dogs]}
"""
POLICE_BOOK = """title: Police
question: What about the police?
themes:
  - {id: patrols, name: Officers on foot, keywords: [officer, beat]}
  - {id: knives, name: Knife crime, keywords: [knife crime]}
"""


@dataclass(frozen=True)
class Answer:
    """How a command ended.

    Attributes:
        status: of the exit.
        text: all that it printed.
        crash: an exception that is not the program's own; None where there was none.
    """

    status: int
    text: str
    crash: BaseException | None


def run(*words: object) -> Answer:
    """A command as it is typed."""
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "300"})
    error = done.exception
    if isinstance(error, CoderError):
        return Answer(1, done.output + for_command_line(str(error.args[0])), None)
    if error is None or isinstance(error, SystemExit):
        return Answer(done.exit_code, done.output, None)
    return Answer(done.exit_code, done.output, error)


def _run_well(*words: object) -> None:
    answer = run(*words)
    assert answer.crash is None, repr(answer.crash)
    assert answer.status == 0, answer.text


def make_single(folder: Path) -> "Coded":
    """A project of one question: clustered, coded, reviewed, coded again, exported."""
    folder.mkdir(parents=True)
    source, book, plan = folder / "answers.csv", folder / "book.yaml", folder / "plan"
    rows = [(f"c{number}", text) for number, text in enumerate(STREETS * 2)]
    with source.open("w", newline="") as file:
        csv.writer(file).writerows([("id", "comment"), *rows])
    book.write_text(STREETS_BOOK)
    _run_well("read", source, "--into", plan, "--text", "comment", "--id", "id")
    _run_well("cluster", plan, "--min-size", "2")
    _run_well("codebook", "from", plan / "candidates.yaml", "--to", folder / "adopted.yaml")
    _run_well("apply", plan, "--codebook", book)
    _decide(folder, plan, book, ("c0", "c1", "c2"), "lights")
    _run_well("apply", plan, "--codebook", book)
    _run_well("export", plan, "--codebook", book, "--to", folder / "themes.json")
    return Coded(folder, plan, book)


def make_several(folder: Path) -> "Coded":
    """A project of two questions, each coded with a codebook of its own."""
    folder.mkdir(parents=True)
    source, plan = folder / "survey.csv", folder / "plan"
    books = (folder / "streets.yaml", folder / "police.yaml")
    rows = [("person", "Q1 streets", "Q2 police")]
    for number, texts in enumerate(zip(STREETS, POLICE, strict=True)):
        rows.append((f"P{number}", *texts))
    with source.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    texts = ("--text", "Q1 streets", "--text", "Q2 police")
    _run_well("read", source, "--into", plan, *texts, "--id", "person")
    for book, content, question in zip(
        books, (STREETS_BOOK, POLICE_BOOK), ("q1", "q2"), strict=True
    ):
        book.write_text(content)
        _run_well("apply", plan, "--question", question, "--codebook", book)
    return Coded(folder, plan, books[0], ("--question", "q1"))


def _decide(folder: Path, plan: Path, book: Path, ids: tuple[str, ...], theme: str) -> None:
    table = folder / "decided.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([("comment_id", "themes"), *((id, theme) for id in ids)])
    _run_well("review", plan, "--codebook", book, "--reviewer", "amira", "--from", table)


@dataclass(frozen=True)
class Coded:
    """A coded project.

    Attributes:
        folder: that holds all of it.
        question: the words that choose a question, where there are several.
    """

    folder: Path
    plan: Path
    book: Path
    question: tuple[str, ...] = ()

    def copy_to(self, folder: Path) -> "Coded":
        """The same elsewhere."""
        shutil.copytree(self.folder, folder)
        plan = folder / self.plan.relative_to(self.folder)
        book = folder / self.book.relative_to(self.folder)
        return Coded(folder, plan, book, self.question)

    def files(self) -> list[Path]:
        """Every file by its path within the folder; locks hold nothing."""
        paths = []
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.name.endswith(".lock"):
                paths.append(path.relative_to(self.folder))
        return paths

    def check(self, *more: str) -> Answer:
        """`coder check` with the codebook."""
        return run("check", self.plan, *self.question, "--codebook", self.book, *more)

    def commands(self) -> Iterator[tuple[object, ...]]:
        """Each command that reads the project."""
        here = (self.plan, *self.question)
        book = ("--codebook", self.book)
        yield ("check", self.plan)
        yield ("check", *here, *book)
        yield ("review", *here, *book, "--status")
        yield ("agree", *here, *book)
        yield ("export", *here, *book, "--to", self.folder / "new.html")
        yield ("export", *here, *book, "--to", self.folder / "new.zip")
        yield ("export", *here, *book, "--to", self.folder / "themes.json")
        yield ("codebook", "check", self.book)
        yield ("cluster", *here, "--min-size", "2")
        yield ("apply", *here, *book)
        yield ("read", *self._sources(), "--into", self.plan)
        yield ("check", *here, *book, "--repair")

    def _sources(self) -> list[Path]:
        names = ("answers.csv", "survey.csv")
        return [self.folder / name for name in names if (self.folder / name).exists()]


# ---------------------------------------------------------------- ways to damage a file


def _flip(path: Path, dice: Random) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    path.write_bytes(data)


def _set_byte(value: int) -> Callable[[Path, Random], None]:
    def damage(path: Path, dice: Random) -> None:
        data = bytearray(path.read_bytes())
        if data:
            data[dice.randrange(len(data))] = value
        path.write_bytes(data)

    return damage


def _cut(path: Path, dice: Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: dice.randrange(max(len(data), 1))])


def _empty(path: Path, _dice: Random) -> None:
    path.write_bytes(b"")


def _delete(path: Path, _dice: Random) -> None:
    path.unlink()


def _make_folder(path: Path, _dice: Random) -> None:
    path.unlink()
    path.mkdir()


def _zeros(path: Path, _dice: Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


WAYS: Mapping[str, Callable[[Path, Random], None]] = {
    "flip": _flip,
    "0xff": _set_byte(0xFF),
    "nul": _set_byte(0),
    "cut": _cut,
    "empty": _empty,
    "delete": _delete,
    "folder": _make_folder,
    "zeros": _zeros,
}
