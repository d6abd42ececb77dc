"""The technical record: what is needed to check the figures or to make them again."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from coder.decisions import describe_front_ends
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.inputs import Inputs
from coder.reporting.notes.samples import sample_record
from coder.reporting.parts import ReportParts
from coder.text import count

# How a fact of the run is called; any other goes by its own name.
NAMES_OF_FACTS = {
    "comments_fingerprint": "Fingerprint of the comments",
    "codebook_fingerprint": "Fingerprint of the codebook",
    "model_fingerprint": "Fingerprint of the model",
}


def record_notes(parts: ReportParts) -> Iterator[str]:
    """The notes of the last tier; empty ones are left out later."""
    yield _estimates_note(parts.shares.methods)
    yield _ranks_note(parts.themes)
    yield _agreement_note(parts.agreement)
    yield _reviewer_error_note(parts.counts.everything)
    if parts.waves is not None and (parts.waves.table["test"] != "").any():
        yield (
            "Changes between the consultations: two-sided tests at 5%, corrected by Holm's "
            "method."
        )
    if len(parts.themes) > 1:
        yield (
            "Themes that go together: chi-square or Fisher's exact test at 5% on the comments "
            "drawn at random, or on all where all were decided, corrected by Holm's method for "
            "all pairs."
        )
    codebook = parts.inputs.codebook
    yield f"Codebook: version {codebook.version}."
    yield from _facts_notes(parts.inputs)
    yield from sample_record(parts.inputs.draws)
    yield f"Seed of the ranges of ranks and of agreement: {parts.options.seed}."


def _estimates_note(methods: set[str]) -> str:
    if "audit" not in methods:
        return ""
    return (
        "Estimates: prediction-powered inference. Intervals: Wilson's formula at the effective "
        "sample size, corrected for the finite number of comments."
    )


def _ranks_note(themes: pd.DataFrame) -> str:
    """How ranges of ranks were made.

    Args:
        themes: `tables.THEMES`.
    """
    has_ranges = (themes["rank_low"] < themes["rank_high"]).fillna(False).any()
    if not has_ranges:
        return ""
    return (
        "Ranges of ranks: 95%, from repeated draws of all shares together, correlated as the "
        "random reviews are."
    )


def _agreement_note(agreement: pd.DataFrame | None) -> str:
    """Agreement over all themes by its name.

    Args:
        agreement: `tables.AGREEMENT`, or None.
    """
    if agreement is None:
        return ""
    pooled = agreement[agreement["theme_id"] == "pooled"].iloc[0]
    if pd.isna(pooled["alpha"]):
        return ""
    note = f"Agreement: Krippendorff's alpha over all themes {pooled['alpha']:.2f}"
    if not pd.isna(pooled["alpha_low"]):
        low, high = pooled["alpha_low"], pooled["alpha_high"]
        note += f" (95% interval {low:.2f} to {high:.2f})"
    return f"{note}."


def _reviewer_error_note(matrix: CodedMatrix) -> str:
    """How the errors of reviewers were estimated."""
    if matrix.reviewers is None:
        return ""
    return (
        "Errors of reviewers: simple response variance and variance between reviewers (Hansen, "
        "Hurwitz and Bershad 1961), for those who read the comments and for as many others; "
        "Student's quantile with Satterthwaite's degrees of freedom."
    )


def _facts_notes(inputs: Inputs) -> Iterator[str]:
    """A line a fact of the run."""
    facts = {"codebook_fingerprint": inputs.codebook.fingerprint, **inputs.facts}
    for key, value in facts.items():
        if key == "decisions" and isinstance(value, Mapping):
            yield from _decisions_notes(value)
            continue
        if key == "front_ends":
            yield f"Where decisions were made: {describe_front_ends(value)}."
            continue
        if key == "pack" and isinstance(value, Mapping):
            yield f"Audit pack, made with: {_describe(value['versions'])}."
            continue
        name = NAMES_OF_FACTS.get(key) or key.replace("_", " ").capitalize()
        described = _describe(value)
        if described:
            yield f"{name}: {described}."


def _decisions_notes(heads: Mapping[str, Any]) -> Iterator[str]:
    """How far each file of decisions had come, and the codebook's states.

    Args:
        heads: as run records hold them.
    """
    for name, file in heads.get("files", {}).items():
        decisions = count(int(file["count"]), "decision")
        yield f"Decision file {name}: {decisions}, the last with the hash {file['head']}."
    states = heads.get("states", ())
    if states:
        yield f"States of the codebook: {', '.join(states)}."


def _describe(value: Any) -> str:
    """A fact as text; a mapping as its members."""
    if isinstance(value, Mapping):
        members = [f"{key} {_describe(member)}" for key, member in value.items()]
        return "; ".join(members)
    if isinstance(value, list | tuple):
        return ", ".join(map(_describe, value))
    return str(value)
