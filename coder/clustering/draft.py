"""Candidates as a codebook to edit."""

import re
import unicodedata

from coder.clustering.result import Candidate, Clustering
from coder.codebook import Codebook, Theme
from coder.text import clean_text

HEAD = """\
Candidate themes, drafted from the comments by `coder cluster`. Nobody has adopted them yet.
Read the quotes, then edit: rename, merge (move keywords and examples into one and delete \
the other), delete, add.
Do not change an id once comments are coded with it. Write a definition, and remove examples \
that do not belong:
the model learns from examples. Remove `status: candidate` when you have adopted a theme.
Check it:  coder codebook check candidates.yaml
Save it under another name, such as codebook.yaml: the next `coder cluster` writes this file again.
Use it:    coder apply PROJECT --codebook codebook.yaml"""


SUB_EXAMPLES = 2  # of a sub-theme, whose comments are quoted by its theme too


def make_slug(name: str, used: set[str]) -> str:
    """An id for a candidate made of its name, and not among `used`, to which it is added."""
    plain = (
        unicodedata.normalize("NFKD", name.casefold())
        .encode("ascii", "ignore")
        .decode()
    )
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "candidate"
    slug, number = base, 2
    while slug in used:
        slug = f"{base}-{number}"
        number += 1
    used.add(slug)
    return slug


def draft_codebook(
    clustering: Clustering, title: str, question: str = "", language: str = "en"
) -> Codebook:
    """The candidates as a codebook with keywords, examples and the facts of each group, sub-themes
    nested.

    It holds no comment ids, and the same comments give the same codebook whatever their order.
    """
    return Codebook.model_validate(
        {
            "title": title,
            "question": question,
            "language": language,
            "themes": tuple(
                _draft_theme(clustering, candidate) for candidate in clustering.top
            ),
        }
    )


def _draft_theme(clustering: Clustering, candidate: Candidate) -> Theme:
    examples = [clean_text(text) for text in candidate.examples if text.strip()]
    if candidate.parent_id:
        examples = examples[:SUB_EXAMPLES]
    return Theme.model_validate(
        {
            "id": candidate.id,
            "name": candidate.name,
            "keywords": tuple(word for word in candidate.keywords if word.strip()),
            "examples": tuple(examples),
            "status": "candidate",
            "cluster": _group_facts(candidate),
            "themes": tuple(
                _draft_theme(clustering, sub) for sub in clustering.under(candidate.id)
            ),
        }
    )


def _group_facts(candidate: Candidate) -> dict[str, float | int | str | bool]:
    """What is known of the group: size, strength, stability, one short sentence."""
    facts: dict[str, float | int | str | bool] = {"comments": candidate.size}
    if candidate.voices != candidate.size:
        facts["different_comments"] = candidate.voices
    facts["strength"] = round(candidate.strength, 2)
    if candidate.stability is not None:
        facts["stability"] = round(candidate.stability, 2)
    if candidate.key_point:
        facts["key_point"] = clean_text(candidate.key_point)
    if candidate.opposing:
        facts["mixes_opposing_views"] = True
    return facts
