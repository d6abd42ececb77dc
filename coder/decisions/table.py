"""Tables of codings in the format of decisions, read through the codebook."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.errors import CoderError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd


def read_coding_table(path: Path, codebook: Codebook) -> "pd.DataFrame":
    """A reference in the decision table's format, read through the codebook.

    Columns `comment_id` and `themes` (ids joined by `;`, `drugs=legalise` with a position,
    empty for none), and `scope` where given (ids joined by `;`, the themes that were judged;
    empty for all). Other columns are passed over. Ids that a theme had before count under the
    id it has now; a theme that was split off is not judged where only the theme it came from
    was; retired themes give no row.

    Returns:
        A row a comment and theme judged: comment_id, theme_id, present, positions, reviewer
        (the file's name), decided_at (empty).

    Raises:
        CoderError: all faults of the file at once, each with its line.
    """
    import pandas as pd

    header, lines = _csv_lines(path)
    for name in ("comment_id", "themes"):
        if name not in header:
            raise CoderError(
                f"{path}: there is no column {name!r}; the file has: "
                f"{', '.join(header) or 'nothing'}",
                "It needs comment_id and themes (ids joined by ;), and may have scope.",
            )
    faults: list[str] = []
    seen: dict[str, int] = {}
    rows: list[dict[str, object]] = []
    for number, cells in lines:
        if len(cells) != len(header):
            faults.append(
                f"{path}:{number}: {len(cells)} cells where the header has {len(header)}"
            )
            continue
        record = dict(zip(header, cells, strict=True))
        comment_id = record["comment_id"]
        if not comment_id:
            faults.append(f"{path}:{number}: the comment_id is empty")
        elif comment_id in seen:
            faults.append(
                f"{path}:{number}: comment {comment_id!r} stands already in line {seen[comment_id]}"
            )
        seen.setdefault(comment_id, number)
        try:
            judged = _judged(record["themes"], record.get("scope", ""), codebook)
        except CoderError as error:
            faults.append(f"{path}:{number}: {error.problem}. {error.fix}")
            continue
        rows += [
            {
                "comment_id": comment_id,
                "theme_id": theme_id,
                "present": present,
                "positions": tuple(sorted(positions)),
                "reviewer": path.name,
                "decided_at": "",
            }
            for theme_id, (present, positions) in judged.items()
        ]
    if faults:
        more = [f"... and {len(faults) - 20} more"] if len(faults) > 20 else []
        raise CoderError(
            "\n".join([*faults[:20], *more]),
            "Correct the file and run the command again.",
        )
    if not seen:
        raise CoderError(
            f"{path}: there is no comment in it", "Give one row a comment."
        )
    columns = [
        "comment_id",
        "theme_id",
        "present",
        "positions",
        "reviewer",
        "decided_at",
    ]
    return pd.DataFrame(rows, columns=columns)


def _judged(
    themes: str, scope: str, codebook: Codebook
) -> dict[str, tuple[bool, set[str]]]:
    """Theme id to (present, positions) for each theme of the scope that is coded now."""
    present: dict[str, set[str]] = {}
    for part in filter(None, (part.strip() for part in themes.split(";"))):
        name, _, position = (piece.strip() for piece in part.partition("="))
        theme = codebook.theme(codebook.current_ids.get(name, name))
        named = present.setdefault(theme.id, set())
        if position:
            allowed = [p.id for p in theme.positions]
            if position not in allowed:
                raise CoderError(
                    f"the theme {theme.id!r} has no position {position!r}",
                    did_you_mean(position, allowed),
                )
            named.add(position)
    wanted = [part.strip() for part in scope.split(";") if part.strip()]
    judged = {
        codebook.theme(codebook.current_ids.get(name, name)).id for name in wanted
    }
    outside = [name for name in present if wanted and name not in judged]
    if outside:
        raise CoderError(
            f"the theme {outside[0]!r} is present but not in the scope",
            "Add it to the scope.",
        )
    return {
        theme_id: (theme_id in present, present.get(theme_id, set()))
        for theme_id in codebook.theme_ids
        if not wanted or theme_id in judged
    }


def _csv_lines(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and (line number, cells) of a comma- or tab-separated UTF-8 file; blank lines are
    passed over.
    """
    if not path.is_file():
        near = (
            sorted(p.name for p in path.parent.glob("*.csv"))
            if path.parent.is_dir()
            else []
        )
        raise CoderError(
            f"{path}: there is no such file", did_you_mean(path.name, near)
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CoderError(
            f"{path}:{line}: not UTF-8 text", "Save the table as CSV UTF-8."
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count) if first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    limit = csv.field_size_limit(1 << 30)
    try:
        start = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((start, [cell.strip() for cell in cells]))
            start = reader.line_num + 1
    except csv.Error as error:
        raise CoderError(
            f"{path}:{start}: {error}",
            "A quotation mark that opens in this row is not closed.",
        ) from error
    finally:
        csv.field_size_limit(limit)
    return (rows[0][1], rows[1:]) if rows else ([], [])
