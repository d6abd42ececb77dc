"""Damages every file of two coded projects in every way, and runs every command on each copy.

    python tests/benchmarks/damage_every_file.py FOLDER [SEEDS]

Prints each crash, that is each exception that is not the program's own, and what `check` did not
notice. It takes about 15 CPU minutes for one seed.
"""

import shutil
import sys
import traceback
from collections import defaultdict
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from damage import WAYS, Coded, make_several, make_single, run

DRAWN = ("flip", "0xff", "nul", "cut")  # ways that a seed decides


def main(folder: Path, seeds: int) -> None:
    """Damage both projects and print what came of it."""
    for made in (make_single(folder / "single"), make_several(folder / "several")):
        crashes: dict[str, list[str]] = defaultdict(list)
        unnoticed: dict[str, list[str]] = defaultdict(list)
        runs = 0
        for file in made.files():
            for way in WAYS:
                for seed in range(seeds if way in DRAWN else 1):
                    copy = _damaged(made, folder / "copy", file, way, seed)
                    for words in copy.commands():
                        answer = run(*words)
                        runs += 1
                        if answer.crash is not None:
                            crashes[_place(answer.crash)].append(f"{file} {way} {words[0]}")
                        elif words == ("check", copy.plan) and not answer.status:
                            unnoticed[str(file)].append(way)
        print(f"{made.plan.parent.name}: {runs:,} commands, {len(crashes)} kinds of crash")
        for place, cases in crashes.items():
            print(f"  {len(cases)} {place}: {cases[:3]}")
        for name, ways in unnoticed.items():
            print(f"  not noticed: {name} {ways}")


def _damaged(made: Coded, folder: Path, file: Path, way: str, seed: int) -> Coded:
    shutil.rmtree(folder, ignore_errors=True)
    copy = made.copy_to(folder)
    WAYS[way](copy.folder / file, Random(seed))
    return copy


def _place(crash: BaseException) -> str:
    frames = traceback.extract_tb(crash.__traceback__)
    own = [frame for frame in frames if "/coder/" in frame.filename]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in own[-2:]]
    return f"{type(crash).__name__} {' '.join(places)}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
