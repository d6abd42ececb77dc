"""`coder agree`."""


def agree() -> None:
    """To come."""
