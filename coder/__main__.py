"""`coder` and `python -m coder`.

Little is loaded here, so that Ctrl-C ends the program quietly from its first moments.
"""

# What `signal` wraps, which takes longer to load.
import _signal  # type: ignore[import-not-found]
import os

SIGNALLED = 128  # with the signal's number added: the exit status after a signal


def main() -> None:
    """Run the command line."""
    _open_missing_streams()
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _leave)
    from coder.cli import main as run

    run()


def _leave(number: int, _: object) -> None:
    """End at once: nothing is written yet."""
    os._exit(SIGNALLED + number)


def _open_missing_streams() -> None:
    """Open standard streams that were closed (`>&-`): the next file would take their place, and
    be written into by whatever prints.

    Standard output cannot be written, so that nobody takes silence for success.
    """
    for descriptor, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, mode), True)


if __name__ == "__main__":
    main()
