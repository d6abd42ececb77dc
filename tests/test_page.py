"""The HTML page and Markdown: structure, contrast, links, phones, paper, and what is escaped."""

import html
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from coder.exporting.drawing.contrast import contrast
from coder.exporting.html_style import DARK, LIGHT, style_sheet
from coder.exporting.to_html import page, write_document
from coder.exporting.to_markdown import as_markdown, escaped
from made_charts import WARNING
from made_documents import HOSTILE, document

# A text and what it stands on: each pair of names in both sets of colours.
TEXT_ON = (
    ("text", "paper"), ("quiet", "paper"), ("accent", "paper"), ("text", "head"), ("text", "mark"),
    ("on-alarm", "alarm"),
)  # fmt: skip
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
# Tables that scroll without a hint, and cells whose text is wider than they are.
CUT = """() => [...document.querySelectorAll('.scroll')].filter(
  box => box.offsetParent && box.scrollWidth > box.clientWidth + 1
         && !box.previousElementSibling.offsetParent
).concat([...document.querySelectorAll('th, td')].filter(
  cell => cell.offsetParent && cell.scrollWidth > cell.clientWidth + 1
)).map(each => each.textContent.slice(0, 80))"""


class Tags(HTMLParser):
    """Every element with its attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]

    def having(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.found if name in attributes]


@pytest.fixture(scope="module")
def tags() -> Tags:
    return Tags(page(document()))


def test_headings_are_in_order_and_names_lead_somewhere(tags: Tags) -> None:
    levels = [int(tag[1]) for tag, _ in tags.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = tags.having("id")
    assert len(ids) == len(set(ids))
    links = tags.having("href")
    assert {"#content", "#table-1", "#figure-1", "#themes"} <= set(links)
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert set(tags.having("aria-labelledby")) <= set(ids)


def test_tables_are_named_have_headings_and_can_be_scrolled_by_keys(tags: Tags) -> None:
    boxes = [box for box in tags.all("div") if box.get("class") == "scroll"]
    assert len(boxes) == 2
    labels = {box["aria-label"] for box in boxes}
    assert len(labels) == len(boxes)
    assert all((box["tabindex"], box["role"]) == ("0", "region") for box in boxes)
    assert {"col", "row"} == {cell["scope"] for cell in tags.all("th")}


def test_a_table_too_wide_for_a_screen_says_so_and_is_laid_out_for_paper(tags: Tags) -> None:
    wide = [box["class"] for box in tags.all("div") if "screen" in (box.get("class") or "")]
    assert wide == ["always screen", "always screen"]
    on_paper = [box for box in tags.all("div") if "paper" in (box.get("class") or "")]
    assert len(on_paper) > 3
    assert all(box["aria-hidden"] == "true" for box in on_paper)
    small = Tags(page(document(3, 0, 1)))
    assert not [box for box in small.all("div") if "paper" in (box.get("class") or "")]
    assert any((box.get("class") or "").startswith("under") for box in small.all("div"))


def test_charts_are_drawn_for_phones_too(tags: Tags) -> None:
    layouts = [box["class"] for box in tags.all("div") if box.get("class") in ("wide", "narrow")]
    assert layouts == ["wide", "narrow"]
    widths = [float(picture["width"]) for picture in tags.all("svg")]
    assert widths[0] > 700
    assert widths[1] < 345


def test_a_warning_stands_on_screen_and_in_the_margin_of_every_printed_page() -> None:
    text = page(document())
    assert f"<p>{WARNING}</p></aside>" in text
    margin = re.search(r'@top-center \{ content: "([^"]*)"', text)[1]
    assert re.sub(r"\\([0-9a-f]{6})", lambda m: chr(int(m[1], 16)), margin) == WARNING
    assert "@top-center" not in page(document(3, 1, 1, warned=False))
    assert "</style>" not in style_sheet('</style><script>"\\ }')


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_every_text_can_be_read_on_what_it_stands_on(colours: dict[str, str]) -> None:
    assert set(LIGHT) == set(DARK)
    for text, ground in TEXT_ON:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def test_axe_finds_nothing(tmp_path: Path) -> None:
    """At the width of a phone, a tablet and a screen, light and dark; nothing leaves the page."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    write_document(document(groups=3), tmp_path / "page.html")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width in (360, 768, 1280):
            for scheme in ("light", "dark"):
                size = {"width": width, "height": 900}
                context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
                tab = context.new_page()
                tab.goto((tmp_path / "page.html").as_uri())
                found = axe.Axe().run(tab).response["violations"]
                assert [each["id"] for each in found] == [], (width, scheme)
                assert tab.evaluate("document.documentElement.scrollWidth") <= width
                assert tab.evaluate(CUT) == []
        browser.close()


# ---------------------------------------------------------------- Markdown


@pytest.mark.parametrize(
    "text",
    [
        "+more officers +more patrols", "I paid £5 (or $5) for ~20% - why?", "Room #12 is closed!",
        "less < more, 2 > 1 & so on", "snake_case, [brackets] and (these)", "half-time; 5.30 p.m.",
        "–5 to +5", "a * b", "C:\\temp",
    ],
)  # fmt: skip
def test_what_means_nothing_in_markdown_is_left_as_it_was_written(text: str) -> None:
    assert escaped(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<b>bold</b>", r"\<b>bold\</b>"), ("*stars* _lines_", r"\*stars\* \_lines\_"),
        ("[a](http://x)", r"\[a\](http\://x)"), ("![a](b)", r"!\[a\](b)"), ("`code`", r"\`code\`"),
        ("- item", r"\- item"), ("+ item", r"\+ item"), ("# title", r"\# title"), ("---", r"\---"),
        ("2023. It was", r"2023\. It was"), ("a|b", r"a\|b"), ("> said", r"\> said"), ("&copy;", r"\&copy;"),
        ("~~no~~", r"\~\~no\~\~"), ("$x$", r"$x\$"), ("[x]: http://y", r"\[x\]: http\://y"), ("[^1]", r"\[^1]"), ("see [a](b)", r"see [a\](b)"),
        ("a@b.org, www.x.org", r"a\@b.org, www\.x.org"), (r"\*", r"\\\*"), ("ends \\", "ends \\\\"),
    ],
)  # fmt: skip
def test_what_means_something_in_markdown_is_escaped(text: str, safe: str) -> None:
    assert escaped(text) == safe
    shown = MARKDOWN.render(f"x {safe}"), MARKDOWN.render(safe)
    plain = html.escape(text)
    assert shown == (f"<p>x {plain}</p>\n", f"<p>{plain}</p>\n")


def test_markdown_leaves_commands_as_they_are_typed_and_tables_narrow() -> None:
    text = as_markdown(document())
    command = "`coder review plan --codebook 'my plan.yaml' --sample 100`."
    assert f"To draw a sample: {command}" in text
    assert "How many comments mention each theme: Table 1." in text
    assert "**Table 1. Themes in the comments (by source)**" in text
    for line in text.splitlines():
        if line.startswith("| ---"):
            assert line.count("|") <= 8
    assert escaped(HOSTILE) in text
