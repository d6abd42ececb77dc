"""The two panes: the list of groups, and the comments of the group chosen."""

from collections.abc import Set

from textual.content import Content

from coder.screen.styled_text import fitted, one_line
from coder.screen.widgets import Lines
from coder.workbench.screen.comment_lines import CommentsView, lay_out
from coder.workbench.screen.rows import Row


class GroupsPane(Lines):
    """One line a group, with a cursor."""

    def __init__(self) -> None:
        super().__init__(wrap=False, id="groups")
        self.styles.border_title_align = "right"
        self.rows: list[Row] = []

    def draw(
        self,
        rows: list[Row],
        selected: str,
        marked: Set[str],
    ) -> None:
        """Draw the rows; the one selected is kept in sight."""
        self.rows = rows
        width = max(20, self.size.width or 30)
        at_cursor = 0
        lines = []
        for place, row in enumerate(rows):
            is_selected = bool(row.group_id) and row.group_id == selected
            if is_selected:
                at_cursor = place
            lines.append(
                _row_line(
                    row, width, selected=is_selected, marked=row.group_id in marked
                )
            )
        self.border_title = Content("comments, stability")
        self.show(lines)
        self.keep_in_view(at_cursor)

    def group_at(self, line: int) -> str:
        """The group of a line; empty where there is none."""
        if line < len(self.rows):
            return self.rows[line].group_id
        return ""


def _row_line(
    row: Row,
    width: int,
    *,
    selected: bool,
    marked: bool,
) -> Content:
    if not row.group_id:
        return Content.styled(fitted(row.text, width - 1), "bold underline")
    cursor = ">" if selected else " "
    mark = "x" if marked else " "
    stability = "    "
    if row.stability is not None:
        stability = f" {row.stability:.1f}"
    figures = f"{row.size:>6,}{stability:<4}"
    name = f"{'  ' * row.depth}{row.symbol} {one_line(row.text)}"
    room = max(6, width - len(figures) - 3)
    line = Content(f"{cursor}{mark}{fitted(name, room)}{figures}")
    if selected:
        return line.stylize("reverse")
    return line


class CommentsPane(Lines):
    """The comments, laid out for the width of the pane."""

    def __init__(self) -> None:
        super().__init__(wrap=False, id="comments")
        self._first_lines: dict[str, int] = {}

    def draw(self, view: CommentsView, *, from_top: bool) -> None:
        """Draw the comments; the one at the cursor is kept in sight."""
        width = max(20, (self.size.width or 60) - 1)
        laid = lay_out(view, width)
        self._first_lines = laid.first_line
        self.show(laid.lines, from_top=from_top)
        if view.at_cursor in laid.first_line:
            self.keep_in_view(laid.first_line[view.at_cursor])

    def comment_at(self, line: int) -> str:
        """The comment that a line belongs to; empty where there is none."""
        chosen = ""
        for comment_id, first in self._first_lines.items():
            if first <= line:
                chosen = comment_id
        return chosen

    @property
    def is_at_end(self) -> bool:
        """Whether the last line is in view."""
        return self.scroll_offset.y >= self.max_scroll_y
