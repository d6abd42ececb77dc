"""The embedder and its cache: right vectors, each text once, the same answer from the cache."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from coder.embedding import (
    CachedEmbedder,
    SentenceTransformerEmbedder,
    make_embedder,
    packaged_model,
)
from coder.errors import CoderError

TEXTS = [
    "More police please",
    "",
    "Potholes everywhere",
    "More police please",
    "🙂 " * 300,
    "x" * 5000,
    "\x00\u202e",
]


@pytest.fixture(scope="module")
def plain() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


def test_the_plain_view_is_what_the_published_model_gives(
    plain: SentenceTransformerEmbedder,
) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)
    theirs = model.encode(TEXTS, normalize_embeddings=True)
    views = plain.encode_views(TEXTS)
    assert np.abs(views.plain - theirs).max() < 1e-5
    assert np.allclose(np.linalg.norm(views.plain, axis=1), 1, atol=1e-5)


def test_the_opinion_view_brings_a_statement_near_its_point(
    plain: SentenceTransformerEmbedder,
) -> None:
    points = ["Public transport is too expensive", "Public transport is unreliable"]
    said = [
        "I could not afford the bus fare any more so I drive",
        "My bus never turns up when the timetable says",
    ]
    views = plain.encode_views([*said, *points])
    assert views.opinion is not None
    assert views.opinion.shape == views.plain.shape
    for own, other in ((0, 1), (1, 0)):
        lead = [
            float(v[own] @ v[2 + own] - v[own] @ v[2 + other]) for v in (views.plain, views.opinion)
        ]
        assert lead[1] > lead[0] > 0


def test_each_text_is_embedded_once_and_the_cache_gives_the_same(
    plain: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    cached = CachedEmbedder(plain, tmp_path / "c" / "vectors.sqlite")
    first = cached.encode_views(TEXTS)
    assert cached.embedded == len(set(TEXTS))
    again = CachedEmbedder(plain, tmp_path / "c" / "vectors.sqlite")
    second = again.encode_views(TEXTS[::-1])
    assert again.embedded == 0
    assert (first.plain == second.plain[::-1]).all()
    assert (np.asarray(first.opinion) == np.asarray(second.opinion)[::-1]).all()
    assert np.abs(first.plain - plain.encode(TEXTS)).max() < 2e-3
    assert again.encode([]).shape[0] == 0


def test_a_model_by_path_has_a_fingerprint_of_its_own_and_no_opinion(
    plain: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    named = SentenceTransformerEmbedder(str(packaged_model()))
    assert named.fingerprint != plain.fingerprint
    views = CachedEmbedder(named, tmp_path / "v.sqlite").encode_views(["More police please"])
    assert views.opinion is None
    assert np.abs(views.plain - plain.encode(["More police please"])).max() < 2e-3


def test_a_model_that_is_not_there_is_one_clear_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CoderError, match="cannot be loaded"):
        SentenceTransformerEmbedder(str(tmp_path / "empty")).encode(["x"])


def test_a_damaged_cache_is_named(plain: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    (tmp_path / "v.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(CoderError, match=r"v\.sqlite: the cache cannot be used"):
        CachedEmbedder(plain, tmp_path / "v.sqlite").encode(["x"])


def test_a_cache_that_cannot_be_written_is_named(
    plain: SentenceTransformerEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = CachedEmbedder(plain, tmp_path / "v.sqlite")
    cached.encode(["a"])

    def read_only(self: CachedEmbedder) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{tmp_path / 'v.sqlite'}?mode=ro", uri=True)

    monkeypatch.setattr(CachedEmbedder, "_open", read_only)
    with pytest.raises(CoderError, match="readonly"):
        cached.encode(["b"])
    assert cached.encode(["a"]).shape == (1, 384)


def test_the_commands_embedder_is_the_packaged_one(tmp_path: Path) -> None:
    assert make_embedder(tmp_path / "v.sqlite").has_opinion
