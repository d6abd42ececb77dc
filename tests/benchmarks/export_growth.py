"""How the cost of `coder export` grows: made-up comments and labels, one breakdown, one CSV.

    python tests/benchmarks/export_growth.py REAL.csv 10000 30000 100000 [--folder FOLDER]

Each project is made from the sentences of real comments (see `made_comments`) with labels drawn at
random for the themes of `city_survey.yaml`, and written in blocks. The export runs in a process of
its own. With --folder the projects are kept there and used again.
"""

import argparse
import csv
import math
import os
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

sys.path.pop(0)  # this folder, whose names may hide packages
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

from coder.codebook import read_codebook
from coder.label_files import PART, write_parquet
from coder.project import Project, Settings
from tests.benchmarks.made_comments import Corpus, make_comments

CODEBOOK = Path(__file__).with_name("city_survey.yaml")
AT_ONCE = 20_000  # comments
SWAP = 0.35
CARRYING = 0.1  # of the comments carry a theme, in the mean
WITH_EVIDENCE = 0.3  # of the labels show which words they rest on


def make_project(folder: Path, n: int, corpus: Corpus) -> None:
    """Write a project of n comments with labels."""
    rows = list(islice(make_comments(corpus, SWAP), n))
    comments = pd.DataFrame(rows, columns=["comment_id", "text", "district"])
    comments = comments.assign(
        source="Survey",
        role="public",
        status="analysed",
        reason="",
        weight=np.nan,
        campaign_id="",
        question="",
        district=comments["district"].astype(str),
    )
    project = Project(folder)
    folder.mkdir(parents=True)
    project.write(Settings(name="made-up"), comments)
    with project.label_files.new_parts() as parts:
        for number, block in enumerate(make_labels(comments["comment_id"].tolist())):
            write_parquet(parts / PART.format(number=number), block)


def make_labels(comment_ids: list[str]) -> Iterator[pd.DataFrame]:
    """`tables.LABELS` in blocks."""
    theme_ids = read_codebook(CODEBOOK).theme_ids
    rng = np.random.default_rng(0)
    common = rng.uniform(0.3, 1.7, len(theme_ids)) * CARRYING
    for start in range(0, len(comment_ids), AT_ONCE):
        own = comment_ids[start : start + AT_ONCE]
        shape = (len(own), len(theme_ids))
        probability = rng.beta(common * 2, (1 - common) * 2, shape)
        has_evidence = rng.random(shape) < WITH_EVIDENCE
        yield pd.DataFrame(
            {
                "comment_id": np.repeat(own, len(theme_ids)),
                "theme_id": np.tile(theme_ids, len(own)),
                "position_id": "",
                "probability": probability.ravel().round(6),
                "assigned": (probability > 0.5).ravel(),
                "origin": "model",
                "evidence": "",
                "evidence_start": np.where(has_evidence, 0, -1).ravel(),
                "evidence_end": np.where(has_evidence, 20, -1).ravel(),
                "codebook_version": "1",
            }
        )


def export(project: Path, codebook: Path) -> tuple[float, float]:
    """CPU seconds and peak memory in GB of the export."""
    table = project.with_suffix(".csv")
    command = [sys.executable, "-m", "coder", "export", str(project), "--by", "district"]
    command += ["--codebook", str(codebook), "--to", str(table), "--quiet"]
    process = os.posix_spawn(sys.executable, command, os.environ)
    _, status, used = os.wait4(process, 0)
    if status:
        sys.exit(f"failed with status {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("real", type=Path)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with asked.real.open(newline="", encoding="utf-8-sig") as file:
        corpus = Corpus([row["text"] for row in csv.DictReader(file) if row["text"].strip()])
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        codebook = Path(temporary) / "codebook.yaml"
        codebook.write_bytes(CODEBOOK.read_bytes())
        costs = []
        for n in asked.sizes:
            project = folder / f"made-{n}"
            if not project.exists():
                make_project(project, n, corpus)
            cpu, peak = export(project, codebook)
            costs.append((n, cpu, peak))
            print(f"{n:>10,} comments: {cpu:7.1f} CPU s, {peak:.2f} GB", flush=True)
    for (n, cpu, peak), (more, more_cpu, more_peak) in pairwise(costs):
        exponent = math.log(more_cpu / cpu) / math.log(more / n)
        bytes_each = (more_peak - peak) * 1e9 / (more - n)
        print(f"{n:,} to {more:,}: exponent {exponent:.2f}, {bytes_each:,.0f} bytes a comment")


if __name__ == "__main__":
    main()
