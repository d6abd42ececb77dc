"""What to tell the user about answers that are in two sources. Never what they say."""

import pandas as pd

from coder.errors import option
from coder.reading.repeats import COUNTED_ONCE, OTHER_TEXT, SAME_ANSWER
from coder.text import count

IDS_SHOWN = 5


def repeat_notes(repeats: pd.DataFrame) -> list[str]:
    """A note or two for each source that repeats comments of the others.

    Args:
        repeats: `tables.REPEATS`.
    """
    notes = []
    for source, part in repeats.groupby("source", sort=False):
        is_same = part["evidence"].isin(SAME_ANSWER)
        is_once = part["counted"] == COUNTED_ONCE
        is_other_text = part["evidence"] == OTHER_TEXT
        notes.append(_once_note(str(source), part[is_same & is_once]))
        notes.append(_each_note(str(source), part[is_same & ~is_once]))
        notes.append(_alike_note(str(source), part[~is_same & ~is_other_text]))
        notes.append(_other_text_note(str(source), part[is_other_text]))
    return [note for note in notes if note]


def _once_note(source: str, repeats: pd.DataFrame) -> str:
    """Comments that were left out."""
    if repeats.empty:
        return ""
    be, it, other = _forms(repeats)
    return (
        f"{_described(source, repeats)} {be} in another source too. Each answer is counted "
        f"once: {it} {be} left out. repeats.csv names the {other}. To count every one: "
        f"{option('count_repeats')}."
    )


def _each_note(source: str, repeats: pd.DataFrame) -> str:
    """Comments that count although they are repeats, because the user says so."""
    if repeats.empty:
        return ""
    be, it, other = _forms(repeats)
    return (
        f"{_described(source, repeats)} {be} in another source too. As chosen, {it} {be} counted "
        f"each time. repeats.csv names the {other}. To count each answer once, set "
        "`count_repeats: false` in project.yaml."
    )


def _alike_note(source: str, repeats: pd.DataFrame) -> str:
    """Comments with a text of another source, which may be another person's."""
    if repeats.empty:
        return ""
    have = "has" if len(repeats) == 1 else "have"
    be, it, other = _forms(repeats)
    return (
        f"{_described(source, repeats)} {have} the text of a comment in another source, or "
        f"nearly, but it may be another person's, so {it} {be} counted. repeats.csv names the "
        f"{other}. To leave one out: {option('exclude', 'ID=duplicate')}."
    )


def _other_text_note(source: str, repeats: pd.DataFrame) -> str:
    """Comments with the id or respondent of a comment in another source, and another text."""
    if repeats.empty:
        return ""
    have = "has" if len(repeats) == 1 else "have"
    be, it, other = _forms(repeats)
    return (
        f"{_described(source, repeats)} {have} the id or respondent of a comment in another "
        f"source, but another text, so {it} {be} counted. repeats.csv names the {other}."
    )


def _described(source: str, repeats: pd.DataFrame) -> str:
    """`20 comments of 'two' (two/c000, two/c001 and 18 more)`."""
    ids = repeats["comment_id"].tolist()
    listed = ", ".join(ids[:IDS_SHOWN])
    if len(ids) > IDS_SHOWN:
        listed += f" and {len(ids) - IDS_SHOWN:,} more"
    return f"{count(len(ids), 'comment')} of {source!r} ({listed})"


def _forms(repeats: pd.DataFrame) -> tuple[str, str, str]:
    """The forms of a verb and two nouns that go with their number."""
    if len(repeats) == 1:
        return "is", "it", "other comment"
    return "are", "they", "other comments"
