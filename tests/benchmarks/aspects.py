"""Are a theme's aspects those that people coded?

    python tests/benchmarks/aspects.py ../shared/data --cache build/aspects.sqlite

Patient comments (`patient_experience/neas`) carry 25 human codes. Codes of one main group of the survey's framework
are put together as one theme, whose aspects should be the codes again. A code's score is the best F1 that any of the
eight aspects has with it; a theme's is the mean of its codes. Beside it: the same aspects with their members shuffled
(chance, 20 times), and k-means with eight groups (three seeds) on the mean word vectors that the aspects are made
with, on the model's sentence vectors in both views (a comment is in each group that one of its sentences is in), and
on its vectors of whole comments. The cuts of `word_groups` were chosen on `staff` and `service`; the others report.

Time: 100,000 made-up comments, 12 themes.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from coder.embedding import make_embedder, views_of
from coder.embedding.word_vectors import word_vectors
from coder.reporting.aspects.finder import MOST_ASPECTS, choose_groups
from coder.reporting.aspects.stem_use import StemUse
from coder.reporting.aspects.word_groups import group_words
from coder.reporting.word_counts import WordCounts
from coder.text import sentences

THEMES = {
    "staff": ("staff-manner-personal-attributes", "number-deployment-of-staff", "staff-responsiveness", "competence-training"),
    "service": ("transport-to-from-services", "service-location", "cleanliness-tidiness-infection-control", "organisation-efficiency", "funding-use-of-financial-resources", "feeling-safe", "equality-diversity-inclusion"),
    "communication": ("staff-listening-understanding-involving-patients", "information-directly-from-staff-during-care", "being-kept-informed-clarity-consistency-of-information", "information-provision-guidance", "interaction-with-family-carers"),
    "access": ("contacting-services", "appointment-arrangements", "timeliness-of-care", "diagnosis-triage", "referals-continuity-of-care", "impact-of-treatment-care", "supplying-understanding-medication"),
}  # fmt: skip
CHOSEN_ON = ("staff", "service")
SEEDS, SHUFFLES = 3, 20
Sets = Sequence[Any]  # bool arrays (n_comments,)


def score(codes: Sets, sets: Sets) -> float:
    """The mean over the codes of the best F1."""
    best = []
    for code in codes:
        f1 = [2 * (code & each).sum() / max(1, code.sum() + each.sum()) for each in sets]
        best.append(max(f1, default=0.0))
    return float(np.mean(best))


def chance(codes: Sets, sets: Sets) -> float:
    random = np.random.default_rng(0)
    shuffled = [[random.permutation(each) for each in sets] for _ in range(SHUFFLES)]
    return float(np.mean([score(codes, each) for each in shuffled]))


def by_kmeans(codes: Sets, vectors: Any, owner: Any) -> float:
    """The mean score of k-means over its seeds."""
    scores = []
    for seed in range(SEEDS):
        groups = KMeans(MOST_ASPECTS, n_init=4, random_state=seed).fit_predict(vectors)
        sets = []
        for group in range(MOST_ASPECTS):
            members = np.zeros(len(codes[0]), dtype=bool)
            members[owner[groups == group]] = True
            sets.append(members)
        scores.append(score(codes, sets))
    return float(np.mean(scores))


def mean_word_vectors(use: StemUse, inside: Any) -> Any:
    """(n_inside, n_dimensions) the mean vector of each comment's words, less what all share."""
    vectors = word_vectors(use.words)
    vectors = vectors - vectors.mean(axis=0)
    rows = []
    for place in np.flatnonzero(inside):
        own = use.used[use.starts[place] : use.starts[place + 1]]
        rows.append(vectors[own].mean(axis=0) if len(own) else vectors[0] * 0)
    return np.array(rows)


def compare(folder: Path, cache: Path) -> None:
    neas = folder / "patient_experience" / "neas"
    comments = pd.read_csv(neas / "comments.csv")
    labels = pd.read_csv(neas / "labels.csv").fillna("")
    codes_of = dict(zip(labels["comment_id"], labels["themes"].str.split(";"), strict=True))
    carried = [set(codes_of.get(each, [])) for each in comments["comment_id"]]
    texts = comments["text"].astype(str).tolist()
    use = StemUse.of(WordCounts.of(texts), "en")
    embedder = make_embedder(cache)
    print("theme          n      ours  chance  k-means: words  sentences  opinion  comments")
    for name, codes in THEMES.items():
        inside = np.array([not own.isdisjoint(codes) for own in carried])
        own_texts = [text for text, is_in in zip(texts, inside, strict=True) if is_in]
        own_codes = [own for own, is_in in zip(carried, inside, strict=True) if is_in]
        truth = [np.array([code in own for own in own_codes]) for code in codes]
        sets = [group.members for group in choose_groups(group_words(use, inside), fewest=5)]
        pieces, owner = [], []
        for place, spans in enumerate(sentences(own_texts)):
            pieces += [own_texts[place][span.start : span.end] for span in spans]
            owner += [place] * len(spans)
        views, whole = views_of(embedder, pieces), views_of(embedder, own_texts)
        owners, own = np.array(owner), np.arange(len(own_texts))
        figures = (
            score(truth, sets),
            chance(truth, sets),
            by_kmeans(truth, mean_word_vectors(use, inside), own),
            by_kmeans(truth, views.plain, owners),
            by_kmeans(truth, views.opinion, owners),
            by_kmeans(truth, whole.plain, own),
        )
        mark = "*" if name in CHOSEN_ON else " "
        print(
            f"{name:14}{mark}{len(own):5}   " + "    ".join(f"{figure:.3f}" for figure in figures)
        )
    print("* the cuts were chosen on it")


def measure_time(folder: Path, n: int = 100_000) -> None:
    """CPU seconds of the word groups of 12 themes over comments drawn from the survey's words."""
    neas = pd.read_csv(folder / "patient_experience" / "neas" / "comments.csv")
    random = np.random.default_rng(0)
    texts = neas["text"].astype(str).to_numpy()[random.integers(0, len(neas), n)].tolist()
    before = time.process_time()
    use = StemUse.of(WordCounts.of(texts), "en")
    read = time.process_time()
    for _ in range(12):
        choose_groups(group_words(use, random.random(n) < 0.12), fewest=5)
    print(
        f"{n:,} comments: words {read - before:.1f} s, 12 themes {time.process_time() - read:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("build/aspects.sqlite"))
    asked = parser.parse_args()
    asked.cache.parent.mkdir(parents=True, exist_ok=True)
    compare(asked.data, asked.cache)
    measure_time(asked.data)


if __name__ == "__main__":
    main()
