"""What tests share: the data beside the project, one embedder with one cache, the example."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest

from coder.codebook import Codebook, read_codebook
from coder.embedding import DEFAULT_ENCODER, ENCODERS, CachedEmbedder, make_embedder

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


@pytest.fixture(scope="session", autouse=True)
def one_model() -> Iterator[None]:
    """The packaged model is loaded once for the whole run, however many commands ask for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ENCODERS, DEFAULT_ENCODER, lru_cache(ENCODERS[DEFAULT_ENCODER]))
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
