"""Finds comments, and decides them in the list of what was found."""

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from coder.codebook import Theme
from coder.reviewing.screen.item_list import ListDialog
from coder.reviewing.screen.theme_search import matching_themes
from coder.reviewing.search import Query, excerpt
from coder.reviewing.session import Session
from coder.reviewing.theme_keys import theme_keys
from coder.screen.dialogs import SearchDialog
from coder.screen.styled_text import StyledText, cut, one_line
from coder.text import count

TYPING_KEYS = "↑ ↓ choose · Enter open · Tab decide in the list · Esc back"
LIST_KEYS = "Space choose · t yes · n no · T theme · z undo · Enter open · Tab · Esc"
MARKED = "reverse"
MOST_SHOWN = 1_000  # characters of the comment below the list
MOST_ID = 16  # cells of a comment's id


class CommentSearch(ListDialog[str, str | None]):
    """Finds comments by their words or their id; the answer is the id of the one to open, or
    None.

    With Tab the keys go to the list: there a theme is answered with yes or no for the comment
    under the cursor, or for those chosen, each a decision of its own. The list stays as it is.

    Args:
        changed: called after each decision.
    """

    title_text = "Find comments"
    keys_text = TYPING_KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "switch", "Type, or decide", priority=True),
        Binding("slash", "switch", "Type"),
        Binding("space", "choose", "Choose"),
        Binding("t", "answer(True)", "Yes"),
        Binding("n", "answer(False)", "No"),
        Binding("T", "choose_theme", "Choose a theme"),
        Binding("z", "undo", "Undo"),
    ]

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        super().__init__()
        self._session = session
        self._changed = changed
        self._query = Query("")
        self._chosen: set[str] = set()
        self._theme_id = session.context.mode.theme or ""

    def above(self) -> ComposeResult:
        """The box to type in."""
        placeholder = 'words, an "exact phrase", or an id'
        yield Input(placeholder=placeholder, id="search")

    def on_mount(self) -> None:
        """Begin with typing."""
        self.set_focus(self.query_one(Input))  # at once, for keys in a burst

    @property
    def is_typing(self) -> bool:
        """Whether keys go to the box."""
        return self.focused is not None

    # ------------------------------------------------------------ what is found

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        """List what matches now."""
        self._query = Query(event.value)
        found = self._session.comments.search(event.value)
        self._chosen.intersection_update(found)
        self.list.cursor = 0
        self.list.load(found)
        self._say_found()

    def _say_found(self) -> None:
        parts = []
        if self.list.items:
            parts.append(count(len(self.list.items), "comment"))
        elif self._query:
            parts.append("no comment matches")
        if self._chosen:
            parts.append(f"{len(self._chosen):,} chosen")
        if self._theme_id:
            theme = self._session.codebook.theme(self._theme_id)
            parts.append(f"theme: {theme.short}")
        self.say_listed(" · ".join(parts))
        self.moved()

    def moved(self) -> None:
        """Show the whole comment: an excerpt is too little to decide by."""
        comment_id = self.list.selected
        text = ""
        if comment_id is not None:
            text = self._session.comments.text_of(comment_id)[:MOST_SHOWN]
        self.show_below(Content(one_line(text)))

    def line(self, item: str, width: int) -> Content:
        """What is decided, the id, and the words around the match."""
        line = StyledText()
        line.add("•" if item in self._chosen else " ")
        line.add(f"{self._answer(item):<4}")
        name = cut(one_line(item), min(MOST_ID, width // 3))
        line.add(f"{name} ", "dim")
        space = max(12, width - 6 - cell_len(name))
        part = excerpt(self._session.comments.text_of(item), self._query, space - 4)
        text = one_line(part.text)
        end = 0
        for mark in part.marks:
            line.add(text[end : mark.start])
            line.add(text[mark.start : mark.end], MARKED)
            end = mark.end
        line.add(text[end:])
        return line.content()

    def _answer(self, comment_id: str) -> str:
        """What the reviewer said of the theme; a tick where they decided the comment."""
        context = self._session.context
        verdicts = context.own_verdicts(comment_id)
        verdict = verdicts.get(self._theme_id)
        if verdict is not None and verdict.unsure:
            return "?"
        if verdict is not None:
            if verdict.present:
                return "yes"
            return "no"
        if context.is_complete(comment_id, context.scope):
            return "✓"
        if verdicts:
            return "part"
        return ""

    # ------------------------------------------------------------ what is done with it

    @on(Input.Submitted)
    def submit(self) -> None:
        """Open the comment under the cursor."""
        self.action_open()

    def action_open(self) -> None:
        """Answer with the comment under the cursor."""
        if self.list.selected is not None:
            self.dismiss(self.list.selected)

    def action_switch(self) -> None:
        """Let keys go to the list, or to the box again."""
        if self._session.context.adjudicating:  # nothing is decided in its list
            return
        keys = LIST_KEYS
        if self.is_typing:
            self.set_focus(None)
        else:
            self.set_focus(self.query_one(Input))  # at once, for keys in a burst
            keys = TYPING_KEYS
        self.query_one(Vertical).border_subtitle = Content(keys)

    def action_choose(self) -> None:
        """Choose the comment under the cursor, or no longer; the cursor goes on."""
        if self.list.selected is not None:
            self._chosen ^= {self.list.selected}
            self.list.move(1)
            self._say_found()

    def action_answer(self, present: bool) -> None:
        """Answer a theme for the comments chosen, or for the one under the cursor."""
        if not self._theme_id:
            self._ask_for_theme(lambda: self._decide(present))
            return
        self._decide(present)

    def _decide(self, present: bool) -> None:
        selected = self.list.selected
        if selected is None:
            return
        wanted = [item for item in self.list.items if item in self._chosen]
        comment_ids = wanted or [selected]
        decide = self._session.listed.decide
        made = decide(comment_ids, self._theme_id, present=present)
        self._chosen.clear()
        if not wanted:
            self.list.move(1)
        self._show_changes()
        name = self._session.codebook.theme(self._theme_id).short
        answer = "no"
        if present:
            answer = "yes"
        said = f"{answer} to {name}: {count(len(made), 'comment')} (z undoes)"
        if len(made) < len(comment_ids):
            said += f"; {len(comment_ids) - len(made):,} had this answer"
        self.say(said)

    def _show_changes(self) -> None:
        self.list.draw()
        self._say_found()
        self._changed()

    def action_choose_theme(self) -> None:
        """Choose the theme that t and n answer."""
        self._ask_for_theme(lambda: None)

    def _ask_for_theme(self, then: Callable[[], None]) -> None:
        def take(theme_id: str | None) -> None:
            if theme_id is not None:
                self._theme_id = theme_id
                self.list.draw()
                self._say_found()
                then()

        choice = ThemeChoice(self._session.codebook.active)
        self.app.push_screen(choice, take)

    def action_undo(self) -> None:
        """Undo the last decision or tick."""
        undone = self._session.undo()
        self._show_changes()
        self.say(f"undone: the last {undone}" if undone else "nothing to undo")


class ThemeChoice(SearchDialog[Theme, str | None]):
    """Chooses one theme by its key or by letters of its name; the answer is its id, or None."""

    title_text = "Which theme?"
    keys_text = "↑ ↓ choose · Enter take · Esc back"
    placeholder = "the key of the theme, or letters of its name"

    def __init__(self, themes: "tuple[Theme, ...]") -> None:
        super().__init__()
        self._themes = themes
        self._keys = theme_keys([theme.id for theme in themes])

    def find(self, typed: str) -> list[Theme]:
        """The themes that match; the one with this key comes first."""
        wanted = typed.strip()
        by_key = [theme for theme in self._themes if self._keys[theme.id] == wanted]
        return by_key + [
            t for t in matching_themes(self._themes, typed) if t not in by_key
        ]

    def line(self, item: Theme) -> Content:
        """The theme with its key."""
        return Content(f"{self._keys[item.id]:>2} {one_line(item.name)}")

    def choose(self, item: Theme) -> None:
        """Answer with a theme that was clicked."""
        self.dismiss(item.id)

    @on(Input.Submitted)
    def take_chosen(self) -> None:
        """Answer with the theme under the cursor."""
        if self.chosen is not None:
            self.dismiss(self.chosen.id)
