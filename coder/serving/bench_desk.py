"""The candidates' workbench as plain values: what a page shows of it, and the steps it takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import CoderError, for_command_line
from coder.serving.helper_process import Worker
from coder.serving.offsets import to_units
from coder.text import Span, visible
from coder.workbench.board import Board, Group, Standing
from coder.workbench.session import Session
from coder.workbench.splitting import Proposal, split_proposals
from coder.workbench.themes import keywords_of

if TYPE_CHECKING:
    from coder.workflow.workbench import Workbench

SHOWN = 30  # comments of a group in one answer
LONGEST_NAME = 120  # characters
LONGEST_WORDS = 2_000  # characters of a definition
STANDINGS: tuple[Standing, ...] = ("theme", "open", "later", "dropped")
REST = "-"  # stands for the comments without a theme; no group has this id
RESTING = "the comments without a theme"
Words = Mapping[str, Any]


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
        self._offered: dict[str, list[Proposal]] = {}
        self._last_request = ""
        self._last_message = ""
        self._steps: dict[str, Callable[[Words], str]] = {
            "stand": self._stand,
            "rename": self._rename,
            "merge": self._merge,
            "split": self._split,
            "nest": self._nest,
            "move": self._move,
            "describe": self._describe,
            "example": self._mark_example,
            "undo": self._undo,
            "redo": self._redo,
            "write": self._write,
            "take new": self._take_new,
            "keep old": self._keep_old,
        }

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
        group = self._known(group_id)
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
        """The ways in which a group can be split, in words; `step` takes their numbers."""
        group = None
        if group_id != REST:
            group = self._known(group_id)
        known = [one for one in marked if self.session.findings.text(one)]
        offered = split_proposals(self.session.findings, group, known)
        self._offered = {group_id: offered}
        return [proposal.title for proposal in offered]

    def _known(self, group_id: object) -> Group:
        group = None
        if isinstance(group_id, str):
            group = self.session.group(group_id)
        if group is None:
            raise CoderError(
                "this group is gone", "The list shows the groups that there are now."
            )
        return group

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
        take = self._steps.get(str(words.get("do")))
        if take is None:
            raise CoderError("the workbench has no such step", "Load the page again.")
        try:
            message = take(words)
        except (KeyError, TypeError, ValueError) as error:
            raise CoderError(
                "the step lacks something, or has a value of another kind",
                "Load the page again.",
            ) from error
        self._last_request, self._last_message = request, message
        return self.board(message) | {"touched": self.session.touched}

    def _stand(self, words: Words) -> str:
        group = self._known(words["group"])
        standing = words["standing"]
        if standing not in STANDINGS:
            raise ValueError(standing)
        self.session.stand(group.id, standing)
        names = {
            "theme": "a theme",
            "open": "to decide again",
            "later": "put off",
            "dropped": "dropped",
        }
        return f"{names[standing]}: {group.name}"

    def _rename(self, words: Words) -> str:
        group = self._known(words["group"])
        name = " ".join(_text(words["name"], LONGEST_NAME).split())
        if not name:
            raise CoderError("a theme needs a name", "Write one, or choose one.")
        self.session.rename(group.id, name)
        return f"the name is now: {name}"

    def _merge(self, words: Words) -> str:
        ids = [self._known(one).id for one in words["groups"]]
        if len(set(ids)) < 2:
            raise CoderError("to merge takes two groups", "Choose another group.")
        remaining = self.session.merge(list(dict.fromkeys(ids)))
        self.session.touched = remaining
        return f"merged into: {self.session.board.groups[remaining].name}"

    def _split(self, words: Words) -> str:
        group_id = words["group"]
        offered = self._offered.get(group_id, [])
        number = words["number"]
        if not isinstance(number, int) or not 0 <= number < len(offered):
            raise CoderError("this way to split is not offered", "Choose it again.")
        proposal = offered[number]
        self.session.split(group_id, proposal)
        self._offered.clear()
        return f"split: {len(proposal.parts)} to decide about"

    def _nest(self, words: Words) -> str:
        group = self._known(words["group"])
        parent_id = ""
        if words["parent"]:
            parent_id = self._known(words["parent"]).id
        if not self.session.nest(group.id, parent_id):
            raise CoderError(
                "a theme cannot stand under itself", "Choose another theme."
            )
        if not parent_id:
            return f"at the top: {group.name}"
        return f"a sub-theme: {group.name}"

    def _move(self, words: Words) -> str:
        chosen = [one for one in words["comments"] if self.session.findings.text(one)]
        if not chosen:
            raise CoderError("no comment is chosen", "Choose some first.")
        source, target = self._place(words["source"]), self._place(words["target"])
        self.session.move(chosen, source, target)
        return f"moved: {len(chosen)}"

    def _place(self, group_id: object) -> str:
        """A group's id; empty for no group."""
        if group_id in ("", REST):
            return ""
        return self._known(group_id).id

    def _describe(self, words: Words) -> str:
        group = self._known(words["group"])
        self.session.describe(
            group.id,
            _text(words["definition"], LONGEST_WORDS),
            _items(words["includes"]),
            _items(words["excludes"]),
            _items(words["keywords"]),
        )
        return "described"

    def _mark_example(self, words: Words) -> str:
        group = self._known(words["group"])
        comment_id = words["comment"]
        if not self.session.findings.text(comment_id):
            raise CoderError("there is no such comment", "Load the page again.")
        if self.session.mark_example(group.id, comment_id):
            return "an example"
        return "no example any more"

    def _undo(self, _: Words) -> str:
        done = self.session.undo()
        if not done:
            return "nothing to undo"
        return f"undone: {done}"

    def _redo(self, _: Words) -> str:
        done = self.session.redo()
        if not done:
            return "nothing to redo"
        return f"done again: {done}"

    def _write(self, _: Words) -> str:
        return for_command_line(self.bench.write())

    def _take_new(self, _: Words) -> str:
        self.session.take_new_candidates()
        return "the new candidates are here"

    def _keep_old(self, _: Words) -> str:
        self.session.keep_old_candidates()
        return "going on with the candidates of before"


def _line(group: Group, board: Board, depth: int) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "standing": group.standing,
        "size": group.size,
        "stability": board.stability(group),
        "depth": depth,
    }


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value[:longest]


def _items(values: Sequence[object]) -> tuple[str, ...]:
    """Words or phrases, each once, on one line."""
    items: dict[str, None] = {}
    for value in values:
        item = " ".join(_text(value, LONGEST_WORDS).split())
        if item:
            items[item] = None
    return tuple(items)
