"""Twenty reviewers at once on the server of `coder serve`, and kills of it in the middle.

    python tests/benchmarks/serve_load.py [load|kills] [--comments N] [--themes N] [--decisions N]
        [--reviewers N] [--pause SECONDS] [--kills N]

The reviewers are threads of one other process; each waits about --pause seconds before every decision (none: 0).
Prints the time to start, how long answers took, the memory, and what is in the decision files afterwards: nothing
lost, nothing twice, each chain whole. Comments and labels are made up; each comment has about 25 words.
"""

import argparse
import random
import secrets
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from coder.codebook import read_codebook
from coder.decisions import Decision, read_decisions
from review_helpers import comments_table, project_at
from serving_helpers import Answer, Client, RunningServer

WORDS = [
    "police",
    "road",
    "drugs",
    "station",
    "night",
    "bus",
    "officers",
    "cars",
    "park",
    "noise",
    "women",
    "street",
    "safe",
    "more",
    "less",
    "local",
    "crime",
]
SEED = 3


def place(folder: Path, comments: int, themes: int) -> Path:
    """A project of made-up comments that is coded; returns the codebook's path."""
    chance = random.Random(SEED)
    path = folder / "load.yaml"
    lines = ["title: Load", "themes:"]
    lines += [
        f"  - {{id: t{n}, name: Theme {n}, keywords: [{WORDS[n % len(WORDS)]}]}}"
        for n in range(themes)
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    texts = {f"c{n:06d}": f"{n} " + " ".join(chance.choices(WORDS, k=25)) for n in range(comments)}
    table = comments_table(texts)
    project_at(folder / "load", table, labels=labels(list(texts), themes))
    assert len(read_codebook(path).theme_ids) == themes
    return path


def labels(comment_ids: list[str], themes: int) -> Any:
    """A label for each comment and theme."""
    import pandas as pd

    chance = np.random.default_rng(SEED)
    n = len(comment_ids) * themes
    probability = chance.random(n).astype("float32") ** 4
    frame = {
        "comment_id": np.repeat(np.array(comment_ids, dtype=object), themes),
        "theme_id": np.tile([f"t{k}" for k in range(themes)], len(comment_ids)),
        "position_id": "", "probability": probability, "assigned": probability > 0.5, "origin": "model",
        "evidence": "", "evidence_start": -1, "evidence_end": -1, "codebook_version": "1",
    }  # fmt: skip
    return pd.DataFrame(frame)


class Team:
    """Reviewers who decide until enough is decided, and send again what was not answered."""

    def __init__(self, server: RunningServer, names: list[str], wanted: int, pause: float) -> None:
        self.port, self.links = server.port, server.links
        self.names, self.wanted, self.pause = names, wanted, pause
        self.times: list[float] = []  # seconds until a decision was answered as saved
        self.hand_times: list[float] = []
        self.saved: list[tuple[str, str, str]] = []  # reviewer, request, comment
        self.sent_again = 0
        self.refused: dict[int, int] = {}

    def work(self) -> None:
        threads = [threading.Thread(target=self._review, args=(name,)) for name in self.names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask(self, client: Client, path: str, body: Any) -> Answer:
        """Ask until there is an answer, as the page does."""
        while True:
            try:
                answered = client.post(path, body)
            except Exception:  # the server is away
                self.sent_again += 1
                time.sleep(0.2)
                continue
            if answered.status == 200:
                return answered
            self.refused[answered.status] = self.refused.get(answered.status, 0) + 1
            time.sleep(0.5)

    def _review(self, name: str) -> None:
        chance = random.Random(name)
        client = Client(self.port)
        client.enter(self.links[name])
        cards: list[dict[str, Any]] = []
        while len(self.saved) < self.wanted:
            if len(cards) < 3:
                began = time.perf_counter()
                held = [card["comment_id"] for card in cards]
                answered = self._ask(client, "/api/hand", {"n": 5 - len(cards), "held": held}).json
                self.hand_times.append(time.perf_counter() - began)
                client.fingerprint = answered["codebook_fingerprint"]
                cards += answered["cards"]
            if not cards:
                return
            card = cards.pop(0)
            time.sleep(self.pause * chance.uniform(0.5, 1.5))
            chosen = {theme: [] for theme in card["scope"] if chance.random() < 0.05}
            body = client.decision(card, **chosen) | {"request": secrets.token_hex(16)}
            began = time.perf_counter()
            self._ask(client, "/api/decisions", body)
            self.times.append(time.perf_counter() - began)
            self.saved.append((name, body["request"], card["comment_id"]))


def shares(times: list[float]) -> str:
    cuts = statistics.quantiles(times, n=100)
    return f"median {1000 * cuts[49]:.0f}, 95 % {1000 * cuts[94]:.0f}, 99 % {1000 * cuts[98]:.0f}, longest {1000 * max(times):.0f} ms"


def memory(server: RunningServer) -> float:
    """The most memory that the server ever had, in MB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def check(path: Path, team: Team) -> str:
    """Compare the files with what was acknowledged; reading them checks the chains."""
    decisions = [each for each in read_decisions(path).decisions if each.undoes is None]
    stored = {(each.reviewer, each.comment_id) for each in decisions}
    lost = [each for each in team.saved if (each[0], each[2]) not in stored]
    twice = len(decisions) - len({one(each) for each in decisions})
    in_two_hands = len(decisions) - len({each.comment_id for each in decisions})
    return f"{len(team.saved):,} acknowledged, {len(decisions):,} on disk; lost {len(lost)}, twice {twice}, comments decided by two {in_two_hands}"


def one(decision: Decision) -> tuple[str, str]:
    return decision.reviewer, decision.comment_id


def start(folder: Path, path: Path, names: list[str], port: int = 0) -> tuple[RunningServer, float]:
    people = [word for name in names for word in ("--reviewer", name)]
    began = time.perf_counter()
    server = RunningServer(folder / "load", path, *people, port=port)
    return server, time.perf_counter() - began


def load(options: argparse.Namespace, folder: Path) -> None:
    path = place(folder, options.comments, options.themes)
    names = [f"reviewer{n:02d}" for n in range(options.reviewers)]
    server, seconds = start(folder, path, names)
    team = Team(server, names, options.decisions, options.pause)
    began = time.perf_counter()
    team.work()
    took = time.perf_counter() - began
    print(
        f"{options.comments:,} comments, {options.themes} themes, {options.reviewers} reviewers, pause {options.pause} s"
    )
    print(
        f"start {seconds:.1f} s; {len(team.saved):,} decisions in {took:.0f} s ({len(team.saved) / took:.0f} a second)"
    )
    print(f"decisions: {shares(team.times)}")
    print(f"hands: {shares(team.hand_times)}")
    print(f"memory {memory(server):.0f} MB; refused {team.refused}")
    print("ended", server.stop())
    print(check(path, team))


def kills(options: argparse.Namespace, folder: Path) -> None:
    path = place(folder, options.comments, options.themes)
    names = [f"reviewer{n:02d}" for n in range(options.reviewers)]
    server, _ = start(folder, path, names)
    links, port = server.links, server.port
    team = Team(server, names, 10**9, options.pause)
    team.links = links
    worker = threading.Thread(target=team.work)
    worker.start()
    chance = random.Random(SEED)
    for number in range(options.kills):
        time.sleep(chance.uniform(0.2, 1.5))
        server.kill()
        if number == options.kills - 1:
            team.wanted = 0
        server, _ = start(folder, path, names, port)
    worker.join()
    print(
        f"{options.kills} kills, {options.reviewers} reviewers; sent again {team.sent_again}, refused {team.refused}"
    )
    print("ended", server.stop())
    print(check(path, team))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="?", default="load", choices=["load", "kills"])
    parser.add_argument("--comments", type=int, default=10_000)
    parser.add_argument("--themes", type=int, default=12)
    parser.add_argument("--decisions", type=int, default=5_000)
    parser.add_argument("--reviewers", type=int, default=20)
    parser.add_argument("--pause", type=float, default=0.5)
    parser.add_argument("--kills", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        {"load": load, "kills": kills}[options.what](options, Path(folder))


if __name__ == "__main__":
    main()
