"""What `cluster` wrote: `candidates.yaml` and `candidates.csv`."""

from hashlib import sha256
from pathlib import Path

from coder import tables
from coder.errors import CoderError, command
from coder.stored import read_rows
from coder.text import count, name_some
from coder.workflow.checks.result import (
    CheckResult,
    ProjectContents,
    faults_of_error,
)


def check_candidates(contents: ProjectContents) -> list[CheckResult]:
    """Both files, where there are any."""
    return [*_check_draft(contents), *_check_table(contents)]


def _check_draft(contents: ProjectContents) -> list[CheckResult]:
    """`candidates.yaml`, which may be edited."""
    from coder.codebook import read_codebook
    from coder.files import sha256_of

    path = contents.project.candidates_path
    recorded = contents.last_run("cluster").get("draft_sha256")
    if not path.exists():
        return _gone(path.name, contents) if recorded else []
    try:
        book = read_codebook(path)
    except CoderError as error:
        faults = faults_of_error(error)
        return [CheckResult("candidates.yaml", "cannot be read", faults)]
    notes: tuple[str, ...] = ()
    if recorded not in (None, sha256_of(path)):
        notes = ("it was edited since it was written",)
    content = count(len(book.theme_ids), "candidate")
    return [CheckResult("candidates.yaml", content, notes=notes)]


def _check_table(contents: ProjectContents) -> list[CheckResult]:
    """`candidates.csv`, which should be as it was written."""
    path = contents.project.folder / "candidates.csv"
    recorded = contents.last_run("cluster").get("table_sha256")
    if not path.exists():
        return _gone(path.name, contents) if recorded else []
    columns = tables.CANDIDATES.columns
    try:
        rows = read_rows(path, columns, _cluster_again(contents))
        ids = {row.cells["comment_id"] for row in rows}
        is_as_written = recorded in (None, *_hashes_of(path))
    except CoderError as error:
        faults_of_file = faults_of_error(error)
        return [CheckResult(path.name, "cannot be read", faults_of_file)]
    faults, notes = [], []
    if not is_as_written:
        faults.append("it is not the file that was written (its SHA-256 differs)")
    unknown = _unknown_comments(ids, contents)
    if unknown:
        named = f"{count(len(unknown), 'comment')} that the project does not have"
        message = f"it names {named}: {name_some(unknown)}"
        if recorded and is_as_written:  # a later reading removed them
            notes.append(message)
        else:
            faults.append(message)
    return [
        CheckResult(
            "candidates.csv",
            count(len(ids), "comment"),
            tuple(faults),
            tuple(notes),
        )
    ]


def _hashes_of(path: Path) -> tuple[str, str]:
    """The hash of a table, and that with the line ends in which it was written: copying between
    systems may change them.
    """
    data = path.read_bytes()
    return sha256(data).hexdigest(), sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def _gone(name: str, contents: ProjectContents) -> list[CheckResult]:
    """Candidates are often removed once they are themes, so it is no fault."""
    note = f"it was removed. {_cluster_again(contents)}"
    return [CheckResult(name, "none", notes=(note,))]


def _cluster_again(contents: ProjectContents) -> str:
    return f"Group the comments again: {command('cluster', contents.project.folder)}"


def _unknown_comments(
    ids: set[str],
    contents: ProjectContents,
) -> list[str]:
    """Ids that no comment has; an apostrophe before an id protects spreadsheets from formulas."""
    if contents.comments is None:
        return []
    unknown = []
    for comment_id in sorted(ids):
        bare = comment_id.removeprefix("'")
        if comment_id not in contents.texts and bare not in contents.texts:
            unknown.append(comment_id)
    return unknown
