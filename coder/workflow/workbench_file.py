"""The codebook that the workbench writes, and the groups beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook, Theme, read_codebook, write_codebook
from coder.files import sha256_of
from coder.text import count

if TYPE_CHECKING:
    from coder.project import Project
    from coder.transactions import Transaction
    from coder.workbench.actions import Write
    from coder.workbench.session import Session
    from coder.workbench.themes import Adopted

PATIENCE = 3.0  # seconds that the screen waits for another command on the project
HEAD = """\
Made with `coder codebook build`. `made_of` names the candidates that a theme was made of,
`comments` says how many comments it had then."""


@dataclass(frozen=True)
class WorkbenchFile:
    """One codebook that the themes of a session go into."""

    project: "Project"
    session: "Session"
    into: Path

    def write(self) -> str:
        """Write the themes and their groups; says what was written.

        A codebook that the workbench made, and that nobody has changed since, is written anew.
        To any other the themes are added that it does not have yet; its lines stay as they are.

        Raises:
            CoderError: the codebook is faulty or cannot be written.
        """
        from coder.transactions import Transaction
        from coder.workbench.themes import adopt_groups

        known_ids = self._known_ids()
        adopted = adopt_groups(
            self.session.board,
            self.session.findings,
            known_ids,
        )
        is_whole = not self.into.exists() or self._is_as_left()
        ids = adopted.ids
        message = f"written to {self.into.name}"
        folder = self.project.folder
        with Transaction(folder, "coder codebook build", PATIENCE) as change:
            if is_whole:
                self._write_whole(adopted, known_ids, change)
            else:
                ids, message = self._add(adopted, set(known_ids.values()), change)
            self._add_groups(ids, change)
            write = self._write_of(known_ids | ids, change, is_whole=is_whole)
            write = self.session.stage_written(write, change)
        self.session.take_written(write)
        return message

    def _write_of(
        self,
        ids: Mapping[str, str],
        change: "Transaction",
        *,
        is_whole: bool,
    ) -> "Write":
        """What the next time is to know of this one."""
        from coder.workbench.actions import Write

        return Write(
            into=str(self.into.resolve()),
            sha256=sha256_of(change.at(self.into)),
            ids=dict(ids),
            whole=is_whole,
        )

    def _last_write(self) -> "Write | None":
        """The last time that this codebook was written; None where the file is gone."""
        place = str(self.into.resolve())
        last = None
        for write in self.session.writes:
            if write.into == place and self.into.exists():
                last = write
        return last

    def _known_ids(self) -> dict[str, str]:
        """The theme id of every group that was ever written to the file."""
        last = self._last_write()
        if last is None:
            return {}
        return dict(last.ids)

    def _is_as_left(self) -> bool:
        """Whether the workbench made the whole file, and nobody has changed it since."""
        last = self._last_write()
        if last is None or not last.whole:
            return False
        return last.sha256 == sha256_of(self.into)

    def _add_groups(self, ids: dict[str, str], change: "Transaction") -> None:
        """Keep the groups of the themes that the file has."""
        from coder.groups import add_groups, groups_of, groups_path
        from coder.workbench.themes import memberships_of

        memberships = memberships_of(self.session.board, ids)
        book = read_codebook(change.at(self.into))
        present = [node.theme.id for node in book.nodes]
        rows = groups_of(
            memberships,
            self.project.comments,
            {},
            present,
        )
        if len(rows):
            add_groups(self.into, rows, change.stage(groups_path(self.into)))

    # ------------------------------------------------------------ the whole file

    def _write_whole(
        self,
        adopted: "Adopted",
        known_ids: dict[str, str],
        change: "Transaction",
    ) -> None:
        """Write a new file. Once there are decisions, no id that they may hold is lost."""
        settings = self.project.settings()
        themes = self._with_history(adopted, known_ids)
        fields: dict[str, Any] = {
            "title": settings.name or "Codebook",
            "question": settings.question,
            "language": settings.language,
            "version": self._version(),
            "themes": (*themes, *self._retired(themes)),
        }
        book = Codebook.model_validate(fields)
        write_codebook(change.stage(self.into), book, head=HEAD)

    @property
    def _has_decisions(self) -> bool:
        from coder.decisions import decisions_folder

        return decisions_folder(self.into).is_dir()

    def _version(self) -> int | str:
        """The version of the file; raised where decisions were made with it."""
        if not self.into.exists():
            return 1
        version = read_codebook(self.into).version
        if isinstance(version, int) and self._has_decisions:
            return version + 1
        return version

    def _with_history(
        self, adopted: "Adopted", known_ids: dict[str, str]
    ) -> tuple[Theme, ...]:
        """The themes, with the ids of written themes that were merged into each since, or that it
        was split from.
        """
        was: dict[str, list[str]] = {}
        split_from: dict[str, str] = {}
        merged, split = self.session.merged, self.session.split_from
        for group_id, theme_id in known_ids.items():
            holder = adopted.ids.get(merged.get(group_id, ""))
            if holder is not None and group_id not in adopted.ids:
                was.setdefault(holder, []).append(theme_id)
        for group_id, theme_id in adopted.ids.items():
            origin = known_ids.get(split.get(group_id, ""))
            if origin is not None and origin != theme_id:
                split_from[theme_id] = origin

        def with_history(theme: Theme) -> Theme:
            return theme.model_copy(
                update={
                    "was": tuple(was.get(theme.id, ())),
                    "split_from": split_from.get(theme.id),
                    "themes": tuple(with_history(sub) for sub in theme.themes),
                }
            )

        return tuple(with_history(theme) for theme in adopted.themes)

    def _retired(self, themes: Sequence[Theme]) -> list[Theme]:
        """Themes of the file that are none any more, kept for the decisions about them."""
        if not self.into.exists() or not self._has_decisions:
            return []
        kept: set[str] = set()
        new = Codebook.model_validate({"title": "new", "themes": tuple(themes)})
        for node in new.nodes:
            kept |= {node.theme.id, *node.theme.was}
        retired = []
        for node in read_codebook(self.into).nodes:
            if node.theme.id not in kept:
                retired.append(
                    node.theme.model_copy(
                        update={"retired": True, "themes": (), "was": ()}
                    )
                )
        return retired

    # ------------------------------------------------------------ a file with lines of its own

    def _add(
        self,
        adopted: "Adopted",
        present: set[str],
        change: "Transaction",
    ) -> tuple[dict[str, str], str]:
        """Add the themes that the file was never given; the ids of all, and what to say."""
        from coder.clustering.adopt import add_to_file

        new = _without(adopted.themes, present)
        renamed: dict[str, str] = {}
        if new:
            renamed = add_to_file(self.into, new, change.stage(self.into))
        ids = {}
        added = 0
        for group_id, theme_id in adopted.ids.items():
            ids[group_id] = theme_id
            if theme_id not in present:
                ids[group_id] = renamed.get(theme_id, theme_id)
                added += 1
        message = f"{count(added, 'theme')} added"
        if present:
            message += (
                f"; {self.into.name} has lines of its own, so the themes that it had are as they "
                "were there"
            )
        return ids, message


def _without(themes: Sequence[Theme], present: set[str]) -> list[Theme]:
    """The themes that a file does not have; sub-themes of those that it has come to the top."""
    new: list[Theme] = []
    for theme in themes:
        subs = _without(theme.themes, present)
        if theme.id in present:
            new += subs
        else:
            new.append(theme.model_copy(update={"themes": tuple(subs)}))
    return new
