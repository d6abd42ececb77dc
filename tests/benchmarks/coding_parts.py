"""CPU seconds of the parts of `coder apply` that count and learn, and of the command with decisions.

    python tests/benchmarks/coding_parts.py ../shared/data [--cache FOLDER] [--runs 3]

For each set of comments: stems, keywords, TF-IDF counted and scored (beside scikit-learn's of all comments at once,
with the largest difference of a score) and comments in another language. Then components of wording beside
scikit-learn's truncated SVD, learning from 100 and 400 decisions, and `coder apply` on the patient comments without
and with 100 decisions, vectors kept. Medians of the runs.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from decisions_curve import Coded, Prepared, decide, prepare, read_example, read_patients
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from speed import run

from coder.codebook import read_codebook, write_codebook
from coder.coding.features import fit_wording_components
from coder.coding.keyword_hits import find_keywords
from coder.coding.language import find_foreign
from coder.coding.signals import fill_keywords
from coder.coding.stems import stem_texts
from coder.coding.subjects import subject_of
from coder.coding.term_counts import TermCounts, add_up_counts, count_runs
from coder.coding.wording import (
    FEWEST_WITH_RUN,
    count_stems,
    count_subject_runs,
    count_subject_stems,
    score_terms,
)
from coder.keywords import stem_parts
from coder.text import stem

ROOT = Path(__file__).resolve().parents[2]


class Timed(NamedTuple):
    """What a function gave, and the CPU seconds it took."""

    result: Any
    seconds: float


def timed(function: Callable[[], Any], runs: int) -> Timed:
    seconds = []
    result = None
    for _ in range(runs):
        begin = time.process_time()
        result = function()
        seconds.append(time.process_time() - begin)
    return Timed(result, statistics.median(seconds))


def show(name: str, seconds: float, note: str = "") -> None:
    print(f"  {name:44}{seconds:8.3f} s   {note}", flush=True)


# ---------------------------------------------------------------- parts of a pass


def score_all(counts: TermCounts, subjects: TermCounts, fewest: int) -> np.ndarray:
    in_texts = [part.document_counts() for part in (counts, subjects)]
    return score_terms(counts, subjects, add_up_counts(in_texts).in_texts(fewest))


def score_there(texts: list[str], wordings: list[str], vectorizer: TfidfVectorizer) -> np.ndarray:
    vectors = vectorizer.fit_transform([*texts, *wordings])
    return (vectors[: len(texts)] @ vectors[len(texts) :].T).toarray()


def stem_anew(texts: list[str]) -> Any:
    """As in a new process, with no stem known."""
    stem.cache_clear()
    stem_parts.cache_clear()
    return stem_texts(texts)


def measure_parts(coded: Coded, runs: int) -> None:
    texts = coded.texts
    subjects = [subject_of(theme) for theme in coded.book.active]
    keywords = fill_keywords(subjects, "en")
    print(f"{coded.name}: {len(texts):,} comments, {len(subjects)} themes")
    show("stems, none known", timed(lambda: stem_anew(texts), runs).seconds)
    known = timed(lambda: stem_texts(texts), runs)
    show("stems, all known", known.seconds)
    comments: Any = SimpleNamespace(texts=texts, words=known.result)
    show("keywords", timed(lambda: find_keywords(comments, keywords), runs).seconds)
    show("comments in another language", timed(lambda: find_foreign(texts, "en"), runs).seconds)

    of_subjects = count_subject_stems(subjects, keywords, "en")
    ours = timed(lambda: score_all(count_stems(known.result), of_subjects, 1), runs)
    lines = [stem_texts(["\n".join((s.name, *k))]) for s, k in zip(subjects, keywords, strict=True)]
    wordings = [" ".join(line.stems[code] for code in line.codes) for line in lines]
    table = known.result
    in_texts = [table.codes[a:b] for a, b in zip(table.bounds, table.bounds[1:], strict=False)]
    stems = [" ".join(table.stems[code] for code in codes) for codes in in_texts]
    words = TfidfVectorizer(sublinear_tf=True, analyzer=str.split)
    theirs = timed(lambda: score_there(stems, wordings, words), runs)
    show("TF-IDF of stems", ours.seconds, compare(ours, theirs))

    of_subjects = count_subject_runs(subjects, keywords)
    show("runs of characters, counting alone", timed(lambda: count_runs(texts), runs).seconds)
    ours = timed(lambda: score_all(count_runs(texts), of_subjects, FEWEST_WITH_RUN), runs)
    wordings = [" ".join((s.name, *k)).lower() for s, k in zip(subjects, keywords, strict=True)]
    lowered = [text.lower() for text in texts]
    of_runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    theirs = timed(lambda: score_there(lowered, wordings, of_runs), runs)
    show("TF-IDF of runs of characters", ours.seconds, compare(ours, theirs))


def compare(ours: Timed, theirs: Timed) -> str:
    largest = np.abs(ours.result - theirs.result.astype(np.float32)).max()
    return f"scikit-learn {theirs.seconds:.3f} s; largest difference {largest:.1g}"


# ---------------------------------------------------------------- learning


def decompose_there(texts: list[str]) -> np.ndarray:
    """Truncated SVD as before: 300 components, three rounds."""
    lowered = [text.lower() for text in texts]
    kinds: tuple[dict[str, Any], ...] = (
        {"ngram_range": (1, 2), "min_df": 2},
        {"analyzer": "char_wb", "ngram_range": (3, 5), "min_df": 3},
    )
    tables = []
    for kind in kinds:
        vectorizer = TfidfVectorizer(sublinear_tf=True, max_features=20_000, **kind)
        tables.append(vectorizer.fit_transform(lowered))
    from scipy.sparse import hstack

    both = hstack(tables).tocsr()
    return TruncatedSVD(300, random_state=0, n_iter=3).fit(both).transform(both)


def measure_learning(prepared: Prepared, runs: int) -> None:
    texts = prepared.coded.texts
    fitted = timed(lambda: fit_wording_components(texts), runs)
    there = timed(lambda: decompose_there(texts), runs)
    show("components of wording, fit", fitted.seconds, f"scikit-learn {there.seconds:.2f} s in all")
    show("the same, all comments", timed(lambda: fitted.result.transform(texts), runs).seconds)
    for count in (100, 400):
        drawn = np.random.default_rng(0).permutation(len(texts))[:count]
        seconds = timed(lambda drawn=drawn: decide(prepared, drawn), runs).seconds
        show(f"learning from {count} decisions, all odds", seconds)


def measure_command(data: Path, coded: Coded, runs: int) -> None:
    """Each run codes a project of its own; the vectors of the first are kept for all."""
    source = data / "patient_experience" / "neas" / "comments.csv"
    costs: dict[int, list[float]] = {0: [], 100: []}
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "first"
        for number in range(runs + 1):
            project = first if not number else Path(folder) / f"run-{number}"
            run("read", source, "--into", project, "--text", "text", "--id", "comment_id")
            if number:
                shutil.copytree(first / "cache", project / "cache", dirs_exist_ok=True)
            book = project / "codebook.yaml"
            write_codebook(book, read_codebook(source.with_name("codebook.yaml")))
            for decided in costs:
                if decided:
                    table = project / "decided.csv"
                    write_decisions(table, source, coded, decided)
                    run("review", project, "--codebook", book, "--reviewer", "p", "--from", table)
                cost = run("apply", project, "--codebook", book)
                if number:
                    costs[decided].append(cost.cpu)
    for decided, seconds in costs.items():
        show(f"coder apply, {decided} decisions, vectors kept", statistics.median(seconds))


def write_decisions(table: Path, source: Path, coded: Coded, count: int) -> None:
    ids = pd.read_csv(source, dtype=str)["comment_id"]
    themes = np.array(coded.book.theme_ids)
    rows = []
    for row in np.random.default_rng(0).permutation(len(ids))[:count]:
        carried = themes[coded.truth[row]]
        rows.append({"comment_id": ids[row], "themes": ";".join(carried)})
    pd.DataFrame(rows).to_csv(table, index=False)


def read_sets(data: Path) -> Iterator[Coded]:
    """The city survey (no codes), the patient comments and the example."""
    book = read_codebook(Path(__file__).with_name("city_survey.yaml"))
    survey = pd.read_csv(
        data / "austin_community_survey" / "comments.csv", dtype=str, keep_default_na=False
    )
    texts = [text for text in survey["text"] if text.strip()]
    nothing = np.zeros((len(texts), len(book.theme_ids)), dtype=np.bool_)
    yield Coded("city survey", texts, book, nothing, nothing[:, 0])
    yield read_patients(data)
    yield read_example()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, help="folder for vectors")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    for coded in read_sets(asked.data):
        measure_parts(coded, asked.runs)
    patients = read_patients(asked.data)
    print("patient comments, learning")
    with tempfile.TemporaryDirectory() as folder:
        measure_learning(prepare(patients, asked.cache or Path(folder)), asked.runs)
    measure_command(asked.data, patients, asked.runs)


if __name__ == "__main__":
    main()
