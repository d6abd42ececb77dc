"""The embedder and its cache: right vectors, each text once, the same answer from the cache."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coder.codebook import Codebook, Theme
from coder.coding import apply_codebook
from coder.embedding import (
    ENCODERS,
    CachedEmbedder,
    Embedder,
    EncoderChoice,
    ReferenceEncoder,
    TextPair,
    distinct_views,
    make_embedder,
    offers_opinion,
    packaged_model,
    pair_reader,
    views_of,
)
from coder.embedding.packaged import STANCE_LAYERS
from coder.embedding.vector_file import CacheState, examine, remove_damaged
from coder.engine import Progress, silent
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
def plain() -> ReferenceEncoder:
    return ReferenceEncoder()


class CountingEmbedder:
    """The least that an embedder needs: how often each of 26 letters occurs."""

    fingerprint = "letters"

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        rows = []
        for text in texts:
            counts = np.array([text.lower().count(chr(97 + n)) + 0.01 for n in range(26)])
            rows.append(counts / np.linalg.norm(counts))
        progress(len(texts), len(texts), "Counting letters")
        return np.array(rows, dtype=np.float32).reshape(len(texts), 26)


# ---------------------------------------------------------------- every encoder


OPTIONAL = {"openvino"}  # encoders that an extra installs
MAKERS = dict(ENCODERS)  # before the tests' encoder, which remembers texts, takes its place


@pytest.fixture(scope="module", params=sorted(MAKERS))
def encoder(request: pytest.FixtureRequest) -> Embedder:
    """Each encoder of the table, with its own model."""
    if find_spec(request.param) is None and request.param in OPTIONAL:
        pytest.skip(f"{request.param} is not installed")
    return MAKERS[request.param](EncoderChoice())


def all_views(embedder: Embedder, texts: Sequence[str]) -> list[NDArray[np.float32]]:
    return [view for view in views_of(embedder, texts) if view is not None]


def test_every_encoder_gives_unit_vectors_of_one_shape(encoder: Embedder) -> None:
    views = all_views(encoder, TEXTS)
    assert len(views) == 1 + offers_opinion(encoder)
    for view in views:
        assert view.shape == (len(TEXTS), views[0].shape[1])
        assert view.dtype == np.float32
        assert np.isfinite(view).all()
        assert np.allclose(np.linalg.norm(view, axis=1), 1, atol=1e-5)
        assert all_views(encoder, [])[0].shape == (0, views[0].shape[1])
    assert (encoder.encode(TEXTS) == views[0]).all()


def test_every_encoder_gives_the_same_again_in_any_order(encoder: Embedder) -> None:
    views = all_views(encoder, TEXTS)
    again = all_views(encoder, TEXTS)
    backwards = all_views(encoder, TEXTS[::-1])
    alone = all_views(encoder, TEXTS[:1])
    for number, view in enumerate(views):
        assert (again[number] == view).all()
        assert np.abs(backwards[number][::-1] - view).max() < 1e-5
        assert np.abs(alone[number][0] - view[0]).max() < 1e-5


def test_encoders_of_full_precision_share_their_vectors(encoder: Embedder) -> None:
    choice = EncoderChoice(precision="fp32")
    fingerprints = {make(choice).fingerprint for make in MAKERS.values()}
    assert len(fingerprints) == 1
    if not encoder.fingerprint.startswith(tuple(fingerprints)):
        assert np.abs(encoder.encode(["a"]) - ReferenceEncoder().encode(["a"])).max() > 1e-6


def test_every_encoder_tells_its_progress(encoder: Embedder) -> None:
    calls: list[tuple[int, int]] = []
    encoder.encode(TEXTS, lambda done, total, _what: calls.append((done, total)))
    assert calls[-1] == (len(TEXTS), len(TEXTS))
    assert calls == sorted(calls)


def test_an_unknown_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CoderError, match="Did you mean 'reference'"):
        make_embedder(tmp_path / "v.sqlite", encoder="referense")


# ---------------------------------------------------------------- any embedder


def test_any_embedder_can_be_cached_and_code(tmp_path: Path) -> None:
    cached = CachedEmbedder(CountingEmbedder(), tmp_path / "v.sqlite")
    assert not cached.has_opinion
    assert np.abs(cached.encode(TEXTS) - CountingEmbedder().encode(TEXTS)).max() < 1e-3
    comments = pd.DataFrame(
        {"comment_id": ["a", "b"], "text": ["More police", "Mend the potholes"]}
    )
    comments = comments.assign(
        source="s", role="public", status="analysed", reason="", weight=np.nan, campaign_id="",
        question="",
    )  # fmt: skip
    book = Codebook(
        title="T",
        themes=(
            Theme(id="police", name="Police", keywords=("police",)),
            Theme(id="roads", name="Roads", keywords=("pothole",)),
        ),
    )
    for embedder in (CountingEmbedder(), cached):
        labels = apply_codebook(comments, book, embedder).labels
        labels = labels.sort_values("probability").drop_duplicates("comment_id", keep="last")
        likeliest = dict(zip(labels["comment_id"], labels["theme_id"], strict=True))
        assert likeliest == {"a": "police", "b": "roads"}


# ---------------------------------------------------------------- the reference encoder and the cache


def test_the_plain_view_is_what_the_published_model_gives(
    plain: ReferenceEncoder,
) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)
    theirs = model.encode(TEXTS, normalize_embeddings=True)
    views = plain.encode_views(TEXTS)
    assert np.abs(views.plain - theirs).max() < 1e-5
    assert np.allclose(np.linalg.norm(views.plain, axis=1), 1, atol=1e-5)


def test_the_opinion_view_brings_a_statement_near_its_point(
    plain: ReferenceEncoder,
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
    plain: ReferenceEncoder, tmp_path: Path
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
    plain: ReferenceEncoder, tmp_path: Path
) -> None:
    named = ReferenceEncoder(str(packaged_model()))
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
        ReferenceEncoder(str(tmp_path / "empty")).encode(["x"])


def test_a_damaged_cache_is_named(plain: ReferenceEncoder, tmp_path: Path) -> None:
    (tmp_path / "v.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(CoderError, match=r"v\.sqlite: the cache cannot be used"):
        CachedEmbedder(plain, tmp_path / "v.sqlite").encode(["x"])


def test_a_cache_that_cannot_be_written_is_named(
    letters: CachedEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.encode(["a"])

    def read_only(path: Path, **_options: float) -> sqlite3.Connection:
        return sqlite3.Connection(f"file:{path}?mode=ro", uri=True)

    monkeypatch.setattr("coder.embedding.vector_file.sqlite3.connect", read_only)
    with pytest.raises(CoderError, match="readonly"):
        letters.encode(["b"])
    assert letters.encode(["a"]).shape == (1, 26)


def test_distinct_texts_give_the_same_bytes_as_all_texts(
    plain: ReferenceEncoder, tmp_path: Path
) -> None:
    cached = CachedEmbedder(plain, tmp_path / "v.sqlite")
    views = cached.encode_views(TEXTS)
    distinct = cached.encode_distinct(TEXTS)
    assert cached.embedded == len(set(TEXTS)) == len(distinct.plain)
    assert distinct.plain.dtype == np.float16
    assert distinct.rows[0] == distinct.rows[3]
    for places in (slice(2, 6), np.array([3, 0, 6])):
        taken = distinct.at(places)
        assert taken.plain.tobytes() == views.plain[places].tobytes()
        assert np.asarray(taken.opinion).tobytes() == np.asarray(views.opinion)[places].tobytes()
    only_plain = cached.encode_distinct(TEXTS, opinion=False)
    assert only_plain.opinion is None
    assert only_plain.plain.tobytes() == distinct.plain.tobytes()
    assert cached.encode_distinct([]).at(slice(0, 9)).plain.shape == (0, 384)


def test_any_embedder_gives_distinct_texts() -> None:
    distinct = distinct_views(CountingEmbedder(), TEXTS)
    assert len(distinct.plain) == len(set(TEXTS))
    theirs = CountingEmbedder().encode(TEXTS)
    assert np.abs(distinct.at(slice(None)).plain - theirs).max() < 1e-3


@pytest.fixture
def letters(tmp_path: Path) -> CachedEmbedder:
    return CachedEmbedder(CountingEmbedder(), tmp_path / "v.sqlite")


def as_version_02(path: Path) -> None:
    """Give a cache the layout of version 0.2, with the same rows."""
    with closing(sqlite3.connect(path)) as store:
        rows = store.execute("SELECT key, value FROM encoded").fetchall()
        path.unlink()
    with closing(sqlite3.connect(path)) as store, store:
        store.execute(
            "CREATE TABLE vector (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
        )
        store.executemany("INSERT INTO vector VALUES (?, ?)", rows)


def test_a_cache_of_an_older_version_is_taken_over(letters: CachedEmbedder, tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(2000)]
    first = letters.encode(texts)
    assert letters.notes == ()
    as_version_02(tmp_path / "v.sqlite")
    again = CachedEmbedder(CountingEmbedder(), tmp_path / "v.sqlite")
    assert (again.encode(texts) == first).all()
    assert again.embedded == 0
    assert "older version" in again.notes[0]
    third = CachedEmbedder(CountingEmbedder(), tmp_path / "v.sqlite")
    third.encode(texts)
    assert third.notes == ()
    with closing(sqlite3.connect(tmp_path / "v.sqlite")) as store:
        assert store.execute("PRAGMA page_size").fetchone() == (16384,)
        assert store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [
            ("encoded",)
        ]


DAMAGED_VALUES = ("x'0000'", "x''", "5", "'text'", "zeroblob(8)", "CAST(x'ff' AS TEXT)", "0.5")


@pytest.mark.parametrize("value", DAMAGED_VALUES)
@pytest.mark.parametrize("is_old", [False, True])
def test_a_damaged_row_is_computed_again(
    letters: CachedEmbedder, tmp_path: Path, value: str, is_old: bool
) -> None:
    path = tmp_path / "v.sqlite"
    before = letters.encode(["a", "b", "c"])
    with closing(sqlite3.connect(path)) as store, store:
        if is_old:  # without checksums
            store.execute("UPDATE encoded SET checksum = NULL")
        store.execute(f"UPDATE encoded SET value = {value} WHERE rowid = 1")  # noqa: S608
    assert examine(path).damaged == 1
    assert np.array_equal(letters.encode(["a", "b", "c"]), before)
    assert letters.embedded == 4
    assert examine(path) == CacheState(3, 0)


def test_a_flipped_bit_of_a_vector_is_seen_and_removed(
    letters: CachedEmbedder, tmp_path: Path
) -> None:
    path = tmp_path / "v.sqlite"
    before = letters.encode(["a", "b", "c"])
    with closing(sqlite3.connect(path)) as store, store:
        ((value,),) = store.execute("SELECT value FROM encoded WHERE rowid = 2").fetchall()
        flipped = bytes([value[0] ^ 1, *value[1:]])
        store.execute("UPDATE encoded SET value = ? WHERE rowid = 2", (flipped,))
    assert examine(path) == CacheState(3, 1)
    assert remove_damaged(path) == 1
    assert examine(path) == CacheState(2, 0)
    assert np.array_equal(letters.encode(["a", "b", "c"]), before)


def test_a_write_that_was_cut_off_is_no_damage(letters: CachedEmbedder, tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    letters.encode(["a", "b", "c"])
    child = os.fork()
    if not child:
        store = sqlite3.connect(path)
        store.execute("PRAGMA cache_size = 1")  # so that the file itself is changed, not only read
        store.execute("BEGIN")
        for number in range(400):
            store.execute("INSERT INTO encoded VALUES (?, zeroblob(4000), 0)", (f"{number}",))
        os._exit(0)
    os.waitpid(child, 0)
    assert path.with_name("v.sqlite-journal").stat().st_size > 0
    assert examine(path) == CacheState(3, 0)


def test_a_cache_of_an_earlier_version_gains_checksums(
    letters: CachedEmbedder, tmp_path: Path
) -> None:
    path = tmp_path / "v.sqlite"
    before = letters.encode(["a", "b"])
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("ALTER TABLE encoded DROP COLUMN checksum")
    assert np.array_equal(letters.encode(["a", "b"]), before)
    assert letters.embedded == 2
    letters.encode(["c"])
    with closing(sqlite3.connect(path)) as store:
        query = "SELECT count(checksum), count(*) FROM encoded"
        assert store.execute(query).fetchone() == (1, 3)


def test_a_text_with_two_views_takes_little_room(plain: ReferenceEncoder, tmp_path: Path) -> None:
    class MadeUp(CountingEmbedder):
        def encode(self, texts: Sequence[str], _progress: Progress = silent) -> NDArray[np.float32]:
            return np.ones((len(texts), 768), dtype=np.float32)

    texts = [str(number) for number in range(5000)]
    CachedEmbedder(MadeUp(), tmp_path / "v.sqlite").encode(texts)
    assert (tmp_path / "v.sqlite").stat().st_size / len(texts) <= 1700


def test_the_commands_embedder_is_the_packaged_one(tmp_path: Path) -> None:
    assert make_embedder(tmp_path / "v.sqlite").has_opinion


# ---------------------------------------------------------------- two texts compared

PAIRS = [
    TextPair("We should ban zoos", "Zoos are cruel and must be closed"),
    TextPair("We should ban zoos", "Zoos save rare animals and teach children, so keep them"),
    TextPair("More street lights please", "Fewer street lights please, I cannot sleep"),
    TextPair("More street lights please", "We badly need street lights on our road"),
    TextPair("", "\x00\u202e"),
]


def test_who_is_for_and_who_is_against(plain: ReferenceEncoder) -> None:
    answers = plain.read_pairs(PAIRS)
    assert answers.shape == (len(PAIRS), 3)
    assert np.allclose(answers.sum(axis=1), 1, atol=1e-5)
    leanings = answers[:, 0] - answers[:, 1]
    assert leanings[0] > 0 > leanings[1]
    assert leanings[3] > 0 > leanings[2]
    backwards = plain.read_pairs(PAIRS[::-1])[::-1]
    assert np.abs(backwards - answers).max() < 1e-5
    assert plain.read_pairs([]).shape == (0, 3)


def test_a_pair_is_read_once_and_the_cache_gives_the_same(
    plain: ReferenceEncoder, tmp_path: Path
) -> None:
    first = CachedEmbedder(plain, tmp_path / "v.sqlite").read_pairs([*PAIRS, PAIRS[0]])
    assert np.abs(first[:-1] - plain.read_pairs(PAIRS)).max() < 1e-3
    assert (first[0] == first[-1]).all()
    unloaded = ReferenceEncoder()
    again = CachedEmbedder(unloaded, tmp_path / "v.sqlite").read_pairs(PAIRS[::-1])
    assert (again[::-1] == first[:-1]).all()
    assert "_stance_reader" not in vars(unloaded)


def test_only_the_packaged_model_compares(tmp_path: Path) -> None:
    named = ReferenceEncoder(str(packaged_model()))
    assert pair_reader(CountingEmbedder()) is None
    for embedder in (named, CountingEmbedder()):
        cached = CachedEmbedder(embedder, tmp_path / "v.sqlite")
        assert pair_reader(cached) is None
        with pytest.raises(CoderError, match="cannot tell who is for"):
            cached.read_pairs(PAIRS)


def test_layers_that_were_not_shipped_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = bytearray(STANCE_LAYERS.read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "layers.safetensors").write_bytes(damaged)
    monkeypatch.setattr("coder.embedding.stance.STANCE_LAYERS", tmp_path / "layers.safetensors")
    with pytest.raises(CoderError, match="is not the file that was shipped"):
        ReferenceEncoder().read_pairs(PAIRS)
