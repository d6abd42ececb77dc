"""Whether a pack's manifest and its parts say the same."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from coder import tables
from coder.codebook import Theme, fingerprint_of
from coder.decisions import decisions_folder, take_witness
from coder.decisions.witness import FIXED_FOLDERS
from coder.exporting.pack_contents import CODEBOOK, project_in, write_lists
from coder.exporting.pack_manifest import (
    FORMAT,
    MANIFEST,
    DecisionHeads,
    Manifest,
)
from coder.private import scratch_folder
from coder.project import Project
from coder.reporting.inputs import JUDGEMENTS_FILE, Inputs
from coder.text import count, name_some

LISTS = ("exclusions.csv", "ledger.csv")


def compare_parts(manifest: Manifest, inputs: Inputs, folder: Path) -> list[str]:
    """What the manifest says and the parts do not, or the parts among each other; a sentence each.

    Args:
        inputs: read from the parts.
        folder: where the pack is unpacked.
    """
    return [
        *_compare_text(manifest, inputs, folder),
        *_compare_columns(manifest, inputs),
        *_compare_facts(manifest, inputs),
        *_compare_decisions(manifest, folder),
        *_compare_lists(manifest, inputs, folder),
        *_check_named_by_hash(folder),
    ]


def _fault(place: str, stated: object, actual: object) -> str:
    return f"{MANIFEST}: {place}: says {stated}, and the pack holds {actual}"


# ---------------------------------------------------------------- text, columns


def _compare_text(manifest: Manifest, inputs: Inputs, folder: Path) -> Iterator[str]:
    """A pack without text holds none, and any other holds the decisions."""
    judgements = project_in(folder).folder / JUDGEMENTS_FILE
    if not manifest.without_text:
        if judgements.is_file():
            yield _fault("without_text", "false", "a table in place of the decisions")
        return
    for name in _parts_with_text(inputs, folder):
        yield _fault("without_text", "true", f"text in {name}")
    if not judgements.is_file():
        yield _fault("without_text", "true", "no table in place of the decisions")
    if manifest.options.quotes:
        quotes = count(manifest.options.quotes, "quote")
        yield _fault("options: quotes", quotes, "no text")


def _parts_with_text(inputs: Inputs, folder: Path) -> Iterator[str]:
    if inputs.comments["text"].astype(bool).any():
        yield "the comments"
    if any(map(_has_examples, inputs.codebook.themes)):
        yield "the examples of the codebook"
    if list(decisions_folder(folder / CODEBOOK).glob("*.jsonl")):
        yield "the decisions"
    for judged in (inputs.judgements, inputs.unsure):
        if judged["text"].astype(bool).any():
            yield JUDGEMENTS_FILE
    if inputs.has_labels and _has_evidence(project_in(folder)):
        yield "the labels"


def _has_evidence(project: Project) -> bool:
    for block in project.label_blocks(["comment_id", "evidence"]):
        if block["evidence"].astype(bool).any():
            return True
    return False


def _has_examples(theme: Theme) -> bool:
    of_theme = bool(theme.examples or theme.counter_examples)
    of_positions = any(
        position.examples or position.counter_examples for position in theme.positions
    )
    return of_theme or of_positions or any(map(_has_examples, theme.themes))


def _compare_columns(manifest: Manifest, inputs: Inputs) -> Iterator[str]:
    own = tables.own_columns(inputs.comments)
    for name in manifest.columns_left_out:
        if name in own:
            yield _fault("columns_left_out", repr(name), "that column")


# ---------------------------------------------------------------- facts


def _compare_facts(manifest: Manifest, inputs: Inputs) -> Iterator[str]:
    """The fingerprints of the comments, the codebook and the run, and the project's name."""
    facts = manifest.facts
    stated = {
        "comments_fingerprint": facts.comments_fingerprint,
        "codebook_fingerprint": facts.codebook_fingerprint,
        "model_fingerprint": facts.model_fingerprint,
    }
    actual = dict(inputs.facts)
    if manifest.format < FORMAT and manifest.without_text:
        # Earlier versions named the project with its text there.
        stated = {"model_fingerprint": facts.model_fingerprint}
    if facts.project is not None:
        stated["project"] = facts.project
        actual["project"] = inputs.settings.name
    for name, value in stated.items():
        if actual[name] != value:
            yield _fault(f"facts: {name}", value or "none", actual[name] or "none")
    if manifest.decisions is not None and facts.decisions != manifest.decisions:
        yield f"{MANIFEST}: facts: decisions: are not those that it names as decisions"
    yield from _compare_origin(manifest)


def _compare_origin(manifest: Manifest) -> Iterator[str]:
    """A pack with text was made from what it holds; what one without says of its project can
    only be held against itself.
    """
    has_origin = manifest.made_from is not None
    if manifest.format == FORMAT and has_origin != manifest.without_text:
        yield f"{MANIFEST}: made_from: belongs to packs without text, and to these only"


# ---------------------------------------------------------------- decisions


def _compare_decisions(manifest: Manifest, folder: Path) -> Iterator[str]:
    """The heads and counts of reviewers' files, and the states and draws beside them."""
    stated = manifest.decisions
    if stated is None:
        return
    actual = DecisionHeads.model_validate_json(
        json.dumps(take_witness(folder / CODEBOOK).facts())
    )
    if manifest.without_text:  # it holds no decisions, and random draws alone
        foreign = sorted(set(actual.draws) - set(stated.draws))
        if foreign:
            yield _fault("decisions: draws", "nothing of them", name_some(foreign))
        yield from _compare_reviewers(stated, folder)
        return
    yield from _compare_heads(stated, actual)
    for name in FIXED_FOLDERS:
        here, there = getattr(stated, name), getattr(actual, name)
        if sorted(here) != sorted(there):
            listed = (", ".join(here) or "none", ", ".join(there) or "none")
            yield _fault(f"decisions: {name}", *listed)


def _compare_heads(stated: DecisionHeads, actual: DecisionHeads) -> Iterator[str]:
    for name in sorted({*stated.files, *actual.files}):
        here, there = stated.files.get(name), actual.files.get(name)
        place = f"decisions: {name}"
        if here is None:
            yield _fault(place, "nothing of it", "it")
        elif there is None:
            yield _fault(place, "it is there", "no such file")
        elif here.count != there.count:
            decisions = (count(here.count, "decision"), count(there.count, "decision"))
            yield _fault(place, *decisions)
        elif here.head != there.head:
            yield _fault(place, f"it ends with {here.head}", there.head)


def _compare_reviewers(stated: DecisionHeads, folder: Path) -> Iterator[str]:
    """Whoever judged has a file of decisions, with at least a decision."""
    path = project_in(folder).folder / JUDGEMENTS_FILE
    if not path.is_file():
        return
    judged = pd.read_parquet(path, columns=["reviewer"])["reviewer"]
    for reviewer in sorted(judged.astype(str).unique()):
        head = stated.files.get(f"{reviewer}.jsonl")
        if head is None or head.count == 0:
            name = f"decisions: {reviewer}.jsonl"
            yield _fault(name, "nothing of it", f"judgements of {reviewer}")


# ---------------------------------------------------------------- lists, hashes


def _compare_lists(
    manifest: Manifest,
    inputs: Inputs,
    folder: Path,
) -> Iterator[str]:
    """The exclusions and the ledger follow from the comments."""
    if manifest.format < FORMAT:
        return
    packed = project_in(folder).folder
    with scratch_folder() as name:
        again = project_in(name)
        write_lists(again, inputs)
        for name_of_list in LISTS:
            path = packed / name_of_list
            made = (again.folder / name_of_list).read_bytes()
            if not path.is_file() or path.read_bytes() != made:
                yield f"project/{name_of_list}: does not follow from the comments"


def _check_named_by_hash(folder: Path) -> Iterator[str]:
    """States and draws are named by the hash of what they hold."""
    store = decisions_folder(folder / CODEBOOK)
    for name in FIXED_FOLDERS:
        for path in sorted((store / name).glob("*")):
            if not _has_its_hash(path):
                shown = path.relative_to(folder).as_posix()
                yield f"{shown}: is not named by the hash of what it holds"


def _has_its_hash(path: Path) -> bool:
    try:
        content = json.loads(path.read_bytes())
        return fingerprint_of(content) == path.stem
    except (ValueError, RecursionError):
        return False
