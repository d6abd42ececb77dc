"""`coder apply --estimate`: from a hundred comments to all of them, and nothing is coded."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.cli.apply_estimate import format_bytes
from coder.errors import CoderError
from coder.workflow.estimate import EstimateOutcome, Rates, estimate, plan_run
from coder.workflow.read import read
from conftest import CODEBOOK, EXAMPLE

RATES = Rates(
    sample=100,
    fixed=3.0,
    blocks=0.001,
    rest=0.0001,
    encode=0.005,
    missing=2.0,
    labels=(15.0, 1.5),
    vector_bytes=1_674,
    base_bytes=300_000_000,
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("estimate") / "plan"
    read(EXAMPLE / "comments.csv", into=folder)
    return folder


@pytest.fixture(scope="module")
def estimated(project: Path) -> EstimateOutcome:
    return estimate(project, CODEBOOK, workers=5)


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_nothing_is_written_but_vectors(project: Path, estimated: EstimateOutcome) -> None:
    assert estimated.rates.sample == 100
    assert "cache/vectors.sqlite" in files_in(project)
    assert not {"labels.parquet", "labels.csv", "matrix.csv"} & files_in(project)
    assert not list((project / "runs").glob("*apply*"))


def test_it_counts_what_is_not_kept_yet(project: Path, estimated: EstimateOutcome) -> None:
    """Also after an earlier estimate, whose hundred comments have their vectors."""
    again = estimate(project, CODEBOOK)
    assert estimated.comments == again.comments > 400
    assert estimated.encoded > estimated.comments
    assert 0 < again.encoded < estimated.encoded
    assert estimated.rates.encode > 0


def test_it_says_what_one_worker_the_cores_and_the_number_asked_for_cost(
    estimated: EstimateOutcome,
) -> None:
    workers = [plan.workers for plan in estimated.plans]
    assert workers[0] == 1
    assert 5 in workers
    assert workers == sorted(set(workers))
    assert all(plan.seconds > 0 and plan.memory > 10**8 for plan in estimated.plans)


def test_the_command_prints_a_table_or_json(project: Path) -> None:
    command = ["apply", str(project), "--codebook", str(CODEBOOK), "--estimate", "--workers", "3"]
    printed = CliRunner().invoke(app, command).output
    assert "workers" in printed
    assert "Texts to encode" in printed
    facts = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
    assert 3 in [plan["workers"] for plan in facts["plans"]]
    assert facts["rates"]["sample"] == 100


def test_a_wrong_number_of_workers_is_an_error(project: Path) -> None:
    with pytest.raises(CoderError, match="out of range"):
        estimate(project, CODEBOOK, workers=0)


# ---------------------------------------------------------------- the calculation


def test_work_adds_up_and_workers_share_what_can_be_shared() -> None:
    one = plan_run(RATES, 100_000, workers=1, cores=2)
    assert one.cpu_seconds == pytest.approx(3 + 100 + 10 + 1_000)
    assert one.seconds == pytest.approx(3 + 100 + 10 + 500)  # the encoder uses both cores
    ten = plan_run(RATES, 100_000, workers=10, cores=2)
    assert ten.seconds == pytest.approx(6 + 10 + 1.05 * 110)
    assert ten.cpu_seconds > one.cpu_seconds


def test_kept_vectors_cost_nothing() -> None:
    kept = replace(RATES, missing=0.0, encode=0.0)
    assert plan_run(kept, 100_000, workers=1, cores=2).cpu_seconds == pytest.approx(113)


def test_memory_does_not_grow_by_blocks_beyond_those_kept_in_memory() -> None:
    sizes = [plan_run(RATES, n, workers=1, cores=2).memory for n in (50_000, 60_000, 70_000)]
    assert sizes[2] - sizes[1] == sizes[1] - sizes[0] == 10_000 * 2_500


@pytest.mark.parametrize(
    ("size", "expected"),
    [(10, "1 MB"), (350_400_000, "350 MB"), (4_240_000_000, "4.2 GB")],
)
def test_bytes_are_written_as_people_do(size: int, expected: str) -> None:
    assert format_bytes(size) == expected


def test_an_estimate_does_not_stand_for_a_coding(project: Path) -> None:
    """And a coding with other workers is no other coding."""
    command = ["apply", str(project), "--codebook", str(CODEBOOK)]
    CliRunner().invoke(app, [*command, "--estimate"])
    assert not (project / "labels.parquet").exists()
    assert "Nothing has changed" not in CliRunner().invoke(app, command).output
    assert (project / "labels.parquet").exists()
    repeated = CliRunner().invoke(app, [*command, "--workers", "2"]).output
    assert "Nothing has changed" in " ".join(repeated.split())
    assert "Texts to encode" in CliRunner().invoke(app, [*command, "--estimate"]).output
