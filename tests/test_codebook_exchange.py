"""`coder codebook to OUT.qdc` and `from FILE.qdc`: codebooks to and from other programs, through the command."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import read_codebook
from coder.errors import CoderError

PLAN = Path(__file__).resolve().parents[1] / "codebooks" / "police_and_crime_plan.yaml"
OURS = """\
title: T
version: 3
themes:
  - id: a  # the first
    name: "=A & <b>"
    definition: |-
      Two lines,
      and "quotes" – with ünïcode.
    was: [old-a]
    tags: [x]
    positions:
      - {id: more, name: More, keywords: [crack down]}
    themes:
      - {id: sub, name: Sub, aggregate: false, split_from: gone}
  - {id: gone, name: Gone, retired: true}
"""
THEIRS = """\
<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="NVivo">
  <Codes>
    <Code guid="1" name="Street lights" isCodable="true">
      <Description>Lamps that do not work</Description>
      <Code guid="2" name="Broken" isCodable="true"/>
    </Code>
    <Code guid="3" name="Street lights" isCodable="true"/>
  </Codes>
</CodeBook>
"""


def run(*args: str | Path) -> str:
    result = CliRunner().invoke(app, ["codebook", *map(str, args)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    path = tmp_path / "ours.yaml"
    path.write_text(OURS, encoding="utf-8")
    return path


def test_our_codebook_comes_back_with_every_field(ours: Path, tmp_path: Path) -> None:
    assert "3 themes" in run("to", ours, tmp_path / "o.qdc")
    run("from", tmp_path / "o.qdc", "--to", tmp_path / "back.yaml")
    assert read_codebook(tmp_path / "back.yaml").themes == read_codebook(ours).themes


@pytest.mark.parametrize("change", ["moved to the top", "given a code", "its theme a category"])
def test_a_position_that_another_program_moved_is_a_theme(
    ours: Path, tmp_path: Path, change: str
) -> None:
    """It was lost where it came to the top, and with it the codes that were put under it."""
    path = tmp_path / "o.qdc"
    run("to", ours, path)
    text = path.read_text(encoding="utf-8")
    (position,) = re.findall(r'<Code guid="[^"]+" name="More" isCodable="true" */>', text)
    if change == "moved to the top":
        text = text.replace(position, "").replace("</Codes>", f"{position}</Codes>")
    elif change == "given a code":
        inner = '<Code guid="9" name="Much more" isCodable="true"/>'
        text = text.replace(position, f"{position[:-2].rstrip()}>{inner}</Code>")
    else:
        (theme,) = re.findall(r'<Code guid="[^"]+" name="=A &amp; &lt;b&gt;"[^>]*>', text)
        text = text.replace(theme, theme.replace('"true"', '"false"'))
    path.write_text(text, encoding="utf-8")
    run("from", path, "--to", tmp_path / "back.yaml")
    book = read_codebook(tmp_path / "back.yaml")
    places = {node.theme.id: node.parent_id for node in book.nodes}
    assert places.pop("more") == ("" if change == "moved to the top" else "a")
    assert places.pop("much-more", "more") == "more"
    assert places == {"a": "", "sub": "a", "gone": ""}
    assert book.theme("more").keywords == ("crack down",)


def test_the_shipped_codebook_comes_back(tmp_path: Path) -> None:
    run("to", PLAN, tmp_path / "plan.qdc")
    run("from", tmp_path / "plan.qdc", "--into", tmp_path / "back.yaml")
    assert read_codebook(tmp_path / "back.yaml").themes == read_codebook(PLAN).themes


def test_another_programs_codebook_gets_ids_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "lights.qdc").write_text(THEIRS, encoding="utf-8")
    said = run("from", tmp_path / "lights.qdc", "--to", tmp_path / "l.yaml")
    book = read_codebook(tmp_path / "l.yaml")
    assert [(p.theme.id, p.parent_id) for p in book.nodes] == [
        ("street-lights", ""), ("broken", "street-lights"), ("street-lights-2", ""),
    ]  # fmt: skip
    assert book.themes[0].definition == "Lamps that do not work"
    assert "Set them in the file" in said


def test_chosen_codes_go_into_a_codebook_whose_lines_stay(ours: Path, tmp_path: Path) -> None:
    (tmp_path / "lights.qdc").write_text(THEIRS, encoding="utf-8")
    run("from", tmp_path / "lights.qdc", "--to", ours, "--themes", "broken")
    assert [place.theme.id for place in read_codebook(ours).nodes] == [
        "a",
        "sub",
        "gone",
        "broken",
    ]
    assert "# the first" in ours.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not XML"),
        ("<CodeBook/>", "holds no codes"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "declares entities"),
        (
            THEIRS.replace("Lamps that do not work", '[coder] {"id": "A B"}'),
            "was changed and cannot be read",
        ),
        (
            THEIRS.replace("Lamps that do not work", '[coder] {"surprise": 1}'),
            "was changed and cannot be read",
        ),
        (
            THEIRS.replace("Lamps that do not work", '[coder] {"id": "x", "split_from": "x"}'),
            "split_from",
        ),
    ],
)
def test_a_file_that_is_no_codebook_leaves_nothing(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "x.qdc").write_text(text, encoding="utf-8")
    with pytest.raises(CoderError, match=told):
        run("from", tmp_path / "x.qdc", "--to", tmp_path / "new.yaml")
    assert [path.name for path in tmp_path.iterdir()] == ["x.qdc"]


def test_names_that_cannot_be_written(ours: Path, tmp_path: Path) -> None:
    with pytest.raises(CoderError, match=r"must end in \.qdc"):
        run("to", ours, tmp_path / "out.yaml")
    with pytest.raises(CoderError, match=r"must end in \.yaml"):
        run("from", ours, "--to", tmp_path / "out.qdc")
    with pytest.raises(CoderError, match="is the file that is read"):
        run("from", ours, "--to", ours)
    assert ours.read_text(encoding="utf-8") == OURS
