"""How a review session goes: blind or with suggestions, and which comments it shows."""

from dataclasses import dataclass, replace
from typing import Literal

from coder.codebook import Codebook
from coder.errors import CoderError, did_you_mean, option

LIST_ORDERS = ("codebook", "model")
SessionKind = Literal["mixed", "sample", "theme", "double", "adjudicate", "train"]


@dataclass(frozen=True)
class ReviewMode:
    """At most one of `theme`, `sample`, `double` and `adjudicate`; only `theme` and `sample` go
    together.

    Attributes:
        blind: show no suggestions of the model.
        theme: id of the only theme to judge.
        sample: review the first so many comments of the random order, whatever others decided.
        double: share of the comments that others decided, in (0, 1], to code a second time, blind.
        adjudicate: settle the comments that reviewers judged differently.
        seed: of everything that is drawn at random.
        start: with `sample`: the first review of a codebook. What anybody decided blind is not
            asked again, and the session ends with the last comment of the sample.
        order: of the list of themes: the codebook's, or the model's with the likeliest on top.
        tick: probability in [0, 1] from which on a theme that the model assigns is ticked in
            advance; 0 ticks all that it assigns, 1 none.
        train: code comments whose answers are known, blind, and see how they compare.
    """

    blind: bool = False
    theme: str | None = None
    sample: int | None = None
    double: float | None = None
    adjudicate: bool = False
    seed: int = 0
    start: bool = False
    order: str = "codebook"
    tick: float = 0.5
    train: bool = False

    @property
    def kind(self) -> SessionKind:
        """The kind of session that the options ask for."""
        if self.train:
            return "train"
        if self.adjudicate:
            return "adjudicate"
        if self.double is not None:
            return "double"
        if self.theme is not None:
            return "theme"
        if self.sample is not None:
            return "sample"
        return "mixed"

    def scope(self, codebook: Codebook) -> tuple[str, ...]:
        """Ids of the themes to judge."""
        if self.theme is not None:
            return (self.theme,)
        return codebook.theme_ids


def check_mode(mode: ReviewMode, codebook: Codebook) -> ReviewMode:
    """The mode, blind where a second coding needs it.

    Raises:
        CoderError: options contradict each other, the codebook has no such theme, or the sample
            is empty.
    """
    _check_combination(mode)
    if mode.theme is not None and mode.theme not in codebook.theme_ids:
        raise CoderError(
            f"{option('theme', mode.theme)}: the codebook has no theme {mode.theme!r}",
            did_you_mean(mode.theme, codebook.theme_ids),
        )
    if mode.order not in LIST_ORDERS:
        raise CoderError(
            f"{option('order', mode.order)}: not one of the allowed values",
            did_you_mean(mode.order, LIST_ORDERS),
        )
    if not 0 <= mode.tick <= 1:
        raise CoderError(
            f"{option('tick', f'{mode.tick:g}')}: must be between 0 and 1",
            f"For example {option('tick', '0.5')}; 1 ticks nothing in advance.",
        )
    if mode.sample is not None and mode.sample < 1:
        raise CoderError(
            f"{option('sample', str(mode.sample))}: must be at least 1",
            f"For example {option('sample', '200')}.",
        )
    if (
        mode.double is not None
    ):  # a reviewer who saw the model's suggestions would agree with it
        return replace(mode, blind=True)
    return mode


def _check_combination(mode: ReviewMode) -> None:
    chosen = []
    if mode.theme is not None and mode.sample is None:
        chosen.append(option("theme"))
    if mode.sample is not None:
        chosen.append(option("sample"))
    if mode.double is not None:
        chosen.append(option("double"))
    if mode.adjudicate:
        chosen.append(option("adjudicate"))
    if len(chosen) > 1:
        raise CoderError(
            f"{' and '.join(chosen)} cannot be used together", "Use one of them."
        )
    if mode.adjudicate and mode.blind:
        raise CoderError(
            f"{option('adjudicate')} shows what the reviewers decided, so it cannot be blind",
            f"Leave out {option('adjudicate')} or {option('blind')}.",
        )
