"""Are the model's figures on positions, as `coder agree` prints them, those of all comments?

    python tests/benchmarks/position_scores.py ../shared/data [--draws 2]

Each set has comments whose themes and positions are known. Some are drawn at random and decided blind as they are
known, the project is coded, and `coder agree` prints how the model does on positions. Beside it: the same counted
here from the labels and the known answers, which must be equal, and the F1 over the comments that nobody decided,
which the printed interval should hold about 19 times in 20.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import yaml
from stance_data import FOR, read_claims
from typer.testing import CliRunner

from coder.cli import app
from coder.project import Project

ROOT = Path(__file__).resolve().parents[2]
Answer = dict[str, str]  # theme to position


class Known(NamedTuple):
    name: str
    codebook: dict
    comments: list[tuple[str, Answer]]
    drawn: int


def theme(name: str, id_: str, positions: dict[str, str], definition: str = "") -> dict:
    listed = [{"id": key, "name": value[:150]} for key, value in positions.items()]
    return {"id": id_, "name": name[:150], "definition": definition, "positions": listed}


def argkp(data: Path) -> Known:
    rows = pd.read_csv(data / "argkp" / "arguments_dev.csv", dtype=str)
    points = pd.read_csv(data / "argkp" / "key_points_dev.csv", dtype=str)
    themes, ids = [], {}
    for number, topic in enumerate(sorted(rows["topic"].unique())):
        ids[topic] = f"t{number}"
        said = {}
        for stance, name in (("1", "for"), ("-1", "against")):
            of = points[(points["topic"] == topic) & (points["stance"] == stance)]["key_point"]
            said[name] = f"{name}: {of.iloc[0]}"
        themes.append(theme(topic, ids[topic], said))
    comments = [
        (row.argument, {ids[row.topic]: "for" if row.stance == "1" else "against"})
        for row in rows.itertuples()
    ]
    return Known("ArgKP dev", {"title": "ArgKP", "themes": themes}, comments, 150)


def claims(data: Path) -> Known:
    pairs = read_claims(data / "stance")
    sizes = Counter(pair.statement for pair in pairs)
    ids = {topic: f"t{number}" for number, (topic, _) in enumerate(sizes.most_common(8))}
    themes = [
        theme(t, id_, {"for": f"for: {t}", "against": f"against: {t}"}) for t, id_ in ids.items()
    ]
    comments = []
    for pair in pairs:
        if pair.statement in ids:
            said = "for" if pair.label == FOR else "against"
            comments.append((pair.sentence, {ids[pair.statement]: said}))
    return Known("claims", {"title": "Claims", "themes": themes}, comments, 100)


def gambling(data: Path) -> Known:
    base = data / "gambling_xs"
    found = base / "outputs/mapping/2025-07-22/question_part_1"
    read = lambda path: [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]  # noqa: E731
    texts = {
        r["response_id"]: r["response"]
        for r in read(base / "inputs/question_part_1/responses.jsonl")
    }
    themes = [
        theme(
            t["topic_label"], t["topic_id"].lower(),
            {"positive": f"in favour: {t['topic_label']}", "negative": f"against: {t['topic_label']}"},
            t["topic_description"],
        )
        for t in json.loads((found / "themes.json").read_text("utf-8"))
    ]  # fmt: skip
    comments = []
    for row in read(found / "mapping.jsonl"):
        answer = {}
        for label, stance in zip(row["labels"], row["stances"], strict=True):
            if stance in ("POSITIVE", "NEGATIVE"):
                answer[label.lower()] = stance.lower()
        comments.append((texts[row["response_id"]], answer))
    return Known("gambling answers", {"title": "Gambling", "themes": themes}, comments, 50)


def run(*words: object) -> dict:
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    if done.exit_code:
        raise SystemExit(f"{words}: {done.exception}")
    return json.loads(done.stdout)


def cells(known: Known, labels: pd.DataFrame, ids: list[str]) -> tuple[int, int, int]:
    """True positives, false positives and false negatives over all positions."""
    own = labels[
        (labels["position_id"] != "") & labels["assigned"] & labels["comment_id"].isin(ids)
    ]
    given = set(zip(own["comment_id"], own["theme_id"], own["position_id"], strict=True))
    wanted = set()
    for comment_id in ids:
        answer = known.comments[int(comment_id[1:])][1]
        wanted.update((comment_id, *pair) for pair in answer.items())
    return len(given & wanted), len(given - wanted), len(wanted - given)


def measure(known: Known, seed: int, folder: Path) -> None:
    book = folder / "book.yaml"
    book.write_text(yaml.safe_dump(known.codebook), encoding="utf-8")
    ids = [f"c{number:05d}" for number in range(len(known.comments))]
    pd.DataFrame({"comment_id": ids, "comment": [text for text, _ in known.comments]}).to_csv(
        folder / "comments.csv", index=False
    )
    project = folder / "p"
    run(
        "read",
        folder / "comments.csv",
        "--into",
        project,
        "--text",
        "comment",
        "--id",
        "comment_id",
    )
    analysed = Project(project).comments
    usable = list(analysed.loc[analysed["status"] == "analysed", "comment_id"])
    drawn = random.Random(seed).sample(usable, known.drawn)
    pd.DataFrame({"comment_id": drawn}).to_csv(folder / "drawn.csv", index=False)
    themes = [";".join(f"{t}={p}" for t, p in known.comments[int(c[1:])][1].items()) for c in drawn]
    pd.DataFrame({"comment_id": drawn, "themes": themes}).to_csv(
        folder / "decided.csv", index=False
    )
    with_book = ("--codebook", book)
    run("review", project, *with_book, "--drawn", folder / "drawn.csv")
    run(
        "review",
        project,
        *with_book,
        "--from",
        folder / "decided.csv",
        "--blind",
        "--reviewer",
        "r",
    )
    run("apply", project, *with_book)
    (model,) = (
        c for c in run("agree", project, *with_book)["comparisons"] if c["name"].startswith("model")
    )
    row = next(each for each in model["rows"] if each["theme_id"] == "positions")
    themes_row = next(each for each in model["rows"] if each["theme_id"] == "micro")
    opened = Project(project)
    labels = pd.concat(
        list(
            opened.label_blocks(
                ["comment_id", "theme_id", "position_id", "probability", "assigned", "origin"]
            )
        )
    )
    counted = cells(known, labels, drawn)
    assert counted == (row["tp"], row["fp"], row["fn"]), (counted, row)
    rest = [c for c in usable if c not in set(drawn)]
    tp, fp, fn = cells(known, labels, rest)
    truly = 2 * tp / max(1, 2 * tp + fp + fn)
    inside = "yes" if row["f1_low"] <= truly <= row["f1_high"] else "no"
    print(
        f"| {known.name} | {seed} | {row['comments']} | {row['tp'] + row['fn']} | {row['tp'] + row['fp']} "
        f"| {row['precision']:.2f} | {row['recall']:.2f} | {row['f1']:.2f} ({row['f1_low']:.2f} to {row['f1_high']:.2f}) "
        f"| {truly:.2f} of {len(rest)} | {inside} | {themes_row['f1']:.2f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--draws", type=int, default=2)
    options = parser.parse_args()
    print(
        "| data | draw | decided | true | found | precision | recall | F1 | F1 of the others | held | F1 of themes |"
    )
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- | --- | ---: |")
    for known in (gambling(options.data), claims(options.data), argkp(options.data)):
        for seed in range(options.draws):
            with tempfile.TemporaryDirectory() as folder:
                measure(known, seed, Path(folder))


if __name__ == "__main__":
    main()
