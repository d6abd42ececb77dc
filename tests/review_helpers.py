"""A small project with labels for the tests of reviewing: made up, with hostile texts among them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from coder import tables
from coder.codebook import Codebook, read_codebook
from coder.project import Project, Settings

BOOK = """\
title: A plan
version: 1
themes:
  - id: visibility
    name: More police officers and greater police visibility
    label: Visibility
    definition: Wants more officers, or to see them.
    includes: [officers on the beat]
    excludes: [faster investigation]
    keywords: [visible, on the beat, more officers]
    examples: [More police on our street please]
    themes:
      - {id: stations, name: Closure of local stations, keywords: [station], aggregate: false}
  - id: drugs
    name: Drugs
    keywords: [drugs, dealers, cannabis]
    positions:
      - {id: more, name: More enforcement, keywords: [crack down]}
      - {id: less, name: Less enforcement, keywords: [legalise]}
  - id: women
    name: Safety of women
    keywords: [women, girls]
  - id: driving
    name: Driving
    keywords: [speeding, cars]
"""

NASTY = {
    "esc": "Title \x1b]0;PWNED\x07 and \x1b[31mred\x1b[0m and \x1b[2J gone \x9b31m",
    "markup": "[v]aping near [/b] the school [bold red]now[/] and [@click=app.bell]here[/]",
    "bidi": "left \u202eright\u202c \u2066iso\u2069 zero\u200bwidth \u200fmark",
    "emoji": "Cars 🚗👩‍👩‍👧‍👦 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿 speeding é ȩ 漢字",
    "long": " ".join(f"word{n} women" if n % 40 == 0 else f"word{n}" for n in range(5000)),
    "lines": "First line about drugs.\n\n\n\tSecond line\r\nThird \x00 line",
    "spaces": "   \u00a0  =cmd|' /C calc'!A0   ",
}


def book_at(folder: Path, text: str = BOOK, name: str = "plan.yaml") -> tuple[Path, Codebook]:
    """A codebook file and what it says."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path, read_codebook(path)


def comments_table(texts: Mapping[str, str], **columns: Sequence[str]) -> pd.DataFrame:
    """`tables.COMMENTS` of the given texts, all analysed."""
    n = len(texts)
    frame = pd.DataFrame(
        {
            "comment_id": list(texts),
            "text": list(texts.values()),
            "source": "poll",
            "role": "public",
            "status": "analysed",
            "reason": "",
            "weight": np.full(n, np.nan),
            "campaign_id": "",
            "question": "",
            "age": "35-44",
            "borough": "Lambeth",
        }
    )
    for name, values in columns.items():
        frame[name] = list(values)
    return tables.check(frame, tables.COMMENTS)


def plain_texts(n: int = 40) -> dict[str, str]:
    """Comments about the themes of `BOOK`, each different."""
    about = (
        "We need more officers on the beat in ward {n}.",
        "Crack down on the drugs and the dealers at number {n}.",
        "Legalise cannabis, said neighbour {n}.",
        "Women and girls are not safe at stop {n}.",
        "Cars are speeding along road {n}.",
        "The closed station {n} should open again.",
        "Nothing is done about matter {n}.",
    )
    return {f"C-{n:04d}": about[n % len(about)].format(n=n) for n in range(n)}


def labels_table(comments: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """What a model that looks for keywords would answer: evidence is the first keyword in the text."""
    rows = []
    for comment_id, text in zip(comments["comment_id"], comments["text"], strict=True):
        for theme in book.active:
            start, end = _first_keyword(text, theme.keywords)
            present = start >= 0
            named = {"": True}
            for position in theme.positions:
                named[position.id] = any(word in text.lower() for word in position.keywords)
            for position_id, is_named in named.items():
                assigned = present and is_named
                low = 0.05 + 0.001 * (len(text) % 7)
                rows.append(
                    {
                        "comment_id": comment_id,
                        "theme_id": theme.id,
                        "position_id": position_id,
                        "probability": 0.9 if assigned else low,
                        "assigned": assigned,
                        "origin": "model",
                        "evidence": text[start:end] if present else "",
                        "evidence_start": start,
                        "evidence_end": end,
                        "codebook_version": str(book.version),
                    }
                )
    return tables.check(pd.DataFrame(rows), tables.LABELS)


def _first_keyword(text: str, keywords: Sequence[str]) -> tuple[int, int]:
    """Where the first keyword in the text stands; (-1, -1) where there is none."""
    spans = []
    for keyword in keywords:
        start = text.lower().find(keyword.lower())
        if start >= 0:
            spans.append((start, start + len(keyword)))
    return min(spans, default=(-1, -1))


def project_at(
    folder: Path, comments: pd.DataFrame, *, labels: pd.DataFrame | None = None
) -> Project:
    """A project on disk."""
    project = Project(folder)
    project.write_settings(Settings(name=folder.stem, attributes=("age", "borough")))
    project.write(project.settings(), comments)
    if labels is not None:
        project.write_labels(labels)
        project.record_run("apply", {"model_fingerprint": "model-1"})
    return project
