"""Words that a form puts into comments do not make a campaign of them; a letter stays one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.project import Project, Source
from coder.reading.boilerplate import (
    ComparedTexts,
    boilerplate_id_of,
    compare_texts,
    passages_of,
)
from coder.reading.campaigns import Comparison, find_campaigns
from coder.reading.exclusions import MarkedComments, Rules, mark_comments
from coder.text import normal_key
from test_read_project import coder

INTAKE = Path(__file__).parents[2] / "shared" / "data" / "intake"
SUBJECT = (
    "Re: Docket 12-345, Clean Water Rule: Definition of Waters of the State, proposed by the "
    "Agency and the Corps of Engineers (EPA-2021-0602)"
)
DISCLAIMER = (
    "This message and any attachment are confidential. If you are not the intended recipient, "
    "please delete it and tell the sender at once. Sent from my phone."
)
OPENING = "Thank you for taking part in the consultation on our transport strategy. My comment is:"
GERMAN = (
    "Stellungnahme zum Entwurf des Bebauungsplans Nummer siebzehn der Stadt Musterhausen vom "
    "ersten März über die Straßen am alten Güterbahnhof:"
)
LETTER = (
    "Our town centre has been left without a police station for three years now. Shopkeepers "
    "along the high street no longer bother to report thefts because nobody comes. Please reopen "
    "the front desk and put two officers on the evening beat."
)
NAMES = ("Jane Smith", "Ali Khan", "Rosa Diaz", "Mei Lin", "Tom Webb")
Wrap = Callable[[str, int], str]


def own_comment(number: int, words: int = 14) -> str:
    """A comment that is like no other."""
    chance = np.random.default_rng(number)
    length = int(chance.integers(4, 2 * words))
    return " ".join(f"word{n}" for n in chance.integers(0, 9_000, length))


def letters_of(count: int) -> list[str]:
    """A letter as people send it: most as it is, others with more, less or other words."""
    sent = []
    for number in range(count):
        kind = number % 10
        text = LETTER
        if kind == 6:
            text = f"My name is {NAMES[number % 5]}. {LETTER}"
        elif kind == 7:
            text = f"{LETTER} {own_comment(number + 50_000, 6)}"
        elif kind == 8:
            text = LETTER.replace("three", f"some{number}").replace("thefts", "crimes")
        elif kind == 9:
            text = ". ".join(LETTER.split(". ")[:2])
        sent.append(text)
    return sent


def after(boilerplate: str, text: str, _number: int) -> str:
    return f"{text}\n{boilerplate}"


def before(boilerplate: str, text: str, _number: int) -> str:
    return f"{boilerplate} {text}"


def around(text: str, _number: int) -> str:
    return f"{OPENING} {text}\n{DISCLAIMER}"


def between(text: str, _number: int) -> str:
    words = text.split()
    half = len(words) // 2
    return " ".join([*words[:half], SUBJECT, *words[half:]])


def by_turns(text: str, number: int) -> str:
    return f"{text}\n{(SUBJECT, DISCLAIMER)[number % 2]}"


WRAPS: dict[str, Wrap] = {
    "at the end": partial(after, SUBJECT),
    "at the start": partial(before, OPENING),
    "in the middle": between,
    "at both ends": around,
    "one of two": by_turns,
    "in German": partial(before, GERMAN),
    "longer than the comments": partial(after, f"{DISCLAIMER} {SUBJECT} {GERMAN}"),
}


def compared_and_found(
    texts: list[str], together: tuple[str, ...] = ()
) -> tuple[ComparedTexts, pd.DataFrame]:
    compared = compare_texts(texts, together=together)
    comparison = Comparison(keys=compared.keys, boilerplate=passages_of(compared.boilerplate))
    ids = [f"c{number}" for number in range(len(texts))]
    return compared, find_campaigns(texts, ids, comparison=comparison)


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
@pytest.mark.parametrize("count", [20, 300])
def test_shared_words_of_unlike_comments_make_no_campaign(wrap: Wrap, count: int) -> None:
    texts = [wrap(own_comment(number), number) for number in range(count)]
    compared, found = compared_and_found(texts)
    assert found.empty
    assert compared.boilerplate
    assert sum(block.comments for block in compared.boilerplate) >= count
    for block in compared.boilerplate:
        for part in block.text.split(" … "):
            assert any(part in text for text in texts)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.9])
@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_a_letter_below_boilerplate_is_found_and_nobody_else(wrap: Wrap, share: float) -> None:
    letters = letters_of(int(300 * share))
    others = [own_comment(number) for number in range(300 - len(letters))]
    texts = [wrap(text, number) for number, text in enumerate([*letters, *others])]
    _, found = compared_and_found(texts)
    members = {int(name[1:]) for name in found["comment_id"]}
    assert max(members) < len(letters)
    assert len(members) >= 0.97 * len(letters)
    assert found["campaign_id"].nunique() == 1


@pytest.mark.parametrize("count", [20, 300])
def test_a_letter_that_most_people_sent_is_no_boilerplate(count: int) -> None:
    letters = letters_of(int(0.8 * count))
    others = [own_comment(number) for number in range(count - len(letters))]
    compared, found = compared_and_found([*letters, *others])
    assert not compared.boilerplate
    assert len(found) >= 0.97 * len(letters)


def test_letters_that_differ_in_name_and_address_are_one_campaign() -> None:
    texts = [
        f"{LETTER}\n{NAMES[n % 5]}, {n} High Street, {('Oxford', 'Leeds')[n % 2]}"
        for n in range(100)
    ]
    compared, found = compared_and_found(texts)
    assert not compared.boilerplate
    assert len(found) == 100


def test_a_letter_to_which_many_add_their_own_words_stays_a_campaign() -> None:
    texts = [LETTER if n % 3 == 0 else f"{LETTER} {own_comment(n)}" for n in range(90)]
    compared, found = compared_and_found(texts)
    assert not compared.boilerplate
    assert len(found) == 90


def test_boilerplate_of_few_comments_in_a_large_file_is_found() -> None:
    texts = [own_comment(number) for number in range(8_000)]
    texts[:60] = [after(SUBJECT, text, 0) for text in texts[:60]]
    compared, found = compared_and_found(texts)
    assert [block.comments for block in compared.boilerplate] == [60]
    assert found.empty


def test_boilerplate_that_is_declared_a_letter_makes_a_campaign_also_with_more_comments() -> None:
    texts = [after(SUBJECT, own_comment(number), 0) for number in range(40)]
    compared, _ = compared_and_found(texts)
    name = compared.boilerplate[0].boilerplate_id
    more = [*texts, *(after(SUBJECT, own_comment(number), 0) for number in range(40, 60))]
    compared, found = compared_and_found(more, (name,))
    assert not compared.boilerplate
    assert len(found) == 60


def test_the_order_of_comments_makes_no_difference() -> None:
    texts = [around(text, 0) for text in [*letters_of(60), *map(own_comment, range(60))]]
    compared, found = compared_and_found(texts)
    order = np.random.default_rng(0).permutation(len(texts))
    again, shuffled = compared_and_found([texts[n] for n in order])
    assert again.boilerplate == compared.boilerplate
    members = {f"c{order[int(name[1:])]}" for name in shuffled["comment_id"]}
    assert members == set(found["comment_id"])


@pytest.mark.skipif(not INTAKE.is_dir(), reason="the public data sets are not here")
def test_a_docket_has_a_handful_of_copies_and_not_eighty() -> None:
    """All 100 were read. Seven are the sentence that an organisation asked people to send."""
    path = INTAKE / "regulations-gov-half.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    compared, found = compared_and_found(table["Text Comment"].tolist())
    assert [block.comments for block in compared.boilerplate] == [82]
    assert sorted(int(name[1:]) for name in found["comment_id"]) == [4, 6, 42, 47, 74, 83, 88]
    assert found["shared"].iloc[0].startswith("Please reinstate work requirements for food stamps")


# ---------------------------------------------------------------- in a project


def mark(texts: list[str], **rules: object) -> MarkedComments:
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{n}" for n in range(len(texts))],
            "text": texts,
            "source": "S",
            "role": "public",
            "weight": float("nan"),
            "question": "",
        }
    )
    source = Source(name="S", file="f.csv", sha256="0", format="csv", rows=len(texts))
    return mark_comments(comments, (source,), Rules(**rules))  # type: ignore[arg-type]


def test_comments_of_boilerplate_alone_say_nothing() -> None:
    said = [after(SUBJECT, own_comment(number), 0) for number in range(40)]
    empty = [SUBJECT, f"No comment.\n{SUBJECT}", SUBJECT.upper()]
    happy = f"👍\n{SUBJECT}"
    marked = mark([*said, *empty, happy])
    reasons = marked.comments["reason"].tolist()
    assert reasons[:40] == [""] * 40
    assert reasons[40:] == ["non_substantive"] * 3 + [""]
    assert marked.comments["text"].tolist() == [*said, *empty, happy]
    assert (marked.comments["campaign_id"] == "").all()
    notes = " ".join(marked.notes)
    assert "44 comments share 'Re: Docket 12-345" in notes
    assert "3 comments say nothing besides such words" in notes
    kept = mark([*said, *empty], keep=["c40"]).comments["reason"].tolist()
    assert kept[40:] == ["", "non_substantive", "non_substantive"]


def test_a_campaign_taken_apart_is_listed_and_not_counted_as_one() -> None:
    texts = [*letters_of(20), *map(own_comment, range(10))]
    together = mark(texts)
    name = together.campaigns["campaign_id"].iloc[0]
    assert (together.comments["campaign_id"] == name).sum() == 20
    assert any("30 comments in all" in note for note in together.notes)
    assert any("11 in all" in note for note in together.notes)
    apart = mark(texts, campaigns={name: "apart"})
    assert (apart.comments["campaign_id"] == "").all()
    assert apart.campaigns[["campaign_id", "size", "decision"]].to_numpy().tolist() == [
        [name, 20, "apart"]
    ]
    assert any("count each for itself" in note for note in apart.notes)


def test_project_yaml_takes_a_campaign_apart_also_when_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, plan = tmp_path / "a.csv", tmp_path / "plan"
    texts = [*letters_of(20), *map(own_comment, range(10))]
    pd.DataFrame({"comment": texts}).to_csv(file, index=False)
    assert coder("read", file, "--into", plan) == 0
    name = pd.read_csv(plan / "campaigns.csv")["campaign_id"].iloc[0]
    settings = plan / "project.yaml"
    written = settings.read_text(encoding="utf-8")
    decided = f"{written}campaigns: {{{name}: apart, campaign-00000000: apart}}\n"
    settings.write_text(decided, encoding="utf-8")
    more = [*texts, *[f"{LETTER} And please reply."] * 30]
    pd.DataFrame({"comment": more}).to_csv(file, index=False)
    capsys.readouterr()
    assert coder("read", file, "--into", plan) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "50 comments of 1 campaign count each for itself" in printed
    assert "campaigns that are not among the comments: campaign-00000000" in printed
    assert (Project(plan).comments["campaign_id"] == "").all()
    assert Project(plan).settings().campaigns[name] == "apart"
    settings.write_text(f"{written}campaigns: {{{name}: split}}\n", encoding="utf-8")
    assert coder("read", plan) == 1
    assert "campaigns" in capsys.readouterr().err


def test_a_decision_on_boilerplate_whose_comment_is_gone_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, plan = tmp_path / "a.csv", tmp_path / "plan"
    texts = [after(SUBJECT, own_comment(number), 0) for number in range(40)]
    name = compare_texts(texts).boilerplate[0].boilerplate_id
    without = [text for text in texts if boilerplate_id_of(normal_key(text)) != name]
    assert len(without) == 39
    pd.DataFrame({"comment": texts}).to_csv(file, index=False)
    assert coder("read", file, "--into", plan) == 0
    settings = plan / "project.yaml"
    written = settings.read_text(encoding="utf-8")
    decided = f"{written}campaigns: {{{name}: together}}\n"
    settings.write_text(decided, encoding="utf-8")
    capsys.readouterr()
    assert coder("read", plan) == 0
    assert len(pd.read_csv(plan / "campaigns.csv")) == 1
    assert "no effect" not in capsys.readouterr().out
    pd.DataFrame({"comment": without}).to_csv(file, index=False)
    assert coder("read", file, "--into", plan) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert f"not among the comments: {name}. None has this id any more" in printed
    assert "39 comments share" in printed
