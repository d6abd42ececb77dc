"""Work in threads beside the review: learning, finding similar comments, other reviewers'
decisions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import App
from textual.message import Message

from coder.decisions import Decision
from coder.reviewing.news import News
from coder.reviewing.suggestions import Neighbours, Suggestions
from coder.screen.styled_text import error_text

LEARN_AFTER = 25  # decisions
# Seconds until the first comment is on the screen and other work may begin.
SETTLED = 0.5
READ_OTHERS_EVERY = 5.0  # seconds


class SuggestionsLearned(Message):
    """The model learned from the decisions; or could not, and `problem` says why."""

    def __init__(self, suggestions: Suggestions | None, problem: str = "") -> None:
        super().__init__()
        self.suggestions = suggestions
        self.problem = problem


class NeighboursFound(Message):
    """It is known which comments are similar."""

    def __init__(self, neighbours: Neighbours) -> None:
        super().__init__()
        self.neighbours = neighbours


class DecisionsArrived(Message):
    """Somebody decided something: another reviewer, this window, or another one of this
    reviewer.
    """

    def __init__(self, decisions: Sequence[Decision]) -> None:
        super().__init__()
        self.decisions = decisions


class NewsArrived(Message):
    """Something happened beside the session."""

    def __init__(self, news: News) -> None:
        super().__init__()
        self.news = news


def do_nothing() -> None:
    """Stands in where there is nothing to call."""


@dataclass(frozen=True)
class BackgroundJobs:
    """What the review may call in threads; None where there is nothing to call.

    Attributes:
        learn: learns from the decisions on disk and returns new suggestions.
        learn_at_start: whether to call `learn` at once, because there are no suggestions yet.
        find_neighbours: returns which comments are similar; called once.
        new_decisions: decisions that anybody wrote since the last call.
        news: what happened beside the session since the last call.
        stop: called at the end of the review, so that the threads end too.
    """

    learn: Callable[[], Suggestions] | None = None
    learn_at_start: bool = False
    find_neighbours: Callable[[], Neighbours] | None = None
    new_decisions: Callable[[], Sequence[Decision]] | None = None
    news: Callable[[], News] | None = None
    stop: Callable[[], None] = do_nothing


NO_JOBS = BackgroundJobs()


class BackgroundWork:
    """Runs the jobs and posts their results to the app as messages."""

    def __init__(self, app: App[Any], jobs: BackgroundJobs) -> None:
        self._app = app
        self._jobs = jobs
        self._decisions = 0  # since learning last began
        self._learning = False

    @property
    def status(self) -> str:
        """What to tell the reviewer about work in progress."""
        if self._learning:
            return "updating the suggestions …"
        return ""

    def start(self) -> None:
        """Begin; what takes long waits until the first comment is on the screen."""
        if self._jobs.learn_at_start:
            self.learn()
        if self._jobs.find_neighbours is not None:
            find = partial(self._find_neighbours, self._jobs.find_neighbours)
            self._app.set_timer(SETTLED, partial(self._run, find, "neighbours"))
        if self._jobs.new_decisions is not None:
            self._app.set_interval(READ_OTHERS_EVERY, self.read_decisions)
        if self._jobs.news is not None:
            self._app.set_interval(READ_OTHERS_EVERY, self.read_news)

    def count_decision(self) -> None:
        """Count a decision of the reviewer; learn when there are enough of them."""
        self._decisions += 1
        if self._decisions >= LEARN_AFTER:
            self.learn()

    def learn(self) -> None:
        """Learn from the decisions on disk, unless that is going on already."""
        if self._jobs.learn is None or self._learning:
            return
        self._learning = True
        self._decisions = 0
        self._run(partial(self._learn, self._jobs.learn), "learn")

    def end_learning(self) -> None:
        """Allow to learn again; for the app to call when it has the result."""
        self._learning = False

    def _learn(self, learn: Callable[[], Suggestions]) -> None:
        try:
            message = SuggestionsLearned(learn())
        except Exception as error:  # whatever failed here must not end the review
            message = SuggestionsLearned(None, error_text(error))
        self._app.post_message(message)

    def _find_neighbours(self, find: Callable[[], Neighbours]) -> None:
        try:
            neighbours = find()
        except Exception:  # the review goes on without
            return
        self._app.post_message(NeighboursFound(neighbours))

    def read_decisions(self) -> None:
        """Read what others decided meanwhile."""
        if self._jobs.new_decisions is not None:
            self._run(
                partial(self._read_decisions, self._jobs.new_decisions), "decisions"
            )

    def _read_decisions(self, read: Callable[[], Sequence[Decision]]) -> None:
        decisions = read()
        if decisions:
            self._app.post_message(DecisionsArrived(decisions))

    def read_news(self) -> None:
        """Look at what happens beside the session."""
        if self._jobs.news is not None:
            self._run(partial(self._read_news, self._jobs.news), "news")

    def _read_news(self, read: Callable[[], News]) -> None:
        news = read()
        if not news.is_nothing:
            self._app.post_message(NewsArrived(news))

    def _run(self, job: Callable[[], None], group: str) -> None:
        self._app.run_worker(
            job, thread=True, group=group, exclusive=True, exit_on_error=False
        )

    def stop(self) -> None:
        """Let the threads end."""
        self._jobs.stop()
