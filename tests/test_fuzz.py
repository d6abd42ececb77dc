"""Changed files of every kind: each ends in a result or in the program's own message, within bounds."""

import pytest

from coder.errors import CoderError
from fuzz.corpus import CORPUS, LARGEST_CORPUS, kept_files
from fuzz.harness import judge_bytes, judge_files, judge_numbers
from fuzz.inputs import make_input
from fuzz.readers import BY_NAME, READERS, Reader
from fuzz.values import CANARY
from fuzz.verdicts import ACCEPTED, FAULT, REFUSED, judge

SEED = 20261122
SECONDS_A_READER, INPUTS_A_READER = 0.4, 80  # of the processor; all readers stay under a minute


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_files_that_are_not_changed_are_read(reader: Reader) -> None:
    # Otherwise the changed ones would be refused for another reason than the change.
    assert [judge_bytes(reader, data).outcome for data in reader.originals()] == [ACCEPTED] * len(
        reader.originals()
    )


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_changed_files_end_in_a_result_or_in_a_message(reader: Reader) -> None:
    seconds, faults, outcomes = 0.0, [], set()
    for verdict in judge_numbers(reader, SEED, range(INPUTS_A_READER)):
        outcomes.add(verdict.outcome)
        seconds += verdict.seconds
        if verdict.outcome == FAULT:
            faults.append(f"{reader.name} {SEED} {verdict.name}: {verdict.cause} {verdict.detail}")
        if seconds > SECONDS_A_READER:
            break
    assert outcomes
    assert faults == []


@pytest.mark.parametrize("kept", list(kept_files()), ids=lambda kept: kept[0].name)
def test_what_was_a_fault_once_is_none_any_more(kept: tuple[Reader, list]) -> None:
    reader, files = kept
    verdicts = list(judge_files(reader, files))
    assert len(verdicts) == len(files)
    assert [verdict for verdict in verdicts if verdict.outcome == FAULT] == []


def test_the_kept_files_are_small() -> None:
    sizes = [path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()]
    assert sizes
    assert sum(sizes) < LARGEST_CORPUS


@pytest.mark.parametrize("name", ["csv", "xlsx", "parquet", "sav", "sealed_pack", "vectors"])
def test_an_input_can_be_made_again(name: str) -> None:
    reader = BY_NAME[name]
    for number in range(20):
        assert make_input(reader, SEED, number) == make_input(reader, SEED, number)
    assert make_input(reader, SEED, 1) != make_input(reader, SEED + 1, 1)


# ---------------------------------------------------------------- the fuzzers see faults


def _reader(read: object) -> Reader:
    return Reader("csv", "a.csv", BY_NAME["csv"].made, read)  # type: ignore[arg-type]


def test_a_traceback_is_a_fault() -> None:
    verdict = judge("x", lambda: [].pop())
    assert (verdict.outcome, verdict.cause.split()[0]) == (FAULT, "IndexError")


def test_a_message_that_shows_a_comment_is_a_fault() -> None:
    def leak() -> None:
        raise CoderError(f"the cell is '{CANARY}'", "Correct it.")

    def refuse() -> None:
        raise CoderError("the cell in line 3 is no number", "Correct it.")

    assert judge("x", leak).outcome == FAULT
    assert judge("x", refuse).outcome == REFUSED


def test_an_abort_is_a_fault_of_its_input_and_the_others_are_judged() -> None:
    import os

    def abort(path: object) -> None:
        if b"C-003" not in path.read_bytes():  # type: ignore[attr-defined]
            os.abort()

    def inputs() -> list[str]:
        return [verdict.outcome for verdict in judge_numbers(_reader(abort), SEED, range(40))]

    outcomes = inputs()
    assert len(outcomes) == 40
    assert {ACCEPTED, FAULT} == set(outcomes)


def test_all_of_the_memory_is_a_fault_of_its_input() -> None:
    verdict = judge_bytes(_reader(lambda _: bytearray(8_000_000_000)), b"x")
    assert (verdict.outcome, verdict.cause.split()[0]) == (FAULT, "MemoryError")
    verdict = judge_bytes(_reader(lambda _: b"x" * 1_500_000_000), b"x")
    assert verdict.cause == "took more than 1 GB"
