"""What reviewers and leads say to each other of comments: questions, answers, new themes."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from coder.decisions import Remark, standing_remarks, store_document
from coder.decisions.documents import document_paths, read_document
from coder.errors import CoderError

LONGEST_REMARK = 2_000  # characters
LONGEST_NAME = 100  # characters of the name of a proposed theme


class Thread(NamedTuple):
    """A question about a comment, or a proposed theme, with the answers to it.

    Attributes:
        remark: the question or the proposal.
        answers: in their order.
    """

    remark: Remark
    answers: tuple[Remark, ...]

    @property
    def is_open(self) -> bool:
        """Nobody but its author has answered."""
        author = self.remark.reviewer
        return all(answer.reviewer == author for answer in self.answers)

    @property
    def last(self) -> str:
        """When it was last written in."""
        return max(remark.made_at for remark in (self.remark, *self.answers))

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        answers = [answer.model_dump(mode="json") for answer in self.answers]
        remark = self.remark.model_dump(mode="json")
        return {**remark, "is_open": self.is_open, "answers": answers}


class RemarksReader:
    """Reads the remarks beside a codebook; each call gives those that came since the last.

    Args:
        folder: of the decisions.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: set[str] = set()

    def __call__(self) -> list[Remark]:
        """The new remarks, of any project, in the order in which they were made.

        A file that cannot be read, or not yet because it is being copied, is left out and
        looked at again: `coder check` names those that were changed.
        """
        remarks = []
        for path in document_paths(self._folder, Remark):
            if path.name in self._read:
                continue
            try:
                remarks.append(read_document(path, Remark))
            except (CoderError, OSError):
                continue
            self._read.add(path.name)
        return sorted(remarks, key=lambda remark: (remark.made_at, remark.id))


class RemarksDesk:
    """The remarks of one project as one person sees and writes them.

    What is written is on disk when a method returns.

    Args:
        folder: of the decisions.
        remarks: those known at the beginning; `hear` adds those that come later.
    """

    def __init__(
        self, folder: Path, project: str, person: str, remarks: Iterable[Remark] = ()
    ) -> None:
        self._folder = folder
        self._project = project
        self._person = person
        self._remarks: dict[str, Remark] = {}
        self._add(remarks)

    def _add(self, remarks: Iterable[Remark]) -> None:
        for remark in remarks:
            if remark.project == self._project:
                self._remarks[remark.id] = remark

    def hear(self, remarks: Sequence[Remark]) -> list[Remark]:
        """Take in remarks that others wrote, or this person elsewhere; returns the answers to
        this person's own that were not known.
        """
        new = [remark for remark in remarks if remark.id not in self._remarks]
        self._add(new)
        return [remark for remark in new if self._is_answer_to_own(remark)]

    def _is_answer_to_own(self, remark: Remark) -> bool:
        asked = self._remarks.get(remark.about)
        is_own = asked is not None and asked.reviewer == self._person
        return is_own and not remark.undoes and remark.reviewer != self._person

    def answers_since(self, moment: str) -> list[Remark]:
        """Others' answers to this person's remarks, made after a time (ISO 8601, UTC)."""
        standing = standing_remarks(self._remarks.values(), self._project)
        return [
            remark
            for remark in standing
            if remark.made_at > moment and self._is_answer_to_own(remark)
        ]

    def threads(self) -> list[Thread]:
        """All questions and proposals that were not taken back: open ones first, then the one
        last written in.
        """
        threads = threads_of(self._remarks.values(), self._project)
        threads.sort(key=lambda thread: thread.last, reverse=True)
        return sorted(threads, key=lambda thread: not thread.is_open)

    def thread(self, remark_id: str) -> Thread | None:
        """The question or proposal with this id; None where there is none."""
        for thread in self.threads():
            if thread.remark.id == remark_id:
                return thread
        return None

    def flagged(self) -> dict[str, bool]:
        """The comments that this person asked about, each with whether a question is open."""
        flagged: dict[str, bool] = {}
        for thread in self.threads():
            remark = thread.remark
            if remark.kind == "flag" and remark.reviewer == self._person:
                known = flagged.get(remark.comment_id, False)
                flagged[remark.comment_id] = known or thread.is_open
        return flagged

    # ------------------------------------------------------------ writing

    def wrote(self, key: str) -> bool:
        """Whether this person wrote a remark under a key, in whatever window."""
        for remark in self._remarks.values():
            if remark.key == key and remark.reviewer == self._person:
                return True
        return False

    def flag(
        self, comment_id: str, question: str, theme_id: str = "", key: str = ""
    ) -> Remark:
        """Ask a question about a comment.

        Args:
            key: of the remark; empty for a new one.

        Raises:
            CoderError: nothing is asked, or it cannot be stored.
        """
        return self._store(
            Remark(
                project=self._project,
                kind="flag",
                comment_id=comment_id,
                theme_id=theme_id,
                text=_checked(question, "the question"),
                reviewer=self._person,
            ),
            key,
        )

    def propose(self, name: str, why: str, comment_id: str, key: str = "") -> Remark:
        """Propose a theme with a comment as an example.

        Raises:
            CoderError: it has no name, or it cannot be stored.
        """
        return self._store(
            Remark(
                project=self._project,
                kind="proposal",
                comment_id=comment_id,
                name=_checked(name, "the name of the theme", LONGEST_NAME),
                text=why.strip()[:LONGEST_REMARK],
                reviewer=self._person,
            ),
            key,
        )

    def answer(self, remark_id: str, text: str, key: str = "") -> Remark:
        """Answer a question or a proposal.

        Raises:
            CoderError: there is no such remark, nothing is said, or it cannot be stored.
        """
        asked = self._asked(remark_id)
        return self._store(
            Remark(
                project=self._project,
                kind="answer",
                comment_id=asked.comment_id,
                theme_id=asked.theme_id,
                text=_checked(text, "the answer"),
                about=asked.id,
                reviewer=self._person,
            ),
            key,
        )

    def take_back(self, remark_id: str) -> Remark:
        """Take back a question, a proposal or an answer of one's own.

        Raises:
            CoderError: there is no such remark, somebody else wrote it, or this cannot be
                stored.
        """
        remark = self._remarks.get(remark_id)
        if remark is None or remark.reviewer != self._person:
            raise CoderError(
                "this remark is not yours to take back",
                "Answer it instead, or ask its author.",
            )
        undoing = Remark(
            project=self._project,
            kind=remark.kind,
            comment_id=remark.comment_id,
            reviewer=self._person,
            undoes=remark.id,
        )
        return self._store(undoing)

    def _asked(self, remark_id: str) -> Remark:
        thread = self.thread(remark_id)
        if thread is None:
            raise CoderError(
                "there is no such question or proposal",
                "It may have been taken back: look at the list again.",
            )
        return thread.remark

    def _store(self, remark: Remark, key: str = "") -> Remark:
        if key:
            remark = remark.model_copy(update={"key": key})
        store_document(self._folder, remark)
        self._add([remark])
        return remark


def read_threads(folder: Path, project: str) -> list[Thread]:
    """What was asked and proposed in a project, in its order.

    Args:
        folder: of the decisions.
    """
    return threads_of(RemarksReader(folder)(), project)


def threads_of(remarks: Iterable[Remark], project: str) -> list[Thread]:
    """The questions and proposals of a project that were not taken back, in their order."""
    standing = standing_remarks(remarks, project)
    answers: dict[str, list[Remark]] = {}
    for remark in standing:
        if remark.kind == "answer":
            answers.setdefault(remark.about, []).append(remark)
    return [
        Thread(remark, tuple(answers.get(remark.id, ())))
        for remark in standing
        if remark.kind != "answer"
    ]


def _checked(text: str, what: str, most: int = LONGEST_REMARK) -> str:
    """A text without surrounding white space.

    Raises:
        CoderError: nothing is left, or it is too long.
    """
    text = text.strip()
    if not text:
        raise CoderError(f"{what} is empty", "Write a few words.")
    if len(text) > most:
        raise CoderError(
            f"{what} has {len(text):,} characters", f"At most {most:,} are stored."
        )
    return text
