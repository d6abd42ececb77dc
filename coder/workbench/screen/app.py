"""The app of the workbench: session, screen and keys together."""

from collections.abc import Callable
from typing import NamedTuple

from textual import on
from textual.content import Content

from coder.screen import dialogs
from coder.screen.dialogs import QuestionDialog, TextDialog
from coder.screen.keyed_app import DARK, LIGHT, KeyedApp
from coder.screen.keys import Keymap, help_page, hint_line, key
from coder.screen.widgets import Lines
from coder.text import count
from coder.workbench.screen import desk
from coder.workbench.screen.desk import DeskScreen
from coder.workbench.screen.group_actions import GroupActions
from coder.workbench.screen.reading_actions import ReadingActions
from coder.workbench.screen.texts import EXPLANATIONS, heading
from coder.workbench.session import Session

HINTS = (
    "make_theme",
    "merge_near",
    "rename",
    "drop",
    "put_off",
    "split",
    "read_on",
    "mark",
    "go_to_comments",
    "nest",
    "merge_by_name",
    "merge_marked",
    "switch_views",
)
HINTS_ALWAYS = ("undo", "write", "show_help", "leave")
REGROUPED = (
    "coder cluster ran again since this work began. Themes, and what you dropped or put off, stay "
    "either way."
)


class Summary(NamedTuple):
    """How the work was left."""

    written: bool  # the codebook was written in this session
    themes: int
    to_decide: int


class WorkbenchApp(KeyedApp[Summary]):
    """One person at the workbench.

    Args:
        title: of the project.
        into: the codebook's name.
        write: writes the codebook and says what it wrote.
    """

    CSS = desk.STYLE + dialogs.STYLE
    HORIZONTAL_BREAKPOINTS = desk.BREAKPOINTS

    def __init__(
        self,
        session: Session,
        write: Callable[[], str],
        *,
        title: str,
        into: str,
        by: str,
        language: str = "en",
        light: bool = False,
        message: str = "",
    ) -> None:
        super().__init__(light=light)
        self.session = session
        self._write = write
        self._into = into
        self._written = False
        self.desk = DeskScreen(
            session,
            title=heading(title, into, by),
            language=language,
            hints=self._hints,
        )
        self.desk.message = message
        keymap = Keymap(
            {
                "Deciding": GroupActions(self.desk),
                "Moving and reading": ReadingActions(self.desk),
                "The program": self,
            }
        )
        self.use_keys(keymap)

    def get_default_screen(self) -> DeskScreen:
        """The screen under all dialogs; Textual asks for it."""
        return self.desk

    def on_mount(self) -> None:
        """Leave cleanly when the terminal closes; ask about a new grouping."""
        self.watch_terminal(self.finish)
        if self.session.regrouped:
            self.call_after_refresh(self._ask_about_regrouping)

    def action_press(self, name: str) -> None:
        """Do what a key is for; where a step cannot be saved, say so and change nothing."""
        if self.screen is not self.desk:
            return
        self.desk.attempt(lambda: self.keymap.press(name))

    @on(Lines.Clicked, "#groups")
    def choose_clicked(self, event: Lines.Clicked) -> None:
        """Choose the group that was clicked."""
        group_id = self.desk.groups.group_at(event.line)
        if group_id:
            self.desk.select(group_id)
            self.desk.say()

    @on(Lines.Clicked, "#comments")
    def go_to_clicked(self, event: Lines.Clicked) -> None:
        """Put the cursor on the comment that was clicked."""
        self.desk.go_to_comment(self.desk.comments.comment_at(event.line))

    def _hints(self, width: int) -> Content:
        return hint_line(
            self.keymap.hints(HINTS), self.keymap.hints(HINTS_ALWAYS), width
        )

    def _ask_about_regrouping(self) -> None:
        answers = {
            "n": "use the new candidates for what is still to be decided",
            "o": "go on with the old ones, and do not ask again",
            "escape": "decide later",
        }

        def take(answer: str | None) -> None:
            if answer == "n":
                self.session.take_new_candidates()
                self.desk.select_first()
            elif answer == "o":
                self.session.keep_old_candidates()
            self.desk.say()

        self.desk.ask(QuestionDialog(REGROUPED, answers), take)

    # ------------------------------------------------------------ keys of the program

    @key("z,ctrl+z", "z Ctrl+Z", hint="z undo")
    def undo(self) -> None:
        """Undo the last step; every step can be undone."""
        self._after_undo("undone", self.session.undo())

    @key("Z,ctrl+y", "Z Ctrl+Y")
    def redo(self) -> None:
        """Redo what was undone."""
        self._after_undo("done again", self.session.redo())

    def _after_undo(self, word: str, step: str) -> None:
        self.desk.marked_groups.clear()
        self.desk.select(self.session.touched or self.desk.selected)
        self.desk.say(f"{word}: {step}" if step else "nothing to undo or redo")

    @key("w", "w", hint="w write")
    def write(self) -> None:
        """Write the codebook."""
        board = self.session.board
        themes = len(board.standing("theme"))
        if not themes:
            self.desk.say("there is no theme yet: Enter makes the candidate a theme")
            return
        question = [f"Write {count(themes, 'theme')} to {self._into}?"]
        undecided = len(board.standing("open"))
        if undecided:
            question.append(
                f"{count(undecided, 'group')} to decide will not be in it. You can go on later."
            )
        answers = {
            "w": "write it and quit",
            "g": "write it and go on",
            "escape": "do not write",
        }

        def take(answer: str | None) -> None:
            if answer in ("w", "g"):
                self._write_codebook(leave=answer == "w")

        self.desk.ask(QuestionDialog("\n\n".join(question), answers), take)

    def _write_codebook(self, *, leave: bool) -> None:
        message = self._write()
        self._written = True
        if leave:
            self.finish()
        else:
            self.desk.say(message)

    @key("l", "l")
    def switch_light(self) -> None:
        """Switch between light and dark."""
        self.theme = LIGHT if self.theme == DARK else DARK

    @key("question_mark,f1", "? F1", hint="? help")
    def show_help(self) -> None:
        """Show this page."""
        page = help_page(self.keymap, EXPLANATIONS)
        self.push_screen(TextDialog(page, "Help"))

    @key("q", "q Ctrl+Q", hint="q quit")
    def leave(self) -> None:
        """Quit; every step is kept, and the next start goes on from here."""
        self.finish()

    async def action_quit(self) -> None:
        """Ctrl+Q, which Textual binds."""
        self.finish()

    def action_help_quit(self) -> None:
        """Ctrl+C, likewise: every step is saved already."""
        self.finish()

    def finish(self) -> None:
        """Leave the screen."""
        board = self.session.board
        self.exit(
            Summary(
                self._written,
                len(board.standing("theme")),
                len(board.standing("open")),
            )
        )
