"""Chosen candidates into an existing codebook, whose own lines stay as they are."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, SequenceNode

from coder.codebook import Codebook, Theme, codebook_yaml, read_codebook
from coder.errors import CoderError, did_you_mean
from coder.files import new_file
from coder.yaml_faults import compose_yaml

BOM = b"\xef\xbb\xbf"
LONGEST_STEM = 75  # of an id that gets a number


def choose_themes(candidates: Codebook, ids: Sequence[str]) -> tuple[Theme, ...]:
    """The themes of these ids; no ids stands for all at the top.

    Sub-themes of an adopted theme come with it, unless one of those is chosen for itself. The
    sub-groups of a candidate only come where they are named. All come as adopted themes: facts
    of the group are left behind.

    Raises:
        CoderError: an id that the candidates do not have.
    """
    known = {node.theme.id: node.theme for node in candidates.nodes}
    wrong = [theme_id for theme_id in ids if theme_id not in known]
    if wrong:
        faults = [f"there is no candidate {theme_id!r}" for theme_id in wrong]
        raise CoderError("\n".join(faults), did_you_mean(wrong[0], known))
    chosen = list(dict.fromkeys(ids))
    if not chosen:
        chosen = [theme.id for theme in candidates.themes]
    return tuple(
        _adopt(known[theme_id], frozenset(chosen) - {theme_id}) for theme_id in chosen
    )


def _adopt(theme: Theme, chosen_alone: frozenset[str]) -> Theme:
    subs = []
    for sub in theme.themes:
        comes_along = sub.status == "adopted" and sub.id not in chosen_alone
        if comes_along:
            subs.append(_adopt(sub, chosen_alone))
    return theme.model_copy(
        update={
            "status": "adopted",
            "cluster": {},
            "themes": tuple(subs),
        }
    )


def rename_clashes(
    new: Sequence[Theme], book: Codebook
) -> tuple[tuple[Theme, ...], dict[str, str]]:
    """The themes with ids that the codebook does not use; what was renamed, old id to new."""
    used = {node.theme.id for node in book.nodes} | set(book.current_ids)
    renamed: dict[str, str] = {}

    def with_free_id(theme: Theme) -> Theme:
        free, number = theme.id, 2
        while free in used:
            free = f"{theme.id[:LONGEST_STEM]}-{number}"
            number += 1
        if free != theme.id:
            renamed[theme.id] = free
        used.add(free)
        subs = tuple(with_free_id(sub) for sub in theme.themes)
        return theme.model_copy(update={"id": free, "themes": subs})

    return tuple(with_free_id(theme) for theme in new), renamed


def insert_themes(text: str, new: Sequence[Theme]) -> Iterator[str]:
    """A codebook file's text with themes added after its last; every line of its own stays as it
    was.

    Yields the places where they can stand, the likeliest first: which comment belongs to which
    theme can only be told by reading the result.

    Raises:
        CoderError: the themes of the file are not a list with a line for each.
    """
    block = _themes_node(compose_yaml(text))
    if block is None or block.flow_style or not block.value:
        raise CoderError(
            "the codebook's `themes:` is not a list with a line for each theme",
            "Write each theme on lines of its own, beginning with `- id:`, and run the command "
            "again.",
        )
    lines = text.splitlines(keepends=True)
    newline = "\n"
    if lines[0].endswith("\r\n"):
        newline = "\r\n"
    added = _as_lines(new, block.start_mark.column, newline)
    if _has_blank_lines_between(lines, block):
        added.insert(0, newline)
    for end in _possible_ends(lines, block):
        above = lines[:end]
        if not above[-1].endswith(("\n", "\r")):
            above[-1] += newline
        yield "".join([*above, *added, *lines[end:]])


def _themes_node(root: object) -> SequenceNode | None:
    if isinstance(root, MappingNode):
        for key, value in root.value:
            if key.value == "themes" and isinstance(value, SequenceNode):
                return value
    return None


def _possible_ends(lines: Sequence[str], block: SequenceNode) -> Iterator[int]:
    """Numbers of lines after which the list may end: before blank and comment lines, then
    further down.
    """
    mark = block.end_mark
    last = min(int(mark.line) + (mark.column > 0), len(lines))
    first = last
    while first and _is_blank_or_comment(lines[first - 1]):
        first -= 1
    yield from range(first, last + 1)


def _is_blank_or_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _has_blank_lines_between(lines: Sequence[str], block: SequenceNode) -> bool:
    """Whether the file has a blank line between its themes."""
    starts = [item.start_mark.line for item in block.value[1:]]
    return bool(starts) and all(line and not lines[line - 1].strip() for line in starts)


def _as_lines(themes: Sequence[Theme], column: int, newline: str) -> list[str]:
    """The themes as lines of a YAML list, their dashes in a column."""
    text = codebook_yaml(
        Codebook.model_validate({"title": "x", "themes": tuple(themes)})
    )
    body = text.split("\nthemes:\n", 1)[1].splitlines()
    width = len(body[0]) - len(body[0].lstrip())
    lines = []
    for line in body:
        indented = ""
        if line[width:].strip():
            indented = " " * column + line[width:]
        lines.append(indented + newline)
    return lines


def add_to_file(
    path: Path, new: Sequence[Theme], to: Path | None = None
) -> dict[str, str]:
    """Add themes to a codebook file, whole or not at all; returns renamed ids, old to new.

    Args:
        to: the file to write in its place; None for `path` itself.

    Raises:
        CoderError: the file is faulty, or would not read as its old themes followed by the new
            ones.
    """
    before = read_codebook(path)
    themes, renamed = rename_clashes(new, before)
    raw = path.read_bytes()
    body = raw.removeprefix(BOM)
    mark = raw[: len(raw) - len(body)]
    with new_file(to or path) as temporary:
        for text in insert_themes(body.decode("utf-8"), themes):
            temporary.write_bytes(mark + text.encode("utf-8"))
            if _themes_of(temporary) == before.themes + themes:
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
