"""Numbers about judgements: shares with intervals, tests, agreement."""
