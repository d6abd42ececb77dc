"""Are groups with opposing views noticed, and is each member put on the right side?

    python tests/benchmarks/opposing_views.py ../shared/data --cache build/views.sqlite [--only groups,stance,positions,time]

Groups: arguments of one topic are cut into eight groups of like vectors (k-means, three seeds); groups of twelve or
more count. A group is mixed where a quarter or more of its arguments are on the smaller side. `coder` says how large
the smaller side is, by words of wanting and of refusing, and by pairs. Asked on the ArgKP dev topics; cuts were chosen
on eight other topics of ArgQ (`stance_data.CHOOSING`), which are printed too.

Stance: a statement and a sentence for or against it, ArgKP dev topics and the Perspectrum test claims.

Positions: how often the likelier of two positions is right when the stance to their names is added to the first guess,
with no and with thirty decisions. A theme with the positions "for" and "against" each.

Time: CPU seconds of grouping 3,000 answers, and of comparing pairs among them.

Nothing that is asked here was trained on (`stance_data.HELD_OUT`).
"""

import argparse
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from evidence_positions import comments_of, decided
from sklearn.cluster import KMeans
from sklearn.metrics import roc_auc_score
from stance_data import (
    CHOOSING,
    FOR,
    HELD_OUT,
    Pair,
    negate,
    read_argkp,
    read_arguments,
    read_perspectives,
)

from coder import tables
from coder.clustering import Members, Sides, cluster_comments, sides_of
from coder.codebook import Codebook, Position, Theme, read_codebook
from coder.coding import apply_codebook
from coder.coding.positions import Scorer
from coder.embedding import (
    CachedEmbedder,
    ReferenceEncoder,
    TextPair,
    make_embedder,
)
from coder.reading.reader import read_comments

ROOT = Path(__file__).resolve().parents[2]
MIXED = 0.25
SMALLEST, GROUPS, SEEDS = 12, 8, 3
TOPIC_SIZE = 240  # arguments of a topic, as many as ArgKP has
PARTS = ("groups", "stance", "positions", "time")


# ---------------------------------------------------------------- groups


class Group(NamedTuple):
    """Arguments of one topic that lie near each other."""

    members: Members
    side: Any  # (n,) FOR or AGAINST

    @property
    def mixed(self) -> bool:
        share = float(np.mean(self.side == FOR))
        return min(share, 1 - share) >= MIXED


class WordsOnly:
    """The embedder without its pairs."""

    def __init__(self, embedder: CachedEmbedder) -> None:
        self.fingerprint = embedder.fingerprint
        self.encode = embedder.encode


def groups_of(pairs: Sequence[Pair], embedder: CachedEmbedder) -> Iterator[Group]:
    """Groups of every topic."""
    by_topic = defaultdict(list)
    for pair in pairs:
        by_topic[pair.statement].append(pair)
    for _, topic in sorted(by_topic.items()):
        if len(topic) > TOPIC_SIZE:
            topic = random.Random(0).sample(topic, TOPIC_SIZE)
        texts = [pair.sentence for pair in topic]
        vectors = embedder.encode(texts)
        side = np.array([pair.label for pair in topic])
        for seed in range(SEEDS):
            labels = KMeans(GROUPS, n_init=2, random_state=seed).fit_predict(vectors)
            for number in range(GROUPS):
                rows = np.flatnonzero(labels == number)
                if len(rows) >= SMALLEST:
                    own = [texts[row] for row in rows]
                    yield Group(Members(own, vectors[rows]), side[rows])


def smaller_share(sides: Sides) -> float:
    """Share of the smaller side among all that were read."""
    read = len(sides.agreeing) + len(sides.opposing) + len(sides.silent)
    return min(len(sides.agreeing), len(sides.opposing)) / read


def right_side(sides: Sides, group: Group) -> tuple[int, int]:
    """Members on the right side of the most typical one, and all that were put on a side."""
    central = group.side[sides.agreeing[0].row]
    right = sum(group.side[member.row] == central for member in sides.agreeing[1:])
    right += sum(group.side[member.row] != central for member in sides.opposing)
    return right, len(sides.agreeing) - 1 + len(sides.opposing)


def report_groups(data: Path, embedder: CachedEmbedder) -> None:
    """Print a row a way to notice mixed groups."""
    choosing = [pair for pair in read_arguments(data / "stance") if CHOOSING.search(pair.statement)]
    families = {
        "ArgKP dev": read_argkp(data / "argkp", "dev"),
        "ArgQ, 8 topics that cuts were chosen on": choosing,
    }
    for name, pairs in families.items():
        groups = list(groups_of(pairs, embedder))
        mixed = np.array([group.mixed for group in groups])
        print(f"\n{name}: {len(groups)} groups, {mixed.mean():.2f} mixed")
        print("| | AUC | marked | of those mixed | of mixed marked | members on the right side |")
        print("|---|---|---|---|---|---|")
        for way, reader in (("words", WordsOnly(embedder)), ("pairs", embedder)):
            sides = [sides_of(group.members, reader) for group in groups]
            marked = np.array([each.opposed for each in sides])
            auc = roc_auc_score(mixed, [smaller_share(each) for each in sides])
            counted = [right_side(s, g) for s, g in zip(sides, groups, strict=True)]
            right, put = np.sum(counted, axis=0)
            print(
                f"| {way} | {auc:.3f} | {marked.sum()} | {mixed[marked].mean():.2f} "
                f"| {marked[mixed].mean():.2f} | {right / put:.3f} |"
            )


# ---------------------------------------------------------------- stance to a statement


def report_stance(data: Path, embedder: CachedEmbedder) -> None:
    """Print how often for is told from against."""
    perspectives = read_perspectives(data / "stance", "test")
    perspectives = [pair for pair in perspectives if not HELD_OUT.search(pair.statement)]
    perspectives = random.Random(1).sample(perspectives, 1_500)
    print(
        "\nFor or against a statement\n| | pairs | right | asked its reverse too |\n|---|---|---|---|"
    )
    for name, pairs in (
        ("ArgKP dev", read_argkp(data / "argkp", "dev")),
        ("Perspectrum test", perspectives),
    ):
        answers = embedder.read_pairs([TextPair(pair.statement, pair.sentence) for pair in pairs])
        truth = np.array([pair.label for pair in pairs])
        lead = answers[:, 0] - answers[:, 1]
        turned = [TextPair(negate(p.statement) or p.statement, p.sentence) for p in pairs]
        known = np.array([negate(pair.statement) is not None for pair in pairs])
        opposite = embedder.read_pairs(turned)
        both = lead - (opposite[:, 0] - opposite[:, 1]) * known
        print(
            f"| {name} | {len(pairs)} | {np.mean((lead > 0) == (truth == FOR)):.3f} "
            f"| {np.mean((both > 0) == (truth == FOR)):.3f} |"
        )


# ---------------------------------------------------------------- positions


class Asked(NamedTuple):
    """Comments with one of two positions."""

    name: str
    theme: Theme
    texts: list[str]
    truth: list[str]


def asked_positions(data: Path) -> Iterator[Asked]:
    """The example's comments on drugs, the gambling answers, the ArgKP dev topics."""
    book = read_codebook(ROOT / "codebooks" / "police_and_crime_plan.yaml")
    drugs = next(theme for theme in book.themes if theme.id == "drugs")
    folder = ROOT / "examples" / "police_and_crime_plan"
    codes = pd.read_csv(folder / "labels.csv", dtype=str, keep_default_na=False)
    comments = read_comments(folder / "comments.csv").comments
    comments = comments[comments["status"] == "analysed"]
    text_of = dict(zip(comments["comment_id"], comments["text"], strict=True))
    texts, truth = [], []
    for comment, themes in zip(codes["comment_id"], codes["themes"], strict=True):
        named = [part.split("=")[1] for part in themes.split(";") if part.startswith("drugs=")]
        if len(named) == 1 and comment in text_of:
            texts.append(text_of[comment])
            truth.append(named[0])
    yield Asked("example, drugs", drugs, texts, truth)
    bare = drugs.model_copy(
        update={"positions": tuple(Position(id=p.id, name=p.name) for p in drugs.positions)}
    )
    yield Asked("example, names alone", bare, texts, truth)
    yield gambling(data)
    for topic, pairs in _by_topic(read_argkp(data / "argkp", "dev")):
        labels = ["for" if pair.label == FOR else "against" for pair in pairs]
        theme = for_or_against(topic, topic, str(negate(topic)))
        yield Asked(f"ArgKP dev: {topic}", theme, [pair.sentence for pair in pairs], labels)


def _by_topic(pairs: Sequence[Pair]) -> list[tuple[str, list[Pair]]]:
    by_topic = defaultdict(list)
    for pair in pairs:
        by_topic[pair.statement].append(pair)
    return sorted(by_topic.items())


def for_or_against(name: str, wanted: str, refused: str) -> Theme:
    """A theme with two positions that are named by what they want."""
    positions = (Position(id="for", name=wanted), Position(id="against", name=refused))
    return Theme(id="topic", name=name, positions=positions)


def gambling(data: Path) -> Asked:
    """Answers to whether gambling adverts should be banned during sport."""
    folder = data / "gambling_xs"
    lines = (folder / "inputs/question_part_1/responses.jsonl").read_text().splitlines()
    answers = {row["response_id"]: row["response"] for row in map(json.loads, lines)}
    mapped = folder / "outputs/mapping/2025-07-22/question_part_1/sentiment.jsonl"
    names = {"AGREE": "for", "DISAGREE": "against"}
    texts, truth = [], []
    for row in map(json.loads, mapped.read_text().splitlines()):
        if row["position"] in names:
            texts.append(answers[row["response_id"]])
            truth.append(names[row["position"]])
    theme = for_or_against(
        "Gambling adverts during sport",
        "We should ban gambling advertisements during televised sport",
        "We should not ban gambling advertisements during televised sport",
    )
    return Asked("gambling 1", theme, texts, truth)


def guess_with_stance(weight: float) -> Any:
    """`Scorer.guess` with the stance to each position's name added."""
    plain = Scorer.guess

    def guess(self: Scorer, comments: Any, subjects: Any) -> Any:
        odds = plain(self, comments, subjects)
        reader: Any = self.embedder
        for column, subject in enumerate(subjects):
            statement = subject.name.split(": ", 1)[1]
            answers = reader.read_pairs([TextPair(statement, text) for text in comments.texts])
            odds[:, column] += weight * np.log(answers[:, 0] + 1e-4)
            odds[:, column] -= weight * np.log(answers[:, 1] + 1e-4)
        return odds

    return guess


def share_right(asked: Asked, embedder: CachedEmbedder, decisions: int, seed: int) -> float:
    """Share of the comments that were not decided whose likelier position is the right one."""
    book = Codebook(title="t", themes=(asked.theme,))
    comments = comments_of(asked.texts)
    order = np.random.default_rng(seed).permutation(len(asked.texts))
    taught = {comments["comment_id"].iloc[i]: (asked.truth[i],) for i in order[:decisions]}
    table = None
    if taught:
        table = decided(book, comments, taught, asked.theme.id)
    labels = apply_codebook(comments, book, embedder, table, project="p").labels
    wide = labels[labels["position_id"] != ""].pivot(
        index="comment_id", columns="position_id", values="probability"
    )
    wide = wide.reindex(comments["comment_id"]).fillna(0.0)
    guess = np.array(wide.columns)[wide.to_numpy().argmax(axis=1)]
    return float(np.mean((guess == np.array(asked.truth))[order[decisions:]]))


def report_positions(data: Path, embedder: CachedEmbedder) -> None:
    """Print the share right as today and with the stance added, with 0 and 30 decisions."""
    plain = Scorer.guess
    weights = (0.0, 0.25, 1.0)
    print("\nPositions right, by the weight of the stance: 0 (today), .25, 1")
    print("| | comments | 0 decisions | 30 decisions, or half |\n|---|---|---|---|")
    for asked in asked_positions(data):
        some = min(30, len(asked.texts) // 2)
        cells = []
        for decisions in (0, some):
            shares = []
            for weight in weights:
                Scorer.guess = guess_with_stance(weight) if weight else plain
                draws = range(3 if decisions else 1)
                results = [share_right(asked, embedder, decisions, seed) for seed in draws]
                shares.append(f"{np.mean(results):.2f}")
                Scorer.guess = plain
            cells.append(", ".join(shares))
        print(f"| {asked.name} | {len(asked.texts)} | {cells[0]} | {cells[1]} |", flush=True)


# ---------------------------------------------------------------- time


class TimedEncoder(ReferenceEncoder):
    """The packaged model, and how long it compares pairs."""

    seconds = 0.0
    pairs = 0

    def read_pairs(self, pairs: Any, *rest: Any) -> Any:
        started = time.process_time()
        answers = super().read_pairs(pairs, *rest)
        self.seconds += time.process_time() - started
        self.pairs += len(pairs)
        return answers


def report_time(data: Path, _: CachedEmbedder) -> None:
    """Print the CPU seconds of grouping 3,000 answers from nothing."""
    path = next((data / "austin_community_survey").glob("*.csv"))
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    column = max(frame.columns, key=lambda name: frame[name].str.len().mean())
    texts = [text for text in frame[column] if text.strip()][:3_000]
    comments = comments_of(texts).astype(tables.COMMENTS.dtypes)
    encoder = TimedEncoder()
    encoder.encode(["loads the model"])
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        found = cluster_comments(comments, CachedEmbedder(encoder, Path(folder) / "v.sqlite"))
        seconds = time.process_time() - started
    marked = [candidate for candidate in found.top if candidate.opposing]
    print(
        f"\n{len(texts):,} answers, {len(found.top)} candidates: {seconds:.1f} CPU s in all, "
        f"{encoder.seconds:.1f} of them for {encoder.pairs:,} pairs"
    )
    for candidate in marked:
        print(f"  may hold opposing views: {candidate.name} ({candidate.size})")


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("build/views.sqlite"))
    parser.add_argument("--only", default=",".join(PARTS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    embedder = make_embedder(options.cache)
    reports = (report_groups, report_stance, report_positions, report_time)
    for part, report in zip(PARTS, reports, strict=True):
        if part in options.only.split(","):
            report(options.data, embedder)


if __name__ == "__main__":
    main()
