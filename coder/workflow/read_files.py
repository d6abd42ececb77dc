"""What `read` writes into a project, and what it finds there."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.project_home import QUESTIONS_FOLDER

if TYPE_CHECKING:
    import pandas as pd

    from coder.project import Project, Settings
    from coder.reading.merge import Merged
    from coder.transactions import Transaction

CAMPAIGNS, REPEATS = "campaigns.csv", "repeats.csv"
# What is made of the answers to one question, in its folder.
OF_A_QUESTION = (
    "labels.parquet",
    "labels.csv",
    "matrix.csv",
    "candidates.yaml",
    "candidates.csv",
    "candidates-beyond.yaml",
    "candidates-beyond.csv",
    "workbench.jsonl",
    "workbench-beyond.jsonl",
    "quotes.yaml",
    "report.md",
    "judgements.parquet",
    "samples",
    "runs",
)


def write_merged(project: "Project", merged: "Merged") -> None:
    """Replace the project's files, all at once; `campaigns.csv` and `repeats.csv` exist where
    there are any.
    """
    from coder import tables
    from coder.files import write_csv
    from coder.transactions import Transaction

    had_questions = project.exists and bool(project.settings().questions)
    comments = [part.comments for part in merged.parts]
    with Transaction(project.folder, "coder read") as change:
        project.write(merged.settings, comments, merged.places, change)
        if not had_questions:
            _move_results(project, merged.settings, change)
        if merged.settings.questions:  # lists of an earlier reading, as of one question
            for name in (CAMPAIGNS, REPEATS):
                change.remove(project.folder / name)
        for part in merged.parts:
            folder = project.folder
            if merged.settings.questions:
                folder = _folder_of(project, part.question.id)
                ledger = change.stage(folder / "ledger.csv")
                write_csv(ledger, tables.ledger(part.comments))
            _write_list(folder / CAMPAIGNS, part.campaigns, change)
            _write_list(folder / REPEATS, part.repeats, change)


def _folder_of(project: "Project", question_id: str) -> Path:
    """The folder of one of several questions, which `project.yaml` may not name yet."""
    return project.folder / QUESTIONS_FOLDER / question_id


def has_results(project: "Project", settings: "Settings") -> bool:
    """Whether anything rests on the ids of the comments: results, or a comment kept or excluded
    by hand.
    """
    if settings.keep or settings.exclude:
        return True
    folders = [project.folder]
    for question in settings.questions:
        folders.append(_folder_of(project, question.id))
    return any((folder / name).exists() for folder in folders for name in OF_A_QUESTION)


def _move_results(
    project: "Project", settings: "Settings", change: "Transaction"
) -> None:
    """Where a project gets further questions, what was made of the first goes into its folder."""
    first = [question for question in settings.questions if question.was_alone]
    if not first:
        return
    folder = _folder_of(project, first[0].id)
    kept_drafts = [path.name for path in project.folder.glob("candidates*.before-*")]
    for name in (*OF_A_QUESTION, *kept_drafts):
        if (project.folder / name).exists() and not (folder / name).exists():
            change.move(project.folder / name, folder / name)


def _write_list(path: Path, table: "pd.DataFrame", change: "Transaction") -> None:
    """Replace a list, or remove the one of an earlier reading where nothing is to be listed."""
    from coder.files import write_csv

    if len(table):
        write_csv(change.stage(path), table)
    else:
        change.remove(path)
