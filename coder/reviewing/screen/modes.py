"""How the kinds of sessions differ on the screen."""

from collections.abc import Mapping
from typing import NamedTuple

from coder.reviewing.mode import SessionKind
from coder.reviewing.screen.comment_actions import (
    AllThemesDecisions,
    DecisionActions,
    OneThemeDecisions,
)
from coder.reviewing.screen.dispute_actions import DisputeActions, DisputeDecisions
from coder.reviewing.screen.explanations import (
    DISPUTE_EXPLANATIONS,
    EXPLANATIONS,
    SAMPLE_EXPLANATIONS,
    TRAINING_EXPLANATIONS,
)
from coder.reviewing.screen.panes import DisputesPane, OneThemePane, ThemesPane
from coder.reviewing.screen.theme_actions import (
    AllThemesActions,
    ListActions,
    OneThemeActions,
)


class ScreenMode(NamedTuple):
    """A kind of session as the screen shows it.

    Attributes:
        title: in the top line; empty for the usual kind.
        themes: the pane that lists the themes.
        theme_actions: what keys do with that list.
        decision_actions: what keys do with the comment.
        explanations: of the help page, by their headings.
        shares: whether the session helps to estimate how many comments carry each theme.
    """

    title: str
    themes: type[ThemesPane] = ThemesPane
    theme_actions: type[ListActions] = AllThemesActions
    decision_actions: type[DecisionActions] = AllThemesDecisions
    explanations: Mapping[str, str] = EXPLANATIONS
    shares: bool = True


MODES: dict[SessionKind, ScreenMode] = {
    "mixed": ScreenMode(""),
    "sample": ScreenMode("random sample", explanations=SAMPLE_EXPLANATIONS),
    "theme": ScreenMode("", OneThemePane, OneThemeActions, OneThemeDecisions),
    "double": ScreenMode("second coding", shares=False),
    "train": ScreenMode("training", explanations=TRAINING_EXPLANATIONS, shares=False),
    "adjudicate": ScreenMode(
        "adjudication",
        DisputesPane,
        DisputeActions,
        DisputeDecisions,
        DISPUTE_EXPLANATIONS,
        shares=False,
    ),
}
