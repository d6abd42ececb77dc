"""The dialogs of the workbench: a name, a group to choose, what a theme means."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from coder.screen.dialogs import Dialog, SearchDialog, framed
from coder.screen.styled_text import one_line
from coder.workbench.board import Group
from coder.workbench.screen.rows import SYMBOLS

LONGEST_NAME = 120  # characters
SEPARATOR = ";"


class NameDialog(SearchDialog[str, str | None]):
    """A name: one of the proposals, or what is typed; None where it stays as it is.

    Args:
        name: as it is now.
        proposals: other names, the best first; Enter takes the first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "edit", "Edit the chosen name", priority=True)
    ]
    title_text = "Name"
    keys_text = "type, or ↑ ↓ choose · Enter take it · Tab edit it · Esc back"

    def __init__(self, name: str, proposals: Sequence[str]) -> None:
        super().__init__()
        self.placeholder = name  # type: ignore[misc]
        self._proposals = [one for one in proposals if one != name]

    def find(self, typed: str) -> list[str]:
        """What is typed, then the proposals that hold it."""
        text = " ".join(typed.split())
        if not text:
            return self._proposals
        matching = []
        for proposal in self._proposals:
            if text.casefold() in proposal.casefold() and proposal != text:
                matching.append(proposal)
        return [text[:LONGEST_NAME], *matching]

    def line(self, item: str) -> Content:
        """A name."""
        return Content(one_line(item))

    def list_matches(self, typed: str) -> None:
        """List the names; the first is chosen."""
        super().list_matches(typed)
        if self.matches:
            self.option_list.highlighted = 0

    def choose(self, item: str) -> None:
        """Take a name."""
        self.dismiss(item)

    def action_edit(self) -> None:
        """Put the name at the cursor into the box, to change it there."""
        box = self.query_one(Input)
        box.value = self.chosen or box.value
        box.cursor_position = len(box.value)

    @on(Input.Submitted)
    def take(self) -> None:
        """Take the name at the cursor."""
        self.dismiss(self.chosen)


class Target(NamedTuple):
    """Something to choose: a group, or a place without one (an id that no group has)."""

    id: str
    name: str
    symbol: str = ""
    size: int | None = None


def target_of(group: Group) -> Target:
    """A group to choose."""
    return Target(
        group.id,
        group.name,
        SYMBOLS[group.standing],
        group.size,
    )


class TargetDialog(SearchDialog[Target, str | None]):
    """Chooses a group by a few letters; the answer is its id, None where none was chosen.

    Args:
        title: what happens to it.
        targets: what there is, the likeliest first; Enter takes the first.
    """

    keys_text = "type letters, or ↑ ↓ choose · Enter take it · Esc back"
    placeholder = "letters of the name"

    def __init__(self, title: str, targets: Sequence[Target]) -> None:
        super().__init__()
        self.title_text = title  # type: ignore[misc]
        self._targets = list(targets)

    def find(self, typed: str) -> list[Target]:
        """Those whose name has words that begin so, then those that hold the letters."""
        letters = typed.casefold().strip()
        beginning, holding = [], []
        for target in self._targets:
            name = target.name.casefold()
            if any(word.startswith(letters) for word in [name, *name.split()]):
                beginning.append(target)
            elif letters in name:
                holding.append(target)
        return beginning + holding

    def line(self, item: Target) -> Content:
        """The name with its sign and its size."""
        size = ""
        if item.size is not None:
            size = f"  {item.size:,}"
        return Content(f"{item.symbol or ' '} {one_line(item.name)}{size}")

    def list_matches(self, typed: str) -> None:
        """List what matches; the first is chosen."""
        super().list_matches(typed)
        if self.matches:
            self.option_list.highlighted = 0

    def choose(self, item: Target) -> None:
        """Take one that was clicked."""
        self.dismiss(item.id)

    @on(Input.Submitted)
    def take(self) -> None:
        """Take the one at the cursor; go back where nothing matches."""
        if self.chosen is not None:
            self.dismiss(self.chosen.id)


class Description(NamedTuple):
    """What a theme means."""

    definition: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    keywords: tuple[str, ...]


class DescriptionDialog(Dialog[Description | None]):
    """The definition of a theme, what it includes and excludes, and its keywords."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back"),
        Binding("down", "app.focus_next", "Next line", priority=True),
        Binding("up", "app.focus_previous", "Previous line", priority=True),
    ]

    def __init__(self, name: str, description: Description) -> None:
        super().__init__()
        self._theme_name = name
        self._before = description

    def compose(self) -> ComposeResult:
        """A box for each, one below the other."""
        frame = framed(
            one_line(self._theme_name),
            "↑ ↓ line · Enter keep all · Esc back · ; between items",
        )
        with frame:
            yield Static("Definition: who belongs here, in a sentence")
            yield Input(self._before.definition, id="definition")
            yield Static("Includes")
            yield Input(_joined(self._before.includes), id="includes")
            yield Static("Excludes")
            yield Input(_joined(self._before.excludes), id="excludes")
            yield Static("Keywords: words that people really use")
            yield Input(_joined(self._before.keywords), id="keywords")

    @on(Input.Submitted)
    def keep(self) -> None:
        """Answer with all four."""
        self.dismiss(
            Description(
                " ".join(self._value("definition").split()),
                _items(self._value("includes")),
                _items(self._value("excludes")),
                _items(self._value("keywords")),
            )
        )

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value

    def action_close(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


def _joined(items: Sequence[str]) -> str:
    return f"{SEPARATOR} ".join(" ".join(one_line(item).split()) for item in items)


def _items(typed: str) -> tuple[str, ...]:
    items = [" ".join(item.split()) for item in typed.split(SEPARATOR)]
    return tuple(dict.fromkeys(item for item in items if item))
