"""Print a shell block of the README: `python tests/readme_commands.py start|test`, or all that follow."""

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def shell_blocks() -> list[str]:
    """Every ```sh block, in order: the first installs and runs, the second installs and tests."""
    return blocks("sh")


def blocks(language: str) -> list[str]:
    """Every fenced block in a language, in order."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", README.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    )


if __name__ == "__main__":
    print(shell_blocks()[{"start": 0, "test": 1}[sys.argv[1]]])
