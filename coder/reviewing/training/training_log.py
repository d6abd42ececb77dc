"""Where training answers are written."""

from collections.abc import Sequence
from pathlib import Path

from coder.decisions import Decision, store_document
from coder.decisions.training import TrainingAnswer


class TrainingLog:
    """Stores decisions as training answers; what `DecisionWriter` writes to.

    Args:
        folder: of the decisions.
        gold: id of the set that is answered.
        mixed: whether the comments stand among others (see `TrainingAnswer`).
    """

    def __init__(self, folder: Path, gold: str, *, mixed: bool) -> None:
        self.path = folder
        self._gold = gold
        self._mixed = mixed

    def append(self, decisions: Sequence[Decision]) -> None:
        """Store decisions, on disk when this returns.

        Raises:
            CoderError: the folder cannot be written.
        """
        for decision in decisions:
            answer = TrainingAnswer(
                project=decision.project,
                made_at=decision.decided_at,
                gold=self._gold,
                mixed=self._mixed,
                decision=decision,
            )
            store_document(self.path, answer)
