"""Folders of letters in a project: what is read, what stands in the ledger, what is said."""

from pathlib import Path

import pandas as pd
import pytest

from coder.errors import CoderError, for_command_line
from coder.project import Project
from coder.reading.letters import find_letters, folder, holds_letters, is_letter, scans
from coder.reading.reader import read_comments
from coder.workflow.check import check
from coder.workflow.checks.result import CheckResult
from coder.workflow.read import ReadOptions, ReadOutcome, read
from made_letters import PdfMaker, add_scan, make_pdf, picture_of, write_all
from test_letters_formats import BUS, PARK
from test_letters_mail import BOX, HEAD

EXAMPLE = Path(__file__).parents[1] / "examples" / "police_and_crime_plan"


def a_scan() -> bytes:
    """A letter of a page of text and a page that is a picture."""
    maker = PdfMaker()
    maker.page([(72, 700, BUS)])
    add_scan(maker, *picture_of(make_pdf([[PARK, PARK]])))
    return maker.bytes()


FILES = {
    "a.pdf": make_pdf([[BUS], [PARK]], header="Residents", Author="Ann"),
    "agency/a.pdf": make_pdf([[PARK]]),
    "agency/mail.eml": f"{HEAD}\n{BUS}\n\nKind regards\nAnn\n".encode(),
    "inbox.mbox": BOX.encode(),
    "note.txt": PARK.encode(),
    "broken.pdf": b"%PDF-1.4 broken",
    "old.doc": b"\xd0\xcf\x11\xe0",
    "survey.csv": b"comment\nx\n",
    "Thumbs.db": b"x",
    "~$a.docx": b"x",
    ".DS_Store": b"x",
    "empty.docx": b"",
    "sheet.numbers": b"x",
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> ReadOutcome:
    folder = write_all(tmp_path_factory.mktemp("case") / "letters", FILES)
    return read(folder, folder.parent / "plan")


def test_every_letter_is_received_once(outcome: ReadOutcome) -> None:
    comments = outcome.project.comments.set_index("comment_id")
    ids = set(comments.index)
    messages = {one for one in ids if one.startswith("inbox.mbox/")}
    assert len(messages) == 2
    assert ids - messages == {
        "a.pdf",
        "agency/a.pdf",
        "agency/mail.eml",
        "note.txt",
        "broken.pdf",
        "old.doc",
    }
    assert set(comments["source"]) == {"letters"}
    assert comments.loc["agency/mail.eml", ["sender", "date"]].tolist() == [
        "Ann Smith <Ann@Example.org>",
        "2026-03-14",
    ]
    assert comments.loc["agency/mail.eml", "respondent_id"] == "ann@example.org"
    assert comments.loc["a.pdf", "respondent_id"] == "a.pdf", (
        "an author in properties may be anybody"
    )


def test_letters_that_could_not_be_read_stand_in_the_ledger(outcome: ReadOutcome) -> None:
    comments = outcome.project.comments.set_index("comment_id")
    assert comments.loc[["broken.pdf", "old.doc"], "reason"].tolist() == ["unread", "unread"]
    assert comments.loc["old.doc", "unread"] == "is an old Word file: save it as PDF or DOCX"
    total = outcome.ledger.iloc[-1]
    assert (total["received"], total["excluded_unread"], total["analysed"]) == (8, 2, 6)


def test_places_cover_every_character(outcome: ReadOutcome) -> None:
    comments = outcome.project.comments.set_index("comment_id")
    places = outcome.project.places
    for comment_id, rows in places.groupby("comment_id"):
        assert rows["start"].tolist() == [0, *rows["end"].tolist()[:-1]]
        assert rows["end"].iloc[-1] == len(comments.loc[comment_id, "text"])
    assert set(places["comment_id"]) == set(comments.index[comments["text"] != ""])
    assert places.loc[places["comment_id"] == "a.pdf", ["place", "part"]].to_numpy().tolist() == [
        ["page 1", "header"], ["page 1", "body"], ["page 2", "header"], ["page 2", "body"]
    ]  # fmt: skip


def test_what_was_not_read_is_said(outcome: ReadOutcome) -> None:
    notes = "\n".join(for_command_line(note) for note in outcome.notes)
    assert "2 letters could not be read and are excluded as unread: broken.pdf (is damaged" in notes
    assert "1 table in the folder not read with the letters: survey.csv" in notes
    assert "5 files passed over" in notes
    for name in ("Thumbs.db", "~$a.docx", ".DS_Store", "empty.docx (empty)", "sheet.numbers"):
        assert name in notes
    assert "headers in 1" in notes
    assert "signatures in 1" in notes


def test_read_again_nothing_changes(outcome: ReadOutcome) -> None:
    before = outcome.project.comments
    again = read(outcome.project.folder.parent / "letters", outcome.project)
    assert again.project.comments.equals(before)
    assert len(again.project.places) > 0


def test_letters_named_one_by_one_are_one_source(tmp_path: Path) -> None:
    write_all(
        tmp_path,
        {
            "x/a.pdf": FILES["a.pdf"],
            "y/a.pdf": FILES["agency/a.pdf"],
            "note.txt": FILES["note.txt"],
        },
    )
    outcome = read(
        [tmp_path / "x/a.pdf", tmp_path / "note.txt", tmp_path / "y/a.pdf"], tmp_path / "plan"
    )
    assert [source.name for source in outcome.sources] == ["letters"]
    assert sorted(outcome.project.comments["comment_id"]) == ["note.txt", "x/a.pdf", "y/a.pdf"]


def test_no_letter_takes_the_place_of_another(tmp_path: Path) -> None:
    names = ("x.txt", "a/x.txt", "c/a/x.txt")
    write_all(tmp_path, {name: f"{name}. {BUS}".encode() for name in names})
    letters = find_letters([tmp_path / "x.txt", tmp_path / "a/x.txt", tmp_path / "c/a"])
    assert letters.files == {name: tmp_path / name for name in names}


def test_letters_and_a_survey_go_into_one_project(tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text(f'comment\n"{BUS}"\n"{PARK}"\n')
    (tmp_path / "a.pdf").write_bytes(FILES["agency/a.pdf"])
    read(tmp_path / "survey.csv", tmp_path / "plan")
    outcome = read(tmp_path / "a.pdf", tmp_path / "plan")
    assert [source.name for source in outcome.sources] == ["survey", "a"]
    assert set(outcome.project.places["comment_id"]) == {"a.pdf"}


def test_a_single_letter_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF broken")
    with pytest.raises(CoderError, match=r"a\.pdf: is damaged"):
        read(tmp_path / "a.pdf", tmp_path / "plan")
    assert not (tmp_path / "plan").exists()
    with pytest.raises(CoderError, match=r"b\.pdf: there is no such file"):
        read(tmp_path / "b.pdf", tmp_path / "plan")


def test_a_letterswithout_letters_is_taken_for_a_project(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x.csv").write_text("comment\nx\n")
    with pytest.raises(CoderError, match="there is no project here"):
        read(tmp_path / "folder")


def test_pages_of_talk_london_are_no_letters(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("Talk London\n\n12 Londoners have responded\n")
    (tmp_path / "letter.txt").write_text("I live in London.")
    assert not is_letter(tmp_path / "page.txt")
    assert is_letter(tmp_path / "letter.txt")
    notes = " ".join(read_comments(tmp_path / "letter.txt").notes)
    assert "was read as one letter. If it holds one comment a line" in notes


def test_hostile_names_and_words_stay_on_one_line(tmp_path: Path) -> None:
    name = "a\x1b[31m\nb.txt"
    (tmp_path / name).write_bytes(b"words \x1b[0m and more of them")
    (tmp_path / "c.pdf").write_bytes(b"%PDF broken")
    letters = find_letters([tmp_path])
    assert len(letters.files) == 2
    outcome = read(tmp_path, tmp_path.parent / "hostile")
    assert all("\n" not in one for one in outcome.project.comments["comment_id"])
    assert "\x1b" not in "".join(outcome.project.comments["text"])


def test_letters_whose_names_differ_in_blanks_alone_are_all_received(tmp_path: Path) -> None:
    texts = {"a  b.txt": PARK, "a b.txt": BUS, "a\tb.txt": f"{BUS} {PARK}", "c.txt": PARK}
    files = {name: text.encode() for name, text in texts.items()}
    comments = read(write_all(tmp_path / "in", files), tmp_path / "plan").project.comments
    assert set(comments["comment_id"]) == {"a b.txt", "a b.txt-2", "a b.txt-3", "c.txt"}
    assert sorted(comments["text"]) == sorted(texts.values())


def test_links_to_files_and_folders_are_read_and_no_letter_twice(tmp_path: Path) -> None:
    letters = write_all(tmp_path / "in", {"own/a.txt": BUS.encode()})
    outside = write_all(tmp_path / "out", {"b.txt": PARK.encode(), "sub/c.txt": PARK.encode()})
    links = {
        "file.txt": outside / "b.txt",
        "folder": outside / "sub",
        "again.txt": letters / "own" / "a.txt",
        "own/around": letters,
        "above": tmp_path,
        "same": outside / "sub",
        "nowhere.txt": tmp_path / "missing.txt",
        "itself.txt": letters / "itself.txt",
    }
    for name, target in links.items():
        (letters / name).symlink_to(target)
    outcome = read(letters, tmp_path / "plan")
    ids = outcome.project.comments["comment_id"].tolist()
    assert sorted(ids) == ["file.txt", "folder/c.txt", "own/a.txt"]
    (note,) = (note for note in outcome.notes if "passed over" in note)
    assert note.startswith("6 files passed over")
    for name in ("again.txt", "own/around", "above", "same"):
        assert f"{name} (a link to what is read anyway)" in note
    assert "nowhere.txt" in note


@pytest.mark.parametrize(
    ("senders", "people"),
    [
        (["Ann", "Bob", "Cem", "Dee"], 4),
        (["", "", "", ""], 1),
        (["Ann Smith", "ann smith", "", '"Smith, Ann"'], 1),
    ],
)
def test_letters_of_a_web_form_are_not_one_persons(
    senders: list[str], people: int, tmp_path: Path
) -> None:
    files = {}
    for number, sender in enumerate(senders):
        mail = f"From: {sender} <form@example.org>\nSubject: Buses\n\n{BUS}\n\nThanks\nMe\n"
        files[f"{number}.eml"] = mail.encode()
    outcome = read(write_all(tmp_path / "in", files), tmp_path / "plan")
    comments = outcome.project.comments
    assert comments["respondent_id"].nunique() == people
    assert (comments["status"] == "analysed").sum() == people
    if people == 4:
        (template,) = pd.read_csv(tmp_path / "plan" / "campaigns.csv")["template"]
        assert template == BUS
    notes = " ".join(outcome.notes)
    assert ("4 letters come from an address that is nobody's own" in notes) == (people == 4)


@pytest.mark.parametrize("name", ["no-reply", "doNotReply", "parks_do_not_reply"])
def test_letters_that_nobody_can_answer_are_not_one_persons(name: str, tmp_path: Path) -> None:
    mail = f"From: {name}@example.org\nSubject: Buses\n\n{BUS}\n".encode()
    files = {"a.eml": mail, "b.eml": mail}
    comments = read(write_all(tmp_path / "in", files), tmp_path / "plan").project.comments
    assert comments["respondent_id"].tolist() == ["a.eml", "b.eml"]
    assert set(comments["status"]) == {"analysed"}


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux has such a file")
def test_a_file_that_cannot_be_read_is_no_mailbox() -> None:
    assert not is_letter(Path("/proc/self/mem"))


def test_a_folder_is_searched_no_further_than_its_first_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{number:02}.txt" for number in range(20)]
    letters = write_all(tmp_path / "in", {name: PARK.encode() for name in names})
    opened = []

    def is_page(path: Path) -> bool:
        opened.append(path.name)
        return False

    monkeypatch.setattr(folder, "_is_page", is_page)
    assert holds_letters(letters)
    assert opened == ["00.txt"]


# ---------------------------------------------------------------- scans


def without_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "PROGRAM", "no such program")


def test_without_tesseract_a_scan_is_unread_and_the_rest_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_tesseract(monkeypatch)
    maker = PdfMaker()
    add_scan(maker, *picture_of(make_pdf([[PARK]])), stamp="Received 12 March")
    blank = PdfMaker()
    blank.page([(72, 700, BUS)])
    blank.page([])
    write_all(
        tmp_path / "in",
        {"part.pdf": a_scan(), "scan.pdf": maker.bytes(), "blank.pdf": blank.bytes()},
    )
    outcome = read(tmp_path / "in", tmp_path / "plan")
    comments = outcome.project.comments.set_index("comment_id")
    assert comments["unread"].to_dict() == {
        "part.pdf": "page 2 is a scan",
        "scan.pdf": "page 1 is a scan",
        "blank.pdf": "",
    }
    assert comments.loc["part.pdf", "text"] == BUS
    assert comments["status"].to_dict() == {
        "part.pdf": "analysed",
        "scan.pdf": "excluded",
        "blank.pdf": "analysed",
    }
    notes = "\n".join(outcome.notes)
    assert (
        "1 letter could be read in part only. The rest counts: part.pdf (page 2 is a scan)" in notes
    )
    assert notes.count("apt install tesseract-ocr") == 1


def test_no_paragraph_runs_over_a_scan_that_was_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_tesseract(monkeypatch)
    maker = PdfMaker()
    maker.page([(72, 700, "We ask the council to keep the")])
    add_scan(maker, *picture_of(make_pdf([[PARK]])), stamp="Received 12 March")
    maker.page([(72, 700, "of which nobody was told.")])
    (tmp_path / "a.pdf").write_bytes(maker.bytes())
    (text,) = read_comments(tmp_path / "a.pdf").comments["text"]
    assert text == (
        "We ask the council to keep the\n\nReceived 12 March\n\nof which nobody was told."
    )


def test_a_file_whose_name_speaks_of_a_scan_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_tesseract(monkeypatch)
    write_all(tmp_path, {"this is a scan.doc": FILES["old.doc"], "b.txt": PARK.encode()})
    notes = "\n".join(read(tmp_path, tmp_path.parent / "scan plan").notes)
    assert "this is a scan.doc (is an old Word file" in notes
    assert "tesseract" not in notes


@pytest.mark.skipif(not scans.can_read_scans(), reason="tesseract is not on this machine")
def test_with_tesseract_a_scan_is_read_and_marked(tmp_path: Path) -> None:
    write_all(tmp_path / "in", {"part.pdf": a_scan(), "b.txt": PARK.encode()})
    outcome = read(tmp_path / "in", tmp_path / "plan")
    places = outcome.project.places
    of_scan = places[places["part"] == "scan"]
    assert of_scan["place"].tolist() == ["page 2"]
    text = outcome.project.comments.set_index("comment_id").loc["part.pdf", "text"]
    words = text[of_scan["start"].iloc[0] :].split()
    assert sum(word in PARK.split() for word in words) > 0.9 * 2 * len(PARK.split())
    assert "1 letter with scanned pages, which tesseract read: part.pdf" in "\n".join(outcome.notes)


def test_a_project_keeps_its_places_beside_other_sources(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(FILES["a.pdf"])
    read(tmp_path / "a.pdf", tmp_path / "plan")
    (tmp_path / "b.txt").write_text(BUS + PARK)
    read(tmp_path / "b.txt", tmp_path / "plan")
    assert set(Project(tmp_path / "plan").places["comment_id"]) == {"a.pdf", "b.txt"}


def test_letters_that_quote_the_same_mail_are_no_campaign(tmp_path: Path) -> None:
    quoted = "\n".join(f"> {BUS} {PARK}" for _ in range(5))
    own = [
        "Yes, keep the lane.",
        "No, we need parking for the shops instead.",
        "Lights first, and then the lane.",
    ]
    files = {}
    for number, text in enumerate(own):
        files[f"{number}.eml"] = (
            f"From: p{number}@example.org\n\n{text}\n\nOn 3 March, Team wrote:\n{quoted}\n".encode()
        )
    outcome = read(write_all(tmp_path / "in", files), tmp_path / "plan")
    assert set(outcome.project.comments["campaign_id"]) == {""}
    assert quoted in outcome.project.comments["text"].iloc[0]


def test_letters_of_one_name_in_two_sources_keep_their_places(tmp_path: Path) -> None:
    write_all(
        tmp_path,
        {"first/a.pdf": make_pdf([[BUS], [PARK]]), "second/a.pdf": make_pdf([[PARK, PARK]])},
    )
    read(tmp_path / "first", tmp_path / "plan")
    project = read(tmp_path / "second", tmp_path / "plan").project
    lengths = project.places.groupby("comment_id")["end"].max().to_dict()
    texts = project.comments.set_index("comment_id")["text"].str.len().to_dict()
    assert lengths == texts


def source_check(project: Project) -> CheckResult:
    results = {result.subject: result for result in check(project).results}
    return results["source files"]


def test_the_hashes_of_letters_are_checked(tmp_path: Path) -> None:
    letters = write_all(tmp_path / "letters", {"a.txt": PARK.encode(), "b/c.txt": BUS.encode()})
    project = read(letters, tmp_path / "plan").project
    assert source_check(project).content == "1 file with the hash recorded"
    (letters / "b" / "c.txt").write_text("Another letter about the bus.", "utf-8")
    assert "letters is not the file that was read" in source_check(project).faults[0]
    one = read(letters / "a.txt", tmp_path / "one").project
    (letters / "a.txt").rename(tmp_path / "a.txt")
    assert source_check(one).content == "1 file with the hash recorded"
    paths = [tmp_path / "a.txt", letters / "b" / "c.txt"]
    (note,) = source_check(read(paths, tmp_path / "two").project).notes
    assert note == "letters is not beside the project, so its hash was not checked"


def test_files_that_are_the_same_byte_for_byte_are_named_and_count(tmp_path: Path) -> None:
    files = {"a.txt": BUS.encode(), "a (1).txt": BUS.encode(), "b.txt": PARK.encode()}
    outcome = read(write_all(tmp_path / "in", files), tmp_path / "plan")
    named = "same byte for byte, and each counts: a (1).txt = a.txt."
    assert any(named in note for note in outcome.notes)
    assert (outcome.project.comments["status"] == "analysed").sum() == 3
    advised = ReadOptions(exclude={"a (1).txt": "duplicate"})
    again = read(outcome.project, options=advised)
    assert (again.project.comments["reason"] == "duplicate").sum() == 1


def test_equal_mails_of_one_address_are_not_said_to_be_equal_files(tmp_path: Path) -> None:
    mail = f"From: ann@example.org\n\n{BUS}\n".encode()
    outcome = read(write_all(tmp_path / "in", {"a.eml": mail, "b.eml": mail}), tmp_path / "plan")
    assert not any("byte for byte" in note for note in outcome.notes)


def test_a_page_of_any_size_is_not_read_to_see_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.touch()
    with path.open("r+b") as file:
        file.truncate(20_000_000_000)  # without blocks on the disk
    assert is_letter(path)
