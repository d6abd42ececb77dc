"""`apply_codebook` on the shipped example and on small codebooks made for one question each."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from coder.codebook import Codebook, Position, Theme
from coder.coding import Coding, apply_codebook
from coder.coding.comments import Comments, choose_view, prepare_comments
from coder.coding.keyword_hits import find_keywords
from coder.coding.neighbours import (
    NEIGHBOUR_SHARE,
    OWN_SHARE,
    Candidates,
    blend_with_neighbours,
    choose_candidates,
    find_neighbours,
)
from coder.coding.subjects import automatic_keywords, subject_of
from coder.decisions import Decision, judgements, lay_over
from coder.embedding import CachedEmbedder
from coder.errors import CoderError
from coder.keywords import stem_words
from coder.tables import ANALYSED, JUDGEMENTS, LABELS, check, empty
from coder.text import text_hash

PROJECT = "made up"


def table(texts: Sequence[str]) -> pd.DataFrame:
    """Comments that all count."""
    frame = pd.DataFrame(
        {"comment_id": [f"c{i:03d}" for i in range(len(texts))], "text": list(texts)}
    )
    return frame.assign(
        source="s",
        role="public",
        status=ANALYSED,
        reason="",
        weight=np.nan,
        campaign_id="",
        question="",
    )


def decided(
    book: Codebook,
    comments: pd.DataFrame,
    said: dict[str, str],
    scope: Sequence[str] = (),
    reviewer: str = "r",
    project: str = PROJECT,
) -> pd.DataFrame:
    """Judgements from `comment_id: themes` with ids joined by semicolons."""
    text = dict(zip(comments["comment_id"], comments["text"], strict=True))
    made = []
    for comment_id, themes in said.items():
        present: dict[str, tuple[str, ...]] = {}
        for part in filter(None, themes.split(";")):
            theme, _, position = part.partition("=")
            present[theme] = (*present.get(theme, ()), *([position] if position else []))
        made.append(Decision(project=project, comment_id=comment_id, text=text[comment_id], text_hash=text_hash(text[comment_id]),
                             scope=tuple(scope) or book.theme_ids, themes=present, mode="blind", chosen="random", reviewer=reviewer,
                             codebook_version="1", codebook_fingerprint=book.fingerprint))  # fmt: skip
    return judgements(made, book)


def carried(labels: pd.DataFrame, comment_id: str) -> set[str]:
    """Theme ids, and `theme=position`, assigned to a comment."""
    mine = labels[(labels["comment_id"] == comment_id) & labels["assigned"]]
    return {
        t if not p else f"{t}={p}"
        for t, p in zip(mine["theme_id"], mine["position_id"], strict=True)
    }


def truth_of(codes: "pd.Series[str]", ids: Sequence[str], themes: Sequence[str]) -> np.ndarray:
    sets = [{part.split("=")[0] for part in codes.get(i, "").split(";")} for i in ids]
    return np.array([[theme in found for theme in themes] for found in sets])


def scores(
    labels: pd.DataFrame, themes: Sequence[str], column: str = "probability"
) -> pd.DataFrame:
    mine = labels[labels["position_id"] == ""]
    return mine.pivot(index="comment_id", columns="theme_id", values=column)[list(themes)]


# ---------------------------------------------------------------- signals


def test_keywords_are_found_in_any_form_and_where_they_stand(embedder: CachedEmbedder) -> None:
    text = "Anti-social behaviour; OFFICERS’ patrols, e-scooters. No policing of speeding drivers!"
    comments = prepare_comments([text], embedder)
    hits = find_keywords(
        comments, [("officer", "patrol"), ("e scooter", "speed"), ("anti social", "driver patrol")]
    )
    assert hits.distinct.tolist() == [[2.0, 2.0, 1.0]]
    shown = []
    for subject, start, end in zip(
        hits.places.subjects, hits.places.starts, hits.places.ends, strict=True
    ):
        if subject == 1:
            shown.append(text[start:end])
    assert shown == ["e-scooters", "speeding"]


def test_german_keywords_follow_the_codebooks_language(embedder: CachedEmbedder) -> None:
    assert stem_words("Radwege", "de").stems == stem_words("radweg", "de").stems
    book = Codebook(title="Verkehr", language="de", themes=(
        Theme(id="rad", name="Radverkehr", keywords=("Radweg", "Fahrrad")),
        Theme(id="laerm", name="Weniger Lärm", keywords=("Lärm", "laut")),
        Theme(id="gruen", name="Mehr Grün", keywords=("Bäume", "Park")),
    ))  # fmt: skip
    coding = apply_codebook(
        table(
            [
                "Die Radwege sind viel zu schmal.",
                "Nachts ist es hier so laut!",
                "Bitte mehr Bäume pflanzen",
            ]
        ),
        book,
        embedder,
    )
    assert [carried(coding.labels, f"c00{i}") for i in range(3)] == [{"rad"}, {"laerm"}, {"gruen"}]


def test_names_give_keywords_where_there_are_none() -> None:
    parts = [
        Theme(id="a", name="Street lighting and safety"),
        Theme(id="b", name="Bus safety"),
        Theme(id="c", name="Road safety"),
    ]
    found = automatic_keywords([subject_of(part) for part in parts])
    assert found == [("street", "lighting"), ("bus",), ("road",)]


def blend(score: np.ndarray, comments: Comments, *, opinion: bool = True) -> np.ndarray:
    """Scores blended with those of the nearest others, among few comments."""
    vectors = choose_view(comments.vectors, opinion)
    candidates = Candidates(choose_candidates(comments.texts), vectors)
    neighbours = find_neighbours(0, vectors, candidates)
    assert neighbours is not None
    return blend_with_neighbours(score.astype(float), candidates.rows, neighbours)


def test_a_comment_is_read_by_its_neighbours_and_by_no_other(embedder: CachedEmbedder) -> None:
    alike = [
        f"The {word} bus to the hospital never comes on time" for word in ("first", "last", "night")
    ]
    apart = [
        f"More police officers on foot in our {word} please"
        for word in ("street", "park", "estate")
    ]
    comments = prepare_comments([*alike, *apart], embedder)
    score = np.array([[3.0], [0.0], [3.0], [0.0], [0.0], [0.0]], dtype=np.float32)
    alone = choose_view(comments.vectors, opinion=True)[:1]
    assert find_neighbours(0, alone, Candidates(np.arange(1), alone)) is None
    found = blend(score, comments)[:, 0]
    mean = (found - OWN_SHARE * score[:, 0]) / NEIGHBOUR_SHARE  # of the five others, by likeness
    assert mean[1] > 1.7  # 1.2 were all others as near
    assert (mean[3:] < 1.2).all()
    turned = np.array([5, 3, 1, 0, 2, 4])
    again = blend(score[turned], prepare_comments([comments.texts[i] for i in turned], embedder))[
        :, 0
    ]
    assert again == pytest.approx(found[turned], abs=1e-6)


def test_without_the_opinion_view_neighbours_are_those_of_the_plain_one(
    embedder: CachedEmbedder,
) -> None:
    wants = ("More police", "Fewer drugs", "Slower cars")
    comments = prepare_comments(
        [f"{want} {where}" for want in wants for where in ("here", "now", "in town")], embedder
    )
    score = np.eye(9, 2, dtype=np.float32)
    bare = comments._replace(vectors=comments.vectors._replace(opinion=None))
    plain = blend(score, comments, opinion=False)
    assert plain.tolist() == blend(score, bare).tolist()
    assert plain.tolist() != blend(score, comments).tolist()


# ---------------------------------------------------------------- the example


@pytest.fixture(scope="module")
def example_coding(
    example_comments: pd.DataFrame, plan: Codebook, embedder: CachedEmbedder
) -> Coding:
    """The example coded without any decision; not to be changed."""
    return apply_codebook(example_comments, plan, embedder)


def test_the_example_is_coded_well_without_any_decision(
    example_comments: pd.DataFrame,
    example_codes: "pd.Series[str]",
    plan: Codebook,
    example_coding: Coding,
) -> None:
    coding = example_coding
    check(coding.labels, LABELS)
    p = scores(coding.labels, plan.theme_ids)
    truth = truth_of(example_codes, p.index, plan.theme_ids)
    said = scores(coding.labels, plan.theme_ids, "assigned").to_numpy(dtype=bool)
    ap = np.mean(
        [
            average_precision_score(truth[:, t], p.to_numpy()[:, t])
            for t in range(len(plan.theme_ids))
        ]
    )
    f1 = 2 * (truth & said).sum() / (truth.sum() + said.sum())
    assert ap > 0.75
    assert f1 > 0.66
    assert not coding.facts["calibrated"]
    assert set(coding.labels["comment_id"]) == set(
        example_comments.loc[example_comments["status"] == ANALYSED, "comment_id"]
    )


def test_evidence_is_a_part_of_the_comment(
    example_comments: pd.DataFrame, example_coding: Coding
) -> None:
    labels = example_coding.labels
    text = example_comments.set_index("comment_id")["text"]
    shown = labels[labels["evidence_start"] >= 0]
    assert len(shown)
    assert all(
        text[c][s:e] == said
        for c, s, e, said in zip(
            shown["comment_id"],
            shown["evidence_start"],
            shown["evidence_end"],
            shown["evidence"],
            strict=True,
        )
    )
    assert labels.loc[labels["assigned"], "evidence"].str.len().gt(0).all()


def test_the_order_of_rows_changes_nothing(
    example_comments: pd.DataFrame, plan: Codebook, embedder: CachedEmbedder
) -> None:
    some = example_comments.head(80)
    first = apply_codebook(some, plan, embedder).labels
    second = apply_codebook(some.sample(frac=1, random_state=3), plan, embedder).labels
    pd.testing.assert_frame_equal(first, second)


def test_decisions_never_make_it_worse_and_mostly_better(
    example_comments: pd.DataFrame,
    example_codes: "pd.Series[str]",
    plan: Codebook,
    embedder: CachedEmbedder,
) -> None:
    rows = example_comments[example_comments["comment_id"].isin(example_codes.index)]
    zero = scores(apply_codebook(rows, plan, embedder).labels, plan.theme_ids)
    gains = []
    for seed in range(3):
        drawn = rows["comment_id"].sample(150, random_state=seed)
        learned = apply_codebook(
            rows,
            plan,
            embedder,
            decided(plan, rows, {i: example_codes[i] for i in drawn}),
            project=PROJECT,
        )
        p = scores(learned.labels, plan.theme_ids)
        rest = p.index[~p.index.isin(drawn)]
        truth = truth_of(example_codes, rest, plan.theme_ids)
        kept = [t for t in range(truth.shape[1]) if truth[:, t].any()]

        def ap(
            frame: pd.DataFrame,
            rest: pd.Index = rest,
            truth: np.ndarray = truth,
            kept: list[int] = kept,
        ) -> float:
            return float(
                np.mean(
                    [
                        average_precision_score(truth[:, t], frame.loc[rest].to_numpy()[:, t])
                        for t in kept
                    ]
                )
            )

        gains.append(ap(p) - ap(zero))
    assert min(gains) > -0.015
    assert np.mean(gains) > 0


# ---------------------------------------------------------------- what decisions do


BOOK = Codebook(title="Town", themes=(
    Theme(id="bins", name="Bins and litter", keywords=("bin", "rubbish", "litter")),
    Theme(id="buses", name="Buses", keywords=("bus", "buses"), positions=(
        Position(id="more", name="More buses", keywords=("more buses", "more often")),
        Position(id="fewer", name="Fewer buses", keywords=("fewer buses", "too many buses")),
    )),
    Theme(id="parks", name="Parks", keywords=("park", "playground"), themes=(
        Theme(id="dogs", name="Dogs in parks", keywords=("dog",)),
        Theme(id="cafe", name="Park café", keywords=("café", "cafe"), aggregate=False),
    )),
    Theme(id="fine", name="All is fine", keywords=("fine", "happy"), fallback=True),
))  # fmt: skip
TEXTS = [
    "The bins overflow every weekend and nobody collects the rubbish.",
    "We need more buses in the evening, please run them more often.",
    "There are too many buses on the high street, fewer buses would be quieter.",
    "Dogs are off the lead everywhere.",
    "The café closes at three.",
    "Happy with everything, all fine.",
    "I am happy but the litter is awful.",
    "The library roof leaks.",
]


def test_positions_sub_themes_and_fallback(embedder: CachedEmbedder) -> None:
    model = apply_codebook(table(TEXTS), BOOK, embedder).labels
    labels = stands(model, empty(JUDGEMENTS))
    assert carried(labels, "c001") >= {"buses", "buses=more"}
    assert carried(labels, "c002") >= {"buses", "buses=fewer"}
    assert "dogs" in carried(model, "c003")
    assert {"dogs", "parks"} <= carried(labels, "c003")  # a sub-theme counts for its parent
    assert "cafe" in carried(labels, "c004")
    assert carried(labels, "c005") == {"fine"}
    assert "fine" not in carried(labels, "c006")  # only where nothing specific fits
    whole = labels[labels["position_id"] == ""].set_index(["comment_id", "theme_id"])["probability"]
    parts = labels[labels["position_id"] != ""]
    assert all(
        p <= whole[c, t] + 1e-6
        for c, t, p in zip(
            parts["comment_id"], parts["theme_id"], parts["probability"], strict=True
        )
    )


def test_the_models_fallback_theme_is_assigned_only_where_no_other_theme_is(
    embedder: CachedEmbedder,
) -> None:
    """In the model's own labels, before any reviewer's answer is laid over them."""
    labels = apply_codebook(table(TEXTS), BOOK, embedder).labels
    for number in range(len(TEXTS)):
        themes = carried(labels, f"c{number:03d}")
        assert "fine" not in themes or themes == {"fine"}
    assert carried(labels, "c005") == {"fine"}
    assert carried(labels, "c006") == {"bins"}
    *others, fallback = BOOK.themes
    ordinary = fallback.model_copy(update={"fallback": False})
    book = BOOK.model_copy(update={"themes": (*others, ordinary)})
    labels = apply_codebook(table(TEXTS), book, embedder).labels
    assert carried(labels, "c006") == {"bins", "fine"}


def stands(labels: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """The labels with the reviewers' answers over them, and sub-themes counted for their parents."""
    return lay_over(labels, judged, BOOK)


def test_a_reviewer_stands_over_the_model_and_keeps_its_probability(
    embedder: CachedEmbedder,
) -> None:
    comments = table(TEXTS)
    before = apply_codebook(comments, BOOK, embedder).labels
    said = decided(BOOK, comments, {"c000": "", "c007": "parks;cafe", "c001": "buses=fewer"})
    coding = apply_codebook(comments, BOOK, embedder, said, project=PROJECT)
    labels = stands(coding.labels, said)
    assert carried(labels, "c000") == set()
    assert carried(labels, "c007") == {"parks", "cafe"}
    assert carried(labels, "c001") == {"buses", "buses=fewer"}
    mine = labels[labels["comment_id"] == "c000"]
    assert set(mine["origin"]) == {"r"}
    assert set(coding.labels["origin"]) == {"model"}
    assert "bins" in carried(
        coding.labels, "c000"
    )  # the model's own answer, of a model without c000
    # what the model thought is still to be seen beside what the reviewer said
    key = (before["comment_id"] == "c000") & (before["theme_id"] == "bins")
    assert mine.loc[mine["theme_id"] == "bins", "probability"].iloc[0] > 0.3
    assert before.loc[key, "probability"].iloc[0] > 0.3


def test_one_theme_judged_says_nothing_of_the_others(embedder: CachedEmbedder) -> None:
    comments = table(TEXTS)
    said = decided(BOOK, comments, {f"c00{i}": "" for i in range(8)}, scope=["bins"])
    coding = apply_codebook(comments, BOOK, embedder, said, project=PROJECT)
    labels = stands(coding.labels, said)
    assert {"buses", "buses=more"} <= carried(labels, "c001")
    assert "bins" not in carried(labels, "c000")


def test_reviewers_who_differ_are_not_fatal_and_the_majority_stands(
    embedder: CachedEmbedder,
) -> None:
    comments = table(TEXTS)
    said = pd.concat(
        [
            decided(BOOK, comments, {"c000": themes}, reviewer=name)
            for name, themes in (("a", "bins"), ("b", ""), ("c", "bins"))
        ]
    )
    coding = apply_codebook(comments, BOOK, embedder, said, project=PROJECT)
    assert "bins" in carried(stands(coding.labels, said), "c000")


def test_decisions_of_another_consultation_teach_but_do_not_calibrate(
    embedder: CachedEmbedder,
) -> None:
    elsewhere = table([f"{text} Number {i}." for i in range(8) for text in TEXTS])
    said = decided(
        BOOK, elsewhere, dict.fromkeys(elsewhere["comment_id"], "bins"), project="another"
    )
    coding = apply_codebook(table(TEXTS), BOOK, embedder, said, project=PROJECT)
    assert coding.facts["decided"] == 0
    assert coding.facts["decided_elsewhere"] == 64
    assert not coding.facts["calibrated"]
    assert set(coding.labels["origin"]) == {"model"}


# ---------------------------------------------------------------- sizes and edges


def test_two_themes_are_enough(embedder: CachedEmbedder) -> None:
    book = Codebook(title="Two", themes=BOOK.themes[:2])
    labels = apply_codebook(table(TEXTS), book, embedder).labels
    assert carried(labels, "c000") == {"bins"}
    assert "buses" in carried(labels, "c001")
    assert carried(labels, "c007") == set()


def test_one_word_and_five_thousand(embedder: CachedEmbedder) -> None:
    long = (
        "The weather was mild and the walk was pleasant. " * 550
        + "Nobody empties the bins. "
        + "We went home. " * 100
    )
    coding = apply_codebook(table(["Bins", long, "🙂", "Dogs!"]), BOOK, embedder)
    assert "bins" in carried(coding.labels, "c000")
    mine = coding.labels[
        (coding.labels["comment_id"] == "c001") & (coding.labels["theme_id"] == "bins")
    ].iloc[0]
    assert mine["evidence"] == "Nobody empties the bins."
    assert coding.facts["long_comments"] == 1


def test_labels_per_comment_can_be_set(
    embedder: CachedEmbedder, example_comments: pd.DataFrame, plan: Codebook
) -> None:
    flat = plan.model_copy(
        update={
            "themes": tuple(
                t.model_copy(update={"positions": (), "themes": ()}) for t in plan.themes
            )
        }
    )
    some = example_comments.head(150)
    for wanted in (0.5, 2.0):
        coding = apply_codebook(some, flat, embedder, labels_per_comment=wanted)
        assert coding.facts["labels_per_comment"] == pytest.approx(wanted, abs=0.01)
    with pytest.raises(CoderError, match="labels per comment"):
        apply_codebook(example_comments, flat, embedder, labels_per_comment=0)


def test_nothing_left_to_code_is_said(embedder: CachedEmbedder) -> None:
    with pytest.raises(CoderError, match="no comment is left"):
        apply_codebook(table(["x"]).assign(status="excluded", reason="empty"), BOOK, embedder)
