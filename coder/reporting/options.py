"""What the user chooses about a report."""

from dataclasses import dataclass
from typing import Literal, TypedDict

from coder.errors import CoderError, option

CAMPAIGNS = ("each", "once")
CORRECTIONS = ("holm", "fdr")


@dataclass(frozen=True)
class Options:
    """What a report counts, shows and holds back.

    Attributes:
        by: columns of the comments, or derived variables of the settings, to break the themes
            down by.
        campaigns: count each letter of a campaign, or each campaign once.
        minimum_base: no percentage is given for a source or group with fewer comments.
        minimum_cell: smaller counts are hidden in breakdowns, with others so that they cannot
            be worked out.
        correction: of the breakdowns' tests for the number of comparisons: Holm's method or the
            false discovery rate.
        threshold: main themes under it are held back: comments ("50") or a share ("5%"); empty
            for none.
        quotes: for each theme and position, at most.
        pool_discussion: count comments of discussion pages together with those of other
            sources. Otherwise they have columns of their own and no part in figures over
            several sources.
        reviewer_error: intervals carry how far reviewers differ, from comments coded blind by
            two or more of them: they cover what other reviewers would have counted.
        seed: of the random draws for rank ranges and agreement.

    Raises:
        CoderError: `campaigns`, `correction` or `threshold` is not one of these.
    """

    by: tuple[str, ...] = ()
    campaigns: Literal["each", "once"] = "each"
    minimum_base: int = 30
    minimum_cell: int = 5
    correction: Literal["holm", "fdr"] = "holm"
    threshold: str = ""
    quotes: int = 2
    pool_discussion: bool = False
    reviewer_error: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        _check_choice("campaigns", self.campaigns, CAMPAIGNS)
        _check_choice("correction", self.correction, CORRECTIONS)
        if self.threshold:
            Threshold.parse(self.threshold)


class OptionArguments(TypedDict, total=False):
    """The attributes of `Options` without `by`, as keyword arguments."""

    campaigns: Literal["each", "once"]
    minimum_base: int
    minimum_cell: int
    correction: Literal["holm", "fdr"]
    threshold: str
    quotes: int
    pool_discussion: bool
    reviewer_error: bool
    seed: int


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise CoderError(
            f"{option(name, value)}: must be one of {' and '.join(allowed)}",
            f"Choose {' or '.join(allowed)}.",
        )


@dataclass(frozen=True)
class Threshold:
    """The size under which main themes are held back: a share in [0, 100] or a number of
    comments.
    """

    size: float
    is_percent: bool

    @classmethod
    def parse(cls, text: str) -> "Threshold":
        """`50` or `5%`. Raises `CoderError` for anything else."""
        is_percent = text.strip().endswith("%")
        try:
            size = float(text.strip().rstrip("%"))
        except ValueError:
            size = -1.0
        if size < 0 or (is_percent and size > 100):
            raise CoderError(
                f"{option('threshold', text)}: must be a number of comments or a percentage",
                "Write it as 50 or 5%.",
            )
        return cls(size, is_percent)
