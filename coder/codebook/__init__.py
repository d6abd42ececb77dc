"""Codebook, Theme, Position: the YAML file is the truth; here it is read, checked and written."""

import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionStartEvent, ScalarEvent
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from coder import files
from coder.errors import CoderError, did_you_mean

LARGEST = 1_000_000  # bytes of a codebook file
SHAPE = "each theme is a line `- id: bus` and under it `  name: Bus services`"
DEEPEST = 30  # nested collections
Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-]{0,79}$"),
    Field(description="lower-case letters, digits and hyphens; never changed once used"),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"\S")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Position(_Part):
    """What a comment wants done about its theme (drugs: more, less)."""

    id: Slug
    name: Line
    definition: str = ""
    keywords: tuple[Line, ...] = ()
    examples: tuple[Line, ...] = ()
    counter_examples: tuple[Line, ...] = ()


class Theme(_Part):
    """What comments talk about."""

    id: Slug
    name: Line
    label: str = Field("", description="short name for charts; the name where empty")
    definition: str = ""
    includes: tuple[Line, ...] = ()
    excludes: tuple[Line, ...] = ()
    keywords: tuple[Line, ...] = ()
    examples: tuple[Line, ...] = Field(
        (), description="comments that carry the theme; they teach the model"
    )
    counter_examples: tuple[Line, ...] = Field(
        (), description="comments that seem to carry it and do not"
    )
    tags: tuple[Line, ...] = ()
    positions: tuple[Position, ...] = ()
    themes: tuple["Theme", ...] = Field((), description="sub-themes, any depth")
    aggregate: bool = Field(True, description="a sub-theme's comments count for its parent too")
    was: tuple[Slug, ...] = Field(
        (), description="ids it had before: rename (one), merge (several)"
    )
    split_from: Slug | None = Field(None, description="old decisions on that id are asked again")
    fallback: bool = Field(False, description="only where nothing specific fits")
    retired: bool = Field(False, description="kept for its decisions, no longer coded")
    status: Literal["adopted", "candidate"] = "adopted"
    cluster: dict[str, float | int | str | bool] = Field(
        default_factory=dict, description="facts of the group that a candidate was drafted from"
    )

    @property
    def short(self) -> str:
        """The label, or the name where there is none."""
        return self.label or self.name

    @property
    def all_keywords(self) -> tuple[str, ...]:
        """The theme's own keywords, then those of its positions."""
        keywords = list(self.keywords)
        for position in self.positions:
            keywords += position.keywords
        return tuple(keywords)


class Placed(NamedTuple):
    """A theme with its place in the tree."""

    theme: Theme
    parent_id: str  # empty at the top
    depth: int


class Codebook(_Part):
    """A title, a version, the question that was asked, and the themes."""

    title: Line
    version: int | str = 1
    question: str = ""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] = Field(
        "en", description="code of the language of the comments; xx for any other"
    )
    notes: str = ""
    themes: tuple[Theme, ...]

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Every theme, retired ones too, each before its sub-themes, in the file's order."""
        return tuple(_walk(self.themes, "", 0))

    @property
    def active(self) -> tuple[Theme, ...]:
        """The themes that are coded, each before its sub-themes."""
        return tuple(place.theme for place in self.placed if not place.theme.retired)

    @property
    def theme_ids(self) -> tuple[str, ...]:
        """Ids of the themes that are coded, in the file's order."""
        return tuple(theme.id for theme in self.active)

    @property
    def fingerprint(self) -> str:
        """16 hex digits over everything the codebook says; comments and layout of the file do not count."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def theme(self, theme_id: str) -> Theme:
        """The theme with this id, a retired one too. Raises `CoderError` that offers the nearest id."""
        for place in self.placed:
            if place.theme.id == theme_id:
                return place.theme
        raise CoderError(
            f"the codebook has no theme {theme_id!r}",
            did_you_mean(theme_id, [p.theme.id for p in self.placed]),
        )

    def counted_for(self, theme_id: str) -> tuple[str, ...]:
        """The theme's id and those of its ancestors that it counts for (see `aggregate`)."""
        parents = {place.theme.id: place.parent_id for place in self.placed}
        found = [theme_id]
        while self.theme(found[-1]).aggregate and parents[found[-1]]:
            found.append(parents[found[-1]])
        return tuple(found)

    @property
    def current_ids(self) -> dict[str, str]:
        """Each id that a decision may carry, to the id it has now: renamed and merged ones through `was`."""
        now = {place.theme.id: place.theme.id for place in self.placed}
        for place in self.placed:
            for old in place.theme.was:
                now.setdefault(old, place.theme.id)
        return now


def _walk(themes: tuple[Theme, ...], parent_id: str, depth: int) -> Iterator[Placed]:
    for theme in themes:
        yield Placed(theme, parent_id, depth)
        yield from _walk(theme.themes, theme.id, depth + 1)


# ---------------------------------------------------------------- reading


class Fault(NamedTuple):
    """One thing wrong in the file; line and column count from 1."""

    line: int
    column: int
    what: str


def read_codebook(path: Path) -> Codebook:
    """Read and check a codebook file.

    Raises:
        CoderError: all faults of the file at once, each `FILE:LINE:COLUMN: what`.
    """
    path = Path(path)
    text = _file_text(path)
    faults = _unsafe(text)
    if not faults:
        try:
            tree = _yaml().load(text)
        except MarkedYAMLError as error:
            faults = [_marked(error, text)]
        except (YAMLError, ValueError, RecursionError) as error:
            faults = [_unmarked(error, text)]
        else:
            book, faults = _checked(tree)
            if book is not None and not faults:
                return book
    lines = "\n".join(
        f"{path}:{line}:{column}: {what}" for line, column, what in sorted(set(faults))
    )
    raise CoderError(lines, f"Correct the file, then: coder codebook check {path}")


def _file_text(path: Path) -> str:
    if path.is_dir():
        inside = sorted(p.name for p in path.glob("*.y*ml") if p.name != "project.yaml")
        raise CoderError(
            f"{path}: is a folder, not a codebook file",
            f"It holds {', '.join(inside[:8])}: name one, such as {path / inside[0]}"
            if inside
            else "No codebook lies in it. Draft one with: coder cluster FILE",
        )
    if not path.is_file():
        near = sorted(p.name for p in path.parent.glob("*.y*ml")) if path.parent.is_dir() else []
        raise CoderError(
            f"{path}: there is no such codebook file",
            did_you_mean(path.name, near) if near else "Draft one with: coder cluster FILE",
        )
    if path.stat().st_size > LARGEST:
        raise CoderError(
            f"{path}: larger than {LARGEST:,} bytes, which no codebook is",
            "Name the YAML codebook.",
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CoderError(f"{path}:{line}: not UTF-8 text", "Save the codebook as UTF-8.") from error


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


# What the YAML reader says, and what that means to somebody who wrote the file; `line` is where it began.
PLAIN = (
    (r"found character '\t'", "a tab stands where only spaces may: put spaces in its place"),
    (
        "that cannot start any token",
        "text may not begin with this character: put the text in quotes",
    ),
    ("found unexpected end of stream", "a quote opens here that is never closed"),
    (
        "mapping values are not allowed",
        "no `:` may stand here: put text that holds a colon in quotes, or else this line or the one before "
        "begins too far to the right or left",
    ),
    (
        "but found '<scalar>'",
        "more text follows what has ended already: put the whole text in quotes, and double "
        "a quote that stands inside",
    ),
    (
        "expected <block end>",
        "this line does not begin in the same column as those it belongs to (from line {line})",
    ),
    (
        "expected ',' or ']'",
        "the list that opens with [ in line {line} lacks a comma or its closing ]",
    ),
    ("expected ',' or '}'", "what opens with {{ in line {line} lacks a comma or its closing }}"),
    (
        "could not find expected ':'",
        "this is no `key: text`: a colon and a space are missing, or the line "
        "should begin further to the right",
    ),
    (
        "but found another document",
        "a second document begins here: delete the line --- or ... before it",
    ),
    (
        "expected alphabetic or numeric",
        "aliases and anchors (& and *) are not allowed: put the text in quotes",
    ),
    (
        "expected the node content",
        "a bracket, brace or comma stands where text should: put the text in quotes",
    ),
    (
        "sequence entries are not allowed",
        "a list may not begin behind its key: put each `- ` on a line of its own",
    ),
    (
        "unknown escape character",
        "a backslash in double quotes means something else: use single quotes",
    ),
    (
        "expected escape sequence",
        "a backslash in double quotes means something else: use single quotes",
    ),
    (
        "expected chomping",
        "after | or > the text begins on the next line; or put the text in quotes",
    ),
)


DASHED = re.compile(r"\s*-(?=[^\s\-])(.*)")  # a list item without the blank that makes it one


def _no_blank(item: str) -> str:
    """What is wrong with a list item such as `-police`."""
    first = re.split(r"[\s:]", item.lstrip("-"), maxsplit=1)[0][:40]
    return f"a blank is missing behind the dash: write `- {first}`"


def _marked(error: MarkedYAMLError, text: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or error.context or "not YAML").splitlines()[0]
    if 'found duplicate key "' in problem:
        problem = f'the key "{problem.split(chr(34))[1]}" stands here twice'
    began = error.context_mark or mark
    if "unexpected end of stream" in problem or "could not find expected ':'" in problem:
        mark = began  # where the reader gave up, often the end of the file, says nothing
    # YAML takes `-police` for text, and `-id: bus` for one more line of what stands above it.
    lines = text.splitlines()
    near = (0, -1) if "mapping values" in problem else (0,)
    for at in (mark.line + step for step in near) if mark else ():
        dashed = DASHED.match(lines[at]) if 0 <= at < len(lines) else None
        if dashed:
            return Fault(at + 1, dashed.start(1), _no_blank(dashed[1]))
    line = began.line + 1 if began else 1
    problem = next((what.format(line=line) for said, what in PLAIN if said in problem), problem)
    return Fault(mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, problem)


def _unmarked(error: Exception, text: str) -> Fault:
    """The fault of an error that knows at most how many characters were read."""
    before = text[: getattr(error, "position", 0)]
    what = (str(error).splitlines() or ["not YAML"])[0]
    if "special characters are not allowed" in what:
        what = "a control character, which is invisible, stands here: delete it"
    return Fault(before.count("\n") + 1, len(before) - before.rfind("\n"), what)


def _unsafe(text: str) -> list[Fault]:
    """Faults of a file that must not even be loaded: aliases, anchors, tags, bottomless nesting."""
    faults: list[Fault] = []
    depth = 0
    try:
        for event in YAML(typ="rt").parse(text):
            at = (event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
                faults.append(
                    Fault(*at, "aliases and anchors (& and *) are not allowed: write the text out")
                )
            if isinstance(event, (ScalarEvent, CollectionStartEvent)) and event.tag:
                faults.append(Fault(*at, "tags (!) are not allowed"))
            if isinstance(event, ScalarEvent) and event.value == "<<" and event.implicit[0]:
                faults.append(Fault(*at, "merging (<<) is not allowed: write the keys out"))
            depth += isinstance(event, CollectionStartEvent)
            depth -= type(event).__name__.endswith("EndEvent") and type(event).__name__[0] in "MS"
            if depth > DEEPEST:
                return [*faults, Fault(*at, f"nested deeper than {DEEPEST} levels")]
    except MarkedYAMLError as error:
        return [*faults, _marked(error, text)]
    except (YAMLError, RecursionError) as error:
        return [*faults, _unmarked(error, text)]
    return faults


def _checked(tree: Any) -> tuple[Codebook | None, list[Fault]]:
    if not isinstance(tree, dict):
        return None, [Fault(1, 1, f"a codebook begins with `title:` and `themes:`; {SHAPE}")]
    try:
        book = Codebook.model_validate(_plain(tree))
    except ValidationError as error:
        return None, [_placed_fault(tree, e["loc"], _in_words(e, tree)) for e in error.errors()]
    return book, list(_contradictions(book, tree))


def _plain(node: Any) -> Any:
    """The tree without its layout: dicts, lists and plain scalars, empty values left out."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, str):
        return str(node)
    if isinstance(node, bool) or not isinstance(node, (int, float)):
        return node
    return int(node) if isinstance(node, int) else float(node)


def _where(loc: tuple[Any, ...], tree: Any) -> str:
    """A place in the file for people: by the ids of its theme and position, other things counted from 1."""
    said, path, node = "", "", tree
    for number, step in enumerate(loc):
        path += f".{step + 1 if isinstance(node, list) and isinstance(step, int) else step}"
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            node = None
        own = node.get("id") if isinstance(node, dict) and isinstance(step, int) else None
        part = loc[number - 1] if number else ""
        if own is not None and part in ("themes", "positions"):
            before = said if part == "positions" else ""
            said, path = f"{before}{part[:-1]} {str(own)!r}: ", ""
    return (said + path.lstrip(".")).removesuffix(": ")


def _in_words(error: Any, tree: Any) -> str:
    where = _where(error["loc"], tree)
    kind, given = error["type"], error.get("input")
    if error["loc"][0] == "version":
        return f"version: must be a whole number or text, not {given!r}; put it in quotes"
    if "cluster" in error["loc"]:
        where = _where(error["loc"][: error["loc"].index("cluster") + 1], tree)
        return f"{where}: may hold keys with a number, text, true or false each"
    if kind in ("model_type", "model_attributes_type"):
        return f"{where}: must hold keys such as `id:` and `name:`, not {given!r}"
    if kind == "extra_forbidden" and len(error["loc"]) > 1 and DASHED.match(str(error["loc"][-1])):
        return f"{where}: {_no_blank(str(error['loc'][-1]))}"
    if kind == "extra_forbidden":
        owner = (
            Position
            if "positions" in error["loc"]
            else Theme
            if "themes" in error["loc"]
            else Codebook
        )
        return f"{where}: no such key. {did_you_mean(str(error['loc'][-1]), owner.model_fields)}"
    if kind == "missing":
        return f"{where}: is required"
    if kind == "string_type":
        return f"{where}: must be text, not {given!r}; put it in quotes"
    if kind == "tuple_type":
        item = next(iter(given), "") if isinstance(given, dict) else given
        if isinstance(item, str) and DASHED.match(item):
            return f"{where}: {_no_blank(item)}"
        themes = error["loc"][-1] == "themes"
        return f"{where}: must be a list{f': {SHAPE}' if themes else ', such as [one, two]'}"
    if kind == "string_pattern_mismatch" and error["loc"][-1] == "language":
        return f"{where}: {given!r} is no language code, such as en or de"
    if kind == "string_pattern_mismatch":
        slug = re.sub(r"[^a-z0-9]+", "-", str(given).casefold()).strip("-") or "theme-1"
        return f"{where}: {given!r} may hold only a-z, 0-9, - and _; for example {slug!r}"
    return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _placed_fault(tree: Any, loc: tuple[Any, ...], what: str) -> Fault:
    line, column = 1, 1
    node = tree
    for step in loc:
        if isinstance(node, dict) and step not in node:  # a key that is no text
            step = next((key for key in node if str(key) == str(step)), step)
        position = _mark(node, step)
        if position:
            line, column = position
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return Fault(line, column, what)


def _mark(node: Any, step: Any) -> tuple[int, int] | None:
    try:
        at = node.lc
        if isinstance(node, dict):
            line, column = at.key(step) if step in node else (at.line, at.col)
        else:
            line, column = at.item(step)
    except (AttributeError, KeyError, TypeError):
        return None
    return line + 1, column + 1


def _contradictions(book: Codebook, tree: Any) -> Iterator[Fault]:
    """What each part alone cannot know: ids and `was` over the whole book."""
    paths = dict(_paths(tree, ("themes",)))
    seen: dict[str, tuple[Any, ...]] = {}
    claimed: dict[str, str] = {}
    for path, node in paths.items():
        theme_id = str(node["id"])
        if theme_id in seen:
            yield _placed_fault(tree, (*path, "id"), f"the id {theme_id!r} is used twice")
        seen.setdefault(theme_id, path)
        doubled = _first_doubled([str(p["id"]) for p in node.get("positions") or ()])
        if doubled:
            yield _placed_fault(
                tree, (*path, "positions"), f"the position id {doubled!r} is used twice"
            )
    for place in book.placed:
        theme = place.theme
        path = seen[theme.id]
        for number, old in enumerate(theme.was):
            if old in theme.was[:number]:
                yield _placed_fault(tree, (*path, "was"), f"was: {old!r} stands here twice")
            elif old in seen:
                what = (
                    "a theme cannot have been itself"
                    if old == theme.id
                    else f"{old!r} is still a theme"
                )
                yield _placed_fault(tree, (*path, "was"), f"was: {what}")
            elif old in claimed:
                yield _placed_fault(
                    tree,
                    (*path, "was"),
                    f"was: {old!r} is claimed by {claimed[old]!r} too; use split_from",
                )
            claimed.setdefault(old, theme.id)
        if theme.split_from == theme.id:
            yield _placed_fault(
                tree, (*path, "split_from"), "split_from: a theme cannot be split from itself"
            )
    if not book.active:
        yield _placed_fault(
            tree, ("themes",), "themes: at least one theme that is not retired is needed"
        )


def _paths(node: Any, at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for number, theme in enumerate(node.get("themes") or ()):
        path = (*at, number)
        yield path, theme
        yield from _paths(theme, (*path, "themes"))


def _first_doubled(names: list[str]) -> str | None:
    return next((name for number, name in enumerate(names) if name in names[:number]), None)


# ---------------------------------------------------------------- writing


def codebook_yaml(book: Codebook, *, head: str = "") -> str:
    """The codebook as YAML text for people to edit; defaults are left out. `head` becomes a comment on top."""
    yaml = _yaml()
    tree = book.model_dump(mode="json", exclude_defaults=True)
    tree = {
        "title": book.title,
        "version": book.version,
        **{k: v for k, v in tree.items() if k != "themes"},
    }
    tree["themes"] = [_theme_tree(theme) for theme in book.themes]
    out = io.StringIO()
    out.write("".join(f"# {line}\n" if line else "#\n" for line in head.splitlines()))
    yaml.dump(_exact(tree), out)
    return out.getvalue()


def _exact(node: Any) -> Any:
    """The tree with text quoted where the YAML writer would otherwise turn a next-line mark into a space."""
    if isinstance(node, dict):
        return {_exact(key): _exact(value) for key, value in node.items()}
    if isinstance(node, list) and not isinstance(node, CommentedSeq):
        return [_exact(value) for value in node]
    return DoubleQuotedScalarString(node) if isinstance(node, str) and "\x85" in node else node


def _on_one_line(words: Sequence[str]) -> CommentedSeq:
    """The list as `[one, two]`."""
    # Between brackets the YAML writer leaves "?so" bare, which its reader takes for a key.
    line = CommentedSeq([w if w[0].isalnum() else DoubleQuotedScalarString(w) for w in words])
    line.fa.set_flow_style()
    return line


def _theme_tree(theme: Theme) -> dict[str, Any]:
    tree = theme.model_dump(mode="json", exclude_defaults=True)
    for part in (tree, *tree.get("positions", ())):
        if part.get("keywords"):
            part["keywords"] = _on_one_line([_exact(word) for word in part["keywords"]])
    if theme.themes:
        tree["themes"] = [_theme_tree(sub) for sub in theme.themes]
    return tree


def write_codebook(path: Path, book: Codebook, *, head: str = "") -> None:
    """Write a new codebook file; an existing one is replaced whole."""
    files.write_text(path, codebook_yaml(book, head=head))


def codebook_schema() -> str:
    """JSON Schema of a codebook file, for editors that complete and check while typing."""
    schema = Codebook.model_json_schema()
    schema["title"] = "coder codebook"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


# ---------------------------------------------------------------- difference

KINDS = ("removed", "merged", "renamed", "split", "added", "retired", "revived", "moved", "changed")


class Change(NamedTuple):
    """What happened to a theme between two states of a codebook."""

    kind: str  # one of KINDS
    theme_id: str  # as it is now; as it was for a removed one
    before: tuple[str, ...]  # the ids of then that it was made from; empty for an added one
    details: tuple[str, ...]  # what else changed, a line each


def difference(old: Codebook, new: Codebook) -> list[Change]:
    """What changed, theme by theme: first what is gone, then in the order of the new file.

    A theme is renamed when its `was` names one theme of the old book, merged when it names several, or one
    beside its own; split when its `split_from` is a theme of the old book and its own id is new. A theme
    whose id stands nowhere in the new book, not in `was` and not in `split_from`, is removed. A theme in which nothing changed is left out.
    """
    then = {place.theme.id: place for place in old.placed}
    now = {place.theme.id: place for place in new.placed}
    claimed = {
        before for place in new.placed for before in (*place.theme.was, place.theme.split_from)
    }
    gone = [
        Change("removed", theme_id, (theme_id,), ())
        for theme_id in then
        if theme_id not in now and theme_id not in claimed
    ]
    found = []
    for theme_id, place in now.items():
        theme = place.theme
        parts = tuple(before for before in (theme_id, *theme.was) if before in then)
        if not parts:
            origin = theme.split_from if theme.split_from in then else None
            found.append(
                Change("split" if origin else "added", theme_id, (origin,) if origin else (), ())
            )
            continue
        details = _details(then[parts[0]], place, new)
        lost = sorted({w for p in parts for w in then[p].theme.was} - set(new.current_ids))
        details += tuple(f"was: {before} is no longer named" for before in lost)
        kind = _kind(then[parts[0]], place, parts, details, new)
        if kind:
            found.append(Change(kind, theme_id, parts, details))
    return [*gone, *found]


def _kind(
    then: Placed, now: Placed, parts: tuple[str, ...], details: tuple[str, ...], new: Codebook
) -> str:
    if len(parts) > 1:
        return "merged"
    if parts[0] != now.theme.id:
        return "renamed"
    if then.theme.retired != now.theme.retired:
        return "retired" if now.theme.retired else "revived"
    if new.current_ids.get(then.parent_id, then.parent_id) != now.parent_id:
        return "moved"
    return "changed" if details else ""


def _details(then: Placed, now: Placed, new: Codebook) -> tuple[str, ...]:
    lines = []
    if new.current_ids.get(then.parent_id, then.parent_id) != now.parent_id:
        lines.append(f"parent: {then.parent_id or 'none'}, now {now.parent_id or 'none'}")
    for name in ("name", "label", "definition", "aggregate", "fallback", "status"):
        before, after = getattr(then.theme, name), getattr(now.theme, name)
        if before != after:
            shown = name in ("name", "label", "aggregate", "fallback", "status")
            lines.append(f"{name}: {before!r}, now {after!r}" if shown else f"{name} rewritten")
    for name in ("includes", "excludes", "keywords", "examples", "counter_examples", "tags"):
        lines += _list_change(name, getattr(then.theme, name), getattr(now.theme, name))
    before_ids, after_ids = ([p.id for p in theme.positions] for theme in (then.theme, now.theme))
    lines += _list_change("positions", before_ids, after_ids)
    after_of = {position.id: position for position in now.theme.positions}
    rewritten = [p.id for p in then.theme.positions if p.id in after_of and p != after_of[p.id]]
    lines += [f"position {position_id} rewritten" for position_id in rewritten]
    return tuple(lines)


def _list_change(name: str, then: Sequence[str], now: Sequence[str]) -> list[str]:
    added, gone = [x for x in now if x not in then], [x for x in then if x not in now]
    shown = [*(f"+ {x}" for x in added), *(f"\u2212 {x}" for x in gone)]
    return [f"{name}: {', '.join(shown)}"] if shown else []
