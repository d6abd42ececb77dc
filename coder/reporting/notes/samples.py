"""How far the random samples are decided, and what is missing of them."""

from collections.abc import Iterator, Sequence

from coder.codebook import Codebook
from coder.decisions import Draw
from coder.figures import choose_form, join_names
from coder.reporting.coded_matrix import CodedMatrix
from coder.statistics.samples import DrawState
from coder.text import count


def weakest_sample(matrix: CodedMatrix) -> DrawState | None:
    """The random sample of which most is missing, those that no interval rests on first; None
    where all are complete.
    """
    faulty = [state for state in matrix.samples if state.missing or state.leaves_out]
    return max(faulty, key=_fault, default=None)


def _fault(state: DrawState) -> tuple[bool, float, int]:
    """How far a sample is from being complete."""
    share = state.missing / state.drawn if state.drawn else 0.0
    return not state.is_usable, share, state.leaves_out


def unusable_sample(matrix: CodedMatrix) -> DrawState | None:
    """The random sample of which too much is missing for intervals; None where none is."""
    state = weakest_sample(matrix)
    if state is None or state.is_usable:
        return None
    return state


def describe_sample(state: DrawState) -> str:
    """`132 of the 200 comments drawn at random are decided and 68 are missing`."""
    if not state.missing and state.leaves_out:
        were = choose_form(state.leaves_out, "was", "were")
        return (
            f"{count(state.leaves_out, 'comment')} {were} added after a sample was drawn, and "
            "could not be drawn"
        )
    be = choose_form(state.decided, "is", "are")
    missing = choose_form(state.missing, "is", "are")
    return (
        f"{state.decided:,} of the {count(state.drawn, 'comment')} drawn at random {be} decided "
        f"and {state.missing:,} {missing} missing"
    )


def sample_caution(matrix: CodedMatrix) -> str:
    """What is missing of the random samples, and what follows."""
    state = weakest_sample(matrix)
    if state is None:
        return ""
    others = [each for each in matrix.samples if each.is_usable]
    if not state.is_usable and others:
        return f"{describe_sample(state)}. The intervals rest on another sample."
    if not state.is_usable:
        return f"{describe_sample(state)}, so no interval rests on this sample."
    they = choose_form(state.missing, "the missing one", "the missing ones")
    return (
        f"{describe_sample(state)}, so the intervals allow for whatever {they} may say."
    )


def sample_notes(
    matrix: CodedMatrix, draws: Sequence[Draw], codebook: Codebook
) -> Iterator[str]:
    """One note a random sample: how many comments it has, and how far they are decided.

    Args:
        draws: of the same samples as `matrix.samples`.
    """
    for number, (draw, state) in enumerate(zip(draws, matrix.samples, strict=True), 1):
        note = f"{_name_of(number, draws)}: {count(state.drawn, 'comment')}"
        if draw.theme_ids:
            note += f" for {join_names(_theme_names(draw, codebook))}"
        note += f", {state.decided:,} decided and {state.missing:,} missing."
        if state.unsure:
            note += f" In {state.unsure:,} of them a reviewer could not tell."
        if state.leaves_out:
            were = choose_form(state.leaves_out, "was", "were")
            comments = count(state.leaves_out, "comment")
            note += f" {comments} {were} added later and could not be drawn."
        yield note


def _name_of(number: int, draws: Sequence[Draw]) -> str:
    """`Random sample`, or `Random sample 2` where there are several."""
    if len(draws) == 1:
        return "Random sample"
    return f"Random sample {number}"


def _theme_names(draw: Draw, codebook: Codebook) -> list[str]:
    names = {theme.id: theme.short for theme in codebook.active}
    return [names.get(theme_id, theme_id) for theme_id in draw.theme_ids]


def sample_record(draws: Sequence[Draw]) -> Iterator[str]:
    """Where each random sample comes from."""
    for number, draw in enumerate(draws, 1):
        comments = f"{len(draw.comment_ids):,} of {count(draw.frame, 'comment')}"
        origin = "drawn in another program"
        if draw.seed is not None:
            origin = f"seed {draw.seed}"
        yield (
            f"{_name_of(number, draws)}: {comments}, {origin}, {draw.drawn_at}, draws/{draw.id}"
            f".json, fingerprint of the comments drawn from {draw.frame_fingerprint}."
        )
