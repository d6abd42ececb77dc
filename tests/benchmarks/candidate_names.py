"""The names of the largest candidates with three typical comments each, to be read blind.

    python tests/benchmarks/candidate_names.py [--only austin,neas,...] [--top 20] [--cache FILE]

Standard of a reading: a name is kept where it could stand in a report's table as what people say
and the comments below it say it. Names were chosen on neas, gambling, polis and the example;
austin and talk are the test.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.pop(0)  # this folder, whose names may hide packages
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from coder import tables
from coder.clustering import Candidate, Clustering, cluster, cluster_comments
from coder.embedding import make_embedder
from coder.workflow.read import read

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
SHOWN = 160  # characters of a comment


def column(path: Path, name: str) -> list[str]:
    """The filled cells of one column of a CSV file."""
    table = pd.read_csv(path, keep_default_na=False, dtype=str)
    return [text for text in table[name] if text.strip()]


def gambling(part: int) -> list[str]:
    """The made-up answers to one of two questions."""
    path = SHARED / f"gambling_xs/inputs/question_part_{part}/responses.jsonl"
    return [json.loads(line)["response"] for line in path.read_text().splitlines()]


def talk() -> list[str]:
    """The analysed comments of the saved pages."""
    pages = sorted((SHARED / "talk_london").glob("*.txt"))
    with tempfile.TemporaryDirectory() as folder:
        project = read(pages, Path(folder) / "talk").project
        return [str(text) for text in tables.analysed(project.comments)["text"]]


DATA: dict[str, Callable[[], list[str]]] = {
    "austin": lambda: column(SHARED / "austin_community_survey/comments.csv", "text"),
    "neas": lambda: column(SHARED / "patient_experience/neas/original.csv", "FFT answer"),
    "talk": talk,
    "example": lambda: column(ROOT / "examples/police_and_crime_plan/comments.csv", "comment"),
    "gambling1": lambda: gambling(1),
    "gambling2": lambda: gambling(2),
    "bowling": lambda: column(SHARED / "polis/american-assembly.bowling-green.csv", "comment-body"),
}


def as_table(texts: list[str]) -> pd.DataFrame:
    """The texts as a table of comments."""
    frame = pd.DataFrame({"text": texts, "weight": np.nan, "status": "analysed"})
    frame["comment_id"] = [f"{number:06d}" for number in range(len(texts))]
    for name in tables.COMMENTS.columns:
        if name not in frame:
            frame[name] = ""
    return frame.astype(tables.COMMENTS.dtypes)


def print_names(clustering: Clustering, top: int) -> None:
    """The largest candidates by the number of different comments."""
    largest = sorted(clustering.top, key=lambda candidate: -candidate.voices)[:top]
    for number, candidate in enumerate(largest, 1):
        print_candidate(number, candidate)
    words = [len(candidate.name.split()) for candidate in largest]
    opposed = sum(candidate.opposing for candidate in largest)
    print(f"words a name {np.mean(words):.1f}; one word {words.count(1)}; opposed {opposed}")


def print_candidate(number: int, candidate: Candidate) -> None:
    marks = "; ".join(candidate.marks)
    print(f"{number:2d}. {candidate.name}   [{candidate.voices}]   {marks}")
    for quote in candidate.examples[:3]:
        print("      -", " ".join(quote.split())[:SHOWN])


def main() -> None:
    cluster.FEWEST_MEASURED = 1_000_000_000  # stability is not what is looked at
    ask = argparse.ArgumentParser()
    ask.add_argument("--only", default=",".join(DATA))
    ask.add_argument("--top", type=int, default=20)
    ask.add_argument("--cache", type=Path, default=Path("build/benchmark-vectors.sqlite"))
    args = ask.parse_args()
    embedder = make_embedder(args.cache)
    for name in args.only.split(","):
        start = time.process_time()
        clustering = cluster_comments(as_table(DATA[name]()), embedder)
        seconds = time.process_time() - start
        print(f"===== {name}: {len(clustering.top)} candidates, {seconds:.0f} CPU seconds")
        print_names(clustering, args.top)


if __name__ == "__main__":
    main()
