"""`apply` in passes over blocks: the same answers whatever the blocks, the store and the workers."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook
from coder.coding import Coding, apply_codebook, blocks, learn_pass, model, scoring
from coder.coding.blocks import FolderStore, MemoryStore, TextBlock
from coder.coding.neighbours import choose_candidates
from coder.coding.passes import CountInputs
from coder.embedding import CachedEmbedder, Views, make_embedder
from coder.engine import Progress, open_engine, silent
from coder.engine.checkpoints import KeptRun
from coder.errors import CoderError
from coder.project import Project
from coder.tables import analysed
from coder.workflow import coded_tables
from coder.workflow.apply import apply
from coder.workflow.check import check
from coder.workflow.read import read
from coder.workflow.workplace import Place, open_workplace
from conftest import CODEBOOK, EXAMPLE
from test_apply import decided

DECIDED = 24


@pytest.fixture(scope="module")
def judged(
    example_comments: pd.DataFrame, example_codes: "pd.Series[str]", plan: Codebook
) -> pd.DataFrame:
    """Judgements on some of the example's comments, with positions."""
    analysed = example_comments[example_comments["status"] == "analysed"]
    ids = analysed["comment_id"].head(DECIDED)
    themes = {comment_id: example_codes.get(comment_id, "") for comment_id in ids}
    return decided(plan, example_comments, themes)


@pytest.fixture(scope="module")
def whole(
    example_comments: pd.DataFrame,
    plan: Codebook,
    judged: pd.DataFrame,
    embedder: CachedEmbedder,
) -> Coding:
    """The example coded in one block."""
    coding = apply_codebook(example_comments, plan, embedder, judged, project="made up")
    assert not coding.labels.empty  # made here, before a test changes the size of blocks
    return coding


@pytest.fixture
def example_codebook(tmp_path: Path) -> Path:
    """A copy of the shipped codebook, to which decisions could be added."""
    return Path(shutil.copy(CODEBOOK, tmp_path / "plan.yaml"))


@pytest.fixture
def example_project(tmp_path: Path) -> Project:
    """The example as a project."""
    return read(EXAMPLE / "comments.csv", into=tmp_path / "plan.coding").project


def check_alike(coding: Coding, whole: Coding) -> None:
    """The same but for what rounding changes."""
    key = ["comment_id", "theme_id", "position_id"]
    assert coding.labels[key].equals(whole.labels[key])
    difference = coding.labels["probability"] - whole.labels["probability"]
    assert difference.abs().max() < 0.002
    assert (coding.labels["assigned"] != whole.labels["assigned"]).sum() <= 2
    assert coding.facts["other_language"] == whole.facts["other_language"]
    assert coding.facts["long_comments"] == whole.facts["long_comments"]
    assert coding.facts["found_by"] == whole.facts["found_by"]


@pytest.mark.parametrize("size", [37, 150])
def test_the_size_of_blocks_changes_no_answer(
    size: int,
    example_comments: pd.DataFrame,
    plan: Codebook,
    judged: pd.DataFrame,
    embedder: CachedEmbedder,
    whole: Coding,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", size)
    monkeypatch.setattr("coder.coding.label_pass.BLOCK", size)
    coding = apply_codebook(example_comments, plan, embedder, judged, project="made up")
    check_alike(coding, whole)


def test_what_is_learned_from_a_sample_of_many_comments_is_nearly_the_same(
    example_comments: pd.DataFrame,
    plan: Codebook,
    judged: pd.DataFrame,
    embedder: CachedEmbedder,
    whole: Coding,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learn_pass, "FITTED_ON", 300)
    coding = apply_codebook(example_comments, plan, embedder, judged, project="made up")
    difference = coding.labels["probability"] - whole.labels["probability"]
    assert 0 < difference.abs().mean() < 0.01
    assert (coding.labels["assigned"] != whole.labels["assigned"]).mean() < 0.01


def test_workers_and_files_give_the_same_bytes(
    example_comments: pd.DataFrame,
    plan: Codebook,
    judged: pd.DataFrame,
    embedder: CachedEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Workers cut labels into the blocks they are sent, so the size need not be known to them.
    monkeypatch.setattr(blocks, "BLOCK", 100)
    monkeypatch.setattr("coder.coding.label_pass.BLOCK", 100)
    here = apply_codebook(example_comments, plan, embedder, judged, project="made up")
    (tmp_path / "kept").mkdir()
    with open_engine(workers=2, scratch=tmp_path) as engine:
        coding = apply_codebook(
            example_comments,
            plan,
            embedder,
            judged,
            project="made up",
            engine=engine,
            kept=KeptRun(tmp_path / "kept"),
        )
        labels = coding.labels
    pd.testing.assert_frame_equal(labels, here.labels, check_exact=True)
    assert coding.facts == here.facts


# ---------------------------------------------------------------- a text that cannot be read


class Poisoned:
    """An encoder that fails on one text."""

    has_opinion = True
    fingerprint = "poisoned"

    def __init__(self, embedder: CachedEmbedder, text: str) -> None:
        self._embedder = embedder
        self._text = text

    embedded = 0

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> np.ndarray:
        return self.encode_views(texts, progress).plain

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        if any(self._text in text for text in texts):
            raise ValueError(f"cannot read {self._text}")
        return self._embedder.encode_views(texts, progress)


def test_a_comment_that_cannot_be_read_is_named_and_left_out(
    example_comments: pd.DataFrame,
    plan: Codebook,
    judged: pd.DataFrame,
    embedder: CachedEmbedder,
    whole: Coding,
) -> None:
    analysed = example_comments[example_comments["status"] == "analysed"]
    bad = analysed.iloc[40]
    coding = apply_codebook(
        example_comments,
        plan,
        Poisoned(embedder, str(bad["text"])),
        judged,
        project="made up",
    )
    assert list(coding.left_out) == [bad["comment_id"]]
    assert "ValueError" in coding.left_out[bad["comment_id"]]
    assert str(bad["text"]) not in coding.left_out[bad["comment_id"]]
    assert coding.facts["comments"] == len(analysed) - 1
    rest = whole.labels[whole.labels["comment_id"] != bad["comment_id"]]
    assert list(coding.labels["comment_id"]) == list(rest["comment_id"])
    difference = np.abs(coding.labels["probability"] - rest["probability"].to_numpy())
    assert difference.mean() < 0.01


def test_blocks_after_a_comment_left_out_hold_their_own_comments(
    example_comments: pd.DataFrame,
    plan: Codebook,
    judged: pd.DataFrame,
    embedder: CachedEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 60)
    monkeypatch.setattr("coder.coding.label_pass.BLOCK", 60)
    monkeypatch.setattr(model, "MOST_IN_MEMORY", 100)
    rows = analysed(example_comments)
    bad = rows.iloc[5]  # one of those that were decided
    (tmp_path / "kept").mkdir()
    poisoned = Poisoned(embedder, str(bad["text"]))
    coding = apply_codebook(
        example_comments,
        plan,
        poisoned,
        judged,
        project="made up",
        kept=KeptRun(tmp_path / "kept"),
    )
    assert list(coding.left_out) == [bad["comment_id"]]
    without = rows[rows["comment_id"] != bad["comment_id"]]
    others = judged[judged["comment_id"] != bad["comment_id"]]
    expected = apply_codebook(without, plan, embedder, others, project="made up")
    pd.testing.assert_frame_equal(coding.labels, expected.labels, check_exact=True)


def test_who_applies_hears_of_comments_left_out_and_check_agrees(
    example_project: Project, example_codebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = str(analysed(example_project.comments)["text"].iloc[7])
    monkeypatch.setattr(
        "coder.embedding.embedder_of",
        lambda *_: Poisoned(make_embedder(example_project.cache_path), text),
    )
    outcome = apply(example_project, example_codebook)
    (comment_id,) = outcome.run["left_out"]
    (warning,) = [line for line in outcome.warnings if "left out" in line]
    assert comment_id in warning
    assert text not in warning
    results = check(example_project, example_codebook).results
    (labels,) = [result for result in results if result.subject == "labels"]
    assert not labels.faults
    assert comment_id in labels.notes[0]


def test_an_example_that_cannot_be_read_stops_the_run(
    example_comments: pd.DataFrame, plan: Codebook, embedder: CachedEmbedder
) -> None:
    example = next(text for theme in plan.active for text in theme.examples)
    with pytest.raises(CoderError, match="example"):
        apply_codebook(example_comments, plan, Poisoned(embedder, example))


# ---------------------------------------------------------------- files


def test_labels_of_a_large_project_are_written_in_parts(
    example_project: Project,
    example_codebook: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apply(example_project, example_codebook)
    small = example_project.labels
    tables = {}
    for name in ("labels.csv", "matrix.csv"):
        tables[name] = (example_project.folder / name).read_bytes()
    monkeypatch.setattr(coded_tables, "MOST_IN_ONE_FILE", 100)
    monkeypatch.setattr(coded_tables, "COMMENTS_IN_A_PART", 100)
    monkeypatch.setattr(blocks, "BLOCK", 60)
    monkeypatch.setattr("coder.coding.label_pass.BLOCK", 60)
    monkeypatch.setattr(model, "MOST_IN_MEMORY", 100)
    outcome = apply(example_project, example_codebook)
    assert len(example_project.label_files.parts()) > 2
    parts = list(example_project.label_blocks())
    assert sum(part["comment_id"].nunique() for part in parts) == outcome.run["comments"]
    key = ["comment_id", "theme_id", "position_id"]
    assert example_project.labels[key].equals(small[key])
    assert not (example_project.folder / "cache" / "blocks").exists()
    for name, content in tables.items():
        lines = (example_project.folder / name).read_bytes().splitlines()
        assert lines[0] == content.splitlines()[0]
        assert abs(len(lines) - len(content.splitlines())) <= 3
    apply(example_project, example_codebook, place=Place(workers=2))
    pd.testing.assert_frame_equal(outcome.labels, example_project.labels, check_exact=True)


class Interrupting:
    """Progress that interrupts the run when its second pass begins."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int, str]] = []

    def __call__(self, done: int, total: int, what: str, /) -> None:
        self.steps.append((done, total, what))
        if what == "Scoring comments":
            raise KeyboardInterrupt


def test_an_interrupted_run_leaves_finished_blocks_for_the_next(
    example_project: Project,
    example_codebook: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 60)
    monkeypatch.setattr("coder.coding.label_pass.BLOCK", 60)
    monkeypatch.setattr(model, "MOST_IN_MEMORY", 100)
    kept = example_project.folder / "cache" / "blocks"
    with pytest.raises(KeyboardInterrupt):
        apply(example_project, example_codebook, progress=Interrupting())
    assert len(list(kept.rglob("counts/*.npz"))) > 5
    assert not example_project.has_labels
    counted: list[int] = []
    count_block = scoring.count_block

    def count_and_note(block: TextBlock, inputs: CountInputs) -> dict[str, Any]:
        counted.append(block.number)
        return count_block(block, inputs)

    monkeypatch.setattr(scoring, "count_block", count_and_note)
    outcome = apply(example_project, example_codebook)
    assert not [number for number in counted if number > 2]  # only those of positions
    assert not kept.exists()
    labels = example_project.labels
    apply(example_project, example_codebook)
    assert example_project.labels.equals(labels)
    assert outcome.run["comments"] == labels["comment_id"].nunique()


def test_two_runs_at_once_have_folders_of_their_own(
    example_project: Project, example_codebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MOST_IN_MEMORY", 100)
    with open_workplace(example_project, None, None, ()) as (_, kept):
        (kept.folder / "ours").touch()
        apply(example_project, example_codebook)
        assert (kept.folder / "ours").exists()
    assert not list((example_project.folder / "cache").glob("blocks-*"))


def test_blocks_are_kept_alike_in_memory_and_in_files(tmp_path: Path, whole: Coding) -> None:
    memory = MemoryStore()
    kept = whole._inputs.store.get(0)
    memory.put(0, kept)
    files = FolderStore(tmp_path / "blocks")
    files.put(0, kept)
    for name, array in memory.get(0).arrays().items():
        again = files.get(0).arrays()[name]
        assert again.dtype == array.dtype
        assert np.array_equal(again, array)
    assert np.array_equal(files.vectors(0), kept.vectors)
    assert (tmp_path / "blocks").stat().st_mode & 0o077 == 0
    path = next((tmp_path / "blocks").iterdir())
    assert path.stat().st_mode & 0o077 == 0


def test_a_block_can_lose_texts_and_keeps_its_number() -> None:
    block = TextBlock(3, ("a", "b", "c"))
    assert block.take([0, 2]) == TextBlock(3, ("a", "c"))


def test_the_order_of_rows_does_not_change_who_is_a_neighbour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("coder.coding.neighbours.MOST_COMPARED", 5)
    texts = [f"text {number}" for number in range(20)]
    chosen = {texts[row] for row in choose_candidates(texts)}
    turned = texts[::-1]
    assert {turned[row] for row in choose_candidates(turned)} == chosen
