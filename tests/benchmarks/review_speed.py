"""How fast the review is: start to the first comment, and the longest block in a session of 100 decisions.

    python tests/benchmarks/review_speed.py [COMMENTS]

10,000 made-up comments, 25 themes and 2,000 earlier decisions by default. "Start" is a whole process in a
terminal (needs tmux) from the command line to the first comment. "Blocked" is how late a clock that should
tick every 2 ms on the screen's own thread ticks while keys are pressed, a model learns and another reviewer
writes; "key to screen" is the time from a key to the screen that shows what it did. One core is kept busy by
the model's stand-in in another process, as in use.
"""

import asyncio
import multiprocessing
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from uuid import uuid4

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from review_helpers import book_at, comments_table, project_at

THEMES = 25
EARLIER = 2_000


def make(folder: Path, n: int) -> tuple[Path, Path]:
    """A project of n comments with labels and earlier decisions; its folder and its codebook."""
    import pandas as pd

    from coder.decisions import Decision, DecisionLog
    from coder.text import text_hash

    rng = np.random.default_rng(0)
    stock = [f"word{k}" for k in range(3000)]
    keywords = [rng.choice(stock, 6, replace=False) for _ in range(THEMES)]
    themes = "".join(
        f"  - id: theme-{t}\n    name: Theme number {t} of the plan\n    keywords: [{', '.join(words)}]\n"
        + ("    positions: [{id: more, name: More}, {id: less, name: Less}]\n" if t == 0 else "")
        for t, words in enumerate(keywords)
    )
    path, book = book_at(folder, f"title: Speed\nthemes:\n{themes}")
    lengths = np.minimum(5000, rng.lognormal(3.3, 0.9, n).astype(int) + 2)
    texts = {f"S-{k:05d}": " ".join(rng.choice(stock, lengths[k])) for k in range(n)}
    comments = comments_table(texts)
    ids = np.array(list(texts))
    parts = []
    for theme in book.active:
        for position in ("", *(p.id for p in theme.positions)):
            p = rng.beta(0.3, 4.0, n)
            parts.append(
                pd.DataFrame(
                    {
                        "comment_id": ids, "theme_id": theme.id, "position_id": position, "probability": p,
                        "assigned": p > 0.4, "origin": "model", "evidence": [texts[c][:20] for c in ids],
                        "evidence_start": 0, "evidence_end": 20, "codebook_version": "1",
                    }
                )
            )  # fmt: skip
    labels = pd.concat(parts, ignore_index=True).astype(
        {"evidence_start": "int64", "evidence_end": "int64"}
    )
    project = project_at(folder / "speed.coding", comments, labels=labels)
    for name, part in (("amira", ids[: EARLIER // 2]), ("ben", ids[EARLIER // 2 : EARLIER])):
        DecisionLog(path, name).append(
            [
                Decision(
                    project="speed", comment_id=str(c), text=texts[c], text_hash=text_hash(texts[c]),
                    scope=book.theme_ids, themes={"theme-1": ()} if k % 5 == 0 else {}, mode="assisted",
                    chosen="random" if k % 2 else "targeted", reviewer=name, codebook_version="1",
                    codebook_fingerprint=book.fingerprint,
                )
                for k, c in enumerate(part)
            ]
        )  # fmt: skip
    return project.folder, path


def start_time(project: Path, codebook: Path) -> float:
    """Seconds from the command to the first comment, in a terminal."""
    server = ["tmux", "-L", f"speed-{uuid4().hex[:8]}", "-f", "/dev/null"]
    command = f"{sys.executable} -m coder review {project} --codebook {codebook} --reviewer amira"
    began = time.perf_counter()
    subprocess.run([*server, "new-session", "-d", "-x", "80", "-y", "24", command], check=True)
    try:
        while True:
            shown = subprocess.run(
                [*server, "capture-pane", "-p"], capture_output=True, text=True
            ).stdout
            if "─ S-" in shown:
                return time.perf_counter() - began
            if time.perf_counter() - began > 60:
                raise SystemExit(f"no comment after a minute:\n{shown}")
            time.sleep(0.01)
    finally:
        subprocess.run([*server, "kill-server"], check=False, capture_output=True)


def _busy(stop: "multiprocessing.synchronize.Event") -> None:
    while not stop.is_set():
        np.linalg.svd(np.random.default_rng(0).normal(size=(300, 300)))


async def session(
    project_folder: Path, codebook: Path, decisions: int
) -> tuple[list[float], list[float], list[float]]:
    """Over a scripted session: how late a 2 ms clock ticks, what the screen's thread computed between two
    ticks, and the time from a key to the screen; all in seconds.
    """
    from coder.codebook import read_codebook
    from coder.decisions import Decision, DecisionLog
    from coder.project import Project
    from coder.reviewing.mode import ReviewMode
    from coder.reviewing.opening import open_session
    from coder.reviewing.screen.app import ReviewApp
    from coder.reviewing.screen.background import BackgroundJobs
    from coder.reviewing.suggestions import Neighbours, Suggestions
    from coder.screen.running import collected_when_idle

    book = read_codebook(codebook)
    project = Project(project_folder)
    opened = open_session(project, book, codebook, "amira", ReviewMode())
    labels = project.labels
    ids = sorted(labels["comment_id"].unique())
    vectors = np.random.default_rng(1).normal(size=(len(ids), 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    newer = Suggestions(labels, book, "newer")
    app = ReviewApp(
        opened.session,
        opened.writer,
        title=book.title,
        attributes=opened.attributes,
        jobs=BackgroundJobs(
            learn=lambda: newer,
            find_neighbours=lambda: Neighbours(ids, vectors),
            new_decisions=opened.others,
        ),
        beside=opened.beside,
    )
    late: list[float] = []
    computed: list[float] = []
    waits: list[float] = []
    ben = DecisionLog(codebook, "ben")
    done = asyncio.Event()

    async def clock() -> None:
        while not done.is_set():
            due, busy = time.perf_counter() + 0.002, time.thread_time()
            await asyncio.sleep(0.002)
            late.append(time.perf_counter() - due)
            computed.append(time.thread_time() - busy)

    with collected_when_idle():
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause(1.0)
            ticking = asyncio.create_task(clock())
            for number in range(decisions):
                keys = ["enter"] if number % 2 else ["2", "down", "enter"]
                if number % 10 == 9:
                    keys = ["z", "Z", "b", "f", "u", "enter"]
                if number % 25 == 12:
                    keys = ["a", "1", "2", "enter", "escape", "d", "escape", "enter"]
                for key in keys:
                    began = time.perf_counter()
                    await pilot.press(key)
                    waits.append(time.perf_counter() - began)
                if number % 20 == 5:
                    pick = opened.session.pick
                    assert pick is not None
                    ben.append([
                        Decision(
                            project="speed", comment_id=ids[-1 - number], text="", text_hash="", scope=book.theme_ids,
                            mode="blind", chosen="random", reviewer="ben", codebook_version="1",
                            codebook_fingerprint=book.fingerprint,
                        )
                    ])  # fmt: skip
                    app.background.read_decisions()
            done.set()
            await ticking
    opened.writer.close()
    return late, computed, waits


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        project, codebook = make(Path(name), n)
        starts = [start_time(project, codebook) for _ in range(4)][1:]
        stop = multiprocessing.get_context("spawn").Event()
        other = multiprocessing.get_context("spawn").Process(
            target=_busy, args=(stop,), daemon=True
        )
        other.start()
        late, computed, waits = asyncio.run(session(project, codebook, 100))
        stop.set()
    print(f"{n:,} comments, {THEMES} themes, {EARLIER:,} earlier decisions")
    print(
        f"start to first comment: {median(starts):.2f} s (of {', '.join(f'{s:.2f}' for s in starts)})"
    )
    worst = sorted(late)[-5:]
    print(
        f"100 decisions, {len(waits)} keys; blocked at most {1000 * max(late):.0f} ms "
        f"(the five longest: {', '.join(f'{1000 * w:.0f}' for w in worst)}; over 50 ms: {sum(w > 0.05 for w in late)})"
    )
    worst = sorted(computed)[-5:]
    print(
        f"computed at a stretch on the screen's thread, whatever else the machine does: at most "
        f"{1000 * max(computed):.0f} ms (the five longest: {', '.join(f'{1000 * w:.0f}' for w in worst)})"
    )
    waits.sort()
    print(
        f"key to screen: median {1000 * median(waits):.0f} ms, 95% {1000 * waits[int(0.95 * len(waits))]:.0f} ms, "
        f"longest {1000 * waits[-1]:.0f} ms (the pilot's own waiting included)"
    )


if __name__ == "__main__":
    main()
