"""XML files of other programs, read without trusting them.

A document type, and with it any entity or outside file, is refused: exchanged files need none.
Size and depth are bounded, so that nothing grows while it is read.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from coder.errors import CoderError
from coder.library_errors import reason_of
from coder.limits import limits

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
EXPORT_AGAIN = "Export it again from your program."


class XmlDocument(NamedTuple):
    """A document that was read whole.

    Attributes:
        root: with namespaces in braces before the names, as ElementTree gives them.
        instructions: target to content of the processing instructions.
    """

    root: ET.Element
    instructions: dict[str, str]


def parse_xml(data: bytes, path: Path | str) -> XmlDocument:
    """Read an XML document.

    Args:
        path: how messages name it.

    Raises:
        CoderError: it is not XML (line and column are named), declares entities, or is nested
            too deep.
    """
    reader = _Reader(path)
    try:
        return reader.read(data.removeprefix(BYTE_ORDER_MARK))
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise CoderError(
            f"{path}:{error.lineno}:{error.offset + 1}: is not XML ({problem})",
            EXPORT_AGAIN,
        ) from error
    except (LookupError, ValueError) as error:
        raise CoderError(
            f"{path}: is not XML ({reason_of(error)})",
            EXPORT_AGAIN,
        ) from error


class _Reader:
    """Builds the tree from what the parser meets."""

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self._depth = 0
        self._instructions: dict[str, str] = {}
        self._builder = ET.TreeBuilder()
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._builder.data
        parser.ProcessingInstructionHandler = self._instructions.__setitem__
        self._parser = parser

    def read(self, data: bytes) -> XmlDocument:
        self._parser.Parse(data, True)
        return XmlDocument(self._builder.close(), self._instructions)

    def _refuse(self, *_parts: object) -> None:
        line = self._parser.CurrentLineNumber
        raise CoderError(
            f"{self._path}:{line}: declares entities or a document type, which no exchanged "
            "file needs",
            EXPORT_AGAIN,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        deepest = limits().xml_depth
        if self._depth > deepest:
            line = self._parser.CurrentLineNumber
            raise CoderError(
                f"{self._path}:{line}: has elements nested more than {deepest} deep",
                EXPORT_AGAIN,
            )
        qualified = {_in_braces(key): value for key, value in attributes.items()}
        self._builder.start(_in_braces(name), qualified)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(_in_braces(name))


def _in_braces(name: str) -> str:
    """`{namespace}name`, of the parser's `namespace}name`."""
    if "}" in name:
        return "{" + name
    return name


def local_name(element: ET.Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def children(parent: ET.Element | None, *names: str) -> Iterator[ET.Element]:
    """The children with these names, whatever their namespace, in their order."""
    if parent is None:
        return
    for child in parent:
        if local_name(child) in names:
            yield child


def first_child(parent: ET.Element | None, name: str) -> ET.Element | None:
    """The first child of a name, whatever its namespace."""
    return next(children(parent, name), None)


def child_text(parent: ET.Element | None, name: str) -> str:
    """The text of the first child of a name; empty where there is none."""
    child = first_child(parent, name)
    if child is None:
        return ""
    return "".join(child.itertext())
