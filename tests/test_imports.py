"""What each command imports where everything is at hand: start-up is most of the time of a small job."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS = [
    f'{number},"{sentence} near {place}. {other}"'
    for number, (sentence, place, other) in enumerate(
        (sentence, place, other)
        for sentence in ("The street lights are broken", "Dog mess is all over the path")
        for place in ("Mill Lane", "the station", "Park Street", "the school")
        for other in (
            "Please repair them!",
            "Fine the owners, e.g. on Sundays.",
            "The bus is late.",
        )
    )
]
BOOK = """title: Town
themes:
  - {id: lights, name: Street lights, keywords: [street light]}
  - {id: dogs, name: Dog mess, keywords: [dog]}
"""
# Runs a command and prints the names of all modules that are then imported.
PROGRAM = """
import json, sys
from coder.cli import main
sys.argv = ["coder", *sys.argv[1:]]
try:
    main()
except SystemExit as stop:
    status = stop.code or 0
print("MODULES " + json.dumps([status, sorted(sys.modules)]), file=sys.stderr)
"""
MODELS = {"torch", "transformers", "sentence_transformers", "tokenizers", "safetensors", "openvino"}
LEARNING = {"sklearn", "spacy", "hdbscan", "numba", "pynndescent", "joblib"}
SCREENS = {
    "textual",
    "matplotlib",
    "IPython",
    "xlsxwriter",
    "docx",
    "pyreadstat",
    "python_calamine",
}
MACHINES = {"dask", "distributed", "asyncio"}
NEVER = MODELS | LEARNING | SCREENS | MACHINES
NUMBERS = {"numpy", "pandas", "pyarrow", "scipy", "sknetwork"}
FORBIDDEN = {
    "--help": NEVER | NUMBERS | {"pydantic", "ruamel", "sqlite3", "rich.console"},
    "read": NEVER | {"sknetwork", "scipy", "sqlite3"},
    "cluster": NEVER,
    "apply": NEVER | {"sknetwork"},
    # The vectors of single words are read from the file of the packaged model.
    "export": (NEVER | {"sknetwork"}) - {"safetensors", "tokenizers"},
    "check": NEVER | {"sknetwork", "scipy"},
    "codebook check": NEVER | NUMBERS,
    "unchanged": NEVER | NUMBERS | {"ruamel", "filelock", "sqlite3"},
}


class Town:
    """A small project whose vectors are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "comments.csv").write_text("\n".join(["id,comment", *ROWS]), encoding="utf-8")
        (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
        self.book = ["--codebook", "book.yaml"]

    def modules(self, *words: str) -> set[str]:
        """The modules that a command has imported when it ends."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            text=True,
            capture_output=True,
        )
        last = done.stderr.rpartition("MODULES ")[2]
        status, modules = json.loads(last)
        assert status == 0, done.stderr
        return set(modules)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Clustered and coded once."""
    town = Town(tmp_path_factory.mktemp("town"))
    town.modules("read", "comments.csv", "--into", "town")
    town.modules("cluster", "town")
    town.modules("apply", "town", *town.book)
    town.modules("export", "town", *town.book, "--to", "themes.csv")
    return town


def top_and_whole(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} | modules


CASES: dict[str, Sequence[str]] = {
    "--help": ["--help"],
    "read": ["read", "comments.csv", "--into", "town", "--again"],
    "cluster": ["cluster", "town", "--again"],
    "apply": ["apply", "town", "--codebook", "book.yaml", "--again"],
    "export": ["export", "town", "--codebook", "book.yaml", "--to", "themes.csv", "--again"],
    "check": ["check", "town", "--codebook", "book.yaml"],
    "codebook check": ["codebook", "check", "book.yaml"],
}


@pytest.mark.parametrize("command", CASES)
def test_a_command_imports_what_it_uses(town: Town, command: str) -> None:
    imported = top_and_whole(town.modules(*CASES[command]))
    assert sorted(imported & FORBIDDEN[command]) == []


@pytest.mark.parametrize("command", ["read", "cluster", "apply", "export"])
def test_a_command_with_nothing_to_do_imports_next_to_nothing(town: Town, command: str) -> None:
    words = [word for word in CASES[command] if word != "--again"]
    town.modules(*words)  # the runs of other tests may have come between
    imported = top_and_whole(town.modules(*words))
    assert sorted(imported & FORBIDDEN["unchanged"]) == []
