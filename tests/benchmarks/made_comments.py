"""Make any number of comments from the sentences of real ones.

    python tests/benchmarks/made_comments.py REAL.csv N OUT.csv [--text text] [--swap .35]

A made comment has as many sentences as a real one drawn at random. Each word is exchanged with the
probability --swap for a word of the real comments, so that sentences are distinct and no campaign is
found. One row is written at a time. The same arguments give the same file; the first comments of a
larger file are those of a smaller one.
"""

import argparse
import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.pop(0)  # this folder, whose names may hide packages
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from coder.text import WORD, sentences

SEED = 7
SHORTEST_EXCHANGED = 4  # letters of a word that can come in for another
DISTRICTS = 10


class Corpus:
    """Sentences and words of real comments, and how many sentences a comment has."""

    def __init__(self, texts: list[str]) -> None:
        cut = sentences(texts)
        self.counts = [len(spans) for spans in cut if spans]
        self.words: list[str] = []
        # Each sentence as words and what stands between them, in turn; a gap comes first.
        self.sentences: list[list[str]] = []
        for text, spans in zip(texts, cut, strict=True):
            words = WORD.findall(text)
            self.words += [word for word in words if len(word) >= SHORTEST_EXCHANGED]
            for span in spans:
                self.sentences.append(_pieces(text[span.start : span.end]))


def _pieces(sentence: str) -> list[str]:
    if sentence[-1:] not in ".!?":
        sentence += "."
    pieces, last = [], 0
    for match in WORD.finditer(sentence):
        pieces += [sentence[last : match.start()], match.group()]
        last = match.end()
    return [*pieces, sentence[last:]]


def make_comments(corpus: Corpus, swap: float) -> Iterator[tuple[str, str, int]]:
    """Rows of id, text and district without end."""
    rng = random.Random(SEED)
    number = 0
    while True:
        made = [_make_sentence(corpus, swap, rng) for _ in range(rng.choice(corpus.counts))]
        yield f"M{number:08d}", " ".join(made), rng.randint(1, DISTRICTS)
        number += 1


def _make_sentence(corpus: Corpus, swap: float, rng: random.Random) -> str:
    pieces = rng.choice(corpus.sentences).copy()
    for place in range(1, len(pieces), 2):
        if rng.random() < swap:
            pieces[place] = rng.choice(corpus.words)
    return "".join(pieces)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("real", type=Path)
    parser.add_argument("n", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--text", default="text", help="the column of comments")
    parser.add_argument("--swap", type=float, default=0.35)
    asked = parser.parse_args()
    with asked.real.open(newline="", encoding="utf-8-sig") as file:
        texts = [row[asked.text] for row in csv.DictReader(file) if row[asked.text].strip()]
    rows = make_comments(Corpus(texts), asked.swap)
    with asked.out.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "text", "district"])
        for _ in range(asked.n):
            table.writerow(next(rows))


if __name__ == "__main__":
    main()
