"""The parts of the review screen. Each draws itself from the session."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.content import Content

from coder.codebook import Codebook
from coder.reviewing.screen.dispute_list import (
    DisputeLayout,
    answers_in_full,
    dispute_entries,
    dispute_layout,
    dispute_line,
    legend_lines,
)
from coder.reviewing.screen.evidence_marks import OPEN, marked_text
from coder.reviewing.screen.reviewer_names import ShortNames
from coder.reviewing.screen.texts import Attribute, copies_text, definition
from coder.reviewing.screen.theme_list import (
    Entry,
    ListLayout,
    in_short,
    list_entries,
    list_layout,
    only_theme_entries,
    position_line,
    theme_line,
)
from coder.reviewing.session import Session
from coder.reviewing.theme_rows import ThemeRow
from coder.screen.styled_text import cut, one_line
from coder.screen.widgets import Lines, OneLine
from coder.text import count

NOTHING_LEFT = """\
There is nothing left to review here. Start again to see whether other comments wait.

Press b to go back, / to find a comment, q to quit."""
NOTE_LENGTH = 60  # characters of a note under the comment
MORE = " (i: all)"


class ThemesPane(Lines):
    """The themes of the comment in front, one a line, with a cursor."""

    def __init__(self, session: Session) -> None:
        super().__init__(wrap=False, id="themes")
        self.session = session
        self.rows: list[ThemeRow] = []
        self.entries: list[Entry] = []
        self.cursor = 0  # place in `entries`
        self.typed = ""  # of the key of a theme that is not complete
        self.names = _short_names(session.codebook)

    @property
    def selected(self) -> Entry | None:
        """The line under the cursor; None while there is nothing to review."""
        if self.cursor < len(self.entries):
            return self.entries[self.cursor]
        return None

    @property
    def selected_theme(self) -> str:
        """Id of the theme under the cursor; empty while there is nothing to review."""
        return self.selected.theme_id if self.selected else ""

    def load(self) -> None:
        """Take the themes from the session; the cursor keeps its place in the list."""
        self.rows = self.session.rows()
        self.entries = self.make_entries()
        last = len(self.entries) - 1
        self.cursor = max(0, min(self.cursor, last))

    def make_entries(self) -> list[Entry]:
        """The lines that the cursor can stand on."""
        return list_entries(self.rows)

    def select(self, theme_id: str, position_id: str = "") -> None:
        """Put the cursor on a theme or position; lines shift where positions appear or vanish."""
        self.load()
        self.cursor = 0
        for place, entry in enumerate(self.entries):
            if (entry.theme_id, entry.position_id) == (theme_id, position_id):
                self.cursor = place

    @property
    def _view_height(self) -> int:
        return int(self.scrollable_content_region.height)

    @property
    def _above(self) -> int:
        """Lines above the first entry."""
        return max(0, int(self.virtual_size.height) - len(self.entries))

    def turn_page(self, by: int) -> None:
        """Go to another page; the cursor stays on its line of the screen."""
        height, before = self._view_height, self._first_line
        lines = self._above + len(self.entries)
        last_top = max(0, lines - height)
        page = before // max(1, height)
        if before == last_top:  # the last page ends with the list
            page = (lines - 1) // max(1, height)
        top = min(max(0, page + by) * height, last_top)
        self.cursor = max(0, min(self.cursor + top - before, len(self.entries) - 1))
        if top == before:
            self.cursor = 0 if by < 0 else len(self.entries) - 1
        self.scroll_to(y=top, animate=False)

    def _scroll_to_page_of(self, line: int) -> None:
        """Scroll to the page that a line stands on, unless it is in view."""
        height = self._view_height
        if height and not 0 <= line - self._first_line < height:
            self.scroll_to(y=line // height * height, animate=False)

    def _scroll_to_cursor(self) -> None:
        """Bring the cursor into view, and all positions of its theme where they fit.

        While half a number is typed, bring its themes into view; the cursor stays.
        """
        above = self._above
        for place, entry in enumerate(self.entries):
            if self.typed and entry.key.startswith(self.typed):
                self._scroll_to_page_of(above + place)
                return
        self._scroll_to_page_of(above + self.cursor)
        height = self._view_height
        theme_id = self.selected_theme
        places = [
            n for n, entry in enumerate(self.entries) if entry.theme_id == theme_id
        ]
        if not height or not places:
            return
        first, last = above + places[0], above + places[-1]
        top = max(self._first_line, min(last - height + 1, first))
        top = max(top, above + self.cursor - height + 1)
        self.scroll_to(y=top, animate=False)

    def select_first_suggested(self) -> None:
        """Put the cursor on the first theme that is ticked; else on the first suggested one."""
        self.load()
        ticked = [place for place, entry in enumerate(self.entries) if entry.row.ticked]
        suggested = [n for n, entry in enumerate(self.entries) if entry.row.suggested]
        self.cursor = next(iter(ticked + suggested), 0)

    def move_cursor(self, by: int) -> None:
        """Move the cursor by lines; after the last line comes the first."""
        if self.entries:
            self.cursor = (self.cursor + by) % len(self.entries)

    def draw(self) -> None:
        """Draw the themes that were loaded last."""
        width = max(20, self.size.width or self.app.size.width)
        lines = self.heading(width) + self.lines(width)
        self.show(lines)
        self._scroll_to_cursor()
        self.border_title = self.list_title()

    def heading(self, width: int) -> list[Content]:  # noqa: ARG002
        """Lines above the themes."""
        return []

    def details(self) -> Content:
        """What else there is to tell of the comment in front."""
        return Content("")

    def lines(self, width: int) -> list[Content]:
        """A line for each entry."""
        layout = list_layout(self.rows, self.names, width)
        lines = []
        for place, entry in enumerate(self.entries):
            at_cursor = place == self.cursor
            lines.append(self._line(entry, layout, at_cursor=at_cursor))
        return lines

    def _line(self, entry: Entry, layout: ListLayout, *, at_cursor: bool) -> Content:
        """A theme or a position as it is shown."""
        if entry.position is None:
            return theme_line(entry, layout, at_cursor=at_cursor)
        return position_line(entry, entry.position, layout, at_cursor=at_cursor)

    def list_title(self) -> Content:
        """What the frame of the list says: how many themes are ticked, and what is not in view."""
        ticked = sum(row.ticked for row in self.rows)
        title = f"Themes: {ticked} ticked"
        if self.session.pick is not None and self.session.saved:
            title += " · decided"
        out_of_view = self._out_of_view()
        if out_of_view:
            title += f" · not in view: {', '.join(out_of_view)}"
        return Content(cut(title, max(20, self.size.width - 4)))

    def _out_of_view(self) -> list[str]:
        """The themes on other pages that are ticked or suggested, those ticked first."""
        top, height = self._first_line - self._above, self._view_height
        themes = []
        for place, entry in enumerate(self.entries):
            in_view = top <= place < top + height or not height
            is_of_interest = entry.row.ticked or entry.row.suggested
            if entry.position is None and is_of_interest and not in_view:
                themes.append(entry.row)
        themes.sort(key=lambda row: not row.ticked)
        return [in_short(row, self.names) for row in themes]

    def entry_at(self, line: int) -> int | None:
        """Place in `entries` of a line of the pane; None where there is none."""
        if line < len(self.entries):
            return line
        return None


def _short_names(codebook: Codebook) -> dict[str, str]:
    """The short name of each theme by its id."""
    return {theme.id: theme.short for theme in codebook.active}


class OneThemePane(ThemesPane):
    """The only theme that is judged, with its positions."""

    def make_entries(self) -> list[Entry]:
        """The theme and all its positions."""
        return only_theme_entries(self.rows)

    def list_title(self) -> Content:
        """The theme as a question."""
        if not self.rows:
            return super().list_title()
        name = one_line(self.rows[0].name)
        return Content(f"{name}?")


class DisputesPane(ThemesPane):
    """The themes with the answers of the reviewers: those in dispute first."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._short = ShortNames(session.context.reviewers())
        self._heading_height = 0

    def make_entries(self) -> list[Entry]:
        """The themes, and the positions that matter."""
        return dispute_entries(self.rows)

    def select_first_suggested(self) -> None:
        """Put the cursor on the first theme in dispute, which is at the top."""
        self.load()
        self.cursor = 0

    def heading(self, width: int) -> list[Content]:
        """The short forms of the reviewers' names, where there is no room for the names."""
        lines = legend_lines(self._layout(width), width - 1)
        self._heading_height = len(lines)
        return lines

    def lines(self, width: int) -> list[Content]:
        """A line for each entry."""
        layout = self._layout(width)
        lines = []
        for place, entry in enumerate(self.entries):
            at_cursor = place == self.cursor
            lines.append(dispute_line(entry, layout, at_cursor=at_cursor))
        return lines

    def details(self) -> Content:
        """The reviewers' answers with their names in full."""
        return answers_in_full(self.entries, self.names)

    def _layout(self, width: int) -> DisputeLayout:
        return dispute_layout(self.entries, self.names, width - 1, self._short)

    def list_title(self) -> Content:
        """How many disputes there are, and how many are open."""
        session = self.session
        if session.pick is None:
            return Content("")
        if session.saved and session.pick.scope:
            return Content("Settled: saved")
        open_disputes = len(session.settle.open_disputes())
        if open_disputes:
            return Content(f"In dispute: {open_disputes:,} not answered yet")
        if not session.pick.scope:
            return Content("Nothing in dispute")
        return Content("In dispute: all answered, Enter saves")

    def entry_at(self, line: int) -> int | None:
        """As in other lists, below the short forms of the names."""
        place = line - self._heading_height
        if place < 0:
            return None
        return super().entry_at(place)


class CommentPane(Lines):
    """The comment in front, with its evidence marked."""

    def __init__(self, session: Session) -> None:
        super().__init__(wrap=True, id="text")
        self.session = session

    def draw(
        self, rows: Sequence[ThemeRow], selected_theme: str, *, from_top: bool
    ) -> None:
        """Draw the comment; the evidence of the theme under the cursor stands out."""
        pick = self.session.pick
        if pick is None:
            self.border_title = ""
            self.border_subtitle = ""
            self.show([Content(NOTHING_LEFT)], from_top=True)
            return
        text = marked_text(self.session.text, rows, selected_theme)
        self.show([text, *self._notes_of_others()], from_top=from_top)
        self.border_title = Content(one_line(pick.comment_id))

    def draw_remarks(self) -> None:
        """Write into the frame what else matters, once the height of the pane is known."""
        if self.session.pick is not None:
            remarks = " · ".join(self._remarks())
            self.border_subtitle = Content(one_line(remarks))

    def _remarks(self) -> Iterator[str]:
        session = self.session
        if not self.fits:
            words = count(len(session.text.split()), "word")
            yield f"{words}, PgDn for more"
        same, campaign = map(len, session.copies_now())
        if same or campaign:
            yield copies_text(same, campaign, session.copy_choice)
        note = session.draft.note
        if note:
            yield f"note: {note[:NOTE_LENGTH]}"
        others = len(session.settle.notes())
        if others:
            yield f"{count(others, 'note')} below the comment"

    def _notes_of_others(self) -> Iterator[Content]:
        """What the reviewers noted, under the comment."""
        for reviewer, note in self.session.settle.notes():
            text = f"{one_line(reviewer)} noted: {one_line(note)}"
            yield Content.styled(text, "dim italic")

    def scroll_to_evidence(self) -> None:
        """Scroll to the next line with evidence."""
        self.scroll_to_next(OPEN)


class DefinitionPane(Lines):
    """What the codebook says about the theme under the cursor, on wide screens."""

    def __init__(self, codebook: Codebook) -> None:
        super().__init__(wrap=True, id="definition")
        self._codebook = codebook

    def draw(self, theme_id: str) -> None:
        """Draw the definition of a theme; nothing for an empty id."""
        if not self.display:
            return
        if not theme_id:
            self.show([])
            return
        theme = self._codebook.theme(theme_id)
        self.border_title = Content(one_line(theme.short))
        self.show([definition(theme)], from_top=True)


class ReasonLine(OneLine):
    """Why the comment was chosen, and what is known about who wrote it."""

    def draw(self, reason: str, attributes: Sequence[Attribute]) -> None:
        """Draw as much as fits, and say which key shows the rest."""
        parts = [reason]
        for name, value in attributes:
            parts.append(f"{name}: {value}")
        text = " · ".join(parts)
        width = self.app.size.width - 2  # less the padding
        if cell_len(text) > width:
            text = cut(one_line(text), width - len(MORE)).rstrip() + MORE
        self.show(text)
