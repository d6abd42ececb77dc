"""Keys are declared beside what they do; bindings, help page and hint line are made from that.

    @key("s", "s", hint="s skip")
    def skip(self) -> None:
        '''Skip; the comment comes back at the end.'''

The summary of the docstring is what the help page says.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from textual.binding import Binding
from textual.content import Content
from textual.style import Style

from coder.screen.styled_text import StyledText

Method = TypeVar("Method", bound=Callable[..., None])
_DECLARATION = "key"  # attribute of a method that `key` marked


class Key(NamedTuple):
    """One or more keys that do one thing.

    Attributes:
        method: what they call, by its name.
        names: the keys, as Textual names them.
        shown: the keys, as the help page shows them.
        help: what they do.
        hint: a few words for the line at the bottom; empty where it does not belong there.
        numbered: whether the method is called with the number on the key.
        named: whether it is called with the name of the key.
    """

    method: str
    names: tuple[str, ...]
    shown: str
    help: str
    hint: str
    numbered: bool
    named: bool


def key(
    names: str,
    shown: str,
    *,
    hint: str = "",
    numbered: bool = False,
    named: bool = False,
) -> Callable[[Method], Method]:
    """Declare the keys of a method.

    Args:
        names: separated by commas; for the others see `Key`.
    """

    def declare(method: Method) -> Method:
        vars(method)[_DECLARATION] = Key(
            method=method.__name__,
            names=tuple(names.split(",")),
            shown=shown,
            help=_summary(method),
            hint=hint,
            numbered=numbered,
            named=named,
        )
        return method

    return declare


def _summary(method: Callable[..., None]) -> str:
    text = (method.__doc__ or "").strip()
    first, _, _ = text.partition("\n")
    return first.removesuffix(".")


def keys_of(owner: type) -> tuple[Key, ...]:
    """The keys declared in a class and its bases, in the order of the help page: those of bases
    first.
    """
    keys: dict[str, Key] = {}
    for declaring in reversed(owner.__mro__):
        for method in vars(declaring).values():
            declaration = getattr(method, _DECLARATION, None)
            if isinstance(declaration, Key):
                keys.setdefault(declaration.method, declaration)
    return tuple(keys.values())


class Keymap:
    """The keys of a screen.

    Args:
        owners: the objects whose methods declare keys, by the heading they have on the help page.
    """

    def __init__(self, owners: dict[str, object]) -> None:
        self.groups: dict[str, tuple[Key, ...]] = {}
        self._calls: dict[str, Callable[[], None]] = {}
        for heading, owner in owners.items():
            keys = keys_of(type(owner))
            self.groups[heading] = keys
            for declaration in keys:
                self._add(owner, declaration)

    def _add(self, owner: object, declaration: Key) -> None:
        method = getattr(owner, declaration.method)
        for name in declaration.names:
            if declaration.numbered:
                self._calls[name] = partial(method, int(name))
            elif declaration.named:
                self._calls[name] = partial(method, name)
            else:
                self._calls[name] = method

    def __iter__(self) -> Iterator[Key]:
        for keys in self.groups.values():
            yield from keys

    def bindings(self) -> list[Binding]:
        """Textual's bindings of all keys; each calls the app's action `press`."""
        bindings = []
        for declaration in self:
            for name in declaration.names:
                action = press_action(name)
                bindings.append(Binding(name, action, declaration.help, show=False))
        return bindings

    def press(self, name: str) -> None:
        """Do what a key is for."""
        self._calls[name]()

    def hints(self, methods: Sequence[str]) -> list[Key]:
        """The keys of these methods."""
        by_method = {declaration.method: declaration for declaration in self}
        return [by_method[method] for method in methods]


def press_action(name: str) -> str:
    """The action, in Textual's notation, that presses a key."""
    return f"app.press({name!r})"


def hint_line(keys: Sequence[Key], always: Sequence[Key], width: int) -> Content:
    """As many hints as fit, to read or to click, the first the most important; then those shown
    always.
    """
    shown = list(keys)
    while shown and _width(shown) + _width(always) > width:
        shown.pop()
    line = StyledText()
    for declaration in (*shown, *always):
        style = Style()
        if not declaration.numbered and not declaration.named:
            action = press_action(declaration.names[0])
            style = Style.from_meta({"@click": action})
        line.add(declaration.hint, style)
        line.add("  ")
    return line.content()


def _width(keys: Sequence[Key]) -> int:
    return sum(len(declaration.hint) + 2 for declaration in keys)


def help_page(keymap: Keymap, explanations: Mapping[str, str]) -> Content:
    """All keys with what they do, and how to read the screen."""
    page = StyledText()
    for heading, keys in keymap.groups.items():
        page.add(f"{heading}\n", "bold")
        for declaration in keys:
            page.add(f"  {declaration.shown:<10}", "bold")
            page.add(f"{declaration.help}\n")
        page.add("\n")
    for heading, text in explanations.items():
        page.add(f"{heading}\n", "bold")
        page.add(f"{text}\n\n")
    return page.content().rstrip()
