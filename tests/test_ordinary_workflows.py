"""What people do every week, each with the figure that must come of it: through the functions of the commands.

The example is a made-up consultation that its authors coded in full, so that the right figure is known.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Theme, read_codebook, write_codebook
from coder.errors import CoderError
from coder.project import Project
from coder.reporting import Options, Report
from coder.reviewing.drafts import Draft
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import open_session
from coder.workflow.apply import apply
from coder.workflow.check import check
from coder.workflow.export import export
from coder.workflow.read import read
from coder.workflow.review import review_from_table, review_status
from conftest import CODEBOOK, EXAMPLE
from workflow_checks import Figure, Figures, check_percentages, check_relations, figures_of
from workflow_recount import Place

ANALYSED = 416


class Consultation:
    """A project of the example beside its codebook, and the people at work on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.codebook = folder / "plan.yaml"
        self.project = Project(folder / "plan")
        comments = self.project.comments
        self.comments = comments[comments["status"] == "analysed"]
        labels = pd.read_csv(EXAMPLE / "labels.csv", dtype=str, keep_default_na=False)
        self.truth = dict(zip(labels["comment_id"], labels["themes"], strict=True))

    @classmethod
    def begin(cls, folder: Path) -> "Consultation":
        """Read the example and code it; nothing is decided."""
        shutil.copy(CODEBOOK, folder / "plan.yaml")
        read(EXAMPLE / "comments.csv", folder / "plan")
        apply(Project(folder / "plan"), folder / "plan.yaml")
        return cls(folder)

    @property
    def ids(self) -> list[str]:
        return self.comments["comment_id"].tolist()

    @property
    def decisions_folder(self) -> Path:
        return self.folder / "plan.decisions"

    @property
    def places(self) -> list[Place]:
        places = []
        for theme, parent_id, _ in read_codebook(self.codebook).nodes:
            positions = tuple(position.id for position in theme.positions)
            places.append(Place(theme.id, parent_id, theme.aggregate, positions))
        return places

    def true_percent(self, cell: str, among: Iterable[str] = ()) -> float:
        """Per cent of comments that carry a theme or position (`drugs=more`)."""
        ids = list(among) or self.ids
        return 100 * sum(self.carries(comment, cell) for comment in ids) / len(ids)

    def carries(self, comment_id: str, cell: str) -> bool:
        codes = self.truth[comment_id].split(";")
        return any(code == cell or code.startswith(f"{cell}=") for code in codes)

    def table(self, comment_ids: Iterable[str], **themes: str) -> pd.DataFrame:
        """A table of decisions as the authors coded; `themes` gives other codes for some comments."""
        ids = list(comment_ids)
        codes = [themes.get(comment, self.truth[comment]) for comment in ids]
        return pd.DataFrame({"comment_id": ids, "themes": codes})

    def hand_in(self, table: pd.DataFrame, reviewer: str = "amira", *, blind: bool = True) -> int:
        """`coder review --from`; returns how many decisions were new."""
        outcome = review_from_table(self.project, self.codebook, table, reviewer, blind=blind)
        return outcome.decisions.added

    def draw(
        self, size: int, *, decide: int | None = None, reviewer: str = "amira", blind: bool = True
    ) -> list[str]:
        """`coder review --sample`: decide the first comments as the authors did; returns the sample."""
        mode = ReviewMode(sample=size, blind=blind)
        book = read_codebook(self.codebook)
        opened = open_session(self.project, book, self.codebook, reviewer, mode)
        done = 0
        while opened.session.pick is not None and done < (size if decide is None else decide):
            opened.session.change_draft(self.draft(opened.session.pick.comment_id))
            opened.session.save()
            done += 1
        opened.writer.close()
        return self.drawn()[-1]

    def draft(self, comment_id: str) -> Draft:
        themes: dict[str, tuple[str, ...]] = {}
        for code in filter(None, self.truth[comment_id].split(";")):
            theme, _, position = code.partition("=")
            themes[theme] = (*themes.get(theme, ()), *([position] if position else ()))
        return Draft(themes)

    def drawn(self) -> list[list[str]]:
        """The ids of every draw that was written down, the earliest first."""
        draws = [
            json.loads(path.read_text()) for path in self.decisions_folder.glob("draws/*.json")
        ]
        return [draw["comment_ids"] for draw in sorted(draws, key=lambda draw: draw["drawn_at"])]

    def add_theme(self, theme: Theme, under: str = "") -> None:
        """Edit the codebook."""
        book = read_codebook(self.codebook)
        themes = [*book.themes, theme]
        if under:
            themes = []
            for old in book.themes:
                if old.id == under:
                    old = old.model_copy(update={"themes": (*old.themes, theme)})
                themes.append(old)
        write_codebook(self.codebook, book.model_copy(update={"themes": tuple(themes)}))

    def apply(self) -> None:
        apply(self.project, self.codebook)

    def export(self, *by: str, **options: object) -> Report:
        chosen = Options(by=by, quotes=0, **options)  # type: ignore[arg-type]
        path = self.folder / "themes.json"
        report = export(self.project, path, codebook=self.codebook, options=chosen).report
        assert report is not None
        return report

    def figures(self) -> Figures:
        return figures_of(self.export().themes)


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Consultation:
    return Consultation.begin(tmp_path_factory.mktemp("coded"))


@pytest.fixture
def place(coded: Consultation, tmp_path: Path) -> Consultation:
    shutil.copytree(coded.folder, tmp_path, dirs_exist_ok=True)
    return Consultation(tmp_path)


@pytest.fixture(scope="module")
def audited_once(coded: Consultation, tmp_path_factory: pytest.TempPathFactory) -> Consultation:
    """150 comments drawn at random, decided blind, and the comments coded again."""
    folder = tmp_path_factory.mktemp("audited")
    shutil.copytree(coded.folder, folder, dirs_exist_ok=True)
    place = Consultation(folder)
    place.draw(150)
    place.apply()
    return place


@pytest.fixture
def audited(audited_once: Consultation, tmp_path: Path) -> Consultation:
    shutil.copytree(audited_once.folder, tmp_path, dirs_exist_ok=True)
    return Consultation(tmp_path)


def is_near(figure: Figure, percent: float) -> bool:
    """Whether a figure has an interval, and it holds a percentage."""
    assert figure.low is not None
    assert figure.high is not None
    return figure.low < figure.high and figure.low <= percent <= figure.high


def notes_of(report: Report) -> str:
    return " ".join((report.standing, *report.notes))


# ---------------------------------------------------------------- people over guesses


def test_a_sub_theme_added_later_changes_nothing_that_people_decided(place: Consultation) -> None:
    place.hand_in(place.table(place.ids))
    before = place.figures()
    assert before["driving", ""].n == round(place.true_percent("driving") * ANALYSED / 100)
    cycling = Theme(id="cycling", name="Cycling", keywords=("cycling", "cyclists", "bikes"))
    place.add_theme(cycling, under="driving")
    place.apply()
    after = place.figures()
    assert {cell: figure for cell, figure in after.items() if cell in before} == before
    cycling_n = after["cycling", ""].n
    assert cycling_n is not None
    assert cycling_n <= before["driving", ""].n  # type: ignore[operator]
    assert not after["cycling", ""].is_exact


# ---------------------------------------------------------------- what was drawn stays drawn


def test_corrections_leave_a_random_sample_random(audited: Consultation) -> None:
    before = audited.export()
    sample = audited.drawn()[0]
    carriers = [c for c in sample if audited.carries(c, "visibility")][:30]
    assert len(carriers) > 10
    table = audited.table(carriers)
    table["themes"] = [codes + ";engagement" for codes in table["themes"]]
    assert audited.hand_in(table, blind=False) > 0
    after = audited.export()
    one, other = figures_of(before.themes), figures_of(after.themes)
    assert other["visibility", ""] == one["visibility", ""]
    assert is_near(other["visibility", ""], audited.true_percent("visibility"))
    assert "150 comments drawn at random" in notes_of(after)


def test_a_sample_imported_again_stays_drawn(audited: Consultation) -> None:
    before = audited.export()
    sample = audited.drawn()[0]
    for reviewer in ("amira", "ben"):
        audited.hand_in(audited.table(sample), reviewer, blind=False)
        after = audited.export()
        assert figures_of(after.themes) == figures_of(before.themes)
        assert "150 comments drawn at random" in notes_of(after)


def test_a_sample_of_which_the_easy_part_is_decided_gives_no_interval(place: Consultation) -> None:
    sample = place.draw(200, decide=0)
    easy = sorted(sample, key=lambda c: (place.truth[c].count(";"), len(place.truth[c])))[:132]
    place.hand_in(place.table(easy), blind=False)
    place.apply()
    report = place.export()
    assert not any(figure.has_interval for figure in figures_of(report.themes).values())
    notes = notes_of(report)
    assert "132" in notes
    assert "200" in notes
    assert "68" in notes
    assert "blind" in notes
    place.hand_in(place.table(sample))
    figures = place.figures()
    assert is_near(figures["drugs", ""], place.true_percent("drugs"))


# ---------------------------------------------------------------- a codebook that changes


def test_a_theme_added_or_split_leaves_all_other_estimates(audited: Consultation) -> None:
    before = audited.figures()
    audited.add_theme(Theme(id="noise", name="Noise at night", keywords=("noise",)))
    after = audited.figures()
    assert after.pop(("noise", "")) == Figure(None, None, None, None)
    assert after == before
    assert is_near(after["misconduct", ""], audited.true_percent("misconduct"))
    status = review_status(audited.project, audited.codebook).status
    for theme in status.themes:
        if theme.theme_id == "noise":
            assert theme.share is None
            continue
        figure = before[theme.theme_id, ""]
        printed = [
            100 * value for value in (theme.share, theme.low, theme.high) if value is not None
        ]
        assert printed == pytest.approx(figure[1:])
    book = read_codebook(audited.codebook)
    themes = [theme for theme in book.themes if theme.id != "women"]
    for theme_id in ("safety-outside", "violence-at-home"):
        themes.append(Theme(id=theme_id, name=theme_id, split_from="women"))
    write_codebook(audited.codebook, book.model_copy(update={"themes": tuple(themes)}))
    after = audited.figures()
    kept = {cell: figure for cell, figure in before.items() if cell[0] != "women"}
    assert {cell: after[cell] for cell in kept} == kept
    for theme_id in ("safety-outside", "violence-at-home"):
        assert not after[theme_id, ""].has_interval


# ---------------------------------------------------------------- what stands between reviewers


def disagreeing_tables(place: Consultation) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All comments twice; the second reviewer sees another theme in 91 of them."""
    random = Random(5)
    main = [p.theme_id for p in place.places if not p.parent_id and not p.positions]
    other = {}
    for comment in random.sample(place.ids, 91):
        theme = random.choice(main)
        codes = [code for code in place.truth[comment].split(";") if code]
        if theme in codes:
            codes.remove(theme)
        else:
            codes.append(theme)
        other[comment] = ";".join(codes)
    return place.table(place.ids), place.table(place.ids, **other)


def test_the_order_of_imports_changes_no_count(place: Consultation, tmp_path: Path) -> None:
    one, two = disagreeing_tables(place)
    copy = tmp_path / "other"
    shutil.copytree(place.folder, copy, ignore=shutil.ignore_patterns("other"))
    other = Consultation(copy)
    place.hand_in(one, "amira")
    place.hand_in(two, "ben")
    other.hand_in(two, "ben")
    other.hand_in(one, "amira")
    report = place.export()
    figures = figures_of(report.themes)
    assert figures_of(other.export().themes) == figures
    for theme in read_codebook(place.codebook).themes:
        votes = np.array([cells_of(table, theme.id) for table in (one, two)]).mean(axis=0)
        figure = figures[theme.id, ""]
        assert figure.percent == pytest.approx(100 * votes.mean())
        assert figure.low == pytest.approx(100 * (votes == 1).mean())
        assert figure.high == pytest.approx(100 * (votes > 0).mean())
    assert "91" in notes_of(report)


def cells_of(table: pd.DataFrame, theme_id: str) -> list[bool]:
    return [
        any(code.split("=")[0] == theme_id for code in codes.split(";"))
        for codes in table["themes"]
    ]


def test_enter_settles_no_dispute(place: Consultation) -> None:
    one, two = disagreeing_tables(place)
    place.hand_in(one, "amira")
    place.hand_in(two, "ben")
    before = place.figures()
    disputed = review_status(place.project, place.codebook).status.disputed
    assert disputed == 91
    book = read_codebook(place.codebook)
    mode = ReviewMode(adjudicate=True)
    opened = open_session(place.project, book, place.codebook, "chris", mode)
    for _ in range(9):
        opened.session.save()
        opened.session.forward()
    opened.writer.close()
    assert review_status(place.project, place.codebook).status.disputed == disputed
    assert place.figures() == before


# ---------------------------------------------------------------- history


def test_a_conflict_copy_is_refused_and_merged(audited: Consultation) -> None:
    path = audited.decisions_folder / "amira.jsonl"
    earlier = path.read_bytes()
    changed = audited.drawn()[0][0]
    audited.hand_in(audited.table([changed], **{changed: "society;women"}))
    before = audited.figures()
    copy = path.with_name("amira (conflicted copy 2026-03-01).jsonl")
    copy.write_bytes(earlier)
    for command in (audited.apply, audited.figures):
        with pytest.raises(CoderError, match="amira") as caught:
            command()
        assert "repair" in caught.value.fix
    check(audited.project, audited.codebook, repair=True)
    assert not copy.exists()
    assert audited.figures() == before


@pytest.mark.parametrize("damage", ["cut", "deleted", "older"])
def test_a_loss_after_an_export_is_found(audited: Consultation, damage: str) -> None:
    path = audited.decisions_folder / "amira.jsonl"
    earlier = path.read_bytes()
    audited.hand_in(audited.table(audited.ids[:20]))
    audited.export()
    assert check(audited.project, audited.codebook).faults == ()
    lines = path.read_bytes().splitlines(keepends=True)
    if damage == "cut":
        path.write_bytes(b"".join(lines[:-50]))
    elif damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(earlier)
    faults = check(audited.project, audited.codebook).faults
    assert any("amira" in fault for fault in faults)


# ---------------------------------------------------------------- targeted work and random samples


def test_targeted_work_before_a_random_sample_leaves_it_unbiased(place: Consultation) -> None:
    """The comments most likely to carry a theme are decided first, then a random sample that overlaps them.

    Over many samples the estimates lie around the truth, and the intervals hold it.
    """
    labels = place.project.labels
    theme = labels[(labels["theme_id"] == "drugs") & (labels["position_id"] == "")]
    likely = theme.sort_values("probability", ascending=False)["comment_id"].head(60).tolist()
    truth = place.true_percent("drugs")
    estimates, held = [], []
    for seed in range(12):
        folder = place.folder / f"run-{seed}"
        shutil.copytree(place.folder, folder, ignore=shutil.ignore_patterns("run-*"))
        run = Consultation(folder)
        scope = pd.DataFrame({"scope": ["drugs"] * 60})
        drugs_alone = [
            ";".join(c for c in run.truth[i].split(";") if c[:5] == "drugs") for i in likely
        ]
        targeted = pd.DataFrame({"comment_id": likely, "themes": drugs_alone}).join(scope)
        run.hand_in(targeted, "ben")
        mode = ReviewMode(sample=100, blind=True, seed=seed)
        opened = open_session(run.project, read_codebook(run.codebook), run.codebook, "amira", mode)
        opened.writer.close()
        run.hand_in(run.table(run.drawn()[-1]))
        figure = run.figures()["drugs", ""]
        assert figure.percent is not None
        estimates.append(figure.percent)
        held.append(is_near(figure, truth))
        shutil.rmtree(folder)
    error = np.std(estimates, ddof=1) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates) - truth) <= max(3 * error, 0.5)
    assert sum(held) >= 10


# ---------------------------------------------------------------- one estimate a cell


def test_the_same_cell_is_the_same_in_every_table(place: Consultation) -> None:
    place.draw(200)
    place.apply()
    report = place.export("gender", minimum_cell=1)
    figures = figures_of(report.themes)
    check_relations(figures, place.places)
    check_percentages(figures, ANALYSED)
    by_route = next(table for table in report.breakdowns if table.column == "route")
    rows = {(r["theme_id"], r["position_id"]): r for r in report.themes.to_dict("records")}
    compared = 0
    for cell in by_route.cells.to_dict("records"):
        row = rows[cell["theme_id"], cell["position_id"]]
        n = row.get(f"n_{cell['group']}")
        if cell["hidden"] or n is None:  # routes put together have no column
            continue
        assert cell["n"] == n, (cell["theme_id"], cell["group"])
        compared += 1
    assert compared > 10
    for breakdown in report.breakdowns:
        unweighted = breakdown.cells[breakdown.cells["design_effect"].isna()]
        for (_, _), group in unweighted.groupby(["route", "group"]):
            check_relations(figures_of(group), place.places)
            check_percentages(figures_of(group), int(group["base"].iloc[0]))


def test_a_sub_theme_is_never_above_its_theme(place: Consultation) -> None:
    """Both sub-themes of the example are made to count within their themes."""
    book = place.codebook.read_text(encoding="utf-8")
    place.codebook.write_text(book.replace("aggregate: false", "aggregate: true"))
    place.draw(60)
    place.apply()
    report = place.export("gender", "age", minimum_base=10, minimum_cell=1)
    check_relations(figures_of(report.themes), place.places)
    for breakdown in report.breakdowns:
        for (_, _), group in breakdown.cells.groupby(["route", "group"]):
            check_relations(figures_of(group), place.places)


# ---------------------------------------------------------------- themes that go together


def test_pairs_are_what_people_find_and_not_what_the_model_guesses(place: Consultation) -> None:
    place.draw(100)
    place.apply()
    pairs = place.export().together
    significant = pairs[pairs["more_than_chance"].astype(bool)]
    for pair in significant.to_dict("records"):
        ids = (pair["theme_id"], pair["with_theme_id"])
        together = sum(all(place.carries(c, theme) for theme in ids) for c in place.ids)
        chance = np.prod([place.true_percent(theme) for theme in ids]) * ANALYSED / 1e4
        assert together > chance, ids


# ---------------------------------------------------------------- weights and sources


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """120 made-up answers with weights, as a spreadsheet with decimal commas saves them."""
    random = Random(2)
    lines = []
    for number in range(120):
        words = random.sample(
            ["park", "street", "school", "night", "shop", "light", "bus", "house", "tree", "road"],
            6,
        )
        weight = f"{random.uniform(0.5, 1.5):.2f}".replace(".", ",")
        gender = random.choice(("Female", "Male"))
        lines.append((f"c{number:03d}", f"{' '.join(words)} {number}", gender, weight))
    columns = ["comment_id", "comment", "gender", "weight"]
    path = tmp_path / "survey.csv"
    pd.DataFrame(lines, columns=columns).to_csv(path, index=False, sep=";")
    return path


def test_weights_with_decimal_commas_are_weights(survey: Path, tmp_path: Path) -> None:
    comments = read(survey, tmp_path / "survey").project.comments
    written = pd.read_csv(survey, sep=";", decimal=",")["weight"]
    assert comments["weight"].tolist() == pytest.approx(written.tolist())


def test_one_enormous_weight_makes_nothing_certain(survey: Path, tmp_path: Path) -> None:
    table = pd.read_csv(survey, sep=";", decimal=",")
    table.loc[3, "weight"] = 1e9
    outcome = read(table, tmp_path / "survey")
    assert "c003" in " ".join(outcome.notes)
    (tmp_path / "plan.yaml").write_text(
        "title: T\nthemes:\n  - {id: trees, name: Trees}\n  - {id: buses, name: Buses}\n"
    )
    decided = pd.DataFrame({"comment_id": table["comment_id"], "themes": ""})
    decided.loc[table["comment"].str.contains("tree"), "themes"] = "trees"
    review_from_table(outcome.project, tmp_path / "plan.yaml", decided, "amira")
    report = export(
        outcome.project,
        tmp_path / "t.json",
        codebook=tmp_path / "plan.yaml",
        options=Options(by=("gender",), minimum_base=10, minimum_cell=1, quotes=0),
    ).report
    assert report is not None
    cells = pd.concat([breakdown.cells for breakdown in report.breakdowns])
    weighted = cells[cells["effective_base"].notna()]
    assert len(weighted)
    assert (weighted["effective_base"] <= weighted["base"] + 1e-9).all()
    heavy = cells[(cells["effective_base"] < 2) & cells["low"].notna()]
    assert not (heavy["low"] == heavy["high"]).any()
    assert not cells["significant"].isin(["higher", "lower"]).any()


def test_answers_in_two_files_count_once(tmp_path: Path) -> None:
    random = Random(4)
    words = [
        "park",
        "street",
        "school",
        "night",
        "shop",
        "light",
        "bus",
        "house",
        "tree",
        "road",
        "market",
        "window",
    ]
    rows = [(f"c{n:03d}", " ".join(random.choices(words, k=9)) + f" {n}") for n in range(80)]
    for name, part in (("one", rows[:50]), ("two", rows[30:])):
        path = tmp_path / f"{name}.csv"
        pd.DataFrame(part, columns=["comment_id", "comment"]).to_csv(path, index=False)
    read(tmp_path / "one.csv", tmp_path / "plan")
    outcome = read(tmp_path / "two.csv", tmp_path / "plan")
    comments = outcome.project.comments
    assert (comments["status"] == "analysed").sum() == 80
    assert len(comments) == 100
    assert "20" in " ".join(outcome.notes)


# ---------------------------------------------------------------- how far a review is


def test_answers_that_cannot_be_told_are_no_absence(place: Consultation) -> None:
    """4 of 33 decided comments carry a theme; of 8 more nobody could tell."""
    sample = place.draw(41, decide=0)
    table = place.table(sample)
    table["themes"] = ["volume-crime"] * 4 + [""] * 37
    table["unsure"] = [""] * 33 + ["volume-crime"] * 8
    place.hand_in(table)
    status = review_status(place.project, place.codebook).status
    (theme,) = [theme for theme in status.themes if theme.theme_id == "volume-crime"]
    assert (theme.random, theme.random_present) == (33, 4)
    assert theme.share is not None
    assert theme.share <= 12 / 41
