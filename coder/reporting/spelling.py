"""English words that may be misspelt: those that neither the packaged model nor the comments know.

The packaged model's word pieces that are whole words serve as the list of words, about 22,000
of the most common ones; usual endings and prefixes are taken off. What several comments use is
taken as right, so that a town's own words are. A rare word may be flagged wrongly: a flag only
makes another quote likelier.
"""

import json
import re
from functools import cache, lru_cache

LOWER_WORD = re.compile(r"(?<![\w@./'])[a-z]{4,}(?![\w@/]|\.\w)")
# An ending, and what the bare word has in its place.
ENDINGS = (
    *(("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y")),
    *(("ing", ""), ("ing", "e"), ("er", ""), ("er", "e"), ("ers", ""), ("ers", "e")),
    *(
        ("ly", ""),
        ("ily", "y"),
        ("bly", "ble"),
        ("ally", "al"),
        ("ness", ""),
        ("iness", "y"),
    ),
    *(
        ("able", ""),
        ("able", "e"),
        ("ment", ""),
        ("ments", ""),
        ("less", ""),
        ("ful", ""),
    ),
    *(
        ("ish", ""),
        ("al", ""),
        ("est", ""),
        ("ation", "e"),
        ("ation", "ate"),
        ("ity", ""),
    ),
    *(
        ("ity", "e"),
        ("ise", "ize"),
        ("ised", "ize"),
        ("ising", "ize"),
        ("isation", "ize"),
    ),
    *(("ized", "ize"), ("izing", "ize"), ("ization", "ize"), ("or", ""), ("ion", "")),
    *(("ions", ""), ("ist", ""), ("ists", ""), ("y", ""), ("our", "or")),
    *(
        ("ise", ""),
        ("ised", ""),
        ("ising", ""),
        ("ize", ""),
        ("ized", ""),
        ("izing", ""),
    ),
)
PREFIXES = ("un", "re", "non", "over", "under", "mis", "dis", "out", "anti", "pre")
SHORTEST_BARE = 3  # letters


def find_misspelt(text: str, known: frozenset[str]) -> list[str]:
    """The words of a text in small letters that may be misspelt, in order.

    Args:
        known: words that count as right besides those of the list.
    """
    plain = text.replace("’", "'")
    found = []
    for match in LOWER_WORD.finditer(plain):
        word = match.group()
        if word not in known and not is_english(word):
            found.append(word)
    return found


@lru_cache(maxsize=50_000)
def is_english(word: str) -> bool:
    """Whether a word in small letters, or what is left without its ending or prefix, is listed."""
    if _is_listed(word):
        return True
    for prefix in PREFIXES:
        rest = word.removeprefix(prefix)
        if SHORTEST_BARE < len(rest) < len(word) and _is_listed(rest):
            return True
    return False


def _is_listed(word: str) -> bool:
    """Whether it is listed as it is, or without its ending."""
    return word in _listed_words() or _has_listed_stem(word)


def _has_listed_stem(word: str) -> bool:
    listed = _listed_words()
    for ending, instead in ENDINGS:
        if not word.endswith(ending):
            continue
        bare = word[: -len(ending)]
        is_doubled = bare[-1:] == bare[-2:-1]  # "stopping"
        if len(bare) < SHORTEST_BARE:
            continue
        if bare + instead in listed or (is_doubled and bare[:-1] in listed):
            return True
    return False


@cache
def _listed_words() -> frozenset[str]:
    from coder.embedding import packaged_model

    stored = (packaged_model() / "tokenizer.json").read_text(encoding="utf-8")
    return frozenset(filter(str.isalpha, json.loads(stored)["model"]["vocab"]))
