"""A made-up population with the counts of Section I, and the tests that it is what it says."""

from pathlib import Path
from random import Random

import pandas as pd

from coder import tables
from coder.codebook import read_codebook
from coder.decisions import Decision, DecisionLog
from coder.project import Project, Settings
from coder.text import text_hash

CODEBOOK = Path(__file__).parent.parent / "codebooks" / "police_and_crime_plan.yaml"
SOURCES = {"Talk London": 579, "Representative Poll": 242, "BAME Boost Poll": 111}
MAIN = {
    "misconduct": 140, "visibility": 128, "engagement": 69, "services": 68, "volume-crime": 67,
    "driving": 64, "women": 59, "society": 58, "drugs": 54, "groups": 50,
}  # fmt: skip
BESIDE = {"antisocial-behaviour": ("volume-crime", 56), "stations": ("visibility", 32)}
# Per source: comments on drugs that ask for more enforcement, and for less.
DRUGS = {"Talk London": (15, 14), "Representative Poll": (16, 1), "BAME Boost Poll": (8, 0)}
SAYINGS = {
    "misconduct": "Vetting has failed and officers who break the law must go",
    "visibility": "Put more officers on foot where we can see them",
    "engagement": "Listen to residents and call us back after a report",
    "services": "Pay for youth clubs and mental health nurses instead",
    "volume-crime": "Burglary and phone theft should be investigated properly",
    "driving": "Speeding cars and scooters on pavements need stopping",
    "women": "Women should be able to walk home without fear",
    "society": "Parents and schools must teach respect for other people",
    "drugs=more": "Arrest the dealers who sell openly by the shops",
    "drugs=less": "Make cannabis legal and treat addiction as an illness",
    "groups": "Older and disabled people are forgotten by this plan",
    "antisocial-behaviour": "Street drinking and noise go on until the morning",
    "stations": "Reopen the police station that was sold to a builder",
}
PLACES = ("near the market", "behind the library", "along the canal", "by the bus garage", "on our estate",
          "around the park", "at the old town hall", "up the hill", "under the flyover", "beside the school")  # fmt: skip
ENDINGS = ("every single week", "since last winter", "as my neighbours also say", "before anything else",
           "while nobody seems to care", "and soon please", "for my family and me", "all year round")  # fmt: skip


def population(seed: int = 0) -> tuple[pd.DataFrame, dict[str, dict[str, tuple[str, ...]]]]:
    """932 analysed comments (and 71 excluded ones), and what each analysed one carries: theme to positions."""
    random = Random(seed)
    source_of = {
        f"{''.join(w[0] for w in source.split())}-{number:04d}": source
        for source, size in SOURCES.items()
        for number in range(1, size + 1)
    }
    carried: dict[str, dict[str, tuple[str, ...]]] = {comment_id: {} for comment_id in source_of}
    for theme_id, count in [*MAIN.items(), *((t, n) for t, (_, n) in BESIDE.items())]:
        if theme_id == "drugs":
            continue
        for comment_id in random.sample(sorted(source_of), count):
            carried[comment_id][theme_id] = ()
    for source, (more, less) in DRUGS.items():
        own = sorted(c for c, s in source_of.items() if s == source)
        for place, comment_id in enumerate(random.sample(own, more + less)):
            carried[comment_id]["drugs"] = ("more",) if place < more else ("less",)
    texts = {c: _text(c, themes, random) for c, themes in carried.items()}
    rows = [(c, texts[c], source_of[c], "public", "analysed", "") for c in source_of]
    rows += [
        (f"X-{i:04d}", "No", "Talk London", "public", "excluded", "non_substantive")
        for i in range(60)
    ]
    rows += [
        (f"Y-{i:04d}", "", "BAME Boost Poll", "public", "excluded", "empty") for i in range(11)
    ]
    random.shuffle(rows)
    comments = pd.DataFrame(
        rows, columns=["comment_id", "text", "source", "role", "status", "reason"]
    )
    comments = comments.assign(weight=float("nan"), campaign_id="", question="Anything else?")
    return comments[list(tables.COMMENTS.columns)], carried


def _text(comment_id: str, themes: dict[str, tuple[str, ...]], random: Random) -> str:
    keys = [f"drugs={p[0]}" if t == "drugs" else t for t, p in themes.items()]
    said = [f"{SAYINGS[key]} {random.choice(PLACES)} {random.choice(ENDINGS)}" for key in keys]
    said = said or [f"Keep going with the plan {random.choice(PLACES)} {random.choice(ENDINGS)}"]
    return ". ".join([*said, f"I have lived here for {random.randint(2, 60)} years."])


def decide(
    comments: pd.DataFrame, carried: dict[str, dict[str, tuple[str, ...]]], codebook_file: Path, project: str,
    *, chosen: str = "listed", reviewer: str = "amira",
) -> None:  # fmt: skip
    """Append a whole decision for every comment in `carried` to the real store."""
    book = read_codebook(codebook_file)
    version, fingerprint = str(book.version), book.fingerprint
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    DecisionLog(codebook_file, reviewer).append(
        [
            Decision(
                project=project, comment_id=c, text=texts[c], text_hash=text_hash(texts[c]),
                scope=book.theme_ids, themes=themes, mode="blind", chosen=chosen, reviewer=reviewer,
                codebook_version=version, codebook_fingerprint=fingerprint,
            )
            for c, themes in carried.items()
        ]
    )  # fmt: skip


def make_project(folder: Path, *, seed: int = 0, only: int | None = None) -> tuple[Path, Path]:
    """A project and a copy of the shipped codebook with every comment (or the first `only`) decided."""
    comments, carried = population(seed)
    project = Project(folder / "consultation")
    project.write_settings(Settings(name="consultation", question=read_codebook(CODEBOOK).question))
    project.write(project.settings(), comments)
    codebook_file = folder / "plan.yaml"
    codebook_file.write_bytes(CODEBOOK.read_bytes())
    decided = dict(sorted(carried.items())[:only])
    decide(comments, decided, codebook_file, "consultation")
    return project.folder, codebook_file


def test_the_population_has_the_reports_bases() -> None:
    """B1: 932 = 579 + 242 + 111."""
    comments, carried = population()
    analysed = tables.analysed(comments)
    assert analysed["source"].value_counts().to_dict() == SOURCES
    assert len(carried) == 932
    assert sum("drugs" in themes for themes in carried.values()) == 54
