"""What `project.yaml` holds: sources, what is kept and left out, groups made from answers."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from coder.errors import CoderError, did_you_mean
from coder.yaml_faults import layout_yaml, read_model, read_yaml

# A question's id is the name of a folder, and part of comment ids.
QUESTION_ID = r"^[^\W_](?:[\w-]{0,60}[^\W_])?$"
# Fields that are written only where they hold something.
ONLY_WHERE_FILLED = ("questions", "campaigns", "wordings", "other_wordings")
OF_SOURCES_WHERE_FILLED = ("orders", "dropped")
# Settings that decide, when comments are read, which of them count. All others act when results
# are made.
OF_READING = (
    "attributes",
    "keep",
    "exclude",
    "count_repeats",
    "leave_out",
    "substantive",
    "campaigns",
)
# Besides the survey's own columns and groups made from them, what can have missing answers.
NOT_OWN = ("*", "source", "question")
CORRECT_SETTINGS = "Correct the file, and run the command again."
SETTINGS_HEAD = (
    "# What this consultation is made of. Written by `coder read`; yours to edit.\n"
)


class Source(BaseModel):
    """A file that was read, and what its columns were taken for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    file: str  # its name, not its path: a project may move
    sha256: str
    format: str
    columns: dict[str, str] = Field(default_factory=dict)  # role to the file's column
    rows: int
    cleaned: int = 0  # texts in which NUL or lone surrogates were replaced
    facts: dict[str, str] = Field(default_factory=dict)  # what the file says of itself
    # Its columns that tell respondents apart: one that names them, or several together.
    person: tuple[str, ...] = ()
    # Column to its answers in the order of the file's codes, where those have labels.
    orders: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    # Its columns that hold names, addresses, what the survey tool adds ...: kept with the
    # comments, and in no file for other programs.
    dropped: tuple[str, ...] = ()

    @property
    def content(self) -> tuple[str, str]:
        """What was read of a file, whatever its name is: its hash, and the sheet of a workbook."""
        return self.sha256, self.facts.get("sheet", "")


class Question(BaseModel):
    """One of several questions that a survey asks.

    Attributes:
        id: a slug, the name of the folder of its results.
        question: as it was asked; empty where it is not known.
        sources: where its answers came from. A file with several questions is a source of each.
        was_alone: whether it was the project's only question before others came. Its comments
            keep their ids then, and its decisions the name of the project.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=QUESTION_ID)
    question: str = ""
    sources: tuple[Source, ...] = ()
    was_alone: bool = False


class Derived(BaseModel):
    """Groups made from the answers in a column: inner London from the borough, age bands from
    ages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    groups: dict[str, tuple[str, ...]] = Field(description="group to the answers in it")
    other: str = Field(
        default="",
        description="group of every other answer; empty: they count as missing",
    )
    per_source: dict[str, dict[str, tuple[str, ...]]] = Field(
        default_factory=dict,
        description="source to its own groups, in place of those above",
    )


class Settings(BaseModel):
    """What `project.yaml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    question: str = ""
    language: str = "en"
    sources: tuple[Source, ...] = ()
    questions: tuple[Question, ...] = Field(
        default=(), description="where there are several; `sources` is empty then"
    )
    attributes: tuple[
        str, ...
    ] = ()  # the survey's own columns that describe the respondent
    wordings: dict[str, str] = Field(
        default_factory=dict,
        description="column to its question in full, where its name is a short one",
    )
    other_wordings: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="column to the sources that ask another question in it, and that question",
    )
    keep: tuple[str, ...] = Field(
        default=(), description="comment ids analysed whatever the rules say"
    )
    exclude: dict[str, str] = Field(
        default_factory=dict, description="comment id to reason, by hand"
    )
    count_repeats: bool = Field(
        default=False,
        description="count an answer that is in two sources each time, not once",
    )
    leave_out: tuple[Literal["partial", "preview"], ...] = Field(
        default=(),
        description="responses left out: those not finished, those of trials",
    )
    substantive: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description=(
            "question (or * for all) to answers that count although the rules "
            "say they say nothing"
        ),
    )
    campaigns: dict[str, Literal["together", "apart"]] = Field(
        default_factory=dict,
        description=(
            "campaign id to whether its comments are one letter (together) or each count for "
            "itself (apart)"
        ),
    )
    text_declined: str = Field(
        default="", description="column that says a respondent declined publication"
    )
    routes: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="route to the sources that are reported as one",
    )
    missing: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="column (or * for all) to the answers that count as missing",
    )
    derived: dict[str, Derived] = Field(
        default_factory=dict, description="name to the groups made from a column"
    )

    @field_validator("questions")
    @classmethod
    def _check_ids(cls, questions: tuple[Question, ...]) -> tuple[Question, ...]:
        """The ids differ by more than case, since they name folders."""
        ids = [question.id.casefold() for question in questions]
        for question_id in ids:
            if ids.count(question_id) > 1:
                raise ValueError(f"two questions have the id {question_id}")
        return questions

    @property
    def every_source(self) -> tuple[Source, ...]:
        """The sources of all questions; one that several questions have occurs several times."""
        sources = [*self.sources]
        for question in self.questions:
            sources.extend(question.sources)
        return tuple(sources)

    @property
    def reading_fingerprint(self) -> str:
        """16 hex digits of the settings that decide, on reading, which comments count."""
        values = self.model_dump(mode="json", include=set(OF_READING))
        text = json.dumps(values, sort_keys=True)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]

    @property
    def dropped(self) -> frozenset[str]:
        """The columns that reading dropped of any source, but for attributes: results are broken
        down by these.
        """
        dropped: set[str] = set()
        for source in self.every_source:
            dropped.update(source.dropped)
        return frozenset(dropped.difference(self.attributes))

    def of_question(self, question_id: str) -> "Settings":
        """The settings for one of several questions alone.

        Raises:
            CoderError: there is no such question.
        """
        for question in self.questions:
            if question.id == question_id:
                return self.model_copy(
                    update={
                        "name": self.name_of(question),
                        "question": question.question,
                        "sources": question.sources,
                        "questions": (),
                        **self._without_sources_of_others(question),
                    }
                )
        known = [question.id for question in self.questions]
        raise CoderError(
            f"there is no question {question_id!r} in {self.name}",
            did_you_mean(question_id, known),
        )

    def _without_sources_of_others(self, question: Question) -> dict[str, Any]:
        """Routes, groups and wordings without the sources that only other questions have; what
        is of nothing else is left out.
        """
        own = {source.name for source in question.sources}
        of_others = {source.name for source in self.every_source} - own
        routes = {}
        for route, sources in self.routes.items():
            kept = tuple(name for name in sources if name not in of_others)
            if kept or not sources:
                routes[route] = kept
        derived = {}
        for name, made in self.derived.items():
            per_source = _without(made.per_source, of_others)
            derived[name] = made.model_copy(update={"per_source": per_source})
        wordings = {}
        for column, by_source in self.other_wordings.items():
            kept_wordings = _without(by_source, of_others)
            if kept_wordings:
                wordings[column] = kept_wordings
        return {"routes": routes, "derived": derived, "other_wordings": wordings}

    def wording_of(self, column: str) -> str:
        """The question that a column answers, with those that some sources ask in place of it;
        empty where its name is all that is known.
        """
        wordings = [self.wordings.get(column, "")]
        for source, other in self.other_wordings.get(column, {}).items():
            wordings.append(f"in {source}: {other}")
        return "; ".join(filter(None, wordings))

    def name_of(self, question: Question) -> str:
        """The name under which decisions on the answers to a question are kept."""
        return self.name if question.was_alone else f"{self.name}/{question.id}"


def _without(by_source: Mapping[str, Any], sources: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in by_source.items() if name not in sources}


def parse_settings(path: Path, content: bytes) -> Settings:
    """What `project.yaml` says. Raises `CoderError` where it is wrong."""
    return read_model(path, content, Settings, "Correct the file.")


def unknown_names(settings: Settings, columns: Sequence[str]) -> list[str]:
    """What the settings of a whole project name and the comments do not have, with the nearest
    name that they have.

    Args:
        columns: the survey's own.
    """
    sources = dict.fromkeys(source.name for source in settings.every_source)
    return [
        *_unknown("column", _named_columns(settings), columns),
        *_unknown("source", _named_sources(settings), list(sources)),
    ]


def _unknown(
    kind: str, named: Iterable[tuple[str, str]], known: Sequence[str]
) -> Iterator[str]:
    for place, name in named:
        if name not in known:
            hint = did_you_mean(name, known)
            yield f"{place}: there is no {kind} {name!r}. {hint}"


def _named_columns(settings: Settings) -> Iterator[tuple[str, str]]:
    """The columns that the settings name, each with where they do."""
    for name in settings.missing:
        if name not in (*NOT_OWN, *settings.derived):
            yield "missing", name
    for name, derived in settings.derived.items():
        yield f"derived: {name}", derived.column
    if settings.text_declined:
        yield "text_declined", settings.text_declined


def _named_sources(settings: Settings) -> Iterator[tuple[str, str]]:
    """The sources that the settings name, each with where they do."""
    for name, derived in settings.derived.items():
        for source in derived.per_source:
            yield f"derived: {name}", source
    for name, sources in settings.routes.items():
        for source in sources:
            yield f"routes: {name}", source


def _without_empty(tree: dict[str, Any]) -> dict[str, Any]:
    """The settings without fields that most projects do not use, where they are empty."""
    kept = {}
    for key, value in tree.items():
        if value or key not in ONLY_WHERE_FILLED:
            kept[key] = value
    sources = [*kept["sources"]]
    for question in kept.get("questions", ()):
        sources.extend(question["sources"])
    for source in sources:
        for key in OF_SOURCES_WHERE_FILLED:
            if not source[key]:
                del source[key]
    return kept


def write_settings_to(path: Path, settings: Settings, present: Path) -> None:
    """Write the settings to `path`, in the layout and with the comments of the file `present`,
    where there is one.
    """
    tree = _without_empty(settings.model_dump(mode="json"))
    head = SETTINGS_HEAD
    if present.is_file():
        text = present.read_text(encoding="utf-8-sig")
        kept = read_yaml(present, text, CORRECT_SETTINGS) or {}
        for key, value in tree.items():
            if key not in kept or kept[key] != value:
                kept[key] = value
        for key in ONLY_WHERE_FILLED:
            if key not in tree:
                kept.pop(key, None)
        tree = kept
        head = ""
    with path.open("w", encoding="utf-8") as out:
        out.write(head)
        layout_yaml().dump(tree, out)
