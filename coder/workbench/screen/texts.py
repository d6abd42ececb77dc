"""The lines around the list and the comments."""

from collections.abc import Sequence

from textual.content import Content

from coder.screen.styled_text import StyledText, cut, one_line
from coder.text import count, safe_text
from coder.workbench.board import Board, Group
from coder.workbench.screen.rows import SYMBOLS

EXPLANATIONS = {
    "What this is for": (
        "The candidates of coder cluster become the themes of a codebook. Read what a candidate "
        "says, then decide: make it a theme, merge it with another, drop it or put it off. Every "
        "step is saved at once. The codebook is written when you press w."
    ),
    "Reading the list": (
        "■ theme, □ to decide, … put off, × dropped, ○ comments without a theme. The number is "
        "its comments; the figure after it the stability, from 0 to 1: under 0.5 the group may "
        "be chance."
    ),
    "Reading the comments": (
        "The most typical come first. The sentence that tells most is bright, and the words that "
        "hold the group together are underlined. x before a comment: marked. e: an example. A "
        "long comment is cut; with → put the cursor on it to read all of it."
    ),
    "Merging": (
        "The line “Like it” numbers the groups that are most like the chosen one. A number "
        "merges the two. A theme keeps its name; else the larger group gives the name."
    ),
    "Sub-themes": (
        "The sub-groups of a candidate do not come along by themselves. Split the candidate with "
        "s, then put the parts that you want under it with n."
    ),
    "Examples": (
        "The model learns from examples. Where you mark none with e, quotes of the candidates are "
        "used."
    ),
}


def heading(title: str, into: str, by: str) -> str:
    """The top line."""
    return f"{title} · into {into} · {by}"


def progress_text(board: Board) -> str:
    """What is decided, and what no theme holds: always in sight."""
    themes = len(board.standing("theme"))
    parts = [count(themes, "theme")]
    parts.append(f"{len(board.standing('open'))} to decide")
    left, every = len(board.without_theme), len(board.comment_ids)
    share = round(100 * left / max(1, every))
    parts.append(f"{left:,} of {every:,} comments ({share}%) without a theme")
    for standing, name in (("later", "put off"), ("dropped", "dropped")):
        number = len(board.standing(standing))  # type: ignore[arg-type]
        if number:
            parts.append(f"{number} {name}")
    return " · ".join(parts)


def group_facts(
    group: Group,
    board: Board,
    marks: Sequence[str],
) -> Content:
    """What a group is: name, size, warnings, what it was made of and what it means."""
    text = StyledText()
    text.add(f"{SYMBOLS[group.standing]} {one_line(group.name)}", "bold")
    facts = [count(group.size, "comment")]
    stability = board.stability(group)
    if stability is not None:
        facts.append(f"stability {stability:.2f}")
    facts += marks
    if group.parent_id:
        facts.append(f"under {one_line(board.groups[group.parent_id].name)}")
    text.add(f"  {' · '.join(facts)}", "dim")
    if group.definition:
        text.add(f"\n{safe_text(group.definition)}")
    parts = board.sub_candidates(group)
    if parts:
        names = [f"{one_line(part.name)} {len(part.members)}" for part in parts]
        text.add(f"\nSub-groups: {' · '.join(names)}", "dim")
    if len(group.candidates) > 1:
        names = []
        for candidate_id in group.candidates:
            candidate = board.candidates.get(candidate_id)
            if candidate is not None:
                names.append(one_line(candidate.name))
        text.add(f"\nMade of: {' · '.join(names)}", "dim")
    return text.content()


def near_text(near: Sequence[Group], width: int, most_lines: int) -> Content:
    """The groups that a number key merges with the chosen one, in a few lines."""
    text = StyledText()
    text.add("Like it: ", "bold")
    used, line = len("Like it: "), 1
    for number, group in enumerate(near, start=1):
        label = f"{SYMBOLS[group.standing]} {cut(one_line(group.name), 30)}"
        needed = len(label) + 4
        if used + needed > width:
            line, used = line + 1, 0
            if line > most_lines:
                break
            text.add("\n")
        text.add(f" {number} ", "reverse")
        text.add(f"{label} ")
        used += needed
    if not near:
        text.add("no other group is left", "dim")
    return text.content()
