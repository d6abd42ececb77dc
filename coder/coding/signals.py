"""What speaks for a theme in a comment, before anybody decided anything: arrays of comments by themes.

Wording matters more than vectors: a keyword that occurs is the strongest single sign, and the vectors add
the ranking and the comments that say it in other words.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from coder.codebook import Position, Theme
from coder.embedding import Embedder, Views, views_of
from coder.engine import Progress, silent
from coder.keywords import KeywordMatcher, StemmedText, stem_words
from coder.text import WORD, Span, sentences, stem, stop_words, text_hash, word_count

Array = NDArray[np.float32]
ANY_RUN = r"\S+"
CLAUSE = re.compile(r"(?<=[.;])\s+|,\s+")
# How much each sign counts. Chosen on codings of 100 to 3,400 comments by 2 to 25 themes; see the README's table.
LIKENESS_WEIGHT = 6.0  # of cosines, which lie within a few tenths of each other
STANDING_WEIGHT = (
    0.4  # of how far a theme stands out among the themes of a comment, in standard deviations
)
KEYWORD_WEIGHT = 2.0  # of each distinct keyword, two at most
AUTOMATIC_WEIGHT = 1.5  # the same, for words taken from a name and definition for want of keywords
WORDING_WEIGHT = 2.0  # of the TF-IDF cosine over stems
SPELLING_WEIGHT = 1.0  # of the TF-IDF cosine over runs of characters
ROWS_AT_ONCE = 20_000
# A comment is also read by the company it keeps: this share of its own score stays, and this share of its
# neighbours' mean is added. Measured: micro F1 +.01 on three of four codings and no less on the fourth.
OWN_SHARE, NEIGHBOUR_SHARE = 0.9, 0.15
NEIGHBOURS = 10
NEIGHBOURS_FROM = 5_000  # comments at most among which neighbours are looked for
# A longer comment is read sentence by sentence only: its vector is their mean. As good, measured, a third
# quicker, and nothing is lost beyond the encoder's window.
LONGEST_WHOLE = 40  # words


class Subject(NamedTuple):
    """What comments are scored against: a theme, or a position of one."""

    id: str
    name: str
    definition: str
    keywords: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


def subject_of(part: Theme | Position) -> Subject:
    """A theme or position as something to score against; `includes` count as part of a theme's definition."""
    includes = part.includes if isinstance(part, Theme) else ()
    definition = " ".join((part.definition, *(f"{line}." for line in includes))).strip()
    return Subject(
        part.id, part.name, definition, part.keywords, part.examples, part.counter_examples
    )


class Comments(NamedTuple):
    """Comments ready to be scored. n comments, m sentences, d dimensions."""

    texts: tuple[str, ...]
    spans: tuple[Span, ...]  # m sentences, those of one comment together
    owner: NDArray[np.int64]  # (m,) comment that each sentence is of, ascending
    whole: Views  # (n, d)
    parts: Views  # (m, d)
    stems: tuple[StemmedText, ...]  # (n) the words of each comment
    long: NDArray[np.bool_]  # (n,) read sentence by sentence only


def prepare(
    texts: Sequence[str],
    embedder: Embedder,
    language: str = "en",
    progress: Progress = silent,
) -> Comments:
    """Cut into sentences, embed whole and in sentences (each distinct text once), stem."""
    cut = sentences(texts, language)
    spans = [span for found in cut for span in found]
    owner = np.array([number for number, found in enumerate(cut) for _ in found], dtype=np.int64)
    pieces = [
        texts[number][span.start : span.end] for number, span in zip(owner, spans, strict=True)
    ]
    long = np.array(
        [
            len(found) > 1 and word_count(text) > LONGEST_WHOLE
            for text, found in zip(texts, cut, strict=True)
        ],
        dtype=bool,
    )
    short = [text for text, is_long in zip(texts, long, strict=True) if not is_long]
    views = views_of(embedder, [*short, *pieces], progress)
    parts = _rows(views, np.arange(len(short), len(short) + len(pieces)))
    whole = [
        None if v is None else _whole(v[: len(short)], np.asarray(p), owner, long)
        for v, p in zip(views, parts, strict=True)
    ]
    return Comments(
        tuple(texts),
        tuple(spans),
        owner,
        Views(np.asarray(whole[0]), whole[1]),
        parts,
        tuple(stem_words(text, language) for text in texts),
        long,
    )


def _whole(short: Array, parts: Array, owner: NDArray[np.int64], long: NDArray[np.bool_]) -> Array:
    """Vectors of all comments: those of the short ones, and for each long one its sentences' mean, at length 1."""
    whole = np.zeros(
        (len(long), parts.shape[1] if len(parts) else short.shape[1]), dtype=np.float32
    )
    np.add.at(whole, owner, parts)
    whole[~long] = short
    return np.asarray(
        whole / np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), 1e-12), dtype=np.float32
    )


# ---------------------------------------------------------------- keywords


class Hits(NamedTuple):
    """Keywords found. n comments, t subjects."""

    distinct: NDArray[np.float32]  # (n, t) number of distinct keywords of the subject
    spans: dict[tuple[int, int], list[Span]]  # (comment, subject) to where they stand


def find_keywords(
    comments: Comments, keywords: Sequence[Sequence[str]], language: str = "en"
) -> Hits:
    """Find each subject's keywords, whatever their case, endings and hyphens."""
    matcher = KeywordMatcher(keywords, language)
    distinct = np.zeros((len(comments.texts), len(keywords)), dtype=np.float32)
    spans: dict[tuple[int, int], list[Span]] = {}
    for row, words in enumerate(comments.stems):
        matches = matcher.find(words)
        for match in matches:
            spans.setdefault((row, match.group), []).append(match.span)
        for group, _ in {(match.group, match.keyword) for match in matches}:
            distinct[row, group] += 1
    return Hits(distinct, spans)


def automatic_keywords(
    subjects: Sequence[Subject], language: str = "en", most: int = 2
) -> list[tuple[str, ...]]:
    """Content words of name and definition that occur in at most `most` subjects: keywords for want of any."""
    stops = stop_words(language)
    bags = []
    for subject in subjects:
        bag: dict[str, str] = {}
        for word in WORD.findall(f"{subject.name} {subject.definition}"):
            folded = word.casefold()
            if len(folded) > 2 and folded not in stops:
                bag.setdefault(stem(folded, language), folded)
        bags.append(bag)
    spread: dict[str, int] = {}
    for bag in bags:
        for key in bag:
            spread[key] = spread.get(key, 0) + 1
    return [tuple(word for key, word in bag.items() if spread[key] <= most) for bag in bags]


# ---------------------------------------------------------------- all signs together


class Signals(NamedTuple):
    """What speaks for each subject. n comments, m sentences, t subjects; float32."""

    score: Array  # (n, t) all signs together; its scale is the same whatever the codebook
    likeness: Array  # (n, t) mean cosine over views, whole comment, best sentence and best keyword
    standing: Array  # (n, t) standard deviations above the comment's mean over subjects
    wording: Array  # (n, t) TF-IDF cosine over stems
    spelling: Array  # (n, t) TF-IDF cosine over runs of characters
    hits: Hits
    sentence: (
        Array  # (m, t) how well each sentence alone fits, beyond how well it fits every subject
    )
    automatic: NDArray[np.bool_]  # (t,) keywords were taken from name and definition


def score_subjects(
    comments: Comments,
    subjects: Sequence[Subject],
    embedder: Embedder,
    language: str = "en",
    *,
    opinion: bool = True,
) -> Signals:
    """Score every comment against every subject without any decision.

    Args:
        opinion: use the opinion view too, where the embedder has one.
    """
    automatic = np.array([not subject.keywords for subject in subjects])
    filled = automatic_keywords(subjects, language)
    keywords = [s.keywords or found for s, found in zip(subjects, filled, strict=True)]
    hits = find_keywords(comments, keywords, language)
    likeness, standing, sentence = _likeness(
        comments, subjects, _phrases(subjects, keywords), embedder, opinion
    )
    wording = _tfidf(comments, subjects, keywords, language)
    spelling = _spelling(comments, subjects, keywords)
    mean = likeness.mean(axis=1, keepdims=True)
    rarity = np.log((len(comments.texts) + 1) / ((hits.distinct > 0).sum(axis=0) + 1)) / np.log(12)
    worth = np.where(automatic, AUTOMATIC_WEIGHT * np.clip(rarity, 0.4, 1.3), KEYWORD_WEIGHT)
    score = (
        LIKENESS_WEIGHT * (likeness - _shared(len(subjects)) * mean)
        + STANDING_WEIGHT * standing
        + worth * np.minimum(hits.distinct, 2)
        + WORDING_WEIGHT * wording
        + SPELLING_WEIGHT * spelling
    )
    return Signals(
        score.astype(np.float32), likeness, standing, wording, spelling, hits, sentence, automatic
    )


def chosen_view(views: Views, opinion: bool) -> Array:
    """The opinion view where there is one and it is wanted, else the plain one."""
    return views.opinion if opinion and views.opinion is not None else views.plain


def with_neighbours(
    score: Array, comments: Comments, *, opinion: bool = True
) -> NDArray[np.float64]:
    """Scores (n, t) blended with those of each comment's nearest others in meaning, weighted by likeness."""
    whole = chosen_view(comments.whole, opinion)
    n, exact = len(whole), score.astype(np.float64)
    among = np.arange(n)
    if n > NEIGHBOURS_FROM:  # by their text: the order of rows never matters
        keys = [text_hash(text) for text in comments.texts]
        among = np.sort(np.array(sorted(range(n), key=lambda i: (keys[i], i))[:NEIGHBOURS_FROM]))
    count = min(NEIGHBOURS, len(among) - 1)
    if count < 1:
        return exact
    mean = np.empty_like(exact)
    for start in range(0, n, ROWS_AT_ONCE // 10):
        rows = np.arange(start, min(n, start + ROWS_AT_ONCE // 10))
        likeness = whole[rows] @ whole[among].T
        likeness[rows[:, None] == among[None, :]] = -2.0  # not its own neighbour
        nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        weight = np.maximum(np.take_along_axis(likeness, nearest, axis=1), 1e-6).astype(np.float64)
        mean[rows] = np.einsum("nk,nkt->nt", weight, exact[among[nearest]]) / weight.sum(
            1, keepdims=True
        )
    return np.asarray(OWN_SHARE * exact + NEIGHBOUR_SHARE * mean)


def _phrases(
    subjects: Sequence[Subject], keywords: Sequence[Sequence[str]]
) -> list[tuple[str, ...]]:
    """What sentences are held against one by one: keywords; else also the name and the definition's clauses."""
    return [
        subject.keywords
        or (
            *words,
            subject.name,
            *(part for part in CLAUSE.split(subject.definition) if part.strip()),
        )
        for subject, words in zip(subjects, keywords, strict=True)
    ]


def _likeness(
    comments: Comments,
    subjects: Sequence[Subject],
    keywords: Sequence[Sequence[str]],
    embedder: Embedder,
    opinion: bool,
) -> tuple[Array, Array, Array]:
    """Likeness (n, t) and standing (n, t) of comments, likeness (m, t) of sentences; means over the views."""
    flat = [(word, number) for number, found in enumerate(keywords) for word in found]
    owners = np.array([number for _, number in flat], dtype=np.int64)
    named = [
        views_of(embedder, texts)
        for texts in (
            [s.name for s in subjects],
            [s.definition or s.name for s in subjects],
            [", ".join(s.keywords) or s.name for s in subjects],
            [word for word, _ in flat],
        )
    ]
    used = [i for i in (0, 1) if named[0][i] is not None and (i == 0 or opinion)]
    found = []
    for view in used:
        theme = sum(np.asarray(part[view]) for part in named[:3])
        theme = theme / np.linalg.norm(theme, axis=1, keepdims=True)
        words_ = np.asarray(named[3][view])
        found.append(_one_view(comments, view, theme, words_, owners))
    likeness, standing, sentence = (np.mean([f[i] for f in found], axis=0) for i in range(3))
    # What a sentence says is told best by the last view, the opinion where there is one, and beside what it
    # says of the other subjects: a sentence that fits them all is no evidence of any.
    sentence = (sentence + found[-1][3]) / 2
    if len(subjects) > 1:
        sentence = sentence - 0.9 * sentence.mean(axis=1, keepdims=True)
    # Two views that agree stand out more than one: their sum counts, not their mean.
    return _single(likeness), _single(standing * len(used)), _single(sentence)


def _shared(subjects: int) -> float:
    """How much of the mean over subjects is taken off: with one there is nothing to stand out from."""
    return 0.8 * (1 - 1 / subjects)


def _single(values: object) -> Array:
    return np.asarray(values, dtype=np.float32)


def _one_view(
    comments: Comments, view: int, theme: Array, keyword: Array, owners: NDArray[np.int64]
) -> tuple[Array, Array, Array, Array]:
    """Likeness (n, t), standing (n, t), sentences to themes and keywords (m, t), to themes alone (m, t)."""
    t, m = len(theme), len(comments.owner)
    whole, parts = np.asarray(comments.whole[view]), np.asarray(comments.parts[view])
    by_theme = np.empty((m, t), dtype=np.float32)
    by_word = np.empty((m, t), dtype=np.float32)
    for start in range(0, m, ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        by_theme[block] = parts[block] @ theme.T
        by_word[block] = _best_keyword(parts[block], keyword, owners, by_theme[block])
    bare = whole @ theme.T
    best = [_best_sentence(values, comments.owner, bare) for values in (by_theme, by_word)]
    likeness = _single((bare + best[0] + best[1]) / 3)
    sentence = _single((by_theme + by_word) / 2)
    standing = (
        _standing(likeness) + _best_sentence(_standing(sentence), comments.owner, _standing(bare))
    ) / np.float32(2)
    return likeness, standing, sentence, by_theme


def _best_keyword(
    parts: Array, keyword: Array, owners: NDArray[np.int64], otherwise: Array
) -> Array:
    """Best cosine of each sentence to any of a subject's keywords; `otherwise` for a subject with none."""
    best = np.array(otherwise)
    if len(owners):
        likeness = parts @ keyword.T
        firsts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
        best[:, owners[firsts]] = np.maximum.reduceat(likeness, firsts, axis=1)
    return best


def _best_sentence(values: Array, owner: NDArray[np.int64], otherwise: Array) -> Array:
    """Maximum over each comment's sentences, (m, t) to (n, t); `otherwise` for a comment without one."""
    best = np.array(otherwise, dtype=np.float32)
    if len(owner):
        firsts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        best[owner[firsts]] = np.maximum.reduceat(values, firsts, axis=0)
    return best


def _standing(values: Array) -> Array:
    """Each row in its own standard deviations around its own mean; zero where a row does not vary."""
    centred = values - values.mean(axis=1, keepdims=True)
    return np.asarray(centred / (values.std(axis=1, keepdims=True) + 1e-6), dtype=np.float32)


def _tfidf(
    comments: Comments,
    subjects: Sequence[Subject],
    keywords: Sequence[Sequence[str]],
    language: str,
) -> Array:
    bags = [" ".join(words.stems) for words in comments.stems]
    asked = [
        " ".join(stem_words("\n".join((subject.name, *found)), language).stems)
        for subject, found in zip(subjects, keywords, strict=True)
    ]
    return _cosines(bags, asked, TfidfVectorizer(token_pattern=ANY_RUN, sublinear_tf=True))


def _spelling(
    comments: Comments, subjects: Sequence[Subject], keywords: Sequence[Sequence[str]]
) -> Array:
    asked = [
        " ".join((s.name, *found)).lower() for s, found in zip(subjects, keywords, strict=True)
    ]
    texts = [text.lower() for text in comments.texts]
    return _cosines(
        texts,
        asked,
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2),
    )


def _cosines(texts: list[str], asked: list[str], vectoriser: TfidfVectorizer) -> Array:
    try:
        every = vectoriser.fit_transform([*texts, *asked])
    except ValueError:  # not one word, or run of characters, that counts
        return np.zeros((len(texts), len(asked)), dtype=np.float32)
    table = every[: len(texts)] @ every[len(texts) :].T
    return np.asarray(table.toarray(), dtype=np.float32)


# ---------------------------------------------------------------- parts of them


def picked(comments: Comments, rows: NDArray[np.int64]) -> Comments:
    """The comments at `rows`, ascending, with their sentences."""
    kept = np.isin(comments.owner, rows)
    return Comments(
        tuple(comments.texts[i] for i in rows),
        tuple(span for span, keep in zip(comments.spans, kept, strict=True) if keep),
        np.searchsorted(rows, comments.owner[kept]).astype(np.int64),
        _rows(comments.whole, rows),
        _rows(comments.parts, np.flatnonzero(kept)),
        tuple(comments.stems[i] for i in rows),
        comments.long[rows],
    )


def first(comments: Comments, n: int) -> Comments:
    """The first n comments."""
    return picked(comments, np.arange(n, dtype=np.int64))


def first_signals(signals: Signals, n: int, sentences_: int) -> Signals:
    """The signals of the first n comments, which have the first `sentences_` sentences."""
    return Signals(
        signals.score[:n],
        signals.likeness[:n],
        signals.standing[:n],
        signals.wording[:n],
        signals.spelling[:n],
        Hits(
            signals.hits.distinct[:n],
            {pair: s for pair, s in signals.hits.spans.items() if pair[0] < n},
        ),
        signals.sentence[:sentences_],
        signals.automatic,
    )


def _rows(views: Views, rows: NDArray[np.int64]) -> Views:
    return Views(views.plain[rows], None if views.opinion is None else views.opinion[rows])
