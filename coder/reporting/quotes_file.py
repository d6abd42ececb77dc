"""`quotes.yaml`: which quotes the analyst pinned and which comments are not to be quoted."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from coder.errors import CoderError


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
    try:
        tree: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8-sig")) or {}
        return QuoteChoices.model_validate(tree)
    except (YAMLError, UnicodeDecodeError) as error:
        raise CoderError(
            f"{path}: {str(error).splitlines()[0]}", "Correct the file."
        ) from error
    except ValidationError as error:
        faults = [f"{path}: {_describe_fault(fault)}" for fault in error.errors()]
        raise CoderError(
            "\n".join(faults),
            "The file may hold `pin:` (theme, position, comment, quote) and `drop:` (comment ids).",
        ) from error


def _describe_fault(fault: Any) -> str:
    where = ".".join(map(str, fault["loc"]))
    message = fault["msg"].replace("valid tuple", "list, such as [c1, c2]")
    return f"{where}: {message}"
