"""Review sheets of a random sample, of a second coding and of disputes: written by `coder export`,
filled in by a person, read back by `coder review --from`.
"""

import csv
import json
import resource
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from typer.testing import CliRunner

from coder.cli import app
from coder.decisions import (
    Decision,
    DecisionLog,
    decisions_folder,
    drop_undone,
    judgements,
    read_decisions,
    standing_judgements,
)
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import open_session
from coder.text import text_hash
from review_helpers import book_at, comments_table, labels_table, plain_texts, project_at

COMMENTS = 30
DRAWN = 10


class Office:
    """A project with the model's labels, and the commands that people type."""

    def __init__(self, folder: Path) -> None:
        self.path, self.book = book_at(folder)
        self.comments = comments_table(plain_texts(COMMENTS))
        labels = labels_table(self.comments, self.book)
        self.project = project_at(folder / "plan.coding", self.comments, labels=labels)
        self.sheet = folder / "review.xlsx"
        self.texts = dict(zip(self.comments["comment_id"], self.comments["text"], strict=True))

    def run(self, command: str, *more: str) -> str:
        arguments = [command, str(self.project.folder), "--codebook", str(self.path), *more]
        done = CliRunner().invoke(app, arguments)
        return " ".join((done.output + str(done.exception or "")).split())

    def export(self, *more: str) -> str:
        return self.run("export", "--to", str(self.sheet), *more)

    def take(self, reviewer: str, *more: str) -> str:
        return self.run("review", "--reviewer", reviewer, "--from", str(self.sheet), *more)

    def status(self) -> dict[str, Any]:
        arguments = [
            "review",
            str(self.project.folder),
            "--codebook",
            str(self.path),
            "--status",
            "--json",
        ]
        facts: dict[str, Any] = json.loads(CliRunner().invoke(app, arguments).stdout)
        return facts

    def fill_in(self, change: Callable[[str, dict[str, Any]], None]) -> None:
        """A person at the sheet: `change` gets each row's comment id and its cells by column."""
        book = openpyxl.load_workbook(self.sheet)
        page = book["review"]
        for comment_id, cells in rows_of(page).items():
            change(comment_id, cells)
        book.save(self.sheet)

    def page(self) -> Any:
        return openpyxl.load_workbook(self.sheet)["review"]

    def rows(self) -> dict[str, dict[str, Any]]:
        return rows_of(self.page())

    def words(self) -> str:
        """The page of instructions in one line."""
        book = openpyxl.load_workbook(self.sheet)
        lines = [str(row[0].value) for row in book["instructions"].iter_rows() if row[0].value]
        return " ".join(lines)

    def decide(
        self,
        reviewer: str,
        comment_ids: Iterable[str],
        themes: dict[str, tuple[str, ...]],
    ) -> None:
        """A reviewer's blind decisions, all with the same themes."""
        made = []
        for comment_id in comment_ids:
            text = self.texts[comment_id]
            decision = Decision(
                project=self.project.settings().name,
                comment_id=comment_id,
                text=text,
                text_hash=text_hash(text),
                scope=self.book.theme_ids,
                themes=themes,
                mode="blind",
                chosen="listed",
                reviewer=reviewer,
                codebook_version=str(self.book.version),
                codebook_fingerprint=self.book.fingerprint,
            )
            made.append(decision)
        DecisionLog(self.path, reviewer, self.book).append(made)

    def decisions(self) -> list[Decision]:
        return drop_undone(read_decisions(self.path).decisions)

    def draws(self) -> list[Path]:
        return sorted((decisions_folder(self.path) / "draws").glob("*.json"))

    def standing(self) -> dict[tuple[str, str], float]:
        """What stands, by comment and theme: 1, 0, or 0.5 where it is unresolved."""
        table = standing_judgements(judgements(self.decisions(), self.book))
        keys = zip(table["comment_id"], table["theme_id"], strict=True)
        return dict(zip(keys, table["value"], strict=True))


def rows_of(page: Any) -> dict[str, dict[str, Any]]:
    """The cells of the page to fill in, by comment id and column."""
    letters = {str(cell.value): get_column_letter(cell.column) for cell in page[2]}
    rows = {}
    for number in range(3, page.max_row + 1):
        cells = {name: page[f"{letter}{number}"] for name, letter in letters.items()}
        rows[str(cells["comment_id"].value)] = cells
    return rows


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def all_done(_: str, cells: dict[str, Any]) -> None:
    cells["done"].value = "yes"


# ---------------------------------------------------------------- a random sample


def test_a_sample_sheet_holds_what_the_screen_would_show_and_the_draw_is_written_down_once(
    office: Office,
) -> None:
    said = office.export("--sample", str(DRAWN), "--blind")
    assert f"holds {DRAWN} comments in full" in said
    assert len(office.draws()) == 1
    rows = list(office.rows())
    assert len(rows) == DRAWN
    mode = ReviewMode(blind=True, sample=DRAWN)
    opened = open_session(office.project, office.book, office.path, "amira", mode)
    session = opened.session
    shown = []
    while session.pick is not None:
        shown.append(session.pick.comment_id)
        session.save()
    opened.writer.close()
    assert rows == shown
    assert len(office.draws()) == 1, "the same draw is not written twice"


def test_a_sheet_that_finds_no_space_leaves_no_draw(office: Office) -> None:
    office.export("--sample", str(DRAWN))  # the order of the comments is written down
    draw, sheet = office.draws()[0], office.sheet.read_bytes()
    draw.unlink()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, limits[1]))
    try:
        said = office.export("--sample", str(DRAWN))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert f"{office.sheet}: could not be written (File too large)" in said
    assert "run the command again" in said
    assert office.draws() == []
    assert office.sheet.read_bytes() == sheet
    assert [path.name for path in office.sheet.parent.glob(".*.tmp")] == []


def test_each_row_says_how_it_was_chosen_and_the_first_page_what_that_needs(
    office: Office,
) -> None:
    office.export("--sample", str(DRAWN), "--blind")
    assert {cells["chosen"].value for cells in office.rows().values()} == {"random"}
    assert f"a random sample: {DRAWN} comments drawn from {COMMENTS}" in office.words()
    assert "judge every row" in office.words()
    assert "biased" not in office.words()
    office.export("--sample", str(DRAWN))
    assert "estimates from this sample can be biased towards the model" in office.words()
    office.export()
    chosen = [cells["chosen"].value for cells in office.rows().values()]
    assert chosen.count("random") == DRAWN, "drawn before, whatever sheet it is in"


@pytest.mark.parametrize("claimed", ["listed", "targeted", "", "random"])
def test_what_was_drawn_stays_random_whatever_the_column_says(office: Office, claimed: str) -> None:
    office.export("--sample", str(DRAWN), "--blind")

    def claim(_: str, cells: dict[str, Any]) -> None:
        cells["done"].value = "yes"
        cells["chosen"].value = claimed or None

    office.fill_in(claim)
    said = office.take("amira")
    assert f"{DRAWN} rows on comments drawn at random." in said
    (sample,) = office.status()["samples"]
    assert (sample["decided"], sample["missing"]) == (DRAWN, 0)
    assert sample["not_blind"] == 0
    assert {theme["random"] for theme in office.status()["themes"]} == {DRAWN}


def test_a_row_outside_the_draw_is_not_random_though_it_says_so(office: Office) -> None:
    office.export("--sample", str(DRAWN), "--blind")
    drawn = set(office.rows())
    office.export("--blind")

    def claim(comment_id: str, cells: dict[str, Any]) -> None:
        if comment_id not in drawn:
            cells["done"].value = "yes"
            cells["chosen"].value = "random"

    office.fill_in(claim)
    said = office.take("amira")
    assert "20 rows said to be drawn at random are in no random draw" in said
    assert {theme["random"] for theme in office.status()["themes"]} == {0}


def test_what_is_missing_of_a_draw_is_said_everywhere(office: Office) -> None:
    office.export("--sample", str(DRAWN), "--blind")
    left = set(list(office.rows())[-3:])

    def easy_ones(comment_id: str, cells: dict[str, Any]) -> None:
        if comment_id not in left:
            cells["done"].value = "yes"

    office.fill_in(easy_ones)
    sentence = "Random sample: 7 of 10 comments decided; 3 left. It gives no intervals"
    assert sentence in office.take("amira")
    said = office.run("review", "--status")
    assert sentence in said
    assert "--sample 10 --blind" in said
    office.export("--sample", str(DRAWN), "--blind", "--reviewer", "amira")
    assert "7 of 10 are decided, and 3 are left." in office.words()
    done = {row for row, cells in office.rows().items() if cells["done"].value == "yes"}
    assert done == set(office.rows()) - left
    office.fill_in(all_done)
    assert "Random sample: 10 of 10 comments decided; none left." in office.take("amira")


def test_an_assisted_sample_is_marked_with_what_that_does(office: Office) -> None:
    office.export("--sample", str(DRAWN))
    office.fill_in(all_done)
    for said in (office.take("amira"), office.run("review", "--status")):
        assert "10 comments of the sample not reviewed blind" in said
        assert "estimates can be biased towards the model" in said


# ---------------------------------------------------------------- a second coding


def test_a_second_coding_is_blind_of_what_others_decided(office: Office) -> None:
    decided = [f"C-{n:04d}" for n in range(20)]
    office.decide("amira", decided, {"women": ()})
    office.export("--double", "50%", "--reviewer", "ben")
    rows = office.rows()
    assert 0 < len(rows) < 20
    assert set(rows) <= set(decided)
    assert "suggested" not in next(iter(rows.values()))
    page = office.page()
    values = {cell.value for row in page.iter_rows() for cell in row}
    assert "amira" not in values
    assert not {"yes", "no"} & values
    assert "What the others decided is not shown" in office.words()
    office.fill_in(all_done)
    said = office.take("ben")
    assert f"{len(rows)} decisions kept for ben" in said
    assert {d.mode for d in office.decisions()} == {"blind"}
    assert office.export("--double", "50%", "--reviewer", "ben").count("Written") == 1


def test_an_assisted_answer_of_ones_own_is_not_shown_in_a_second_coding(office: Office) -> None:
    office.decide("amira", ["C-0001"], {"women": ()})
    office.export()
    office.fill_in(all_done)
    office.take("ben")
    office.export("--double", "100%", "--reviewer", "ben")
    (cells,) = office.rows().values()
    assert (cells["done"].value, cells["mode"].value) == (None, "blind")


# ---------------------------------------------------------------- disputes


@pytest.fixture
def divided(office: Office) -> Office:
    """Two comments: one on women and driving, one on the positions on drugs."""
    office.decide("amira", ["C-0001"], {"women": (), "stations": ()})
    office.decide("ben", ["C-0001"], {"driving": (), "stations": ()})
    office.decide("amira", ["C-0002"], {"drugs": ("more",)})
    office.decide("ben", ["C-0002"], {"drugs": ("less",)})
    return office


def test_a_sheet_of_disputes_shows_every_answer_and_asks_for_what_differs(divided: Office) -> None:
    assert "holds 2 comments in full" in divided.export("--adjudicate")
    rows = divided.rows()
    one, two = rows["C-0001"], rows["C-0002"]
    assert one["in_dispute"].value == "women; driving"
    assert two["in_dispute"].value == "drugs=more; drugs=less"
    assert "Safety of women: amira: yes\nSafety of women: ben: no" in one["reviewers_answers"].value
    assert "Drugs: ben: yes (Less enforcement)" in two["reviewers_answers"].value
    assert "done" not in one
    assert "stations" not in one, "what nobody disputes is not asked"
    for cells, in_dispute in ((one, {"women", "driving"}), (two, {"drugs=more", "drugs=less"})):
        for name in ("women", "driving", "drugs=more", "drugs=less"):
            assert cells[name].value is None
            assert cells[name].protection.locked == (name not in in_dispute)


def test_the_answers_of_a_sheet_of_disputes_are_adjudications(divided: Office) -> None:
    divided.export("--adjudicate")

    def settle(comment_id: str, cells: dict[str, Any]) -> None:
        if comment_id == "C-0001":
            cells["women"].value = "yes"
            cells["note"].value = "names the bus stop"
        else:
            cells["drugs=more"].value = "no"
            cells["drugs=less"].value = "yes"

    divided.fill_in(settle)
    assert "2 decisions kept for carla" in divided.take("carla")
    settled = {d.comment_id: d for d in divided.decisions() if d.reviewer == "carla"}
    first, second = settled["C-0001"], settled["C-0002"]
    assert (first.scope, first.themes, first.note) == (
        ("women",),
        {"women": ()},
        "names the bus stop",
    )
    assert len(first.adjudicates) == 2
    assert second.themes == {"drugs": ("less",)}
    assert len(second.adjudicates) == 2
    standing = divided.standing()
    assert standing["C-0001", "women"] == 1
    assert standing["C-0001", "driving"] == 0.5, "an empty cell leaves it in dispute"
    assert divided.status()["disputed"] == 1
    said = divided.take("carla")
    assert "0 decisions kept for carla" in said
    assert "2 were there already" in said
    divided.export("--adjudicate")
    assert list(divided.rows()) == ["C-0001"]


def test_a_sheet_of_disputes_left_empty_settles_nothing(divided: Office) -> None:
    divided.export("--adjudicate")
    before = len(divided.decisions())
    assert "0 decisions kept for carla" in divided.take("carla")
    assert len(divided.decisions()) == before


def test_a_present_theme_needs_its_positions_in_dispute(divided: Office) -> None:
    divided.export("--adjudicate")

    def only_one(comment_id: str, cells: dict[str, Any]) -> None:
        if comment_id == "C-0002":
            cells["drugs=more"].value = "no"
        else:
            cells["women"].value = "no"

    before = len(divided.decisions())
    divided.fill_in(only_one)
    said = divided.take("carla")
    assert "comment C-0002: drugs=less is in dispute too and has no answer" in said
    assert len(divided.decisions()) == before, "all rows, or none"


def test_a_question_mark_leaves_a_theme_in_dispute(divided: Office) -> None:
    divided.export("--adjudicate")

    def unsure(_: str, cells: dict[str, Any]) -> None:
        for name in ("women", "driving"):
            if not cells[name].protection.locked:
                cells[name].value = "?"

    divided.fill_in(unsure)
    assert "1 decision kept" in divided.take("carla")
    assert divided.decisions()[-1].unsure == ("women", "driving")
    assert divided.standing()["C-0001", "women"] == 0.5


def test_the_majority_of_the_adjudicators_counts(divided: Office) -> None:
    divided.export("--adjudicate")
    for reviewer, answer, value in (
        ("carla", "yes", 1),
        ("dora", "no", 0.5),
        ("eve", "no", 0),
    ):

        def settle(comment_id: str, cells: dict[str, Any], answer: str = answer) -> None:
            if comment_id == "C-0001":
                cells["women"].value = answer

        divided.fill_in(settle)
        divided.take(reviewer)
        assert divided.standing()["C-0001", "women"] == value


def test_a_sheet_of_disputes_belongs_to_its_reviewer(divided: Office) -> None:
    divided.export("--adjudicate", "--reviewer", "carla")

    def settle(_: str, cells: dict[str, Any]) -> None:
        cells["women"].value = "yes"

    divided.fill_in(settle)
    assert "the row belongs to 'carla'" in divided.take("dora")


def test_a_sheet_of_disputes_saved_as_csv_says_the_same(divided: Office) -> None:
    divided.export("--adjudicate")

    def no_position(comment_id: str, cells: dict[str, Any]) -> None:
        if comment_id == "C-0002":
            cells["drugs=more"].value = "no"
            cells["drugs=less"].value = "no"

    divided.fill_in(no_position)
    table = divided.sheet.with_suffix(".csv")
    with table.open("w", encoding="utf-8", newline="") as file:
        lines = ([cell.value or "" for cell in row] for row in divided.page().iter_rows())
        csv.writer(file).writerows(lines)
    said = divided.run("review", "--reviewer", "carla", "--from", str(table))
    assert "1 decision kept for carla" in said
    decision = divided.decisions()[-1]
    assert decision.themes == {"drugs": ()}, "both reviewers say that the theme is there"
    assert len(decision.adjudicates) == 2


def test_what_was_settled_meanwhile_may_be_settled_by_another_too(divided: Office) -> None:
    divided.export("--adjudicate")

    def settle(_: str, cells: dict[str, Any]) -> None:
        if not cells["women"].protection.locked:
            cells["women"].value = "yes"

    divided.fill_in(settle)
    for reviewer in ("carla", "dora"):
        assert "1 decision kept" in divided.take(reviewer)
    assert divided.standing()["C-0001", "women"] == 1


# ---------------------------------------------------------------- contradictions


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--sample", "5", "--double", "20%", "--reviewer", "a"), "cannot be used together"),
        (("--sample", "5", "--adjudicate"), "cannot be used together"),
        (("--adjudicate", "--blind"), "so it cannot be blind"),
        (("--double", "20%"), "whose second coding it is must be known"),
        (("--double", "20%", "--reviewer", "a"), "nobody else has decided anything yet"),
        (("--adjudicate",), "no comment is in dispute"),
        (("--sample", "0"), "must be at least 1"),
        (("--double", "0%", "--reviewer", "a"), "must be a percentage"),
    ],
)
def test_options_that_contradict_each_other_give_one_error_and_nothing_is_written(
    office: Office, options: tuple[str, ...], problem: str
) -> None:
    said = office.export(*options)
    assert problem in said
    assert said.count("Error") <= 1
    assert not office.sheet.exists()
    assert office.draws() == []


@pytest.mark.parametrize("name", ["--sample=5", "--adjudicate", "--double=20%"])
def test_a_selection_needs_a_sheet(office: Office, name: str) -> None:
    said = office.run("export", "--to", str(office.sheet.with_name("themes.csv")), name)
    assert "is for a sheet to review in, and none is written" in said
