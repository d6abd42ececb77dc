"""Keys to move, to read, and to work on single comments."""

from textual.content import Content

from coder.screen.dialogs import TextDialog
from coder.screen.keys import key
from coder.text import count, safe_text
from coder.workbench.screen.desk import DeskScreen
from coder.workbench.screen.dialogs import Target, TargetDialog, target_of
from coder.workbench.screen.rows import REST

OUT = "-out-"  # the answer "into no group"; no group has this id
COMPARING = "comparing the comments with the most typical one …"
GO_TO_COMMENTS = "go to a comment with → first"


class ReadingActions:
    """Move in the list and among the comments; mark, move and read them."""

    def __init__(self, screen: DeskScreen) -> None:
        self._screen = screen
        self._session = screen.session

    @key("down,j", "↓ j")
    def go_down(self) -> None:
        """Go down in the list, or among the comments."""
        self._screen.move(1)
        self._screen.say()

    @key("up,k", "↑ k")
    def go_up(self) -> None:
        """Go up."""
        self._screen.move(-1)
        self._screen.say()

    @key("space,pagedown", "Space", hint="Space read on")
    def read_on(self) -> None:
        """Read on in the comments; also with PgDn."""
        self._screen.read_on(1)

    @key("b,pageup", "b")
    def read_back(self) -> None:
        """Read back; also with PgUp."""
        self._screen.read_on(-1)

    @key("right", "→", hint="→ comments")
    def go_to_comments(self) -> None:
        """Go to the comments; the one at the cursor is shown whole."""
        self._screen.in_comments = True
        self._screen.say()

    @key("left,escape", "← Esc")
    def go_to_list(self) -> None:
        """Go back to the list."""
        self._screen.in_comments = False
        self._screen.say()

    @key("x", "x", hint="x mark")
    def mark(self) -> None:
        """Mark the group for merging, or the comment for moving; again: unmark."""
        chosen = self._screen.comment_id
        marked = self._screen.marked_comments
        if not chosen:
            chosen = self._screen.selected
            marked = self._screen.marked_groups
        if chosen == REST:
            self._screen.say(GO_TO_COMMENTS)
            return
        marked ^= {chosen}
        self._screen.move(1)
        self._screen.say(f"marked: {count(len(marked), 'group')}")
        if self._screen.in_comments:
            self._screen.say(f"marked: {count(len(marked), 'comment')}")

    @key("t", "t")
    def move_comments(self) -> None:
        """Move the marked comments, or the one at the cursor, to another group."""
        chosen = sorted(self._screen.marked_comments)
        if not chosen and self._screen.comment_id:
            chosen = [self._screen.comment_id]
        if not chosen:
            self._screen.say(GO_TO_COMMENTS)
            return
        source = self._screen.selected
        targets = []
        findings = self._session.findings
        others = [
            *findings.themes_for(source),
            *self._session.board.standing("open", "later"),
        ]
        for group in others:
            if group.id != source:
                targets.append(target_of(group))
        if source != REST:
            targets.append(Target(OUT, "no group: it belongs to none of them"))

        def take(target: str | None) -> None:
            if target is None:
                return
            place = "" if target == OUT else target
            self._session.move(
                chosen,
                "" if source == REST else source,
                place,
            )
            self._screen.marked_comments.clear()
            self._screen.say(f"moved: {count(len(chosen), 'comment')}")

        title = f"Move {count(len(chosen), 'comment')} to"
        self._screen.ask(TargetDialog(title, targets), take)

    @key("e", "e")
    def mark_example(self) -> None:
        """Mark the comment at the cursor as an example of the theme; again: unmark."""
        chosen = self._screen.comment_id
        group = self._screen.group
        if not chosen or group is None:
            self._screen.say(GO_TO_COMMENTS)
            return
        message = "no example any more"
        if self._session.mark_example(group.id, chosen):
            message = "an example"
        self._screen.say(message)

    @key("v", "v", hint="v views")
    def switch_views(self) -> None:
        """Show those who want something beside those who refuse, or the typical first."""
        if self._screen.by_view:
            self._screen.by_view = False
            self._screen.say()
            return
        self._screen.say(COMPARING)
        self._screen.call_after_refresh(self._show_views)

    def _show_views(self) -> None:
        """Show the views, once the message is on the screen: the model may take seconds."""
        self._screen.by_view = True
        self._screen.say()
        if not self._screen.has_comments:
            self._screen.by_view = False
            self._screen.say("no comment here says plainly what it wants or refuses")

    @key("f", "f")
    def show_whole(self) -> None:
        """Show the comment at the cursor whole, with its id."""
        chosen = self._screen.comment_id
        if not chosen:
            self._screen.say(GO_TO_COMMENTS)
            return
        text = safe_text(self._session.findings.text(chosen))
        self._screen.app.push_screen(TextDialog(Content(text), safe_text(chosen)))

    @key("slash", "/")
    def find_group(self) -> None:
        """Find a group by letters of its name."""
        groups = self._session.board.standing(
            "theme",
            "open",
            "later",
            "dropped",
        )

        def take(group_id: str | None) -> None:
            if group_id is not None:
                self._screen.select(group_id)
                self._screen.say()

        targets = [target_of(group) for group in groups]
        self._screen.ask(TargetDialog("Go to", targets), take)
