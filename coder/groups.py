"""What the groups knew that themes were adopted from: `NAME.groups.csv` beside `NAME.yaml`.

A row says that a text was in the group of a candidate, how strongly, and how many texts were
analysed with it. Nobody has looked at the comment, so a row is never a decision.

The file holds neither texts nor ids of comments: a text is known again by its hash, in any
project. It is the hash that decisions hold (`text.text_hash`). Whoever guesses a short comment
word for word can check the guess against it, so the file is as confidential as the decisions.

Themes have the id that they were adopted with. Who reads the file for a codebook takes renamed,
merged and split themes from its `was` and `split_from`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder import tables
from coder.errors import CoderError
from coder.text import count

if TYPE_CHECKING:
    import pandas as pd

FITS = ("core", "weak", "unclear")
TEXT_HASH = r"[0-9a-f]{32}"
KEY = ["theme_id", "text_hash"]


def groups_path(codebook_path: Path) -> Path:
    """`NAME.groups.csv` beside `NAME.yaml`."""
    return codebook_path.with_name(codebook_path.stem + ".groups.csv")


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


def add_groups(codebook_path: Path, rows: "pd.DataFrame") -> None:
    """Add groups to those beside a codebook; the present group of the same theme is replaced.

    Args:
        rows: `tables.GROUPS`. Without any, nothing is written.

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
    every = pd.concat([others, rows[list(present.columns)]])
    write_csv(
        groups_path(codebook_path),
        every.sort_values(KEY),
        float_format="{:.4f}".format,
    )


def read_groups(codebook_path: Path) -> "pd.DataFrame":
    """The groups kept beside a codebook (`tables.GROUPS`); none where there is no file.

    Raises:
        CoderError: the file is damaged; all its faults are named.
    """
    path = groups_path(codebook_path)
    if not path.is_file():
        return tables.empty(tables.GROUPS)
    table = _read_cells(path)
    faults = _faults_of(table)
    if faults:
        raise _damaged(path, faults)
    return table.astype(tables.GROUPS.dtypes)


def _read_cells(path: Path) -> "pd.DataFrame":
    """The file's cells as text."""
    import pandas as pd

    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except pd.errors.EmptyDataError as error:
        raise _damaged(path, ["is empty"]) from error
    except UnicodeDecodeError as error:
        raise _damaged(path, ["is not text in UTF-8"]) from error
    except (OSError, ValueError) as error:
        problem = str(error).strip().splitlines()[0]
        raise _damaged(path, [problem]) from error


def _damaged(path: Path, faults: Sequence[str]) -> CoderError:
    return CoderError(
        "\n".join(f"{path}: {fault}" for fault in faults),
        "Put the file back from a backup. Or delete it: themes are then coded by their words, "
        "and by the project's candidates where these are still the ones adopted.",
    )


def _faults_of(table: "pd.DataFrame") -> list[str]:
    """What is wrong with a table of text cells, a line each kind of fault."""
    import pandas as pd

    missing = [name for name in tables.GROUPS.columns if name not in table]
    if missing:
        return [f"lacks the column(s) {', '.join(missing)}"]
    strength = pd.to_numeric(table["strength"], errors="coerce")
    grouped = pd.to_numeric(table["of"], errors="coerce")
    wrong = {
        "theme_id is empty": table["theme_id"] == "",
        "text_hash is not 32 hex digits": ~table["text_hash"].str.fullmatch(TEXT_HASH),
        "strength is not a number from -1 to 1": ~strength.between(-1, 1),
        f"fit is not one of {', '.join(FITS)}": ~table["fit"].isin(FITS),
        "of is not a whole number over 0": (grouped < 1) | (grouped % 1 != 0),
        "the same theme and text stand there twice": table.duplicated(KEY),
    }
    faults = []
    for fault, rows in wrong.items():
        if rows.any():
            first = int(rows.to_numpy().argmax()) + 2  # the heading is line 1
            faults.append(f"line {first}: {fault} ({count(int(rows.sum()), 'line')})")
    return faults
