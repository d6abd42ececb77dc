"""Words for shares: what most, many, some and a few mean."""

from typing import NamedTuple

from coder.statistics.intervals import wilson


class Hedge(NamedTuple):
    """A word for a share of the comments that carry a theme."""

    word: str
    above: float  # the share is greater than this
    meaning: str


HEDGES = (
    Hedge("most", 0.5, "more than half"),
    Hedge("many", 0.25, "more than a quarter"),
    Hedge("some", 0.1, "more than a tenth"),
    Hedge("a few", 0.0, "a tenth or fewer"),
)
WORDS = tuple(hedge.word for hedge in HEDGES)


def choose_word(count: int, base: int, *, is_exact: bool) -> str:
    """The word for `count` of `base` comments.

    Where it is not certain which comments carry the theme, the share is taken at the lower end of
    its 95 % interval (Wilson's), so that of two words that fit the weaker one is used.

    Args:
        is_exact: reviewers decided of every comment whether it carries the theme.
    """
    share = count / base
    if not is_exact:
        share = float(wilson(share, base)[0])
    for hedge in HEDGES:
        if share > hedge.above:
            return hedge.word
    return WORDS[-1]


def describe_words() -> str:
    """What the words mean, as a note."""
    meanings = ", ".join(f"{hedge.word}: {hedge.meaning}" for hedge in HEDGES)
    return (
        f"In paragraphs, words stand for shares of the comments with a theme ({meanings}). Where "
        "not every comment was reviewed, the word fits the lower end of the share's 95% interval. "
        "The program finds what the comments of a theme mention, and nobody has reviewed that: in "
        "an example, four of five sentences that it found were right, and it found few."
    )
