"""What keys do with the comment in front: decide it, leave it, find another, read more about it."""

from collections.abc import Callable

from coder.reviewing.copies import CopyChoice
from coder.reviewing.screen.comment_search import CommentSearch
from coder.reviewing.screen.dialogs import NoteDialog
from coder.reviewing.screen.review_screen import ReviewScreen
from coder.reviewing.screen.texts import comment_details, definition
from coder.screen.dialogs import TextDialog
from coder.screen.keys import key
from coder.text import count


class DecisionActions:
    """Decide comments and go from one to another.

    Args:
        saved: called after each decision.
    """

    def __init__(self, screen: ReviewScreen, saved: Callable[[], None]) -> None:
        self._screen = screen
        self._session = screen.session
        self._saved = saved

    @key("enter", "Enter", hint="Enter save")
    def save(self) -> None:
        """Save, and go to the next comment."""
        if self._session.pick is None:
            return
        decisions = self._session.save()
        comments = {decision.comment_id for decision in decisions}
        message = ""
        if len(comments) > 1:
            message = f"saved for {count(len(comments) - 1, 'copy', 'copies')} too"
        self._screen.say(message)
        self._saved()

    @key("s", "s", hint="s skip")
    def skip(self) -> None:
        """Skip; the comment comes back at the end."""
        self._session.skip()
        self._screen.say("skipped")

    @key("b,left", "b ←", hint="b back")
    def go_back(self) -> None:
        """Go back to the previous comment."""
        message = "this is the first comment of the session"
        if self._session.back():
            message = ""
        self._screen.say(message)

    @key("f,right", "f →")
    def go_forward(self) -> None:
        """Go forward; a comment that is not decided is skipped."""
        if self._session.pick is not None and not self._session.saved:
            self.skip()
        else:
            self._session.forward()
            self._screen.say()

    @key("z,ctrl+z", "z Ctrl+Z", hint="z undo")
    def undo(self) -> None:
        """Undo the last tick or decision."""
        action = self._session.undo()
        message = "nothing to undo"
        if action:
            message = f"undone: the last {action}"
        self._screen.say(message)

    @key("Z,ctrl+y", "Z Ctrl+Y")
    def redo(self) -> None:
        """Redo what was undone."""
        action = self._session.redo()
        message = "nothing to redo"
        if action:
            message = f"redone: the {action}"
        self._screen.say(message)

    @key("x", "x")
    def withdraw(self) -> None:
        """Withdraw your decision on this comment."""
        message = "you have not decided this comment"
        if self._session.take_back():
            message = "your decision is withdrawn"
        self._screen.say(message)

    @key("c", "c")
    def choose_copies(self) -> None:
        """Choose which copies the decision is for."""
        same, campaign = self._session.copies_now()
        if not same and not campaign:
            self._screen.say("there are no copies of this comment")
            return
        choices: list[CopyChoice] = ["same", "one"]
        if campaign:
            choices = ["same", "campaign", "one"]
        following = choices.index(self._session.copy_choice) + 1
        self._session.copy_choice = choices[following % len(choices)]
        self._screen.say()

    @key("slash", "/", hint="/ search")
    def search(self) -> None:
        """Find comments by words or id; decide them in the list."""

        def open_comment(comment_id: str | None) -> None:
            if comment_id is not None:
                self._session.go_to(comment_id)
            self._screen.say()

        search = CommentSearch(self._session, self._screen.say)
        self._screen.app.push_screen(search, open_comment)

    def write_note(self) -> None:
        """Ask for a note about the comment in front; it is saved with the decision."""
        if self._session.pick is None:
            return

        def keep(note: str | None) -> None:
            if note is not None:
                self._session.edit.set_note(note)
            self._screen.say()

        self._screen.app.push_screen(NoteDialog(self._session.draft.note), keep)


class AllThemesDecisions(DecisionActions):
    """Decisions on all themes of a comment."""

    @key("n", "n", hint="n note")
    def note(self) -> None:
        """Write a note about the comment."""
        self.write_note()

    @key("m", "m", hint="m more like this")
    def show_similar(self) -> None:
        """Bring more comments like this one next."""
        if self._session.neighbours is None:
            self._screen.say(
                "similar comments are not known yet: try again in a moment"
            )
            return
        n = self._session.more_like_this()
        message = "no other comment is similar to this one"
        if n:
            message = f"next: {count(n, 'comment')} like this one"
        self._screen.say(message)


class OneThemeDecisions(DecisionActions):
    """Decisions on one theme, where the small n answers no."""

    @key("N", "N")
    def note(self) -> None:
        """Write a note about the comment."""
        self.write_note()


class ReadingActions:
    """Read the comment, and about it."""

    def __init__(self, screen: ReviewScreen) -> None:
        self._screen = screen

    @key("d", "d", hint="d define")
    def show_definition(self) -> None:
        """Show the definition of the theme under the cursor."""
        theme_id = self._screen.themes.selected_theme
        if theme_id:
            theme = self._screen.session.codebook.theme(theme_id)
            self._screen.app.push_screen(TextDialog(definition(theme), "Definition"))

    @key("i", "i")
    def show_details(self) -> None:
        """Show who wrote the comment and why it was chosen."""
        pick = self._screen.session.pick
        if pick is not None:
            details = comment_details(
                pick.comment_id, pick.reason, self._screen.attributes()
            )
            details += self._screen.themes.details()
            self._screen.app.push_screen(TextDialog(details, "About this comment"))

    @key("e", "e")
    def next_evidence(self) -> None:
        """Go to the next evidence in a long comment."""
        self._screen.comment.scroll_to_evidence()

    @key("pagedown", "PgDn")
    def page_down(self) -> None:
        """Scroll down in a long comment."""
        self._screen.comment.scroll_page(1)

    @key("pageup", "PgUp")
    def page_up(self) -> None:
        """Scroll up."""
        self._screen.comment.scroll_page(-1)
