"""Copies of a comment: what is decided of one counts for the others too."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from coder.text import normal_key

if TYPE_CHECKING:
    import pandas as pd

CopyChoice = Literal["same", "campaign", "one"]  # which copies a decision counts for


class Copies(NamedTuple):
    """Other comments that a decision on one may count for.

    Attributes:
        same: with the same text, but for case and punctuation.
        campaign: of the same campaign, with words of their own.
    """

    same: tuple[str, ...]
    campaign: tuple[str, ...]

    def chosen(self, choice: CopyChoice) -> tuple[str, ...]:
        """Ids of the copies that a choice names: those with the same text, all, or none."""
        if choice == "same":
            return self.same
        if choice == "campaign":
            return self.same + self.campaign
        return ()

    def without(self, is_decided: Callable[[str], bool]) -> "Copies":
        """The copies that are not decided."""
        same = tuple(copy_id for copy_id in self.same if not is_decided(copy_id))
        campaign = tuple(
            copy_id for copy_id in self.campaign if not is_decided(copy_id)
        )
        return Copies(same, campaign)


NO_COPIES = Copies((), ())


def find_copies(comments: "pd.DataFrame") -> dict[str, Copies]:
    """The copies of each comment that has any; lists are ordered by id.

    Args:
        comments: `tables.COMMENTS`, those that are analysed.
    """
    ids = [str(comment_id) for comment_id in comments["comment_id"]]
    same = _by_member(_same_texts(ids, [str(text) for text in comments["text"]]))
    campaigns: dict[str, list[str]] = {}
    for comment_id, campaign in zip(ids, comments["campaign_id"], strict=True):
        if campaign:
            campaigns.setdefault(str(campaign), []).append(comment_id)
    together = _by_member(list(campaigns.values()))
    copies = {}
    for comment_id in same.keys() | together.keys():
        same_text = same.get(comment_id, set())
        other_words = together.get(comment_id, set()) - same_text
        copies[comment_id] = Copies(
            tuple(sorted(same_text - {comment_id})),
            tuple(sorted(other_words - {comment_id})),
        )
    return copies


def _same_texts(ids: Sequence[str], texts: Sequence[str]) -> list[list[str]]:
    """The ids of comments that share their normal form (see `text.normal_key`)."""
    candidates: dict[str, list[int]] = {}
    for row, text in enumerate(texts):  # a cheap key first, which all copies share
        candidates.setdefault("".join(filter(str.isalnum, text.casefold())), []).append(
            row
        )
    groups: dict[str, list[str]] = {}
    for rows in candidates.values():
        if len(rows) == 1:
            continue
        for row in rows:
            key = normal_key(texts[row])
            if key:
                groups.setdefault(key, []).append(ids[row])
    return list(groups.values())


def _by_member(groups: Sequence[Sequence[str]]) -> dict[str, set[str]]:
    """Each member of a group of two or more, with all members of its group."""
    groups_by_member = {}
    for group in groups:
        if len(group) > 1:
            members = set(group)
            groups_by_member.update(dict.fromkeys(group, members))
    return groups_by_member
