"""The screen: groups left, comments right, and the lines around them."""

from collections.abc import Callable
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from coder.errors import CoderError
from coder.screen.dialogs import Dialog, TextDialog
from coder.screen.styled_text import error_text
from coder.screen.widgets import OneLine
from coder.workbench.board import Group
from coder.workbench.findings import OPPOSED
from coder.workbench.screen.comment_choice import (
    STEP,
    Pointing,
    choose_comments,
    view_of,
)
from coder.workbench.screen.comment_lines import CommentsView
from coder.workbench.screen.panes import CommentsPane, GroupsPane
from coder.workbench.screen.rows import REST, Row, list_rows
from coder.workbench.screen.texts import group_facts, near_text, progress_text
from coder.workbench.session import Session

WIDE = 116  # cells from which there is room for more of everything
BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
NEAR_LINES = 3
LINES, LINES_WIDE = 4, 6  # lines of a comment that is not at the cursor
Answer = TypeVar("Answer")

STYLE = """
Screen { layout: vertical; }
Lines, VerticalScroll, OptionList { scrollbar-size-vertical: 1; }
Lines { overflow-x: hidden; }
#top, #progress, #message, #keys { height: 1; padding: 0 1; }
#top { background: $primary; color: $text; text-style: bold; }
#body { height: 1fr; layout: horizontal; }
#groups { width: 36; height: 100%; border: round $foreground 40%; }
#right { width: 1fr; height: 100%; layout: vertical; }
#facts { height: auto; max-height: 5; padding: 0 1; }
#comments { height: 1fr; min-height: 4; border: round $foreground 40%; }
#near { height: auto; max-height: 3; padding: 0 1; }
.-wide #groups { width: 46; }
#progress { text-style: bold; }
#keys { background: $panel; }
"""


class DeskScreen(Screen[None]):
    """Draws a session.

    Args:
        title: of the whole screen.
        hints: the line at the bottom, for a width in cells.

    Attributes:
        selected: id of the group chosen; REST for the comments without a theme.
        marked_groups: groups marked for merging.
        marked_comments: comments marked for moving or splitting off.
        in_comments: whether the cursor is among the comments.
        by_view: whether opposing views are shown beside each other.
        message: what the reader is told; `say` changes it.
    """

    def __init__(
        self,
        session: Session,
        *,
        title: str,
        language: str,
        hints: Callable[[int], Content],
    ) -> None:
        super().__init__()
        self.session = session
        self.groups = GroupsPane()
        self.comments = CommentsPane()
        self.selected = REST
        self.marked_groups: set[str] = set()
        self.marked_comments: set[str] = set()
        self.in_comments = False
        self.by_view = False
        self.message = ""
        self._title = title
        self._language = language
        self._hints = hints
        self._ids: list[str] = []
        self._cursor = 0
        self._laid_out = STEP
        self._drawn = ""
        self.select_first()

    def compose(self) -> ComposeResult:
        """The list beside the comments, between lines of title, progress and hints."""
        yield OneLine(id="top")
        with Horizontal(id="body"):
            yield self.groups
            with Container(id="right"):
                yield Static(id="facts")
                yield self.comments
                yield Static(id="near")
        yield OneLine(id="progress")
        yield OneLine(id="message")
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.draw()

    def on_resize(self) -> None:
        """Draw again at the new size."""
        self.call_after_refresh(self.draw)

    # ------------------------------------------------------------ what is chosen

    @property
    def group(self) -> Group | None:
        """The group chosen; None for the comments without a theme."""
        return self.session.group(self.selected)

    @property
    def rows(self) -> list[Row]:
        """The lines of the list that can be chosen."""
        return [row for row in list_rows(self.session.board) if row.group_id]

    @property
    def comment_id(self) -> str:
        """The comment at the cursor; empty while the cursor is in the list."""
        if self.in_comments and self._cursor < len(self._ids):
            return self._ids[self._cursor]
        return ""

    def select(self, group_id: str) -> None:
        """Choose a group; where it is gone, the first one to decide."""
        if group_id != REST and self.session.group(group_id) is None:
            self.select_first()
            return
        self.selected = group_id
        self._forget()

    def select_first(self) -> None:
        """Choose the largest group to decide; else the first theme; else what is left over."""
        for standing in ("open", "theme"):
            groups = self.session.board.standing(standing)
            if groups:
                self.selected = groups[0].id
                break
        else:
            self.selected = REST
        self._forget()

    def following(self, group_id: str) -> str:
        """The group to decide that comes after one, or before the last; itself if it is alone."""
        ids = [group.id for group in self.session.board.standing("open")]
        if group_id not in ids:
            return next(iter(ids), group_id)
        place = ids.index(group_id)
        others = ids[place + 1 :] + ids[:place][::-1]
        return next(iter(others), group_id)

    @property
    def has_comments(self) -> bool:
        """Whether there is a comment to show."""
        return bool(self._ids)

    def go_to_comment(self, comment_id: str) -> None:
        """Put the cursor on a comment."""
        if comment_id in self._ids:
            self.in_comments = True
            self._cursor = self._ids.index(comment_id)
            self.draw()

    def move(self, by: int) -> None:
        """Move the cursor by lines; after the last line of the list comes the first."""
        if self.in_comments:
            last = len(self._ids) - 1
            self._cursor = max(0, min(self._cursor + by, last))
            return
        ids = [row.group_id for row in self.rows]
        place = 0
        if self.selected in ids:
            place = ids.index(self.selected)
        self.select(ids[(place + by) % len(ids)])

    def _forget(self) -> None:
        self.in_comments = False
        self.by_view = False
        self.marked_comments.clear()
        self._cursor = 0
        self._laid_out = STEP

    # ------------------------------------------------------------ steps

    def attempt(self, step: Callable[[], None]) -> None:
        """Do a step; where it cannot be saved, say why."""
        try:
            step()
        except CoderError as error:
            page = TextDialog(Content(error_text(error)), "Not saved")
            self.app.push_screen(page)

    def ask(
        self, dialog: Dialog[Answer], take: Callable[[Answer | None], None]
    ) -> None:
        """Open a dialog, and do with its answer what is to be done."""

        def take_safely(answer: Answer | None) -> None:
            self.attempt(lambda: take(answer))

        self.app.push_screen(dialog, take_safely)

    # ------------------------------------------------------------ drawing

    def say(self, message: str = "") -> None:
        """Draw everything, with a message to the reader."""
        self.message = message
        self.draw()

    def draw(self) -> None:
        """Draw everything from the session."""
        width = self.app.size.width
        board = self.session.board
        self.query_one("#top", OneLine).show(self._title)
        self.groups.draw(list_rows(board), self.selected, self.marked_groups)
        self.query_one("#facts", Static).update(self._facts())
        self.query_one("#near", Static).update(self._near())
        self._draw_comments()
        self.query_one("#progress", OneLine).show(progress_text(board))
        self.query_one("#message", OneLine).show(self.message)
        self.query_one("#keys", Static).update(self._hints(width))

    def _facts(self) -> Content:
        group = self.group
        if group is None:
            return Content.styled("○ Comments without a theme", "bold")
        findings = self.session.findings
        return group_facts(
            group,
            self.session.board,
            findings.marks(group),
        )

    def _near(self) -> Content:
        if self.group is None:
            return Content("")
        width = max(20, self.query_one("#near", Static).size.width - 2)
        return near_text(self.session.findings.near(self.selected), width, NEAR_LINES)

    def _draw_comments(self) -> None:
        view = self._view()
        is_new = self._drawn != f"{self.selected} {self.by_view}"
        self._drawn = f"{self.selected} {self.by_view}"
        self.comments.border_title = Content(self._comments_title())
        self.comments.draw(view, from_top=is_new)

    def _comments_title(self) -> str:
        number = len(self._ids)
        if self.by_view:
            return "Opposing views (v: back)"
        title = f"{number:,} comments, typical first"
        if self.group is not None and OPPOSED in self.session.findings.marks(
            self.group
        ):
            title += " (v: opposing views)"
        return title

    def _view(self) -> CommentsView:
        """The comments of the group chosen, as many as are laid out."""
        group = self.group
        choice = choose_comments(
            self.session,
            group,
            by_view=self.by_view,
        )
        self._ids = choice.ids
        self._cursor = max(0, min(self._cursor, len(choice.ids) - 1))
        self._laid_out = max(self._laid_out, self._cursor + STEP // 2)
        most_lines = LINES
        if self.app.size.width >= WIDE:
            most_lines = LINES_WIDE
        return view_of(
            self.session,
            group,
            choice,
            self._laid_out,
            Pointing(
                self.marked_comments,
                self.comment_id,
                most_lines,
                self._language,
            ),
        )

    def read_on(self, pages: int) -> None:
        """Scroll the comments by pages; more of them are laid out at the end."""
        if pages > 0 and self.comments.is_at_end and self._laid_out < len(self._ids):
            self._laid_out += STEP
            self._draw_comments()
        self.comments.scroll_page(pages)
