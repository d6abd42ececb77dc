"""Checks of what `coder review` is asked for, before anything is read."""

from collections.abc import Mapping
from typing import Any

from coder.errors import CoderError, option

SEPARATE = ("quotes", "assign", "take", "train")  # works of their own


def share_of(percentage: str | None) -> float | None:
    """`20%`, `20` or `0.2` as a share."""
    if percentage is None:
        return None
    number = percentage.strip().removesuffix("%")
    try:
        share = float(number)
    except ValueError:
        share = 0.0
    if percentage.strip().endswith("%") or share > 1:
        share /= 100
    if not 0 < share <= 1:
        raise CoderError(
            f"{option('double', percentage)}: must be a percentage, such as 20%",
            f"For example {option('double', '20%')}.",
        )
    return share


def check_options(options: Mapping[str, Any]) -> None:
    """Raise where two options ask for different things (see also `reviewing.mode.check_mode`)."""
    names = {"from_": "from", "status": "status", "drawn": "drawn", "start": "start"}
    separate_keys = frozenset(("from_", "status", "drawn", "start", *SEPARATE))
    others = ("theme", "sample", "double", "adjudicate", *SEPARATE)
    names |= {name: name for name in others}
    given = {
        key for key, value in options.items() if not (value is None or value is False)
    }
    chosen = [option(name) for key, name in names.items() if key in given]
    separate = given & separate_keys
    if separate and len(chosen) > 1:
        raise CoderError(
            f"{' and '.join(chosen)} cannot be used together", "Use one of them."
        )
    _check_companions(options)


def _check_companions(options: Mapping[str, Any]) -> None:
    """Raise where an option says how to take what is not given."""
    if options["mix"] is not None and options["train"] is None:
        raise CoderError(
            f"{option('mix')} tells how often comments with known answers come, and none are "
            "named",
            f"Name them as well: {option('train', 'GOLD.csv')}.",
        )
    if options["chosen"] is not None and options["from_"] is None:
        raise CoderError(
            f"{option('chosen')} tells how the comments of a table were chosen, and no table is "
            "given",
            f"Give the table as well: {option('from', 'FILE.csv')}.",
        )
