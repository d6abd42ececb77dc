"""Keys that a comment takes in the review, for a reviewer who errs nowhere.

    python tests/benchmarks/review_keys.py --make FOLDER
    python tests/benchmarks/review_keys.py FOLDER

`--make` reads and codes two projects (minutes). `example`: the 424 comments of the shipped codebook, 12 themes,
100 decided at random beforehand. `sixty`: 63 themes, those of 200 patient comments (25), of 200 of the example (12)
and of 100 answers to each of two questions about gambling (13 each); 100 of the 600 decided beforehand. A comment
carries no theme of another set than its own.

The player decides 200 further comments of the queue with the keys of the screen. Letters, digits, Escape
and Enter all count as one key each, a letter with Shift too.
"""

import argparse
import asyncio
import csv
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from coder.codebook import read_codebook
from coder.project import Project
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import open_session
from coder.reviewing.screen.app import ReviewApp

ROOT = Path(__file__).parents[2]
SHARED = (
    Path("/work/shared/data")
    if Path("/work/shared/data").exists()
    else ROOT.parent / "shared" / "data"
)
COMMENTS = 200
DECIDED = 100
SEED = 5
PATIENTS = OTHERS = 200  # comments
Row = tuple[str, str, tuple[str, ...]]  # id, text, themes

WAYS = {
    "fixed order, ticked from .5": ReviewMode(),
    "fixed order, ticked from .7": ReviewMode(tick=0.7),
    "fixed order, nothing ticked": ReviewMode(tick=1),
    "model's order, ticked from .5": ReviewMode(order="model"),
    "model's order, all that it assigns": ReviewMode(order="model", tick=0),
    "blind": ReviewMode(blind=True),
}


def example() -> tuple[str, list[Row]]:
    """The shipped codebook, and its comments with their themes."""
    folder = ROOT / "examples" / "police_and_crime_plan"
    labels = dict(rows_of(folder / "labels.csv", "comment_id", "themes"))
    texts = rows_of(folder / "comments.csv", "comment_id", "comment")
    book = (ROOT / "codebooks" / "police_and_crime_plan.yaml").read_text(encoding="utf-8")
    return book, [(c, text, tuple(plain(labels[c]))) for c, text in texts if c in labels]


def rows_of(path: Path, first: str, second: str) -> list[tuple[str, str]]:
    """Two columns of a table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row[first], row[second]) for row in csv.DictReader(file)]


def plain(themes: str) -> list[str]:
    """Theme ids without positions."""
    return list(dict.fromkeys(part.partition("=")[0] for part in themes.split(";") if part))


def gambling(part: int) -> tuple[list[str], list[Row]]:
    """Themes of a question as YAML, and its answers."""
    name = f"question_part_{part}"
    outputs = next((SHARED / "gambling_xs" / "outputs" / "mapping").iterdir()) / name
    topics = json.loads((outputs / "themes.json").read_text(encoding="utf-8"))
    themes = []
    for topic in topics:
        label, definition = json.dumps(topic["topic_label"]), json.dumps(topic["topic_description"])
        themes.append(
            f"  - {{id: g{part}-{topic['topic_id'].lower()}, name: {label}, definition: {definition}}}\n"
        )
    mapping = {m["response_id"]: m["labels"] for m in json_lines(outputs / "mapping.jsonl")}
    answers = json_lines(SHARED / "gambling_xs" / "inputs" / name / "responses.jsonl")
    known = {topic["topic_id"] for topic in topics}
    rows = []
    for answer in answers:
        number = answer["response_id"]
        labels = [f"g{part}-{label.lower()}" for label in mapping[number] if label in known]
        rows.append((f"G{part}-{number}", answer["response"], tuple(labels)))
    return themes, rows


def json_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file with one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def sixty() -> tuple[str, list[Row]]:
    """The codebook of 60 themes, and comments of all its sets."""
    patients = SHARED / "patient_experience" / "neas"
    book = (patients / "codebook.yaml").read_text(encoding="utf-8")
    labels = dict(rows_of(patients / "labels.csv", "comment_id", "themes"))
    texts = rows_of(patients / "comments.csv", "comment_id", "text")
    texts = [(c, text) for c, text in texts if c in labels]
    random.Random(SEED).shuffle(texts)
    rows: list[Row] = [(c, text, tuple(plain(labels[c]))) for c, text in texts[:PATIENTS]]
    other, others = example()
    rows += random.Random(SEED).sample(others, OTHERS)
    themes = "\n" + other.partition("\nthemes:\n")[2].rstrip() + "\n"
    for part in (1, 2):
        made, answers = gambling(part)
        themes += "".join(made)
        rows += answers
    return book.rstrip() + themes, rows


def make(folder: Path, name: str, book: str, rows: list[Row]) -> None:
    """Read and code a project; the truth is kept beside it."""
    from coder.workflow.apply import apply
    from coder.workflow.read import read
    from coder.workflow.review import review_from_table

    path = folder / f"{name}.yaml"
    path.write_text(book, encoding="utf-8")
    table = folder / f"{name}.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("comment_id", "comment"), *((c, text) for c, text, _ in rows)])
    truth = {c: list(themes) for c, _, themes in rows}
    (folder / f"{name}.truth.json").write_text(json.dumps(truth), encoding="utf-8")
    read(table, folder / name)
    decided = random.Random(SEED).sample(sorted(truth), DECIDED)
    taken = folder / f"{name}.decided.csv"
    with taken.open("w", encoding="utf-8", newline="") as file:
        lines = [(c, ";".join(truth[c])) for c in decided]
        csv.writer(file).writerows([("comment_id", "themes"), *lines])
    review_from_table(folder / name, path, taken, "amira", blind=True, chosen="random")
    apply(folder / name, path)


async def play(folder: Path, name: str, mode: ReviewMode) -> tuple[Counter[str], int]:
    """Decide comments on a copy of a project; the keys by what they did, and the themes."""
    keys: Counter[str] = Counter()
    themes = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as copy:
        target = Path(copy)
        shutil.copytree(folder / name, target / name)
        shutil.copytree(folder / f"{name}.decisions", target / f"{name}.decisions")
        path = Path(shutil.copy(folder / f"{name}.yaml", target))
        truth = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
        book = read_codebook(path)
        opened = open_session(Project(target / name), book, path, "player", mode)
        app = ReviewApp(opened.session, opened.writer, title=book.title, beside=opened.beside)
        async with app.run_test(size=(80, 24)) as pilot:
            for _ in range(COMMENTS):
                pick = app.session.pick
                if pick is None:
                    break
                wanted = set(truth[pick.comment_id]) & set(book.theme_ids)
                themes += len(wanted)
                for row in app.session.rows():
                    if row.ticked == (row.theme_id in wanted):
                        continue
                    for key in row.key:
                        keys["tick" if row.theme_id in wanted else "untick"] += 1
                        app.action_press(key)
                assert set(app.session.draft.themes) == wanted
                keys["save"] += 1
                app.action_press("enter")
            while app.writer.pending:
                await pilot.pause(0.05)
            await pilot.pause()
        opened.writer.close()
    return keys, themes


def main() -> None:
    """Make the projects, or play on them and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--make", action="store_true")
    options = parser.parse_args()
    if options.make:
        options.folder.mkdir(exist_ok=True)
        for name, parts in (("example", example), ("sixty", sixty)):
            if not (options.folder / f"{name}.decisions").exists():
                make(options.folder, name, *parts())
        return
    for name in ("example", "sixty"):
        for way, mode in WAYS.items():
            keys, themes = asyncio.run(play(options.folder, name, mode))
            comments = keys["save"]
            each = ", ".join(f"{what} {number / comments:.2f}" for what, number in keys.items())
            total = keys.total() / comments
            print(
                f"{name}: {way}: {total:.2f} keys a comment ({each}); {themes / comments:.2f} themes, {comments}"
            )


if __name__ == "__main__":
    main()
