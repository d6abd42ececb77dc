"""Quotes: exact parts of comments, typical of the row they stand under, and different from each other."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.reporting.coded_matrix import Bools, CodedMatrix, Key
from coder.reporting.figures import ELLIPSIS
from coder.reporting.redaction import masked
from coder.text import Span, normal_key, sentences, stop_words, word_count, words

FEWEST, MOST = 6, 60  # words of a quote
CONSIDERED = 60  # comments looked at for each row


class Quote(NamedTuple):
    """One quote of the report's table of quotes."""

    theme_id: str
    position_id: str
    number: int  # from 1 under its row
    quote: str
    source: str
    comment_id: str
    start: int  # of the extract in the stored text
    end: int
    masked: bool  # personal details are hidden
    edited: bool  # by the analyst

    @property
    def key(self) -> Key:
        return self.theme_id, self.position_id


class Candidate(NamedTuple):
    """A part of a comment that could be quoted."""

    at: int  # row of the analysed comments
    span: Span
    score: float
    words: frozenset[str]


def choose_quotes(
    counted: CodedMatrix,
    evidence: dict[tuple[str, str, str], Span],
    *,
    each: int = 2,
    language: str = "en",
    barred: Bools | None = None,
    person: Sequence[str] = (),
    given: Sequence[Quote] = (),
) -> pd.DataFrame:
    """Up to `each` quotes for every row: one per person, no comment twice, none from a barred comment.

    Args:
        evidence: where a comment shows what it carries, by comment, theme and position id.
        barred: (n_comments,) comments never quoted (publication declined, dropped by the analyst).
        person: columns that name who wrote a comment.
        given: quotes that the analyst pinned; they come first and stay as they are.

    Returns:
        One row a quote, columns as in `Quote`, in the codebook's order.
    """
    if barred is None:
        barred = np.zeros(len(counted.comments), dtype=np.bool_)
    typical = _typical_words(counted, language)
    persons = _persons(counted.comments, person)
    texts = counted.comments["text"].tolist()
    lines = list(given)
    at_of = {comment_id: at for at, comment_id in enumerate(counted.comments["comment_id"])}
    used: set[str] = set()
    for line in lines:
        used |= _marks(at_of[line.comment_id], persons, texts, counted.comments["campaign_id"])
    stop = stop_words(language)
    # Positions first, then the rows with the fewest comments: they have the least to choose from.
    order = sorted(
        range(len(counted.rows)),
        key=lambda n: (counted.rows[n].position is None, int(counted.carries[:, n].sum()), n),
    )
    for number in order:
        row = counted.rows[number]
        wanted = each - sum(line.key == row.key for line in lines)
        candidates = _candidates(counted, number, evidence, typical, barred, texts, stop, language)
        for at, span in _varied(candidates, wanted, counted, persons, texts, used):
            part, hidden = masked(texts[at], *span)
            shown = with_ellipses(part, texts[at], span)
            source, comment_id = (
                str(counted.comments[name].iat[at]) for name in ("source", "comment_id")
            )
            lines.append(Quote(*row.key, 0, shown, source, comment_id, *span, bool(hidden), False))
    return _numbered(lines, counted)


def _numbered(lines: list[Quote], counted: CodedMatrix) -> pd.DataFrame:
    order = counted.row_number
    count: dict[Key, int] = {}
    found = []
    for line in sorted(lines, key=lambda line: order[line.key]):
        count[line.key] = count.get(line.key, 0) + 1
        found.append(line._replace(number=count[line.key]))
    return pd.DataFrame(found, columns=list(Quote._fields))


def _persons(comments: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Who wrote each comment: as a column names them, else the comment itself."""
    ids = comments["comment_id"].tolist()
    found = [f"comment\n{comment_id}" for comment_id in ids]
    for column in columns:
        for at, (source, name) in enumerate(
            zip(comments["source"], comments[column].astype(str), strict=True)
        ):
            if name.strip() and found[at].startswith("comment\n"):
                found[at] = f"person\n{source}\n{name}"
    return found


def _typical_words(counted: CodedMatrix, language: str) -> NDArray[np.float64]:
    """(n_comments, n_rows): how much a comment speaks in the words that set a row's comments apart."""
    from sklearn.feature_extraction.text import CountVectorizer

    shape = counted.carries.shape
    if not shape[0]:
        return np.zeros(shape)
    vectorizer = CountVectorizer(binary=True, min_df=2)
    try:
        counts = vectorizer.fit_transform(counted.comments["text"])
    except ValueError:  # no word occurs twice
        return np.zeros(shape)
    plain = ~np.isin(vectorizer.get_feature_names_out(), list(stop_words(language)))
    total = np.asarray(counts.sum(axis=0), dtype=float).ravel()
    lengths = np.maximum(np.asarray(counts.sum(axis=1), dtype=float).ravel(), 8.0)
    found = np.zeros(shape)
    for number in range(shape[1]):
        inside = counted.carries[:, number]
        n = int(inside.sum())
        if not n or n == shape[0]:
            continue
        within = np.asarray(counts[inside].sum(axis=0), dtype=float).ravel()
        weight = np.log((within + 0.5) / (n + 1)) - np.log(
            (total - within + 0.5) / (shape[0] - n + 1)
        )
        weight = np.where((within >= 2) & (weight > 0) & plain, weight, 0.0)
        found[:, number] = np.asarray(counts @ weight).ravel() / np.sqrt(lengths)
    return found


def _candidates(
    counted: CodedMatrix,
    number: int,
    evidence: dict[tuple[str, str, str], Span],
    typical: NDArray[np.float64],
    barred: Bools,
    texts: list[str],
    stop: frozenset[str],
    language: str,
) -> list[Candidate]:
    row = counted.rows[number]
    places = np.flatnonzero(counted.carries[:, number] & ~barred)
    if not len(places):
        return []
    score = _ranked(typical[places, number])
    probability = counted.probability[places, number]
    if not np.isnan(probability).all():
        score = 0.5 * score + 0.5 * _ranked(np.nan_to_num(probability))
    others = [
        n for n, other in enumerate(counted.rows) if n != number and other.theme.id != row.theme.id
    ]
    score = score - 0.1 * np.minimum(counted.carries[:, others][places].sum(axis=1), 4)
    if row.position is not None:  # who holds both positions illustrates neither
        both = [
            n
            for n, o in enumerate(counted.rows)
            if n != number and o.position and o.theme.id == row.theme.id
        ]
        score = score - 0.6 * counted.carries[:, both][places].any(axis=1)
    best = places[np.lexsort((places, -score))][: CONSIDERED * 3]
    scores = dict(zip(places.tolist(), score.tolist(), strict=True))
    ids = counted.comments["comment_id"]
    spans = _spans(
        [texts[at] for at in best],
        [evidence.get((str(ids.iat[at]), *row.key)) for at in best],
        language,
    )
    found = []
    for at, span in zip(best.tolist(), spans, strict=True):
        if span is None:
            continue
        said = texts[at][span.start : span.end]
        value = scores[at] + _pleasant(said, whole=said == texts[at].strip())
        content = frozenset(word.casefold() for word in words(said)) - stop
        found.append(Candidate(at, span, value, content))
    return sorted(found, key=lambda c: (-c.score, str(ids.iat[c.at])))[:CONSIDERED]


def _ranked(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Percentile of each value among the others, in [0, 1]; equal values share theirs."""
    if len(values) < 2:
        return np.ones(len(values))
    return (pd.Series(values).rank(method="average").to_numpy() - 1) / (len(values) - 1)


def _pleasant(said: str, *, whole: bool) -> float:
    """What makes a quote read well in a table, in about [-1, .2]: length, a whole comment, no shouting."""
    n = word_count(said)
    value = 0.1 if 12 <= n <= 45 else 0.0
    value += 0.1 if whole else 0.0
    letters = sum(char.isalpha() for char in said) or 1
    if sum(char.isupper() for char in said) > 0.4 * letters:
        value -= 0.3
    if masked(said)[1]:
        value -= 0.6
    if "http" in said or "www." in said:
        value -= 0.4
    return value


def _spans(texts: list[str], shown: list[Span | None], language: str) -> list[Span | None]:
    """The part of each text to quote: all of it, or sentences around its evidence; None where neither fits."""
    found: list[Span | None] = []
    long = [i for i, text in enumerate(texts) if word_count(text) > MOST]
    cut = (
        dict(zip(long, sentences([texts[i] for i in long], language), strict=True)) if long else {}
    )
    for i, text in enumerate(texts):
        if i in cut:
            found.append(_around(text, cut[i], shown[i]))
            continue
        start = len(text) - len(text.lstrip())
        whole = Span(start, len(text.rstrip()))
        found.append(whole if word_count(text) >= FEWEST else None)
    return found


def _around(text: str, parts: list[Span], evidence: Span | None) -> Span | None:
    """Whole sentences of at most `MOST` words that hold the evidence (or the first that fit)."""
    if not parts:
        return None
    middle = next(
        (i for i, p in enumerate(parts) if evidence and p.start <= evidence.start < p.end), None
    )
    if middle is None:
        if evidence is not None:
            return None
        middle = 0
    first = last = middle
    size = word_count(text[parts[middle].start : parts[middle].end])
    if size > MOST:
        return None
    while True:
        after = (
            word_count(text[parts[last + 1].start : parts[last + 1].end])
            if last + 1 < len(parts)
            else MOST
        )
        before = (
            word_count(text[parts[first - 1].start : parts[first - 1].end]) if first > 0 else MOST
        )
        if size + after <= MOST:
            last, size = last + 1, size + after
        elif size + before <= MOST:
            first, size = first - 1, size + before
        else:
            break
    return Span(parts[first].start, parts[last].end) if size >= FEWEST else None


def with_ellipses(said: str, text: str, span: Span) -> str:
    """What a span says, with an ellipsis wherever words of the comment are left out."""
    before = f"{ELLIPSIS} " if text[: span.start].strip() else ""
    after = f" {ELLIPSIS}" if text[span.end :].strip() else ""
    return f"{before}{said}{after}"


def _varied(
    candidates: list[Candidate],
    wanted: int,
    counted: CodedMatrix,
    person: list[str],
    texts: list[str],
    used: set[str],
) -> list[tuple[int, Span]]:
    """The best candidates that differ in person, wording and, where it costs little, source.

    `used` holds the persons, texts and campaigns quoted so far in the whole table; it is added to.
    """
    chosen: list[Candidate] = []
    source = counted.comments["source"].tolist()
    campaign = counted.comments["campaign_id"]
    while len(chosen) < wanted:
        best, best_value = None, -np.inf
        for candidate in candidates:
            marks = _marks(candidate.at, person, texts, campaign)
            if marks & used:
                continue
            overlap = max((_overlap(candidate.words, other.words) for other in chosen), default=0.0)
            if overlap > 0.5:
                continue
            same_source = any(source[other.at] == source[candidate.at] for other in chosen)
            value = candidate.score - 0.8 * overlap - 0.3 * same_source
            if value > best_value:
                best, best_value = candidate, value
        if best is None:
            break
        chosen.append(best)
        used |= _marks(best.at, person, texts, campaign)
    return [(candidate.at, candidate.span) for candidate in chosen]


def _marks(at: int, person: list[str], texts: list[str], campaign: "pd.Series[str]") -> set[str]:
    marks = {person[at], f"text\n{normal_key(texts[at])}"}
    if campaign.iat[at]:
        marks.add(f"campaign\n{campaign.iat[at]}")
    return marks


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    union = one | other
    return len(one & other) / len(union) if union else 1.0


def declined(comments: pd.DataFrame, column: str) -> Bools:
    """(n_comments,) who declined publication: any answer in the column other than none, no, false or 0."""
    if not column or column not in comments.columns:
        return np.zeros(len(comments), dtype=np.bool_)
    said = comments[column].astype(str).str.strip().str.casefold()
    return np.asarray(
        ~said.isin(["", "0", "0.0", "no", "n", "false", "nan", "none"]), dtype=np.bool_
    )


def evidence_of(labels: pd.DataFrame | None) -> dict[tuple[str, str, str], Span]:
    """Where the assigned labels show their evidence, by comment, theme and position id."""
    if labels is None or labels.empty:
        return {}
    given = labels[labels["assigned"] & (labels["evidence_start"] >= 0)]
    columns = ["comment_id", "theme_id", "position_id", "evidence_start", "evidence_end"]
    return {
        (c, t, p): Span(int(s), int(e))
        for c, t, p, s, e in given[columns].itertuples(index=False, name=None)
    }


def keys_without(quotes: pd.DataFrame, keys: Collection[Key]) -> list[Key]:
    """Those of `keys` that have no quote."""
    have = set(zip(quotes["theme_id"], quotes["position_id"], strict=True))
    return [key for key in keys if key not in have]
