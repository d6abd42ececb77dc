"""English sentences by rule and by spaCy: CPU seconds, and how often spaCy is still asked.

python tests/benchmarks/sentence_cuts.py COMMENTS.csv [--text text]
"""

import argparse
import csv
import sys
import time
from pathlib import Path

sys.path.pop(0)  # this folder, whose names may hide packages
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from coder import english
from coder.text import BREAK, sentences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("comments", type=Path)
    parser.add_argument("--text", default="text")
    asked = parser.parse_args()
    with asked.comments.open(encoding="utf-8-sig", newline="") as file:
        texts = [row[asked.text] for row in csv.DictReader(file)]
    lines = [line for text in texts for line in BREAK.split(text) if line.strip()]
    unclear = 0
    for line in lines:
        try:
            english.sentence_starts(line)
        except english.UnclearError:
            unclear += 1
    english._tokens.cache_clear()
    begin = time.process_time()
    sentences(texts)
    by_rule = time.process_time() - begin
    begin = time.process_time()
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    imported = time.process_time() - begin
    begin = time.process_time()
    for doc in pipeline.pipe(lines):
        list(doc.sents)
    by_spacy = time.process_time() - begin
    print(f"{len(texts):,} comments, {len(lines):,} lines, {unclear} left to spaCy")
    print(f"by rule {by_rule:.2f} s; spaCy {by_spacy:.2f} s and {imported:.2f} s to import")


if __name__ == "__main__":
    main()
