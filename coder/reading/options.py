"""How files are to be read, where it is not to be detected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coder.errors import CoderError, option

NO_COLUMN = "-"  # in place of a column's name: no column plays this role


@dataclass(frozen=True)
class Columns:
    """Which columns of a file hold what.

    Attributes:
        text: the column of the comments, or several, one a question; None to have them detected.
        id, source, weight, respondent: a column's name; `-` where no column plays the role; None
            to have it detected.
        attributes: columns that describe the respondents; None to have them detected.
        question: the question that was asked, or the column that holds it.
        wordings: column to the question that was asked, where the header does not say it.

    Raises:
        CoderError: a value is not text, or `attributes` is not a list of names.
    """

    text: str | Sequence[str] | None = None
    id: str | None = None
    source: str | None = None
    weight: str | None = None
    attributes: Sequence[str] | None = None
    question: str = ""
    respondent: str | None = None
    wordings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = [(role, column) for role, column in self.roles().items()]
        named += [("text", column) for column in self.texts]
        named.append(("question", self.question))
        for role, column in named:
            if not isinstance(column, str):
                raise CoderError(
                    f"{option(role)} must be text, not {type(column).__name__}",
                    "Give the name of a column.",
                )
        if isinstance(self.attributes, str):
            raise CoderError(
                f"{option('attributes')} must be a list of columns, not one text",
                f"Write attributes=[{self.attributes!r}].",
            )

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that were named for comments; none where they are to be detected."""
        if self.text is None:
            return ()
        if isinstance(self.text, Sequence) and not isinstance(self.text, str):
            return tuple(self.text)
        return (self.text,)

    def roles(self) -> dict[str, str]:
        """Role to column, or to `-`; a role that is to be detected is absent."""
        choices = {
            "text": next(iter(self.texts), None),
            "id": self.id,
            "source": self.source,
            "weight": self.weight,
            "respondent": self.respondent,
        }
        return {role: column for role, column in choices.items() if column is not None}


@dataclass(frozen=True)
class FileOptions:
    """How a file is opened.

    Attributes:
        encoding: of a text file; None to have it detected.
        sheet: of a workbook, or a file in a ZIP archive; None for the first that holds the
            answers.
        header_rows: how many rows name the columns; None to have it detected.
    """

    encoding: str | None = None
    sheet: str | None = None
    header_rows: int | None = None
