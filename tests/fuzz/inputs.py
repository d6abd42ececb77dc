"""Inputs by their name: reader, seed and number."""

import struct
import zipfile
import zlib
from random import Random

from fuzz.byte_changes import change_bytes, splice
from fuzz.readers import Reader
from fuzz.zip_changes import RARE_ZIP_CHANGES, ZIP_CHANGES

BYTES_ALONE = 0.25  # of the changes are of bytes, whatever they mean
SPLICED = 0.03
BOMBS = 0.0005
LARGEST = 1_000_000  # bytes of an input
NOT_SO = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    OSError,
    EOFError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


def make_input(reader: Reader, seed: int, number: int) -> bytes:
    """The changed file: the same for the same reader, seed and number."""
    chance = Random(f"{reader.name}/{seed}/{number}")
    originals = reader.originals()
    data = chance.choice(originals)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        data = _changed(data, reader, chance)
    if chance.random() < SPLICED:
        data = splice(data, chance.choice(originals), chance)
    return data[:LARGEST]


def _changed(data: bytes, reader: Reader, chance: Random) -> bytes:
    """One change; of bytes where the file is not any more what the change is for."""
    changes = reader.changes
    if not changes or chance.random() < BYTES_ALONE:
        return change_bytes(data, chance)
    if changes == ZIP_CHANGES and chance.random() < BOMBS:
        changes = RARE_ZIP_CHANGES
    try:
        return chance.choice(changes)(data, chance)
    except NOT_SO:
        return change_bytes(data, chance)
    except Exception as error:  # a library has an error of its own for a file that is changed
        if _is_of_a_library(error):
            return change_bytes(data, chance)
        raise


def _is_of_a_library(error: Exception) -> bool:
    return type(error).__module__.split(".")[0] in ("pyarrow", "sqlite3", "_csv", "json")
