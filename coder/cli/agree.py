"""`coder agree`: between reviewers, of the model with blind reviewers, and with a table of codings."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from coder.cli.options import CodebookFile, Json, Quiet, Seed, Target, open_project
from coder.errors import command_of

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.codebook import Codebook
    from coder.project import Project
    from coder.statistics.between_coders import Agreement
    from coder.statistics.codings import Codings
    from coder.statistics.scores import Scores

SUFFIXES = (".csv", ".json", ".md")
INTERVALS = (
    "In brackets: 95 % intervals, from drawing the comments anew 1,000 times. A dash: not defined."
)
SHOWN_ALIKE = 5
MISSING = ("None", "nan", "<NA>")
LEAST_NAME = 12  # letters of a theme's id that a narrow terminal shows

With = Annotated[
    Path | None,
    typer.Option(
        "--with", help="Score the labels against this table of codings.", metavar="FILE.csv"
    ),
]
To = Annotated[
    Path | None, typer.Option("--to", help="Write all figures: .csv, .json or .md.", metavar="FILE")
]
Unseen = Annotated[
    bool,
    typer.Option(
        "--unseen", help="With --with: only comments that no reviewer of this codebook decided."
    ),
]
Blind = Annotated[
    bool, typer.Option("--blind", help="Between reviewers: only what was decided blind.")
]
Reviewers = Annotated[
    list[str] | None,
    typer.Option("--reviewer", help="Only this reviewer (repeat).", metavar="NAME"),
]
Alike = Annotated[
    Path | None,
    typer.Option(
        "--alike", help="Write the like comments that were coded differently.", metavar="FILE.csv"
    ),
]


class Comparison(NamedTuple):
    """One table of figures."""

    name: str
    comments: int
    table: "pd.DataFrame"  # a row an item, then the overall rows


class Ground(NamedTuple):
    """What every comparison needs."""

    project: "Project"
    book: "Codebook"
    codebook_path: Path
    comments: "pd.DataFrame"
    judged: "pd.DataFrame"  # tables.JUDGEMENTS of this project's comments as they are now
    seed: int

    def command(self, name: str) -> str:
        """What to type next about the same project and codebook."""
        return command_of(name, self.project.folder, self.codebook_path)


def agree(
    target: Target,
    codebook: CodebookFile,
    with_: With = None,
    to: To = None,
    unseen: Unseen = False,
    blind: Blind = False,
    reviewer: Reviewers = None,
    alike: Alike = None,
    seed: Seed = 0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Agreement between reviewers and of the model with blind reviewers, or with a table of codings."""
    from coder.cli.printer import Printer
    from coder.codebook import read_codebook
    from coder.decisions import judgements, own_judgements, read_decisions
    from coder.errors import CoderError

    if to is not None and to.suffix.lower() not in SUFFIXES:
        raise CoderError(f"{to}: no such form", f"The suffix may be: {', '.join(SUFFIXES)}.")
    if unseen and with_ is None:
        raise CoderError(
            "--unseen says which comments of a table are scored", "Add --with FILE.csv."
        )
    printer = Printer(as_json=as_json, quiet=quiet)
    book = read_codebook(codebook)
    project = open_project(target, printer)
    comments = project.comments
    stored = read_decisions(codebook)
    for note in stored.notes:
        printer.warn(note)
    judged = own_judgements(judgements(stored.decisions, book), comments, project.settings().name)
    ground = Ground(project, book, codebook, comments, judged, seed)
    printer.facts = {"project": str(project.folder), "codebook": str(codebook)}
    if with_ is not None:
        comparisons = [_with_table(ground, with_, unseen, printer)]
    else:
        comparisons = _reviewers(ground, reviewer or [], blind, alike, printer)
    printer.facts["comparisons"] = [
        {"name": c.name, "comments": c.comments, "rows": _records(c.table)} for c in comparisons
    ]
    if to is not None:
        _write(to, comparisons, printer)
        printer.say(f"All figures: {to}")
    printer.finish()


# ---------------------------------------------------------------- against a table


def _with_table(ground: Ground, path: Path, unseen: bool, printer: "Printer") -> Comparison:
    """Score the labels of the last `coder apply` against a table, and print."""
    from coder.decisions import lay_over
    from coder.decisions.table import read_coding_table
    from coder.errors import CoderError
    from coder.statistics.codings import codings, label_arrays, with_parents
    from coder.statistics.scores import score_labels
    from coder.tables import ANALYSED

    book, comments = ground.book, ground.comments
    reference = read_coding_table(path, book)
    status = dict(zip(comments["comment_id"], comments["status"], strict=True))
    wanted = sorted(set(reference["comment_id"]))
    unknown = [name for name in wanted if name not in status]
    if unknown:
        more = f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""
        raise CoderError(
            f"{path}: {len(unknown)} comment(s) are not in {ground.project.folder}: "
            f"{', '.join(unknown[:10])}{more}",
            "The table and the project must name the comments alike; take these rows out, or read their file.",
        )
    labels = lay_over(ground.project.labels, ground.judged, book)
    decided = set(ground.judged["comment_id"])
    seen = sum(name in decided for name in wanted)
    scored = [name for name in wanted if not (unseen and name in decided)]
    if not scored:
        raise CoderError(
            f"{path}: every comment of it was decided by a reviewer", "Leave out --unseen."
        )
    excluded = [name for name in scored if status[name] != ANALYSED]
    truth = codings(reference, book, scored)
    found = with_parents(label_arrays(labels, scored, truth.items, "assigned"), truth.items, book)
    probability = label_arrays(labels, scored, truth.items, "probability")
    missing = _carry_nothing(found, probability, scored, excluded)
    if missing:
        raise CoderError(
            f"{ground.project.labels_path}: {missing} comment-theme pairs of the table have no label",
            f"Code them first: {ground.command('apply')}",
        )
    main = _themes_only(truth)
    result = score_labels(
        truth.said[0], found, truth.items, probability, main=main, seed=ground.seed
    )
    left = seen if unseen else 0
    printer.facts |= {
        "table": str(path),
        "scored": result.comments,
        "decided": seen,
        "left_out": left,
        "excluded": len(excluded),
        "not_in_table": int((comments["status"] == ANALYSED).sum())
        - len(scored)
        + len(excluded)
        - left,
    }
    _print_scores(f"Labels against {path.name}, {result.comments:,} comments", result, printer)
    _say_what_was_scored(ground, seen, left, len(excluded), printer)
    return Comparison(f"labels - {path.name}", result.comments, _stacked(result))


def _themes_only(found: "Codings") -> Any:
    import numpy as np

    return np.arange(len(found.items)) < found.n_themes


def _carry_nothing(found: Any, probability: Any, scored: list[str], excluded: list[str]) -> int:
    """Excluded comments carry no theme; how many pairs of the others have no label."""
    import numpy as np

    rows = np.isin(scored, excluded)
    for values in (found, probability):
        values[np.ix_(rows)] = np.where(np.isfinite(values[rows]), values[rows], 0)
    return int(np.isnan(found).sum())


def _say_what_was_scored(
    ground: Ground, seen: int, left: int, excluded: int, printer: "Printer"
) -> None:
    if excluded:
        printer.say(f"{excluded:,} of them are not analysed here and count as carrying no theme.")
    if left:
        printer.say(f"{left:,} comments that reviewers decided are left out (--unseen).")
    elif seen:
        printer.warn(
            f"{seen:,} of them were decided by reviewers of this codebook: their labels are the reviewers', and the "
            "model learned from them. Score what it never saw with --unseen."
        )
    else:
        printer.say("None of them had been decided by a reviewer of this codebook.")
    run = ground.project.last_run("apply") or {}
    if run.get("codebook_fingerprint") not in (None, ground.book.fingerprint):
        printer.warn(
            "The labels were made with another state of the codebook: run coder apply again."
        )
    elif (
        len(ground.judged) and ground.judged["decided_at"].max()[:19] > str(run.get("at", "~"))[:19]
    ):
        printer.warn(
            "There are decisions newer than the labels: run coder apply again to use them."
        )


# ---------------------------------------------------------------- between reviewers


def _reviewers(
    ground: Ground, names: list[str], blind: bool, alike: Path | None, printer: "Printer"
) -> list[Comparison]:
    """Between reviewers, over time, like comments, and the model against blind reviewers."""
    from coder.errors import CoderError, did_you_mean
    from coder.statistics.codings import codings

    judged = ground.judged
    known = sorted(set(judged["reviewer"]))
    if not known:
        raise CoderError(
            f"no decision beside {ground.codebook_path} is about this project's comments",
            f"Decide some: {ground.command('review')} --reviewer NAME",
        )
    for name in names:
        if name not in known:
            raise CoderError(
                f"reviewer {name!r} has decided nothing here", did_you_mean(name, known)
            )
    first_said = judged[~judged["adjudicated"]]
    if names:
        first_said = first_said[first_said["reviewer"].isin(names)]
    if blind:
        first_said = first_said[first_said["mode"] == "blind"]
    found = codings(first_said, ground.book)
    comparisons = _between(ground, found, first_said, printer)
    _over_time(codings(first_said[first_said["chosen"] != "targeted"], ground.book), printer)
    _coded_differently(ground, found, alike, printer)
    model = _model_against_blind(ground, names, printer)
    return [*comparisons, model] if model else comparisons


def _between(
    ground: Ground, found: "Codings", said: "pd.DataFrame", printer: "Printer"
) -> list[Comparison]:
    from itertools import combinations

    from coder.statistics.between_coders import coder_agreement

    if len(found.reviewers) < 2:
        who = f"Only {found.reviewers[0]} has" if found.reviewers else "Nobody has"
        printer.say(
            f"{who} decided comments here. Agreement needs comments that two reviewers decided: "
            f"{ground.command('review')} --reviewer ANOTHER --double 20%"
        )
        return []
    pairs = {
        pair: coder_agreement(found.only(pair), seed=ground.seed)
        for pair in combinations(found.reviewers, 2)
    }
    comparisons = [
        Comparison(f"{one} - {other}", result.comments, _stacked(result))
        for (one, other), result in pairs.items()
    ]
    whole = (
        next(iter(pairs.values())) if len(pairs) == 1 else coder_agreement(found, seed=ground.seed)
    )
    if len(pairs) > 1:
        comparisons.insert(0, Comparison("all reviewers", whole.comments, _stacked(whole)))
    if not whole.comments:
        printer.say("No comment was decided by two reviewers yet.")
        return comparisons
    names = (
        " and ".join(found.reviewers) if len(pairs) == 1 else f"{len(found.reviewers)} reviewers"
    )
    title = f"{names}: {whole.comments:,} comments that two or more decided"
    _print_agreement(title, _stacked(whole), found.reviewers, printer)
    if len(pairs) > 1:
        _print_pairs(comparisons[1:], printer)
    assisted = said.loc[said["mode"] != "blind", "comment_id"].nunique()
    if assisted:
        printer.say(
            f"{assisted:,} comments were decided with the model's suggestions in sight, or by a table that does not "
            "say so, which draws reviewers together; --blind counts only what was decided without."
        )
    return comparisons


def _over_time(found: "Codings", printer: "Printer") -> None:
    from coder.statistics.drift import drift, theme_drift

    table, shifts = drift(found), theme_drift(found)
    shifts = shifts[shifts["p"] < 0.05]
    printer.facts |= {"over_time": _records(table), "themes_shifted": _records(shifts)}
    busy = table[table.groupby("reviewer")["block"].transform("max") > 1]
    if len(busy):
        printer.table(
            [
                (
                    row.reviewer,
                    row.block,
                    str(row.first_at)[:10],
                    row.comments,
                    f"{row.themes_per_comment:.2f}",
                    _number(row.f1),
                )
                for row in _rows(busy)
            ],
            ("reviewer", "part", "from", "comments", "themes each", "F1 with others"),
            title="Over time (without comments that the model or a search chose)",
            right=("part", "from", "comments", "themes each", "F1 with others"),
        )
    for row in _rows(shifts):
        printer.say(
            f"{row.reviewer} gave {row.theme_id} to {row.earlier} of the first {row.earlier_of} comments and to "
            f"{row.later} of the last {row.later_of}: more than chance (p {row.p:.2g}, corrected)."
        )


def _coded_differently(
    ground: Ground, found: "Codings", alike: Path | None, printer: "Printer"
) -> None:
    from coder.embedding import make_embedder
    from coder.files import write_csv
    from coder.statistics.similar_comments import coded_differently

    texts = dict(zip(ground.comments["comment_id"], ground.comments["text"], strict=True))
    vectors = None
    if (
        ground.project.cache_path.is_file()
    ):  # by words where nothing was embedded yet: no model is loaded
        with printer.progress() as progress:
            vectors = make_embedder(ground.project.cache_path).encode(
                [texts[name] for name in found.comment_ids], progress
            )
    table = coded_differently(found, texts, vectors, language=ground.book.language, most=500)
    printer.facts["coded_differently"] = _records(table.drop(columns=["text_1", "text_2"]))
    if alike is not None:
        write_csv(alike, table)
    if not len(table):
        return
    how = "by meaning" if vectors is not None else "by their words"
    printer.say()
    printer.say(f"Like comments ({how}) coded differently: {len(table):,}", style="bold")
    for row in _rows(table.head(SHOWN_ALIKE)):
        printer.say(f"  {row.differ}   ({row.likeness:.2f} alike)", style="bold")
        for n in ("1", "2"):
            record = row._asdict()
            said = record[f"themes_{n}"] or "no theme"
            text = " ".join(record[f"text_{n}"].split())
            text = text if len(text) <= 100 else text[:99] + "…"
            printer.say(
                f"    {record[f'reviewer_{n}']}, {record[f'comment_id_{n}']}: {said}. {text}"
            )
    where = f"All of them: {alike}" if alike else "Write them all with --alike FILE.csv"
    printer.say(f"{where}; re-open one with coder review, searching for its id.")


# ---------------------------------------------------------------- the model against blind reviewers


def _model_against_blind(ground: Ground, names: list[str], printer: "Printer") -> Comparison | None:
    import numpy as np

    from coder.decisions import standing_judgements
    from coder.statistics.codings import codings, label_arrays
    from coder.statistics.scores import score_labels
    from coder.tables import analysed

    rows = _blind(ground.judged)
    if names:
        rows = rows[rows["reviewer"].isin(names)]
    rows = rows[rows["comment_id"].isin(set(analysed(ground.comments)["comment_id"]))]
    if rows.empty:
        printer.say(
            "The model is compared with blind decisions only, and there are none: "
            f"{ground.command('review')} --sample 100 --blind"
        )
        return None
    if not ground.project.labels_path.is_file():
        printer.say(
            "The model has coded nothing yet, so it is not compared with the reviewers: coder apply"
        )
        return None
    run = ground.project.last_run("apply") or {}
    thresholds = run.get("thresholds") or {}
    truth = codings(standing_judgements(rows).assign(reviewer="blind reviewers"), ground.book)
    probability = label_arrays(ground.project.labels, truth.comment_ids, truth.items, "probability")
    cuts = np.array([float(thresholds.get(item, "nan")) for item in truth.items])
    found = _by_the_model(probability, cuts, truth.items, ground.book)
    cut = np.isfinite(cuts)
    items = [item for item, there in zip(truth.items, cut, strict=True) if there]
    said = truth.said[0][:, cut]
    result = score_labels(said, found[:, cut], items, probability[:, cut], seed=ground.seed)
    if not result.comments:
        printer.warn("The labels say nothing of where the model cut: run coder apply again.")
        return None
    _print_scores(f"Model against blind reviewers, {result.comments:,} comments", result, printer)
    chosen = rows[~rows["adjudicated"]].drop_duplicates("comment_id")["chosen"].value_counts()
    settled = rows.loc[rows["adjudicated"], "comment_id"].nunique()
    if settled:
        printer.say(
            f"In {settled:,} comment{'' if settled == 1 else 's'} the adjudication counts, not what the reviewers had said."
        )
    drawn = int(chosen.get("random", 0))
    printer.say(
        f"The model's probabilities for these comments were made without them. {drawn:,} of "
        f"{len(truth.comment_ids):,} comments were drawn at random"
        + (
            "."
            if drawn == len(truth.comment_ids)
            else "; those that were picked make the figures worse or better than they are over all comments."
        )
    )
    return Comparison("model - blind reviewers", result.comments, _stacked(result))


def _blind(judged: "pd.DataFrame") -> "pd.DataFrame":
    """What was judged blind, and what settled differences between blind judgements alone.

    Who adjudicates sees the reviewers' codings and nothing of the model.
    """
    import pandas as pd

    keys = pd.MultiIndex.from_frame(judged[["comment_id", "theme_id"]])
    settles, blind = judged["adjudicated"], judged["mode"] == "blind"
    of_blind = keys.isin(keys[blind & ~settles]) & ~keys.isin(keys[~blind & ~settles])
    return judged[(blind & ~settles) | (settles & of_blind)]


def _by_the_model(probability: Any, cuts: Any, items: Sequence[str], book: "Codebook") -> Any:
    """What the model itself would assign: (n_comments, n_items), NaN where it says nothing."""
    import numpy as np

    from coder.statistics.codings import with_parents

    known = np.isfinite(cuts) & np.isfinite(probability)
    found = np.where(known, probability >= cuts, np.nan)
    fallback = np.array(["=" not in item and book.theme(item).fallback for item in items])
    specific = (found[:, ~fallback] > 0).any(axis=1)
    found[np.ix_(specific, fallback)] = np.where(known[np.ix_(specific, fallback)], 0, np.nan)
    return with_parents(found, items, book)


# ---------------------------------------------------------------- printing


def _number(value: object) -> str:
    """`.37`, `−.02`, `1.00`; a dash where a measure is not defined."""
    if str(value) in MISSING:
        return "–"
    number = float(str(value))
    shown = f"{number:.2f}"
    return ".00" if shown == "-0.00" else shown.replace("0.", ".", 1).replace("-", "−")


def _count(value: object) -> str:
    return "" if str(value) in MISSING else f"{float(str(value)):,.0f}"


def _shortened(name: str, widest: int) -> str:
    return name if len(name) <= widest else name[: widest - 1] + "…"


def _fitted(
    rows: Sequence[tuple[str, ...]],
    columns: tuple[str, ...],
    spare: tuple[str, ...],
    printer: "Printer",
    title: str,
) -> tuple[str, ...]:
    """Print a table whose first column names themes, on one line a theme; says which columns it shows.

    `spare` columns go where it is narrow, and with them rows that say nothing in the others.
    """
    from coder.cli.wrapping import console

    def width(keep: list[int]) -> int:
        return sum(max([len(columns[n]), *(len(row[n]) for row in rows)]) + 3 for n in keep if n)

    keep = list(range(len(columns)))
    for name in spare:
        if console().width - width(keep) < LEAST_NAME:
            keep.remove(columns.index(name))
    room = max(LEAST_NAME, console().width - width(keep) - 2)
    cut = [tuple(_shortened(row[n], room) if n == 0 else row[n] for n in keep) for row in rows]
    kept = tuple(columns[n] for n in keep)
    printer.table(
        [row for row in cut if any(cell not in ("", "–") for cell in row[1:])],
        kept,
        title=title,
        right=kept[1:],
    )
    return kept


def _rows(table: "pd.DataFrame") -> "list[Any]":
    return list(table.itertuples())


def _with_range(row: Any, name: str) -> str:
    low, high = _number(row[f"{name}_low"]), _number(row[f"{name}_high"])
    return _number(row[name]) if low == "–" else f"{_number(row[name])} ({low}–{high})"


def _stacked(result: "Scores | Agreement") -> "pd.DataFrame":
    import pandas as pd

    return pd.concat([result.themes, result.overall], ignore_index=True)


def _print_scores(title: str, result: "Scores", printer: "Printer") -> None:
    columns = ("theme", "true", "found", "prec", "rec", "F1", "kappa", "AP")
    rows = [
        (
            row["theme_id"],
            _count(row["tp"] + row["fn"]),
            _count(row["tp"] + row["fp"]),
            _number(row["precision"]),
            _number(row["recall"]),
            _with_range(row, "f1"),
            _number(row["kappa"]),
            _number(row["average_precision"]),
        )
        for _, row in result.themes.iterrows()
    ]
    _fitted(rows, columns, (), printer, title)
    overall = {row["theme_id"]: row for _, row in result.overall.iterrows()}
    names = {
        "precision": "precision",
        "recall": "recall",
        "f1": "F1",
        "kappa": "kappa",
        "average_precision": "AP",
    }
    printer.table(
        [
            (shown, *(_with_range(overall[over], name) for over in ("micro", "macro", "comment")))
            for name, shown in names.items()
        ],
        ("over all themes", "micro", "macro", "per comment"),
        right=("micro", "macro", "per comment"),
    )
    printer.say(INTERVALS)
    printer.say(
        "micro: every comment and theme pooled. macro: the mean of the themes. AP: average precision of the "
        "probabilities. per comment: F1 of the label sets, the mean over comments."
    )


def _print_agreement(
    title: str, table: "pd.DataFrame", reviewers: tuple[str, ...], printer: "Printer"
) -> None:
    two = len(reviewers) == 2
    shown = {"pooled": "all pooled", "mean": "mean of themes", "sets": "label sets (MASI)"}
    counts = {"both": "both", "first": "one", "second": "other", "neither": "neither"}
    counts = counts if two else {"comments": "comments"}
    ranged = {"kappa": "kappa", "alpha": "alpha"} if two else {"alpha": "alpha"}
    plain = {
        "ac1": "AC1",
        "positive_agreement": "agree+",
        "negative_agreement": "agree−",
        "agreement": "agree",
    }
    rows = [
        (
            shown.get(row["theme_id"], row["theme_id"]),
            *(_count(row[name]) for name in counts),
            *(_with_range(row, name) for name in ranged),
            *(_number(row[name]) for name in plain),
        )
        for _, row in table.iterrows()
    ]
    columns = ("theme", *counts.values(), *ranged.values(), *plain.values())
    spare = ("agree", *(("neither", "alpha") if two else ()))
    kept = _fitted(rows, columns, spare, printer, title)
    if "alpha" not in kept:
        over = {row["theme_id"]: _with_range(row, "alpha") for _, row in table.iterrows()}
        printer.say(
            f"alpha over all pooled: {over['pooled']}; of the label sets (MASI distance): {over['sets']}. "
            "A wider window or --to FILE shows it by theme."
        )
    if two:
        printer.say(f"one: only {reviewers[0]} gave the theme. other: only {reviewers[1]} did.")
    printer.say(INTERVALS)
    printer.say(
        "alpha (Krippendorff) and AC1 (Gwet) take out what chance would give; .80 and more is usually called "
        "reliable, .667 the least for tentative conclusions. agree+ and agree−: agreement on presence (the F1 of "
        "two reviewers) and on absence. Rare themes have a low alpha and a high AC1: read both with the counts."
    )


def _print_pairs(comparisons: list[Comparison], printer: "Printer") -> None:
    rows = []
    for comparison in comparisons:
        overall = comparison.table.set_index("theme_id")
        rows.append(
            (
                comparison.name,
                comparison.comments,
                _with_range(overall.loc["pooled"], "f1"),
                _number(overall.loc["mean", "kappa"]),
                _with_range(overall.loc["sets"], "alpha"),
            )
        )
    columns = ("pair", "comments", "F1 pooled", "mean kappa", "alpha of sets")
    printer.table(rows, columns, title="Pairs", right=columns[1:])


# ---------------------------------------------------------------- writing


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows for JSON: missing values are null."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(k): v.item() if hasattr(v, "item") else v for k, v in row.items()}
        for row in plain.to_dict(orient="records")
    ]


def _write(path: Path, comparisons: list[Comparison], printer: "Printer") -> None:
    import json

    import pandas as pd

    from coder.files import write_csv, write_text

    suffix = path.suffix.lower()
    if suffix == ".json":
        write_text(
            path, json.dumps(printer.facts, indent=2, ensure_ascii=False, default=str) + "\n"
        )
        return
    tables = [c.table.assign(comparison=c.name) for c in comparisons]
    if suffix == ".csv":
        whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"comparison": []})
        write_csv(
            path, whole[["comparison", *(name for name in whole.columns if name != "comparison")]]
        )
        return
    parts = ["# Agreement\n", f"{INTERVALS}\n"]
    for comparison in comparisons:
        parts.append(f"## {comparison.name}, {comparison.comments:,} comments\n")
        parts.append(_markdown(comparison.table))
    write_text(path, "\n".join(parts))


def _markdown(table: "pd.DataFrame") -> str:
    measures = [name for name in table.columns if f"{name}_low" in table.columns]
    counts = [
        name
        for name in table.columns[1:]
        if name not in measures and not name.endswith(("_low", "_high"))
    ]
    lines = [
        "| theme | " + " | ".join([*counts, *measures]) + " |",
        "| --- |" + " ---: |" * (len(counts) + len(measures)),
    ]
    for _, row in table.iterrows():
        numbers = [_count(row[name]) for name in counts]
        cells = [str(row["theme_id"]), *numbers, *(_with_range(row, name) for name in measures)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
