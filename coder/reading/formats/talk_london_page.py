"""The text of a Talk London discussion page: who wrote what, each text once and whole.

Two layouts are known. Since 2024 an entry begins with its author's name, on the next line
"Community Member 5 months ago" (or "Official Representative ...") with the text directly after
it. Until 2022 it begins with "Avatar for - Tiger", which many people share and which therefore
does not say who wrote it. A long text is printed as a preview ending in "...", "Show full
comment", the text, "Show less of comment".
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from coder.errors import CoderError
from coder.natural_order import MONTHS
from coder.reading.raw_table import NoCommentsError, RawTable, arrow_columns

PUBLIC = "public"
OFFICIAL = "official"
SHOW_FULL = "Show full comment"
SHOW_LESS = "Show less of comment"
AVATAR = re.compile(r"^Avatar for -[ \t\u00a0]*(?P<avatar>[^\n]*)$", re.MULTILINE)
SPAN = r"(?:\d+|an?|one) (?:sec(?:ond)?|min(?:ute)?|hour|day|week|month|year)s?"
HEAD = re.compile(
    r"^(?P<role>Community Member|Official Representative)\s+"
    rf"(?P<posted>{SPAN}(?: {SPAN})? ago|just now)",
    re.MULTILINE,
)
# What can come directly before an author's name, on the same line.
BEFORE_NAME = re.compile(
    rf"^(?:{SHOW_LESS}|Log into your account|Join Talk London|Comments \(\d+\))+"
)
DELETED = re.compile(r"^anonymous\b.*\bdeleted by\b", re.IGNORECASE)
COMMENT_COUNT = re.compile(
    r"^[ \t]*(?:Log into your account)?Comments \((\d+)\)", re.MULTILINE
)
WINDOW = re.compile(r"(\d{2}/\d{2}/\d{4}) - (\d{2}/\d{2}/\d{4})")
RAN = re.compile(r"The discussion ran from ([^\n]+)")
RESPONDED = re.compile(
    r"(?<![\d,])([\d,]+) Londoners have responded"
    r"|Londoners have responded ([\d,]+) times"
)
# White space is bounded: a page of empty lines is not searched again from each of them.
PROMPT = re.compile(r"^\s{0,20}[-–•*]\s{0,20}(\S[^\n]*\?)\s{0,20}$", re.MULTILINE)
# The first line of what comes after the last entry.
FOOTER = re.compile(
    r"^(?:Staying safe|Community guidelines|Timeline|Want to join our next discussion\?"
    r"|STAGE: [^\n]*)$",
    re.MULTILINE,
)
LIKES = re.compile(
    r"\n\s{0,20}\d{1,9}\s{1,20}(?:likes?|hearts?)\s{0,20}$", re.IGNORECASE
)
WRITTEN_DATE = re.compile(r"(\d{1,2}) ([A-Z][a-z]+)")
DOWNLOAD_SUFFIX = re.compile(r"[_-][0-9a-f]{8,}$")
# How an official reply on the older pages is signed: its last line is one of these and nothing
# else.
SIGNATURES = frozenset(
    (
        "talk london",
        "talk london team",
        "the talk london team",
        "mopac",
        "mayor's office for policing and crime",
        "city hall",
        "greater london authority",
    )
)
LONGEST_NAME = 80


class PageEntry(NamedTuple):
    """One entry of a page."""

    text: str
    role: str  # PUBLIC or OFFICIAL
    author: str = ""  # empty where the page shows avatars only
    avatar: str = ""
    posted: str = ""  # as printed, never a date


def page_as_table(page: str, path: Path, encoding: str) -> RawTable:
    """A page's entries as rows: comment_id, text, role, author, avatar, posted, page_window,
    reply_to.

    Args:
        page: the page's text.
        path, encoding: of its file.

    Raises:
        CoderError: not a Talk London page, a page without comments, or a page whose own count
            of comments differs from the number of entries in it.
    """
    page = page.replace("\r\n", "\n").replace("\r", "\n")
    entries = _read_entries(page, path)
    facts = {"encoding": encoding, **_facts(page)}
    stem = _id_stem(path)
    columns = {
        "comment_id": [f"{stem}-{number:02d}" for number in range(1, len(entries) + 1)],
        "text": [entry.text for entry in entries],
        "role": [entry.role for entry in entries],
        "author": [entry.author for entry in entries],
        "avatar": [entry.avatar for entry in entries],
        "posted": [entry.posted for entry in entries],
        "page_window": [facts.get("window", "")] * len(entries),
        # The pages do not mark which entry answers which.
        "reply_to": ["unknown"] * len(entries),
    }
    roles = {"text": "text", "id": "comment_id", "role": "role"}
    if any(entry.author for entry in entries):
        roles["respondent"] = "author"
    arrays, cleaned = arrow_columns(columns, suspicious=True)
    return RawTable(
        path=path,
        format="talk_london",
        described=f"Talk London page, {encoding}",
        cells=pa.table(arrays).to_pandas(),
        numbers=np.arange(1, len(entries) + 1, dtype=np.int64),
        row_word="entry",
        cleaned=cleaned,
        roles=roles,
        personal=("author", "avatar"),
        facts=facts,
        notes=_date_notes(facts),
    )


def _read_entries(page: str, path: Path) -> list[PageEntry]:
    """The entries of a page, in order; at least one."""
    if not is_talk_london(page):
        raise CoderError(
            f"{path}: is not a Talk London discussion page, and no other kind of {path.suffix} "
            "file is supported",
            "If it is a table, rename it to end in .csv (tabs and semicolons are detected "
            "too). If it holds one comment a line, rename it too and add the line `comment` at "
            "its top.",
        )
    entries = _entries_by_author(page) or _entries_by_avatar(page)
    stated = COMMENT_COUNT.search(page)
    if stated and int(stated[1]) != len(entries):
        raise CoderError(
            f"{path}: says Comments ({stated[1]}), but {len(entries)} were found: the page is "
            "cut off or its layout has changed",
            "Save the whole page again, with all its comments unfolded.",
        )
    if not entries:
        raise NoCommentsError(
            f"{path}: is a Talk London page without any comments",
            "Save the page of the discussion itself, with its comments unfolded.",
        )
    return entries


def is_talk_london(page: str) -> bool:
    """Whether a text is a page of Talk London, with or without comments on it."""
    if "London" not in page:
        return False
    return any(pattern.search(page) for pattern in (RESPONDED, AVATAR, HEAD))


# ---------------------------------------------------------------- entries


def _entries_by_author(page: str) -> list[PageEntry]:
    """The entries of a page that names authors."""
    heads = list(HEAD.finditer(page))
    names = [_name_before(page, head.start()) for head in heads]
    ends = [start for _, start in names[1:]]
    bodies = _bodies(page, [head.end() for head in heads], ends)
    entries: list[PageEntry] = []
    for head, (name, _), body in zip(heads, names, bodies, strict=True):
        text = _whole_text(body)
        if DELETED.match(name):
            text = ""
        role = PUBLIC
        if head["role"] == "Official Representative":
            role = OFFICIAL
        posted = " ".join(head["posted"].split())
        entries.append(PageEntry(text, role, author=name, posted=posted))
    return entries


def _name_before(page: str, start: int) -> tuple[str, int]:
    """The author's name on the line before `start`, and where in the page that name begins.

    The line may begin with a marker of the entry above, or be the whole head of an entry
    without text.
    """
    end = len(page[:start].rstrip("\n "))
    begin = page.rfind("\n", 0, end) + 1
    line = page[begin:end]
    head = HEAD.match(line)
    if head:
        return line[head.end() :].strip(), begin + head.end()
    marker = BEFORE_NAME.match(line)
    if marker:
        begin += marker.end()
        line = line[marker.end() :]
    return line.strip()[:LONGEST_NAME], begin


def _entries_by_avatar(page: str) -> list[PageEntry]:
    """The entries of a page that shows avatars in place of names."""
    avatars = list(AVATAR.finditer(page))
    ends = [avatar.start() for avatar in avatars[1:]]
    bodies = _bodies(page, [avatar.end() for avatar in avatars], ends)
    entries: list[PageEntry] = []
    for avatar, body in zip(avatars, bodies, strict=True):
        text = _whole_text(body)
        role = PUBLIC
        if _is_signed(text):
            role = OFFICIAL
        entries.append(PageEntry(text, role, avatar=avatar["avatar"].strip()))
    return entries


def _bodies(page: str, starts: Sequence[int], ends: Sequence[int]) -> list[str]:
    """The parts of the page between these places; the last goes to the page's footer."""
    if not starts:
        return []
    bodies = [
        page[start : max(start, end)]
        for start, end in zip(starts[:-1], ends, strict=True)
    ]
    last = page[starts[-1] :]
    footer = FOOTER.search(last)
    if footer:
        last = last[: footer.start()]
    return [*bodies, last]


def _is_signed(text: str) -> bool:
    last_line = text.strip().rsplit("\n", 1)[-1]
    return last_line.strip(" .").replace("’", "'").casefold() in SIGNATURES


def _whole_text(body: str) -> str:
    """An entry's text without its preview and its markers; what follows "Show less of comment"
    belongs to it.
    """
    preview, marker, full = body.partition(SHOW_FULL)
    text = body
    if marker and _is_preview(preview, full):
        text = full
    elif marker:
        text = f"{preview.rstrip()}\n{full}"
    text = re.sub(rf"\n*{SHOW_LESS}[ \t]*\n*", "\n", text).replace(SHOW_FULL, "")
    return LIKES.sub("", _without_repetition(text.strip("\n").rstrip()))


def _is_preview(preview: str, full: str) -> bool:
    beginning = " ".join(preview.split()).removesuffix("...").removesuffix("…").rstrip()
    return " ".join(full.split()).startswith(beginning)


def _without_repetition(text: str) -> str:
    """A text that is printed twice in a row, once."""
    lines = text.split("\n")
    filled = [number for number, line in enumerate(lines) if line.strip()]
    half = len(filled) // 2
    if len(filled) % 2 or not half:
        return text
    first = [lines[number].strip() for number in filled[:half]]
    second = [lines[number].strip() for number in filled[half:]]
    if first != second:
        return text
    return "\n".join(lines[: filled[half - 1] + 1])


# ---------------------------------------------------------------- the page


def _facts(page: str) -> dict[str, str]:
    """What the page says about itself. The number of Londoners who responded is kept, but never
    a base.
    """
    facts = {"title": page.strip().split("\n", 1)[0].strip()}
    window = WINDOW.search(page)
    if window:
        facts["window"] = f"{window[1]} - {window[2]}"
    ran = RAN.search(page)
    if ran:
        facts["discussion_ran"] = ran[1].strip()
    counters = list(RESPONDED.finditer(page))
    if counters:
        facts["page_counter"] = counters[0][0]
        numbers = dict.fromkeys(counter[1] or counter[2] for counter in counters)
        facts["page_counters"] = " and ".join(numbers)
    prompts = _prompts(page)
    if prompts:
        facts["questions"] = " | ".join(prompts)
    return facts


def _prompts(page: str) -> list[str]:
    """The moderators' prompts: bulleted questions above the first entry."""
    first_entry = HEAD.search(page) or AVATAR.search(page)
    if first_entry is None:
        return []
    return [
        prompt[1].strip() for prompt in PROMPT.finditer(page[: first_entry.start()])
    ]


def _date_notes(facts: dict[str, str]) -> tuple[str, ...]:
    """A note where the page gives two different windows of time."""
    ran = facts.get("discussion_ran", "")
    written = []
    for day, month in WRITTEN_DATE.findall(ran):
        if month.lower() in MONTHS:
            written.append(f"{int(day):02d}/{MONTHS.index(month.lower()) + 1:02d}")
    window = facts.get("window", "")
    days = [date[:5] for date in window.split(" - ")]
    if len(written) == 2 and len(days) == 2 and written != days:
        return (f"The page gives its dates as {window} and as {ran}. Both are kept.",)
    return ()


def _id_stem(path: Path) -> str:
    """`talk-london-000` for `000_76c6c83f3685767c.txt`: what a download adds to a name is left
    out.
    """
    stem = DOWNLOAD_SUFFIX.sub("", path.stem.casefold())
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-") or "page"
    if slug.startswith("talk-london"):
        return slug
    return f"talk-london-{slug}"
