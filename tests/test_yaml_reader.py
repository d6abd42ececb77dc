"""The one strict reader of YAML: what it refuses, where, and that it never runs away."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from coder.codebook import read_codebook
from coder.errors import CoderError
from coder.limits import ORDINARY, use_limits
from coder.reporting.quotes_file import read_choices
from coder.settings import Settings, write_settings_to
from coder.yaml_faults import FaultyYamlError, compose_yaml, load_yaml, read_model

ROOT = Path(__file__).resolve().parents[1]
BOMB = "a: &a [x, x, x]\nb: &b [*a, *a]\nname: [*b, *b]\n"


class Anything(BaseModel):
    """Takes any keys."""

    name: object = None


def settings_of(path: Path) -> object:
    return read_model(path, path.read_bytes(), Settings, "Correct it.")


def write_again(path: Path) -> None:
    write_settings_to(path.with_name("new.yaml"), Settings(name="p"), path)


READERS = [read_codebook, settings_of, write_again, read_choices]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BOMB, ":1:4: aliases and anchors"),
        ("name: !!python/object:os.system x\n", ":1:7: tags (!) are not allowed"),
        ("name: {<<: {a: b}}\n", ":1:8: merging (<<) is not allowed"),
        ('name: p\nquestion: "\\ud800"\n', ":2:11: there is an escape"),
        ("name: a\nname: b\n", "used twice"),
        ("name: a\x07b\n", ":1:8: there is an invisible control character"),
        ("name: " + "[" * 30_000, "nested deeper than 30 levels"),
        ("- " * 30_000, "nested deeper than 30 levels"),
        ("name: " + "{a: " * 30_000, "nested deeper than 30 levels"),
        ("? " * 30_000, "nested deeper than 30 levels"),
        ("name: 2001-99-99\n", ":1:"),
        ("name: " + "9" * 10_000 + "\n", ":1:"),
        ("&", ":1:"),
        ("%YAML 9.9\n---\nname: a\n", ":1:"),
        ("\ufeffname: [\n", ":2:1: there is a bracket"),
    ],
)
def test_every_reader_refuses_with_line_and_column(
    read: Callable[[Path], object], text: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CoderError) as caught:
        read(path)
    assert f"{path}:" in caught.value.problem
    assert told in caught.value.problem


def test_a_file_may_not_be_huge(tmp_path: Path) -> None:
    text = "# " + "x" * ORDINARY.yaml_bytes
    with pytest.raises(FaultyYamlError) as caught:
        load_yaml(text)
    assert caught.value.faults[0].message == "larger than 8,000,000 bytes"


def test_a_file_may_not_hold_endless_values() -> None:
    with (
        use_limits(replace(ORDINARY, yaml_values=1_000)),
        pytest.raises(FaultyYamlError) as caught,
    ):
        load_yaml("name: [" + "{}, " * 1_000 + "]")
    assert caught.value.faults[0].message == "holds more than 1,000 values"


def test_only_so_many_faults_are_told() -> None:
    with pytest.raises(FaultyYamlError) as caught:
        compose_yaml("a:\n" + "- !x y\n" * 5_000)
    assert len(caught.value.faults) == 200


@pytest.mark.parametrize("text", ["a: é 🚌", "a: |\n  b\n", 'a: "\\u2028\\x85\\t"', "", "a: 'x'"])
def test_ordinary_text_is_read(text: str, tmp_path: Path) -> None:
    load_yaml(text)
    read_model(tmp_path / "a.yaml", text.encode(), Anything, "")


def test_no_other_module_reads_yaml() -> None:
    others = []
    for path in sorted((ROOT / "coder").rglob("*.py")):
        if "YAML(" in path.read_text(encoding="utf-8") and path.name != "yaml_faults.py":
            others.append(path.name)
    assert others == []
