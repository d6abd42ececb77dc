"""A small project with candidates for the tests of the workbench: made up, hostile texts among them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pandas as pd
from textual.pilot import Pilot

from coder import tables
from coder.codebook import Codebook, Theme, write_codebook
from coder.files import write_csv
from coder.project import Project
from coder.workbench.screen.app import Summary, WorkbenchApp
from coder.workflow.workbench import Workbench, open_workbench
from review_helpers import NASTY, comments_table, project_at

STREETS = ("Mill Lane", "High Street", "Park Road", "Queen's Walk", "Ash Grove", "The Ridge")
SAID = {
    "potholes": "Please fix the potholes in the road at {}.",
    "street-lights": "The street lights on the road at {} are broken, fix them.",
    "bus-routes": "We need more buses and better bus routes to {}.",
    "bus-fares": "Bus fares to {} should be lower.",
    "bike-lanes": "We want more bike lanes along {}, they are great.",
    "no-bikes": "Stop building bike lanes on {}, nobody uses them, they are terrible.",
    "taxes": "Lower the council tax for people in {}.",
    "music": "More live music and concerts near {}.",
}
# Candidates and the texts of each; those after the arrow are sub-groups.
TOPS = {
    "fix-the-roads": ("Fix the roads", ("potholes", "street-lights")),
    "bike-lanes": ("Bike lanes", ("bike-lanes", "no-bikes")),
    "bus-routes": ("Bus routes", ("bus-routes",)),
    "bus-fares": ("Bus fares", ("bus-fares",)),
    "council-tax": ("Council tax", ("taxes",)),
    "odd-things": ("Odd things", ("nasty", "music")),
}
SUBS = {
    "potholes": ("Potholes", "fix-the-roads", ("potholes",)),
    "street-lights": ("Street lights", "fix-the-roads", ("street-lights",)),
}
KEYWORDS = {
    "fix-the-roads": ("fix the road", "potholes", "street lights"),
    "bike-lanes": ("bike lanes", "bikes"),
    "bus-routes": ("bus routes", "buses"),
    "bus-fares": ("bus fares", "fares"),
    "council-tax": ("council tax", "x" * 5000),
    "odd-things": ("live music",),
    "potholes": ("potholes",),
    "street-lights": ("street lights",),
}


def made_up_texts() -> dict[str, str]:
    """Comments by id; the id says what the comment is about."""
    texts = {}
    for subject, sentence in SAID.items():
        for number, street in enumerate(STREETS):
            texts[f"{subject}-{number}"] = sentence.format(street)
    for name, text in NASTY.items():
        texts[f"nasty-{name}"] = text
    return texts


def comments_about(*subjects: str) -> list[str]:
    """Ids of the comments about some subjects."""
    return [one for one in made_up_texts() if one.rsplit("-", 1)[0] in subjects]


def project_with_candidates(folder: Path) -> Project:
    """A project as `coder cluster` leaves it."""
    project = project_at(folder, comments_table(made_up_texts()))
    write_candidates(project)
    return project


def write_candidates(project: Project, *, without: tuple[str, ...] = ()) -> None:
    """The files of candidates; those in `without` left out."""
    themes, rows = [], []
    for candidate_id, (name, subjects) in TOPS.items():
        if candidate_id in without:
            continue
        subs = []
        rows += _rows(candidate_id, "", subjects)
        for sub_id, (sub_name, parent_id, sub_subjects) in SUBS.items():
            if parent_id == candidate_id:
                subs.append(_theme(sub_id, sub_name, sub_subjects, ()))
                rows += _rows(sub_id, parent_id, sub_subjects)
        themes.append(_theme(candidate_id, name, subjects, tuple(subs)))
    book = Codebook(title="Candidates: plan", themes=tuple(themes))
    write_codebook(project.candidates_path, book)
    table = pd.DataFrame(rows, columns=list(tables.CANDIDATES.columns))
    write_csv(project.candidates_path.with_suffix(".csv"), table)


def _theme(theme_id: str, name: str, subjects: tuple[str, ...], subs: tuple[Theme, ...]) -> Theme:
    facts: dict[str, float | int | str | bool] = {"comments": 6, "stability": 0.8}
    if theme_id == "bike-lanes":
        facts |= {"mixes_opposing_views": True, "stability": 0.3}
    return Theme(
        id=theme_id,
        name=name,
        keywords=KEYWORDS[theme_id],
        examples=tuple(made_up_texts()[one] for one in comments_about(subjects[-1])[:2]),
        status="candidate",
        cluster=facts,
        themes=subs,
    )


def _rows(candidate_id: str, parent_id: str, subjects: tuple[str, ...]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for place, comment_id in enumerate(comments_about(*subjects)):
        rows.append((comment_id, candidate_id, parent_id, 0.9 - 0.01 * place, "core"))
    return rows


@asynccontextmanager
async def running(
    bench: Workbench, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[WorkbenchApp, Pilot[Summary]]]:
    """The workbench's screen."""
    app = WorkbenchApp(
        bench.session,
        bench.write,
        title="plan",
        into=bench.into.name,
        by=bench.by,
        message=bench.greeting(),
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def bench_at(project: Project, into: Path, by: str = "amira") -> Workbench:
    """The workbench of a project."""
    return open_workbench(project, into, by)


def screen_text(app: WorkbenchApp) -> str:
    """The screen as text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
