"""What was received: the source files, the comments, the ledger."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError, command, option
from coder.stored import read_rows
from coder.text import count, name_some
from coder.workflow.checks.result import (
    CheckResult,
    ProjectContents,
    faults_of_error,
)

if TYPE_CHECKING:
    import pandas as pd

    from coder.project import Project, Settings, Source


def check_settings(contents: ProjectContents) -> list[CheckResult]:
    """`project.yaml`; that it can be read is checked before."""
    from coder.project import find_unknown_names, settings_fault

    settings = contents.settings
    if settings is None:
        return []
    faults = []
    if contents.comments is not None:
        faults += find_unknown_names(contents.project)
    changed = settings_fault(contents.project)
    if changed:
        again = command("read", contents.project.home)
        faults.append(f"{changed}. Let it take effect: {again}")
    sources = count(len(settings.sources), "source")
    return [CheckResult("project.yaml", sources, tuple(faults))]


def check_sources(contents: ProjectContents) -> list[CheckResult]:
    """The files that were read: their hashes, and as many comments as were read."""
    settings = contents.settings
    if settings is None:
        return []
    faults, notes, unchanged = [], [], set()
    by_content = {(source.file, source.sha256): source for source in settings.sources}
    for source in by_content.values():
        file = source.file
        path = _source_path(contents.project, source)
        if path is None:
            notes.append(
                f"{file} is not beside the project, so its hash was not checked"
            )
        elif _sha256_of(path) == source.sha256:
            unchanged.add(file)
        else:
            again = command("read", path, option("into", str(contents.project.home)))
            faults.append(
                f"{path} is not the file that was read (its SHA-256 differs). Read it again: "
                f"{again}"
            )
    faults += _row_faults(settings, contents.comments)
    content = f"{count(len(unchanged), 'file')} with the hash recorded"
    return [
        CheckResult(
            "source files",
            content,
            tuple(faults),
            tuple(notes),
        )
    ]


def _source_path(project: "Project", source: "Source") -> Path | None:
    """The file or folder that was read; None where it is not at hand, as of letters that were
    named one by one.
    """
    from coder.reading.letters import NAMED_ONE_BY_ONE

    if NAMED_ONE_BY_ONE.items() <= source.facts.items():
        return None
    home = project.home
    for folder in (home.parent, home):
        if (folder / source.file).exists():
            return folder / source.file
    return None


def _sha256_of(path: Path) -> str:
    """The hash of a file, or of the letters in a folder; empty where there are none."""
    from coder.files import sha256_of
    from coder.reading.letters import find_letters, sha256_of_letters

    if not path.is_dir():
        try:
            return sha256_of(path)
        except OSError:
            return ""
    try:
        return sha256_of_letters(find_letters([path]))
    except CoderError:
        return ""


def _row_faults(settings: "Settings", comments: "pd.DataFrame | None") -> list[str]:
    """Sources of which the project holds more or fewer comments than were read."""
    if comments is None or not settings.sources:
        return []
    rows: dict[str, int] = {}
    for source in settings.sources:
        rows[source.name] = rows.get(source.name, 0) + source.rows
    kept = comments["source"].value_counts().to_dict()
    faults = []
    for name in sorted({*rows, *map(str, kept)}):
        read, held = rows.get(name, 0), int(kept.get(name, 0))
        if read != held:
            faults.append(
                f"source {name!r}: {count(read, 'row')} were read and {count(held, 'comment')} "
                "are kept"
            )
    return faults


def check_comments(contents: ProjectContents) -> list[CheckResult]:
    """`comments.parquet`: cells, statuses, reasons and weights; that ids are unique is checked
    on reading.
    """
    from coder.tables import ANALYSED

    comments = contents.comments
    if comments is None:
        return []
    faults = [*_missing_cells(comments), *_status_faults(comments)]
    weight = comments["weight"]
    not_positive = weight.notna() & ~(weight > 0)
    if not_positive.any():
        ids = comments.loc[not_positive, "comment_id"]
        faults.append(f"a weight is zero or negative in {name_some(ids)}")
    analysed = int((comments["status"] == ANALYSED).sum())
    content = f"{len(comments):,} received, {analysed:,} analysed, ids unique"
    return [CheckResult("comments", content, tuple(faults))]


def _missing_cells(comments: "pd.DataFrame") -> list[str]:
    from coder.tables import COMMENTS

    faults = []
    for name, dtype in COMMENTS.dtypes.items():
        missing = comments[name].isna()
        if dtype == "str" and missing.any():
            cells = count(int(missing.sum()), "cell")
            ids = comments.loc[missing, "comment_id"]
            faults.append(f"{cells} of {name} are missing ({name_some(ids)})")
    return faults


def _status_faults(comments: "pd.DataFrame") -> list[str]:
    """Comments whose status and reason contradict each other, or are not among those allowed."""
    from coder.tables import ANALYSED, EXCLUDED, REASONS

    status, reason = comments["status"], comments["reason"]
    wrong = ~status.isin([ANALYSED, EXCLUDED])
    wrong |= (status == EXCLUDED) & ~reason.isin(REASONS)
    wrong |= (status == ANALYSED) & (reason.fillna("") != "")
    if not wrong.any():
        return []
    ids = comments.loc[wrong, "comment_id"]
    return [f"status and reason do not fit each other in {name_some(ids)}"]


def check_ledger(contents: ProjectContents) -> list[CheckResult]:
    """`ledger.csv`: that it says what the comments add up to."""
    from coder.project import ledger_of

    comments, settings = contents.comments, contents.settings
    if comments is None or settings is None:
        return []
    try:
        account = ledger_of(settings, parts_of(settings, comments))
    except CoderError as error:
        return [CheckResult("ledger", "does not add up", (error.problem,))]
    path = contents.project.folder / "ledger.csv"
    again = command("check", contents.project.home, option("repair"))
    if not path.exists():
        return [
            CheckResult(
                "ledger",
                "missing",
                (f"{path} is missing. Write it: {again}",),
            )
        ]
    try:
        different = _different_rows(path, account)
    except CoderError as error:
        return [CheckResult("ledger", "cannot be read", faults_of_error(error))]
    if different:
        fault = (
            f"{path} is not what the comments add up to: {name_some(different)}. "
            f"Write it again: {again}"
        )
        return [CheckResult("ledger", "differs", (fault,))]
    return [CheckResult("ledger", "agrees with the comments")]


def parts_of(settings: "Settings", comments: "pd.DataFrame") -> "list[pd.DataFrame]":
    """The comments of each question; all as one part where there is one."""
    if not settings.questions:
        return [comments]
    of_each = comments["question_id"]
    return [comments[of_each == question.id] for question in settings.questions]


def _different_rows(
    path: Path,
    account: "pd.DataFrame",
) -> list[str]:
    """Sources whose row in the file is not that of the account; empty where the file is right.

    A ledger of an earlier version may lack reasons that it did not have yet.
    """
    from coder.files import spreadsheet_safe

    project = path.parent
    remedy = f"Write it again: {command('check', project, option('repair'))}"
    written: list[list[str]] = []
    head: list[str] = []
    for _, cells in read_rows(path, (), remedy):
        written.append(list(cells.values()))
        head = list(cells)
    written.insert(0, head)
    later = [name for name in account if name not in head and not account[name].any()]
    account = account.drop(columns=later)
    expected = [list(account.columns)]
    for row in account.itertuples(index=False, name=None):
        expected.append([str(spreadsheet_safe(cell)) for cell in row])
    if written == expected:
        return []
    place = list(account.columns).index("received")  # after question and source
    different = [" ".join(row[:place]) for row in expected[1:] if row not in written]
    if expected[0] not in written:
        different.insert(0, "its header")
    return different or ["its rows"]
