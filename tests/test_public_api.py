"""What `import coder` offers: the same names for people, for type checkers and at run time."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import coder

ROOT = Path(__file__).resolve().parents[1]
USES = """
import pandas as pd
import coder

project = coder.read(pd.DataFrame({"answer": ["More buses"]}), text="answer", into="plan")
reveal_type(project)
reveal_type(project.labels)
reveal_type(coder.apply(project, "codebook.yaml"))
report = coder.report(project, "codebook.yaml", by=["age"], threshold="5%")
reveal_type(report)
reveal_type(report.themes)
reveal_type(coder.export(report, "themes.xlsx"))
reveal_type(coder.read_codebook)
"""
REVEALED = (
    "coder.project.Project",
    "DataFrame",
    "coder.workflow.apply.ApplyOutcome",
    "coder.reporting.report.Report",
    "DataFrame",
    "coder.workflow.export.ExportOutcome",
    "coder.codebook.model.Codebook",
)


def test_a_type_checker_sees_real_types(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(USES)
    words = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        str(ROOT / "pyproject.toml"),
        str(script),
    ]
    done = subprocess.run(words, cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
    revealed = [line for line in done.stdout.splitlines() if "Revealed type" in line]
    assert len(revealed) == len(REVEALED)
    for line, expected in zip(revealed, REVEALED, strict=True):
        assert expected in line
        assert "Any" not in line


def test_the_names_are_the_same_for_type_checkers_and_at_run_time() -> None:
    tree = ast.parse((ROOT / "coder" / "__init__.py").read_text("utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("coder."):
            imported.update(alias.name for alias in node.names)
    assert imported == set(coder.__all__) == set(coder._MODULES)
    assert dir(coder) == sorted(coder.__all__)
    for name in coder.__all__:
        assert getattr(coder, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = coder.nothing  # type: ignore[attr-defined]


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, coder; print([m for m in ('numpy', 'pandas', 'torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "name", ["agree", "apply", "check", "cluster", "export", "read", "report", "review"]
)
def test_every_function_says_what_it_takes_and_raises(name: str) -> None:
    function = getattr(coder, name)
    text = inspect.getdoc(function) or ""
    assert "Raises:\n    CoderError:" in text
    arguments = text.split("Args:")[1]
    for parameter in inspect.signature(function).parameters:
        assert parameter == "progress" or parameter in arguments, parameter


# ---------------------------------------------------------------- natural first calls


def test_a_path_given_as_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(coder.CoderError, match="not from a text"):
        coder.read("More buses, please", into=tmp_path / "plan")


def test_a_column_that_is_missing_is_told_in_python_words(tmp_path: Path) -> None:
    answers = pd.DataFrame({"answer": ["More buses", "Fewer cars"]})
    with pytest.raises(coder.CoderError) as error:
        coder.read(answers, text="anwser", into=tmp_path / "plan")
    assert "'answer'" in str(error.value)
    assert "--" not in str(error.value)


def test_a_table_given_as_a_project_is_told() -> None:
    book = ROOT / "codebooks" / "police_and_crime_plan.yaml"
    with pytest.raises(coder.CoderError, match="project"):
        coder.apply(pd.DataFrame({"text": ["a"]}), book)  # type: ignore[arg-type]


def test_a_codebook_that_is_missing_is_told(tmp_path: Path) -> None:
    answers = pd.DataFrame({"answer": ["More buses", "Fewer cars"]})
    project = coder.read(answers, text="answer", into=tmp_path / "plan")
    with pytest.raises(coder.CoderError, match=r"no-book\.yaml"):
        coder.report(project, tmp_path / "no-book.yaml")


def test_a_project_shows_itself(tmp_path: Path) -> None:
    answers = pd.DataFrame({"answer": ["More <b>buses</b>", "Fewer cars"]})
    page = coder.read(answers, text="answer", into=tmp_path / "plan")._repr_html_()
    assert "<table>" in page
    assert "<b>buses" not in page


def test_outcomes_show_themselves(tmp_path: Path) -> None:
    """Escaped, in a line or a table each, without the comments' words."""
    answers = pd.DataFrame({"answer": [f"More <b>buses</b> to stop {i}" for i in range(8)]})
    project = coder.read(answers, text="answer", into=tmp_path / "plan")
    book = tmp_path / "book.yaml"
    book.write_text("title: Buses & co\nthemes:\n  - {id: buses, name: More <i>buses</i>}\n")
    decisions = pd.DataFrame({"comment_id": project.comments["comment_id"], "themes": "buses"})
    decisions.to_csv(tmp_path / "decisions.csv", index=False)
    outcomes = [
        coder.apply(project, book),
        coder.review(project, book, "ann", tmp_path / "decisions.csv"),
        coder.export(coder.report(project, book), tmp_path / "themes.md"),
        coder.check(project, book),
    ]
    for outcome in outcomes:
        page = outcome._repr_html_()
        assert page.count("<table>") == 1
        assert "<i>" not in page
        assert "stop 3" not in page
