"""The one way in which YAML files are read, and what is wrong in them by line and column, in the
words of somebody who wrote the file.

Files of people need neither aliases nor tags, with which a small file makes a large tree or
something that is no text. Size, depth and number of values are bounded before a tree is made.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    ScalarEvent,
)

from coder.errors import CoderError
from coder.limits import limits

DASH_ITEM = re.compile(
    r"\s*-(?=[^\s\-])(.*)"
)  # a list item without the space that makes it one
Location = tuple[
    str | int, ...
]  # keys and list indexes from the top of the file, as pydantic gives them

# Characters that no file can hold; escapes such as \ud800 stand for them.
NO_TEXT = re.compile("[\ud800-\udfff]")

Model = TypeVar("Model", bound=BaseModel)

# What a message of the YAML reader means to somebody who wrote the file; {line} is where the
# problem began.
PLAIN_MESSAGES = {
    r"found character '\t'": "a tab is used where only spaces are allowed: replace it with spaces",
    "that cannot start any token": (
        "text cannot start with this character: put the text in quotes"
    ),
    "found unexpected end of stream": "a quote is opened here and never closed",
    "mapping values are not allowed": (
        "a `:` is not allowed here: put text that holds a colon in quotes, or correct the "
        "indentation of this line or the one before"
    ),
    "but found '<scalar>'": (
        "there is more text after the end of a value: put the whole text in quotes, and double "
        "any quote inside it"
    ),
    "expected <block end>": (
        "this line does not start in the same column as the lines it belongs to (from line {line})"
    ),
    "expected ',' or ']'": "the list opened with [ in line {line} lacks a comma or its closing ]",
    "expected ',' or '}'": "the {{ opened in line {line} lacks a comma or its closing }}",
    "could not find expected ':'": (
        "this is not a line `key: text`: a colon and a space are missing, or the line should "
        "start further to the right"
    ),
    "but found another document": (
        "a second document starts here: delete the line --- or ... before it"
    ),
    "expected alphabetic or numeric": (
        "aliases and anchors (& and *) are not allowed: put the text in quotes"
    ),
    "expected the node content": (
        "there is a bracket, brace or comma where text should be: put the text in quotes"
    ),
    "sequence entries are not allowed": (
        "a list cannot start after its key: put each `- ` on a line of its own"
    ),
    "unknown escape character": (
        "a backslash has a special meaning in double quotes: use single quotes"
    ),
    "expected escape sequence": (
        "a backslash has a special meaning in double quotes: use single quotes"
    ),
    "expected chomping": "after | or > the text starts on the next line; or put the text in quotes",
}


MOST_FAULTS = 200  # that are told of one file


class Fault(NamedTuple):
    """One thing wrong in the file; line and column count from 1."""

    line: int
    column: int
    message: str


class FaultyYamlError(Exception):
    """A YAML text that is not read, with all its faults."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


# ---------------------------------------------------------------- reading


def layout_yaml() -> YAML:
    """Reads and writes YAML with its layout and comments, as people edit it."""
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def load_yaml(text: str) -> Any:
    """The tree of a YAML text, with the lines and columns of its parts.

    Raises:
        FaultyYamlError: it is not YAML, or not safe to load.
    """
    return _load(layout_yaml(), text)


def compose_yaml(text: str) -> Any:
    """The nodes of a YAML text, with their marks.

    Raises:
        FaultyYamlError: as `load_yaml`.
    """
    _check(text)
    return YAML(typ="rt").compose(text)


def _load(yaml: YAML, text: str) -> Any:
    _check(text)
    try:
        return yaml.load(text)
    except Exception as error:  # dates and numbers that cannot be raise much
        raise FaultyYamlError([_fault_in_plain_words(error, text)]) from error


def _check(text: str) -> None:
    faults = _unsafe_parts(text)
    if faults:
        raise FaultyYamlError(faults)


def _unsafe_parts(text: str) -> list[Fault]:
    """Faults of a text that must not be loaded: aliases, anchors, tags, merges, what is no text,
    and more of it than a person writes.
    """
    most = limits().yaml_bytes
    if len(text) > most:
        return [Fault(1, 1, f"larger than {most:,} bytes")]
    faults: list[Fault] = []
    try:
        for event in _bounded(YAML(typ="rt").parse(text)):
            for message in _unsafe_features(event):
                faults.append(_fault_at(event, message))
    except FaultyYamlError as error:
        faults.extend(error.faults)
    except (YAMLError, ValueError, RecursionError) as error:
        faults.append(fault_of_yaml(error, text))
    return faults[:MOST_FAULTS]


def _bounded(events: Iterable[Event]) -> Iterator[Event]:
    """The parts of a text in their order.

    Raises:
        FaultyYamlError: there are too many, or too many within each other.
    """
    now = limits()
    depth = 0
    for number, event in enumerate(events):
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        if depth > now.yaml_depth:
            message = f"nested deeper than {now.yaml_depth} levels"
            raise FaultyYamlError([_fault_at(event, message)])
        if number > now.yaml_values:
            message = f"holds more than {now.yaml_values:,} values"
            raise FaultyYamlError([_fault_at(event, message)])
        yield event


def _fault_at(event: Event, message: str) -> Fault:
    mark = event.start_mark
    return Fault(mark.line + 1, mark.column + 1, message)


def _unsafe_features(event: Event) -> Iterator[str]:
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        yield "aliases and anchors (& and *) are not allowed: write the text out"
    if isinstance(event, (ScalarEvent, CollectionStartEvent)) and event.tag:
        yield "tags (!) are not allowed"
    if not isinstance(event, ScalarEvent):
        return
    if event.value == "<<" and event.implicit[0]:
        yield "merging (<<) is not allowed: write the keys out"
    if NO_TEXT.search(event.value):
        yield "there is an escape for something that is no character: delete it"


def read_yaml(path: Path, text: str, fix: str) -> Any:
    """The tree of a YAML file, with the lines and columns of its parts.

    Args:
        path: of the file, for messages.
        fix: what to do next.

    Raises:
        CoderError: all faults of the file, each as `FILE:LINE:COLUMN: what`.
    """
    try:
        return load_yaml(text)
    except FaultyYamlError as error:
        raise _error_of(path, error.faults, fix) from error


def _error_of(path: Path, faults: Sequence[Fault], fix: str) -> CoderError:
    lines = []
    for line, column, message in faults:
        lines.append(f"{path}:{line}:{column}: {message}")
    return CoderError("\n".join(lines), fix)


def read_model(path: Path, content: bytes, model: type[Model], fix: str) -> Model:
    """What a YAML file holds.

    Args:
        path: of the file, for messages.
        fix: what the file may hold, or what to do next.

    Raises:
        CoderError: all faults of the file, each as `FILE:LINE:COLUMN: what`.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CoderError(f"{path}:{line}: not UTF-8 text", fix) from error
    try:
        tree = _load(YAML(typ="safe", pure=True), text)
        return model.model_validate({} if tree is None else tree)
    except FaultyYamlError as error:
        raise _error_of(path, error.faults, fix) from error
    except ValidationError as error:
        raise _error_of(path, _faults_of_values(error, text), fix) from error


def _faults_of_values(error: ValidationError, text: str) -> list[Fault]:
    tree = layout_yaml().load(text)  # slower, and knows the lines
    faults = []
    for problem in error.errors():
        place = ".".join(map(str, problem["loc"]))
        message = problem["msg"].replace("valid tuple", "list, such as [one, two]")
        faults.append(locate(tree, problem["loc"], f"{place}: {message}"))
    return faults


def _fault_in_plain_words(error: Exception, text: str) -> Fault:
    """The fault of a file that cannot be read; the fast reader words it otherwise than the one
    whose messages are known.
    """
    try:
        layout_yaml().load(text)
    except Exception as known_error:
        error = known_error
    return fault_of_yaml(error, text)


# ---------------------------------------------------------------- faults


def fault_of_yaml(error: Exception, text: str) -> Fault:
    """The fault behind an error of the YAML reader."""
    if isinstance(error, MarkedYAMLError):
        return _fault_with_mark(error, text)
    return _fault_without_mark(error, text)


def _fault_with_mark(error: MarkedYAMLError, text: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Fault(1, 1, _first_line(error.problem))
    problem = _first_line(error.problem or error.context)
    start = error.context_mark or mark
    if (
        "unexpected end of stream" in problem
        or "could not find expected ':'" in problem
    ):
        mark = start  # the place where the reader gave up, often the end of the file, says nothing
    lines_to_check = [mark.line]
    if (
        "mapping values" in problem
    ):  # `-id: bus` reads as one more line of what stands above it
        lines_to_check.append(mark.line - 1)
    missing_space = _missing_space(text.splitlines(), lines_to_check)
    if missing_space is not None:
        return missing_space
    return Fault(
        mark.line + 1, mark.column + 1, _in_plain_words(problem, start.line + 1)
    )


def _missing_space(lines: Sequence[str], numbers: Sequence[int]) -> Fault | None:
    """The first of the lines that is a list item without the space after its dash."""
    for number in numbers:
        if not 0 <= number < len(lines):
            continue
        item = DASH_ITEM.match(lines[number])
        if item:
            return Fault(number + 1, item.start(1), space_after_dash(item[1]))
    return None


def space_after_dash(item: str) -> str:
    """What is wrong with a list item such as `-police`."""
    first_word = re.split(r"[\s:]", item.lstrip("-"), maxsplit=1)[0][:40]
    return f"a space is missing after the dash: write `- {first_word}`"


def _in_plain_words(problem: str, line: int) -> str:
    if 'found duplicate key "' in problem:
        key = problem.split('"')[1]
        return f'the key "{key}" is used twice'
    for words, meaning in PLAIN_MESSAGES.items():
        if words in problem:
            return meaning.format(line=line)
    return problem


def _fault_without_mark(error: Exception, text: str) -> Fault:
    """The fault of an error that knows at most how many characters were read."""
    before = text[: getattr(error, "position", 0)]
    message = _first_line(str(error))
    if "special characters are not allowed" in message:
        message = "there is an invisible control character here: delete it"
    return Fault(before.count("\n") + 1, len(before) - before.rfind("\n"), message)


def _first_line(message: str | None) -> str:
    lines = (message or "").splitlines()
    return lines[0] if lines else "not YAML"


def child(node: Any, step: str | int) -> Any:
    """A part of a tree; None where there is none."""
    try:
        return node[step]
    except (KeyError, IndexError, TypeError):
        return None


def locate(tree: Any, location: Location, message: str) -> Fault:
    """A fault at a part of the file, or at the nearest part around it whose line is known."""
    line, column = 1, 1
    node = tree
    for step in location:
        key: Any = step
        if isinstance(node, dict) and step not in node:
            key = _key_read_as(node, str(step))
        position = _position_of(node, key)
        if position:
            line, column = position
        node = child(node, key)
        if node is None:
            break
    return Fault(line, column, message)


def _key_read_as(node: dict[Any, Any], name: str) -> Any:
    """The key that pydantic calls `name` although it is not text; `name` where there is none."""
    for key in node:
        if str(key) == name:
            return key
    return name


def _position_of(node: Any, step: Any) -> tuple[int, int] | None:
    try:
        marks = node.lc
        if not isinstance(node, dict):
            line, column = marks.item(step)
        elif step in node:
            line, column = marks.key(step)
        else:
            line, column = marks.line, marks.col
    except (AttributeError, KeyError, TypeError):
        return None
    return line + 1, column + 1
