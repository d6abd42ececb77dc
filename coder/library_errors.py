"""What a library says of a file that it cannot read, without what it quotes of the file."""

import re

# A quotation mark and what follows; an apostrophe within a word is none.
QUOTED = re.compile(r"""[\s:(]*(?:\bb|(?<!\w))["'].*""")


def reason_of(error: BaseException) -> str:
    """The first line of an error's text as far as its first quotation mark, behind which the file
    may be quoted; where nothing is left, the error's name.
    """
    lines = str(error).splitlines()
    said = QUOTED.sub("", lines[0]).strip() if lines else ""
    return said or type(error).__name__
