"""A report of labels that are read block by block says the same as one of a table in memory."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook, Position, Theme, write_codebook
from coder.decisions import Decision, DecisionLog
from coder.exporting.to_json import as_tree
from coder.label_files import PART, write_parquet
from coder.project import Project, Settings
from coder.reporting import Inputs, Options, build_report, gather
from coder.reporting.evidence import EvidenceReader
from coder.reviewing.opening import read_suggestions
from coder.tables import LABELS
from coder.text import Span, text_hash
from coder.transactions import Transaction
from coder.workflow.agree import agree
from coder.workflow.review import review_status
from coder.workflow.standing_labels import read_carried_labels

BOOK = Codebook(
    title="Plan",
    themes=(
        Theme(
            id="safety",
            name="Safety",
            was=("safe",),
            themes=(Theme(id="police", name="Police"), Theme(id="lights", name="Lights")),
        ),
        Theme(
            id="drugs",
            name="Drugs",
            positions=(Position(id="more", name="More"), Position(id="less", name="Less")),
        ),
    ),
)
# As they were when the comments were coded.
KEYS = (
    ("safe", ""),
    ("police", ""),
    ("lights", ""),
    ("drugs", ""),
    ("drugs", "more"),
    ("drugs", "less"),
)
N = 90
IDS = [f"c{number:02d}" for number in range(N)]


def make_comments() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    words = [f"word{number}" for number in range(60)]
    return pd.DataFrame(
        {
            "comment_id": IDS,
            "text": [f"We say {' '.join(rng.choice(words, rng.integers(5, 50)))}." for _ in IDS],
            "source": rng.choice(["Web", "Poll"], N),
            "role": "public",
            "status": np.where(np.arange(N) % 17 == 3, "excluded", "analysed"),
            "reason": np.where(np.arange(N) % 17 == 3, "empty", ""),
            "weight": np.nan,
            "campaign_id": np.where(np.arange(N) % 11 == 5, "letter", ""),
            "question": "",
            "ward": rng.choice(["North", "South"], N),
        }
    )


def make_labels() -> pd.DataFrame:
    """Labels in another order than the comments; one comment has gone since, one is not coded."""
    rng = np.random.default_rng(1)
    coded = ["gone", *IDS[40:], *IDS[:39]]
    rows = []
    for comment_id in coded:
        for theme_id, position_id in KEYS:
            probability = round(float(rng.random()), 6)
            start = int(rng.integers(-1, 3))
            end = start + 6 if start >= 0 else -1
            rows.append(
                (comment_id, theme_id, position_id, probability, probability > 0.6, start, end)
            )
    columns = ["comment_id", "theme_id", "position_id", "probability", "assigned"]
    table = pd.DataFrame(rows, columns=[*columns, "evidence_start", "evidence_end"])
    return table.assign(origin="model", evidence="", codebook_version="1")[list(LABELS.columns)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    """A project whose labels are in parts, with the decisions of a reviewer."""
    folder = tmp_path_factory.mktemp("world")
    comments = make_comments()
    project = Project(folder / "plan")
    project.folder.mkdir()
    project.write(Settings(name="plan"), comments)
    labels = make_labels()
    with Transaction(project.folder) as change:
        parts = change.stage(project.labels_path, replaces_folder=True)
        parts.mkdir()
        sizes = (len(KEYS), 30 * len(KEYS), 7 * len(KEYS), len(labels))
        start = 0
        for number, size in enumerate(sizes):
            own = labels.iloc[start : start + size].reset_index(drop=True)
            write_parquet(parts / PART.format(number=number), own)
            start += size
    path = folder / "book.yaml"
    write_codebook(path, BOOK)
    text_of = dict(zip(comments["comment_id"], comments["text"], strict=True))
    decisions = []
    for number, comment_id in enumerate(IDS[:50]):
        decisions.append(
            Decision(
                project="plan",
                comment_id=comment_id,
                text_hash=text_hash(text_of[comment_id]),
                text=text_of[comment_id],
                reviewer="ann",
                mode="blind",
                chosen="random",
                scope=BOOK.theme_ids,
                themes={"lights": ()} if number % 3 else {"drugs": ("more",)},
                codebook_version="1",
                codebook_fingerprint=BOOK.fingerprint,
            )
        )
    DecisionLog(path, "ann").append(decisions)
    return project, path


@pytest.mark.parametrize("campaigns", ["each", "once"])
def test_a_report_of_parts_is_that_of_a_table(world: tuple[Project, Path], campaigns: str) -> None:
    project, path = world
    inputs = gather(project, path)
    options = Options(by=("ward",), campaigns=campaigns, minimum_base=5, quotes=4)
    in_blocks = build_report(inputs, options)
    shuffled = make_labels().sample(frac=1, random_state=3)
    whole = build_report(replace(inputs, labels=shuffled), options)
    assert as_tree(in_blocks) == as_tree(whole)
    pd.testing.assert_frame_equal(in_blocks.labels, whole.labels)
    assert len(in_blocks.quotes) > 8
    assert in_blocks.coded_by_model
    shown = in_blocks.labels[in_blocks.labels["evidence_start"] >= 0]
    stored = make_labels().replace({"theme_id": {"safe": "safety"}})
    key = ["comment_id", "theme_id", "position_id", "evidence_start", "evidence_end"]
    assert len(shown) > 20
    assert len(shown.merge(stored, on=key)) == len(shown)


def test_labels_without_rows_are_no_labels() -> None:
    inputs = Inputs(make_comments(), make_labels()[:0], BOOK)
    assert not inputs.has_labels
    assert not Inputs(make_comments(), None, BOOK).has_labels


def test_evidence_is_known_by_comment_and_row() -> None:
    labels = make_labels()
    labels["theme_id"] = labels["theme_id"].replace("safe", "safety")
    keys = [("drugs", "more"), ("police", ""), ("safety", "")]
    reader = EvidenceReader(pd.Index(IDS), keys)
    assert sum(map(len, reader.watch([labels[:120], labels[120:]]))) == len(labels)
    spans = reader.spans()
    mask = np.arange(N) % 4 == 1
    fewer, kept = spans.only(mask), np.flatnonzero(mask)
    cells = labels.set_index(["comment_id", "theme_id", "position_id"])
    for comment, comment_id in enumerate(IDS):
        for row, key in enumerate(keys):
            expected = None
            if (comment_id, *key) in cells.index:
                cell = cells.loc[(comment_id, *key)]
                if cell["assigned"] and cell["evidence_start"] >= 0:
                    expected = Span(cell["evidence_start"], cell["evidence_end"])
            assert spans.of_assigned(comment, row) == expected
            if mask[comment]:
                place = int(np.flatnonzero(kept == comment)[0])
                assert fewer.of_assigned(place, row) == expected
    starts, ends = spans.offsets(np.array([0, 39]), np.array([2, 2]))
    assert starts[0] == cells.loc[(IDS[0], "safety", ""), "evidence_start"]
    assert ends[0] == cells.loc[(IDS[0], "safety", ""), "evidence_end"]
    assert (starts[1], ends[1]) == (-1, -1)


def test_other_readers_of_labels_take_parts_too(world: tuple[Project, Path]) -> None:
    project, path = world
    suggestions = read_suggestions(project, BOOK)
    labels = make_labels()
    assert suggestions is not None
    assert set(suggestions.comment_ids) == set(labels["comment_id"])
    for row in labels[labels["theme_id"] == "drugs"].itertuples():
        shown = suggestions.of(row.comment_id, row.theme_id, row.position_id)
        assert shown is not None
        assert shown.assigned == row.assigned
        assert shown.probability == pytest.approx(row.probability)
    carried = read_carried_labels(project, path, BOOK)
    of_ann = carried[carried["origin"] == "ann"]
    assert {"lights", "drugs"} <= set(of_ann["theme_id"])
    assert (of_ann["theme_id"] == "lights").sum() == 33  # two of three reviewed
    status = review_status(project, path)
    assert status.status.analysed == int((make_comments()["status"] == "analysed").sum())
    outcome = agree(project, path)
    assert outcome.facts()
