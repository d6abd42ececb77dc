"""Charts: nothing overlaps, leaves the picture or is cut, at every width, size and kind."""

import re
import resource
import xml.etree.ElementTree as ET
from dataclasses import replace
from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from coder.codebook import Position
from coder.exporting.charts import breakdown_chart, charts_of, positions_chart
from coder.exporting.drawing import png_fonts
from coder.exporting.drawing.chart import NARROW, WIDE, lay_out
from coder.exporting.drawing.contrast import contrast
from coder.exporting.drawing.dots import DotPlot
from coder.exporting.drawing.marks import COLOURS, LIGHT, MOST_SERIES, draw_dot
from coder.exporting.drawing.measures import HelveticaRuler, wrap_text
from coder.exporting.drawing.opposed import OpposedBars
from coder.exporting.drawing.png import TALL, draw_png
from coder.exporting.drawing.png_fonts import IN_PILLOW, Letters, choose_letters
from coder.exporting.drawing.shapes import INK, WHITE
from coder.exporting.drawing.shapes import WARNING as RED
from coder.exporting.drawing.svg import draw_svg
from coder.project import Settings
from coder.reporting import Inputs, Report
from coder.text import safe_text
from made_charts import (
    EYES,
    NAMES,
    WARNING,
    bodies,
    chart_of,
    cielab,
    extent,
    fill_behind,
    marks_of,
    name_of,
    overlap,
    room_of,
    standing_words,
)
from report_helpers import report_of
from test_report_estimates import BOOK, N, judge, world

KINDS = ("bars", "dots", "opposed", "changes", "pairs")
SIZES = ((2, 1), (12, 2), (12, 6), (60, 12))
HELVETICA, PILLOW = HelveticaRuler(), Letters(*IN_PILLOW)


def body_of(kind: str, themes: int, groups: int):
    return list(bodies(themes, groups))[KINDS.index(kind)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_texts_are_whole_and_apart_and_inside(kind: str, width: float) -> None:
    for themes, groups in SIZES:
        for ruler in (HELVETICA, PILLOW)[: 1 + (themes == 12)]:
            chart = chart_of(body_of(kind, themes, groups), WARNING * (themes == 12))
            picture = lay_out(chart, width, ruler)
            words = standing_words(picture)
            rooms = [room_of(each, ruler) for each in words]
            for left, top, right, bottom in [*rooms, extent(picture)]:
                assert left >= 0, (kind, themes)
                assert top >= 0
                assert right <= width
                assert bottom <= picture.height
            for (one, first), (other, second) in combinations(zip(words, rooms, strict=True), 2):
                assert not overlap(first, second), (one.text, other.text)
            together = "".join(each.text for each in words).replace(" ", "")
            for text in (chart.title, chart.base, chart.status, chart.source, name_of(0)):
                shown = safe_text(text, one_line=True).replace(" ", "").replace("\u00a0", "")
                assert shown in together.replace("\u00a0", ""), text
            for each in words:
                assert contrast(each.colour, fill_behind(each, picture)) >= 4.5, each


@pytest.mark.parametrize("kind", KINDS[:4])
def test_no_figure_stands_on_a_mark(kind: str) -> None:
    for width in (WIDE, NARROW):
        picture = lay_out(chart_of(body_of(kind, 12, 4)), width, HELVETICA)
        marks = list(marks_of(picture))
        for words in standing_words(picture):
            room = room_of(words, HELVETICA)
            assert not any(overlap(room, mark) for mark in marks), words.text


def test_series_differ_without_colour_and_stand_out_from_white() -> None:
    for colour in (*COLOURS, LIGHT):
        assert contrast(colour, WHITE) >= 3
    for eye in EYES:
        for one, other in combinations(COLOURS, 2):
            assert np.linalg.norm(cielab(one, eye) - cielab(other, eye)) > 30, (one, other)
    looks = set()
    for number in range(MOST_SERIES):
        dot = draw_dot(number, 0, 0)
        looks.add((getattr(dot, "points", "round"), dot.fill == WHITE))
    assert len(looks) == MOST_SERIES


def test_lines_fit_and_lose_no_letter() -> None:
    for name in NAMES:
        for room in (20, 90, 240):
            lines = wrap_text(name, room, 13, HELVETICA)
            assert "".join(lines).replace(" ", "") == name.replace(" ", "")
            for line in lines:
                assert HELVETICA.width(line, 13) <= room or len(line) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_svg_stands_alone(kind: str) -> None:
    chart = chart_of(body_of(kind, 12, 3), WARNING)
    drawn = [draw_svg(chart, width) for width in (WIDE, NARROW)]
    assert drawn[0] != drawn[1]
    for picture, width in zip(drawn, (WIDE, NARROW), strict=True):
        root = ET.fromstring(picture)  # noqa: S314
        first = root[2]
        assert (first.tag.split("}")[1], first.get("fill")) == ("rect", WHITE)
        assert float(first.get("width")) == float(root.get("width")) == width
        assert root[0].text == chart.title
        assert WARNING in root[1].text
        assert picture.count("NOT FOR PUBLICATION") >= 4
        assert "<b>" not in picture
        for text in root.iterfind("{*}text"):  # whatever font the browser has
            taken = HELVETICA.width(
                text.text, float(text.get("font-size")), bold=bool(text.get("font-weight"))
            )
            assert not text.text.isascii() or 0 < float(text.get("textLength")) <= taken + 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_a_png_is_drawn_from_the_same_layout(kind: str) -> None:
    chart = chart_of(body_of(kind, 4, 3), WARNING)
    content = draw_png(chart)
    assert content == draw_png(chart)
    image = Image.open(BytesIO(content))
    assert image.width == 2 * WIDE
    assert round(image.info["dpi"][0]) == 192
    corners = {image.getpixel((x, y)) for x in (0, image.width - 1) for y in (0, image.height - 1)}
    assert corners == {(255, 255, 255)}
    colours = {colour for _, colour in image.getcolors(maxcolors=1 << 24)}
    for colour in (INK, RED):
        assert tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5)) in colours


def test_a_tall_png_takes_little_memory() -> None:
    chart = chart_of(body_of("dots", 60, 12))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    image = Image.open(BytesIO(draw_png(chart)))
    assert image.height > 2 * TALL
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 250_000  # kilobytes


def test_letters_that_no_font_has_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png_fonts, "FAMILIES", ())
    assert choose_letters("Plain “text”") == PILLOW
    assert PILLOW.missing("naïve £5") == ["£", "ï"]
    assert PILLOW.drawn("naïve – £5 警") == "naive - GBP 5 ?"
    plain, accented = chart_of(body_of("bars", 2, 1)), chart_of(body_of("bars", 5, 1))
    assert Image.open(BytesIO(draw_png(plain))).height > 0
    texts = [words.text for words in standing_words(lay_out(accented, WIDE, PILLOW))]
    assert re.search("£", "".join(texts))
    with_font, without = Image.open(BytesIO(draw_png(accented))), lay_out(accented, WIDE, PILLOW)
    assert with_font.height > 2 * without.height  # the remark takes a line


# ---------------------------------------------------------------- the charts of a report


@pytest.fixture(scope="module")
def report() -> Report:
    comments, labels, truth = world()
    then_comments, then_labels, then_truth = world(9)
    comments["area"] = [f"area {number % 9}" for number in range(N)]
    truth[:, 0] &= (comments["source"] == "Web") | (np.arange(N) % 3 == 0)
    everything = np.arange(N)
    judged_then = judge(then_truth, everything, "listed")
    earlier = Inputs(then_comments, then_labels, BOOK, judged_then, Settings(name="spring"))
    judged = judge(truth, everything[::2], "random")
    return report_of(comments, labels, BOOK, judged, earlier=earlier, by=("group", "area"))


def test_a_report_has_the_charts_that_it_has_figures_for(report: Report) -> None:
    charts = charts_of(report)
    groups = ["by-group Web", "by-group Post", "by-group All sources, unweighted"]
    assert list(charts) == ["themes", "by-route", *groups, "positions-two", "waves", "together"]
    assert {chart.status for chart in charts.values()} == {report.standing}
    assert all(chart.base.startswith("Base: ") for chart in charts.values())
    assert isinstance(charts["positions-two"].body, OpposedBars)
    plain = replace(report, waves=None, breakdowns=(), together=report.together.head(1))
    assert list(charts_of(plain)) == ["themes", "positions-two"]


def test_a_chart_says_hidden_or_is_left_out_where_most_is(report: Report) -> None:
    route = report.breakdowns[0]
    shown = []
    for hidden in (0, 1, 6):
        cells = route.cells.copy()
        is_hidden = cells["position_id"].eq("").cumsum().le(hidden) & cells["position_id"].eq("")
        cells["hidden"] = np.where(is_hidden, "cell", "")
        chart = breakdown_chart(report, replace(route, cells=cells), "")
        texts = [] if chart is None else standing_words(lay_out(chart, WIDE, HELVETICA))
        shown.append([words.text for words in texts].count("hidden"))
    assert shown == [0, 1, 0]
    assert chart is None


def test_every_figure_drawn_is_that_of_the_table(report: Report) -> None:
    charts = charts_of(report)
    bars = charts["themes"].body.rows
    assert [row.share.percent for row in bars] == list(report.themes["percent"])
    assert [row.share.high for row in bars] == list(report.themes["high"])
    assert bars[0].share.words.endswith(f"({report.themes['n'].iloc[0]:,})")
    cells = report.breakdowns[0].cells.query("position_id == ''")
    drawn, signs = set(), []
    for row in charts["by-route"].body.rows:
        drawn |= {(row.label.text, share.percent, share.low, share.high) for share in row.shares}
        signs += [share.sign for share in row.shares]
    assert {1, -1} <= set(signs)
    assert signs.count(1) == (cells["significant"] == "higher").sum()
    assert drawn == set(
        cells[["theme", "percent", "low", "high"]].itertuples(index=False, name=None)
    )
    positions = report.themes.set_index("position_id")["percent"]
    first = charts["positions-two"].body.rows[0]
    assert [first.left.percent, first.right.percent] == list(positions[["for", "against"]])
    waves = charts["waves"].body.rows
    assert [row.now - row.before for row in waves] == pytest.approx(list(report.waves["change"]))
    assert [row.is_clear for row in waves] == list(
        report.waves["significant"].isin(["higher", "lower"])
    )
    matrix = charts["together"].body
    names = dict(enumerate(matrix.names))
    counted = {
        frozenset((row.theme, row.with_theme)): row.n for row in report.together.itertuples()
    }
    for (last, first), cell in matrix.cells.items():
        assert counted[frozenset((names[last], names[first]))] == cell.n
    assert len(matrix.cells) == len(counted)


def test_three_positions_have_dots_since_they_have_no_opposite(report: Report) -> None:
    two = BOOK.theme("two")
    third = two.model_copy(
        update={"positions": (*two.positions, Position(id="mixed", name="Mixed"))}
    )
    book = BOOK.model_copy(update={"themes": (*BOOK.themes[:-1], third)})
    body = positions_chart(replace(report, codebook=book), "two").body
    assert isinstance(body, DotPlot)
    assert body.groups == ("For", "Against", "Mixed")
    assert [share is None for share in body.rows[0].shares] == [False, False, True]
