"""`coder apply`."""


def apply() -> None:
    """To come."""
