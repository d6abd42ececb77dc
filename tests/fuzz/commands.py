"""Whole commands on changed files and changed projects, each in a fork of this process, which has everything loaded."""

import io
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from typing import NamedTuple

from fuzz.harness import LONGEST_WALL, limit_memory
from fuzz.inputs import make_input
from fuzz.made_files import always_the_same, lay_out, project_files
from fuzz.places import WHERE
from fuzz.readers import BY_NAME
from fuzz.values import CANARY
from fuzz.verdicts import ACCEPTED, FAULT, MOST_BYTES, MOST_SECONDS, REFUSED, SHOWN, Verdict

CLEAN = (0, 1, 2)  # done, refused, wrong usage
FILES = tuple(reader.name for reader in BY_NAME.values() if reader.load is not None)
STORED = ("project_yaml", "comments", "decisions", "checked_run", "checked_review", "checked_state")
CODED = (*STORED, "codebook", "labels", "quotes_yaml", "checked_vectors")


class Command(NamedTuple):
    """A command, and the readers whose files are changed for it: one of them at a time.

    Attributes:
        line: with `{file}` for the changed file where it is no part of the consultation.
        readers: by name.
    """

    line: str
    readers: Sequence[str]


COMMANDS = {
    "coder read FILE": Command("coder read {file} --into new --quiet", FILES),
    "coder read FILE again": Command("coder read {file} --into plan", FILES),
    "coder read PROJECT": Command("coder read plan", (*STORED, "checked_ledger")),
    "coder cluster": Command("coder cluster plan --quiet", ("project_yaml", "comments", "checked_vectors", "checked_run")),
    "coder apply": Command("coder apply plan --codebook plan.yaml --quiet", CODED),
    "coder apply FILE": Command("coder apply {file} --codebook plan.yaml --quiet", FILES),
    "coder apply, groups": Command("coder apply plan --codebook drafted.yaml --quiet", ("groups", "checked_candidates", "checked_members")),
    "coder review --from": Command("coder review plan --codebook plan.yaml --reviewer cy --from {file}", ("table_csv", "table_xlsx", "table_csv", "decisions", "comments")),
    "coder review --status": Command("coder review plan --codebook plan.yaml --status", CODED),
    "coder agree": Command("coder agree plan --codebook plan.yaml", CODED),
    "coder agree --with": Command("coder agree plan --codebook plan.yaml --with {file}", ("codes_csv", "table_xlsx")),
    "coder export": Command("coder export plan --codebook plan.yaml --to out.csv --to out.html --quiet", CODED),
    "coder export, all": Command("coder export plan --codebook plan.yaml --to o.xlsx --to o.docx --to o.zip --to o.qdpx --to review.xlsx --by age --quiet", CODED),
    "coder check": Command("coder check plan", tuple(reader.name for reader in BY_NAME.values() if reader.in_project)),
    "coder check --repair": Command("coder check plan --repair", tuple(reader.name for reader in BY_NAME.values() if reader.in_project)),
    "coder check PACK": Command("coder check {file}", ("pack", "sealed_pack")),
    "coder codebook check": Command("coder codebook check {file}", ("codebook",)),
    "coder codebook diff": Command("coder codebook diff plan.yaml {file}", ("codebook",)),
    "coder codebook from": Command("coder codebook from {file} --to new.yaml", ("codebook", "qdc", "qdpx_codes")),
    "coder codebook to": Command("coder codebook to {file} --to new.qdc", ("codebook",)),
}  # fmt: skip


def judge_commands(name: str, seed: int, numbers: range) -> Iterator[Verdict]:
    """A verdict for each run of a command."""
    with always_the_same():
        _warm_up()
        for number in numbers:
            yield _judge(COMMANDS[name], name, seed, number)


_warm: list[bool] = []


def _warm_up() -> None:
    """Load once what the commands load."""
    if _warm:
        return
    _warm.append(True)
    project_files()
    for reader in BY_NAME.values():
        reader.originals()


def _judge(command: Command, name: str, seed: int, number: int) -> Verdict:
    chance = Random(f"{name}/{seed}/{number}")
    reader = BY_NAME[chance.choice(list(command.readers))]
    data = make_input(reader, seed, number)
    with tempfile.TemporaryDirectory(prefix="coder-fuzz-", dir=WHERE) as place:
        folder = Path(place) / "work"
        lay_out(folder)
        path = reader.place(folder)
        if not reader.in_project and path.exists():  # a file of the consultation has that name
            path = path.with_name(f"given_{path.name}")
        path.write_bytes(data)
        line = command.line.replace("{file}", "long.csv" if reader.in_project else path.name)
        status, seconds, memory, printed = _run(line, folder)
        left = [each.name for each in folder.rglob("*.tmp")]
    cause = _cause(status, seconds, memory, printed, left)
    outcome = ACCEPTED if status == 0 else REFUSED
    detail = ""
    if cause:
        outcome, detail = FAULT, f"{reader.name} {number}: {printed[-SHOWN:]}"
    return Verdict(str(number), outcome, cause, round(seconds, 3), memory, detail)


def _cause(status: int, seconds: float, memory: int, printed: str, left: list[str]) -> str:
    """What is wrong with how a command ended; empty where nothing is."""
    if "Traceback" in printed or "report this" in printed.casefold():
        return "traceback: " + (printed.strip().splitlines() or [""])[-1][:80]
    if status not in CLEAN:
        return f"ended with status {status}"
    if CANARY in printed.casefold():
        return "a message shows a comment"
    if seconds > MOST_SECONDS:
        return f"took more than {MOST_SECONDS:g} s"
    if memory > MOST_BYTES:
        return f"took more than {MOST_BYTES / 1e9:g} GB"
    if left:
        return "left a temporary file"
    return ""


def _run(line: str, folder: Path) -> tuple[int, float, int, str]:
    """Run a command in a fork; its status, seconds, bytes of memory beyond ours, and what it said on standard error."""
    said = folder.parent / "said"
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        _be_the_command(line, folder, said)
    status, usage = _wait(child)
    seconds = usage.ru_utime + usage.ru_stime
    memory = max(0, usage.ru_maxrss * 1024 - resident)
    printed = said.read_text("utf-8", "replace") if said.exists() else ""
    return os.waitstatus_to_exitcode(status), seconds, memory, printed


def _wait(child: int) -> "tuple[int, os.struct_rusage]":
    end = time.monotonic() + LONGEST_WALL
    pause = 0.002
    while time.monotonic() < end:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            return status, usage
        time.sleep(pause)
        pause = min(0.05, pause * 1.3)
    os.kill(child, 9)
    _, status, usage = os.wait4(child, 0)
    return status, usage


def _be_the_command(line: str, folder: Path, said: Path) -> None:
    """What the child does: the command as a shell would start it."""
    status = 99
    try:
        limit_memory()
        os.chdir(folder)
        errors = os.open(said, os.O_WRONLY | os.O_CREAT, 0o600)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for ours, theirs in ((0, nowhere), (1, nowhere), (2, errors)):
            os.dup2(theirs, ours)
        sys.argv = shlex.split(line)
        status = _main()
    finally:
        os._exit(status)


def _main() -> int:
    from coder.cli import main

    out = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8")
    errors = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", write_through=True)
    with redirect_stdout(out), redirect_stderr(errors):
        try:
            main()
        except SystemExit as stop:
            return int(stop.code or 0)
        except BaseException:
            import traceback

            traceback.print_exc()
            return 98
    return 0
