"""`coder export`."""


def export() -> None:
    """To come."""
