"""Pages without text, read with tesseract where the machine has it."""

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from coder.reading.letters.lines import paragraphs_of

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

PROGRAM = "tesseract"
LANGUAGE = "eng"
SECONDS = 120  # for one page
DOTS_PER_INCH = 300
POINTS_PER_INCH = 72
MOST_PIXELS = 25_000_000  # of a page; a larger one is read at a lower resolution
HOW_TO_INSTALL = (
    "To read scans, install the program tesseract (Debian and Ubuntu: apt install tesseract-ocr; "
    "macOS: brew install tesseract; Windows: the installer of UB Mannheim), then read them again."
)


def can_read_scans() -> bool:
    """Whether the machine has tesseract."""
    return shutil.which(PROGRAM) is not None


def read_page(page: "PdfPage") -> list[str] | None:
    """The paragraphs on a page of a PDF; None where it cannot be read."""
    scale = DOTS_PER_INCH / POINTS_PER_INCH
    pixels = page.get_width() * page.get_height() * scale**2
    if pixels > MOST_PIXELS:
        scale *= (MOST_PIXELS / pixels) ** 0.5
    bitmap = page.render(scale=scale, grayscale=True)
    head = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    picture = head + bitmap.to_numpy().tobytes()
    bitmap.close()
    return read_image(picture)


def read_image(picture: bytes) -> list[str] | None:
    """The paragraphs on a picture (PNM, PNG, JPEG or TIFF); None where it cannot be read."""
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # no word of it comes from a file
            [program, "stdin", "stdout", "-l", LANGUAGE],
            input=picture,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    return paragraphs_of(done.stdout.decode("utf-8", "replace").replace("\x0c", "\n"))
