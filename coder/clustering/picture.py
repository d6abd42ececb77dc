"""The map and the bar chart of candidates, as a page that stands alone or as an image."""

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.clustering.layout import WIDE
from coder.errors import CoderError
from coder.files import new_file, write_text
from coder.text import safe_text

if TYPE_CHECKING:
    from coder.clustering.result import Candidate, Clustering

SUFFIXES = (".html", ".png")
TALL = 10.5  # inches of an image
TEXT_SHOWN = 600  # characters of a comment under the pointer
BARS = 80  # candidates at most beside an image; a page has them all
GOLDEN = 137.508  # degrees between the colours of neighbours in size


def write_picture(path: Path, clustering: "Clustering", title: str) -> None:
    """Write the map and the bars; the suffix chooses the form.

    Raises:
        CoderError: the suffix is neither `.html` nor `.png`, or an image is asked for without matplotlib.
    """
    check_suffixes([path])
    if path.suffix.lower() == ".html":
        write_text(path, map_page(clustering, title))
    else:
        _write_png(path, clustering, title)


def check_suffixes(paths: Sequence[Path]) -> None:
    """Raise `CoderError` for a path that no picture can be written to."""
    wrong = [path for path in paths if path.suffix.lower() not in SUFFIXES]
    if wrong:
        raise CoderError(
            "\n".join(f"{path}: a map is written as {' or '.join(SUFFIXES)}" for path in wrong),
            "For example: --to map.html",
        )


def colour(number: int) -> tuple[float, float, float]:
    """Hue in degrees, saturation and lightness of the candidate at this place by size."""
    return (
        (212 + number * GOLDEN) % 360,
        (0.62, 0.48, 0.72)[number % 3],
        (0.42, 0.52, 0.36)[number % 3],
    )


# ---------------------------------------------------------------- page


def map_page(clustering: "Clustering", title: str) -> str:
    """One HTML file: no network, no script but the one below, comment text only as escaped data."""
    data = _data(clustering)
    # nothing in the data can end the element that holds it
    packed = (
        json.dumps(data, ensure_ascii=True, separators=(",", ":"))
        .replace("<", "\\u003c")
        .replace("&", "\\u0026")
    )
    allowed = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    drawn, left_out = len(data["points"]), clustering.picture.left_out
    note = f"{drawn:,} different comments, one dot each" + (
        f"; {left_out:,} more are not drawn" if left_out else ""
    )
    return PAGE.format(
        allowed=allowed,
        title=html.escape(safe_text(title, one_line=True)),
        note=html.escape(note),
        bars=_bars(clustering),
        style=STYLE,
        data=packed,
        script=SCRIPT,
    )


def _data(clustering: "Clustering") -> dict[str, Any]:
    order = {candidate.id: number for number, candidate in enumerate(clustering.top)}
    islands = {island.candidate_id: island for island in clustering.picture.islands}
    points = clustering.picture.points
    fits = {"core": 0, "weak": 1, "unclear": 2}
    return {
        "wide": WIDE,
        "islands": [
            [
                round(islands[c.id].x, 4),
                round(islands[c.id].y, 4),
                round(islands[c.id].radius, 4),
                safe_text(c.name, one_line=True),
                "hsl({:.0f} {:.0%} {:.0%})".format(*colour(number)),
            ]
            for number, c in enumerate(clustering.top)
        ],
        "points": [
            [round(x, 4), round(y, 4), order[candidate], fits[fit], _shown(text, copies)]
            for candidate, x, y, fit, text, copies in zip(
                points["candidate_id"],
                points["x"].tolist(),
                points["y"].tolist(),
                points["fit"],
                points["text"],
                points["copies"].tolist(),
                strict=True,
            )
        ],
    }


def _shown(text: str, copies: int) -> str:
    short = text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + " …"
    return safe_text(short) + (f"\n\n(sent {copies:,} times)" if copies > 1 else "")


def _bars(clustering: "Clustering") -> str:
    largest = max((candidate.size for candidate in clustering.top), default=1)
    return "\n".join(
        _bar(number, candidate, largest) for number, candidate in enumerate(clustering.top)
    )


def _bar(number: int, candidate: "Candidate", largest: int) -> str:
    hue, saturation, lightness = colour(number)
    marks = " · ".join(
        word
        for word, on in (
            ("unstable", candidate.unstable),
            ("mixed", candidate.mixed),
            ("may hold opposing views", candidate.opposing),
        )
        if on
    )
    name = html.escape(safe_text(candidate.name, one_line=True))
    return (
        f'<li tabindex="0" data-candidate="{number}"><span class="name">{number + 1}. {name}'
        f"{f' <em>{marks}</em>' if marks else ''}</span><span class='size'>{candidate.size:,}</span>"
        f'<span class="bar" style="width:{100 * candidate.size / largest:.1f}%;'
        f'background:hsl({hue:.0f} {saturation:.0%} {lightness:.0%})"></span></li>'
    )


STYLE = """
* { box-sizing: border-box }
html, body { margin: 0; height: 100%; font: 14px/1.35 system-ui, "Segoe UI", sans-serif; color: #1c2530; background: #fff }
body { display: grid; grid-template: auto 1fr / minmax(0, 1fr) 330px }
header { grid-column: 1 / 3; padding: 10px 16px; border-bottom: 1px solid #d8dee6 }
h1 { font-size: 17px; margin: 0 } header p { margin: 2px 0 0; color: #556270 }
main { position: relative; min-height: 0; overflow: hidden }
canvas { position: absolute; inset: 0; width: 100%; height: 100%; cursor: grab }
aside { overflow: auto; border-left: 1px solid #d8dee6; padding: 8px 12px }
ol { list-style: none; margin: 0; padding: 0 }
li { display: grid; grid-template-columns: 1fr auto; gap: 0 8px; padding: 3px 4px; border-radius: 4px }
li:hover, li:focus, li.on { background: #eef2f6; outline: none }
.size { font-variant-numeric: tabular-nums } em { color: #8a5a00; font-size: 12px }
.bar { grid-column: 1 / 3; height: 6px; border-radius: 2px; min-width: 2px }
#said { position: absolute; display: none; max-width: 380px; max-height: 60%; overflow: hidden; padding: 8px 10px;
  background: #fffffff2; border: 1px solid #9aa7b5; border-radius: 5px; box-shadow: 0 2px 8px #0003; pointer-events: none;
  white-space: pre-wrap; overflow-wrap: anywhere }
#said b { display: block; margin-bottom: 3px }
@media (max-width: 800px) { body { grid-template: auto 60vh 1fr / 1fr } header { grid-column: 1 } aside { border: 0 } }
"""

SCRIPT = """
'use strict';
const map = JSON.parse(document.getElementById('data').textContent);
const canvas = document.querySelector('canvas'), pen = canvas.getContext('2d');
const said = document.getElementById('said'), bars = [...document.querySelectorAll('li')];
let view = {scale: 1, x: 0, y: 0}, size = {w: 1, h: 1, base: 1, left: 0, top: 0}, lit = -1, drag = null;
const cell = 0.02, grid = new Map();
map.points.forEach((p, i) => {
  const key = Math.floor(p[0] / cell) + ',' + Math.floor(p[1] / cell);
  if (!grid.has(key)) grid.set(key, []);
  grid.get(key).push(i);
});
const sx = x => size.left + (x * size.base) * view.scale + view.x;
const sy = y => size.top + (y * size.base) * view.scale + view.y;
function fit() {
  const box = canvas.getBoundingClientRect(), dots = window.devicePixelRatio || 1;
  canvas.width = box.width * dots; canvas.height = box.height * dots;
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  const base = Math.min(box.width / map.wide, box.height) * 0.97;
  size = {w: box.width, h: box.height, base, left: (box.width - base * map.wide) / 2, top: (box.height - base) / 2};
  draw();
}
function radius() {
  return Math.max(0.7, Math.min(6, 0.26 * size.base * view.scale / Math.sqrt(map.points.length + 20)));
}
function draw() {
  pen.clearRect(0, 0, size.w, size.h);
  map.islands.forEach((s, k) => {
    pen.globalAlpha = lit < 0 || lit === k ? 0.10 : 0.03; pen.fillStyle = s[4];
    pen.beginPath(); pen.arc(sx(s[0]), sy(s[1]), s[2] * size.base * view.scale, 0, 7); pen.fill();
  });
  const r = radius();
  for (const p of map.points) {
    const x = sx(p[0]), y = sy(p[1]);
    if (x < -r || y < -r || x > size.w + r || y > size.h + r) continue;
    pen.globalAlpha = (lit < 0 || lit === p[2] ? 1 : 0.12) * [0.85, 0.5, 0.28][p[3]];
    pen.fillStyle = map.islands[p[2]][4];
    pen.beginPath(); pen.arc(x, y, r, 0, 7); pen.fill();
  }
  pen.globalAlpha = 1; pen.textAlign = 'center'; pen.textBaseline = 'middle'; pen.lineJoin = 'round';
  map.islands.forEach((s, k) => {
    if (lit >= 0 && lit !== k) return;
    const wide = 2 * s[2] * size.base * view.scale, room = lit === k ? Math.max(wide, 200) : wide;
    let height = Math.max(10, Math.min(19, wide / 8)) + 1, lines;
    do {
      height -= 1;
      pen.font = '600 ' + height + 'px system-ui, sans-serif';
      lines = wrap(s[3], room * 1.02);
    } while (height > 9.5 && lines.length * height * 1.15 > room * 0.9);
    if (lines.length * height * 1.15 > room * 0.9) lines = [String(k + 1)];
    lines.forEach((line, i) => {
      const y = sy(s[1]) + (i - (lines.length - 1) / 2) * height * 1.15;
      pen.lineWidth = 4; pen.strokeStyle = '#ffffffe6'; pen.strokeText(line, sx(s[0]), y);
      pen.fillStyle = '#10161d'; pen.fillText(line, sx(s[0]), y);
    });
  });
}
function wrap(text, wide) {
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.length ? lines[lines.length - 1] + ' ' + word : word;
    if (lines.length && pen.measureText(last).width <= wide) lines[lines.length - 1] = last;
    else { if (pen.measureText(word).width > wide) return new Array(99); lines.push(word); }
  }
  return lines;
}
function under(px, py) {
  const x = (px - size.left - view.x) / (size.base * view.scale), y = (py - size.top - view.y) / (size.base * view.scale);
  const reach = Math.max(radius() + 3, 6) / (size.base * view.scale); let best = -1, least = reach * reach;
  for (let a = Math.floor((x - reach) / cell); a <= Math.floor((x + reach) / cell); a++)
    for (let b = Math.floor((y - reach) / cell); b <= Math.floor((y + reach) / cell); b++)
      for (const i of grid.get(a + ',' + b) || []) {
        const dx = map.points[i][0] - x, dy = map.points[i][1] - y, d = dx * dx + dy * dy;
        if (d < least) { least = d; best = i; }
      }
  return best;
}
function tell(i, px, py) {
  if (i < 0) { said.style.display = 'none'; return; }
  const p = map.points[i], head = document.createElement('b');
  head.textContent = map.islands[p[2]][3] + ['', ' (weak fit)', ' (fits nothing well)'][p[3]];
  said.replaceChildren(head, document.createTextNode(p[4]));
  said.style.display = 'block';
  said.style.left = Math.max(4, Math.min(px + 14, size.w - said.offsetWidth - 4)) + 'px';
  said.style.top = Math.max(4, Math.min(py + 14, size.h - said.offsetHeight - 4)) + 'px';
}
function light(k) { if (k !== lit) { lit = k; bars.forEach((b, i) => b.classList.toggle('on', i === k)); draw(); } }
canvas.addEventListener('pointermove', e => {
  const box = canvas.getBoundingClientRect(), x = e.clientX - box.left, y = e.clientY - box.top;
  if (drag) { view.x = drag.x + e.clientX - drag.px; view.y = drag.y + e.clientY - drag.py; tell(-1); draw(); return; }
  tell(under(x, y), x, y);
});
canvas.addEventListener('pointerdown', e => { drag = {px: e.clientX, py: e.clientY, x: view.x, y: view.y}; canvas.setPointerCapture(e.pointerId); });
canvas.addEventListener('pointerup', () => { drag = null; });
canvas.addEventListener('pointerleave', () => tell(-1));
canvas.addEventListener('dblclick', () => { view = {scale: 1, x: 0, y: 0}; draw(); });
canvas.addEventListener('wheel', e => {
  e.preventDefault();
  const box = canvas.getBoundingClientRect(), px = e.clientX - box.left - size.left, py = e.clientY - box.top - size.top;
  const scale = Math.max(1, Math.min(40, view.scale * Math.exp(-e.deltaY / 400))), k = scale / view.scale;
  view = {scale, x: px - (px - view.x) * k, y: py - (py - view.y) * k};
  if (scale === 1) view = {scale: 1, x: 0, y: 0};
  draw();
}, {passive: false});
bars.forEach((b, k) => {
  b.addEventListener('pointerenter', () => light(k)); b.addEventListener('pointerleave', () => light(-1));
  b.addEventListener('focus', () => light(k)); b.addEventListener('blur', () => light(-1));
});
window.addEventListener('resize', fit);
fit();
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1><p>{note}. Pale dots fit weakly. Point at a dot to read it, roll to zoom, drag to move.</p></header>
<main><canvas></canvas><div id="said"></div><noscript>The map needs JavaScript; the list beside it does not.</noscript></main>
<aside><ol>
{bars}
</ol></aside>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


# ---------------------------------------------------------------- image


def _write_png(path: Path, clustering: "Clustering", title: str) -> None:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise CoderError(
            f"{path}: images need matplotlib, which is not installed",
            "pip install matplotlib, or write the map as a page: --to map.html",
        ) from error
    from colorsys import hls_to_rgb

    top = clustering.top
    tints = {
        c.id: hls_to_rgb(h / 360, light, s)
        for c, (h, s, light) in zip(top, map(colour, range(len(top))), strict=True)
    }
    figure = Figure(figsize=(19, TALL), dpi=110, facecolor="white")
    FigureCanvasAgg(figure)
    chart = figure.add_axes((0.01, 0.02, 0.70, 0.93))
    bars = figure.add_axes((0.86, 0.03, 0.13, 0.91))
    figure.text(0.99, 0.965, bars_note(len(top)), fontsize=9, ha="right", color="#556270")
    _draw_map(chart, clustering, tints)
    draw_bars(bars, clustering, tints)
    figure.text(0.015, 0.965, _plain(title, 110), fontsize=15, weight="bold", parse_math=False)
    with new_file(path) as temporary:
        # no date and no version inside: the same comments give the same bytes
        figure.savefig(temporary, format="png", metadata={"Software": None})


def _draw_map(
    chart: Any, clustering: "Clustering", tints: dict[str, tuple[float, float, float]]
) -> None:
    from matplotlib.patches import Circle
    from matplotlib.patheffects import withStroke

    picture = clustering.picture
    strength = {"core": 0.85, "weak": 0.5, "unclear": 0.28}
    chart.set(xlim=(0, WIDE), ylim=(1, 0), aspect="equal")
    chart.axis("off")
    names = {c.id: (number, c.name) for number, c in enumerate(clustering.top, 1)}
    for island in picture.islands:
        chart.add_patch(
            Circle(
                (island.x, island.y),
                island.radius,
                color=tints[island.candidate_id],
                alpha=0.10,
                lw=0,
            )
        )
    colours = [
        (*tints[i], strength[fit])
        for i, fit in zip(picture.points["candidate_id"], picture.points["fit"], strict=True)
    ]
    # dots fill about a third of their island whatever their number
    area = 950 * 700 * 0.42 * 0.33 / max(20, len(colours)) * 0.55
    chart.scatter(
        picture.points["x"], picture.points["y"], s=max(0.6, min(area, 60)), c=colours, linewidths=0
    )
    for island in picture.islands:
        number, name = names[island.candidate_id]
        size = max(8.0, min(15.0, island.radius * 130))
        lines = _wrapped(name, max(6, int(island.radius * 1850 / size)))
        if len(lines) * size > island.radius * 1050:
            lines = [str(number)]
        chart.text(
            island.x,
            island.y,
            "\n".join(lines),
            ha="center",
            va="center",
            fontsize=size,
            weight="bold",
            color="#10161d",
            path_effects=[withStroke(linewidth=3, foreground="white", alpha=0.9)],
            parse_math=False,
        )


def bars_note(candidates: int) -> str:
    """What stands over the bars of an image."""
    return (
        "Comments"
        if candidates <= BARS
        else f"Comments in the {BARS} largest of {candidates} candidates"
    )


def draw_bars(
    bars: Any, clustering: "Clustering", tints: dict[str, tuple[float, float, float]]
) -> None:
    shown = clustering.top[:BARS]
    size = min(
        9.0, 0.78 * 0.91 * TALL * 72 / max(len(shown), 1)
    )  # points; a line takes more than its letters
    bars.barh(
        range(len(shown)), [c.size for c in shown], color=[tints[c.id] for c in shown], height=0.72
    )
    bars.set_ylim(len(shown) - 0.3, -0.7)
    for side in ("top", "right", "bottom", "left"):
        bars.spines[side].set_visible(False)
    bars.set_xticks([])
    bars.set_yticks(range(len(shown)))
    labels = bars.set_yticklabels(
        [f"{_plain(c.name, 34)}  {number}" for number, c in enumerate(shown, 1)], fontsize=size
    )
    for label in labels:
        label.set_parse_math(False)
    bars.tick_params(length=0)
    largest = max((c.size for c in shown), default=1)
    for number, c in enumerate(shown):
        bars.text(c.size + 0.02 * largest, number, f"{c.size:,}", va="center", fontsize=size - 1)
    bars.set_xlim(0, largest * 1.2)


def _plain(text: str, most: int) -> str:
    line = safe_text(text, one_line=True)
    return line if len(line) <= most else line[: most - 1] + "…"


def _wrapped(text: str, wide: int) -> list[str]:
    import textwrap

    return textwrap.wrap(_plain(text, 60), wide, break_long_words=False) or [""]
