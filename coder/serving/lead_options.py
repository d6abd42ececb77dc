"""What the lead chose for everybody's pages."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from coder.files import write_text
from coder.stored import DamagedFileError, read_json

OPTIONS_FILE = "serving.json"
MOST_BYTES = 1 << 16
REMEDY = "Remove it, and choose again on the lead's page."


class LeadOptions(BaseModel):
    """The choices.

    Attributes:
        hide_names: adjudicators do not see who of the reviewers answered what.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    hide_names: bool = False


def read_options(project_folder: Path) -> LeadOptions:
    """What was chosen last.

    Raises:
        CoderError: the file is damaged.
    """
    path = project_folder / OPTIONS_FILE
    if not path.exists():
        return LeadOptions()
    content = read_json(path, REMEDY, MOST_BYTES)
    try:
        return LeadOptions.model_validate(content)
    except ValidationError as error:
        raise DamagedFileError(path, "it holds no choices", REMEDY) from error


def write_options(project_folder: Path, options: LeadOptions) -> None:
    """Keep a choice.

    Raises:
        CoderError: the folder cannot be written.
    """
    write_text(project_folder / OPTIONS_FILE, options.model_dump_json(indent=1) + "\n")
