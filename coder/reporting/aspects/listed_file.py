"""The file of sentences that say what a codebook lists: `cache/listed-KEY.parquet`.

It is made from the texts and the codebook's lists, whose hash is its name, and can be deleted.
"""

import hashlib
from pathlib import Path

import pandas as pd

from coder import files
from coder.codebook import Codebook
from coder.comment_files import fingerprint_texts, read_table
from coder.errors import command, option
from coder.label_files import write_parquet
from coder.project import Project
from coder.reporting.aspects.listed import ALIKE, ALIKE_WITH_WORD, DTYPES

PATTERN = "listed-{key}.parquet"


def listed_path(project: Project, codebook: Codebook) -> Path:
    """Where the sentences of a project are kept."""
    comments = project.comments
    digest = hashlib.sha256()
    digest.update(fingerprint_texts(comments, comments["comment_id"]).encode())
    digest.update(repr((ALIKE, ALIKE_WITH_WORD, codebook.language)).encode())
    for theme in codebook.active:
        digest.update(repr((theme.id, theme.includes)).encode())
    key = digest.hexdigest()[:16]
    return project.folder / "cache" / PATTERN.format(key=key)


def read_listed(project: Project, codebook: Codebook) -> pd.DataFrame | None:
    """The sentences (see `match_listed`); None where they were not sought.

    Raises:
        CoderError: the file is damaged.
    """
    path = listed_path(project, codebook)
    if not path.is_file():
        return None
    remedy = command(
        "export",
        project.folder,
        option("codebook", "FILE"),
    )
    return read_table(path, remedy).astype(DTYPES)


def write_listed(path: Path, matched: pd.DataFrame) -> None:
    """Write the sentences in place of those of earlier texts and codebooks."""
    for earlier in path.parent.glob(PATTERN.format(key="*")):
        earlier.unlink(missing_ok=True)
    with files.new_file(path) as temporary:
        write_parquet(temporary, matched)
