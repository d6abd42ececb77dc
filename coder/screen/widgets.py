"""Widgets for text that is shown as it is: lines that scroll, and a single line."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from coder.screen.styled_text import fitted, one_line


class Lines(ScrollView, can_focus=False):
    """Lines of text that scroll; with `wrap`, each content is wrapped to the width.

    Lines are rendered one at a time, so that the longest comment costs no more than a screenful.
    """

    class Clicked(Message):
        """A line was clicked; `line` counts from 0."""

        def __init__(self, lines: "Lines", line: int) -> None:
            super().__init__()
            self.lines = lines
            self.line = line

        @property
        def control(self) -> "Lines":
            """The pane that was clicked; Textual matches selectors against it."""
            return self.lines

    def __init__(self, *, wrap: bool, id: str) -> None:
        super().__init__(id=id)
        self._wrap = wrap
        self._contents: Sequence[Content] = ()
        self._lines: list[Content] = []
        self._laid_out_for: Size | None = None

    def show(self, contents: Sequence[Content], *, from_top: bool = False) -> None:
        """Show these contents; with `from_top`, scroll to the first line."""
        if not self._shows(contents):
            self._contents = contents
            self._laid_out_for = None
            self._lay_out()
            self.refresh()
        if from_top:
            self.scroll_to(y=0, animate=False)

    def _shows(self, contents: Sequence[Content]) -> bool:
        """Whether the same is shown already: to wrap the longest comments again takes 30 ms."""
        if self._laid_out_for != self.container_size or len(contents) != len(
            self._contents
        ):
            return False
        for new, old in zip(contents, self._contents, strict=True):
            if new.plain != old.plain or new.spans != old.spans:
                return False
        return True

    def on_resize(self) -> None:
        """Lay the lines out at the new size."""
        self._lay_out()

    def _lay_out(self) -> None:
        available = self.container_size
        if available == self._laid_out_for or not available:
            return
        self._laid_out_for = available
        width, height = available
        scrolls = self.height_needed(width, height + 1) > height
        if scrolls:
            width -= self.styles.scrollbar_size_vertical
        width = max(1, width)
        self._lines = self._wrapped(width)
        self.virtual_size = Size(width, len(self._lines))
        # Set by hand: a scrollbar once needed would stay, and take a column from the text.
        self.show_vertical_scrollbar = scrolls
        self.vertical_scrollbar.display = scrolls

    def _wrapped(self, width: int) -> list[Content]:
        if not self._wrap:
            return list(self._contents)
        lines: list[Content] = []
        for content in self._contents:
            lines += content.wrap(width)
        return lines

    @property
    def _first_line(self) -> int:
        """Number of the first line in view."""
        return int(self.scroll_offset.y)

    def render_line(self, y: int) -> Strip:
        """One line of the screen; Textual calls this for the lines in view."""
        number = self._first_line + y
        width = self.scrollable_content_region.width
        if number >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[number].truncate(width, ellipsis=True)
        strip = Strip(line.render_segments(self.visual_style))
        return strip.adjust_cell_length(width, self.rich_style)

    def height_needed(self, width: int, limit: int) -> int:
        """Lines that the contents take at `width` cells; `limit` where they take more."""
        if not self._wrap:
            return min(len(self._contents), limit)
        height = 0
        for content in self._contents:
            # The longest comments are not wrapped only to learn that they are long.
            if len(content.plain) > width * limit:
                return limit
            height += len(content.wrap(width))
        return min(height, limit)

    @property
    def fits(self) -> bool:
        """Whether all lines are in view."""
        return len(self._lines) <= self.scrollable_content_region.height

    def scroll_to_next(self, mark: str) -> None:
        """Scroll to the next line that contains `mark`; after the last, to the first."""
        count = len(self._lines)
        for step in range(count):
            number = (self._first_line + 1 + step) % count
            if mark in self._lines[number].plain:
                self.scroll_to(y=number, animate=False)
                return

    def scroll_page(self, pages: int) -> None:
        """Scroll down by pages, up by a negative number; one line stays in view."""
        height = max(1, self.scrollable_content_region.height - 1)
        self.scroll_relative(y=pages * height, animate=False)

    def keep_in_view(self, line: int) -> None:
        """Scroll so that a line is in view, in the middle where it was not."""
        height = self.scrollable_content_region.height
        if height and not 0 <= line - self._first_line < height:
            middle = max(0, line - height // 2)
            self.scroll_to(y=middle, animate=False)

    def on_click(self, event: events.Click) -> None:
        """Post which line was clicked."""
        offset = event.get_content_offset(self)
        if offset is not None:
            line = self._first_line + offset.y
            self.post_message(self.Clicked(self, line))


class OneLine(Static):
    """A line of plain text, cut to the width of the terminal."""

    def show(self, text: str) -> None:
        """Show a text; control characters become visible and nothing is read as markup."""
        width = self.app.size.width - 2  # less the padding
        line = fitted(one_line(text), max(10, width))
        self.update(Content(line))
