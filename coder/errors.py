"""The one error that a user sees: what is wrong, and what to change about it.

The library knows no command line. Where a message names something that the caller can change or
run next, it uses `option` and `command`; their marks become `sheet=` and `coder.apply(...)` for
a Python user, and `--sheet` and `coder apply ...` at the command line (see `for_python` and
`for_command_line`).
"""

import re
import shlex
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

# Private-use characters enclose a mark; parts are separated by a third one. No file or person
# writes them.
_OPEN, _CLOSE, _BETWEEN = "\ue0f0", "\ue0f1", "\ue0f2"
_MARK = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
MOST_LISTED = 30
LONGEST_NAME = 60  # characters of a name that a message shows


class CoderError(Exception):
    """Input or project at fault.

    Attributes:
        problem: what is wrong and where, one line a fault.
        fix: what is allowed, or what to do next.

    Both may hold the marks of `option` and `command`. `str` of the error spells them for
    Python; the command line spells them its own way, prints both parts and exits with status 1.
    """

    def __init__(self, problem: str, fix: str = "") -> None:
        super().__init__(problem if not fix else f"{problem}\n{fix}")
        self.problem = problem
        self.fix = fix

    def __str__(self) -> str:
        return for_python(super().__str__())


def option(name: str, value: str = "") -> str:
    """A mark for something that the caller chooses, by its Python name; `value` shows what to
    write there.

    `option("sheet", "NAME")` reads `--sheet NAME` at the command line and `sheet="NAME"` in Python.
    """
    return f"{_OPEN}option{_BETWEEN}{name}{_BETWEEN}{value}{_CLOSE}"


def command(name: str, *parts: object) -> str:
    """A mark for what to run next.

    Args:
        name: `apply`, `codebook check` ...
        parts: paths and words as they are typed, in their order; `option` marks among them are
            allowed.

    `command("apply", folder, option("codebook", path))` reads `coder apply plan --codebook
    book.yaml` at the command line and `coder.apply("plan", codebook="book.yaml")` in Python.
    """
    words = _BETWEEN.join(_inner(str(part)) for part in parts)
    return f"{_OPEN}command{_BETWEEN}{name}{_BETWEEN}{words}{_CLOSE}"


def _inner(part: str) -> str:
    """An option inside a command is kept as `=name=value`, so that marks need not nest."""
    match = _MARK.fullmatch(part)
    if match is None:
        return part
    _, name, value = match[1].split(_BETWEEN)
    return f"={name}={value}"


def for_command_line(text: str, blank: str = " ") -> str:
    """The text with every mark as it is typed into a shell.

    Args:
        blank: stands for each blank in a command, for callers that wrap lines and keep commands
            whole.
    """
    return _MARK.sub(lambda mark: _typed_in_shell(mark).replace(" ", blank), text)


def for_python(text: str) -> str:
    """The text with every mark as it is written in Python."""
    return _MARK.sub(_written_in_python, text)


def _typed_in_shell(mark: re.Match[str]) -> str:
    kind, name, *rest = mark[1].split(_BETWEEN)
    if kind == "option":
        return " ".join(_flag(name, rest[0]))
    words = ["coder", name]
    for part in rest:
        if part.startswith("="):
            words += _flag(*part[1:].split("=", 1))
        elif part:
            words.append(quoted(part))
    return " ".join(words)


def _flag(name: str, value: str) -> list[str]:
    flag = "--" + name.strip("_").replace("_", "-")
    if not value:
        return [flag]
    return [flag, quoted(value)]


def _written_in_python(mark: re.Match[str]) -> str:
    kind, name, *rest = mark[1].split(_BETWEEN)
    if kind == "option":
        return _argument(name, rest[0])
    arguments = []
    for part in rest:
        if part.startswith("="):
            name_of_option, value = part[1:].split("=", 1)
            argument = f"{name_of_option}=True"  # a flag, where there is no value
            if value:
                argument = _argument(name_of_option, value)
            arguments.append(argument)
        elif part:
            arguments.append(repr(part))
    return f"coder.{name.replace(' ', '_')}({', '.join(arguments)})"


def _argument(name: str, value: str) -> str:
    if name == "to" and value:  # files to write are positional in Python
        return repr(value)
    if name == "raise_limits":  # holds for all that is called within
        return f"with coder.raise_limits({value}): ..."
    return f"{name}={value!r}" if value else f"{name}="


def quoted(path: object) -> str:
    """A path or a name as it is typed into a shell: quoted where it holds a blank or the like."""
    return shlex.quote(str(path))


def command_of(name: str, project: object, codebook: object, *rest: str) -> str:
    """What to type next: `coder apply plan --codebook plan.yaml`, ready to be pasted."""
    return " ".join(
        ["coder", name, quoted(project), "--codebook", quoted(codebook), *rest]
    )


class CommandNames(NamedTuple):
    """What stands for the project and the codebook in the commands that notes and errors name."""

    project: str = "PROJECT"
    codebook: str = "FILE"

    def command(self, name: str, *rest: str) -> str:
        """`coder apply plan --codebook plan.yaml`, ready to be pasted."""
        return command_of(name, self.project, self.codebook, *rest)


GENERIC = CommandNames()


def did_you_mean(wrong: str, allowed: Iterable[str]) -> str:
    """A sentence that offers the nearest allowed names, or lists them all when none is near."""
    choices = [str(name) for name in allowed]
    folded = {name.casefold(): name for name in reversed(choices)}
    near = get_close_matches(wrong.casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"Did you mean {folded[near[0]]!r}? There are: {_listed(choices)}."
    return f"There are: {_listed(choices)}." if choices else "There are none."


def shortened(name: str) -> str:
    """A name of a file from elsewhere as a message shows it: on one line, and its start where it
    is long.
    """
    shown = " ".join(name.split())
    if len(shown) <= LONGEST_NAME:
        return shown
    return f"{shown[:LONGEST_NAME].rstrip()} ..."


def _listed(names: list[str]) -> str:
    shown = ", ".join(map(shortened, names[:MOST_LISTED]))
    rest = len(names) - MOST_LISTED
    return shown if rest <= 0 else f"{shown} and {rest} more"
