"""Questions about comments, proposed themes, and answers, as a page sends and gets them."""

from typing import Any

from coder.decisions import Remark
from coder.errors import CoderError, for_command_line
from coder.reviewing.remarks_desk import RemarksDesk, Thread
from coder.serving.answers import RefusedError
from coder.serving.bodies import RemarkBody
from coder.serving.office import Office
from coder.serving.saving import unsaved
from coder.text import visible


def remark_facts(office: Office, name: str) -> dict[str, Any]:
    """A person's questions and proposals, and the answers to them, the latest first."""
    listed: list[dict[str, Any]] = []
    for thread in office.remarks_of(name).threads():
        if thread.remark.reviewer == name:
            listed += _thread_facts(thread, name)
    return {"remarks": listed}


def store_remark(office: Office, name: str, body: RemarkBody) -> dict[str, Any]:
    """Store what a person wrote; it is on disk when this returns.

    Raises:
        RefusedError: it is about nothing that there is, it is empty or too long, or it could
            not be stored.
    """
    desk = office.remarks_of(name)
    if not desk.wrote(body.request):
        if body.kind != "answer" and body.comment_id not in office.comments:
            raise RefusedError(404, "there is no such comment", "Reload the page.")
        try:
            _write(desk, body)
        except CoderError as error:
            raise _refusal(error) from error
    return {
        "saved": True,
        "request": body.request,
    }


def _refusal(error: CoderError) -> RefusedError:
    """What a page is told; where the disk is at fault, without the file's name."""
    if isinstance(error.__cause__, OSError):
        return unsaved("the message")
    problem = for_command_line(error.problem)
    fix = for_command_line(error.fix)
    return RefusedError(422, problem, fix)


def _write(desk: RemarksDesk, body: RemarkBody) -> Remark:
    """Write a remark under the request's key, by which it is known when it is sent again."""
    text = visible(body.text)
    key = body.request
    if body.kind == "flag":
        return desk.flag(
            body.comment_id,
            text,
            body.theme_id,
            key,
        )
    if body.kind == "answer":
        return desk.answer(body.about, text, key)
    proposed, _, why = text.partition("\n")
    return desk.propose(proposed, why, body.comment_id, key)


def _thread_facts(thread: Thread, name: str) -> list[dict[str, Any]]:
    return [_facts(remark, name) for remark in (thread.remark, *thread.answers)]


def _facts(remark: Remark, name: str) -> dict[str, Any]:
    text = remark.text
    if remark.name:
        text = f"{remark.name}\n{remark.text}".strip()
    return {
        "id": remark.id,
        "kind": remark.kind,
        "comment_id": remark.comment_id,
        "theme_id": remark.theme_id,
        "text": visible(text),
        "about": remark.about,
        "reviewer": remark.reviewer,
        "made_at": remark.made_at,
        "mine": remark.reviewer == name,
    }
