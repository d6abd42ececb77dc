"""Paths as callers give them, told apart from tables and texts that were given by mistake."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 1_000  # characters; what is longer is a text


def path_from(
    value: object,
    what: str,
    instead: str,
) -> Path:
    """The value as a path.

    Args:
        value: what the caller gave.
        what: what it should lead to, such as `the codebook`.
        instead: what to do with a table or a text, as a sentence.

    Raises:
        CoderError: it is not a path, or the text of something rather than a path to it. The
            text itself is not repeated in the message.
    """
    if not isinstance(value, str | Path):
        raise CoderError(
            f"{what} must be a path, not a {type(value).__name__}", instead
        )
    text = str(value)
    if "\n" in text or len(text) > LONGEST:
        raise CoderError(f"{what} must be a path, not the text itself", instead)
    if not text.strip():
        raise CoderError(f"{what} must be a path, not an empty text", instead)
    return Path(value)


def path_or_table(value: object, what: str) -> "pd.DataFrame | Path":
    """A table as it is, and anything else as a path.

    Args:
        value: what the caller gave.
        what: what the table holds, such as `the table of decisions`.

    Raises:
        CoderError: it is neither; see `path_from`.
    """
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return value
    instead = "Give a DataFrame, or the path of a CSV file or a workbook."
    return path_from(value, what, instead)
