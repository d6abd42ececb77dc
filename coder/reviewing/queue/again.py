"""Comments decided before the codebook got a new theme: they are asked about that theme alone."""

from collections.abc import Iterable, Sequence

from coder.codebook import Codebook
from coder.reviewing.context import ReviewContext
from coder.reviewing.queue.protocol import Chosen, Pick


def to_look_at_again(
    context: ReviewContext, order: Sequence[str], *, blind: bool
) -> list[Pick]:
    """Comments that the reviewer decided whole, before the codebook got a theme that nobody judged
    in them.

    That is a new theme, one that was split off, or a merged one with a part that was not
    judged. The comments come in the order in which they were decided, so that random and
    targeted ones alternate as they did.

    Args:
        order: the comments, in the random order.
        blind: only comments that the reviewer decided blind, or only those decided with
            suggestions: what was begun blind goes on blind.
    """
    record, reviewer = context.record, context.reviewer
    picks: list[tuple[str, Pick]] = []
    for comment_id in order:
        if not record.was_whole(comment_id, reviewer):
            continue
        missing = record.unseen(comment_id, context.codebook.theme_ids)
        if not missing or record.was_whole(comment_id, reviewer, mode="blind") != blind:
            continue
        standing = [
            d for d in record.standing_of(comment_id, reviewer) if not d.adjudicates
        ]
        chosen: Chosen = "targeted"
        if any(decision.chosen == "random" for decision in standing):
            chosen = "random"
        first = min(decision.decided_at for decision in standing)
        picks.append(
            (
                first,
                Pick(comment_id, chosen, again_for(missing, context.codebook), missing),
            )
        )
    picks.sort(key=lambda decided_and_pick: decided_and_pick[0])
    return [pick for _, pick in picks]


def again_for(theme_ids: Iterable[str], codebook: Codebook) -> str:
    """The reason to ask again about these themes."""
    return f"again, {new_themes(theme_ids, codebook)}"


def new_themes(theme_ids: Iterable[str], codebook: Codebook) -> str:
    """Names the themes that are new in the codebook."""
    names = {theme.id: theme.short for theme in codebook.active}
    listed = ", ".join(names[theme_id] for theme_id in theme_ids)
    return f"for what is new in the codebook: {listed}"
