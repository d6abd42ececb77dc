"""From comments to candidate themes."""

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from coder import tables
from coder.clustering.candidates import Grouping, assemble_candidates, find_sides
from coder.clustering.grouping import Graph, Groups, group_centres, split_group
from coder.clustering.map_layout import lay_out_map
from coder.clustering.membership import CORE, WEAK_FIT, find_membership
from coder.clustering.methods import METHODS, Wanted
from coder.clustering.opposing_views import BY_WORDS, describe_method
from coder.clustering.result import LITTLE, UNSTABLE, Clustering
from coder.clustering.shared_names import remove_shared_names
from coder.clustering.similar_candidates import find_similar_pairs
from coder.clustering.spaces import EXACT, make_spaces
from coder.clustering.stability import (
    GRAPH,
    SAMPLE,
    Regrouper,
    Stability,
    measure_stability,
)
from coder.clustering.units import Units, Voices, distinct_voices, make_units
from coder.clustering.vectors import (
    Floats,
    HalfRows,
    Rows,
    centre_rows,
    mean_row,
)
from coder.clustering.word_table import WordTable
from coder.engine import Progress, silent
from coder.errors import CoderError, command, did_you_mean, option
from coder.text import count

if TYPE_CHECKING:
    from coder.embedding import Embedder

FEWEST = 5  # different comments
FEWEST_MEASURED = 10  # different comments from which stability is measured
# Different comments under which sentences are put into fewer and larger groups, and how many
# sentences of such a group there are for each that there is in all.
FEW_COMMENTS = 100
FEWEST_SENTENCES, SENTENCE_SHARE = 5, 12
FEWEST_THEMES, MOST_THEMES = 2, 200
SUB_FROM = 20  # units of a group that may have sub-themes


class _Request(NamedTuple):
    """What was asked for, beside the comments."""

    method: str
    wanted: Wanted
    language: str
    question: str

    def for_few(self, voices: Voices, units: Units) -> "_Request":
        """The same with larger groups where the sentences of few comments are grouped.

        Three sentences that are alike are a group among thousands; of 70 comments they are
        chance.
        """
        chosen = self.wanted.themes is not None or self.wanted.smallest is not None
        if units.whole or chosen or len(voices.texts) >= FEW_COMMENTS:
            return self
        smallest = max(FEWEST_SENTENCES, len(units.texts) // SENTENCE_SHARE)
        return self._replace(wanted=self.wanted._replace(smallest=smallest))


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
        comments: a table of `tables.COMMENTS`; an `author` column tells people apart. Its order
            of rows makes no difference.
        method: one of `METHODS`: graph (neighbour graph and Louvain communities) or hdbscan.
        themes: how many candidates (2 to 200), sub-themes not counted; None lets the data decide.
        min_size: fewest comments, or sentences where these are grouped, of a candidate; None
            grows with n.
        seed: the same seed and comments give the same result.
        question: what was asked; its words weigh less in names.

    Raises:
        CoderError: fewer than five different comments, or an argument out of its range.
    """
    _check_arguments(method, themes, min_size)
    voices = distinct_voices(tables.analysed(tables.check(comments, tables.COMMENTS)))
    _check_number(voices)
    units = make_units(voices, language)
    vectors = _encode(embedder, units.texts, progress)
    pieces = None
    if units.pieces:
        pieces = _encode(embedder, units.pieces, progress)
    request = _Request(method, Wanted(themes, min_size, seed), language, question)
    # Matrix products round otherwise on two threads than on one; groups must not depend on that.
    with threadpool_limits(limits=1, user_api="blas"):
        return _cluster_vectors(
            voices, units, vectors, pieces, embedder, request, progress
        )


def _encode(embedder: "Embedder", texts: tuple[str, ...], progress: Progress) -> Rows:
    """Vectors of the texts, of length 1; of very many at half precision."""
    from coder.embedding import distinct_views

    if len(texts) <= EXACT:
        return embedder.encode(texts, progress)
    views = distinct_views(embedder, texts, progress, opinion=False)
    return HalfRows(views.plain, views.rows)


def _check_arguments(method: str, themes: int | None, min_size: int | None) -> None:
    if method not in METHODS:
        raise CoderError(
            f"{option('method', method)} is not a clustering method",
            did_you_mean(method, METHODS),
        )
    if themes is not None and not FEWEST_THEMES <= themes <= MOST_THEMES:
        raise CoderError(
            f"{option('themes', str(themes))} is out of range",
            f"Ask for {FEWEST_THEMES} to {MOST_THEMES} themes, or leave {option('themes')} out "
            "to let the comments decide.",
        )
    if min_size is not None and min_size < 1:
        raise CoderError(
            f"{option('min_size', str(min_size))} is out of range",
            f"Give 1 or more, or leave {option('min_size')} out.",
        )


def _check_number(voices: Voices) -> None:
    if not voices.texts:
        raise CoderError(
            "there is no comment to group", "See ledger.csv for why each was excluded."
        )
    if len(voices.texts) < FEWEST:
        ids = ", ".join(of_voice[0] for of_voice in voices.ids)
        more = command("read", "FILE", option("into", "PROJECT"))
        raise CoderError(
            f"{count(len(voices.texts), 'different comment')} cannot be grouped: "
            f"at least {FEWEST} are needed",
            f"Read them yourself ({ids}), or add comments: {more}",
        )


def _cluster_vectors(
    voices: Voices,
    units: Units,
    vectors: Rows,
    pieces: Rows | None,
    embedder: "Embedder",
    request: _Request,
    progress: Progress,
) -> Clustering:
    """From vectors of the units and pieces to candidates."""

    def embed(texts: list[str]) -> Floats:
        return embedder.encode(texts, progress)

    raw, names = remove_shared_names(vectors, units.texts, embed)
    words = _read_words(units, request.language)
    spaces = make_spaces(raw, words, request.wanted.seed)
    request = request.for_few(voices, units)
    groups, graph = METHODS[request.method].group(spaces, request.wanted, progress)
    mean = mean_row(raw)
    grouping = Grouping(
        voices,
        units,
        spaces,
        groups,
        mean,
        tuple(names),
        request.language,
        request.question,
    )
    stability = _measure(grouping, words, graph, request, progress)
    if pieces is not None:
        pieces = centre_rows(pieces, mean)
    membership = find_membership(units, spaces.centred, groups, pieces)
    sub_groups = _find_sub_groups(grouping, graph, request.wanted.seed)
    of_groups = None
    if stability is not None:
        of_groups = stability.groups
    sides = find_sides(grouping, embedder, progress)
    assembled = assemble_candidates(
        grouping, membership, sub_groups, of_groups, sides, embed
    )
    name_of = {candidate.id: candidate.name for candidate in assembled.candidates}
    group_names = [name_of[group_id] for group_id in assembled.group_ids]
    centres = group_centres(spaces.centred, groups)
    clustering = Clustering(
        candidates=assembled.candidates,
        memberships=assembled.memberships,
        similar=find_similar_pairs(
            assembled.group_ids, group_names, centres, request.language
        ),
        campaigns=_make_campaigns(grouping, assembled.group_ids),
        lay_out=partial(lay_out_map, grouping, membership, assembled.group_ids),
        facts={},
    )
    facts = _make_facts(clustering, grouping, request, stability, embedder.fingerprint)
    facts["views_compared_by"] = describe_method(sides)
    return clustering.with_facts(facts, _make_notes(grouping, request, facts))


def _read_words(units: Units, language: str) -> WordTable | None:
    """The words of the units; None of so many that they are compared by meaning alone."""
    if len(units.texts) > EXACT:
        return None
    return WordTable.of_texts(units.texts, language)


def _measure(
    grouping: Grouping,
    words: WordTable | None,
    graph: Graph | None,
    request: _Request,
    progress: Progress,
) -> Stability | None:
    """The stability; None of so few comments that leaving one out in ten says nothing."""
    units = grouping.units
    if len(grouping.voices.texts) < FEWEST_MEASURED:
        return None
    regrouper = Regrouper(
        grouping.spaces,
        words,
        graph,
        METHODS[request.method],
        request.wanted,
    )
    rng = np.random.default_rng(request.wanted.seed)
    return measure_stability(
        grouping.groups, units.owner, regrouper, rng, progress=progress
    )


def _find_sub_groups(
    grouping: Grouping, graph: Graph | None, seed: int
) -> dict[int, Groups]:
    """The sub-group of each unit, of the groups that are large enough and fall apart."""
    sub_groups: dict[int, Groups] = {}
    if graph is None:
        return sub_groups
    for group in range(grouping.n_groups):
        members = grouping.members(group)
        if len(members) >= SUB_FROM:
            parts = split_group(graph, members, seed)
            if parts is not None:
                sub_groups[group] = parts
    return sub_groups


def _make_campaigns(grouping: Grouping, group_ids: list[str]) -> pd.DataFrame:
    """A row a campaign among the comments: what it says, how many sent it, where it was put."""
    voices = grouping.voices
    first_unit: dict[int, int] = {}
    for unit, voice in enumerate(grouping.units.owner.tolist()):
        first_unit.setdefault(voice, unit)
    rows = []
    for voice, campaign in enumerate(voices.campaigns):
        if campaign:
            group = int(grouping.groups[first_unit[voice]])
            size = len(voices.ids[voice])
            rows.append((campaign, size, group_ids[group], voices.texts[voice]))
    table = pd.DataFrame(
        rows, columns=["campaign_id", "comments", "candidate_id", "text"]
    )
    return table.sort_values(
        ["comments", "campaign_id"], ascending=[False, True], ignore_index=True
    )


# ---------------------------------------------------------------- facts and notes


def _make_facts(
    clustering: Clustering,
    grouping: Grouping,
    request: _Request,
    stability: Stability | None,
    fingerprint: str,
) -> dict[str, Any]:
    """What the run record keeps."""
    voices, units = grouping.voices, grouping.units
    unit = "sentence"
    if units.whole:
        unit = "comment"
    weak, unclear = _count_ill_fitting(clustering.memberships)
    return {
        "comments": sum(map(len, voices.ids)),
        "different_comments": len(voices.texts),
        "units": len(units.texts),
        "common_names": list(grouping.names),
        "unit": unit,
        "sentences_a_comment": round(units.sentences_a_comment, 2),
        "method": request.method,
        "themes": request.wanted.themes,
        "min_size": request.wanted.smallest,
        "seed": request.wanted.seed,
        "model_fingerprint": fingerprint,
        "candidates": len(clustering.top),
        "sub_themes": len(clustering.candidates) - len(clustering.top),
        "weak": weak,
        "unclear": unclear,
        **_describe_stability(grouping, stability),
    }


def _count_ill_fitting(memberships: pd.DataFrame) -> tuple[int, int]:
    """How many comments fit no candidate but weakly, and how many fit none.

    Args:
        memberships: sorted by comment.
    """
    ids = memberships["comment_id"]
    first = np.flatnonzero(ids.ne(ids.shift()).to_numpy(dtype=bool))
    if not len(first):
        return 0, 0
    kinds = []
    for kind in (CORE, WEAK_FIT):
        has_kind = memberships["fit"].eq(kind).to_numpy(dtype=bool)
        kinds.append(np.logical_or.reduceat(has_kind, first))
    core, weak = kinds
    return int((weak & ~core).sum()), int((~weak & ~core).sum())


def _describe_stability(
    grouping: Grouping, stability: Stability | None
) -> dict[str, Any]:
    """The figure, why there is none, and what was done to find it."""
    if stability is None:
        reason = f"{FEWEST_MEASURED} different comments are needed"
        return {
            "stability": None,
            "stability_not_measured": reason,
            "stability_basis": "",
        }
    basis = ""
    if stability.basis == GRAPH:
        basis = "the nearest neighbours of each were kept, and cut into groups again"
    if stability.basis == SAMPLE:
        unit = "sentence"
        if grouping.units.whole:
            unit = "different comment"
        basis = f"measured on samples of {count(stability.units, unit)}"
    return {
        "stability": round(stability.overall, 3),
        "stability_not_measured": "",
        "stability_basis": basis,
    }


def _make_notes(
    grouping: Grouping, request: _Request, facts: dict[str, Any]
) -> tuple[str, ...]:
    """What a reader should know before relying on the candidates."""
    notes = []
    n = len(grouping.voices.texts)
    if n < LITTLE:
        notes.append(
            f"{n} different comments are few to find groups in. Use these candidates as a "
            "reading order, and read all the comments."
        )
    asked = request.wanted.themes
    if asked is not None and facts["candidates"] != asked:
        notes.append(
            f"{asked} candidates were asked for; this method and smallest size allow "
            f"{facts['candidates']}."
        )
    if facts["views_compared_by"] == BY_WORDS:
        notes.append(
            "Opposing views were looked for by words of wanting and refusing alone: only the "
            "packaged model can compare what two people want."
        )
    notes += _note_stability(facts, n)
    return tuple(notes)


def _note_stability(facts: dict[str, Any], comments: int) -> list[str]:
    """What to do where the groups do not hold."""
    if facts["stability"] is None or facts["stability"] >= UNSTABLE:
        return []
    change = "The groups change much when 10 % of the comments are left out"
    if comments < FEW_COMMENTS:
        return [f"These comments are too few to group: read them. {change}."]
    return [f"{change}: there may be no clear groups."]
