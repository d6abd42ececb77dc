"""Several questions of a survey in one workbook: the tables of each, never added together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import CoderError, CommandNames, command, option
from coder.run_records import record_if_allowed, recorded_codebook
from coder.workflow.questions import check_codebook_fits

if TYPE_CHECKING:
    from coder.project import Project
    from coder.reporting import Options, Report

WORKBOOK = ".xlsx"


@dataclass(frozen=True)
class QuestionsOutcome:
    """What was written of several questions.

    Attributes:
        path: the workbook.
        reports: question id to what the workbook shows of it.
        warnings: what the user should know, such as questions that are not coded yet.
        next_step: a sentence.
    """

    path: Path
    reports: "dict[str, Report]"
    warnings: tuple[str, ...]
    next_step: str

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        from coder.workflow.export import facts_of_report

        questions = {}
        for question_id, report in self.reports.items():
            questions[question_id] = facts_of_report(report)
        return {"questions": questions, "files": [str(self.path)]}


def export_questions(
    project: "Project", paths: Sequence[Path], options: "Options"
) -> QuestionsOutcome:
    """Write a workbook with the tables of every question that is coded.

    Args:
        project: of several questions.
        paths: one workbook.
        options: what the reports count and show.

    Raises:
        CoderError: the project has one question, none is coded, or something else than one
            workbook is asked for.
    """
    from coder.transactions import read_one_generation
    from coder.workflow.export import check_overwriting

    path = _check_request(project, paths)
    check_overwriting([path], project)

    def write() -> QuestionsOutcome:
        return _write_workbook(project, path, options)

    return read_one_generation(project.folder, write)


def _write_workbook(
    project: "Project", path: Path, options: "Options"
) -> QuestionsOutcome:
    from coder.exporting.to_xlsx import write_several
    from coder.reporting import build_report, gather

    reports: dict[str, Report] = {}
    warnings: list[str] = []
    for question in project.settings().questions:
        part = project.of_question(question.id)
        try:
            codebook = _codebook_of(part)
            check_codebook_fits(part, codebook)
            names = CommandNames(str(part.folder), str(codebook))
            inputs = gather(part, codebook, names)
            report = build_report(inputs, options)
        except CoderError as error:
            reason = " ".join(f"{error.problem}. {error.fix}".split())
            warnings.append(f"{question.id} is not in the workbook: {reason}")
            continue
        reports[question.id] = report
        warnings += [f"{question.id}: {warning}" for warning in inputs.warnings]
        if report.warning:
            warnings.append(f"{question.id}: {report.warning}.")
    if not reports:
        raise CoderError(
            f"{project.folder}: there is no table of any question", "\n".join(warnings)
        )
    write_several(reports, path)
    facts = {"files": [str(path)], "questions": list(reports)}
    warnings += record_if_allowed(project.folder, "export", facts)
    first = next(iter(reports))
    more = command(
        "export",
        project.folder,
        option("question", first),
        option("codebook", "FILE"),
        option("to", "pack.zip"),
    )
    step = (
        f"To keep what a question's tables were made from, write an audit pack: {more}"
    )
    return QuestionsOutcome(path, reports, tuple(warnings), step)


def _check_request(project: "Project", paths: Sequence[Path]) -> Path:
    if not project.settings().questions:
        raise CoderError(
            f"{project.folder}: has one question",
            f"Leave out {option('question', 'all')}.",
        )
    from coder.exporting.writers import is_review_sheet

    is_workbook = len(paths) == 1 and paths[0].suffix.lower() == WORKBOOK
    if not is_workbook or is_review_sheet(paths[0]):
        raise CoderError(
            "the tables of all questions go into one workbook",
            f"Name one, such as {option('to', 'survey.xlsx')}. For other files name a question.",
        )
    return paths[0]


def _codebook_of(part: "Project") -> Path:
    """The codebook of the last coding.

    Raises:
        CoderError: the answers are not coded yet, or the codebook no longer lies where it was.
    """
    apply = command("apply", part.folder, option("codebook", "FILE"))
    if not part.has_labels:
        raise CoderError("it is not coded yet", apply)
    run = part.last_run("apply") or {}
    path = recorded_codebook(part.folder, run)
    if path is None:
        raise CoderError(
            "it is not known what it was coded with", f"Code again: {apply}"
        )
    if not path.is_file():
        raise CoderError(
            f"its codebook {path.name} is not where it was ({path.parent})",
            f"Put it back there, or code again: {apply}",
        )
    return path
