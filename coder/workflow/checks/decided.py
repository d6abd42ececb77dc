"""What reviewers decided: every chain of decisions, what it names, and whether its comments
have changed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError, command, option
from coder.text import count, name_some
from coder.workflow.checks.codebook_states import check_states
from coder.workflow.checks.draws import check_draws
from coder.workflow.checks.result import CheckResult, ProjectContents

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.decisions import Decision


def check_decisions(contents: ProjectContents) -> list[CheckResult]:
    """All decisions made with the codebook."""
    from coder.decisions import decisions_folder
    from coder.decisions.copies import doubled_files
    from coder.decisions.folder import log_paths

    path, book, settings = contents.codebook_path, contents.codebook, contents.settings
    if path is None or book is None or settings is None:
        return [_not_checked(contents)]
    folder = decisions_folder(path)
    results: list[CheckResult] = []
    decisions: list[Decision] = []
    log_files = log_paths(folder)
    doubled = doubled_files(log_files)
    for log_path in log_files:
        result, of_reviewer = _check_log(
            log_path, contents, is_double=log_path in doubled
        )
        results.append(result)
        decisions += of_reviewer
    if not results:
        return [CheckResult("decisions", f"none beside {path}")]
    all_read = not any(result.faults for result in results)
    results += check_states(folder, decisions)
    results += check_draws(folder)
    results.append(_check_ids(decisions, book, folder, all_read=all_read))
    if contents.comments is not None:
        results.append(
            _check_comments(
                decisions,
                settings.name,
                contents.texts,
                contents.comments,
            )
        )
    return results


def _not_checked(contents: ProjectContents) -> CheckResult:
    if contents.codebook_path is not None:
        return CheckResult("decisions", "not checked")
    named = command(
        "check",
        contents.project.folder,
        option("codebook", "FILE"),
    )
    note = f"no codebook is known, so no decision was checked. Name it: {named}"
    return CheckResult("decisions", "not checked", notes=(note,))


def _check_log(
    path: Path, contents: ProjectContents, *, is_double: bool
) -> "tuple[CheckResult, list[Decision]]":
    """One reviewer's file, and its decisions; none where the chain is broken, or the file is a
    copy of another.
    """
    from coder.decisions import read_log
    from coder.decisions.copies import describe_copy, foreign_reviewers
    from coder.decisions.folder import repair_command, reviewer_of

    subject = f"decisions {path.name}"
    repair = repair_command(path.parent, contents.project.folder)
    try:
        log = read_log(path)
    except CoderError as error:
        fault = f"{error.problem}. Keep every whole line of it: {repair}"
        return CheckResult(subject, "chain broken", (fault,)), []
    owners = foreign_reviewers(path, (each.reviewer for each in log.decisions))
    if is_double:
        owners.append(reviewer_of(path))
    if owners:
        fault = f"{describe_copy(owners[0])}. Merge the two: {repair}"
        return CheckResult(subject, "a copy", (fault,)), []
    faults = []
    for decision in log.decisions:
        faults += _decision_faults(decision)
    notes: tuple[str, ...] = ()
    if log.torn:
        notes = (
            f"its last line is torn ({log.torn} bytes, never saved) and is ignored",
        )
    content = f"{len(log.decisions):,}, chain whole, head {log.head[:12]}"
    return CheckResult(
        subject,
        content,
        tuple(faults),
        notes,
    ), log.decisions


def _decision_faults(decision: "Decision") -> list[str]:
    from coder.text import text_hash

    faults: list[str] = []
    if decision.undoes is not None:
        return faults
    named = {*decision.themes, *decision.unsure}
    if not named <= {*decision.scope}:
        faults.append(f"decision {decision.id} names themes outside its scope")
    if text_hash(decision.text) != decision.text_hash:
        faults.append(
            f"decision {decision.id}: its text does not have the hash recorded"
        )
    return faults


def _check_ids(
    decisions: "Sequence[Decision]", book: "Codebook", folder: Path, *, all_read: bool
) -> CheckResult:
    """Each id once; each id that is referred to is there; each theme is known to the codebook.

    Args:
        all_read: every file could be read; else nothing is said of ids that are not there.
    """
    ids = Counter(decision.id for decision in decisions)
    faults, notes = _check_repeated(ids, decisions, folder)
    missing = [each for each in _referred_ids(decisions) if each not in ids]
    if missing and all_read:
        faults.append(
            f"decisions that others refer to are missing: {name_some(missing)}"
        )
    themes: set[str] = set()
    for decision in decisions:
        themes.update(decision.scope)
    split_from = {node.theme.split_from for node in book.nodes}
    unknown = sorted(themes - {*book.current_ids} - split_from)
    if unknown:
        notes.append(
            f"the codebook no longer knows these themes, so decisions on them do not count "
            f"(rename them with `was: [...]`): {name_some(unknown)}"
        )
    content = f"{count(ids.total(), 'id')}, {count(len(themes), 'theme')} judged"
    return CheckResult(
        "decisions",
        content,
        tuple(faults),
        tuple(notes),
    )


def _check_repeated(
    ids: Counter[str], decisions: "Iterable[Decision]", folder: Path
) -> tuple[list[str], list[str]]:
    """Faults of ids that occur twice, and notes on those that a repair had to keep twice."""
    from coder.decisions.repair import recorded_contradictions

    repeated = {each for each, times in ids.items() if times > 1}
    contradictions = repeated & recorded_contradictions(folder)
    faults, notes = [], []
    comments = {each.comment_id for each in decisions if each.id in contradictions}
    if comments:
        notes.append(
            "a repair found decisions with two contents and kept both; the later one counts. "
            f"Look at these comments again: {name_some(sorted(comments))}"
        )
    if repeated - contradictions:
        names = name_some(sorted(repeated - contradictions))
        faults.append(f"decision ids that occur twice: {names}")
    return faults, notes


def _referred_ids(decisions: "Iterable[Decision]") -> list[str]:
    ids: list[str] = []
    for decision in decisions:
        if decision.undoes is not None:
            ids.append(decision.undoes)
        ids += decision.adjudicates
    return ids


def _check_comments(
    decisions: "Sequence[Decision]",
    project: str,
    texts: Mapping[str, str],
    comments: "pd.DataFrame",
) -> CheckResult:
    """Decisions of this project whose comments changed or are gone: kept, and never used. A later
    reading may change and remove comments, so nothing is wrong with them.
    """
    from coder.decisions import drop_undone
    from coder.tables import analysed
    from coder.text import text_hash

    last_hash: dict[tuple[str, str], str] = {}
    for decision in drop_undone(decisions):
        if decision.project == project:
            last_hash[decision.comment_id, decision.reviewer] = decision.text_hash
    changed, removed = set(), set()
    for (comment_id, _), digest in last_hash.items():
        text = texts.get(comment_id)
        if text is None:
            removed.add(comment_id)
        elif text_hash(text) != digest:
            changed.add(comment_id)
    notes = []
    kept = "Their decisions are kept and not used"
    to_review = changed.intersection(analysed(comments)["comment_id"])
    for ids, what in (
        (to_review, f"changed since. {kept}; review them again"),
        (changed - to_review, f"changed since and not analysed any more. {kept}"),
        (removed, f"no longer in the project. {kept}"),
    ):
        if ids:
            number = count(len(ids), "reviewed comment")
            notes.append(f"{number} {what}: {name_some(sorted(ids))}")
    reviewed = {comment_id for comment_id, _ in last_hash}
    content = f"{len(reviewed):,} of this project"
    return CheckResult("decided comments", content, notes=tuple(notes))
