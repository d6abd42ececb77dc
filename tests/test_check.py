"""`coder check`: every file readable and in keeping with the others; each planted fault is found and named."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from coder import tables
from coder.cli import app, main
from coder.codebook import read_codebook
from coder.decisions import Decision, DecisionLog, decisions_folder
from coder.errors import CoderError, for_command_line
from coder.files import sha256_of
from coder.project import Project
from coder.reviewing.random_order import drawn_sample
from coder.stored import seal
from coder.text import text_hash
from coder.workflow.check import check
from coder.workflow.read import read

POLICE: Mapping[str, tuple[str, ...]] = {"police": ()}
CODEBOOK = "title: T\nthemes:\n  - {id: police, name: Police}\n  - {id: roads, name: Roads, was: [streets]}\n"
CSV = (
    "id,comment\n"
    + "".join(f"c{n},We want more police in ward {n} =SUM(A1)\n" for n in range(12))
    + "c99,No\n"
)


class Place:
    """A consultation with everything that a project can hold."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "answers.csv"
        self.source.write_text(CSV)
        self.book = folder / "book.yaml"
        self.book.write_text(CODEBOOK)
        said = CliRunner().invoke(
            app, ["read", str(self.source), "--text", "comment", "--id", "id", "--quiet"]
        )
        assert said.exit_code == 0, said.output
        self.project = Project(folder / "answers.coding")
        self.write_labels()
        self.decide()
        drawn_sample(self.project.folder, tables.analysed(self.project.comments), 0)

    def write_labels(self) -> None:
        rows = []
        for comment_id, text in tables.analysed(self.project.comments)[
            ["comment_id", "text"]
        ].itertuples(index=False):
            start = text.index("more police")
            rows.append(
                (
                    comment_id,
                    "police",
                    "",
                    0.9,
                    True,
                    "model",
                    "more police",
                    start,
                    start + 11,
                    "1",
                )
            )
            rows.append((comment_id, "roads", "", 0.1, False, "model", "", -1, -1, "1"))
        labels = pd.DataFrame(rows, columns=list(tables.LABELS.columns))
        self.project.write_labels(labels)
        from coder.files import write_csv

        write_csv(self.project.folder / "labels.csv", labels[labels["assigned"]])
        matrix = labels.assign(assigned=labels["assigned"].astype(int))
        matrix = matrix.pivot(
            index="comment_id", columns="theme_id", values="assigned"
        ).reset_index()
        write_csv(self.project.folder / "matrix.csv", matrix)
        self.project.record_run(
            "apply",
            {
                "codebook_file": "book.yaml",
                "comments_fingerprint": self.project.comments_fingerprint(),
            },
        )

    def decide(
        self,
        comments: int = 4,
        themes: Mapping[str, tuple[str, ...]] = POLICE,
        reviewers: Sequence[str] = ("ann", "bo"),
    ) -> None:
        book = read_codebook(self.book)
        for reviewer in reviewers:
            made = [
                Decision(
                    project=self.project.settings().name, comment_id=row.comment_id, text=row.text,
                    text_hash=text_hash(row.text), scope=book.theme_ids, themes=dict(themes), mode="blind",
                    chosen="random", reviewer=reviewer, codebook_version="1", codebook_fingerprint=book.fingerprint,
                )
                for row in tables.analysed(self.project.comments).head(comments).itertuples()
            ]  # fmt: skip
            DecisionLog(self.book, reviewer).append(made)

    @property
    def log(self) -> Path:
        return decisions_folder(self.book) / "ann.jsonl"

    def check(self, *words: str) -> Result:
        return CliRunner().invoke(
            app, ["check", str(self.project.folder), "--codebook", str(self.book), *words]
        )

    def change_comments(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Replace the comments behind the program's back, ledger and all."""
        change(self.project.comments).to_parquet(self.project.comments_path, index=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    Place(folder)
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Place:
    shutil.copytree(made, tmp_path / "here")
    found = Place.__new__(Place)
    found.source, found.book = tmp_path / "here" / "answers.csv", tmp_path / "here" / "book.yaml"
    found.project = Project(tmp_path / "here" / "answers.coding")
    return found


def wrong(place: Place) -> dict[str, list[str]]:
    result = place.check("--json")
    checked = json.loads(result.stdout)["checked"]
    faults = {entry["what"]: entry["faults"] for entry in checked if entry["faults"]}
    assert isinstance(result.exception, CoderError) is bool(faults)
    return faults


def noted(place: Place) -> dict[str, list[str]]:
    checked = json.loads(place.check("--json").stdout)["checked"]
    return {entry["what"]: entry["notes"] for entry in checked if entry["notes"]}


def test_a_sound_project_is_in_order(place: Place) -> None:
    said = place.check()
    assert said.exit_code == 0, said.output
    assert "Everything is in order" in said.output
    for what in ("project.yaml", "source files", "comments", "ledger", "labels", "labels.csv", "matrix.csv", "run records", "sample random-0.csv", "decisions ann.jsonl", "decisions bo.jsonl", "decided"):  # fmt: skip
        assert what.split(".")[0] in said.output
    assert "with a note" not in said.output


def test_the_codebook_of_the_last_run_is_found_without_naming_it(place: Place) -> None:
    said = CliRunner().invoke(app, ["check", str(place.project.folder)])
    assert "ann.jsonl" in said.output


def _edit_json(path: Path, **change: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def _swap(path: Path, one: str, other: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert one in text
    path.write_text(text.replace(one, other, 1), encoding="utf-8-sig")


def _damage_labels(place: Place, **cells: object) -> None:
    labels = place.project.labels
    for name, value in cells.items():
        labels.loc[0, name] = value
    labels.to_parquet(place.project.labels_path, index=False)


FAULTS: dict[str, tuple[Callable[[Place], object], str, str]] = {
    "source file edited": (lambda p: p.source.write_text(CSV + "x,More\n"), "source files", "SHA-256 differs"),
    "settings broken": (lambda p: p.project.settings_path.write_text("name: [x"), "project.yaml", "project.yaml"),
    "settings unknown key": (lambda p: p.project.settings_path.write_text("name: x\ncolour: red\n"), "project.yaml", "colour"),
    "comments truncated": (lambda p: p.project.comments_path.write_bytes(p.project.comments_path.read_bytes()[:-40]), "comments", "damaged"),
    "comments gone": (lambda p: p.project.comments_path.unlink(), "comments", "no such file"),
    "comment doubled": (lambda p: p.change_comments(lambda c: pd.concat([c, c.head(1)])), "comments", "occurs twice"),
    "comment lost": (lambda p: p.change_comments(lambda c: c.iloc[1:]), "source files", "13 rows were read and 12 comments"),
    "reason unknown": (lambda p: p.change_comments(lambda c: c.assign(reason="boring", status="excluded")), "comments", "status and reason"),
    "ledger edited": (lambda p: _swap(p.project.folder / "ledger.csv", "12", "11"), "ledger", "not what the comments add up to"),
    "ledger gone": (lambda p: (p.project.folder / "ledger.csv").unlink(), "ledger", "is missing"),
    "labels damaged": (lambda p: p.project.labels_path.write_bytes(b"PAR1 nothing"), "labels", "damaged"),
    "evidence moved": (lambda p: _damage_labels(p, evidence_start=0, evidence_end=11), "labels", "1 piece of evidence cannot be found"),
    "evidence invented": (lambda p: _damage_labels(p, evidence="more money"), "labels", "cannot be found in the comment's text"),
    "probability": (lambda p: _damage_labels(p, probability=1.5), "labels", "between 0 and 1"),
    "label of nobody": (lambda p: _damage_labels(p, comment_id="c77"), "labels", "does not have: c77"),
    "label of excluded": (lambda p: _damage_labels(p, comment_id="c99"), "labels", "not analysed: c99"),
    "labels.csv edited": (lambda p: _swap(p.project.folder / "labels.csv", "c1,police", "c1,roads"), "labels.csv", "2 assignments"),
    "matrix.csv edited": (lambda p: _swap(p.project.folder / "matrix.csv", "c1,1,0", "c1,1,1"), "matrix.csv", "c1 roads"),
    "run record broken": (lambda p: (p.project.folder / "runs" / "0001-apply.json").write_text("{"), "run records", "0001-apply.json:1:2: is damaged"),
    "run record of another": (lambda p: _edit_json(p.project.folder / "runs" / "0001-apply.json", command="export"), "run records", "the record of another command"),
    "run record edited": (lambda p: _edit_json(p.project.folder / "runs" / "0001-apply.json", codebook_file="other.yaml"), "run records", "changed after it was written"),
    "sample reordered": (lambda p: _swap(p.project.folder / "samples" / "random-0.csv", "\n1,", "\n2,"), "sample random-0.csv", "changed after it was drawn"),
    "decision edited": (lambda p: _swap(p.log, '"mode":"blind"', '"mode":"assisted"'), "decisions ann.jsonl", "ann.jsonl:1"),
    "decision removed": (lambda p: p.log.write_text("".join(p.log.read_text().splitlines(keepends=True)[1:])), "decisions ann.jsonl", "ann.jsonl:1"),
    "decisions of another": (lambda p: shutil.copy(p.log, p.log.with_name("zoe.jsonl")), "decisions zoe.jsonl", "belong in ann.jsonl"),
    "codebook broken": (lambda p: p.book.write_text("title: T\n"), "codebook", "book.yaml:1:1"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_planted_fault_is_found(place: Place, name: str) -> None:
    plant, what, told = FAULTS[name]
    plant(place)
    faults = wrong(place)
    assert what in faults, faults
    assert any(told in line for line in faults[what]), faults[what]


def test_all_broken_chains_are_told_not_only_the_first(place: Place) -> None:
    for reviewer in ("ann", "bo"):
        _swap(place.log.with_name(f"{reviewer}.jsonl"), '"mode":"blind"', '"mode":"assisted"')
    assert {"decisions ann.jsonl", "decisions bo.jsonl"} <= set(wrong(place))


def test_changed_and_vanished_comments_are_listed(place: Place) -> None:
    """Decisions on changed data are stale, listed, never silently used."""
    comments = place.project.comments
    first, second = comments["comment_id"].iloc[:2]
    comments.loc[0, "text"] = comments.loc[0, "text"] + "!"
    place.project.write(place.project.settings(), comments[comments["comment_id"] != second])
    notes = noted(place)["decided comments"]
    assert any("changed since" in line and first in line for line in notes)
    assert any("no longer in the project" in line and second in line for line in notes)


def test_a_correction_of_reviewed_comments_is_no_damage(place: Place) -> None:
    """A later reading may change, empty and remove comments; nothing then has to be restored."""
    place.source.write_text(
        CSV.replace("ward 0", "ward 100")
        .replace("We want more police in ward 1 =SUM(A1)", "")
        .replace("c10,We want more police in ward 10 =SUM(A1)\n", "")
    )
    read(place.source)
    place.write_labels()
    assert not wrong(place)
    changed, emptied, removed = noted(place)["decided comments"]
    assert "1 reviewed comment changed since" in changed
    assert changed.endswith("review them again: c0")
    assert emptied.endswith("not analysed any more. Their decisions are kept and not used: c1")
    assert removed.endswith("no longer in the project. Their decisions are kept and not used: c10")


def test_a_list_of_candidates_stays_right_where_a_comment_was_removed(place: Place) -> None:
    path = place.project.folder / "candidates.csv"
    rows = [f"c{number},police,,0.9,core\n" for number in (2, 3)]
    path.write_text("comment_id,candidate_id,parent_id,strength,fit\n" + "".join(rows))
    place.project.record_run("cluster", {"table_sha256": sha256_of(path)})
    place.source.write_text(CSV.replace("c2,We want more police in ward 2 =SUM(A1)\n", ""))
    read(place.source)
    assert "candidates.csv" not in wrong(place)
    assert noted(place)["candidates.csv"] == [
        "it names 1 comment that the project does not have: c2"
    ]
    path.write_text(path.read_text().replace("c3,", "c4,"))
    assert len(wrong(place)["candidates.csv"]) == 2


def test_a_file_that_changed_is_read_again_into_its_project(place: Place) -> None:
    place.source.write_text(CSV.replace("ward 0", "ward 100"))
    (fault,) = wrong(place)["source files"]
    assert f"Read it again: coder read {place.source} --into {place.project.folder}" in (
        for_command_line(fault)
    )


def test_a_torn_last_line_is_noted_and_not_wrong(place: Place) -> None:
    with place.log.open("ab") as file:
        file.write(b'{"before": "12')
    said = place.check()
    assert said.exit_code == 0
    assert "torn" in said.output


def test_a_theme_dropped_without_was_is_noted(place: Place) -> None:
    place.book.write_text(CODEBOOK.replace("  - {id: police, name: Police}\n", ""))
    said = place.check()
    assert "no longer knows" in said.output
    assert "police" in said.output


def _record_tables(place: Place) -> None:
    """As `apply` does since it records the hashes of the tables that it writes."""
    names = ("labels.csv", "matrix.csv")
    hashes = {name: sha256_of(place.project.folder / name) for name in names}
    record = place.project.folder / "runs" / "0001-apply.json"
    _edit_json(record, tables_sha256=hashes)
    record.write_text(json.dumps(seal(json.loads(record.read_text()))))


def test_decisions_made_since_do_not_make_the_tables_wrong(place: Place) -> None:
    _record_tables(place)
    place.decide(comments=6, themes={"roads": ()}, reviewers=("cy", "dee", "eve"))
    assert not wrong(place)


def test_a_table_saved_again_by_a_spreadsheet_is_right_while_its_assignments_are(
    place: Place,
) -> None:
    _record_tables(place)
    path = place.project.folder / "labels.csv"
    path.write_text(path.read_text(encoding="utf-8-sig"), encoding="utf-8")  # without its mark
    assert not wrong(place)
    _swap(path, "c1,police", "c1,roads")
    assert "2 assignments" in wrong(place)["labels.csv"][0]


def test_labels_of_an_earlier_version_hold_what_stood_when_the_tables_were_written(
    place: Place,
) -> None:
    _damage_labels(place, origin="ann", probability=0.1)  # the model said no, the reviewer yes
    assert not wrong(place)


def test_the_outcome_tells_python_users_the_same(place: Place) -> None:
    place.book.write_text("title: T\n")
    outcome = check(place.project, place.book)
    assert [fault.split(":")[0] for fault in outcome.faults] == ["codebook"]
    assert outcome.path == place.project.folder
    assert outcome.facts()["checked"][0]["faults"] == list(outcome.results[0].faults)


def test_a_table_instead_of_a_project_is_told_apart() -> None:
    with pytest.raises(CoderError, match="must be a path, not a DataFrame"):
        check(pd.DataFrame())  # type: ignore[arg-type]


def test_exit_status_and_one_message_for_scripts(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.project.folder / "ledger.csv").unlink()
    monkeypatch.setattr("sys.argv", ["coder", "check", str(place.project.folder)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1
    said = capsys.readouterr()
    assert said.err.startswith("Error: ")
    assert "ledger.csv" in said.err
    assert "1 wrong" in said.out


def test_nothing_is_written(place: Place) -> None:
    before = {p: p.read_bytes() for p in place.project.folder.parent.rglob("*") if p.is_file()}
    place.check()
    assert {
        p: p.read_bytes() for p in place.project.folder.parent.rglob("*") if p.is_file()
    } == before


def test_no_project_says_how_to_make_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert isinstance(result.exception, CoderError)
    assert "coder read FILE --into" in for_command_line(result.exception.fix)
