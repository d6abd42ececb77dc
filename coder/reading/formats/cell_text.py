"""Typed values (numbers, dates, truth values) as the text that somebody would type for them."""

import datetime as dt

# Above this a floating-point number no longer holds every digit, so it stays as Python prints it.
WHOLE_BELOW = 1e15


def cell_text(value: object) -> str:
    """A value as text: 7.0 is `7`, a date is ISO 8601, true is `TRUE`; text is unchanged."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, dt.datetime):
        if value.time() == dt.time() and value.tzinfo is None:
            return value.date().isoformat()
        return value.isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def as_written(value: float) -> float:
    """A number that was stored in single precision, as it was written: 0.1 and not
    0.10000000149011612.
    """
    import numpy as np

    return float(str(np.float32(value)))


def _number_text(value: float) -> str:
    if value.is_integer() and abs(value) < WHOLE_BELOW:
        return str(int(value))
    return repr(value)
