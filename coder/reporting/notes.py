"""What a reader of the table must be told, generated from the same numbers as the table."""

from collections.abc import Collection

import pandas as pd

from coder import tables
from coder.errors import CommandNames
from coder.reporting.coded_matrix import Bools, CodedMatrix, Key
from coder.reporting.figures import format_ordinal, join_names
from coder.reporting.theme_table import Shares, sources_of
from coder.statistics.estimates import FEWEST_AUDITED

REASON_WORDS = {
    "empty": "empty",
    "non_substantive": "without a suggestion (such as “No” or “I don't know”)",
    "duplicate": "the same person's comment again",
    "official": "posted by officials",
    "deleted": "deleted by their authors or moderators",
    "process": "about the consultation itself",
    "out_of_scope": "out of scope",
}


def many(count: int, one: str, several: str = "") -> str:
    """`1 comment`, `932 comments`."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def base_line(counted: CodedMatrix, apart: dict[str, int]) -> str:
    """`Base: 932 comments analysed (Talk London 579, ...).` and the sources that are not pooled."""
    sizes = counted.comments["source"].value_counts()
    sources = sources_of(counted)
    split = (
        f" ({', '.join(f'{name} {int(sizes[name]):,}' for name in sources)})"
        if len(sources) > 1
        else ""
    )
    beside = (
        f" Beside it, not counted in: {join_names([f'{n} {size:,}' for n, size in apart.items()])}."
        if apart
        else ""
    )
    return f"Base: {many(len(counted.comments), 'comment')} analysed{split}.{beside}"


def received_note(ledger: pd.DataFrame) -> str:
    """Received, excluded by reason, analysed."""
    total = ledger[ledger["source"] == "all"].iloc[0]
    counts = {reason: int(total[f"excluded_{reason}"]) for reason in tables.REASONS}
    out = [f"{count:,} {REASON_WORDS[reason]}" for reason, count in counts.items() if count]
    excluded = sum(counts.values())
    left_out = (
        f"excluded before counting {excluded:,}: {'; '.join(out)}" if out else "none excluded"
    )
    return f"Received {int(total['received']):,}; {left_out}; analysed {int(total['analysed']):,}."


def process_note(counted: CodedMatrix) -> str:
    """Analysed comments about the consultation itself, as `read` marked them (column `about_process`)."""
    if "about_process" not in counted.comments.columns:
        return ""
    n = int(
        counted.comments["about_process"]
        .astype(str)
        .isin(["1", "1.0", "True", "true", "yes"])
        .sum()
    )
    if not n:
        return ""
    return (
        f"{many(n, 'analysed comment')} {'is' if n == 1 else 'are'} about the consultation itself; "
        f"{'it counts' if n == 1 else 'they count'} like the other {len(counted.comments) - n:,}."
    )


def standing_line(
    counted: CodedMatrix, shares: Shares, *, has_labels: bool, calibrated: bool
) -> str:
    """One plain line on what the counts are, for directly under the title."""
    base = len(counted.comments)
    methods = {key: found.method for key, found in shares.total.items()}
    kinds = set(methods.values())
    if kinds == {"reviewed"}:
        return "Exact: every comment was decided by a reviewer."
    drawn, some = int(counted.audited.any(axis=1).sum()), int(counted.judged.any(axis=1).sum())
    if "coded" not in kinds:
        return f"Estimated with 95% intervals, from {many(drawn, 'comment')} drawn at random and reviewed."
    if kinds != {"coded"}:
        names = _coded_names(counted, shares)
        which = (
            f" {join_names(names)} {'has' if len(names) == 1 else 'have'} none." if names else ""
        )
        if "audit" not in kinds:
            return f"Partly reviewed: exact only where every comment was decided.{which}"
        return f"Partly estimated with 95% intervals, from comments drawn at random and reviewed.{which}"
    decided = f"reviewers decided {some:,} of {many(base, 'comment')}"
    if not has_labels:
        return f"Partly reviewed: {decided}, and only those are counted."
    if not drawn:
        also = f" ({decided}, none drawn at random)" if some else ""
        return f"First guess by the program: no comment drawn at random has been reviewed{also}."
    if _fewest_drawn(counted, shares) >= FEWEST_AUDITED and not calibrated:
        why = "the program has not learned from them yet"
    else:
        why = f"an interval needs {FEWEST_AUDITED}"
    return f"First guess by the program, partly reviewed: {decided}, {drawn:,} of them drawn at random; {why}."


def _coded(counted: CodedMatrix, shares: Shares) -> list[int]:
    """Numbers of the rows that have no interval."""
    return [n for n, row in enumerate(counted.rows) if shares.total[row.key].method == "coded"]


def _coded_names(counted: CodedMatrix, shares: Shares) -> list[str]:
    rows = [counted.rows[n] for n in _coded(counted, shares)]
    themes = {row.theme.id for row in rows if row.position is None}
    return [
        row.short if row.position is None else f"{row.theme.short} ({row.short})"
        for row in rows
        if row.position is None or row.theme.id not in themes
    ]


def _fewest_drawn(counted: CodedMatrix, shares: Shares) -> int:
    """Random reviews of the row without an interval that has the fewest."""
    return int(counted.audited[:, _coded(counted, shares)].sum(axis=0).min())


def review_note(counted: CodedMatrix, judgements: pd.DataFrame | None) -> str:
    """Which share was read by reviewers, how it was chosen, and how blind."""
    base = len(counted.comments)
    whole, some = int(counted.known.sum()), int(counted.judged.any(axis=1).sum())
    if not some:
        return "No comment was decided by a reviewer: everything is coded by the model."
    share = (
        "100%"
        if whole == base
        else f"{100 * whole / base:.0f}%"
        if whole * 100 >= base
        else "under 1%"
    )
    text = f"Reviewers decided {whole:,} of {many(base, 'comment')} on every theme ({share})"
    text += f" and {many(some - whole, 'more')} on some themes" if some > whole else ""
    if judgements is not None and len(judgements):
        here = judgements[judgements["comment_id"].isin(counted.comments["comment_id"])]
        text += f"; {many(here['reviewer'].nunique(), 'reviewer')}; {_how_seen(here)}; {_how_chosen(here)}"
    return text + "."


def _how_seen(here: pd.DataFrame) -> str:
    """Of a table nobody knows what its reviewer saw, unless it says blind."""
    blind = here["mode"] == "blind"
    listed_ = here["chosen"] == "listed"
    ways = {
        "decided blind": blind,
        "not decided blind": ~blind & ~listed_,
        "in a table that does not say what the reviewer saw": ~blind & listed_,
    }
    counts = {way: here.loc[rows, "comment_id"].nunique() for way, rows in ways.items()}
    return ", ".join(f"{n:,} {way}" for way, n in counts.items() if n)


def _how_chosen(here: pd.DataFrame) -> str:
    copied = _copied(here)
    ways = {
        "drawn at random": here["chosen"] == "random",
        "chosen by the queue or a search": (here["chosen"] == "targeted") & ~copied,
        "decided as copies of another": copied,
        "from a table": here["chosen"] == "listed",
    }
    counts = {way: here.loc[rows, "comment_id"].nunique() for way, rows in ways.items()}
    return ", ".join(f"{n:,} {way}" for way, n in counts.items() if n)


def _copied(here: pd.DataFrame) -> "pd.Series[bool]":
    """Judgements that were kept with another comment's: the review screen stamps copies a millisecond later."""
    at = pd.to_datetime(here["decided_at"], utc=True, format="ISO8601", errors="coerce")
    stamps = set(zip(here["reviewer"], at, strict=True))
    before = zip(here["reviewer"], at - pd.Timedelta(milliseconds=1), strict=True)
    found = pd.Series([stamp in stamps for stamp in before], index=here.index, dtype=bool)
    return found & (here["chosen"] == "targeted")


def interval_note(
    counted: CodedMatrix, shares: Shares, *, has_labels: bool, calibrated: bool, typed: CommandNames
) -> str:
    """How the intervals were made, or why there are none."""
    methods = {key: found.method for key, found in shares.total.items()}
    kinds = set(methods.values())
    if kinds == {"reviewed"}:
        return (
            "Counts are exact: every comment was decided by a reviewer, so the interval is the figure itself. "
            "It does not cover how another reviewer would have read the same comments."
        )
    parts = []
    if "audit" in kinds:
        n = int(counted.audited.any(axis=1).sum())
        parts.append(
            "Counts are estimates: what reviewers decided, plus the model's probabilities for the rest, put right "
            f"by the {many(n, 'comment')} drawn at random and reviewed. The 95% intervals (prediction-powered "
            "centre, Wilson at the effective sample size, corrected for the finite number of comments) say what "
            "reviewers would have counted had they read every comment."
        )
        if n < 100:
            parts.append("With fewer than 100 random reviews the intervals are wide.")
    if "coded" in kinds:
        names = _coded_names(counted, shares)
        which = "" if kinds == {"coded"} else f" for {join_names(names)}"
        why = _why_not(counted, shares, typed, has_labels=has_labels, calibrated=calibrated)
        parts.append(f"No interval is given{which}: {why}")
    return " ".join(parts)


def _why_not(
    counted: CodedMatrix, shares: Shares, typed: CommandNames, *, has_labels: bool, calibrated: bool
) -> str:
    if _fewest_drawn(counted, shares) >= FEWEST_AUDITED and has_labels and not calibrated:
        return (
            "the model's probabilities are not calibrated on these decisions yet. Code again, then export again: "
            f"{typed.command('apply')}"
        )
    drawn = int(counted.audited.any(axis=1).sum())
    on_all = int(counted.audited[:, _coded(counted, shares)].all(axis=1).sum())
    if drawn == 0:
        had = "no comment drawn at random was reviewed"
    elif on_all == drawn:
        had = f"only {many(drawn, 'comment')} drawn at random {'was' if drawn == 1 else 'were'} reviewed"
    else:
        had = (
            f"{many(drawn, 'comment')} drawn at random {'was' if drawn == 1 else 'were'} reviewed, but only {on_all:,} "
            f"of them on all themes (in {drawn - on_all:,} a theme was left unsure or not asked)"
        )
    counts = "Counts are as coded by the model, with reviewers' decisions in place of it where there are any."
    if not has_labels:
        counts = (
            "Counts are those of the comments decided so far and percentages are of all, decided or not: both are "
            "lower than they will be."
        )
    return (
        f"{had}, and an interval needs {FEWEST_AUDITED} at least (100 is better). {counts} "
        f"Draw a sample with: {typed.command('review', '--sample 100')}"
    )


def agreement_note(agreement: pd.DataFrame | None) -> str:
    """How far blind reviewers agreed over all themes."""
    if agreement is None:
        return ""
    row = agreement[agreement["theme_id"] == "pooled"].iloc[0]
    if pd.isna(row["alpha"]):
        return f"{many(int(row['comments']), 'comment')} were judged blind by two reviewers; agreement is not defined on them."
    interval = (
        ""
        if pd.isna(row["alpha_low"])
        else f" (95% interval {row['alpha_low']:.2f} to {row['alpha_high']:.2f})"
    )
    return (
        f"Two or more reviewers judged {many(int(row['comments']), 'comment')} blind: Krippendorff's alpha over all themes "
        f"{row['alpha']:.2f}{interval}."
    )


def rank_note(table: pd.DataFrame) -> str:
    """Near ties, by which an ordinal should not be read."""
    main = table[table["rank"].notna()]
    if len(main) < 2:
        return ""
    ranged = (main["rank_low"].notna() & (main["rank_low"] < main["rank_high"])).any()
    if ranged and (table["low"] < table["high"]).any():
        return (
            "A rank stands with the range that it may have (95%): themes whose ranges overlap are not certain "
            "to stand in this order."
        )
    return _near(main)


def _near(main: pd.DataFrame) -> str:
    counts, ranks = main["n"].tolist(), main["rank"].tolist()
    chains: list[list[int]] = []
    for i in range(1, len(counts)):
        if counts[i - 1] - counts[i] <= 1 and counts[i] > 0:
            if chains and chains[-1][-1] == i - 1:
                chains[-1].append(i)
            else:
                chains.append([i - 1, i])
    equal = [chain for chain in chains if counts[chain[0]] == counts[chain[-1]]]
    near = [chain for chain in chains if chain not in equal]
    said = []
    if equal:
        places = [
            f"{format_ordinal(int(ranks[c[0]]))} ({len(c)} themes of {many(int(counts[c[0]]), 'comment')})"
            for c in equal
        ]
        said.append(f"Equal, with one rank for all: {'; '.join(places)}.")
    if near:
        places = [
            f"{format_ordinal(int(ranks[c[0]]))} to {format_ordinal(int(ranks[c[-1]]))} "
            f"({join_names([f'{int(counts[i]):,}' for i in c])} comments)"
            if ranks[c[0]] != ranks[c[-1]]
            else f"{format_ordinal(int(ranks[c[0]]))} ({join_names([f'{int(counts[i]):,}' for i in c])} comments)"
            for c in near
        ]
        said.append(f"Near ties, where one decision would change the order: {'; '.join(places)}.")
    return " ".join(said)


def pooled_note(counted: CodedMatrix) -> str:
    """Pooled figures over sources that answered differently, weighted and not; where weighted figures stand."""
    sources = sources_of(counted)
    weighted = [
        name
        for name in sources
        if counted.comments.loc[counted.comments["source"] == name, "weight"].notna().any()
    ]
    where = "The theme table is unweighted, also per source; weighted percentages stand in the table by route."
    if len(sources) < 2:
        return where if weighted else ""
    text = f"Figures over all comments pool {many(len(sources), 'source')}, unweighted"
    unweighted = [name for name in sources if name not in weighted]
    if weighted and unweighted:
        share = 100 * counted.comments["source"].isin(unweighted).mean()
        text += (
            f": {share:.0f}% of the comments come from {join_names(unweighted)} (no weights: taken as opt-in), the rest "
            f"from {join_names(weighted)} (sampled, with weights). The sources are best read separately"
        )
    return f"{text}. {where}" if weighted else f"{text}."


def discussion_note(sizes: dict[str, int], *, pooled: bool) -> str:
    """Whether comments of discussion pages count among the answers of a survey."""
    if not sizes:
        return ""
    names = join_names([f"{name} ({many(n, 'comment')})" for name, n in sizes.items()])
    one = len(sizes) == 1
    if pooled:
        return (
            f"Figures over all comments count those of the discussion page{'' if one else 's'} {names} in, as asked "
            "(--pool-discussion)."
        )
    return (
        f"{names} {'is a discussion page' if one else 'are discussion pages'}: {'its' if one else 'their'} comments have "
        "columns of their own and are left out of all figures over several sources (n, %, intervals, ranks, breakdowns, "
        "pairs of themes). --pool-discussion counts them in."
    )


def uncoded_note(counted: CodedMatrix, most: int = 20) -> str:
    """Comments that nobody decided and the model never saw: in the base, with no theme."""
    neither = ~counted.labelled & ~counted.judged.any(axis=1)
    if not neither.any():
        return ""
    ids = counted.comments.loc[neither, "comment_id"].astype(str).tolist()
    shown = ", ".join(ids[:most]) + (f" and {len(ids) - most:,} more" if len(ids) > most else "")
    return (
        f"{many(len(ids), 'comment')} in the base {'was' if len(ids) == 1 else 'were'} neither decided nor coded and "
        f"carr{'ies' if len(ids) == 1 else 'y'} no theme: {shown}."
    )


def structure_note(counted: CodedMatrix) -> str:
    """What a sub-theme's and a position's count means."""
    beside = [
        row.short
        for row in counted.rows
        if row.position is None and row.parent_id and not row.theme.aggregate
    ]
    within = [
        row.short
        for row in counted.rows
        if row.position is None and row.parent_id and row.theme.aggregate
    ]
    parts = [
        "A comment can carry several themes, so percentages can add to more than 100; a theme counts once a comment."
    ]
    if beside:
        parts.append(
            f"{join_names(beside)} {'stands' if len(beside) == 1 else 'stand'} under the theme that it goes with, takes no "
            "rank and does not count for it."
            if len(beside) == 1
            else f"{join_names(beside)} stand under the themes that they go with, take no rank and do not count for them."
        )
    if within:
        parts.append(
            f"{join_names(within)} {'is' if len(within) == 1 else 'are'} counted within the theme above."
        )
    return " ".join(parts)


def position_notes(counted: CodedMatrix, shown: Collection[Key]) -> list[str]:
    """Per theme with positions that the table shows: how many carried both or none."""
    said = []
    for number, row in enumerate(counted.rows):
        if row.position is not None or not row.theme.positions or row.key not in shown:
            continue
        named = [counted.row_number[(row.theme.id, p.id)] for p in row.theme.positions]
        inside = counted.carries[:, number]
        times = counted.carries[:, named][inside].sum(axis=1)
        none, several = int((times == 0).sum()), int((times > 1).sum())
        if none or several:
            said.append(
                f"{row.theme.short}: of {many(int(inside.sum()), 'comment')} as coded, {none:,} named no position and "
                f"{several:,} more than one."
            )
    return said


def campaign_note(counted: CodedMatrix, before: int, mode: str) -> str:
    """Campaigns counted each or once."""
    campaign = counted.comments["campaign_id"]
    if mode == "once":
        dropped = before - len(counted.comments)
        if dropped:
            return (
                f"Each campaign counts as one comment: {many(dropped, 'further letter')} of campaigns "
                f"{'is' if dropped == 1 else 'are'} analysed but left out of the base."
            )
        return ""
    letters, kinds = int((campaign != "").sum()), campaign[campaign != ""].nunique()
    if not letters:
        return ""
    return (
        f"{many(letters, 'comment')} belong{'s' if letters == 1 else ''} to {many(kinds, 'campaign')} and count"
        f"{'s' if letters == 1 else ''} each; --campaigns once counts each campaign as one."
    )


def held_back_note(names: list[str], threshold: str) -> str:
    """Themes under the display threshold."""
    if not threshold:
        return ""
    limit = threshold if threshold.endswith("%") else f"{threshold} comments"
    if not names:
        return f"Themes under {limit} would be held back; there are none."
    return (
        f"{many(len(names), 'theme')} under {limit} {'is' if len(names) == 1 else 'are'} held back."
    )


def small_source_note(shares: Shares, minimum_base: int, base: int) -> str:
    """Where no percentage is given because its base is too small."""
    small = [f"{name} ({n:,})" for name, n in shares.bases.items() if n < minimum_base]
    parts = []
    if small and len(shares.bases) > 1 and base >= minimum_base:
        parts.append(
            f"No percentages are given on a base under {minimum_base}: {join_names(small)}."
        )
    if base < minimum_base:
        parts.append(
            f"No percentages are given: {many(base, 'comment')} in all, and a percentage needs {minimum_base} "
            "(--minimum-base changes that)."
        )
    return " ".join(parts)


def quote_note(quotes: pd.DataFrame, without: list[Key], counted: CodedMatrix) -> str:
    """How the quotes were made, and which rows have none."""
    if quotes.empty:
        return (
            "No quote fits the rules (6 to 60 words, from people who did not decline publication)."
        )
    text = (
        "Quotes are exact parts of comments; an ellipsis (…) marks where words are left out, [brackets] what was "
        "masked or edited."
    )
    hidden, edited = int(quotes["masked"].sum()), int(quotes["edited"].sum())
    text += f" Personal details were masked in {many(hidden, 'quote')}." if hidden else ""
    text += (
        f" {many(edited, 'quote')} {'was' if edited == 1 else 'were'} edited by the analyst."
        if edited
        else ""
    )
    text += (
        " Names without a title are not found by the program: read the quotes before publishing."
    )
    if without:
        rows = [counted.rows[counted.row_number[key]] for key in without]
        names = [f"{row.theme.short}: {row.short}" if row.position else row.short for row in rows]
        text += f" No suitable quote for {join_names(names)}."
    return text


def declined_note(counted: CodedMatrix, private: Bools, column: str) -> str:
    """Who is not quoted, by the answers taken for a refusal: a column that asks the other way round shows here."""
    if not column:
        return ""
    said = counted.comments[column].astype(str).str.strip()
    answers = {refused: said[private == refused].value_counts() for refused in (True, False)}
    words = {
        refused: join_names(
            [
                f"“{name}” {n:,}" if name else f"no answer {n:,}"
                for name, n in sorted(found.items())[:8]
            ]
        )
        for refused, found in answers.items()
    }
    return (
        f"Not quoted: {many(int(private.sum()), 'comment')} whose authors declined publication"
        + (f" ({column}: {words[True]})" if words[True] else f" (by {column})")
        + (f"; free to quote: {words[False]}." if words[False] else ".")
    )


def open_note(ids: list[str]) -> str:
    """Pinned quotes in which personal details still show."""
    if not ids:
        return ""
    return f"Personal details still show in the pinned quote of {join_names(ids)}: mask them in quotes.yaml, such as [name]."
