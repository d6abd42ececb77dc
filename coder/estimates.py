"""Theme shares with intervals."""
