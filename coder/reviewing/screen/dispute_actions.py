"""What keys do in adjudication: every dispute is answered yes, no, or left open on purpose."""

from collections.abc import Callable, Container, Sequence
from typing import ClassVar

from rich.cells import cell_len

from coder.decisions.standing import Key
from coder.reviewing.screen.comment_actions import DecisionActions
from coder.reviewing.screen.review_screen import ReviewScreen
from coder.reviewing.screen.theme_actions import (
    THEME_KEYS,
    THEME_KEYS_SHOWN,
    ListActions,
)
from coder.reviewing.session import Session
from coder.reviewing.theme_keys import theme_keys
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

    @key(THEME_KEYS, THEME_KEYS_SHOWN, named=True)
    def type_key(self, name: str) -> None:
        """Go to a theme by the key beside it."""
        self.take_theme_key(name)

    def use_theme(self, theme_id: str) -> None:
        """Go to the theme whose key was typed."""
        self._show(theme_id)

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
    by key.
    """
    names = []
    for theme_id, position_id in open_keys:
        name = session.codebook.theme(theme_id).short
        if position_id:
            name += f"={position_id}"
        names.append(name)
    message = f"open: {', '.join(names)} ({HOW_TO_ANSWER})"
    if cell_len(message) <= width:
        return message
    disputes = count(len(open_keys), "dispute")
    theme_ids = {theme_id for theme_id, _ in open_keys}
    return f"{disputes} open: {_keys_of(session, theme_ids)} ({HOW_TO_ANSWER})"


def _keys_of(session: Session, theme_ids: Container[str]) -> str:
    """The keys of these themes in few characters: `1–4, 7`."""
    keys = theme_keys(session.codebook.theme_ids)
    runs: list[list[str]] = []
    before = False
    for theme_id, key_of_theme in keys.items():
        if theme_id not in theme_ids:
            before = False
            continue
        if not before:
            runs.append([])
        runs[-1].append(key_of_theme)
        before = True
    return ", ".join(_range(run) for run in runs)


def _range(run: Sequence[str]) -> str:
    if len(run) == 1:
        return run[0]
    return f"{run[0]}–{run[-1]}"
