"""What keys do with the group chosen."""

from coder.screen.dialogs import QuestionDialog
from coder.screen.keys import key
from coder.text import count
from coder.workbench.board import Group, Standing
from coder.workbench.screen.desk import DeskScreen
from coder.workbench.screen.dialogs import (
    Description,
    DescriptionDialog,
    NameDialog,
    Target,
    TargetDialog,
    target_of,
)
from coder.workbench.screen.rows import REST
from coder.workbench.splitting import split_proposals
from coder.workbench.themes import keywords_of

DIGITS = "1,2,3,4,5,6,7,8,9"
TOP = "-top-"  # the answer "under no theme"; no group has this id
NO_GROUP = "these comments belong to no group: mark some with x, then s or t"


class GroupActions:
    """Decide what becomes of a group."""

    def __init__(self, screen: DeskScreen) -> None:
        self._screen = screen
        self._session = screen.session

    def _chosen(self) -> Group | None:
        """The group chosen; a message where there is none."""
        group = self._screen.group
        if group is None:
            self._screen.say(NO_GROUP)
        return group

    def _stand(self, standing: Standing, message: str) -> None:
        """Decide about the group chosen, and go on to the next."""
        group = self._chosen()
        if group is None:
            return
        if group.standing == standing:
            self._screen.select(self._screen.following(group.id))
            self._screen.say()
            return
        following = self._screen.following(group.id)
        was_open = group.standing == "open"
        self._session.stand(group.id, standing)
        self._screen.marked_groups.discard(group.id)
        self._screen.select(following if was_open else group.id)
        self._say_decided(f"{message}: {group.name}", was_open=was_open)

    def _say_decided(self, message: str, *, was_open: bool) -> None:
        """Say what was done; after the last decision, what comes next."""
        if was_open and not self._session.board.standing("open"):
            self._screen.select_first()
            message += (
                ". Nothing is left to decide: go through the names, then w writes"
            )
        self._screen.say(message)

    @key("enter", "Enter", hint="Enter theme")
    def make_theme(self) -> None:
        """Make it a theme, and go to the next one to decide."""
        self._stand("theme", "a theme")

    @key(DIGITS, "1 to 9", hint="1-9 merge", numbered=True)
    def merge_near(self, number: int) -> None:
        """Merge it with the group that has this number in the line "Like it"."""
        group = self._chosen()
        if group is None:
            return
        near = self._session.findings.near(group.id)
        if number > len(near):
            self._screen.say(f"no group has the number {number}")
            return
        self._merge([group.id, near[number - 1].id])

    def _merge(self, group_ids: list[str]) -> None:
        """Merge groups; go on where the chosen one is decided with it."""
        chosen = self._screen.group
        following = self._screen.following(self._screen.selected)
        names = [self._session.board.groups[one].name for one in group_ids]
        remaining = self._session.merge(group_ids)
        self._screen.marked_groups.clear()
        group = self._session.board.groups[remaining]
        was_open = chosen is not None and chosen.standing == "open"
        if was_open and group.standing == "theme" and following not in group_ids:
            self._screen.select(following)
        else:
            self._screen.select(remaining)
        others = ", ".join(name for name in names if name != group.name)
        message = f"merged: {group.name} now holds {others or group.name} too"
        self._say_decided(message, was_open=was_open)

    @key("m", "m", hint="m merge marked")
    def merge_marked(self) -> None:
        """Merge all marked groups with it; a theme keeps its name, else the largest."""
        marked = [one for one in self._screen.marked_groups if self._session.group(one)]
        group = self._screen.group
        ids = sorted(marked)
        if group is not None and group.id not in ids:
            ids.append(group.id)
        if len(ids) < 2:
            self._screen.say("mark other groups with x first; or press a number")
            return
        self._merge(ids)

    @key("g", "g", hint="g into …")
    def merge_by_name(self) -> None:
        """Merge it with a group found by letters of its name."""
        group = self._chosen()
        if group is None:
            return
        targets = self._others(group)

        def merge(target: str | None) -> None:
            if target is not None:
                self._merge([group.id, target])

        title = f"Merge {group.name} with"
        self._screen.ask(TargetDialog(title, targets), merge)

    def _others(self, group: Group) -> list[Target]:
        """All other groups: themes, nearest first, then those to decide."""
        others = [
            *self._session.findings.themes_for(group.id),
            *self._session.board.standing("open", "later", "dropped"),
        ]
        return [target_of(one) for one in others if one.id != group.id]

    @key("r", "r", hint="r rename")
    def rename(self) -> None:
        """Rename it; Enter takes the first proposal."""
        group = self._chosen()
        if group is None:
            return

        def take(name: str | None) -> None:
            if name is not None and name != group.name:
                self._session.rename(group.id, name)
                self._screen.say(f"the name is now: {name}")

        proposals = self._session.findings.name_proposals(group)
        self._screen.ask(NameDialog(group.name, proposals), take)

    @key("d", "d", hint="d drop")
    def drop(self) -> None:
        """Drop it: it is no theme."""
        self._stand("dropped", "dropped")

    @key("p", "p", hint="p put off")
    def put_off(self) -> None:
        """Put it off; it is kept below the others."""
        self._stand("later", "put off")

    @key("o", "o")
    def open_again(self) -> None:
        """Take a decision about it back: it is to be decided again."""
        self._stand("open", "to decide again")

    @key("s", "s", hint="s split")
    def split(self) -> None:
        """Split it: into its sub-groups, by view, or the marked comments off."""
        self._screen.say("looking for parts …")
        # The message comes first: to compare views may take the model seconds.
        self._screen.call_after_refresh(self._ask_how_to_split)

    def _ask_how_to_split(self) -> None:
        marked = sorted(self._screen.marked_comments)
        group = self._screen.group
        proposals = split_proposals(
            self._session.findings,
            group,
            marked,
        )
        if not proposals:
            self._screen.say(
                "it has no sub-groups: go to the comments with →, mark some with x, then press s"
            )
            return
        answers = {}
        for number, proposal in enumerate(proposals, start=1):
            answers[str(number)] = proposal.title
        answers["escape"] = "do not split"

        def take(answer: str | None) -> None:
            if answer is None or not answer.isdigit():
                self._screen.say()
                return
            proposal = proposals[int(answer) - 1]
            self._session.split(self._screen.selected, proposal)
            kept = self._screen.selected
            if kept == REST:
                kept = proposal.parts[0].id
            self._screen.select(kept)
            parts = count(len(proposal.parts), "group")
            self._screen.say(f"split: {parts} to decide about")

        name = group.name if group is not None else "the comments without a theme"
        question = QuestionDialog(f"Split {name}", answers)
        self._screen.ask(question, take)

    @key("n", "n", hint="n nest")
    def nest(self) -> None:
        """Put it under a theme, as its sub-theme; or back to the top."""
        group = self._chosen()
        if group is None:
            return
        board = self._session.board
        targets = []
        if group.parent_id:
            targets.append(Target(TOP, "no theme: at the top"))
        for theme in self._session.findings.themes_for(group.id):
            if not board.is_under(theme.id, group.id) and theme.id != group.parent_id:
                targets.append(target_of(theme))
        if not targets:
            self._screen.say("there is no theme yet that it could stand under")
            return

        def take(parent_id: str | None) -> None:
            if parent_id is None:
                return
            following = self._screen.following(group.id)
            self._session.nest(group.id, "" if parent_id == TOP else parent_id)
            self._screen.select(following if group.standing == "open" else group.id)
            self._screen.say(f"a sub-theme: {group.name}")

        title = f"Put {group.name} under"
        self._screen.ask(TargetDialog(title, targets), take)

    @key("c", "c")
    def describe(self) -> None:
        """Write its definition, what it includes and excludes, and its keywords."""
        group = self._chosen()
        if group is None:
            return
        before = Description(
            group.definition,
            group.includes,
            group.excludes,
            keywords_of(group, self._session.board),
        )

        def take(after: Description | None) -> None:
            if after is not None and after != before:
                self._session.describe(group.id, *after)
                self._screen.say("described")

        self._screen.ask(DescriptionDialog(group.name, before), take)
