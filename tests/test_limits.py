"""The limits on files, in one place, and how they are raised."""

import pytest

import coder
from coder.cli import app
from coder.errors import CoderError, for_command_line, for_python
from coder.limits import NEVER_RAISED, ORDINARY, Limits, how_to_raise, limits, multiplied


def test_a_raise_multiplies_every_limit_but_those_on_depth() -> None:
    higher = multiplied(3)
    for name in Limits.__dataclass_fields__:
        times = 1 if name in NEVER_RAISED else 3
        assert getattr(higher, name) == times * getattr(ORDINARY, name), name


def test_a_raise_holds_within_its_block_alone() -> None:
    with coder.raise_limits(2):
        assert limits() == multiplied(2)
    assert limits() == ORDINARY


@pytest.mark.parametrize("times", [0, -1, 1_001])
def test_limits_are_only_raised(times: int) -> None:
    with pytest.raises(CoderError, match="from 1 to 1,000"):
        multiplied(times)


def test_every_limit_is_explained() -> None:
    for name in Limits.__dataclass_fields__:
        assert f"        {name}: " in str(Limits.__doc__), name


def test_a_large_file_may_take_more() -> None:
    assert ORDINARY.memory_for(200_000_000) > 4_000_000_000
    assert ORDINARY.memory_for(4_000_000) < 1_000_000_000
    assert ORDINARY.seconds_for(10_000_000) > ORDINARY.seconds_for(1_000_000) > 5


def test_the_way_out_is_told_to_both_kinds_of_users() -> None:
    assert for_command_line(how_to_raise()).endswith("--raise-limits 4")
    assert for_python(how_to_raise()).endswith("with coder.raise_limits(4): ...")


@pytest.mark.parametrize(
    "command", ["read", "cluster", "apply", "review", "agree", "check", "export", "codebook from"]
)
def test_commands_that_read_files_offer_it_and_say_what_it_risks(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app([*command.split(), "--help"], standalone_mode=False)
    told = " ".join(capsys.readouterr().out.split())
    assert "--raise-limits N" in told
    assert "only for files that you trust" in told
