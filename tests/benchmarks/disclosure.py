"""Whether an attacker's linear program finds hidden cells of made-up surveys, and how long hiding them takes.

First: surveys with random columns, derived groups, routes, positions and sub-themes (`made_up_surveys`), attacked
from their published tables alone (`disclosure_attacker`). A cell is hidden without need where all small cells would
stay safe if it were shown; hiding every row with a small cell as a whole is what it is compared with.
Then: an export of 12 themes by 5 breakdowns of 8 groups.

Run: python tests/benchmarks/disclosure.py [SURVEYS]    (500: about 5 CPU minutes)
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from coder.codebook import Codebook, Position, Theme
from coder.project import Derived, Settings
from coder.reporting import Inputs, Options, build_report
from coder.reporting import breakdowns as breakdown_module
from coder.tables import LABELS
from made_up_surveys import make_survey
from test_disclosure import Verdict, attack, report_on

GROUPS = 8
SIZES = ((500, 1), (1_500, 1), (1_500, 2), (5_000, 3), (20_000, 3))  # comments, routes
SOURCES = ("Web", "Post", "App")
POSITIONS = (Position(id="more", name="More"), Position(id="less", name="Less"))
SUB_THEMES = (Theme(id="theft", name="Theft"), Theme(id="fraud", name="Fraud"))


def attack_surveys(surveys: int) -> None:
    """Every fourth survey is decided by people, so that its tables show differences."""
    started = time.process_time()
    verdicts: dict[bool, list[Verdict]] = {False: [], True: []}
    for seed in range(surveys):
        survey = make_survey(np.random.default_rng(seed))
        decided = seed % 4 == 0
        report = report_on(survey, decided=decided)
        verdicts[decided].append(attack(survey, report, with_need=True))
    for decided, own in verdicts.items():
        narrow = sum(len(verdict.narrow) for verdict in own)
        tables = sum(verdict.tables for verdict in own)
        needless = sum(verdict.needless for verdict in own)
        extra = sum(verdict.extra for verdict in own)
        whole_rows = sum(verdict.whole_rows for verdict in own)
        kind = "with differences" if decided else "without differences"
        print(
            f"{len(own)} surveys {kind}, {tables} tables: {narrow} cells known too closely; "
            f"{needless} tables ({100 * needless / tables:.1f} %) with a cell hidden without need; "
            f"{extra} cells hidden beside small ones, {whole_rows} by whole rows"
        )
    print(f"{time.process_time() - started:.0f} CPU seconds")


def large_survey(n: int, routes: int) -> tuple[Inputs, Options]:
    """Twelve themes; three columns of eight groups, and two ways to join 32 boroughs to eight."""
    rng = np.random.default_rng(n)
    themes = [Theme(id=f"theme-{k}", name=f"Theme {k}") for k in range(8)]
    themes.append(Theme(id="drugs", name="Drugs", positions=POSITIONS))
    themes.append(Theme(id="crime", name="Crime", themes=SUB_THEMES))
    book = Codebook(title="Large", themes=tuple(themes))
    boroughs = [f"B{k:02d}" for k in range(32)]
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{i:06d}" for i in range(n)], "text": [f"Some words about matter {i}" for i in range(n)],
            "source": rng.choice(SOURCES[:routes], n), "role": "public", "status": "analysed", "reason": "",
            "weight": np.nan, "campaign_id": "", "question": "", "borough": rng.choice(boroughs, n),
        }
    )  # fmt: skip
    columns = ("age", "ethnicity", "work")
    for column in columns:
        shares = 0.95 * rng.dirichlet(np.full(GROUPS, 2.0))
        answers = [f"{column} {k}" for k in range(GROUPS)]
        comments[column] = rng.choice([*answers, ""], n, p=[*shares, 0.05])
    east = {f"East {k}": tuple(boroughs[k::GROUPS]) for k in range(GROUPS)}
    north = {f"North {k}": tuple(boroughs[4 * k : 4 * k + 4]) for k in range(GROUPS)}
    derived = {
        "east": Derived(column="borough", groups=east),
        "north": Derived(column="borough", groups=north),
    }
    carries = {}
    for theme in book.nodes:
        carries[(theme.theme.id, "")] = rng.random(n) < rng.uniform(0.02, 0.15)
    crime = carries[("crime", "")]
    carries[("crime", "")] = crime | carries[("theft", "")] | carries[("fraud", "")]
    more = rng.random(n) < 0.6
    carries[("drugs", "more")] = carries[("drugs", "")] & more
    carries[("drugs", "less")] = carries[("drugs", "")] & ~more
    frames = []
    for (theme_id, position_id), has in carries.items():
        frame = {
            "comment_id": comments["comment_id"], "theme_id": theme_id, "position_id": position_id,
            "probability": np.where(has, 0.9, 0.1), "assigned": has, "origin": "model", "evidence": "",
            "evidence_start": -1, "evidence_end": -1, "codebook_version": "1",
        }  # fmt: skip
        frames.append(pd.DataFrame(frame))
    labels = pd.concat(frames, ignore_index=True)[list(LABELS.columns)]
    inputs = Inputs(comments, labels, book, settings=Settings(name="large", derived=derived))
    return inputs, Options(by=(*columns, *derived))


def time_large_exports() -> None:
    """CPU seconds of the report, and of hiding alone."""
    hide = breakdown_module.hide_cells
    seconds = [0.0]

    def timed_hide(*arguments):
        at = time.process_time()
        hidden = hide(*arguments)
        seconds[0] += time.process_time() - at
        return hidden

    breakdown_module.hide_cells = timed_hide
    for n, routes in SIZES:
        inputs, options = large_survey(n, routes)
        seconds[0], started = 0.0, time.process_time()
        report = build_report(inputs, options)
        cells = pd.concat([each.cells for each in report.breakdowns])
        print(
            f"{n:,} comments, {routes} routes, {len(cells):,} cells, {int((cells['hidden'] != '').sum()):,} hidden: "
            f"{seconds[0]:.1f} CPU seconds of {time.process_time() - started:.1f}"
        )


if __name__ == "__main__":
    time_large_exports()
    attack_surveys(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
