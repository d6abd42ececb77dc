"""Candidates as a codebook to edit."""

import re
import unicodedata

from coder.clustering.result import Candidate, Clustering
from coder.codebook import Codebook, Theme
from coder.text import clean_text

HEAD = """Candidate themes, drafted from the comments by `coder cluster`: a proposal, nobody has adopted them.
Read the quotes, then make it yours: rename, merge (move keywords and examples into one and delete the other),
delete, add. An id is for good once comments are coded with it. Write a definition, and remove examples that do
not belong: examples teach the model. Take out `status: candidate` when you have adopted a theme.
Check it:  coder codebook check candidates.yaml
Then save it under another name, such as codebook.yaml: the next `coder cluster` writes this file again.
Use it:    coder apply PROJECT --codebook codebook.yaml"""


def slug(name: str, taken: set[str]) -> str:
    """An id for a candidate made of its name, no id twice."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "candidate"
    number, found = 2, base
    while found in taken:
        found = f"{base}-{number}"
        number += 1
    taken.add(found)
    return found


def candidate_codebook(
    clustering: Clustering, title: str, question: str = "", language: str = "en"
) -> Codebook:
    """The candidates as a codebook with keywords, examples and the facts of each group, sub-themes nested.

    It holds no comment ids, and the same comments give the same codebook whatever their order.
    """
    return Codebook.model_validate(
        {
            "title": title,
            "question": question,
            "language": language,
            "themes": tuple(_theme(clustering, candidate) for candidate in clustering.top),
        }
    )


def _theme(clustering: Clustering, candidate: Candidate) -> Theme:
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
    return Theme.model_validate(
        {
            "id": candidate.id,
            "name": candidate.name,
            "keywords": tuple(word for word in candidate.keywords if word.strip()),
            "examples": tuple(clean_text(text) for text in candidate.examples if text.strip()),
            "status": "candidate",
            "cluster": facts,
            "themes": tuple(_theme(clustering, sub) for sub in clustering.under(candidate.id)),
        }
    )
