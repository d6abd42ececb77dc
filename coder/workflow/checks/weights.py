"""The language model that the program comes with, read from disk byte by byte."""

from coder.errors import CoderError
from coder.text import count
from coder.workflow.checks.result import CheckResult, ProjectContents


def check_weights(_contents: ProjectContents) -> list[CheckResult]:
    """The model's weights and the tuned layers are those that were published.

    Other commands trust a file that has kept its size and its time.
    """
    from coder.embedding.packaged import weight_files
    from coder.files import sha256_of

    try:
        published = weight_files()
    except CoderError as error:
        return [CheckResult("language model", "is missing", (error.problem,))]
    faults = []
    for path, sha256 in published.items():
        if not path.is_file() or sha256_of(path) != sha256:
            faults.append(
                f"{path} is not the file that was published. Install coder again."
            )
    content = f"{count(len(published), 'file')} of weights"
    return [CheckResult("language model", content, tuple(faults))]
