"""How long a large survey takes to read, by step, in CPU seconds, and how much memory it needs.

    python tests/benchmarks/intake_speed.py [--respondents 300000] [--columns 60] [--keep FILE.csv]
        [--real COMMENTS.csv]

A file of a survey is made up: an id, a date, a weight, four open questions (one of them answered by
half) and closed ones, with a header of Qualtrics's three rows. Each step runs in a process of its
own, so that its peak is its own: decoding, rows to table, columns detected, the whole of
`coder read`. The file is about 240 MB at 300,000 respondents.

With `--real` the answers are made from sentences of real comments (column `text`) with a third of
the words exchanged. Without it they are drawn from 45 words, so that far more of them share runs
of words than people's do: the worst case for finding campaigns.
"""

import argparse
import csv
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.pop(0)  # this folder, whose names may hide packages
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

OPEN = ("comments", "why", "other_ideas", "anything_else")
ANSWERED = (0.9, 0.7, 0.5, 0.3)  # of the open questions
CHOICES = ["Strongly agree", "Agree", "Neither", "Disagree", "Strongly disagree", ""]
AREAS = ["Barnet", "Camden", "Hackney", "Lambeth", "Lewisham", "Merton", "Sutton"]
WORDS = """the buses and trams are late in evening so people wait at stops without light or seats
near school park river market which should be safer for children older residents cyclists drivers
council must repair road café £5 fares “fair” more less never always because nobody asked us"""
SEED = 12


def few_words(draw: random.Random) -> Iterator[str]:
    """Answers drawn from a few words, without end."""
    vocabulary = WORDS.split()
    while True:
        yield " ".join(draw.choices(vocabulary, k=draw.randint(5, 30)))


def real_words(comments: Path) -> Iterator[str]:
    """Answers made from sentences of real comments, without end."""
    sys.path.append(str(Path(__file__).parent))
    from made_comments import Corpus, make_comments

    with comments.open(newline="", encoding="utf-8-sig") as file:
        texts = [row["text"] for row in csv.DictReader(file) if row["text"].strip()]
    for _, text, _ in make_comments(Corpus(texts), 0.35):
        yield text


def survey_rows(
    respondents: int, columns: int, answers: Iterator[str], draw: random.Random
) -> Iterator[list[str]]:
    """The rows of a survey's file, its three header rows first."""
    closed = [f"Q{number}" for number in range(5, columns - len(OPEN) - 1)]
    names = ["ResponseId", "StartDate", "weight", "area", *OPEN, *closed]
    names += [f"extra_{number}" for number in range(columns - len(names))]
    yield names
    yield [f"What about {name}?" for name in names]
    yield [f'{{"ImportId":"QID{number}"}}' for number in range(len(names))]
    for number in range(respondents):
        row = [f"R_{number:08d}", "2026-03-01 10:11:12", f"{draw.uniform(0.5, 1.5):.4f}"]
        row.append(draw.choice(AREAS))
        for share in ANSWERED:
            row.append(next(answers) if draw.random() < share else "")
        row += draw.choices(CHOICES, k=len(names) - len(row))
        yield row


def decode_file(path: Path) -> int:
    """The encoding found, all bytes checked."""
    from coder.reading.encoding import find_encoding

    data = path.read_bytes()
    find_encoding(data, path)
    return len(data)


def read_table(path: Path) -> int:
    """The file as a table of text."""
    from coder.reading.formats import load
    from coder.reading.options import FileOptions

    return len(load(path, FileOptions()).cells)


def detect(path: Path) -> int:
    """The table, and what its columns are."""
    from coder.reading.columns import ColumnChoices, detect_columns
    from coder.reading.formats import load
    from coder.reading.options import FileOptions

    raw = load(path, FileOptions())
    before = time.process_time()
    columns = detect_columns(raw, ColumnChoices({}))
    print(f"  columns alone: {time.process_time() - before:.1f} CPU s", flush=True)
    return len(columns.questions)


def read_whole(path: Path) -> int:
    """`coder read`, the project written."""
    from coder.workflow.read import read

    with tempfile.TemporaryDirectory() as folder:
        outcome = read(path, Path(folder) / "plan")
    return int(outcome.ledger["received"].iloc[-1])


STEPS: dict[str, Callable[[Path], int]] = {
    "encoding": decode_file,
    "rows to table": read_table,
    "with columns": detect,
    "coder read": read_whole,
}


def measure(name: str, path: Path) -> None:
    """Run a step and print its CPU seconds and its peak; to be called in a new process."""
    import pandas  # noqa: F401  its start is no part of reading

    started = time.process_time()
    result = STEPS[name](path)
    seconds = time.process_time() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:14} {seconds:7.1f} CPU s {megabytes:7.0f} MB peak  ({result:,})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--respondents", type=int, default=300_000)
    parser.add_argument("--columns", type=int, default=60)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--steps", nargs="*", default=list(STEPS))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.keep or Path(folder) / "survey.csv"
        if not path.exists():
            draw = random.Random(SEED)
            answers = real_words(chosen.real) if chosen.real else few_words(draw)
            rows = survey_rows(chosen.respondents, chosen.columns, answers, draw)
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        print(f"{path.stat().st_size / 1e6:.0f} MB, {chosen.respondents:,} respondents")
        new_process = multiprocessing.get_context("spawn")
        for name in chosen.steps:
            process = new_process.Process(target=measure, args=(name, path))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
