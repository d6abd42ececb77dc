"""Elements of WordprocessingML as text (ECMA-376, part 1); what people wrote is escaped."""

from collections.abc import Iterable
from html import escape
from typing import Any

from coder.text import visible

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
Value = str | int | float


def element(name: str, /, *children: str, **attributes: Value) -> str:
    """`<w:name w:attribute="...">`; children are elements already."""
    pairs = ""
    for key, value in attributes.items():
        pairs += f' w:{key}="{escape(visible(str(value)))}"'
    return f"<w:{name}{pairs}>{''.join(children)}</w:{name}>"


def run(text: str, *properties: str) -> str:
    """A stretch of text; `properties` such as `element("b")`."""
    words = f'<w:t xml:space="preserve">{escape(visible(text), quote=False)}</w:t>'
    return element("r", _properties("rPr", properties), words)


KEEP_NEXT = "<w:keepNext></w:keepNext>"  # on the page of the next paragraph


def paragraph(style_id: str, *children: str, properties: Iterable[str] = ()) -> str:
    """A paragraph in a style.

    Args:
        properties: in the order of the schema: `keepNext`, `keepLines` ... `ind`, `jc`.
    """
    style = element("pStyle", val=style_id)
    return element("p", element("pPr", style, *properties), *children)


def field(instruction: str, *shown: str) -> str:
    """A field with what it shows until Word works it out anew."""
    code = escape(instruction, quote=False)
    return "".join(
        [
            element("r", element("fldChar", fldCharType="begin")),
            element("r", f'<w:instrText xml:space="preserve"> {code} </w:instrText>'),
            element("r", element("fldChar", fldCharType="separate")),
            *shown,
            element("r", element("fldChar", fldCharType="end")),
        ]
    )


def bookmark(number: int, name: str, *children: str) -> str:
    """Children under a name that links and fields refer to."""
    start = element("bookmarkStart", id=number, name=name)
    return "".join([start, *children, element("bookmarkEnd", id=number)])


def link(name: str, *children: str) -> str:
    """Children that lead to a bookmark."""
    return element("hyperlink", *children, anchor=name, history=1)


def parsed(text: str) -> Any:
    """One element of text as python-docx holds it."""
    from docx.oxml import parse_xml

    name_end = text.index(">")
    opening = text[:name_end].rstrip("/")
    rest = text[len(opening) :]
    return parse_xml(f'{opening} xmlns:w="{NAMESPACE}"{rest}')


def _properties(name: str, properties: Iterable[str]) -> str:
    inner = "".join(properties)
    return element(name, inner) if inner else ""
