"""What a report holds besides its tables: the quality report and the equality read-out."""

from dataclasses import dataclass, field

import pandas as pd

from coder import tables
from coder.reporting.characteristics import Characteristic


@dataclass(frozen=True)
class Statement:
    """What the quality report says of one topic."""

    topic: str
    text: str


def _no_grades() -> pd.DataFrame:
    return tables.empty(tables.GRADES)


@dataclass(frozen=True)
class Quality:
    """The quality report.

    Attributes:
        statements: in the order of the topics.
        grades: `tables.GRADES`.
        rule: how grades are given.
    """

    statements: tuple[Statement, ...] = ()
    grades: pd.DataFrame = field(default_factory=_no_grades)
    rule: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeldCharacteristic:
    """What is known of a protected characteristic that the survey holds.

    Attributes:
        column: of the survey, or a derived variable.
        respondents: `tables.RESPONDENTS`.
        cells: `tables.CELLS`, for the rows of the theme table.
        raised: `tables.RAISED`.
        errors: `tables.GROUP_ERRORS`; None where the model's errors are not known.
        absent: who is missing or rare; empty where nobody is or no population is given.
        notes: how to read it.
    """

    characteristic: Characteristic
    column: str
    respondents: pd.DataFrame
    cells: pd.DataFrame
    raised: pd.DataFrame
    errors: pd.DataFrame | None
    absent: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Equality:
    """The equality read-out.

    Attributes:
        held: the characteristics that the survey holds.
        not_known: the others, each with the reason.
        small_theme: per cent of all comments below which a theme is small.
        notes: how the figures were made, and what they are not protected against.
    """

    held: tuple[HeldCharacteristic, ...]
    not_known: tuple[tuple[Characteristic, str], ...]
    small_theme: float
    notes: tuple[str, ...]
