"""What `apply` wrote: `labels.parquet`."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coder.errors import CoderError, command, option
from coder.text import count, name_some
from coder.workflow.checks.result import (
    CheckResult,
    ProjectContents,
    faults_of_error,
)

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook

MOST_THEMES = 8  # named in one message
MOST_KEPT = 1_000  # places that are kept to be named


@dataclass
class LabelScan:
    """What is seen of the labels, block by block.

    Attributes:
        rows: of each comment.
        misplaced: comment and theme of each piece of evidence that is not in the text.
        outside: probabilities that are none.
    """

    themes: set[str] = field(default_factory=set)
    rows: Counter[str] = field(default_factory=Counter)
    misplaced: list[str] = field(default_factory=list)
    outside: int = 0
    assigned: int = 0

    def add(self, labels: "pd.DataFrame", texts: Mapping[str, str]) -> None:
        """Look at one more block."""
        self.themes.update(map(str, labels["theme_id"].unique()))
        self.rows.update(labels["comment_id"].tolist())
        self.outside += int((~labels["probability"].between(0, 1)).sum())
        self.assigned += int(labels["assigned"].sum())
        if len(self.misplaced) < MOST_KEPT:
            self.misplaced += _misplaced_evidence(labels, texts)


def check_labels(contents: ProjectContents) -> list[CheckResult]:
    """`labels.parquet`: there, as it was written, of the right comments and themes, with
    probabilities and evidence that can be.
    """
    run = contents.last_run("apply")
    if not contents.project.has_labels:
        return _missing_labels(contents, run)
    if contents.comments is None:
        return []
    scan = LabelScan()
    try:
        for block in contents.project.label_blocks():
            scan.add(block, contents.texts)
    except CoderError as error:
        return [CheckResult("labels", "cannot be read", faults_of_error(error))]
    if not run:
        fault = (
            "no run record tells how they were made. Code the comments again: "
            f"{apply_again(contents)}"
        )
        return [CheckResult("labels", "without a record", (fault,))]
    left_out: Mapping[str, str] = run.get("left_out") or {}
    faults = changed_files(contents, run)
    faults += _comment_faults(set(scan.rows), contents.comments, left_out)
    faults += _row_faults(scan)
    notes: list[str] = []
    if left_out:
        named = name_some(sorted(left_out))
        notes.append(f"{count(len(left_out), 'comment')} could not be read: {named}")
    if contents.codebook is not None:
        again = apply_again(contents)
        faults += _theme_faults(scan.themes, contents.codebook, again)
        notes += _renamed(scan.themes, contents.codebook)
    number = count(sum(scan.rows.values()), "row")
    content = f"{number}, {scan.assigned:,} assigned by the model"
    return [
        CheckResult(
            "labels",
            content,
            tuple(faults),
            tuple(notes),
        )
    ]


def _missing_labels(
    contents: ProjectContents, run: Mapping[str, object]
) -> list[CheckResult]:
    if not run:
        return []
    path = contents.project.labels_path
    fault = f"{path} is missing. Code the comments again: {apply_again(contents)}"
    return [CheckResult("labels", "missing", (fault,))]


def changed_files(contents: ProjectContents, run: Mapping[str, object]) -> list[str]:
    """Files of labels that are not those that the last run wrote, a sentence each."""
    recorded = run.get("labels_sha256")
    faults = []
    for name in contents.project.label_files.changed_parts(recorded):
        faults.append(
            f"{name} is not the file that was written (its SHA-256 differs). Code the "
            f"comments again: {apply_again(contents)}"
        )
    return faults


def apply_again(contents: ProjectContents) -> str:
    """The command that codes the comments."""
    codebook = contents.codebook_path or "FILE"
    return command(
        "apply",
        contents.project.folder,
        option("codebook", str(codebook)),
    )


def _comment_faults(
    labelled: set[str], comments: "pd.DataFrame", left_out: Collection[str]
) -> list[str]:
    """Labels of other comments than the analysed ones, and analysed comments without labels.

    Args:
        left_out: ids of comments that the coding could not read, and said so.
    """
    from coder.tables import analysed

    known = set(comments["comment_id"])
    expected = set(analysed(comments)["comment_id"])
    faults = []
    for ids, what in (
        (labelled - known, "that the project does not have"),
        ((labelled & known) - expected, "that are not analysed"),
    ):
        if ids:
            comments_named = f"{count(len(ids), 'comment')} {what}"
            faults.append(
                f"there are labels of {comments_named}: {name_some(sorted(ids))}"
            )
    missing = expected - labelled - set(left_out)
    if missing:
        faults.append(
            f"{count(len(missing), 'analysed comment')} have no labels: "
            f"{name_some(sorted(missing))}"
        )
    return faults


def _row_faults(scan: LabelScan) -> list[str]:
    """Comments with fewer rows than others, and probabilities and evidence that cannot be."""
    faults = []
    most = max(scan.rows.values(), default=0)
    short = [comment_id for comment_id, rows in scan.rows.items() if rows < most]
    if short:
        comments = count(len(short), "comment")
        faults.append(f"{comments} lack the row of a theme: {name_some(short)}")
    if scan.outside:
        number = count(scan.outside, "probability")
        faults.append(f"{number} not between 0 and 1")
    if scan.misplaced:
        pieces = count(len(scan.misplaced), "piece")
        if len(scan.misplaced) >= MOST_KEPT:
            pieces = f"{pieces} or more"
        faults.append(
            f"{pieces} of evidence cannot be found in the comment's text: "
            f"{name_some(scan.misplaced)}"
        )
    return faults


def _misplaced_evidence(
    labels: "pd.DataFrame",
    texts: Mapping[str, str],
) -> list[str]:
    """Evidence must be an exact piece of the comment: `text[start:end] == evidence`."""
    has_evidence = (labels["evidence"] != "") | (labels["evidence_start"] >= 0)
    columns = ["comment_id", "theme_id", "evidence", "evidence_start", "evidence_end"]
    rows = labels.loc[has_evidence, columns].itertuples(index=False, name=None)
    wrong = []
    for comment_id, theme_id, evidence, start, end in rows:
        text = texts.get(comment_id)
        if text is not None and (start < 0 or text[start:end] != evidence):
            wrong.append(f"{comment_id} {theme_id}")
    return wrong


def _theme_faults(
    labelled: set[str],
    codebook: "Codebook",
    again: str,
) -> list[str]:
    """Themes on one side only; renamed, merged and retired themes are read right."""
    current = {codebook.current_ids.get(theme_id, "") for theme_id in labelled}
    not_coded = sorted(set(codebook.theme_ids) - current)
    unknown = sorted(labelled - set(codebook.current_ids))
    faults = []
    if not_coded:
        names = name_some(not_coded, MOST_THEMES)
        faults.append(
            f"the comments were coded without {names}, which the codebook has. Code them again: "
            f"{again}"
        )
    if unknown:
        names = name_some(unknown, MOST_THEMES)
        faults.append(
            f"the comments were coded with {names}, which the codebook does not have. Code them "
            f"again: {again}"
        )
    return faults


def _renamed(labelled: set[str], codebook: "Codebook") -> list[str]:
    renamed = []
    for theme_id in sorted(labelled):
        current = codebook.current_ids.get(theme_id, theme_id)
        if current != theme_id:
            renamed.append(f"{theme_id} is {current}")
    if not renamed:
        return []
    return [
        f"themes were renamed since, and are read by their new names: {name_some(renamed)}"
    ]
