"""The annex of a report: its themes, what people said, breakdowns and notes, as a document."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coder.exporting.charts import (
    breakdown_chart,
    positions_chart,
    themes_chart,
    together_chart,
    waves_chart,
)
from coder.exporting.commands import without_commands
from coder.exporting.document import (
    Block,
    Bullets,
    CodedComment,
    CodedComments,
    Document,
    FigureBlock,
    Part,
    Pointer,
    Quotation,
    TableBlock,
    Text,
)
from coder.exporting.drawing.chart import Chart
from coder.exporting.quality_document import quality_part
from coder.exporting.report_grids import (
    breakdown_grids,
    ledger_grid,
    pairs_grids,
    theme_grid,
    waves_grid,
    without_hidden_columns,
)
from coder.exporting.said import SaidPart, paragraph_notes
from coder.figures import ELLIPSIS, format_tenth, join_names
from coder.reporting.redaction import mask_details
from coder.reporting.report import (
    FOR_ANALYSTS,
    TECHNICAL_RECORD,
    Breakdown,
    Report,
)
from coder.text import count, headed

MOST_LISTED = 300  # comments under one row of the table
ALL_HIDDEN = "Every figure is hidden: too few comments, or protecting a hidden figure."
LONGEST_LISTED = 1500  # characters of a comment
Key = tuple[str, str]  # theme id and position id


def annex(report: Report, *, with_comments: bool = False) -> Document:
    """The whole annex.

    Args:
        with_comments: whether each theme lists the comments that carry it, in full.
    """
    parts = [
        Part("themes", "Themes", _theme_blocks(report)),
        Part(
            "said",
            "What people said",
            (Pointer("How many comments mention each theme", "themes"),),
            parts=tuple(_theme_parts(report, with_comments=with_comments)),
        ),
        *_figure_parts(report),
        Part("notes", "Notes", parts=tuple(_note_parts(report))),
        quality_part(report),
    ]
    return Document(
        title=report.title,
        language=report.codebook.language,
        base=report.base,
        warning=report.warning,
        head=_head(report),
        parts=tuple(parts),
    )


def _head(report: Report) -> tuple[Block, ...]:
    """What readers must know first, and what was asked."""
    standing, *others = report.notes.reader
    blocks = [Text(standing, "standing")]
    blocks += [Text(note) for note in others]
    if report.question:
        blocks.append(Text(report.question, "question"))
    return tuple(blocks)


def _theme_blocks(report: Report) -> tuple[Block, ...]:
    return FigureBlock(themes_chart(report)), TableBlock(theme_grid(report))


# ---------------------------------------------------------------- tables and figures


def _figure_parts(report: Report) -> list[Part]:
    """Breakdowns, the comparison with an earlier consultation, pairs of themes, the ledger."""
    parts = []
    for number, breakdown in enumerate(report.breakdowns, start=1):
        blocks = tuple(_breakdown_blocks(report, breakdown))
        parts.append(Part(f"by-{number}", breakdown.title, blocks))
    waves = waves_grid(report)
    if waves is not None:
        blocks = (*_figure(waves_chart(report)), TableBlock(waves))
        parts.append(Part("waves", "Before and now", blocks))
    if len(report.together):
        figure = _figure(together_chart(report))
        grids = map(TableBlock, pairs_grids(report))
        parts.append(Part("together", "Themes that go together", (*figure, *grids)))
    ledger = ledger_grid(report)
    parts.append(Part("ledger", ledger.title, (TableBlock(ledger),)))
    return parts


def _breakdown_blocks(report: Report, breakdown: Breakdown) -> Iterable[Block]:
    """A figure and a table for each route, then the positions by route."""
    routes = dict.fromkeys(breakdown.cells["route"])
    grids = breakdown_grids(report, breakdown)
    for route, grid in zip(routes, grids, strict=True):
        shown = without_hidden_columns(grid)
        if len(shown.columns) == 1:
            yield Text(f"{grid.title}: not shown. {ALL_HIDDEN}")
            continue
        yield from _figure(breakdown_chart(report, breakdown, route))
        yield TableBlock(shown)
    if breakdown.column != "route":
        return
    for theme in report.codebook.active:
        yield from _figure(positions_chart(report, theme.id))


def _figure(chart: Chart | None) -> list[Block]:
    """The chart, where there is one."""
    if chart is None:
        return []
    return [FigureBlock(chart)]


# ---------------------------------------------------------------- what people said


def _theme_parts(report: Report, *, with_comments: bool) -> list[Part]:
    """A part for each main theme; what stands under it is below."""
    comments = CommentTexts.of(report)
    quotes = quotations(report)
    labels = dict(iter(report.labels.groupby(["theme_id", "position_id"], sort=False)))
    parts: list[Part] = []
    for row in report.themes.to_dict(orient="records"):
        key = (str(row["theme_id"]), str(row["position_id"]))
        anchor = anchor_of(key)
        blocks: list[Block] = []
        listed = None
        if with_comments and key in labels:
            listed = comments.as_coded(labels[key], anchor)
        blocks += SaidPart(report, key, anchor, comments.anchors(listed)).blocks()
        blocks += quotes.get(key, ())
        if listed is not None:
            blocks.append(listed)
        parts.append(_theme_part(report, row, key, blocks))
    return parts


def _theme_part(
    report: Report,
    row: Mapping[Any, Any],
    key: Key,
    blocks: Sequence[Block],
) -> Part:
    is_main = pd.notna(row["rank"])
    return Part(
        anchor_of(key),
        full_name(report, row),
        tuple(blocks),
        figures=_figures_of(row),
        fold="open" if is_main else "closed",
    )


def anchor_of(key: Key) -> str:
    """The name in links of a theme, or of a position of it."""
    return "-".join(filter(None, ("theme", *key)))


def _figures_of(row: Mapping[Any, Any]) -> str:
    """`140 comments, 15.0%`."""
    if pd.isna(row["n"]):
        return "not counted yet"
    figures = count(row["n"], "comment")
    if pd.notna(row["percent"]):
        figures += f", {format_tenth(row['percent'])}%"
    return figures


def full_name(report: Report, row: Mapping[Any, Any]) -> str:
    """The name of a row of the theme table where it stands alone: a position with its theme
    before it.
    """
    if not row["position_id"]:
        return str(row["theme"])
    theme = report.codebook.theme(str(row["theme_id"]))
    return f"{theme.short}: {row['theme']}"


def quotations(report: Report) -> dict[Key, list[Quotation]]:
    """The quotes of each row of the theme table, in their order. The origin is the source and the
    comment's id, with its place where it comes from a document.
    """
    quotes: dict[Key, list[Quotation]] = {}
    in_order = report.quotes.sort_values("number", kind="stable")
    for quote in in_order.to_dict(orient="records"):
        origin = f"{quote['source']}, {quote['comment_id']}"
        if quote.get("place"):
            origin = f"{origin}, {quote['place']}"
        key = (str(quote["theme_id"]), str(quote["position_id"]))
        quotes.setdefault(key, []).append(Quotation(str(quote["quote"]), origin))
    return quotes


@dataclass(frozen=True)
class CommentTexts:
    """Text and source of each comment, by id, and whose authors declined publication."""

    texts: Mapping[str, str]
    sources: Mapping[str, str]
    private: frozenset[str]

    @classmethod
    def of(cls, report: Report) -> "CommentTexts":
        """The analysed comments of a report."""
        ids = report.comments["comment_id"].astype(str)
        texts = dict(zip(ids, report.comments["text"], strict=True))
        sources = dict(zip(ids, report.comments["source"].astype(str), strict=True))
        return cls(texts, sources, report.private)

    def as_coded(self, labels: pd.DataFrame, anchor: str) -> CodedComments:
        """The comments of one row's labels that a page may list.

        Args:
            anchor: of the part that they stand in.
        """
        listed = []
        shown = listed_labels(labels, self.private).to_dict(orient="records")
        for number, label in enumerate(shown, start=1):
            comment = replace(self._comment(label), anchor=f"{anchor}-{number}")
            listed.append(comment)
        return CodedComments(tuple(listed), len(labels), f"{anchor}-comments")

    @staticmethod
    def anchors(listed: CodedComments | None) -> dict[str, str]:
        """The anchor of each comment in a list, by id."""
        comments = listed.comments if listed is not None else ()
        return {comment.comment_id: comment.anchor for comment in comments}

    def _comment(self, label: Mapping[Any, Any]) -> CodedComment:
        comment_id = str(label["comment_id"])
        origin = f"{self.sources[comment_id]}, {comment_id}"
        if label["origin"] == "reviewer":
            origin += ", reviewed"
        text = self.texts[comment_id]
        start, end = int(label["evidence_start"]), int(label["evidence_end"])
        comment = coded_comment(origin, text, start, end)
        return replace(comment, comment_id=comment_id)


def coded_comment(origin: str, text: str, start: int, end: int) -> CodedComment:
    """A comment with its evidence apart, personal details masked, long ones cut.

    Args:
        start, end: the evidence is `text[start:end]`; a negative start says there is none.
    """
    last = min(len(text), LONGEST_LISTED)
    rest = f" {ELLIPSIS}" if last < len(text) else ""
    if start < 0 or end <= start or end > last:
        start = end = last
    after = mask_details(text, end, last).text + rest
    evidence = mask_details(text, start, end).text
    return CodedComment(origin, mask_details(text, 0, start).text, evidence, after)


def listed_labels(labels: pd.DataFrame, private: frozenset[str]) -> pd.DataFrame:
    """The labels of a row whose comments a page shows: the likeliest, of people who did not
    decline.
    """
    public = labels[~labels["comment_id"].isin(private)]
    in_order = public.sort_values(
        ["probability", "comment_id"], ascending=[False, True]
    )
    return in_order.head(MOST_LISTED)


def comments_listed(report: Report) -> int:
    """How many comments the annex lists in full where it lists any."""
    rows = set(
        zip(report.themes["theme_id"], report.themes["position_id"], strict=True)
    )
    shown: set[str] = set()
    for key, part in report.labels.groupby(["theme_id", "position_id"], sort=False):
        if key in rows:
            shown |= set(listed_labels(part, report.private)["comment_id"])
    return len(shown)


# ---------------------------------------------------------------- notes


def _note_parts(report: Report) -> list[Part]:
    """What analysts need, then the technical record. What readers need stands at the top."""
    analyst, record = Bullets(analyst_notes(report)), Bullets(technical_record(report))
    left_out = Pointer("What was received and left out", "ledger")
    return [
        Part("analysts", FOR_ANALYSTS, (left_out, analyst)),
        Part("record", TECHNICAL_RECORD, (record,), fold="closed"),
    ]


def analyst_notes(report: Report) -> tuple[str, ...]:
    """How the figures were made and how to read them, with the notes of the breakdowns."""
    notes = {breakdown.column: breakdown.notes for breakdown in report.breakdowns}
    said = paragraph_notes(report)
    return (*own_notes(report), *said, *_notes_by_column(notes))


def own_notes(report: Report) -> tuple[str, ...]:
    """The report's notes for analysts. One that may be published names no commands, since they
    hold the places of files.
    """
    notes = report.notes.analyst
    if report.warning:
        return notes
    told = map(without_commands, notes)
    return tuple(note for note in told if note)


def notes_left_out(report: Report) -> tuple[str, ...]:
    """The report's notes for analysts that its files do not give in full."""
    given = own_notes(report)
    return tuple(note for note in report.notes.analyst if note not in given)


def technical_record(report: Report) -> tuple[str, ...]:
    """The last tier of the notes, with that of the breakdowns."""
    record = {breakdown.column: breakdown.record for breakdown in report.breakdowns}
    return (*report.notes.record, *_notes_by_column(record))


def _notes_by_column(notes: Mapping[str, Sequence[str]]) -> list[str]:
    """The notes of all breakdowns, each once, with the columns that it is about."""
    columns: dict[str, list[str]] = {}
    for column, own_notes in notes.items():
        for note in own_notes:
            columns.setdefault(note, []).append(column)
    return [headed(f"By {join_names(names)}", note) for note, names in columns.items()]
