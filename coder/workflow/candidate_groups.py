"""From candidates to the groups of the themes that were made of them.

`candidates.csv` says which comment belongs to which candidate. It is written anew by every
`coder cluster`, and the same id may then stand for other comments. So a theme gets a candidate's
group only where the two agree in what the codebook knows of it: its size and its examples.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coder import tables
from coder.codebook import Codebook, Theme
from coder.errors import CoderError
from coder.stored import read_rows
from coder.text import count

if TYPE_CHECKING:
    import pandas as pd

    from coder.project import Project

# Of the examples of a theme whose size is not known, that must be among its group's comments.
EXAMPLES_NEEDED = 0.5
MOST_NAMED = 8  # themes
DRAFTS = ("candidates", "candidates-beyond")


class FoundGroups(NamedTuple):
    """The groups of a codebook's themes.

    Attributes:
        rows: `tables.GROUPS`, by ids that the themes have or had.
        new: those of `rows` that were taken from candidates and are not kept beside the codebook.
        lost: ids of themes that say how large their group was, and whose group is neither kept
            nor a candidate any more.
    """

    rows: "pd.DataFrame"
    new: "pd.DataFrame"
    lost: tuple[str, ...] = ()

    def with_new(self, rows: "pd.DataFrame") -> "FoundGroups":
        """The same with more groups of candidates."""
        import pandas as pd

        if rows.empty:
            return self
        return self._replace(
            rows=pd.concat([self.rows, rows], ignore_index=True),
            new=pd.concat([self.new, rows], ignore_index=True),
        )


def find_groups(
    codebook_path: Path | None, codebook: Codebook, drafts: Iterable[Path]
) -> FoundGroups:
    """The groups kept beside a codebook; for themes without one there, those of the candidates
    that they were made of.

    Args:
        codebook_path: may be a draft itself; None for a codebook in memory.
        drafts: `candidates.yaml` of a project and the like. They need not exist any more, only
            the tables beside them.

    Raises:
        CoderError: the groups kept beside the codebook are damaged.
    """
    themes = [node.theme for node in codebook.nodes]
    kept = _kept_groups(codebook_path, themes)
    found = FoundGroups(kept, tables.empty(tables.GROUPS))
    without = [theme for theme in themes if theme.id not in {*kept["theme_id"]}]
    for draft in drafts:
        candidates = _candidates_of(draft)
        if candidates is not None:
            alike = candidates.compare(without)
            known = {*found.rows["theme_id"]}
            found = found.with_new(candidates.groups(sorted(alike - known)))
    known = {*found.rows["theme_id"]}
    lost = [theme.id for theme in without if _has_lost_group(theme, known)]
    return found._replace(lost=tuple(lost))


def _has_lost_group(theme: Theme, known: Set[str]) -> bool:
    """Whether a theme that is coded was made of a group of which nothing is known here."""
    if theme.retired or not theme.cluster.get("comments"):
        return False
    return not known & {*former_ids(theme)}


def _kept_groups(codebook_path: Path | None, themes: Iterable[Theme]) -> "pd.DataFrame":
    """Those beside the codebook, without groups of themes that it never had."""
    from coder.groups import read_groups

    # A draft is written anew, with the same ids for other groups: nothing beside it can last.
    if codebook_path is None or is_draft(codebook_path):
        return tables.empty(tables.GROUPS)
    rows = read_groups(codebook_path)
    former = {theme_id for theme in themes for theme_id in former_ids(theme)}
    return rows[rows["theme_id"].isin(former)]


def is_draft(path: Path) -> bool:
    """Whether a codebook is one that `coder cluster` writes, with its table beside it."""
    return path.stem in DRAFTS and path.with_suffix(".csv").is_file()


def drafts_of(project: "Project") -> list[Path]:
    """The drafts that a project may hold: the last ones, then those kept from before."""
    drafts = [project.folder / f"{stem}.yaml" for stem in DRAFTS]
    for table in sorted(project.folder.glob("candidates*.before-*.csv"), reverse=True):
        drafts.append(table.with_suffix(".yaml"))
    return drafts


def former_ids(theme: Theme) -> tuple[str, ...]:
    """The ids that a theme's group may have been kept under: its own, and those it was made of."""
    ids = [theme.id, *theme.was]
    if theme.split_from:
        ids.append(theme.split_from)
    return tuple(ids)


def keep_new_groups(
    found: FoundGroups, codebook_path: Path | None, project: "Project"
) -> tuple[str, ...]:
    """Keep groups that were taken from candidates beside the codebook, for a later clustering
    writes these anew; what to tell of it.

    Nothing is kept for a codebook in memory or a draft.
    """
    from coder.groups import add_groups, groups_path

    notes = []
    if found.lost:
        notes.append(_note_on_lost(found.lost))
    if found.new.empty or codebook_path is None or is_draft(codebook_path):
        return tuple(notes)
    themes = count(found.new["theme_id"].nunique(), "theme")
    taken = f"The groups of {themes} were taken from the candidates in {project.folder}"
    try:
        add_groups(codebook_path, found.new)
    except CoderError as error:
        notes.append(f"{taken}, but could not be kept: {error.problem}.")
    else:
        notes.append(f"{taken} and are kept in {groups_path(codebook_path)}.")
    return tuple(notes)


def _note_on_lost(theme_ids: Sequence[str]) -> str:
    shown = list(theme_ids)
    if len(shown) > MOST_NAMED:
        shown[MOST_NAMED:] = [f"{len(shown) - MOST_NAMED} more"]
    return (
        f"{count(len(theme_ids), 'theme')} of the codebook were made of candidates of another "
        "clustering, and no groups of theirs are kept beside the codebook. Put its .groups.csv "
        f"file there if you have it: until then they are coded by their words: {', '.join(shown)}."
    )


# ---------------------------------------------------------------- candidates


class _Candidates(NamedTuple):
    """Candidates as `coder cluster` left them."""

    memberships: "pd.DataFrame"
    comments: "pd.DataFrame"
    texts: Mapping[str, Sequence[str]]  # by candidate

    def groups(self, ids: Sequence[str]) -> "pd.DataFrame":
        """`tables.GROUPS` of these candidates."""
        from coder.groups import groups_of

        return groups_of(self.memberships, self.comments, {}, ids)

    def compare(self, themes: Iterable[Theme]) -> set[str]:
        """Ids of the candidates that the themes were made of."""
        alike = set()
        for theme in themes:
            for candidate_id in self.texts.keys() & {*former_ids(theme)}:
                if _is_made_of(theme, candidate_id, self.texts[candidate_id]):
                    alike.add(candidate_id)
        return alike


def _candidates_of(draft: Path) -> _Candidates | None:
    """The table beside a draft with its project's comments; None where there is none."""
    from coder.project import Project

    project = Project(draft.parent)
    memberships = _read_memberships(draft.with_suffix(".csv"))
    if memberships is None or not project.comments_path.is_file():
        return None
    comments = project.comments
    memberships = _with_own_ids(memberships, comments)
    rows = memberships.merge(comments[["comment_id", "text"]], on="comment_id")
    texts = {}
    for candidate_id, part in rows.groupby("candidate_id")["text"]:
        texts[str(candidate_id)] = list(part)
    return _Candidates(memberships, comments, texts)


def _read_memberships(path: Path) -> "pd.DataFrame | None":
    """`tables.CANDIDATES`; None where there is no such file, or it holds another table."""
    import pandas as pd

    if not path.is_file():
        return None
    try:
        rows = [row.cells for row in read_rows(path, tables.CANDIDATES.columns, "")]
        table = pd.DataFrame(rows, columns=list(tables.CANDIDATES.columns), dtype=str)
        return table.astype(tables.CANDIDATES.dtypes)
    except (CoderError, ValueError):
        return None


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
