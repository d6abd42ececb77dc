"""How long an export of 100,000 made-up comments by 12 themes and 5 breakdowns takes in CPU seconds.

Run: python tests/benchmarks/export_speed.py [COMMENTS] [--audit]
With --audit 400 comments drawn at random are reviewed and the rest is the model's; else all are reviewed.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from coder.codebook import Codebook, Position, Theme
from coder.exporting.writers import write_report
from coder.reporting import Inputs, Options, build_report
from coder.tables import JUDGEMENTS, LABELS

WORDS = [
    "police",
    "crime",
    "street",
    "park",
    "night",
    "safe",
    "drugs",
    "cars",
    "noise",
    "shops",
    "bus",
    "school",
    "women",
    "youth",
    "station",
    "report",
]
SUFFIXES = (".csv", ".xlsx", ".html", ".md", ".json", ".docx", ".svg", ".png", ".sav", ".qdpx")
COLUMNS = {"age": 6, "gender": 3, "ethnicity": 8, "area": 2, "victim": 2}


def made_up(
    n: int, *, audit: bool, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Codebook]:
    """Comments in three sources, two of them weighted, with labels and judgements."""
    rng = np.random.default_rng(seed)
    themes = [Theme(id=f"theme-{k}", name=f"Theme number {k}") for k in range(11)]
    pair = (Position(id="more", name="More"), Position(id="less", name="Less"))
    book = Codebook(
        title="Speed", themes=(*themes, Theme(id="drugs", name="Drugs", positions=pair))
    )
    ids = np.array([f"c{i:06d}" for i in range(n)])
    source = rng.choice(["Web", "Poll", "Boost"], n, p=[0.6, 0.25, 0.15])
    comments = pd.DataFrame(
        {
            "comment_id": ids,
            "text": [" ".join(words) for words in rng.choice(WORDS, (n, 18))],
            "source": source, "role": "public", "status": "analysed", "reason": "",
            "weight": np.where(source == "Web", np.nan, rng.uniform(0.4, 2.5, n)), "campaign_id": "", "question": "",
        }
    )  # fmt: skip
    comments = comments.assign(
        **{c: rng.choice([f"{c} {k}" for k in range(m)], n) for c, m in COLUMNS.items()}
    )
    probability = rng.beta(1, 9, (n, 12))
    carries = rng.random((n, 12)) < probability
    keys = [(theme.id, "") for theme in book.themes] + [("drugs", "more"), ("drugs", "less")]
    more = carries[:, 11] & (rng.random(n) < 0.6)
    carries = np.column_stack([carries, more, carries[:, 11] & ~more])
    probability = np.column_stack([probability, probability[:, 11] * 0.6, probability[:, 11] * 0.4])
    labels = pd.DataFrame(
        {
            "comment_id": np.repeat(ids, len(keys)),
            "theme_id": np.tile([k[0] for k in keys], n),
            "position_id": np.tile([k[1] for k in keys], n),
            "probability": probability.ravel(),
            "assigned": carries.ravel(), "origin": "model", "evidence": "", "evidence_start": -1, "evidence_end": -1,
            "codebook_version": "1",
        }
    )[list(LABELS.columns)]  # fmt: skip
    read = rng.choice(n, 400, replace=False) if audit else np.arange(n)
    judged = pd.DataFrame(
        {
            "project": "speed", "comment_id": np.repeat(ids[read], 12), "text_hash": "",
            "theme_id": np.tile(book.theme_ids, len(read)), "present": carries[read][:, :12].ravel(),
            "reviewer": "a", "mode": "blind", "chosen": "random", "whole": True, "adjudicated": False,
            "decided_at": "2025-01-01T00:00:00", "decision_id": "", "text": "",
            "first_at": "2025-01-01T00:00:00", "drawn_at": "2025-01-01T00:00:00",
        }
    )  # fmt: skip
    position = np.where(carries[read][:, 12], "more", "less")
    theme = judged["theme_id"].to_numpy()
    named = np.repeat(position, 12)
    judged["positions"] = [
        (p,) if t == "drugs" and here else ()
        for t, p, here in zip(theme, named, judged["present"], strict=True)
    ]
    assert set(JUDGEMENTS.columns) <= set(judged.columns)
    return comments, labels, judged, book


def main() -> None:
    numbers = [part for part in sys.argv[1:] if part.isdigit()]
    audit = "--audit" in sys.argv
    comments, labels, judged, book = made_up(int(numbers[0]) if numbers else 100_000, audit=audit)
    started = time.process_time()
    inputs = Inputs(comments, labels, book, judged)
    report = build_report(inputs, Options(by=tuple(COLUMNS)))
    built = time.process_time()
    print(
        f"{len(comments):,} comments, 12 themes, 5 breakdowns, {'audit' if audit else 'all reviewed'}: built in {built - started:.1f} CPU s"
    )
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES:
            at = time.process_time()
            files = write_report(report, Path(folder) / f"themes{suffix}")
            size = sum(file.stat().st_size for file in files) / 1e6
            print(f"  {suffix}: {time.process_time() - at:.1f} CPU s, {size:.1f} MB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"all: {time.process_time() - started:.1f} CPU s, peak {peak:.1f} GB")


if __name__ == "__main__":
    main()
