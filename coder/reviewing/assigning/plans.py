"""Plans: files in which a lead says who codes what, and what they ask for when they are dealt out.

    name: week 1
    reviewers: [amira, ben]
    share: {amira: 2, ben: 1}    # where they get unequal parts
    draw: 200                    # the next 200 of the random order; or comments: all; or ids
    seed: 0
    twice: 20%                   # coded by two people, the second time blind
    theme: parking               # judge this theme alone
    blind: yes
    due: 2026-12-01

A plan that takes another one back holds `withdraw: week 1`, and `reviewers:` where it takes back
the parts of some alone. A table says for each comment who codes it: columns reviewer, comment_id
and perhaps due.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from coder.codebook import fingerprint_of
from coder.decisions import check_reviewer
from coder.decisions.table_cells import TableRow, read_cells
from coder.errors import CoderError
from coder.files import nearest_name, stem_of
from coder.text import count, quoted_cell
from coder.yaml_faults import read_model

MOST_BYTES = 64 << 20  # of a plan that lists its comments
MOST_NAMED = 8  # faulty rows in one message
TABLE_COLUMNS = ("reviewer", "comment_id", "due")
WHAT_A_PLAN_HOLDS = (
    "A plan holds reviewers, one of draw and comments, and perhaps name, share, seed, twice, "
    "theme, blind and due; or withdraw, and perhaps reviewers."
)


def _as_share(value: object) -> object:
    """A percentage as a share, such as 0.2; anything else as it is."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip().removesuffix("%")) / 100
        except ValueError:
            return value
    return value


def _as_list(value: object) -> object:
    """One name as a list of it."""
    if isinstance(value, str):
        return [value]
    return value


Part = Annotated[float, BeforeValidator(_as_share), Field(gt=0, allow_inf_nan=False)]
TwiceShare = Annotated[float, BeforeValidator(_as_share), Field(ge=0, le=1)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class Plan(BaseModel):
    """What a plan asks for; see the module.

    Attributes:
        share: a weight by reviewer; empty where all get the same.
        draw: number of comments of the random order.
        comments: all, or ids in their order.
        twice: share of the comments that two people code, in [0, 1].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    reviewers: Names = ()
    share: dict[str, Part] = Field(default_factory=dict)
    draw: int | None = Field(default=None, ge=1)
    comments: Literal["all"] | tuple[str, ...] | None = None
    seed: int = Field(default=0, ge=0)
    twice: TwiceShare = 0.0
    theme: str = ""
    blind: bool = False
    due: date | None = None
    withdraw: str = ""

    @property
    def request(self) -> str:
        """The hash of what the plan asks for."""
        return fingerprint_of(self.model_dump(mode="json"))

    @property
    def weights(self) -> dict[str, float]:
        """The size of each reviewer's part, in relation to the others'."""
        return {name: self.share.get(name, 1.0) for name in self.reviewers}

    @property
    def due_date(self) -> str:
        """The date in ISO 8601; empty where there is none."""
        if self.due is None:
            return ""
        return self.due.isoformat()


class TableShare(BaseModel):
    """What one reviewer gets by a table.

    Attributes:
        due: the latest date of the reviewer's rows.
    """

    model_config = ConfigDict(frozen=True)

    comment_ids: list[str] = Field(default_factory=list)
    second: list[str] = Field(default_factory=list)
    due: str = ""


def read_plan(path: Path) -> Plan:
    """The plan in a YAML file.

    Raises:
        CoderError: it is no plan, or asks for what cannot be; with lines where they are known.
    """
    _check_file(path)
    plan = read_model(path, path.read_bytes(), Plan, WHAT_A_PLAN_HOLDS)
    if plan.withdraw:
        _check_withdrawal(path, plan)
    else:
        _check_plan(path, plan)
    named = [check_reviewer(name) for name in plan.reviewers]
    update: dict[str, Any] = {"reviewers": tuple(named)}
    if not plan.name:
        update["name"] = stem_of(path)
    return plan.model_copy(update=update)


def _check_file(path: Path) -> None:
    if not path.is_file():
        problem = "is not a file" if path.exists() else "there is no such file"
        raise CoderError(
            f"{path}: {problem}", f"{nearest_name(path)}Name a plan, such as plan.yaml."
        )
    if path.stat().st_size > MOST_BYTES:
        raise CoderError(f"{path}: larger than a plan can be", WHAT_A_PLAN_HOLDS)


def _check_withdrawal(path: Path, plan: Plan) -> None:
    allowed = {"withdraw", "reviewers"}
    other = sorted(plan.model_fields_set - allowed)
    if other:
        raise CoderError(
            f"{path}: withdraw cannot stand beside {', '.join(other)}",
            "A plan deals out, or takes another one back: write two plans.",
        )


def _check_plan(path: Path, plan: Plan) -> None:
    """Raise `CoderError` where parts of a plan are missing or contradict each other."""
    problem = _fault_of_reviewers(plan) or _fault_of_comments(plan)
    if problem:
        raise CoderError(f"{path}: {problem}", WHAT_A_PLAN_HOLDS)


def _fault_of_reviewers(plan: Plan) -> str:
    repeated = {name for name in plan.reviewers if plan.reviewers.count(name) > 1}
    if not plan.reviewers:
        return "names no reviewers"
    if repeated:
        return f"names {quoted_cell(min(repeated))} twice among the reviewers"
    if plan.twice and len(plan.reviewers) < 2:
        return "twice needs two reviewers at least"
    if not plan.share:
        return ""
    unknown = sorted(set(plan.share) - set(plan.reviewers))
    without = sorted(set(plan.reviewers) - set(plan.share))
    if unknown:
        return f"share: {quoted_cell(unknown[0])} is not among the reviewers"
    if without:
        return f"share: {quoted_cell(without[0])} is missing; name every reviewer"
    return ""


def _fault_of_comments(plan: Plan) -> str:
    if (plan.draw is None) == (plan.comments is None):
        return "must have one of draw and comments"
    if plan.comments == ():
        return "lists no comments"
    if isinstance(plan.comments, tuple):
        listed = len(plan.comments)
        if len(set(plan.comments)) < listed:
            return "lists a comment twice; `twice: 20%` has some coded by two people"
    return ""


# ---------------------------------------------------------------- a table


def read_plan_table(path: Path, known: Mapping[str, object]) -> dict[str, TableShare]:
    """What each reviewer gets by a table, in the order of its rows.

    The second reviewer of a comment codes it a second time.

    Args:
        known: holds the ids of the comments that are analysed.

    Raises:
        CoderError: a row names no comment of the project, nobody, one pair twice, or a third
            reviewer; every such row with its place.
    """
    cells = read_cells(path)
    if "reviewer" not in cells.columns:
        raise CoderError(
            f"{path}: there is no column reviewer (columns: {', '.join(cells.columns)})",
            f"A plan as a table has the columns {', '.join(TABLE_COLUMNS)}; due may be missing.",
        )
    shares: dict[str, TableShare] = {}
    coders: dict[str, list[str]] = {}
    faults = []
    for row in cells.rows:
        problem = _take_row(row, known, shares, coders)
        if problem:
            faults.append(f"{cells.name}: {cells.row_word} {row.number}: {problem}")
    if not shares and not faults:
        faults.append(f"{path}: there is no row")
    if faults:
        problem = "\n".join(faults[:MOST_NAMED])
        if len(faults) > MOST_NAMED:
            problem += f"\nand {count(len(faults) - MOST_NAMED, 'more row')}"
        raise CoderError(problem, "Correct the table; nothing was assigned.")
    return shares


def _take_row(
    row: TableRow,
    known: Mapping[str, object],
    shares: dict[str, TableShare],
    coders: dict[str, list[str]],
) -> str:
    """Add a row to the shares; what is wrong with it, empty where nothing is.

    Args:
        coders: who codes each comment, in the order of the rows.
    """
    comment_id = row.plain_text("comment_id")
    if comment_id not in known:
        return f"the project analyses no comment {quoted_cell(comment_id)}"
    try:
        reviewer = check_reviewer(row.text("reviewer"))
    except CoderError as error:
        return error.problem
    due = row.text("due")
    try:
        date.fromisoformat(due[:10] or "2000-01-01")
    except ValueError:
        return f"{quoted_cell(due)} is no date such as 2026-12-01"
    own = coders.setdefault(comment_id, [])
    if reviewer in own:
        return f"{quoted_cell(comment_id)} is given to {reviewer} twice"
    if len(own) > 1:
        return f"{quoted_cell(comment_id)} has two reviewers already"
    own.append(reviewer)
    share = shares.get(reviewer, TableShare())
    share.comment_ids.append(comment_id)
    if len(own) > 1:
        share.second.append(comment_id)
    latest = max(share.due, due[:10])
    shares[reviewer] = share.model_copy(update={"due": latest})
    return ""
