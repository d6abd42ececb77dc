"""Comments dealt out to reviewers: in parts as large as wanted, some comments to two people."""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from coder.decisions import place_in_order

Pair = tuple[str, str]


class Part(NamedTuple):
    """What one reviewer is dealt.

    Attributes:
        comment_ids: in the order of the comments that were dealt out.
        second: those that somebody else is to judge first.
    """

    reviewer: str
    comment_ids: tuple[str, ...]
    second: tuple[str, ...]


class _Dealer:
    """Keeps count of who has been dealt how much."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._dealt = dict.fromkeys(weights, 0)
        self._pairs: dict[Pair, int] = dict.fromkeys(combinations(weights, 2), 0)

    def next_pair(self) -> Pair:
        """Who judges a comment first and who second: the pair that lags most behind its share.

        A pair's share goes with the product of its reviewers' shares. Each of the two is first
        in turn.
        """
        pair = min(self._pairs, key=self._share_of_pair)
        times = self._pairs[pair]
        self._pairs[pair] = times + 1
        for reviewer in pair:
            self._dealt[reviewer] += 1
        first, second = pair
        if times % 2:
            return second, first
        return first, second

    def next_one(self) -> str:
        """Who judges a comment alone: the one who lags most behind their share."""
        reviewer = min(self._dealt, key=self._share_of_one)
        self._dealt[reviewer] += 1
        return reviewer

    def _share_of_pair(self, pair: Pair) -> float:
        first, second = pair
        return self._pairs[pair] / (self._weights[first] * self._weights[second])

    def _share_of_one(self, reviewer: str) -> float:
        return self._dealt[reviewer] / self._weights[reviewer]


def deal(
    comment_ids: Sequence[str],
    weights: Mapping[str, float],
    twice: float,
    seed: int,
) -> list[Part]:
    """Deal comments out, as evenly as the weights say; what somebody judges second counts too.

    Args:
        comment_ids: in an order that says nothing of what is in them.
        weights: by reviewer, each above 0.
        twice: share of the comments that two people judge; two reviewers then at least.
        seed: of the choice of these.
    """
    doubled = _choose(comment_ids, round(twice * len(comment_ids)), seed)
    dealer = _Dealer(weights)
    judges: dict[str, tuple[str, ...]] = {}
    for comment_id in comment_ids:
        if comment_id in doubled:
            judges[comment_id] = dealer.next_pair()
    for comment_id in comment_ids:
        if comment_id not in doubled:
            judges[comment_id] = (dealer.next_one(),)
    return [_part_of(reviewer, comment_ids, judges) for reviewer in weights]


def _choose(comment_ids: Sequence[str], number: int, seed: int) -> Collection[str]:
    def place(comment_id: str) -> str:
        return place_in_order(seed, f"twice\0{comment_id}")

    return frozenset(sorted(comment_ids, key=place)[:number])


def _part_of(
    reviewer: str,
    comment_ids: Sequence[str],
    judges: Mapping[str, Sequence[str]],
) -> Part:
    own = [each for each in comment_ids if reviewer in judges[each]]
    second = [each for each in own if judges[each][0] != reviewer]
    return Part(reviewer, tuple(own), tuple(second))
