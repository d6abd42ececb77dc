"""Changes of several files of a project as one, and reading that sees no change by halves."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from coder import commit_journal, files
from coder.commit_journal import (
    JOURNAL,
    MOVE,
    REMOVE,
    REPLACE,
    STAGED,
    State,
    Step,
    read_state,
)
from coder.errors import CoderError
from coder.private import closed_place, how_to_open, make_folder, mode_of
from coder.project_home import SETTINGS_FILE, home_of
from coder.project_lock import HOLDER, Hold, held, hold_at_once, hold_project

Result = TypeVar("Result")

ATTEMPTS = 5  # to read one generation, while others write
PATIENCE = 60.0  # seconds to wait for those others then


class Transaction:
    """Files that change together: after any crash all are the old ones, or all the new ones.

    Write each file, or folder of files, at the path that `stage` gives for it. On a clean exit
    of the `with` statement they take their places, and the project's generation is raised. The
    project is held meanwhile; whoever reads it first and writes then should hold it from the
    beginning (`hold_project`), so that a change in between is noticed.

    Args:
        folder: of a project, or of one of its questions.
        command: who holds the project, as others are told.
        patience: the longest wait for others in seconds; None for an hour.

    Raises:
        CoderError: a file cannot be written; or the project was changed since it was taken hold
            of. Nothing is written then.
    """

    def __init__(
        self, folder: Path, command: str = "", patience: float | None = None
    ) -> None:
        self._holding = hold_project(folder, command, patience=patience)
        self._stack = ExitStack()
        self._steps: list[Step] = []
        self._places: dict[Path, Path] = {}
        self._beside: list[Path] = []
        self._hold: Hold

    def __enter__(self) -> Self:
        self._hold = self._stack.enter_context(self._holding)
        if self._hold.is_staging:
            self._stack.close()
            raise RuntimeError("a change of this project is being prepared already")
        self._hold.is_staging = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            try:
                if error is None and self._steps:
                    self._commit()
                elif (fault := _fault_of_disk(error)) is not None:
                    raise _unwritten(self._home, fault) from error
            finally:
                self._hold.is_staging = False
                if not commit_journal.has_journal(self._home):
                    with suppress(OSError):  # the next command tries again
                        commit_journal.clear_staged(self._home)

    @property
    def _home(self) -> Path:
        return self._hold.home

    # ------------------------------------------------------------ what is to change

    def stage(self, target: Path, *, replaces_folder: bool = False) -> Path:
        """Where to write what takes the place of `target`.

        Args:
            replaces_folder: what is there may be a folder; it is removed with all in it.

        Raises:
            CoderError: nothing can be written there.
        """
        if target in self._places:
            return self._places[target]
        if closed_place(target) is not None:
            fault = f"{target}: cannot be replaced (permission denied)"
            raise CoderError(fault, how_to_open(target))
        place = target
        if not commit_journal.is_inside(self._home, target):
            place = target.resolve()  # the file that a link stands for
        try:
            _check_place(place, replaces_folder=replaces_folder)
            staged = self._new_place(place)
        except OSError as error:
            raise files.unwritable(target, error) from error
        self._places[target] = staged
        self._add(REPLACE, staged, place)
        return staged

    def _new_place(self, target: Path) -> Path:
        folder = self._home / STAGED
        make_folder(folder)
        if commit_journal.is_inside(self._home, target):
            return folder / f"{len(self._steps):03d}-{target.name}"
        temporary = files.name_beside(target)
        make_folder(temporary.parent)
        self._beside.append(temporary)
        commit_journal.note_beside(self._home, self._beside)
        return temporary

    def remove(self, target: Path) -> None:
        """Remove a file or folder of the project, where there is one."""
        if os.path.lexists(target):
            self._add(REMOVE, target)

    def move(self, source: Path, target: Path) -> None:
        """Move a file or folder within the project, to where nothing is yet."""
        try:
            _check_place(target)
            if not commit_journal.is_inside(self._home, target):
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        except OSError as error:
            raise files.unwritable(target, error) from error
        self._add(MOVE, source, target)

    def at(self, target: Path) -> Path:
        """Where to read a file as it will be: staged, or in its place where it stays."""
        return self._places.get(target, target)

    def _add(self, kind: str, *paths: Path) -> None:
        self._steps.append(Step(kind, tuple(map(self._name, paths))))

    def _name(self, path: Path) -> str:
        """A path as seen from the project's folder, wherever that is put later."""
        place, home = path.absolute(), self._home.absolute()
        if not commit_journal.is_inside(home, place):
            return str(place)
        if place.is_relative_to(home):
            return place.relative_to(home).as_posix()
        return (
            (place.parent.resolve() / place.name).relative_to(home.resolve()).as_posix()
        )

    # ------------------------------------------------------------ making it so

    def _commit(self) -> None:
        try:
            for target, staged in self._places.items():
                files.sync_whole(staged, mode_of(target))
            for temporary in self._beside:
                files.sync_folder(temporary.parent)
        except OSError as error:
            raise _unwritten(self._home, error) from error
        self._check_is_fresh()
        commit_journal.commit(self._home, self._steps)
        self._hold.base = read_state(self._home)

    def _check_is_fresh(self) -> None:
        """Raise `CoderError` where somebody else wrote since the project was taken hold of."""
        now, base = read_state(self._home), self._hold.base
        if now == base:
            return
        what = f"{self._home}: another command wrote into the project meanwhile"
        if now.generation == base.generation:
            what = f"{self._home / SETTINGS_FILE}: was changed meanwhile"
        raise CoderError(
            f"{what}, and nothing was written now",
            "Run the command again: it then works on the project as it is now.",
        )


@contextmanager
def joined(folder: Path, within: Transaction | None) -> Iterator[Transaction]:
    """A change that is being prepared; one of its own where there is none."""
    if within is not None:
        yield within
        return
    with Transaction(folder) as change:
        yield change


def _check_place(target: Path, *, replaces_folder: bool = False) -> None:
    """Raise `OSError` where nothing could be put in place later."""
    if target.is_dir() and not replaces_folder:
        raise IsADirectoryError(errno.EISDIR, "a folder is there")
    above = target.absolute().parent
    while not os.path.lexists(above):
        above = above.parent
    if not above.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{above.name} is not a folder")
    if not os.access(above, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _fault_of_disk(error: BaseException | None) -> OSError | None:
    """What the system says where a staged file could not be written."""
    if isinstance(error, OSError):
        return error
    is_of_staged = f"{os.sep}{STAGED}{os.sep}" in str(error)
    if error is None or error.__cause__ is None or not is_of_staged:
        return None
    return files.system_error(error.__cause__)


def _unwritten(home: Path, error: OSError) -> CoderError:
    return CoderError(
        f"{home}: could not be written ({error.strerror or error}); its files are as they were "
        "before",
        "Free some space, or close the program that holds a file, and run the command again.",
    )


# ---------------------------------------------------------------- reading


def settle_project(folder: Path) -> None:
    """Finish or clear what a command left in a project when it was ended. Where nothing was
    left, or a command is at work, nothing is done.

    Raises:
        CoderError: a change that was interrupted cannot be finished.
    """
    home = home_of(folder)
    if not _has_leftovers(home) or held(folder) is not None:
        return
    if commit_journal.has_journal(home):  # at work, or interrupted: soon over
        _wait_or_finish(folder)
        return
    lock = hold_at_once(folder)
    if lock is None:
        return
    try:
        with suppress(OSError):
            (home / HOLDER).unlink(missing_ok=True)
            commit_journal.settle(home)
    finally:
        lock.release()


def _has_leftovers(home: Path) -> bool:
    """Whether there is anything that a command at work has, or one that was ended."""
    names = (JOURNAL, STAGED, HOLDER)
    return any(os.path.lexists(home / name) for name in names)


def _wait_or_finish(folder: Path) -> None:
    try:
        with hold_project(folder):
            pass
    except CoderError as error:
        raise CoderError(
            f"a change to the project was interrupted, and is to be finished first.\n"
            f"{error.problem}",
            error.fix,
        ) from error


class ProjectChangedError(Exception):
    """The project was written while it was read. Only `read_one_generation` sees it."""


def read_one_generation(folder: Path, work: Callable[[], Result]) -> Result:
    """Do what reads several files of a project, again where somebody wrote it meanwhile.

    Files that `work` writes by `files.new_file` take their places only while the project is as
    it was at the beginning, so that none of them mixes two states. After some attempts others
    are kept from writing meanwhile.

    Args:
        folder: of a project, or of one of its questions.
        work: may be done several times.

    Raises:
        CoderError: as `work`; or others write all the time, and the folder cannot be held.
    """
    home = home_of(folder)
    if held(folder) is not None:
        return work()
    for _ in range(ATTEMPTS):
        settle_project(folder)
        before = read_state(home)
        published = _Published(home, before)
        try:
            with files.checked_before_replacing(published.check):
                result = work()
            if not published.any:  # else the last file was checked
                _check_same(home, before)
            return result
        except ProjectChangedError:
            continue
        except (CoderError, OSError):
            if _is_same(home, before):
                raise
    with hold_project(folder, patience=PATIENCE):  # now others wait
        return work()


class _Published:
    """The files that were published while a project was in one state.

    Attributes:
        any: whether there are any.
    """

    def __init__(self, home: Path, before: State) -> None:
        self.any = False
        self._home = home
        self._before = before

    def check(self) -> None:
        """Let one more take its place, where the project is as it was."""
        _check_same(self._home, self._before)
        self.any = True


def _is_same(home: Path, before: State) -> bool:
    return not commit_journal.has_journal(home) and read_state(home) == before


def _check_same(home: Path, before: State) -> None:
    if not _is_same(home, before):
        raise ProjectChangedError
