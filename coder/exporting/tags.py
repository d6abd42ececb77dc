"""HTML and SVG elements as text: everything is escaped unless it is an element already."""

from html import escape

from coder.text import visible


class Element(str):
    """Markup that was built here and is safe to stand as it is."""

    __slots__ = ()


VOID = {"meta", "br", "line", "rect", "col"}


def tag(name: str, /, *children: str | None, **attributes: str | float | None) -> Element:
    """An element. Plain strings among the children are text; `class_` gives `class`, `aria_label` `aria-label`."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(visible(str(value)), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(text(child) for child in children if child is not None)
    if name in VOID and not inner:
        return Element(f"<{name}{pairs}/>")
    return Element(f"<{name}{pairs}>{inner}</{name}>")


def text(value: str) -> Element:
    """Text as markup; an element stays as it is."""
    return value if isinstance(value, Element) else Element(escape(visible(value), quote=False))


def joined(parts: "list[Element]") -> Element:
    """Elements one after the other."""
    return Element("".join(parts))
