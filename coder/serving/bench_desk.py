"""The candidates' workbench as plain values: what a page shows of it, and the steps it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.serving.bench_steps import REST, STANDINGS, BenchSteps, Words, known_group
from coder.serving.helper_process import Worker
from coder.serving.offsets import to_units
from coder.text import Span, visible
from coder.workbench.board import Board, Group
from coder.workbench.session import Session
from coder.workbench.themes import keywords_of

if TYPE_CHECKING:
    from coder.workflow.workbench import Workbench

SHOWN = 30  # comments of a group in one answer
RESTING = "the comments without a theme"


def make_bench_worker(
    project_folder: Path, into: Path, by: str, beyond: Path | None
) -> Worker:
    """What works in the workbench's process: it has the workbench open until it ends."""
    from coder.workflow.workbench import open_workbench

    desk = BenchDesk(open_workbench(project_folder, into, by, beyond=beyond))

    def work(task: str, words: Words) -> Any:
        if task == "board":
            return desk.board(desk.bench.greeting())
        if task == "group":
            return desk.group(**words)
        if task == "splits":
            return desk.splits(**words)
        return desk.step(**words)

    return work


class BenchDesk:
    """One workbench that is open, for a page."""

    def __init__(self, bench: "Workbench") -> None:
        self.bench = bench
        self.session: Session = bench.session
        self._steps = BenchSteps(bench)
        self._last_request = ""
        self._last_message = ""

    # ------------------------------------------------------------ what there is

    @property
    def revision(self) -> int:
        """Grows with every step, also over a restart: the length of the journal in bytes."""
        journal = self.bench.files.journal
        if not journal.exists():
            return 0
        return journal.stat().st_size

    def board(self, message: str = "") -> dict[str, Any]:
        """All groups, and how far the work is."""
        board = self.session.board
        groups = [_line(group, board, depth) for group, depth in board.tree()]
        for standing in STANDINGS[1:]:
            for group in board.standing(standing):
                groups.append(_line(group, board, 0))
        return {
            "message": message,
            "revision": self.revision,
            "into": self.bench.into.name,
            "by": self.bench.by,
            "groups": groups,
            "themes": len(board.standing("theme")),
            "open": len(board.standing("open")),
            "left": len(board.without_theme),
            "comments": len(board.comment_ids),
            "has_steps": self.session.has_steps,
            "regrouped": self.session.regrouped,
            "is_written": bool(self.session.writes),
        }

    def group(self, group_id: str, start: int = 0) -> dict[str, Any]:
        """One group with some of its comments, the most typical first.

        Args:
            start: number of comments to leave out.
        """
        findings = self.session.findings
        if group_id == REST:
            ids = [
                one for one in self.session.board.without_theme if findings.text(one)
            ]
            facts: dict[str, Any] = {"id": REST, "name": RESTING, "size": len(ids)}
            return facts | {"comments": self._comments(ids, start, {}, ())}
        group = known_group(self.session, group_id)
        board = self.session.board
        ids = findings.typical_first(group)
        facts = asdict(group)
        for name in ("comment_ids", "candidates", "examples", "by", "at"):
            facts.pop(name)
        return facts | {
            "size": group.size,
            "stability": board.stability(group),
            "marks": findings.marks(group),
            "keywords": keywords_of(group, board),
            "names": findings.name_proposals(group),
            "parts": [part.name for part in board.sub_candidates(group)],
            "near": [_line(near, board, 0) for near in findings.near(group_id)],
            "comments": self._comments(
                ids, start, findings.sentences(ids), group.examples
            ),
        }

    def _comments(
        self,
        ids: Sequence[str],
        start: int,
        sentences: Mapping[str, Span],
        examples: Sequence[str],
    ) -> list[dict[str, Any]]:
        comments = []
        for comment_id in ids[max(0, start) :][:SHOWN]:
            text = self.session.findings.text(comment_id)
            telling = None
            if comment_id in sentences:
                telling = to_units(text, sentences[comment_id])
            comments.append(
                {
                    "id": comment_id,
                    "text": visible(text),
                    "telling": telling,
                    "example": comment_id in examples,
                }
            )
        return comments

    def splits(self, group_id: str, marked: Sequence[str]) -> list[str]:
        """The ways in which a group can be split, in words; `step` takes their numbers.

        Args:
            marked: ids of the comments that are marked.
        """
        return self._steps.offer_splits(group_id, marked)

    # ------------------------------------------------------------ what is done

    def step(self, request: str, revision: int, words: Words) -> dict[str, Any]:
        """Take a step and give the board after it. A step that is sent twice is taken once.

        Args:
            request: of the page, the same where it is sent again.
            revision: that of the board which the step was chosen on.
            words: `do`, and what the step needs.

        Returns:
            As `board`; with `stale` true, and nothing done, where another step came between.
        """
        if request == self._last_request:
            return self.board(self._last_message)
        if revision != self.revision:
            message = (
                "the board has changed since: look at it and do it again if need be"
            )
            return self.board(message) | {"stale": True}
        message = self._steps.take(words)
        self._last_request, self._last_message = request, message
        return self.board(message) | {"touched": self.session.touched}


def _line(group: Group, board: Board, depth: int) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "standing": group.standing,
        "size": group.size,
        "stability": board.stability(group),
        "depth": depth,
    }
