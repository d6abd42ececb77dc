"""What tests share: the data beside the project, one embedder with one cache, the example."""

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

# Several processes run tests beside each other: each one thread, or they wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coder.codebook import Codebook, read_codebook
from coder.embedding import (
    DEFAULT_ENCODER,
    ENCODERS,
    FAST_ENCODER,
    CachedEmbedder,
    EncoderChoice,
    TorchEncoder,
    Views,
    make_embedder,
)
from coder.engine import Progress, silent

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "police_and_crime_plan"
CODEBOOK = ROOT / "codebooks" / "police_and_crime_plan.yaml"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Data that lies beside the project and never in it; a machine without it skips what needs it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is not on this machine")
    return folder


class RememberingEncoder(TorchEncoder):
    """Embeds each text once in a run: projects of different tests hold the same texts."""

    def __init__(self, _choice: EncoderChoice) -> None:
        super().__init__("cpu")
        self._rows: dict[str, list[NDArray[np.float32]]] = {}  # a row of each view

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        new_texts = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new_texts or not texts:
            new_views = super().encode_views(new_texts, progress)
            kept_views = [view for view in new_views if view is not None]
            for number, text in enumerate(new_texts):
                self._rows[text] = [view[number] for view in kept_views]
        if not texts:
            return new_views
        progress(len(texts), len(texts), "Reading comments")
        rows = [self._rows[text] for text in texts]
        stacked = [np.stack(rows_of_view) for rows_of_view in zip(*rows, strict=True)]
        if len(stacked) == 1:
            return Views(stacked[0], None)
        return Views(stacked[0], stacked[1])


@pytest.fixture(scope="session", autouse=True)
def one_model() -> Iterator[None]:
    """The packaged model is loaded once for the whole run, however many commands ask for it."""
    with pytest.MonkeyPatch.context() as patch:
        remembering = lru_cache(RememberingEncoder)
        for name in (DEFAULT_ENCODER, FAST_ENCODER):
            patch.setitem(ENCODERS, name, remembering)
        yield


@pytest.fixture(scope="session")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> CachedEmbedder:
    """The packaged model behind one cache for the whole run."""
    return make_embedder(tmp_path_factory.mktemp("vectors") / "vectors.sqlite")


@pytest.fixture(scope="session")
def plan() -> Codebook:
    """The shipped codebook."""
    return read_codebook(CODEBOOK)


@pytest.fixture(scope="session")
def example_comments() -> pd.DataFrame:
    """The example as a comments table, read by the reader."""
    from coder.reading.reader import read_comments

    return read_comments(EXAMPLE / "comments.csv").comments


@pytest.fixture(scope="session")
def example_codes() -> "pd.Series[str]":
    """What the example's authors coded: comment id to ids joined by semicolons."""
    table = pd.read_csv(EXAMPLE / "labels.csv", dtype=str, keep_default_na=False)
    return table.set_index("comment_id")["themes"]
