"""What keys do beside ticking: mark words, look at one's decisions, ask, propose a theme."""

from collections.abc import Callable

from coder.decisions import Remark
from coder.errors import CoderError
from coder.reviewing.news import Beside, News
from coder.reviewing.remarks_desk import LONGEST_NAME
from coder.reviewing.screen.decision_list import MyDecisionsDialog
from coder.reviewing.screen.remark_dialogs import RemarksDialog, WritingDialog
from coder.reviewing.screen.review_screen import ReviewScreen
from coder.reviewing.screen.words_dialog import WordsDialog
from coder.screen.keys import key
from coder.screen.styled_text import error_text, one_line
from coder.text import count


class DeskActions:
    """Mark words, and talk about comments.

    Args:
        beside: where remarks are kept.
    """

    def __init__(self, screen: ReviewScreen, beside: Beside) -> None:
        self._screen = screen
        self._session = screen.session
        self._beside = beside

    @key("w", "w", hint="w words")
    def mark_words(self) -> None:
        """Mark the words that carry the theme under the cursor."""
        theme_id = self._screen.themes.selected_theme
        if not theme_id or self._session.pick is None:
            return
        others = [t for t in self._session.draft.themes if t != theme_id]
        dialog = WordsDialog(self._session, [theme_id, *others], self._screen.say)
        self._screen.app.push_screen(dialog)

    @key("v", "v", hint="v mine")
    def show_mine(self) -> None:
        """View your decisions: filter, open, withdraw."""
        flagged = self._beside.remarks.flagged()
        still_open = []
        for comment_id, is_open in flagged.items():
            if is_open:
                still_open.append(comment_id)
        dialog = MyDecisionsDialog(self._session, still_open, self._screen.say)
        self._screen.app.push_screen(dialog, self._open)

    @key("F", "F", hint="F ask")
    def flag(self) -> None:
        """Flag the comment with a question to the others."""
        pick = self._session.pick
        if pick is None:
            return

        def send(texts: tuple[str, ...] | None) -> None:
            if texts is not None:
                self._write(
                    "asked",
                    lambda: self._beside.remarks.flag(pick.comment_id, texts[0]),
                )

        title = f"A question about {pick.comment_id}"
        asked = "what is to be discussed? Everybody can read it and answer."
        self._screen.app.push_screen(WritingDialog(title, (asked,)), send)

    @key("P", "P")
    def propose(self) -> None:
        """Propose a theme, with this comment as an example."""
        pick = self._session.pick
        if pick is None:
            return

        def send(texts: tuple[str, ...] | None) -> None:
            if texts is None:
                return
            name, why = texts
            theme = self._theme_named(name)
            if theme:
                self._screen.say(f"there is a theme of this name: {theme}")
                return
            self._write(
                "proposed to the lead",
                lambda: self._beside.remarks.propose(name, why, pick.comment_id),
            )

        asked = (f"its name, at most {LONGEST_NAME} characters", "why it is needed")
        title = f"A theme that is missing, as in {pick.comment_id}"
        self._screen.app.push_screen(WritingDialog(title, asked), send)

    def _theme_named(self, name: str) -> str:
        """The theme with this name, in any capitals; empty where there is none."""
        wanted = name.strip().casefold()
        for theme in self._session.codebook.active:
            if wanted in (theme.name.casefold(), theme.short.casefold()):
                return theme.name
        return ""

    @key("Q", "Q")
    def show_remarks(self) -> None:
        """Questions, proposed themes and the answers to them."""
        remarks, person = self._beside.remarks, self._session.reviewer
        dialog = RemarksDialog(remarks, person, self._screen.draw)
        self._screen.app.push_screen(dialog, self._open)

    def hear(self, news: News) -> None:
        """Tell the reviewer what happened beside the session."""
        answers = self._beside.remarks.hear(news.remarks)
        if answers:
            answer = answers[-1]
            who = one_line(answer.reviewer)
            where = one_line(answer.comment_id)
            message = f"{who} answered about {where} (Q shows it)"
            if len(answers) > 1:
                message = (
                    f"{count(len(answers), 'answer')} to what you asked (Q shows them)"
                )
            self._screen.say(message)
        if news.change is not None:
            self._screen.say(
                f"the codebook changed: {news.change.description}. What you decided is kept; "
                "q and the same command go on with it"
            )

    def _open(self, comment_id: str | None) -> None:
        """Put a comment in front that was chosen in a list."""
        message = ""
        if comment_id is not None and not self._session.go_to(comment_id):
            message = "this comment is not among those of the project now"
        self._screen.say(message)

    def _write(self, done: str, write: Callable[[], Remark]) -> None:
        """Write a remark, and say that it is written or why not."""
        try:
            write()
        except CoderError as error:
            self._screen.say(error_text(error).replace("\n", ". "))
            return
        self._screen.say(f"{done}: Q shows what was said")
