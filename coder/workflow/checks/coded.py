"""What `apply` wrote: `labels.parquet`, `labels.csv` and `matrix.csv`."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from coder.errors import CoderError, command, option
from coder.text import count, name_some, short_cell
from coder.workflow.checks.result import (
    CheckResult,
    ProjectContents,
    read_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook

NOT_COMPARED = "not compared with the labels: the decisions cannot be read"
MOST_THEMES = 8  # named in one message
Assignment = tuple[str, str]  # comment id, and theme or `theme=position`


def check_labels(contents: ProjectContents) -> list[CheckResult]:
    """`labels.parquet`: of the right comments and themes, with probabilities and evidence that
    can be.
    """
    labels = contents.labels
    if labels is None or contents.comments is None:
        return []
    left_out: Mapping[str, str] = contents.last_run("apply").get("left_out") or {}
    faults = _comment_faults(labels, contents.comments, left_out)
    faults += _row_faults(labels)
    faults += _evidence_faults(labels, contents.texts)
    notes: list[str] = []
    if left_out:
        named = name_some(sorted(left_out))
        notes.append(f"{count(len(left_out), 'comment')} could not be read: {named}")
    if contents.codebook is not None:
        faults += _theme_faults(
            labels,
            contents.codebook,
            _apply_again(contents),
        )
        notes += _renamed(labels, contents.codebook)
    assigned = int(labels["assigned"].sum())
    content = f"{count(len(labels), 'row')}, {assigned:,} assigned by the model"
    return [
        CheckResult(
            "labels",
            content,
            tuple(faults),
            tuple(notes),
        )
    ]


def _apply_again(contents: ProjectContents) -> str:
    codebook = contents.codebook_path or "FILE"
    return command(
        "apply",
        contents.project.folder,
        option("codebook", str(codebook)),
    )


def _comment_faults(
    labels: "pd.DataFrame", comments: "pd.DataFrame", left_out: Collection[str]
) -> list[str]:
    """Labels of other comments than the analysed ones, and analysed comments without labels.

    Args:
        left_out: ids of comments that the coding could not read, and said so.
    """
    from coder.tables import analysed

    known = set(comments["comment_id"])
    expected = set(analysed(comments)["comment_id"])
    labelled = set(labels["comment_id"])
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


def _row_faults(labels: "pd.DataFrame") -> list[str]:
    """Comments with fewer rows than others, and probabilities outside 0 to 1."""
    faults = []
    rows = labels.groupby("comment_id").size()
    if rows.nunique() > 1:
        short = rows[rows < rows.max()].index
        faults.append(
            f"{count(len(short), 'comment')} lack the row of a theme: {name_some(short)}"
        )
    outside = ~labels["probability"].between(0, 1)
    if outside.any():
        number = count(int(outside.sum()), "probability")
        faults.append(f"{number} not between 0 and 1")
    return faults


def _evidence_faults(
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
    if not wrong:
        return []
    pieces = count(len(wrong), "piece")
    return [
        f"{pieces} of evidence cannot be found in the comment's text: {name_some(wrong)}"
    ]


def _theme_faults(
    labels: "pd.DataFrame",
    codebook: "Codebook",
    apply_again: str,
) -> list[str]:
    """Themes on one side only; renamed, merged and retired themes are read right."""
    labelled = set(map(str, labels["theme_id"].unique()))
    current = {codebook.current_ids.get(theme_id, "") for theme_id in labelled}
    not_coded = sorted(set(codebook.theme_ids) - current)
    unknown = sorted(labelled - set(codebook.current_ids))
    faults = []
    if not_coded:
        names = name_some(not_coded, MOST_THEMES)
        faults.append(
            f"the comments were coded without {names}, which the codebook has. Code them again: "
            f"{apply_again}"
        )
    if unknown:
        names = name_some(unknown, MOST_THEMES)
        faults.append(
            f"the comments were coded with {names}, which the codebook does not have. Code them "
            f"again: {apply_again}"
        )
    return faults


def _renamed(labels: "pd.DataFrame", codebook: "Codebook") -> list[str]:
    renamed = []
    for theme_id in sorted(map(str, labels["theme_id"].unique())):
        current = codebook.current_ids.get(theme_id, theme_id)
        if current != theme_id:
            renamed.append(f"{theme_id} is {current}")
    if not renamed:
        return []
    return [
        f"themes were renamed since, and are read by their new names: {name_some(renamed)}"
    ]


# ---------------------------------------------------------------- the tables of what stands


def check_label_tables(contents: ProjectContents) -> list[CheckResult]:
    """`labels.csv` and `matrix.csv`: as `apply` wrote them, or at least with the same
    assignments.
    """
    from coder.files import sha256_of

    if contents.labels is None:
        return []
    hashes = contents.last_run("apply").get("tables_sha256") or {}
    results = []
    for name, read_assignments in (
        ("labels.csv", _assignments_of_labels),
        ("matrix.csv", _assignments_of_matrix),
    ):
        path = contents.project.folder / name
        if not path.is_file():
            continue
        rows = read_rows(path)
        faults: tuple[str, ...] = ()
        notes: tuple[str, ...] = ()
        if hashes.get(name) != sha256_of(path):
            try:
                expected = _expected_assignments(contents, recorded=name in hashes)
                faults = _assignment_faults(set(read_assignments(rows)), expected)
            except CoderError:  # reported with the decisions
                notes = (NOT_COMPARED,)
        results.append(
            CheckResult(
                name,
                count(len(rows), "row"),
                faults,
                notes,
            )
        )
    return results


def _assignments_of_labels(rows: Iterable[Mapping[str, str]]) -> Iterable[Assignment]:
    for row in rows:
        item = _item(row.get("theme_id", ""), row.get("position_id", ""))
        yield row.get("comment_id", ""), item


def _assignments_of_matrix(rows: Iterable[Mapping[str, str]]) -> Iterable[Assignment]:
    for row in rows:
        for column, value in row.items():
            if value == "1" and column != "comment_id":
                yield row["comment_id"], column


def _item(theme_id: str, position_id: str) -> str:
    return f"{theme_id}={position_id}" if position_id else theme_id


def _expected_assignments(
    contents: ProjectContents,
    *,
    recorded: bool,
) -> set[Assignment]:
    """What the tables should hold.

    Args:
        recorded: the run record holds the tables' hashes. Earlier versions recorded none, and
            stored what stood in `labels.parquet` itself.
    """
    from coder.files import spreadsheet_safe

    labels = contents.project.stored_labels()
    if recorded and contents.labels is not None:
        labels = _lay_decisions_over(contents.labels, contents)
    columns = ["comment_id", "theme_id", "position_id"]
    rows = labels.loc[labels["assigned"], columns].itertuples(index=False, name=None)
    return {
        (str(spreadsheet_safe(c)), _item(theme, position))
        for c, theme, position in rows
    }


def _lay_decisions_over(
    labels: "pd.DataFrame", contents: ProjectContents
) -> "pd.DataFrame":
    """The labels as they stand after the decisions of today, as far as the codebook can be read."""
    from coder.decisions import judgements, lay_over, own_judgements, read_decisions

    path, book = contents.codebook_path, contents.codebook
    settings, comments = contents.settings, contents.comments
    if path is None or book is None or settings is None or comments is None:
        return labels
    stored = read_decisions(path)
    judged = judgements(stored.decisions, book, stored.states)
    own = own_judgements(judged, comments, settings.name)
    return lay_over(labels, own, book)


def _assignment_faults(
    written: set[Assignment],
    expected: set[Assignment],
) -> tuple[str, ...]:
    different = written ^ expected
    if not different:
        return ()
    first = " ".join(map(short_cell, sorted(different)[0]))
    number = count(len(different), "assignment")
    return (f"{number} not those of labels.parquet and the decisions (first: {first})",)
