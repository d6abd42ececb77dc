"""Each encoder that is installed, beside sentence-transformers' own encode, on the same texts.

    python tests/benchmarks/encoders.py COMMENTS.csv COLUMN [--texts 1500]

Each runs in a process of its own on one thread: CPU seconds to load, texts a CPU second (the best
of three), the largest difference to the reference, the lowest cosine, and the peak memory.
`sentence-transformers` gives one view, all others two.
"""

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from coder.embedding import OpenVINOEncoder, ReferenceEncoder, TorchEncoder, packaged_model
from coder.text import sentences

THEIRS = "sentence-transformers"
ENCODERS: dict[str, Callable[[], Any]] = {
    "reference": ReferenceEncoder,
    "torch fp32": lambda: TorchEncoder("cpu"),
    "torch bf16": lambda: TorchEncoder("cpu", "bf16"),
    "openvino fp32": lambda: OpenVINOEncoder("fp32"),
    "openvino bf16": lambda: OpenVINOEncoder("bf16"),
}
RUNS = 3


def read_texts(path: Path, column: str, n: int) -> list[str]:
    """Comments and their sentences, each once, drawn at random."""
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8-sig", newline="") as file:
        comments = [row[column] for row in csv.DictReader(file) if row[column].strip()]
    texts = list(comments)
    for comment, spans in zip(comments, sentences(comments, "en"), strict=True):
        texts += [comment[span.start : span.end] for span in spans]
    distinct = list(dict.fromkeys(texts))
    random.Random(0).shuffle(distinct)
    return distinct[:n]


def make(name: str) -> Callable[[Sequence[str]], list[np.ndarray]]:
    """The encoder of this name: texts to one array or two."""
    if name != THEIRS:
        encoder = ENCODERS[name]()
        return lambda texts: list(encoder.encode_views(texts))
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)

    def encode(texts: Sequence[str]) -> list[np.ndarray]:
        vectors = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return [vectors]

    return encode


def run(name: str, texts: list[str], to: Path) -> None:
    """Encode in this process; the vectors go to a file, the figures are printed."""
    began = time.process_time()
    encode = make(name)
    encode(texts[:2])
    load = time.process_time() - began
    seconds = []
    for _ in range(RUNS):
        began = time.process_time()
        views = encode(texts)
        seconds.append(time.process_time() - began)
    np.savez(to, *views)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{load:.2f} {len(texts) / min(seconds):.0f} {peak:.0f}")


def compare(mine: Path, reference: Path) -> str:
    """The largest difference and the lowest cosine over all views that both have."""
    with np.load(mine) as own, np.load(reference) as theirs:
        differences, cosines = [], []
        for view in own.files:
            differences.append(np.abs(own[view] - theirs[view]).max())
            cosines.append((own[view] * theirs[view]).sum(axis=1).min())
    return f"{max(differences):.1e} | {min(cosines):.6f}"


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("comments", type=Path)
    ask.add_argument("column")
    ask.add_argument("--texts", type=int, default=1500)
    ask.add_argument("--only", nargs=2, metavar=("ENCODER", "FILE"), help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.only:
        texts = read_texts(asked.comments, asked.column, asked.texts)
        run(asked.only[0], texts, Path(asked.only[1]))
        return
    print(
        "| encoder | load, CPU s | texts a CPU s | largest difference | lowest cosine | peak MB |"
    )
    print("|---|---|---|---|---|---|")
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    with tempfile.TemporaryDirectory() as folder:
        reference = Path(folder) / "reference.npz"
        for name in ["reference", THEIRS, *list(ENCODERS)[1:]]:
            if name.startswith("openvino") and find_spec("openvino") is None:
                print(f"| {name} | is not installed | | | | |")
                continue
            to = Path(folder) / f"{name}.npz"
            done = subprocess.run(
                [sys.executable, *sys.argv, "--only", name, str(to)],
                env=one_thread,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            load, rate, peak = done.stdout.split()[-3:]
            print(f"| {name} | {load} | {rate} | {compare(to, reference)} | {peak} |", flush=True)


if __name__ == "__main__":
    main()
