"""The journal that makes several files of a project change as one.

What is to change is first written in full below `.staged`. Then the journal `.commit.json` is
written: from that moment the change counts. Now files are put in place, the project's generation
is raised by one, and the journal goes. Wherever a program is ended, `settle` brings the old state
back or the new one about: with a journal it does again whatever is left to do, and without one
it removes what was staged.

A journal may come from a stranger, with a project that somebody sent. It can only put in place
what lies in the project, or, beside a file elsewhere, a temporary file made for that file.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from coder import files
from coder.errors import CoderError, command, option
from coder.private import closed_place, how_to_open, make_folder, mode_of
from coder.project_home import SETTINGS_FILE

JOURNAL = ".commit.json"
STAGED = ".staged"
BESIDE = "beside.json"  # in `.staged`: temporary files beside files elsewhere
OLD = "old-"  # in `.staged`: what a folder takes the place of
GENERATION = ".generation"
REPLACE, REMOVE, MOVE = "replace", "remove", "move"
WORDS = {REPLACE: 2, REMOVE: 1, MOVE: 2}  # paths that each kind of step names


class State(NamedTuple):
    """What tells that a project was written since it was read.

    Attributes:
        generation: how often it was written.
        settings: SHA-256 of `project.yaml`, which people edit; empty where there is none.
    """

    generation: int
    settings: str


class Step(NamedTuple):
    """One thing to do: `replace` what is at the last path by the first, `remove` what is at the
    path, or `move` the first to the last where nothing is yet.

    Attributes:
        paths: as seen from the project's folder where they lie in it, else absolute.
    """

    kind: str
    paths: tuple[str, ...]


# ---------------------------------------------------------------- the state of a project


def read_state(home: Path) -> State:
    """The state of a project; that of an empty folder where there is none."""
    settings = home / SETTINGS_FILE
    digest = ""
    if settings.is_file():
        with suppress(OSError):
            digest = files.sha256_of(settings)
    return State(_read_generation(home), digest)


def _read_generation(home: Path) -> int:
    try:
        return int(files.read_small(home / GENERATION)[:20])
    except (OSError, ValueError):
        return 0


def check_generation(home: Path) -> None:
    """Raise `CoderError` where the generation may not be read: it would begin anew."""
    path = home / GENERATION
    if closed_place(path) is not None:
        raise CoderError(
            f"{path}: cannot be read (permission denied)", how_to_open(path)
        )


def has_journal(home: Path) -> bool:
    """Whether a change counts that is not whole yet: it is at work, or was interrupted."""
    return os.path.lexists(home / JOURNAL)


def is_damaged(home: Path) -> bool:
    """Whether there is a journal that cannot be read, so that nothing can be finished."""
    if not has_journal(home):
        return False
    try:
        _read_journal(home)
    except CoderError:
        return True
    return False


# ---------------------------------------------------------------- writing and doing


def commit(home: Path, steps: Sequence[Step]) -> None:
    """Let staged changes count, and carry them out. Only for who holds the project's lock.

    Raises:
        CoderError: nothing has changed, or the rest will be done by the next command; it says
            which.
    """
    try:
        generation = _stage_text(home, GENERATION, f"{_read_generation(home) + 1}\n")
        last = Step(REPLACE, (f"{STAGED}/{GENERATION}", GENERATION))
        facts = [{"do": kind, "paths": paths} for kind, paths in (*steps, last)]
        text = json.dumps({"steps": facts}, indent=1, ensure_ascii=False)
        journal = _stage_text(home, JOURNAL, text + "\n")
        # Nothing that the journal names may be lost where the journal is kept.
        files.sync_folder(generation.parent)
        files.sync_folder(home)
        journal.replace(home / JOURNAL)
    except OSError as error:
        raise files.unwritable(home / JOURNAL, error) from error
    files.sync_folder(home)
    _carry_out(home, (*steps, last))


def settle(home: Path) -> None:
    """Finish a change that was interrupted, or remove what was staged for one that never
    counted. Only for who holds the project's lock.

    Raises:
        CoderError: the journal is damaged, or a file cannot be put in place.
    """
    if has_journal(home):
        _carry_out(home, _read_journal(home))
    elif os.path.lexists(home / STAGED):
        clear_staged(home)


def clear_staged(home: Path) -> None:
    """Remove what was staged."""
    folder = home / STAGED
    for path in _noted_beside(folder):
        files.remove_left_over(path)
    files.remove_whole(folder)


def _carry_out(home: Path, steps: Sequence[Step]) -> None:
    """Do all steps, and remove the journal. Writes nothing: the disk may be full."""
    touched = {home}
    try:
        if (home / STAGED).is_symlink():  # would lead out of the project
            (home / STAGED).unlink()
        for number, step in enumerate(steps):
            paths = [home / path for path in step.paths]
            _do(step.kind, paths, home / STAGED / f"{OLD}{number}")
            touched.update(path.parent for path in paths)
        for folder in touched:
            files.sync_folder(folder)
        (home / JOURNAL).unlink(missing_ok=True)
    except OSError as error:
        raise _unfinished(home, error) from error
    files.sync_folder(home)
    with suppress(OSError):  # the next command tries again
        clear_staged(home)


def _do(kind: str, paths: Sequence[Path], aside: Path) -> None:
    """One step; does nothing where it is done already."""
    if kind == REMOVE:
        files.set_aside(paths[0], aside)
        return
    source, target = paths
    is_done = kind == MOVE and os.path.lexists(target)
    if os.path.lexists(source) and not is_done:
        files.put_in_place(source, target, aside)


def _stage_text(home: Path, name: str, text: str) -> Path:
    """Stage a small file of the project."""
    staged = home / STAGED / name
    make_folder(staged.parent)
    staged.write_text(text, encoding="utf-8")
    files.sync_whole(staged, mode_of(home / name))
    return staged


def _unfinished(home: Path, error: OSError) -> CoderError:
    return CoderError(
        f"{home}: not all files could be put in place ({error}). What was to be written is kept "
        "there",
        "Make the folder writable, or free some space. The next command on the project then "
        "finishes the change by itself.",
    )


# ---------------------------------------------------------------- beside files elsewhere


def note_beside(home: Path, temporaries: Sequence[Path]) -> None:
    """Note the temporary files that were made beside files elsewhere, so that they are removed
    with what is staged.
    """
    names = [str(path) for path in temporaries]
    files.write_text(home / STAGED / BESIDE, json.dumps(names))


def _noted_beside(staged: Path) -> list[Path]:
    try:
        names = json.loads(files.read_small(staged / BESIDE))
    except (OSError, ValueError, RecursionError):
        return []
    return [Path(str(name)) for name in names] if isinstance(names, list) else []


# ---------------------------------------------------------------- the journal as a file


def _read_journal(home: Path) -> tuple[Step, ...]:
    """The steps of a change that counts."""
    path = home / JOURNAL
    try:
        content = json.loads(files.read_small(path))
        return tuple(_parse_step(home, step) for step in content["steps"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CoderError(
            f"{path}: is damaged, so a change to the project that was interrupted cannot be "
            "finished",
            "Put the project back from a backup. Or set it aside, and see what is whole: "
            f"{command('check', home, option('repair'))}",
        ) from error


def _parse_step(home: Path, stored: Mapping[str, Any]) -> Step:
    """A step as a journal holds it. Raises `ValueError` where it reaches out of the project."""
    step = Step(str(stored["do"]), tuple(map(str, stored["paths"])))
    names = b"".join(map(os.fsencode, step.paths))
    if WORDS.get(step.kind) != len(step.paths) or b"\0" in names:
        raise ValueError("no such step")
    if step.kind == REPLACE and Path(step.paths[1]).is_absolute():
        source, target = map(Path, step.paths)
        if not files.is_temporary_of(source, target):
            raise ValueError("reaches out of the project")
        return step
    if not all(is_inside(home, home / path) for path in step.paths):
        raise ValueError("reaches out of the project")
    return step


def is_inside(home: Path, path: Path) -> bool:
    """Whether a path lies in a project's folder, links resolved."""
    place, folder = path.absolute(), home.absolute()
    below = place.parts[len(folder.parts) :]
    if place.name in ("", "..") or ".." in below:
        return False
    return place.parent.resolve().is_relative_to(folder.resolve())
