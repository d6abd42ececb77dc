"""What changed between two states of a codebook: themes added, renamed, merged, split, moved ..."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from coder.codebook.model import Codebook, Theme, ThemeNode

Kind = Literal[
    "removed",
    "merged",
    "renamed",
    "split",
    "added",
    "retired",
    "revived",
    "moved",
    "changed",
]
SHOWN_FIELDS = (
    "name",
    "label",
    "aggregate",
    "category",
    "fallback",
    "status",
)  # short: both values are shown
LIST_FIELDS = (
    "includes",
    "excludes",
    "keywords",
    "examples",
    "counter_examples",
    "tags",
)
MINUS = "\u2212"


class Change(NamedTuple):
    """What happened to a theme between two states of a codebook."""

    kind: Kind
    theme_id: str  # its present id; for a removed theme the one it had
    before: tuple[
        str, ...
    ]  # ids in the old state that it was made from; empty for an added theme
    details: tuple[str, ...]  # what else changed, a line each


def compare_codebooks(old: Codebook, new: Codebook) -> list[Change]:
    """What changed, theme by theme: removed themes first, then in the order of the new file.

    A theme is renamed when its `was` names one theme of the old codebook, and merged when it
    names several, or one beside its own. It is split when its `split_from` is a theme of the
    old codebook and its own id is new. A theme is removed when its id is nowhere in the new
    codebook: not as an id, not in `was` and not in `split_from`. Themes that stayed the same
    are left out.
    """
    changes = _removed_themes(old, new)
    old_nodes = {node.theme.id: node for node in old.nodes}
    for node in new.nodes:
        change = _change_of(node, old_nodes, new)
        if change is not None:
            changes.append(change)
    return changes


def _removed_themes(old: Codebook, new: Codebook) -> list[Change]:
    named: set[str | None] = set()
    for node in new.nodes:
        named |= {node.theme.id, node.theme.split_from, *node.theme.was}
    removed = []
    for node in old.nodes:
        if node.theme.id not in named:
            removed.append(Change("removed", node.theme.id, (node.theme.id,), ()))
    return removed


def _change_of(
    node: ThemeNode, old_nodes: dict[str, ThemeNode], new: Codebook
) -> Change | None:
    """What happened to a theme of the new codebook; None for nothing."""
    theme = node.theme
    origins = tuple(name for name in (theme.id, *theme.was) if name in old_nodes)
    if not origins:
        if theme.split_from in old_nodes:
            return Change("split", theme.id, (theme.split_from,), ())
        return Change("added", theme.id, (), ())
    old_node = old_nodes[origins[0]]
    details = [
        *_details(old_node, node, new),
        *_names_given_up(origins, old_nodes, new),
    ]
    kind = _kind(old_node, node, origins, new)
    if kind is None and not details:
        return None
    return Change(kind or "changed", theme.id, origins, tuple(details))


def _names_given_up(
    origins: Sequence[str], old_nodes: dict[str, ThemeNode], new: Codebook
) -> list[str]:
    """Former ids that `was` listed in the old codebook and that the new one does not know any
    more.
    """
    former = {name for origin in origins for name in old_nodes[origin].theme.was}
    missing = former - set(new.current_ids)
    return [f"was: {name} is no longer named" for name in sorted(missing)]


def _kind(
    old: ThemeNode, now: ThemeNode, origins: Sequence[str], new: Codebook
) -> Kind | None:
    """The kind of a change that has a name of its own; None for any other."""
    if len(origins) > 1:
        return "merged"
    if origins[0] != now.theme.id:
        return "renamed"
    if now.theme.retired and not old.theme.retired:
        return "retired"
    if old.theme.retired and not now.theme.retired:
        return "revived"
    if _has_moved(old, now, new):
        return "moved"
    return None


def _has_moved(old: ThemeNode, now: ThemeNode, new: Codebook) -> bool:
    return new.current_ids.get(old.parent_id, old.parent_id) != now.parent_id


def _details(old: ThemeNode, now: ThemeNode, new: Codebook) -> list[str]:
    lines = []
    if _has_moved(old, now, new):
        lines.append(
            f"parent: {old.parent_id or 'none'}, now {now.parent_id or 'none'}"
        )
    for name in (*SHOWN_FIELDS, "definition"):
        before, after = getattr(old.theme, name), getattr(now.theme, name)
        if before == after:
            continue
        if name in SHOWN_FIELDS:
            lines.append(f"{name}: {before!r}, now {after!r}")
        else:
            lines.append(f"{name} rewritten")
    for name in LIST_FIELDS:
        lines += _list_change(name, getattr(old.theme, name), getattr(now.theme, name))
    return lines + _position_changes(old.theme, now.theme)


def _position_changes(old: Theme, now: Theme) -> list[str]:
    old_positions = {position.id: position for position in old.positions}
    positions = {position.id: position for position in now.positions}
    lines = _list_change("positions", list(old_positions), list(positions))
    for position_id, position in old_positions.items():
        if positions.get(position_id, position) != position:
            lines.append(f"position {position_id} rewritten")
    return lines


def _list_change(name: str, old: Sequence[str], now: Sequence[str]) -> list[str]:
    """One line such as `keywords: + patrol, − bobbies`; none when both hold the same."""
    shown = [f"+ {item}" for item in now if item not in old]
    shown += [f"{MINUS} {item}" for item in old if item not in now]
    if not shown:
        return []
    return [f"{name}: {', '.join(shown)}"]
