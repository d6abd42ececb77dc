"""The analyst's paragraphs in a report: their sentences, checked against the counts of today."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.errors import option
from coder.reporting.coded_matrix import Key
from coder.reporting.draft_file import (
    DRAFT_FILE,
    HOW_TO,
    Draft,
    DraftPart,
    DraftSentence,
    hash_of,
    merge,
    plain,
    render_part,
    sentence_of,
)
from coder.reporting.paragraphs import write_paragraphs
from coder.reporting.said_sentence import Sentence
from coder.text import count, name_some

if TYPE_CHECKING:
    from coder.reporting.report import Report

Paragraphs = dict[Key, tuple[Sentence, ...]]


def with_draft(report: "Report", fresh: Paragraphs, draft: Draft | None) -> Paragraphs:
    """The paragraphs of a report, from the draft where it has them."""
    if not draft:
        return fresh
    paragraphs = {}
    for key, sentences in fresh.items():
        paragraphs[key] = sentences
        if key in draft:
            part = _Part(
                report,
                draft[key],
                sentences,
            )
            paragraphs[key] = tuple(part.sentences())
    return paragraphs


def draft_warnings(report: "Report") -> list[str]:
    """What the analyst must look at again; nothing without a draft."""
    if not report.draft:
        return []
    stale = []
    for key, sentences in report.paragraphs.items():
        if any(sentence.caution for sentence in sentences):
            stale.append("/".join(filter(None, key)))
    warnings = []
    if stale:
        warnings.append(
            f"{DRAFT_FILE}: sentences under {count(len(stale), 'theme')} no longer agree with the "
            f"counts and are marked in the files: {name_some(stale)}. {option('draft')} writes "
            "anew those that you have not changed."
        )
    fresh = write_paragraphs(report)
    new = []
    for key, part in report.draft.items():
        known = {*part.known, *(sentence.name for sentence in part.sentences)}
        now = {plain(sentence.name) for sentence in fresh.get(key, ())}
        if now - known:
            new.append("/".join(filter(None, key)))
    if new:
        warnings.append(
            f"{DRAFT_FILE}: the comments now bear sentences that the draft lacks: {name_some(new)}"
        )
    return warnings


def render_draft(report: "Report") -> str:
    """The draft of a report: what the analyst wrote stays."""
    draft = report.draft or {}
    texts = [f"<!-- {HOW_TO} -->\n# {plain(report.title)}\n"]
    fresh = write_paragraphs(report)
    names = dict(
        zip(
            fresh,
            report.themes["theme"],
            strict=True,
        )
    )
    for key, sentences in fresh.items():
        known = tuple(plain(sentence.name) for sentence in sentences)
        written = tuple(map(sentence_of, sentences))
        new = DraftPart(
            key,
            _meaning_of(report, key),
            known,
            written,
        )
        part = merge(
            draft.get(key),
            sentences,
            new,
        )
        texts.append(render_part(part, str(names[key])))
    for key, part in draft.items():
        if key not in fresh:  # held back or gone: its text stays
            texts.append(render_part(part, "/".join(filter(None, key))))
    return "\n".join(texts)


def _meaning_of(report: "Report", key: Key) -> str:
    """A hash of what the codebook says of a row."""
    theme = report.codebook.theme(key[0])
    wording = [theme.name, theme.definition, *theme.includes, *theme.excludes]
    for position in theme.positions:
        if position.id == key[1]:
            wording += [position.name, position.definition]
    return hash_of("\n".join(wording))


@dataclass(frozen=True)
class _Part:
    """A paragraph of the draft, and the sentences of today."""

    report: "Report"
    part: DraftPart
    fresh: Sequence[Sentence]

    def sentences(self) -> Iterator[Sentence]:
        """The draft's sentences; each says what has moved since it was written."""
        now = self._counts_now()
        by_name = {plain(sentence.name): sentence for sentence in self.fresh}
        cautions = []
        if self.part.meaning != _meaning_of(self.report, self.part.key):
            cautions = ["the codebook's definition has changed since this was written"]
        for sentence in self.part.sentences:
            moved = [*cautions, *_moved(sentence, now)]
            cautions = []
            same = by_name.get(sentence.name)
            yield Sentence(
                kind=same.kind if same is not None else "own",
                name=sentence.name,
                text=sentence.text,
                facts=sentence.facts,
                aspects=same.aspects if same is not None else (),
                caution=f"Check: {'; '.join(moved)}" if moved else "",
            )

    def _counts_now(self) -> dict[str, int]:
        counts = {}
        for sentence in self.fresh:
            for fact in sentence.facts:
                counts[plain(fact.of)] = fact.n
        return counts


def _moved(sentence: DraftSentence, now: Mapping[str, int]) -> Iterator[str]:
    """What no longer is as the sentence's mark says."""
    for fact in sentence.facts:
        count_now = now.get(plain(fact.of))
        if count_now is None:
            yield f"{fact.of}: was {fact.n:,}, no longer counted"
        elif count_now != fact.n:
            yield f"{fact.of}: was {fact.n:,}, now {count_now:,}"
