"""The program in one process, for many files a second: what each file needs again is made once.

Only what does not depend on the changed file is kept: the trees of the consultation's own YAML
files, and the hashes of the language model's files.
"""

import copy
import gc
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from ruamel.yaml import YAML

from coder import files, yaml_faults
from coder.confined import parent
from coder.embedding.packaged import weight_files
from fuzz.made_files import lay_out, project_files
from fuzz.places import WHERE
from fuzz.readers import Reader

Key = tuple[str, str]  # the kind of reader of YAML, and the text
RARELY = 100_000  # objects made between two looks for what is left over


@cache
def prepare(reader: Reader) -> None:
    """Load the libraries and make what `work_quickly` uses, before a process begins such work."""
    known_trees()
    known_hashes()
    with (
        TemporaryDirectory(prefix="coder-fuzz-", dir=WHERE) as folder,
        patch.object(parent, "can_confine", lambda: False),
    ):
        if reader.in_project:
            lay_out(Path(folder))
        path = reader.place(Path(folder))
        path.write_bytes(reader.originals()[0])
        (reader.load or reader.read)(path)
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
