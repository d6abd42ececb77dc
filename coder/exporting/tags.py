"""HTML and SVG elements as text: everything is escaped unless it is an element already."""

from collections.abc import Iterable, Mapping
from html import escape

from coder.text import visible


class Element(str):
    """Markup that was made here and is safe to stand as it is."""

    __slots__ = ()


VOID = {"meta", "br", "line", "rect", "col"}


def tag(
    name: str, /, *children: str | None, **attributes: str | float | None
) -> Element:
    """An element.

    Args:
        children: elements, and texts, which are escaped; None is left out.
        attributes: `class_` gives `class`, `aria_label` gives `aria-label`; None is left out.
    """
    opening = name + _pairs(attributes)
    inner = "".join(text(child) for child in children if child is not None)
    if name in VOID and not inner:
        return Element(f"<{opening}/>")
    return Element(f"<{opening}>{inner}</{name}>")


def isolated(*children: str) -> Element:
    """What people wrote, so that marks in it that turn the direction of writing around end with
    it.
    """
    return tag("bdi", *children)


def _pairs(attributes: Mapping[str, str | float | None]) -> str:
    pairs = []
    for name, value in attributes.items():
        if value is not None:
            key = name.rstrip("_").replace("_", "-")
            quoted = escape(visible(str(value)), quote=True)
            pairs.append(f' {key}="{quoted}"')
    return "".join(pairs)


def text(value: str) -> Element:
    """Text as markup; an element stays as it is."""
    if isinstance(value, Element):
        return value
    return Element(escape(visible(value), quote=False))


def joined(parts: Iterable[Element]) -> Element:
    """Elements one after the other."""
    return Element("".join(parts))
