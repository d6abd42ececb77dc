"""Check a codebook, compare two states of it, and exchange it with candidates and other
programs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import (
    Change,
    Clash,
    Codebook,
    Theme,
    codebook_yaml,
    compare_codebooks,
    find_clashes,
    read_codebook,
)
from coder.confined import Job, run_rehearsed
from coder.errors import CoderError, command, option
from coder.text import count

if TYPE_CHECKING:
    import pandas as pd

    from coder.workflow.refi_decisions import RefiDecisions

EXCHANGE_SUFFIX = ".qdc"  # REFI-QDA codebooks
PROJECT_SUFFIX = ".qdpx"  # REFI-QDA projects
MEANING_FIELDS = ("definition", "includes", "excludes")


# ---------------------------------------------------------------- check


@dataclass(frozen=True)
class CodebookCheck:
    """A codebook without faults, and what could be better in it.

    Attributes:
        clashes: names and keywords that several themes share.
        without_keywords: ids of themes that are coded and have no keywords.
    """

    file: Path
    book: Codebook
    clashes: tuple[Clash, ...]
    without_keywords: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        themes = []
        for node in self.book.nodes:
            themes.append(
                {
                    "id": node.theme.id,
                    "parent_id": node.parent_id,
                    "keywords": len(node.theme.keywords),
                }
            )
        return {
            "file": str(self.file),
            "title": self.book.title,
            "version": self.book.version,
            "fingerprint": self.book.fingerprint,
            "themes": themes,
            "warnings": [str(clash) for clash in self.clashes],
        }


def codebook_check(file: Path | str) -> CodebookCheck:
    """Read a codebook as every command does, and look for what could be better.

    Raises:
        CoderError: all faults of the file, by line and column.
    """
    book = read_codebook(file)
    without_keywords = [theme.id for theme in book.active if not theme.keywords]
    return CodebookCheck(
        Path(file), book, tuple(find_clashes(book)), tuple(without_keywords)
    )


# ---------------------------------------------------------------- diff


@dataclass(frozen=True)
class CodebookDiff:
    """What changed between two states of a codebook, and what that means for the decisions made
    with it.

    Attributes:
        decisions: the folder of the decisions that were counted.
        changes: what changed, theme by theme.
        effects: for each theme id the columns of `decisions.effects_of_change`.
        warnings: decisions that could not be read, and those that no longer count.
        advice: what to do next, a sentence or two each.
    """

    old: Path
    new: Path
    decisions: Path
    changes: tuple[Change, ...]
    effects: Mapping[str, Mapping[str, Any]]
    warnings: tuple[str, ...]
    advice: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        changes = [
            {**change._asdict(), **self.effects[change.theme_id]}
            for change in self.changes
        ]
        again = {}
        for theme_id, effect in self.effects.items():
            if effect["again"]:
                again[theme_id] = effect["again"]
        return {
            "old": str(self.old),
            "new": str(self.new),
            "decisions": str(self.decisions),
            "changes": changes,
            "again": again,
        }


def codebook_diff(old: Path | str, new: Path | str) -> CodebookDiff:
    """Compare two states of a codebook. The decisions counted are those beside the new file, or
    the old one.

    Raises:
        CoderError: a file is not a codebook, or a decision file cannot be read.
    """
    from coder.decisions import decisions_folder, effects_of_change, read_decisions

    old, new = Path(old), Path(new)
    before, after = read_codebook(old), read_codebook(new)
    beside = new
    if not decisions_folder(new).is_dir() and decisions_folder(old).is_dir():
        beside = old
    stored = read_decisions(beside)
    table = effects_of_change(stored.decisions, before, after, stored.states)
    effects = {}
    for row in table.to_dict("records"):
        effects[str(row["theme_id"])] = {
            str(name): value for name, value in row.items()
        }
    changes = compare_codebooks(before, after)
    advice = []
    if changes:
        advice = _advice(
            changes, effects, is_same_version=before.version == after.version
        )
        advice.append(
            f"No decision is rewritten: {decisions_folder(beside).name} is unchanged."
        )
    return CodebookDiff(
        old,
        new,
        decisions_folder(beside),
        tuple(changes),
        effects,
        (*stored.notes, *_removal_warnings(changes, effects)),
        tuple(advice),
    )


def _removal_warnings(
    changes: Iterable[Change], effects: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    warnings = []
    for change in changes:
        if change.kind != "removed":
            continue
        warnings.append(
            f"{change.theme_id} is gone and no theme has `was: [{change.theme_id}]`. Its "
            f"decisions in {_judged(effects[change.theme_id])} are kept but no longer count. "
            "Add its id to `was` of the theme that replaces it, or keep it with `retired: "
            "true`."
        )
    return warnings


def _advice(
    changes: Iterable[Change],
    effects: Mapping[str, Mapping[str, Any]],
    *,
    is_same_version: bool,
) -> list[str]:
    advice = []
    for change in changes:
        if _has_new_meaning(change):
            advice.append(
                f"{change.theme_id}: {_judged(effects[change.theme_id])} were judged by the "
                "former wording. "
                "Where the meaning changed, split the theme off under a new id, or review these "
                "comments again."
            )
    again = max((effect["again"] for effect in effects.values()), default=0)
    if again:
        advice.append(
            f"Up to {count(again, 'comment')} must be reviewed again, for the themes concerned "
            "only: "
            f"{command('review', 'PROJECT')} offers them."
        )
    if is_same_version:
        advice.append(
            "Both files have the same version. Raise it, so that labels tell which one they "
            "were made with."
        )
    return advice


def _has_new_meaning(change: Change) -> bool:
    if change.kind not in ("changed", "merged", "renamed"):
        return False
    return any(detail.startswith(MEANING_FIELDS) for detail in change.details)


def _judged(effect: Mapping[str, Any]) -> str:
    return (
        f"{count(effect['judged'], 'comment')} ({effect['carried']:,} with the theme)"
    )


# ---------------------------------------------------------------- from and to other files


@dataclass(frozen=True)
class CodebookImport:
    """Themes added to a codebook.

    Attributes:
        theme_ids: the ids of the new themes, as they are in `into`.
        renamed: those that had another id, which `into` used already: old id to new.
        is_exchange: they come from a REFI-QDA file of another program, which has no title,
            version, question or language.
        categories: ids of those that only hold sub-themes.
        ids: id in the file of each theme that `into` has now from there, to its id in `into`.
        moved: new themes that stand at the top, and in the file under another theme, which was
            not added: id to that of the other.
        decisions: what the codings of a REFI-QDA project became; None for other files.
        grouped: themes whose groups are now kept beside `into` (see `coder.groups`).
        unlike: ids of candidates whose groups could not be kept, for they were clustered again
            and hold other comments now.
    """

    into: Path
    theme_ids: tuple[str, ...]
    renamed: Mapping[str, str]
    is_exchange: bool
    grouped: int = 0
    unlike: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    decisions: "RefiDecisions | None" = None

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        facts: dict[str, Any] = {
            "into": str(self.into),
            "themes": list(self.theme_ids),
            "renamed": dict(self.renamed),
            "grouped": self.grouped,
            "unlike": list(self.unlike),
            "categories": list(self.categories),
            "moved": dict(self.moved),
        }
        if self.decisions is not None:
            facts["decisions"] = self.decisions.facts()
        return facts


@dataclass(frozen=True)
class CodebookExport:
    """A codebook written for other programs."""

    file: Path
    to: Path
    theme_ids: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {
            "file": str(self.file),
            "to": str(self.to),
            "themes": list(self.theme_ids),
        }


def codebook_from(
    file: Path | str,
    into: Path | str,
    themes: Sequence[str] = (),
    project: Path | str | None = None,
) -> CodebookImport:
    """Add themes of a codebook, of candidates or of a REFI-QDA file to a codebook; make it where
    it is new.

    Lines and order of an existing codebook stay as they are. The codings of a REFI-QDA project
    become decisions beside the codebook.

    Args:
        file: `.yaml`, `.qdc` or `.qdpx`.
        into: the codebook (YAML).
        themes: ids of the themes to add; all when empty.
        project: where the texts of a `.qdpx` were read into; by default the project beside it.

    Raises:
        CoderError: a file is faulty or not of that kind, or an id is unknown. Nothing was
            written then.
    """
    from coder.codebook.qdc_file import codebook_of, read_qdc_codes

    file, into = Path(file), Path(into)
    _check_target(file, into, (".yaml", ".yml"))
    if file.suffix.lower() == PROJECT_SUFFIX:
        return _from_project(file, into, themes, project)
    if project is not None:
        raise CoderError(
            f"{option('project', str(project))}: only a .qdpx holds decisions on texts",
            f"Leave out {option('project')}.",
        )
    if file.suffix.lower() != EXCHANGE_SUFFIX:
        return _add(file, into, read_codebook(file), themes, is_exchange=False)
    codes = run_rehearsed(lambda: read_qdc_codes(file), Job.of(file))
    origin = codebook_of(codes, file)
    return _add(file, into, origin, themes, is_exchange=not codes.book)


def _from_project(
    file: Path,
    into: Path,
    themes: Sequence[str],
    project: Path | str | None,
) -> CodebookImport:
    """Codebook and decisions of a REFI-QDA project."""
    from coder.codebook.qdc_file import codebook_of, read_checked_codes
    from coder.reading.refi_project import read_refi_project
    from coder.workflow.refi_decisions import find_project, keep_codings

    refi = run_rehearsed(lambda: read_refi_project(file), Job.of(file))
    if refi.codes is None:
        raise CoderError(f"{file}: holds no codes", "Name a project with codes.")
    codes = read_checked_codes(refi.codes, file, refi.context)
    target = find_project(file, project)
    origin = codebook_of(codes, file)
    outcome = _add(file, into, origin, themes, is_exchange=not refi.is_ours)
    keys = {}
    for code, (theme_id, position_id) in codes.keys.items():
        if theme_id in outcome.ids:
            keys[code] = (outcome.ids[theme_id], position_id)
    decisions = keep_codings(refi, keys, into, target)
    return replace(outcome, decisions=decisions)


def _add(
    file: Path,
    into: Path,
    origin: Codebook,
    themes: Sequence[str],
    *,
    is_exchange: bool,
) -> CodebookImport:
    """Add the chosen themes to the codebook, with their groups."""
    from coder.clustering.adopt import choose_themes
    from coder.workflow.candidate_groups import find_groups
    from coder.workflow.taken_again import find_present, lacking_themes

    trees = choose_themes(origin, themes)
    listed = [node.theme for node in _trees(trees).nodes]
    ids: dict[str, str] = {}
    chosen = list(trees)
    if into.exists() and file.suffix.lower() in (EXCHANGE_SUFFIX, PROJECT_SUFFIX):
        ids = find_present(listed, read_codebook(into))
        chosen = list(lacking_themes(trees, ids))
    groups = find_groups(file, _as_in_file(origin, chosen), [file])
    renamed: dict[str, str] = {}
    rows = groups.rows
    if chosen or not into.exists():
        renamed, rows = _write_all(file, into, origin, chosen, rows)
    for node in _trees(chosen).nodes:
        ids[node.theme.id] = renamed.get(node.theme.id, node.theme.id)
    categories = [theme.id for theme in listed if theme.category]
    return CodebookImport(
        into,
        tuple(ids[theme.id] for theme in chosen),
        renamed,
        is_exchange,
        grouped=rows["theme_id"].nunique(),
        unlike=groups.lost,
        categories=tuple(ids[name] for name in categories if name in ids),
        ids=ids,
        moved=_moved(trees, chosen, ids),
    )


def _write_all(
    file: Path,
    into: Path,
    origin: Codebook,
    chosen: Sequence[Theme],
    rows: "pd.DataFrame",
) -> "tuple[dict[str, str], pd.DataFrame]":
    """Write the codebook and the groups of its themes; renamed ids, and the groups with those.

    The codebook comes last: groups of themes that are not there yet do no harm, and the same
    command writes the same again.
    """
    from coder.clustering.adopt import add_to_file
    from coder.files import new_file
    from coder.groups import add_groups

    renamed: dict[str, str] = {}
    with new_file(into) as staged:
        if into.exists():
            renamed = add_to_file(into, chosen, staged)
            rows = rows.replace({"theme_id": renamed})
        else:
            _write_new(file, into, origin, chosen, staged)
        add_groups(into, rows)
    return renamed, rows


def _moved(
    trees: Sequence[Theme], chosen: Iterable[Theme], ids: Mapping[str, str]
) -> dict[str, str]:
    """Id of each theme at the top that is under another in the file, to the id of that."""
    tops = {theme.id for theme in chosen}
    moved = {}
    for node in _trees(trees).nodes:
        if node.parent_id and node.theme.id in tops:
            moved[ids[node.theme.id]] = node.parent_id
    return moved


def _trees(themes: Iterable[Theme]) -> Codebook:
    """The themes as a codebook, to go through their sub-themes; nothing is checked."""
    return Codebook.model_construct(themes=tuple(themes))


def _write_new(
    file: Path, into: Path, origin: Codebook, chosen: Sequence[Theme], to: Path
) -> None:
    """Write a new codebook of the chosen themes, at `to` in place of `into`."""
    fields = {
        "title": origin.title.removeprefix("Candidates: "),
        "version": origin.version,
        "question": origin.question,
        "language": origin.language,
        "notes": origin.notes,
        "themes": chosen,
    }
    if file.suffix.lower() not in (EXCHANGE_SUFFIX, PROJECT_SUFFIX):
        del fields["version"], fields["notes"]
    _write_if_valid(Codebook.model_validate(fields), into, file, to)


def _as_in_file(origin: Codebook, chosen: Iterable[Theme]) -> Codebook:
    """The chosen themes and their sub-themes in one row, with all that the file says of each."""
    themes = []
    for node in _trees(chosen).nodes:
        theme = origin.theme(node.theme.id)
        themes.append(theme.model_copy(update={"themes": ()}))
    return origin.model_copy(update={"themes": tuple(themes)})


def codebook_to(file: Path | str, to: Path | str) -> CodebookExport:
    """Write a codebook as a REFI-QDA codebook (`.qdc`) for NVivo, MAXQDA, ATLAS.ti or QualCoder.

    Raises:
        CoderError: the codebook is faulty, or the name of the new file does not fit.
    """
    from coder.codebook.qdc_file import codebook_bytes
    from coder.files import new_file

    file, to = Path(file), Path(to)
    _check_target(file, to, (EXCHANGE_SUFFIX,))
    book = read_codebook(file)
    with new_file(to) as temporary:
        temporary.write_bytes(codebook_bytes(book))
    return CodebookExport(file, to, tuple(node.theme.id for node in book.nodes))


def _check_target(file: Path, target: Path, suffixes: tuple[str, ...]) -> None:
    """Refuse to write a file of another kind, or the file that is read."""
    if target.suffix.lower() not in suffixes:
        raise CoderError(
            f"{target}: its name must end in {' or '.join(suffixes)}",
            f"For example {target.stem}{suffixes[0]}",
        )
    if target.exists() and file.exists() and target.samefile(file):
        raise CoderError(
            f"{target}: is the file that is read",
            "Choose another name for the new file.",
        )


def _write_if_valid(
    book: Codebook, into: Path, file: Path, to: Path | None = None
) -> None:
    """Write a new codebook that reads back without fault, or nothing.

    Args:
        to: the file to write in place of `into`.
    """
    from coder.files import new_file

    with new_file(to or into) as temporary:
        temporary.write_text(codebook_yaml(book), encoding="utf-8", newline="\n")
        try:
            read_codebook(temporary)
        except CoderError as error:
            problem = error.problem.replace(str(temporary), f"{file}, as {into.name}")
            raise CoderError(
                problem,
                f"Correct it where {file.name} comes from. Nothing was written.",
            ) from error
