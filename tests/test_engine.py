"""Where blocks are computed: the same results everywhere; dead workers, poisoned items, little kept."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import engine_passes as passes
from coder.engine import PLAIN_LOOP, Engine, Failure, cut_into_blocks, map_blocks, open_engine
from coder.engine.processes import ProcessEngine
from coder.errors import CoderError

TEXTS = [f"comment {number} on roads, buses and trains " * (number % 7) for number in range(501)]
BLOCKS = cut_into_blocks(TEXTS, 40)


@pytest.fixture(scope="module")
def two_processes() -> Iterator[ProcessEngine]:
    """Two processes for all tests: started once, used for many passes."""
    with open_engine(workers=2) as engine:
        assert isinstance(engine, ProcessEngine)
        yield engine


@pytest.fixture(params=["loop", "processes"])
def engine(request: pytest.FixtureRequest, two_processes: ProcessEngine) -> Engine:
    return {"loop": PLAIN_LOOP, "processes": two_processes}[request.param]


def project_all(engine: Engine) -> bytes:
    weights = np.random.default_rng(1).normal(size=(10, 30_000))  # large enough to be mapped
    results = map_blocks(passes.project_texts, BLOCKS, engine, shared=weights)
    return b"".join(result.tobytes() for _, result in results)


# ---------------------------------------------------------------- results


def test_results_are_the_same_bytes_whatever_computes_them(two_processes: ProcessEngine) -> None:
    in_a_loop = project_all(PLAIN_LOOP)
    assert len(in_a_loop) == 501 * 10 * 8
    assert project_all(two_processes) == in_a_loop
    for workers in (1, 3):
        with open_engine(workers=workers) as engine:
            assert project_all(engine) == in_a_loop
    with ThreadPoolExecutor(2) as executor:
        assert project_all(executor) == in_a_loop


def test_results_come_with_their_blocks_in_order_and_progress_is_told(engine: Engine) -> None:
    calls = []
    blocks = [range(3), range(3, 4), range(4, 9)]
    results = map_blocks(
        passes.double, blocks, engine, progress=lambda *call: calls.append(call), what="Doubling"
    )
    assert list(results) == [(block, [2 * number for number in block]) for block in blocks]
    assert calls == [(3, 9, "Doubling"), (4, 9, "Doubling"), (9, 9, "Doubling")]


def test_blocks_are_taken_as_they_are_needed(two_processes: ProcessEngine) -> None:
    """A generator of a million blocks is never held as a whole, nor are its results."""
    taken = []

    def blocks() -> Iterator[range]:
        for number in range(1_000_000):
            taken.append(number)
            yield range(number, number + 1)

    for engine, most in ((PLAIN_LOOP, 1), (two_processes, 6)):
        taken.clear()
        results = map_blocks(passes.double, blocks(), engine, total=1_000_000)
        for number in range(5):
            assert next(results)[1] == [2 * number]
        assert len(taken) <= 5 + most
        results.close()


def test_no_blocks_give_no_results(engine: Engine) -> None:
    assert list(map_blocks(passes.double, [], engine)) == []
    assert list(map_blocks(passes.double, [[]], engine)) == [([], [])]


# ---------------------------------------------------------------- workers


def test_workers_are_kept_and_share_arrays_through_a_file(two_processes: ProcessEngine) -> None:
    table = {"big": np.zeros(1 << 18), "small": np.zeros(3)}
    facts = []
    for _ in range(2):
        results = map_blocks(passes.facts_of_worker, BLOCKS[:8], two_processes, shared=table)
        facts += [result for _, result in results]
    assert len({fact["pid"] for fact in facts}) == 2
    assert {fact["threads"] for fact in facts} == {"1"}
    assert all(fact["mapped"] and not fact["writeable"] for fact in facts)
    assert {fact["main"] for fact in facts} == {None}  # no script runs again in a worker


def test_shared_arrays_lie_in_a_private_folder_and_are_removed(tmp_path: Path) -> None:
    table = {"big": np.zeros(1 << 18)}
    with open_engine(workers=2, scratch=tmp_path / "scratch") as engine:
        results = map_blocks(passes.facts_of_worker, BLOCKS[:3], engine, shared=table)
        next(results)
        (folder,) = (tmp_path / "scratch").iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600]
        list(results)
        assert list((tmp_path / "scratch").iterdir()) == []


def test_a_worker_that_dies_is_replaced_and_its_block_computed_again(
    two_processes: ProcessEngine, tmp_path: Path
) -> None:
    blocks = [range(start, start + 10) for start in range(0, 50, 10)]
    failures: list[Failure] = []
    results = map_blocks(
        passes.die_once, blocks, two_processes, shared=str(tmp_path), failures=failures
    )
    assert list(results) == [(block, [2 * number for number in block]) for block in blocks]
    assert failures == []


def test_a_worker_killed_while_it_waits_is_replaced(two_processes: ProcessEngine) -> None:
    facts = map_blocks(
        passes.facts_of_worker, BLOCKS[:4], two_processes, shared={"big": np.ones(2)}
    )
    for pid in {fact["pid"] for _, fact in facts}:
        os.kill(pid, signal.SIGKILL)
    assert [result for _, result in map_blocks(passes.double, [[1], [2]], two_processes)] == [
        [2],
        [4],
    ]


# ---------------------------------------------------------------- poisoned items

KINDS = {
    "kill": "its worker was killed; perhaps memory was short",
    "crash": "its worker crashed (SIGSEGV)",
    "exit": "its worker ended with status 3",
}
POISON = {17: "kill", 18: "crash", 40: "exit", 59: "raise"}


def test_poisoned_items_are_named_and_the_rest_of_their_blocks_goes_on(
    two_processes: ProcessEngine,
) -> None:
    failures: list[Failure] = []
    blocks = cut_into_blocks(range(60), 20)
    results = list(
        map_blocks(
            passes.double_unless_poisoned, blocks, two_processes, shared=POISON, failures=failures
        )
    )
    kept = [number for number in range(60) if number not in POISON]
    assert [number for block, _ in results for number in block] == kept
    assert [number for _, doubled in results for number in doubled] == [2 * n for n in kept]
    assert [failure.item for failure in failures] == [17, 18, 40, 59]
    reasons = [failure.reason for failure in failures]
    assert reasons[:3] == [KINDS[POISON[number]] for number in (17, 18, 40)]
    assert reasons[3].startswith("it raised ValueError (engine_passes.py, line ")
    assert "Jane" not in reasons[3]


def test_exceptions_leave_out_the_same_items_in_a_loop(engine: Engine) -> None:
    poison = {3: "raise", 10: "raise", 11: "raise"}
    failures: list[Failure] = []
    results = map_blocks(
        passes.double_unless_poisoned,
        [range(10), range(10, 12), range(12, 15)],
        engine,
        shared=poison,
        failures=failures,
    )
    assert [list(block) for block, _ in results] == [[0, 1, 2, 4, 5, 6, 7, 8, 9], [12, 13, 14]]
    assert [failure.item for failure in failures] == [3, 10, 11]


@pytest.mark.parametrize("kind", [np.array, pd.Series])
def test_blocks_may_be_arrays_and_frames(engine: Engine, kind: type) -> None:
    failures: list[Failure] = []
    ((block, _),) = map_blocks(
        passes.double_unless_poisoned,
        [kind([5, 6, 7])],
        engine,
        shared={6: "raise"},
        failures=failures,
    )
    assert list(block) == [5, 7]
    assert [failure.item for failure in failures] == [1]


def test_a_failure_stops_where_nobody_takes_it(engine: Engine) -> None:
    results = map_blocks(passes.double_unless_poisoned, [range(9)], engine, shared={4: "raise"})
    with pytest.raises(
        CoderError, match="Comment 5 of this step could not be computed: it raised Val"
    ):
        list(results)


def test_a_function_that_always_fails_stops_soon(engine: Engine) -> None:
    poison = dict.fromkeys(range(2_000), "raise")
    results = map_blocks(
        passes.double_unless_poisoned, [range(2_000)], engine, shared=poison, failures=[]
    )
    with pytest.raises(CoderError, match="Many comments could not be computed"):
        list(results)


def test_what_the_user_can_put_right_stops_the_pass(engine: Engine) -> None:
    results = map_blocks(
        passes.double_unless_poisoned, [range(9)], engine, shared={4: "tell"}, failures=[]
    )
    with pytest.raises(CoderError, match="the cache is full") as caught:
        list(results)
    assert caught.value.fix == "Free some space."


def test_a_block_that_fails_only_as_a_whole_stops_with_what_to_do(engine: Engine) -> None:
    results = map_blocks(passes.fail_together, [range(10)], engine, shared=6, failures=[])
    with pytest.raises(
        CoderError, match="10 comments could not be computed together: it raised Mem"
    ):
        list(results)


# ---------------------------------------------------------------- options


@pytest.mark.parametrize("workers", [0, -1, 100_000])
def test_a_number_of_workers_out_of_range_is_an_error(workers: int) -> None:
    with pytest.raises(CoderError, match="out of range"), open_engine(workers=workers):
        pass


@pytest.mark.parametrize(
    "name", ["foo", "", "dask://", "dask://host", "dask://host:port", "tcp://a:1"]
)
def test_an_unknown_engine_is_an_error(name: str) -> None:
    with pytest.raises(CoderError, match=f"there is no engine '{name}'"), open_engine(name):
        pass


def test_workers_of_this_machine_and_a_scheduler_elsewhere_exclude_each_other() -> None:
    with (
        pytest.raises(CoderError, match="is for this machine"),
        open_engine("dask://host:8786", workers=2),
    ):
        pass


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(CoderError, match="Dask, which is not installed") as caught,
        open_engine("dask"),
    ):
        pass
    assert "coder[cluster]" in caught.value.fix


# ---------------------------------------------------------------- Ctrl-C

SLEEPER = """
import sys
sys.path.insert(0, "tests")
import engine_passes
from coder.engine import map_blocks, open_engine

def notice(done, total, what):
    print(done, flush=True)

# No guard of the main module: the workers must not run this again.
with open_engine(workers=2) as engine:
    list(map_blocks(engine_passes.double, [[1], [2]], engine, progress=notice))
    list(map_blocks(engine_passes.sleep_long, [[1], [2], [3]], engine))
"""


def children_of(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]


@pytest.fixture
def sleeper() -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A program whose workers compute for a minute, and the ids of its processes."""
    if not Path("/proc/self/task").exists():
        pytest.skip("asks Linux for its processes")
    process = subprocess.Popen(
        [sys.executable, "-c", SLEEPER],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["1\n", "2\n"]
    time.sleep(0.3)  # the second pass is under way
    children = children_of(process.pid)
    assert len(children) >= 2
    yield process, children
    process.kill()
    process.communicate()


def wait_until_gone(pids: list[int]) -> float:
    """Seconds until none of these processes runs."""
    begin = time.monotonic()
    while any(runs(pid) for pid in pids):
        assert time.monotonic() - begin < 20
        time.sleep(0.02)
    return time.monotonic() - begin


def runs(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_ctrl_c_ends_all_workers_at_once(
    sleeper: tuple[subprocess.Popen[str], list[int]],
) -> None:
    process, children = sleeper
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    seconds = wait_until_gone([process.pid, *children])
    assert seconds < 5  # a second, on a machine that does nothing else
    _, errors = process.communicate()
    assert process.returncode in (-signal.SIGINT, 130)
    assert errors.count("KeyboardInterrupt") == 1  # the workers say nothing


def test_workers_end_when_the_program_is_killed(
    sleeper: tuple[subprocess.Popen[str], list[int]],
) -> None:
    process, children = sleeper
    process.kill()
    wait_until_gone(children)
