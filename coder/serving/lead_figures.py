"""The figures of the lead's page: those of `coder review --status` and `coder agree`."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coder.errors import CoderError, for_command_line
from coder.serving.helper_process import HelperProcess, Worker


def make_lead_worker(project_folder: Path, codebook_path: Path) -> Worker:
    """What works in the lead's process: it reads figures and makes the report."""

    def work(task: str, words: Mapping[str, Any]) -> Any:
        if task == "figures":
            return read_figures(project_folder, codebook_path)
        if task == "assign":
            return assign_plan(project_folder, codebook_path, words["plan"])
        return make_report_page(project_folder, codebook_path, Path(words["place"]))

    return work


def make_figures(project_folder: Path, codebook_path: Path) -> dict[str, Any]:
    """`read_figures` in a process of its own.

    Raises:
        CoderError: a file is at fault.
    """
    helper = HelperProcess(make_lead_worker, project_folder, codebook_path)
    try:
        figures: dict[str, Any] = helper.ask("figures")
    finally:
        helper.stop()
    return figures


def assign_by(
    project_folder: Path, codebook_path: Path, plan: dict[str, Any]
) -> dict[str, Any]:
    """`assign_plan` in a process of its own."""
    helper = HelperProcess(make_lead_worker, project_folder, codebook_path)
    try:
        facts: dict[str, Any] = helper.ask("assign", plan=plan)
    finally:
        helper.stop()
    return facts


def assign_plan(
    project_folder: Path, codebook_path: Path, plan: Mapping[str, Any]
) -> dict[str, Any]:
    """Carry a plan out as `coder review --assign` does; who gets how many, as plain values.

    Args:
        plan: as its file says it (see `reviewing.plans`).

    Raises:
        CoderError: the plan is at fault, or nothing is left to assign.
    """
    from coder.workflow.assign import assign

    with tempfile.TemporaryDirectory(prefix="coder-plan-") as folder:
        path = Path(folder) / "plan.yaml"
        path.write_text(json.dumps(plan), "utf-8")  # JSON is YAML
        try:
            facts = assign(project_folder, codebook_path, path).facts()
        except CoderError as error:
            problem = error.problem.replace(str(path), "the plan")
            raise CoderError(problem, error.fix) from error
    whole: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    return whole


def read_figures(project_folder: Path, codebook_path: Path) -> dict[str, Any]:
    """How far the review is, and how far reviewers agree, as plain values.

    Returns:
        `status`: as `coder review --status --json`, with what is to be told as `notes`;
        `agreement`: as `coder agree --json`; where there is none, `no_agreement` says why.
    """
    from coder.workflow.review import review_status

    outcome = review_status(project_folder, codebook_path)
    notes = [for_command_line(note) for note in outcome.status.notes]
    figures: dict[str, Any] = {
        "status": outcome.facts(),
        "notes": notes,
        "is_coded": outcome.is_coded,
        "agreement": None,
        "no_agreement": "",
    }
    try:
        figures |= _read_agreement(project_folder, codebook_path)
    except CoderError as error:
        figures["no_agreement"] = for_command_line(error.problem)
    whole: dict[str, Any] = json.loads(json.dumps(figures, default=str))
    return whole


def _read_agreement(project_folder: Path, codebook_path: Path) -> dict[str, Any]:
    from coder.workflow.agree import agree

    outcome = agree(project_folder, codebook_path)
    notes = []
    if outcome.between is not None:
        notes = [for_command_line(note) for note in outcome.between.notes]
    facts = outcome.facts()
    # Ids of comments, and what was said in them, are not needed here.
    facts.pop("coded_differently", None)
    return {"agreement": facts, "no_agreement": " ".join(notes)}


def make_report_page(
    project_folder: Path, codebook_path: Path, place: Path
) -> dict[str, Any]:
    """Write the report as HTML to a file, as `coder export` does.

    Args:
        place: a file in a folder that only this user can read.

    Returns:
        `warning`: what it says on every page; empty for nothing.
    """
    from coder.workflow.export import export
    from coder.workflow.report import report

    made = report(project_folder, codebook_path)
    export(made, place)
    return {"warning": for_command_line(made.warning)}
