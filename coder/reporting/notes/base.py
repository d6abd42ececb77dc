"""Which comments a report counts, and which it does not."""

from typing import Any

import pandas as pd

from coder import tables
from coder.errors import option
from coder.figures import choose_form, join_names
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.counts import Counts
from coder.reporting.shares import Shares
from coder.text import count

REASON_WORDS = {
    "empty": "empty",
    "non_substantive": "without a suggestion",
    "duplicate": "sent twice",
    "official": "posted by officials",
    "deleted": "deleted by authors or moderators",
    "process": "about the consultation itself",
    "out_of_scope": "out of scope",
    "unread": "that could not be read",
    "partial": "in responses that were not finished",
    "preview": "made while the survey was tried out",
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


def base_sentence(ledger: pd.DataFrame, counts: Counts) -> str:
    """`The figures count 416 of 470 comments received: 54 are left out (4 empty and 50 ...).`

    Args:
        ledger: `tables.LEDGER`.
    """
    received = int(_total(ledger)["received"])
    counted = len(counts.pooled.comments)
    parts = [*_left_out(ledger), *_counted_apart(counts)]
    if not parts:
        return f"The figures count all comments received ({received:,})."
    return (
        f"The figures count {counted:,} of {count(received, 'comment')} received: "
        f"{'; '.join(parts)}."
    )


def _total(ledger: pd.DataFrame) -> "pd.Series[Any]":
    """The row of the ledger for all sources together."""
    return ledger[ledger["source"] == "all"].iloc[0]


def _left_out(ledger: pd.DataFrame) -> list[str]:
    """`54 are left out (4 empty and 50 without a suggestion)`; empty where none is."""
    total = _total(ledger)
    excluded = {reason: int(total[f"excluded_{reason}"]) for reason in tables.REASONS}
    reasons = [f"{n:,} {REASON_WORDS[reason]}" for reason, n in excluded.items() if n]
    if not reasons:
        return []
    left_out = sum(excluded.values())
    be = choose_form(left_out, "is", "are")
    return [f"{left_out:,} {be} left out ({join_names(reasons)})"]


def _counted_apart(counts: Counts) -> list[str]:
    """Analysed comments that stand in no figure over all sources."""
    parts = []
    letters = counts.repeated_letters
    if letters:
        be = choose_form(letters, "is a further letter", "are further letters")
        parts.append(f"{letters:,} {be} of campaigns, each of which counts once")
    if counts.apart:
        apart = sum(counts.apart.values())
        be = choose_form(apart, "is", "are")
        names = join_names(list(counts.apart))
        parts.append(f"{apart:,} of {names} {be} shown apart")
    return parts


def excluded_note(ledger: pd.DataFrame) -> str:
    """What the reasons for leaving comments out mean, where they are not plain."""
    total = _total(ledger)
    sentences = []
    if total["excluded_non_substantive"]:
        sentences.append(
            "Comments without a suggestion are answers such as “No” or “I don't know”."
        )
    if total["excluded_duplicate"]:
        sentences.append(
            "Where one person sent the same text more than once, it counts once."
        )
    if sentences:
        sentences.append(
            "The project's comments.parquet gives the reason for each comment."
        )
    return " ".join(sentences)


def repeats_note(comments: pd.DataFrame) -> str:
    """How many comments were left out because another source has the same answer.

    Args:
        comments: `tables.COMMENTS`, every comment received.
    """
    repeats = find_repeats(comments)
    left_out = int((repeats["status"] == tables.EXCLUDED).sum())
    if not left_out:
        return ""
    be = choose_form(left_out, "is", "are")
    return (
        f"{count(left_out, 'comment')} {be} left out because another source has the same answer: "
        "the same text with the same id or person, or a text that nobody else sent. The list is "
        "the project's repeats.csv."
    )


def find_repeats(comments: pd.DataFrame) -> pd.DataFrame:
    """The comments whose answer is in another source too, as marked in the column `same_as`."""
    if "same_as" not in comments.columns:
        return comments.head(0)
    return comments[comments["same_as"] != ""]


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
    """Which share of the comments has weights, and where those are used."""
    by_source = matrix.comments.groupby("source")["weight"]
    has_weights = by_source.count() > 0
    weighted = [name for name in matrix.sources if has_weights[name]]
    unweighted = [name for name in matrix.sources if not has_weights[name]]
    if not weighted:
        return ""
    where = (
        "The theme table is not weighted, for any source. Weighted percentages are in the "
        "table by route."
    )
    if not unweighted:
        return where
    share = 100 * matrix.comments["source"].isin(unweighted).mean()
    return (
        f"{share:.0f}% of the comments come from {join_names(unweighted)}, without weights: "
        "these are treated as answers of people who chose to respond. The rest come from "
        f"{join_names(weighted)}, with weights: these are treated as a sample. {where}"
    )


def small_base_note(shares: Shares, base: int, minimum_base: int) -> str:
    """Where no percentage is given because there are too few comments.

    Args:
        base: comments of the figures over all sources.
    """
    if base < minimum_base:
        return (
            "To give percentages of fewer comments, change the least base: "
            f"{option('minimum_base')}."
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
            f"campaigns {be} analysed but left out of the base. Where each letter counts, "
            f"{len(counts.everything.comments) + letters:,} comments do."
        )
    campaign = counts.everything.comments["campaign_id"]
    of_campaigns = campaign[campaign != ""]
    letters = len(of_campaigns)
    if not letters:
        return ""
    belong = choose_form(letters, "belongs", "belong")
    different = of_campaigns.nunique()
    once = len(campaign) - letters + different
    return (
        f"{count(letters, 'comment')} {belong} to {count(different, 'campaign')}, "
        f"and each counts. Where each campaign counts once, {count(once, 'comment')} "
        f"{choose_form(once, 'does', 'do')}: {option('campaigns', 'once')}."
    )


def spread_campaigns_note(counts: Counts) -> str:
    """In which source a campaign counts that has letters in several and counts once."""
    number = counts.spread_campaigns
    if not number:
        return ""
    return (
        f"Letters of {count(number, 'campaign')} came by several sources. A campaign counts in "
        "one source alone: that of the letter that was decided on, or else of the first by id."
    )
