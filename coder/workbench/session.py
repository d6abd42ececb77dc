"""What somebody does at the workbench: the state behind the screen, saved with every step."""

from collections.abc import Sequence
from datetime import UTC, datetime

from coder.transactions import Transaction
from coder.workbench.actions import (
    Action,
    Begin,
    Change,
    Decline,
    Describe,
    Example,
    Merge,
    Move,
    Nest,
    Redo,
    Regroup,
    Rename,
    Split,
    Stand,
    Undo,
    Write,
)
from coder.workbench.board import Board, Group, Standing
from coder.workbench.findings import Findings, Grouped
from coder.workbench.journal import Journal
from coder.workbench.reader import GroupReader
from coder.workbench.splitting import Proposal

DONE = {
    "begin": "the beginning",
    "regroup": "taking the new candidates",
    "rename": "the new name",
    "merge": "the merge",
    "split": "the split",
    "nest": "the nesting",
    "move": "the move",
    "describe": "the description",
    "example": "the example",
}


class Session:
    """One person at the workbench. Every method that changes something is saved when it returns.

    Args:
        journal: where steps are saved; those saved before are done again.
        grouped: begins the work where it is new.
        by: who works.

    Attributes:
        findings: what there is to know of the groups.
        touched: the group that the last undo or redo was about; empty where it is gone.
        regrouped: whether `coder cluster` ran again since the work began.
    """

    def __init__(
        self, journal: Journal, grouped: Grouped, reader: GroupReader, by: str
    ) -> None:
        self._journal = journal
        self._grouped = grouped
        self._by = by
        self.touched = ""
        self.findings = Findings(lambda: self.board, grouped, reader)
        if not journal.history.has_begun:
            self._do(
                Begin(
                    candidates=grouped.candidates,
                    fingerprint=grouped.fingerprint,
                )
            )
        self.regrouped = not journal.history.knows(grouped.fingerprint)

    # ------------------------------------------------------------ what there is

    @property
    def board(self) -> Board:
        """The groups as they are now."""
        return self._journal.history.board

    @property
    def writes(self) -> Sequence[Write]:
        """Each time that a codebook was written, the latest last."""
        return self._journal.history.writes

    @property
    def merged(self) -> dict[str, str]:
        """Of each group that was merged away, the group that holds its comments now."""
        return self._journal.history.merged

    @property
    def split_from(self) -> dict[str, str]:
        """Of each group that was split off, the group that it was part of."""
        return self._journal.history.split_from

    @property
    def has_steps(self) -> bool:
        """Whether anything was done yet."""
        return self._journal.history.last is not None

    def group(self, group_id: str) -> Group | None:
        """A group by its id; None where it is gone."""
        return self.board.groups.get(group_id)

    # ------------------------------------------------------------ what is done

    def _do(self, action: Action) -> None:
        self._journal.append(action.model_copy(update=self._by_whom()))

    def _by_whom(self) -> dict[str, str]:
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        return {"by": self._by, "at": stamp}

    def stand(self, group_id: str, standing: Standing) -> None:
        """Make a group a theme, drop it, put it off, or open it again."""
        self._do(Stand(group=group_id, standing=standing))

    def rename(self, group_id: str, name: str) -> None:
        """Give a group another name."""
        self._do(Rename(group=group_id, name=" ".join(name.split())))

    def merge(self, group_ids: Sequence[str]) -> str:
        """Make groups one; returns which remains: a theme before others, then the largest."""
        groups = [self.board.groups[group_id] for group_id in group_ids]
        groups.sort(key=lambda group: (group.standing != "theme", -group.size))
        others = tuple(group.id for group in groups[1:])
        self._do(Merge(into=groups[0].id, others=others))
        return groups[0].id

    def split(self, group_id: str, proposal: Proposal) -> None:
        """Take the parts of a proposal out of a group."""
        self._do(Split(group=group_id, parts=proposal.parts))

    def nest(self, group_id: str, parent_id: str) -> bool:
        """Put a theme under another; False where that would put it under itself."""
        if parent_id and self.board.is_under(parent_id, group_id):
            return False
        self._do(Nest(group=group_id, parent=parent_id))
        return True

    def move(self, comment_ids: Sequence[str], source: str, target: str) -> None:
        """Move comments from a group to another; an empty id stands for no group."""
        self._do(Move(comment_ids=tuple(comment_ids), source=source, target=target))

    def describe(
        self,
        group_id: str,
        definition: str,
        includes: Sequence[str],
        excludes: Sequence[str],
        keywords: Sequence[str],
    ) -> None:
        """Say what a theme means."""
        self._do(
            Describe(
                group=group_id,
                definition=definition.strip(),
                includes=tuple(includes),
                excludes=tuple(excludes),
                keywords=tuple(keywords),
            )
        )

    def mark_example(self, group_id: str, comment_id: str) -> bool:
        """Mark a comment as an example, or take the mark away; returns whether it is one now."""
        group = self.board.groups[group_id]
        marked = comment_id not in group.examples
        self._do(Example(group=group_id, comment_id=comment_id, marked=marked))
        return marked

    def undo(self) -> str:
        """Take the last change back; says what it was, nothing where there is none."""
        last = self._journal.history.last
        if last is None:
            return ""
        self._do(Undo())
        self.touched = self._group_of(last)
        return _described(last)

    def redo(self) -> str:
        """Make a change again that was taken back; says what it was."""
        last = self._journal.history.last_undone
        if last is None:
            return ""
        self._do(Redo())
        self.touched = self._group_of(last)
        return _described(last)

    def _group_of(self, change: Change) -> str:
        """The group that a change is about, as far as it is there; else nothing."""
        ids = [getattr(change, name, "") for name in ("group", "into", "target")]
        if isinstance(change, Merge):
            ids = [change.others[0], change.into]
        return next((str(one) for one in ids if one in self.board.groups), "")

    def take_new_candidates(self) -> None:
        """Use the candidates of the new grouping for what nothing was decided about."""
        grouped = self._grouped
        self._do(
            Regroup(candidates=grouped.candidates, fingerprint=grouped.fingerprint)
        )
        self.regrouped = False

    def keep_old_candidates(self) -> None:
        """Go on with the candidates of before, and do not ask again."""
        self._do(Decline(fingerprint=self._grouped.fingerprint))
        self.regrouped = False

    def stage_written(self, write: Write, change: Transaction) -> Write:
        """Keep that a codebook is written, in the change that writes it; `take_written` lets
        what is returned count here.
        """
        signed = write.model_copy(update=self._by_whom())
        self._journal.stage(signed, change)
        return signed

    def take_written(self, write: Write) -> None:
        """Let it count that a codebook was written."""
        self._journal.history.take(write)

    def close(self) -> None:
        """Let another window open the workbench."""
        self._journal.close()


def _described(change: Change) -> str:
    """A change in words, for "undone: the merge"."""
    if isinstance(change, Stand):
        return {
            "open": "opening it again",
            "theme": "making it a theme",
            "later": "putting it off",
            "dropped": "dropping it",
        }[change.standing]
    return DONE[change.do]
