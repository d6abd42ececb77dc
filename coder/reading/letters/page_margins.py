"""Headers, footers and page numbers: lines at the edges of pages that come again on others."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from coder.reading.letters.pdf_lines import PdfLine, usual_distance
from coder.reading.letters.pieces import (
    BODY,
    FOOTER,
    HEADER,
)

MARGIN = 0.16  # of the page's height, at its top and at its bottom
MOST_LINES = 6  # of a header or footer
GAP = 1.2  # times the usual distance of lines: what parts a margin from the body
FEWEST_PAGES = 2
SHARE_OF_PAGES = 0.4  # odd and even pages may differ
LONGEST_NUMBER = 200  # characters
PAGE_NUMBER = re.compile(
    r"\W*(?:page|p\.?|seite)?\W*\d{1,4}\W*(?:(?:of|/|von|\|)\W*\d{1,4}\W*)?(?:page)?\W*",
    re.IGNORECASE,
)

Page = Sequence[PdfLine]


def parts_of_pages(pages: Sequence[Page], heights: Sequence[float]) -> list[list[str]]:
    """For each page the part of each line: `HEADER`, `FOOTER` or `BODY`.

    A line in the margin belongs to a header or footer where it is a page number, or stands,
    its numbers aside, in the same margin of other pages too.

    Args:
        heights: of the pages, in points.
    """
    margins = []
    for page, height in zip(pages, heights, strict=True):
        margins.append(_margins(page, height))
    pages_with: Counter[tuple[str, str]] = Counter()
    for page, margin in zip(pages, margins, strict=True):
        keys = {(part, _key(page[row])) for row, part in margin.items()}
        pages_with.update(keys)
    enough = max(FEWEST_PAGES, SHARE_OF_PAGES * len(pages))
    parts = []
    for page, margin in zip(pages, margins, strict=True):
        own = [BODY] * len(page)
        for row, part in margin.items():
            is_repeated = pages_with[part, _key(page[row])] >= enough
            text = page[row].text
            may_be_number = len(text) <= LONGEST_NUMBER
            if is_repeated or (may_be_number and PAGE_NUMBER.fullmatch(text)):
                own[row] = part
        parts.append(own)
    return parts


def _margins(page: Page, height: float) -> dict[int, str]:
    """Rows of the lines in the margins of a page, and whether above or below.

    Lines of a margin stand at the edge of the page; a gap parts them from the body.
    """
    usual = usual_distance(page)
    upwards = sorted(range(len(page)), key=lambda row: page[row].bottom)
    margins = {}
    for row in _edge(page, upwards, usual):
        if page[row].bottom < MARGIN * height:
            margins[row] = FOOTER
    for row in _edge(page, upwards[::-1], usual):
        if page[row].bottom > (1 - MARGIN) * height:
            margins[row] = HEADER
    return margins


def _edge(page: Page, rows: Sequence[int], usual: float) -> Sequence[int]:
    """The first rows, up to a gap; none where there is no gap after a few."""
    for number, (row, following) in enumerate(pairwise(rows), start=1):
        if abs(page[row].bottom - page[following].bottom) > GAP * usual:
            return rows[:number]
        if number == MOST_LINES:
            return ()
    return rows


def _key(line: PdfLine) -> str:
    """What lines of a header share on all pages: the words, whatever the numbers."""
    return " ".join(re.sub(r"\d+", "#", line.text.casefold()).split())
