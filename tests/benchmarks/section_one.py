"""Section I's ranked list, rebuilt from its counts, beside the numbers that the report prints.

A made-up population of 932 comments carries the report's themes as often as it says. It goes
through decisions, export and workbook; read back from the workbook's sheets are the counts,
percentages and order.

    python tests/benchmarks/section_one.py [FOLDER FOR THE WORKBOOK]
"""

import sys
import tempfile
from pathlib import Path

import openpyxl

sys.path.insert(0, str(Path(__file__).parents[1]))

from coder.workflow.export import export
from spreadsheet_rules import faults_of, rows_of, sheet_named
from test_report_population import make_project

# Rank, theme and comments as Section I prints them, and the percentages of its base of 932.
PRINTED = [
    ("1", "police misconduct and accountability", 140, 15.0),
    ("2", "officer numbers and visibility", 128, 13.7),
    ("", "closure of local police stations", 32, 3.4),
    ("3", "relationships and engagement", 69, 7.4),
    ("4", "third sector or community services", 68, 7.3),
    ("5", "volume or lower-level crime", 67, 7.2),
    ("", "general anti-social behaviour", 56, 6.0),
    ("6", "antisocial driving and road issues", 64, 6.9),
    ("7", "women's safety and VAWG", 59, 6.3),
    ("8", "societal standards, cohesive communities", 58, 6.2),
    ("9", "drugs", 54, 5.8),
    ("10", "specific groups in society", 50, 5.4),
]


def main(folder: Path) -> None:
    """Print both lists side by side, and how many of their numbers are alike."""
    project, codebook = make_project(folder)
    path = folder / "section_one.xlsx"
    export(project, path, codebook=codebook)
    book = openpyxl.load_workbook(path)
    rows = rows_of(sheet_named(book, "Ranked themes"))
    positions = [
        row for row in rows_of(sheet_named(book, "Themes")) if "Position" in str(row["Kind"])
    ]
    of_positions = {row["Theme"] for row in positions}
    themes = [row for row in rows if row["Theme"] not in of_positions]
    alike = 0
    print(
        f"{'Section I':<42} {'rank':>4} {'n':>4} {'%':>5} | {'rank':>4} {'n':>4} {'%':>5}  workbook"
    )
    for (rank, name, n, percent), row in zip(PRINTED, themes, strict=True):
        made = (str(row["Rank"]).replace("[z]", ""), row["n"], row["% of all"])
        alike += sum(a == b for a, b in zip((rank, n, percent), made, strict=True))
        print(
            f"{name:<42} {rank:>4} {n:>4} {percent:>5} | {made[0]:>4} {made[1]:>4} {made[2]:>5}  {row['Theme']}"
        )
    for row in positions:
        print(f"{'':<58} | {'':>4} {row['n']:>4} {row['% of all']:>5}    {row['Theme']}")
    print(
        f"{alike} of {3 * len(PRINTED)} numbers are alike; faults of the workbook: {len(faults_of(path))}"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
