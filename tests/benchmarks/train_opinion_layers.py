"""Tune the last two layers of all-MiniLM-L6-v2 so that an opinion lies near the point it makes.

    python tests/benchmarks/train_opinion_layers.py ../shared/data/argkp --to coder/embedding/opinion_layers.safetensors

Data: ArgKP, train topics only (IBM Debater; licence CDLA-Sharing 1.0, under which results of a computation on
the data carry no obligations). Input files: arguments_train.csv, key_points_train.csv, labels_train.csv. The
dev topics are never read here; `coding.py` beside this file measures on them.

Method: the lower four layers stay as published and their output is computed once. For each topic and stance,
every labelled pair of argument and key point is one example, and `OTHERS` key points of other topics are
negative ones; the loss is binary cross-entropy on scale * cosine + bias. Seeded; one thread gives the same
file bit for bit on one kind of processor. Takes some minutes on one core. The result is stored in half
precision: two layers, about 7 MB.
"""

import argparse
import csv
import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn

from coder.embedding import packaged_model

SEED = 0
EPOCHS = 3
RATE = 1e-4
OTHERS = 6  # key points of other topics that each block is trained against
POSITIVE_WEIGHT = 2.0
TUNED_FROM = 4  # first layer that is tuned


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Frozen:
    """The output of the layers that stay as published, for each text, on the CPU."""

    def __init__(self, texts: list[str]) -> None:
        model = SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)
        self.tokenizer = model.tokenizer
        self.bert = model[0].auto_model.eval()
        self.hidden: dict[str, Tensor] = {}
        for start in range(0, len(texts), 64):
            batch = texts[start : start + 64]
            tokens = self.tokenizer(
                batch, padding=True, truncation=True, max_length=128, return_tensors="pt"
            )
            with torch.inference_mode():
                states = self.bert(**tokens, output_hidden_states=True).hidden_states[TUNED_FROM]
            for text, state, mask in zip(batch, states, tokens["attention_mask"], strict=True):
                self.hidden[text] = state[mask.bool()].clone()

    def batch(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        """Padded states (n, longest, d) and mask (n, longest)."""
        states = [self.hidden[text] for text in texts]
        mask = nn.utils.rnn.pad_sequence([torch.ones(len(s)) for s in states], batch_first=True)
        return nn.utils.rnn.pad_sequence(states, batch_first=True), mask


def pooled(layers: nn.ModuleList, states: Tensor, mask: Tensor) -> Tensor:
    """Mean over the words of the last layer's output, at length 1."""
    blocked = (1.0 - mask)[:, None, None, :] * torch.finfo(torch.float32).min
    for layer in layers:
        out = layer(states, blocked)
        states = out[0] if isinstance(out, tuple) else out
    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return nn.functional.normalize(mean, dim=-1)


def blocks(folder: Path) -> list[tuple[list[str], list[str], Tensor]]:
    """For each topic and stance: arguments, key points, and labels (NaN where the crowd was undecided)."""
    points = {row["key_point_id"]: row for row in rows(folder / "key_points_train.csv")}
    arguments = {row["arg_id"]: row for row in rows(folder / "arguments_train.csv")}
    labels = {
        (r["arg_id"], r["key_point_id"]): float(r["label"])
        for r in rows(folder / "labels_train.csv")
    }
    found = []
    for key in sorted({(row["topic"], row["stance"]) for row in points.values()}):
        ps = [i for i, row in points.items() if (row["topic"], row["stance"]) == key]
        args = [i for i, row in arguments.items() if (row["topic"], row["stance"]) == key]
        table = torch.tensor([[labels.get((a, p), float("nan")) for p in ps] for a in args])
        found.append(
            ([arguments[a]["argument"] for a in args], [points[p]["key_point"] for p in ps], table)
        )
    return found


def batches(
    data: list[tuple[list[str], list[str], Tensor]], draw: random.Random
) -> Iterator[tuple[list[str], list[str], Tensor]]:
    """32 arguments at a time with their block's key points and some of other blocks, in a drawn order."""
    jobs = []
    for number, (arguments, _, _) in enumerate(data):
        order = list(range(len(arguments)))
        draw.shuffle(order)
        jobs += [(number, order[start : start + 32]) for start in range(0, len(order), 32)]
    draw.shuffle(jobs)
    for number, picked in jobs:
        arguments, points, table = data[number]
        topic_points = set(points)
        foreign = [
            p
            for i, (_, ps, _) in enumerate(data)
            if i != number
            for p in ps
            if p not in topic_points
        ]
        others = draw.sample(foreign, OTHERS)
        wanted = torch.cat([table[picked], torch.zeros(len(picked), OTHERS)], dim=1)
        yield [arguments[i] for i in picked], points + others, wanted


def train(folder: Path) -> dict[str, Tensor]:
    """The tuned layers' weights in half precision, by their names in the published model."""
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    draw = random.Random(SEED)
    data = blocks(folder)
    frozen = Frozen(
        sorted({text for arguments, points, _ in data for text in (*arguments, *points)})
    )
    layers = frozen.bert.encoder.layer[TUNED_FROM:].train()
    for parameter in layers.parameters():
        parameter.requires_grad_(True)
    scale = nn.Parameter(torch.tensor(10.0))
    bias = nn.Parameter(torch.tensor(-5.0))
    optimiser = torch.optim.AdamW(
        [{"params": layers.parameters(), "lr": RATE}, {"params": [scale, bias], "lr": 1e-2}],
        weight_decay=0.01,
    )
    steps = EPOCHS * sum(-(-len(arguments) // 32) for arguments, _, _ in data)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        max_lr=[RATE, 1e-2],
        total_steps=steps + 1,
        pct_start=0.1,
        anneal_strategy="linear",
    )
    weight = torch.tensor(POSITIVE_WEIGHT)
    for epoch in range(EPOCHS):
        started, losses = time.perf_counter(), []
        for arguments, points, wanted in batches(data, draw):
            vectors = pooled(layers, *frozen.batch(arguments + points))
            logits = scale * vectors[: len(arguments)] @ vectors[len(arguments) :].T + bias
            known = ~wanted.isnan()
            loss = nn.functional.binary_cross_entropy_with_logits(
                logits[known], wanted[known], pos_weight=weight
            )
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        mean = sum(losses) / len(losses)
        print(
            f"epoch {epoch + 1}: loss {mean:.4f}, {time.perf_counter() - started:.0f} s", flush=True
        )
    return {f"encoder.layer.{TUNED_FROM + int(name.split('.')[0])}.{name.split('.', 1)[1]}": value.half().contiguous()
            for name, value in layers.state_dict().items()}  # fmt: skip


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the ArgKP folder")
    parser.add_argument("--to", type=Path, required=True, help="safetensors file to write")
    options = parser.parse_args()
    torch.set_num_threads(1)
    weights = train(options.folder)
    save_file(
        weights, options.to, metadata={"source": "ArgKP train, CDLA-Sharing 1.0", "seed": str(SEED)}
    )
    digest = hashlib.sha256(options.to.read_bytes()).hexdigest()
    print(f"{options.to}: {options.to.stat().st_size / 1e6:.1f} MB, SHA-256 {digest}")


if __name__ == "__main__":
    main()
