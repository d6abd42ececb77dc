"""The ways in which a group can be split."""

from collections.abc import Iterable
from typing import NamedTuple

from coder.text import count
from coder.workbench.actions import Part
from coder.workbench.board import Group
from coder.workbench.findings import OPPOSED, Findings


class Proposal(NamedTuple):
    """A way to split a group: what it is called, and the parts that come out."""

    title: str
    parts: tuple[Part, ...]


def split_proposals(
    findings: Findings, group: Group | None, marked: Iterable[str] = ()
) -> list[Proposal]:
    """The ways in which a group can be split; None stands for the comments without a theme."""
    proposals = []
    chosen = tuple(marked)
    if chosen:
        proposals.append(_split_off(findings, group, chosen))
    if group is None:
        return proposals
    parts = _sub_groups(findings, group)
    if parts:
        names = " · ".join(f"{part.name} {len(part.comment_ids)}" for part in parts)
        proposals.append(Proposal(f"into its sub-groups: {names}", parts))
    if OPPOSED in findings.marks(group):
        proposals += _by_view(findings, group)
    return proposals


def _by_view(findings: Findings, group: Group) -> list[Proposal]:
    """Those who want the opposite of what the most typical comment wants as a group."""
    pairs = findings.opposing(findings.typical_first(group))
    opposing = tuple(against for _, against in pairs if against)
    agreeing = [one for one, _ in pairs if one]
    if not opposing or not agreeing:
        return []
    part = _part(
        findings,
        group,
        f"{group.name}: the opposite",
        opposing,
    )
    comments = count(len(opposing), "comment")
    title = f"by view: {comments} that want the opposite become a group"
    return [Proposal(title, (part,))]


def _split_off(
    findings: Findings, group: Group | None, chosen: tuple[str, ...]
) -> Proposal:
    comments = count(len(chosen), "marked comment")
    phrases = findings.reader.phrases(chosen) or ["New group"]
    part = _part(
        findings,
        group,
        phrases[0],
        chosen,
    )
    return Proposal(f"{comments} into a new group", (part,))


def _part(
    findings: Findings, group: Group | None, name: str, comment_ids: tuple[str, ...]
) -> Part:
    candidates: tuple[str, ...] = ()
    base = "new-group"
    if group is not None:
        candidates, base = group.candidates, group.id
    return Part(
        id=findings.board().free_id(f"{base}-part"),
        name=name,
        comment_ids=comment_ids,
        candidates=candidates,
    )


def _sub_groups(findings: Findings, group: Group) -> tuple[Part, ...]:
    own = set(group.comment_ids)
    parts = []
    for candidate in findings.board().sub_candidates(group):
        comment_ids = tuple(one for one in candidate.comment_ids if one in own)
        part_id = candidate.id
        if part_id in findings.board().groups:
            part_id = findings.board().free_id(candidate.id)
        parts.append(
            Part(
                id=part_id,
                name=candidate.name,
                comment_ids=comment_ids,
                candidates=(candidate.id,),
            )
        )
    return tuple(parts)
