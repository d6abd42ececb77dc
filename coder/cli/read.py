"""`coder read`."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coder.cli.console import Printer
    from coder.project import Project


def read() -> None:
    """To come."""


def read_into(
    project: "Project",
    paths: list[Path],
    printer: "Printer",
    *,
    text: str | None,
    id_: str | None,
    source: str | None,
    weight: str | None,
    attributes: list[str] | None,
    question: str,
) -> None:
    """Read files into a project and print what was found."""
