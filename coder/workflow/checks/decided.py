"""What reviewers decided: every chain of decisions, what it names, and whether its comments
have changed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError, command, option
from coder.text import count
from coder.workflow.checks.codebook_states import check_states
from coder.workflow.checks.result import CheckResult, ProjectContents, name_some

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.decisions import Decision


def check_decisions(contents: ProjectContents) -> list[CheckResult]:
    """All decisions made with the codebook."""
    from coder.decisions import decisions_folder

    path, book, settings = contents.codebook_path, contents.codebook, contents.settings
    if path is None or book is None or settings is None:
        return [_not_checked(contents)]
    results: list[CheckResult] = []
    decisions: list[Decision] = []
    for log_path in sorted(decisions_folder(path).glob("*.jsonl")):
        result, of_reviewer = _check_log(log_path)
        results.append(result)
        decisions += of_reviewer
    if not results:
        return [CheckResult("decisions", f"none beside {path}")]
    results += check_states(decisions_folder(path), decisions)
    results.append(_check_ids(decisions, book))
    if contents.comments is not None:
        results.append(_check_comments(decisions, settings.name, contents))
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


def _check_log(path: Path) -> "tuple[CheckResult, list[Decision]]":
    """One reviewer's file, and its decisions; none where the chain is broken."""
    from coder.decisions import head_hash, read_log

    subject = f"decisions {path.name}"
    try:
        decisions, torn = read_log(path)
    except CoderError as error:
        return CheckResult(subject, "chain broken", (error.problem,)), []
    faults = []
    for decision in decisions:
        faults += _decision_faults(decision, path.stem)
    notes: tuple[str, ...] = ()
    if torn:
        notes = (f"its last line is torn ({torn} bytes, never saved) and is ignored",)
    content = f"{len(decisions):,}, chain whole, head {head_hash(path)[:12]}"
    return CheckResult(
        subject,
        content,
        tuple(faults),
        notes,
    ), decisions


def _decision_faults(
    decision: "Decision",
    reviewer: str,
) -> list[str]:
    from coder.text import text_hash

    faults = []
    if decision.reviewer != reviewer:
        faults.append(f"decision {decision.id} is by {decision.reviewer}")
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


def _check_ids(decisions: "Sequence[Decision]", book: "Codebook") -> CheckResult:
    """Each id once; each id that is referred to is there; each theme is known to the codebook."""
    ids = [decision.id for decision in decisions]
    faults = []
    repeated = sorted(i for i, times in Counter(ids).items() if times > 1)
    if repeated:
        faults.append(f"decision ids that occur twice: {name_some(repeated)}")
    missing = [i for i in _referred_ids(decisions) if i not in set(ids)]
    if missing:
        faults.append(
            f"decisions that others refer to are missing: {name_some(missing)}"
        )
    themes: set[str] = set()
    for decision in decisions:
        themes.update(decision.scope)
    split_from = {node.theme.split_from for node in book.nodes}
    unknown = sorted(themes - {*book.current_ids} - split_from)
    notes: tuple[str, ...] = ()
    if unknown:
        notes = (
            f"the codebook no longer knows these themes, so decisions on them do not count "
            f"(rename them with `was: [...]`): {name_some(unknown)}",
        )
    content = f"{count(len(ids), 'id')}, {count(len(themes), 'theme')} judged"
    return CheckResult(
        "decisions",
        content,
        tuple(faults),
        notes,
    )


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
    contents: ProjectContents,
) -> CheckResult:
    """Decisions of this project whose comments changed or are gone: kept, and never used."""
    from coder.decisions import drop_undone
    from coder.text import text_hash

    last_hash: dict[tuple[str, str], str] = {}
    for decision in drop_undone(decisions):
        if decision.project == project:
            last_hash[decision.comment_id, decision.reviewer] = decision.text_hash
    changed, removed = set(), set()
    for (comment_id, _), digest in last_hash.items():
        text = contents.texts.get(comment_id)
        if text is None:
            removed.add(comment_id)
        elif text_hash(text) != digest:
            changed.add(comment_id)
    faults = []
    kept = "Their decisions are kept and not used"
    if changed:
        comments = count(len(changed), "reviewed comment")
        faults.append(
            f"{comments} changed since. {kept}; review them again: {name_some(sorted(changed))}"
        )
    if removed:
        comments = count(len(removed), "reviewed comment")
        faults.append(
            f"{comments} no longer in the project. {kept}: {name_some(sorted(removed))}"
        )
    reviewed = {comment_id for comment_id, _ in last_hash}
    content = f"{len(reviewed):,} of this project"
    return CheckResult("decided comments", content, tuple(faults))
