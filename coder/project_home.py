"""Where a project's settings and comments are."""

from pathlib import Path

SETTINGS_FILE = "project.yaml"
QUESTIONS_FOLDER = "questions"  # of a project of several, a folder each


def home_of(folder: Path) -> Path:
    """The folder that holds the settings and the comments: that of the whole survey, where
    `folder` is that of one of its questions.
    """
    place = folder
    if place.parent.name != QUESTIONS_FOLDER:  # such as a full stop, or a name alone
        place = folder.absolute()
    survey = place.parent.parent
    is_of_question = (
        place.parent.name == QUESTIONS_FOLDER
        and (survey / SETTINGS_FILE).is_file()
        and not (folder / SETTINGS_FILE).is_file()
    )
    return survey if is_of_question else folder
