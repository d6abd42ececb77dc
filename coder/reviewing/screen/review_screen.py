"""The review screen: the comment, its themes, and the lines around them."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from coder.reviewing.screen.panes import (
    CommentPane,
    DefinitionPane,
    ReasonLine,
    ThemesPane,
)
from coder.reviewing.screen.texts import progress_text
from coder.reviewing.session import Session
from coder.screen.widgets import OneLine

WIDE = 116  # cells from which the comment and the themes stand side by side
OTHER_LINES = 5  # lines of the screen that show neither the comment nor the themes
BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
FRAME = 2  # lines that a frame takes, and cells; its padding takes as many cells again

# Belongs to the app's own style, which is read once; a screen's own is read when it is first
# opened.
STYLE = """
Screen { layout: vertical; }
Lines, VerticalScroll, OptionList { scrollbar-size-vertical: 1; }
Lines { overflow-x: hidden; }
#top, #where, #progress, #message, #keys { height: 1; padding: 0 1; }
#top { background: $primary; color: $text; text-style: bold; }
#where { color: $text-muted; }
#body { height: 1fr; layout: vertical; }
#text { height: 1fr; min-height: 3; border: round $foreground 40%; padding: 0 1; }
#themes { height: 1fr; min-height: 4; border: round $foreground 40%; padding: 0 0; }
#left { height: 1fr; layout: vertical; }
#definition { display: none; border: round $foreground 20%; padding: 0 1; color: $text-muted; }
.-wide #body { layout: horizontal; }
.-wide #left { width: 1fr; height: 100%; }
.-wide #definition { display: block; height: 40%; }
.-wide #themes { width: 1fr; height: 100%; }
#progress { color: $text-muted; }
#keys { background: $panel; }
#message { text-style: bold; }
"""


class ReviewScreen(Screen[None]):
    """Draws a session.

    Args:
        themes: the list of themes, as the kind of session needs it.
        heading: of the whole screen.
        attributes: columns of the comments that describe the respondent.
        shares: whether the session helps to estimate how many comments carry each theme.
        status: what to show before the message.
        hints: the line at the bottom, for a width in cells.

    Attributes:
        message: what the reviewer is told; `say` changes it.
    """

    def __init__(
        self,
        session: Session,
        themes: ThemesPane,
        *,
        heading: str,
        attributes: Sequence[str],
        shares: bool,
        status: Callable[[], Sequence[str]],
        hints: Callable[[int], Content],
    ) -> None:
        super().__init__()
        self.session = session
        self.themes = themes
        self.comment = CommentPane(session)
        self._definition = DefinitionPane(session.codebook)
        self._heading = heading
        self._attributes = tuple(attributes)
        self._shares = shares
        self._status = status
        self._hints = hints
        self._drawn_comment: str | None = None
        self.message = ""

    def compose(self) -> ComposeResult:
        """The comment beside the themes, between lines of status and hints."""
        yield OneLine(id="top")
        yield ReasonLine(id="where")
        with Container(id="body"):
            with Container(id="left"):
                yield self.comment
                yield self._definition
            yield self.themes
        yield OneLine(id="progress")
        yield OneLine(id="message")
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.draw()

    def on_resize(self) -> None:
        """Draw again at the new size."""
        self.call_after_refresh(self.draw)

    def say(self, message: str = "") -> None:
        """Draw everything, with a message to the reviewer."""
        self.message = message
        self.draw()

    def draw(self) -> None:
        """Draw everything from the session."""
        pick = self.session.pick
        comment_id = pick.comment_id if pick is not None else None
        is_new = comment_id != self._drawn_comment
        self._drawn_comment = comment_id
        if is_new:
            self.themes.select_first_suggested()
        self.themes.load()
        self.draw_cursor(from_top=is_new)
        self._draw_lines()

    def draw_cursor(self, *, from_top: bool = False) -> None:
        """Draw what depends on the theme under the cursor."""
        self.themes.draw()
        theme_id = self.themes.selected_theme
        self.comment.draw(self.themes.rows, theme_id, from_top=from_top)
        self._definition.draw(theme_id)
        self._share_height()
        self.comment.draw_remarks()

    def _share_height(self) -> None:
        """One above the other, the comment takes the lines it needs, up to half; the themes the
        rest.
        """
        left = self.query_one("#left", Container)
        before = left.styles.height
        width, height = self.app.size
        if width >= WIDE:
            left.styles.height = None
        else:
            half = max(1, (height - OTHER_LINES) // 2 - FRAME)
            needed = self.comment.height_needed(max(1, width - 2 * FRAME), half)
            left.styles.height = FRAME + max(1, needed)
        if left.styles.height != before:
            self.call_after_refresh(self.draw)

    def _draw_lines(self) -> None:
        session = self.session
        width = self.app.size.width
        self.query_one("#top", OneLine).show(self._heading)
        reason = session.pick.reason if session.pick is not None else ""
        self.query_one(ReasonLine).draw(reason, self.attributes())
        progress = progress_text(
            session.progress(),
            session.skipped,
            width,
            shares=self._shares,
            pace=session.pace.pace(),
        )
        self.query_one("#progress", OneLine).show(progress)
        self.draw_status()
        self.query_one("#keys", Static).update(self._hints(width))

    def draw_status(self) -> None:
        """Draw what is being saved and learned, and the message."""
        parts = [part for part in (*self._status(), self.message) if part]
        self.query_one("#message", OneLine).show("  ·  ".join(parts))

    def attributes(self) -> list[tuple[str, str]]:
        """What is known about who wrote the comment in front: names and values."""
        pick = self.session.pick
        if pick is None:
            return []
        return self.session.comments.attributes(pick.comment_id, self._attributes)
