"""Code free-text comments into themes, on your own machine.

The nouns and the verbs, for Python users; each is loaded when it is first asked for.
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "Codebook": "coder.codebook",
    "CoderError": "coder.errors",
    "Decision": "coder.decisions",
    "Position": "coder.codebook",
    "Project": "coder.project",
    "Theme": "coder.codebook",
    "apply_codebook": "coder.coding",
    "build_report": "coder.reporting",
    "cluster_comments": "coder.clustering",
    "make_embedder": "coder.embedding",
    "read_codebook": "coder.codebook",
    "read_comments": "coder.reading.reader",
    "write_codebook": "coder.codebook",
    "write_report": "coder.exporting.writers",
}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'coder' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
