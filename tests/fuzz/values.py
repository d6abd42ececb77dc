"""Values that are hard to bear: what one cell, field or attribute is replaced by."""

import json
from random import Random

# Stands in every comment of the made files. An error must never show it.
CANARY = "kanarienvogel"

DEEP = 20_000
LONG = 200_000

TEXTS = (
    "",
    " ",
    "\ud800",
    "\udfff tail",
    "\x00",
    "a\x00b",
    "\x1b]0;owned\x07\x1b[2J",
    "\x9b31m",
    "\u202eleft",
    "\u2066iso\u2069",
    "\ufeff",
    "\uffff",
    "\U0010ffff",
    "e\u0301" * 50,
    "👩‍👩‍👧‍👦",
    "../../etc/passwd",
    "..",
    ".",
    "/",
    "C:\\con",
    "a/b",
    "nul\\0",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "+1",
    "-1",
    "\t=1",
    "'",
    '"',
    '"""',
    "<script>alert(1)</script>",
    "</script>",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&#0;",
    "&#xD800;",
    "&xxe;",
    "{{7*7}}",
    "%s%n",
    "[/b]",
    "[@click=app.bell]x[/]",
    "null",
    "NaN",
    "nan",
    "None",
    "true",
    "no",
    "~",
    "*a",
    "&a [*a]",
    "!!python/object:os.system",
    "- - - -",
    "{",
    "[",
    "(a+)+$",
    "\r\n",
    "\r",
    "\x85",
    "\u2028",
    "sep=;",
    "::",
    "drugs=more;drugs=",
    ";;;",
)
NUMBERS = (
    "0",
    "-0",
    "-1",
    "1",
    "2",
    "255",
    "256",
    "65535",
    "65536",
    "1048576",
    "16384",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1" * 400,
    "1" * 5000,
    "1e308",
    "1e309",
    "-1e309",
    "1e-400",
    "0.1",
    "١٢٣",
    "1_000",
    "0x10",
    "Infinity",
    "-Infinity",
    "1e5",
    "007",
)
DATES = (
    "0000-00-00",
    "0001-01-01",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "10000-01-01",
    "2026-02-30",
    "2026-13-01T25:61:61",
    "1677-09-21",
    "2262-04-12",
    "-0001-01-01",
    "2026-11-22T10:00:00",
    "1900-02-29",
    "12:00",
    "99999999",
)
TREES = (
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1e308",
    "Infinity",
    "NaN",
    "1" + "0" * 30,
    "[]",
    "{}",
    "[[]]",
    "[null]",
    '{"": ""}',
)


def text(chance: Random) -> str:
    """A text for any place that holds text."""
    kind = chance.random()
    if kind < 0.55:
        return chance.choice(TEXTS)
    if kind < 0.75:
        return chance.choice(NUMBERS)
    if kind < 0.9:
        return chance.choice(DATES)
    if kind < 0.95:
        return chance.choice(TEXTS) * chance.choice((2, 10, 300))
    if kind < 0.96:
        return "x" * LONG
    return "".join(chr(chance.choice(_RANGES)(chance)) for _ in range(chance.randint(1, 12)))


def tree(chance: Random) -> object:
    """A value for any place of a tree of JSON or YAML."""
    kind = chance.random()
    if kind < 0.5:
        return text(chance)
    if kind < 0.9:
        return json.loads(chance.choice(TREES))
    if kind < 0.95:
        return {text(chance): text(chance), "id": text(chance)}
    return [text(chance) for _ in range(chance.choice((1, 3, 400)))]


def plain_text(chance: Random) -> str:
    """A text that UTF-8 can hold."""
    return text(chance).encode("utf-8", "replace").decode("utf-8")


_RANGES = (
    lambda chance: chance.randint(0, 31),
    lambda chance: chance.randint(32, 126),
    lambda chance: chance.randint(127, 160),
    lambda chance: chance.randint(0x200B, 0x206F),
    lambda chance: chance.randint(0x4E00, 0x4EFF),
    lambda chance: chance.randint(0x1F300, 0x1F6FF),
)
