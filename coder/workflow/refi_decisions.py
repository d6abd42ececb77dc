"""Codings of a REFI-QDA project as decisions of the people who made them."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coder.errors import CoderError, command, option
from coder.text import count

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.codebook.refi_codes import Key
    from coder.project import Project
    from coder.reading.refi_project import RefiCoding, RefiProject

LONGEST_NAME = 60
COLUMNS = ("comment_id", "themes", "scope", "decided_at", "note")


class UserDecisions(NamedTuple):
    """What one person's codings became.

    Attributes:
        reviewer: the name that decisions are kept under.
        added: decisions that are new.
        already: decisions that were kept before.
    """

    reviewer: str
    added: int
    already: int


@dataclass(frozen=True)
class RefiDecisions:
    """What the codings of a project became.

    Attributes:
        project: whose comments they are about; empty where none was found.
        users: a row a person, by name.
        notes: what was left behind, and what was taken for granted.
    """

    project: str = ""
    users: tuple[UserDecisions, ...] = ()
    notes: tuple[str, ...] = ()

    def facts(self) -> dict[str, object]:
        """The same as plain values, for JSON."""
        return {
            "project": self.project,
            "users": [user._asdict() for user in self.users],
            "notes": list(self.notes),
        }


class _Target(NamedTuple):
    """Where decisions go."""

    project: "Project"
    comments: "pd.DataFrame"
    codebook: "Codebook"
    codebook_path: Path


def find_project(file: Path, project: "Path | str | None") -> "Project | None":
    """The project that a file was read into: the one named, or the one beside it.

    Raises:
        CoderError: there is no project in the folder that was named.
    """
    from coder.project import Project, project_beside

    if project is not None:
        named = Project(project)
        named.settings()
        return named
    beside = project_beside(file)
    if beside.exists and beside.comments_path.is_file():
        return beside
    return None


def keep_codings(
    refi: "RefiProject",
    keys: "Mapping[str, Key]",
    codebook_path: Path,
    project: "Project | None",
) -> RefiDecisions:
    """Keep each person's codings as their decisions beside a codebook.

    A person who coded a text is taken to have read it for every theme of the file. Each date
    on which they coded it is a decision of its own, so that no date is lost; the last of them
    also says no to the themes that they did not give.

    Args:
        keys: id of a code to the theme and position that it became, under the ids of the
            codebook.
    """
    from coder.codebook import read_codebook

    people = [coding for coding in refi.codings if not coding.by_model]
    notes = list(_notes(refi, len(people)))
    codebook = read_codebook(codebook_path)
    known = _coded_keys(keys, codebook)
    without_theme = sum(coding.code not in known for coding in people)
    if without_theme:
        notes.append(
            f"{count(without_theme, 'coding')} left out: their codes are not among the themes."
        )
    if project is None:
        return RefiDecisions(notes=(*notes, *_without_project(refi, people)))
    of_others = {code for code, key in known.items() if key != keys[code]}
    without_position = sum(coding.code in of_others for coding in people)
    if without_position:
        notes.append(
            f"{count(without_position, 'coding')} of positions that {codebook_path.name} does "
            "not have kept as their theme alone."
        )
    target = _Target(project, project.comments, codebook, codebook_path)
    rows, lost = _rows_by_user(refi, known, target)
    if lost:
        notes.append(
            f"{count(lost, 'text')} with codings not in {project.folder} as in the file: "
            "their codings were left out."
        )
    users = _keep(rows, target)
    if users:
        notes.append(
            "A text that somebody coded counts as read by them for every theme of the file; "
            "a decision is about the whole text, so the places of codings are not kept."
        )
    return RefiDecisions(str(project.folder), tuple(users), tuple(notes))


def _notes(refi: "RefiProject", people: int) -> Iterator[str]:
    by_model = len(refi.codings) - people
    if by_model:
        yield (
            f"{count(by_model, 'coding')} of the model left out: they are nobody's decisions. "
            f"To code again: {command('apply', 'PROJECT', option('codebook', 'FILE'))}"
        )
    if refi.media_codings:
        yield f"Codings of pictures, recordings and films left out: {refi.media_codings:,}."
    if refi.notes:
        yield f"Memos that belong to no code left out: {refi.notes:,}."


def _without_project(
    refi: "RefiProject", people: "Collection[RefiCoding]"
) -> Iterator[str]:
    if people:
        read = command("read", refi.path)
        yield (
            f"{count(len(people), 'coding')} not taken, for the texts are in no project beside "
            f"the file. Read them first ({read}), or name their project: "
            f"{option('project', 'PROJECT')}"
        )


def _coded_keys(keys: "Mapping[str, Key]", codebook: "Codebook") -> "dict[str, Key]":
    """The keys of themes that are coded; of a position that the codebook lacks its theme alone."""
    known = set()
    for theme in codebook.active:
        known.add((theme.id, ""))
        for position in theme.positions:
            known.add((theme.id, position.id))
    coded = {}
    for code, key in keys.items():
        of_theme = (key[0], "")
        if of_theme in known:
            coded[code] = key if key in known else of_theme
    return coded


# ---------------------------------------------------------------- rows of a decision table


def _rows_by_user(
    refi: "RefiProject", keys: "Mapping[str, Key]", target: _Target
) -> "tuple[dict[str, list[tuple[str, ...]]], int]":
    """User to rows of `COLUMNS`; and how many coded texts the project does not hold."""
    comment_ids = _comment_ids(refi, target.comments)
    coded_ids = {theme_id for theme_id, _ in keys.values()}
    scope = [name for name in target.codebook.theme_ids if name in coded_ids]
    newest = _newest(refi)
    rows: dict[str, list[tuple[str, ...]]] = {}
    lost = 0
    for source, comment_id in zip(refi.sources, comment_ids, strict=True):
        by_user: dict[str, list[RefiCoding]] = {}
        for coding in source.codings:
            if not coding.by_model and coding.code in keys:
                by_user.setdefault(coding.user, []).append(coding)
        if by_user and not comment_id:
            lost += 1
            continue
        for user, codings in by_user.items():
            listed = rows.setdefault(user, [])
            for row in _rows_of(codings, keys, scope, newest):
                listed.append((comment_id, *row))
    return rows, lost


def _rows_of(
    codings: "Sequence[RefiCoding]",
    keys: "Mapping[str, Key]",
    scope: Sequence[str],
    newest: str,
) -> Iterator[tuple[str, ...]]:
    """Themes, scope, date and note of each date on which one person coded one text.

    A theme belongs to the date on which it was first given.
    """
    given: dict[str, dict[str, None]] = {}  # theme to what was given of it
    first: dict[str, str] = {}
    memos: dict[str, dict[str, None]] = {}  # by date
    for coding in codings:
        theme_id, position_id = keys[coding.code]
        date = _date(coding.at) or newest
        name = "=".join(filter(None, (theme_id, position_id)))
        given.setdefault(theme_id, {}).setdefault(name)
        first[theme_id] = min(date, first.get(theme_id, date))
        if coding.memo:
            memos.setdefault(date, {}).setdefault(coding.memo)
    last = max(first.values())
    rest = [theme_id for theme_id in scope if theme_id not in given]
    for date in sorted(set(first.values())):
        own = [theme_id for theme_id in given if first[theme_id] == date]
        named: list[str] = []
        for theme_id in own:
            named += given[theme_id]
        judged = own + rest if date == last else own
        note = " / ".join(memos.get(date, ()))
        yield "; ".join(named), "; ".join(judged), date, note


def _date(at: str) -> str:
    """A date in ISO 8601, UTC; empty where there is none that can be."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return ""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    moment = moment.astimezone(UTC)
    if moment > datetime.now(UTC):
        return ""
    return moment.isoformat(timespec="milliseconds")


def _newest(refi: "RefiProject") -> str:
    """The last date of any coding: no coding of the file is later."""
    dates = {_date(coding.at) for coding in refi.codings}
    return max(dates, default="")


def _comment_ids(refi: "RefiProject", comments: "pd.DataFrame") -> list[str]:
    """The comment of each source: that of its id and text, or the only one with its text; empty
    where there is none.
    """
    from coder.reading.formats.qdpx import source_ids
    from coder.text import clean_text

    text_of = dict(
        zip(
            comments["comment_id"],
            comments["text"],
            strict=True,
        )
    )
    times = Counter(text_of.values())
    id_of = {text: comment_id for comment_id, text in text_of.items()}
    ids = []
    for name, source in zip(
        source_ids(refi.sources),
        refi.sources,
        strict=True,
    ):
        text = clean_text(source.text or "")
        if text and text_of.get(name) == text:
            ids.append(name)
        elif times[text] == 1 and text:
            ids.append(id_of[text])
        else:
            ids.append("")
    return ids


# ---------------------------------------------------------------- keeping


def _keep(
    rows: "Mapping[str, list[tuple[str, ...]]]", target: _Target
) -> list[UserDecisions]:
    """Keep the rows of each user; all names are checked before any decision is kept."""
    import pandas as pd

    from coder.reviewing.table_decisions import take_table

    reviewers = _reviewer_names(list(rows))
    kept = []
    for user, listed in sorted(rows.items()):
        counts = take_table(
            pd.DataFrame(listed, columns=list(COLUMNS)),
            target.comments,
            target.codebook,
            target.codebook_path,
            reviewers[user],
            project=target.project.settings().name,
        )
        kept.append(UserDecisions(reviewers[user], counts.added, counts.already))
    return kept


def _reviewer_names(users: Sequence[str]) -> dict[str, str]:
    """A name that can be a file's for each user; of those that are then the same a number."""
    from coder.decisions import check_reviewer
    from coder.workflow.review import NOT_IN_A_NAME

    names: dict[str, str] = {}
    used: set[str] = set()
    for user in sorted(users):
        plain = NOT_IN_A_NAME.sub(
            "-",
            user,
        ).strip(" .-@")[: LONGEST_NAME - 4]
        name = plain = plain.strip(" .-") or "user"
        number = 2
        while name.casefold() in used or not _is_allowed(name):
            name, number = f"{plain} {number}", number + 1
        used.add(name.casefold())
        names[user] = check_reviewer(name)
    return names


def _is_allowed(name: str) -> bool:
    from coder.decisions import check_reviewer

    try:
        check_reviewer(name)
    except CoderError:
        return False
    return True
