"""Report: all that a writer gets, and how it shows itself in a notebook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from coder.codebook import Codebook
from coder.figures import (
    NO_FIGURE,
    format_count,
    format_interval,
    format_tenth,
)
from coder.notebook import html_table
from coder.reporting.coded_matrix import CodedMatrix, Key
from coder.reporting.counts import carried_labels
from coder.reporting.read_outs import Equality, Quality
from coder.settings import Settings
from coder.statistics.reviewed_comments import no_judgements

if TYPE_CHECKING:
    from coder.reporting.aspects import ThemeAspects
    from coder.reporting.draft_file import Draft
    from coder.reporting.said_sentence import Sentence

INDENT = "\u2003"  # an em space for each level below a main theme
FOR_ANALYSTS, TECHNICAL_RECORD = "For analysts", "Technical record"


@dataclass(frozen=True)
class Notes(Sequence[str]):
    """What a reader must be told, in three tiers. As a sequence: all notes, one after the other.

    Attributes:
        reader: at most three sentences: what the counts are, which comments they count, and
            the most important caution.
        analyst: how the figures were made and how to read them.
        record: what is needed to check the figures or make them again: formulas, seed,
            fingerprints.
    """

    reader: tuple[str, ...] = ()
    analyst: tuple[str, ...] = ()
    record: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, place: Any) -> Any:
        return self._all()[place]

    def _all(self) -> tuple[str, ...]:
        return (*self.reader, *self.analyst, *self.record)

    def tiers(self) -> dict[str, list[str]]:
        """The notes by tier, as JSON files hold them."""
        return {
            "reader": list(self.reader),
            "analyst": list(self.analyst),
            "record": list(self.record),
        }


@dataclass(frozen=True)
class Breakdown:
    """The themes by the groups of one column.

    Attributes:
        column: `route`, or the column that was asked for.
        cells: `tables.CELLS`.
        notes: what a reader of it must be told.
        record: the tests and corrections by name.
    """

    column: str
    title: str
    cells: pd.DataFrame
    notes: tuple[str, ...] = ()
    record: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What `build_report` made of a coded consultation. Writers change nothing in it.

    Attributes:
        base: the base line: how many comments were analysed, per source.
        standing: one line: whether the counts are a guess, partly reviewed, estimated or exact.
        warning: what must stand on every page and chart; empty for figures that may be
            published.
        themes: `tables.THEMES`, in the published order.
        quotes: `tables.QUOTES`.
        ledger: `tables.LEDGER`: received, excluded by reason, analysed, per source.
        notes: what a reader must be told, in three tiers. Commands in them are spelled for the
            command line.
        breakdowns: by route, where there are several, and by each column asked for.
        together: `tables.PAIRS`.
        matrix: what each analysed comment carries.
        waves: `tables.WAVES`; None where nothing is compared.
        agreement: `tables.AGREEMENT` of blind reviewers; None where no comment was judged by two.
        apart: sources with columns of their own, in no figure over several sources.
        private: ids of comments whose authors declined publication.
        judgements: `tables.JUDGEMENTS`: what each reviewer said of these comments.
        coded_at: when the model coded the comments, ISO 8601; empty where it did not.
        settings: of the project.
        quality: what a statistician asks of these figures, and a grade for each.
        equality: the equality read-out, where one was asked for.
        facts: seed, fingerprints, edits of quotes ...
        minimum_cell: smaller numbers of comments are not told apart.
        minimum_base: no percentage is given on fewer comments.
        has_quotes: quotes were asked for.
        draft: the paragraphs as the analyst edited them; None where there is no draft.
        listed: sentences that say what the codebook lists (see `aspects.listed.match_listed`);
            None where they were not sought.
    """

    title: str
    question: str
    base: str
    standing: str
    warning: str
    themes: pd.DataFrame
    quotes: pd.DataFrame
    ledger: pd.DataFrame
    notes: Notes
    breakdowns: tuple[Breakdown, ...]
    together: pd.DataFrame
    codebook: Codebook
    matrix: CodedMatrix
    waves: pd.DataFrame | None = None
    agreement: pd.DataFrame | None = None
    apart: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()
    judgements: pd.DataFrame = field(default_factory=no_judgements)
    coded_at: str = ""
    settings: Settings = Settings(name="")  # noqa: RUF009 - it cannot be changed
    quality: Quality = field(default_factory=Quality)
    equality: Equality | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    minimum_cell: int = 5
    minimum_base: int = 30
    has_quotes: bool = True
    draft: "Draft | None" = None
    listed: pd.DataFrame | None = None

    def __repr__(self) -> str:
        return f"Report({self.title!r}, {len(self.themes)} rows of themes)"

    @property
    def comments(self) -> pd.DataFrame:
        """The analysed comments."""
        return self.matrix.comments

    @cached_property
    def labels(self) -> pd.DataFrame:
        """What they carry (see `counts.carried_labels`)."""
        return carried_labels(self.matrix)

    @cached_property
    def aspects(self) -> "dict[Key, ThemeAspects]":
        """What the comments of each row of the theme table are about in particular."""
        from coder.reporting.aspects import AspectFinder

        is_pooled = ~self.comments["source"].isin(self.apart).to_numpy(dtype=bool)
        matrix = self.matrix.only(is_pooled)
        finder = AspectFinder(
            matrix,
            self.codebook.language,
            self.minimum_cell,
            self.listed,
            self.private,
            self._unquoted(matrix),
        )
        rows = zip(self.themes["theme_id"], self.themes["position_id"], strict=True)
        number = matrix.row_number
        return {key: finder.find(number[key]) for key in rows}

    def _unquoted(self, matrix: CodedMatrix) -> frozenset[str]:
        """Comments of which aspects quote nothing: those quoted already."""
        if not self.has_quotes or "place" in self.quotes:
            return frozenset(matrix.comments["comment_id"].astype(str))
        return frozenset(self.quotes["comment_id"].astype(str))

    @cached_property
    def paragraphs(self) -> "dict[Key, tuple[Sentence, ...]]":
        """What people said under each row of the theme table, sentence by sentence."""
        from coder.reporting.drafted_paragraphs import with_draft
        from coder.reporting.paragraphs import write_paragraphs

        return with_draft(self, write_paragraphs(self), self.draft)

    @property
    def coded_by_model(self) -> bool:
        """Whether some comment carries what no reviewer decided."""
        return bool((self.matrix.carries & ~self.matrix.judged).any())

    @property
    def sources(self) -> list[str]:
        """The sources in the table's order."""
        names = self.themes.columns
        return [name.removeprefix("n_") for name in names if name.startswith("n_")]

    @property
    def comments_counted(self) -> int:
        """The base of the figures over all sources that are counted together."""
        return int((~self.comments["source"].isin(self.apart)).sum())

    @property
    def intervals(self) -> bool:
        """Some figure is uncertain, so intervals are worth a column."""
        return bool((self.themes["low"] < self.themes["high"]).any())

    @property
    def rank_ranges(self) -> bool:
        """Some rank is uncertain for more than a tie of exact counts."""
        is_range = self.themes["rank_low"] < self.themes["rank_high"]
        return self.intervals and bool(is_range.fillna(False).any())

    @property
    def depths(self) -> list[int]:
        """Of each row of the theme table: 0 for a main theme, 1 and more for what stands under
        one.
        """
        depth_of = {place.theme.id: place.depth for place in self.codebook.nodes}
        rows = zip(self.themes["theme_id"], self.themes["position_id"], strict=True)
        return [
            depth_of[theme_id] + bool(position_id) for theme_id, position_id in rows
        ]

    def _repr_html_(self) -> str:
        """The theme table for notebooks, with the base line and the notes for readers; the other
        notes open.
        """
        columns = ["Rank", "Theme", "n", "%"]
        if self.intervals:
            columns.append("95% interval")
        lines = zip(self.themes.to_dict(orient="records"), self.depths, strict=True)
        rows = [self._html_cells(row, depth) for row, depth in lines]
        return html_table(
            self.title,
            columns,
            rows,
            notes=(*filter(None, [self.warning]), self.base, *self.notes.reader),
            details={
                FOR_ANALYSTS: self.notes.analyst,
                TECHNICAL_RECORD: self.notes.record,
            },
        )

    def _html_cells(self, row: Mapping[Any, Any], depth: int) -> list[object]:
        rank = "" if pd.isna(row["rank"]) else int(row["rank"])
        name = INDENT * depth + str(row["theme"])
        cells: list[object] = [rank, name, format_count(row["n"])]
        cells.append(format_tenth(row["percent"]) or NO_FIGURE)
        if self.intervals:
            cells.append(format_interval(row["low"], row["high"]))
        return cells
