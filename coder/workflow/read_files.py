"""What `read` writes into a project, and what it finds there."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.run_records import QUESTIONS_FOLDER

if TYPE_CHECKING:
    import pandas as pd

    from coder.project import Project, Settings
    from coder.reading.merge import Merged

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
    "quotes.yaml",
    "judgements.parquet",
    "samples",
    "runs",
)


def write_merged(project: "Project", merged: "Merged") -> None:
    """Replace the project's files; `campaigns.csv` and `repeats.csv` exist where there are any."""
    from coder import tables
    from coder.files import write_csv

    had_questions = project.exists and bool(project.settings().questions)
    project.write(
        merged.settings, [part.comments for part in merged.parts], merged.places
    )
    if not had_questions:  # only now, for results must not move where writing fails
        _move_results(project, merged.settings)
    if merged.settings.questions:  # lists of an earlier reading, as of one question
        for name in (CAMPAIGNS, REPEATS):
            (project.folder / name).unlink(missing_ok=True)
    for part in merged.parts:
        folder = project.folder
        if merged.settings.questions:
            folder = project.of_question(part.question.id).folder
            folder.mkdir(parents=True, exist_ok=True)
            write_csv(folder / "ledger.csv", tables.ledger(part.comments))
        _write_list(folder / CAMPAIGNS, part.campaigns)
        _write_list(folder / REPEATS, part.repeats)


def has_results(project: "Project", settings: "Settings") -> bool:
    """Whether anything rests on the ids of the comments: results, or a comment kept or excluded
    by hand.
    """
    if settings.keep or settings.exclude:
        return True
    folders = [project.folder]
    for question in settings.questions:
        folders.append(project.folder / QUESTIONS_FOLDER / question.id)
    return any((folder / name).exists() for folder in folders for name in OF_A_QUESTION)


def _move_results(project: "Project", settings: "Settings") -> None:
    """Where a project gets further questions, what was made of the first goes into its folder."""
    first = [question for question in settings.questions if question.was_alone]
    if not first:
        return
    folder = project.folder / QUESTIONS_FOLDER / first[0].id
    folder.mkdir(parents=True, exist_ok=True)
    for name in OF_A_QUESTION:
        if (project.folder / name).exists() and not (folder / name).exists():
            (project.folder / name).rename(folder / name)


def _write_list(path: Path, table: "pd.DataFrame") -> None:
    """Replace a list, or remove the one of an earlier reading where nothing is to be listed."""
    from coder.files import write_csv

    if len(table):
        write_csv(path, table)
    else:
        path.unlink(missing_ok=True)
