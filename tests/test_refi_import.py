"""`.qdpx` in: projects as QualCoder, ATLAS.ti, NVivo and MAXQDA write them, and our own again."""

import csv
import json
import re
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import Codebook, Position, Theme, read_codebook, write_codebook
from coder.decisions import read_decisions
from coder.errors import CoderError
from coder.project import Project
from coder.reading.refi_project import read_refi_project
from coder.workflow.codebook import codebook_from
from coder.workflow.export import export
from coder.workflow.read import read
from coder.workflow.review import review_from_table

INTAKE = Path(__file__).resolve().parents[2] / "shared" / "data" / "intake"


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def write_qdpx(path: Path, inner: str, files: dict[str, str | bytes], **attributes: str) -> Path:
    head = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    xml = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<Project xmlns="urn:QDA-XML:project:1.0" name="P" {head}>{inner}</Project>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", xml)
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def coding(number: int, code: int, **more: str) -> str:
    extra = " ".join(f'{name}="{value}"' for name, value in more.items())
    target = f'<CodeRef targetGUID="{guid(code)}"/>'
    return f'<Coding guid="{guid(number)}" {extra}>{target}</Coding>'


def selection(number: int, codings: str, memo: str = "", **more: str) -> str:
    extra = " ".join(f'{name}="{value}"' for name, value in more.items())
    description = f"<Description>{memo}</Description>" if memo else ""
    return (
        f'<PlainTextSelection guid="{guid(number)}" startPosition="0" endPosition="4" {extra}>'
        f"{description}{codings}</PlainTextSelection>"
    )


USERS = f"""<Users><User guid="{guid(1)}" name="Amira"/><User guid="{guid(2)}" name="Bo/Smith"/></Users>"""
CODES = f"""<CodeBook><Codes>
  <Code guid="{guid(10)}" name="Safety" isCodable="false"><Description>All of it</Description>
    <Code guid="{guid(11)}" name="Street lights" isCodable="true" color="#112233">
      <Code guid="{guid(12)}" name="Broken" isCodable="true"/></Code>
    <Code guid="{guid(13)}" name="Inner" isCodable="false">
      <Code guid="{guid(14)}" name="Drugs" isCodable="true"><NoteRef targetGUID="{guid(90)}"/></Code>
    </Code>
  </Code>
  <Code guid="{guid(15)}" name="Empty" isCodable="false"/>
  <Code guid="{{{guid(16)}}}" name="Дороги" isCodable="true"/>
</Codes></CodeBook>"""
NOTES = f"""<Notes><Note guid="{guid(90)}" name="memo" plainTextPath="internal://memo.txt"/>
  <Note guid="{guid(91)}" name="journal"><PlainTextContent>Day 1</PlainTextContent></Note></Notes>"""
VARIABLES = f"""<Variables><Variable guid="{guid(30)}" name="Age" typeOfVariable="Integer"/>
  <Variable guid="{guid(31)}" name="comment" typeOfVariable="Text"/></Variables>"""


def value(variable: int, kind: str, answer: str) -> str:
    reference = f'<VariableRef targetGUID="{guid(variable)}"/>'
    return f"<VariableValue>{reference}<{kind}>{answer}</{kind}></VariableValue>"


@pytest.fixture
def qualcoder(tmp_path: Path) -> Path:
    """User and date stand at the selection; texts begin with a byte order mark."""
    first = {"creatingUser": guid(1), "creationDateTime": "2025-03-01T09:00:00Z"}
    second = {"creatingUser": guid(1), "creationDateTime": "2025-03-02T09:00:00Z"}
    other = {"creatingUser": guid(2), "creationDateTime": "2025-03-03T10:30:00+01:00"}
    sources = f"""<Sources>
      <TextSource guid="{guid(20)}" name="Interview" plainTextPath="internal://a.txt">
        {selection(40, coding(50, 11), "lamps!", **first)}{selection(41, coding(51, 14), **second)}
        {selection(42, coding(52, 12), **other)}{selection(46, "", "only a memo", **first)}
        {value(30, "IntegerValue", "42")}{value(31, "TextValue", "x")}</TextSource>
      <TextSource guid="{guid(21)}" name="Interview" plainTextPath="internal://B.TXT"/>
      <PictureSource guid="{guid(22)}" name="map.png" path="internal://map.png">
        <PictureSelection guid="{guid(43)}" firstX="0" firstY="0" secondX="1" secondY="1">
        {coding(53, 11)}</PictureSelection></PictureSource></Sources>"""
    files: dict[str, str | bytes] = {
        "sources/a.txt": "\ufeffLamps 👮🏽‍♀️ do not work,\r\nand nobody mends them".encode(),
        "sources/b.txt": "Dealers stand at the corner every night",
        "sources/memo.txt": "Selling and use of drugs",
        "sources/map.png": b"\x89PNG",
    }
    inner = USERS + CODES + VARIABLES + sources + NOTES
    return write_qdpx(tmp_path / "qc.qdpx", inner, files, origin="QualCoder 3.8")


def decisions(book: Path) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Reviewer, comment, themes present and date of every decision."""
    listed = []
    for decision in read_decisions(book).decisions:
        themes = tuple(sorted(decision.themes))
        listed.append((decision.reviewer, decision.comment_id, themes, decision.decided_at))
    return sorted(listed)


def test_texts_and_attributes_become_comments(qualcoder: Path) -> None:
    outcome = read(qualcoder)
    comments = outcome.project.comments.set_index("comment_id")
    assert list(comments.index) == ["Interview", "Interview (2)"]
    assert comments["text"]["Interview"] == "Lamps 👮🏽‍♀️ do not work,\r\nand nobody mends them"
    assert comments["Age"].tolist() == ["42", ""]
    assert comments["comment (2)"].tolist() == ["x", ""]
    assert "Not read, for it holds no text: 1 picture." in outcome.notes
    assert any("3 codings by 2 people" in note for note in outcome.notes)


def test_codes_become_a_codebook_with_categories(qualcoder: Path, tmp_path: Path) -> None:
    outcome = codebook_from(qualcoder, tmp_path / "book.yaml")
    book = read_codebook(tmp_path / "book.yaml")
    places = {node.theme.id: node.parent_id for node in book.nodes}
    assert places == {
        "safety": "",
        "street-lights": "safety",
        "broken": "street-lights",
        "inner": "safety",
        "drugs": "inner",
        "empty": "",
        "theme": "",
    }
    assert outcome.categories == ("safety", "inner", "empty")
    assert book.theme("safety").category
    assert book.theme("empty").retired
    assert book.theme("street-lights").tags == ("colour:#112233",)
    assert book.theme("drugs").definition == "Selling and use of drugs"
    assert book.theme("theme").name == "Дороги"
    assert outcome.decisions.users == ()
    assert any("Read them first" in note for note in outcome.decisions.notes)


def test_codings_become_decisions_of_their_users(qualcoder: Path, tmp_path: Path) -> None:
    read(qualcoder)
    book = tmp_path / "book.yaml"
    outcome = codebook_from(qualcoder, book)
    assert decisions(book) == [
        ("Amira", "Interview", ("drugs",), "2025-03-02T09:00:00.000+00:00"),
        ("Amira", "Interview", ("street-lights",), "2025-03-01T09:00:00.000+00:00"),
        ("Bo-Smith", "Interview", ("broken",), "2025-03-03T09:30:00.000+00:00"),
    ]
    stored = {decision.decided_at: decision for decision in read_decisions(book).decisions}
    first = stored["2025-03-01T09:00:00.000+00:00"]
    assert (first.note, first.scope) == ("lamps!", ("street-lights",))
    assert set(stored["2025-03-02T09:00:00.000+00:00"].scope) == {"drugs", "broken", "theme"}
    assert "Codings of pictures, recordings and films left out: 1." in outcome.decisions.notes
    assert "Memos that belong to no code left out: 2." in outcome.decisions.notes


def test_taking_a_file_twice_adds_nothing(qualcoder: Path, tmp_path: Path) -> None:
    read(qualcoder)
    book = tmp_path / "book.yaml"
    codebook_from(qualcoder, book)
    before = (book.read_bytes(), decisions(book))
    again = codebook_from(qualcoder, book)
    assert again.theme_ids == ()
    assert [(user.added, user.already) for user in again.decisions.users] == [(0, 2), (0, 1)]
    assert (book.read_bytes(), decisions(book)) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Safety", "name: Community safety"),
        ("name: Inner", "name: Within"),
        ("definition: All of it", "definition: All that people fear"),
    ],
)
def test_a_file_taken_again_into_a_changed_codebook_doubles_nothing(
    qualcoder: Path, tmp_path: Path, old: str, new: str
) -> None:
    read(qualcoder)
    book = tmp_path / "book.yaml"
    codebook_from(qualcoder, book)
    text = book.read_text(encoding="utf-8")
    assert text.count(old) == 1
    book.write_text(text.replace(old, new), encoding="utf-8")
    before = (book.read_bytes(), decisions(book))
    assert codebook_from(qualcoder, book).theme_ids == ()
    assert (book.read_bytes(), decisions(book)) == before


def test_of_a_category_that_is_there_only_what_is_missing_is_added(
    qualcoder: Path, tmp_path: Path
) -> None:
    """As where somebody deleted one sub-theme of two."""
    book = tmp_path / "book.yaml"
    codebook_from(qualcoder, book)
    there = read_codebook(book)
    (safety, *others) = there.themes
    (lights, _) = safety.themes
    smaller = safety.model_copy(update={"themes": (lights,)})
    write_codebook(book, there.model_copy(update={"themes": (smaller, *others)}))
    arguments = ["codebook", "from", str(qualcoder), "--into", str(book)]
    said = CliRunner().invoke(app, arguments)
    assert said.exit_code == 0, said.output
    now = {node.theme.id: node.parent_id for node in read_codebook(book).nodes}
    assert now == {
        "safety": "",
        "street-lights": "safety",
        "broken": "street-lights",
        "inner": "",
        "drugs": "inner",
        "empty": "",
        "theme": "",
    }
    assert "inner is under safety in qc.qdpx" in " ".join(said.output.split())


def test_ids_that_the_codebook_has_already_are_told_apart(qualcoder: Path, tmp_path: Path) -> None:
    read(qualcoder)
    book = tmp_path / "book.yaml"
    write_codebook(book, Codebook(title="T", themes=(Theme(id="drugs", name="Medicine"),)))
    outcome = codebook_from(qualcoder, book)
    assert outcome.renamed == {"drugs": "drugs-2"}
    assert ("Amira", "Interview", ("drugs-2",)) in {row[:3] for row in decisions(book)}
    judged = {name for decision in read_decisions(book).decisions for name in decision.scope}
    assert "drugs" not in judged, "nobody judged a theme that the file does not have"
    before = (book.read_bytes(), decisions(book))
    assert codebook_from(qualcoder, book).theme_ids == ()
    assert (book.read_bytes(), decisions(book)) == before, "taken again it adds nothing"


def test_codings_of_what_the_codebook_no_longer_codes_are_named(
    qualcoder: Path, tmp_path: Path
) -> None:
    """A theme that somebody retired since the file was taken."""
    read(qualcoder)
    book = tmp_path / "book.yaml"
    codebook_from(qualcoder, book)
    for log in (tmp_path / "book.decisions").glob("*.jsonl"):
        log.unlink()
    text = book.read_text(encoding="utf-8")
    retired = re.sub(r"(\n *)name: Broken", r"\g<0>\1retired: true", text)
    book.write_text(retired, encoding="utf-8")
    outcome = codebook_from(qualcoder, book)
    assert {row[2] for row in decisions(book)} == {("street-lights",), ("drugs",)}
    left_out = "1 coding left out: their codes are not among the themes."
    assert left_out in outcome.decisions.notes


def test_chosen_themes_alone_are_decided(qualcoder: Path, tmp_path: Path) -> None:
    read(qualcoder)
    codebook_from(qualcoder, tmp_path / "book.yaml", ["street-lights"])
    assert {row[2] for row in decisions(tmp_path / "book.yaml")} == {
        ("street-lights",),
        ("broken",),
    }


def test_the_command_names_the_next_step_and_says_what_it_kept(
    qualcoder: Path, tmp_path: Path
) -> None:
    said = CliRunner().invoke(app, ["read", str(qualcoder), "--into", str(tmp_path / "plan")])
    assert "coder codebook from" in said.output
    arguments = ["codebook", "from", str(qualcoder), "--into", str(tmp_path / "b.yaml")]
    without = CliRunner().invoke(app, [*arguments, "--json"])
    assert json.loads(without.stdout)["decisions"]["users"] == []
    said = CliRunner().invoke(app, [*arguments, "--project", str(tmp_path / "plan")])
    assert "Amira: 2 decisions kept." in said.output
    assert "safety, inner, empty" in said.output


def test_a_project_that_another_file_cannot_take(tmp_path: Path) -> None:
    book = tmp_path / "a.yaml"
    write_codebook(book, Codebook(title="T", themes=(Theme(id="a", name="A"),)))
    with pytest.raises(CoderError, match=r"only a \.qdpx holds decisions"):
        codebook_from(book, tmp_path / "b.yaml", project=tmp_path)


# ---------------------------------------------------------------- other programs


def test_nvivo_cases_are_people_and_not_themes(tmp_path: Path) -> None:
    """A case is also a code of the same id; one user; dates at the source at most."""
    codes = f"""<CodeBook><Codes><Code guid="{guid(10)}" name="Cost" isCodable="true"/>
      <Code guid="{guid(70)}" name="Anna" isCodable="true"/></Codes></CodeBook>"""
    cases = f"""<Cases><Case guid="{guid(70)}" name="Anna">{value(30, "IntegerValue", "31")}</Case>
      <Case guid="{guid(71)}" name="Ben">{value(30, "IntegerValue", "50")}
        <SourceRef targetGUID="{guid(21)}"/></Case>
      <Case guid="{guid(72)}" name="Cy">{value(30, "IntegerValue", "60")}
        <SelectionRef targetGUID="{guid(44)}"/></Case></Cases>"""
    both = selection(40, coding(50, 10) + coding(51, 70))
    sources = f"""<Sources><TextSource guid="{{{guid(20).upper()}}}" name="One"
      plainTextPath="internal://one.txt" richTextPath="internal://one.docx"
      creationDateTime="2025-06-11T16:24:07.1234567Z">{both}</TextSource>
      <TextSource guid="{guid(21)}" name="Two" plainTextPath="internal://two.txt">
      {selection(44, "")}</TextSource></Sources>"""
    users = f'<Users><User guid="{guid(1)}" id="C" name="Coder"/></Users>'
    path = write_qdpx(
        tmp_path / "nv.qdpx",
        users + codes + VARIABLES + cases + sources,
        {"sources/one.txt": "It costs too much", "sources/two.txt": "Two people talked"},
        origin="NVivo 14",
        modifiedDateTime="2025-07-01T10:00:00Z",
    )
    outcome = read(path)
    comments = outcome.project.comments.set_index("comment_id")
    assert comments["case"].to_dict() == {"One": "Anna", "Two": "Ben; Cy"}
    assert comments["Age"].to_dict() == {"One": "31", "Two": ""}
    assert any("1 attribute left empty" in note for note in outcome.notes)
    taken = codebook_from(path, tmp_path / "b.yaml")
    assert taken.theme_ids == ("cost",)
    ((reviewer, comment_id, themes, _),) = decisions(tmp_path / "b.yaml")
    assert (reviewer, comment_id, themes) == ("Coder", "One", ("cost",))


def test_maxqda_values_stand_in_the_source_or_in_a_case_without_a_name(tmp_path: Path) -> None:
    cases = f"""<Cases><Case guid="{guid(70)}">{value(30, "IntegerValue", "8")}
      <SourceRef targetGUID="{guid(21)}"/></Case></Cases>"""
    sources = f"""<Sources>
      <TextSource guid="{guid(20)}" name="a" plainTextPath="internal://{guid(20)}.txt">
      {coding(50, 11)}{value(30, "IntegerValue", "7")}</TextSource>
      <TextSource guid="{guid(21)}" name="b"><PlainTextContent>Inline &amp; short</PlainTextContent>
      </TextSource></Sources>"""
    path = write_qdpx(
        tmp_path / "mx.qdpx",
        USERS + CODES + VARIABLES + cases + sources,
        {f"sources/{guid(20)}.txt": "From the file"},
        origin="MAXQDA 2022",
    )
    comments = read(path).project.comments.set_index("comment_id")
    assert comments["Age"].to_dict() == {"a": "7", "b": "8"}
    assert comments["text"]["b"] == "Inline & short"
    codebook_from(path, tmp_path / "b.yaml")
    assert [row[:3] for row in decisions(tmp_path / "b.yaml")] == [
        ("unknown", "a", ("street-lights",))
    ]


def test_atlas_ti_groups_pdfs_and_transcripts(tmp_path: Path) -> None:
    """Groups of documents are sets; a transcript that is a text too is one comment."""
    who = {"creatingUser": guid(1), "creationDateTime": "2018-03-27T19:29:27Z"}
    transcript = f"""<VideoSource guid="{guid(24)}" name="v.mp4" path="relative:///v.mp4">
      <Transcript guid="{guid(25)}" name="t" plainTextPath="internal://a.txt">
      <TranscriptSelection guid="{guid(45)}">{coding(54, 14, **who)}</TranscriptSelection>
      </Transcript></VideoSource>"""
    sources = f"""<Sources>
      <TextSource guid="{guid(20)}" name="A" plainTextPath="internal://a.txt"/>
      <PDFSource guid="{guid(21)}" name="B.pdf" path="internal://b.pdf">
        <PDFSelection guid="{guid(44)}" page="1" firstX="0" firstY="0" secondX="1" secondY="1">
        {coding(52, 11, **who)}</PDFSelection>
        <Representation guid="{guid(26)}" plainTextPath="internal://b.txt">
        {selection(43, coding(53, 16, **who))}</Representation></PDFSource>
      <TextSource guid="{guid(27)}" name="C" plainTextPath="relative:///c.txt"/>
      {transcript}</Sources>"""
    members = f'<MemberSource targetGUID="{guid(20)}"/><MemberSource targetGUID="{guid(24)}"/>'
    sets = f"""<Sets><Set guid="{guid(80)}" name="gender: male">{members}</Set>
      <Set guid="{guid(81)}" name="Coke">{members}</Set></Sets>"""
    path = write_qdpx(
        tmp_path / "at.qdpx",
        USERS + CODES + sources + sets,
        {"sources/a.txt": "Diet Coke", "sources/b.txt": "Granola", "sources/b.pdf": b"%PDF"},
        origin="ATLAS.ti 8",
    )
    media = tmp_path / "at Media"
    media.mkdir()
    (media / "c.txt").write_text("Beside the project", encoding="utf-8")
    comments = read(path).project.comments.set_index("comment_id")
    assert comments["text"].to_dict() == {
        "A": "Diet Coke",
        "B.pdf": "Granola",
        "C": "Beside the project",
    }
    assert comments["gender"].to_dict() == {"A": "male", "B.pdf": "", "C": ""}
    assert comments["Coke"]["A"] == "yes"
    codebook_from(path, tmp_path / "b.yaml")
    assert {row[1:3] for row in decisions(tmp_path / "b.yaml")} == {
        ("A", ("drugs",)),
        ("B.pdf", ("street-lights", "theme")),
    }


def test_a_category_that_something_is_coded_with_is_a_theme(tmp_path: Path) -> None:
    sources = f"""<Sources><TextSource guid="{guid(20)}" name="a">
      <PlainTextContent>Words</PlainTextContent>{coding(50, 10)}</TextSource></Sources>"""
    path = write_qdpx(tmp_path / "p.qdpx", USERS + CODES + sources, {})
    codebook_from(path, tmp_path / "b.yaml")
    assert not read_codebook(tmp_path / "b.yaml").theme("safety").category


def test_dates_that_cannot_be_are_not_kept(tmp_path: Path) -> None:
    dates = ("2999-01-01T00:00:00Z", "2025-02-30T00:00:00Z", "2025-02-01T08:00:00")
    sources = ""
    for number, date in enumerate(dates):
        mark = coding(50 + number, 11, creatingUser=guid(1), creationDateTime=date)
        sources += f"""<TextSource guid="{guid(20 + number)}" name="{number}">
          <PlainTextContent>Words {number}</PlainTextContent>{mark}</TextSource>"""
    inner = f"{USERS}{CODES}<Sources>{sources}</Sources>"
    path = write_qdpx(tmp_path / "p.qdpx", inner, {})
    read(path)
    codebook_from(path, tmp_path / "b.yaml")
    assert {row[3] for row in decisions(tmp_path / "b.yaml")} == {"2025-02-01T08:00:00.000+00:00"}


def test_names_that_cannot_be_files(tmp_path: Path) -> None:
    names = ("../../etc", "AMIRA", "amira", "", "con")
    users = "".join(
        f'<User guid="{guid(number)}" name="{name}"/>' for number, name in enumerate(names)
    )
    marks = "".join(
        coding(50 + number, 11, creatingUser=guid(number)) for number in range(len(names))
    )
    sources = f"""<Sources><TextSource guid="{guid(20)}" name="a">
      <PlainTextContent>Words</PlainTextContent>{marks}</TextSource></Sources>"""
    path = write_qdpx(tmp_path / "p.qdpx", f"<Users>{users}</Users>{CODES}{sources}", {})
    read(path)
    codebook_from(path, tmp_path / "b.yaml")
    logs = sorted(file.stem for file in (tmp_path / "b.decisions").glob("*.jsonl"))
    assert logs == ["AMIRA", "amira 2", "con 2", "etc", "unknown"]


def test_no_text_is_lost_where_ids_repeat_and_no_coding_in_silence(tmp_path: Path) -> None:
    sources = f"""<Sources><TextSource guid="{guid(20)}" name="a">
      <PlainTextContent>First words</PlainTextContent>{coding(50, 11)}{coding(51, 77)}</TextSource>
      <TextSource guid="{guid(20)}" name="b"><PlainTextContent>Second</PlainTextContent>
      {coding(52, 16)}</TextSource></Sources>"""
    path = write_qdpx(tmp_path / "p.qdpx", USERS + CODES + sources, {})
    assert read(path).project.comments["text"].tolist() == ["First words", "Second"]
    outcome = codebook_from(path, tmp_path / "b.yaml")
    assert [row[1:3] for row in decisions(tmp_path / "b.yaml")] == [
        ("a", ("street-lights",)),
        ("b", ("theme",)),
    ]
    left_out = "1 coding left out: their codes are not among the themes."
    assert left_out in outcome.decisions.notes


# ---------------------------------------------------------------- faulty and hostile files


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"not a zip", "cannot be read as a zip file"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_zip(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "x.qdpx"
    path.write_bytes(data)
    with pytest.raises(CoderError, match=told):
        read(path)
    assert [file.name for file in tmp_path.iterdir()] == ["x.qdpx"]


@pytest.mark.parametrize("name", ["absent.qdpx", "folder.qdpx"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.qdpx").mkdir()
    with pytest.raises(CoderError, match=f"{name}: there is no such file"):
        codebook_from(tmp_path / name, tmp_path / "book.yaml")


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (None, "holds no project"),
        ("<Project>", r"project\.qde:1:10: is not XML \(no element found\)"),
        ("<Codes/>", "is no project"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Project>&a;</Project>', "project.qde:1: declares"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><Project/>', "declares entities"),
        ("<a>" * 300 + "</a>" * 300, "nested more than 200 deep"),
        ("<Project/>", "holds no text"),
        (
            '<Project><Sources><PictureSource guid="1"/></Sources></Project>',
            "holds no text, only 1 picture",
        ),
        (
            '<Project><Sources><TextSource guid="1" plainTextPath="internal://a.txt"/></Sources>'
            "</Project>",
            "lists 1 text, and none of them is in the file",
        ),
    ],
)
def test_what_is_no_project(tmp_path: Path, xml: str | None, told: str) -> None:
    path = tmp_path / "x.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
        if xml is not None:
            archive.writestr("project.qde", xml)
    with pytest.raises(CoderError, match=told):
        read(path)
    assert [file.name for file in tmp_path.iterdir()] == ["x.qdpx"]


def test_entities_in_another_encoding_are_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "x.qdpx"
    xml = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><Project>&a;</Project>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", xml.encode("utf-16"))
    with pytest.raises(CoderError, match="declares entities"):
        read_refi_project(path)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b" " * 20_000_000)
    with pytest.raises(CoderError, match="would unpack to far too much"):
        read_refi_project(path)


@pytest.mark.parametrize(
    "address",
    [
        "absolute:///{secret}",
        "relative:///../secret.txt",
        "relative://..\\secret.txt",
        "internal://../secret.txt",
        "relative:///%2e%2e/secret.txt",
        "absolute:///{folder}/inner/link.txt",
    ],
)
def test_no_address_leads_out_of_the_project(tmp_path: Path, address: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody else's business", encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "link.txt").symlink_to(secret)
    address = address.format(secret=secret, folder=tmp_path)
    sources = f"""<Sources><TextSource guid="{guid(20)}" name="a" plainTextPath="{address}"/>
      <TextSource guid="{guid(21)}" name="b"><PlainTextContent>Words</PlainTextContent></TextSource>
      </Sources>"""
    path = write_qdpx(inner / "p.qdpx", sources, {}, basePath="/..")
    project = read_refi_project(path)
    assert [source.text for source in project.sources] == [None, "Words"]
    notes = read(path, tmp_path / "plan").notes
    assert "Listed without a text in the file, so they count as blank: a." in notes


# ---------------------------------------------------------------- there and back


BOOK = Codebook(
    title="Plan",
    version=3,
    question="What else?",
    notes="Kept.",
    themes=(
        Theme(
            id="safety",
            name="Safety",
            category=True,
            themes=(
                Theme(
                    id="police",
                    name="Police",
                    keywords=("bobbies",),
                    tags=("old",),
                    positions=(
                        Position(id="more", name="More"),
                        Position(id="less", name="Less", keywords=("fewer",)),
                    ),
                ),
                Theme(id="drugs", name="Drugs", definition="Two lines,\nand “quotes”."),
            ),
        ),
        Theme(id="roads", name="Roads", positions=(Position(id="more", name="More"),)),
        Theme(id="old", name="Old", retired=True, split_from="gone"),
    ),
)
ROWS = (
    ("1", "Bring back bobbies 👮🏽‍♀️\r\non the beat", "25-34", "0.50"),
    ("2", "A bell \x07 & <b>drugs</b> ]]> at the corner", "", "1.25"),
    ("3", "Mend the roads before anything else", "007", "1.25"),
    ("4", "=Nothing else comes to my mind today", "25-34", "1.00"),
)
DECIDED = {
    "Amira": (("1", "police=more", "2026-01-02T10:00:00"), ("2", "drugs", "2026-01-03T10:00:00")),
    "Bo Smith": (
        ("1", "police; roads=more", "2026-02-02T10:00:00.500"),
        ("3", "roads", "2026-02-03"),
    ),
}


def test_a_project_comes_back_as_it_was(tmp_path: Path) -> None:
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((("id", "comment", "age", "weight"), *ROWS))
    project = read(tmp_path / "in.csv").project
    book = tmp_path / "plan.yaml"
    write_codebook(book, BOOK)
    for reviewer, rows in DECIDED.items():
        table = tmp_path / f"{reviewer}.csv"
        with table.open("w", newline="") as file:
            csv.writer(file).writerows((("comment_id", "themes", "decided_at"), *rows))
        review_from_table(project, book, table, reviewer)
    export(project.folder, tmp_path / "plan.qdpx", codebook=book)

    there = read(tmp_path / "plan.qdpx").project
    back = tmp_path / "back.yaml"
    outcome = codebook_from(tmp_path / "plan.qdpx", back)

    assert read_codebook(back) == BOOK
    columns = ["comment_id", "text", "source", "weight", "age"]
    before = project.comments[columns].reset_index(drop=True)
    assert there.comments[columns].reset_index(drop=True).equals(before)
    assert decisions(back) == decisions(book)
    assert [user.reviewer for user in outcome.decisions.users] == ["Amira", "Bo Smith"]
    positions = {}
    for decision in read_decisions(back).decisions:
        positions[decision.reviewer, decision.comment_id] = decision.themes
    assert positions["Bo Smith", "1"] == {"police": (), "roads": ("more",)}
    assert Project(there.folder).settings().sources[0].format == "qdpx"


def test_a_position_that_the_codebook_no_longer_has_is_kept_as_its_theme(tmp_path: Path) -> None:
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((("id", "comment", "age", "weight"), *ROWS))
    project = read(tmp_path / "in.csv").project
    book = tmp_path / "plan.yaml"
    write_codebook(book, BOOK)
    table = tmp_path / "amira.csv"
    table.write_text("comment_id,themes\n1,police=less\n3,roads=more\n", encoding="utf-8")
    review_from_table(project, book, table, "amira")
    export(project.folder, tmp_path / "plan.qdpx", codebook=book)
    smaller = book.read_text(encoding="utf-8").replace("- id: less", "- id: fewer")
    (tmp_path / "back.yaml").write_text(smaller, encoding="utf-8")
    outcome = codebook_from(tmp_path / "plan.qdpx", tmp_path / "back.yaml", project=project.folder)
    assert [row[1:3] for row in decisions(tmp_path / "back.yaml")] == [
        ("1", ("police",)),
        ("3", ("roads",)),
    ]
    kept = "1 coding of positions that back.yaml does not have kept as their theme alone."
    assert kept in outcome.decisions.notes


@pytest.mark.skipif(not INTAKE.is_dir(), reason="no shared data beside the repository")
def test_the_published_example_of_atlas_ti(tmp_path: Path) -> None:
    path = INTAKE / "skyloom-TestProject.qdpx"
    with pytest.raises(CoderError, match="lists 8 texts, and none of them is in the file"):
        read(path, tmp_path / "plan")
    outcome = codebook_from(path, tmp_path / "b.yaml")
    assert len(outcome.theme_ids) == 14
    project = read_refi_project(path)
    assert project.origin.startswith("ATLAS.ti")
    assert {coding.user for coding in project.codings} == {"Friedrich Markgraf"}
    assert project.media == {"picture": 1, "recording": 1, "film": 2}


@pytest.mark.skipif(not INTAKE.is_dir(), reason="no shared data beside the repository")
def test_published_codebooks(tmp_path: Path) -> None:
    taken = codebook_from(INTAKE / "openqda-example-part.qdc", tmp_path / "o.yaml")
    assert taken.theme_ids == ("negativ-aufgeregt", "negativ-ruhig")
    book = read_codebook(tmp_path / "o.yaml")
    assert book.theme("rage").tags == ("colour:#c95858",)
    assert codebook_from(INTAKE / "taguette.qdc", tmp_path / "t.yaml").theme_ids == (
        "interesting",
        "people",
    )
    with pytest.raises(CoderError, match=r"openqda-defect\.qdc:13:\d+: is not XML"):
        codebook_from(INTAKE / "openqda-defect.qdc", tmp_path / "d.yaml")
    assert not (tmp_path / "d.yaml").exists()
