"""What a comparison of codings found, and the files it is written to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import CoderError, for_command_line
from coder.text import safe_text
from coder.workflow.agree_errors import ErrorsByGroup

if TYPE_CHECKING:
    import pandas as pd

    from coder.project import Project
    from coder.statistics.between_coders import Agreement
    from coder.statistics.scores import Scores

SUFFIXES = (".csv", ".json", ".md")
INTERVALS = "In brackets: 95% intervals, from 1,000 resamples of the comments. A dash: not defined."
MISSING = ("None", "nan", "<NA>")


@dataclass(frozen=True)
class TableCounts:
    """Which comments were scored against a table.

    Attributes:
        table: the file's path, or `DataFrame`.
        name: the same without the folder.
    """

    table: str
    name: str
    scored: int
    decided: int  # by reviewers of the codebook
    left_out: int
    excluded: int  # not analysed in the project
    not_in_table: int  # analysed comments

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {
            "table": self.table,
            "scored": self.scored,
            "decided": self.decided,
            "left_out": self.left_out,
            "excluded": self.excluded,
            "not_in_table": self.not_in_table,
        }


@dataclass(frozen=True)
class LabelScores:
    """Labels against a reference; `scores` is None where the notes tell why there are none."""

    name: str
    scores: "Scores | None"
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    counts: TableCounts | None = None


@dataclass(frozen=True)
class BetweenReviewers:
    """How far reviewers agree; `agreement` is None where fewer than two decided something."""

    reviewers: tuple[str, ...]
    agreement: "Agreement | None"
    pairs: Mapping[str, "Agreement"]  # by the names of two reviewers
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SimilarComments:
    """Similar comments coded differently (see `statistics.similar_comments`)."""

    table: "pd.DataFrame"
    by_meaning: bool  # else by their words
    path: Path | None  # the file of all


@dataclass(frozen=True)
class Comparison:
    """One table of figures: a row an item, then the overall rows."""

    name: str
    comments: int
    table: "pd.DataFrame"


@dataclass(frozen=True)
class AgreeOutcome:
    """The result of `agree`: either `against_table`, or the other parts."""

    project: "Project"
    codebook_path: Path
    warnings: tuple[str, ...] = ()
    against_table: LabelScores | None = None
    between: BetweenReviewers | None = None
    over_time: "pd.DataFrame | None" = None  # see `statistics.drift.drift`
    shifts: "pd.DataFrame | None" = None  # see `statistics.drift.theme_drift`
    similar: SimilarComments | None = None
    model: LabelScores | None = None
    errors: tuple[ErrorsByGroup, ...] = ()

    def __repr__(self) -> str:
        names = [comparison.name for comparison in self.comparisons()]
        return f"AgreeOutcome({names})"

    def comparisons(self) -> list[Comparison]:
        """Every table of figures, the widest first."""
        comparisons = []
        between = self.between
        if between is not None and between.agreement is not None:
            if len(between.pairs) > 1:
                comparisons.append(_comparison("all reviewers", between.agreement))
            for name, agreement in between.pairs.items():
                comparisons.append(_comparison(name, agreement))
        for scored in (self.model, self.against_table):
            if scored is not None and scored.scores is not None:
                comparisons.append(_comparison(scored.name, scored.scores))
        return comparisons

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        facts: dict[str, Any] = {
            "project": str(self.project.folder),
            "codebook": str(self.codebook_path),
        }
        if self.against_table is not None and self.against_table.counts is not None:
            facts |= self.against_table.counts.facts()
        if self.over_time is not None:
            facts["over_time"] = _records(self.over_time)
        if self.shifts is not None:
            facts["themes_shifted"] = _records(self.shifts)
        if self.similar is not None:
            without_text = self.similar.table.drop(columns=["text_1", "text_2"])
            facts["coded_differently"] = _records(without_text)
        facts["comparisons"] = [
            {"name": each.name, "comments": each.comments, "rows": _records(each.table)}
            for each in self.comparisons()
        ]
        if self.errors:
            facts["errors_by_group"] = [_error_facts(each) for each in self.errors]
        return facts

    def write(self, path: Path) -> None:
        """Write all figures to a .csv, .json or .md file.

        Raises:
            CoderError: another suffix, or the file cannot be written.
        """
        import pandas as pd

        from coder.files import write_csv, write_text

        suffix = check_suffix(path)
        if suffix == ".json":
            text = json.dumps(self.facts(), indent=2, ensure_ascii=False, default=str)
            write_text(path, text + "\n")
            return
        comparisons = self.comparisons()
        if suffix == ".md":
            write_text(path, _markdown(comparisons) + _markdown_errors(self.errors))
            return
        tables = []
        for each in comparisons:
            tables.append(each.table.assign(comparison=each.name))
        for errors in self.errors:
            if errors.table is not None:
                name = f"errors by {errors.column}"
                tables.append(errors.table.assign(comparison=name))
        whole = (
            pd.concat(tables, ignore_index=True)
            if tables
            else pd.DataFrame({"comparison": []})
        )
        write_csv(path, whole[["comparison", *whole.columns.drop("comparison")]])


def check_suffix(path: Path) -> str:
    """The suffix of a file for the figures. Raises `CoderError` where it is not one of
    `SUFFIXES`.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise CoderError(
            f"{path}: unsupported file type",
            f"The suffix may be: {', '.join(SUFFIXES)}.",
        )
    return suffix


def _comparison(name: str, result: "Agreement | Scores") -> Comparison:
    return Comparison(name, result.comments, all_rows(result))


def all_rows(result: "Agreement | Scores") -> "pd.DataFrame":
    """The rows of the items, then the overall rows."""
    import pandas as pd

    return pd.concat([result.themes, result.overall], ignore_index=True)


def _error_facts(errors: ErrorsByGroup) -> dict[str, Any]:
    rows = [] if errors.table is None else _records(errors.table)
    return {
        "column": errors.column,
        "comments": errors.comments,
        "findings": list(errors.findings),
        "notes": list(map(for_command_line, errors.notes)),
        "rows": rows,
    }


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows for JSON: missing values are null."""
    plain = table.astype(object).where(table.notna(), None)
    return [_plain_row(row) for row in plain.to_dict(orient="records")]


def _plain_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(name): getattr(value, "item", lambda value=value: value)()
        for name, value in row.items()
    }


# ---------------------------------------------------------------- figures as text


def number_text(value: object) -> str:
    """`.37`, `−.02`, `1.00`; a dash where a measure is not defined."""
    if str(value) in MISSING:
        return "–"
    shown = f"{float(str(value)):.2f}"
    if shown == "-0.00":
        return ".00"
    return shown.replace("0.", ".", 1).replace("-", "−")


def count_text(value: object) -> str:
    """`1,234`; empty where there is no count."""
    if str(value) in MISSING:
        return ""
    return f"{float(str(value)):,.0f}"


def with_interval(row: Any, name: str) -> str:
    """`.37 (.20–.51)`, or the figure alone where it has no interval."""
    low, high = number_text(row[f"{name}_low"]), number_text(row[f"{name}_high"])
    figure = number_text(row[name])
    if low == "–":
        return figure
    return f"{figure} ({low}–{high})"


def _markdown(comparisons: list[Comparison]) -> str:
    parts = ["# Agreement\n", f"{INTERVALS}\n"]
    for each in comparisons:
        parts.append(f"## {each.name}, {each.comments:,} comments\n")
        parts.append(_markdown_table(each.table))
    return "\n".join(parts)


def _markdown_table(table: "pd.DataFrame") -> str:
    measures = [name for name in table.columns if f"{name}_low" in table.columns]
    counts = []
    for name in table.columns[1:]:
        if name not in measures and not name.endswith(("_low", "_high")):
            counts.append(name)
    lines = [
        "| theme | " + " | ".join([*counts, *measures]) + " |",
        "| --- |" + " ---: |" * (len(counts) + len(measures)),
    ]
    for _, row in table.iterrows():
        cells = [str(row["theme_id"])]
        cells += [count_text(row[name]) for name in counts]
        cells += [with_interval(row, name) for name in measures]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _markdown_errors(tables: Sequence[ErrorsByGroup]) -> str:
    """The model's errors by group, with what they show and how to read them."""
    parts = []
    for errors in tables:
        title = f"Errors of the program by {table_cell(errors.column)}"
        parts.append(f"\n## {title}, {errors.comments:,} comments\n")
        parts += [f"- {table_cell(finding)}" for finding in errors.findings]
        if errors.table is not None:
            parts.append("")
            parts += _markdown_error_rows(errors.table)
        parts += [f"\n{for_command_line(note)}" for note in errors.notes]
    return "\n".join([*parts, ""]) if parts else ""


def _markdown_error_rows(table: "pd.DataFrame") -> list[str]:
    lines = [
        "| theme | group | error | comments | 95% | difference |",
        "| --- | --- | --- | ---: | ---: | --- |",
    ]
    for row in table.to_dict("records"):
        cells = [row["theme_id"], row["group"], row["error"]]
        cells += [rate_text(row), rate_interval(row), row["difference"]]
        lines.append("| " + " | ".join(map(table_cell, cells)) + " |")
    return lines


def table_cell(value: object) -> str:
    """A value in a Markdown table: no line breaks, no control characters, no column marks."""
    return " ".join(safe_text(str(value)).split()).replace("|", "\\|")


def rate_text(row: Mapping[Any, Any]) -> str:
    """`3 of 12`; a dash where it is not shown."""
    if row["hidden"]:
        return "–"
    return f"{row['n']:,} of {row['base']:,}"


def rate_interval(row: Mapping[Any, Any]) -> str:
    """`9–53%`; empty where it is not shown."""
    if row["hidden"]:
        return ""
    return f"{row['low']:.0f}–{row['high']:.0f}%"
