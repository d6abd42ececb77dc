"""What could mislead a reader, the most important first: one sentence each."""

from collections.abc import Iterator

from coder.figures import choose_form, join_names
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.inputs import Inputs
from coder.reporting.notes.base import find_repeats
from coder.reporting.notes.disputes import disputes_caution
from coder.reporting.notes.reviews import assisted_draws
from coder.reporting.notes.samples import sample_caution
from coder.reporting.notes.standing import WIDE_BELOW, names_without_figures
from coder.reporting.notes.weights import weights_caution
from coder.reporting.parts import ReportParts
from coder.reporting.shares import Shares
from coder.text import count


def list_cautions(parts: ReportParts) -> Iterator[str]:
    """The cautions in their order of importance, empty where one does not apply.

    Readers are told the first; the others stand among the notes for analysts.
    """
    everything, pooled = parts.counts.everything, parts.counts.pooled
    yield disputes_caution(everything)
    yield sample_caution(everything)
    yield _assisted_caution(pooled, parts)
    yield _open_caution(pooled, parts.shares)
    yield _uncoded_caution(pooled)
    yield _repeats_caution(everything)
    yield _stale_caution(everything, parts.inputs)
    yield _no_percentage_caution(len(pooled.comments), parts.options.minimum_base)
    yield _small_audit_caution(pooled, parts)
    yield weights_caution(pooled.comments, parts.routes)
    yield _mixed_sources_caution(pooled)


def _assisted_caution(matrix: CodedMatrix, parts: ReportParts) -> str:
    """Reviewers who saw suggestions agree with them more often than others would."""
    assisted = assisted_draws(matrix, parts.inputs.judgements)
    if not assisted or parts.shares.methods == {"reviewed"}:
        return ""
    were = choose_form(assisted, "was", "were")
    return (
        f"{count(assisted, 'comment')} drawn at random {were} not reviewed blind as far as is "
        "known, which can draw the counts towards the program's suggestions."
    )


def _open_caution(matrix: CodedMatrix, shares: Shares) -> str:
    """Themes of which nothing is known yet."""
    names = names_without_figures(matrix, shares)
    if not names:
        return ""
    have = choose_form(len(names), "has", "have")
    them = choose_form(len(names), "it", "them")
    return (
        f"{join_names(names)} {have} no figures yet, because the comments have not been coded "
        f"for {them}."
    )


def _uncoded_caution(matrix: CodedMatrix) -> str:
    """Comments in the base that nobody and nothing has coded."""
    uncoded = int((~matrix.labelled & ~matrix.partly_judged).sum())
    if not uncoded:
        return ""
    be = choose_form(uncoded, "is", "are")
    carry = choose_form(uncoded, "carries", "carry")
    return (
        f"{count(uncoded, 'comment')} in the base {be} neither reviewed nor coded and "
        f"{carry} no theme, so the counts are too low."
    )


def _repeats_caution(matrix: CodedMatrix) -> str:
    """Answers that are in two sources and count each time."""
    repeats = len(find_repeats(matrix.comments))
    if not repeats:
        return ""
    repeat = choose_form(repeats, "repeats", "repeat")
    be = choose_form(repeats, "is", "are")
    return (
        f"{count(repeats, 'comment')} {repeat} an answer of another source and {be} counted "
        "again, as chosen for this project."
    )


def _stale_caution(matrix: CodedMatrix, inputs: Inputs) -> str:
    """Whether what the model coded follows an earlier codebook."""
    if not inputs.stale or matrix.judged[matrix.carries].all():
        return ""
    return (
        "The codebook has changed since the program coded the comments, so what it coded "
        "follows the earlier codebook."
    )


def _no_percentage_caution(base: int, minimum_base: int) -> str:
    if base >= minimum_base:
        return ""
    there_are = choose_form(base, "there is", "there are")
    return (
        f"No percentages are given: {there_are} {count(base, 'comment')} in all, and a "
        f"percentage needs {minimum_base:,}."
    )


def _small_audit_caution(matrix: CodedMatrix, parts: ReportParts) -> str:
    if "audit" not in parts.shares.methods or matrix.drawn >= WIDE_BELOW:
        return ""
    return (
        f"The intervals are wide, because fewer than {WIDE_BELOW} comments drawn at random "
        "were reviewed."
    )


def _mixed_sources_caution(matrix: CodedMatrix) -> str:
    """Sources that answered in different ways, or that are weighted and not weighted."""
    if len(matrix.sources) < 2:
        return ""
    return (
        f"The figures over all comments mix {count(len(matrix.sources), 'source')}, so read "
        "each source by itself as well."
    )
