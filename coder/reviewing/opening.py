"""From a project and a codebook to a session ready to show: what has been said, what is next, what the model says."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from coder.codebook import Codebook
from coder.decisions import (
    Decision,
    DecisionLog,
    check_reviewer,
    decisions_folder,
    model_labels,
    read_decisions,
)
from coder.errors import CoderError, did_you_mean
from coder.project import Project
from coder.reviewing.queue import (
    Listed,
    Mixed,
    OneTheme,
    Queue,
    copies,
    drawn_sample,
    in_dispute,
    lane_of,
    second_coding,
    to_look_at_again,
)
from coder.reviewing.record import Record
from coder.reviewing.screen.writer import Writer
from coder.reviewing.session import Kind, Session
from coder.reviewing.suggestions import Suggestions
from coder.tables import analysed, own_columns

if TYPE_CHECKING:
    import pandas as pd


MARKED = "about_process"  # an own column that reading adds; it says nothing of who wrote


class Way(NamedTuple):
    """How a session goes: at most one of theme_id, sample, double and adjudicate."""

    blind: bool = False
    theme_id: str | None = None
    sample: int | None = None
    double: float | None = None  # share of others' comments, in (0, 1]
    adjudicate: bool = False
    seed: int = 0

    @property
    def kind(self) -> Kind:
        """What the session is called."""
        if self.adjudicate:
            return "adjudicate"
        if self.double is not None:
            return "double"
        if self.theme_id is not None:
            return "theme"
        return "sample" if self.sample is not None else "mixed"


class Opened(NamedTuple):
    """A session and what goes on around it."""

    session: Session
    writer: Writer
    attributes: tuple[str, ...]
    others: Callable[[], Sequence[Decision]]  # what anybody wrote since it was called last
    has_labels: bool
    notes: tuple[str, ...]  # what the reviewer should be told at the beginning


def open_session(
    project: Project, codebook: Codebook, codebook_path: Path, reviewer: str, way: Way
) -> Opened:
    """Everything that a review needs, read and checked.

    Raises:
        CoderError: no such theme, nothing to review, a reviewer's name that cannot be, a decision file or a
            sample file that was changed, options that contradict each other.
    """
    check_reviewer(reviewer)
    way = _checked(way, codebook)
    comments = analysed(project.comments)
    if comments.empty:
        raise CoderError(
            f"{project.folder}: no comment is analysed",
            "See ledger.csv there for why each is excluded.",
        )
    others = Others(
        codebook_path
    )  # before the files are read: what is written meanwhile is heard of later
    stored = read_decisions(codebook_path)
    name = project.settings().name
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    record = Record(stored.decisions, codebook, name, texts)
    order = drawn_sample(project.folder, comments, way.seed)
    suggestions = None if way.blind else read_suggestions(project, codebook)
    log = DecisionLog(codebook_path, reviewer)
    log.begin()
    writer = Writer(log)
    session = Session(
        comments,
        codebook,
        record,
        _queue(
            way,
            record,
            codebook,
            reviewer,
            order,
            suggestions,
            _at_work(stored.decisions, name, codebook_path),
        ),
        project=name,
        reviewer=reviewer,
        write=writer,
        kind=way.kind,
        blind=way.blind,
        scope=(way.theme_id,) if way.theme_id else codebook.theme_ids,
        suggestions=suggestions if way.kind != "adjudicate" else None,
        copies=copies(comments) if way.kind not in ("double", "adjudicate") else None,
    )
    if session.pick is None and way.kind in ("sample", "double", "adjudicate"):
        writer.close()
        raise CoderError(*_nothing(way, record, reviewer))
    settings = project.settings()
    attributes = settings.attributes or tuple(
        name for name in own_columns(comments) if name != MARKED
    )
    if comments["source"].nunique() > 1:
        attributes = ("source", *attributes)
    if comments["question"].nunique() > 1:
        attributes = ("question", *attributes)
    notes = (*_waiting(way, record, reviewer, codebook, order), *stored.notes)
    return Opened(session, writer, attributes, others, suggestions is not None, notes)


def _waiting(
    way: Way, record: Record, reviewer: str, codebook: Codebook, order: Sequence[str]
) -> tuple[str, ...]:
    """What this reviewer decided the other way, blind or not, and what a changed codebook asks of it."""
    if way.kind != "mixed":
        return ()
    mode = "assisted" if way.blind else "blind"
    n = len(to_look_at_again(record, reviewer, codebook, order, mode=mode))
    if not n:
        return ()
    how = "without --blind" if way.blind else "with --blind"
    return (f"{n:,} decided {mode} wait for what is new in the codebook: begin {how}",)


def _checked(way: Way, codebook: Codebook) -> Way:
    named = [
        option
        for option, given in (
            ("--theme", way.theme_id is not None and way.sample is None),
            ("--sample", way.sample is not None),
            ("--double", way.double is not None),
            ("--adjudicate", way.adjudicate),
        )
        if given
    ]
    if len(named) > 1:
        raise CoderError(f"{' and '.join(named)} cannot go together", "Use one of them.")
    if way.adjudicate and way.blind:
        raise CoderError(
            "--adjudicate shows both codings, so it cannot be blind",
            "Leave one of the options out.",
        )
    if way.theme_id is not None and way.theme_id not in codebook.theme_ids:
        raise CoderError(
            f"--theme: the codebook codes no theme {way.theme_id!r}",
            did_you_mean(way.theme_id, codebook.theme_ids),
        )
    if way.sample is not None and way.sample < 1:
        raise CoderError(
            f"--sample {way.sample}: must be at least 1", "For example --sample 200 --blind"
        )
    if way.double is not None:
        return way._replace(blind=True)  # a second coding that saw the model's would agree with it
    return way


def _queue(
    way: Way,
    record: Record,
    codebook: Codebook,
    reviewer: str,
    order: tuple[str, ...],
    suggestions: Suggestions | None,
    at_work: set[str],
) -> Queue:
    scope = codebook.theme_ids
    if way.adjudicate:
        return Listed(in_dispute(record, codebook, order), reviewer, settling=True)
    if way.double is not None:
        picks = second_coding(record, reviewer, scope, order, share=way.double, seed=way.seed)
        return Listed(picks, reviewer, blind=True)
    if way.theme_id is not None and way.sample is None and not way.blind:
        return OneTheme(
            reviewer, way.theme_id, codebook.theme(way.theme_id).short, order, suggestions
        )
    if way.theme_id is not None:
        return Mixed(reviewer, (way.theme_id,), order, blind=way.blind, sample=way.sample)
    return Mixed(
        reviewer,
        scope,
        order,
        suggestions=suggestions,
        blind=way.blind,
        sample=way.sample,
        lane=lane_of(reviewer, at_work),
        names={theme.id: theme.short for theme in codebook.active},
        again=to_look_at_again(
            record, reviewer, codebook, order, mode="blind" if way.blind else "assisted"
        )
        if way.sample is None
        else (),
    )


def _at_work(decisions: Sequence[Decision], project: str, codebook_path: Path) -> set[str]:
    """Who decides comments of a project on the screen, those too who have just begun."""
    known = {d.reviewer for d in decisions}
    begun = {path.stem for path in decisions_folder(codebook_path).glob("*.lock")}
    return {d.reviewer for d in decisions if d.project == project and d.chosen != "listed"} | (
        begun - known
    )


def _nothing(way: Way, record: Record, reviewer: str) -> tuple[str, str]:
    if way.adjudicate:
        return "no comment is in dispute", "Reviewers agree wherever two of them decided."
    if way.double is not None:
        others = {r for c in record.comment_ids for r in record.reviewers(c)} - {reviewer}
        if not others:
            return (
                "nobody else has decided anything yet",
                "A second coding needs a first: have another reviewer begin.",
            )
        return (
            "the chosen share is coded a second time",
            "Compare with: coder agree PROJECT --codebook FILE",
        )
    return f"the sample of {way.sample or 0:,} is decided", "Draw more with a larger --sample."


def read_suggestions(project: Project, codebook: Codebook) -> Suggestions | None:
    """The last coding of a project; None where there is none, or none of a theme of this codebook."""
    if not project.labels_path.is_file():
        return None
    labels: pd.DataFrame = model_labels(project.labels, codebook)
    if not labels["theme_id"].isin(codebook.theme_ids).any():
        return None
    run = project.last_run("apply") or {}
    return Suggestions(labels, codebook, str(run.get("model_fingerprint", "")))


class Others:
    """What was written since it was asked last: the new whole lines of all reviewers' files.

    The reviewer's own file is among them, for they may have a second window open. It serves to divide the work,
    so that two people do not take the same comment; the chain is checked where decisions count.
    """

    def __init__(self, codebook_path: Path) -> None:
        self._folder = decisions_folder(codebook_path)
        # whole lines only: one that is being written now is read when it is whole
        self._read = {
            path.name: path.read_bytes().rfind(b"\n") + 1 for path in self._folder.glob("*.jsonl")
        }

    def __call__(self) -> list[Decision]:
        """The new decisions; none of a file that cannot be read just now, nor a line that is none."""
        found: list[Decision] = []
        for path in sorted(self._folder.glob("*.jsonl")):
            try:
                with path.open("rb") as file:
                    file.seek(self._read.get(path.name, 0))
                    data = file.read()
            except OSError:
                continue
            whole = data[: data.rfind(b"\n") + 1]
            for line in whole.splitlines():
                with suppress(ValueError, KeyError, TypeError, ValidationError):
                    found.append(Decision.model_validate(json.loads(line)["decision"]))
            self._read[path.name] = self._read.get(path.name, 0) + len(whole)
        return found
