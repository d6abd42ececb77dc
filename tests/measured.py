"""Run a command silently and print the processor seconds and the bytes at its peak.

A process of its own, because a started program takes over the peak of the one that starts it: the
peak of a small command, started by a large process, would be the large one's.
"""

import os
import sys

if __name__ == "__main__":
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=silence)
    _, status, used = os.wait4(process, 0)
    scale = 1 if sys.platform == "darwin" else 1024
    print(used.ru_utime + used.ru_stime, scale * used.ru_maxrss)
    sys.exit(status != 0)
