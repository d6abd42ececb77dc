"""The program in one process, for many files a second: what each file needs again is made once.

Only what does not depend on the changed file is kept: the trees of the consultation's own YAML
files, and the hashes of the language model's files.
"""

import copy
import gc
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from coder import files, yaml_faults
from coder.confined import parent
from coder.embedding.packaged import weight_files
from fuzz.made_files import project_files

Key = tuple[str, str]  # the kind of reader of YAML, and the text
RARELY = 100_000  # objects made between two looks for what is left over


@cache
def prepare() -> None:
    """Make what `work_quickly` uses, before the processes begin such work.

    No file is read here by the libraries of the readers: some start threads, whose locks a fork
    would take over as they are.
    """
    known_trees()
    known_hashes()
    gc.collect()
    gc.freeze()  # what was made so far is not looked through again, nor copied for it


def work_quickly() -> None:
    """From now on this process takes files apart by itself, and knows what does not change."""
    parent.can_confine = lambda: False
    _know_trees()
    _know_hashes()
    gc.set_threshold(RARELY)


@cache
def known_trees() -> dict[Key, Any]:
    """What the YAML files of the consultation hold."""
    trees: dict[Key, Any] = {}
    for name, content in project_files().items():
        if not name.endswith(".yaml"):
            continue
        text = content.decode()
        for yaml in (yaml_faults.layout_yaml(), YAML(typ="safe", pure=True)):
            trees[_key(yaml, text)] = yaml_faults._load(yaml, text)
    return trees


@cache
def known_hashes() -> dict[Path, str]:
    """The hashes of the language model's files."""
    return {path: files.sha256_of(path) for path in weight_files()}


def _key(yaml: YAML, text: str) -> Key:
    return yaml.typ[0], text


def _know_trees() -> None:
    load = yaml_faults._load
    trees = known_trees()

    def load_or_copy(yaml: YAML, text: str) -> Any:
        key = _key(yaml, text)
        if key in trees:
            return copy.deepcopy(trees[key])
        return load(yaml, text)

    yaml_faults._load = load_or_copy


def _know_hashes() -> None:
    sha256_of = files.sha256_of
    hashes = known_hashes()

    def known_or_new(path: Path) -> str:
        return hashes.get(path) or sha256_of(path)

    files.sha256_of = known_or_new
