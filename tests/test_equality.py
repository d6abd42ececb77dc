"""The equality read-out: who answered, themes by group, small themes raised, errors, what is hidden."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from typer.testing import CliRunner

from coder import tables
from coder.cli import app
from coder.codebook import read_codebook
from coder.errors import CoderError
from coder.project import Derived, Project, Settings
from coder.reporting import Breakdown
from coder.reporting.characteristics import (
    CHARACTERISTICS,
    EqualityRequest,
    find_columns,
    parse_characteristics,
)
from coder.reporting.read_outs import Equality, HeldCharacteristic
from coder.reporting.representation import SIZES, hide_small
from coder.reporting.suppression import Limits
from coder.statistics.tests import detectable_difference, smallest_difference
from coder.workflow.population_file import read_population
from made_up_surveys import make_survey
from report_helpers import report_of
from test_disclosure import attack
from test_report_population import decide

CODEBOOK = """\
title: Streets
themes:
  - {id: police, name: More police}
  - {id: paths, name: Level paths}
"""
# Group of age: comments, those with a theme, and how many of these the program missed.
AGES = {"16-29": (150, 5, 0), "30-59": (180, 5, 0), "60+": (50, 8, 4), "": (20, 0, 0)}
N = sum(n for n, _, _ in AGES.values())
RELIGIONS = ["Sikh"] * 2 + ["None"] * 200 + [""] * (N - 202)


def people() -> pd.DataFrame:
    """400 comments; `level` and `missed` tell who asks for level paths, and where the program saw it not."""
    rows = []
    for group, (n, having, missed) in AGES.items():
        for place in range(n):
            rows.append((group, place < having, place < missed))
    frame = pd.DataFrame(rows, columns=["age_group", "level", "missed"])
    ids = [f"c{n:03d}" for n in range(N)]
    return frame.assign(
        comment_id=ids, text=[f"Comment {n} about the street" for n in range(N)], source="poll", role="public",
        status="analysed", reason="", weight=np.nan, campaign_id="", question="", religion=RELIGIONS,
        gender=["woman" if n % 2 else "man" for n in range(N)],
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose every comment the program coded and a person, drawn at random, decided blind."""
    folder = tmp_path_factory.mktemp("equality")
    (folder / "book.yaml").write_text(CODEBOOK, encoding="utf-8")
    own, project = people(), Project(folder / "plan")
    comments = own[[*tables.COMMENTS.columns, "age_group", "religion", "gender"]]
    project.write(Settings(name="streets"), comments)
    labels = []
    for n, (level, missed) in enumerate(zip(own["level"], own["missed"], strict=True)):
        for theme, has in (("police", n % 4 == 0), ("paths", level and not missed)):
            p = 0.9 if has else 0.1
            labels.append((f"c{n:03d}", theme, "", p, has, "model", "", -1, -1, "1"))
    project.write_labels(pd.DataFrame(labels, columns=list(tables.LABELS.columns)))
    carried = {}
    for n, level in enumerate(own["level"]):
        carried[f"c{n:03d}"] = {"police": ()} if n % 4 == 0 else {}
        if level:
            carried[f"c{n:03d}"]["paths"] = ()
    decide(comments, carried, folder / "book.yaml", "streets", chosen="random")
    return folder


def run(place: Path, *words: str) -> dict:
    """The JSON of the read-out that a command writes."""
    out = place / "equality.json"
    command = [
        "export",
        str(place / "plan"),
        "--codebook",
        str(place / "book.yaml"),
        "--to",
        str(out),
    ]
    done = CliRunner().invoke(app, [*command, "--equality", "--quiet", *words])
    assert done.exit_code == 0, done.output
    return json.loads(out.read_text(encoding="utf-8"))["equality"]


def shares(place: Path, text: str) -> list[str]:
    path = place / "population.csv"
    path.write_text(f"characteristic,group,share\n{text}", encoding="utf-8")
    return ["--population", str(path)]


def of_age(told: dict) -> dict:
    assert told["characteristics"][0]["id"] == "age"
    return told["characteristics"][0]


# ---------------------------------------------------------------- who answered


def test_who_answered_stands_against_the_population(place: Path) -> None:
    told = of_age(
        run(place, *shares(place, "age,16 to 29,20\nAge,30–59,50\nage,60+,28\nage,100+,2\n"))
    )
    rows = {row["group"]: row for row in told["respondents"]}
    young = rows["16-29"]
    interval = binomtest(150, 380).proportion_ci(method="wilson")
    assert young["percent"] == pytest.approx(100 * 150 / 380)
    assert (young["low"], young["high"]) == pytest.approx((100 * interval.low, 100 * interval.high))
    assert young["ratio"] == pytest.approx(150 / 380 / 0.2)
    compared = {group: row["compared"] for group, row in rows.items()}
    expected = {
        "16-29": "more",
        "30-59": "similar",
        "60+": "fewer",
        "100+": "nobody",
        "Not stated": "",
    }
    assert compared == expected
    assert rows["Not stated"]["n"] == 20
    assert told["absent"] == "Nobody answered from: 100+. Fewer than in the population: 60+."


def test_proportions_say_the_same_as_per_cent(tmp_path: Path) -> None:
    shares(tmp_path, "age,young,25%\nage,old,75\n")
    assert read_population(tmp_path / "population.csv") == {"age": {"young": 0.25, "old": 0.75}}
    shares(tmp_path, "age,young,.25\nage,old,0.75\n")
    assert read_population(tmp_path / "population.csv") == {"age": {"young": 0.25, "old": 0.75}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("age,16-29,40\nage,30-59,47\n", "the shares of age add up to 87"),
        ("age,16-29,0.4\nage,30-59,60\n", "the shares of age add up to 60.4"),
        ("hair,red,100\n", ":2: 'hair' is not a protected characteristic"),
        ("age,16-29,forty\n", ":2: the share 'forty' is not a number"),
        ("age,16-29,nan\n", ":2: the share 'nan' is not a number"),
        ("age,16-29,50\nage,16-29,50\n", ":3: age: the group '16-29' occurs twice"),
        ("age,,100\n", ":2: names no group"),
        ("", "has no share"),
    ],
)
def test_faulty_population_shares_are_told(tmp_path: Path, text: str, problem: str) -> None:
    shares(tmp_path, text)
    with pytest.raises(CoderError) as error:
        read_population(tmp_path / "population.csv")
    assert problem in error.value.problem


def test_groups_by_other_names_are_not_taken_for_absent_ones(place: Path) -> None:
    command = ["export", str(place / "plan"), "--codebook", str(place / "book.yaml"), "--equality"]
    words = shares(place, "age,16-29,20\nage,30-59,50\nage,pensioners,30\n")
    done = CliRunner().invoke(app, [*command, "--to", str(place / "no.md"), *words])
    assert isinstance(done.exception, CoderError)
    assert "no answer in the survey is 'pensioners'" in done.exception.problem
    assert "no share for '60+'" in done.exception.problem
    assert not (place / "no.md").exists()


# ---------------------------------------------------------------- which columns


@pytest.mark.parametrize(
    ("column", "characteristic"),
    [
        ("AgeGroup", "age"), ("How old are you?", "age"), ("Ethnic group", "race"), ("marital_status", "marriage"),
        ("long-term health condition", "disability"), ("sexuality", "orientation"), ("Gender", "sex"),
        ("Is your gender the same as at birth?", "reassignment"), ("belief", "religion"), ("pregnant", "pregnancy"),
        ("sexual_orientation", "orientation"), ("Essex", ""), ("language", ""), ("page", ""), ("packaging", ""),
        ("transport", ""), ("engagement", ""), ("disagreement", ""), ("trace", ""),
    ],
)  # fmt: skip
def test_columns_are_known_by_the_words_of_their_names(column: str, characteristic: str) -> None:
    held = find_columns(EqualityRequest(), [column], Settings(name="s"))
    assert held == ({characteristic: column} if characteristic else {})


def test_a_column_is_known_by_its_question_too_and_groups_go_before_the_column() -> None:
    derived = {"age_band": Derived(column="age", groups={"young": ("20",)})}
    settings = Settings(name="s", derived=derived, wordings={"Q7": "What is your religion?"})
    held = find_columns(EqualityRequest(), ["Q7", "age"], settings)
    assert held == {"age": "age_band", "religion": "Q7"}


def test_what_is_not_clear_or_not_there_is_told() -> None:
    settings = Settings(name="s")
    with pytest.raises(CoderError, match="several columns look like age: 'age' and 'age_group'"):
        find_columns(EqualityRequest(), ["age", "age_group"], settings)
    chosen = EqualityRequest(parse_characteristics(["age=age", "sex=-"]))
    assert find_columns(chosen, ["age", "age_group", "sex"], settings) == {"age": "age"}
    with pytest.raises(CoderError, match="there is no such column"):
        find_columns(EqualityRequest({"age": "ages"}), ["age"], settings)
    for typed in (["hair=x"], ["age"], ["age=a", "Age=b"]):
        with pytest.raises(CoderError):
            parse_characteristics(typed)


def test_every_characteristic_is_told_held_or_not(place: Path) -> None:
    told = run(place, "--characteristic", "race=age_group")
    held = [each["id"] for each in told["characteristics"]]
    assert held == ["age", "race", "religion", "sex"]
    assert set(told["not_known"]) == {each.id for each in CHARACTERISTICS} - set(held)
    assert told["not_known"]["disability"] == "the survey does not hold it"


# ---------------------------------------------------------------- themes and errors by group


def test_the_smallest_difference_that_could_have_been_seen_has_its_power() -> None:
    # R: power.prop.test(p1 = .50, p2 = .75, power = .80) gives n = 57.67344.
    assert detectable_difference(0.5, 57.67344, 57.67344, 1) == pytest.approx(0.25, abs=1e-6)
    assert np.isnan(detectable_difference(0.9, 8, 8, 20))
    difference = detectable_difference(0.06, 353, 579, 12)
    assert difference > smallest_difference(0.06, 353, 579, 12)
    rng = np.random.default_rng(5)
    one, other = rng.binomial(353, 0.06 + difference, 50_000), rng.binomial(579, 0.06, 50_000)
    pooled = (one + other) / (353 + 579)
    error = np.sqrt(pooled * (1 - pooled) * (1 / 353 + 1 / 579))
    seen = np.abs(one / 353 - other / 579) / error > 2.8653  # 5 % in 12 tests
    assert seen.mean() == pytest.approx(0.8, abs=0.02)


def test_a_small_theme_that_a_group_raises_is_told(place: Path) -> None:
    told = of_age(run(place, "--threshold", "10%"))
    assert {row["theme_id"] for row in told["themes"]} == {"police"}
    (raised,) = told["raised"]
    assert (raised["group"], raised["theme"], raised["n"]) == ("60+", "Level paths", 8)
    assert raised["held_back"] is True
    assert raised["overall"] == pytest.approx(100 * 18 / 400)
    assert raised["low"] > raised["overall"]


def test_the_programs_errors_are_counted_by_group(place: Path) -> None:
    rows = {row["group"]: row for row in of_age(run(place))["errors"]}
    old = rows["60+"]
    assert (old["comments"], old["n"], old["missed"]) == (50, 4, 4)
    interval = binomtest(4, 50).proportion_ci(method="wilson")
    assert (old["low"], old["high"]) == pytest.approx((100 * interval.low, 100 * interval.high))
    assert rows["16-29"]["n"] == 0
    assert (old["difference"], rows["16-29"]["difference"]) == ("more often", "too few")


# ---------------------------------------------------------------- what is hidden


def test_the_size_of_a_small_group_cannot_be_worked_out() -> None:
    """A reader knows the total, and that everything hidden has one comment at least."""
    rng, limits = np.random.default_rng(1), Limits(30, 5)
    many = 0
    for _ in range(500):
        groups = {f"g{n}": int(rng.choice([0, 1, 2, 4, 12, 90])) for n in range(rng.integers(1, 6))}
        not_stated = int(rng.choice([0, 1, 3, 40]))
        hidden, hides_not_stated = hide_small(groups, not_stated, limits)
        together = sum(groups[group] for group in hidden) + not_stated * hides_not_stated
        members = len(hidden) + hides_not_stated
        everything = members == sum(n > 0 for n in [*groups.values(), not_stated])
        for group, n in groups.items():
            if 0 < n < limits.cell:
                assert group in hidden
                assert together - members + 1 >= SIZES or everything
                many += 1
    assert many > 100


def test_nothing_tells_the_size_of_a_group_of_two(place: Path) -> None:
    told = next(each for each in run(place)["characteristics"] if each["id"] == "religion")
    shown = {row["group"]: row["n"] for row in told["respondents"]}
    assert shown == {"Sikh": None, "None": 200, "Not stated": None}
    for name in ("themes", "errors"):
        for row in told[name]:
            if row["group"] == "Sikh":
                assert [v for v in row.values() if isinstance(v, (int, float))] == []
    base = next(row["percent"] for row in told["respondents"] if row["group"] == "None")
    assert base == 100.0  # of the groups shown: no share tells how many are not


def test_no_small_count_is_worked_out_of_the_read_out() -> None:
    """The attacker of breakdowns, who is told the sizes of hidden groups too."""
    narrow, hidden = [], 0
    for seed in range(8):
        survey = make_survey(np.random.default_rng(seed))
        names = dict(zip(("age", "race", "religion"), survey.by, strict=False))
        columns = {each.id: "-" for each in CHARACTERISTICS} | names
        report = report_of(
            survey.comments, None, survey.codebook, survey.judgements(), settings=survey.settings, quotes=0,
            minimum_base=survey.minimum_base, minimum_cell=survey.minimum_cell,
            equality=EqualityRequest(columns),
        )  # fmt: skip
        assert report.equality is not None
        breakdowns = []
        for held in report.equality.held:
            cells = held.cells.assign(base=_true_bases(held, survey))
            hidden += int((cells["hidden"] != "").sum())
            breakdowns.append(Breakdown(held.column, "", cells))
        report = replace(report, breakdowns=tuple(breakdowns))
        narrow += attack(survey, report, with_need=False).narrow
    assert hidden > 50
    assert narrow == []


def _true_bases(held: HeldCharacteristic, survey: object) -> list[int]:
    groups = survey.group_of(held.column)
    return [int((groups == group).sum()) for group in held.cells["group"]]


# ---------------------------------------------------------------- files


def test_the_read_out_is_written_as_a_document_of_its_own(place: Path) -> None:
    run(
        place,
        *(word for name in ("e.docx", "e.html", "e.md") for word in ("--to", str(place / name))),
    )
    text = (place / "e.md").read_text(encoding="utf-8")
    assert "| Disability | Not known | The survey does not hold it |" in text
    assert "Who answered, by age" in text
    assert "Smallest difference that could have been seen, by age, points" in text
    assert "Sikh" in text
    page = (place / "e.html").read_text(encoding="utf-8")
    assert "Comment 1 about" not in page + text  # no comment is in it


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--to", "x.csv", "--equality"), "is not written to this type of file"),
        (("--to", "x.md", "--equality", "--by", "gender"), "a read-out is written without it"),
        (("--to", "x.md", "--equality", "--quality"), "each is a file of its own"),
        (("--to", "x.md", "--population", "p.csv"), "is for the equality read-out"),
        (("--to", "x.md", "--equality", "--population", "none.csv"), "there is no such file"),
    ],
)
def test_options_that_do_not_fit_are_told(
    place: Path, words: tuple[str, ...], problem: str
) -> None:
    command = ["export", str(place / "plan"), "--codebook", str(place / "book.yaml")]
    done = CliRunner().invoke(app, [*command, *words])
    assert isinstance(done.exception, CoderError)
    assert problem in done.exception.problem


def test_other_population_shares_give_another_read_out(place: Path) -> None:
    run(place, *shares(place, "age,16-29,40\nage,30-59,40\nage,60+,20\n"))
    told = of_age(run(place, *shares(place, "age,16-29,30\nage,30-59,40\nage,60+,30\n")))
    assert told["respondents"][0]["population"] == pytest.approx(30)


def test_without_random_reviews_the_errors_are_not_known(place: Path) -> None:
    own = people()
    comments = own[[*tables.COMMENTS.columns, "age_group"]]
    labels = Project(place / "plan").labels
    report = report_of(
        comments, labels, read_codebook(place / "book.yaml"), equality=EqualityRequest()
    )
    equality: Equality = report.equality
    assert [held.errors for held in equality.held] == [None]
    assert any("is not known: that needs comments drawn" in note for note in equality.notes)
    assert equality.held[0].raised.empty  # without an interval nothing is raised
