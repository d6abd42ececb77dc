"""Which comments a report counts, and which it does not."""

import pandas as pd

from coder import tables
from coder.errors import option
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.counts import Counts
from coder.reporting.figures import choose_form, join_names
from coder.reporting.shares import Shares
from coder.text import count

REASON_WORDS = {
    "empty": "empty",
    "non_substantive": "without a suggestion (such as “No” or “I don't know”)",
    "duplicate": "the same person's comment again",
    "official": "posted by officials",
    "deleted": "deleted by their authors or moderators",
    "process": "about the consultation itself",
    "out_of_scope": "out of scope",
}
YES = ("1", "1.0", "True", "true", "yes")
MOST_LISTED = 20  # comments named in a note


def base_line(counts: Counts) -> str:
    """`Base: 932 comments analysed (Talk London 579, ...).` and the sources that are not
    counted in.
    """
    comments = counts.pooled.comments
    line = f"Base: {count(len(comments), 'comment')} analysed"
    sources = counts.pooled.sources
    if len(sources) > 1:
        sizes = comments["source"].value_counts()
        line += f" ({', '.join(f'{name} {int(sizes[name]):,}' for name in sources)})"
    if not counts.apart:
        return f"{line}."
    apart = join_names([f"{name} {size:,}" for name, size in counts.apart.items()])
    return f"{line}. Not included: {apart}."


def received_note(ledger: pd.DataFrame) -> str:
    """Received, excluded by reason, analysed.

    Args:
        ledger: `tables.LEDGER`.
    """
    total = ledger[ledger["source"] == "all"].iloc[0]
    excluded = {reason: int(total[f"excluded_{reason}"]) for reason in tables.REASONS}
    reasons = [f"{n:,} {REASON_WORDS[reason]}" for reason, n in excluded.items() if n]
    left_out = "none"
    if reasons:
        left_out = f"{sum(excluded.values()):,} ({'; '.join(reasons)})"
    return (
        f"Comments received: {int(total['received']):,}; excluded before counting: {left_out}; "
        f"analysed: {int(total['analysed']):,}."
    )


def discussion_note(counts: Counts, *, pooled: bool) -> str:
    """Whether comments of discussion pages count among the answers of a survey."""
    if not counts.pages:
        return ""
    pages = [
        f"{name} ({count(size, 'comment')})" for name, size in counts.pages.items()
    ]
    names = join_names(pages)
    flag = option("pool_discussion")
    if pooled:
        page = choose_form(len(pages), "page", "pages")
        return (
            f"Figures over all comments include the discussion {page} {names}, "
            f"as chosen with {flag}."
        )
    be = choose_form(
        len(pages), "is a discussion page: its", "are discussion pages: their"
    )
    return (
        f"{names} {be} comments have columns of their own and are left out of all figures over "
        "several sources (n, %, intervals, ranks, breakdowns, pairs of themes). To include "
        f"them: {flag}."
    )


def process_note(matrix: CodedMatrix) -> str:
    """Analysed comments about the consultation itself, as marked in the column `about_process`."""
    if "about_process" not in matrix.comments.columns:
        return ""
    is_about_process = matrix.comments["about_process"].astype(str).isin(YES)
    n = int(is_about_process.sum())
    if not n:
        return ""
    be = choose_form(n, "is", "are")
    they_count = choose_form(n, "it counts", "they count")
    others = len(matrix.comments) - n
    return (
        f"{count(n, 'analysed comment')} {be} about the consultation itself; {they_count} like the "
        f"other {others:,}."
    )


def uncoded_note(matrix: CodedMatrix) -> str:
    """Comments that nobody decided and the model did not code: in the base, with no theme."""
    is_uncoded = ~matrix.labelled & ~matrix.partly_judged
    if not is_uncoded.any():
        return ""
    ids = matrix.comments.loc[is_uncoded, "comment_id"].astype(str).tolist()
    listed = ", ".join(ids[:MOST_LISTED])
    if len(ids) > MOST_LISTED:
        listed += f" and {len(ids) - MOST_LISTED:,} more"
    were = choose_form(len(ids), "was", "were")
    carry = choose_form(len(ids), "carries", "carry")
    return (
        f"{count(len(ids), 'comment')} in the base {were} neither decided nor coded and {carry} no "
        f"theme: {listed}."
    )


def pooled_note(matrix: CodedMatrix) -> str:
    """Whether figures over all comments mix sources that answered differently, and where
    weights are used.
    """
    sources = matrix.sources
    by_source = matrix.comments.groupby("source")["weight"]
    has_weights = by_source.count() > 0
    weighted = [name for name in sources if has_weights[name]]
    unweighted = [name for name in sources if not has_weights[name]]
    where = ""
    if weighted:
        where = (
            "The theme table is not weighted, for any source; weighted percentages are in the "
            "table by route."
        )
    if len(sources) < 2:
        return where
    note = (
        f"Figures over all comments combine {count(len(sources), 'source')}, unweighted"
    )
    if weighted and unweighted:
        share = 100 * matrix.comments["source"].isin(unweighted).mean()
        note += (
            f": {share:.0f}% of the comments come from {join_names(unweighted)} (no weights: "
            f"treated as opt-in), the rest from {join_names(weighted)} (sampled, with "
            "weights). The sources are best read separately"
        )
    return f"{note}. {where}".rstrip()


def small_base_note(shares: Shares, base: int, minimum_base: int) -> str:
    """Where no percentage is given because there are too few comments.

    Args:
        base: comments of the figures over all sources.
    """
    if base < minimum_base:
        return (
            f"No percentages are given: there are {count(base, 'comment')} in all, and a "
            f"percentage needs {minimum_base} (to change that: {option('minimum_base')})."
        )
    small = [f"{name} ({n:,})" for name, n in shares.bases.items() if n < minimum_base]
    if not small or len(shares.bases) == 1:
        return ""
    return f"No percentages are given where the base is under {minimum_base}: {join_names(small)}."


def campaign_note(counts: Counts, campaigns: str) -> str:
    """Whether each letter of a campaign counts, or each campaign once."""
    if campaigns == "once":
        letters = counts.repeated_letters
        if not letters:
            return ""
        be = choose_form(letters, "is", "are")
        return (
            f"Each campaign counts as one comment: {count(letters, 'further letter')} of "
            f"campaigns {be} analysed but left out of the base."
        )
    campaign = counts.everything.comments["campaign_id"]
    of_campaigns = campaign[campaign != ""]
    letters = len(of_campaigns)
    if not letters:
        return ""
    belong = choose_form(letters, "belongs", "belong")
    return (
        f"{count(letters, 'comment')} {belong} to {count(of_campaigns.nunique(), 'campaign')}, "
        f"and each counts. To count each campaign once: {option('campaigns', 'once')}."
    )
