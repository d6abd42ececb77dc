"""`quotes.yaml` as the screen changes it: one change at a time, whole or not at all.

The file is read again before each change, so that what somebody else wrote meanwhile stays; its
own comments and the order of its lines stay too.
"""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from coder import files
from coder.reporting.quotes_file import PinnedQuote, QuoteChoices, read_choices
from coder.transactions import Transaction
from coder.yaml_faults import layout_yaml, load_yaml

COMMAND = "coder review --quotes"
PATIENCE = 3.0  # seconds that the screen waits for another command on the project


class Change(NamedTuple):
    """What one key changes; comments by their ids.

    Attributes:
        pin: quotes to pin; an earlier pin of the same comment goes.
        drop, allow: comments never to be quoted, and those that may be quoted again.
    """

    pin: tuple[PinnedQuote, ...] = ()
    unpin: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()

    def inverse(self, before: QuoteChoices) -> "Change":
        """What brings back the choices as they were."""
        changed = {pin.comment for pin in self.pin} | set(self.unpin)
        pinned = {pin.comment: pin for pin in before.pin}
        return Change(
            pin=tuple(pinned[each] for each in sorted(changed) if each in pinned),
            unpin=tuple(each for each in sorted(changed) if each not in pinned),
            drop=self.allow,
            allow=self.drop,
        )


@dataclass(frozen=True)
class ChoicesFile:
    """The `quotes.yaml` of a project.

    Args:
        folder: of the project.
    """

    folder: Path
    path: Path

    def read(self) -> QuoteChoices:
        """The choices as they are now. Raises `CoderError` where the file is faulty."""
        return read_choices(self.path)

    def apply(self, change: Change) -> QuoteChoices:
        """Write a change under the project's lock; gives the choices after it.

        Raises:
            CoderError: the file is faulty or cannot be written, or another command holds the
                project. Nothing is changed then.
        """
        with Transaction(self.folder, COMMAND, PATIENCE) as transaction:
            self.read()
            tree = self._tree()
            _change_pins(tree, change)
            _change_drops(tree, change)
            staged = transaction.stage(self.path)
            text = StringIO()
            layout_yaml().dump(tree, text)
            files.write_text(staged, text.getvalue())
            return read_choices(staged)

    def _tree(self) -> CommentedMap:
        if not self.path.is_file():
            return CommentedMap()
        stored = load_yaml(self.path.read_text(encoding="utf-8-sig"))
        return stored if isinstance(stored, CommentedMap) else CommentedMap()


def _change_pins(tree: CommentedMap, change: Change) -> None:
    gone = set(change.unpin) | {pin.comment for pin in change.pin}
    _remove(tree, "pin", lambda item: str(item.get("comment")) in gone)
    for pin in change.pin:
        items = tree.setdefault("pin", [])
        items.append(_as_mapping(pin))


def _change_drops(tree: CommentedMap, change: Change) -> None:
    gone = set(change.allow) | set(change.drop)
    _remove(tree, "drop", lambda item: str(item) in gone)
    for comment_id in change.drop:
        tree.setdefault("drop", []).append(DoubleQuotedScalarString(comment_id))


def _remove(tree: CommentedMap, name: str, is_gone: Any) -> None:
    """Remove items of a list in place, so that the comments on others stay; an empty list goes
    whole.
    """
    items = tree.get(name) or []
    for place in reversed(range(len(items))):
        if is_gone(items[place]):
            del items[place]
    if not items:
        tree.pop(name, None)


def _as_mapping(pin: PinnedQuote) -> CommentedMap:
    mapping = CommentedMap()
    for name, value in pin.model_dump().items():
        if value:
            mapping[name] = DoubleQuotedScalarString(value)
    return mapping
