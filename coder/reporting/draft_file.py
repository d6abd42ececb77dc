"""`report.md`: the paragraphs as the analyst edits them, with marks that hold the counts.

A mark is a comment in HTML after its sentence: `<!-- some mentioned | 13 racism | 64 as coded |
1f2e3d4c -->`, which is the sentence's name, each count with what was counted, and a hash of the
sentence as the program wrote it. A mark before each theme names the theme and the sentences that
the program wrote. Line breaks and blanks between words do not matter.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from coder.errors import CoderError
from coder.reporting.coded_matrix import Key
from coder.reporting.said_sentence import Fact, Sentence

DRAFT_FILE = "report.md"
MARK = re.compile(r"<!--(.*?)-->", re.DOTALL)
FACT = re.compile(r"([0-9][0-9,]{0,14}) (.+)", re.DOTALL)
HASH = re.compile(r"[0-9a-f]{8}")
THEME, ABOUT = "theme ", "coder"
HOW_TO = (
    "coder: edit the sentences; leave the marks after them. To drop a sentence, delete it with "
    "its mark. A sentence without a mark is yours, and stands without a count. Where a count has "
    "moved, the export says so beside the sentence: mend the sentence, then the count in its mark."
)


class DraftSentence(NamedTuple):
    """A sentence of the draft.

    Attributes:
        name: of the sentence that the program wrote; empty where the analyst wrote it.
        facts: the counts that it stood for.
        is_own: the analyst wrote or changed it.
    """

    name: str
    text: str
    facts: tuple[Fact, ...]
    is_own: bool


@dataclass(frozen=True)
class DraftPart:
    """The paragraph of one row of the theme table.

    Attributes:
        meaning: a hash of what the codebook said of it.
        known: names of the sentences that the program had written.
    """

    key: Key
    meaning: str
    known: tuple[str, ...]
    sentences: tuple[DraftSentence, ...]


Draft = dict[Key, DraftPart]


def hash_of(text: str) -> str:
    """8 hex digits of a text, whatever its white space."""
    words = " ".join(text.split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def is_draft(text: str) -> bool:
    """Whether a Markdown file is a draft, and not an export of that name."""
    return "<!-- theme " in text or f"<!-- {ABOUT}:" in text


def plain(label: str) -> str:
    """A label as marks hold it: without signs that mean something there."""
    return " ".join(
        re.sub(
            r"[|<>]|--+",
            " ",
            label,
        ).split()
    )


# ---------------------------------------------------------------- writing


def sentence_of(sentence: Sentence) -> DraftSentence:
    """A sentence of the program as the draft holds it."""
    return DraftSentence(
        sentence.name,
        sentence.text,
        sentence.facts,
        is_own=False,
    )


def render_part(part: DraftPart, title: str) -> str:
    """One paragraph with its marks."""
    names = [plain(name) for name in part.known]
    head = " | ".join([THEME + "/".join(filter(None, part.key)), part.meaning, *names])
    lines = [f"<!-- {head} -->", f"## {plain(title)}", ""]
    lines += map(_render_sentence, part.sentences)
    return "\n".join(lines) + "\n"


def _render_sentence(sentence: DraftSentence) -> str:
    text = " ".join(sentence.text.split()).replace("<!--", "<! --")
    if not sentence.name:
        return text
    facts = [f"{fact.n} {plain(fact.of)}" for fact in sentence.facts]
    # The hash of another text than this one stays unlike it.
    written = "0" * 8 if sentence.is_own else hash_of(text)
    mark = " | ".join([plain(sentence.name), *facts, written])
    return f"{text} <!-- {mark} -->"


# ---------------------------------------------------------------- reading


def parse_draft(path: Path, text: str) -> Draft:
    """The paragraphs of a draft.

    Raises:
        CoderError: a mark is broken, or a text stands under no theme.
    """
    return _Reader(path, text).read()


class _Reader:
    """Reads one draft."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._draft: Draft = {}
        self._key: Key | None = None
        self._meaning = ""
        self._known: tuple[str, ...] = ()
        self._sentences: list[DraftSentence] = []

    def read(self) -> Draft:
        """All paragraphs."""
        last = 0
        for mark in MARK.finditer(self._text):
            before = self._clean(self._text[last : mark.start()], last)
            self._take(mark, before)
            last = mark.end()
        self._add_own(self._clean(self._text[last:], last), last)
        self._finish()
        return self._draft

    def _clean(self, text: str, start: int) -> str:
        """A text without headings, on one line."""
        if "<!--" in text:
            raise self._fault(start + text.index("<!--"), "a mark has no end: -->")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return " ".join(" ".join(lines).split())

    def _take(self, mark: re.Match[str], before: str) -> None:
        content = " ".join(mark[1].split())
        if content.startswith(f"{ABOUT}:"):
            self._add_own(before, mark.start())
        elif content.startswith(THEME):
            self._add_own(before, mark.start())
            self._finish()
            self._begin(content, mark.start())
        else:
            self._add_marked(
                content,
                before,
                mark.start(),
            )

    def _begin(self, content: str, at: int) -> None:
        name, *fields = content.removeprefix(THEME).split(" | ")
        theme_id, _, position_id = name.strip().partition("/")
        self._key = (theme_id, position_id)
        if self._key in self._draft:
            raise self._fault(at, f"the theme {name} has a paragraph already")
        if not fields or not HASH.fullmatch(fields[0]):
            raise self._fault(at, f"the mark of the theme {name} has lost its hash")
        self._meaning, self._known = fields[0], tuple(fields[1:])

    def _add_marked(self, content: str, before: str, at: int) -> None:
        name, *fields = content.split(" | ")
        if not fields or not HASH.fullmatch(fields[-1]):
            fault = "a mark must be: <!-- name | count what | ... | hash -->"
            raise self._fault(at, fault)
        facts = []
        for field in fields[:-1]:
            counted = FACT.fullmatch(field)
            if counted is None:
                raise self._fault(at, f"{field!r} does not begin with a count")
            facts.append(Fact(counted[2], int(counted[1].replace(",", ""))))
        if not before:
            return  # the analyst has dropped the sentence and left its mark
        self._check_under_theme(at)
        is_own = hash_of(before) != fields[-1]
        sentence = DraftSentence(
            name,
            before,
            tuple(facts),
            is_own,
        )
        self._sentences.append(sentence)

    def _add_own(self, text: str, at: int) -> None:
        """A sentence that the analyst wrote."""
        if text:
            self._check_under_theme(at)
            self._sentences.append(
                DraftSentence(
                    "",
                    text,
                    (),
                    is_own=True,
                )
            )

    def _check_under_theme(self, at: int) -> None:
        if self._key is None:
            raise self._fault(at, "there is text before the first theme")

    def _finish(self) -> None:
        if self._key is not None:
            sentences = tuple(self._sentences)
            part = DraftPart(
                self._key,
                self._meaning,
                self._known,
                sentences,
            )
            self._draft[self._key] = part
        self._sentences = []

    def _fault(self, at: int, fault: str) -> CoderError:
        line = (
            self._text.count(
                "\n",
                0,
                at,
            )
            + 1
        )
        return CoderError(
            f"{self._path}: line {line}: {fault}",
            "Put the mark back as it was (earlier drafts are kept beside the file), or move the "
            "file away and write a new draft.",
        )


def merge(
    part: DraftPart | None, fresh: Sequence[Sentence], new: DraftPart
) -> DraftPart:
    """The paragraph of a new draft: what the analyst wrote, changed and dropped stays so; what
    the program wrote is written anew.

    Args:
        part: of the draft that there is; None where there is none.
        new: with the sentences of the program alone.
    """
    if part is None:
        return new
    kept = {sentence.name for sentence in part.sentences}
    dropped = {name for name in part.known if name not in kept}
    sentences = list(
        _merged(
            part,
            fresh,
            dropped,
        )
    )
    known = tuple(dict.fromkeys([*part.known, *new.known]))
    return DraftPart(
        new.key,
        new.meaning,
        known,
        tuple(sentences),
    )


def _merged(
    part: DraftPart, fresh: Sequence[Sentence], dropped: set[str]
) -> Iterator[DraftSentence]:
    now = {plain(sentence.name): sentence for sentence in fresh}
    done = set(dropped)
    for sentence in part.sentences:
        if sentence.is_own:
            yield sentence
            done.add(sentence.name)
        elif sentence.name in now and sentence.name not in done:
            yield sentence_of(now[sentence.name])
            done.add(sentence.name)
    for name, written in now.items():
        if name not in done:
            yield sentence_of(written)
