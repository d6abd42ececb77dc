"""A Dask cluster computes what a loop does; what can be wrong with one is said in a sentence."""

from collections.abc import Iterator

import numpy as np
import pytest

import engine_passes as passes
from coder.engine import PLAIN_LOOP, Failure, cut_into_blocks, map_blocks, open_engine
from coder.engine.versions import difference, versions_here
from coder.errors import CoderError

pytest.importorskip("distributed")

from distributed import LocalCluster

from coder.engine.dask_engine import DIED, DaskEngine

TEXTS = [f"comment {number} on roads, buses and trains " * (number % 7) for number in range(301)]
BLOCKS = cut_into_blocks(TEXTS, 40)


@pytest.fixture(scope="module")
def two_workers() -> Iterator[DaskEngine]:
    with open_engine("dask", workers=2) as engine:
        assert isinstance(engine, DaskEngine)
        yield engine


def project_all(engine: object) -> bytes:
    weights = np.random.default_rng(1).normal(size=(10, 30_000))
    results = map_blocks(passes.project_texts, BLOCKS, engine, shared=weights)
    return b"".join(result.tobytes() for _, result in results)


def test_results_are_the_same_bytes_as_those_of_a_loop(two_workers: DaskEngine) -> None:
    in_a_loop = project_all(PLAIN_LOOP)
    assert two_workers.workers == 2
    assert project_all(two_workers) == in_a_loop
    with open_engine("dask", workers=1) as engine:
        assert project_all(engine) == in_a_loop


def test_blocks_run_on_several_workers_with_one_thread(two_workers: DaskEngine) -> None:
    table = {"big": np.zeros(1 << 18)}
    results = map_blocks(passes.facts_of_worker, BLOCKS, two_workers, shared=table)
    facts = [result for _, result in results]
    assert len({fact["pid"] for fact in facts}) == 2
    assert {fact["threads"] for fact in facts} == {"1"}


def test_blocks_are_taken_as_they_are_needed(two_workers: DaskEngine) -> None:
    taken = []

    def blocks() -> Iterator[range]:
        for number in range(1_000_000):
            taken.append(number)
            yield range(number, number + 1)

    results = map_blocks(passes.double, blocks(), two_workers, total=1_000_000)
    for number in range(5):
        assert next(results)[1] == [2 * number]
    assert len(taken) <= 5 + 6
    results.close()


def test_a_poisoned_item_is_named_and_the_rest_goes_on(two_workers: DaskEngine) -> None:
    """Also where what is shared was lost with a worker."""
    failures: list[Failure] = []
    results = map_blocks(
        passes.double_unless_poisoned,
        [range(2), range(2, 8), range(8, 10)],
        two_workers,
        shared={1: "kill", 4: "raise"},
        failures=failures,
    )
    blocks = [list(block) for block, _ in results]
    assert blocks == [[0], [2, 3, 5, 6, 7], [8, 9]]
    assert [failure.item for failure in failures] == [1, 4]
    assert failures[0].reason == DIED
    assert failures[1].reason.startswith("it raised ValueError (engine_passes.py")


def test_what_the_user_can_put_right_stops_the_pass(two_workers: DaskEngine) -> None:
    results = map_blocks(
        passes.double_unless_poisoned, [range(9)], two_workers, shared={4: "tell"}, failures=[]
    )
    with pytest.raises(CoderError, match="the cache is full") as caught:
        list(results)
    assert caught.value.fix == "Free some space."


# ---------------------------------------------------------------- what can be wrong


def test_other_versions_on_a_worker_are_an_error() -> None:
    with (
        LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        pytest.raises(CoderError, match=r"model [0-9]+ here, [0-9]+ there"),
        open_engine(cluster.scheduler_address.replace("tcp", "dask"), describe=passes.own_process),
    ):
        pass


def test_a_scheduler_without_workers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.engine.dask_engine.SECONDS_TO_ANSWER", 1)
    with (
        LocalCluster(
            n_workers=0, processes=False, dashboard_address=None, protocol="tcp"
        ) as cluster,
        pytest.raises(CoderError, match="the scheduler has no workers"),
        open_engine(cluster.scheduler_address.replace("tcp", "dask")),
    ):
        pass


def test_no_scheduler_at_the_address_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.engine.dask_engine.SECONDS_TO_ANSWER", 1)
    with (
        pytest.raises(CoderError, match="no Dask scheduler answers there"),
        open_engine("dask://127.0.0.1:9"),
    ):
        pass


def test_tls_without_certificates_is_an_error() -> None:
    with (
        pytest.raises(CoderError, match="cannot be connected to"),
        open_engine("tls://127.0.0.1:9"),
    ):
        pass


def test_versions_that_differ_are_listed() -> None:
    here = versions_here(lambda: {"model": "12ab"})
    assert difference(here, dict(here)) == ""
    assert difference(here, here | {"model": "34cd"}) == "model 12ab here, 34cd there"
    assert set(here) == {"coder", "Python", "numpy", "scipy", "model"}
