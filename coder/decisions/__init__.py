"""What reviewers decided: the append-only log, how it reads through the codebook, and what
stands after all of it.
"""

from coder.decisions.answers import (
    LatestAnswers,
    both_judgements,
    judgements,
    latest_answers,
    own_judgements,
    with_times,
)
from coder.decisions.assignments import Assignment, Share, standing_assignments
from coder.decisions.documents import Document, read_documents, store_document
from coder.decisions.draws import (
    Draw,
    drawn_ids,
    frame_fingerprint,
    place_in_order,
    read_draws,
    store_draw,
)
from coder.decisions.effects import effects_of_change
from coder.decisions.folder import decisions_folder
from coder.decisions.front_ends import count_front_ends, describe_front_ends
from coder.decisions.history import CodebookHistory, Verdict
from coder.decisions.log import (
    Decision,
    DecisionLog,
    FrontEnd,
    StoredDecisions,
    check_reviewer,
    drop_undone,
    read_decisions,
    read_log,
)
from coder.decisions.other_names import DecidedComment, notes_on_other_name
from coder.decisions.remarks import Remark, standing_remarks
from coder.decisions.standing import (
    DIVIDED,
    Standing,
    StandingMatrix,
    blocks_of,
    category_columns,
    number_keys,
    roll_up,
    rows_of,
    seconds_of,
    standing_answer,
    standing_judgements,
    standing_matrix,
)
from coder.decisions.standing_labels import (
    StandingDecisions,
    labels_now,
    lay_over,
    model_labels,
)
from coder.decisions.states import CodebookState, read_states, store_state
from coder.decisions.witness import Witness, take_witness, witness_from

__all__ = [
    "DIVIDED",
    "Assignment",
    "CodebookHistory",
    "CodebookState",
    "DecidedComment",
    "Decision",
    "DecisionLog",
    "Document",
    "Draw",
    "FrontEnd",
    "LatestAnswers",
    "Remark",
    "Share",
    "Standing",
    "StandingDecisions",
    "StandingMatrix",
    "StoredDecisions",
    "Verdict",
    "Witness",
    "blocks_of",
    "both_judgements",
    "category_columns",
    "check_reviewer",
    "count_front_ends",
    "decisions_folder",
    "describe_front_ends",
    "drawn_ids",
    "drop_undone",
    "effects_of_change",
    "frame_fingerprint",
    "judgements",
    "labels_now",
    "latest_answers",
    "lay_over",
    "model_labels",
    "notes_on_other_name",
    "number_keys",
    "own_judgements",
    "place_in_order",
    "read_decisions",
    "read_documents",
    "read_draws",
    "read_log",
    "read_states",
    "roll_up",
    "rows_of",
    "seconds_of",
    "standing_answer",
    "standing_assignments",
    "standing_judgements",
    "standing_matrix",
    "standing_remarks",
    "store_document",
    "store_draw",
    "store_state",
    "take_witness",
    "with_times",
    "witness_from",
]
