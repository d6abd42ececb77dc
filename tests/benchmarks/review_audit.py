"""What a review buys: a gold-labelled reviewer goes through the real session on the NHS patient comments.

    python tests/benchmarks/review_audit.py [REVIEWS]

Two reviewers start from nothing, with a model that learns after every 50 decisions. "half" decides as the
queue offers, half at random and half where the model is in doubt (200 and 200 by default); "random" decides
as many, all at random. Printed per theme: how many carriers each found, the average precision of the model
over the comments that neither read, the share with its interval, and whether the interval holds the truth.
Needs ../shared/data/patient_experience/neas. Takes some minutes.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from coder.codebook import Codebook, read_codebook
from coder.coding import apply_codebook
from coder.decisions import DecisionLog, judgements, own_judgements, read_decisions
from coder.embedding import CachedEmbedder, ReferenceEncoder
from coder.project import Project, Settings
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import open_session
from coder.reviewing.progress.status import Status, count_status
from coder.reviewing.suggestions import Suggestions

NEAS = Path(__file__).resolve().parents[3] / "shared" / "data" / "patient_experience" / "neas"
BATCH = 50


class Done(NamedTuple):
    """One reviewer's work and what came of it."""

    read: set[str]
    random: int
    words: int
    labels: pd.DataFrame
    status: Status
    facts: dict[str, object]


def table() -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """The comments as `tables.COMMENTS`, and their gold themes."""
    comments = pd.read_csv(NEAS / "comments.csv", dtype=str, keep_default_na=False)
    gold = pd.read_csv(NEAS / "labels.csv", dtype=str, keep_default_na=False)
    frame = pd.DataFrame(
        {
            "comment_id": comments["comment_id"], "text": comments["text"], "source": "neas", "role": "public",
            "status": "analysed", "reason": "", "weight": np.nan, "campaign_id": "", "question": comments["question"],
        }
    )  # fmt: skip
    themes = {
        c: set(filter(None, t.split(";")))
        for c, t in zip(gold["comment_id"], gold["themes"], strict=True)
    }
    return frame, themes


def work(
    folder: Path,
    comments: pd.DataFrame,
    gold: dict[str, set[str]],
    embedder: CachedEmbedder,
    reviews: int,
    *,
    way: str,
) -> Done:
    """Review so many comments; the model learns after each batch."""
    codebook_path = folder / "codebook.yaml"
    codebook_path.write_bytes((NEAS / "codebook.yaml").read_bytes())
    book = read_codebook(codebook_path)
    project = Project(folder / "neas.coding")
    project.write_settings(Settings(name="neas"))
    project.write(project.settings(), comments)
    coding = apply_codebook(comments, book, embedder, project="neas")
    project.write_labels(coding.labels)
    opened = open_session(
        project, book, codebook_path, way, ReviewMode(sample=reviews if way == "random" else None)
    )
    opened.writer.close()
    session = opened.session
    session._keeper.write = DecisionLog(codebook_path, way).append
    done = 0
    while done < reviews and session.pick is not None:
        session.edit.untick_all()
        for theme_id in book.theme_ids:
            if theme_id in gold[session.pick.comment_id]:
                session.edit.toggle(theme_id)
        session.copy_choice = (
            "one"  # the published coding differs between copies; both ways read as many
        )
        session.save()
        done += 1
        if done % BATCH == 0:
            said = judgements(read_decisions(codebook_path).decisions, book)
            coding = apply_codebook(comments, book, embedder, said, project="neas")
            session.learn(Suggestions(coding.labels, book))
    said = own_judgements(
        judgements(read_decisions(codebook_path).decisions, book), comments, "neas"
    )
    read = set(said["comment_id"])
    status = count_status(
        comments,
        book,
        codebook_path,
        project="neas",
        suggestions=Suggestions(coding.labels, book) if coding.facts["calibrated"] else None,
    )
    random = said.loc[said["chosen"] == "random", "comment_id"].nunique()
    return Done(read, random, session.words_read, coding.labels, status, coding.facts)


def precision(
    labels: pd.DataFrame, theme_id: str, gold: dict[str, set[str]], unread: set[str]
) -> float:
    """Average precision over comments that neither reviewer read; NaN where none carries the theme."""
    part = labels[(labels["theme_id"] == theme_id) & (labels["position_id"] == "")]
    part = part[part["comment_id"].isin(unread)]
    truth = [theme_id in gold[c] for c in part["comment_id"]]
    return (
        float(average_precision_score(truth, part["probability"])) if any(truth) else float("nan")
    )


def report(book: Codebook, gold: dict[str, set[str]], by: dict[str, Done]) -> None:
    """Both ways, theme by theme."""
    unread = set(gold) - set().union(*(done.read for done in by.values()))
    n = len(gold)
    print(
        f"{'theme':<34}{'truth':>7}"
        + "".join(f"{way + ': found':>15}{'AP':>6}{'% (interval)':>21}" for way in by)
    )
    held = dict.fromkeys(by, 0)
    given = dict.fromkeys(by, 0)
    widths: dict[str, list[float]] = {way: [] for way in by}
    aps: dict[str, list[float]] = {way: [] for way in by}
    few = dict.fromkeys(by, 0)
    for place, theme in enumerate(book.active):
        truth = sum(theme.id in themes for themes in gold.values()) / n
        line = f"{theme.short[:33]:<34}{100 * truth:>6.1f}%"
        for way, done in by.items():
            found = done.status.themes[place]
            ap = precision(done.labels, theme.id, gold, unread)
            aps[way].append(ap)
            few[way] += found.present < 5
            shown = "–"
            if found.low is not None and found.high is not None and found.share is not None:
                inside = found.low <= truth <= found.high
                held[way] += inside
                given[way] += 1
                widths[way].append(found.high - found.low)
                shown = f"{100 * found.share:.1f} ({100 * found.low:.1f}–{100 * found.high:.1f}){'' if inside else ' !'}"
            line += f"{found.present:>15}{ap:>6.2f}{shown:>21}"
        print(line)
    for way, done in by.items():
        print(
            f"{way}: {len(done.read)} comments read ({done.random} at random, {done.words:,} words); macro AP of the rest "
            f"{np.nanmean(aps[way]):.3f}; themes with under 5 finds {few[way]}; intervals hold the truth in "
            f"{held[way]} of {given[way]}, mean width {100 * np.mean(widths[way]):.1f} points"
        )


def main() -> None:
    if not NEAS.is_dir():
        raise SystemExit(f"{NEAS}: not here, so there is nothing to measure on")
    reviews = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    comments, gold = table()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        embedder = CachedEmbedder(ReferenceEncoder(), Path(name) / "vectors.sqlite")
        by = {}
        for way in ("half", "random"):
            folder = Path(name) / way
            folder.mkdir()
            by[way] = work(folder, comments, gold, embedder, reviews, way=way)
        report(read_codebook(Path(name) / "half" / "codebook.yaml"), gold, by)
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
