"""Reports of frames, for tests: what is given goes to the inputs or the options by its name."""

from dataclasses import fields
from typing import Any

import pandas as pd

from coder.codebook import Codebook
from coder.reporting import Inputs, Options, Report, build_report
from coder.reporting.characteristics import EqualityRequest

OPTIONS = {field.name for field in fields(Options)}


def report_of(
    comments: pd.DataFrame,
    labels: pd.DataFrame | None,
    codebook: Codebook,
    judgements: pd.DataFrame | None = None,
    *,
    earlier: Inputs | None = None,
    equality: EqualityRequest | None = None,
    **more: Any,
) -> Report:
    """The report of frames; `more` names attributes of `Options` and `Inputs`."""
    options = {name: value for name, value in more.items() if name in OPTIONS}
    others = {name: value for name, value in more.items() if name not in OPTIONS}
    if judgements is not None:
        others["judgements"] = judgements
    inputs = Inputs(comments, labels, codebook, **others)
    return build_report(inputs, Options(**options), earlier, equality)
