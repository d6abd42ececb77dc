"""Does the evidence lie where the theme is, and is the position right?

    python tests/benchmarks/evidence_positions.py ../shared/data

Evidence: comments are made by joining three or four arguments of ArgKP dev, each of which the crowd matched to
one key point alone; the key points are the codebook. For each key point that a comment truly carries and gets,
the evidence hits when more than half of it lies in the right argument. Beside it: the first sentence, and the
sentence with the greatest cosine to the key point.

Positions: the example's comments on drugs against the authors' codes, and ArgKP dev topics as themes with the
positions for and against, described by their key points; asked are arguments that were not decided. Beside it:
the nearest key point by cosine.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from coder.codebook import Codebook, Position, Theme, read_codebook
from coder.coding import apply_codebook
from coder.decisions import Decision, judgements
from coder.embedding import CachedEmbedder, make_embedder
from coder.text import sentences, text_hash

ROOT = Path(__file__).resolve().parents[2]


def comments_of(texts: list[str]) -> pd.DataFrame:
    """A comments table of texts that all count."""
    ids = [f"c{number:04d}" for number in range(len(texts))]
    return pd.DataFrame({"comment_id": ids, "text": texts}).assign(
        source="s",
        role="public",
        status="analysed",
        reason="",
        weight=np.nan,
        campaign_id="",
        question="",
    )


def argkp(data: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Arguments, key points and labels of the dev topics."""
    read = [
        pd.read_csv(data / "argkp" / f"{name}_dev.csv", dtype=str)
        for name in ("arguments", "key_points", "labels")
    ]
    return read[0], read[1], read[2]


def evidence(data: Path, embedder: CachedEmbedder, draws: int = 60) -> list[tuple[str, float, int]]:
    """(way, share of hits, number asked)."""
    arguments, points, labels = argkp(data)
    matched = labels[labels["label"] == "1"].groupby("arg_id")["key_point_id"].agg(list)
    only = matched[matched.str.len() == 1].str[0]
    draw = np.random.default_rng(0)
    hits: dict[str, list[bool]] = {"coder": [], "greatest cosine": [], "first sentence": []}
    for _, part in arguments.groupby(["topic", "stance"]):
        mine = points[
            (points["topic"] == part["topic"].iloc[0])
            & (points["stance"] == part["stance"].iloc[0])
        ]
        theme_of = {i: i.replace("_", "-") for i in mine["key_point_id"]}
        book = Codebook(
            title="t",
            themes=tuple(
                Theme(id=theme_of[i], name=n)
                for i, n in zip(mine["key_point_id"], mine["key_point"], strict=True)
            ),
        )
        by_point = {k: [a for a in part["arg_id"] if only.get(a) == k] for k in theme_of}
        used = [k for k, found in by_point.items() if found]
        text_of = dict(zip(part["arg_id"], part["argument"].str.strip(), strict=True))
        texts, truth = [], []
        for _ in range(draws):
            chosen = draw.permutation(used)[: int(draw.integers(3, 5))]
            pieces = [(k, text_of[str(draw.choice(by_point[k]))]) for k in chosen]
            pieces = [(k, t if t.endswith((".", "!", "?")) else t + ".") for k, t in pieces]
            starts = np.cumsum([0, *(len(t) + 1 for _, t in pieces)])
            texts.append(" ".join(t for _, t in pieces))
            truth.append(
                {theme_of[k]: (s, s + len(t)) for (k, t), s in zip(pieces, starts, strict=False)}
            )
        labelled = apply_codebook(comments_of(texts), book, embedder).labels
        labelled = labelled[labelled["assigned"]]
        names = dict(
            zip(book.theme_ids, embedder.encode([t.name for t in book.themes]), strict=True)
        )
        cut = sentences(texts)
        for row in labelled.itertuples():
            number = int(str(row.comment_id)[1:])
            where = truth[number].get(str(row.theme_id))
            if where is None:
                continue
            vectors = embedder.encode([texts[number][s.start : s.end] for s in cut[number]])
            nearest = cut[number][int((vectors @ names[str(row.theme_id)]).argmax())]
            for way, span in (
                ("coder", (row.evidence_start, row.evidence_end)),
                ("greatest cosine", nearest),
                ("first sentence", cut[number][0]),
            ):
                inside = min(span[1], where[1]) - max(span[0], where[0])
                hits[way].append(inside > (span[1] - span[0]) / 2)
    return [(way, float(np.mean(found)), len(found)) for way, found in hits.items()]


def decided(
    book: Codebook, comments: pd.DataFrame, said: dict[str, tuple[str, ...]], theme: str
) -> pd.DataFrame:
    """Judgements that comments carry a theme with these positions."""
    text = comments.set_index("comment_id")["text"]
    return judgements(
        [Decision(project="p", comment_id=i, text=text[i], text_hash=text_hash(text[i]), scope=(theme,),
                  themes={theme: positions}, mode="blind", chosen="random", reviewer="r", codebook_version="1",
                  codebook_fingerprint="") for i, positions in said.items()], book)  # fmt: skip


def example_positions(embedder: CachedEmbedder) -> list[tuple[str, float, int]]:
    """Of the comments on drugs by the authors and by coder: those whose set of positions is the authors'."""
    from coder.reading.reader import read_comments

    folder = ROOT / "examples" / "police_and_crime_plan"
    comments = read_comments(folder / "comments.csv").comments
    comments = comments[comments["status"] == "analysed"]
    codes = pd.read_csv(folder / "labels.csv", dtype=str, keep_default_na=False).set_index(
        "comment_id"
    )["themes"]
    book = read_codebook(ROOT / "codebooks" / "police_and_crime_plan.yaml")
    truth = {
        i: tuple(p.split("=")[1] for p in codes[i].split(";") if p.startswith("drugs="))
        for i in comments["comment_id"] if "drugs" in codes[i]
    }  # fmt: skip

    def right(said: pd.DataFrame, ids: list[str]) -> tuple[float, int]:
        mine = said[(said["theme_id"] == "drugs") & said["assigned"]]
        named = mine[mine["position_id"] != ""].groupby("comment_id")["position_id"].agg(set)
        both = [i for i in ids if i in set(mine["comment_id"])]
        return float(np.mean([named.get(i, set()) == set(truth[i]) for i in both])), len(both)

    ids = sorted(truth)
    found = [
        ("example, no decisions", *right(apply_codebook(comments, book, embedder).labels, ids))
    ]
    results = []
    for seed in range(5):
        order = [str(i) for i in np.random.default_rng(seed).permutation(ids)]
        said = decided(book, comments, {i: truth[i] for i in order[: len(order) // 2]}, "drugs")
        learned = apply_codebook(comments, book, embedder, said, project="p").labels
        results.append(right(learned, order[len(order) // 2 :]))
    shares, sizes = zip(*results, strict=True)
    return [*found, ("example, half of them decided", float(np.mean(shares)), int(np.mean(sizes)))]


def stances(data: Path, embedder: CachedEmbedder) -> list[list[float]]:
    """A row a topic: share told right by cosine to the key points, by coder with 0, 10, 30 and 60 decisions."""
    arguments, points, _ = argkp(data)
    rows = []
    for topic, part in arguments.groupby("topic"):
        said = {
            name: list(
                points[(points["topic"] == topic) & (points["stance"] == stance)]["key_point"]
            )
            for stance, name in (("1", "for"), ("-1", "against"))
        }
        positions = tuple(
            Position(id=name, name=f"{name}: {topic}", definition=" ".join(f"{s}." for s in found))
            for name, found in said.items()
        )
        book = Codebook(
            title="t", themes=(Theme(id="topic", name=str(topic), positions=positions),)
        )
        comments = comments_of(list(part["argument"]))
        truth = np.where(part["stance"] == "1", "for", "against")
        vectors = embedder.encode(list(part["argument"]))
        near = {
            name: (vectors @ embedder.encode(found).T).max(axis=1) for name, found in said.items()
        }
        row = [
            float((np.where(near["for"] >= near["against"], "for", "against") == truth)[60:].mean())
        ]
        for n in (0, 10, 30, 60):
            results = []
            for seed in range(3 if n else 1):
                order = np.random.default_rng(seed).permutation(len(truth))
                taught = {comments["comment_id"].iloc[i]: (str(truth[i]),) for i in order[:n]}
                table = decided(book, comments, taught, "topic")
                labels = apply_codebook(comments, book, embedder, table, project="p").labels
                wide = labels[labels["position_id"] != ""].pivot(
                    index="comment_id", columns="position_id", values="probability"
                )
                guess = np.where(wide["for"] >= wide["against"], "for", "against")
                results.append(float((guess == truth)[order[60:]].mean()))
            row.append(float(np.mean(results)))
        rows.append(row)
    return rows


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        embedder = make_embedder(Path(folder) / "vectors.sqlite")
        print("Evidence lies in the right argument")
        for way, share, n in evidence(options.data, embedder):
            print(f"  {way:<44} {share:.3f}  of {n}")
        print("Positions right")
        for way, share, n in example_positions(embedder):
            print(f"  {way:<44} {share:.3f}  of {n}")
        print("Stance right, ArgKP dev topics: cosine, coder with 0, 10, 30, 60 decisions")
        rows = stances(options.data, embedder)
        for row in [*rows, list(np.mean(rows, axis=0))]:
            print("  " + "  ".join(f"{share:.3f}" for share in row))


if __name__ == "__main__":
    main()
