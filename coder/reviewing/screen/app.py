"""The review app: brings session, screen, keys, background work and saving together."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from textual import on
from textual.content import Content
from textual.message import Message

from coder.errors import CoderError, for_command_line
from coder.reviewing.news import Beside
from coder.reviewing.queue import Pick
from coder.reviewing.screen import review_screen
from coder.reviewing.screen.background import (
    NO_JOBS,
    BackgroundJobs,
    BackgroundWork,
    DecisionsArrived,
    NeighboursFound,
    NewsArrived,
    SuggestionsLearned,
    do_nothing,
)
from coder.reviewing.screen.comment_actions import ReadingActions
from coder.reviewing.screen.comparison import comparison_dialog
from coder.reviewing.screen.desk_actions import DeskActions
from coder.reviewing.screen.modes import MODES, ScreenMode
from coder.reviewing.screen.review_screen import ReviewScreen
from coder.reviewing.screen.writer import DecisionWriter
from coder.reviewing.session import Session
from coder.screen import dialogs
from coder.screen.dialogs import QuestionDialog, TextDialog
from coder.screen.keyed_app import DARK, LIGHT, MOMENT, KeyedApp
from coder.screen.keys import Keymap, help_page, hint_line, key
from coder.screen.styled_text import error_text
from coder.screen.widgets import Lines
from coder.text import count

HINTS_AT_END = ("go_back", "search", "undo")  # when there is nothing left to review
HINTS_ALWAYS = ("show_help", "leave")


class SavingAttempted(Message):
    """Decisions were saved, or could not be."""


class SessionSummary(NamedTuple):
    """What was done in a session."""

    decided: int  # comments whose decisions are on disk, copies included
    seconds: float
    words_read: int
    unsaved: int  # decisions that could not be saved
    skipped: int  # comments


class ReviewApp(KeyedApp[SessionSummary]):
    """One reviewer at the screen.

    Args:
        writer: saves the decisions of `session`.
        title: of the codebook.
        attributes: columns of the comments that describe the respondent.
        jobs: what to do in the background.
        notes: what to tell the reviewer at the start.
        beside: remarks, and what else happens beside the session.
    """

    CSS = review_screen.STYLE + dialogs.STYLE
    HORIZONTAL_BREAKPOINTS = review_screen.BREAKPOINTS

    def __init__(
        self,
        session: Session,
        writer: DecisionWriter,
        *,
        title: str,
        attributes: Sequence[str] = (),
        light: bool = False,
        jobs: BackgroundJobs = NO_JOBS,
        notes: Sequence[str] = (),
        beside: Beside,
    ) -> None:
        super().__init__(light=light)
        if session.blind:  # nothing learned may be shown
            jobs = replace(jobs, learn=None)
        self.session = session
        self.writer = writer
        self.background = BackgroundWork(self, jobs)
        self._started = time.monotonic()
        self._asking_to_retry = False
        self._leaving = False
        mode = MODES[session.kind]
        self._explanations = mode.explanations
        self.review = ReviewScreen(
            session,
            mode.themes(session),
            heading=_heading(title, session, mode),
            attributes=attributes,
            shares=mode.shares,
            status=lambda: (writer.status, self.background.status),
            hints=self._hints,
        )
        self.review.message = "  ·  ".join(for_command_line(note) for note in notes)
        decisions = mode.decision_actions(self.review, self._count_decision)
        self._theme_actions = mode.theme_actions(self.review, decisions)
        self._desk = DeskActions(self.review, beside)
        keymap = Keymap(
            {
                "Deciding and moving": decisions,
                "The list of themes": self._theme_actions,
                "Reading": ReadingActions(self.review),
                "Words, lists and questions": self._desk,
                "The program": self,
            }
        )
        self.use_keys(keymap)

    def get_default_screen(self) -> ReviewScreen:
        """The screen under all dialogs; Textual asks for it."""
        return self.review

    def on_mount(self) -> None:
        """Start background work, and leave cleanly when the terminal closes."""
        self.writer.changed = lambda: self.post_message(SavingAttempted())
        self.watch_terminal(self._leave)
        self.background.start()

    def action_press(self, name: str) -> None:
        """Do what a key is for; keys and clicks on the hint line call this."""
        if self._theme_actions.break_off(name):
            return
        self.keymap.press(name)

    @on(Lines.Clicked, "#themes")
    def tick_clicked(self, event: Lines.Clicked) -> None:
        """Tick the line of the list that was clicked."""
        self._theme_actions.tick_line(event.line)

    def _hints(self, width: int) -> Content:
        methods = self._theme_actions.hints
        if self.session.pick is None:
            methods = HINTS_AT_END
        return hint_line(
            self.keymap.hints(methods), self.keymap.hints(HINTS_ALWAYS), width
        )

    # ------------------------------------------------------------ keys of the program

    @key("r", "r")
    def update_suggestions(self) -> None:
        """Update the suggestions; done every 25 decisions too."""
        if self.session.blind:
            self.review.say("a blind session shows no suggestions")
            return
        self.background.learn()
        self.review.draw_status()

    @key("l", "l")
    def switch_light(self) -> None:
        """Switch between light and dark."""
        self.theme = LIGHT if self.theme == DARK else DARK

    @key("question_mark,f1", "? F1", hint="? help")
    def show_help(self) -> None:
        """Show this page."""
        page = help_page(self.keymap, self._explanations)
        self.push_screen(TextDialog(page, "Help"))

    @key("q", "q Ctrl+Q", hint="q quit")
    def leave(self) -> None:
        """Quit; saved decisions are kept."""
        if len(self.screen_stack) > 1:
            return
        if not self.session.changed:
            self._leave()
            return

        def leave_or_stay(answer: str | None) -> None:
            if answer == "s":
                self.session.save()
            if answer in ("s", "q"):
                self._leave()

        open_disputes = len(self.session.settle.open_disputes())
        self.push_screen(_question_at_end(open_disputes), leave_or_stay)

    async def action_quit(self) -> None:
        """Ctrl+Q, which Textual binds: not without the question about changes."""
        self.leave()

    def action_help_quit(self) -> None:
        """Ctrl+C, likewise."""
        self.leave()

    # ------------------------------------------------------------ what the threads tell

    @on(SavingAttempted)
    def show_saving(self) -> None:
        """Show what is saved; ask what to do where saving failed; leave once all is saved."""
        if self.writer.error is not None and not self._asking_to_retry:
            if self.is_typing:  # a key meant for the list must not answer the question
                self.set_timer(MOMENT, self.show_saving)
            else:
                self._ask_to_retry(self.writer.error)
        if self._leaving and not self.writer.pending:
            self._finish()
        if self.screen is self.review:
            self.review.draw_status()

    def _ask_to_retry(self, error: CoderError) -> None:
        self._asking_to_retry = True

        def retry_or_leave(answer: str | None) -> None:
            self._asking_to_retry = False
            if answer == "q":
                self._finish()
            else:
                self.writer.retry()

        unsaved = count(self.writer.pending, "decision")
        question = f"{unsaved} could not be saved.\n\n{error_text(error)}"
        answers = {"q": "quit without saving", "r": "try again"}
        self.push_screen(QuestionDialog(question, answers), retry_or_leave)

    def _count_decision(self) -> None:
        self.background.count_decision()
        self.review.draw_status()
        trainer = self.session.trainer
        if trainer is not None and trainer.last is not None:
            dialog = comparison_dialog(self.session.codebook, trainer)
            self.push_screen(dialog, self._leave_if_finished)
        else:
            self._leave_if_finished(None)

    def _leave_if_finished(self, _: None) -> None:
        if is_finished(self.session):
            self._leave()

    @on(SuggestionsLearned)
    def use_suggestions(self, event: SuggestionsLearned) -> None:
        """Go on with the new suggestions; the comment in front stays as it is."""
        self.background.end_learning()
        if event.suggestions is None:
            reason = event.problem.partition("\n")[0] or "no reason given"
            self.review.say(f"the suggestions could not be updated: {reason}")
        elif self.session.learn(event.suggestions):
            self.review.say("suggestions updated from the decisions so far")
        else:
            self.review.say(
                "the codebook has other themes now: quit and start again to use them"
            )

    @on(NeighboursFound)
    def use_neighbours(self, event: NeighboursFound) -> None:
        """Similarity becomes a reason for suggestions."""
        self.session.neighbours = event.neighbours
        self.review.draw()

    @on(NewsArrived)
    def use_news(self, event: NewsArrived) -> None:
        """Tell of answers to questions, and of a changed codebook."""
        self._desk.hear(event.news)

    @on(DecisionsArrived)
    def use_decisions(self, event: DecisionsArrived) -> None:
        """Leave out what others decided; tell what was decided elsewhere under this name."""
        elsewhere = self.session.hear(event.decisions)
        if is_finished(self.session) and not self.session.changed:
            self._leave()
        if elsewhere:
            self.review.say(_describe_elsewhere(elsewhere, self.session.pick))

    # ------------------------------------------------------------ leaving

    def _leave(self) -> None:
        """Leave as soon as everything is on disk."""
        self._leaving = True
        if self.writer.pending and self.writer.error is None:
            self.review.draw_status()
            return
        self._finish()

    def _finish(self) -> None:
        self.writer.changed = do_nothing
        self.background.stop()
        self.exit(
            SessionSummary(
                decided=len(self.session.decided & self.writer.comments),
                seconds=time.monotonic() - self._started,
                words_read=self.session.words_read,
                unsaved=self.writer.pending,
                skipped=self.session.skipped,
            )
        )


def _describe_elsewhere(comment_ids: Sequence[str], pick: Pick | None) -> str:
    comments = count(len(comment_ids), "comment")
    message = f"decided elsewhere under your name: {comments}"
    if pick is not None and pick.comment_id in comment_ids:
        message += ", including this one"
    return message


def is_finished(session: Session) -> bool:
    """Whether a session that ends by itself has no comment left."""
    mode = session.context.mode
    return (mode.start or mode.train) and session.progress().left == 0


def _question_at_end(open_disputes: int) -> QuestionDialog:
    """What to do with changes; they can be saved when every dispute is answered."""
    answers = {
        "s": "save and quit",
        "q": "quit without saving",
        "escape": "continue reviewing",
    }
    question = "Your changes to this comment are not saved."
    if open_disputes:
        del answers["s"]
        question += f" Not answered yet: {count(open_disputes, 'dispute')}."
    return QuestionDialog(question, answers)


def _heading(title: str, session: Session, mode: ScreenMode) -> str:
    """The top line: codebook, reviewer, kind of session."""
    assistance = "assisted"
    if session.blind:
        assistance = "blind: no suggestions"
    elif session.kind == "adjudicate":
        assistance = ""
    elif session.context.mode.sample is not None:
        assistance = "not blind"
    parts = (title, session.reviewer, mode.title, assistance)
    return " · ".join(part for part in parts if part)
