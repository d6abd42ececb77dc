"""Chosen candidates into an existing codebook, whose own lines stay as they are."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, SequenceNode

from coder.codebook import Codebook, Theme, codebook_yaml, read_codebook
from coder.errors import CoderError, did_you_mean
from coder.files import new_file


def chosen_themes(candidates: Codebook, ids: Sequence[str]) -> tuple[Theme, ...]:
    """The candidates of these ids, each with its sub-themes unless one of those is chosen for itself.

    No ids stands for all. They come as adopted themes: facts of the group are left behind.

    Raises:
        CoderError: an id that the candidates do not have.
    """
    known = {place.theme.id: place.theme for place in candidates.nodes}
    wrong = [theme_id for theme_id in ids if theme_id not in known]
    if wrong:
        raise CoderError(
            "\n".join(f"the candidates have no theme {theme_id!r}" for theme_id in wrong),
            did_you_mean(wrong[0], known),
        )
    wanted = list(dict.fromkeys(ids)) or [theme.id for theme in candidates.themes]
    return tuple(_adopted(known[theme_id], frozenset(wanted) - {theme_id}) for theme_id in wanted)


def _adopted(theme: Theme, apart: frozenset[str]) -> Theme:
    subs = tuple(_adopted(sub, apart) for sub in theme.themes if sub.id not in apart)
    return theme.model_copy(update={"status": "adopted", "cluster": {}, "themes": subs})


def without_clashes(
    new: Sequence[Theme], book: Codebook
) -> tuple[tuple[Theme, ...], dict[str, str]]:
    """The themes with ids that the codebook does not use; what was renamed, old id to new."""
    taken = {place.theme.id for place in book.nodes} | set(book.current_ids)
    renamed: dict[str, str] = {}

    def free(theme: Theme) -> Theme:
        found, number = theme.id, 2
        while found in taken:
            found = f"{theme.id[:75]}-{number}"
            number += 1
        if found != theme.id:
            renamed[theme.id] = found
        taken.add(found)
        return theme.model_copy(
            update={"id": found, "themes": tuple(free(sub) for sub in theme.themes)}
        )

    return tuple(free(theme) for theme in new), renamed


def with_themes(text: str, new: Sequence[Theme]) -> Iterator[str]:
    """A codebook file's text with themes added after its last; every line of its own stays as it was.

    Where the last theme ends cannot always be told from comments that follow it: the likeliest reading comes
    first, and the caller takes the first that says the right thing.

    Raises:
        CoderError: `themes:` is not written as a list of lines (it is `[...]`), so that nothing can be added
            without writing the file anew.
    """
    block = _themes_node(YAML(typ="rt").compose(text))
    if block is None or block.flow_style or not block.value:
        raise CoderError(
            "the codebook's `themes:` is not a list with a line for each theme",
            "Write each theme on lines of its own, beginning with `- id:`, and run the command again.",
        )
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    gap = [newline] if _spaced(lines, block) else []
    added = [*gap, *(_line(line, block.start_mark.column, newline) for line in _as_list(new))]
    for at in _ends(lines, block):
        above = [*lines[:at]]
        if not above[-1].endswith(("\n", "\r")):
            above[-1] += newline
        yield "".join([*above, *added, *lines[at:]])


def _themes_node(root: object) -> SequenceNode | None:
    if isinstance(root, MappingNode):
        for key, value in root.value:
            if key.value == "themes" and isinstance(value, SequenceNode):
                return value
    return None


def _ends(lines: Sequence[str], block: SequenceNode) -> Iterator[int]:
    """Numbers of lines after which the list may end: before blank and comment lines, then further down."""
    mark = block.end_mark
    last = min(int(mark.line) + (mark.column > 0), len(lines))
    at = last
    while at and (not lines[at - 1].strip() or re.match(r"\s*#", lines[at - 1])):
        at -= 1
    yield from range(at, last + 1)


def _spaced(lines: Sequence[str], block: SequenceNode) -> bool:
    """Whether the file has a blank line between its themes."""
    starts = [item.start_mark.line for item in block.value[1:]]
    return bool(starts) and all(line and not lines[line - 1].strip() for line in starts)


def _as_list(themes: Sequence[Theme]) -> list[str]:
    """The themes as YAML list lines, dashes in the first column."""
    text = codebook_yaml(Codebook.model_validate({"title": "x", "themes": tuple(themes)}))
    body = text.split("\nthemes:\n", 1)[1].splitlines()
    width = len(body[0]) - len(body[0].lstrip())
    return [line[width:] for line in body]


def _line(line: str, column: int, newline: str) -> str:
    return f"{' ' * column}{line}{newline}" if line.strip() else newline


def add_to_file(path: Path, new: Sequence[Theme]) -> dict[str, str]:
    """Add themes to a codebook file in place, whole or not at all; returns renamed ids.

    Raises:
        CoderError: the file is faulty, or would not read as its old themes followed by the new ones.
    """
    before = read_codebook(path)
    fresh, renamed = without_clashes(new, before)
    raw = path.read_bytes()
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    with new_file(path) as temporary:
        for text in with_themes(raw[len(mark) :].decode("utf-8"), fresh):
            temporary.write_bytes(mark + text.encode("utf-8"))
            if _themes_of(temporary) == before.themes + fresh:
                return renamed
        raise CoderError(
            f"{path}: the themes could not be added without changing what is there",
            "Add them by hand.",
        )


def _themes_of(path: Path) -> tuple[Theme, ...] | None:
    try:
        return read_codebook(path).themes
    except CoderError:
        return None
