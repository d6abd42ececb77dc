"""Whether the review loses a key of many that come in bursts, through a real terminal (a pty).

    python tests/benchmarks/review_bursts.py [KEYS] [SEED]

The same random keys, 10,000 by default and half of them on each of two codebooks, are pressed twice on copies
of the same project: in bursts of 1 to 300 through a pty, and one by one in Textual's pilot, each when the last
one is done. Most keys of the screen are among them, but none that leave it and none whose effect depends on the
time (r and m); and letters for searches and notes. The decisions must be the same.
"""

import asyncio
import fcntl
import os
import pty
import random
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from coder.screen.bursts import keys_in
from review_desk import Desk
from review_helpers import BOOK, plain_texts

KEYS = 10_000
COMMENTS = 2_000
COMMON = "\r" * 12 + "0123456789" * 2 + "ght"
REST = "ABCDEabcdefijklnpsuxzUZ?/.,+- \t"
LETTERS = "women drugs safe"
ESCAPES = ("\x1b", "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~", "\x7f")
LEAVE = "\x1b\x1b\x1bq"  # out of any dialog, then quit
LONGEST_BURST = 300
CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from coder.project import Project
from coder.codebook import read_codebook
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import open_session
from coder.reviewing.screen.app import ReviewApp
folder = Path({folder!r})
path = folder / "plan.yaml"
book = read_codebook(path)
opened = open_session(Project(folder / "plan.coding"), book, path, "amira", ReviewMode())
app = ReviewApp(opened.session, opened.writer, title=book.title, beside=opened.beside)
app.run()
opened.writer.close()
"""


def book_of(n: int) -> str:
    """The usual codebook with further themes, so that keys have two digits."""
    more = "".join(f"  - {{id: more-{k}, name: Further theme {k}}}\n" for k in range(n))
    return BOOK + more


def random_keys(n: int, seed: int) -> list[str]:
    """What is typed, each as a terminal sends it."""
    chance = random.Random(seed)
    keys: list[str] = []
    while len(keys) < n:
        kind = chance.random()
        if kind < 0.55:
            keys.append(chance.choice(COMMON))
        elif kind < 0.85:
            keys.append(chance.choice(REST))
        elif kind < 0.95:
            keys.append(chance.choice(LETTERS))
        else:
            keys.append(chance.choice(ESCAPES))
    return keys[:n]


def in_bursts(keys: list[str], seed: int) -> list[str]:
    """The same in pieces."""
    chance = random.Random(seed)
    bursts = []
    at = 0
    while at < len(keys):
        piece = keys[at : at + chance.randint(1, LONGEST_BURST)]
        at += len(piece)
        bursts.append("".join(piece))
    return bursts


def play_in_terminal(desk: Desk, bursts: list[str]) -> None:
    """Send the bursts to a review in a pty of its own, and leave it."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    code = CHILD.format(tests=str(Path(__file__).parents[1]), folder=str(desk.folder))
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=os.environ | {"TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(slave)
    shown = b""
    while b"Themes" not in shown:
        shown += os.read(master, 65536)
    chance = random.Random(0)
    waiting = [burst.encode() for burst in bursts]
    waiting += [LEAVE[n : n + 1].encode() for n in range(len(LEAVE))] + [b"q"]
    next_at = time.monotonic()
    piece = b""
    while child.poll() is None:
        ready, writable, _ = select.select([master], [master] if piece else [], [], 0.05)
        try:
            if ready:
                os.read(master, 65536)
        except OSError:
            break
        if not piece and waiting and time.monotonic() >= next_at:
            piece = waiting.pop(0)
            pause = 1.0 if len(piece) == 1 else chance.random() * 0.2
            next_at = time.monotonic() + pause
        if piece and writable:
            piece = piece[os.write(master, piece[:1000]) :]
    child.wait()
    os.close(master)


async def play_one_by_one(desk: Desk, keys: list[str]) -> None:
    """Press each key when the last one is done."""
    from textual._xterm_parser import XTermParser
    from textual.events import Key

    async with desk.screen() as (app, pilot):
        await pilot.pause()
        for typed in keys:
            parser = XTermParser()
            events = [e for e in (*parser.feed(typed), *parser.feed("")) if isinstance(e, Key)]
            for event in events:
                for each in keys_in(event, in_box=False):
                    app.post_message(each)
                    await asyncio.sleep(0.001)
                    while app.message_queue_size or app._typed.is_busy:
                        await asyncio.sleep(0)


def said(desk: Desk) -> list[tuple[object, ...]]:
    """What the decisions say, in their order."""
    return [
        (d.comment_id, dict(d.themes), d.unsure, d.note, d.scope, bool(d.undoes))
        for d in desk.read()
    ]


def main() -> None:
    """Play both ways, and print whether they say the same."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else KEYS
    n //= 2  # on each codebook
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    keys = random_keys(n, seed)
    with tempfile.TemporaryDirectory() as folder:
        for themes in (0, 20):
            prepared = Desk(Path(folder) / f"{themes}", plain_texts(COMMENTS), book_of(themes))
            results = []
            for way in ("bursts", "one by one"):
                (Path(folder) / f"{themes}-{way}").mkdir()
                desk = prepared.copy(Path(folder) / f"{themes}-{way}")
                began = time.monotonic()
                if way == "bursts":
                    play_in_terminal(desk, in_bursts(keys, seed))
                else:
                    asyncio.run(play_one_by_one(desk, keys))
                results.append(said(desk))
                seconds = time.monotonic() - began
                print(
                    f"{5 + themes} themes, {n:,} keys {way}: {len(results[-1]):,} decisions, {seconds:.0f} s"
                )
            same = results[0] == results[1]
            print(f"the same decisions: {same}")
            if not same:
                pairs = enumerate(zip(*results, strict=False))
                print(
                    "first difference:",
                    next(((k, a, b) for k, (a, b) in pairs if a != b), "length"),
                )


if __name__ == "__main__":
    main()
