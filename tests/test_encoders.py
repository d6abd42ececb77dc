"""The engines beside the reference: the same vectors, whatever stands beside a text."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.coding import apply_codebook
from coder.embedding import (
    ENCODERS,
    CachedEmbedder,
    EncoderChoice,
    OpenVINOEncoder,
    ReferenceEncoder,
    TextPair,
    TorchEncoder,
    TwoViewEmbedder,
    Views,
    embedder_of,
    make_embedder,
    views_of,
)
from coder.embedding.known_files import known_sha256
from coder.embedding.openvino_encoder import cut_by_shape, lay_out, padded_length
from coder.embedding.packaged import STANCE_LAYERS
from coder.errors import CoderError
from coder.files import sha256_of
from coder.project import Project
from coder.workflow.checks.result import ProjectContents
from coder.workflow.checks.weights import check_weights
from conftest import EXAMPLE, ROOT

ODD = [
    "",
    " ",
    "\t\n\r",
    "🙂",
    "👩‍👩‍👧‍👦 " * 40,
    "شكرا جزيلا، نحتاج إلى المزيد من الحافلات",
    "道路が狭すぎます。もっと自転車道を作ってください。",
    "\x00\u202e\x07\x1b[31m",
    "ﬁne-ish naïve ＣＡＦÉ",
    "x" * 5000,
    "police " * 255,
    "more buses and trains " * 200,
    "?!" * 300,
]
PAIRS = [
    TextPair("We should ban zoos", "Zoos are cruel and must be closed"),
    TextPair("We should ban zoos", "Zoos save rare animals and teach children, so keep them"),
    TextPair("More street lights please", "Fewer street lights please, I cannot sleep"),
    TextPair("More street lights please", "We badly need street lights on our road"),
    TextPair("", "\x00\u202e"),
    TextPair("bus " * 100, "Night buses"),
]
# Answers on these pairs of version 0.2, which read them with transformers.
ANSWERS_02 = [
    [0.7885313, 0.2089375, 0.0025312],
    [0.0612232, 0.9327452, 0.0060316],
    [0.1334567, 0.7242195, 0.1423238],
    [0.9901011, 0.0031785, 0.0067204],
    [0.5918463, 0.4054927, 0.0026610],
    [0.2352725, 0.2450536, 0.5196739],
]


def varied_texts() -> list[str]:
    """A hundred texts: comments of the example and odd ones."""
    comments = pd.read_csv(EXAMPLE / "comments.csv", dtype=str, keep_default_na=False)
    texts = list(comments.iloc[:, 1].drop_duplicates())
    return [*ODD, *texts[: 100 - len(ODD)]]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return varied_texts()


@pytest.fixture(scope="module")
def reference(texts: list[str]) -> Views:
    return ReferenceEncoder().encode_views(texts)


def openvino(precision: str) -> OpenVINOEncoder:
    if find_spec("openvino") is None:
        pytest.skip("openvino is not installed")
    if precision == "bf16" and OpenVINOEncoder("auto").precision != "bf16":
        pytest.skip("this processor has no instructions for bf16")
    return OpenVINOEncoder(precision)


REAL_ENCODERS = dict(ENCODERS)  # before the tests' encoder takes the place of some
MAKERS: dict[str, Callable[[], TwoViewEmbedder]] = {
    "torch fp32": lambda: TorchEncoder("cpu"),
    "torch bf16": lambda: TorchEncoder("cpu", "bf16"),
    "openvino fp32": lambda: openvino("fp32"),
    "openvino bf16": lambda: openvino("bf16"),
}


@pytest.fixture(scope="module", params=sorted(MAKERS))
def engine(request: pytest.FixtureRequest) -> TwoViewEmbedder:
    made = MAKERS[request.param]()
    made.engine_name = request.param  # type: ignore[attr-defined]
    return made


def is_full(engine: TwoViewEmbedder) -> bool:
    return str(engine.engine_name).endswith("fp32")  # type: ignore[attr-defined]


def both(views: Views) -> list[NDArray[np.float32]]:
    assert views.opinion is not None
    return [views.plain, views.opinion]


# ---------------------------------------------------------------- the vectors


def test_the_texts_are_a_hundred_and_varied(texts: list[str]) -> None:
    assert len(texts) == len(set(texts)) == 100
    assert max(map(len, texts)) > 4000


def test_an_engine_gives_the_vectors_of_the_reference(
    engine: TwoViewEmbedder, texts: list[str], reference: Views
) -> None:
    for mine, theirs in zip(both(engine.encode_views(texts)), both(reference), strict=True):
        if is_full(engine):
            assert np.abs(mine - theirs).max() < 1e-6
        else:
            assert (mine * theirs).sum(axis=1).min() >= 0.9999


def test_a_vector_does_not_depend_on_its_neighbours(
    engine: TwoViewEmbedder, texts: list[str]
) -> None:
    together = both(engine.encode_views(texts))
    backwards = both(engine.encode_views(texts[::-1]))
    few = both(engine.encode_views(texts[:3]))
    alone = both(engine.encode_views(texts[20:21]))
    for view in range(2):
        assert (backwards[view][::-1] == together[view]).all()
        assert (few[view] == together[view][:3]).all()
        assert (alone[view] == together[view][20:21]).all()


def test_only_full_precision_shares_the_fingerprint(engine: TwoViewEmbedder) -> None:
    assert (engine.fingerprint == ReferenceEncoder().fingerprint) == is_full(engine)


def test_pairs_get_the_answers_of_version_02() -> None:
    for encoder in (TorchEncoder("cpu"), ReferenceEncoder()):
        assert np.abs(encoder.read_pairs(PAIRS) - ANSWERS_02).max() < 1e-5
    lower = TorchEncoder("cpu", "bf16").read_pairs(PAIRS)
    assert np.abs(lower - ANSWERS_02).max() < 0.05


def test_more_pairs_than_a_block_get_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = TorchEncoder("cpu")
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("coder.embedding.stance.PAIRS_AT_ONCE", 4)
    answers = encoder.read_pairs(PAIRS[::-1], lambda done, total, _: told.append((done, total)))
    assert np.abs(answers[::-1] - ANSWERS_02).max() < 1e-5
    assert told[-1] == (len(PAIRS), len(PAIRS))
    assert told == sorted(told)


def test_lower_precision_hardly_changes_what_is_coded(
    example_comments: pd.DataFrame,
    plan: Codebook,
    embedder: CachedEmbedder,
    tmp_path: Path,
) -> None:
    """The same on NEAS, by command, stands in tests/benchmarks/RESULTS.md."""
    lower = CachedEmbedder(TorchEncoder("cpu", "bf16"), tmp_path / "v.sqlite")
    assigned = []
    for encoder in (embedder, lower):
        labels = apply_codebook(example_comments, plan, encoder).labels
        rows = labels.set_index(["comment_id", "theme_id", "position_id"])
        assigned.append(rows["assigned"].sort_index())
    assert assigned[0].index.equals(assigned[1].index)
    assert (assigned[0] != assigned[1]).mean() < 0.001


# ---------------------------------------------------------------- what is chosen


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (EncoderChoice(encoder="referense"), "Did you mean 'reference'"),
        (EncoderChoice(device="gpu"), "there is no device 'gpu'"),
        (EncoderChoice(precision="int8"), "there is no precision 'int8'"),
        (EncoderChoice(model="x", encoder="torch"), "computes the packaged model only"),
        (EncoderChoice(encoder="reference", precision="bf16"), "has no precision 'bf16'"),
        (EncoderChoice(encoder="openvino", device="cuda"), "has no device 'cuda'"),
    ],
)
def test_a_choice_that_cannot_be_is_one_clear_error(
    choice: EncoderChoice, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, make in REAL_ENCODERS.items():
        monkeypatch.setitem(ENCODERS, name, make)
    with pytest.raises(CoderError, match=words):
        embedder_of(choice, tmp_path / "v.sqlite")


def test_a_run_record_tells_the_choice() -> None:
    choice = EncoderChoice(encoder="torch", precision="bf16")
    assert EncoderChoice.of_facts(choice.facts()) == choice
    assert EncoderChoice.of_facts({"model": "all-MiniLM-L6-v2", "seed": 3}) == EncoderChoice()
    assert EncoderChoice.of_facts({"model": "other"}) == EncoderChoice(model="other")


def test_openvino_is_taken_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[str] = []
    for name in ENCODERS:

        def make(_choice: EncoderChoice, name: str = name) -> TorchEncoder:
            made.append(name)
            return TorchEncoder("cpu")

        monkeypatch.setitem(ENCODERS, name, make)
    for spec in (None, object()):
        monkeypatch.setattr("coder.embedding.encoders.find_spec", lambda _name, spec=spec: spec)
        for choice in (EncoderChoice(), EncoderChoice(device="cuda"), EncoderChoice(model="x")):
            embedder_of(choice, tmp_path / "v.sqlite")
    assert made == ["torch", "torch", "reference", "openvino", "torch", "reference"]


def test_another_process_gets_the_precision_that_was_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encoder = OpenVINOEncoder()
    vars(encoder)["precision"] = "bf16"  # as on a processor that has it
    monkeypatch.setitem(ENCODERS, "openvino", lambda _choice: encoder)
    cached = embedder_of(EncoderChoice(encoder="openvino"), tmp_path / "v.sqlite")
    _make, (choice, _cache) = cached.__reduce__()  # type: ignore[misc]
    assert choice == EncoderChoice(encoder="openvino", precision="bf16")


def test_openvino_that_is_not_installed_is_one_clear_error() -> None:
    if find_spec("openvino") is not None:
        pytest.skip("openvino is installed")
    with pytest.raises(CoderError, match=r"OpenVINO is not installed"):
        OpenVINOEncoder().encode(["x"])


def test_another_model_is_read_by_the_reference(tmp_path: Path) -> None:
    embedder = make_embedder(tmp_path / "v.sqlite", str(tmp_path))
    assert not embedder.has_opinion
    assert not embedder.has_stance


def test_a_gpu_that_is_not_there_is_one_clear_error() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(CoderError, match="torch sees no GPU"):
        TorchEncoder("cuda").encode(["x"])


# ---------------------------------------------------------------- what is loaded

LOADED = """
import json, sys
from coder.embedding import TextPair, make_embedder
embedder = make_embedder(sys.argv[1])
embedder.encode_views(["More police", "Night buses", "More police"])
embedder.encode_distinct(["More police"])
embedder.encode([])
embedder.read_pairs([TextPair("More police", "Fewer police")])
names = ("torch", "tokenizers", "safetensors", "transformers", "sentence_transformers")
print(json.dumps([embedder.embedded, [name for name in names if name in sys.modules]]))
"""


def test_kept_vectors_load_no_engine_and_new_ones_no_transformers(tmp_path: Path) -> None:
    reports = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", LOADED, str(tmp_path / "v.sqlite")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        reports.append(json.loads(done.stdout))
    assert reports[0] == [2, ["torch", "tokenizers", "safetensors"]]
    assert reports[1] == [0, []]


# ---------------------------------------------------------------- files known by size and time


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Files that were read to get their SHA-256; what is remembered lies in a folder of its own."""
    read = []

    def count(path: Path) -> str:
        read.append(path)
        return sha256_of(path)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("coder.embedding.known_files.sha256_of", count)
    return read


def old_file(path: Path, content: bytes, seconds: int) -> Path:
    path.write_bytes(content)
    os.utime(path, (seconds, seconds))
    return path


def test_a_file_is_read_once_until_it_changes(counted: list[Path], tmp_path: Path) -> None:
    file = old_file(tmp_path / "weights", b"one", 1_000_000)
    first = known_sha256(file)
    assert known_sha256(file) == first == sha256_of(file)
    assert len(counted) == 1
    kept = tmp_path / "cache" / "coder" / "known_files.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    old_file(file, b"two", 1_000_001)
    assert known_sha256(file) == sha256_of(file) != first
    assert len(counted) == 2
    other = old_file(tmp_path / "other", b"abc", 1_000_001)
    other.replace(file)
    os.utime(file, (1_000_001, 1_000_001))
    assert known_sha256(file) == sha256_of(file)
    kept.write_text("{damaged")
    assert known_sha256(file) == sha256_of(file)
    assert len(counted) == 4


def test_a_file_that_was_just_written_is_not_remembered(
    counted: list[Path], tmp_path: Path
) -> None:
    file = tmp_path / "weights"
    for content in (b"one", b"two"):
        file.write_bytes(content)
        assert known_sha256(file) == sha256_of(file)
    assert len(counted) == 2


def test_weights_that_are_not_the_published_ones_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    monkeypatch.setattr("coder.embedding.packaged.packaged_model", lambda: tmp_path)
    for make in (TorchEncoder, ReferenceEncoder):
        with pytest.raises(CoderError, match="are not the published ones"):
            make()


def test_check_reads_the_weights_themselves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    contents = ProjectContents(Project(tmp_path))
    (whole,) = check_weights(contents)
    assert whole.content == "3 files of weights"
    assert whole.faults == ()
    damaged = bytearray(STANCE_LAYERS.read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "layers.safetensors").write_bytes(damaged)
    monkeypatch.setattr("coder.embedding.packaged.STANCE_LAYERS", tmp_path / "layers.safetensors")
    monkeypatch.setattr("coder.embedding.known_files.known_sha256", lambda _path: "as remembered")
    (faulty,) = check_weights(contents)
    assert len(faulty.faults) == 1
    assert "layers.safetensors" in faulty.faults[0]


def test_a_batch_of_one_length_has_one_shape() -> None:
    for length in range(1, 257):
        padded = padded_length(length)
        assert length <= padded <= length * 17 / 16 + 1
        assert padded_length(padded) == padded
    lengths = [2, 256, 18, 17, 2, *[9] * 100]
    batches = list(cut_by_shape(lengths))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    shapes = {lay_out([np.ones(lengths[row]) for row in batch])[0].shape for batch in batches}
    assert len(shapes) == len({padded_length(length) for length in lengths})


def test_views_of_an_engine_are_those_it_offers() -> None:
    views = views_of(TorchEncoder("cpu"), [])
    assert [view.shape for view in both(views)] == [(0, 384), (0, 384)]
