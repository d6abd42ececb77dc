"""Where output goes to nowhere, and where a command is stopped: it ends cleanly, and never with a trace."""

import errno
import io
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from xlsxwriter.exceptions import FileCreateError

from coder.cli.ending import explain_fault, is_of_machine
from coder.cli.signals import Signals
from coder.cli.streams import OutputLostError, _Guarded, write_plainly
from coder.errors import CoderError
from coder.screen.terminal import check_terminal

TEXT = "More buses in the evening, please, for people who work late"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="shells and signals of POSIX")

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "codebooks" / "police_and_crime_plan.yaml"
CODER = f"{sys.executable} -m coder"
WAYS = {
    "the script": [sys.executable, "-c", "from coder.__main__ import main; main()"],
    "the module": [sys.executable, "-m", "coder"],
}


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a line of bash does; its status is that of the first command of a pipe that failed."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.parametrize("command", [f"codebook check {BOOK} --json", "apply --help"])
@pytest.mark.parametrize("redirection", [">&-", "> /dev/full", ">&- <&-"])
def test_lost_output_is_no_success(command: str, redirection: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    done = shell(f"{CODER} {command} {redirection}")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the output could not be written (")
    assert done.stderr.count("\n") == 2


@pytest.mark.parametrize("reader", ["true", "sleep 0 <&-"])
def test_a_closed_pipe_ends_the_command_without_a_word(reader: str) -> None:
    done = shell(f"({CODER} codebook schema; echo $? >&2) | {reader}")
    assert done.stderr == "1\n"


def test_a_pipe_that_is_closed_while_json_is_written_is_no_success() -> None:
    program = (
        "import json, sys; from coder import cli; from coder.cli import printer\n"
        "def write():\n"
        "    one = printer.Printer(as_json=True)\n"
        "    one.facts = {'themes': ['x' * 1000] * 1000}\n"
        "    one.finish()\n"
        "cli.app.command('long')(write)\n"
        "sys.argv = ['coder', 'long']\n"
        "cli.main()\n"
    )
    done = shell(f'({sys.executable} -c "{program}"; echo $? >&2) | head -c 10000')
    assert done.stderr == "1\n"
    with pytest.raises(json.JSONDecodeError):
        json.loads(done.stdout)


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full", "<&-"])
def test_errors_that_nobody_can_read_leave_the_status(redirection: str) -> None:
    assert shell(f"{CODER} codebook check nowhere.yaml {redirection}").returncode == 1
    done = shell(f"{CODER} codebook check {BOOK} --json {redirection}")
    assert done.returncode == 0
    assert json.loads(done.stdout)


def test_a_file_never_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    """What is printed would be written into it."""
    book = tmp_path / "book.qdc"
    done = shell(f"{CODER} codebook to {BOOK} {book} >&- 2>&- <&-")
    assert done.returncode == 1
    assert book.read_text(encoding="utf-8").startswith("<?xml")
    assert book.read_text(encoding="utf-8").endswith("</CodeBook>\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_few_letters_are_enough(encoding: str) -> None:
    command = [sys.executable, "-m", "coder", "export", "--help"]
    lines = []
    for name in ("utf-8", encoding):
        environment = {**os.environ, "PYTHONIOENCODING": name}
        done = subprocess.run(command, capture_output=True, env=environment, check=True)
        assert done.stderr == b""
        lines.append(done.stdout.decode(name).splitlines())
    assert len(lines[0]) == len(lines[1])


def test_signs_that_an_encoding_lacks_are_plain_or_escaped() -> None:
    error = UnicodeEncodeError("ascii", "a–b … ≥5 😀", 1, 11, "no")
    assert write_plainly(error) == (r"-b ... >=5 \U0001f600", 11)
    wrong = UnicodeDecodeError("ascii", b"\xff", 0, 1, "no")
    with pytest.raises(UnicodeDecodeError):
        write_plainly(wrong)


def test_a_stream_fails_once() -> None:
    class Full(io.RawIOBase):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    def lose(error: OSError) -> None:
        raise OutputLostError(error)

    stream = _Guarded(Full(), lose)
    with pytest.raises(OutputLostError, match="No space"):
        stream.write(b"abc")
    assert stream.write(b"abcd") == 4


# ---------------------------------------------------------------- stopped


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("milliseconds", [20, 50, 100, 150, 200])
def test_an_early_interrupt_leaves_no_trace(way: str, milliseconds: int) -> None:
    """The clock starts where the program does: before that Python itself would complain."""
    command = [*WAYS[way], "apply", "--help"]
    environment = {**os.environ, "PYTHONVERBOSE": "1"}
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "import 'coder.__main__'" in line or "coder/__main__.py" in line:
                break
        time.sleep(milliseconds / 1000)
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()
    assert running.returncode in (0, 130, -signal.SIGINT)
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said


WAITING = (
    "import sys, time; from coder import cli; from coder.private import scratch_folder\n"
    "def wait():\n"
    "    with scratch_folder() as folder:\n"
    "        print(folder, flush=True)\n"
    "        try:\n"
    "            time.sleep(60)\n"
    "        except BaseException as error:\n"
    "            raise ImportError('from a library') from error\n"
    "cli.app.command('wait')(wait)\n"
    "sys.argv = ['coder', 'wait']\n"
    "cli.main()\n"
)


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_clears_away_what_is_half_done(name: str, status: int, tmp_path: Path) -> None:
    """Also where a library makes an error of its own of the interruption."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITING],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as running:
        assert running.stdout is not None
        scratch = Path(running.stdout.readline().strip())
        assert scratch.is_dir()
        running.send_signal(getattr(signal, name))
        _, said = running.communicate(timeout=60)
    assert running.returncode == status
    assert said.startswith("Interrupted." if name == "SIGINT" else f"Stopped by {name}.")
    assert said.count("\n") == 1
    assert not scratch.exists()


def test_a_signal_that_is_ignored_at_the_start_stays_so() -> None:
    """As `nohup` has it."""
    program = (
        "import signal, sys; from coder.cli.signals import Signals\n"
        "signals = Signals(); signals.listen()\n"
        "signal.raise_signal(signal.SIGHUP)\n"
        "print('still here', signals.received)\n"
    )
    done = shell(f"trap '' HUP; {sys.executable} -c '{program.replace(chr(39), chr(34))}'")
    assert done.stdout == "still here 0\n"


@pytest.fixture
def signals() -> Iterator[Signals]:
    hook = sys.unraisablehook
    listening = Signals()
    listening.listen()
    yield listening
    listening.stop_listening()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.unraisablehook = hook


def test_an_interruption_that_python_drops_comes_again(signals: Signals) -> None:
    class Dropping:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def drop_and_wait() -> None:
        dropping = Dropping()
        del dropping
        time.sleep(10)

    with pytest.raises(KeyboardInterrupt):
        drop_and_wait()
    assert signals.status == 130


def test_a_copy_of_the_program_ends_at_once(signals: Signals) -> None:
    child = os.fork()
    if not child:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os._exit(0)  # with its parent's `finally` blocks it would end so
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 143
    assert signals.received == 0


# ---------------------------------------------------------------- faults


def test_a_fault_of_the_program_is_told_without_what_it_says() -> None:
    program = (
        "import sys; from coder import cli, text\n"
        "cli.app.command('fail')(lambda: text.safe_text(None))\n"
        "sys.argv = ['coder', 'fail']\n"
        "cli.main()\n"
    )
    done = shell(f'{sys.executable} -c "{program}"')
    assert done.returncode == 70
    assert done.stderr.startswith("Error: the program has a fault: ")
    assert "Error in coder/text.py, line " in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in shell(f'{sys.executable} -c "{program}"', CODER_TRACE="1").stderr


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (OSError(errno.ENOSPC, "x", "plan/labels.csv"), "plan/labels.csv: No space left"),
        (OSError(errno.EIO, "x"), "a file could not be read or written: Input/output error"),
        (OSError("the secret comment"), "a file could not be read or written: OSError in a lib"),
        (FileCreateError(OSError(errno.ENOSPC, "x", "t.xlsx")), "t.xlsx: No space left"),
        (sqlite3.OperationalError("disk I/O error"), "the cache of a project could not be used"),
        (MemoryError(), "not enough memory"),
        (KeyError("the secret comment"), "KeyError in a library"),
    ],
)
def test_faults_are_explained(fault: Exception, says: str) -> None:
    explained = explain_fault(fault)
    assert says in explained.problem
    assert "secret" not in str(explained)
    assert is_of_machine(fault) == (not isinstance(fault, KeyError))


def test_a_fault_of_the_machine_has_the_status_of_an_error() -> None:
    program = (
        "import errno; from coder import cli\n"
        "def fail() -> None: raise OSError(errno.EIO, 'x')\n"
        "cli.app.command('fail')(fail)\n"
        "import sys; sys.argv = ['coder', 'fail']\n"
        "cli.main()\n"
    )
    done = shell(f'{sys.executable} -c "{program}"')
    assert done.returncode == 1
    assert "Input/output error" in done.stderr
    assert "Check the disk" in done.stderr


# ---------------------------------------------------------------- terminals


@pytest.mark.parametrize(
    ("terminal", "redirection", "says"),
    [
        ("xterm", "< /dev/null", "a review needs a terminal to show"),
        ("xterm", "2> /dev/null", "a review needs a terminal to show"),
        ("dumb", "", "TERM is 'dumb'"),
        ("xterm", "", "it can"),
    ],
)
def test_a_screen_is_shown_where_it_can_be(terminal: str, redirection: str, says: str) -> None:
    program = (
        "from coder.screen.terminal import check_terminal\n"
        "try:\n"
        "    check_terminal('a review', '')\n"
        "    print('it can')\n"
        "except Exception as error:\n"
        "    print(error)\n"
    )
    child, controller = pty.fork()
    if not child:
        environment = {**os.environ, "TERM": terminal}
        line = f'{sys.executable} -c "{program}" {redirection}'
        os.execve("/bin/sh", ["sh", "-c", line], environment)  # noqa: S606
    shown = b""
    while True:
        try:
            shown += os.read(controller, 10_000)
        except OSError:  # the other end is closed
            break
    os.waitpid(child, 0)
    os.close(controller)
    assert says in shown.decode()


def test_a_screen_needs_a_terminal() -> None:
    with pytest.raises(CoderError, match="needs a terminal"):
        check_terminal("a review", "Use a table.")


def test_a_link_that_leads_to_itself_is_told(tmp_path: Path) -> None:
    link = tmp_path / "plan.coding"
    link.symlink_to(link)
    done = shell(f"{CODER} check {link}")
    assert done.returncode == 1
    assert f"{link}: Too many levels of symbolic links" in done.stderr


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    """A file is read, since the project gets a name of its own; what libraries refuse is told."""
    name = os.fsdecode(b"caf\xe9.csv")
    (tmp_path / name).write_text(f'id,comment\n1,"{TEXT} today"\n2,"{TEXT} and tomorrow"\n')
    read = [sys.executable, "-m", "coder", "read", name]
    assert subprocess.run(read, cwd=tmp_path, capture_output=True).returncode == 0
    assert (tmp_path / "caf\ufffd.coding" / "comments.parquet").is_file()
    again = subprocess.run([*read, "--source-name", name], cwd=tmp_path, capture_output=True)
    assert again.returncode == 1
    assert b"bytes that are no UTF-8" in again.stderr
