"""The map and the bar chart of candidates, as a page that stands alone or as an image."""

import base64
import hashlib
import html
import json
import textwrap
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.clustering.map_layout import WIDE
from coder.errors import CoderError, option
from coder.files import new_file, write_text
from coder.text import safe_text

if TYPE_CHECKING:
    from coder.clustering.result import Candidate, Clustering, CommentMap, Island

SUFFIXES = (".html", ".png")
WIDTH, HEIGHT, DPI = 19, 10.5, 110  # of an image: inches, dots an inch
TEXT_SHOWN = 600  # characters of a comment under the pointer
BARS = 80  # candidates at most beside an image; a page has them all
GOLDEN = 137.508  # degrees between the colours of neighbours in size
OPACITY = {"core": 0.85, "weak": 0.5, "unclear": 0.28}

Colour = tuple[float, float, float]  # red, green, blue from 0 to 1


def write_map(
    path: Path, clustering: "Clustering", title: str, suffix: str = ""
) -> None:
    """Write the map and the bars; the suffix chooses the format.

    Args:
        suffix: where it is another than that of `path`.

    Raises:
        CoderError: the suffix is neither `.html` nor `.png`, or an image is asked for without
            matplotlib.
    """
    suffix = suffix or path.suffix
    check_map_suffixes([path.with_suffix(suffix)])
    if suffix.lower() == ".html":
        write_text(path, map_page(clustering, title))
    else:
        _write_png(path, clustering, title)


def check_map_suffixes(paths: Sequence[Path]) -> None:
    """Raise `CoderError` for a path that no map can be written to."""
    wrong = [path for path in paths if path.suffix.lower() not in SUFFIXES]
    if wrong:
        faults = [f"{path}: unsupported file type for a map" for path in wrong]
        raise CoderError(
            "\n".join(faults),
            f"A map can be written as {' or '.join(SUFFIXES)}, for example "
            f"{option('to', 'map.html')}",
        )


def hue_saturation_lightness(number: int) -> tuple[float, float, float]:
    """Hue in degrees, saturation and lightness of the candidate at this place by size."""
    hue = (212 + number * GOLDEN) % 360
    return hue, (0.62, 0.48, 0.72)[number % 3], (0.42, 0.52, 0.36)[number % 3]


def _css_colour(number: int) -> str:
    hue, saturation, lightness = hue_saturation_lightness(number)
    return f"hsl({hue:.0f} {saturation:.0%} {lightness:.0%})"


# ---------------------------------------------------------------- page


@cache
def _asset(name: str) -> str:
    """A file beside this one: the page, its style or its script."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def map_page(clustering: "Clustering", title: str) -> str:
    """One HTML file: no network, no script but its own, comment text only as escaped data."""
    script = _asset("map_page.js")
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return _asset("map_page.html").format(
        allowed=allowed,
        title=html.escape(safe_text(title, one_line=True)),
        note=html.escape(_count_points(clustering.comment_map)),
        bars=_bars(clustering),
        style=_asset("map_page.css"),
        data=_pack(clustering),
        script=script,
    )


def _count_points(comment_map: "CommentMap") -> str:
    note = f"{len(comment_map.points):,} different comments, one dot each"
    if comment_map.left_out:
        note += f"; {comment_map.left_out:,} more are not drawn"
    return note


def _pack(clustering: "Clustering") -> str:
    """The data of the page as JSON that cannot end the element that holds it."""
    data = {
        "wide": WIDE,
        "islands": _islands(clustering),
        "points": _points(clustering),
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("&", "\\u0026")


def _islands(clustering: "Clustering") -> list[list[Any]]:
    """x, y, radius, name and colour of each top candidate."""
    by_id = {island.candidate_id: island for island in clustering.comment_map.islands}
    rows = []
    for number, candidate in enumerate(clustering.top):
        island = by_id[candidate.id]
        place = [round(value, 4) for value in (island.x, island.y, island.radius)]
        rows.append(
            [*place, safe_text(candidate.name, one_line=True), _css_colour(number)]
        )
    return rows


def _points(clustering: "Clustering") -> list[list[Any]]:
    """x, y, number of the candidate, number of the fit and text of each comment."""
    order = {candidate.id: number for number, candidate in enumerate(clustering.top)}
    fits = {fit: number for number, fit in enumerate(OPACITY)}
    points = clustering.comment_map.points
    columns = [
        points[name].tolist()
        for name in ("x", "y", "candidate_id", "fit", "text", "copies")
    ]
    rows = []
    for x, y, candidate_id, fit, text, copies in zip(*columns, strict=True):
        shown = _text_under_pointer(text, copies)
        rows.append([round(x, 4), round(y, 4), order[candidate_id], fits[fit], shown])
    return rows


def _text_under_pointer(text: str, copies: int) -> str:
    short = text
    if len(text) > TEXT_SHOWN:
        short = text[:TEXT_SHOWN] + " …"
    shown = safe_text(short)
    if copies > 1:
        shown += f"\n\n(sent {copies:,} times)"
    return shown


def _bars(clustering: "Clustering") -> str:
    largest = max((candidate.size for candidate in clustering.top), default=1)
    bars = [_bar(number, c, largest) for number, c in enumerate(clustering.top)]
    return "\n".join(bars)


def _bar(number: int, candidate: "Candidate", largest: int) -> str:
    marks = ""
    if candidate.marks:
        marks = f" <em>{' · '.join(candidate.marks)}</em>"
    name = html.escape(safe_text(candidate.name, one_line=True))
    return (
        f'<li tabindex="0" data-candidate="{number}">'
        f'<span class="name">{number + 1}. {name}{marks}</span>'
        f"<span class='size'>{candidate.size:,}</span>"
        f'<span class="bar" style="width:{100 * candidate.size / largest:.1f}%;'
        f'background:{_css_colour(number)}"></span></li>'
    )


# ---------------------------------------------------------------- image


def _write_png(path: Path, clustering: "Clustering", title: str) -> None:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise CoderError(
            f"{path}: images need matplotlib, which is not installed",
            f"pip install matplotlib, or write the map as a page: {option('to', 'map.html')}",
        ) from error
    colours = _colours(clustering)
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    chart = figure.add_axes((0.01, 0.02, 0.70, 0.93))
    bars = figure.add_axes((0.86, 0.03, 0.13, 0.91))
    note = note_bars(len(clustering.top))
    figure.text(0.99, 0.965, note, fontsize=9, ha="right", color="#556270")
    _draw_islands(chart, clustering.comment_map, colours)
    _draw_points(chart, clustering.comment_map, colours)
    _draw_names(chart, clustering)
    draw_bars(bars, clustering, colours)
    figure.text(
        0.015, 0.965, _cut(title, 110), fontsize=15, weight="bold", parse_math=False
    )
    with new_file(path) as temporary:
        # no date and no version inside: the same comments give the same bytes
        figure.savefig(temporary, format="png", metadata={"Software": None})


def _colours(clustering: "Clustering") -> dict[str, Colour]:
    from colorsys import hls_to_rgb

    colours = {}
    for number, candidate in enumerate(clustering.top):
        hue, saturation, lightness = hue_saturation_lightness(number)
        colours[candidate.id] = hls_to_rgb(hue / 360, lightness, saturation)
    return colours


def _draw_islands(
    chart: Any, comment_map: "CommentMap", colours: dict[str, Colour]
) -> None:
    from matplotlib.patches import Circle

    chart.set(xlim=(0, WIDE), ylim=(1, 0), aspect="equal")
    chart.axis("off")
    for island in comment_map.islands:
        colour = colours[island.candidate_id]
        circle = Circle(
            (island.x, island.y), island.radius, color=colour, alpha=0.10, lw=0
        )
        chart.add_patch(circle)


def _draw_points(
    chart: Any, comment_map: "CommentMap", colours: dict[str, Colour]
) -> None:
    points = comment_map.points
    shades = [
        (*colours[candidate_id], OPACITY[fit])
        for candidate_id, fit in zip(points["candidate_id"], points["fit"], strict=True)
    ]
    # dots fill about a third of their island whatever their number
    area = 950 * 700 * 0.42 * 0.33 / max(20, len(shades)) * 0.55
    area = max(0.6, min(area, 60))
    chart.scatter(points["x"], points["y"], s=area, c=shades, linewidths=0)


def _draw_names(chart: Any, clustering: "Clustering") -> None:
    from matplotlib.patheffects import withStroke

    names = {c.id: (number, c.name) for number, c in enumerate(clustering.top, 1)}
    for island in clustering.comment_map.islands:
        number, name = names[island.candidate_id]
        text, size = _fit_name(island, number, name)
        chart.text(
            island.x,
            island.y,
            text,
            ha="center",
            va="center",
            fontsize=size,
            weight="bold",
            color="#10161d",
            path_effects=[withStroke(linewidth=3, foreground="white", alpha=0.9)],
            parse_math=False,
        )


def _fit_name(island: "Island", number: int, name: str) -> tuple[str, float]:
    """The name in lines that fit the island, else its number; and the size of the letters in
    points.
    """
    size = max(8.0, min(15.0, island.radius * 130))
    width = max(6, int(island.radius * 1850 / size))
    lines = textwrap.wrap(_cut(name, 60), width, break_long_words=False)
    if len(lines) * size > island.radius * 1050:
        return str(number), size
    return "\n".join(lines), size


def note_bars(candidates: int) -> str:
    """What stands over the bars of an image."""
    if candidates <= BARS:
        return "Comments"
    return f"Comments in the {BARS} largest of {candidates} candidates"


def draw_bars(bars: Any, clustering: "Clustering", colours: dict[str, Colour]) -> None:
    """Draw a bar for each of the largest candidates, its name left and its size right.

    Args:
        bars: matplotlib axes.
        colours: of each candidate, by id.
    """
    shown = clustering.top[:BARS]
    places = range(len(shown))
    sizes = [candidate.size for candidate in shown]
    # points of a letter; a line takes more than its letters
    letters = min(9.0, 0.78 * 0.91 * HEIGHT * 72 / max(len(shown), 1))
    bars.barh(places, sizes, color=[colours[c.id] for c in shown], height=0.72)
    bars.set_ylim(len(shown) - 0.3, -0.7)
    for side in ("top", "right", "bottom", "left"):
        bars.spines[side].set_visible(False)
    bars.set_xticks([])
    bars.set_yticks(places)
    names = [f"{_cut(c.name, 34)}  {number}" for number, c in enumerate(shown, 1)]
    for label in bars.set_yticklabels(names, fontsize=letters):
        label.set_parse_math(False)
    bars.tick_params(length=0)
    largest = max(sizes, default=1)
    for number, size in enumerate(sizes):
        right = size + 0.02 * largest
        bars.text(right, number, f"{size:,}", va="center", fontsize=letters - 1)
    bars.set_xlim(0, largest * 1.2)


def _cut(text: str, most: int) -> str:
    """The text on one line, at most so many characters."""
    line = safe_text(text, one_line=True)
    if len(line) <= most:
        return line
    return line[: most - 1] + "…"
