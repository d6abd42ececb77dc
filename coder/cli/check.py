"""`coder check`."""


def check() -> None:
    """To come."""
