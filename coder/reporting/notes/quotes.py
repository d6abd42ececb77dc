"""How quotes were chosen and masked, and whose comments are not quoted."""

from collections.abc import Sequence

import pandas as pd

from coder.figures import choose_form, join_names
from coder.reporting.coded_matrix import Bools, CodedMatrix, Key
from coder.reporting.pinned_quotes import quotes_with_details
from coder.reporting.quote_faults import FEWEST_WORDS, MOST_WORDS
from coder.reporting.quotes import Quote, keys_without_quote
from coder.text import count

MOST_LISTED = 8  # answers named in a note


def quote_note(quotes: pd.DataFrame, themes: pd.DataFrame, matrix: CodedMatrix) -> str:
    """How the quotes were made, and which rows that some comment carries have none.

    Args:
        quotes: `tables.QUOTES`.
        themes: `tables.THEMES`.
    """
    if quotes.empty:
        return (
            f"No quote fits the rules ({FEWEST_WORDS} to {MOST_WORDS} words, from people who "
            "did not decline publication)."
        )
    sentences = [
        "Quotes are exact parts of comments; an ellipsis (…) marks where words are left out, "
        "[brackets] what was masked or edited."
    ]
    masked, edited = int(quotes["masked"].sum()), int(quotes["edited"].sum())
    if masked:
        sentences.append(f"Personal details were masked in {count(masked, 'quote')}.")
    if edited:
        were = choose_form(
            edited,
            "was",
            "were",
        )
        sentences.append(f"{count(edited, 'quote')} {were} edited by the analyst.")
    sentences.append(
        "Not every name without a title is found automatically: check the quotes by hand before "
        "you publish them."
    )
    mentioned = themes[themes["n"] > 0]
    keys = list(
        zip(
            mentioned["theme_id"],
            mentioned["position_id"],
            strict=True,
        )
    )
    without = keys_without_quote(quotes, keys)
    if without:
        names = join_names([_full_name(matrix, key) for key in without])
        sentences.append(f"No suitable quote for {names}.")
    return " ".join(sentences)


def _full_name(matrix: CodedMatrix, key: Key) -> str:
    """A row's name where it stands alone: a position goes by its theme too."""
    row = matrix.rows[matrix.row_number[key]]
    if row.position is None:
        return row.short
    return f"{row.theme.short}: {row.short}"


def declined_note(matrix: CodedMatrix, declined: Bools, column: str) -> str:
    """Who is not quoted, with the answers taken for a refusal.

    A column that asks the other way round ("May we quote you?") shows here.
    """
    if not column:
        return ""
    answers = matrix.comments[column].astype(str).str.strip()
    n = int(declined.sum())
    author = choose_form(
        n,
        "author",
        "authors",
    )
    note = f"Not quoted: {count(n, 'comment')} whose {author} declined publication"
    refusals, others = (
        _list_answers(answers[declined]),
        _list_answers(answers[~declined]),
    )
    note += f" ({column}: {refusals})" if refusals else f" (by {column})"
    if others:
        note += f"; free to quote: {others}"
    return f"{note}."


def _list_answers(answers: "pd.Series[str]") -> str:
    """`“no” 12 and no answer 3`."""
    parts = []
    for answer, n in sorted(answers.value_counts().items())[:MOST_LISTED]:
        name = f"“{answer}”" if answer else "no answer"
        parts.append(f"{name} {n:,}")
    return join_names(parts)


def details_note(pinned: Sequence[Quote]) -> str:
    """Pinned quotes in which personal details still show."""
    ids = quotes_with_details(pinned)
    if not ids:
        return ""
    quote = choose_form(
        len(ids),
        "quote",
        "quotes",
    )
    return (
        f"Personal details still show in the pinned {quote} of {join_names(ids)}: mask them in "
        "quotes.yaml, such as [name]."
    )
