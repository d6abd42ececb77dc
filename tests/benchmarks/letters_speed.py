"""CPU seconds and words of 1,000 made letters of five pages: python tests/benchmarks/letters_speed.py.

Each letter is a PDF of known words with a header, a footer and page numbers. Printed are the CPU
seconds of reading them into a project, and the share of the known words that came through in
their order.
"""

import random
import resource
import sys
import tempfile
from difflib import SequenceMatcher
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from coder.workflow.read import read
from made_letters import make_pdf

LETTERS, PAGES, PARAGRAPHS, WORDS = 1_000, 5, 6, 70
COMPARED = 50  # letters whose words are compared
STEMS = (
    "bus",
    "lane",
    "park",
    "light",
    "street",
    "police",
    "shift",
    "council",
    "school",
    "road",
    "cycle",
)


def made_paragraph(draw: random.Random) -> str:
    """A paragraph of made-up sentences."""
    words = [draw.choice(STEMS) + draw.choice(["", "s", "ing", "ed"]) for _ in range(WORDS)]
    for end in range(9, WORDS, 10):
        words[end] += "."
    return " ".join(words)


def cpu_seconds() -> float:
    """Of this process and those that it has ended."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def main() -> None:
    """Make the letters, read them, and print the figures."""
    draw = random.Random(0)
    known: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "letters"
        folder.mkdir()
        for number in range(LETTERS):
            pages = [[made_paragraph(draw) for _ in range(PARAGRAPHS)] for _ in range(PAGES)]
            name = f"{number:04}.pdf"
            known[name] = " ".join(" ".join(page) for page in pages).split()
            content = make_pdf(pages, header=f"Letter {number}", footer="Page {page} of {pages}")
            (folder / name).write_bytes(content)
        before = cpu_seconds()
        outcome = read(folder, Path(home) / "plan")
        seconds = cpu_seconds() - before
        places = outcome.project.places
        texts = outcome.project.comments.set_index("comment_id")["text"]
        kept = total = 0
        for name in list(known)[:COMPARED]:
            body = places[(places["comment_id"] == name) & (places["part"] == "body")]
            words = []
            for start, end in zip(body["start"], body["end"], strict=True):
                words += texts[name][start:end].split()
            matcher = SequenceMatcher(None, known[name], words, autojunk=False)
            kept += sum(block.size for block in matcher.get_matching_blocks())
            total += len(known[name])
    print(f"{LETTERS} letters of {PAGES} pages: {seconds:.1f} CPU s")
    print(f"known words in their order: {kept / total:.4f} of {total:,}")


if __name__ == "__main__":
    main()
