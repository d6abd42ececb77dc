"""The one error that a user sees: what is wrong, and what to do about it."""

import shlex
from collections.abc import Iterable
from difflib import get_close_matches


class CoderError(Exception):
    """Input or project at fault.

    `problem` says what is wrong and where, in one line or one line a fault; `fix` says what is allowed or
    what to type next. The command line prints both and exits with status 1.
    """

    def __init__(self, problem: str, fix: str = "") -> None:
        super().__init__(problem if not fix else f"{problem}\n{fix}")
        self.problem = problem
        self.fix = fix


def quoted(path: object) -> str:
    """A path or a name as it is typed into a shell: quoted where it holds a blank or the like."""
    return shlex.quote(str(path))


def command_of(name: str, project: object, codebook: object, *rest: str) -> str:
    """What to type next: `coder apply plan --codebook plan.yaml`, ready to be pasted."""
    return " ".join(["coder", name, quoted(project), "--codebook", quoted(codebook), *rest])


def did_you_mean(wrong: str, allowed: Iterable[str]) -> str:
    """A sentence that offers the nearest allowed names, or lists them all when none is near."""
    choices = [str(name) for name in allowed]
    folded = {name.casefold(): name for name in reversed(choices)}
    near = get_close_matches(wrong.casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"Did you mean {folded[near[0]]!r}? There are: {_listed(choices)}."
    return f"There are: {_listed(choices)}." if choices else "There are none."


def _listed(names: list[str], most: int = 30) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
