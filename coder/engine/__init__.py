"""Work on many items in blocks: where the blocks are computed, and what became of them.

A pass is a pure function over blocks of items. `map_blocks` gives its results in the order of the
blocks, and they are the same whatever computes them: this thread (`PLAIN_LOOP`), processes of
this machine or the workers of a Dask cluster (`open_engine`). `keep_blocks` keeps
finished blocks for the run after an interrupted one.
"""

from coder.engine.blocks import (
    PLAIN_LOOP,
    PlainLoop,
    Progress,
    cut_into_blocks,
    map_blocks,
    silent,
)
from coder.engine.checkpoints import keep_blocks
from coder.engine.opening import check_workers, open_engine
from coder.engine.passes import Engine, Failure, Pass

__all__ = [
    "PLAIN_LOOP",
    "Engine",
    "Failure",
    "Pass",
    "PlainLoop",
    "Progress",
    "check_workers",
    "cut_into_blocks",
    "keep_blocks",
    "map_blocks",
    "open_engine",
    "silent",
]
