"""A small consultation, and what commands do to it; each is run in a copy of this warmed process."""

import csv
import gc
import hashlib
import io
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from faults.interposer import NONE, Fault, Interposer

EXAMPLES = Path(__file__).parents[2] / "examples"
BOOK = """\
title: Police and Crime Plan
themes:
  - {id: visibility, name: More police on the streets, keywords: [patrol, visible]}
  - {id: drugs, name: Drugs, keywords: [drugs, cannabis]}
  - {id: driving, name: Speeding and bad driving, keywords: [speeding, drivers]}
"""
COMMENTS = 25
MEMORY = Path("/dev/shm")  # noqa: S108  # a disk in memory
IN_MEMORY = MEMORY if MEMORY.is_dir() else None
CODED = ("plan", "--codebook", "book.yaml")
DRAW = re.compile(r"draws/[0-9a-f]{16}")  # named by what it holds, and when it was made


@dataclass(frozen=True)
class Step:
    """Something that a person does.

    Attributes:
        name: as the table names it.
        before: the steps that come first.
        words: of the command; empty where `act` does it.
        act: does it in process, acknowledging what is saved, a line each.
        repeats: doing it again leads to the same files.
        cold: no vector of a comment is kept yet.
        slow: doing it takes more than a second.
        part: so many comments are in a part of the labels; 0 for one file.
    """

    name: str
    before: tuple[str, ...]
    words: tuple[str, ...] = ()
    act: Callable[[Callable[[str], None]], None] | None = None
    repeats: bool = True
    cold: bool = False
    slow: bool = False
    part: int = 0


def decide(acknowledge: Callable[[str], None]) -> None:
    """Decide some comments, take one back, and decide it again."""
    from coder.codebook import read_codebook
    from coder.project import Project
    from coder.reviewing.mode import ReviewMode
    from coder.reviewing.opening import open_session

    book = Path("book.yaml")
    opened = open_session(Project(Path("plan")), read_codebook(book), book, "amira", ReviewMode())
    for undoes in (False, False, True, False):
        decisions = ()
        if undoes:
            opened.session.undo()
        else:
            decisions = opened.session.save()
        while opened.writer.pending and opened.writer.error is None:
            time.sleep(0.0005)
        if opened.writer.error is None:
            for decision in decisions:
                acknowledge(decision.id)
    if opened.writer.close():
        raise SystemExit(1)


def build(acknowledge: Callable[[str], None]) -> None:
    """Sort some candidates at the workbench, and write the codebook."""
    from coder.workflow.workbench import open_workbench

    bench = open_workbench("plan", "made.yaml", "amira")
    session = bench.session
    groups = list(session.board.groups)
    session.stand(groups[0], "theme")
    session.rename(groups[0], "The first")
    session.stand(groups[-1], "dropped")
    session.undo()
    bench.write()
    session.close()


STEPS = (
    Step("read, first time", (), ("read", "comments.csv", "--into", "plan")),
    Step("read, more comments", ("read, first time",), ("read", "more.csv", "--into", "plan", "--source-name", "More")),
    Step("read again", ("read, first time",), ("read", "comments.csv", "--into", "plan", "--again")),
    Step("read, several questions", (), ("read", "survey.csv", "--into", "town")),
    Step("cluster", ("read, first time",), ("cluster", "plan"), slow=True),
    Step("codebook from", ("cluster",), ("codebook", "from", "plan/candidates.yaml", "--into", "own.yaml")),
    Step("codebook build", ("cluster",), act=build, repeats=False),
    Step("codebook diff", ("apply, first time",), ("codebook", "diff", "book.yaml", "newer.yaml")),
    Step("codebook to", (), ("codebook", "to", "book.yaml", "book.qdc")),
    Step("apply, first time", ("read, first time",), ("apply", *CODED)),
    Step("apply, no vectors kept", ("read, first time",), ("apply", *CODED), cold=True),
    Step("apply, labels in parts", ("read, first time",), ("apply", *CODED), part=10),
    Step("apply, parts again", ("apply, labels in parts",), ("apply", *CODED, "--again"), part=10),
    Step("apply again", ("apply, first time",), ("apply", *CODED, "--again")),
    Step("review: decide, undo", ("apply, first time",), act=decide, repeats=False),
    Step("review --from", ("apply, first time",),
         ("review", *CODED, "--from", "table.csv", "--reviewer", "ben"), repeats=False),
    Step("apply, with decisions", ("review --from",), ("apply", *CODED)),
    Step("export tables", ("apply, first time",),
         ("export", *CODED, "--to", "t.csv", "--to", "t.md", "--to", "t.json", "--to", "t.html", "--to", "t.svg",
          "--again")),
    Step("export .xlsx", ("apply, first time",), ("export", *CODED, "--to", "t.xlsx", "--again")),
    Step("export .docx", ("apply, first time",), ("export", *CODED, "--to", "t.docx", "--again")),
    Step("export .sav", ("apply, first time",), ("export", *CODED, "--to", "t.sav", "--again")),
    Step("export REFI-QDA", ("apply, first time",),
         ("export", *CODED, "--to", "t.qdpx", "--to", "t.qdc", "--again")),
    Step("export a pack", ("review --from",), ("export", *CODED, "--to", "t.zip", "--again")),
    Step("export --sample", ("apply, first time",),
         ("export", *CODED, "--to", "t.review.xlsx", "--sample", "20", "--reviewer", "cai")),
    Step("rebuild a pack", ("export a pack",), ("export", "t.zip", "--to", "rebuilt")),
    Step("check --repair", ("review --from",), ("check", "plan", "--repair")),
)  # fmt: skip
BY_NAME = {step.name: step for step in STEPS}


@dataclass
class Done:
    """How a step went.

    Attributes:
        status: the exit status; 9 where it was ended, minus the signal's number where killed.
        said: what it printed.
        acknowledged: what it said was saved, in order.
    """

    status: int
    said: str
    acknowledged: list[str]

    @property
    def is_crash(self) -> bool:
        """Whether it ended otherwise than a command may."""
        return "Traceback" in self.said or self.status not in (0, 1, 9, -9)


@dataclass
class Stage:
    """Folders in which steps are done.

    Attributes:
        root: of everything.
        log: where operations are written to; None for nowhere.
    """

    root: Path
    interposer: Interposer
    states: dict[tuple[str, ...], Path] = field(default_factory=dict)

    def folder_for(self, step: Step, name: str = "work") -> Path:
        """A new folder as the steps before this one leave it."""
        start = self._state(self.all_before(step))
        folder = self.root / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(start, folder)
        kept = self.root / "warming" / "plan" / "cache" / "vectors.sqlite"
        if not step.cold and kept.exists() and (folder / "plan").exists():
            shutil.copy(kept, folder / "plan" / "cache")
        return folder

    def all_before(self, step: Step) -> tuple[str, ...]:
        """The steps that come before a step, from the first."""
        names: list[str] = []
        for name in step.before:
            names += [*self.all_before(BY_NAME[name]), name]
        return tuple(names)

    def _state(self, names: tuple[str, ...]) -> Path:
        if names in self.states:
            return self.states[names]
        earlier = self._state(names[:-1]) if names else None
        folder = self.root / f"state-{len(self.states)}"
        if earlier is not None:
            shutil.copytree(earlier, folder)
            done = self.finish(self.start(BY_NAME[names[-1]], folder))
            if done.status:
                raise RuntimeError(f"{names[-1]}: {done.said}")
        else:
            _write_inputs(folder)
        self.states[names] = folder
        return folder

    def do(
        self, step: Step, folder: Path, fault: Fault = NONE, number: int = 0, log: int = -1
    ) -> Done:
        """Do a step, with a fault at one of its operations."""
        return self.finish(self.start(step, folder, fault, number, log))

    def start(
        self, step: Step, folder: Path, fault: Fault = NONE, number: int = 0, log: int = -1
    ) -> tuple[int, Path, int]:
        """Begin a step in a copy of this process; its id, the file of what it says, and the end of its pipe."""
        output = Path(tempfile.mkstemp(dir=self.root, prefix="said-")[1])
        receive, send = os.pipe()
        process = os.fork()
        if process:
            os.close(send)
            return process, output, receive
        os.close(receive)
        status = 70
        try:
            _enter(folder, output)
            self.interposer.arm(folder, fault, number, log)
            status = _act(step, lambda line: os.write(send, f"{line}\n".encode()))
        except BaseException:
            traceback.print_exc()
        finally:
            self.interposer.disarm()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def finish(self, started: tuple[int, Path, int]) -> Done:
        """Wait until it has ended."""
        process, output, receive = started
        with os.fdopen(receive, encoding="utf-8") as pipe:
            acknowledged = pipe.read().split()
        _, status = os.waitpid(process, 0)
        said = output.read_text(encoding="utf-8", errors="replace")
        output.unlink()
        return Done(os.waitstatus_to_exitcode(status), said, acknowledged)


def _enter(folder: Path, output: Path) -> None:
    os.chdir(folder)
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    os.environ["TMPDIR"] = str(scratch)
    tempfile.tempdir = str(
        scratch
    )  # known, so that Python tries the folder with no file of its own
    descriptor = os.open(output, os.O_WRONLY | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


def _act(step: Step, acknowledge: Callable[[str], None]) -> int:
    from coder.cli import main
    from coder.errors import CoderError

    try:
        if step.part:
            _write_parts_of(step.part)
        if step.act is not None:
            step.act(acknowledge)
            return 0
        sys.argv = ["coder", *step.words]
        main()
    except SystemExit as end:
        return int(end.code or 0)
    except CoderError as error:
        print(error)
        return 1
    return 0


def _write_parts_of(comments: int) -> None:
    """Let the labels of few comments be a folder of parts, as those of many are."""
    from coder.workflow import coded_tables

    coded_tables.MOST_IN_ONE_FILE = comments  # type: ignore[misc]
    coded_tables.COMMENTS_IN_A_PART = comments  # type: ignore[misc]


def _write_inputs(folder: Path) -> None:
    folder.mkdir()
    with (EXAMPLES / "police_and_crime_plan" / "comments.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = list(csv.reader(file))
    _write(folder / "comments.csv", rows[: COMMENTS + 1])
    _write(folder / "more.csv", [rows[0], *rows[COMMENTS + 1 : COMMENTS + 21]])
    with (EXAMPLES / "town_survey" / "survey.csv").open(encoding="utf-8-sig", newline="") as file:
        _write(folder / "survey.csv", list(csv.reader(file))[:40])
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    newer = BOOK.replace("name: Drugs", "name: Drug dealing")
    (folder / "newer.yaml").write_text(newer, encoding="utf-8")
    ids = [row[rows[0].index("comment_id")] for row in rows[1:13]]
    _write(folder / "table.csv", [["comment_id", "themes"], *([one, "visibility"] for one in ids)])


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def contents(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder, by its path."""
    hashes = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = DRAW.sub("draws/one", path.relative_to(folder).as_posix())
            hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return hashes


def is_visible(name: str) -> bool:
    """Whether it is a file that people and other programs use; caches and hidden files are not."""
    parts = name.split("/")
    return (
        not any(part.startswith(".") for part in parts)
        and parts[0] != "scratch"
        and "cache" not in parts
    )


def warm(folder: Path, names: Sequence[str]) -> None:
    """Do steps, and those before them, in this process, so that its copies need load nothing."""
    wanted = set(names)
    for step in reversed(STEPS):
        if step.name in wanted:
            wanted.update(step.before)
    _write_inputs(folder)
    back = Path.cwd()
    os.chdir(folder)
    nowhere = io.StringIO()
    with redirect_stdout(nowhere), redirect_stderr(nowhere):
        for step in STEPS:
            is_wanted = step.name in wanted and not step.cold and not step.part
            if is_wanted and _act(step, lambda _: None):
                raise RuntimeError(step.name)
        for name in ("plan", "town"):
            if (folder / name).exists():
                _act(Step("check", (), ("check", name)), lambda _: None)
    os.chdir(back)
    gc.collect()
    gc.freeze()  # the copies share the memory longer


def decision_ids(folder: Path) -> set[str]:
    """The ids of all decisions that are stored beside the codebook."""
    from coder.decisions import read_decisions

    return {decision.id for decision in read_decisions(folder / "book.yaml").decisions}
