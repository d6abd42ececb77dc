"""`coder cluster`."""


def cluster() -> None:
    """To come."""
