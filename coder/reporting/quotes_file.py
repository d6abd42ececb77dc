"""`quotes.yaml`: which quotes the analyst pinned and which comments are not to be quoted."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from coder.yaml_faults import read_model


class PinnedQuote(BaseModel):
    """A quote that the analyst chose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: str
    position: str = ""
    comment: str
    quote: str = ""  # empty: the whole comment


class QuoteChoices(BaseModel):
    """What `quotes.yaml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pin: tuple[PinnedQuote, ...] = ()
    drop: tuple[str, ...] = Field(
        default=(), description="ids of comments that are not quoted"
    )


def read_choices(path: Path) -> QuoteChoices:
    """The analyst's choices; none where there is no file.

    Raises:
        CoderError: the file is not as it must be; it names all faults.
    """
    if not path.is_file():
        return QuoteChoices()
    return read_model(
        path,
        path.read_bytes(),
        QuoteChoices,
        "The file may hold `pin:` (theme, position, comment, quote) and `drop:` (comment ids).",
    )
