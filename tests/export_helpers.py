"""A small coded consultation for tests of exporting where its size is not the point."""

from pathlib import Path

from coder.codebook import Codebook, Position, Theme, write_codebook
from coder.project import Project, Settings
from test_report_population import decide, population

RECEIVED = 160  # comments, excluded ones among them
BOOK = Codebook(
    title="Police and Crime Plan",
    themes=(
        Theme(id="misconduct", name="Misconduct"),
        Theme(
            id="visibility",
            name="Visibility",
            themes=(Theme(id="stations", name="Stations", aggregate=False),),
        ),
        Theme(id="engagement", name="Engagement"),
        Theme(id="services", name="Services"),
        Theme(
            id="volume-crime",
            name="Volume crime",
            themes=(Theme(id="antisocial-behaviour", name="Behaviour", aggregate=False),),
        ),
        Theme(id="driving", name="Driving"),
        Theme(id="women", name="Women"),
        Theme(id="society", name="Society"),
        Theme(
            id="drugs",
            name="Drugs",
            positions=(
                Position(id="more", name="More enforcement"),
                Position(id="less", name="Less enforcement"),
            ),
        ),
        Theme(id="groups", name="Groups"),
    ),
)


def make_small_project(folder: Path, *, only: int | None = None) -> tuple[Path, Path]:
    """The first comments of the population with every one (or the first `only`) decided."""
    comments, carried = population()
    comments = comments.head(RECEIVED)
    project = Project(folder / "consultation")
    project.write(Settings(name="consultation", question="Anything else?"), comments)
    codebook = folder / "plan.yaml"
    write_codebook(codebook, BOOK)
    here = set(comments["comment_id"])
    own = {comment_id: codes for comment_id, codes in sorted(carried.items()) if comment_id in here}
    decide(comments, dict(list(own.items())[:only]), codebook, "consultation")
    return project.folder, codebook
