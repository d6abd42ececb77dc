"""From candidates to the groups of the themes that were made of them.

`candidates.csv` says which comment belongs to which candidate. It is written anew by every
`coder cluster`, and the same id may then stand for other comments. So a theme gets a candidate's
group only where the two agree in what the codebook knows of it: its size and its examples.
"""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coder import tables
from coder.codebook import Theme

if TYPE_CHECKING:
    import pandas as pd

# Of the examples of a theme whose size is not known, that must be among its group's comments.
EXAMPLES_NEEDED = 0.5
DRAFTS = ("candidates", "candidates-beyond")


class FoundGroups(NamedTuple):
    """The groups of a codebook's themes.

    Attributes:
        rows: `tables.GROUPS`, by ids that the themes have or had.
        unlike: ids of themes that have the id of a candidate with other comments than theirs.
    """

    rows: "pd.DataFrame"
    unlike: tuple[str, ...] = ()


def find_groups(
    codebook_path: Path, themes: Iterable[Theme], draft: Path
) -> FoundGroups:
    """The groups kept beside a codebook; where a theme has none there, the candidate's that it was
    made of.

    Args:
        codebook_path: may be the draft itself.
        themes: of the codebook, sub-themes too.
        draft: `candidates.yaml` of a project. It need not exist any more, only its table.

    Raises:
        CoderError: the groups kept beside the codebook are damaged.
    """
    import pandas as pd

    from coder.groups import read_groups

    kept = tables.empty(tables.GROUPS)
    if not is_draft(
        codebook_path
    ):  # the next clustering writes a draft anew, with the same ids
        kept = read_groups(codebook_path)
    known = set(kept["theme_id"])
    themes = list(themes)
    without = [theme for theme in themes if known.isdisjoint(former_ids(theme))]
    found = _groups_of_candidates(without, draft)
    former = {theme_id for theme in themes for theme_id in former_ids(theme)}
    rows = kept[kept["theme_id"].isin(former)]
    if not found.rows.empty:
        rows = pd.concat([rows, found.rows], ignore_index=True)
    return found._replace(rows=rows)


def is_draft(path: Path) -> bool:
    """Whether a codebook is one that `coder cluster` writes, with its table beside it."""
    return path.stem in DRAFTS and path.with_suffix(".csv").is_file()


def former_ids(theme: Theme) -> tuple[str, ...]:
    """The ids that a theme's group may have been kept under: its own, and those it was made of."""
    ids = [theme.id, *theme.was]
    if theme.split_from:
        ids.append(theme.split_from)
    return tuple(ids)


def _groups_of_candidates(themes: Sequence[Theme], draft: Path) -> FoundGroups:
    from coder.groups import groups_of
    from coder.project import Project

    project = Project(draft.parent)
    nothing = FoundGroups(tables.empty(tables.GROUPS))
    if not themes or not project.comments_path.is_file():
        return nothing
    memberships = _read_memberships(draft.with_suffix(".csv"))
    if memberships is None:
        return nothing
    comments = project.comments
    memberships = _with_own_ids(memberships, comments)
    texts = _texts_by_candidate(memberships, comments)
    alike, unlike = [], []
    for theme in themes:
        for candidate_id in former_ids(theme):
            if candidate_id not in texts:
                continue
            if _is_made_of(theme, candidate_id, texts[candidate_id]):
                alike.append(candidate_id)
            else:
                unlike.append(theme.id)
    rows = groups_of(memberships, comments, {}, alike)
    return FoundGroups(rows, tuple(unlike))


def _read_memberships(path: Path) -> "pd.DataFrame | None":
    """`tables.CANDIDATES`; None where there is no such file, or it holds another table."""
    import pandas as pd

    if not path.is_file():
        return None
    try:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
        return table[list(tables.CANDIDATES.columns)].astype(tables.CANDIDATES.dtypes)
    except (OSError, ValueError, KeyError):
        return None


def _texts_by_candidate(
    memberships: "pd.DataFrame", comments: "pd.DataFrame"
) -> dict[str, list[str]]:
    """The comments of each candidate."""
    rows = memberships.merge(comments[["comment_id", "text"]], on="comment_id")
    texts = rows.groupby("candidate_id")["text"]
    return {str(candidate_id): list(part) for candidate_id, part in texts}


def _with_own_ids(
    memberships: "pd.DataFrame", comments: "pd.DataFrame"
) -> "pd.DataFrame":
    """With ids as the project has them: a spreadsheet's table protects some by an apostrophe."""
    known = set(comments["comment_id"])

    def own_id(comment_id: str) -> str:
        bare = comment_id.removeprefix("'")
        return bare if comment_id not in known and bare in known else comment_id

    return memberships.assign(comment_id=memberships["comment_id"].map(own_id))


def _is_made_of(theme: Theme, candidate_id: str, texts: Collection[str]) -> bool:
    """Whether a theme was drafted from these comments, as far as it still shows.

    Its examples should be among them. Where it also holds the size of its group, as in a draft
    that is edited by hand, that must agree, and examples may have been replaced.
    """
    examples = theme.examples
    held = [text for text in examples if _is_in(text, texts)]
    if candidate_id != theme.id:
        return bool(held)
    size = theme.cluster.get("comments")
    if size is None:
        return bool(held) and len(held) >= EXAMPLES_NEEDED * len(examples)
    return size == len(texts) and (bool(held) or not examples)


def _is_in(example: str, texts: Collection[str]) -> bool:
    return any(example in text for text in texts)
