"""The notebook of the guide: it runs from top to bottom, and holds what it showed when it ran."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from guide_blocks import GUIDE, ROOT, inside

NOTEBOOK = GUIDE / "first_hour.ipynb"


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    tree = json.loads(NOTEBOOK.read_text("utf-8"))
    return [cell for cell in tree["cells"] if cell["cell_type"] == "code"]


def test_it_was_executed(cells: list[dict[str, Any]]) -> None:
    """Every cell ran in order, without an error, and results show themselves as tables."""
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    pages = [output for output in outputs if "text/html" in output.get("data", {})]
    assert len(pages) >= 8
    text = json.dumps(outputs)
    assert str(ROOT) not in text
    assert str(Path.home()) not in text


def test_every_cell_runs(
    cells: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A small ensemble: this is not about how good the candidates are.
    monkeypatch.setattr("coder.clustering.grouping.RESOLUTIONS", (2.0,))
    monkeypatch.setattr("coder.clustering.grouping.THOROUGH", 0)
    monkeypatch.setattr("coder.clustering.stability.RUNS", 2)
    for name in ("examples", "codebooks"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    names: dict[str, Any] = {}
    shown = 0
    with inside(tmp_path):
        for cell in cells:
            last = run_cell("".join(cell["source"]), names)
            if hasattr(last, "_repr_html_"):
                shown += 1
                assert "<table" in last._repr_html_()
    assert shown >= 8
    assert (tmp_path / "first_hour" / "themes.xlsx").stat().st_size > 0


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Execute a cell; the value of its last line, if that is an expression."""
    tree = ast.parse(source)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102
        return None
    tree.body.pop()
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
