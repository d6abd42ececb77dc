"""Changes of rows, cells, lines, keys and elements in files of text."""

import csv
import io
import json
import re
from collections.abc import Callable
from random import Random

from fuzz import values

ELEMENT = re.compile(r"<(?P<name>[A-Za-z][\w:.-]*)(?:\s[^<>]*)?(?:/>|>[^<]*</(?P=name)>)")
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
ATTRIBUTE = re.compile(r'([\w:.-]{1,40})="([^"]*)"')  # bounded, else one long word takes minutes
CONTENT = re.compile(r">([^<>]+)<")
DECLARED = re.compile(r'encoding="[^"]*"')
ENCODINGS = (
    "utf-7",
    "utg-8",
    "utf-16",
    "utf-32",
    "ascii",
    "latin-1",
    "cp037",
    "idna",
    "punycode",
    "rot13",
    "zlib",
    "\x00",
    "x" * 300,
)
Path = list[str | int]


# ---------------------------------------------------------------- rows and cells


def change_rows(data: bytes, chance: Random) -> bytes:
    """A row or a cell of a table of text is changed, and the table written again."""
    decoded = data.decode("utf-8-sig", "surrogateescape")
    separator = "\t" if decoded.count("\t") > decoded.count(",") else ","
    rows = list(csv.reader(io.StringIO(decoded, newline=""), delimiter=separator, strict=False))
    if not rows:
        return data
    chance.choice(ROW_CHANGES)(rows, chance)
    return _joined(rows, separator, chance)


def _joined(rows: list[list[str]], separator: str, chance: Random) -> bytes:
    out = io.StringIO(newline="")
    end = "\n" if chance.random() < 0.9 else chance.choice(("\r", "\r\n", "\n\r"))
    chosen = separator if chance.random() < 0.9 else chance.choice(";|\t,")
    quoting = csv.QUOTE_ALL if chance.random() < 0.1 else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=chosen, lineterminator=end, quoting=quoting).writerows(rows)
    text = out.getvalue()
    kind = chance.random()
    if kind < 0.03:
        return text.encode("utf-16", "surrogatepass")
    if kind < 0.06:
        return text.encode("cp1252", "replace")
    if kind < 0.08:
        return b"sep=" + chosen.encode() + b"\n" + text.encode("utf-8", "surrogateescape")
    return text.encode("utf-8", "surrogatepass" if _has_lone(text) else "surrogateescape")


def _has_lone(text: str) -> bool:
    """Whether there is a lone surrogate that stands for no byte."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return True
    return False


def _set_cell(rows: list[list[str]], chance: Random) -> None:
    row = chance.choice(rows)
    if row:
        row[chance.randrange(len(row))] = values.text(chance)


def _set_heading(rows: list[list[str]], chance: Random) -> None:
    if rows[0]:
        names = [*rows[0], values.text(chance)]
        rows[0][chance.randrange(len(rows[0]))] = chance.choice(names)


def _set_column(rows: list[list[str]], chance: Random) -> None:
    column = chance.randrange(max(1, len(rows[0])))
    value = values.text(chance)
    for row in rows[1:]:
        if column < len(row) and chance.random() < 0.9:
            row[column] = value[:2000]


def _drop_row(rows: list[list[str]], chance: Random) -> None:
    del rows[chance.randrange(len(rows))]


def _drop_rows(rows: list[list[str]], chance: Random) -> None:
    del rows[chance.randint(0, len(rows)) :]


def _repeat_row(rows: list[list[str]], chance: Random) -> None:
    row = list(chance.choice(rows))
    times = chance.choice((1, 1, 5, 500))
    place = chance.randint(0, len(rows))
    rows[place:place] = [list(row) for _ in range(times)]


def _ragged(rows: list[list[str]], chance: Random) -> None:
    row = chance.choice(rows)
    if chance.random() < 0.5:
        row.extend([values.text(chance)] * chance.choice((1, 3, 60)))
    elif row:
        del row[chance.randrange(len(row)) :]


def _drop_column(rows: list[list[str]], chance: Random) -> None:
    column = chance.randrange(max(1, len(rows[0])))
    for row in rows:
        del row[column : column + 1]


def _repeat_column(rows: list[list[str]], chance: Random) -> None:
    column = chance.randrange(max(1, len(rows[0])))
    times = chance.choice((1, 1, 2, 300))
    for row in rows:
        row[column:column] = row[column : column + 1] * times


def _shuffle_rows(rows: list[list[str]], chance: Random) -> None:
    chance.shuffle(rows)


ROW_CHANGES: tuple[Callable[[list[list[str]], Random], None], ...] = (
    _set_cell,
    _set_cell,
    _set_cell,
    _set_heading,
    _set_column,
    _drop_row,
    _drop_rows,
    _repeat_row,
    _ragged,
    _drop_column,
    _repeat_column,
    _shuffle_rows,
)


# ---------------------------------------------------------------- trees


def change_tree(tree: object, chance: Random) -> object:
    """A JSON tree with one value, key or branch changed; the tree given is not kept."""
    places = list(_places(tree, []))
    if not places:
        return values.tree(chance)
    place = chance.choice(places)
    parent, last = _follow(tree, place[:-1]), place[-1]
    kind = chance.random()
    if kind < 0.5:
        parent[last] = values.tree(chance)
    elif kind < 0.65:
        del parent[last]
    elif kind < 0.8:
        other = chance.choice(places)
        parent[last] = _follow(tree, other) if chance.random() < 0.9 else [parent[last]]
        return json.loads(json.dumps(tree)) if _is_tree(tree) else values.tree(chance)
    elif isinstance(parent, dict):
        name = chance.choice((values.text(chance), str(last) + "x", str(last).upper()))
        parent[name] = parent.pop(last)
    else:
        parent.extend([parent[last]] * chance.choice((1, 2, 300)))
    return tree


def _is_tree(tree: object) -> bool:
    """Whether no branch holds itself."""
    try:
        json.dumps(tree)
    except (ValueError, RecursionError):
        return False
    return True


def _places(tree: object, before: Path) -> "list[Path]":
    places: list[Path] = []
    steps: list[tuple[str | int, object]] = []
    if isinstance(tree, dict):
        steps = list(tree.items())
    elif isinstance(tree, list):
        steps = list(enumerate(tree))
    for step, branch in steps:
        here = [*before, step]
        places.append(here)
        places += _places(branch, here)
    return places


def _follow(tree: object, place: Path) -> "object":
    for step in place:
        tree = tree[step]  # type: ignore[index]
    return tree


def encode_tree(tree: object, chance: Random) -> bytes:
    """JSON, now and then as others write it."""
    plain = chance.random() < 0.5
    indent = chance.choice((None, None, 1))
    text = json.dumps(tree, ensure_ascii=plain, indent=indent)
    return text.encode("utf-8", "surrogatepass")


def change_json(data: bytes, chance: Random) -> bytes:
    """One change of a JSON document."""
    if chance.random() < 0.02:
        return _deep(chance)
    return encode_tree(change_tree(json.loads(data), chance), chance)


def _deep(chance: Random) -> bytes:
    opened, closed = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    middle = chance.choice((b"", b"1"))
    return opened * values.DEEP + middle + closed * values.DEEP


def change_json_lines(data: bytes, chance: Random) -> bytes:
    """One change of one line, each line a JSON document; or of the lines."""
    lines = data.split(b"\n")
    place = chance.randrange(len(lines))
    if chance.random() < 0.7 and lines[place].strip():
        lines[place] = change_json(lines[place], chance).replace(b"\n", b" ")
    else:
        _change_lines(lines, chance)
    return b"\n".join(lines)


# ---------------------------------------------------------------- lines


def change_lines(data: bytes, chance: Random) -> bytes:
    """Lines are missing, doubled, in another order, or end in something else."""
    lines = data.split(b"\n")
    _change_lines(lines, chance)
    return b"\n".join(lines)


def _change_lines(lines: list[bytes], chance: Random) -> None:
    place = chance.randrange(len(lines))
    kind = chance.randrange(7)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines.insert(chance.randint(0, len(lines)), lines[place])
    elif kind == 2:
        lines.insert(place, values.text(chance).encode("utf-8", "surrogatepass")[:5000])
    elif kind == 3:
        other = chance.randrange(len(lines))
        lines[place], lines[other] = lines[other], lines[place]
    elif kind == 4:
        lines[place] = lines[place].replace(b" ", b"\t", 1)
    elif kind == 5:
        indent = chance.choice((b" ", b"  ", b"\t", b" " * 50))
        lines[place] = indent + lines[place]
    else:
        del lines[place:]


def change_yaml(data: bytes, chance: Random) -> bytes:
    """A value or a line of a YAML file is changed as a person or an attacker would."""
    kind = chance.random()
    if kind < 0.35:
        return change_lines(data, chance)
    if kind < 0.36:
        return chance.choice(YAML_BOMBS)
    lines = data.split(b"\n")
    places = [number for number, line in enumerate(lines) if b":" in line]
    if not places:
        return change_lines(data, chance)
    place = chance.choice(places)
    key, _, _ = lines[place].partition(b":")
    value = values.text(chance)[:3000]
    if chance.random() < 0.5:
        value = json.dumps(values.tree(chance))[:3000]
    lines[place] = key + b": " + value.encode("utf-8", "surrogatepass")
    return b"\n".join(lines)


def _laughs() -> bytes:
    lines = [b'a0: &a0 "lol"']
    for step in range(1, 30):
        before = b", ".join([b"*a%d" % (step - 1)] * 9)
        lines.append(b"a%d: &a%d [%s]" % (step, step, before))
    return b"\n".join(lines)


YAML_BOMBS = (
    _laughs(),
    b"a: &a [*a]\n",
    b"title: T\nthemes: &x\n  - {id: a, name: A, themes: *x}\n",
    b"[" * values.DEEP,
    b"{a: " * 3000 + b"}" * 3000,
    b"- " * 3000,
    b"? " * 3000,
    b"<<: {a: 1}\ntitle: T\n",
    b"!!python/object/apply:os.system [id]\n",
    b"%YAML 9.9\n---\ntitle: T\n",
    b"--- a\n--- b\n",
    b"title: 1\ntitle: 2\n",
    b"? [a, b]\n: c\n",
    b"1: 2\n",
    b"x" * 100_000,
)


# ---------------------------------------------------------------- markup


def change_markup(data: bytes, chance: Random) -> bytes:
    """An element, an attribute, a text or the head of an XML or HTML document is changed."""
    text = data.decode("utf-8", "surrogateescape")
    changed = chance.choice(MARKUP_CHANGES)(text, chance)
    return changed.encode("utf-8", "surrogateescape" if not _has_lone(changed) else "surrogatepass")


def _replaced(
    pattern: re.Pattern[str], text: str, chance: Random, new: "Callable[[re.Match[str]], str]"
) -> str:
    matches = list(pattern.finditer(text))
    if not matches:
        return text
    match = chance.choice(matches)
    return text[: match.start()] + new(match) + text[match.end() :]


def _set_attribute(text: str, chance: Random) -> str:
    value = values.text(chance).replace('"', "&quot;")
    return _replaced(ATTRIBUTE, text, chance, lambda match: f'{match[1]}="{value}"')


def _rename_attribute(text: str, chance: Random) -> str:
    names = [match[1] for match in ATTRIBUTE.finditer(text)] or ["x"]
    name = chance.choice(names)
    return _replaced(ATTRIBUTE, text, chance, lambda match: f'{name}="{match[2]}"')


def _set_content(text: str, chance: Random) -> str:
    value = values.text(chance)
    return _replaced(CONTENT, text, chance, lambda _: f">{value}<")


def _drop_tag(text: str, chance: Random) -> str:
    return _replaced(TAG, text, chance, lambda _: "")


def _drop_element(text: str, chance: Random) -> str:
    return _replaced(ELEMENT, text, chance, lambda _: "")


def _repeat_element(text: str, chance: Random) -> str:
    times = chance.choice((2, 2, 10, 500))
    return _replaced(ELEMENT, text, chance, lambda match: match[0] * times)[:400_000]


def _nest_element(text: str, chance: Random) -> str:
    depth = chance.choice((3, 300, 3000))

    def nested(match: "re.Match[str]") -> str:
        name = match["name"]
        return f"<{name}>" * depth + match[0] + f"</{name}>" * depth

    return _replaced(ELEMENT, text, chance, nested)


def _set_head(text: str, chance: Random) -> str:
    encoding = chance.choice(ENCODINGS)
    if DECLARED.search(text):
        return DECLARED.sub(lambda _: f'encoding="{encoding}"', text, count=1)
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'


def _add_entities(text: str, chance: Random) -> str:
    name = chance.choice(("a", "lol"))
    source = chance.choice(('"x"', 'SYSTEM "file:///etc/passwd"', 'SYSTEM "http://127.0.0.1:9/x"'))
    entity = f"<!DOCTYPE r [<!ENTITY {name} {source}><!ENTITY b '&{name};&{name};&{name};'>]>"
    head_end = text.find("?>") + 2 if text.startswith("<?xml") else 0
    with_head = text[:head_end] + entity + text[head_end:]
    return _replaced(CONTENT, with_head, chance, lambda _: ">&b;<")


MARKUP_CHANGES = (
    _set_attribute,
    _set_attribute,
    _rename_attribute,
    _set_content,
    _set_content,
    _drop_tag,
    _drop_element,
    _repeat_element,
    _nest_element,
    _set_head,
    _add_entities,
)
