"""What a reader of a report must be told, generated from the same numbers as its tables."""

from collections.abc import Iterator

from coder.errors import for_command_line
from coder.reporting.notes.base import (
    base_line,
    campaign_note,
    discussion_note,
    pooled_note,
    process_note,
    received_note,
    small_base_note,
    uncoded_note,
)
from coder.reporting.notes.quotes import declined_note, details_note, quote_note
from coder.reporting.notes.reviews import agreement_note, review_note, stale_note
from coder.reporting.notes.standing import interval_note, standing_line
from coder.reporting.notes.themes import (
    held_back_note,
    position_notes,
    rank_note,
    structure_note,
)
from coder.reporting.notes.waves import wave_notes
from coder.reporting.parts import ReportParts

__all__ = ["base_line", "compose_notes", "standing_line"]


def compose_notes(parts: ReportParts) -> tuple[str, ...]:
    """The notes of a report in the order in which they are read, one sentence or two each."""
    return tuple(for_command_line(note) for note in _notes(parts) if note)


def _notes(parts: ReportParts) -> Iterator[str]:
    """All notes; empty ones are left out later."""
    options, counts, shares = parts.options, parts.counts, parts.shares
    everything, pooled = counts.everything, counts.pooled
    yield received_note(parts.ledger)
    yield discussion_note(counts, pooled=options.pool_discussion)
    yield process_note(everything)
    yield uncoded_note(everything)
    yield review_note(everything, parts.inputs.judgements)
    yield agreement_note(parts.agreement)
    yield interval_note(pooled, shares, parts.inputs)
    yield structure_note(pooled)
    yield from position_notes(pooled, parts.themes)
    yield rank_note(parts.themes)
    yield pooled_note(pooled)
    yield small_base_note(shares, len(pooled.comments), options.minimum_base)
    yield quote_note(parts.quotes.table, parts.themes, pooled)
    yield campaign_note(counts, options.campaigns)
    yield held_back_note(len(parts.held_back), options.threshold)
    yield declined_note(
        everything, parts.quotes.declined, parts.inputs.settings.text_declined
    )
    yield details_note(parts.quotes.pinned)
    if parts.waves is not None:
        yield from wave_notes(parts.waves, pooled)
    yield stale_note(everything, parts.inputs)
