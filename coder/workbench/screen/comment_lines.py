"""Comments as lines: the sentence that tells most stands out, and the words in it are marked."""

from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from textual.content import Content

from coder.screen.styled_text import one_line
from coder.text import WORD, Span, stem

MARGIN = 4  # cells before a comment: cursor and marks
TWO_COLUMNS = 64  # cells from which opposing views stand beside each other
GAP = " │ "
AGREEING, OPPOSING = "+ as the typical one", "- the opposite"


class CommentsView(NamedTuple):
    """What the pane of comments shows.

    Attributes:
        ids: of the comments, in their order.
        pairs: comments that want the same beside those that want the opposite; None for one list.
        texts: of the comments.
        sentences: the telling sentence of each.
        stems: of the words to mark.
        at_cursor: the comment with the cursor, which is shown whole; empty for none.
        most_lines: lines of every other comment.
    """

    ids: Sequence[str]
    pairs: Sequence[tuple[str, str]] | None
    texts: dict[str, str]
    sentences: dict[str, Span]
    stems: Set[str]
    language: str
    marked: Set[str]
    examples: Set[str]
    at_cursor: str
    most_lines: int


class Laid(NamedTuple):
    """Lines, and the first line of each comment."""

    lines: list[Content]
    first_line: dict[str, int]


def lay_out(view: CommentsView, width: int) -> Laid:
    """The comments as lines of a width."""
    if view.pairs is None:
        return _one_column(
            view,
            view.ids,
            width,
        )
    if width < TWO_COLUMNS:
        in_turn = [one for pair in view.pairs for one in pair if one]
        return _one_column(
            view,
            in_turn,
            width,
        )
    return _two_columns(view, width)


def _one_column(view: CommentsView, ids: Sequence[str], width: int) -> Laid:
    laid = Laid([], {})
    if view.pairs is not None:
        laid.lines.append(Content.styled(f"{AGREEING}, {OPPOSING}", "bold"))
    for comment_id in ids:
        laid.first_line[comment_id] = len(laid.lines)
        laid.lines.extend(comment_lines(view, comment_id, width))
    return laid


def _two_columns(view: CommentsView, width: int) -> Laid:
    column = (width - len(GAP)) // 2
    laid = Laid([], {})
    heading = Content.styled(AGREEING, "bold").pad_right(column)
    laid.lines.append(_beside(heading, Content.styled(OPPOSING, "bold"), column))
    for pair in view.pairs or ():
        sides = []
        for comment_id in pair:
            lines: list[Content] = []
            if comment_id:
                laid.first_line[comment_id] = len(laid.lines)
                lines = comment_lines(
                    view,
                    comment_id,
                    column,
                )
            sides.append(lines)
        for number in range(max(map(len, sides))):
            left, right = (_line_at(lines, number) for lines in sides)
            laid.lines.append(_beside(left, right, column))
        laid.lines.append(_beside(Content(""), Content(""), column))
    return laid


def _line_at(lines: Sequence[Content], number: int) -> Content:
    if number < len(lines):
        return lines[number]
    return Content("")


def _beside(left: Content, right: Content, column: int) -> Content:
    padding = max(0, column - left.cell_length)
    return left.pad_right(padding) + Content.styled(GAP, "dim") + right


def comment_lines(view: CommentsView, comment_id: str, width: int) -> list[Content]:
    """One comment; whole at the cursor, else what tells most of it."""
    at_cursor = comment_id == view.at_cursor
    text = view.texts.get(comment_id, "")
    sentence = view.sentences.get(comment_id)
    room = max(10, width - MARGIN)
    content = _content(
        text,
        sentence,
        view,
        0,
    )
    lines = content.wrap(room)
    if len(lines) > view.most_lines and not at_cursor:
        start = 0
        if sentence is not None:
            start = sentence.start
        lines = _content(text, sentence, view, start).wrap(room)
        if len(lines) > view.most_lines:
            lines = lines[: view.most_lines]
            lines[-1] = lines[-1].rstrip() + Content.styled(" …", "dim")
    return list(_with_margin(lines, _marks(view, comment_id, at_cursor=at_cursor)))


def _marks(view: CommentsView, comment_id: str, *, at_cursor: bool) -> str:
    cursor = ">" if at_cursor else "·"
    mark = "x" if comment_id in view.marked else " "
    example = "e" if comment_id in view.examples else " "
    return f"{cursor}{mark}{example}{_side(view, comment_id)}"


def _side(view: CommentsView, comment_id: str) -> str:
    """Which of two opposing views a comment holds, as a sign."""
    if view.pairs is None:
        return " "
    if any(comment_id == agreeing for agreeing, _ in view.pairs):
        return "+"
    return "-"


def _with_margin(lines: Sequence[Content], marks: str) -> Iterator[Content]:
    margin = Content.styled(marks, "bold")
    for line in lines:
        yield margin + line
        margin = Content(" " * MARGIN)


def _content(
    text: str, sentence: Span | None, view: CommentsView, start: int
) -> Content:
    """A comment from a place on; all but the telling sentence is dim."""
    shown = _flat(text[start:])
    if start:
        shown = f"… {shown}"
    if sentence is None:
        return _mark_words(
            Content(shown),
            shown,
            0,
            len(shown),
            view,
        )
    telling = _flat(text[sentence.start : sentence.end])
    place = shown.find(telling)
    content = Content(shown)
    if place < 0:
        return content
    end = place + len(telling)
    content = content.stylize("dim", 0, place).stylize(
        "dim",
        end,
        len(shown),
    )
    return _mark_words(
        content,
        shown,
        place,
        end,
        view,
    )


def _flat(text: str) -> str:
    """A text on one line, safe to show, with single blanks."""
    single = " ".join(text.split())
    return one_line(single)


def _mark_words(
    content: Content, shown: str, start: int, end: int, view: CommentsView
) -> Content:
    """The words that hold the group together, bold and underlined."""
    for match in WORD.finditer(shown, start, end):
        if stem(match.group().casefold(), view.language) in view.stems:
            content = content.stylize(
                "bold underline",
                match.start(),
                match.end(),
            )
    return content
