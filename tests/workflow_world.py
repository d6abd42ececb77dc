"""A small consultation on disk, and what people do to it: the actions of random workflows.

Every action goes through the function that the command calls, on real files. Chance comes from a `Random`, so that a
workflow can be played again.
"""

import csv
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import numpy as np
import openpyxl
import pandas as pd
from numpy.typing import NDArray

from coder.codebook import Codebook, Position, Theme, write_codebook
from coder.decisions import Decision, DecisionLog, decisions_folder, read_decisions
from coder.embedding import DEFAULT_ENCODER, ENCODERS, FAST_ENCODER
from coder.engine import Progress, silent
from coder.errors import CoderError
from coder.project import Project
from coder.reviewing.drafts import Draft
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import OpenReview, open_session
from coder.statistics.reviewed_comments import Reviews, read_reviews
from coder.workflow.apply import apply
from coder.workflow.check import check
from coder.workflow.draws import declare_draw
from coder.workflow.export import SheetOptions, export
from coder.workflow.read import ReadOptions, read
from coder.workflow.review import review_from_table
from workflow_recount import History, Place

REVIEWERS = ("amira", "ben", "chris")
SETTLER = "dana"
COMMENTS = 22
MOST_COMMENTS, MOST_THEMES = 32, 9
ERRORS = 0.12  # of a reviewer's answers
NOTHING_LEFT = (
    "no comment is in dispute",
    "is decided",
    "nobody else has decided anything yet",
    "is coded a second time",
)
WORDS = (
    "street",
    "park",
    "shop",
    "night",
    "school",
    "bus",
    "light",
    "corner",
    "house",
    "road",
    "town",
    "week",
    "summer",
    "child",
    "council",
    "door",
    "window",
    "market",
    "river",
    "garden",
    "bridge",
    "station",
    "noise",
    "dog",
    "tree",
    "wall",
)
SPOKEN = {
    "visibility": ("officers", "patrol", "bobbies"),
    "stations": ("counter", "closed"),
    "volunteers": ("cadets", "specials"),
    "drugs": ("drugs", "dealers", "cannabis"),
    "women": ("women", "girls"),
    "driving": ("speeding", "cars"),
}
FIRST_THEMES = (
    Theme(
        id="visibility",
        name="Visibility",
        keywords=("officers", "patrol"),
        themes=(
            Theme(id="stations", name="Stations", keywords=("counter",)),
            Theme(id="volunteers", name="Volunteers", aggregate=False, keywords=("cadets",)),
        ),
    ),
    Theme(
        id="drugs",
        name="Drugs",
        keywords=("drugs", "dealers"),
        positions=(Position(id="more", name="More"), Position(id="less", name="Less")),
    ),
    Theme(id="women", name="Women", keywords=("women",)),
    Theme(id="driving", name="Driving", keywords=("speeding",)),
)
FIRST_BOOK = Codebook(title="Plan", themes=FIRST_THEMES)


class TinyEncoder:
    """Words hashed into a few dimensions: cheap, and the same on every machine."""

    fingerprint = "words hashed into 48 dimensions"

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        progress(len(texts), len(texts), "Reading comments")
        vectors = np.zeros((len(texts), 48), dtype=np.float32)
        vectors[:, 0] = 0.01  # no text is without a direction
        for number, text in enumerate(texts):
            for word in text.lower().split():
                vectors[number, crc32(word.encode()) % 48] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def use_tiny_encoder(set_item: Callable[..., None]) -> None:
    """Let the commands use it. Args: `set_item` of a `pytest.MonkeyPatch`."""
    for name in (DEFAULT_ENCODER, FAST_ENCODER):
        set_item(ENCODERS, name, lambda _choice: TinyEncoder())


@dataclass(frozen=True)
class TakenTable:
    """A table of decisions that somebody handed in."""

    table: pd.DataFrame
    reviewer: str
    blind: bool
    chosen: str


@dataclass
class World:
    """A project, its codebook, the people at work, and the history for the recount."""

    folder: Path
    book: Codebook = FIRST_BOOK
    history: History = field(default_factory=History)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)  # of the first file, by id
    last_table: TakenTable | None = None
    made: int = 0  # ids given to themes, sources and texts
    _open: dict[tuple[str, ReviewMode], OpenReview] = field(default_factory=dict)
    _comments: pd.DataFrame | None = None
    _texts: dict[str, str] = field(default_factory=dict)

    # ------------------------------------------------------------ how it begins

    @classmethod
    def begin(cls, folder: Path) -> "World":
        """A project of the first comments, with its codebook; nothing is decided or coded."""
        world = cls(folder)
        folder.mkdir(parents=True, exist_ok=True)
        random = Random(1)
        for number in range(COMMENTS):
            comment_id = f"C-{number:03d}"
            world.rows[comment_id] = _row(comment_id, random)
        world._write_first_file()
        read(world.first_file, world.project_folder)
        write_codebook(world.codebook_path, world.book)
        return world

    def copy(self, folder: Path) -> "World":
        """The same files in another folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        history = History(list(self.history.events), dict(self.history._read))
        return World(folder, self.book, history, dict(self.rows), self.last_table, self.made)

    @property
    def first_file(self) -> Path:
        return self.folder / "answers.csv"

    @property
    def project_folder(self) -> Path:
        return self.folder / "plan"

    @property
    def codebook_path(self) -> Path:
        return self.folder / "plan.yaml"

    @property
    def decisions_folder(self) -> Path:
        return decisions_folder(self.codebook_path)

    @property
    def project(self) -> Project:
        return Project(self.project_folder)

    def state(self) -> tuple[object, ...]:
        """Another one where a file that figures are made from may have changed."""
        paths = [
            self.codebook_path,
            self.project.comments_path,
            self.project.labels_path,
            *sorted(self.decisions_folder.glob("**/*.json*")),
        ]
        marks: list[object] = []
        for path in paths:
            if path.exists():
                status = path.stat()
                marks += [path.name, status.st_ino, status.st_size, status.st_mtime_ns]
        return tuple(marks)

    @property
    def comments(self) -> pd.DataFrame:
        """Comments that are analysed."""
        if self._comments is None:
            everything = self.project.comments
            self._comments = everything[everything["status"] == "analysed"]
        return self._comments

    @property
    def texts(self) -> dict[str, str]:
        if not self._texts:
            table = self.comments
            self._texts = dict(zip(table["comment_id"], table["text"], strict=True))
        return self._texts

    @property
    def places(self) -> list[Place]:
        """The themes that are coded, for the recount."""
        places = []
        for node in self.book.nodes:
            theme = node.theme
            if not theme.retired:
                positions = tuple(position.id for position in theme.positions)
                places.append(Place(theme.id, node.parent_id, theme.aggregate, positions))
        return places

    def _write_first_file(self) -> None:
        with self.first_file.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ("comment_id", "comment", "age", "gender"))
            writer.writeheader()
            writer.writerows(self.rows.values())

    # ------------------------------------------------------------ deciding on the screen

    def sit_down(self, reviewer: str, mode: ReviewMode) -> OpenReview | None:
        """Open the screen, or come back to it; None where nothing is left to decide."""
        opened = self._open.get((reviewer, mode))
        if opened is not None:
            opened.session.hear(opened.others())
            return opened
        try:
            opened = open_session(self.project, self.book, self.codebook_path, reviewer, mode)
        except CoderError as error:
            if any(words in error.problem for words in NOTHING_LEFT):
                return None
            raise
        opened.writer.close()
        opened.session._keeper.write = DecisionLog(self.codebook_path, reviewer, self.book).append
        self._open[reviewer, mode] = opened
        return opened

    def decide_on_screen(self, reviewer: str, mode: ReviewMode, most: int, random: Random) -> int:
        """Decide the next comments; returns how many."""
        opened = self.sit_down(reviewer, mode)
        done = 0
        while opened is not None and opened.session.pick is not None and done < most:
            pick = opened.session.pick
            answers = self.answer(pick.comment_id, pick.scope, random)
            opened.session.change_draft(answers)
            opened.session.save()
            done += 1
        self.history.read_new_lines(self.decisions_folder)
        return done

    def undo_on_screen(self, random: Random) -> str:
        """Undo, redo or take back in a session that is open; says what, nothing where none is."""
        if not self._open:
            return ""
        opened = random.choice(list(self._open.values()))
        opened.session.hear(opened.others())
        step = random.choice(("undo", "undo", "redo", "take back"))
        if step == "take back":
            decided = sorted(opened.session.decided)
            if decided:
                opened.session.go_to(random.choice(decided))
                opened.session.take_back()
        else:
            getattr(opened.session, step)()
        self.history.read_new_lines(self.decisions_folder)
        return step

    def leave(self) -> None:
        """Everybody closes their screen: the codebook, the comments or the coding changes."""
        self._open.clear()
        self._comments = None
        self._texts = {}

    def answer(self, comment_id: str, scope: Sequence[str], random: Random) -> Draft:
        """What a reviewer who errs now and then ticks."""
        themes: dict[str, tuple[str, ...]] = {}
        unsure = set()
        for theme_id in scope:
            chance = random.random()
            if chance < 0.03:
                unsure.add(theme_id)
            elif self.carries(comment_id, theme_id) != (chance > 1 - ERRORS):
                ids = [position.id for position in self.book.theme(theme_id).positions]
                themes[theme_id] = tuple(p for p in ids if random.random() < 0.5)
        answered = {(theme_id, "") for theme_id in scope}  # as adjudication asks
        for theme_id in themes:
            positions = self.book.theme(theme_id).positions
            answered.update((theme_id, position.id) for position in positions)
        return Draft(themes, frozenset(unsure), answered=frozenset(answered))

    def carries(self, comment_id: str, theme_id: str) -> bool:
        """What a comment says, for a reviewer without error."""
        words = set(self.texts[comment_id].split())
        if theme_id in SPOKEN:
            return bool(words & set(SPOKEN[theme_id]))
        return crc32(f"{comment_id} {theme_id}".encode()) % 256 < 70

    # ------------------------------------------------------------ deciding in tables

    def decide_by_table(
        self,
        reviewer: str,
        comment_ids: Sequence[str],
        random: Random,
        *,
        scope: Sequence[str] = (),
        blind: bool = False,
        chosen: str = "listed",
    ) -> None:
        """Hand in a table on these comments."""
        lines = []
        for comment_id in comment_ids:
            draft = self.answer(comment_id, scope or self.book.theme_ids, random)
            lines.append(
                {
                    "comment_id": comment_id,
                    "themes": ";".join(_spelled(draft)),
                    "scope": ";".join(scope),
                    "unsure": ";".join(sorted(draft.unsure)),
                }
            )
        taken = TakenTable(pd.DataFrame(lines), reviewer, blind, chosen)
        self.take(taken)
        self.last_table = taken

    def take(self, taken: TakenTable) -> int:
        """Import a table; returns how many decisions were new."""
        outcome = review_from_table(
            self.project,
            self.codebook_path,
            taken.table,
            taken.reviewer,
            blind=taken.blind,
            chosen=taken.chosen,
        )
        self.history.read_new_lines(self.decisions_folder)
        return outcome.decisions.added

    def decide_on_a_sheet(self, reviewer: str, comment_ids: Sequence[str], random: Random) -> None:
        """Write a review sheet, fill rows in, and hand it in."""
        path = self.folder / f"{reviewer}.review.xlsx"
        sheet = SheetOptions(reviewer=reviewer, blind=True)
        export(self.project, path, codebook=self.codebook_path, sheet=sheet)
        workbook = openpyxl.load_workbook(path)
        page = workbook["review"]
        column = {str(cell.value): cell.column for cell in page[2]}
        row = {str(page.cell(line, 1).value): line for line in range(3, page.max_row + 1)}
        for comment_id in comment_ids:
            draft = self.answer(comment_id, self.book.theme_ids, random)
            for theme in self.book.active:
                present = theme.id in draft.themes
                page.cell(row[comment_id], column[theme.id], _yes_or_no(present))
                for position in theme.positions:
                    named = position.id in draft.themes.get(theme.id, ())
                    place = column[f"{theme.id}={position.id}"]
                    page.cell(row[comment_id], place, _yes_or_no(named))
            for theme_id in draft.unsure:
                page.cell(row[comment_id], column[theme_id], "?")
            page.cell(row[comment_id], column["done"], "yes")
        workbook.save(path)
        self.last_table = None
        review_from_table(self.project, self.codebook_path, path, reviewer)
        self.history.read_new_lines(self.decisions_folder)

    def declare_sample(self, comment_ids: Sequence[str]) -> None:
        """Comments drawn at random in another program."""
        table = pd.DataFrame({"comment_id": comment_ids})
        declare_draw(self.project, self.codebook_path, table)
        self._open.clear()

    def press_enter_in_adjudication(self, settler: str) -> int:
        """Save the comment in dispute as it is shown; returns how many decisions that made."""
        mode = ReviewMode(adjudicate=True)
        self._open.pop((settler, mode), None)  # what was undone there would be shown with answers
        opened = self.sit_down(settler, mode)
        if opened is not None:
            opened.session.save()
        return self.history.read_new_lines(self.decisions_folder)

    # ------------------------------------------------------------ history

    def export(self) -> None:
        """Write the theme table; the record of the run names the decision files."""
        export(self.project, self.folder / "themes.csv", codebook=self.codebook_path)

    def faults(self) -> list[str]:
        """What a check finds, but for work that waits: comments to review or to code again."""
        waits = ("changed since", "Code them again", "have no labels")
        faults = check(self.project, self.codebook_path).faults
        return [fault for fault in faults if not any(words in fault for words in waits)]

    @contextmanager
    def damage(self, random: Random) -> Iterator[str]:
        """Damage a decision file for a while; says how, nothing where there is none."""
        paths = sorted(self.decisions_folder.glob("*.jsonl"))
        if not paths:
            yield ""
            return
        path = random.choice(paths)
        whole = path.read_bytes()
        lines = whole.splitlines(keepends=True)
        kind = random.choice(("cut", "deleted", "edited", "copied"))
        copy = path.with_name(f"{path.stem} (conflicted copy).jsonl")
        if kind == "cut":
            path.write_bytes(b"".join(lines[: random.randrange(len(lines))]))
        elif kind == "deleted":
            path.unlink()
        elif kind == "edited":
            path.write_bytes(whole.replace(b'"note":""', b'"note":"said later"', 1))
        else:
            copy.write_bytes(b"".join(lines[:1]))
        try:
            yield f"{path.name}: {kind}"
        finally:
            path.write_bytes(whole)
            copy.unlink(missing_ok=True)

    def reviews_in_another_order(self) -> Reviews | None:
        """The decisions as if the reviewers had worked in another order, each as they did.

        What was known when a comment was drawn or reached, and what a codebook held when a decision was made, is a
        matter of time: decisions change places only between these. None where decisions say themselves that they were drawn.
        """
        stored = read_decisions(self.codebook_path)
        drawn = {comment for draw in stored.draws for comment in draw.comment_ids}
        if not drawn.issuperset(self.history.chosen_at_random()):
            return None
        marks = [draw.drawn_at for draw in stored.draws]
        marks += [d.decided_at for d in stored.decisions if d.chosen == "random"]
        marks.sort()
        blocks: dict[tuple[int, str], list[Decision]] = {}
        for decision in stored.decisions:
            after = bisect_right(marks, decision.decided_at)
            key = after, decision.codebook_fingerprint
            if decision.chosen == "random" or decision.decided_at in marks:
                # In the moment of a draw nothing tells what came first: it stays where it is.
                key = after, decision.id
            blocks.setdefault(key, []).append(decision)
        reordered: list[Decision] = []
        in_time = sorted(blocks.values(), key=lambda block: min(d.decided_at for d in block))
        for block in in_time:
            times = sorted(decision.decided_at for decision in block)
            backwards = sorted(block, key=lambda d: d.reviewer, reverse=True)
            for decision, time in zip(backwards, times, strict=True):
                reordered.append(decision.model_copy(update={"decided_at": time}))
        by_file = sorted(reordered, key=lambda decision: decision.reviewer)
        everything = stored._replace(decisions=tuple(by_file))
        name = self.project.settings().name
        return read_reviews(everything, self.project.comments, self.book, name)

    # ------------------------------------------------------------ changing the codebook

    def new_id(self, word: str) -> str:
        self.made += 1
        return f"{word}-{self.made}"

    def change_book(self, themes: Sequence[Theme]) -> None:
        """Save the codebook with these themes."""
        self.leave()
        self.last_table = None
        self.made += 1
        self.book = Codebook(title="Plan", version=self.made, themes=tuple(themes))
        # JSON is YAML too, and `workflow_memory` reads it quickly.
        self.codebook_path.write_text(self.book.model_dump_json(exclude_defaults=True))

    def add_theme(self, random: Random) -> str:
        """A new theme, or a new sub-theme of one."""
        new = Theme(id=self.new_id("added"), name="Added", aggregate=random.random() < 0.7)
        parent = random.choice(("", *self.main_ids))
        if not parent:
            self.change_book((*self.book.themes, new))
            return new.id
        old = self.book.theme(parent)
        self.change_book(self._replaced(parent, (_with(old, themes=(*old.themes, new)),)))
        return new.id

    def rename(self, random: Random) -> tuple[str, str]:
        """Another id for a theme; returns the old and the new id."""
        old = self.book.theme(random.choice(self.book.theme_ids))
        new = _with(old, id=self.new_id("renamed"), was=(*old.was, old.id))
        self.change_book(self._replaced(old.id, (new,)))
        self.history.merge((old.id,), new.id)
        return old.id, new.id

    def split(self, random: Random) -> tuple[str, tuple[str, ...]]:
        """Two themes in place of one without sub-themes."""
        old = self.book.theme(random.choice(self.leaf_ids))
        new = []
        for _ in range(2):
            part_id = self.new_id("split")
            part = _with(old, id=part_id, split_from=old.id, was=(), themes=())
            new.append(part)
        self.change_book(self._replaced(old.id, new))
        self.history.forget(old.id)
        return old.id, tuple(theme.id for theme in new)

    def merge(self, random: Random) -> tuple[tuple[str, str], str]:
        """One theme in place of two main themes without sub-themes; nothing where few are left."""
        # What a state of the codebook held is known from decisions made with it.
        used = {theme for body in self.history.decisions for theme in body["scope"]}
        ids = [theme for theme in self.leaf_ids if theme in used.intersection(self.main_ids)]
        if len(ids) < 2 or len(self.book.theme_ids) < 4:
            return ("", ""), ""
        one, other = (self.book.theme(theme_id) for theme_id in random.sample(ids, 2))
        was = (*one.was, one.id, *other.was, other.id)
        new = _with(one, id=self.new_id("merged"), was=was, split_from=None)
        themes = [theme for theme in self._replaced(one.id, (new,)) if theme.id != other.id]
        self.change_book(themes)
        self.history.merge((one.id, other.id), new.id)
        return (one.id, other.id), new.id

    def retire(self, random: Random) -> str:
        """A theme that is no longer coded, without sub-themes; empty where too few are left."""
        if len(self.leaf_ids) < 3:
            return ""
        old = self.book.theme(random.choice(self.leaf_ids))
        self.change_book(self._replaced(old.id, (_with(old, retired=True),)))
        return old.id

    @property
    def main_ids(self) -> list[str]:
        return [theme.id for theme in self.book.themes if not theme.retired]

    @property
    def leaf_ids(self) -> list[str]:
        """Coded themes without sub-themes that are coded."""
        parents = {place.parent_id for place in self.places}
        return [place.theme_id for place in self.places if place.theme_id not in parents]

    def family(self, theme_id: str) -> set[str]:
        """The themes under the same main theme: what is known of one can tell something of another."""
        for theme in self.book.themes:
            tree = Codebook(title="Family", themes=(theme,))
            ids = {node.theme.id for node in tree.nodes}
            if theme_id in ids:
                return ids
        return set()

    def _replaced(self, theme_id: str, new: Sequence[Theme]) -> list[Theme]:
        return _replace(self.book.themes, theme_id, new)

    # ------------------------------------------------------------ comments and coding

    def add_source(self, random: Random) -> None:
        """Read a second file into the project."""
        self.made += 1
        name = f"post{self.made}"
        path = self.folder / f"{name}.csv"
        rows = [_row(f"{name}-{number}", random) for number in range(2)]
        pd.DataFrame(rows).to_csv(path, index=False)
        read(path, self.project_folder, options=ReadOptions(source_names=(name,)))
        self.leave()

    def change_file(self, random: Random) -> str:
        """Correct one text in the first file and read it again; returns the comment's id."""
        comment_id = random.choice(sorted(self.rows))
        self.made += 1
        row = self.rows[comment_id]
        self.rows[comment_id] = {**row, "comment": f"{row['comment']} edit{self.made}"}
        self._write_first_file()
        read(self.first_file, self.project_folder)
        self.leave()
        return comment_id

    def apply(self) -> None:
        """Code the comments."""
        apply(self.project, self.codebook_path)
        self.leave()


def _row(comment_id: str, random: Random) -> dict[str, str]:
    words = random.sample(WORDS, 7)
    for spoken in SPOKEN.values():
        if random.random() < 0.3:
            words.insert(random.randrange(len(words)), random.choice(spoken))
    return {
        "comment_id": comment_id,
        "comment": " ".join(words),
        "age": random.choice(("under 40", "40 and over")),
        "gender": random.choice(("Female", "Male")),
    }


def _yes_or_no(said: bool) -> str:
    return "yes" if said else "no"


def _spelled(draft: Draft) -> list[str]:
    """The themes of a draft as a table spells them."""
    spelled = []
    for theme_id, positions in draft.themes.items():
        if not positions:
            spelled.append(theme_id)
        spelled += [f"{theme_id}={position}" for position in positions]
    return spelled


def _with(theme: Theme, **changes: Any) -> Theme:
    return theme.model_copy(update=changes)


def _replace(themes: Sequence[Theme], theme_id: str, new: Sequence[Theme]) -> list[Theme]:
    """The themes with others in place of one, wherever it stands."""
    replaced: list[Theme] = []
    for theme in themes:
        if theme.id == theme_id:
            replaced += new
        else:
            below = tuple(_replace(theme.themes, theme_id, new))
            replaced.append(_with(theme, themes=below))
    return replaced
