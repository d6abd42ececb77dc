"""What is wrong in a codebook file, by line and column, in the words of somebody who wrote the
file.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    ScalarEvent,
)

from coder.codebook.model import Codebook, Position, Theme
from coder.errors import did_you_mean

DEEPEST = 30  # nested collections
UNUSED_IN_CATEGORIES = (
    "positions",
    "keywords",
    "examples",
    "counter_examples",
    "fallback",
)
SHAPE = "each theme is a line `- id: bus` and under it `  name: Bus services`"
DASH_ITEM = re.compile(
    r"\s*-(?=[^\s\-])(.*)"
)  # a list item without the space that makes it one
Location = tuple[
    str | int, ...
]  # keys and list indexes from the top of the file, as pydantic gives them

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


class Fault(NamedTuple):
    """One thing wrong in the file; line and column count from 1."""

    line: int
    column: int
    message: str


# ---------------------------------------------------------------- not readable as YAML


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
            return Fault(number + 1, item.start(1), _space_after_dash(item[1]))
    return None


def _space_after_dash(item: str) -> str:
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


# ---------------------------------------------------------------- not safe to load


def find_unsafe_parts(text: str) -> list[Fault]:
    """Faults of a file that must not be loaded: aliases, anchors, tags, merges, endless nesting."""
    faults: list[Fault] = []
    depth = 0
    try:
        for event in YAML(typ="rt").parse(text):
            line, column = event.start_mark.line + 1, event.start_mark.column + 1
            for message in _unsafe_features(event):
                faults.append(Fault(line, column, message))
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if depth > DEEPEST:
                faults.append(
                    Fault(line, column, f"nested deeper than {DEEPEST} levels")
                )
                break
    except (YAMLError, RecursionError) as error:
        faults.append(fault_of_yaml(error, text))
    return faults


def _unsafe_features(event: Event) -> Iterator[str]:
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        yield "aliases and anchors (& and *) are not allowed: write the text out"
    if isinstance(event, (ScalarEvent, CollectionStartEvent)) and event.tag:
        yield "tags (!) are not allowed"
    if isinstance(event, ScalarEvent) and event.value == "<<" and event.implicit[0]:
        yield "merging (<<) is not allowed: write the keys out"


# ---------------------------------------------------------------- not a codebook


def faults_of_values(error: ValidationError, tree: Any) -> list[Fault]:
    """The faults behind pydantic's error about the values of a loaded file.

    Args:
        tree: the file as ruamel.yaml loads it, with the lines and columns of its parts.
    """
    faults = []
    for problem in error.errors():
        location = problem["loc"]
        faults.append(locate(tree, location, _describe(problem, tree)))
    return faults


def _describe(problem: Any, tree: Any) -> str:
    location: Location = problem["loc"]
    value = problem.get("input")
    if location[0] == "version":
        return (
            f"version: must be a whole number or text, not {value!r}; put it in quotes"
        )
    if "cluster" in location:
        place = _name_of(location[: location.index("cluster") + 1], tree)
        return f"{place}: each of its keys may hold a number, text, true or false"
    describe = _DESCRIPTIONS.get(problem["type"], _as_pydantic_words_it)
    return f"{_name_of(location, tree)}: {describe(location, value, problem['msg'])}"


def _needs_keys(_location: Location, value: object, _message: str) -> str:
    return f"must hold keys such as `id:` and `name:`, not {value!r}"


def _is_unknown(location: Location, _value: object, _message: str) -> str:
    key = str(location[-1])
    if len(location) > 1 and DASH_ITEM.match(key):
        return _space_after_dash(key)
    allowed: type[Codebook | Theme | Position] = Codebook
    if "themes" in location:
        allowed = Theme
    if "positions" in location:
        allowed = Position
    return f"no such key. {did_you_mean(key, allowed.model_fields)}"


def _is_missing(_location: Location, _value: object, _message: str) -> str:
    return "is required"


def _needs_text(_location: Location, value: object, _message: str) -> str:
    return f"must be text, not {value!r}; put it in quotes"


def _needs_list(location: Location, value: object, _message: str) -> str:
    item = next(iter(value), "") if isinstance(value, dict) else value
    if isinstance(item, str) and DASH_ITEM.match(item):
        return _space_after_dash(item)
    if location[-1] == "themes":
        return f"must be a list: {SHAPE}"
    return "must be a list, such as [one, two]"


def _has_wrong_form(location: Location, value: object, _message: str) -> str:
    if location[-1] == "language":
        return f"{value!r} is not a language code, such as en or de"
    slug = re.sub(r"[^a-z0-9]+", "-", str(value).casefold()).strip("-")
    return (
        f"{value!r} may hold only a-z, 0-9, - and _; for example {slug or 'theme-1'!r}"
    )


def _as_pydantic_words_it(_location: Location, _value: object, message: str) -> str:
    return message[:1].lower() + message[1:]


_DESCRIPTIONS = {
    "model_type": _needs_keys,
    "model_attributes_type": _needs_keys,
    "extra_forbidden": _is_unknown,
    "missing": _is_missing,
    "string_type": _needs_text,
    "tuple_type": _needs_list,
    "string_pattern_mismatch": _has_wrong_form,
}


def _name_of(location: Location, tree: Any) -> str:
    """A place for people, such as `theme 'drugs': position 'more': keywords.2`; lists count
    from 1.
    """
    parts: list[str] = []  # the innermost theme and its position
    steps: list[str] = []  # from there on
    node = tree
    list_name: str | int = ""
    for step in location:
        if isinstance(node, list) and isinstance(step, int):
            steps.append(str(step + 1))
        else:
            steps.append(str(step))
        node = _child(node, step)
        own_id = _id_of(node) if isinstance(step, int) else None
        if own_id is not None and list_name in ("themes", "positions"):
            if list_name == "themes":
                parts = []
            parts.append(f"{str(list_name)[:-1]} {own_id!r}")
            steps = []
        list_name = step
    if steps:
        parts.append(".".join(steps))
    return ": ".join(parts)


def _id_of(node: Any) -> str | None:
    if isinstance(node, dict) and node.get("id") is not None:
        return str(node["id"])
    return None


def _child(node: Any, step: str | int) -> Any:
    try:
        return node[step]
    except (KeyError, IndexError, TypeError):
        return None


# ---------------------------------------------------------------- where in the file


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
        node = _child(node, key)
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


# ---------------------------------------------------------------- contradictions between parts


def find_contradictions(book: Codebook, tree: Any) -> Iterator[Fault]:
    """What no part alone can know: ids used twice, and `was` and `split_from` that cannot be
    true.
    """
    themes = list(_with_locations(book.themes, ("themes",)))
    yield from _ids_used_twice(themes, tree)
    yield from _wrong_origins(themes, tree)
    yield from _wrong_categories(themes, tree)
    if not book.active:
        message = "themes: at least one theme that is not retired is needed"
        yield locate(tree, ("themes",), message)


def _with_locations(
    themes: Sequence[Theme], location: Location
) -> Iterator[tuple[Theme, Location]]:
    for number, theme in enumerate(themes):
        own_location = (*location, number)
        yield theme, own_location
        yield from _with_locations(theme.themes, (*own_location, "themes"))


def _ids_used_twice(
    themes: Sequence[tuple[Theme, Location]], tree: Any
) -> Iterator[Fault]:
    ids: set[str] = set()
    for theme, location in themes:
        if theme.id in ids:
            yield locate(tree, (*location, "id"), f"the id {theme.id!r} is used twice")
        ids.add(theme.id)
        position_ids: set[str] = set()
        for position in theme.positions:
            if position.id in position_ids:
                message = f"the position id {position.id!r} is used twice"
                yield locate(tree, (*location, "positions"), message)
                break
            position_ids.add(position.id)


def _wrong_origins(
    themes: Sequence[tuple[Theme, Location]], tree: Any
) -> Iterator[Fault]:
    ids = {theme.id for theme, _ in themes}
    owners: dict[str, str] = {}  # former id to the theme that names it
    for theme, location in themes:
        for number, former in enumerate(theme.was):
            message = ""
            if former in theme.was[:number]:
                message = f"{former!r} is listed twice"
            elif former == theme.id:
                message = "must not name the theme's own id"
            elif former in ids:
                message = f"{former!r} is still a theme"
            elif former in owners:
                message = (
                    f"{former!r} is also named by {owners[former]!r}; use split_from"
                )
            if message:
                yield locate(tree, (*location, "was"), f"was: {message}")
            owners.setdefault(former, theme.id)
        if theme.split_from == theme.id:
            message = "split_from: a theme cannot be split from itself"
            yield locate(tree, (*location, "split_from"), message)


def _wrong_categories(
    themes: Sequence[tuple[Theme, Location]], tree: Any
) -> Iterator[Fault]:
    for theme, location in themes:
        if not theme.category:
            continue
        for name in UNUSED_IN_CATEGORIES:
            if getattr(theme, name):
                message = f"{name}: a category is never coded itself, so it has none"
                yield locate(tree, (*location, name), message)
        if not theme.retired and not any(_counted_within(theme)):
            message = (
                "category: it counts its sub-themes, and has none that is coded; leave "
                "the mark out, or add `retired: true`"
            )
            yield locate(tree, (*location, "category"), message)


def _counted_within(theme: Theme) -> Iterator[Theme]:
    """The themes that are coded and count for a category."""
    for sub_theme in theme.themes:
        if not sub_theme.aggregate or sub_theme.retired:
            continue
        if sub_theme.category:
            yield from _counted_within(sub_theme)
        else:
            yield sub_theme
