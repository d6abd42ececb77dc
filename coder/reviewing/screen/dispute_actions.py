"""What keys do in adjudication: every dispute is answered yes, no, or left open on purpose."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len

from coder.decisions.standing import Key
from coder.reviewing.screen.comment_actions import DecisionActions
from coder.reviewing.screen.review_screen import ReviewScreen
from coder.reviewing.screen.theme_actions import DIGITS, ListActions
from coder.reviewing.session import Session
from coder.screen.keys import key
from coder.text import count

STATUS_WIDTH = 24  # cells of the line that tell what is saved
HOW_TO_ANSWER = "y yes, n no, u leave open"


class DisputeActions(ListActions):
    """Answer what the reviewers disagree on."""

    hints: ClassVar[tuple[str, ...]] = (
        "answer_yes",
        "answer_no",
        "leave_open",
        "save",
        "undo",
        "show_definition",
        "skip",
        "go_back",
        "note",
        "search",
    )

    @key(
        "y",
        "y",
        hint="y yes",
    )
    def answer_yes(self) -> None:
        """Yes, the theme or position is present."""
        self._answer(True)

    @key(
        "n",
        "n",
        hint="n no",
    )
    def answer_no(self) -> None:
        """No, it is not."""
        self._answer(False)

    @key(
        "u",
        "u",
        hint="u leave open",
    )
    def leave_open(self) -> None:
        """Leave this theme in dispute on purpose."""
        theme_id = self._themes.selected_theme
        if not self._is_in_dispute(theme_id):
            self._screen.say("this theme is not in dispute")
            return
        self._session.settle.leave_open(theme_id)
        self._go_on()

    @key("U", "U")
    def leave_rest_open(self) -> None:
        """Leave in dispute what is not answered yet."""
        self._session.settle.leave_rest_open()
        self._screen.say()

    @key("space", "Space")
    def tick(self) -> None:
        """Change the answer: yes, no, yes ..."""
        entry = self._themes.selected
        if entry is None:
            return
        if not self._is_in_dispute(entry.theme_id):
            self._screen.say("the reviewers do not differ here; y or n overrules them")
            return
        part = entry.position or entry.row
        self._answer(part.verdict != "yes", go_on=False)

    @key(
        DIGITS,
        "1–9",
        numbered=True,
    )
    def go_to_number(self, number: int) -> None:
        """Go to a theme by its number."""
        if number <= len(self._themes.rows):
            self._show(self._themes.rows[number - 1].theme_id)

    def _is_in_dispute(self, theme_id: str) -> bool:
        pick = self._session.pick
        return pick is not None and theme_id in pick.scope

    def _answer(self, present: bool, *, go_on: bool = True) -> None:
        entry = self._themes.selected
        if entry is None:
            return
        if not entry.row.answers:
            self._screen.say("no reviewer has decided this comment")
            return
        settle = self._session.settle
        if entry.position is None:
            settle.answer(entry.theme_id, present)
        else:
            settle.answer_position(
                entry.theme_id,
                entry.position_id,
                present,
            )
        if go_on:
            self._go_on()
        else:
            self._themes.select(entry.theme_id, entry.position_id)
            self._screen.say()

    def _go_on(self) -> None:
        """Put the cursor on the next dispute that is open; leave it where none is."""
        entry = self._themes.selected
        if entry is None:
            return
        self._themes.select(entry.theme_id, entry.position_id)
        open_keys = set(self._session.settle.open_disputes())
        places = range(len(self._themes.entries))
        after = self._themes.cursor
        for place in (*places[after:], *places[:after]):
            other = self._themes.entries[place]
            if (other.theme_id, other.position_id) in open_keys:
                self._themes.cursor = place
                break
        self._screen.say()


class DisputeDecisions(DecisionActions):
    """Decisions that settle what reviewers disagree on."""

    def __init__(self, screen: ReviewScreen, saved: Callable[[], None]) -> None:
        super().__init__(screen, saved)
        self._themes = screen.themes

    def save(self) -> None:
        """Save where every dispute is answered; else show the first one that is not."""
        open_keys = self._session.settle.open_disputes()
        if not open_keys:
            super().save()
            return
        self._themes.select(*open_keys[0])
        width = self._screen.app.size.width - STATUS_WIDTH
        self._screen.say(
            open_message(
                self._session,
                open_keys,
                width,
            )
        )

    @key(
        "N",
        "N",
        hint="N note",
    )
    def note(self) -> None:
        """Write a note about the comment."""
        self.write_note()


def open_message(
    session: Session,
    open_keys: Sequence[Key],
    width: int,
) -> str:
    """Which disputes are not answered yet: by name or, where names take more than `width` cells,
    by number.
    """
    names, numbers = [], set()
    place = {row.theme_id: n for n, row in enumerate(session.rows(), start=1)}
    for theme_id, position_id in open_keys:
        name = session.codebook.theme(theme_id).short
        if position_id:
            name += f"={position_id}"
        names.append(name)
        numbers.add(place[theme_id])
    message = f"open: {', '.join(names)} ({HOW_TO_ANSWER})"
    if cell_len(message) <= width:
        return message
    disputes = count(len(open_keys), "dispute")
    return f"{disputes} open: {_ranges(sorted(numbers))} ({HOW_TO_ANSWER})"


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers in few characters: `1–4, 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(_range(run) for run in runs)


def _range(run: Sequence[int]) -> str:
    if len(run) == 1:
        return str(run[0])
    return f"{run[0]}–{run[-1]}"
