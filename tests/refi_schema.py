"""What the published REFI-QDA schemas (Project.xsd and Codebook.xsd, 2019) ask of the parts that
we write: which children, in which order and how often, and the form of each attribute.

Written from the schemas' rules for tests that need no schema file.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

GUID = r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?"
TIME = r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
INTEGER, ANY = r"[+-]?\d+", r"(?s).*"
# Element: attributes with their form; `!` marks those that must be there.
BY_WHOM = {"creatingUser": GUID, "creationDateTime": TIME}
ATTRIBUTES = {
    "Project": {
        "name!": ANY,
        "origin": ANY,
        "creatingUserGUID": GUID,
        "creationDateTime": TIME,
    },
    "CodeBook": {"origin": ANY},
    "User": {"guid!": GUID, "name": ANY, "id": ANY},
    "Code": {
        "guid!": GUID,
        "name!": ANY,
        "isCodable!": "true|false|0|1",
        "color": "#([A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})",
    },
    "Variable": {
        "guid!": GUID,
        "name!": ANY,
        "typeOfVariable!": "Text|Boolean|Integer|Float|Date|DateTime",
    },
    "TextSource": {"guid!": GUID, "name": ANY, "plainTextPath": ANY, **BY_WHOM},
    "PlainTextSelection": {
        "guid!": GUID,
        "name": ANY,
        "startPosition!": INTEGER,
        "endPosition!": INTEGER,
        **BY_WHOM,
    },
    "Coding": {"guid!": GUID, **BY_WHOM},
    "CodeRef": {"targetGUID!": GUID},
    "VariableRef": {"targetGUID!": GUID},
}
VALUES = {
    "TextValue": ANY,
    "IntegerValue": INTEGER,
    "FloatValue": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "DateValue": r"\d{4}-\d\d-\d\d",
}
# Element: its children as a pattern over their names, each followed by a blank.
CHILDREN = {
    "Project": "(Users )?(CodeBook )?(Variables )?(Cases )?(Sources )?(Notes )?",
    "Users": "(User )+",
    "CodeBook": "Codes (Sets )?",
    "Codes": "(Code )+",
    "Code": "(Description )?(NoteRef )*(Code )*",
    "Variables": "(Variable )+",
    "Variable": "(Description )?",
    "Sources": "((TextSource|PictureSource|PDFSource|AudioSource|VideoSource) )+",
    "TextSource": (
        "(Description )?(PlainTextContent )?(PlainTextSelection )*(Coding )*(NoteRef )*"
        "(VariableValue )*"
    ),
    "PlainTextSelection": "(Description )?(Coding )*(NoteRef )*",
    "Coding": "CodeRef (NoteRef )*",
    "VariableValue": f"VariableRef (({'|'.join(VALUES)}) )?",
}


def breaches(root: ET.Element, namespace: str) -> Iterator[str]:
    """Each way in which a document is not as the schemas ask; none for a valid one."""
    ids: set[str] = set()
    for element in root.iter():
        space, _, name = element.tag[1:].rpartition("}")
        if space != namespace:
            yield f"{name}: namespace {space}"
        yield from _attribute_breaches(element, name)
        names = "".join(f"{child.tag.rpartition('}')[2]} " for child in element)
        if not re.fullmatch(CHILDREN.get(name, ""), names):
            yield f"{name}: children {names}"
        if name in VALUES and not re.fullmatch(VALUES[name], element.text or ""):
            yield f"{name}: {element.text}"
        id_ = element.get("guid", "")
        if id_ and id_ in ids:
            yield f"{name}: the id {id_} is used twice"
        ids.add(id_)
    for element in root.iter():
        target = element.get("targetGUID", "")
        if target and target not in ids:
            yield f"{element.tag}: there is no {target}"


def _attribute_breaches(element: ET.Element, name: str) -> Iterator[str]:
    allowed = ATTRIBUTES.get(name, {})
    forms = {key.rstrip("!"): form for key, form in allowed.items()}
    for key, value in element.attrib.items():
        if key not in forms:
            yield f"{name}: attribute {key}"
        elif not re.fullmatch(forms[key], value):
            yield f"{name}: {key} is {value}"
    for key in allowed:
        if key.endswith("!") and key[:-1] not in element.attrib:
            yield f"{name}: {key[:-1]} is missing"
