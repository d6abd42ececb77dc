"""A reviewer goes on deciding on the page while the server is killed (-9) and started again, the
connection goes and comes, and the page is loaded anew: what is lost, and what is stored twice?

    python tests/benchmarks/page_kills.py [DECISIONS] [SEED]
"""

import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from browser_helpers import Window, browser
from review_helpers import plain_texts
from test_page_review import TITLE, Place, all_saved, begin, here

THEMES = {"1": "visibility", "4": "women", "5": "driving"}


class Trouble:
    """What happens to server, connection and page beside the reviewer's keys."""

    def __init__(self, place: Place, window: Window, rng: random.Random) -> None:
        self.place, self.window, self.rng = place, window, rng
        self.counts = {"kills of the server": 0, "times offline": 0, "page loaded anew": 0}
        self._until: dict[str, float] = {}

    def happen(self) -> None:
        """Perhaps begin one, and end those that are over."""
        now = time.monotonic()
        if "kill" in self._until:
            if now > self._until["kill"]:
                del self._until["kill"]
                self.place.start_again()
        elif self.rng.random() < 0.06:
            self.counts["kills of the server"] += 1
            self._until["kill"] = now + 1
            self.place.server.kill()
        elif "offline" not in self._until and self.rng.random() < 0.02:
            self.counts["page loaded anew"] += 1
            self.window.page.reload()
        if "offline" in self._until:
            if now > self._until["offline"]:
                del self._until["offline"]
                self.window.context.set_offline(False)
        elif self.rng.random() < 0.03:
            self.counts["times offline"] += 1
            self._until["offline"] = now + 1.5
            self.window.context.set_offline(True)

    def end(self) -> None:
        if "kill" in self._until:
            self.place.start_again()
        self.window.context.set_offline(False)


def play(place: Place, window: Window, wanted: int, seed: int) -> tuple[dict[str, str], Trouble]:
    """Decide comments; every tenth decision is undone and made again with another theme."""
    rng = random.Random(seed)
    trouble = Trouble(place, window, rng)
    decided: dict[str, str] = {}
    window.page.on("dialog", lambda dialog: dialog.accept())
    while len(decided) < wanted:
        if window.text(TITLE).startswith("Comment "):
            key = rng.choice(list(THEMES))
            decided[here(window)] = THEMES[key]
            comment_id = here(window)
            window.press("0", key, "Enter")
            if rng.random() < 0.1:
                window.press("z", "0", "4", "Enter")
                decided[comment_id] = "women"
        window.page.wait_for_timeout(rng.randrange(30, 200))
        trouble.happen()
    trouble.end()
    all_saved(window)
    return decided, trouble


def main(wanted: int = 200, seed: int = 3) -> None:
    place = Place(Path(tempfile.mkdtemp()), plain_texts(wanted + 30))
    started = time.monotonic()
    with browser() as chromium:
        window = begin(chromium, place.links["amira"])
        decided, trouble = play(place, window, wanted, seed)
    place.server.kill()
    stands = place.decided()  # raises where something is stored twice
    wrong = [c for c, theme_id in decided.items() if stands.get(c) != [theme_id]]
    figures = {
        "comments decided on the page": len(decided),
        **trouble.counts,
        "lost or stored otherwise": len(wrong),
        "stored and not decided": len(stands.keys() - decided.keys()),
        "stored twice": 0,
        "seconds": round(time.monotonic() - started),
    }
    for name, figure in figures.items():
        print(f"| {name} | {figure:,} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
