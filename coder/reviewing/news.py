"""What happens beside a session: remarks that others write, a codebook that is changed."""

from pathlib import Path
from typing import NamedTuple

from coder.codebook import Codebook
from coder.decisions import Remark, decisions_folder
from coder.reviewing.codebook_watch import CodebookChange, CodebookWatcher
from coder.reviewing.context import ReviewContext
from coder.reviewing.remarks_desk import RemarksDesk, RemarksReader
from coder.text import count


class News(NamedTuple):
    """What is new; nothing of it counts until somebody takes it in."""

    remarks: tuple[Remark, ...]
    change: CodebookChange | None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing happened."""
        return not self.remarks and self.change is None


class NewsReader:
    """Tells what is new since it was asked last; may be called in a thread.

    Args:
        codebook_path: the file of `codebook`.
    """

    def __init__(self, codebook_path: Path, codebook: Codebook) -> None:
        self._read_remarks = RemarksReader(decisions_folder(codebook_path))
        self._watch_codebook = CodebookWatcher(codebook_path, codebook)

    def __call__(self) -> News:
        """The news."""
        return News(tuple(self._read_remarks()), self._watch_codebook())


class Beside(NamedTuple):
    """What goes on beside a session.

    Attributes:
        remarks: questions, answers and proposed themes.
        news: tells what is new since the session began.
        notes: what to tell the reviewer at the beginning.
    """

    remarks: RemarksDesk
    news: NewsReader
    notes: tuple[str, ...]


def open_beside(context: ReviewContext, codebook_path: Path) -> Beside:
    """What goes on beside a session that begins now.

    Args:
        codebook_path: the file of the session's codebook.
    """
    news = NewsReader(codebook_path, context.codebook)
    folder = decisions_folder(codebook_path)
    written = news().remarks
    remarks = RemarksDesk(folder, context.project, context.reviewer, written)
    times = (decision.decided_at for decision in context.own_decisions())
    answers = remarks.answers_since(max(times, default=""))
    notes = []
    if answers:
        answered = count(len(answers), "answer")
        notes.append(f"{answered} to what you asked since you were last here")
    return Beside(remarks, news, tuple(notes))
