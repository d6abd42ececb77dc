"""The lines of the table that `coder apply` prints: themes by count, and what stands under them."""

from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from coder.cli.apply_cautions import group_size
from coder.cli.printer import percent

if TYPE_CHECKING:
    from coder.codebook import ThemeNode
    from coder.workflow.apply import ApplyOutcome

BASIS = {
    "decisions": "decisions",
    "group": "its group",
    "keywords": "keywords",
    "likeness": "likeness",
    "name": "name only",
    "rest": "what is left",
}


class Line(NamedTuple):
    """A line of the table: a theme, a position, or a group of themes, which has no cells."""

    name: str
    depth: int
    comments: float
    cells: list[str]


def ranked_lines(outcome: "ApplyOutcome") -> list[Line]:
    """Themes by count, each followed by its positions and its sub-themes by count; groups of themes
    by their largest theme.
    """
    figures = outcome.themes.set_index("theme_id")
    counts = {str(theme_id): int(n) for theme_id, n in figures["n"].items()}
    children: dict[str, list[ThemeNode]] = {}
    for node in outcome.codebook.nodes:
        children.setdefault(node.parent_id, []).append(node)

    def size(node: "ThemeNode") -> int:
        if node.theme.id in counts:
            return counts[node.theme.id]
        return max(map(size, children.get(node.theme.id, ())), default=0)

    def lines_under(parent_id: str) -> Iterator[Line]:
        for node in sorted(children.get(parent_id, ()), key=size, reverse=True):
            if not node.theme.retired:
                yield _line_of(node, figures, outcome)
                yield from _position_lines(node, outcome)
            yield from lines_under(node.theme.id)

    return list(lines_under(""))


def _line_of(node: "ThemeNode", figures: Any, outcome: "ApplyOutcome") -> Line:
    theme = node.theme
    if theme.category:
        return Line(theme.short, node.depth, 0, [])
    cells = _theme_cells(figures.loc[theme.id], outcome.run)
    if outcome.run["grouped"]:
        cells.insert(1, group_size(outcome.run, theme.id))
    return Line(theme.short, node.depth, int(figures.loc[theme.id, "n"]), cells)


def _position_lines(node: "ThemeNode", outcome: "ApplyOutcome") -> list[Line]:
    lines = []
    for position in node.theme.positions:
        number = outcome.tally.count(node.theme.id, position.id)
        name = f"= {position.name}"
        lines.append(Line(name, node.depth + 1, number, [f"{number:,}"]))
    return sorted(lines, key=attrgetter("comments"), reverse=True)


def _theme_cells(figures: Any, run: Any) -> list[str]:
    """The cells after the theme's name."""
    cells = [
        f"{figures['n']:,}",
        percent(figures["n"], run["comments"]),
        BASIS[figures["reached"]],
    ]
    if run["decided"]:
        cells += [_share_cell(figures, "precision"), _share_cell(figures, "recall")]
    return cells


def _share_cell(figures: Any, measure: str) -> str:
    """`83% (71 to 91)`."""
    share = figures[measure]
    if not figures["decided"]:
        return "not reviewed"
    if share != share:
        return "too few"
    low, high = figures[f"{measure}_low"], figures[f"{measure}_high"]
    return f"{100 * share:.0f}% ({100 * low:.0f} to {100 * high:.0f})"
