"""What is wrong in a codebook file, by line and column, in the words of somebody who wrote the
file.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from coder.codebook.model import Codebook, Position, Theme
from coder.errors import did_you_mean
from coder.yaml_faults import (
    DASH_ITEM,
    Fault,
    Location,
    child,
    locate,
    space_after_dash,
)

UNUSED_IN_CATEGORIES = (
    "positions",
    "keywords",
    "examples",
    "counter_examples",
    "fallback",
)
SHAPE = "each theme is a line `- id: bus` and under it `  name: Bus services`"
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
        return space_after_dash(key)
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
        return space_after_dash(item)
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
        node = child(node, step)
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
