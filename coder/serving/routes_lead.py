"""The lead's page: figures, disputes, flags, links; and the report beside it."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import CoderError, for_command_line
from coder.serving.answers import (
    RefusedError,
    answer,
    office_of,
    page,
    read_body,
    require,
)
from coder.serving.bodies import Body, CommentBody, Identifier, ThemeId
from coder.serving.lead_desk import LeadDesk
from coder.serving.lead_figures import assign_by, make_figures
from coder.serving.lead_options import LeadOptions, write_options
from coder.serving.links import Role
from coder.serving.remade import Made, Remade, state_of
from coder.serving.report_file import ReportFile, make_report
from coder.text import visible

if TYPE_CHECKING:
    from coder.serving.office import Office

MOST_DAYS = 365
Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
PersonName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class _Nothing(Body):
    pass


class _Answer(Body):
    about: Identifier
    text: Words


class _Link(Body):
    name: PersonName
    role: Role
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 14


class _Name(Body):
    name: PersonName


class _Options(Body):
    hide_names: bool


class _Plan(Body):
    """What is to be assigned, as a plan of `coder review --assign` says it."""

    name: PersonName
    reviewers: Annotated[list[PersonName], Field(max_length=200, default_factory=list)]
    draw: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    twice: Annotated[int, Field(ge=0, le=100)] = 0
    theme: ThemeId = ""
    blind: bool = False
    due: Annotated[
        str, StringConstraints(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")
    ] = ""
    withdraw: bool = False

    def plan(self) -> dict[str, Any]:
        """The plan, without what is not asked for."""
        if self.withdraw:
            return {"withdraw": self.name, "reviewers": self.reviewers}
        plan: dict[str, Any] = {"name": self.name, "reviewers": self.reviewers}
        plan["comments"] = "all"
        if self.draw is not None:
            plan.pop("comments")
            plan["draw"] = self.draw
        if self.twice:
            plan["twice"] = f"{self.twice}%"
        for key in ("theme", "due", "blind"):
            value = getattr(self, key)
            if value:
                plan[key] = value
        return plan


async def lead_page(request: Request) -> Response:
    """The page."""
    require(request, "lead")
    return page(request, "lead.html")


async def figures(request: Request) -> Response:
    """The figures as they were made last; where something has changed, they are made anew."""
    require(request, "lead")
    made = await asyncio.to_thread(_figures_of(request).refresh)
    return answer(_made_facts(made) | {"figures": made.content})


async def work(request: Request) -> Response:
    """What changes from minute to minute: disputes, flags, links, options."""
    person = require(request, "lead")
    office = office_of(request)
    desk = _desk_of(request)
    facts = await office.run(desk.disputes)
    facts |= await asyncio.to_thread(desk.written, person.name)
    return answer(facts)


async def comment(request: Request) -> Response:
    """The words of a comment that a flag or a proposal is about."""
    require(request, "lead")
    body = await read_body(request, CommentBody)
    texts = office_of(request).comments
    if body.comment_id not in texts:
        raise RefusedError(
            404, "there is no such comment", "It may have been excluded since."
        )
    return answer({"text": visible(texts.text_of(body.comment_id))})


async def answer_flag(request: Request) -> Response:
    """Answer a flag or a proposal; what is sent twice is stored once."""
    name = require(request, "lead").name
    body = await read_body(request, _Answer)
    desk = _desk_of(request)
    async with desk.turn:
        try:
            await asyncio.to_thread(desk.answer, name, body.about, body.text)
        except CoderError as error:
            raise _refused(request, error) from None
    return answer({"saved": True})


async def make_link(request: Request) -> Response:
    """Make a person's link; the answer is the only place where its secret is ever told."""
    require(request, "lead")
    body = await read_body(request, _Link)
    links = office_of(request).links
    lasts = timedelta(days=body.days)
    try:
        secret = await asyncio.to_thread(links.make, body.name, body.role, lasts)
    except CoderError as error:
        raise _refused(request, error) from None
    return answer({"name": body.name, "path": f"/enter/{secret}"})


async def withdraw_link(request: Request) -> Response:
    """Withdraw a person's link, and end their sessions at once."""
    require(request, "lead")
    body = await read_body(request, _Name)
    links = office_of(request).links
    try:
        withdrawn = await asyncio.to_thread(links.withdraw, body.name)
    except CoderError as error:
        raise _refused(request, error) from None
    return answer({"withdrawn": withdrawn})


async def assign(request: Request) -> Response:
    """Assign comments, or take an assignment back; the answer tells who gets how many."""
    require(request, "lead")
    body = await read_body(request, _Plan)
    office = office_of(request)
    try:
        facts = await asyncio.to_thread(
            assign_by, office.project.folder, office.codebook_path, body.plan()
        )
    except CoderError as error:
        raise _refused(request, error) from None
    return answer(facts)


async def choose_options(request: Request) -> Response:
    """Keep what the lead chose for everybody's pages."""
    require(request, "lead")
    body = await read_body(request, _Options)
    folder = office_of(request).project.folder
    options = LeadOptions(hide_names=body.hide_names)
    try:
        await asyncio.to_thread(write_options, folder, options)
    except CoderError as error:
        raise _refused(request, error) from None
    return answer({"saved": True})


# ---------------------------------------------------------------- the report


async def report_page(request: Request) -> Response:
    """The page about the report."""
    require(request, "lead")
    return page(request, "report.html")


async def report_state(request: Request) -> Response:
    """Whether there is a report, and whether it is up to date."""
    require(request, "lead")
    return answer(_report_facts(await asyncio.to_thread(_report_of(request).now)))


async def begin_report(request: Request) -> Response:
    """Begin to make the report."""
    require(request, "lead")
    await read_body(request, _Nothing)
    report = _report_of(request)
    await asyncio.to_thread(report.begin)
    return answer(_report_facts(await asyncio.to_thread(report.now)))


async def report_file(request: Request) -> Response:
    """The report itself, under its own policy: it runs nothing and loads nothing."""
    require(request, "lead")
    made = await asyncio.to_thread(_report_of(request).now)
    report: ReportFile | None = made.content
    if report is None:
        raise RefusedError(
            404, "there is no report yet", "Make one on the report page."
        )
    headers = {"Content-Security-Policy": report.policy}
    return Response(report.html, media_type="text/html", headers=headers)


# ---------------------------------------------------------------- what they share


def _refused(request: Request, error: CoderError) -> RefusedError:
    """What was asked for is at fault; or the disk, whose folders are not told."""
    office = office_of(request)
    folders = (office.project.folder, office.codebook_path.parent)
    if any(str(folder) in error.problem for folder in folders):
        return RefusedError(
            503, "this could not be saved", "Try it again: the disk may be full."
        )
    problem, fix = for_command_line(error.problem), for_command_line(error.fix)
    return RefusedError(422, problem, fix)


def _made_facts(made: Made) -> dict[str, Any]:
    return {
        "made_at": made.made_at,
        "is_current": made.is_current,
        "is_working": made.is_working,
        "problem": made.problem,
    }


def _report_facts(made: Made) -> dict[str, Any]:
    report: ReportFile | None = made.content
    facts = _made_facts(made) | {"is_there": report is not None, "warning": ""}
    if report is not None:
        facts["warning"] = report.warning
    return facts


def _desk_of(request: Request) -> LeadDesk:
    state = request.app.state
    if not hasattr(state, "lead_desk"):
        state.lead_desk = LeadDesk(office_of(request))
    desk: LeadDesk = state.lead_desk
    return desk


def _figures_of(request: Request) -> Remade:
    state = request.app.state
    if not hasattr(state, "lead_figures"):
        state.lead_figures = _remade(office_of(request), make_figures)
    made: Remade = state.lead_figures
    return made


def _report_of(request: Request) -> Remade:
    state = request.app.state
    if not hasattr(state, "lead_report"):
        state.lead_report = _remade(office_of(request), make_report)
    made: Remade = state.lead_report
    return made


def _remade(office: "Office", make: Any) -> Remade:
    places = (office.project.folder, office.codebook_path)
    return Remade(partial(make, *places), partial(state_of, *places))


PAGES = {
    "/lead": lead_page,
    "/report": report_page,
    "/report/page": report_file,
    "/api/lead/figures": figures,
    "/api/lead/work": work,
    "/api/report": report_state,
}
TASKS = {
    "/api/lead/comment": comment,
    "/api/lead/answer": answer_flag,
    "/api/lead/link": make_link,
    "/api/lead/withdraw": withdraw_link,
    "/api/lead/assign": assign,
    "/api/lead/options": choose_options,
    "/api/report": begin_report,
}
ROUTES = [
    *(Route(path, handler) for path, handler in PAGES.items()),
    *(Route(path, task, methods=["POST"]) for path, task in TASKS.items()),
]
