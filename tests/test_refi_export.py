"""What other programs get in a .qdpx: users, dates, attributes, names, exact texts and places."""

import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook, Position, Theme
from coder.codebook.qdc_file import codebook_bytes
from coder.codebook.refi_codes import CODEBOOK, PROJECT, code_guid, code_names
from coder.exporting.refi_qda import make_variables, write_project, xml_time
from coder.reporting import Report
from coder.tables import ADDED_BY_READING
from refi_schema import breaches
from report_helpers import report_of

SPACE = {"q": PROJECT}
TEXTS = {
    "a": "Police 👮🏽‍♀️ first,\r\nthen lights\r\n",
    "b": "A bell \x07 rings & <b>drugs</b> ]]> are sold",
    "c": "More lamps please, and nobody deals there now",
    "d": "Nothing to add about the lamps in our street",
}
POSITIONS = (Position(id="more", name="More"), Position(id="less", name="Less"))
BOOK = Codebook(
    title="Streets",
    version="2026-a",
    question="What else?",
    themes=(
        Theme(
            id="safety",
            name="Safety",
            category=True,
            themes=(
                Theme(id="police", name="Police", positions=POSITIONS, tags=("colour:#e57373",)),
                Theme(
                    id="drugs",
                    name="Drugs",
                    definition="Dealing.",
                    keywords=("dealing",),
                    positions=POSITIONS,
                    themes=(Theme(id="park", name="In the park"),),
                ),
            ),
        ),
        Theme(id="lights", name="Street lights"),
    ),
)
# Comment, theme, positions, reviewer, when.
DECIDED = (
    ("a", "police", ("more",), "Amira", "2026-03-01T09:00:00.250+00:00"),
    ("a", "police", (), "bo", "2026-03-02T10:00:00+01:00"),
    ("b", "park", (), "bo", "2026-03-02T10:01:00"),
    ("c", "lights", (), "Amira", "2026-03-03T09:00:00+00:00"),
)
CODED_AT = "2026-04-01T12:00:00+00:00"


def judgement(
    comment_id: str, theme_id: str, positions: tuple[str, ...], who: str, at: str
) -> dict:
    return {
        "project": "p",
        "comment_id": comment_id,
        "text_hash": "",
        "theme_id": theme_id,
        "present": True,
        "positions": positions,
        "reviewer": who,
        "mode": "blind",
        "chosen": "listed",
        "whole": False,
        "adjudicated": False,
        "decided_at": at,
        "decision_id": "",
        "text": "",
    }


def label(comment_id: str, theme_id: str, position_id: str, place: tuple[int, int]) -> dict:
    return {
        "comment_id": comment_id,
        "theme_id": theme_id,
        "position_id": position_id,
        "probability": 0.9 if place[1] > 0 else 0.1,
        "assigned": place[1] > 0,
        "origin": "model",
        "evidence": TEXTS[comment_id][slice(*place)],
        "evidence_start": place[0],
        "evidence_end": place[1],
    }


def make_report(**more: object) -> Report:
    comments = pd.DataFrame(
        {
            "comment_id": list(TEXTS),
            "text": list(TEXTS.values()),
            "source": "Survey",
            "role": "public",
            "status": "analysed",
            "reason": "",
            "weight": np.nan,
            "campaign_id": "",
            "question": "",
            "age": ["25-34", "", "35-44", "25-34"],
            "postcode": ["007", "12", "", "3"],
            "children": ["0", "2", "", "-1"],
            "spent": ["1.50", "2", "0", ""],
            "born": ["1990-02-28", "1990-01-01", "", ""],
        }
    )
    places = {
        ("a", "police", ""): (0, 6),
        ("c", "lights", ""): (5, 10),
        ("d", "lights", ""): (0, 7),
    }
    rows = []
    for comment_id in TEXTS:
        for theme in BOOK.active:
            for position_id in ("", *(position.id for position in theme.positions)):
                key = (comment_id, theme.id, position_id)
                rows.append(label(*key, places.get(key, (-1, -1))))
    judged = pd.DataFrame([judgement(*row) for row in DECIDED])
    return report_of(
        comments, pd.DataFrame(rows), BOOK, judged, coded_at=CODED_AT, quotes=0, **more
    )


@pytest.fixture(scope="module")
def report() -> Report:
    return make_report()


@pytest.fixture(scope="module")
def path(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(report, tmp_path_factory.mktemp("out") / "t.qdpx")[0]


@pytest.fixture(scope="module")
def root(path: Path) -> ET.Element:
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read("project.qde"))  # noqa: S314


def texts_of(path: Path, root: ET.Element) -> dict[str, str]:
    texts = {}
    with zipfile.ZipFile(path) as archive:
        for source in root.findall("q:Sources/q:TextSource", SPACE):
            name = source.get("plainTextPath", "").replace("internal://", "sources/")
            texts[source.get("name", "")] = archive.read(name).decode("utf-8")
    return texts


def codings(root: ET.Element) -> set[tuple[str, str, str, str, str]]:
    """Comment, code, user, date and place of each coding."""
    users = {user.get("guid"): user.get("name", "") for user in root.iter(f"{{{PROJECT}}}User")}
    codes = {code.get("guid"): code.get("name", "") for code in root.iter(f"{{{PROJECT}}}Code")}
    found = set()
    for source in root.findall("q:Sources/q:TextSource", SPACE):
        for selection in source.findall("q:PlainTextSelection", SPACE):
            (coding,) = selection.findall("q:Coding", SPACE)
            assert coding.get("creatingUser") == selection.get("creatingUser")
            assert coding.get("creationDateTime") == selection.get("creationDateTime")
            target = coding.find("q:CodeRef", SPACE).get("targetGUID")
            found.add(
                (
                    source.get("name", ""),
                    codes[target],
                    users[coding.get("creatingUser")],
                    coding.get("creationDateTime", ""),
                    selection.get("name", ""),
                )
            )
    return found


def test_the_project_and_the_codebook_keep_the_schemas_rules(root: ET.Element) -> None:
    assert list(breaches(root, PROJECT)) == []
    book = ET.fromstring(codebook_bytes(BOOK))  # noqa: S314
    assert list(breaches(book, CODEBOOK)) == []


def test_the_check_of_the_schemas_rules_finds_breaches(root: ET.Element) -> None:
    broken = ET.fromstring(ET.tostring(root))  # noqa: S314
    source = broken.find("q:Sources/q:TextSource", SPACE)
    source.insert(0, source[-1])
    source.set("plainTextPaths", "x")
    broken.find("q:Users/q:User", SPACE).set("guid", "c001")
    found = list(breaches(broken, PROJECT))
    assert any(line.startswith("TextSource: children VariableValue") for line in found)
    assert "TextSource: attribute plainTextPaths" in found
    assert "User: guid is c001" in found


def test_texts_are_exact(path: Path, root: ET.Element) -> None:
    assert texts_of(path, root) == TEXTS


def test_codings_name_who_gave_them_and_when(root: ET.Element) -> None:
    """Also where reviewers differ: Bo did not say that Amira's comment wants more police."""
    whole_a, whole_b = f"0-{len(TEXTS['a'])}", f"0-{len(TEXTS['b'])}"
    assert codings(root) == {
        ("a", "Police", "Amira", "2026-03-01T09:00:00.250000Z", "0-6"),
        ("a", "Police", "bo", "2026-03-02T09:00:00Z", "0-6"),
        ("a", "Police: More", "Amira", "2026-03-01T09:00:00.250000Z", whole_a),
        ("b", "In the park", "bo", "2026-03-02T10:01:00Z", whole_b),
        ("b", "Drugs", "bo", "2026-03-02T10:01:00Z", whole_b),
        ("c", "Street lights", "Amira", "2026-03-03T09:00:00Z", "5-10"),
        ("d", "Street lights", "coder", "2026-04-01T12:00:00Z", "0-7"),
    }


def test_codes_have_names_of_their_own_and_categories_are_not_codable(root: ET.Element) -> None:
    codes = {code.get("name"): code for code in root.iter(f"{{{PROJECT}}}Code")}
    assert list(codes) == [
        "Safety",
        "Police",
        "Police: More",
        "Police: Less",
        "Drugs",
        "Drugs: More",
        "Drugs: Less",
        "In the park",
        "Street lights",
    ]
    codable = {name: code.get("isCodable") for name, code in codes.items()}
    assert codable.pop("Safety") == "false"
    assert set(codable.values()) == {"true"}
    assert codes["Police"].get("color") == "#e57373"
    assert codes["Drugs"].find("q:Description", SPACE).text == "Dealing."
    targets = {ref.get("targetGUID") for ref in root.iter(f"{{{PROJECT}}}CodeRef")}
    assert code_guid("safety") not in targets


def test_names_that_still_clash_are_numbered() -> None:
    twin = Theme(id="x", name="A", themes=(Theme(id="y", name="a"), Theme(id="z", name="A")))
    book = Codebook(title="T", themes=(twin,))
    assert list(code_names(book).values()) == ["A", "A: a", "A: A (2)"]


def test_every_source_has_every_attribute(root: ET.Element) -> None:
    variables = {}
    for variable in root.iter(f"{{{PROJECT}}}Variable"):
        variables[variable.get("guid")] = (variable.get("name"), variable.get("typeOfVariable"))
    assert dict(variables.values()) == {
        "source": "Text",
        "age": "Text",
        "postcode": "Text",  # 007 is no number
        "children": "Integer",
        "spent": "Float",
        "born": "Date",
    }
    values = {}
    for source in root.findall("q:Sources/q:TextSource", SPACE):
        for value in source.findall("q:VariableValue", SPACE):
            name, _ = variables[value[0].get("targetGUID")]
            values[source.get("name"), name] = value[1].text if len(value) > 1 else ""
    assert len(values) == 4 * 6
    assert values["a", "postcode"] == "007"
    assert values["a", "spent"] == "1.50"
    assert values["b", "age"] == values["c", "born"] == ""


def test_a_weight_goes_along_where_there_is_one(report: Report) -> None:
    names = [variable.column for variable in make_variables(report.comments.assign(weight=0.5))]
    assert names[:2] == ["source", "weight"]


def test_what_reading_added_is_no_attribute_of_the_survey(report: Report) -> None:
    """Else our own file, read again, has `own_same_as`, and so on with every round."""
    added = dict.fromkeys(ADDED_BY_READING, "x")
    names = [variable.column for variable in make_variables(report.comments.assign(**added))]
    assert names == [variable.column for variable in make_variables(report.comments)]


def test_a_reviewer_who_is_called_like_the_model_is_told_apart(
    report: Report, tmp_path: Path
) -> None:
    renamed = report.judgements.assign(reviewer="Coder")
    other = replace(report, judgements=renamed)
    with zipfile.ZipFile(write_project(other, tmp_path / "t.qdpx")[0]) as archive:
        root = ET.fromstring(archive.read("project.qde"))  # noqa: S314
    assert {user for _, _, user, _, _ in codings(root)} == {"Coder", "coder (model)"}


def test_the_bytes_depend_on_the_project_alone(path: Path, tmp_path: Path) -> None:
    again = write_project(make_report(), tmp_path / "again.qdpx")[0]
    assert again.read_bytes() == path.read_bytes()


def test_times_that_say_nothing() -> None:
    assert xml_time("") == xml_time("yesterday") == "2000-01-01T00:00:00Z"
