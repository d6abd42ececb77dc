"""The words that reviewers marked, as they stand."""

from collections.abc import Iterable, Mapping

from coder.decisions.log import Decision
from coder.text import Span

Marks = tuple[Span, ...]


def marked_words(
    decisions: Iterable[Decision], current_ids: Mapping[str, str]
) -> dict[str, Marks]:
    """The words that one reviewer marked in one comment, by theme; themes without any are left
    out.

    The last decision counts that says something of a theme's words: one that names them, or
    judges the theme where words can be marked. A table cannot hold them, so that an answer from
    one leaves them as they were, where the theme is still present.

    Args:
        decisions: the reviewer's standing ones on the comment, in their order.
        current_ids: the present id of each id that decisions hold (`Codebook.current_ids`).
    """
    marks: dict[str, dict[str, Marks]] = {}  # by theme, then by the id that it had
    for decision in decisions:
        for old in {*decision.scope, *decision.evidence}:
            theme_id = current_ids.get(old)
            if theme_id is None or _leaves_words(decision, old):
                continue
            spans = tuple(Span(*span) for span in decision.evidence.get(old, ()))
            parts = marks.setdefault(theme_id, {})
            if old == theme_id:  # what was said under earlier ids is replaced
                parts.clear()
            parts[old] = spans
    joined = {}
    for theme_id, parts in marks.items():
        spans = tuple(sorted({span for part in parts.values() for span in part}))
        if spans:
            joined[theme_id] = spans
    return joined


def _leaves_words(decision: Decision, theme_id: str) -> bool:
    """Whether a decision says nothing of a theme's words."""
    from_table = decision.front_end == "table"
    return from_table and theme_id in decision.themes
