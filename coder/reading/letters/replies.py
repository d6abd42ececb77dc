"""What of a mail its sender did not write, or wrote in every mail: quoted replies, signatures."""

import re
from collections.abc import Sequence

from coder.reading.letters.pieces import (
    BODY,
    LINE,
    QUOTED,
    SIGNATURE,
    Piece,
)
from coder.text import word_count

QUOTE_MARK = re.compile(r"^\s{0,3}(?:>|\|\s)")
# "On Monday 3 March, Ann <ann@example.org> wrote:", as mail programs write it.
WROTE = re.compile(
    r"\s*(?:On\b.{4,200}\bwrote|Le\b.{4,200}\ba écrit|Am\b.{4,200}\bschrieb.{0,100}"
    r"|El\b.{4,200}\bescribió|Il\b.{4,200}\bha scritto)\s*:\s*$",
    re.DOTALL,
)
# What mail programs write there, and people who write of others mostly do not.
ADDRESS_OR_TIME = re.compile(r"@|\d[:.h]\d\d")
WROTE_BEGINS = re.compile(r"\s*(?:On|Le|Am|El|Il)\b.*\d")
ORIGINAL = re.compile(
    r"\s*[-_*]{2,}\s*(?:Original Message|Original Appointment|Forwarded message"
    r"|Forwarded by .*|Reply message|Ursprüngliche Nachricht|Message d'origine)"
    r"\s*[-_*]*\s*$|\s*Begin forwarded message:\s*$",
    re.IGNORECASE,
)
# The head of a mail as Outlook puts it above what is quoted.
HEAD_LINE = re.compile(
    r"\s*\*?(From|Sent|Date|To|Cc|Bcc|Subject|Importance|Attachments|Reply-To)\*?:\*?\s",
    re.IGNORECASE,
)
FIRST_OF_HEAD = re.compile(r"\s*\*?From:", re.IGNORECASE)
FEWEST_HEAD_LINES = 3
LINES_OF_WROTE = 3
RULE = re.compile(r"\s*_{10,}\s*$")

SEPARATOR = re.compile(r"--\s?$")
CLOSING = re.compile(
    r"\W*(?:yours\s+(?:sincerely|faithfully|truly|respectfully|etc)|sincerely(?:\s+yours)?"
    r"|(?:very\s+)?respectfully(?:\s+(?:submitted|yours))?"
    r"|(?:with\s+)?(?:kind(?:est)?|best|warm(?:est)?|many)?\s*(?:regards|wishes)"
    r"|(?:with\s+)?(?:kind(?:est)?|best)\s+regards\s+and\s+.{0,30}|all\s+(?:the\s+)?best"
    r"|cheers|(?:many\s+)?thanks|thank\s+you|cordially)\W*$",
    re.IGNORECASE,
)
# Closings with which people also begin.
THANKS = re.compile(r"\W*(?:cheers|(?:many\s+)?thanks|thank\s+you)\W*$", re.IGNORECASE)
FEWEST_WORDS_OF_SENTENCE = 3
SENT_FROM = re.compile(
    r"\s*(?:Sent|Get)\s+(?:from\s+my|from\s+Yahoo|from\s+Mail\s+for|Outlook\s+for)\b.{0,60}$",
    re.IGNORECASE,
)
DISCLAIMER = re.compile(
    r"\b(?:e-?mail|message|communication|transmission)\b.{0,200}"
    r"\b(?:confidential|privileged|intended\s+(?:only|solely|for)|intended\s+recipient)",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_CLOSING = 1_000  # characters
MOST_LINES_OF_SIGNATURE = 12
MOST_WORDS_OF_LINE = 14
POSTSCRIPT = re.compile(r"\s*P\.?\s*S\.?\b", re.IGNORECASE)


# ---------------------------------------------------------------- quoted replies


LINES_OF_HEAD = 8
WORDS_ABOVE_OWN_HEAD = 8  # such as a name, or "CAUTION: external email"
CAUTION = re.compile(r"\W*(?:caution|warning|external)\b", re.IGNORECASE)


def quoted_lines(lines: Sequence[str]) -> list[bool]:
    """For each line of a mail whether it is quoted from another mail.

    A line with `>` is quoted. What follows `On ... wrote:` without such signs, or the head of
    another mail, is quoted to the end. The head with which a printed mail itself begins is
    left out alone.
    """
    quoted = [bool(QUOTE_MARK.match(line)) for line in lines]
    number = 0
    while number < len(lines):
        if not quoted[number]:
            ends = _end_of_intro(lines, number)
            if ends and _is_own_head(lines, number):
                ends = _end_of_head(lines, number)
                quoted[number:ends] = [True] * (ends - number)
                number = ends - 1
            elif ends:
                _quote_after(lines, quoted, number, ends)
        number += 1
    return quoted


def _end_of_intro(lines: Sequence[str], number: int) -> int:
    """Number of the line after the words that introduce a quoted mail; 0 where there are none."""
    if ORIGINAL.match(lines[number]):
        return number + 1
    if _is_head(lines, number):
        return number + 1
    if not WROTE_BEGINS.match(lines[number]):
        return 0
    for end in range(number + 1, number + 1 + LINES_OF_WROTE):
        if WROTE.match("\n".join(lines[number:end])):
            return end
    return 0


def _is_head(lines: Sequence[str], number: int) -> bool:
    """Whether the head of another mail begins at a line."""
    if RULE.match(lines[number]):
        number += 1
    following = lines[number : number + LINES_OF_HEAD]
    if not following or not FIRST_OF_HEAD.match(following[0]):
        return False
    names = [HEAD_LINE.match(line) for line in following]
    return sum(name is not None for name in names) >= FEWEST_HEAD_LINES


def _is_own_head(lines: Sequence[str], number: int) -> bool:
    """Whether a head is the letter's own, as in a mail that was printed: hardly a word above it."""
    above = " ".join(" ".join(lines[:number]).split())
    if RULE.match(lines[number]) or len(above.split()) > WORDS_ABOVE_OWN_HEAD:
        return False
    is_answer = above.endswith((".", "!", "?")) and not CAUTION.match(above)
    return not is_answer and _is_head(lines, number)


def _end_of_head(lines: Sequence[str], number: int) -> int:
    """Number of the line after the last of a head's lines."""
    last = number
    for place in range(number, min(number + LINES_OF_HEAD, len(lines))):
        if HEAD_LINE.match(lines[place]):
            last = place
    return last + 1


def _quote_after(
    lines: Sequence[str], quoted: list[bool], start: int, ends: int
) -> None:
    """Mark an introduction as quoted, and what follows it unless that has signs of its own.

    A sentence that begins alike, and that no sign follows, is the writer's.
    """
    intro = "\n".join(lines[start:ends])
    following = [number for number in range(ends, len(lines)) if lines[number].strip()]
    last = len(lines)
    if WROTE.match(intro):
        if following and quoted[following[0]]:
            last = ends
        elif not ADDRESS_OR_TIME.search(intro):
            return
    for number in range(start, last):
        quoted[number] = True


# ---------------------------------------------------------------- signatures


def mark_signature(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with the signature at the end of the body marked.

    A signature begins with `-- ` or with a closing such as "Yours sincerely", and consists of
    short lines; a postscript is none. Notices of confidentiality at the end belong to it.
    """
    lines = _split_lines(pieces)
    own = [number for number, line in enumerate(lines) if line.part == BODY]
    own = _without_disclaimers(lines, own)
    start = _signature_start(lines, own)
    if start is None:
        return lines
    for number in own:
        if number >= start:
            if POSTSCRIPT.match(lines[number].text):
                break
            lines[number] = lines[number]._replace(part=SIGNATURE)
    return lines


def _split_lines(pieces: Sequence[Piece]) -> list[Piece]:
    """Each line of the body as a piece of its own."""
    lines: list[Piece] = []
    for piece in pieces:
        before = piece.before
        if piece.part != BODY:
            lines.append(piece)
            continue
        for text in piece.text.split("\n"):
            lines.append(piece._replace(text=text, before=before))
            before = LINE
    return lines


def _without_disclaimers(lines: list[Piece], own: list[int]) -> list[int]:
    """Numbers of the body's lines without notices of confidentiality at its end, which are
    marked.
    """
    last_own = len(own)
    for place in range(
        len(own) - 1, max(-1, len(own) - 1 - MOST_LINES_OF_SIGNATURE), -1
    ):
        text = lines[own[place]].text
        if DISCLAIMER.search(text) or SENT_FROM.match(text):
            for number in own[place:last_own]:
                lines[number] = lines[number]._replace(part=SIGNATURE)
            last_own = place
    return own[:last_own]


def _is_closing(text: str) -> bool:
    # Long runs of white space would keep the pattern busy for minutes.
    return len(text) <= LONGEST_CLOSING and CLOSING.match(text) is not None


def _signature_start(lines: Sequence[Piece], own: Sequence[int]) -> int | None:
    """Number of the line with which the signature begins; None where there is none."""
    sentence_follows = False
    for place in range(len(own) - 1, -1, -1):
        text = lines[own[place]].text
        after = len(own) - place - 1
        if after > MOST_LINES_OF_SIGNATURE:
            return None
        if THANKS.match(text) and sentence_follows:
            return None
        if SEPARATOR.fullmatch(text) or _is_closing(text):
            return own[place] if place else None
        if not _is_postscript(lines, own, place):
            words = word_count(text)
            if words > MOST_WORDS_OF_LINE:
                return None
            is_long = words >= FEWEST_WORDS_OF_SENTENCE
            sentence_follows |= is_long and text.endswith((".", "!", "?"))
    return None


def _is_postscript(lines: Sequence[Piece], own: Sequence[int], place: int) -> bool:
    """Whether a long line belongs to a postscript, which may follow a signature."""
    before = [lines[number].text for number in own[max(0, place - 3) : place + 1]]
    return any(POSTSCRIPT.match(text) for text in before)


# ---------------------------------------------------------------- mails


def quoted_or_body(quoted: bool) -> str:
    """The part of a line of a mail."""
    if quoted:
        return QUOTED
    return BODY
