"""How often somebody may ask, so that one who asks too often hinders nobody else."""

import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_KEYS = 10_000
Clock = Callable[[], float]


@dataclass
class _Bucket:
    """What is left of the requests that somebody may make now."""

    left: float
    at: float


class RateLimit:
    """Allows `burst` requests at once and `per_second` in the long run, to each key.

    Args:
        now: seconds of a clock that never goes back.
    """

    def __init__(
        self, per_second: float, burst: float, now: Clock = time.monotonic
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    def take(self, key: str) -> float:
        """Count one request; 0 where it is allowed, else seconds until the next one is."""
        bucket = self._filled(key)
        if bucket.left < 1:
            return (1 - bucket.left) / self._per_second
        bucket.left -= 1
        return 0.0

    def _filled(self, key: str) -> _Bucket:
        now = self._now()
        bucket = self._buckets.get(key)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[key] = _Bucket(self._burst, now)
        gained = (now - bucket.at) * self._per_second
        bucket.left = min(self._burst, bucket.left + gained)
        bucket.at = now
        return bucket

    def _make_room(self, now: float) -> None:
        """Forget those who have asked nothing for long; if need be, everybody."""
        if len(self._buckets) < MOST_KEYS:
            return
        long_ago = now - self._burst / self._per_second
        kept = {key: each for key, each in self._buckets.items() if each.at > long_ago}
        self._buckets = kept if len(kept) < MOST_KEYS else {}
