"""The report as a Python user gets it: from a project, shown in a notebook, with options by name."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.errors import CoderError
from coder.project import Project
from coder.reporting import Options, Report
from coder.reporting.options import OptionArguments
from coder.workflow.report import report
from report_helpers import report_of
from test_report_estimates import BOOK, N, judge, world
from test_report_population import make_project


@pytest.fixture(scope="module")
def consultation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_project(tmp_path_factory.mktemp("python"))


def test_a_report_of_a_project_holds_frames(consultation: tuple[Path, Path]) -> None:
    folder, codebook = consultation
    made = report(folder, codebook, by="source", quotes=0, campaigns="once")
    assert isinstance(made, Report)
    assert isinstance(made.themes, pd.DataFrame)
    assert int(made.themes.iloc[0]["n"]) == 140
    assert made.quotes.empty
    same = report(Project(folder), str(codebook), quotes=0)
    pd.testing.assert_frame_equal(made.themes, same.themes)


def test_a_project_is_not_compared_with_itself(consultation: tuple[Path, Path]) -> None:
    folder, codebook = consultation
    with pytest.raises(CoderError, match="the project that is reported"):
        report(folder, codebook, before=Project(folder))


def test_a_notebook_shows_the_theme_table_escaped() -> None:
    comments, labels, truth = world()
    themes = (BOOK.themes[0].model_copy(update={"name": "<b>Big</b> & bold"}), *BOOK.themes[1:])
    book = BOOK.model_copy(update={"themes": themes, "title": "<script>Plan"})
    drawn = judge(truth, np.arange(0, N, 5), "random")
    made = report_of(comments, labels, book, drawn, quotes=0)
    html = made._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;Big&lt;/b&gt; &amp; bold" in html
    assert made.base in html
    assert made.standing in html
    assert "95% interval" in html


def test_options_have_the_names_that_keyword_arguments_have() -> None:
    names = {field.name for field in fields(Options)} - {"by"}
    assert set(OptionArguments.__annotations__) == names


@pytest.mark.parametrize(
    ("wrong", "value"), [("campaigns", "twice"), ("correction", "none"), ("threshold", "-3")]
)
def test_a_wrong_option_is_named_as_in_python(wrong: str, value: str) -> None:
    with pytest.raises(CoderError, match=f"{wrong}='{value}'"):
        Options(**{wrong: value})  # type: ignore[arg-type]
