"""The rules that hold for the whole project: layers, lint, types, start-up, nothing that does not belong."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coder.embedding import packaged_model
from coder.embedding.reference import (
    OPINION_LAYERS,
    OPINION_LAYERS_SHA256,
    PACKAGED_MODEL_SHA256,
)
from coder.files import sha256_of

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn", "scipy", "pandas", "spacy", "hdbscan",
         "numpy", "pyarrow", "textual", "rich.console")  # fmt: skip


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, text=True, capture_output=True)


@pytest.mark.parametrize(
    "words",
    [("-m", "ruff", "check", "."), ("-m", "ruff", "format", "--check", "."), ("-m", "mypy")],
)
def test_lint_and_types(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_rooms_import_only_what_lies_below_them() -> None:
    done = run("-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_door_loads_nothing_heavy() -> None:
    code = f"import sys, coder.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert run("-c", code).stdout.strip() == "[]"


def test_help_starts_quickly() -> None:
    # The aim is 0.3 s; the bound leaves room for a busy machine, and still finds a heavy import.
    best = 9.0
    for _ in range(3):
        started = time.perf_counter()
        assert run("-m", "coder", "--help").returncode == 0
        best = min(best, time.perf_counter() - started)
    assert best < 0.6


def test_the_packaged_weights_are_the_published_ones() -> None:
    published = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert published == PACKAGED_MODEL_SHA256
    assert sha256_of(packaged_model() / "model.safetensors") == published


def test_the_tuned_layers_are_the_shipped_ones_and_small() -> None:
    assert sha256_of(OPINION_LAYERS) == OPINION_LAYERS_SHA256
    assert OPINION_LAYERS.stat().st_size <= 8_000_000


def test_nothing_is_ever_unpickled() -> None:
    loads = re.compile(
        r"\bpickle\b|\bjoblib\.load|torch\.load\(|allow_pickle\s*=\s*True|yaml\.unsafe_load|^\s*import yaml"
    )
    found = [
        f"{path}: {line}"
        for path in (ROOT / "coder").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if loads.search(line)
    ]
    assert found == []


def test_only_the_door_prints() -> None:
    inside = [p for p in (ROOT / "coder").rglob("*.py") if "cli" not in p.parts]
    found = [
        f"{path}: {line}"
        for path in inside
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"^\s*print\(", line)
    ]
    assert found == []


def test_shipped_codebooks_are_valid_and_the_schema_is_current() -> None:
    from coder.codebook import codebook_schema, read_codebook

    for path in (ROOT / "codebooks").glob("*.yaml"):
        read_codebook(path)
    assert (ROOT / "codebooks" / "codebook.schema.json").read_text("utf-8") == codebook_schema()
