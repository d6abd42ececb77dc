"""The same answer in two sources counts once; letters of many people, and all that only looks alike, count each."""

import csv
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.project import Project, Source
from coder.reading.repeats import find_repeats
from test_read_project import coder

WORDS = [
    "police", "streets", "night", "young", "people", "knife", "crime", "bus", "stop", "school",
    "council", "housing", "road", "speed", "cameras", "drugs", "park", "shop", "theft", "patrol",
]  # fmt: skip
LETTER = "I ask the mayor to keep every police station in London open for the public"
Row = tuple[str, ...]


def answer(number: int, words: int = 12) -> str:
    """A text of its own for every number."""
    chosen = random.Random(number)
    return " ".join(chosen.choice(WORDS) for _ in range(words)) + f" {number}"


def write(path: Path, rows: list[Row], header: str = "id,comment") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def rows_of(numbers: range, prefix: str = "c") -> list[Row]:
    return [(f"{prefix}{number:03d}", answer(number)) for number in numbers]


def read_two(folder: Path, one: Path, two: Path, *options: str) -> pd.DataFrame:
    """The comments of a project of two files, each read by a command of its own."""
    project = folder / "plan"
    assert coder("read", one, "--into", project, "--source-name", "one", *options) == 0
    assert coder("read", two, "--into", project, "--source-name", "two", *options) == 0
    return Project(project).comments


def left_out(comments: pd.DataFrame, source: str = "two") -> int:
    is_left_out = (comments["reason"] == "duplicate") & (comments["source"] == source)
    return int(is_left_out.sum())


def listed(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "plan" / "repeats.csv", encoding="utf-8-sig")


# ---------------------------------------------------------------- two files that share answers


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """`one.csv` and `two.csv` with 20 answers in common under the same ids."""
    write(tmp_path / "one.csv", rows_of(range(60)))
    write(tmp_path / "two.csv", rows_of(range(20)) + rows_of(range(100, 140)))
    return tmp_path


def test_twenty_shared_answers_count_once_are_told_and_listed(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    comments = read_two(shared, shared / "one.csv", shared / "two.csv")
    printed = " ".join(capsys.readouterr().out.split())
    analysed = comments[comments["status"] == "analysed"]
    assert len(analysed) == analysed["text"].nunique() == 100
    assert (left_out(comments, "one"), left_out(comments)) == (0, 20)
    assert (
        "20 comments of 'two' (two/c000, two/c001, two/c002, two/c003, two/c004 and 15 more)"
        in printed
    )
    assert "Each answer is counted once" in printed
    assert answer(0) not in printed
    table = listed(shared)
    assert table["comment_id"].tolist() == [f"two/c{n:03d}" for n in range(20)]
    assert table["same_as"].tolist() == [f"c{n:03d}" for n in range(20)]
    assert set(table["counted"]) == {"once"}
    assert answer(0) not in (shared / "plan" / "repeats.csv").read_text(encoding="utf-8")
    ledger = pd.read_csv(shared / "plan" / "ledger.csv", encoding="utf-8-sig").set_index("source")
    assert ledger.loc["two", "excluded_duplicate"] == 20
    assert ledger.loc["all", "analysed"] == 100


def test_both_files_in_one_command_and_in_the_other_order_give_the_same_total(shared: Path) -> None:
    one, two = shared / "one.csv", shared / "two.csv"
    for number, files in enumerate(((one, two), (two, one))):
        folder = shared / f"p{number}"
        assert coder("read", *files, "--into", folder) == 0
        comments = Project(folder).comments
        assert (comments["status"] == "analysed").sum() == 100
        assert left_out(comments, files[1].stem) == 20


def test_counting_repeats_is_chosen_once_and_remembered(shared: Path) -> None:
    plan = shared / "plan"
    comments = read_two(shared, shared / "one.csv", shared / "two.csv", "--count-repeats")
    assert (comments["status"] == "analysed").all()
    assert Project(plan).settings().count_repeats
    assert set(listed(shared)["counted"]) == {"each"}
    assert coder("read", shared / "two.csv", "--into", plan) == 0
    assert coder("read", plan) == 0
    assert left_out(Project(plan).comments) == 0
    assert coder("read", plan, "--no-count-repeats") == 0
    assert left_out(Project(plan).comments) == 20


def test_a_source_read_again_after_a_change_counts_what_the_other_lost(shared: Path) -> None:
    read_two(shared, shared / "one.csv", shared / "two.csv")
    write(shared / "one.csv", rows_of(range(10, 60)))
    assert coder("read", shared / "one.csv", "--into", shared / "plan") == 0
    comments = Project(shared / "plan").comments
    analysed = comments[comments["status"] == "analysed"]
    assert left_out(comments) == 10
    assert len(analysed) == analysed["text"].nunique() == 100


def test_nothing_is_listed_where_nothing_is_shared(tmp_path: Path) -> None:
    write(tmp_path / "one.csv", rows_of(range(30)))
    write(tmp_path / "two.csv", rows_of(range(30, 60)))
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv")
    assert (comments["status"] == "analysed").all()
    assert "same_as" not in comments.columns
    assert not (tmp_path / "plan" / "repeats.csv").exists()


def test_what_is_kept_or_left_out_by_hand_stays_so(shared: Path) -> None:
    read_two(shared, shared / "one.csv", shared / "two.csv")
    plan = shared / "plan"
    assert coder("read", plan, "--keep", "two/c003", "--exclude", "c004=duplicate") == 0
    status = Project(plan).comments.set_index("comment_id")["status"]
    assert status[["c003", "two/c003"]].tolist() == ["analysed", "analysed"]
    assert status[["c004", "two/c004"]].tolist() == ["excluded", "analysed"]
    table = listed(shared).set_index("comment_id")
    assert table.loc["two/c003", "counted"] == "each"
    assert "two/c004" not in table.index


def test_a_repeat_that_is_excluded_for_another_reason_is_not_said_to_count(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read_two(shared, shared / "one.csv", shared / "two.csv")
    plan = shared / "plan"
    assert coder("read", plan, "--exclude", "two/c003=process") == 0
    capsys.readouterr()
    assert coder("read", plan, "--no-count-repeats") == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "counted each time" not in printed
    assert "19 comments of 'two'" in printed
    assert "two/c003" not in set(listed(shared)["comment_id"])


def test_three_sources_count_an_answer_once(shared: Path) -> None:
    read_two(shared, shared / "one.csv", shared / "two.csv")
    three = write(shared / "three.csv", rows_of(range(15, 25)))
    assert coder("read", three, "--into", shared / "plan") == 0
    comments = Project(shared / "plan").comments
    analysed = comments[comments["status"] == "analysed"]
    assert len(analysed) == analysed["text"].nunique() == 100
    assert left_out(comments, "three") == 10


# ---------------------------------------------------------------- one file exported twice


@pytest.mark.parametrize("header", ["id,comment", "comment"])
def test_a_file_exported_twice_counts_once_with_its_letters_and_short_answers(
    tmp_path: Path, header: str
) -> None:
    texts = [answer(n) for n in range(30)] + [LETTER] * 12 + ["More police"] * 6
    rows = [(f"c{n:03d}", text) for n, text in enumerate(texts)]
    if header == "comment":
        rows = [(text,) for text in texts]
    write(tmp_path / "one.csv", rows, header)
    write(tmp_path / "two.csv", [*rows, *rows_of(range(90, 92))][: len(rows)], header)
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv")
    counted = comments[comments["status"] == "analysed"]
    assert counted["text"].value_counts()[LETTER] == 12
    assert counted["text"].value_counts()["More police"] == 6
    assert set(counted["source"]) == {"one"}


# ---------------------------------------------------------------- letters of many people


@pytest.mark.parametrize("header", ["id,comment", "comment"])
def test_a_letter_that_many_people_sent_by_two_routes_counts_each_time(
    tmp_path: Path, header: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both files number their rows from 1, so that some letters have the same number by chance."""
    for name, first in (("one", 0), ("two", 500)):
        texts = [LETTER] * 30 + [answer(first + n) for n in range(30)]
        random.Random(name).shuffle(texts)
        rows = [(f"{n}", text) for n, text in enumerate(texts, start=1)]
        if header == "comment":
            rows = [row[1:] for row in rows]
        write(tmp_path / f"{name}.csv", rows, header)
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv")
    assert (comments["status"] == "analysed").all()
    assert "30 comments of 'two'" in capsys.readouterr().out
    assert set(listed(tmp_path)["counted"]) == {"each"}


def test_one_copy_of_a_letter_by_another_route_is_another_person(tmp_path: Path) -> None:
    """The text occurs once in each file, but one of them has it from several people in other words."""
    near = [LETTER.replace("every", word) for word in ("each", "any", "our", "the")]
    one = [(f"a{n}", text) for n, text in enumerate([LETTER, *near])]
    write(tmp_path / "one.csv", one + rows_of(range(20)))
    write(tmp_path / "two.csv", [("b1", LETTER), *rows_of(range(40, 60), "d")])
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv")
    assert (comments["status"] == "analysed").all()
    assert listed(tmp_path)["evidence"].tolist() == ["same text, which several people sent"]


def test_short_answers_that_many_people_give_count_each_time(tmp_path: Path) -> None:
    short = ["More police please", "Knife crime", "Too many cars on our roads now"]
    write(tmp_path / "one.csv", [*rows_of(range(20)), *((f"a{n}", t) for n, t in enumerate(short))])
    write(
        tmp_path / "two.csv",
        [*rows_of(range(40, 60), "d"), *((f"b{n}", t) for n, t in enumerate(short))],
    )
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv")
    assert (comments["status"] == "analysed").all()
    assert listed(tmp_path)["evidence"].tolist() == ["same text, but a short one"]


# ---------------------------------------------------------------- one person in two routes

PERSON = "id,email,comment"


def test_one_person_in_two_routes_counts_once_also_with_a_letter(tmp_path: Path) -> None:
    people = [f"person{n}@example.org" for n in range(40)]
    one = [(f"a{n}", people[n], answer(n)) for n in range(30)]
    one += [(f"a{n}", people[n], LETTER) for n in range(30, 35)]
    two = [(f"b{n}", people[n], answer(n + 500)) for n in range(25)]
    two += [
        ("b30", people[30], LETTER),
        ("b36", people[36], LETTER),
        ("b28", people[28], answer(28)),
    ]
    write(tmp_path / "one.csv", one, PERSON)
    write(tmp_path / "two.csv", two, PERSON)
    options = ("--respondent", "email")
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv", *options)
    is_left_out = comments["reason"] == "duplicate"
    assert comments.loc[is_left_out, "comment_id"].tolist() == ["b30", "b28"]
    table = listed(tmp_path).set_index("comment_id")
    assert table.loc["b30", "evidence"] == "same respondent and text"
    assert table.loc["b36", "counted"] == "each"


def test_a_person_who_changed_some_words_is_told_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = answer(3).replace(answer(3).split()[2], "really", 1)
    one = [(f"a{n}", f"person{n}@example.org", answer(n)) for n in range(20)]
    two = [("b3", "person3@example.org", changed), ("b4", "person4@example.org", answer(900))]
    write(tmp_path / "one.csv", one, PERSON)
    write(tmp_path / "two.csv", two, PERSON)
    comments = read_two(
        tmp_path, tmp_path / "one.csv", tmp_path / "two.csv", "--respondent", "email"
    )
    assert (comments["status"] == "analysed").all()
    assert "1 comment of 'two' (b3) has the id or respondent" in " ".join(
        capsys.readouterr().out.split()
    )
    assert listed(tmp_path)["comment_id"].tolist() == ["b3"]


def test_a_text_with_some_words_changed_is_told_and_counted(tmp_path: Path) -> None:
    changed = answer(200, 20).replace(answer(200, 20).split()[9], "really", 1)
    write(tmp_path / "one.csv", [*rows_of(range(30)), ("a3", answer(200, 20))])
    write(tmp_path / "two.csv", [*rows_of(range(60, 90), "d"), ("b3", changed)])
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv")
    assert (comments["status"] == "analysed").all()
    table = listed(tmp_path)
    assert table[["comment_id", "same_as"]].to_numpy().tolist() == [["b3", "a3"]]
    assert table["evidence"].tolist() == ["nearly the same text"]


def test_the_same_id_with_another_text_counts_and_is_told(tmp_path: Path) -> None:
    write(tmp_path / "one.csv", rows_of(range(20)))
    write(tmp_path / "two.csv", [*rows_of(range(19)), ("c019", answer(777))])
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv")
    assert left_out(comments) == 19
    table = listed(tmp_path).set_index("comment_id")
    assert table.loc["two/c019", ["evidence", "counted"]].tolist() == [
        "same person, but another text",
        "each",
    ]


@pytest.mark.parametrize(("age", "expected"), [("35-44", 1), ("", 1), ("65+", 0)])
def test_a_description_that_differs_shows_two_people(
    tmp_path: Path, age: str, expected: int
) -> None:
    ages, boroughs = ["18-24", "25-34", "35-44"], ["Barnet", "Brent", "Camden", "Ealing"]
    header = "id,age,borough,comment"

    def described(numbers: range, prefix: str) -> list[Row]:
        return [(f"{prefix}{n}", ages[n % 3], boroughs[n % 4], answer(n)) for n in numbers]

    write(
        tmp_path / "one.csv",
        [*described(range(24), "a"), ("a99", "35-44", "Brent", answer(99))],
        header,
    )
    write(
        tmp_path / "two.csv",
        [*described(range(50, 74), "b"), ("b99", age, "Brent", answer(99))],
        header,
    )
    options = ("--attribute", "age", "--attribute", "borough")
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv", *options)
    assert left_out(comments) == expected
    assert listed(tmp_path)["comment_id"].tolist() == ["b99"]


def test_answers_to_two_questions_are_not_one_answer(tmp_path: Path) -> None:
    write(tmp_path / "one.csv", rows_of(range(20)), "id,What should change?")
    write(tmp_path / "two.csv", rows_of(range(20)), "id,What should stay?")
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv")
    assert comments["question"].nunique() == 2
    assert (comments["status"] == "analysed").all()


def test_a_sample_with_weights_keeps_its_members(tmp_path: Path) -> None:
    write(tmp_path / "one.csv", rows_of(range(20)))
    weighted = [(*row, "1.5") for row in rows_of(range(15, 35))]
    write(tmp_path / "two.csv", weighted, "id,comment,weight")
    comments = read_two(tmp_path, tmp_path / "one.csv", tmp_path / "two.csv")
    assert (left_out(comments, "one"), left_out(comments, "two")) == (5, 0)


def test_a_discussion_page_gives_way_to_the_survey(tmp_path: Path) -> None:
    """Pages are left out of figures over several sources: the answer would count nowhere."""
    comments = pd.DataFrame(
        {
            "comment_id": ["p1", "p2", "s1", "s2"],
            "text": [answer(1), answer(2), answer(1), answer(3)],
            "source": ["Page", "Page", "Survey", "Survey"],
            "question": "",
        }
    )
    columns = {"id": "id", "text": "comment"}
    sources = [
        Source(
            name="Page", file="p.html", sha256="", format="talk_london", columns=columns, rows=2
        ),
        Source(name="Survey", file="s.csv", sha256="", format="csv", columns=columns, rows=2),
    ]
    repeats = find_repeats(comments, sources, (), np.ones(4, dtype=bool))
    assert repeats[["comment_id", "same_as"]].to_numpy().tolist() == [["p1", "s1"]]


def test_any_mixture_of_routes_counts_every_answer_once_in_either_order(tmp_path: Path) -> None:
    """Random overlaps of two files: the total is the number of different answers."""
    for seed in range(12):
        chance = random.Random(seed)
        first, second = (sorted(chance.sample(range(60), chance.randint(1, 40))) for _ in range(2))
        one = write(tmp_path / "one.csv", [(f"x{n}", answer(n)) for n in first])
        same_ids = chance.random() < 0.5
        prefix = "x" if same_ids else "y"
        two = write(tmp_path / "two.csv", [(f"{prefix}{n}", answer(n)) for n in second])
        for files in ((one, two), (two, one)):
            folder = tmp_path / f"p{seed}{files[0].stem}"
            assert coder("read", *files, "--into", folder, "--quiet") == 0
            analysed = Project(folder).comments.query("status == 'analysed'")
            assert len(analysed) == analysed["text"].nunique() == len({*first, *second})
