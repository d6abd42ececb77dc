"""What the groups knew that themes were adopted from: `NAME.groups.csv` beside the codebook."""

from coder.errors import CoderError
from coder.text import count, name_some
from coder.workflow.checks.result import (
    CheckResult,
    ProjectContents,
    faults_of_error,
)


def check_groups(contents: ProjectContents) -> list[CheckResult]:
    """The file, where there is one: that it can be read, and is of the codebook's themes."""
    from coder.groups import groups_path, read_groups
    from coder.workflow.candidate_groups import former_ids

    path, book = contents.codebook_path, contents.codebook
    if path is None or book is None or not groups_path(path).exists():
        return []
    try:
        rows = read_groups(path)
    except CoderError as error:
        faults = faults_of_error(error)
        return [CheckResult("groups", "cannot be read", faults)]
    known: set[str] = set()
    for node in book.nodes:
        known.update(former_ids(node.theme))
    unknown = sorted(set(rows["theme_id"]) - known)
    notes: tuple[str, ...] = ()
    if unknown:
        themes = count(len(unknown), "theme")
        named = name_some(unknown)
        notes = (f"groups of {themes} that the codebook does not have: {named}",)
    content = count(rows["theme_id"].nunique(), "theme")
    return [CheckResult("groups", content, notes=notes)]
