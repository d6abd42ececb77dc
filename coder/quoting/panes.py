"""What the screen of quotes shows: the list of rows, the quote, and the whole comment."""

from collections import Counter
from collections.abc import Sequence

from textual.content import Content

from coder.quoting.desk import CHOSEN, PINNED, DeskRow, Offer
from coder.reporting.coded_matrix import Key
from coder.screen.styled_text import StyledText, fitted, one_line
from coder.screen.widgets import Lines
from coder.text import count, safe_text

MARKS = {PINNED: "●", CHOSEN: "○"}  # of a quote; others have none
EXPLANATIONS = {
    "The list": (
        "Themes, sub-themes and positions. Before each the number of quotes that are pinned, after "
        "it the number of comments that carry it."
    ),
    "The quote": (
        "● pinned: the report prints it. ○ chosen by the program: the report prints it unless you "
        "pin others. Without a mark: possible. A comment is quoted once in the whole report."
    ),
    "Trimming": (
        "What stands outside [brackets] and ellipses (…) is an exact part of the comment. [v]aping "
        "changes a letter, depend[ent] adds some, [name] hides a name, … leaves words out."
    ),
    "Saving": (
        "Every change is written to quotes.yaml in the project when it is made. Comments whose "
        "authors declined publication are never offered."
    ),
}


class RowsPane(Lines):
    """One line a row of the theme table, with a cursor."""

    def __init__(self) -> None:
        super().__init__(wrap=False, id="rows")

    def draw(self, rows: Sequence[DeskRow], pins: Counter[Key], selected: int) -> None:
        """Draw the rows; the one selected is kept in sight."""
        width = max(20, self.size.width or 28)
        lines = []
        for row in rows:
            line = _row_line(row, pins[row.key], width)
            if row.number == selected:
                line = line.stylize("reverse")
            lines.append(line)
        self.border_title = Content("pinned, comments")
        self.show(lines)
        self.keep_in_view(selected)


def _row_line(row: DeskRow, pins: int, width: int) -> Content:
    pinned = str(pins) if pins else "·"
    number = f"{row.n:>6,} "
    name = f"{'  ' * row.depth}{one_line(row.name)}"
    room = max(6, width - len(number) - 5)
    return Content(f"{pinned:>2} {fitted(name, room)}{number}")


class QuotePane(Lines):
    """The quote, what is known of it, and the comment that it is from."""

    def __init__(self) -> None:
        super().__init__(wrap=True, id="quote")

    def draw(self, offer: Offer | None, place: int, number: int) -> None:
        """Draw a quote, the `place`th of `number`; None where there is none."""
        self.border_title = Content("quote")
        if offer is None:
            self.show([Content("No comment fits as a quote here.")], from_top=True)
            return
        self.border_title = Content(f"quote {place + 1} of {number}")
        lines = [_head(offer), Content(""), Content.styled(_shown(offer), "bold")]
        lines += [Content(""), *_cautions(offer), *_comment(offer)]
        self.show(lines, from_top=True)


def _shown(offer: Offer) -> str:
    return safe_text(offer.quote)


def _head(offer: Offer) -> Content:
    mark = MARKS.get(offer.standing, " ")
    facts = [offer.standing, offer.comment_id, offer.source]
    line = StyledText()
    line.add(f"{mark} ", "bold")
    line.add(" · ".join(one_line(fact) for fact in facts if fact))
    line.add(f" · {count(offer.words, 'word')}")
    return line.content()


def _cautions(offer: Offer) -> list[Content]:
    """Personal details, and what an editor would hold against the quote."""
    lines = []
    if offer.details:
        kinds = ", ".join(offer.details)
        lines.append(Content.styled(f"Personal details: {kinds}.", "bold $warning"))
    if offer.faults:
        lines.append(Content(f"Against it: {', '.join(offer.faults)}."))
    if lines:
        lines.append(Content(""))
    return lines


def _comment(offer: Offer) -> list[Content]:
    """The whole comment, the part that is quoted underlined."""
    comment = Content(safe_text(offer.text))
    comment = comment.stylize("underline", offer.span.start, offer.span.end)
    return [Content.styled("The whole comment", "dim"), comment]
