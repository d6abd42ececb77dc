"""Decisions that a project does not see because it has another name now."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from coder.text import count, text_hash

if TYPE_CHECKING:
    import pandas as pd

SHARE_NEEDED = 0.5  # of the comments decided under a name


class DecidedComment(NamedTuple):
    """What decisions say of the comment that they are about."""

    project: str
    comment_id: str
    text_hash: str


def notes_on_other_name(
    decided: Iterable[DecidedComment], comments: "pd.DataFrame", project: str
) -> list[str]:
    """A note where nothing was decided under a project's name, and most of what was decided under
    another is about its comments: `name` in `project.yaml` may have been changed.

    Args:
        decided: of all projects of a codebook; a comment may come again.
        comments: `tables.COMMENTS` of the project.
    """
    by_name: dict[str, set[DecidedComment]] = {}
    for one in decided:
        by_name.setdefault(one.project, set()).add(one)
    if project in by_name or not by_name:
        return []
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    notes = []
    for name, those in by_name.items():
        own = [one for one in those if _is_about(one, texts)]
        if own and len(own) >= SHARE_NEEDED * len(those):
            notes.append(
                f"Nothing was decided under the name {project!r}, which project.yaml gives the "
                f"project. Decisions on {count(len(own), 'comment')} of it are kept under the "
                f"name {name!r} and do not count. If the project was renamed, put `name: {name}` "
                "back."
            )
    return notes


def _is_about(decided: DecidedComment, texts: dict[str, str]) -> bool:
    text = texts.get(decided.comment_id)
    return text is not None and text_hash(text) == decided.text_hash
