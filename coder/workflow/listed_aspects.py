"""Seeks the sentences that say what the codebook lists, once for each coding."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.engine import Progress, silent
from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.project import Project


def seek_listed(
    project: "Project", codebook_path: Path, progress: Progress = silent
) -> None:
    """Write the sentences beside the vectors, unless they are there already.

    The vectors are those of the last coding, so nothing is sought in a project that is not coded,
    or was coded with another codebook.
    """
    from coder.codebook import read_codebook
    from coder.embedding import EncoderChoice, embedder_of
    from coder.reporting.aspects.listed import has_lists, match_listed
    from coder.reporting.aspects.listed_file import listed_path, write_listed

    run = project.last_run("apply") or {}
    if not project.cache_path.is_file():
        return
    codebook = read_codebook(codebook_path)
    if run.get("codebook_fingerprint") != codebook.fingerprint:
        return
    if not has_lists(codebook):
        return
    path = listed_path(project, codebook)
    if path.is_file():
        return
    embedder = embedder_of(EncoderChoice.of_facts(run), project.cache_path)
    matched = match_listed(project.comments, codebook, embedder, progress)
    try:
        write_listed(path, matched)
    except (CoderError, OSError):  # a folder that cannot be written: words are used
        return
