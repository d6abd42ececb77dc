"""A dot plot: shares of several groups along one scale, each with its own colour and shape."""

from dataclasses import dataclass

from coder.exporting.drawing.marks import (
    COLOURS,
    DOT,
    SIGN,
    KeyEntry,
    Share,
    dot_key,
    draw_dot,
    draw_interval,
    draw_sign,
    interval_key,
    sign_key,
)
from coder.exporting.drawing.scale import (
    HIDDEN,
    Label,
    Scale,
    draw_divider,
    draw_scale,
    marks_left,
    place_row,
    round_end,
    write_figure,
)
from coder.exporting.drawing.shapes import INK, QUIET
from coder.exporting.drawing.sheet import MARGIN, SMALL, Sheet

MOST_WITH_WORDS = 4  # groups; the figures of more would make a chart of text
HEIGHT, LOW_HEIGHT = 15.0, 2 * DOT + 2  # of a group's line, with and without figures
WORDS_GAP = 5.0
SIGN_ROOM = 2 * SIGN + 6


@dataclass(frozen=True)
class DotRow:
    """A row of the table with the share of each group; None where it is hidden."""

    label: Label
    shares: tuple[Share | None, ...]

    @property
    def shown(self) -> list[tuple[int, Share]]:
        """The numbers of the groups that have a figure, and their shares."""
        pairs = []
        for number, share in enumerate(self.shares):
            if share is not None and share.is_known:
                pairs.append((number, share))
        return pairs


@dataclass(frozen=True)
class DotPlot:
    """Groups, and rows with a share of each; at most `MOST_SERIES` groups can be told apart."""

    groups: tuple[str, ...]
    rows: tuple[DotRow, ...]

    def key(self) -> list[KeyEntry]:
        """The groups, and intervals where there are any."""
        entries = [dot_key(number, name) for number, name in enumerate(self.groups)]
        if any(share.has_interval for share in self._shares()):
            entries.append(interval_key())
        signs = {share.sign for share in self._shares()}
        if 1 in signs:
            entries.append(sign_key(1, "significantly higher than the rest"))
        if -1 in signs:
            entries.append(sign_key(-1, "significantly lower than the rest"))
        return entries

    def _shares(self) -> list[Share]:
        shares = []
        for row in self.rows:
            shares += [share for _, share in row.shown]
        return shares

    def draw(self, sheet: Sheet) -> None:
        """All rows and the scale below them."""
        shares = self._shares()
        has_words = len(self.groups) <= MOST_WITH_WORDS
        room, height = WORDS_GAP + DOT, LOW_HEIGHT
        if has_words:
            words = [sheet.text_width(share.words, SMALL) for share in shares]
            room, height = room + max(words, default=0.0), HEIGHT
        if any(share.sign for share in shares):
            room += SIGN_ROOM
        end = round_end(share.end for share in shares)
        right = sheet.width - MARGIN - room
        scale = Scale(marks_left(sheet) + DOT, right, 0.0, end)
        top, below = sheet.y, len(sheet.shapes)
        for row in self.rows:
            if row is not self.rows[0]:
                draw_divider(sheet)
            middle = place_row(sheet, row.label, height * len(row.shares)) + height / 2
            for number, share in row.shown:
                y = middle + number * height
                right = _draw_share(sheet, scale, number, share, y)
                if has_words:
                    write_figure(sheet, share.words, right, y)
                    right += sheet.text_width(share.words, SMALL)
                if share.sign:
                    x = right + SIGN_ROOM - SIGN
                    sheet.add(draw_sign(x, y, share.sign, INK))
            if has_words:
                _write_hidden(sheet, scale, row, middle)
        draw_scale(sheet, scale, top, below)


def _draw_share(
    sheet: Sheet, scale: Scale, number: int, share: Share, y: float
) -> float:
    """A group's dot on its interval; returns where its figure may stand."""
    if share.has_interval:
        low, high = scale.place(share.low), scale.place(share.high)
        sheet.add(*draw_interval(low, high, y, COLOURS[number % len(COLOURS)]))
    x = scale.place(share.percent)
    sheet.add(draw_dot(number, x, y))
    return max(scale.place(share.end), x + DOT) + WORDS_GAP


def _write_hidden(sheet: Sheet, scale: Scale, row: DotRow, middle: float) -> None:
    """Say on the lines of which groups a figure is kept back."""
    for number, share in enumerate(row.shares):
        if share is None:
            y = middle + number * HEIGHT
            write_figure(sheet, HIDDEN, scale.left + WORDS_GAP, y, colour=QUIET)
