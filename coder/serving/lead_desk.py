"""What the lead's page shows of the moment: disputes, flags and proposals, links."""

import asyncio
from typing import TYPE_CHECKING, Any

from coder.decisions import decisions_folder
from coder.reviewing.mode import ReviewMode
from coder.reviewing.queue import in_dispute
from coder.reviewing.remarks_desk import RemarksDesk, RemarksReader, Thread
from coder.serving.lead_options import read_options
from coder.serving.links import now_in_utc
from coder.text import visible

if TYPE_CHECKING:
    from coder.serving.office import Office

MOST_DISPUTES = 200  # listed


class LeadDesk:
    """Reads it for the page, and writes answers.

    Attributes:
        turn: answers are written one after another.
    """

    def __init__(self, office: "Office") -> None:
        self._office = office
        self.turn = asyncio.Lock()

    def disputes(self) -> dict[str, Any]:
        """The comments in dispute with their themes; only in the office's thread."""
        shared = self._office.shared
        context = shared.context("", ReviewMode(adjudicate=True))
        listed = []
        for pick in in_dispute(context, shared.order):
            names = [shared.codebook.theme(theme_id).short for theme_id in pick.scope]
            listed.append({"comment_id": pick.comment_id, "themes": names})
        return {"dispute_count": len(listed), "disputes": listed[:MOST_DISPUTES]}

    def written(self, name: str) -> dict[str, Any]:
        """Flags and proposals with their answers, links, and what was chosen.

        Args:
            name: of the lead who asks.
        """
        threads = [self._thread_facts(each) for each in self._remarks(name).threads()]
        options = read_options(self._office.project.folder)
        return {
            "threads": threads,
            "links": self._links(),
            "you": name,
            "hide_names": options.hide_names,
        }

    def answer(self, name: str, about: str, text: str) -> None:
        """Store an answer, unless the same was said last: a browser that had no answer sends
        again.

        Raises:
            CoderError: there is no such flag, nothing is said, or it cannot be stored.
        """
        desk = self._remarks(name)
        thread = desk.thread(about)
        if thread is not None and thread.answers:
            last = thread.answers[-1]
            if (last.reviewer, last.text) == (name, text.strip()):
                return
        desk.answer(about, text)

    def _remarks(self, name: str) -> RemarksDesk:
        folder = decisions_folder(self._office.codebook_path)
        project = self._office.project.settings().name
        return RemarksDesk(folder, project, name, RemarksReader(folder)())

    def _thread_facts(self, thread: Thread) -> dict[str, Any]:
        remark = thread.remark
        answers = []
        for one in thread.answers:
            answers.append(
                {
                    "reviewer": one.reviewer,
                    "text": visible(one.text),
                    "made_at": one.made_at,
                }
            )
        theme = ""
        codebook = self._office.codebook
        if remark.theme_id in codebook.theme_ids:
            theme = codebook.theme(remark.theme_id).short
        return {
            "id": remark.id,
            "kind": remark.kind,
            "comment_id": remark.comment_id,
            "theme": theme,
            "name": visible(remark.name),
            "text": visible(remark.text),
            "reviewer": remark.reviewer,
            "made_at": remark.made_at,
            "is_open": thread.is_open,
            "answers": answers,
        }

    def _links(self) -> list[dict[str, Any]]:
        """Each person's link; never a secret."""
        moment = now_in_utc()
        links = []
        for link in self._office.links.listed():
            links.append(
                {
                    "name": link.name,
                    "role": link.role,
                    "expires_at": link.expires_at,
                    "holds": link.holds_at(moment),
                    "is_withdrawn": bool(link.withdrawn_at),
                }
            )
        return links
