"""The read-outs that `export` writes in place of the whole report."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.exporting.read_outs import ReadOut
    from coder.reporting.characteristics import EqualityRequest


@dataclass(frozen=True)
class ReadOutOptions:
    """Which read-out is written, and what the equality read-out needs.

    Attributes:
        characteristics: `age=age_group`: which column holds a protected characteristic.
        population: a file of population shares (see `population_file`).
    """

    equality: bool = False
    quality: bool = False
    characteristics: tuple[str, ...] = ()
    population: Path | None = None

    @property
    def kind(self) -> "ReadOut | None":
        """Which read-out is written; None for the whole report."""
        if self.equality:
            return "equality"
        return "quality" if self.quality else None

    def check(self, files: Sequence[Path], *, by: Sequence[str], before: bool) -> None:
        """Raise `CoderError` where the options do not fit each other or a file."""
        if self.equality and self.quality:
            raise CoderError(
                f"{option('equality')} and {option('quality')}: each is a file of its own",
                "Write one, then the other.",
            )
        for name in ("characteristics", "population"):
            if getattr(self, name) and not self.equality:
                spelled = "characteristic" if name == "characteristics" else name
                raise CoderError(
                    f"{option(spelled)} is for the equality read-out",
                    f"Add {option('equality')}, or leave it out.",
                )
        if self.kind is None:
            return
        from coder.exporting.read_outs import check_read_out

        for name, given in (("by", bool(by)), ("before", before)):
            if given:
                raise CoderError(
                    f"{option(name)}: a read-out is written without it",
                    f"Leave it out, or leave out {option(self.kind)}.",
                )
        for path in files:
            check_read_out(path, self.kind)

    def equality_request(self) -> "EqualityRequest | None":
        """What the equality read-out needs; None where it is not asked for.

        Raises:
            CoderError: a characteristic is not one, or the file is wrong.
        """
        if not self.equality:
            return None
        from coder.reporting.characteristics import (
            EqualityRequest,
            parse_characteristics,
        )
        from coder.workflow.population_file import read_population

        columns = parse_characteristics(self.characteristics)
        if self.population is None:
            return EqualityRequest(columns)
        shares = read_population(self.population)
        return EqualityRequest(columns, shares, str(self.population))
