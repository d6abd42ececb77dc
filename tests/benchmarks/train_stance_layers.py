"""Tune copies of the last two layers of all-MiniLM-L6-v2 to tell whether a sentence is for or against another.

    python tests/benchmarks/train_stance_layers.py ../shared/data/stance --to coder/embedding/stance_layers.safetensors

Data: IBM ArgQ-Rank-30k, IBM claim stance, Perspectrum (train and dev), and demands made up by `stance_data.py`. The
licences are in `coder/embedding/STANCE_MODEL_CARD.md`. Subjects in `stance_data.HELD_OUT` and `CHOOSING` are left out:
`opposing_views.py` beside this file measures on them.

Method: the lower four layers stay as published, and their output is kept for each text. The states of a statement and
of a sentence go through the tuned layers together (`coder.embedding.pair_layers`). Two fifths of an epoch are statements,
turned round at random by "not" or by an opposite verb, which turns the label; the rest are two sentences of one topic
(for: one side, against: two sides), pairs of two topics, sentences that only mention, and made-up demands. Seeded; one
thread gives the same file bit for bit on one kind of processor. About 10 CPU minutes.
"""

import argparse
import hashlib
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from pair_layers import (
    LONGEST,
    SHARED_LAYERS,
    PairLayers,
    read_shared_layers,
)
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from stance_data import (
    AGAINST,
    FOR,
    NEITHER,
    Pair,
    find_subject,
    made_up_pairs,
    read_arguments,
    read_claims,
    read_perspectives,
    reverse,
    trained_on,
    wordings,
)
from torch import Tensor, nn

from coder.embedding import packaged_model

SEED = 0
STEPS = 1_600
BATCH = 32
RATE, HEAD_RATE = 2e-4, 1e-3
SMOOTHING = 0.05  # of labels: the crowd errs
STATED = 8_000  # arguments of an epoch, beside all claims and perspectives
SAID = 14_000  # pairs of two sentences of one topic
UNRELATED = 4_000  # pairs of two topics
MENTIONED = 500
MADE_UP = 5_000
NEAREST = 12  # sentences of a side that are likest by their words
NEAR = 0.6  # share of sentence pairs drawn from these
REWORDED = 0.6  # share of statements put in other words
MENTIONS = (
    "There was a meeting about {}.", "I read about {} in the paper.", "The question names {}.",
    "What does the council think of {}?", "{} came up last week.", "I do not know much about {}.",
    "How does {} work here?", "Somebody asked me about {}.", "See the page on {}.",
)  # fmt: skip


class SharedStates:
    """The output of the layers that stay as published, for each text, kept in half precision."""

    def __init__(self) -> None:
        model = SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)
        self.tokenizer = model.tokenizer
        self.bert = model[0].auto_model.eval()
        self._kept: dict[str, Tensor] = {}

    def batch(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        """Padded states (n, longest, d) and mask (n, longest)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if new:
            with torch.autocast("cpu", torch.bfloat16):
                states, masks = read_shared_layers(self.bert, self.tokenizer, new)
            for text, state, mask in zip(new, states, masks, strict=True):
                self._kept[text] = state[mask.bool()].half()
        rows = [self._kept[text].float() for text in texts]
        ones = [torch.ones(len(row)) for row in rows]
        pad = nn.utils.rnn.pad_sequence
        return pad(rows, batch_first=True), pad(ones, batch_first=True)


class Epochs:
    """Draws the pairs of each epoch."""

    def __init__(self, folder: Path) -> None:
        kept = [pair for pair in read_arguments(folder) if trained_on(pair.statement)]
        others = read_claims(folder) + read_perspectives(folder, "train", "dev")
        self._arguments = kept
        self._others = [pair for pair in others if trained_on(pair.statement)]
        self._all = self._arguments + self._others
        self._statements = sorted({pair.statement for pair in self._all})
        self._sides: dict[tuple[str, int], list[str]] = defaultdict(list)
        for pair in self._all:
            self._sides[pair.statement, pair.label].append(pair.sentence)
        self._likest = _likest_sentences(self._sides)

    def draw(self, draw: random.Random) -> list[Pair]:
        """One epoch in a drawn order."""
        stated = draw.sample(self._arguments, STATED) + self._others
        pairs = [self._reword(pair, draw) for pair in stated]
        for first in draw.choices(self._all, k=SAID):
            pairs.append(self._said_twice(first, draw))
        for first in draw.choices(self._all, k=UNRELATED):
            other = draw.choice(self._all)
            statement = other.sentence if draw.random() < 0.25 else other.statement
            if other.statement != first.statement:
                pairs.append(self._reword(Pair(statement, first.sentence, NEITHER), draw))
        for statement in draw.choices(self._statements, k=MENTIONED):
            if subject := find_subject(statement):
                mention = draw.choice(MENTIONS).format(subject)
                pairs.append(Pair(statement, mention, NEITHER))
        pairs += made_up_pairs(MADE_UP, draw)
        draw.shuffle(pairs)
        return pairs

    def _reword(self, pair: Pair, draw: random.Random) -> Pair:
        if draw.random() >= REWORDED:
            return pair
        statement, opposite = draw.choice(wordings(pair.statement))
        label = reverse(pair.label) if opposite else pair.label
        return Pair(statement, pair.sentence, label)

    def _said_twice(self, first: Pair, draw: random.Random) -> Pair:
        """Two sentences on one topic, of one side or of both."""
        label = draw.choice((FOR, AGAINST))
        side = first.label if label == FOR else reverse(first.label)
        sentences = self._sides[first.statement, side]
        if draw.random() < NEAR:
            sentences = self._likest.get((first.sentence, side), sentences)
        others = [text for text in sentences if text != first.sentence]
        if not others:
            return first
        return Pair(first.sentence, draw.choice(others), label)


def _likest_sentences(
    sides: dict[tuple[str, int], list[str]],
) -> dict[tuple[str, int], list[str]]:
    """For a sentence and a side of its topic the likest sentences by their words."""
    likest: dict[tuple[str, int], list[str]] = {}
    for statement in dict.fromkeys(statement for statement, _ in sides):
        both = [sides.get((statement, side), []) for side in (FOR, AGAINST)]
        if min(map(len, both)) < NEAREST:
            continue
        words = TfidfVectorizer(sublinear_tf=True).fit(both[0] + both[1])
        tables = [words.transform(texts) for texts in both]
        for table, texts in zip(tables, both, strict=True):
            for side in (FOR, AGAINST):
                alike = (table @ tables[side].T).toarray()
                order = np.argsort(-alike, axis=1, kind="stable")[:, : NEAREST + 1]
                for text, row in zip(texts, order, strict=True):
                    likest[text, side] = [both[side][i] for i in row]
    return likest


def batches(epochs: Epochs, draw: random.Random) -> Iterator[list[Pair]]:
    """Batches of sentences of similar length, without end."""
    while True:
        pairs = epochs.draw(draw)
        for start in range(0, len(pairs), BATCH * 16):
            block = sorted(
                pairs[start : start + BATCH * 16],
                key=lambda pair: len(pair.statement) + len(pair.sentence),
            )
            cut = [block[i : i + BATCH] for i in range(0, len(block), BATCH)]
            draw.shuffle(cut)
            yield from cut


def train(folder: Path, steps: int, to: Path) -> None:
    """Train and write the weights, and on the way after each 400 steps."""
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    draw = random.Random(SEED)
    shared = SharedStates()
    layers = PairLayers(shared.bert.encoder.layer[SHARED_LAYERS:]).train()
    layers.requires_grad_(True)
    body = [layers.marks, *layers.layers.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": body, "lr": RATE},
            {"params": layers.head.parameters(), "lr": HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        max_lr=[RATE, HEAD_RATE],
        total_steps=steps + 1,
        pct_start=0.1,
        anneal_strategy="linear",
    )
    losses: list[float] = []
    for step, pairs in enumerate(batches(Epochs(folder), draw), start=1):
        first = shared.batch([pair.statement for pair in pairs])
        second = shared.batch([pair.sentence for pair in pairs])
        labels = torch.tensor([pair.label for pair in pairs])
        with torch.autocast("cpu", torch.bfloat16):
            logits = layers(*first, *second)
        loss = nn.functional.cross_entropy(logits.float(), labels, label_smoothing=SMOOTHING)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if step in (20, 100) or step % 200 == 0:
            mean = sum(losses[-200:]) / len(losses[-200:])
            print(f"{step}: loss {mean:.4f}, {time.process_time():.0f} CPU s", flush=True)
        if step % 400 == 0 or step == steps:
            save(layers, to)
        if step == steps:
            return


def save(layers: PairLayers, to: Path) -> None:
    """Write the weights in half precision."""
    weights = {name: value.half().contiguous() for name, value in layers.state_dict().items()}
    facts = {
        "source": "ArgQ-Rank-30k, claim stance, Perspectrum, made-up demands",
        "seed": str(SEED),
        "longest": str(LONGEST),
    }
    save_file(weights, to, metadata=facts)
    digest = hashlib.sha256(to.read_bytes()).hexdigest()
    print(f"{to}: {to.stat().st_size / 1e6:.1f} MB, SHA-256 {digest}", flush=True)


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of stance data")
    parser.add_argument("--to", type=Path, required=True, help="safetensors file to write")
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    train(options.folder, options.steps, options.to)


if __name__ == "__main__":
    main()
