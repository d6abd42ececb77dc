"""Which comment comes next: one class for each way to choose, all behind the protocol `Queue`."""

from coder.reviewing.queue.again import to_look_at_again
from coder.reviewing.queue.assigned import AssignedQueue
from coder.reviewing.queue.fixed import FixedQueue, in_dispute, second_coding
from coder.reviewing.queue.mixed import MixedQueue, lane_of
from coder.reviewing.queue.one_theme import OneThemeQueue
from coder.reviewing.queue.protocol import Chosen, Pick, Queue
from coder.reviewing.queue.random_draws import SampleQueue, StartQueue
from coder.reviewing.queue.uncertain import Lane
from coder.reviewing.queue.unclaimed import UnclaimedQueue

__all__ = [
    "AssignedQueue",
    "Chosen",
    "FixedQueue",
    "Lane",
    "MixedQueue",
    "OneThemeQueue",
    "Pick",
    "Queue",
    "SampleQueue",
    "StartQueue",
    "UnclaimedQueue",
    "in_dispute",
    "lane_of",
    "second_coding",
    "to_look_at_again",
]
