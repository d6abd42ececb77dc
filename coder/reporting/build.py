"""A report put together from its parts: counts, estimates, quotes, table, breakdowns, waves,
notes.
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from coder import tables
from coder.places import Places
from coder.reporting.breakdowns import break_down
from coder.reporting.characteristics import EqualityRequest
from coder.reporting.co_occurrence import pair_themes
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.counts import Counts, count_inputs
from coder.reporting.equality import build_equality
from coder.reporting.inputs import Inputs, check_inputs
from coder.reporting.model_errors import errors_record
from coder.reporting.notes import (
    base_line,
    compose_notes,
    publication_warning,
    standing_line,
)
from coder.reporting.options import Options
from coder.reporting.parts import QuoteSelection, ReportParts, WaveComparison
from coder.reporting.pinned_quotes import dropped, edit_log, pinned_quotes
from coder.reporting.quality import assess_quality
from coder.reporting.quote_candidates import CandidateFinder
from coder.reporting.quotes import choose_quotes, find_declined
from coder.reporting.report import Breakdown, Report
from coder.reporting.routes import Route, declared_routes, find_routes
from coder.reporting.shares import (
    Shares,
    estimate_counts,
    estimate_shares,
    rank_themes,
    themes_under,
)
from coder.reporting.theme_table import build_theme_table
from coder.reporting.waves import Wave, compare_waves, shown_keys
from coder.statistics.between_coders import coder_agreement
from coder.statistics.codings import codings
from coder.text import headed

DEFAULTS = Options()


def build_report(
    inputs: Inputs,
    options: Options = DEFAULTS,
    earlier: Inputs | None = None,
    equality: EqualityRequest | None = None,
) -> Report:
    """All that an export writes: theme table, quotes, ledger, breakdowns, pairs of themes, notes.

    Args:
        earlier: another consultation coded with the same codebook, to compare with.
        equality: what an equality read-out needs; None for none.

    Raises:
        CoderError: nothing is coded, the labels are of another codebook, or a column, a pinned
            quote or the threshold is wrong.
    """
    check_inputs(inputs)
    parts, breakdowns = _make_parts(inputs, options, earlier)
    report = _put_together(parts, breakdowns)
    if equality is None:
        return report
    return replace(report, equality=build_equality(parts, equality))


def _make_parts(
    inputs: Inputs, options: Options, earlier: Inputs | None
) -> tuple[ReportParts, tuple[Breakdown, ...]]:
    """Count, estimate, choose quotes and compare; nothing is worded yet."""
    counts = count_inputs(inputs, options)
    shares = estimate_counts(counts)
    held_back = themes_under(options.threshold, counts.pooled, shares)
    quotes = select_quotes(inputs, options, counts, held_back)
    themes = build_theme_table(
        counts,
        shares,
        rank_themes(counts.pooled, shares, np.random.default_rng(options.seed)),
        quotes.table,
        minimum_base=options.minimum_base,
        held_back=held_back,
    )
    breakdowns = break_down(
        counts,
        shares,
        inputs.settings,
        options,
        held_back=held_back,
    )
    breakdowns = tuple(
        _with_errors(breakdown, inputs, counts, options) for breakdown in breakdowns
    )
    parts = ReportParts(
        inputs=inputs,
        options=options,
        counts=counts,
        shares=shares,
        held_back=held_back,
        themes=themes,
        quotes=quotes,
        ledger=tables.ledger(inputs.comments),
        agreement=measure_agreement(inputs, counts.everything, options.seed),
        waves=compare_with(earlier, inputs, options, counts, shares, held_back),
        routes=_routes_of(counts, inputs),
    )
    return parts, breakdowns


def _with_errors(
    breakdown: Breakdown, inputs: Inputs, counts: Counts, options: Options
) -> Breakdown:
    """The breakdown with its question in the title, and the program's errors by group in its
    technical record.
    """
    if breakdown.column == "route":
        return breakdown
    errors = errors_record(inputs, counts.pooled, breakdown.column, options)
    wording = inputs.settings.wording_of(breakdown.column)
    title = headed(breakdown.title, wording) if wording else breakdown.title
    record = (*breakdown.record, *errors)
    return replace(breakdown, title=title, record=record)


def _put_together(parts: ReportParts, breakdowns: tuple[Breakdown, ...]) -> Report:
    inputs, counts, quotes = parts.inputs, parts.counts, parts.quotes
    comments = counts.everything.comments
    return Report(
        title=inputs.codebook.title,
        question=inputs.settings.question or inputs.codebook.question,
        base=base_line(counts),
        standing=standing_line(counts.pooled, parts.shares, inputs),
        warning=publication_warning(parts.shares, inputs),
        themes=parts.themes,
        quotes=quotes.table,
        ledger=parts.ledger,
        notes=compose_notes(parts),
        breakdowns=breakdowns,
        together=pair_themes(parts.shares, held_back=parts.held_back),
        waves=None if parts.waves is None else parts.waves.table,
        agreement=parts.agreement,
        codebook=inputs.codebook,
        matrix=counts.everything,
        apart=frozenset(counts.apart),
        private=frozenset(comments.loc[quotes.declined, "comment_id"].astype(str)),
        judgements=inputs.judgements,
        coded_at=inputs.coded_at,
        settings=inputs.settings,
        quality=assess_quality(parts, breakdowns),
        facts=_facts(parts),
        minimum_cell=parts.options.minimum_cell,
        minimum_base=parts.options.minimum_base,
        has_quotes=parts.options.quotes > 0,
        draft=inputs.draft,
        listed=inputs.listed,
    )


def _facts(parts: ReportParts) -> dict[str, object]:
    """What else belongs to the run."""
    comments = parts.counts.everything.comments
    ids, texts = comments["comment_id"].astype(str), comments["text"]
    text_of = dict(zip(ids, texts, strict=True))
    return {
        "codebook_fingerprint": parts.inputs.codebook.fingerprint,
        "seed": parts.options.seed,
        "quote_edits": edit_log(parts.quotes.pinned, text_of),
        **parts.inputs.facts,
    }


# ---------------------------------------------------------------- quotes


def select_quotes(
    inputs: Inputs, options: Options, counts: Counts, held_back: Collection[str]
) -> QuoteSelection:
    """The quotes of the report: pinned ones, then those that illustrate the rows best.

    Raises:
        CoderError: a pinned or dropped quote is wrong.
    """
    matrix = counts.everything
    places = Places(inputs.places)
    declined = find_declined(matrix.comments, inputs.settings.text_declined)
    pinned = pinned_quotes(inputs.choices, matrix, declined)
    finder = CandidateFinder(
        matrix,
        barred=declined | dropped(inputs.choices, matrix.comments),
        language=inputs.codebook.language,
        places=places,
    )
    quotes = choose_quotes(
        matrix,
        finder,
        pinned,
        each=options.quotes,
        person_columns=_person_columns(inputs),
        group_columns=_group_columns(inputs),
    )
    main_themes = dict(
        zip((row.key for row in matrix.rows), matrix.main_themes(), strict=True)
    )
    keys = zip(quotes["theme_id"], quotes["position_id"], strict=True)
    is_shown = [main_themes[key] not in held_back for key in keys]
    shown = quotes[np.array(is_shown, dtype=np.bool_)].reset_index(drop=True)
    if places:
        shown["place"] = _places_of(shown, places)
    return QuoteSelection(shown, pinned, declined)


def _places_of(quotes: pd.DataFrame, places: Places) -> "pd.Series[str]":
    """Where each quote is in its document; empty where it is from none."""
    names = []
    for comment_id, start, end in quotes[["comment_id", "start", "end"]].itertuples(
        index=False
    ):
        names.append(places.name(comment_id, start, end))
    return pd.Series(names, index=quotes.index, dtype="str")


def _group_columns(inputs: Inputs) -> list[str]:
    """Columns that describe who wrote a comment."""
    stored = inputs.comments.columns
    return [name for name in inputs.settings.attributes if name in stored]


def _person_columns(inputs: Inputs) -> list[str]:
    """Columns that name who wrote a comment."""
    names = [
        source.person[0]
        for source in inputs.settings.sources
        if len(source.person) == 1
    ]
    columns = dict.fromkeys([*names, "author"])
    return [name for name in columns if name in inputs.comments.columns]


# ---------------------------------------------------------------- reviewers and waves


def measure_agreement(
    inputs: Inputs, matrix: CodedMatrix, seed: int
) -> pd.DataFrame | None:
    """Agreement of reviewers who judged blind (`tables.AGREEMENT`).

    Returns:
        None where no comment was judged blind by two of them.
    """
    judgements = inputs.judgements
    if judgements.empty:
        return None
    is_blind = (judgements["mode"] == "blind") & ~judgements["adjudicated"].astype(bool)
    is_counted = judgements["comment_id"].isin(matrix.comments["comment_id"])
    blind = judgements[is_blind & is_counted]
    reviewers = blind.groupby(["comment_id", "theme_id"])["reviewer"].nunique()
    judged_twice = (
        reviewers[reviewers > 1].index.get_level_values("comment_id").unique()
    )
    if judged_twice.empty:
        return None
    compared = blind[blind["comment_id"].isin(judged_twice)]
    agreement = coder_agreement(codings(compared, inputs.codebook), seed=seed)
    return pd.concat([agreement.overall, agreement.themes], ignore_index=True)


def compare_with(
    earlier: Inputs | None,
    inputs: Inputs,
    options: Options,
    counts: Counts,
    shares: Shares,
    held_back: Collection[str],
) -> WaveComparison | None:
    """The comparison with an earlier consultation, where there is one."""
    if earlier is None:
        return None
    # The same reviewers read both, as far as is known: a change does not carry their errors.
    options = replace(options, reviewer_error=False)
    counts_before = count_inputs(_read_with(earlier, inputs), options)
    routes = _routes_of(counts, inputs)
    routes_before = _routes_of(counts_before, earlier)
    before = counts_before.pooled
    table = compare_waves(
        Wave(shares, routes),
        Wave(estimate_shares(before), routes_before),
        shown_keys(counts.pooled, shares, held_back),
        minimum_base=options.minimum_base,
    )
    return WaveComparison(table, earlier.settings.name, before, routes, routes_before)


def _routes_of(counts: Counts, inputs: Inputs) -> list[Route]:
    """The routes of the figures over all sources."""
    declared = declared_routes(inputs.settings.routes, counts.apart)
    return find_routes(counts.pooled.comments, declared)


def _read_with(earlier: Inputs, inputs: Inputs) -> Inputs:
    """The earlier consultation, read through the codebook of the later one."""
    return replace(earlier, codebook=inputs.codebook)
