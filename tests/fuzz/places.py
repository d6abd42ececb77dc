"""Where the fuzzers keep the files that they read."""

from pathlib import Path

# In memory where the system has such a folder.
WHERE = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
