"""Every file of an audit, by every command that can take one of its kind: CPU time, memory and
how it ended, as a table.

    python tests/benchmarks/hostile_files.py [FOLDER]

The files lie in `../shared/data/hostile`, by kind, and are not part of the project. A command
should end in a result or in a message of the program, within 10 s and 1 GB.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ROOT.parent / "shared" / "data" / "hostile"
COMMENTS = """comment_id,comment
c1,More buses in the evening please for people who work late
c2,The park needs more bins and somebody who empties them
c3,Parking costs too much for those who live in the street
c4,More lights on the way to the station would help at night
"""
CODEBOOK = """title: Streets
themes:
  - id: buses
    name: Buses
    definition: More or later buses.
    keywords: [buses]
  - id: parking
    name: Parking
    definition: What parking costs.
    keywords: [parking]
"""
# What stands for the file, for what is written, and for a project and a codebook of our own.
FILE, OUT, PROJECT, BOOK = "{file}", "{out}", "{project}", "{book}"
CODED = (PROJECT, "--codebook", BOOK)
READ = ("read", FILE, "--into", f"{OUT}/p")
TABLE = ("review", *CODED, "--from", FILE)
CODINGS = ("agree", *CODED, "--with", FILE)
IMPORT = ("codebook", "from", FILE, "--into", f"{OUT}/new.yaml")
CHECK = ("check", *CODED)
EXPORT = ("export", *CODED, "--to", f"{OUT}/o.csv")
COMMANDS = {
    "codebook": (
        ("codebook", "check", FILE),
        ("codebook", "diff", BOOK, FILE),
        ("codebook", "to", FILE, f"{OUT}/o.qdc"),
        ("apply", PROJECT, "--codebook", FILE),
        ("cluster", PROJECT, "--beyond", FILE),
        IMPORT,
    ),
    "csv": (READ, TABLE, CODINGS),
    "decisions": (CHECK, EXPORT, ("review", *CODED, "--status")),
    "pack": (("check", FILE), ("export", FILE, "--to", f"{OUT}/o.csv"), READ),
    "parquet": (READ, CODINGS),
    "projectyaml": (CHECK, EXPORT, ("read", PROJECT)),
    "projfiles": (CHECK, EXPORT, (*CHECK, "--repair")),
    "qdc": (IMPORT,),
    "review": (TABLE, CODINGS, READ),
    "xlsx": (READ, TABLE, CODINGS),
}
# Where a file of a project belongs: what its name ends in, and the name there.
PLACES = {
    "ledger.csv": "ledger.csv",
    "labels.csv": "labels.csv",
    "matrix.csv": "matrix.csv",
    "0002-apply.json": "runs/0002-apply.json",
    ".jsonl": "../book.decisions/root.jsonl",
    ".yaml": "project.yaml",
}


class Run(NamedTuple):
    """How a command ended: its exit status, seconds of CPU, MB of memory and what it said."""

    kind: str
    name: str
    command: str
    status: int
    seconds: float
    megabytes: float
    output: str

    @property
    def is_fault(self) -> bool:
        """Whether it ended neither in a result nor in a message of the program."""
        if self.status not in (0, 1):
            return True
        return "Traceback" in self.output or "program has a fault" in self.output


def run(arguments: Sequence[str], folder: Path) -> tuple[int, float, float, str]:
    """Exit status, seconds of CPU, MB at the most and output of a command, its children's too."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    log = folder / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "coder", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = usage.ru_utime + usage.ru_stime
    megabytes = usage.ru_maxrss / 1_000
    return process.returncode, seconds, megabytes, log.read_text(errors="replace")


def make_project(folder: Path) -> None:
    """A project that is coded, its codebook and a decision on it."""
    (folder / "c.csv").write_text(COMMENTS)
    (folder / "book.yaml").write_text(CODEBOOK)
    (folder / "d.csv").write_text("comment_id,themes\nc1,buses\n")
    project = ("project", "--codebook", "book.yaml")
    for arguments in (
        ("read", "c.csv", "--into", "project"),
        ("apply", *project),
        ("review", *project, "--from", "d.csv", "--reviewer", "root"),
        ("apply", *project),
    ):
        status, _, _, said = run(arguments, folder)
        if status:
            raise SystemExit(f"{' '.join(arguments)}: {said}")


def put_into_project(kind: str, path: Path, folder: Path) -> None:
    """Replace the file of the project that the hostile one stands for."""
    if kind not in ("decisions", "projectyaml", "projfiles"):
        return
    place = next(there for end, there in PLACES.items() if path.name.endswith(end))
    target = folder / "project" / place
    target.parent.mkdir(exist_ok=True)
    shutil.copy(path, target)


def measure(kind: str, path: Path, command: Sequence[str], made: Path) -> Run:
    """Run a command on a file, with a project of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(made, folder, dirs_exist_ok=True)
        put_into_project(kind, path, folder)
        arguments = []
        for part in command:
            filled = part.format(file=path, out=name, project="project", book="book.yaml")
            arguments.append(filled)
        outcome = run(arguments, folder)
    words = " ".join(part for part in command if not part.startswith("{"))
    return Run(kind, path.name, words, *outcome)


def print_table(runs: Sequence[Run]) -> None:
    """A row for each kind: files, commands, how they ended, the most time and memory."""
    print("| kind | files | commands | results | refused | CPU s, most | MB, most | faults |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for kind in [*COMMANDS, "all"]:
        own = [run for run in runs if kind in (run.kind, "all")]
        if not own:
            continue
        files = len({(run.kind, run.name) for run in own})
        good = sum(run.status == 0 for run in own)
        refused = sum(run.status == 1 for run in own)
        seconds = max(run.seconds for run in own)
        megabytes = max(run.megabytes for run in own)
        faults = sum(run.is_fault for run in own)
        print(
            f"| {kind} | {files} | {len(own)} | {good} | {refused} | {seconds:.1f} | "
            f"{megabytes:.0f} | {faults} |"
        )


def main() -> None:
    """Run them all and print the table; each fault on a line of its own."""
    folder = HOSTILE
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
    if not folder.is_dir():
        raise SystemExit(f"Skipped: there are no files in {folder}.")
    runs = []
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        make_project(made)
        for kind, commands in COMMANDS.items():
            for path in sorted((folder / kind).glob("*")):
                for command in commands:
                    runs.append(measure(kind, path, command, made))
                    if runs[-1].is_fault:
                        print(*runs[-1][:4], flush=True)
    print_table(runs)


if __name__ == "__main__":
    main()
