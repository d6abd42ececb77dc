"""What a library says of a file that it cannot read, without what it quotes of the file."""

import re

# A quotation mark; an apostrophe within a word is none.
QUOTED = re.compile(r"""(?:\bb|(?<!\w))["']""")
BEFORE_QUOTED = " \t\u00a0:("  # what leads to a quotation


def reason_of(error: BaseException) -> str:
    """The first line of an error's text as far as its first quotation mark, behind which the file
    may be quoted; where nothing is left, the error's name.
    """
    lines = str(error).splitlines()
    first = lines[0] if lines else ""
    mark = QUOTED.search(first)
    said = first[: mark.start()].rstrip(BEFORE_QUOTED) if mark else first
    return said.strip() or type(error).__name__
