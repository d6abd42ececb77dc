"""The quality report: what a statistician asks of the figures, answered from the report itself."""

from collections.abc import Iterator

import pandas as pd

from coder import tables
from coder.errors import for_command_line
from coder.figures import choose_form, format_tenth, join_names
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.grades import (
    GRADES,
    RULE,
    Coding,
    grade_themes,
    measure_coding,
)
from coder.reporting.model_errors import check_themes
from coder.reporting.notes.base import REASON_WORDS
from coder.reporting.notes.disputes import disputed_comments
from coder.reporting.notes.reviews import assisted_draws
from coder.reporting.notes.standing import names_without_figures
from coder.reporting.parts import ReportParts
from coder.reporting.read_outs import Quality, Statement
from coder.reporting.report import Breakdown
from coder.statistics.model_error import CheckedThemes
from coder.text import count


def assess_quality(parts: ReportParts, breakdowns: tuple[Breakdown, ...]) -> Quality:
    """The quality report of a report.

    Args:
        breakdowns: of the report, for what is hidden in them.
    """
    grades = grade_themes(parts)
    topics = {
        "Purpose": _purpose(parts),
        "Sources": _sources(parts),
        "Base": _base(parts),
        "Response": _response(parts),
        "Exclusions": _exclusions(parts),
        "Coding": _coding(parts),
        "Agreement": _agreement(parts),
        "Error of the program": _error(parts),
        "Uncertainty": _uncertainty(parts, grades),
        "Disclosure": _disclosure(parts, breakdowns),
        "Revisions": _revisions(parts),
        "Limits": _limits(parts),
    }
    statements = []
    for topic, sentences in topics.items():
        text = for_command_line(" ".join(filter(None, sentences)))
        statements.append(Statement(topic, text))
    return Quality(tuple(statements), grades, RULE)


# ---------------------------------------------------------------- what was asked and counted


def _purpose(parts: ReportParts) -> Iterator[str]:
    inputs = parts.inputs
    question = inputs.settings.question or inputs.codebook.question
    themes = count(len(inputs.codebook.active), "theme")
    asked = f", in answer to “{question}”" if question else ""
    yield f"To count the comments that raise each of {themes}{asked}."


def _sources(parts: ReportParts) -> Iterator[str]:
    weighted: set[str] = set()
    for route in parts.routes:
        weighted.update(route.sources if route.weighted else ())
    ledger = parts.ledger[parts.ledger["source"] != "all"]
    columns = ["source", "received", "analysed"]
    listed = []
    for source, received, analysed in ledger[columns].itertuples(index=False):
        has_weights = ", weighted" if source in weighted else ""
        listed.append(f"{source} {analysed:,} of {received:,}{has_weights}")
    yield f"Analysed of received: {'; '.join(listed)}."


def _base(parts: ReportParts) -> Iterator[str]:
    counts = parts.counts
    yield (
        f"{count(len(counts.pooled.comments), 'comment')}. One can carry several themes and "
        "counts once for each."
    )
    if counts.apart:
        yield f"Apart from these stand {join_names(list(counts.apart))}."
    if counts.repeated_letters:
        letters = count(counts.repeated_letters, "further letter")
        yield f"Each campaign counts once; {letters} of campaigns are left out."


def _response(parts: ReportParts) -> Iterator[str]:
    total = parts.ledger[parts.ledger["source"] == "all"].iloc[0]
    received, analysed = int(total["received"]), int(total["analysed"])
    share = ""
    if received >= parts.options.minimum_base:
        share = f" ({format_tenth(100 * analysed / received)}%)"
    are = choose_form(analysed, "is", "are")
    yield (
        f"{analysed:,} of {count(received, 'answer')} received{share} {are} counted. How many "
        "were asked is not known."
    )


def _exclusions(parts: ReportParts) -> Iterator[str]:
    total = parts.ledger[parts.ledger["source"] == "all"].iloc[0]
    reasons = []
    for reason in tables.REASONS:
        n = int(total[f"excluded_{reason}"])
        if n:
            reasons.append(f"{n:,} {REASON_WORDS[reason]}")
    if reasons:
        yield f"Left out and kept: {join_names(reasons)}."
    else:
        yield "No comment is left out."


# ---------------------------------------------------------------- how it was coded


def _coding(parts: ReportParts) -> Iterator[str]:
    matrix, inputs = parts.counts.pooled, parts.inputs
    base, drawn = len(matrix.comments), matrix.drawn
    if inputs.has_labels:
        yield "A program on the analyst's own machine coded every comment."
    if not matrix.partly_judged.any():
        yield "No reviewer has decided anything."
        return
    reviewers = count(inputs.judgements["reviewer"].nunique(), "reviewer")
    read = int(matrix.fully_judged.sum())
    decided = f"{reviewers} decided {read:,} of {count(base, 'comment')} on every theme"
    if read == base:
        yield f"{decided}."
        return
    yield f"{decided}; {drawn:,} {choose_form(drawn, 'was', 'were')} drawn at random."
    assisted = assisted_draws(matrix, inputs.judgements)
    if assisted:
        were = choose_form(assisted, "was", "were")
        yield f"{assisted:,} of these {were} not reviewed blind as far as is known."


def _agreement(parts: ReportParts) -> Iterator[str]:
    agreement = parts.agreement
    if agreement is None:
        yield "Not measured: no comment was coded blind by two reviewers."
        return
    pooled = agreement[agreement["theme_id"] == "pooled"].iloc[0]
    comments = f"{count(int(pooled['comments']), 'comment')} coded blind twice"
    if pd.isna(pooled["alpha"]):
        yield f"It has no value in {comments}."
        return
    interval = ""
    if not pd.isna(pooled["alpha_low"]):
        interval = f" (95% {pooled['alpha_low']:.2f} to {pooled['alpha_high']:.2f})"
    yield f"Krippendorff's alpha {pooled['alpha']:.2f}{interval}, {comments}."
    disputed = disputed_comments(parts.counts.pooled)
    if disputed:
        yield f"{disputed:,} in dispute."


def _error(parts: ReportParts) -> Iterator[str]:
    if not parts.inputs.has_labels:
        yield "No program coded the comments."
        return
    matrix = parts.counts.pooled
    checked = check_themes(parts.inputs, matrix, positions=True)
    themes = [n for n, row in enumerate(matrix.rows) if row.position is None]
    comments = int(checked.checked[:, themes].any(axis=1).sum())
    if not comments:
        yield "Not measured: no comment drawn at random was reviewed blind."
        return
    measured = _figures(measure_coding(checked, themes)) or "no theme given or found"
    yield f"Over all themes {measured}, in {comments:,} random blind reviews."
    on_positions = _figures(measure_coding(checked, _positions_used(matrix, checked)))
    if on_positions:
        yield f"Over their positions {on_positions}."
    if "audit" in parts.shares.methods:
        yield "Counts are corrected for it, codes of single comments are not."


def _figures(coding: Coding) -> str:
    """Precision and recall, each with what it rests on; empty where there is nothing to count."""
    figures = []
    if coding.given:
        figures.append(f"precision {coding.precision:.2f} of {coding.given:,} given")
    if coding.found:
        figures.append(f"recall {coding.recall:.2f} of {coding.found:,} found")
    return join_names(figures)


def _positions_used(matrix: CodedMatrix, checked: CheckedThemes) -> list[int]:
    """The positions of the themes for which reviewers named any."""
    found = (checked.truth == 1).any(axis=0)
    positions = [n for n, row in enumerate(matrix.rows) if row.position is not None]
    used = {matrix.rows[n].theme.id for n in positions if found[n]}
    return [n for n in positions if matrix.rows[n].theme.id in used]


# ---------------------------------------------------------------- what the figures bear


def _uncertainty(parts: ReportParts, grades: pd.DataFrame) -> Iterator[str]:
    methods = parts.shares.methods
    if methods == {"reviewed"}:
        yield "None from coding for these reviewers: they read every comment."
    widths = (parts.themes["high"] - parts.themes["low"]).dropna() / 2
    if "audit" in methods and len(widths):
        yield (
            f"95% intervals of ± {format_tenth(widths.min())} to ± {format_tenth(widths.max())} "
            "points cover what these reviewers would have counted in all comments."
        )
    without = int(parts.themes["low"].isna().sum())
    if without:
        rows = count(without, "row")
        has = choose_form(without, "has", "have")
        yield f"{rows} of the theme table {has} no interval: how far they are out is not known."
    if not parts.options.reviewer_error:
        yield "Other reviewers might differ more."
    listed = []
    for grade in reversed(GRADES):
        n = int((grades["grade"] == grade).sum())
        if n:
            listed.append(f"{n:,} {grade}")
    yield f"Confidence: {join_names(listed)}."


def _disclosure(parts: ReportParts, breakdowns: tuple[Breakdown, ...]) -> Iterator[str]:
    options = parts.options
    yield f"No percentage under {count(options.minimum_base, 'comment')}."
    hidden = 0
    for breakdown in breakdowns:
        hidden += int((breakdown.cells["hidden"] != "").sum())
    if options.minimum_cell:
        yield (
            f"Counts of groups under {options.minimum_cell:,} are hidden ({hidden:,} cells "
            "here, with those that would tell them)."
        )
    else:
        yield "Small counts of groups are not hidden."
    declined = int(parts.quotes.declined.sum())
    if declined:
        yield f"{count(declined, 'comment')} of people who declined are not quoted."


def _revisions(parts: ReportParts) -> Iterator[str]:
    inputs = parts.inputs
    fingerprint = inputs.codebook.fingerprint[:12]
    facts = [f"Codebook version {inputs.codebook.version} ({fingerprint})"]
    if inputs.coded_at:
        facts.append(f"coded on {inputs.coded_at[:10]}")
    if len(inputs.judgements):
        latest = str(inputs.judgements["decided_at"].max())[:10]
        facts.append(f"last decision on {latest}")
    yield f"{', '.join(facts)}."
    if inputs.stale:
        yield "The codebook has changed since the comments were coded."


def _limits(parts: ReportParts) -> Iterator[str]:
    yield "Counts tell how often a theme was raised, not how many hold a view."
    unweighted = [route.name for route in parts.routes if not route.weighted]
    if unweighted:
        names = join_names(unweighted)
        be = choose_form(len(unweighted), "is", "are")
        yield f"{names} {be} no sample."
    matrix = parts.counts.pooled
    uncoded = int((~matrix.labelled & ~matrix.partly_judged).sum())
    if uncoded:
        carry = choose_form(uncoded, "carries", "carry")
        yield f"{count(uncoded, 'comment')} in the base {carry} no code at all."
    if names_without_figures(matrix, parts.shares):
        yield "Some themes have no figures yet."
