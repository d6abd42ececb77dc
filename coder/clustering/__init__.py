"""Room: group comments into candidate themes, name them, draft a codebook."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from coder import tables
from coder.clustering import stability as steadiness
from coder.clustering.assemble import Found, assemble
from coder.clustering.draft import HEAD, candidate_codebook
from coder.clustering.grouping import Graph, Groups, centres, find_groups, split_group
from coder.clustering.layout import lay_out
from coder.clustering.likeness import likenesses, most_alike
from coder.clustering.membership import UNCLEAR_FIT, WEAK_FIT, belonging
from coder.clustering.places import without_names
from coder.clustering.result import LITTLE, Candidate, Clustering, Likeness
from coder.clustering.spaces import Floats, Indices, make_spaces, unit_rows
from coder.clustering.units import Units, Voices, distinct_voices, make_units
from coder.engine import Progress, silent
from coder.errors import CoderError, did_you_mean

if TYPE_CHECKING:
    from coder.embedding import Embedder

__all__ = [
    "HEAD",
    "Candidate",
    "Clustering",
    "Likeness",
    "candidate_codebook",
    "cluster_comments",
    "most_alike",
]

METHODS = ("graph", "hdbscan")
FEWEST = 5  # different comments
SUB_FROM = 20  # units of a group that may have sub-themes


def cluster_comments(
    comments: pd.DataFrame,
    embedder: "Embedder",
    *,
    method: str = "graph",
    themes: int | None = None,
    min_size: int | None = None,
    seed: int = 0,
    language: str = "en",
    question: str = "",
    progress: Progress = silent,
) -> Clustering:
    """Candidate themes of the analysed comments; every one of them belongs to one at least.

    Args:
        comments: a table of `tables.COMMENTS`; an `author` column tells people apart. Its order of rows makes
            no difference.
        method: graph (neighbour graph and Leiden) or hdbscan.
        themes: how many candidates (2 to 200), sub-themes not counted; None lets the data decide.
        min_size: fewest comments, or sentences where these are grouped, of a candidate; None grows with n.
        seed: the same seed and comments give the same result.
        question: what was asked; its words weigh less in names.

    Raises:
        CoderError: fewer than five different comments, or an argument out of its range.
    """
    _check(method, themes, min_size)
    counted = tables.analysed(tables.check(comments, tables.COMMENTS))
    voices = distinct_voices(counted)
    if not voices.texts:
        raise CoderError("no comment is left to group", "See ledger.csv for why each was excluded.")
    if len(voices.texts) < FEWEST:
        some = (
            "is 1 comment"
            if len(voices.texts) == 1
            else f"are {len(voices.texts)} different comments"
        )
        raise CoderError(
            f"there {some} to group, and {FEWEST} are the least",
            f"Read them yourself ({', '.join(ids[0] for ids in voices.ids)}), or add comments with: "
            "coder read FILE --into PROJECT",
        )
    units = make_units(voices, language)
    vectors = embedder.encode([*units.texts, *units.pieces], progress)
    options: dict[str, Any] = {
        "method": method,
        "themes": themes,
        "smallest": min_size,
        "seed": seed,
    }
    # Matrix products round otherwise on two threads than on one; groups must not hang on that.
    with threadpool_limits(limits=1, user_api="blas"):
        return _clustered(voices, units, vectors, embedder, options, language, question, progress)


def _clustered(
    voices: Voices,
    units: Units,
    vectors: Floats,
    embedder: "Embedder",
    options: dict[str, Any],
    language: str,
    question: str,
    progress: Progress,
) -> Clustering:
    """From vectors of the units and pieces to candidates."""
    seed, themes = options["seed"], options["themes"]

    def embed(texts: list[str]) -> Floats:
        return embedder.encode(texts, progress)

    raw, names = without_names(vectors[: len(units.texts)], units.texts, embed)
    pieces = vectors[len(units.texts) :]
    spaces = make_spaces(raw, units.texts, language, seed)
    groups, graph = find_groups(spaces, progress=progress, **options)
    found = Found(voices, units, spaces, groups, raw.mean(axis=0), tuple(names), language, question)
    steady = _stability(found, options, progress)
    rows = belonging(
        units, spaces.centred, groups, unit_rows(pieces - found.mean) if len(pieces) else None
    )

    done = assemble(
        found, rows, _sub_groups(found, graph, seed), steady.groups if steady else None, embed
    )
    called = {candidate.id: candidate.name for candidate in done.candidates}
    clustering = Clustering(
        candidates=done.candidates,
        memberships=done.memberships,
        likenesses=likenesses(
            done.group_ids,
            [called[i] for i in done.group_ids],
            centres(spaces.centred, groups),
            language,
        ),
        campaigns=_campaigns(found, done.group_ids),
        picture=lay_out(found, rows, done.group_ids),
        facts={},
    )
    facts = _facts(clustering, found, options, steady, embedder.fingerprint)
    return Clustering(**{**vars(clustering), "facts": facts, "notes": _notes(found, themes, facts)})


def _check(method: str, themes: int | None, min_size: int | None) -> None:
    if method not in METHODS:
        raise CoderError(f"there is no clustering method {method!r}", did_you_mean(method, METHODS))
    if themes is not None and not 2 <= themes <= 200:
        raise CoderError(
            f"{themes} themes cannot be asked for", "Ask for 2 to 200, or leave --themes out."
        )
    if min_size is not None and min_size < 1:
        raise CoderError(
            f"a smallest size of {min_size} means nothing",
            "Give 1 or more, or leave --min-size out.",
        )


def _stability(
    found: Found, options: dict[str, Any], progress: Progress
) -> "steadiness.Stability | None":
    """Only where grouping five times more is quick."""
    if len(found.units.texts) > steadiness.MOST or len(found.voices.texts) < 2 * FEWEST:
        return None

    def again(kept: Indices) -> Groups:
        texts = [found.units.texts[i] for i in kept]
        spaces = make_spaces(found.spaces.raw[kept], texts, found.language, options["seed"])
        return find_groups(spaces, **options)[0]

    rng = np.random.default_rng(options["seed"])
    return steadiness.measure(found.groups, found.units.owner, again, rng, progress=progress)


def _sub_groups(found: Found, graph: Graph | None, seed: int) -> dict[int, Groups]:
    if graph is None:
        return {}
    subs = {}
    for group in range(found.groups_in_all):
        members = found.members(group)
        parts = split_group(graph, members, seed) if len(members) >= SUB_FROM else None
        if parts is not None:
            subs[group] = parts
    return subs


def _campaigns(found: Found, group_ids: list[str]) -> pd.DataFrame:
    """A row a campaign among the comments: what it says, how many sent it, where it was put."""
    voices = found.voices
    first: dict[int, int] = {}
    for unit, voice in enumerate(found.units.owner.tolist()):
        first.setdefault(voice, unit)
    rows = [
        {
            "campaign_id": campaign,
            "comments": len(voices.ids[voice]),
            "candidate_id": group_ids[int(found.groups[first[voice]])],
            "text": voices.texts[voice],
        }
        for voice, campaign in enumerate(voices.campaigns)
        if campaign
    ]
    table = pd.DataFrame(rows, columns=["campaign_id", "comments", "candidate_id", "text"])
    return table.sort_values(
        ["comments", "campaign_id"], ascending=[False, True], ignore_index=True
    )


def _facts(
    clustering: Clustering,
    found: Found,
    options: dict[str, Any],
    steady: "steadiness.Stability | None",
    fingerprint: str,
) -> dict[str, Any]:
    fits = clustering.memberships.groupby("comment_id")["fit"].agg(set)
    weak = fits.map(lambda kinds: "core" not in kinds and WEAK_FIT in kinds)
    return {
        "comments": int(found.voices.weights.sum()),
        "different_comments": len(found.voices.texts),
        "units": len(found.units.texts),
        "common_names": list(found.names),
        "unit": "comment" if found.units.whole else "sentence",
        "sentences_a_comment": round(found.units.sentences_a_comment, 2),
        "method": options["method"],
        "themes": options["themes"],
        "min_size": options["smallest"],
        "seed": options["seed"],
        "model_fingerprint": fingerprint,
        "candidates": len(clustering.top),
        "sub_themes": len(clustering.candidates) - len(clustering.top),
        "weak": int(weak.sum()),
        "unclear": int(fits.map(lambda kinds: kinds == {UNCLEAR_FIT}).sum()),
        "stability": None if steady is None else round(steady.overall, 3),
        "stability_not_measured": _why_not_measured(found) if steady is None else "",
    }


def _why_not_measured(found: Found) -> str:
    if len(found.voices.texts) < 2 * FEWEST:
        return f"it takes {2 * FEWEST} different comments"
    what = "different comments" if found.units.whole else "sentences"
    return (
        f"grouping {len(found.units.texts):,} {what} five times more would take long, so it is done up to"
        f" {steadiness.MOST:,}"
    )


def _notes(found: Found, themes: int | None, facts: dict[str, Any]) -> tuple[str, ...]:
    notes = []
    if len(found.voices.texts) < LITTLE:
        notes.append(
            f"{len(found.voices.texts)} different comments are few to find groups in. Take these candidates as a"
            " reading order, and read all the comments."
        )
    if themes is not None and facts["candidates"] != themes:
        notes.append(
            f"{themes} candidates were asked for, and {facts['candidates']} are what this method and smallest size allow."
        )
    if facts["stability"] is not None and facts["stability"] < 0.5:
        notes.append(
            "The groups change much when a tenth of the comments is left out: there may be no clear groups."
        )
    return tuple(notes)
