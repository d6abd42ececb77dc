"""Numbers the file operations of this process, and makes one of them fail (see `interpose.c`)."""

import ctypes
import errno
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("interpose.c")
LIBRARY = "CODER_TEST_INTERPOSER"  # names the library in the environment of the process
ENDED = 9  # the status of a process that was ended at an operation


@dataclass(frozen=True)
class Fault:
    """What happens at an operation.

    Attributes:
        name: of the kind of fault.
        action: as `interpose.c` numbers them.
        error: the number of the error that the operation gives; 0 where the process ends.
        kinds: the operations that it is tried at, as `interpose.c` names them; none for all.
    """

    name: str
    action: int
    error: int = 0
    kinds: tuple[str, ...] = ()


NAMES = ("open", "rename", "link", "symlink", "unlink", "rmdir", "mkdir", "chmod", "fchmod")
DATA = ("write", "pwrite", "writev", "sendfile", "fsync", "fdatasync", "ftruncate")
FILLING = (*DATA, "open", "rename", "link", "symlink", "mkdir")
NONE = Fault("none", 0)
# Ended after an operation is ended before the next, but where a write is torn.
FAULTS = (
    Fault("disk full from here on", 2, errno.ENOSPC, FILLING),
    Fault("fails once (EIO)", 1, errno.EIO, (*DATA, "flock", "lock")),
    Fault("refused once (EACCES)", 1, errno.EACCES, NAMES),
    Fault("ended before", 3),
    Fault("ended, the write torn", 4, 0, ("write", "pwrite")),
)


def why_not() -> str:
    """Why the library cannot be used here; empty where it can."""
    if sys.platform != "linux":
        return "LD_PRELOAD and /proc are of Linux"
    if shutil.which("cc") is None:
        return "there is no C compiler"
    return ""


def restart_interposed(folder: Path) -> None:
    """Start this program again with the library between it and libc, unless it is there."""
    if LIBRARY in os.environ:
        return
    library = folder / "interpose.so"
    compile_library = ["cc", "-shared", "-fPIC", "-O1", "-w", "-o", library, SOURCE, "-ldl"]
    subprocess.run(compile_library, check=True)
    environment = {**os.environ, "LD_PRELOAD": str(library), LIBRARY: str(library)}
    done = subprocess.run([sys.executable, *sys.argv], env=environment, check=False)
    raise SystemExit(done.returncode)


class Interposer:
    """The library in this process."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(os.environ[LIBRARY])

    def arm(self, folder: Path, fault: Fault, number: int, log: int = -1) -> None:
        """Count operations below a folder from now on, and let the fault happen at one."""
        self._library.fault_arm(
            os.fsencode(folder),
            fault.action,
            ctypes.c_long(number),
            fault.error,
            log,
        )

    def disarm(self) -> None:
        """Count no more."""
        self._library.fault_disarm()
