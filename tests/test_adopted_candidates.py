"""From candidates to a coding: what the groups knew goes with the themes, through every ordinary step."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from coder.codebook import Codebook, Theme, read_codebook, write_codebook
from coder.coding.group_evidence import hold_rates, shift_to_rate
from coder.coding.groups import match_groups
from coder.coding.learning import TrainingArrays
from coder.decisions import Decision, DecisionLog
from coder.decisions.copies import notes_on_copies
from coder.embedding import Embedder
from coder.errors import CoderError
from coder.groups import groups_path, read_groups
from coder.project import Project
from coder.tables import GROUPS
from coder.text import text_hash
from coder.workflow.apply import ApplyOutcome, apply
from coder.workflow.check import check
from coder.workflow.cluster import ClusterOptions, cluster
from coder.workflow.codebook import codebook_from
from coder.workflow.export import export
from coder.workflow.model_process import _code_again
from coder.workflow.read import read
from coder.workflow.target import Columns

PATTERNS = [
    "The street lights near {} are broken.",
    "Please repair the street lights at {}.",
    "No street lights by {} at night.",
    "Dog mess all over {}.",
    "Fine the owners who leave dog mess at {}.",
    "More bins for dog mess around {}.",
    "The bus to {} is always late.",
    "There is no bus from {} on Sundays.",
    "Bus fares to {} are too expensive.",
]
PLACES = ("Mill Lane", "the station", "Park Street", "the school", "Church Hill", "the market")
OTHER_PLACES = ("the river", "Long Acre", "the library", "the old mill")
CALM = "Everything is fine as it is, thank you, number {}."


def texts_of(places: tuple[str, ...]) -> list[str]:
    return [pattern.format(place) for pattern in PATTERNS for place in places]


def project_at(folder: Path, texts: list[str]) -> Project:
    ids = [f"comment-{number:03d}" for number in range(len(texts))]
    table = pd.DataFrame({"comment_id": ids, "text": texts})
    return read(table, folder, Columns(text="text", id="comment_id")).project


@pytest.fixture(scope="module", autouse=True)
def few_votes() -> Iterator[None]:
    """A small ensemble: these tests are not about how good the groups are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coder.clustering.grouping.RESOLUTIONS", (2.0,))
        patch.setattr("coder.clustering.grouping.THOROUGH", 0)
        patch.setattr("coder.clustering.stability.RUNS", 1)
        yield


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with candidates."""
    project = project_at(tmp_path_factory.mktemp("groups") / "town", texts_of(PLACES))
    cluster(project)
    return project.folder


@pytest.fixture
def project(clustered: Path, tmp_path: Path) -> Project:
    """A copy that a test may change."""
    shutil.copytree(clustered, tmp_path / "town")
    return Project(tmp_path / "town")


@pytest.fixture
def book(project: Project, tmp_path: Path) -> Path:
    """All candidates adopted by the command."""
    codebook_from(project.candidates_path, tmp_path / "book.yaml")
    return tmp_path / "book.yaml"


def memberships(project: Project) -> pd.DataFrame:
    return pd.read_csv(project.folder / "candidates.csv", dtype=str, keep_default_na=False)


def sizes(outcome: ApplyOutcome) -> dict[str, tuple[int, int]]:
    grouped = outcome.facts()["grouped"]
    return {theme_id: (each["grouped"], each["coded"]) for theme_id, each in grouped.items()}


def saved_by_hand(project: Project, to: Path, **changes: object) -> Path:
    """The draft as somebody edits it: other names, adopted, sub-themes dropped."""
    draft = read_codebook(project.candidates_path)
    themes = []
    for number, theme in enumerate(draft.themes):
        update = {"name": f"Theme {number}", "status": "adopted", "themes": (), **changes}
        themes.append(theme.model_copy(update=update))
    write_codebook(to, draft.model_copy(update={"title": "By hand", "themes": tuple(themes)}))
    return to


# ---------------------------------------------------------------- adopted by the command


def test_adopted_candidates_are_coded_as_large_as_their_groups(
    project: Project, book: Path
) -> None:
    outcome = apply(project, book)
    groups = memberships(project)["candidate_id"].value_counts()
    coded = sizes(outcome)
    assert set(coded) == set(groups.index)
    for theme_id, (grouped, labelled) in coded.items():
        assert grouped == groups[theme_id]
        assert labelled <= 1.3 * grouped
    assert not outcome.run["calibrated"]


def test_sub_themes_keep_their_groups_with_and_without_the_theme_above(
    project: Project, tmp_path: Path
) -> None:
    draft = read_codebook(project.candidates_path)
    first, second, *others = draft.themes
    below = second.model_copy(update={"status": "adopted"})  # a sub-group comes only where named
    nested = first.model_copy(update={"themes": (below,)})
    write_codebook(project.candidates_path, draft.model_copy(update={"themes": (nested, *others)}))
    for chosen, expected in ((first.id, {first.id, second.id}), (second.id, {second.id})):
        into = tmp_path / f"only-{chosen}.yaml"
        assert codebook_from(project.candidates_path, into, [chosen]).grouped == len(expected)
        assert set(read_groups(into)["theme_id"]) == expected
        assert set(sizes(apply(project, into))) == expected


def test_a_theme_that_gets_another_id_keeps_its_group(project: Project, book: Path) -> None:
    before = read_groups(book)
    outcome = codebook_from(project.candidates_path, book)
    assert outcome.renamed
    after = read_groups(book)
    for old, new in outcome.renamed.items():
        same = [set(after.loc[after["theme_id"] == name, "text_hash"]) for name in (old, new)]
        assert same[0] == same[1] == set(before.loc[before["theme_id"] == old, "text_hash"])


def test_themes_taken_from_another_codebook_bring_their_groups(book: Path, tmp_path: Path) -> None:
    into = tmp_path / "second.yaml"
    first = read_codebook(book).themes[0].id
    codebook_from(book, into, [first])
    assert first in set(read_groups(into)["theme_id"])


def test_neither_texts_nor_ids_of_comments_are_kept(project: Project, book: Path) -> None:
    content = groups_path(book).read_text("utf-8-sig")
    for comment_id, text in project.comments[["comment_id", "text"]].itertuples(index=False):
        assert comment_id not in content
        assert text not in content


def test_a_group_is_no_decision(project: Project, book: Path) -> None:
    outcome = apply(project, book)
    assert outcome.run["decided"] == 0
    assert outcome.run["calibrated_on"] == "nothing"
    assert not outcome.themes["decided"].any()
    assert set(outcome.labels["origin"]) == {"model"}


def test_the_screen_codes_as_the_command_does(
    project: Project, book: Path, embedder: Embedder
) -> None:
    table = apply(project, book).project.labels
    behind = _code_again(project, book, embedder)
    order = pd.MultiIndex.from_product([behind.comment_ids, behind.theme_ids])
    named = table[table["position_id"] == ""].set_index(["comment_id", "theme_id"])
    assert np.allclose(behind.probability.ravel(), named["probability"].reindex(order), atol=1e-5)


# ---------------------------------------------------------------- changed afterwards


def test_merged_themes_have_the_comments_of_both(project: Project, book: Path) -> None:
    before = read_codebook(book)
    first, second, *others = before.themes
    merged = first.model_copy(update={"was": (second.id,), "themes": ()})
    write_codebook(book, before.model_copy(update={"themes": (merged, *others)}))
    rows = memberships(project)
    both = rows[rows["candidate_id"].isin([first.id, second.id])]["comment_id"].nunique()
    grouped, coded = sizes(apply(project, book))[first.id]
    assert grouped == both
    assert coded <= 1.3 * both


def test_a_theme_put_under_another_by_hand_counts_in_the_group_of_that(
    project: Project, book: Path
) -> None:
    own = sizes(apply(project, book))
    codebook = read_codebook(book)
    parent, child, *others = (theme.model_copy(update={"themes": ()}) for theme in codebook.themes)
    nested = (parent.model_copy(update={"themes": (child,)}), *others)
    write_codebook(book, codebook.model_copy(update={"themes": nested}))
    now = sizes(apply(project, book))
    either = memberships(project).query("candidate_id in [@parent.id, @child.id]")
    assert now[parent.id][0] == either["comment_id"].nunique() > own[parent.id][0]
    assert now[child.id][0] == own[child.id][0]


def test_a_theme_split_off_stays_within_the_group_it_was_split_from(
    project: Project, book: Path
) -> None:
    before = read_codebook(book)
    first, *others = before.themes
    part = Theme(id="part", name="Repairs", keywords=("repair", "mess", "bus"), split_from=first.id)
    write_codebook(book, before.model_copy(update={"themes": (part, *others)}))
    outcome = apply(project, book)
    labels = outcome.project.labels
    coded = labels[(labels["theme_id"] == "part") & labels["assigned"]]["comment_id"]
    rows = memberships(project)
    pool = set(rows.loc[rows["candidate_id"] == first.id, "comment_id"])
    assert set(coded) <= pool
    assert "part" not in sizes(outcome)  # it has no group of its own to be as large as


def test_groups_of_themes_that_the_codebook_never_had_are_left_alone(
    project: Project, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    write_codebook(other, Codebook(title="Other", themes=(Theme(id="noise", name="Noise"),)))
    without = apply(project, other).project.labels
    codebook_from(project.candidates_path, tmp_path / "book.yaml")
    shutil.copy(groups_path(tmp_path / "book.yaml"), groups_path(other))
    outcome = apply(project, other)
    assert sizes(outcome) == {}
    pd.testing.assert_frame_equal(outcome.project.labels, without)


def test_a_damaged_file_stops_the_coding_and_says_what_to_do(project: Project, book: Path) -> None:
    groups_path(book).write_text("theme_id,text\n", "utf-8")
    with pytest.raises(CoderError, match=r"book\.groups\.csv:1: .*lacks 4 columns"):
        apply(project, book)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "is empty"), (bytes(range(128, 256)), "not UTF-8 text")],
)
def test_a_file_that_holds_no_table_is_said_in_plain_words(
    project: Project, book: Path, content: bytes, problem: str
) -> None:
    groups_path(book).write_bytes(content)
    with pytest.raises(CoderError, match=problem):
        apply(project, book)


def test_check_reads_the_groups_and_names_those_of_other_themes(
    project: Project, book: Path
) -> None:
    before = read_codebook(book)
    write_codebook(book, before.model_copy(update={"themes": before.themes[1:]}))
    (result,) = [each for each in check(project.folder, book).results if each.subject == "groups"]
    assert before.themes[0].id in result.notes[0]
    groups_path(book).write_text("theme_id\n", "utf-8")
    assert any(
        "groups" in str(result) and result.faults for result in check(project.folder, book).results
    )


def test_copies_that_file_sync_programs_make_are_told_of(book: Path) -> None:
    shutil.copy(groups_path(book), book.with_name("book.groups (conflicted copy).csv"))
    (note,) = notes_on_copies(book)
    assert "only book.groups.csv is" in note


def test_a_pack_holds_the_groups_only_where_it_holds_the_texts(
    project: Project, book: Path, tmp_path: Path
) -> None:
    apply(project, book)
    members = {}
    for name, without_text in (("with", False), ("without", True)):
        to = tmp_path / f"{name}.zip"
        export(project.folder, to, codebook=book, without_text=without_text)
        members[name] = ZipFile(to).namelist()
        assert not check(to).faults
    assert "codebook.groups.csv" in members["with"]
    assert "codebook.groups.csv" not in members["without"]


# ---------------------------------------------------------------- edited by hand


def test_a_draft_saved_under_another_name_gets_its_groups_once(
    project: Project, tmp_path: Path
) -> None:
    book = saved_by_hand(project, tmp_path / "hand.yaml")
    first = apply(project, book)
    assert any("were taken from the candidates" in warning for warning in first.warnings)
    assert set(read_groups(book)["theme_id"]) == set(read_codebook(book).theme_ids)
    kept = groups_path(book).read_bytes()
    cluster(project, options=ClusterOptions(themes=2))
    again = apply(project, book)
    assert groups_path(book).read_bytes() == kept
    assert sizes(again) == sizes(first)
    assert not any("candidates" in warning for warning in again.warnings)


def test_candidates_of_a_later_clustering_are_not_taken_for_the_former(
    project: Project, tmp_path: Path
) -> None:
    book = saved_by_hand(project, tmp_path / "hand.yaml")
    names = list(read_codebook(book).theme_ids)
    table = memberships(project)
    swapped = dict(zip(names, [*names[1:], names[0]], strict=True))
    table["candidate_id"] = table["candidate_id"].replace(swapped)
    table.to_csv(project.folder / "candidates.csv", index=False)
    outcome = apply(project, book)
    assert sizes(outcome) == {}
    assert not groups_path(book).exists()
    assert any("another clustering" in warning for warning in outcome.warnings)


def test_a_theme_whose_candidate_is_gone_is_named(project: Project, tmp_path: Path) -> None:
    """Neither kept beside the codebook, nor among the candidates under any id."""
    book = saved_by_hand(project, tmp_path / "hand.yaml")
    gone, *others = [theme.id for theme in read_codebook(book).themes]
    table = memberships(project)
    table = table[table["candidate_id"] != gone]
    table.to_csv(project.folder / "candidates.csv", index=False)
    outcome = apply(project, book)
    assert gone not in sizes(outcome)
    assert set(others) <= set(sizes(outcome))
    lost = next(warning for warning in outcome.warnings if "another clustering" in warning)
    assert gone in lost
    assert others[0] not in lost


def test_an_edited_draft_keeps_its_groups_when_the_comments_are_clustered_again(
    project: Project,
) -> None:
    saved_by_hand(project, project.candidates_path)
    before = sizes(apply(project, project.candidates_path))
    outcome = cluster(project, options=ClusterOptions(themes=2))
    assert outcome.kept_draft is not None
    assert sizes(apply(project, outcome.kept_draft)) == before


def test_without_the_facts_of_the_draft_the_examples_tell_whose_group_it_is(
    project: Project, tmp_path: Path
) -> None:
    known = saved_by_hand(project, tmp_path / "known.yaml", cluster={})
    assert sizes(apply(project, known))
    unknown = saved_by_hand(project, tmp_path / "unknown.yaml", cluster={}, examples=())
    assert sizes(apply(project, unknown)) == {}


def test_a_theme_with_the_id_of_a_candidate_by_chance_gets_no_group(
    project: Project, tmp_path: Path
) -> None:
    theme_id = read_codebook(project.candidates_path).themes[0].id
    book = tmp_path / "own.yaml"
    write_codebook(book, Codebook(title="Own", themes=(Theme(id=theme_id, name="My own theme"),)))
    outcome = apply(project, book)
    assert sizes(outcome) == {}
    assert not any("clustering" in warning for warning in outcome.warnings)


def test_a_draft_that_is_applied_itself_leaves_nothing_that_could_go_stale(
    project: Project,
) -> None:
    outcome = apply(project, project.candidates_path)
    assert sizes(outcome)
    assert not groups_path(project.candidates_path).exists()


def test_a_codebook_in_memory_has_its_groups_too(project: Project) -> None:
    assert sizes(apply(project, read_codebook(project.candidates_path)))


# ---------------------------------------------------------------- other comments


def test_the_next_wave_starts_from_the_share_of_the_group(book: Path, tmp_path: Path) -> None:
    others = [CALM.format(number) for number in range(len(PATTERNS) * len(OTHER_PLACES))]
    wave = project_at(tmp_path / "wave", texts_of(OTHER_PLACES) + others)
    n = 2 * len(others)
    rows = read_groups(book)
    for theme_id, (expected, coded) in sizes(apply(wave, book)).items():
        part = rows[rows["theme_id"] == theme_id]
        assert expected == pytest.approx(len(part) / part["of"].iloc[0] * n, abs=0.51)
        assert coded <= 1.5 * expected


def test_comments_added_to_the_project_count_as_those_that_were_grouped(
    project: Project, book: Path
) -> None:
    rows = read_groups(book)
    codebook = read_codebook(book)
    old = list(project.comments["text"])
    alone = match_groups(rows, codebook, old)
    grown = match_groups(rows, codebook, old + texts_of(OTHER_PLACES))
    for before, after in zip(alone, grown, strict=True):
        assert before.known == 1.0
        assert after.known == pytest.approx(len(old) / (len(old) + 36))
        assert after.share == pytest.approx(before.share, rel=0.02)


def test_copies_of_a_grouped_text_belong_to_the_group(project: Project, book: Path) -> None:
    rows, codebook = read_groups(book), read_codebook(book)
    texts = list(project.comments["text"])
    once = match_groups(rows, codebook, texts)[0]
    twice = match_groups(rows, codebook, texts + texts)[0]
    assert len(twice.members) == 2 * len(once.members)
    assert twice.share == pytest.approx(once.share)


# ---------------------------------------------------------------- decisions


def decide(book: Path, project: Project, theme_id: str, rows: pd.DataFrame, carry: int) -> None:
    """Random decisions on comments, whole; the first `carry` have the theme."""
    codebook = read_codebook(book)
    decisions = []
    pairs = rows[["comment_id", "text"]].itertuples(index=False, name=None)
    for number, (comment_id, text) in enumerate(pairs):
        themes: dict[str, tuple[str, ...]] = {}
        if number < carry:
            themes = {theme_id: ()}
        decision = Decision(
            project=project.settings().name,
            comment_id=comment_id,
            text=text,
            text_hash=text_hash(text),
            scope=codebook.theme_ids,
            themes=themes,
            mode="blind",
            chosen="random",
            reviewer="ann",
            codebook_version="1",
            codebook_fingerprint=codebook.fingerprint,
        )
        decisions.append(decision)
    DecisionLog(book, "ann").append(decisions)


def test_with_random_decisions_the_rate_follows_them(project: Project, book: Path) -> None:
    """Nine of ten random comments are said to carry a theme whose group had a third of them."""
    theme_id = read_codebook(book).theme_ids[0]
    before = _mean_probability(apply(project, book), theme_id)
    rows = project.comments.sample(40, random_state=1)
    decide(book, project, theme_id, rows, carry=36)
    outcome = apply(project, book)
    assert outcome.run["calibrated"]
    with_group = _mean_probability(outcome, theme_id)
    for path in (groups_path(book), project.folder / "candidates.csv"):
        path.unlink()
    without = _mean_probability(apply(project, book), theme_id)
    assert before < 0.4
    assert with_group > 0.6
    assert with_group == pytest.approx(without, abs=0.1)


def _mean_probability(outcome: ApplyOutcome, theme_id: str) -> float:
    labels = outcome.project.labels
    own = labels[(labels["theme_id"] == theme_id) & (labels["position_id"] == "")]
    return float(own["probability"].mean())


def test_examples_and_chosen_comments_do_not_move_a_rate_and_random_ones_do() -> None:
    random = np.random.default_rng(0)
    prior = random.normal(-3, 2, (500, 1))
    learned = prior + 2
    rate = expit(prior).mean()

    def held(drawn: int) -> float:
        training = TrainingArrays(
            rows=np.arange(20),
            wanted=np.ones((20, 1)),
            weight=np.ones((20, 1)),
            own=np.ones(20, dtype=bool),
            may_calibrate=np.arange(20) < drawn,
        )
        return float(expit(hold_rates(learned, prior, [0], training)).mean())

    assert held(0) == pytest.approx(rate, abs=1e-6)
    assert rate < held(10) < held(20)


def test_a_shift_gives_the_rate_that_is_asked_for() -> None:
    evidence = np.random.default_rng(0).normal(0, 9, 1_000)
    for rate in (0.001, 0.03, 0.9):
        assert expit(evidence + shift_to_rate(evidence, rate)).mean() == pytest.approx(
            rate, rel=1e-3
        )


def test_no_groups_change_nothing() -> None:
    book = Codebook(title="x", themes=(Theme(id="a", name="A"),))
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in GROUPS.dtypes.items()})
    assert match_groups(None, book, ["text"]) == match_groups(empty, book, ["text"]) == ()
