"""Comments and the codebook as pages get them. Ranges are in UTF-16 units, as browsers count."""

from typing import Any

from coder.codebook import Codebook, Position, Theme
from coder.reviewing.drafts import Draft
from coder.reviewing.hands import Hand
from coder.reviewing.queue import Pick
from coder.reviewing.theme_keys import position_keys, theme_keys
from coder.reviewing.theme_rows import PositionRow, RowBuilder, ThemeRow
from coder.serving.offsets import to_units
from coder.text import text_hash, visible

PLACES = 4  # decimals of a probability


def codebook_facts(codebook: Codebook) -> dict[str, Any]:
    """The themes in their fixed order, with their keys."""
    keys = theme_keys(codebook.theme_ids)
    themes = []
    for node in codebook.nodes:
        if node.theme.is_coded:
            key = keys[node.theme.id]
            themes.append(_theme_facts(node.theme, node.depth, key))
    return {
        "title": codebook.title,
        "language": codebook.language,
        "fingerprint": codebook.fingerprint,
        "themes": themes,
    }


def _theme_facts(theme: Theme, depth: int, key: str) -> dict[str, Any]:
    position_ids = [position.id for position in theme.positions]
    keys = position_keys(position_ids)
    positions = [_position_facts(each, keys[each.id]) for each in theme.positions]
    return {
        "id": theme.id,
        "key": key,
        "name": theme.name,
        "short": theme.short,
        "definition": theme.definition,
        "includes": theme.includes,
        "excludes": theme.excludes,
        "examples": theme.examples,
        "counter_examples": theme.counter_examples,
        "depth": depth,
        "positions": positions,
    }


def _position_facts(position: Position, key: str) -> dict[str, Any]:
    return {
        "id": position.id,
        "key": key,
        "name": position.name,
        "definition": position.definition,
    }


def card_of(hand: Hand, pick: Pick) -> dict[str, Any]:
    """One comment as its reviewer sees it now."""
    view = hand.view(pick)
    draft = view.opening_draft()
    rows = RowBuilder(view, draft, None).rows(hand.context.codebook.theme_ids)
    copies = hand.copies_of(pick)
    attributes = hand.shared.texts.attributes(pick.comment_id, hand.shared.attributes)
    return {
        "comment_id": pick.comment_id,
        "text_hash": text_hash(view.text),
        "text": visible(view.text),
        "reason": pick.reason,
        "attributes": [[name, visible(value)] for name, value in attributes],
        "scope": pick.scope,
        "rows": {row.theme_id: _row_facts(row, view.text) for row in rows},
        "note": draft.note,
        "marked": _marked_facts(draft, view.text),
        "copies": {"same": len(copies.same), "campaign": len(copies.campaign)},
        "saved": view.is_saved(draft),
    }


def _row_facts(row: ThemeRow, text: str) -> dict[str, Any]:
    evidence = None
    if row.evidence is not None:
        evidence = to_units(text, row.evidence)
    return {
        "ticked": row.ticked,
        "unsure": row.unsure,
        "judged": row.judged,
        "suggested": row.suggested,
        "probability": _rounded(row.probability),
        "why": visible(row.why),
        "evidence": evidence,
        "positions": {each.position_id: _position_row(each) for each in row.positions},
    }


def _position_row(row: PositionRow) -> dict[str, Any]:
    return {"ticked": row.ticked, "probability": _rounded(row.probability)}


def _marked_facts(draft: Draft, text: str) -> dict[str, Any]:
    """The words that the reviewer marked, by theme."""
    marked = {}
    for theme_id, spans in draft.evidence.items():
        marked[theme_id] = [to_units(text, span) for span in spans]
    return marked


def _rounded(probability: float | None) -> float | None:
    if probability is None:
        return None
    return round(probability, PLACES)
