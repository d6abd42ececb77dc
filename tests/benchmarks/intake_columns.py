"""Which columns of a file are taken for open questions: precision and recall.

Made-up exports of survey tools (`made_exports.py`) with several sizes and ways of answering, and
the real files of `../shared/data`, of which some were looked at when the rules were made.

    python tests/benchmarks/intake_columns.py
"""

import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from coder.errors import CoderError
from coder.reading.columns import ColumnChoices, detect_columns
from coder.reading.formats import load
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable
from made_exports import OTHER_TOOLS, SEEN_TOOLS, SIZES, STYLES, Maker, People
from real_surveys import HELD_BACK, LOOKED_AT, SHARED, RealSurvey


@dataclass
class Tally:
    """Open questions found and not found, summed over files."""

    files: int = 0
    exact: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, expected: Collection[str], detected: Collection[str]) -> None:
        """Count one file's columns."""
        right = set(expected) & set(detected)
        self.files += 1
        self.exact += set(expected) == set(detected)
        self.right += len(right)
        self.wrong += len(set(detected) - right)
        self.missed += len(set(expected) - right)

    def row(self, title: str) -> str:
        """A line of the table."""
        precision = self.right / max(self.right + self.wrong, 1)
        recall = self.right / max(self.right + self.missed, 1)
        found = f"{self.right:5} {self.wrong:5} {self.missed:6}"
        return f"{title:34} {self.files:5} {self.exact:5} {found} {precision:9.2f} {recall:6.2f}"


def detected_in(raw: RawTable) -> list[str]:
    """The open questions of a table; none where that is an error."""
    try:
        detected = detect_columns(raw, ColumnChoices())
    except CoderError:
        return []
    return [question.column for question in detected.questions]


def tally_tools(tools: Sequence[Maker], style: str, folder: Path) -> Tally:
    """All sizes of the tools' exports in one way of answering."""
    tally = Tally()
    for seed, tool in enumerate(tools):
        for count in SIZES:
            export = tool(People(100 * count + seed, count, style))
            path = folder / f"{tool.__name__}-{count}-{style}.csv"
            export.write(path)
            raw = load(path, FileOptions())
            columns = list(raw.cells.columns)
            expected = [columns[place] for place in export.open_columns]
            detected = detected_in(raw)
            tally.add(expected, detected)
            if set(expected) != set(detected):
                print(f"  {path.name}: {sorted(set(expected) ^ set(detected))}")
    return tally


def tally_files(surveys: Iterable[RealSurvey]) -> Tally:
    """The real files that are on this machine."""
    tally = Tally()
    for survey in surveys:
        path = SHARED / survey.path
        if not path.is_file():
            continue
        detected = set(detected_in(load(path, FileOptions())))
        detected -= set(survey.either)
        tally.add(survey.questions, detected)
        if detected != set(survey.questions):
            print(f"  {survey.path}: {sorted(detected ^ set(survey.questions))}")
    return tally


def main() -> None:
    """Print the table."""
    start = time.process_time()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for style in STYLES:
            seen = tally_tools(SEEN_TOOLS, style, Path(folder))
            rows.append(seen.row(f"made, tools seen, {style}"))
            others = tally_tools(OTHER_TOOLS, style, Path(folder))
            rows.append(others.row(f"made, other tools, {style}"))
    rows.append(tally_files(LOOKED_AT).row("real, looked at for the rules"))
    rows.append(tally_files(HELD_BACK).row("real, held back"))
    print(f"{'':34} files exact right wrong missed precision recall")
    print("\n".join(rows))
    print(f"{time.process_time() - start:.0f} CPU seconds")


if __name__ == "__main__":
    main()
