"""The parts of a codebook: themes, their positions and sub-themes."""

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

from coder.errors import CoderError, did_you_mean

Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-]{0,79}$"),
    Field(
        description="lower-case letters, digits and hyphens; never changed once used"
    ),
]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"\S")
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Position(_Part):
    """What a comment wants done about its theme (drugs: more, less)."""

    id: Slug
    name: Line
    definition: str = ""
    keywords: tuple[Line, ...] = ()
    examples: tuple[Line, ...] = ()
    counter_examples: tuple[Line, ...] = ()


class Theme(_Part):
    """What comments talk about."""

    id: Slug
    name: Line
    label: str = Field("", description="short name for charts; the name where empty")
    definition: str = ""
    includes: tuple[Line, ...] = ()
    excludes: tuple[Line, ...] = ()
    keywords: tuple[Line, ...] = ()
    examples: tuple[Line, ...] = Field(
        (), description="comments that carry the theme; they teach the model"
    )
    counter_examples: tuple[Line, ...] = Field(
        (), description="comments that seem to carry it and do not"
    )
    tags: tuple[Line, ...] = ()
    positions: tuple[Position, ...] = ()
    themes: tuple["Theme", ...] = Field((), description="sub-themes, any depth")
    aggregate: bool = Field(
        True, description="a sub-theme's comments count for its parent too"
    )
    was: tuple[Slug, ...] = Field(
        (), description="ids it had before: rename (one), merge (several)"
    )
    split_from: Slug | None = Field(
        None, description="old decisions on that id are asked again"
    )
    category: bool = Field(
        False,
        description="only holds its sub-themes: never coded itself, counted from them",
    )
    fallback: bool = Field(
        False, description="takes the comments that no other theme fits"
    )
    retired: bool = Field(False, description="kept for its decisions, no longer coded")
    status: Literal["adopted", "candidate"] = "adopted"
    cluster: dict[str, float | int | str | bool] = Field(
        default_factory=dict,
        description="facts of the group that a candidate was drafted from",
    )

    @model_serializer(mode="wrap")
    def _serialize(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out `category` where it is false: codebooks without categories keep the
        fingerprint that they had before there was the field.
        """
        fields: dict[str, Any] = handler(self)
        if not self.category:
            fields.pop("category", None)
        return fields

    @property
    def is_coded(self) -> bool:
        """Whether comments are coded with it: it is neither retired nor a category."""
        return not self.retired and not self.category

    @property
    def short(self) -> str:
        """The label, or the name where there is none."""
        return self.label or self.name

    @property
    def all_keywords(self) -> tuple[str, ...]:
        """The theme's own keywords, then those of its positions."""
        keywords = list(self.keywords)
        for position in self.positions:
            keywords += position.keywords
        return tuple(keywords)


class ThemeNode(NamedTuple):
    """A theme with its place in the tree."""

    theme: Theme
    parent_id: str  # empty at the top
    depth: int  # 0 at the top


class Codebook(_Part):
    """A title, a version, the question that was asked, and the themes."""

    title: Line
    version: int | str = 1
    question: str = ""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] = Field(
        "en", description="code of the language of the comments; xx for any other"
    )
    notes: str = ""
    themes: tuple[Theme, ...]

    @property
    def nodes(self) -> tuple[ThemeNode, ...]:
        """Every theme, retired ones too, each before its sub-themes, in the file's order."""
        return tuple(_nodes(self.themes, "", 0))

    @property
    def active(self) -> tuple[Theme, ...]:
        """The themes that are coded, each before its sub-themes."""
        return tuple(node.theme for node in self.nodes if node.theme.is_coded)

    @property
    def theme_ids(self) -> tuple[str, ...]:
        """Ids of the themes that are coded, in the file's order."""
        return tuple(theme.id for theme in self.active)

    @property
    def fingerprint(self) -> str:
        """16 hex digits of everything that the codebook says; the file's comments and layout do
        not count.
        """
        return fingerprint_of(self.model_dump(mode="json"))

    def theme(self, theme_id: str) -> Theme:
        """The theme with this id, retired or not.

        Raises:
            CoderError: there is none; the message offers the nearest id.
        """
        themes = {node.theme.id: node.theme for node in self.nodes}
        if theme_id not in themes:
            raise CoderError(
                f"the codebook has no theme {theme_id!r}",
                did_you_mean(theme_id, themes),
            )
        return themes[theme_id]

    @property
    def current_ids(self) -> dict[str, str]:
        """The present id of each id that a decision may hold, renamed and merged ones through
        `was`.
        """
        current = {node.theme.id: node.theme.id for node in self.nodes}
        for node in self.nodes:
            for former in node.theme.was:
                current.setdefault(former, node.theme.id)
        return current


def fingerprint_of(content: Any) -> str:
    """The fingerprint of a codebook's content as JSON holds it, in any version's form."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _nodes(
    themes: tuple[Theme, ...], parent_id: str, depth: int
) -> Iterator[ThemeNode]:
    for theme in themes:
        yield ThemeNode(theme, parent_id, depth)
        yield from _nodes(theme.themes, theme.id, depth + 1)


def codebook_schema() -> str:
    """JSON Schema of a codebook file, for editors that complete and check while typing."""
    schema = Codebook.model_json_schema()
    schema["title"] = "coder codebook"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
