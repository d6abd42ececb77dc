"""What makes random workflows cheap and repeatable: files are parsed once, and a clock that only the program moves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pandas as pd

from coder import run_records
from coder.codebook import Codebook, yaml_file
from coder.decisions import draws, log, states, table
from coder.project import Project, Settings
from coder.reviewing import session, table_decisions
from coder.statistics import intervals, samples

MOST_REMEMBERED = 400  # files
FEWEST_AUDITED = 12  # random reviews for an interval: fewer than in use, so that few comments do

SetAttribute = Callable[..., None]  # as `pytest.MonkeyPatch.setattr`


class Clock(datetime):
    """A second passes at every look."""

    looks = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The time, a second after the last."""
        Clock.looks += 1
        return datetime(2026, 1, 1, tzinfo=tz or UTC) + timedelta(seconds=Clock.looks)


class Memory:
    """What files of the same content said."""

    def __init__(self) -> None:
        self._content: dict[tuple[object, ...], Any] = {}

    def of(self, key: tuple[object, ...], parse: Callable[[], Any]) -> Any:
        """What was parsed for this key before, or is now."""
        if key not in self._content:
            if len(self._content) >= MOST_REMEMBERED:
                self._content.clear()
            self._content[key] = parse()
        return self._content[key]


def prepare(set_attribute: SetAttribute) -> None:
    """Set the clock, lower the least number of random reviews, and remember files."""
    for module in (draws, log, session, table, table_decisions):
        set_attribute(module, "datetime", Clock)
    for module in (intervals, samples):
        set_attribute(module, "FEWEST_AUDITED", FEWEST_AUDITED)
    _remember_project(set_attribute, Memory())
    _remember_decisions(set_attribute, Memory())


def _remember_project(set_attribute: SetAttribute, memory: Memory) -> None:
    comments, settings = Project.comments.fget, Project.settings
    labels, fingerprint = Project.labels.fget, Project.comments_fingerprint
    parse_book = yaml_file._parse
    assert comments is not None
    assert labels is not None

    def read_comments(of: Project) -> pd.DataFrame:
        key = ("comments", of.comments_path.read_bytes())
        table = memory.of(key, lambda: comments(of))
        assert isinstance(table, pd.DataFrame)
        return table.copy(deep=False)

    def read_labels(of: Project) -> pd.DataFrame:
        if not of.labels_path.is_file():
            return labels(of)  # type: ignore[no-any-return]
        key = ("labels", of.labels_path.read_bytes())
        table = memory.of(key, lambda: labels(of))
        assert isinstance(table, pd.DataFrame)
        return table.copy(deep=False)

    def read_settings(of: Project) -> Settings:
        key = ("settings", of.settings_path.read_bytes())
        return memory.of(key, lambda: settings(of))  # type: ignore[no-any-return]

    def take_fingerprint(of: Project) -> str:
        key = ("fingerprint", of.comments_path.read_bytes())
        return str(memory.of(key, lambda: fingerprint(of)))

    def parse(text: str) -> Any:
        if text.startswith("{"):
            return Codebook.model_validate_json(text), []
        return parse_book(text)

    set_attribute(yaml_file, "_parse", lambda text: memory.of((text,), lambda: parse(text)))
    known_versions = run_records.versions()
    set_attribute(run_records, "versions", lambda: known_versions)
    set_attribute(Project, "settings", read_settings)
    set_attribute(Project, "comments", property(read_comments))
    set_attribute(Project, "labels", property(read_labels))
    set_attribute(Project, "comments_fingerprint", take_fingerprint)


def _remember_decisions(set_attribute: SetAttribute, memory: Memory) -> None:
    read_chain, read_state = log._read_chain, states.read_state

    def read_lines(path: Path, data: bytes) -> Any:
        return memory.of((data,), lambda: read_chain(path, data))

    def read_stored_state(path: Path) -> Any:
        key = (path.name, path.read_bytes())
        return memory.of(key, lambda: read_state(path))

    set_attribute(log, "_read_chain", read_lines)
    set_attribute(states, "read_state", read_stored_state)
