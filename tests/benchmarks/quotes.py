"""The quotes that the program chooses on five data sets, to be read by a person.

    python tests/benchmarks/quotes.py ../shared/data [--set choose|report] [--each 2]

The rules of the choice were made on the gambling answers and the Austin survey (`choose`); the figures that
are reported are of patient comments (NEAS, comments that taught nothing), the made-up example and the answers
of Bowling Green (`report`). Where there are human codes, half of them teach the model; the rest is the model's.
Of a data set's quotes 20 are shown, those of its largest rows.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder.codebook import Codebook, Theme, read_codebook
from coder.coding import apply_codebook
from coder.decisions import Decision, judgements
from coder.embedding import make_embedder
from coder.reporting import Inputs, Options, Report, build_report
from coder.text import text_hash

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Coded(NamedTuple):
    """Comments, a codebook, and the human codes of those that teach (`theme;theme=position`)."""

    comments: pd.DataFrame
    book: Codebook
    codes: dict[str, str]
    shown: set[str]  # ids that may be quoted


def comments_of(ids: list[str], texts: list[str], sources: list[str]) -> pd.DataFrame:
    """A comments table of texts that all count."""
    table = pd.DataFrame({"comment_id": ids, "text": texts, "source": sources})
    table = table[table["text"].str.strip() != ""].reset_index(drop=True)
    return table.assign(
        role="public", status="analysed", reason="", weight=np.nan, campaign_id="", question=""
    ).sort_values("comment_id", ignore_index=True)


def half(codes: dict[str, str]) -> dict[str, str]:
    """A random half of the codes."""
    ids = sorted(codes)
    kept = np.random.default_rng(0).permutation(len(ids))[: len(ids) // 2]
    return {ids[place]: codes[ids[place]] for place in kept}


def gambling(data: Path, part: int) -> Coded:
    """One question of the synthetic gambling consultation."""
    source = data / "gambling_xs"
    mapping = source / "outputs" / "mapping" / "2025-07-22" / f"question_part_{part}"
    answers = read_lines(source / "inputs" / f"question_part_{part}" / "responses.jsonl")
    mapped = {row["response_id"]: row["labels"] for row in read_lines(mapping / "mapping.jsonl")}
    used = {label for labels in mapped.values() for label in labels}
    themes = []
    for theme in json.loads((mapping / "themes.json").read_text("utf-8")):
        if theme["topic_id"] in used:
            name, definition = theme["topic_label"], theme["topic_description"]
            themes.append(Theme(id=theme["topic_id"].lower(), name=name, definition=definition))
    book = Codebook(title="Gambling", themes=tuple(themes))
    ids = [str(row["response_id"]) for row in answers]
    codes = {str(key): ";".join(labels).lower() for key, labels in mapped.items()}
    texts = [row["response"] for row in answers]
    return Coded(comments_of(ids, texts, ["Web"] * len(ids)), book, half(codes), set(ids))


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def austin(data: Path) -> Coded:
    """The open answers of the Austin survey, without human codes."""
    table = pd.read_csv(
        data / "austin_community_survey" / "comments.csv", dtype=str, keep_default_na=False
    )
    comments = comments_of(list(table["id"].str.zfill(5)), list(table["text"]), list(table["year"]))
    return Coded(
        comments, read_codebook(HERE / "city_survey.yaml"), {}, set(comments["comment_id"])
    )


def patients(data: Path) -> Coded:
    """Patient comments; those of the training part teach, those of the test part are quoted."""
    folder = data / "patient_experience" / "neas"
    table = pd.read_csv(folder / "comments.csv", dtype=str, keep_default_na=False)
    codes = pd.read_csv(folder / "labels.csv", dtype=str, keep_default_na=False)
    of_comment = dict(zip(codes["comment_id"], codes["themes"], strict=True))
    taught = table.loc[table["split"] == "train", "comment_id"]
    comments = comments_of(list(table["comment_id"]), list(table["text"]), list(table["service"]))
    tests = set(table.loc[table["split"] == "test", "comment_id"])
    teaching = {key: of_comment[key] for key in taught if key in of_comment}
    return Coded(comments, read_codebook(folder / "codebook.yaml"), teaching, tests)


def example(_: Path) -> Coded:
    """The project's own made-up comments."""
    folder = ROOT / "examples" / "police_and_crime_plan"
    table = pd.read_csv(folder / "comments.csv", dtype=str, keep_default_na=False)
    codes = pd.read_csv(folder / "labels.csv", dtype=str, keep_default_na=False)
    table = table[table["comment_id"].isin(codes["comment_id"])]
    comments = comments_of(list(table["comment_id"]), list(table["comment"]), list(table["route"]))
    of_comment = dict(zip(codes["comment_id"], codes["themes"], strict=True))
    book = read_codebook(ROOT / "codebooks" / "police_and_crime_plan.yaml")
    return Coded(comments, book, half(of_comment), set(comments["comment_id"]))


def town(data: Path) -> Coded:
    """The answers of Bowling Green, without human codes."""
    table = pd.read_csv(
        data / "polis" / "american-assembly.bowling-green.csv", dtype=str, keep_default_na=False
    )
    ids = list("b" + table["comment-id"].str.zfill(4))
    comments = comments_of(ids, list(table["comment-body"]), ["Web"] * len(ids))
    return Coded(comments, read_codebook(HERE / "town_hall.yaml"), {}, set(ids))


SETS: dict[str, dict[str, Callable[[Path], Coded]]] = {
    "choose": {
        "gambling 1": lambda data: gambling(data, 1),
        "gambling 2": lambda data: gambling(data, 2),
        "austin": austin,
    },
    "report": {"patients": patients, "example": example, "town": town},
}


def decided(coded: Coded) -> pd.DataFrame:
    """The human codes as judgements of all themes."""
    text_of = dict(zip(coded.comments["comment_id"], coded.comments["text"], strict=True))
    decisions = []
    for comment_id, said in sorted(coded.codes.items()):
        if comment_id not in text_of:
            continue
        themes: dict[str, tuple[str, ...]] = {}
        for code in filter(None, said.split(";")):
            theme, _, position = code.partition("=")
            themes[theme] = (*themes.get(theme, ()), *filter(None, [position]))
        decisions.append(
            Decision(
                project="p", comment_id=comment_id, text=text_of[comment_id],
                text_hash=text_hash(text_of[comment_id]), scope=tuple(coded.book.theme_ids),
                themes=themes, mode="blind", chosen="listed", reviewer="r",
                codebook_version="1", codebook_fingerprint="",
            )
        )  # fmt: skip
    return judgements(decisions, coded.book)


def code(coded: Coded) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labels and judgements."""
    table = decided(coded)
    with tempfile.TemporaryDirectory() as folder:
        embedder = make_embedder(Path(folder) / "vectors.sqlite")
        coding = apply_codebook(coded.comments, coded.book, embedder, table, project="p")
        labels = coding.labels
    return labels, table


def report_on(coded: Coded, labels: pd.DataFrame, table: pd.DataFrame, each: int) -> Report:
    """The report of the comments that may be quoted."""
    comments = coded.comments[coded.comments["comment_id"].isin(coded.shown)]
    comments = comments.reset_index(drop=True)
    labels = labels[labels["comment_id"].isin(coded.shown)]
    table = table[table["comment_id"].isin(coded.shown)]
    inputs = Inputs(comments, labels, coded.book, judgements=table)
    return build_report(inputs, Options(quotes=each))


def show(name: str, report: Report, most: int) -> None:
    """Print the quotes of the largest rows."""
    print(f"\n######## {name}")
    matrix = report.matrix
    sizes = matrix.carries.sum(axis=0)
    shown = 0
    for number in np.argsort(-sizes, kind="stable").tolist():
        row = matrix.rows[number]
        quotes = report.quotes
        is_own = (quotes["theme_id"] == row.key[0]) & (quotes["position_id"] == row.key[1])
        print(f"\n== {row.theme.name} / {row.name}: {sizes[number]}")
        for quote in quotes[is_own].itertuples():
            shown += 1
            print(f"   [{quote.comment_id} {quote.source}] {quote.quote}")
            if shown == most:
                return


def main() -> None:
    """Print the quotes of the data sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", choices=sorted(SETS), default="report")
    parser.add_argument("--each", type=int, default=2)
    parser.add_argument("--most", type=int, default=20)
    options = parser.parse_args()
    for name, read in SETS[options.set].items():
        coded = read(options.data)
        labels, table = code(coded)
        show(name, report_on(coded, labels, table, options.each), options.most)


if __name__ == "__main__":
    main()
