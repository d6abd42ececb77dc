"""Keys that it takes to make a codebook of twelve themes of about fifty candidates.

    python tests/benchmarks/workbench_keys.py PROJECT [--into FILE] [--show]

PROJECT is a copy of a project that `coder cluster` has grouped (default: the Austin survey, read
and grouped in a temporary folder, which takes a minute). The player works as a person would
who knows which themes they want: down the list from the largest candidate, with the keys that the
screen shows. It reads on once in each candidate that it makes a theme. Every key counts, letters of
names among them.
"""

import argparse
import asyncio
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from textual.pilot import Pilot

from coder.workbench.board import Group
from coder.workbench.screen.app import Summary, WorkbenchApp
from coder.workbench.screen.dialogs import NameDialog
from coder.workflow.workbench import Workbench, open_workbench

AUSTIN = Path(__file__).parents[3] / "shared" / "data" / "austin_community_survey" / "comments.csv"
SIZE = (120, 40)
# What somebody wants to know of this survey: a theme, and words by which its candidates are known.
WANTED = {
    "Affordable housing": r"housing|hous|rent|rentals|home|homes|homeowners|mortgage|buy a home|"
    r"cost of living|afford\w*|expensive",
    "Lower taxes": r"tax|taxes|taxation|spending|dollars",
    "Utility bills": r"water|utilit\w+|electric\w*|energy|bills?|wastewater|fees",
    "Fix the traffic": r"traffic|congestion|mopac|i-?35|tolls?|lights?|lanes on mopac",
    "Better public transportation": r"transit|transportation|bus|buses|routes|rail|train|uber|lyft",
    "Roads, bike lanes and sidewalks": r"roads?|streets?|potholes?|sidewalks?|bikes?|bicycles?|"
    r"bike lanes|highways?",
    "Growth and development": r"growth|development|permit\w*|zoning|codenext|neighborhoods?|"
    r"infrastructure|plan\w*|density",
    "Police and public safety": r"police|crime|safety|laws?|enforce\w*|speed\w*|cops?|911",
    "City council and services": r"council|mayor|services|government|politic\w*|accountab\w*|"
    r"employees|manager|staff",
    "Homelessness": r"homeless\w*|shelters?|panhandl\w*",
    "Parks, culture and recycling": r"parks?|pools?|trails?|music|librar\w+|arts?|museums?|"
    r"recycl\w*|trash|animals?|dogs?|recreation",
    "What Austin is like": r"beautiful|weird|diversity|gentrification|culture|austinites|love|"
    r"great city|character",
}


# A name is good enough where it holds all words of one of these; else it is typed in full. A theme of
# several subjects has to name two of them.
NAMES = {
    "Affordable housing": ["hous", "living", "affordab"],
    "Lower taxes": ["lower tax", "reduc tax", "rais tax", "property tax"],
    "Utility bills": ["utility bill", "water utilit"],
    "Fix the traffic": ["traffic"],
    "Better public transportation": ["transp", "transit"],
    "Roads, bike lanes and sidewalks": [
        "road bike",
        "road sidewalk",
        "bike sidewalk",
        "street bike",
    ],
    "Growth and development": ["growth", "development"],
    "Police and public safety": ["police", "public safety"],
    "City council and services": ["council service", "city government", "council government"],
    "Homelessness": ["homeless"],
    "Parks, culture and recycling": ["park music", "park librar", "park recycl", "park cultur"],
    "What Austin is like": [
        "beautiful weird",
        "beautiful divers",
        "beautiful future",
        "austin weird",
    ],
}


class Player:
    """Presses keys and counts them."""

    def __init__(self, app: WorkbenchApp, pilot: Pilot[Summary]) -> None:
        self.app, self.pilot = app, pilot
        self.keys: Counter[str] = Counter()
        self.theme_of: dict[str, str] = {}  # wanted theme to group id

    async def press(self, key: str, what: str) -> None:
        self.keys[what] += 1
        await self.pilot.press(key)
        await self.pilot.pause()

    async def type(self, text: str, what: str) -> None:
        for letter in text:
            key = "space" if letter == " " else letter
            await self.press(key, what)

    def wanted(self, group: Group) -> str:
        """The theme that a candidate belongs to by its name and keywords; empty for none."""
        board = self.app.session.board
        scores: Counter[str] = Counter()
        for theme, words in WANTED.items():
            pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
            scores[theme] += 3 * bool(pattern.search(group.name))
            for candidate in group.candidates:
                for keyword in board.candidates[candidate].keywords[:6]:
                    scores[theme] += bool(pattern.search(keyword))
        theme, score = scores.most_common(1)[0]
        return theme if score >= 2 else ""

    async def decide(self) -> None:
        """One candidate."""
        desk = self.app.desk
        group = desk.group
        assert group is not None
        theme = self.wanted(group)
        if not theme:
            await self.press("d", "drop")
        elif theme not in self.theme_of:
            await self.press("space", "read on")
            self.theme_of[theme] = group.id
            await self.press("enter", "make a theme")
        else:
            await self.merge(group, theme)

    async def name_all(self) -> None:
        """From one theme to the next: a name that does stays, else a proposal, else it is typed."""
        desk = self.app.desk
        wanted = {group_id: theme for theme, group_id in self.theme_of.items()}
        while wanted:
            group = desk.group
            assert group is not None
            theme = wanted.pop(group.id)
            if not _says(group.name, theme):
                await self.name_it(theme)
            if wanted:
                await self.press("down", "to the next theme")

    async def name_it(self, theme: str) -> None:
        await self.press("r", "rename")
        dialog = self.app.screen
        assert isinstance(dialog, NameDialog)
        for place, proposal in enumerate(dialog.matches):
            if _says(proposal, theme):
                for _ in range(place):
                    await self.press("down", "rename")
                break
        else:
            await self.type(theme, "rename: letters")
        await self.press("enter", "rename")

    async def merge(self, group: Group, theme: str) -> None:
        wanted = self.theme_of[theme]
        near = [other.id for other in self.app.session.findings.near(group.id)]
        if wanted in near:
            await self.press(str(near.index(wanted) + 1), "merge by number")
            return
        await self.press("g", "merge by name")
        name = self.app.session.board.groups[wanted].name
        await self.type(name.split()[0][:4].lower(), "merge by name")
        await self.press("enter", "merge by name")
        assert group.id not in self.app.session.board.groups, (group.name, name)


def _says(name: str, theme: str) -> bool:
    """Whether a name is good enough for a theme."""
    shown = name.casefold()
    if shown.startswith("mixed"):
        return False
    return any(all(word in shown for word in words.split()) for words in NAMES[theme])


async def play(bench: Workbench, *, show: bool = False) -> Counter[str]:
    """Decide every candidate and write the codebook; the keys by what they did."""
    app = WorkbenchApp(
        bench.session,
        bench.write,
        title="Keys",
        into=bench.into.name,
        by=bench.by,
    )
    async with app.run_test(size=SIZE) as pilot:
        player = Player(app, pilot)
        for _ in range(200):
            if not bench.session.board.standing("open"):
                break
            before = len(bench.session.board.standing("open"))
            name = app.desk.group.name if app.desk.group else ""
            await player.decide()
            if show:
                print(f"{name:<50} {app.desk.message}")
            assert len(bench.session.board.standing("open")) < before
        await player.name_all()
        await player.press("w", "write")
        await player.press("w", "write")
    return player.keys


def main() -> None:
    """Play, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", nargs="?", type=Path)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = options.project
        if project is None:
            from coder.workflow.cluster import ClusterOptions, cluster
            from coder.workflow.read import read

            project = Path(folder) / "austin"
            read(AUSTIN, project)
            cluster(project, options=ClusterOptions(themes=50))
        into = options.into or Path(folder) / "made.yaml"
        bench = open_workbench(project, into, "player")
        if bench.session.has_steps:
            sys.exit(f"{project}: work was begun there already; take a copy without it")
        candidates = len(bench.session.board.standing("open"))
        keys = asyncio.run(play(bench, show=options.show))
        board = bench.session.board
        themes = board.standing("theme")
        print(f"{candidates} candidates to {len(themes)} themes in {keys.total()} keys")
        for what, number in keys.most_common():
            print(f"  {number:>4}  {what}")
        for theme in themes:
            print(f"  {theme.size:>5}  {theme.name}  ({len(theme.candidates)} candidates)")
        left = len(board.without_theme)
        print(f"  {left:>5}  without a theme, of {len(board.comment_ids)}")


if __name__ == "__main__":
    main()
