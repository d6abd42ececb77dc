"""Room: people say which themes a comment carries, on a screen or in a table."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.project import Project
from coder.review.opening import Way, open_session

if TYPE_CHECKING:
    from coder.review.app import Finished
    from coder.review.suggestions import Neighbours, Suggestions


def review_labels(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    reviewer: str,
    way: Way = Way(),  # noqa: B008 - a tuple
    *,
    light: bool = False,
    refit: "Callable[[], Suggestions] | None" = None,
    look: "Callable[[], Neighbours] | None" = None,
    stop: "Callable[[], None]" = lambda: None,
) -> "Finished":
    """Show comments on the terminal and keep what the reviewer decides, until they quit.

    Args:
        codebook_path: the file of `codebook`; decisions lie beside it.
        way: blind or not, one theme, a sample, a second coding, adjudication.
        refit: learns from the decisions kept so far; called behind the screen.
        look: how comments are alike; called behind the screen, once.
        stop: called on leaving, so that `refit` and `look` come to an end.

    Raises:
        CoderError: see `open_session`.
    """
    from coder.review.app import ReviewApp

    opened = open_session(project, codebook, codebook_path, reviewer, way)
    app = ReviewApp(
        opened.session,
        opened.writer,
        title=codebook.title,
        attributes=opened.attributes,
        light=light,
        refit=refit,
        refit_now=not opened.has_labels,
        look=None if opened.session.blind else look,
        others=opened.others,
        stop=stop,
        notes=opened.notes,
    )
    # What is loaded by now stays to the end: without this a garbage collection stops the screen for 100 ms.
    gc.freeze()
    try:
        finished = app.run()
    finally:
        gc.unfreeze()
        unsaved = opened.writer.close()
    if finished is None:  # the screen went down by itself
        from coder.review.app import Finished

        finished = Finished(len(opened.session.decided), 0.0, opened.session.words_read, unsaved, 0)
    return finished._replace(unsaved=unsaved)


__all__ = ["Way", "review_labels"]
