"""What a library says of a file that it cannot read, in one line."""


def reason_of(error: Exception) -> str:
    """The first line of an error's text; where it has none, the error's name."""
    lines = str(error).splitlines()
    if lines and lines[0].strip():
        return lines[0]
    return type(error).__name__
