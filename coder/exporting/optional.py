"""Libraries that only some writers need."""

from importlib import import_module
from types import ModuleType

from coder.errors import CoderError


def import_library(module: str, extra: str, what: str) -> ModuleType:
    """The module, or a `CoderError` that says how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise CoderError(
            f"{what} needs the library {module}, which is not installed",
            f"Install it with: pip install 'coder[{extra}]'",
        ) from error
