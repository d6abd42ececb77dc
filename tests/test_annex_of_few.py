"""An annex of few comments holds to the rules of its tables in every sentence."""

from dataclasses import replace

import pandas as pd
import pytest

from coder.codebook import Codebook, Theme
from coder.exporting.annex import annex, notes_left_out, own_notes
from coder.exporting.to_markdown import as_markdown
from coder.reporting import Inputs, Options, Report, build_report
from coder.tables import LABELS

BOOK = Codebook(title="Town", themes=(Theme(id="shops", name="Shops"), Theme(id="zoo", name="Zoo")))
WORDS = [
    "Acorns", "Bridges", "Canals", "Drains", "Engines", "Fountains", "Gardens", "Hedges", "Islands", "Jetties",
    "Kerbs", "Lanes", "Mills", "Nests", "Orchards", "Ponds",
]  # fmt: skip
TEXTS = [*["Cheaper shops"] * 3, "Shops beside markets", *["Larger markets"] * 3, "Rents", *WORDS]


@pytest.fixture(scope="module")
def report() -> Report:
    """24 comments, 8 of them about shops; nothing was reviewed and no comment is about the zoo."""
    ids = [f"c{number:02d}" for number in range(24)]
    on_shops = [number < 8 for number in range(24)]
    comments = pd.DataFrame(
        {
            "comment_id": ids, "text": TEXTS, "source": "Survey", "role": "public", "status": "analysed",
            "reason": "", "weight": float("nan"), "campaign_id": "", "question": "",
        }
    )  # fmt: skip
    parts = []
    for theme, carried in (("shops", on_shops), ("zoo", [False] * 24)):
        part = {"comment_id": ids, "theme_id": theme, "position_id": "", "assigned": carried}
        parts.append(pd.DataFrame(part))
    labels = pd.concat(parts, ignore_index=True).assign(
        probability=0.5, origin="model", evidence="", evidence_start=-1, evidence_end=-1,
        codebook_version="1",
    )  # fmt: skip
    return build_report(Inputs(comments, labels[list(LABELS.columns)], BOOK), Options())


def test_few_comments_get_aspects_and_no_percentage(report: Report) -> None:
    """Too few comments to know which words are frequent; and 8 are too few for a percentage."""
    (aspect,) = report.aspects["shops", ""].aspects
    assert aspect.count == 7
    text = as_markdown(annex(report))
    assert "7 comments" in text
    assert "%" not in text.split("## What people said")[1].split("## Notes")[0]


def test_only_a_draft_names_commands_and_places_of_files(report: Report) -> None:
    command = "coder review /home/amira/town --codebook '/home/amira/a book.yaml' --adjudicate"
    note = f"Disputed answers: Shops 2. To settle them: {command}. Each counts as half."
    notes = replace(report.notes, analyst=(note, f"To code the comments: {command}"))
    draft = replace(report, notes=notes)
    assert "/home/amira" in as_markdown(annex(draft))
    final = replace(draft, warning="")
    assert "/home/amira" not in as_markdown(annex(final))
    assert own_notes(final) == ("Disputed answers: Shops 2. Each counts as half.",)
    assert notes_left_out(final) == notes.analyst


def test_the_quality_report_gives_no_percentage_of_few_answers(report: Report) -> None:
    told = {each.topic: each.text for each in report.quality.statements}
    assert told["Response"].startswith("24 of 24 answers received are counted.")
