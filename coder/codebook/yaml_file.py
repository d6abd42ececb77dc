"""Codebook files (YAML): read with all faults at once, written for people to edit."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from coder import files
from coder.codebook.faults import (
    SHAPE,
    faults_of_values,
    find_contradictions,
)
from coder.codebook.model import Codebook, Theme
from coder.errors import CoderError, command, did_you_mean
from coder.limits import limits
from coder.yaml_faults import Fault, FaultyYamlError, layout_yaml, load_yaml

NEXT_LINE = "\x85"

# ---------------------------------------------------------------- reading


def read_codebook(path: Path | str) -> Codebook:
    """Read and check a codebook file.

    Raises:
        CoderError: all faults of the file at once, each as `FILE:LINE:COLUMN: what`.
    """
    path = Path(path)
    book, faults = _parse(_file_text(path))
    if book is not None and not faults:
        return book
    lines = []
    for line, column, message in sorted(set(faults)):
        lines.append(f"{path}:{line}:{column}: {message}")
    raise CoderError(
        "\n".join(lines),
        f"Correct the file, then check it: {command('codebook check', path)}",
    )


def _file_text(path: Path) -> str:
    if path.is_dir():
        raise CoderError(
            f"{path}: is a folder, not a codebook file", _codebooks_in(path)
        )
    if not path.is_file():
        raise CoderError(
            f"{path}: there is no such codebook file", _near_codebooks(path)
        )
    most = limits().codebook_bytes
    if path.stat().st_size > most:
        raise CoderError(
            f"{path}: larger than {most:,} bytes, so it cannot be a codebook",
            "Name the YAML codebook.",
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CoderError(
            f"{path}:{line}: not UTF-8 text", "Save the codebook as UTF-8."
        ) from error


def _codebooks_in(folder: Path) -> str:
    names = sorted(
        path.name for path in folder.glob("*.y*ml") if path.name != "project.yaml"
    )
    if not names:
        return f"There is no codebook in it. Draft one: {command('cluster', 'FILE')}"
    return f"It holds {', '.join(names[:8])}: name one, such as {folder / names[0]}"


def _near_codebooks(path: Path) -> str:
    names = []
    if path.parent.is_dir():
        names = sorted(other.name for other in path.parent.glob("*.y*ml"))
    if not names:
        return f"Draft one: {command('cluster', 'FILE')}"
    return did_you_mean(path.name, names)


def _parse(text: str) -> tuple[Codebook | None, list[Fault]]:
    """The codebook that a file's text holds, None where there is no telling; and all its faults."""
    try:
        tree = load_yaml(text)
    except FaultyYamlError as error:
        return None, list(error.faults)
    if not isinstance(tree, dict):
        return None, [
            Fault(1, 1, f"a codebook starts with `title:` and `themes:`; {SHAPE}")
        ]
    try:
        book = Codebook.model_validate(_plain(tree))
    except ValidationError as error:
        return None, faults_of_values(error, tree)
    return book, list(find_contradictions(book, tree))


def _plain(node: Any) -> Any:
    """The tree without its layout: dicts, lists and plain scalars, empty values left out."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, bool):
        return node
    for kind in (str, int, float):
        if isinstance(node, kind):
            return kind(node)
    return node


# ---------------------------------------------------------------- writing


def write_codebook(path: Path, book: Codebook, *, head: str = "") -> None:
    """Write a codebook file; an existing one is replaced whole. `head` becomes a comment at the
    top.
    """
    files.write_text(path, codebook_yaml(book, head=head))


def codebook_yaml(book: Codebook, *, head: str = "") -> str:
    """The codebook as YAML text for people to edit; defaults are left out.

    Args:
        head: a comment at the top of the file, without `#`.
    """
    fields = book.model_dump(mode="json", exclude_defaults=True)
    tree = {"title": book.title, "version": book.version} | fields
    tree["themes"] = [_theme_tree(theme) for theme in book.themes]
    out = io.StringIO()
    for line in head.splitlines():
        out.write(f"# {line}".rstrip(" ") + "\n")
    layout_yaml().dump(_exact(tree), out)
    return out.getvalue()


def _theme_tree(theme: Theme) -> dict[str, Any]:
    tree = theme.model_dump(mode="json", exclude_defaults=True)
    for part in (tree, *tree.get("positions", ())):
        if part.get("keywords"):
            part["keywords"] = _on_one_line(part["keywords"])
    if theme.cluster:
        tree["cluster"] = _facts_on_one_line(theme.cluster)
    if theme.themes:
        tree["themes"] = [_theme_tree(sub_theme) for sub_theme in theme.themes]
    return tree


def _on_one_line(words: Sequence[str]) -> CommentedSeq:
    """The list as `[one, two]`."""
    line = CommentedSeq([_between_brackets(word) for word in words])
    line.fa.set_flow_style()
    return line


def _facts_on_one_line(facts: dict[str, Any]) -> CommentedMap:
    """The facts as `{comments: 3, strength: 0.5}`."""
    line = CommentedMap()
    for name, fact in facts.items():
        line[_between_brackets(name)] = _between_brackets(fact)
    line.fa.set_flow_style()
    return line


def _between_brackets(value: Any) -> Any:
    """The value, quoted where it begins with a mark or holds a question mark.

    Between brackets the YAML writer leaves "?so" without quotes, and its reader takes that for
    a key. Readers of YAML 1.1, which many programs use, do so wherever the mark stands.
    """
    if isinstance(value, str) and (not value[:1].isalnum() or "?" in value):
        return DoubleQuotedScalarString(value)
    return _exact(value)


def _exact(node: Any) -> Any:
    """The tree with text quoted where the YAML writer would turn a next-line mark into a space."""
    if isinstance(node, CommentedMap | CommentedSeq):
        return node
    if isinstance(node, dict):
        return {_exact(key): _exact(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_exact(value) for value in node]
    if isinstance(node, str) and NEXT_LINE in node:
        return DoubleQuotedScalarString(node)
    return node
