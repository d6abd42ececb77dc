"""The list of a reviewer's own decisions."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content

from coder.reviewing.my_decisions import (
    STATES,
    DecisionFilter,
    MyDecision,
    State,
    list_my_decisions,
)
from coder.reviewing.screen.comment_search import ThemeChoice
from coder.reviewing.screen.item_list import ListDialog
from coder.reviewing.session import Session
from coder.screen.styled_text import StyledText, cut, one_line
from coder.text import count

STATE_NAMES: dict[State, str] = {
    "": "all",
    "unsure": "unsure",
    "note": "with a note",
    "flagged": "with an open question",
    "today": "today",
    "changed": "codebook changed since",
    "partly": "themes left to judge",
}
MOST_SHOWN = 300  # characters of the comment below the list
MOST_ID = 16  # cells of a comment's id


class MyDecisionsDialog(ListDialog[MyDecision, str | None]):
    """Lists what the reviewer decided; the answer is the comment to open, or None.

    Args:
        flagged: ids of the comments with an open question of the reviewer.
        changed: called when a decision was withdrawn or given back.
    """

    title_text = "My decisions"
    keys_text = "f filter · T theme · Enter open · x withdraw · z undo · Esc back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "next_state", "Filter"),
        Binding("T,t", "choose_theme", "Theme"),
        Binding("x", "withdraw", "Withdraw"),
        Binding("z", "undo", "Undo"),
    ]

    def __init__(
        self,
        session: Session,
        flagged: Collection[str],
        changed: Callable[[], None],
    ) -> None:
        super().__init__()
        self._session = session
        self._flagged = flagged
        self._changed = changed
        self._wanted = DecisionFilter()
        self._now = datetime.now().astimezone()

    def on_mount(self) -> None:
        """List all decisions."""
        self._load()

    def _load(self) -> None:
        context = self._session.context
        decisions = list_my_decisions(context, self._wanted, flagged=self._flagged)
        self.list.load(decisions)
        parts = [count(len(decisions), "comment"), STATE_NAMES[self._wanted.state]]
        if self._wanted.theme_id:
            theme = self._session.codebook.theme(self._wanted.theme_id)
            parts.append(f"theme: {theme.short}")
        self.say_listed(" · ".join(parts))
        self.moved()

    def moved(self) -> None:
        """Show the comment under the cursor, and the note on it."""
        decision = self.list.selected
        text = StyledText()
        if decision is not None:
            comment = self._session.comments.text_of(decision.comment_id)
            text.add(one_line(comment[:MOST_SHOWN]))
            if decision.note:
                text.add(f"\nnote: {one_line(decision.note)}", "italic")
        self.show_below(text.content())

    def line(self, item: MyDecision, width: int) -> Content:
        """When, which comment, what was decided, and how the comment begins."""
        line = StyledText()
        line.add(f"{self._time(item.decided_at)} ", "dim")
        name = cut(one_line(item.comment_id), min(MOST_ID, width // 4))
        line.add(f"{name} ", "dim")
        themes = cut(self._themes(item), max(10, width // 3))
        line.add(f"{themes} ")
        used = 14 + cell_len(name) + cell_len(themes)
        text = self._session.comments.text_of(item.comment_id)
        line.add(cut(one_line(text[:width]), max(1, width - used)), "dim")
        return line.content()

    def _time(self, decided_at: str) -> str:
        moment = datetime.fromisoformat(decided_at).astimezone()
        if moment.date() == self._now.date():
            return f"{moment:%H:%M}".ljust(6)
        return f"{moment:%d %b}"

    def _themes(self, item: MyDecision) -> str:
        """The themes present, those unsure with a question mark; then what else there is."""
        codebook = self._session.codebook
        parts = [one_line(codebook.theme(theme_id).short) for theme_id in item.themes]
        parts += [f"{one_line(codebook.theme(t).short)}?" for t in item.unsure]
        if not parts:
            parts = ["no theme"]
        marks = []
        if item.note:
            marks.append("note")
        if item.flagged:
            marks.append("asked")
        if item.open_themes:
            marks.append(f"{len(item.open_themes)} left")
        themes = ", ".join(parts)
        if marks:
            return f"({', '.join(marks)}) {themes}"
        return themes

    def action_next_state(self) -> None:
        """Go to the next filter."""
        following = STATES.index(self._wanted.state) + 1
        state = STATES[following % len(STATES)]
        self._wanted = self._wanted._replace(state=state)
        self._load()

    def action_choose_theme(self) -> None:
        """List one theme only; with a theme chosen, all again."""
        if self._wanted.theme_id:
            self._take_theme("")
            return
        choice = ThemeChoice(self._session.codebook.active)
        self.app.push_screen(choice, self._take_theme)

    def _take_theme(self, theme_id: str | None) -> None:
        if theme_id is not None:
            self._wanted = self._wanted._replace(theme_id=theme_id)
            self._load()

    def action_withdraw(self) -> None:
        """Withdraw all that was decided of the comment under the cursor."""
        decision = self.list.selected
        if decision is None:
            return
        self._session.listed.withdraw(decision.comment_id)
        self._load()
        self._changed()
        self.say(f"{decision.comment_id} is withdrawn (z undoes)")

    def action_undo(self) -> None:
        """Undo the last decision or tick."""
        undone = self._session.undo()
        self._load()
        self._changed()
        self.say(f"undone: the last {undone}" if undone else "nothing to undo")

    def action_open(self) -> None:
        """Answer with the comment under the cursor."""
        if self.list.selected is not None:
            self.dismiss(self.list.selected.comment_id)
