"""The random draws that are written down with the decisions."""

from pathlib import Path

from coder.errors import CoderError
from coder.workflow.checks.result import CheckResult


def check_draws(decisions_folder: Path) -> list[CheckResult]:
    """Each draw is whole and named by what it holds; nothing where nothing was ever drawn."""
    from coder.decisions.draws import DRAWS_FOLDER, is_draw_file, read_draw

    paths = sorted((decisions_folder / DRAWS_FOLDER).glob("*.json"))
    draws = [path for path in paths if is_draw_file(path)]
    if not draws:
        return []
    faults = []
    for path in draws:
        try:
            read_draw(path)
        except CoderError as error:
            faults.append(f"{error.problem}. {error.fix}")
    return [CheckResult("random draws", f"{len(draws):,}", tuple(faults))]
