"""The characteristics that the Equality Act 2010 protects, and which columns of a survey hold
them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coder.errors import CoderError, did_you_mean, option
from coder.figures import join_names
from coder.settings import Settings

NONE = "-"  # in place of a column: the survey does not hold the characteristic
# Where one word of a name ends: `AgeGroup`, `age_group`.
WORD_ENDS = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+")


@dataclass(frozen=True)
class Characteristic:
    """A protected characteristic (Equality Act 2010, section 4).

    Attributes:
        id: as it is typed.
        pattern: matches the names of columns that hold it, in small letters, words apart.
        not_pattern: matches those that only look like it.
    """

    id: str
    name: str
    pattern: str
    not_pattern: str = "$^"

    def is_held_by(self, words: str) -> bool:
        """Whether a column of this name looks like it."""
        if re.search(self.not_pattern, words):
            return False
        return re.search(self.pattern, words) is not None


CHARACTERISTICS = (
    Characteristic(
        "age",
        "Age",
        r"\b(age|ages|aged|ageband|agegroup|agerange|agegrp|how old|(year|date) of birth|dob)\b",
        r"\b(language|access|old age pension)\b",
    ),
    Characteristic(
        "disability",
        "Disability",
        r"\b(disab\w*|impairments?|(long term|health) (condition|illness|problem)\w*)\b",
    ),
    Characteristic(
        "reassignment",
        "Gender reassignment",
        r"\b(trans|transgender|transsexual|reassignment|gender modality)\b"
        r"|\bgender\b.*\b(at birth|same as)\b|\bgender identity same\b",
    ),
    Characteristic(
        "marriage",
        "Marriage and civil partnership",
        r"\b(marital|marriage|married|civil partner\w*)\b",
    ),
    Characteristic(
        "pregnancy",
        "Pregnancy and maternity",
        r"\b(pregnan\w*|maternity)\b",
    ),
    Characteristic("race", "Race", r"\b(ethnic\w*|race|racial|nationality)\b"),
    Characteristic(
        "religion",
        "Religion or belief",
        r"\b(religio\w*|faith|beliefs?)\b",
    ),
    Characteristic(
        "sex",
        "Sex",
        r"\b(sex|gender)\b",
        r"\b(trans\w*|reassignment|modality|at birth same|same as|orientation"
        r"|gender\b.*\bat birth)\b|\bgender identity same\b",
    ),
    Characteristic(
        "orientation",
        "Sexual orientation",
        r"\b(sexual(ity| orientation| identity)|sexualorientation|orientation|lgbt?\w*)\b",
        r"\bgender\b",
    ),
)
BY_ID = {each.id: each for each in CHARACTERISTICS}


@dataclass(frozen=True)
class EqualityRequest:
    """What the user says of an equality read-out.

    Attributes:
        columns: id of a characteristic to the column or derived variable that holds it; `NONE`
            for one that the survey does not hold. Others are looked for by their names.
        population: id of a characteristic to the share of each group, in [0, 1].
        population_name: of the file of those shares.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    population: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    population_name: str = ""


def parse_characteristics(typed: Iterable[str]) -> dict[str, str]:
    """`age=age_group` as id and column.

    Raises:
        CoderError: there is no such characteristic, it is named twice, or the column is missing.
    """
    columns: dict[str, str] = {}
    for text in typed:
        name, _, column = text.partition("=")
        each = find_characteristic(name, option("characteristic", text))
        if not column.strip():
            raise CoderError(
                f"{option('characteristic', text)}: names no column",
                f"Write {option('characteristic', f'{each.id}=COLUMN')}, or {each.id}={NONE} "
                "where the survey does not hold it.",
            )
        if each.id in columns:
            raise CoderError(
                f"{option('characteristic', text)}: {each.id} is named twice",
                "Name one column for each characteristic.",
            )
        columns[each.id] = column.strip()
    return columns


def find_characteristic(name: str, place: str) -> Characteristic:
    """The characteristic of an id or a full name, in any case.

    Args:
        place: where the name stands, for the error.

    Raises:
        CoderError: there is none.
    """
    folded = name.strip().casefold()
    for each in CHARACTERISTICS:
        if folded in (each.id, each.name.casefold()):
            return each
    raise CoderError(
        f"{place}: {name.strip()!r} is not a protected characteristic",
        did_you_mean(folded, BY_ID),
    )


def find_columns(
    request: EqualityRequest, columns: Sequence[str], settings: Settings
) -> dict[str, str]:
    """The column of each characteristic that the survey holds, by id.

    A column is found by the words of its name, else of the question that it answers. Groups that
    project.yaml makes from a column go before the column.

    Args:
        columns: the survey's own.

    Raises:
        CoderError: several columns look like one characteristic, or a named one does not exist.
    """
    names = [*columns, *settings.derived]
    held = {}
    for each in CHARACTERISTICS:
        column = request.columns.get(each.id)
        if column is None:
            column = _find_column(each, names, settings)
        elif column not in (*names, NONE):
            raise CoderError(
                f"{option('characteristic', f'{each.id}={column}')}: there is no such column",
                did_you_mean(column, names),
            )
        if column and column != NONE:
            held[each.id] = column
    return held


def _find_column(each: Characteristic, names: Sequence[str], settings: Settings) -> str:
    """The only column that looks like a characteristic; empty where none does."""
    found = [name for name in names if each.is_held_by(_words_of(name))]
    if not found:
        wordings = {name: settings.wordings.get(name, "") for name in names}
        found = [name for name in names if each.is_held_by(_words_of(wordings[name]))]
    made_from = _columns_made_from(found, settings)
    found = [name for name in found if name not in made_from]
    if len(found) > 1:
        quoted = join_names([repr(name) for name in found])
        chosen = option("characteristic", f"{each.id}={found[0]}")
        raise CoderError(
            f"{option('equality')}: several columns look like {each.name.lower()}: {quoted}",
            f"Name the one to use, such as {chosen}",
        )
    return "".join(found)


def _columns_made_from(names: Iterable[str], settings: Settings) -> set[str]:
    """The columns that the groups of derived variables are made from."""
    derived = [settings.derived[name] for name in names if name in settings.derived]
    return {rule.column for rule in derived}


def _words_of(name: str) -> str:
    return " ".join(WORD_ENDS.split(name)).casefold().strip()
