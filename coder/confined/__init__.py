"""Files from elsewhere, read in a child process with limits on memory and time.

The libraries that read workbooks, documents and archives are large, and a hostile file can make
them take all memory, never end, or crash. Here that ends a child of this process and becomes an
error of ours. Answers come back as JSON and Arrow tables, never as objects.

The child is a fork: it starts within milliseconds and has all libraries loaded. Only Linux forks
here. On macOS a fork of a process with threads may crash within the system's own libraries, and
Windows has none: there the same work is done in this process, with every check of sizes that
comes before it, but without the limits on memory and time.
"""

from coder.confined.endings import NotReadError
from coder.confined.job import Answer, Job
from coder.confined.parent import (
    can_confine,
    run_confined,
    run_each,
    run_rehearsed,
)

__all__ = [
    "Answer",
    "Job",
    "NotReadError",
    "can_confine",
    "run_confined",
    "run_each",
    "run_rehearsed",
]
