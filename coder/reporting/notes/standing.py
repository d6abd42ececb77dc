"""What the counts are: a first guess, partly reviewed, estimated or exact; and how intervals
were made.
"""

from collections.abc import Iterator

import numpy as np

from coder.errors import option
from coder.figures import GUESS_WARNING, NOT_FOR_PUBLICATION, choose_form, join_names
from coder.reporting.coded_matrix import CodedMatrix, Integers, next_command
from coder.reporting.inputs import Inputs
from coder.reporting.notes.disputes import disputed_comments
from coder.reporting.notes.samples import describe_sample, unusable_sample
from coder.reporting.shares import Shares
from coder.statistics.intervals import FEWEST_AUDITED
from coder.text import count

WIDE_BELOW = 100  # random reviews
FIRST_GUESS = "First guess by the program, not for publication"


def standing_line(matrix: CodedMatrix, shares: Shares, inputs: Inputs) -> str:
    """One line on what the counts are, for directly under the title."""
    methods = shares.methods
    if methods == {"reviewed"}:
        return _exact_line(matrix)
    if "coded" not in methods and "audit" not in methods:
        left = int((~matrix.fully_judged).sum())
        return (
            f"Nearly exact: reviewers decided all but {left:,} of "
            f"{count(len(matrix.comments), 'comment')}, and the intervals allow for whatever "
            f"{choose_form(left, 'that one', 'those')} may say."
        )
    if "coded" not in methods:
        return (
            f"Estimated with 95% intervals, from {count(matrix.drawn, 'comment')} drawn at "
            "random and reviewed."
        )
    if methods == {"coded"}:
        return _first_guess_line(matrix, inputs)
    names = join_names(_names_without_interval(matrix, shares))
    if "audit" not in methods:
        exact = "nearly exact" if "bounds" in methods else "exact"
        return f"Partly reviewed: {exact} for every theme but {names}."
    return (
        "Partly estimated with 95% intervals, from comments drawn at random and reviewed: "
        f"there is no interval for {names}."
    )


def publication_warning(shares: Shares, inputs: Inputs) -> str:
    """What must stand on every page and chart; empty where some figure may be published."""
    if shares.methods != {"coded"}:
        return ""
    if inputs.has_labels:
        return GUESS_WARNING
    return f"{NOT_FOR_PUBLICATION}: not all comments are reviewed"


def _exact_line(matrix: CodedMatrix) -> str:
    if matrix.reviewers is not None:
        return (
            "Every comment was decided by a reviewer; the 95% intervals are what other reviewers "
            "would have counted."
        )
    disputed = disputed_comments(matrix)
    if disputed:
        return (
            "Exact but for disputes: every comment was decided, and reviewers disagree about "
            f"{disputed:,} of {count(len(matrix.comments), 'comment')}."
        )
    return "Exact: every comment was decided by a reviewer."


def _first_guess_line(matrix: CodedMatrix, inputs: Inputs) -> str:
    """Where no row has an interval."""
    judged = int(matrix.partly_judged.sum())
    decided = (
        f"reviewers decided {judged:,} of {count(len(matrix.comments), 'comment')}"
    )
    if not inputs.has_labels:
        return f"Partly reviewed: {decided}, and only those are counted."
    unusable = unusable_sample(matrix)
    if unusable is not None:
        return f"{FIRST_GUESS}: {describe_sample(unusable)}."
    if not matrix.drawn:
        details = f" ({decided}, none drawn at random)" if judged else ""
        return f"{FIRST_GUESS}: no comment drawn at random has been reviewed{details}."
    reason = f"an interval needs {FEWEST_AUDITED}"
    return f"{FIRST_GUESS}: {decided}, {matrix.drawn:,} of them drawn at random, and {reason}."


def _rows_without_interval(matrix: CodedMatrix, shares: Shares) -> Integers:
    """Numbers of the rows whose counts are as coded."""
    is_coded = [shares.total[row.key].method == "coded" for row in matrix.rows]
    return np.flatnonzero(is_coded)


def _names_without_interval(matrix: CodedMatrix, shares: Shares) -> list[str]:
    """The same by name; positions only where their theme has an interval."""
    rows = [matrix.rows[number] for number in _rows_without_interval(matrix, shares)]
    themes = {row.theme.id for row in rows if row.position is None}
    names = []
    for row in rows:
        if row.position is None:
            names.append(row.short)
        elif row.theme.id not in themes:
            names.append(f"{row.theme.short} ({row.short})")
    return names


def names_without_figures(matrix: CodedMatrix, shares: Shares) -> list[str]:
    """The themes of which nothing is known yet."""
    names = []
    for row in matrix.rows:
        if row.position is None and shares.total[row.key].method == "open":
            names.append(row.short)
    return names


def open_note(matrix: CodedMatrix, shares: Shares, inputs: Inputs) -> str:
    """How to get figures for themes that have none."""
    if not names_without_figures(matrix, shares):
        return ""
    apply = next_command(inputs.names, "apply")
    return f"To code the comments for themes without figures: {apply}"


def interval_notes(
    matrix: CodedMatrix, shares: Shares, inputs: Inputs
) -> Iterator[str]:
    """How the intervals were made, and why there are none."""
    methods = shares.methods
    if methods == {"reviewed"} and matrix.reviewers is not None:
        yield "Counts are exact for these reviewers: every comment was decided by one."
    elif methods == {"reviewed"}:
        yield (
            "Counts are exact: every comment was decided by a reviewer. They do not tell how "
            "another reviewer would have read the same comments."
        )
    if "audit" in methods:
        yield (
            "Counts are estimates. What reviewers decided counts as it is; the rest counts "
            "with the program's own probabilities, corrected by the "
            f"{count(matrix.drawn, 'comment')} drawn at random and reviewed. The intervals "
            "cover what reviewers would have counted had they read every comment: 95 of 100 "
            "such samples give an interval that holds that count."
        )
    if "bounds" in methods:
        yield (
            "Where reviewers decided almost every comment, the intervals run from none to all "
            "of the comments not decided."
        )
    if "coded" in methods:
        which = ""
        if methods != {"coded"}:
            which = f" for {join_names(_names_without_interval(matrix, shares))}"
        reason = _reason_for_none(matrix, shares, inputs)
        yield f"No interval is given{which}: {reason}"


def _reason_for_none(matrix: CodedMatrix, shares: Shares, inputs: Inputs) -> str:
    """Why some counts have no interval, and what to do about it."""
    counts = "Counts are as coded by the model, or as reviewers decided where they did."
    if not inputs.has_labels:
        counts = (
            "Counts are those of the comments decided so far, and percentages are of all "
            "comments, decided or not: both are lower than they will be."
        )
    unusable = unusable_sample(matrix)
    if unusable is not None:
        return f"{describe_sample(unusable)}. {counts}"
    draw = option("sample", str(WIDE_BELOW))
    if matrix.drawn < FEWEST_AUDITED:
        draw = option("start")
    sample = next_command(inputs.names, "review", draw)
    return (
        f"{_describe_drawn(matrix, shares)}, and an interval needs at least {FEWEST_AUDITED} "
        f"({WIDE_BELOW} is better). {counts} To draw a sample: {sample}"
    )


def _describe_drawn(matrix: CodedMatrix, shares: Shares) -> str:
    drawn = matrix.drawn
    if drawn == 0:
        return "no comment drawn at random was reviewed"
    rows = _rows_without_interval(matrix, shares)
    on_all_themes = int(matrix.audited[:, rows].all(axis=1).sum())
    were = choose_form(drawn, "was", "were")
    described = f"{count(drawn, 'comment')} drawn at random {were} reviewed"
    if on_all_themes == drawn:
        return f"only {described}"
    some = "none"
    if on_all_themes:
        some = f"only {on_all_themes:,}"
    return (
        f"{described}, but {some} of them on all themes (in "
        f"{drawn - on_all_themes:,} a theme was left unsure or not asked)"
    )
