"""REFI-QDA codebook files (.qdc), after the standard's schema of 2019 (www.qdasoftware.org)."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coder.codebook.model import Codebook
from coder.codebook.refi_codes import (
    CODEBOOK,
    NO_CONTEXT,
    CodeContext,
    ReadCodes,
    codes_element,
    own_fields,
    read_codes,
    to_bytes,
)
from coder.errors import CoderError
from coder.limits import limits
from coder.xml_tree import first_child, parse_xml

FAULTS_SHOWN = 5


def codebook_bytes(codebook: Codebook) -> bytes:
    """A .qdc file."""
    ET.register_namespace("", CODEBOOK)
    root = ET.Element(f"{{{CODEBOOK}}}CodeBook", origin="coder")
    root.append(codes_element(codebook, CODEBOOK))
    return to_bytes(root, own_fields(codebook))


def read_qdc_codes(path: Path) -> ReadCodes:
    """The codes of a .qdc file as themes: ours with every field, another program's with names
    and descriptions.

    Raises:
        CoderError: the file is not a REFI-QDA codebook, or declares entities.
    """
    document = parse_xml(_file_bytes(path), path)
    codes = first_child(document.root, "Codes")
    if codes is None:
        raise CoderError(
            f"{path}: holds no codes",
            "Name a REFI-QDA codebook (.qdc).",
        )
    return read_checked_codes(codes, path, CodeContext(document.instructions))


def _file_bytes(path: Path) -> bytes:
    if not path.is_file():
        raise CoderError(
            f"{path}: there is no such codebook file",
            "Name a .qdc file.",
        )
    if path.stat().st_size > limits().exchange_bytes:
        raise CoderError(
            f"{path}: is far too large for a codebook",
            "Name a .qdc file.",
        )
    return path.read_bytes()


def read_checked_codes(
    codes: ET.Element, path: Path, context: CodeContext = NO_CONTEXT
) -> ReadCodes:
    """The codes of a file as themes; see `refi_codes.read_codes`.

    Raises:
        CoderError: there is no code, or our own fields were changed.
    """
    try:
        read = read_codes(codes, context)
    except ValidationError as error:
        raise _changed_fields(path, _summary(error)) from error
    except TypeError as error:
        raise _changed_fields(path, str(error)) from error
    if not read.themes:
        raise CoderError(
            f"{path}: holds no codes",
            "Name a file with codes.",
        )
    return read


def codebook_of(codes: ReadCodes, path: Path) -> Codebook:
    """A codebook of the codes, called as the file where it is not ours.

    Raises:
        CoderError: our own fields were changed.
    """
    fields: Mapping[str, Any] = {"title": path.stem, **codes.book}
    try:
        return Codebook.model_validate({**fields, "themes": codes.themes})
    except ValidationError as error:
        raise _changed_fields(path, _summary(error)) from error


def _changed_fields(path: Path, details: str) -> CoderError:
    """Only the fields that our own export leaves in a file can name what a theme cannot hold."""
    return CoderError(
        f"{path}: what coder wrote into the file beside the codes was changed and cannot be "
        f"read ({details})",
        "Export the codebook again. Or delete the line that begins with `<?coder`, and "
        "lines that begin with `[coder]` from descriptions: names and descriptions stay.",
    )


def _summary(error: ValidationError) -> str:
    """The first few problems on one line."""
    parts = []
    for problem in error.errors()[:FAULTS_SHOWN]:
        place = ".".join(map(str, problem["loc"]))
        parts.append(f"{place}: {problem['msg']}")
    return "; ".join(parts)
