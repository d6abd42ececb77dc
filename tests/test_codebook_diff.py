"""`coder codebook diff`: what changed, what becomes of the decisions, what must be looked at again."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coder.cli import app
from coder.codebook import compare_codebooks, read_codebook
from coder.decisions import Decision, DecisionLog, decisions_folder
from coder.text import text_hash

OLD = """\
title: Streets
version: 1
themes:
  - {id: police, name: Police, definition: More officers., keywords: [bobbies, beat]}
  - {id: roads, name: Roads}
  - {id: cycling, name: Cycling}
  - {id: drugs, name: Drugs, positions: [{id: more, name: More}, {id: less, name: Less}]}
  - {id: noise, name: Noise}
  - {id: other, name: Other}
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "v1.yaml"
    path.write_text(OLD)
    return path


def changed(old: Path, *swaps: tuple[str, str], version: int = 2) -> Path:
    text = OLD.replace("version: 1", f"version: {version}")
    for one, other in swaps:
        assert one in text
        text = text.replace(one, other)
    path = old.with_name("book.yaml")
    path.write_text(text)
    return path


def decide(old: Path, beside: Path) -> None:
    """Ann decides ten comments whole: every second has police, every fifth drugs (more)."""
    book = read_codebook(old)
    DecisionLog(beside, "ann").append(
        [
            Decision(
                project="p", comment_id=f"c{n}", text=f"text {n}", text_hash=text_hash(f"text {n}"),
                scope=book.theme_ids, mode="blind", chosen="random", reviewer="ann",
                themes=({"police": ()} if n % 2 == 0 else {}) | ({"drugs": ("more",)} if n % 5 == 0 else {}),
                codebook_version="1", codebook_fingerprint=book.fingerprint,
            )
            for n in range(10)
        ]
    )  # fmt: skip


def run(old: Path, new: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["codebook", "diff", str(old), str(new), *words])


def facts(old: Path, new: Path) -> dict[str, dict]:
    result = run(old, new, "--json")
    assert result.exit_code == 0, result.output
    return {change["theme_id"]: change for change in json.loads(result.stdout)["changes"]}


@pytest.mark.parametrize(
    ("swap", "expected"),
    [
        (("- {id: noise", "- {id: litter, name: Litter}\n  - {id: noise"), ("added", "litter", ())),
        (("{id: noise, name: Noise}", "{id: din, name: Din, was: [noise]}"), ("renamed", "din", ("noise",))),
        (
            ("  - {id: roads, name: Roads}\n  - {id: cycling, name: Cycling}\n", "  - {id: travel, name: Travel, was: [roads, cycling]}\n"),
            ("merged", "travel", ("roads", "cycling")),
        ),
        (
            ("  - {id: roads, name: Roads}\n  - {id: cycling, name: Cycling}\n", "  - {id: roads, name: Roads, was: [cycling]}\n"),
            ("merged", "roads", ("roads", "cycling")),
        ),
        (
            ("{id: noise, name: Noise}", "{id: neighbours, name: N, split_from: noise}"),
            ("split", "neighbours", ("noise",)),
        ),
        (("{id: noise, name: Noise}", "{id: noise, name: Noise, retired: true}"), ("retired", "noise", ("noise",))),
        (("  - {id: noise, name: Noise}\n", ""), ("removed", "noise", ("noise",))),
        (("More officers.", "More officers, seen."), ("changed", "police", ("police",))),
    ],
)  # fmt: skip
def test_each_kind_of_change(
    old: Path, swap: tuple[str, str], expected: tuple[str, str, tuple[str, ...]]
) -> None:
    changes = compare_codebooks(read_codebook(old), read_codebook(changed(old, swap)))
    assert [(c.kind, c.theme_id, c.before) for c in changes] == [expected]


def test_every_detail_is_told(old: Path) -> None:
    new = changed(
        old,
        ("keywords: [bobbies, beat]", "keywords: [beat, patrol], tags: [trust]"),
        ("{id: less, name: Less}", "{id: legal, name: Legal}"),
        (
            "{id: roads, name: Roads}",
            "{id: roads, name: Streets, themes: [{id: parking, name: P}]}",
        ),
        ("  - {id: cycling, name: Cycling}\n", ""),
        ("{id: parking, name: P}", "{id: cycling, name: Cycling, aggregate: false}"),
    )
    found = {c.theme_id: c for c in compare_codebooks(read_codebook(old), read_codebook(new))}
    assert found["police"].details == ("keywords: + patrol, − bobbies", "tags: + trust")
    assert found["drugs"].details == ("positions: + legal, − less",)
    assert found["roads"].details == ("name: 'Roads', now 'Streets'",)
    assert found["cycling"].kind == "moved"
    assert found["cycling"].details[0] == "parent: none, now roads"


def test_nothing_changed(old: Path) -> None:
    assert "No theme changed" in run(old, old).output


def test_a_removed_theme_with_decisions_is_a_warning(old: Path) -> None:
    new = changed(
        old,
        (
            "  - {id: police, name: Police, definition: More officers., keywords: [bobbies, beat]}\n",
            "",
        ),
    )
    decide(old, new)
    said = run(old, new).output
    assert "no theme has `was: [police]`" in said
    assert "10 comments (5 with the theme)" in said.replace("\n", " ")
    change = facts(old, new)["police"]
    assert (change["kind"], change["judged"], change["carried"], change["kept"]) == (
        "removed",
        10,
        5,
        0,
    )


def test_what_must_be_looked_at_again(old: Path) -> None:
    new = changed(
        old,
        ("{id: noise, name: Noise}", "{id: din, name: Din, was: [noise]}"),
        ("{id: drugs,", "{id: dealing, name: Dealing, split_from: drugs}\n  - {id: drugs,"),
        ("{id: other, name: Other}", "{id: litter, name: Litter}\n  - {id: other, name: Other}"),
    )
    decide(old, new)
    found = facts(old, new)
    assert (found["din"]["kept"], found["din"]["again"]) == (10, 0)
    assert (found["litter"]["judged"], found["litter"]["again"]) == (0, 10)
    assert (found["dealing"]["judged"], found["dealing"]["carried"], found["dealing"]["again"]) == (
        10,
        2,
        10,
    )
    assert "Up to 10 comments must be reviewed again" in run(old, new).output


def test_decisions_stay_as_they_are_and_the_version_is_asked_for(old: Path) -> None:
    new = changed(old, ("name: Noise", "name: Din"), version=1)
    decide(old, new)
    before = {p.name: p.read_bytes() for p in decisions_folder(new).iterdir()}
    said = run(old, new).output
    assert "Raise it" in said
    assert "noise: name: 'Noise', now 'Din'" in said
    assert {p.name: p.read_bytes() for p in decisions_folder(new).iterdir()} == before


def test_a_changed_definition_names_the_decisions_made_with_the_former(old: Path) -> None:
    new = changed(old, ("More officers.", "Fewer officers."))
    decide(old, new)
    assert (
        "police: 10 comments (5 with the theme) were judged by the former" in run(old, new).output
    )


def test_unsure_counts_as_looked_at(old: Path) -> None:
    new = changed(
        old,
        ("{id: other, name: Other}", "{id: litter, name: Litter}\n  - {id: other, name: Other}"),
    )
    then, now = read_codebook(old), read_codebook(new)

    def said(n: int, scope: tuple[str, ...], unsure: tuple[str, ...], fingerprint: str) -> Decision:
        return Decision(
            project="p", comment_id=f"c{n}", text=f"text {n}", text_hash=text_hash(f"text {n}"), scope=scope,
            unsure=unsure, mode="blind", chosen="random", reviewer="ann", codebook_version="1",
            codebook_fingerprint=fingerprint,
        )  # fmt: skip

    log = DecisionLog(new, "ann")
    log.append([said(n, then.theme_ids, ("roads",), then.fingerprint) for n in range(4)])
    assert facts(old, new)["litter"]["again"] == 4  # as coder review offers them
    log.append([said(0, ("litter",), ("litter",), now.fingerprint)])
    assert facts(old, new)["litter"]["again"] == 3
