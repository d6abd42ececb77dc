"""What the analyst chooses among: the rows of the theme table, and for each the quotes that could
stand under it.
"""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from coder.errors import CoderError
from coder.places import Places
from coder.quoting.choices_file import Change, ChoicesFile
from coder.reporting import Inputs, Options
from coder.reporting.build import select_quotes
from coder.reporting.coded_matrix import CodedMatrix, Key
from coder.reporting.counts import count_inputs
from coder.reporting.pinned_quotes import describe_departure, pinned_quotes, place_of
from coder.reporting.quote_candidates import CANDIDATES, CandidateFinder
from coder.reporting.quote_faults import find_faults
from coder.reporting.quotes import Quote, find_declined
from coder.reporting.quotes_file import PinnedQuote, QuoteChoices
from coder.reporting.redaction import mask_details, theme_words
from coder.text import Span, word_count

PINNED, CHOSEN, POSSIBLE = "pinned", "chosen by the program", "possible"


class Offer(NamedTuple):
    """A quote that stands under a row, or could.

    Attributes:
        span: of the comment.
        quote: as it would be printed, without ellipses around it; personal details masked.
        standing: `PINNED`, `CHOSEN` or `POSSIBLE`.
        faults: what an editor would hold against it.
        details: the kinds of personal details in it.
    """

    comment_id: str
    source: str
    text: str
    span: Span
    quote: str
    standing: str
    faults: tuple[str, ...]
    details: tuple[str, ...]

    @property
    def words(self) -> int:
        """How many words it has."""
        return word_count(self.quote)


@dataclass(frozen=True)
class DeskRow:
    """A row of the theme table.

    Attributes:
        n: comments that carry it.
    """

    number: int
    key: Key
    name: str
    depth: int
    n: int


class QuoteDesk:
    """The choice of quotes for a report; every change is written at once.

    Args:
        inputs: of the report.
        file: where the choices are kept.

    Raises:
        CoderError: nothing is coded, or the file is faulty or does not fit the comments.
    """

    def __init__(self, inputs: Inputs, file: ChoicesFile) -> None:
        options = Options()
        self.each = options.quotes
        counts = count_inputs(inputs, options)
        self._matrix: CodedMatrix = counts.everything
        self._file = file
        self._kept = theme_words(self._matrix.keywords)
        self._language = inputs.codebook.language
        self.choices: QuoteChoices = inputs.choices
        comments = self._matrix.comments
        self._declined = find_declined(comments, inputs.settings.text_declined)
        self._place = {str(name): n for n, name in enumerate(comments["comment_id"])}
        selection = select_quotes(inputs, options, counts, ())
        self._pinned = selection.pinned
        self._pinned_at_start = {quote.comment_id for quote in self._pinned}
        self._first_choice = selection.table
        self._finder = CandidateFinder(
            self._matrix,
            barred=self._declined,
            language=self._language,
            places=Places(inputs.places),
        )
        self._candidates: dict[int, list[Offer]] = {}
        self._undo: list[Change] = []
        self.changes = 0

    @property
    def declined(self) -> int:
        """Comments that are never offered, since their authors declined publication."""
        return int(self._declined.sum())

    @property
    def rows(self) -> list[DeskRow]:
        """The rows in the codebook's order."""
        sizes = self._matrix.carries.sum(axis=0)
        rows = []
        for number, row in enumerate(self._matrix.rows):
            depth = row.depth + (row.position is not None)
            n = int(sizes[number])
            rows.append(DeskRow(number, row.key, row.short, depth, n))
        return rows

    @property
    def pins(self) -> Counter[Key]:
        """How many quotes are pinned under each row."""
        return Counter(quote.key for quote in self._pinned)

    def offers(self, number: int) -> list[Offer]:
        """The quotes of a row: those pinned, those that the program chose, then other candidates,
        the best first. A comment that is pinned elsewhere, or is not to be quoted, is none.
        """
        key = self._matrix.rows[number].key
        pinned = [quote for quote in self._pinned if quote.key == key]
        offers = [self._offer_of(quote, PINNED) for quote in pinned]
        taken = {quote.comment_id for quote in self._pinned} | set(self.choices.drop)
        free = [each for each in self._others(number) if each.comment_id not in taken]
        chosen = [each for each in free if each.standing == CHOSEN]
        kept = chosen[: max(0, self.each - len(pinned))]
        offers += kept
        for each in free:
            if each not in kept:
                offers.append(each._replace(standing=POSSIBLE))
        return offers

    def _others(self, number: int) -> list[Offer]:
        """What the program chose for a row, and its other candidates."""
        if number not in self._candidates:
            offers = self._chosen(number)
            known = {offer.comment_id for offer in offers}
            candidates = self._finder.candidates(number)
            while len(candidates.best) < CANDIDATES and len(candidates.places):
                candidates.look_further()
            for candidate in candidates.best[:CANDIDATES]:
                offer = self._offer_at(candidate.place, candidate.span, POSSIBLE)
                if offer.comment_id not in known:
                    offers.append(offer)
            self._candidates[number] = offers
        return self._candidates[number]

    def _chosen(self, number: int) -> list[Offer]:
        """What the program chose for a row when the session began."""
        theme, position = self._matrix.rows[number].key
        quotes = self._first_choice
        is_own = (quotes["theme_id"] == theme) & (quotes["position_id"] == position)
        offers = []
        for line in quotes[is_own].to_dict(orient="records"):
            if line["comment_id"] not in self._pinned_at_start:
                span = Span(line["start"], line["end"])
                place = self._place[line["comment_id"]]
                offers.append(self._offer_at(place, span, CHOSEN))
        return offers

    def _offer_at(self, place: int, span: Span, standing: str) -> Offer:
        comment = self._matrix.comments.iloc[place]
        text = str(comment["text"])
        masking = mask_details(text, *span, self._kept)
        return Offer(
            comment_id=str(comment["comment_id"]),
            source=str(comment["source"]),
            text=text,
            span=span,
            quote=masking.text,
            standing=standing,
            faults=self._faults(text, span),
            details=tuple(sorted({detail.kind for detail in masking.details})),
        )

    def _offer_of(self, quote: Quote, standing: str) -> Offer:
        place = self._place[quote.comment_id]
        offer = self._offer_at(place, Span(quote.start, quote.end), standing)
        written = {pin.comment: pin.quote for pin in self.choices.pin}
        said = written.get(quote.comment_id, "").strip()
        return offer._replace(quote=said or offer.text.strip())

    def _faults(self, text: str, span: Span) -> tuple[str, ...]:
        begins = not text[: span.start].strip()
        found = find_faults(
            text[span.start : span.end], begins=begins, language=self._language
        )
        return tuple(fault.name for fault in found)

    # ------------------------------------------------------------ what changes the file

    def pin(self, number: int, offer: Offer, quote: str = "") -> None:
        """Pin a quote under a row.

        Args:
            quote: the words to print; as offered where empty.

        Raises:
            CoderError: the words are no exact part of the comment, or the file cannot be written.
        """
        self._apply(Change(pin=(self._pin_of(number, offer, quote),)))

    def swap(self, number: int, old: Offer, new: Offer) -> None:
        """Pin one quote in place of another. Raises `CoderError` as `pin`."""
        pin = self._pin_of(number, new, "")
        self._apply(Change(pin=(pin,), unpin=(old.comment_id,)))

    def _pin_of(self, number: int, offer: Offer, quote: str) -> PinnedQuote:
        said = quote.strip() or offer.quote
        if place_of(said, offer.text) is None:
            raise CoderError(
                describe_departure(said, offer.text),
                "Outside [brackets] and ellipses (…) it must be the comment's own words.",
            )
        theme, position = self._matrix.rows[number].key
        return PinnedQuote(
            theme=theme, position=position, comment=offer.comment_id, quote=said
        )

    def unpin(self, offer: Offer) -> None:
        """Leave a pinned quote to the program again. Raises `CoderError` as `pin`."""
        self._apply(Change(unpin=(offer.comment_id,)))

    def drop(self, offer: Offer) -> None:
        """Never quote a comment. Raises `CoderError` as `pin`."""
        unpin: tuple[str, ...] = ()
        if offer.standing == PINNED:
            unpin = (offer.comment_id,)
        self._apply(Change(unpin=unpin, drop=(offer.comment_id,)))

    def undo(self) -> bool:
        """Take the last change back; False where there is none. Raises `CoderError` as `pin`."""
        if not self._undo:
            return False
        self._write(self._undo[-1])
        self._undo.pop()
        return True

    def _apply(self, change: Change) -> None:
        inverse = change.inverse(self.choices)
        self._write(change)
        self._undo.append(inverse)

    def _write(self, change: Change) -> None:
        choices = self._file.apply(change)
        self._pinned = pinned_quotes(choices, self._matrix, self._declined)
        self.choices = choices
        self.changes += 1
