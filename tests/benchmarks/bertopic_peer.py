"""BERTopic with its defaults and the packaged model on a file of comments; run by `speed.py`.

python tests/benchmarks/bertopic_peer.py COMMENTS.csv
"""

import csv
import os
import sys
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"

from bertopic import BERTopic  # type: ignore[import-not-found]
from sentence_transformers import SentenceTransformer

from coder.embedding.packaged import packaged_model

with Path(sys.argv[1]).open(newline="", encoding="utf-8-sig") as file:
    texts = [row["text"] for row in csv.DictReader(file) if row["text"].strip()]
model = SentenceTransformer(str(packaged_model()), device="cpu")
vectors = model.encode(texts, show_progress_bar=False)
BERTopic(embedding_model=model).fit_transform(texts, vectors)
