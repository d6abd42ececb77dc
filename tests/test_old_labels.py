"""Labels of earlier versions, with reviewers' answers written over the model's, are read as the model's answer."""

from pathlib import Path

import pandas as pd
import pytest

from coder.old_labels import holds_reviewers_answers, model_answer
from coder.project import Project
from coder.tables import LABELS

# comment, theme, position, probability, assigned as stored, origin as stored, assigned by the model
ROWS = [
    ("c1", "bus", "", 0.9, True, "model", True),
    ("c1", "bus", "more", 0.7, True, "model", True),
    ("c1", "bins", "", 0.2, False, "model", False),
    ("c2", "bus", "", 0.8, False, "ann", True),  # the reviewer said no, the model yes
    ("c2", "bus", "more", 0.75, False, "ann", True),
    ("c2", "bins", "", 0.1, True, "ann", False),  # the reviewer said yes, the model no
    ("c3", "bus", "", 0.3, True, "bo", False),
    ("c3", "bus", "more", 0.72, True, "bo", False),  # no position without its theme
    ("c3", "bins", "", 0.35, False, "bo", True),  # no comment tells the cut: the run record does
]
THRESHOLDS = {"bus": 0.4, "bins": 0.35}


def stored() -> pd.DataFrame:
    rows = [
        (c, t, p, probability, assigned, origin, "", -1, -1, "1")
        for c, t, p, probability, assigned, origin, _ in ROWS
    ]
    return pd.DataFrame(rows, columns=list(LABELS.columns)).astype(LABELS.dtypes)


WANTED = [row[-1] for row in ROWS]


def test_the_models_answer_follows_the_thresholds_of_the_run_record() -> None:
    labels = model_answer(stored(), THRESHOLDS)
    assert labels["assigned"].tolist() == WANTED
    assert set(labels["origin"]) == {"model"}
    pd.testing.assert_frame_equal(
        labels.drop(columns=["assigned", "origin"]), stored().drop(columns=["assigned", "origin"])
    )
    assert {name: str(dtype) for name, dtype in labels.dtypes.items()} == LABELS.dtypes


def test_a_threshold_between_two_sixth_decimals_is_met_by_the_rounded_probability() -> None:
    labels = stored().assign(probability=0.333333)
    assert model_answer(labels, {"bus": 1 / 3, "bins": 1 / 3})["assigned"].iloc[3]


def test_without_a_threshold_the_lowest_probability_assigned_by_the_model_stands_for_it() -> None:
    labels = model_answer(stored(), {})
    assigned = labels.set_index(["comment_id", "theme_id", "position_id"])["assigned"]
    assert not assigned["c2", "bus", ""]  # the model assigned it from 0.9 on
    assert not assigned["c3", "bins", ""]  # nothing tells: one half


def test_labels_of_the_model_alone_are_returned_as_they_are() -> None:
    labels = stored().assign(origin="model")
    assert not holds_reviewers_answers(labels)
    assert holds_reviewers_answers(stored())
    pd.testing.assert_frame_equal(model_answer(labels, THRESHOLDS), labels)


@pytest.mark.parametrize("recorded", [True, False])
def test_a_project_reads_them_so(tmp_path: Path, recorded: bool) -> None:
    project = Project(tmp_path)
    project.write_labels(stored())
    if recorded:
        project.record_run("apply", {"thresholds": THRESHOLDS})
        assert project.labels["assigned"].tolist() == WANTED
    assert set(project.labels["origin"]) == {"model"}
