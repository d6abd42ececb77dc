"""Hidden cells stay hidden when a reader takes all published tables together.

The attacker (`disclosure_attacker`) makes its linear program from the tables of the report alone.
"""

from typing import NamedTuple

import numpy as np
import pytest

from coder.reporting import Report
from disclosure_attacker import Attack, Cell, Published
from made_up_surveys import Survey, make_survey
from report_helpers import report_of

SURVEYS = 150
EVERY = 5  # of them is searched for cells hidden without need
DECIDED = 25  # of them decided by people: with tests and differences from the rest


class Verdict(NamedTuple):
    """What an attack on one survey showed.

    Attributes:
        narrow: small cells whose range is narrower than the rule allows.
        tables: routes of breakdowns; with `needless`, those with a cell hidden without need.
        extra, whole_rows: cells hidden beside small ones, and the same where a row with a small
            cell is hidden as a whole.
    """

    narrow: list[tuple[Cell, float, float]]
    tables: int
    needless: int
    extra: int
    whole_rows: int


def report_on(survey: Survey, *, decided: bool) -> Report:
    labels, judgements = survey.labels(), None
    if decided:
        labels, judgements = None, survey.judgements()
    return report_of(
        survey.comments, labels, survey.codebook, judgements,
        by=survey.by, settings=survey.settings, minimum_base=survey.minimum_base,
        minimum_cell=survey.minimum_cell, quotes=0,
    )  # fmt: skip


def published_in(report: Report, survey: Survey) -> Published:
    themes = report.themes.copy()
    themes.attrs["minimum_base"] = survey.minimum_base
    return Published(
        themes=themes,
        breakdowns={b.column: b.cells for b in report.breakdowns if b.column != "route"},
        definitions=survey.definitions,
        answers=survey.answers,
        parents=survey.parents,
        additive=survey.additive,
        sources=survey.comments["source"].value_counts().to_dict(),
    )


class Truth:
    """What the rule asks of each hidden cell, from the comments themselves."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.source = survey.comments["source"].to_numpy()
        self.groups = {column: survey.group_of(column) for column in survey.definitions}

    def members(self, cell: Cell) -> np.ndarray:
        """Comments of the cell's route."""
        if cell.route in set(self.source):
            return self.source == cell.route
        return np.ones(len(self.source), dtype=bool)

    def n(self, cell: Cell) -> int:
        own = self.members(cell) & (self.groups[cell.column] == cell.group)
        return int(self.survey.carries[cell.row][own].sum())

    def asked(self, cell: Cell) -> float:
        """The width that a small cell's range must have; 0 for a cell that is not small."""
        survey, groups = self.survey, self.groups[cell.column]
        route = self.members(cell)
        bases = {g: int((route & (groups == g)).sum()) for g in set(groups[route]) if g}
        base, n = bases[cell.group], self.n(cell)
        if base >= survey.minimum_base:
            return survey.minimum_cell if 0 < n < survey.minimum_cell else 0.0
        wide = min(survey.minimum_cell, base)
        large = [g for g, size in bases.items() if size >= survey.minimum_base]
        left_out = route & ~np.isin(groups, large)
        others = int(left_out.sum()) - base
        together = int(survey.carries[cell.row][left_out].sum())
        room = min(base, together) - max(0, together - others)
        if not others or (room <= 0 < n):
            return wide
        return min(wide, max(0, room))


def attack(survey: Survey, report: Report, *, with_need: bool) -> Verdict:
    """Args: with_need: whether to look for cells hidden without need too, which takes longer."""
    published, truth = published_in(report, survey), Truth(survey)
    narrow, extra, whole_rows = [], 0, 0
    tables, needless = set(), set()
    for question in survey.answers:
        system = Attack(published, question, list(survey.carries))
        hidden = [cell for cell, (_, shown, _) in system.cells.items() if shown is None]
        asked = {cell: truth.asked(cell) for cell in hidden}
        asked = {cell: width for cell, width in asked.items() if width > 0}
        ranges = dict(zip(asked, system.ranges(list(asked)), strict=True))
        short = [cell for cell, (low, high) in ranges.items() if high - low < asked[cell]]
        for cell, (low, high) in zip(short, system.ranges(short, totals_only=True), strict=True):
            asked[cell] = min(asked[cell], high - low)
            if ranges[cell][1] - ranges[cell][0] < asked[cell]:
                narrow.append((cell, *ranges[cell]))
        if not with_need:
            continue
        tables |= {cell[:2] for cell in system.cells}
        protecting = [cell for cell in hidden if not is_small(cell, truth, survey)]
        extra += len(protecting)
        rows = {(c.column, c.route, c.row) for c in hidden if is_small(c, truth, survey)}
        in_rows = [c for c in system.cells if (c.column, c.route, c.row) in rows]
        whole_rows += sum(not is_small(cell, truth, survey) for cell in in_rows)
        for cell in protecting:
            if cell[:2] not in needless and is_needless(cell, system, truth, asked):
                needless.add(cell[:2])
    return Verdict(narrow, len(tables), len(needless), extra, whole_rows)


def is_small(cell: Cell, truth: Truth, survey: Survey) -> bool:
    own = truth.members(cell) & (truth.groups[cell.column] == cell.group)
    return own.sum() < survey.minimum_base or 0 < truth.n(cell) < survey.minimum_cell


def is_needless(cell: Cell, system: Attack, truth: Truth, asked: dict[Cell, float]) -> bool:
    """Whether all small cells would stay safe if the cell were shown with its difference."""
    shown = [(system.cells[cell][0], float(truth.n(cell)))]
    compared = system.compared.get((cell.column, cell.route), ())
    if cell.group in compared:
        cells = [cell._replace(group=group) for group in compared]
        together = np.sum([system.cells[each][0] for each in cells], axis=0)
        shown.append((together, float(sum(map(truth.n, cells)))))
    in_row = [each for each in asked if (each.column, each.row) == (cell.column, cell.row)]
    others = [each for each in asked if each not in in_row]
    for cells in (in_row, others):
        for each, (low, high) in zip(cells, system.ranges(cells, shown), strict=True):
            if high - low < asked[each]:
                return False
    return True


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    made = []
    for seed in range(SURVEYS):
        survey = make_survey(np.random.default_rng(seed))
        report = report_on(survey, decided=seed < DECIDED)
        made.append(attack(survey, report, with_need=seed % EVERY == 0))
    return made


def test_no_hidden_cell_is_known_more_closely_than_the_rule_allows(
    verdicts: list[Verdict],
) -> None:
    assert [verdict.narrow for verdict in verdicts if verdict.narrow] == []
    assert sum(verdict.whole_rows for verdict in verdicts) > SURVEYS / EVERY


def test_nothing_is_hidden_without_need_on_most_tables(verdicts: list[Verdict]) -> None:
    tables = sum(verdict.tables for verdict in verdicts)
    needless = sum(verdict.needless for verdict in verdicts)
    extra = sum(verdict.extra for verdict in verdicts)
    whole_rows = sum(verdict.whole_rows for verdict in verdicts)
    print(f"{tables} tables, {needless} with a cell hidden without need")
    print(f"{extra} cells hidden beside small ones; {whole_rows} if whole rows were hidden")
    assert needless <= 0.1 * tables
    assert extra < whole_rows
