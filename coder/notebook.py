"""What notebooks show: tables of results and progress. Everything is escaped; elsewhere nothing
is shown.
"""

import sys
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from coder.text import safe_text

_CELL = 'style="text-align:left"'
_NUMBER = 'style="text-align:right"'


def html_table(
    heading: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    notes: Sequence[str] = (),
    details: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """A small HTML table for `_repr_html_`.

    Args:
        heading: one line above the table.
        columns: the headings.
        rows: one sequence a row, as long as `columns`; numbers stand right.
        notes: lines below the table.
        details: heading to lines that show when the heading is clicked.
    """
    head = "".join(f"<th {_CELL}>{_escaped(name)}</th>" for name in columns)
    body = "".join(_html_row(row) for row in rows)
    below = _html_lines(notes)
    for title, lines in (details or {}).items():
        if lines:
            below += f"<details><summary>{_escaped(title)}</summary>{_html_lines(lines)}</details>"
    return (
        f"<p><strong>{_escaped(heading)}</strong></p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"
    )


def _html_lines(lines: Sequence[str]) -> str:
    return "".join(f"<p>{_escaped(line)}</p>" for line in lines)


def _html_row(row: Sequence[object]) -> str:
    cells = []
    for value in row:
        style = _NUMBER if isinstance(value, int | float) else _CELL
        cells.append(f"<td {style}>{_escaped(value)}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _escaped(value: object) -> str:
    return escape(safe_text(str(value)))


def show_progress(done: int, total: int, what: str) -> None:
    """Progress for Python users: a bar in a notebook, nothing anywhere else.

    The default of every function of the public API; pass another `Progress` to change it.
    """
    if "IPython" not in sys.modules:
        return
    display = _notebook_display()
    if display is not None:
        _draw(display, done, total, what)


def _notebook_display() -> Any:
    """IPython's display module when a notebook kernel is running."""
    from IPython import display, get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    return display


_handles: dict[str, Any] = {}  # step to the bar that shows it


def _draw(display: Any, done: int, total: int, what: str) -> None:
    label = f"{_escaped(what)}: {done:,} of {total:,}"
    bar = display.HTML(f'<progress value="{done}" max="{total}"></progress> {label}')
    if what in _handles:
        _handles[what].update(bar)
    else:
        _handles[what] = display.display(bar, display_id=True)
    if done >= total:  # a finished bar goes
        _handles.pop(what).update(display.HTML(""))
