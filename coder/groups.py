"""What the groups knew that themes were adopted from: `NAME.groups.csv` beside `NAME.yaml`.

A row says that a text was in the group of a candidate, how strongly, and how many texts were
analysed with it. Nobody has looked at the comment, so a row is never a decision.

The file holds neither texts nor ids of comments: a text is known again by its hash, in any
project. It is the hash that decisions hold (`text.text_hash`). Whoever guesses a short comment
word for word can check the guess against it, so the file is as confidential as the decisions.

Themes have the id that they were adopted with. Who reads the file for a codebook takes renamed,
merged and split themes from its `was` and `split_from`.
"""

from base64 import b32encode
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from coder import tables
from coder.errors import CoderError
from coder.files import follow_link
from coder.stored import DamagedFileError, read_rows
from coder.text import count

if TYPE_CHECKING:
    import pandas as pd

FITS = ("core", "weak", "unclear")
TEXT_HASH = r"[0-9a-f]{32}"
KEY = ["theme_id", "text_hash"]
MARK = "mark"  # the last column: shows what was changed since
LARGEST_COUNT = 1e12
RESTORE = (
    "Put the file back from a backup. Or delete it: themes are then coded by their words, "
    "and by the project's candidates where these are still the ones adopted."
)

Cells = tuple[str, ...]


def groups_path(codebook_path: Path) -> Path:
    """`NAME.groups.csv` beside `NAME.yaml`, where the file itself lies (see `follow_link`)."""
    path = follow_link(codebook_path)
    return path.with_name(path.stem + ".groups.csv")


def groups_of(
    memberships: "pd.DataFrame",
    comments: "pd.DataFrame",
    renamed: Mapping[str, str],
    ids: Sequence[str],
) -> "pd.DataFrame":
    """The groups of candidates that become themes.

    Args:
        memberships: `tables.CANDIDATES`.
        comments: `tables.COMMENTS` of the project, all of them: the share of a group is of those
            analysed, whichever of them were grouped.
        renamed: candidates whose theme has another id: old id to new. Several with the same new
            id become one group.
        ids: of the candidates, sub-themes too.

    Returns:
        `tables.GROUPS`, copies of a text as one.
    """
    from coder.text import text_hash

    analysed = tables.analysed(comments).set_index("comment_id")
    hashes = analysed["text"].map(text_hash)
    chosen = memberships["candidate_id"].isin(list(ids))
    rows = memberships[chosen & memberships["comment_id"].isin(hashes.index)]
    rows = rows.assign(
        theme_id=rows["candidate_id"].replace(dict(renamed)),
        text_hash=rows["comment_id"].map(hashes),
        of=hashes.nunique(),
    )
    strongest_first = rows.sort_values("strength", ascending=False, kind="stable")
    groups = strongest_first.drop_duplicates(KEY).sort_values(KEY, ignore_index=True)
    return groups[list(tables.GROUPS.columns)].astype(tables.GROUPS.dtypes)


def add_groups(
    codebook_path: Path, rows: "pd.DataFrame", to: Path | None = None
) -> None:
    """Add groups to those beside a codebook; the present group of the same theme is replaced.

    Args:
        rows: `tables.GROUPS`. Without any, nothing is written.
        to: the file to write in place of the one beside the codebook.

    Raises:
        CoderError: the present file is damaged, or the folder cannot be written.
    """
    import pandas as pd

    from coder.files import write_csv

    tables.check(rows, tables.GROUPS)
    if rows.empty:
        return
    present = read_groups(codebook_path)
    others = present[~present["theme_id"].isin(set(rows["theme_id"]))]
    every = pd.concat([others, rows[list(present.columns)]]).sort_values(KEY)
    strength = every["strength"].map("{:.4f}".format)
    cells = every.assign(strength=strength).astype(str)
    marks = _marks_of(list(cells.itertuples(index=False, name=None)))
    write_csv(to or groups_path(codebook_path), cells.assign(**{MARK: marks}))


def _marks_of(rows: Sequence[Cells]) -> list[str]:
    """A mark for each row, made of its cells, its place and the mark of the row after it.

    So the first wrong mark shows where something was changed, added or taken away, be it at the
    end. Numbers count by their values: a spreadsheet may write them in another way.
    """
    marks: list[str] = []
    after = ""
    for place in range(len(rows), 0, -1):
        theme_id, text_hash, strength, fit, of = rows[place - 1]
        numbers = f"{float(strength):.4f} {int(float(of))}"
        parts = (str(place), theme_id, text_hash, numbers, fit, after)
        digest = blake2b("\0".join(parts).encode(), digest_size=5).digest()
        after = b32encode(digest).decode()
        marks.append(after)
    return marks[::-1]


def read_groups(codebook_path: Path) -> "pd.DataFrame":
    """The groups kept beside a codebook (`tables.GROUPS`); none where there is no file.

    Raises:
        CoderError: the file is damaged; all its faults are named.
    """
    path = groups_path(codebook_path)
    if not path.exists():
        return tables.empty(tables.GROUPS)
    table, lines = _read_cells(path)
    faults = _faults_of(table, lines)
    if not faults and MARK in table:
        faults = _faults_of_marks(table, lines)
    if faults:
        raise CoderError(
            "\n".join(f"{path}:{fault}" for fault in faults),
            RESTORE,
        )
    return table[list(tables.GROUPS.columns)].astype(tables.GROUPS.dtypes)


def _read_cells(path: Path) -> "tuple[pd.DataFrame, list[int]]":
    """The file's cells as text, and the line of each row."""
    import pandas as pd

    rows, lines = [], []
    for row in read_rows(path, tables.GROUPS.columns, RESTORE):
        rows.append(row.cells)
        lines.append(row.line)
    if not rows:
        raise DamagedFileError(path, "it holds no groups", RESTORE, 1)
    return pd.DataFrame(rows, dtype=str), lines


def _faults_of(table: "pd.DataFrame", lines: Sequence[int]) -> list[str]:
    """What is wrong with a table of text cells, with the first line of each kind of fault."""
    import pandas as pd

    strength = pd.to_numeric(table["strength"], errors="coerce")
    grouped = pd.to_numeric(table["of"], errors="coerce")
    wrong = {
        "theme_id is empty": table["theme_id"] == "",
        "text_hash is not 32 hex digits": ~table["text_hash"].str.fullmatch(TEXT_HASH),
        "strength is not a number from -1 to 1": ~strength.between(-1, 1),
        f"fit is not one of {', '.join(FITS)}": ~table["fit"].isin(FITS),
        "of is not a whole number over 0": ~_are_counts(grouped),
        "the same theme and text stand there twice": table.duplicated(KEY),
    }
    faults = []
    for fault, rows in wrong.items():
        if rows.any():
            first = lines[int(rows.to_numpy().argmax())]
            faults.append(f"{first}: {fault} ({count(int(rows.sum()), 'line')})")
    return faults


def _are_counts(numbers: "pd.Series[float]") -> "pd.Series[bool]":
    return numbers.between(1, LARGEST_COUNT) & (numbers % 1 == 0)


def _faults_of_marks(table: "pd.DataFrame", lines: Sequence[int]) -> list[str]:
    cells = table[list(tables.GROUPS.columns)]
    marks = _marks_of(list(cells.itertuples(index=False, name=None)))
    for line, mark, written in zip(lines, marks, table[MARK], strict=True):
        if mark != written:
            return [
                f"{line}: this line is not as it was written, or lines after it were added or "
                "are missing"
            ]
    return []
