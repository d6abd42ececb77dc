"""The steps that a page takes at the candidates' workbench."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from coder.errors import CoderError, for_command_line
from coder.workbench.board import Group, Standing
from coder.workbench.session import Session
from coder.workbench.splitting import Proposal, split_proposals

if TYPE_CHECKING:
    from coder.workflow.workbench import Workbench

LONGEST_NAME = 120  # characters
LONGEST_WORDS = 2_000  # characters of a definition
STANDINGS: tuple[Standing, ...] = ("theme", "open", "later", "dropped")
REST = "-"  # stands for the comments without a theme; no group has this id
Words = Mapping[str, Any]


class BenchSteps:
    """Takes steps, each as plain values: `do`, and what the step needs."""

    def __init__(self, bench: "Workbench") -> None:
        self.bench = bench
        self.session = bench.session
        self._offered: dict[str, list[Proposal]] = {}
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

    def take(self, words: Words) -> str:
        """Take a step, which is saved when this returns; says what was done.

        Raises:
            CoderError: the step cannot be taken or saved.
        """
        step = self._steps.get(str(words.get("do")))
        if step is None:
            raise CoderError("the workbench has no such step", "Load the page again.")
        try:
            return step(words)
        except (KeyError, TypeError, ValueError) as error:
            raise CoderError(
                "the step lacks something, or has a value of another kind",
                "Load the page again.",
            ) from error

    def offer_splits(self, group_id: str, marked: Sequence[str]) -> list[str]:
        """The ways in which a group can be split, in words; the step takes their numbers."""
        group = None
        if group_id != REST:
            group = known_group(self.session, group_id)
        known = [one for one in marked if self.session.findings.text(one)]
        offered = split_proposals(self.session.findings, group, known)
        self._offered = {group_id: offered}
        return [proposal.title for proposal in offered]

    def _stand(self, words: Words) -> str:
        group = known_group(self.session, words["group"])
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
        group = known_group(self.session, words["group"])
        name = " ".join(_text(words["name"], LONGEST_NAME).split())
        if not name:
            raise CoderError("a theme needs a name", "Write one, or choose one.")
        self.session.rename(group.id, name)
        return f"the name is now: {name}"

    def _merge(self, words: Words) -> str:
        ids = [known_group(self.session, one).id for one in words["groups"]]
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
        group = known_group(self.session, words["group"])
        parent_id = ""
        if words["parent"]:
            parent_id = known_group(self.session, words["parent"]).id
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
        return known_group(self.session, group_id).id

    def _describe(self, words: Words) -> str:
        group = known_group(self.session, words["group"])
        self.session.describe(
            group.id,
            _text(words["definition"], LONGEST_WORDS),
            _items(words["includes"]),
            _items(words["excludes"]),
            _items(words["keywords"]),
        )
        return "described"

    def _mark_example(self, words: Words) -> str:
        group = known_group(self.session, words["group"])
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


def known_group(session: Session, group_id: object) -> Group:
    """A group by its id.

    Raises:
        CoderError: it is gone.
    """
    group = None
    if isinstance(group_id, str):
        group = session.group(group_id)
    if group is None:
        raise CoderError(
            "this group is gone", "The list shows the groups that there are now."
        )
    return group


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
