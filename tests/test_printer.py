"""What commands print: no word broken at any width, commands kept whole, the fallback of tables, help."""

import json
import re
import shlex
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from typer.testing import CliRunner

from coder import project_lock
from coder.cli import app
from coder.cli.bars import Bar, draw_bars
from coder.cli.durations import format_duration
from coder.cli.printer import Printer, percent, print_error
from coder.cli.progress_line import show_progress
from coder.cli.wrapping import CODE, wrap
from coder.errors import CoderError, command, option
from coder.project_lock import hold_project

WIDTHS = (40, 80, 120)
COMMANDS = (
    "read", "cluster", "apply", "review", "serve", "agree", "export", "check", "codebook",
)  # fmt: skip
PROSE = (
    "12 of 40 themes have no keywords. Add 4 to 10 words that people use; the first coding is much "
    "better with them. Then run "
)


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Output goes to a terminal of this width."""
    monkeypatch.setenv("COLUMNS", str(request.param))
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    return int(request.param)


def lines_of(text: str) -> list[str]:
    """Printed lines without styles."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


def test_prose_wraps_between_words_and_commands_stay_whole(
    width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = command("apply", "a plan/with blanks.csv", option("codebook", "/a/long/path/book.yaml"))
    expected = "coder apply 'a plan/with blanks.csv' --codebook /a/long/path/book.yaml"
    Printer().say(PROSE + typed + " again.")
    Printer().warn(PROSE + typed + " again.")
    print_error(PROSE + typed + " again.")
    captured = capsys.readouterr()
    lines = lines_of(captured.out)
    assert " ".join(lines) == f"{PROSE}{expected} again."
    for line in lines:
        assert cell_len(line) <= width or line == expected
    assert any(expected in line for line in lines)
    assert " ".join(lines_of(captured.err)) == (
        f"{PROSE}{expected} again. Error: {PROSE}{expected} again."
    )


def test_lines_of_files_and_pipes_stay_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    Printer().say(PROSE)
    assert capsys.readouterr().out.splitlines() == [PROSE]


def test_paragraphs_keep_their_indent() -> None:
    text = "  - one two three four five\n\n  six seven eight nine ten"
    assert wrap(text, 16) == (
        "  - one two\n    three four\n    five\n\n  six seven\n  eight nine ten"
    )
    assert wrap("put `a b c d e f` here", 10) == "put\n`a b c d e f`\nhere"


@given(st.text(max_size=200), st.integers(1, 60))
def test_wrapping_changes_blanks_only(text: str, width: int) -> None:
    wrapped = wrap(text, width)
    assert wrapped.split() == text.replace("\ue0f3", " ").split()
    for line in wrapped.split("\n"):
        words = CODE.sub("code", line.strip(" -*•"))
        assert cell_len(line) <= width or " " not in words


def test_no_word_of_a_table_is_broken(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        ("visibility", "More officers and greater police visibility", 1234, "unmistakably longer"),
        ("  sub-theme-with-a-long-id", "Transportation", 7, ""),
    ]
    Printer().table(
        rows,
        ("id", "theme", "comments", "remark"),
        title="A title of this table that is longer than forty cells",
        right=("comments",),
        wide=("theme",),
        whole=("id",),
    )
    lines = lines_of(capsys.readouterr().out)
    assert max(map(cell_len, lines)) <= width
    words = " ".join(lines).split()
    for word in (
        "visibility",
        "sub-theme-with-a-long-id",
        "Transportation",
        "unmistakably",
        "1234",
    ):
        assert word in words
    assert ("comments: 1234" in " ".join(lines)) == (width == 40)


@pytest.mark.parametrize("width", [60, 80, 120], indirect=True)
def test_bars_take_the_room_that_is_left(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        ("Visibility", "62", "14.9", "10 to 20"),
        ("  A long name of two lines on it", "22", "5.3", ""),
    ]
    Printer().table(
        rows,
        ("theme", "n", "%", "95% interval"),
        right=("n", "%", "95% interval"),
        wide=("theme",),
        spare=("95% interval",),
        bars=(Bar(14.9, 10, 20), Bar(5.3)),
    )
    said = capsys.readouterr().out
    lines = lines_of(said)
    assert max(map(cell_len, lines)) <= width
    first, second = (next(line for line in lines if name in line) for name in ("Visib", "  A "))
    longest = len(first.split()[-1])
    assert longest >= {60: 6, 80: 16, 120: 40}[width]
    assert first.count("█") == pytest.approx(longest / 2, abs=1)
    assert first.count("▒") == pytest.approx(longest / 2, abs=1)
    assert len(second.split()[-1]) == pytest.approx(longest * 5.3 / 20, abs=1)
    assert ("Left out in this width: 95% interval." in said) == ("10 to 20" not in said)


@pytest.mark.parametrize(
    ("share", "drawn"),
    [(0.0, ""), (float("nan"), ""), (0.01, "▏"), (5.5, "█████▌"), (10, "█" * 10)],
)
def test_a_bar_is_as_long_as_its_share(share: float, drawn: str) -> None:
    assert draw_bars([Bar(share), Bar(10)], 10)[0] == drawn
    assert draw_bars([Bar(share), Bar(10)], 10, plain=True)[0] == "#" * len(drawn)


def test_cells_and_titles_spell_commands(capsys: pytest.CaptureFixture[str]) -> None:
    next_step = command("check", "plan")
    Printer().table([(next_step, "[bold]\x1b]0;x\x07")], ("next", "text"), title=next_step)
    out = capsys.readouterr().out
    assert out.count("coder check plan") == 2
    assert "[bold]" in out
    assert "\x1b]" not in out


def test_quiet_and_json_print_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    for printer in (Printer(quiet=True), Printer(as_json=True)):
        printer.facts = {"a": "\x1b"}
        printer.say("text")
        printer.table([("x",)], ("y",))
        printer.finish()
    assert capsys.readouterr().out == '{\n  "a": "\\u001b"\n}\n'


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, "–"), (0, 10, "0%"), (1, 1000, "<1%"), (1, 3, "33%"), (10, 10, "100%")],
)
def test_percent(part: float, whole: float, expected: str) -> None:
    assert percent(part, whole) == expected


# ---------------------------------------------------------------- help


def help_of(*words: str) -> str:
    environment = {"COLUMNS": "80", "TERM": "dumb"}
    return CliRunner().invoke(app, [*words, "--help"], env=environment).output


def test_commands_are_listed_in_the_order_of_the_work_a_line_each() -> None:
    listed = help_of().split("Commands:\n")[1].split("\n\n")[0].splitlines()
    assert tuple(line.split()[0] for line in listed) == COMMANDS
    for line in [*listed, *help_of("codebook").split("Commands:\n")[1].splitlines()]:
        assert line.startswith("  ")
        assert re.fullmatch(r"  [a-z]+ +[A-Z].*\.", line)
        assert len(line) <= 80


@pytest.mark.parametrize(
    "words",
    [
        *((name,) for name in COMMANDS),
        *(("codebook", name) for name in ("check", "diff", "from", "to", "schema")),
    ],
)
def test_help_names_types_as_people_do(words: tuple[str, ...]) -> None:
    text = help_of(*words)
    assert text.startswith(f"Usage: coder {shlex.join(words)} ")
    assert not re.search(r"<\w+>|\{|list\[", text)
    assert not re.search(r"^  --[\w-]+ (?:INTEGER|FLOAT|PATH|STR)\b", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= 80


def test_numbers_that_are_none_are_null_in_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Strict readers, such as those of browsers and databases, refuse NaN."""
    printer = Printer(as_json=True)
    printer.facts = {"themes": [{"n": 3, "precision": float("nan")}], "top": float("inf")}
    printer.finish()
    facts = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert facts == {"themes": [{"n": 3, "precision": None}], "top": None}


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.2, "1 s"), (59.4, "59 s"), (59.6, "1 min"), (3_599, "60 min"), (3_600, "1 h 0 min"),
     (12_000, "3 h 20 min"), (86_399, "24 h 0 min"), (86_400, "1 day 0 h"), (190_000, "2 days 5 h")],
)  # fmt: skip
def test_durations_are_written_as_people_do(seconds: float, expected: str) -> None:
    assert format_duration(seconds) == expected


def test_progress_shows_the_share_done_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Printer().progress() as progress:
        progress(0, 400_000, "Coding")
        time.sleep(0.15)
        progress(1_000, 400_000, "Coding")
        time.sleep(0.15)
        progress(100_000, 400_000, "Coding")
        time.sleep(0.15)
    lines = lines_of(capsys.readouterr().err.replace("\r", "\n"))
    assert any(re.search(r"Coding ━.* 25% 100,000 of 400,000 \d+ s left", line) for line in lines)


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    for printer in (Printer(), Printer(quiet=True), Printer(as_json=True)):
        with printer.progress() as progress:
            progress(1, 2, "Coding")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("options", [{}, {"quiet": True}, {"as_json": True}])
def test_a_wait_is_told_once_where_there_is_no_progress_line(
    options: dict[str, bool], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printer = Printer(**options)
    lock = project_lock.hold_at_once(tmp_path)
    assert lock is not None
    with printer.progress() as shown:
        for progress in (shown, None):
            with pytest.raises(CoderError), hold_project(tmp_path, "", progress, 1.0):
                pass
    lock.release()
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("Waiting for a command. Ctrl-C stops the wait") == 1


def test_the_progress_line_of_a_wait_tells_how_long_it_has_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with show_progress() as report:
        report(1_200, 3_600, "Waiting for coder apply")
        report(300, 1_200, "Coding comments")
        time.sleep(0.3)  # until it is drawn
    shown = " ".join(lines_of(capsys.readouterr().err))
    assert re.search(r"Waiting for coder apply \W+ for 20 min; Ctrl-C stops the wait", shown)
    assert re.search(r"Coding comments \W+ 25% 300 of 1,200", shown)
    assert "3,600" not in shown
