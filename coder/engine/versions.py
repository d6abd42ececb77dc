"""What results depend on beside the comments, to compare machines."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

Describe = Callable[[], Mapping[str, str]]
COMPARED_PACKAGES = ("numpy", "scipy")
DIGITS = 8  # of a fingerprint, enough to tell two states of the program apart


def versions_here(describe: Describe | None = None) -> dict[str, str]:
    """Name to version of this machine's Python, its packages and the program.

    Args:
        describe: gives more that must be the same, such as the fingerprint of the model.
    """
    import platform
    from importlib import metadata

    python = ".".join(platform.python_version_tuple()[:2])
    versions = {"coder": f"{metadata.version('coder')} ({code_fingerprint()})"}
    versions["Python"] = python
    for name in COMPARED_PACKAGES:
        versions[name] = metadata.version(name)
    if describe is not None:
        versions |= describe()
    return versions


@cache
def code_fingerprint() -> str:
    """Hex digits of all modules of the program: two machines may have changed it by hand."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:DIGITS]


def difference(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """`numpy 2.1 here, 2.3 there`, for each that differs; nothing where all are the same."""
    parts = []
    for name, version in here.items():
        other = there.get(name, "none")
        if other != version:
            parts.append(f"{name} {version} here, {other} there")
    return "; ".join(parts)
