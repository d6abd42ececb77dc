"""Codebooks: themes with their positions and sub-themes, in a YAML file that people edit."""

from coder.codebook.changes import Change, compare_codebooks
from coder.codebook.clashes import Clash, find_clashes
from coder.codebook.model import (
    Codebook,
    Position,
    Theme,
    ThemeNode,
    codebook_schema,
    fingerprint_of,
)
from coder.codebook.yaml_file import codebook_yaml, read_codebook, write_codebook

__all__ = [
    "Change",
    "Clash",
    "Codebook",
    "Position",
    "Theme",
    "ThemeNode",
    "codebook_schema",
    "codebook_yaml",
    "compare_codebooks",
    "find_clashes",
    "fingerprint_of",
    "read_codebook",
    "write_codebook",
]
