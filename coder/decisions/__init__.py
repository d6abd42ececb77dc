"""What reviewers decided: the append-only log, how it reads through the codebook, and what
stands after all of it.
"""

from coder.decisions.answers import (
    LatestAnswers,
    judgements,
    latest_answers,
    own_judgements,
)
from coder.decisions.draws import (
    Draw,
    frame_fingerprint,
    place_in_order,
    read_draws,
    store_draw,
)
from coder.decisions.effects import effects_of_change
from coder.decisions.history import CodebookHistory, Verdict
from coder.decisions.log import (
    Decision,
    DecisionLog,
    StoredDecisions,
    check_reviewer,
    decisions_folder,
    drop_undone,
    head_hash,
    read_decisions,
    read_log,
)
from coder.decisions.standing import (
    DIVIDED,
    Standing,
    StandingMatrix,
    labels_now,
    lay_over,
    model_labels,
    roll_up,
    seconds_of,
    standing_answer,
    standing_judgements,
    standing_matrix,
)
from coder.decisions.states import CodebookState, read_states, store_state

__all__ = [
    "DIVIDED",
    "Draw",
    "Standing",
    "frame_fingerprint",
    "place_in_order",
    "read_draws",
    "seconds_of",
    "store_draw",
    "CodebookHistory",
    "CodebookState",
    "Decision",
    "DecisionLog",
    "LatestAnswers",
    "StandingMatrix",
    "StoredDecisions",
    "Verdict",
    "check_reviewer",
    "decisions_folder",
    "drop_undone",
    "effects_of_change",
    "head_hash",
    "judgements",
    "labels_now",
    "latest_answers",
    "lay_over",
    "model_labels",
    "own_judgements",
    "read_decisions",
    "read_log",
    "read_states",
    "roll_up",
    "standing_answer",
    "standing_judgements",
    "standing_matrix",
    "store_state",
]
