"""The model behind the review screen, in its own process; and what a start must not load."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from coder.decisions import Decision, DecisionLog
from coder.errors import CoderError
from coder.text import text_hash
from coder.workflow.model_process import BackgroundModel
from review_helpers import BOOK, book_at, comments_table, labels_table, plain_texts, project_at

HEAVY = ("torch", "sentence_transformers", "transformers", "sklearn", "scipy", "spacy", "hdbscan")


def test_the_way_to_the_first_comment_loads_no_model(tmp_path: Path) -> None:
    path, book = book_at(tmp_path)
    comments = comments_table(plain_texts())
    project = project_at(tmp_path / "plan.coding", comments, labels=labels_table(comments, book))
    program = f"""
import sys
from pathlib import Path
import coder.cli, coder.workflow.model_process
from coder.codebook import read_codebook
from coder.project import Project
import coder.reviewing, coder.reviewing.screen.app
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import open_session
path = Path({str(path)!r})
opened = open_session(Project(Path({str(project.folder)!r})), read_codebook(path), path, "amira", ReviewMode())
assert opened.session.rows()
opened.session.save()
opened.writer.close()
print(*sorted({{name.split('.')[0] for name in sys.modules}} & set({HEAVY!r})))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"


def test_it_learns_from_what_is_on_disk_says_what_is_wrong_and_stops_at_once(
    tmp_path: Path,
) -> None:
    path, book = book_at(tmp_path)
    comments = comments_table(plain_texts())
    project = project_at(tmp_path / "plan.coding", comments)
    with BackgroundModel(project.folder, path, None) as model:
        first = model.refit()
        assert set(first.comment_ids) == set(comments["comment_id"])
        assert first.theme_ids == book.theme_ids
        DecisionLog(path, "amira").append(
            [
                Decision(
                    project="plan", comment_id=c, text=t, text_hash=text_hash(t), scope=book.theme_ids,
                    themes={"driving": ()}, mode="blind", chosen="random", reviewer="amira",
                    codebook_version="1", codebook_fingerprint=book.fingerprint,
                )
                for c, t in zip(comments["comment_id"][:35], comments["text"][:35], strict=True)
            ]
        )  # fmt: skip
        second = model.refit()
        unread = comments["comment_id"].iloc[-1]
        before, after = first.of(unread, "driving"), second.of(unread, "driving")
        assert before is not None
        assert after is not None
        assert after.probability > before.probability  # it was said of every comment read
        read = second.of("C-0001", "women")
        assert read is not None
        assert not read.assigned
        path.write_text(BOOK.replace("id: women", "id: Women!"), encoding="utf-8")
        with pytest.raises(CoderError, match=r"plan\.yaml:\d+:\d+: .*Women!"):
            model.refit()
        path.write_text(BOOK, encoding="utf-8")
        alike = model.load_neighbours().like("C-0001")
        assert alike[0][0] in {
            c for c, t in zip(comments["comment_id"], comments["text"], strict=True) if "drugs" in t
        }
        told: list[str] = []

        def ask() -> None:
            try:
                for _ in range(1000):
                    model.refit()
            except CoderError as error:
                told.append(str(error))

        waiting = threading.Thread(target=ask)
        waiting.start()
        time.sleep(0.3)
        began = time.monotonic()
        model.stop()
        waiting.join(5)
        assert not waiting.is_alive()
        assert time.monotonic() - began < 4
        assert told
    with pytest.raises(CoderError, match="the review is over"):
        model.load_neighbours()
