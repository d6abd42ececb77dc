"""What a reader of a report must be told, generated from the same numbers as its tables."""

from collections.abc import Iterable, Iterator

from coder.errors import for_command_line
from coder.reporting.notes.base import (
    base_line,
    base_sentence,
    campaign_note,
    discussion_note,
    excluded_note,
    pooled_note,
    process_note,
    repeats_note,
    small_base_note,
    spread_campaigns_note,
    uncoded_note,
)
from coder.reporting.notes.cautions import list_cautions
from coder.reporting.notes.disputes import disputes_note
from coder.reporting.notes.quotes import declined_note, details_note, quote_note
from coder.reporting.notes.record import record_notes
from coder.reporting.notes.reviews import (
    agreement_note,
    review_note,
    reviewer_error_note,
)
from coder.reporting.notes.samples import sample_notes
from coder.reporting.notes.standing import (
    interval_notes,
    open_note,
    publication_warning,
    standing_line,
)
from coder.reporting.notes.themes import (
    held_back_note,
    position_notes,
    rank_note,
    structure_note,
)
from coder.reporting.notes.waves import wave_notes
from coder.reporting.notes.weights import weight_notes
from coder.reporting.parts import ReportParts
from coder.reporting.report import Notes

__all__ = ["base_line", "compose_notes", "publication_warning", "standing_line"]


def compose_notes(parts: ReportParts) -> Notes:
    """The notes of a report: what a reader needs in three sentences at most, what an analyst
    needs, and the technical record.
    """
    cautions = [caution for caution in list_cautions(parts) if caution]
    counts = parts.counts
    reader = [
        standing_line(counts.pooled, parts.shares, parts.inputs),
        base_sentence(parts.ledger, counts),
        *cautions[:1],
    ]
    return Notes(
        reader=_worded(reader),
        analyst=_worded([*cautions[1:], *_analyst_notes(parts)]),
        record=_worded(record_notes(parts)),
    )


def _worded(notes: Iterable[str]) -> tuple[str, ...]:
    """The notes that say something, with commands as they are typed."""
    return tuple(for_command_line(note) for note in notes if note)


def _analyst_notes(parts: ReportParts) -> Iterator[str]:
    """What an analyst needs besides the cautions; empty notes are left out later."""
    options, counts, shares = parts.options, parts.counts, parts.shares
    everything, pooled = counts.everything, counts.pooled
    yield details_note(parts.quotes.pinned)
    yield from interval_notes(pooled, shares, parts.inputs)
    yield reviewer_error_note(pooled, shares)
    yield from sample_notes(everything, parts.inputs.draws, parts.inputs.codebook)
    yield disputes_note(everything, parts.inputs)
    yield open_note(pooled, shares, parts.inputs)
    yield review_note(everything, parts.inputs.judgements, parts.inputs.draws)
    yield agreement_note(parts.agreement)
    yield uncoded_note(everything)
    yield excluded_note(parts.ledger)
    yield repeats_note(parts.inputs.comments)
    yield discussion_note(counts, pooled=options.pool_discussion)
    yield process_note(everything)
    yield structure_note(pooled)
    yield from position_notes(pooled, parts.themes)
    yield rank_note(parts.themes)
    yield pooled_note(pooled)
    yield from weight_notes(pooled.comments, parts.routes)
    yield small_base_note(shares, len(pooled.comments), options.minimum_base)
    yield campaign_note(counts, options.campaigns)
    yield spread_campaigns_note(counts)
    yield held_back_note(len(parts.held_back), options.threshold)
    if parts.waves is not None:
        yield from wave_notes(parts.waves, pooled)
    yield quote_note(parts.quotes.table, parts.themes, pooled)
    yield declined_note(
        everything, parts.quotes.declined, parts.inputs.settings.text_declined
    )
