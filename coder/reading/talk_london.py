"""Talk London discussion pages, saved as text or HTML: who wrote what, each text once and whole.

Two layouts are known. Since 2024 an entry begins with its author's name, on the next line "Community Member
5 months ago" (or "Official Representative ...") with the text glued to it. Until 2022 it begins with
"Avatar for - Tiger", which many people share and which therefore says nothing of who wrote.
A long text is printed as a preview ending in "...", "Show full comment", the text, "Show less of comment".
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from coder.errors import CoderError
from coder.reading.encoding import decode
from coder.reading.loaded import Loaded, text_columns

SHOW_FULL = "Show full comment"
SHOW_LESS = "Show less of comment"
AVATAR = re.compile(r"^Avatar for -[ \t\u00a0]*(?P<avatar>[^\n]*)$", re.MULTILINE)
SPAN = r"(?:\d+|an?|one) (?:sec(?:ond)?|min(?:ute)?|hour|day|week|month|year)s?"
HEAD = re.compile(
    rf"^(?P<role>Community Member|Official Representative)\s+(?P<posted>{SPAN}(?: {SPAN})? ago|just now)",
    re.MULTILINE,
)
# What the line of an author's name can be glued to.
GLUED = re.compile(rf"^(?:{SHOW_LESS}|Log into your account|Join Talk London|Comments \(\d+\))+")
DELETED = re.compile(r"^anonymous\b.*\bdeleted by\b", re.IGNORECASE)
COUNTED = re.compile(r"^[ \t]*(?:Log into your account)?Comments \((\d+)\)", re.MULTILINE)
WINDOW = re.compile(r"(\d{2}/\d{2}/\d{4}) - (\d{2}/\d{2}/\d{4})")
RAN = re.compile(r"The discussion ran from ([^\n]+)")
RESPONDED = re.compile(r"([\d,]+) Londoners have responded|Londoners have responded ([\d,]+) times")
PROMPT = re.compile(r"^\s*[-–•*]\s*(\S[^\n]*\?)\s*$", re.MULTILINE)
# The first line of what stands below the last entry.
FOOTER = re.compile(
    r"^(?:Staying safe|Community guidelines|Timeline|Want to join our next discussion\?|STAGE: [^\n]*)$",
    re.MULTILINE,
)
LIKES = re.compile(r"\n\s*\d+\s+(?:likes?|hearts?)\s*$", re.IGNORECASE)
# How an official reply on the older pages is signed: its last line is one of these and nothing else.
SIGNATURES = frozenset(
    {
        "talk london",
        "talk london team",
        "the talk london team",
        "mopac",
        "mayor's office for policing and crime",
        "city hall",
        "greater london authority",
    }
)
LONGEST_NAME = 80


class Entry(NamedTuple):
    """One entry of a page, in the page's order."""

    text: str
    role: str  # public or official
    author: str  # empty where the page shows avatars only
    avatar: str
    posted: str  # as printed, never a date


def load_talk_london(path: Path, *, encoding: str | None = None) -> Loaded:
    """Read a saved discussion page (.txt, .html).

    Raises:
        CoderError: no Talk London page, a page without comments, or a page whose own count of comments is
            another than the number found.
    """
    page, encoding_name = decode(path.read_bytes(), path, encoding)
    page = page.replace("\r\n", "\n").replace("\r", "\n")
    if path.suffix.lower() in (".html", ".htm"):
        page = text_of_html(page)
    entries = read_page(page, path)
    facts = {"encoding": encoding_name, **_facts(page)}
    window = facts.get("window", "")
    columns = {
        "comment_id": [f"{_id_stem(path)}-{number:02d}" for number in range(1, len(entries) + 1)],
        "text": [entry.text for entry in entries],
        "role": [entry.role for entry in entries],
        "author": [entry.author for entry in entries],
        "avatar": [entry.avatar for entry in entries],
        "posted": [entry.posted for entry in entries],
        "page_window": [window] * len(entries),
        # The pages do not mark which entry answers which.
        "reply_to": ["unknown"] * len(entries),
    }
    arrays, cleaned = text_columns(columns, suspicious=True)
    named = any(entry.author for entry in entries)
    return Loaded(
        path=path,
        format="talk_london",
        described=f"Talk London page, {encoding_name}",
        table=pa.table(arrays).to_pandas(),
        places=np.arange(1, len(entries) + 1, dtype=np.int64),
        place_word="entry",
        cleaned=cleaned,
        roles={
            "text": "text",
            "id": "comment_id",
            "role": "role",
            **({"respondent": "author"} if named else {}),
        },
        facts=facts,
        notes=_page_notes(facts),
    )


def is_talk_london(page: str) -> bool:
    """Whether a text is a page of Talk London, with or without comments on it."""
    return (
        bool(RESPONDED.search(page) or AVATAR.search(page) or HEAD.search(page))
        and "London" in page
    )


def read_page(page: str, path: Path) -> list[Entry]:
    """The entries of a page's text, in order; at least one. Raises as `load_talk_london` does."""
    if not is_talk_london(page):
        raise CoderError(
            f"{path}: is no Talk London discussion page, and no other kind of {path.suffix} file is read",
            "If it is a table, name it .csv (tabs and semicolons are found too). If it holds a comment a line, name "
            "it .csv and add the line `comment` at its top.",
        )
    entries = _by_author(page) if HEAD.search(page) else _by_avatar(page)
    stated = COUNTED.search(page)
    if stated and int(stated[1]) != len(entries):
        raise CoderError(
            f"{path}: says Comments ({stated[1]}), but {len(entries)} were found: the page is cut off or its "
            "layout has changed",
            "Save the whole page again, with all its comments unfolded.",
        )
    if not entries:
        raise CoderError(
            f"{path}: is a Talk London page without any comments",
            "Save the page of the discussion itself, with its comments unfolded.",
        )
    return entries


def _by_author(page: str) -> list[Entry]:
    heads = list(HEAD.finditer(page))
    names = [_name_before(page, head.start()) for head in heads]
    entries = []
    for number, (head, (name, _)) in enumerate(zip(heads, names, strict=True)):
        last = number == len(heads) - 1
        body = page[head.end() : len(page) if last else max(head.end(), names[number + 1][1])]
        text = _whole_text(_without_footer(body) if last else body)
        entries.append(
            Entry(
                text="" if DELETED.match(name) else text,
                role="official" if head["role"] == "Official Representative" else "public",
                author=name,
                avatar="",
                posted=" ".join(head["posted"].split()),
            )
        )
    return entries


def _name_before(page: str, start: int) -> tuple[str, int]:
    """The author's name on the line before `start`, and where in the page that name begins.

    The line may begin with a marker of the entry above, or be the whole head of an entry without text.
    """
    end = len(page[:start].rstrip("\n "))
    begin = page.rfind("\n", 0, end) + 1
    line = page[begin:end]
    head = HEAD.match(line)
    if head:
        return line[head.end() :].strip(), begin + head.end()
    glued = GLUED.match(line)
    offset = glued.end() if glued else 0
    return line[offset:].strip()[:LONGEST_NAME], begin + offset


def _by_avatar(page: str) -> list[Entry]:
    avatars = list(AVATAR.finditer(page))
    entries = []
    for number, avatar in enumerate(avatars):
        last = number == len(avatars) - 1
        body = page[avatar.end() : len(page) if last else avatars[number + 1].start()]
        text = _whole_text(_without_footer(body) if last else body)
        entries.append(
            Entry(
                text=text,
                role="official" if _signed(text) else "public",
                author="",
                avatar=avatar["avatar"].strip(),
                posted="",
            )
        )
    return entries


def _without_footer(body: str) -> str:
    found = FOOTER.search(body)
    return body[: found.start()] if found else body


def _signed(text: str) -> bool:
    last = text.strip().rsplit("\n", 1)[-1].strip(" .").replace("’", "'").casefold()
    return last in SIGNATURES


def _whole_text(body: str) -> str:
    """An entry's text without its preview and its markers, whatever follows "Show less of comment" too."""
    preview, marker, full = body.partition(SHOW_FULL)
    text = full if marker else body
    if marker and not _begins(preview, full):  # no preview of it: then nothing is dropped
        text = f"{preview.rstrip()}\n{full}"
    text = re.sub(rf"\n*{SHOW_LESS}[ \t]*\n*", "\n", text).replace(SHOW_FULL, "")
    return LIKES.sub("", _once(text.strip("\n").rstrip()))


def _begins(preview: str, full: str) -> bool:
    start = " ".join(preview.split()).removesuffix("...").removesuffix("…").rstrip()
    return " ".join(full.split()).startswith(start)


def _once(text: str) -> str:
    """A text printed twice in a row, once."""
    lines = text.split("\n")
    filled = [place for place, line in enumerate(lines) if line.strip()]
    half = len(filled) // 2
    if len(filled) % 2 or not half:
        return text
    first, second = filled[:half], filled[half:]
    same = [lines[place].strip() for place in first] == [lines[place].strip() for place in second]
    return "\n".join(lines[: first[-1] + 1]) if same else text


def _facts(page: str) -> dict[str, str]:
    """What the page says of itself. The number of Londoners who responded is kept and is never a base."""
    facts = {"title": page.strip().split("\n", 1)[0].strip()}
    window = WINDOW.search(page)
    if window:
        facts["window"] = f"{window[1]} - {window[2]}"
    ran = RAN.search(page)
    if ran:
        facts["discussion_ran"] = ran[1].strip()
    responded = RESPONDED.search(page)
    if responded:
        facts["page_counter"] = responded[0]
        counters = dict.fromkeys(found[1] or found[2] for found in RESPONDED.finditer(page))
        facts["page_counters"] = " and ".join(counters)
    prompts = _prompts(page)
    if prompts:
        facts["questions"] = " | ".join(prompts)
    return facts


def _prompts(page: str) -> list[str]:
    """The moderators' prompts: bulleted questions above the first entry."""
    first = HEAD.search(page) or AVATAR.search(page)
    return [found[1].strip() for found in PROMPT.finditer(page[: first.start() if first else 0])]


MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def _page_notes(facts: dict[str, str]) -> tuple[str, ...]:
    """What the page contradicts itself in."""
    notes = []
    written = [
        f"{int(day):02d}/{MONTHS.index(month.lower()) + 1:02d}"
        for day, month in re.findall(r"(\d{1,2}) ([A-Z][a-z]+)", facts.get("discussion_ran", ""))
        if month.lower() in MONTHS
    ]
    days = [date[:5] for date in facts.get("window", "").split(" - ")]
    if len(written) == 2 and len(days) == 2 and written != days:
        notes.append(
            f"The page gives its dates as {facts['window']} and as {facts['discussion_ran']}; both are kept."
        )
    return tuple(notes)


def _id_stem(path: Path) -> str:
    """`talk-london-000` for `000_76c6c83f3685767c.txt`: what a download adds to a name says nothing."""
    stem = re.sub(r"[_-][0-9a-f]{8,}$", "", path.stem.casefold())
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-") or "page"
    return slug if slug.startswith("talk-london") else f"talk-london-{slug}"


# ---------------------------------------------------------------- HTML

BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "button",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "tr",
        "ul",
    )
)
UNSEEN = frozenset({"script", "style", "template", "noscript", "head", "svg"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self.unseen.append(tag)
        elif tag in BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("• ")
        if tag == "img":
            alt = dict(attrs).get("alt") or ""
            if alt.startswith("Avatar for"):
                self.parts.append(f"\n{alt}\n")

    def handle_endtag(self, tag: str) -> None:
        if self.unseen and tag == self.unseen[-1]:
            self.unseen.pop()
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            # Line ends in the source are spaces on the page.
            self.parts.append(re.sub(r"[ \t\n]+", " ", data))


def text_of_html(page: str) -> str:
    """What a reader sees of an HTML page, a line a block, without scripts and styles."""
    parser = _Text()
    parser.feed(page)
    parser.close()
    lines = "".join(parser.parts).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip(" ") for line in lines))
