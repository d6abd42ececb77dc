"""A project with its review screens, and what a test reads from a screen."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from textual.pilot import Pilot
from textual.widgets import Input

from coder.decisions import Decision, judgements, read_decisions
from coder.project import Project
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import OpenReview, open_session
from coder.reviewing.screen.app import ReviewApp, SessionSummary
from coder.reviewing.screen.background import NO_JOBS, BackgroundJobs
from review_helpers import (
    BOOK,
    book_at,
    comments_table,
    labels_table,
    plain_texts,
    project_at,
)

SIZE = (80, 24)


class Desk:
    """A project and its review screens."""

    def __init__(self, folder: Path, texts: dict[str, str] | None = None, book: str = BOOK) -> None:
        self.folder = folder
        self.path, self.book = book_at(folder, book)
        self.comments = comments_table(texts or plain_texts())
        labels = labels_table(self.comments, self.book)
        self.project = project_at(folder / "plan.coding", self.comments, labels=labels)

    def copy(self, folder: Path) -> "Desk":
        """The same project in another folder; the codebook and the comments are shared."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = Desk.__new__(Desk)
        other.folder = folder
        other.path = folder / self.path.name
        other.book, other.comments = self.book, self.comments
        other.project = Project(folder / "plan.coding")
        return other

    def open(self, reviewer: str = "amira", **mode: Any) -> OpenReview:
        return open_session(self.project, self.book, self.path, reviewer, ReviewMode(**mode))

    @asynccontextmanager
    async def screen(
        self,
        *,
        size: tuple[int, int] = SIZE,
        at: str = "",
        reviewer: str = "amira",
        light: bool = False,
        jobs: BackgroundJobs = NO_JOBS,
        opened: OpenReview | None = None,
        **mode: Any,
    ) -> AsyncIterator[tuple[ReviewApp, Pilot[SessionSummary]]]:
        """A running screen; `at` is the comment in front, `mode` as in `open`."""
        opened = opened or self.open(reviewer, **mode)
        if at:
            opened.session.go_to(at)
        app = ReviewApp(
            opened.session,
            opened.writer,
            title=self.book.title,
            attributes=opened.attributes,
            light=light,
            jobs=jobs,
            notes=opened.notes,
            beside=opened.beside,
        )
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            yield app, pilot
        opened.writer.close()

    def read(self) -> list[Decision]:
        return list(read_decisions(self.path).decisions)

    def judged(self) -> pd.DataFrame:
        return judgements(self.read(), self.book)


def shown(app: ReviewApp) -> list[str]:
    """The screen's lines as text."""
    return ["".join(s.text for s in line) for line in app.screen._compositor.render_strips()]


def whole(app: ReviewApp) -> str:
    return "\n".join(shown(app))


async def type_in(app: ReviewApp, pilot: Pilot[SessionSummary], text: str) -> None:
    """Fill the box of the open dialog at once; key by key is slow."""
    app.screen.query_one(Input).value = text
    await pilot.pause()


async def until(pilot: Pilot[SessionSummary], condition: Callable[[], object]) -> None:
    """Let the app run until a condition holds."""
    for _ in range(1000):
        if condition():
            break
        await asyncio.sleep(0.005)
    assert condition()
    await pilot.pause()


async def saved(app: ReviewApp, pilot: Pilot[SessionSummary]) -> None:
    """Let the app run until the writer is through."""
    await until(pilot, lambda: not app.writer.pending)


def here(app: ReviewApp) -> str:
    assert app.session.pick is not None
    return app.session.pick.comment_id


def ticked(app: ReviewApp) -> set[str]:
    return {row.theme_id for row in app.session.rows() if row.ticked}


def cursor(app: ReviewApp) -> str:
    entry = app.review.themes.selected
    assert entry is not None
    return f"{entry.theme_id}={entry.position_id}" if entry.position_id else entry.theme_id
