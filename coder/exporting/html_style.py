"""How a page looks: its colours by name, for light and dark screens, and its style sheet."""

from collections.abc import Mapping

LIGHT = {
    "paper": "#ffffff",
    "text": "#1a1a1a",
    "quiet": "#555555",
    "accent": "#1f4e79",
    "head": "#e7ecf3",
    "line": "#c9ced6",
    "mark": "#fff3bf",
    "alarm": "#b00020",
    "on-alarm": "#ffffff",
}
DARK = {
    "paper": "#16191d",
    "text": "#e8eaed",
    "quiet": "#b4bac2",
    "accent": "#9cc7f0",
    "head": "#262c34",
    "line": "#454d58",
    "mark": "#5c4d0c",
    "alarm": "#a3001e",
    "on-alarm": "#ffffff",
}
NARROW_SCREEN = 640  # pixels, up to which charts have their narrow layout
# Pixels; a table that needs more scrolls on every screen, since the text is never wider.
SCROLLS_UNDER = (400, 480, 560, 640, 720, 800, 900, 1000, 1080)
STYLE = """
*, ::before, ::after { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body { font: 1rem/1.5 Arial, Helvetica, "Liberation Sans", sans-serif; color: var(--text); background: var(--paper);
  margin: 0 auto; max-width: 68rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.35rem; margin: 2.4rem 0 .6rem; } h3 { font-size: 1.1rem; } h4, h5, h6 { font-size: 1rem; }
a { color: var(--accent); } a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
.standing { font-weight: 600; border-left: 4px solid var(--accent); padding-left: .6rem; } .quiet { color: var(--quiet); } .base { margin: .2rem 0; }
.question { font-style: italic; }
.warning { position: sticky; top: 0; z-index: 2; margin: 0 0 1rem; padding: .4rem .8rem; background: var(--alarm); color: var(--on-alarm);
  font-weight: 700; text-align: center; } .warning p { margin: 0; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; } nav a { display: inline-block; padding: .25rem 0; }
code { font: .95em Consolas, "Liberation Mono", monospace; background: var(--head); color: var(--text); padding: 0 .2rem; }
.caption { font-weight: 600; margin: 1.4rem 0 .2rem; } .status { color: var(--text); font-weight: 700; margin: .2rem 0; }
.scroll { overflow-x: auto; margin: .4rem 0; max-width: 100%; }
.links { font-size: .8rem; } .links a { padding: 0 .15rem; } li:target { outline: 2px solid var(--accent); }
.hint { display: none; margin: .2rem 0; font-size: .9rem; color: var(--quiet); }
table { border-collapse: collapse; font-size: .9rem; overflow-wrap: normal; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
td, thead th { font-variant-numeric: tabular-nums; } thead th:not(.words) span { display: inline-block; width: min-content; min-width: 4rem; } td:not(.words) { white-space: nowrap; }
thead th { background: var(--head); font-weight: 600; vertical-align: bottom; } th.words, td.words, tbody th { text-align: left; }
tbody th { font-weight: 400; min-width: 14rem; max-width: 30rem; background: var(--paper); overflow-wrap: break-word; } td.words { min-width: 9rem; }
tr.main th, tr.main td { font-weight: 600; } tr.under1 th { padding-left: 1.6rem; } tr.under2 th { padding-left: 2.6rem; }
thead th.name, tbody th { position: sticky; left: 0; } thead th.name { z-index: 1; }
details { border-bottom: 1px solid var(--line); padding: .45rem 0; } details details { border: 0; margin-left: 1rem; }
summary { cursor: pointer; } summary h3, summary h4, summary h5 { display: inline; }
blockquote { margin: .6rem 0 .6rem 1rem; padding-left: .8rem; border-left: 3px solid var(--accent); white-space: pre-line; }
blockquote footer { color: var(--quiet); font-size: .9rem; } mark { background: var(--mark); color: var(--text); }
li.comment { white-space: pre-line; margin: .4rem 0; }
figure { margin: 1rem 0; } figcaption { font-weight: 600; margin-bottom: .3rem; }
figure svg { display: block; background: #fff; max-width: 100%; height: auto; } .narrow { display: none; } .paper { display: none; }
@media (max-width: NARROWpx) { body { padding: .7rem; } .wide { display: none; } .narrow { display: block; }
  h1 { font-size: 1.4rem; } tbody th { min-width: 8.5rem; } blockquote { margin-left: .2rem; } details details { margin-left: .3rem; } }
@page { size: A4 portrait; margin: 18mm 16mm; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } nav, .skip, .hint, .screen, .links, .listing { display: none !important; }
  .warning { position: static; background: #fff; border: 2px solid var(--alarm); color: var(--alarm); } .paper { display: block; margin-top: .5cm; } .scroll { overflow: visible; }
  .wide { display: block; } .narrow { display: none; } table { font-size: 8.5pt; } thead { display: table-header-group; }
  th, td { padding: .12cm .15cm; } thead th.name, tbody th { position: static; } thead th { print-color-adjust: exact; }
  tbody th { min-width: 0; max-width: none; } td.words { min-width: 0; } details { border: 0; }
  details:not(.listing)::details-content { content-visibility: visible; block-size: auto; } summary { list-style: none; }
  tr, figure, blockquote, .short { break-inside: avoid; } h1, h2, h3, h4, h5, summary, .caption, .base, .status, thead { break-after: avoid; }
  tr.under1, tr.under2 { break-before: avoid; } tbody tr:first-child, tbody tr:nth-last-child(2) { break-after: avoid; } p { orphans: 3; widows: 3; }
  .compact { font-size: 9pt; } .compact table { font-size: 8pt; line-height: 1.2; } .compact th, .compact td { padding: .04cm .12cm; } .compact h1, .compact h2, .compact p { margin: .15cm 0; }
  .compact h1 { font-size: 16pt; } .compact h2 { font-size: 12pt; } .compact section { padding: 0; margin: 0; } a { color: inherit; text-decoration: none; } }
"""


def style_sheet(warning: str) -> str:
    """The whole style sheet; a warning stands in the margin of every printed page."""
    rules = [_variables(":root", LIGHT, "light dark")]
    dark = _variables(":root", DARK, "dark")
    rules.append(f"@media screen and (prefers-color-scheme: dark) {{ {dark} }}")
    rules.append(STYLE.replace("NARROW", str(NARROW_SCREEN)))
    for pixels in SCROLLS_UNDER:
        rules.append(
            f"@media screen and (max-width: {pixels}px) "
            f"{{ .under{pixels} .hint {{ display: block; }} }}"
        )
    rules.append("@media screen { .always .hint { display: block; } }")
    rules.append(_page_margins(warning))
    return "\n".join(rules)


def _variables(selector: str, colours: Mapping[str, str], scheme: str) -> str:
    pairs = " ".join(f"--{name}: {colour};" for name, colour in colours.items())
    return f"{selector} {{ color-scheme: {scheme}; {pairs} }}"


def _page_margins(warning: str) -> str:
    """What stands above and below each printed page."""
    number = 'content: counter(page) " / " counter(pages); font: 9pt Arial, sans-serif;'
    boxes = f"@bottom-center {{ {number} }}"
    if warning:
        words = f"content: {_css_string(warning)}; color: {LIGHT['alarm']};"
        boxes += f" @top-center {{ {words} font: bold 10pt Arial, sans-serif; }}"
    return f"@page {{ {boxes} }}"


def _css_string(text: str) -> str:
    """The text in quotation marks, all but letters, digits and blanks by their numbers."""
    signs = []
    for sign in text:
        plain = sign.isascii() and (sign.isalnum() or sign == " ")
        signs.append(sign if plain else f"\\{ord(sign):06x}")
    return f'"{"".join(signs)}"'
