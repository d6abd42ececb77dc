"""`coder review`."""


def review() -> None:
    """To come."""
