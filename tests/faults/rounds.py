"""Rounds of faults: a step is done with a fault, and what it leaves behind is judged."""

import os
import random
import re
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coder.transactions import settle_project
from faults.interposer import FAULTS, Fault
from faults.world import Done, Stage, Step, contents, decision_ids, is_visible

CHECK = Step("check", (), ("check", "plan"))
CHECK_TOWN = Step("check", (), ("check", "town"))
CHECKED = 5  # each such round is checked before and after
TOLD = 50  # rounds after which it is told how many were made
A_SECOND = 1.1
RECORDED = (("apply",), ("cluster",), ("export",))
ALIKE = 2  # operations of one kind on one file that are tried, of the first and of the last
OF_SQLITE = "-journal"
LEFTOVERS = (".tmp", ".commit.json", ".staged", ".holder.json", OF_SQLITE)
TORN = ".torn"  # a line that nobody was told is saved: kept on purpose, and said
MARKS = re.compile(r"[0-9a-f]{6}-[0-9]+[.-][0-9a-z_]+")  # in the names of temporary files


@dataclass
class Tally:
    """What the rounds of a step gave.

    Attributes:
        operations: how many file operations the step has.
        rounds: how many were made.
        acknowledged: how many decisions were said to be saved.
        unfinished: in how many rounds a process was ended before its end.
        faults: what was wrong, a line each.
    """

    step: str
    operations: int = 0
    rounds: int = 0
    acknowledged: int = 0
    unfinished: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, place: str, wrong: Iterable[str]) -> None:
        """Count a round, with what was wrong in it; tell both at once, as a run may be interrupted."""
        self.rounds += 1
        for line in wrong:
            self.faults.append(f"{self.step}, {place}: {line}")
            print(f"    {self.faults[-1]}", file=sys.stderr, flush=True)
        if self.rounds % TOLD == 0:
            so_far = f"{self.rounds} rounds, {self.unfinished} ended early, {self.acknowledged} acknowledged"
            print(
                f"  ({self.step}: {so_far}, {len(self.faults)} faults)", file=sys.stderr, flush=True
            )


class Judge:
    """Knows the state before a step and after it, and tells whether another is one of the two."""

    def __init__(self, stage: Stage, step: Step) -> None:
        self.stage = stage
        self.step = step
        folder = stage.folder_for(step)
        self.old = contents(folder)
        self.operations = self._operations(folder)
        self.new = contents(folder)
        again = stage.folder_for(step)
        time.sleep(A_SECOND)  # else files that say when they were written may be alike
        stage.do(step, again)
        repeated = contents(again)
        self.volatile = {name for name in self.new if self.new[name] != repeated.get(name)}

    def _operations(self, folder: Path) -> list[tuple[str, str]]:
        path = self.stage.root / "operations.txt"
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        done = self.stage.do(self.step, folder, log=log)
        os.close(log)
        if done.status:
            raise RuntimeError(f"{self.step.name}: {done.said}")
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        return [tuple(line.split(" ", 2)[1:]) for line in lines]  # type: ignore[misc]

    def numbers(self) -> list[int]:
        """The operations that are tried: of those of one kind on one file, the first two and the last two."""
        numbers: dict[tuple[str, str], list[int]] = {}
        for number, (kind, path) in enumerate(self.operations, 1):
            numbers.setdefault((kind, MARKS.sub("*", path)), []).append(number)
        chosen: set[int] = set()
        for alike in numbers.values():
            chosen.update(alike[:ALIKE], alike[-ALIKE:])
        return sorted(chosen)

    def faults_after(self, folder: Path, done: Done, *, again: bool = True) -> Iterator[str]:
        """What is wrong after a step with a fault, and after it is done again, a line each.

        Args:
            again: check before it is done again, and after. A slow step is done again only then;
                a check is the next command otherwise.
        """
        if done.is_crash:
            last = (done.said.strip().splitlines() or [""])[-1]
            yield f"status {done.status}: {last[:200]}"
        yield from self._torn(folder)
        if done.acknowledged and not set(done.acknowledged) <= decision_ids(folder):
            yield "an acknowledged decision is lost"
        is_project = _project_in(folder)
        if is_project and again:
            before = self.stage.do(_check_of(folder), folder)
            if before.status:
                yield f"check: {_faults_of(before)}"
        elif is_project:
            settle_project(_project_of(folder))
        settled = contents(folder)
        if is_project and not self.step.name.startswith("export"):
            yield from self._between(settled)
        if done.status == 0:
            missing = [name for name in self.new if is_visible(name) and name not in settled]
            if missing:
                yield f"status 0, and {missing} not there"
        if again or not self.step.slow:
            yield from self._next(folder, checked=again)
        elif is_project:
            self.stage.do(_check_of(folder), folder)
            for name in _named_left_over(folder):
                if not name.endswith(OF_SQLITE):  # SQLite removes it when it writes next
                    yield f"left over: {name}"

    def _torn(self, folder: Path) -> Iterator[str]:
        for name, sha in contents(folder).items():
            if not is_visible(name) or name in self.volatile or "/claims/" in name:
                continue  # claims say what is in hand at the moment, and hold for half an hour
            if name not in self.old and name not in self.new:
                yield f"{name} is neither of the old state nor of the new"
            elif sha not in (self.old.get(name), self.new.get(name)):
                yield f"{name} is neither old nor new"

    def _between(self, settled: dict[str, str]) -> Iterator[str]:
        """Files of a project of which some are old and some new, once the next command has run."""
        old, new = [], []
        for name in {*self.old, *self.new}:
            in_project = name.startswith(("plan/", "town/"))
            if not in_project or not is_visible(name) or name in self.volatile:
                continue
            if self.old.get(name) == self.new.get(name):
                continue
            if settled.get(name) == self.old.get(name):
                old.append(name)
            elif settled.get(name) == self.new.get(name):
                new.append(name)
        if old and new:
            yield f"between: old {sorted(old)[:4]}, new {sorted(new)[:4]}"

    def _next(self, folder: Path, *, checked: bool) -> Iterator[str]:
        """The same command again succeeds, and clears away what was left."""
        settled = contents(folder)
        visible = {name for name in self.new if is_visible(name)} - self.volatile
        was_new = all(settled.get(name) == self.new[name] for name in visible)
        done = self.stage.do(self.step, folder)
        if done.status:
            yield f"again: status {done.status}: {done.said.strip()[-300:]}"
            return
        now = contents(folder)
        if self.step.repeats and not was_new:
            for name in self.new:
                wrong = name not in self.volatile and now.get(name) != self.new[name]
                if is_visible(name) and wrong:
                    yield f"again: {name} is not as it should be"
        more = [name for name in now if name not in self.new]
        left = [name for name in more if not (_is_record(name) or name.endswith(TORN))]
        if left:
            yield f"left over: {left[:4]}"
        if checked and _project_in(folder):
            after = self.stage.do(_check_of(folder), folder)
            if after.status:
                yield f"check at the end: {_faults_of(after)}"


def _project_in(folder: Path) -> bool:
    return any((folder / name / "project.yaml").exists() for name in ("plan", "town"))


def _project_of(folder: Path) -> Path:
    """The project that the steps of this round are about."""
    name = "plan" if (folder / "plan" / "project.yaml").exists() else "town"
    return folder / name


def _check_of(folder: Path) -> Step:
    return CHECK if _project_of(folder).name == "plan" else CHECK_TOWN


def _faults_of(done: Done) -> str:
    lines = [line.strip() for line in done.said.splitlines() if line.strip()]
    return " | ".join(line for line in lines if "good" not in line)[-400:]


def _is_record(name: str) -> bool:
    """Whether a repeated command may add it."""
    return "/runs/" in name or "/cache/results/" in name


def inject(
    stage: Stage, step: Step, most: int | None = None, kinds: Sequence[Fault] = FAULTS
) -> Tally:
    """Try every kind of fault at every operation of a step.

    Args:
        most: so many rounds, spread evenly; None for all.
    """
    judge = Judge(stage, step)
    tally = Tally(step.name, len(judge.operations))
    pairs = []
    for number in judge.numbers():
        kind = judge.operations[number - 1][0]
        pairs += [(fault, number) for fault in kinds if not fault.kinds or kind in fault.kinds]
    if most is not None and most < len(pairs):
        pairs = [pairs[place * len(pairs) // most] for place in range(most)]
    for fault, number in pairs:
        folder = stage.folder_for(step)
        done = stage.do(step, folder, fault, number)
        kind, path = judge.operations[number - 1]
        place = path.replace(str(stage.root), "")
        is_checked = most is not None or tally.rounds % 2 == 0
        wrong = judge.faults_after(folder, done, again=is_checked)
        tally.add(f"{number} {kind} {place}, {fault.name}", wrong)
    return tally


def kill(stage: Stage, step: Step, rounds: int, seed: int = 0) -> Tally:
    """Kill a step at random moments and do it again to its end; every fifth time check before and after."""
    chance = random.Random(seed)
    judge = Judge(stage, step)
    tally = Tally(step.name, len(judge.operations))
    longest = _duration(stage, step)
    for number in range(rounds):
        folder = stage.folder_for(step)
        started = stage.start(step, folder)
        time.sleep(chance.uniform(0, longest))
        os.kill(started[0], signal.SIGKILL)
        done = stage.finish(started)
        tally.acknowledged += len(done.acknowledged)
        tally.unfinished += done.status != 0
        wrong = judge.faults_after(folder, done, again=number % CHECKED == 0)
        tally.add(f"round {number}", wrong)
    return tally


def _duration(stage: Stage, step: Step) -> float:
    folder = stage.folder_for(step)
    began = time.perf_counter()
    stage.do(step, folder)
    return time.perf_counter() - began


def both(
    stage: Stage, first: Step, second: Step, rounds: int, *, kills: bool, seed: int = 0
) -> Tally:
    """Do two steps at once on one project; one is killed at a random moment where `kills`."""
    chance = random.Random(seed)
    tally = Tally(f"{first.name} and {second.name}{', one killed' if kills else ''}")
    longest = _duration(stage, first) + _duration(stage, second)
    for number in range(rounds):
        folder = stage.folder_for(max(first, second, key=lambda step: len(stage.all_before(step))))
        records = len(list(folder.glob("plan/runs/*.json")))
        running = [stage.start(first, folder), stage.start(second, folder)]
        if kills:
            time.sleep(chance.uniform(0, longest))
            os.kill(running[number % 2][0], signal.SIGKILL)
        done = [stage.finish(each) for each in running]
        tally.unfinished += sum(each.status != 0 for each in done)
        tally.acknowledged += sum(len(each.acknowledged) for each in done)
        wrong = [
            *_faults_of_both(stage, folder, done, kills=kills),
            *_records_missing(folder, records, zip((first, second), done, strict=True)),
            *_left_over(stage, first, second, folder),
        ]
        tally.add(f"round {number}", wrong)
    return tally


def _faults_of_both(
    stage: Stage, folder: Path, done: Sequence[Done], *, kills: bool
) -> Iterator[str]:
    for each in done:
        if each.is_crash or (not kills and each.status):
            yield f"status {each.status}: {each.said.strip()[-200:]}"
        if each.acknowledged and not set(each.acknowledged) <= decision_ids(folder):
            yield "an acknowledged decision is lost"
    check = stage.do(CHECK, folder)
    if check.status:
        yield f"check: {_faults_of(check)}"


def _records_missing(folder: Path, before: int, done: Iterable[tuple[Step, Done]]) -> Iterator[str]:
    """Reading is kept in `project.yaml` and reviewing in decisions; the other commands write a record of each run."""
    kept = len(list(folder.glob("plan/runs/*.json"))) - before
    finished = sum(each.status == 0 and step.words[:1] in RECORDED for step, each in done)
    if kept < finished:
        yield f"{kept} run records of {finished}"


def _left_over(stage: Stage, first: Step, second: Step, folder: Path) -> Iterator[str]:
    """What is still there once both steps have run again to their ends."""
    for step in {first.name: first, second.name: second}.values():
        done = stage.do(step, folder)
        if done.status:
            yield f"again: status {done.status}: {done.said.strip()[-300:]}"
    left = [*_named_left_over(folder), *(path.name for path in folder.glob("scratch/*"))]
    if left:
        yield f"left over: {left[:4]}"


def _named_left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.name.endswith(LEFTOVERS)]
