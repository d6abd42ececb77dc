"""Counts, shares, breakdowns, quotes and notes put together into a report."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from coder import tables
from coder.codebook import Codebook
from coder.decisions import labels_now
from coder.errors import GENERIC, CoderError, CommandNames, did_you_mean
from coder.project import Settings
from coder.reporting import notes as say
from coder.reporting.breakdowns import Rules, by_column, by_route
from coder.reporting.co_occurrence import themes_together
from coder.reporting.coded_matrix import CodedMatrix, Key, campaigns_once, count_comments
from coder.reporting.groups import find_routes
from coder.reporting.quotes import choose_quotes, declined, evidence_of, keys_without
from coder.reporting.quotes_file import QuoteChoices, dropped, edit_log, left_open, pinned_quotes
from coder.reporting.report import Breakdown, Report
from coder.reporting.theme_table import (
    Shares,
    beside,
    build_theme_table,
    estimate_shares,
    main_theme_of,
    rank_ranges,
    sources_of,
)
from coder.reporting.waves import compare_waves, waves_notes
from coder.statistics.agreement import coder_agreement, codings


class Earlier(NamedTuple):
    """A consultation before this one, coded with the same codebook."""

    name: str
    comments: pd.DataFrame
    labels: pd.DataFrame | None
    judgements: pd.DataFrame | None
    calibrated: bool
    discussion: frozenset[str] = frozenset()  # its sources that are discussion pages


def discussion_pages(settings: Settings) -> frozenset[str]:
    """The sources that were read from discussion pages."""
    return frozenset(source.name for source in settings.sources if source.format == "talk_london")


def build_report(
    comments: pd.DataFrame,
    labels: pd.DataFrame | None,
    codebook: Codebook,
    judgements: pd.DataFrame | None = None,
    *,
    by: Sequence[str] = (),
    settings: Settings | None = None,
    calibrated: bool = False,
    campaigns: Literal["each", "once"] = "each",
    minimum_base: int = 30,
    minimum_cell: int = 5,
    correction: Literal["holm", "fdr"] = "holm",
    threshold: str = "",
    quotes: int = 2,
    pool_discussion: bool = False,
    choices: QuoteChoices | None = None,
    earlier: Earlier | None = None,
    title: str = "",
    facts: dict[str, Any] | None = None,
    typed: CommandNames = GENERIC,
    seed: int = 0,
) -> Report:
    """Everything that an export writes: the theme table, quotes, ledger, breakdowns, notes.

    Args:
        comments: `tables.COMMENTS`, every comment received.
        labels: `tables.LABELS` of `coder apply`; None where the reviewers' decisions alone count.
        judgements: `tables.JUDGEMENTS` of this project's comments (see `decisions.own_judgements`).
        by: columns of the comments, or derived variables of the settings, to break the themes down by.
        settings: the project's: question, routes, missing answers, derived variables, who declined publication.
        calibrated: the labels' probabilities were calibrated on random decisions; without that there is no
            interval, except where everything was reviewed.
        campaigns: count each letter of a campaign, or each campaign once.
        minimum_base: comments under which no percentage is given for a source or group.
        minimum_cell: counts under it are hidden in breakdowns, with others so that they cannot be worked out.
        correction: of the breakdowns' tests for the number of comparisons.
        threshold: main themes under it are held back: comments ("50") or a share ("5%"); empty for none.
        quotes: how many for each theme and position, at most.
        pool_discussion: count comments of discussion pages among those of other sources; else they have columns
            of their own and no part in figures over several sources.
        choices: what the analyst pinned and dropped (`quotes.yaml`).
        earlier: another consultation coded with the same codebook, to compare with.
        facts: what else belongs to the run (fingerprints ...), kept in the report.
        typed: how notes and errors name the project and the codebook.

    Raises:
        CoderError: nothing is coded, the labels are of another codebook, or a column or threshold is wrong.
    """
    settings = settings or Settings(name="")
    if settings.text_declined and settings.text_declined not in comments.columns:
        raise CoderError(
            f"project.yaml: text_declined: there is no column {settings.text_declined!r}",
            f"Nothing is quoted until it is right. {did_you_mean(settings.text_declined, tables.own_columns(comments))}",
        )
    if not len(tables.analysed(tables.check(comments, tables.COMMENTS))):
        raise CoderError(
            "no comment is analysed: there is nothing to count",
            "ledger.csv says why each was excluded; coder read --keep ID takes one back.",
        )
    labels = None if labels is None else labels_now(labels, codebook)
    counted = count_comments(comments, labels, judgements, codebook, typed)
    before = len(counted.comments)
    if campaigns == "once":
        counted = campaigns_once(counted)
    everything, pages = counted, _beside_others(counted, discussion_pages(settings))
    apart = {} if pool_discussion else pages
    counted = _without(counted, apart)
    has_labels = labels is not None and len(labels) > 0
    calibrated = calibrated or not has_labels
    shares = estimate_shares(counted, calibrated=calibrated)
    for name in apart:
        alone = everything.only((everything.comments["source"] == name).to_numpy())
        shares = beside(shares, estimate_shares(alone, calibrated=calibrated))
    held_back = _held_back(counted, shares, threshold)
    rules = Rules(
        minimum_base,
        minimum_cell,
        correction,
        calibrated,
        settings.derived,
        settings.missing,
        held_back,
    )
    breakdowns = _breakdowns(counted, shares, by, settings, rules, apart)
    private = declined(everything.comments, settings.text_declined)
    pinned = pinned_quotes(choices or QuoteChoices(), everything, private)
    chosen = choose_quotes(
        everything,
        evidence_of(labels),
        each=quotes,
        language=codebook.language,
        barred=private | dropped(choices or QuoteChoices(), everything.comments),
        person=_person_columns(settings, everything),
        given=pinned,
    )
    chosen = _shown_quotes(chosen, counted, held_back)
    table = build_theme_table(
        counted,
        shares,
        rank_ranges(counted, shares, np.random.default_rng(seed)),
        chosen,
        minimum_base=minimum_base,
        held_back=held_back,
    )
    ledger = tables.ledger(comments)
    waves = None
    agreement = _agreement(everything, judgements, codebook, seed)
    said = [
        say.received_note(ledger),
        say.discussion_note(pages, pooled=pool_discussion),
        say.process_note(everything),
        say.uncoded_note(everything),
        say.review_note(everything, judgements),
        say.agreement_note(agreement),
        say.interval_note(
            counted, shares, has_labels=has_labels, calibrated=calibrated, typed=typed
        ),
        *_table_notes(counted, shares, table, chosen, minimum_base),
        say.campaign_note(everything, before, campaigns),
        say.held_back_note([codebook.theme(t).short for t in held_back], threshold),
        say.declined_note(everything, private, settings.text_declined),
        say.open_note(left_open(pinned)),
    ]
    if earlier is not None:
        then = count_comments(earlier.comments, earlier.labels, earlier.judgements, codebook)
        then = campaigns_once(then) if campaigns == "once" else then
        then = then if pool_discussion else _without(then, _beside_others(then, earlier.discussion))
        has_then = earlier.labels is not None and len(earlier.labels) > 0
        waves = compare_waves(
            counted,
            shares,
            then,
            calibrated=calibrated,
            calibrated_before=earlier.calibrated or not has_then,
            minimum_base=minimum_base,
            held_back=held_back,
        )
        said += waves_notes(waves, earlier.name, counted, then)
    texts = dict(
        zip(everything.comments["comment_id"].astype(str), everything.comments["text"], strict=True)
    )
    return Report(
        title=title or codebook.title,
        question=settings.question or codebook.question,
        base=say.base_line(counted, apart),
        standing=say.standing_line(counted, shares, has_labels=has_labels, calibrated=calibrated),
        themes=table,
        quotes=chosen,
        ledger=ledger,
        notes=tuple(note for note in said if note),
        breakdowns=breakdowns,
        together=themes_together(counted, held_back=held_back),
        waves=waves,
        agreement=agreement,
        codebook=codebook,
        comments=everything.comments,
        labels=_carried(everything, labels),
        apart=frozenset(apart),
        private=frozenset(everything.comments.loc[private, "comment_id"].astype(str)),
        facts={
            "codebook_fingerprint": codebook.fingerprint,
            "seed": seed,
            "quote_edits": edit_log(pinned, texts),
            **(facts or {}),
        },
    )


def _beside_others(counted: CodedMatrix, discussion: frozenset[str]) -> dict[str, int]:
    """Discussion pages and how many comments count on each; none where there is nothing else."""
    sizes = counted.comments["source"].value_counts()
    pages = {name: int(sizes[name]) for name in sources_of(counted) if name in discussion}
    return pages if len(pages) < len(sizes) else {}


def _without(counted: CodedMatrix, apart: dict[str, int]) -> CodedMatrix:
    return (
        counted.only(~counted.comments["source"].isin(list(apart)).to_numpy()) if apart else counted
    )


def _agreement(
    counted: CodedMatrix, judgements: pd.DataFrame | None, codebook: Codebook, seed: int
) -> pd.DataFrame | None:
    """Agreement of reviewers who judged blind; None where no comment was judged twice so."""
    if judgements is None or judgements.empty:
        return None
    blind = judgements[(judgements["mode"] == "blind") & ~judgements["adjudicated"].astype(bool)]
    blind = blind[blind["comment_id"].isin(counted.comments["comment_id"])]
    if blind["reviewer"].nunique() < 2:
        return None
    twice = blind.groupby(["comment_id", "theme_id"])["reviewer"].nunique()
    if not (twice > 1).any():
        return None
    pairs = twice[twice > 1].index.get_level_values(0).unique()
    found = coder_agreement(codings(blind[blind["comment_id"].isin(pairs)], codebook), seed=seed)
    return pd.concat([found.overall, found.themes], ignore_index=True)


def _shown_quotes(chosen: pd.DataFrame, counted: CodedMatrix, held_back: set[str]) -> pd.DataFrame:
    mains = dict(zip((row.key for row in counted.rows), main_theme_of(counted), strict=True))
    keys = zip(chosen["theme_id"], chosen["position_id"], strict=True)
    shown = np.array([mains[key] not in held_back for key in keys], dtype=np.bool_)
    return chosen[shown].reset_index(drop=True)


def _table_notes(
    counted: CodedMatrix,
    shares: Shares,
    table: pd.DataFrame,
    chosen: pd.DataFrame,
    minimum_base: int,
) -> list[str]:
    """What the table's structure, ranks, sources and quotes need said of them."""
    shown = list(zip(table["theme_id"], table["position_id"], strict=True))
    return [
        say.structure_note(counted),
        *say.position_notes(counted, shown),
        say.rank_note(table),
        say.pooled_note(counted),
        say.small_source_note(shares, minimum_base, len(counted.comments)),
        say.quote_note(
            chosen, keys_without(chosen, [key for key in shown if _count(table, key)]), counted
        ),
    ]


def _person_columns(settings: Settings, counted: CodedMatrix) -> list[str]:
    """Columns that name who wrote a comment."""
    named = [source.person[0] for source in settings.sources if len(source.person) == 1]
    return [name for name in dict.fromkeys([*named, "author"]) if name in counted.comments.columns]


def _breakdowns(
    counted: CodedMatrix,
    shares: Shares,
    by: Sequence[str],
    settings: Settings,
    rules: Rules,
    apart: Mapping[str, int],
) -> tuple[Breakdown, ...]:
    """By route where there are several or one is weighted, then by each column asked for."""
    declared = {
        name: tuple(member for member in members if member not in apart)
        for name, members in settings.routes.items()
    }
    # A route of nothing but pages that stand apart is none here.
    kept = {
        name: members for name, members in declared.items() if members or not settings.routes[name]
    }
    routes = find_routes(counted.comments, kept)
    found = (
        [by_route(counted, shares, routes, rules)]
        if len(routes) > 1 or any(route.weighted for route in routes)
        else []
    )
    own = {*tables.own_columns(counted.comments), *settings.derived}
    columns = [name for name in dict.fromkeys(by) if name in own or name not in ("route", "source")]
    return (*found, *(by_column(counted, shares, routes, name, rules) for name in columns))


def _count(table: pd.DataFrame, key: Key) -> int:
    here = (table["theme_id"] == key[0]) & (table["position_id"] == key[1])
    return int(table.loc[here, "n"].iloc[0])


def _held_back(counted: CodedMatrix, shares: Shares, threshold: str) -> set[str]:
    if not threshold:
        return set()
    text = threshold.strip()
    try:
        limit = float(text.rstrip("%"))
    except ValueError:
        limit = -1.0
    if limit < 0 or (text.endswith("%") and limit > 100):
        raise CoderError(
            f"--threshold {threshold}: neither a number nor a percentage", "Such as 50 or 5%."
        )
    per_comment = 100.0 if text.endswith("%") else float(len(counted.comments))
    sizes = {
        row.theme.id: round(shares.total[row.key].value * per_comment, 9)
        for row in counted.rows
        if row.ranked
    }
    if sizes and max(sizes.values()) < limit:
        most = (
            f"{max(sizes.values()):.1f}%"
            if text.endswith("%")
            else f"{round(max(sizes.values())):,}"
        )
        raise CoderError(
            f"--threshold {threshold}: would hold back every theme (the most common has {most})",
            "Name a lower one.",
        )
    return {theme_id for theme_id, size in sizes.items() if size < limit}


def _carried(counted: CodedMatrix, labels: pd.DataFrame | None) -> pd.DataFrame:
    """What each comment carries: comment_id, theme_id, position_id, probability, origin, evidence_start, _end."""
    at, number = np.nonzero(counted.carries)
    ids = counted.comments["comment_id"].to_numpy()
    keys = [row.key for row in counted.rows]
    found = pd.DataFrame(
        {
            "comment_id": ids[at],
            "theme_id": [keys[n][0] for n in number],
            "position_id": [keys[n][1] for n in number],
            "probability": counted.probability[at, number],
            "origin": np.where(counted.judged[at, number], "reviewer", "model"),
        }
    )
    if labels is None or labels.empty:
        return found.assign(evidence_start=-1, evidence_end=-1)
    key = ["comment_id", "theme_id", "position_id"]
    shown = labels.loc[labels["evidence_start"] >= 0, [*key, "evidence_start", "evidence_end"]]
    merged = found.merge(shown, on=key, how="left")
    places = {"evidence_start": "int64", "evidence_end": "int64"}
    return merged.fillna({"evidence_start": -1, "evidence_end": -1}).astype(places)
