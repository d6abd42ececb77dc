"""A reader who works out hidden cells: a linear program made from published tables alone.

It knows the theme table, the breakdowns, the codebook, which answers make up a derived group, and
whether every comment on a theme takes exactly one position. It shares no code with `coder`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array

EPSILON = 1e-6


@dataclass(frozen=True)
class Definition:
    """What a column's groups are made of: answers to a question; what is in none is missing."""

    question: str
    groups: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Published:
    """What a reader has.

    Attributes:
        themes: with `theme_id`, `position_id`, `n` and, for several sources, `n_SOURCE`.
        breakdowns: column to its cells (`tables.CELLS`).
        definitions: of each column.
        answers: of each question, without the missing one.
        parents: rows (theme id, position id) to the row that they count within.
        additive: rows whose parts add up to them.
    """

    themes: pd.DataFrame
    breakdowns: dict[str, pd.DataFrame]
    definitions: dict[str, Definition]
    answers: dict[str, tuple[str, ...]]
    parents: dict[tuple[str, str], tuple[str, str]]
    additive: frozenset[tuple[str, str]]
    sources: dict[str, int]


class Cell(NamedTuple):
    """A cell of a breakdown; the route `all` is every source together."""

    column: str
    route: str
    group: str
    row: tuple[str, str]


class Attack:
    """The system of all tables about one question and the rows of one main theme."""

    def __init__(self, published: Published, question: str, rows: Sequence[tuple[str, str]]):
        self.published, self.question, self.rows = published, question, list(rows)
        self.sources = list(published.sources)
        self.answers = [*published.answers[question], ""]
        self.columns = [c for c, d in published.definitions.items() if d.question == question]
        self.left: list[np.ndarray] = []
        self.right: list[float] = []
        self.at_most: list[np.ndarray] = []
        self.largest = np.full(len(self.rows) * len(self.answers) * len(self.sources), np.inf)
        self.compared: dict[tuple[str, str], list[str]] = {}
        self.cells: dict[Cell, tuple[np.ndarray, float | None, int]] = {}
        self._totals()
        for column in self.columns:
            if column in published.breakdowns:
                self._breakdown(column)
        self._parts()

    def places(
        self, row: tuple[str, str], answers: Iterable[str], sources: Iterable[str]
    ) -> list[int]:
        across = len(self.answers) * len(self.sources)
        return [
            self.rows.index(row) * across + self.answers.index(a) * len(self.sources) + self.sources.index(s)
            for a in answers
            for s in sources
        ]  # fmt: skip

    def sum_of(self, places: Sequence[int]) -> np.ndarray:
        coefficients = np.zeros(len(self.largest))
        coefficients[list(places)] = 1.0
        return coefficients

    def _equal(self, coefficients: np.ndarray, value: float) -> None:
        self.left.append(coefficients)
        self.right.append(value)

    def _totals(self) -> None:
        themes = self.published.themes.set_index(["theme_id", "position_id"])
        for row in self.rows:
            for source in self.sources:
                name = f"n_{source}" if f"n_{source}" in themes.columns else "n"
                places = self.places(row, self.answers, [source])
                self._equal(self.sum_of(places), float(themes.loc[row, name]))

    def _sources_of(self, route: str) -> list[str]:
        own = [part for part in route.split(" + ") if part in self.sources]
        return own or self.sources

    def _breakdown(self, column: str) -> None:
        cells = self.published.breakdowns[column]
        groups = self.published.definitions[column].groups
        for route, part in cells.groupby("route", sort=False):
            sources = self._sources_of(str(route))
            total = sum(self.published.sources[s] for s in sources)
            bases = part.drop_duplicates("group").set_index("group")["base"].astype(int).to_dict()
            in_groups = {answer for members in groups.values() for answer in members}
            missing = [answer for answer in self.answers if answer not in in_groups]
            large = [g for g in bases if bases[g] >= self.published.themes.attrs["minimum_base"]]
            if part["difference"].notna().any():
                has_missing = sum(bases.values()) < total
                self.compared[(column, str(route))] = large if has_missing else list(bases)
            for row in self.rows:
                without = self.sum_of(self.places(row, missing, sources))
                self.at_most.append(np.append(without, total - sum(bases.values())))
                own = part[(part["theme_id"] == row[0]) & (part["position_id"] == row[1])]
                for line in own.to_dict(orient="records"):
                    places = self.places(row, groups[line["group"]], sources)
                    sums, shown = self.sum_of(places), None
                    self.largest[places] = np.minimum(self.largest[places], line["base"])
                    self.at_most.append(np.append(sums, line["base"]))
                    if line["hidden"] == "":
                        shown = float(line["n"])
                        self._equal(sums, shown)
                        self._rest(line, row, bases, total, groups, sources)
                    self.cells[Cell(column, str(route), line["group"], row)] = (
                        sums, shown, int(line["base"]),
                    )  # fmt: skip

    def _rest(self, line, row, bases, total, groups, sources) -> None:
        """A difference tells the share of the rest: of all other groups, or of those of its size."""
        if pd.isna(line["difference"]) or pd.notna(line["design_effect"]):
            return
        share = (line["percent"] - line["difference"]) / 100
        others = [g for g in bases if g != line["group"]]
        if sum(bases.values()) < total:
            others = [g for g in others if bases[g] >= self.published.themes.attrs["minimum_base"]]
        count = share * sum(bases[g] for g in others)
        places = [p for g in others for p in self.places(row, groups[g], sources)]
        self._equal(self.sum_of(places), round(count, 6))

    def _parts(self) -> None:
        for place in range(len(self.answers) * len(self.sources)):
            answer = self.answers[place // len(self.sources)]
            source = self.sources[place % len(self.sources)]
            for row in self.rows:
                parts = [p for p, parent in self.published.parents.items() if parent == row]
                whole = self.places(row, [answer], [source])[0]
                together = np.zeros(len(self.largest))
                for part in parts:
                    own = self.places(part, [answer], [source])[0]
                    less = self.sum_of([own])
                    together[own] = 1.0
                    less[whole] -= 1.0
                    self.at_most.append(np.append(less, 0.0))
                if parts and row in self.published.additive:
                    together[whole] -= 1.0
                    self._equal(together, 0.0)

    def ranges(
        self,
        cells: Sequence[Cell],
        shown: Sequence[tuple[np.ndarray, float]] = (),
        *,
        totals_only: bool = False,
    ) -> list[tuple[float, float]]:
        """The smallest and largest value of each cell, all in one program of as many copies."""
        if not cells:
            return []
        left, right = list(self.left), list(self.right)
        if totals_only:
            left, right = self._always_known()
        left += [coefficients for coefficients, _ in shown]
        right += [value for _, value in shown]
        limits = np.array(self.at_most)
        goals = []
        for cell in cells:
            goals += [self.cells[cell][0], -self.cells[cell][0]]
        copies = len(goals)
        equal = csr_array(np.array(left))
        at_most = csr_array(limits[:, :-1])
        upper = np.where(np.isinf(self.largest), 1e5, self.largest)
        result = linprog(
            np.concatenate(goals),
            A_eq=block_diag([equal] * copies, format="csr"),
            b_eq=np.tile(right, copies),
            A_ub=block_diag([at_most] * copies, format="csr"),
            b_ub=np.tile(limits[:, -1], copies),
            bounds=np.column_stack([np.zeros(copies * len(upper)), np.tile(upper, copies)]),
            method="highs",
        )
        assert result.status == 0, result.message
        points = result.x.reshape(copies, -1)
        found = []
        for number, cell in enumerate(cells):
            sums = self.cells[cell][0]
            low, high = sums @ points[2 * number], sums @ points[2 * number + 1]
            found.append((float(np.ceil(low - EPSILON)), float(np.floor(high + EPSILON))))
        return found

    def _always_known(self) -> tuple[list[np.ndarray], list[float]]:
        """Totals and additive parts: what no breakdown tells."""
        figures = len(self.rows) * len(self.sources)
        left, right = self.left[:figures], self.right[:figures]
        for coefficients, value in zip(self.left[figures:], self.right[figures:], strict=True):
            if (coefficients < 0).any():
                left.append(coefficients)
                right.append(value)
        return left, right
