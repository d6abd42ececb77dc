"""What goes on beside the requests: other programs' decisions, a changed codebook, a model that
learns.
"""

import asyncio
import itertools
import sys
from collections.abc import Callable

from coder.codebook import read_codebook
from coder.errors import CoderError
from coder.reviewing.codebook_watch import describe_change
from coder.reviewing.suggestions import Suggestions
from coder.serving.office import Office, state_of

LOOK_EVERY = 1.0  # seconds
CLAIMS_EVERY = 4  # looks
LEARN_AFTER = 25  # decisions of all reviewers
SECONDS_AFTER_FAULT = 60.0


async def watch(office: Office) -> None:
    """Hear of other programs' decisions, and of a changed codebook, until cancelled."""
    for number in itertools.count():
        await asyncio.sleep(LOOK_EVERY)
        try:
            await office.run(office.hear)
            if number % CLAIMS_EVERY == 0:
                await office.run(office.publish_claims)
            await _look_at_codebook(office)
        except CoderError as error:
            office.notes = (error.problem,)
        except Exception as fault:  # looking again must go on
            sys.stderr.write(f"Looking for changes failed: {type(fault).__name__}\n")


async def learn(office: Office, refit: Callable[[], Suggestions]) -> None:
    """Let the model learn now and then from what was decided, until cancelled.

    Args:
        refit: codes all comments with the decisions on disk; takes long.
    """
    while True:
        await asyncio.sleep(LOOK_EVERY)
        is_due = office.since_learned >= LEARN_AFTER or office.suggestions is None
        if not is_due or not office.is_at_work:
            continue
        office.since_learned = 0
        try:
            suggestions = await office.run_long(refit)
            await office.run(office.go_on_with, suggestions)
        except CoderError:  # the next decisions try again
            await asyncio.sleep(SECONDS_AFTER_FAULT)


async def _look_at_codebook(office: Office) -> None:
    state = state_of(office.codebook_path)
    if state == office.file_state:
        return
    office.file_state = state
    codebook = await office.run_long(read_codebook, office.codebook_path)
    office.notes = ()
    if codebook.fingerprint == office.fingerprint:
        return
    change = describe_change(office.codebook, codebook)
    shared = await office.run_long(office.open, codebook)
    await office.run(office.take, shared)
    office.notes = (f"The codebook was changed: {change.description}",)
