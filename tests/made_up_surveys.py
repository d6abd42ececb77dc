"""Small made-up surveys with random columns, derived groups, routes, positions and sub-themes."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from coder.codebook import Codebook, Position, Theme
from coder.project import Derived, Settings
from coder.tables import LABELS
from disclosure_attacker import Definition

Row = tuple[str, str]
BY_AGE = ("16-29", "30-44", "45-59", "60-74", "75+")


@dataclass
class Survey:
    """A survey with what its comments carry.

    Attributes:
        carries: row of the theme table to (n_comments,) whether a comment carries it.
        additive: rows whose parts add up in every comment.
    """

    comments: pd.DataFrame
    codebook: Codebook
    settings: Settings
    carries: dict[Row, np.ndarray]
    parents: dict[Row, Row]
    additive: frozenset[Row]
    definitions: dict[str, Definition]
    answers: dict[str, tuple[str, ...]]
    minimum_base: int
    minimum_cell: int
    by: tuple[str, ...] = field(default=())

    def labels(self) -> pd.DataFrame:
        """The model's labels, as if it had coded all comments."""
        frames = []
        for (theme_id, position_id), has in self.carries.items():
            frame = {
                "comment_id": self.comments["comment_id"], "theme_id": theme_id, "position_id": position_id,
                "probability": np.where(has, 0.9, 0.1), "assigned": has, "origin": "model", "evidence": "",
                "evidence_start": -1, "evidence_end": -1, "codebook_version": "1",
            }  # fmt: skip
            frames.append(pd.DataFrame(frame))
        return pd.concat(frames, ignore_index=True)[list(LABELS.columns)]

    def judgements(self) -> pd.DataFrame:
        """Decisions of one reviewer on all comments."""
        themes = [row for row in self.carries if not row[1]]
        lines = []
        for place, comment_id in enumerate(self.comments["comment_id"]):
            for theme_id, _ in themes:
                positions = tuple(
                    p for (t, p), has in self.carries.items() if p and t == theme_id and has[place]
                )
                lines.append(
                    {
                        "project": "p", "comment_id": comment_id, "text_hash": "", "theme_id": theme_id,
                        "present": bool(self.carries[(theme_id, "")][place]), "positions": positions,
                        "reviewer": "a", "mode": "blind", "chosen": "random", "whole": True, "adjudicated": False,
                        "decided_at": "2025-01-01T00:00:00", "decision_id": "", "text": "",
                    }
                )  # fmt: skip
        return pd.DataFrame(lines)

    def group_of(self, column: str) -> np.ndarray:
        """(n_comments,) the group in a column, empty where it is missing."""
        definition = self.definitions[column]
        group_of = {a: group for group, own in definition.groups.items() for a in own}
        return self.comments[definition.question].map(lambda a: group_of.get(a, "")).to_numpy()


def make_survey(rng: np.random.Generator) -> Survey:
    """A survey of 60 to 200 comments, in one or two routes, with two to four columns to break down by."""
    n = int(rng.integers(60, 200))
    sources = ["Web", "Post"][: int(rng.integers(1, 3))]
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{i:04d}" for i in range(n)], "text": [f"Some words about matter {i}" for i in range(n)],
            "source": rng.choice(sources, n, p=[1.0] if len(sources) == 1 else [0.6, 0.4]),
            "role": "public", "status": "analysed", "reason": "", "weight": np.nan, "campaign_id": "", "question": "",
        }
    )  # fmt: skip
    answers = {
        "age": BY_AGE[: int(rng.integers(2, 6))],
        "borough": tuple(f"B{i}" for i in range(int(rng.integers(4, 8)))),
    }
    for column, own in answers.items():
        missing = float(rng.choice([0.0, 0.05, 0.15]))
        shares = (1 - missing) * rng.dirichlet(np.full(len(own), 2.0))
        comments[column] = rng.choice([*own, ""], n, p=[*shares, missing])
    definitions = {
        column: Definition(column, {a: (a,) for a in own}) for column, own in answers.items()
    }
    derived = {}
    for name in ("region", "zone")[: int(rng.integers(1, 3))]:
        derived[name] = _derive(rng, answers["borough"])
        definitions[name] = Definition("borough", _all_groups(derived[name], answers["borough"]))
    codebook, carries, parents, additive = _themes(rng, n)
    by = [name for name in ("age", "borough", *derived) if rng.random() < 0.7] or ["borough"]
    return Survey(
        comments, codebook, Settings(name="p", derived=derived), carries, parents, additive,
        definitions, answers, int(rng.integers(8, 31)), int(rng.integers(3, 7)), tuple(by),
    )  # fmt: skip


def _derive(rng: np.random.Generator, answers: tuple[str, ...]) -> Derived:
    """Two or three groups of answers; the others are missing, or a group of their own."""
    order = list(rng.permutation(answers))
    cut = int(rng.integers(1, len(order)))
    groups = {"East": tuple(sorted(order[:cut]))}
    if rng.random() < 0.5 and len(order) - cut > 1:
        groups["North"] = tuple(sorted(order[cut : cut + 1]))
    other = "West" if rng.random() < 0.6 else ""
    return Derived(column="borough", groups=groups, other=other)


def _all_groups(rule: Derived, answers: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    groups = dict(rule.groups)
    listed = {answer for own in groups.values() for answer in own}
    rest = tuple(answer for answer in answers if answer not in listed)
    if rule.other and rest:
        groups[rule.other] = rest
    return groups


def _themes(
    rng: np.random.Generator, n: int
) -> tuple[Codebook, dict[Row, np.ndarray], dict[Row, Row], frozenset[Row]]:
    """One main theme: plain, with positions or with sub-themes."""
    kind = rng.choice(["plain", "positions", "sub-themes"])
    if kind == "plain":
        plain = Theme(id="plain", name="Plain")
        return (
            Codebook(title="Made up", themes=(plain,)),
            {("plain", ""): rng.random(n) < rng.uniform(0.05, 0.4)}, {}, frozenset(),
        )  # fmt: skip
    carries: dict[Row, np.ndarray] = {}
    if kind == "positions":
        names = ("more", "less", "same")[: int(rng.integers(2, 4))]
        positions = tuple(Position(id=name, name=name.title()) for name in names)
        theme = Theme(id="drugs", name="Drugs", positions=positions)
        whole, parts = ("drugs", ""), [("drugs", name) for name in names]
        carries[whole] = rng.random(n) < rng.uniform(0.1, 0.5)
        one_each = rng.random() < 0.6
        stance = rng.choice(len(names), n, p=rng.dirichlet(np.full(len(names), 2.0)))
        for number, part in enumerate(parts):
            taken = stance == number if one_each else rng.random(n) < 0.45
            carries[part] = carries[whole] & taken
    else:
        subs = tuple(Theme(id=name, name=name.title()) for name in ("theft", "fraud"))
        theme = Theme(id="crime", name="Crime", themes=subs)
        whole, parts = ("crime", ""), [("theft", ""), ("fraud", "")]
        carries[whole] = rng.random(n) < rng.choice([0.0, 0.1])
        for part in parts:
            carries[part] = rng.random(n) < rng.uniform(0.03, 0.2)
            carries[whole] = carries[whole] | carries[part]
    together = np.sum([carries[part] for part in parts], axis=0)
    additive = frozenset([whole]) if (together == carries[whole]).all() else frozenset()
    book = Codebook(title="Made up", themes=(theme,))
    return book, carries, dict.fromkeys(parts, whole), additive
