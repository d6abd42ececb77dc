"""Code free-text comments into themes, on your own machine.

    import coder

    project = coder.read("comments.csv", into="plan")
    coder.apply(project, "codebook.yaml")
    report = coder.report(project, "codebook.yaml", by=["age"])
    coder.export(report, "themes.xlsx")

One function for each command, and below them the functions and types they are made of. Each is
loaded when it is first used, so that `import coder` takes no time.
"""

TYPE_CHECKING = False  # as `typing` has it, whose import takes longer than all of this

if TYPE_CHECKING:
    from coder.api import agree, apply, check, cluster, export, read, report, review
    from coder.clustering import cluster_comments
    from coder.codebook import Codebook, Position, Theme, read_codebook, write_codebook
    from coder.coding import apply_codebook
    from coder.decisions import Decision
    from coder.embedding import Embedder, make_embedder
    from coder.errors import CoderError
    from coder.exporting.writers import write_report
    from coder.limits import raise_limits
    from coder.project import Project
    from coder.reading.reader import read_comments
    from coder.reporting import Report, build_report
    from coder.workflow.codebook import (
        codebook_check,
        codebook_diff,
        codebook_from,
        codebook_to,
    )

# The same names for the interpreter, each with the module that holds it. A test compares the
# two lists.
_MODULES = {
    "Codebook": "coder.codebook",
    "CoderError": "coder.errors",
    "Decision": "coder.decisions",
    "Embedder": "coder.embedding",
    "Position": "coder.codebook",
    "Project": "coder.project",
    "Report": "coder.reporting",
    "Theme": "coder.codebook",
    "agree": "coder.api",
    "apply": "coder.api",
    "apply_codebook": "coder.coding",
    "build_report": "coder.reporting",
    "check": "coder.api",
    "cluster": "coder.api",
    "cluster_comments": "coder.clustering",
    "codebook_check": "coder.workflow.codebook",
    "codebook_diff": "coder.workflow.codebook",
    "codebook_from": "coder.workflow.codebook",
    "codebook_to": "coder.workflow.codebook",
    "export": "coder.api",
    "make_embedder": "coder.embedding",
    "raise_limits": "coder.limits",
    "read": "coder.api",
    "read_codebook": "coder.codebook",
    "read_comments": "coder.reading.reader",
    "report": "coder.api",
    "review": "coder.api",
    "write_codebook": "coder.codebook",
    "write_report": "coder.exporting.writers",
}

__all__ = [
    "Codebook",
    "CoderError",
    "Decision",
    "Embedder",
    "Position",
    "Project",
    "Report",
    "Theme",
    "agree",
    "apply",
    "apply_codebook",
    "build_report",
    "check",
    "cluster",
    "cluster_comments",
    "codebook_check",
    "codebook_diff",
    "codebook_from",
    "codebook_to",
    "export",
    "make_embedder",
    "raise_limits",
    "read",
    "read_codebook",
    "read_comments",
    "report",
    "review",
    "write_codebook",
    "write_report",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    from importlib import import_module

    if name not in _MODULES:
        raise AttributeError(f"module 'coder' has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, for completion in an editor or a notebook."""
    return [*__all__]
