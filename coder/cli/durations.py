"""Durations as people write them."""

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def format_duration(seconds: float) -> str:
    """`8 s`, `12 min`, `3 h 20 min`, `2 days 4 h`: two units at most, rounded."""
    whole = max(1, round(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{round(whole / MINUTE)} min"
    if whole < DAY:
        hours, minutes = divmod(round(whole / MINUTE), 60)
        return f"{hours} h {minutes} min"
    days, hours = divmod(round(whole / HOUR), 24)
    unit = "day" if days == 1 else "days"
    return f"{days} {unit} {hours} h"
