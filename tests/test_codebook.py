"""The codebook file: every fault by line and column, all at once; bombs refused; written and read back."""

import json
import string
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from coder.codebook import (
    Codebook,
    Position,
    Theme,
    codebook_schema,
    codebook_yaml,
    read_codebook,
    write_codebook,
)
from coder.errors import CoderError, for_command_line

ROOT = Path(__file__).parents[1]


def read(tmp_path: Path, text: str | bytes) -> Codebook:
    path = tmp_path / "book.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_codebook(path)


def faults(tmp_path: Path, text: str | bytes) -> list[str]:
    """The faults without the folder: `LINE:COLUMN: what`."""
    with pytest.raises(CoderError) as error:
        read(tmp_path, text)
    assert error.value.fix
    return [
        line.removeprefix(f"{tmp_path / 'book.yaml'}:") for line in error.value.problem.splitlines()
    ]


GOOD = """\
title: Streets
version: 2
question: What next?
themes:
  - id: crime
    name: Crime
    themes:
      - id: asb
        name: Antisocial behaviour
        aggregate: false
  - id: drugs
    name: Drugs
    was: [dope, weed]
    positions:
      - {id: more, name: More}
      - {id: less, name: Less}
  - id: old
    name: Old
    retired: true
"""


def test_reads_what_the_contract_shows(tmp_path: Path) -> None:
    book = read(tmp_path, GOOD)
    assert book.theme_ids == ("crime", "asb", "drugs")
    assert [(p.theme.id, p.parent_id, p.depth) for p in book.nodes][1] == ("asb", "crime", 1)
    assert not book.theme("asb").aggregate
    assert book.current_ids["weed"] == "drugs"
    assert book.theme("old").retired
    with pytest.raises(CoderError, match="Did you mean 'drugs'"):
        book.theme("drug")


def test_yaml_1_2_keeps_yes_and_no_as_text(tmp_path: Path) -> None:
    book = read(tmp_path, "title: no\nthemes:\n  - {id: yes, name: Off, keywords: [no, on, y]}\n")
    assert (book.title, book.theme_ids, book.themes[0].name) == ("no", ("yes",), "Off")
    assert book.themes[0].keywords == ("no", "on", "y")


def test_mark_windows_lines_and_empty_values(tmp_path: Path) -> None:
    text = "\ufefftitle: T\r\nquestion:\r\nthemes:\r\n  - id: a\r\n    name: A\r\n    keywords:\r\n    was: []\r\n"
    assert read(tmp_path, text).themes[0].keywords == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: T\nthemes:\n  - {id: a}\n", ["3:5: theme 'a': name: is required"]),
        ("themes:\n  - {id: a, name: A}\n", ["1:1: title: is required"]),
        ("title: T\n", ["1:1: themes: is required"]),
        ("title: T\nthemes: []\n", ["2:1: themes: at least one theme that is not retired is needed"]),
        (
            "title: T\nthemes:\n  - id: a\n    name: A\n    keyword: [x]\n",
            ["5:5: theme 'a': keyword: no such key. Did you mean 'keywords'?"],
        ),
        (
            "title: T\nthemes:\n  - id: a\n    name: A\n    positions:\n      - {id: p, name: P, keyword: [x]}\n",
            ["6:26: theme 'a': position 'p': keyword: no such key. Did you mean 'keywords'?"],
        ),
        (
            "title: T\nthemes:\n  - id: More police\n    name: A\n",
            ["3:5: theme 'More police': id: 'More police' may hold only a-z, 0-9, - and _; for example 'more-police'"],
        ),
        ("title: T\nthemes:\n  - {id: 7, name: A}\n", ["3:6: theme '7': id: must be text, not 7; put it in quotes"]),
        (
            "title: T\nthemes:\n  - {id: a, name: A, keywords: police}\n",
            ["3:22: theme 'a': keywords: must be a list, such as [one, two]"],
        ),
        (
            "title: T\nthemes:\n  - {id: a, name: A, keywords: [police, 999]}\n",
            ["3:41: theme 'a': keywords.2: must be text, not 999; put it in quotes"],
        ),
        ("title: T\nthemes:\n  - {id: a, name: ''}\n", ["3:13: theme 'a': name: "]),
        ("title: T\nlanguage: English\nthemes:\n  - {id: a, name: A}\n", ["2:1: language: 'English' is not a language"]),
        ("title: T\nversion: 1.5\nthemes:\n  - {id: a, name: A}\n", ["2:1: version: "]),
        ("title: T\nthemes:\n  - {id: a, name: A}\n  - {id: a, name: B}\n", ["4:6: the id 'a' is used twice"]),
        (
            "title: T\nthemes:\n  - {id: a, name: A, themes: [{id: b, name: B}]}\n  - {id: b, name: B}\n",
            ["4:6: the id 'b' is used twice"],
        ),
        (
            "title: T\nthemes:\n  - id: a\n    name: A\n    positions: [{id: p, name: P}, {id: p, name: Q}]\n",
            ["5:5: the position id 'p' is used twice"],
        ),
        ("title: T\nthemes:\n  - {id: a, name: A, was: [a]}\n", ["3:22: was: must not name the theme's own id"]),
        (
            "title: T\nthemes:\n  - {id: a, name: A, was: [b]}\n  - {id: b, name: B, was: [a]}\n",
            ["3:22: was: 'b' is still a theme", "4:22: was: 'a' is still a theme"],
        ),
        (
            "title: T\nthemes:\n  - {id: a, name: A, was: [x]}\n  - {id: b, name: B, was: [x]}\n",
            ["4:22: was: 'x' is also named by 'a'; use split_from"],
        ),
        (
            "title: T\nthemes:\n  - {id: a, name: A, was: [x, x]}\n",
            ["3:22: was: 'x' is listed twice"],
        ),
        (
            "title: T\nthemes:\n  - {id: a, name: A, split_from: a}\n",
            ["3:22: split_from: a theme cannot be split from itself"],
        ),
        (
            "title: T\nthemes:\n  - {id: a, name: A, retired: true}\n",
            ["2:1: themes: at least one theme that is not retired is needed"],
        ),
        ("title: T\ntitle: U\nthemes:\n  - {id: a, name: A}\n", ["2:1: the key \"title\" is used twice"]),
        (
            "title: T\nthemes:\n  - id: a\n    name: A\n    name: B\n",
            ["5:5: the key \"name\" is used twice"],
        ),
        ("title: T\nthemes:\n  - {id: a, name: &x A, label: *x}\n", ["3:19: aliases and anchors", "3:32: aliases"]),
        ("title: T\nthemes:\n  - {id: a, name: !!str A}\n", ["3:19: tags (!) are not allowed"]),
        ("title: T\nthemes:\n  - {id: a, name: !!python/object:os.system A}\n", ["3:19: tags (!) are not allowed"]),
        ("title: T\nthemes: ! [a]\n", ["2:9: tags (!) are not allowed"]),
        ("title: T\nthemes:\n\t- {id: a, name: A}\n", ["3:1: a tab is used where only spaces are allowed"]),
        ("title: [T\nthemes: x\n", [":"]),
        ("title: T\n---\ntitle: U\n", [":"]),
        ("", ["1:1: a codebook starts with `title:` and `themes:`; each theme is a line `- id: bus`"]),
        ("- a\n- b\n", ["1:1: a codebook starts with `title:` and `themes:`; each theme is a line `- id: bus`"]),
        ("just text\n", ["1:1: a codebook starts with `title:` and `themes:`; each theme is a line `- id: bus`"]),
        ("title: T\nthemes:\n  - a\n", ["3:5: themes.1: "]),
        ("title: T\nthemes:\n  -\n", ["3:4: themes.1: "]),
        ("title: T\nthemes:\n  - {id: a, name: A}\n1: x\n", ["4:1: 1: keys should be strings"]),
        ("title: T\nthemes: [{id: a, name: A}]\n? [a, b]\n: c\n", ["3:"]),
        ("title: T\nthemes:\n  - {id: a, name: A, <<: {label: L}}\n", ["3:22: merging (<<) is not allowed"]),
        ("title: T\nnotes: a\x07b\nthemes: [{id: a, name: A}]\n", ["2:9: "]),
        ("title: " + "[" * 20_000, ["1:37: nested deeper than 30 levels"]),
        ("title: T\nversion: " + "9" * 6_000 + "\nthemes: [{id: a, name: A}]\n", [":"]),
    ],
)  # fmt: skip
def test_each_fault_by_line_and_column(tmp_path: Path, text: str, expected: list[str]) -> None:
    """What a codebook file may say, and what is refused."""
    found = faults(tmp_path, text)
    assert len(found) == len(expected), found
    for told, wanted in zip(found, expected, strict=True):
        assert told.startswith(wanted) or (wanted == ":" and told[0].isdigit()), told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: T\nthemes:\n  - id: a\n    name: A\n   label: b\n", "5:4: this line does not start in the same column"),
        ("title: T\nthemes:\n  - id: a\n    name: A: b\n", "4:12: a `:` is not allowed here"),
        ("title: T\nthemes:\n  - id: a\n     name: A\n", "4:10: a `:` is not allowed here"),
        ('title: "T\nthemes:\n  - id: a\n', "1:8: a quote is opened here and never closed"),
        ("title: 'don't do'\n", "1:13: there is more text after the end of a value"),
        ("title: T\nthemes:\n  - id: a\n    tags: [a, b\n    name: c\n", "5:9: the list opened with [ in line 4 lacks"),
        ("title: {a: T\nthemes: x\n", "2:7: the { opened in line 1 lacks a comma or its closing }"),
        ("title: T\nthemes\n  - id: a\n", "2:1: this is not a line `key: text`"),
        ("title: @x\n", "1:8: text cannot start with this character"),
        ("title: T\n---\ntitle: U\n", "2:1: a second document starts here"),
        ("title: T\nnotes: a\x07b\n", "2:9: there is an invisible control character here: delete it"),
        ('title: "a\\qb"\n', "1:11: a backslash has a special meaning in double quotes"),
        (
            "title: T\nthemes:\n  - {id: a, name: A, themes: [{id: b, name: B, tags: [1]}]}\n",
            "3:55: theme 'b': tags.1: must be text",
        ),
        ("title: T\nthemes:\n  - {id: a, name: A}\n  - {name: B, colour: red, id: b}\n", "4:15: theme 'b': colour: no such"),
    ],
)  # fmt: skip
def test_faults_are_told_in_plain_words(tmp_path: Path, text: str, expected: str) -> None:
    """In the words of somebody who wrote the file, not those of the YAML reader."""
    (told,) = faults(tmp_path, text)
    assert told.startswith(expected), told
    assert "<" not in told


def test_check_keeps_ids_whole_and_warns_of_what_is_doubled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from coder.cli.codebook import check

    long_id = "a-theme-with-a-very-long-id-that-leaves-no-room-in-80-characters"
    path = tmp_path / "book.yaml"
    path.write_text(
        f"title: T\nthemes:\n  - {{id: {long_id}, name: A name that goes on and on, keywords: [Bus]}}\n"
        "  - {id: b, name: Parks, keywords: [bus], positions: [{id: more, name: M}]}\n  - {id: c, name: parks}\n"
        "  - {id: d, name: parks, keywords: [bus], retired: true}\n"
    )
    monkeypatch.setenv("COLUMNS", "80")
    check(path)
    said = capsys.readouterr()
    assert long_id in said.out
    assert "positions" in said.out, "no column is cut off"
    assert " more" in said.out
    assert "keyword 'Bus' is in 2 themes: a-theme" in said.err
    assert "name 'Parks' is in 2 themes: b, c." in said.err


def test_check_lists_clashes_briefly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from coder.cli.codebook import check

    monkeypatch.setenv("COLUMNS", "200")
    words = ["bus-stop", "bike", "train", "tram", "taxi", "ferry"]
    path = tmp_path / "book.yaml"
    path.write_text(
        f"title: T\nthemes:\n  - {{id: a, name: A, keywords: [{', '.join(words)}]}}\n"
        f"  - {{id: b, name: B, keywords: [{', '.join(words).replace('-', ' ')}]}}\n"
        "  - {id: c, name: C, keywords: [Taxis]}\n"
    )
    check(path)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert lines[0] == "The keyword 'taxi' is in 3 themes: a, b, c."
    assert lines[1] == "The keyword 'bus-stop' is in 2 themes: a, b."
    assert lines[3] == (
        f"3 more names and keywords are shared. List them: coder codebook check {path} --all"
    )
    check(path, all_=True)
    assert len(capsys.readouterr().err.splitlines()) == 6
    check(path, as_json=True)
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["warnings"]) == 6


def test_all_faults_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        "title: 5\nlanguage: English\nthemes:\n  - {id: A, name: A}\n  - {name: B, colour: red}\n"
        "  - {id: c, name: C, keywords: [1]}\n"
    )
    found = faults(tmp_path, text)
    assert [told.split(": ")[0] for told in found] == ["1:1", "2:1", "4:6", "5:5", "5:15", "6:33"]


def test_billion_laughs_and_other_bombs_are_refused_at_once(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)
    ]
    assert all("aliases and anchors" in told for told in faults(tmp_path, "\n".join(rows)))
    assert "deeper" in faults(tmp_path, "title: " + '{"a": ' * 5_000)[0]
    assert "larger than" in faults(tmp_path, "#" * 1_000_001)[0]


def test_deep_block_nesting_is_refused(tmp_path: Path) -> None:
    deep = "title: T\nthemes:\n" + "".join(f"{'  ' * n}- id: a{n}\n{'  ' * n}  name: A\n{'  ' * n}  themes:\n" for n in range(1, 60))  # fmt: skip
    assert any("nested deeper than 30 levels" in told for told in faults(tmp_path, deep))


def test_not_utf8_names_the_line(tmp_path: Path) -> None:
    assert faults(tmp_path, b"title: T\nnotes: caf\xe9\n") == ["2: not UTF-8 text"]
    assert "UTF-8" in faults(tmp_path, "title: T\n".encode("utf-16"))[0]


def test_missing_file_offers_the_near_name(tmp_path: Path) -> None:
    (tmp_path / "police.yaml").write_text(GOOD)
    with pytest.raises(CoderError, match=r"Did you mean 'police\.yaml'"):
        read_codebook(tmp_path / "polce.yaml")
    with pytest.raises(CoderError, match="no such codebook"):
        read_codebook(tmp_path / "elsewhere" / "polce.yaml")


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_codebook_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    problem = None
    try:
        read_codebook(path)
    except CoderError as error:
        problem = error.problem
    assert problem is None or str(path) in problem


NODE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "name", "themes", "was", "positions", "keywords", "title", "x", "cluster"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["title", "themes", "version", "language", "x"]), NODE, max_size=5
    )
)
@settings(max_examples=100, deadline=None)
def test_any_tree_is_a_codebook_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "tree.yaml"
    path.write_text(json.dumps(tree))
    try:
        read_codebook(path)
    except CoderError as error:
        for line in error.problem.splitlines():
            place = line.removeprefix(f"{path}:")
            assert place.split(":")[0].isdigit(), line


# ---------------------------------------------------------------- there and back

line = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=25).filter(str.strip)
free = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
slug = st.from_regex(r"[a-z0-9][a-z0-9_\-]{0,12}", fullmatch=True)
lines = st.lists(line, max_size=3).map(tuple)
number = st.floats(allow_nan=False) | st.integers() | st.booleans() | free


@st.composite
def codebooks(draw: Any) -> Codebook:
    ids = iter(draw(st.lists(slug, unique=True, min_size=4, max_size=9)))
    first = next(ids)

    def theme(name: str, subs: tuple[Theme, ...] = ()) -> Theme:
        positions = draw(st.lists(slug, unique=True, max_size=2))
        return Theme(
            id=name, name=draw(line), label=draw(free), definition=draw(free), includes=draw(lines),
            excludes=draw(lines), keywords=draw(lines), examples=draw(lines), counter_examples=draw(lines),
            tags=draw(lines), themes=subs, aggregate=draw(st.booleans()), fallback=draw(st.booleans()),
            positions=tuple(Position(id=p, name=draw(line), keywords=draw(lines)) for p in positions),
            retired=name != first and draw(st.booleans()),
            status=draw(st.sampled_from(["adopted", "candidate"])),
            cluster=draw(st.dictionaries(free, number, max_size=2)),
            split_from=draw(st.none() | slug.filter(lambda s: s != name)),
        )  # fmt: skip

    sub = theme(next(ids))
    themes = [theme(first, (sub,)), *(theme(name) for name in ids)]
    return Codebook(
        title=draw(line), version=draw(st.integers() | st.text(string.printable, max_size=6)),
        question=draw(free), notes=draw(free), language=draw(st.sampled_from(["en", "de", "no", "xx"])),
        themes=tuple(themes),
    )  # fmt: skip


@given(codebooks())
@settings(max_examples=50, deadline=None)
def test_written_and_read_back_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, book: Codebook
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.yaml"
    write_codebook(path, book, head="A draft.\n\nEdit it.")
    again = read_codebook(path)
    assert again == book
    assert again.fingerprint == book.fingerprint
    assert path.read_text(encoding="utf-8").startswith("# A draft.\n#\n# Edit it.\n")


@pytest.mark.parametrize("path", sorted((ROOT / "codebooks").glob("*.yaml")), ids=lambda p: p.name)
def test_shipped_codebooks_round_trip_and_meet_the_schema(path: Path, tmp_path: Path) -> None:
    book = read_codebook(path)
    write_codebook(tmp_path / "again.yaml", book)
    assert read_codebook(tmp_path / "again.yaml") == book
    jsonschema.validate(
        YAML(typ="safe").load(path.read_text(encoding="utf-8")), json.loads(codebook_schema())
    )


def test_fingerprint_hangs_on_content_not_on_layout(tmp_path: Path) -> None:
    one = read(tmp_path, GOOD)
    two = read(
        tmp_path,
        "# a remark\n" + GOOD.replace("was: [dope, weed]", "was:\n      - dope\n      - weed"),
    )
    three = read(tmp_path, GOOD.replace("Antisocial", "Anti-social"))
    assert one.fingerprint == two.fingerprint != three.fingerprint


# ---------------------------------------------------------------- JSON Schema


@given(codebooks())
@settings(max_examples=50, deadline=None)
def test_schema_takes_whatever_the_loader_writes(book: Codebook) -> None:
    schema = json.loads(codebook_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(YAML(typ="safe").load(codebook_yaml(book)), schema)


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": " "},
        {"title": 5},
        {"language": "English"},
        {"version": [1]},
        {"colour": "red"},
        {"themes": [{"id": "a"}]},
        {"themes": [{"id": "A b", "name": "x"}]},
        {"themes": [{"id": "a", "name": "x", "keyword": ["y"]}]},
        {"themes": [{"id": "a", "name": "x", "keywords": "y"}]},
        {"themes": [{"id": "a", "name": "x", "keywords": [""]}]},
        {"themes": [{"id": "a", "name": "x", "keywords": [4]}]},
        {"themes": [{"id": "a", "name": "x", "status": "draft"}]},
        {"themes": [{"id": "a", "name": "x", "aggregate": "maybe"}]},
        {"themes": [{"id": "a", "name": "x", "split_from": "B"}]},
        {"themes": [{"id": "a", "name": "x", "positions": [{"id": "p"}]}]},
        {"themes": [{"id": "a", "name": "x", "themes": [{"id": "b"}]}]},
    ],
)
def test_schema_and_loader_refuse_the_same(tmp_path: Path, change: dict[str, Any]) -> None:
    tree = {"title": "T", "themes": [{"id": "a", "name": "A"}]} | change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tree, json.loads(codebook_schema()))
    assert faults(tmp_path, json.dumps(tree))


def test_themes_written_as_keys_are_told_how_a_theme_is_written(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text("title: T\nthemes:\n  bus: Bus\n  police: Police\n")
    with pytest.raises(
        CoderError, match=r"themes: must be a list: each theme is a line `- id: bus`"
    ):
        read_codebook(path)


@pytest.mark.parametrize(
    ("themes", "expected"),
    [
        ("  - id: a\n    name: A\n    keywords:\n      - bus\n      -police\n", "7:7: "),
        (
            "  - id: a\n    name: A\n    keywords:\n      -police\n      -people\n",
            "5:5: theme 'a': keywords: ",
        ),
        ("  -police: a\n   name: A\n", "3:3: "),
        ("  - id: a\n    name: A\n  -police: b\n    name: B\n", "5:3: "),
        ("  -police: a\n  name: A\n", "2:1: themes: "),
        ("  - id: a\n    name: A\n    -police: b\n", "5:5: theme 'a': -police: "),
    ],
)
def test_a_list_item_without_its_blank_is_told(tmp_path: Path, themes: str, expected: str) -> None:
    said = faults(tmp_path, f"title: T\nthemes:\n{themes}")
    assert said[0] == f"{expected}a space is missing after the dash: write `- police`"


def test_a_line_of_text_that_begins_with_a_dash_is_not_blamed(tmp_path: Path) -> None:
    text = "title: T\nthemes:\n  - id: a\n    name: A\n    definition: >-\n      -more: police\n   label: x\n"
    assert "space is missing" not in faults(tmp_path, text)[0]
    assert (
        read(tmp_path, text.replace("   label", "    label")).themes[0].definition
        == "-more: police"
    )


def test_a_folder_is_called_a_folder_and_its_codebooks_are_named(tmp_path: Path) -> None:
    with pytest.raises(CoderError) as error:
        read_codebook(tmp_path)
    assert "is a folder" in error.value.problem
    assert "coder cluster FILE" in for_command_line(error.value.fix)
    (tmp_path / "project.yaml").write_text("name: x\n", encoding="utf-8")
    (tmp_path / "candidates.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(CoderError) as error:
        read_codebook(tmp_path)
    assert str(tmp_path / "candidates.yaml") in error.value.fix
    assert "project.yaml" not in error.value.fix


def test_question_marks_between_brackets_are_quoted_for_other_programs() -> None:
    """Readers of YAML 1.1 take a bare question mark there for the start of a key."""
    theme = Theme(
        id="a", name="A", keywords=("why? how",), cluster={"comments": 3, "key_point": "Who pays?"}
    )
    text = codebook_yaml(Codebook(title="T", themes=(theme,)))
    assert 'keywords: ["why? how"]' in text
    assert 'key_point: "Who pays?"' in text


def test_keywords_are_written_on_one_line(tmp_path: Path) -> None:
    words = (
        "no",
        "bus, tram",
        "don't",
        "?so",
        "who? them",
        "-x",
        "[b]",
        "a: b",
        "#1",
        "1.5",
        "line\u0085end",
        "w " * 300 + "w",
    )
    position = Position(id="p", name="P", keywords=words)
    book = Codebook(
        title="T", themes=(Theme(id="a", name="A", keywords=words, positions=(position,)),)
    )
    text = codebook_yaml(book)
    assert (
        sum(
            line.lstrip().startswith("keywords: [no, 'bus, tram', don't, ")
            for line in text.splitlines()
        )
        == 2
    )
    assert len(text.splitlines()) == 10
    assert read(tmp_path, text) == book
