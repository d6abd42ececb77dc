"""The formats of a workbook's cells."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from coder.exporting.grid import HIGHER, LOWER
from coder.exporting.workbook.sizes import FONT, POINTS, TITLE_POINTS

WARNING_COLOUR = "#B00020"  # on white: contrast 7.3 to 1
LINK_COLOUR = "#0B4A8F"
CELL = {"text_wrap": True, "valign": "top", "align": "left", "indent": 1}
# Wrapped, so that every program keeps the indent; columns are wide enough for their numbers.
NUMBER = {"text_wrap": True, "valign": "top", "align": "right", "indent": 1}


class Formats:
    """Makes each format once; a name says what it is for."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, int, bool], Any] = {}

    def get(self, name: str, depth: int = 0, *, bold: bool = False) -> Any:
        """The format of a kind of column, a mark, or a part of a sheet.

        Args:
            depth: how far a name stands to the right of that of its theme.
        """
        key = (name, depth, bold)
        if key not in self._made:
            properties = {"font_name": FONT, "font_size": POINTS, **_properties()[name]}
            if depth:
                properties["indent"] = 1 + depth
            if bold:
                properties["bold"] = True
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


@cache
def _properties() -> Mapping[str, dict[str, Any]]:
    head = {
        "text_wrap": True,
        "valign": "bottom",
        "indent": 1,
        "bold": True,
        "bottom": 2,
    }
    return {
        "title": {"bold": True, "font_size": TITLE_POINTS},
        "warning": {"bold": True, "font_color": WARNING_COLOUR},
        "line": {},
        "wrapped": {"text_wrap": True, "valign": "top"},
        "heading": {"bold": True, "font_size": 13},
        "link": {"underline": 1, "font_color": LINK_COLOUR, "valign": "top"},
        "head": {**head, "align": "left"},
        "head of numbers": {**head, "align": "right"},
        "text": {**CELL, "num_format": "@"},
        "hidden": NUMBER,
        "range": {**NUMBER, "num_format": "@"},
        "whole": {**NUMBER, "num_format": "#,##0"},
        "tenth": {**NUMBER, "num_format": "#,##0.0"},
        "fine": {**NUMBER, "num_format": "0.000"},
        "percent": {**NUMBER, "num_format": _percent_format("")},
        "higher": {**NUMBER, "num_format": _percent_format(f" {HIGHER}")},
        "lower": {**NUMBER, "num_format": _percent_format(f" {LOWER}")},
        "higher change": {**NUMBER, "num_format": f'+0.0" {HIGHER}";-0.0" {HIGHER}"'},
        "lower change": {**NUMBER, "num_format": f'+0.0" {LOWER}";-0.0" {LOWER}"'},
    }


def _percent_format(mark: str) -> str:
    """Whole per cents that stay numbers: `<1%` under one, and a mark where a group differs."""
    return f'[=0]"0%{mark}";[<1]"<1%{mark}";0"%{mark}"'
