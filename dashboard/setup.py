"""/setup: the pages by which a server without credentials becomes a GitHub App. Nothing else is served meanwhile.

They do nothing themselves: `SetUp` is what they ask for.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import msgspec
import structlog
from aiohttp import web

from dashboard.forms import form_of
from dashboard.setup_door import SetupDoor
from dashboard.setup_guard import Guard, Session
from dashboard.setup_needs import Choice, Failed, SetUp
from dashboard.setup_shown import PATH, SetupShown

ORGANISATION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,98}[A-Za-z0-9])?")
CODE = re.compile(r"[A-Za-z0-9_.-]{1,200}")
MISTAKE = "Almanac made a mistake with this request."
NOT_YET = "Almanac is not set up yet: open /setup in a browser; the code it asks for stands in the server's log.\n"

log = structlog.get_logger(__name__)


class SetupPages:
    """Serves the pages, each only to the browser that has shown the code."""

    def __init__(self, setup: SetUp, guard: Guard, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.setup, self.guard = setup, guard
        self.shown = SetupShown(setup)
        self.door = SetupDoor(self.shown, guard, sleep)
        self.choice: Choice | None = None

    def add_to(self, app: web.Application) -> None:
        """Add the pages."""
        app.middlewares.append(self.kept)
        router, inside, form = app.router, self.door.inside, self.door.form
        router.add_get(PATH, self.first)
        router.add_post(f"{PATH}/code", self.door.enter)
        router.add_get(f"{PATH}/setup.css", self.shown.stylesheet)
        router.add_post(f"{PATH}/choice", form(self.choose))
        router.add_get(f"{PATH}/review", inside(self.review))
        router.add_get(f"{PATH}/registered", inside(self.registered))
        router.add_post(f"{PATH}/again", form(self.again))
        router.add_get(f"{PATH}/checks", inside(self.checks))
        router.add_post(f"{PATH}/finish", form(self.finish))

    @web.middleware
    async def kept(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Give what is raised the headers of these pages; what nobody foresaw is logged and gets a page of its own."""
        try:
            return await handler(request)
        except web.HTTPException as raised:
            for name, value in self.shown.headers.items():
                raised.headers.setdefault(name, value)
            raise
        except ConnectionError:
            raise  # whoever asked has gone
        except Exception:
            log.exception("a request was not answered", method=request.method, path=request.path)
            return self.shown.problem(MISTAKE, "The log says which. Begin again; what is registered stays.", status=500)

    async def first(self, request: web.Request) -> web.StreamResponse:
        """Show where things stand: the code, the choice, or what came of it."""
        session = self.door.session(request)
        if session is None:
            return self.door.closed(request)
        if self.setup.is_registered:
            return self.shown.to("/checks")
        return await self.choosing(request, session)

    async def choosing(
        self, request: web.Request, session: Session, wrong: str = "", typed: Choice | None = None
    ) -> web.Response:
        """Ask for whom the App is and what it may do."""
        chosen = typed or self.choice or Choice("Almanac", "", tuple(self.setup.suggested))
        return self.shown.page(
            "setup_choose.html", status=422 if wrong else 200, step=2, csrf=session.csrf, wrong=wrong, chosen=chosen,
            steps=await self.setup.before(), offers=self.setup.offers, always=self.setup.always,
            elsewhere=self.shown.elsewhere(request), longest=self.setup.longest_name, can=not self.setup.refusal,
        )  # fmt: skip

    async def choose(self, request: web.Request, session: Session) -> web.StreamResponse:
        """Take the choice."""
        sent = await form_of(request)
        organisation = sent.get("organisation", "").strip() if sent.get("owner") != "person" else None
        known = {offer.name for offer in self.setup.offers}
        groups = tuple(name for name in sent.getall("groups", ()) if name in known)
        choice = Choice(" ".join(sent.get("name", "").split()), organisation, groups)
        wrong = ""
        if not 0 < len(choice.name) <= self.setup.longest_name:
            wrong = f"The App needs a name of at most {self.setup.longest_name} characters."
        elif organisation is not None and not ORGANISATION.fullmatch(organisation):
            wrong = "Write the organisation's name as it stands in its address on GitHub, such as octo-org."
        wrong = wrong or self.setup.refusal
        if wrong:
            return await self.choosing(request, session, wrong, choice)
        self.choice = choice
        self.setup.begin(choice)
        return self.shown.to("/review")

    async def review(self, _request: web.Request, session: Session) -> web.StreamResponse:
        """Show what GitHub will be sent, with the form that sends it."""
        choice = self.choice
        if choice is None or self.setup.is_registered:
            return self.shown.to("")
        manifest = self.setup.manifest(choice)
        account = f"/organizations/{choice.organisation}" if choice.organisation else ""
        address = f"{self.setup.github}{account}/settings/apps/new?state={session.begin(self.guard.now())}"
        sent = msgspec.json.encode(manifest).decode()
        return self.shown.page(
            "setup_review.html", step=3, choice=choice, manifest=manifest, sent=sent, address=address
        )

    async def registered(self, request: web.Request, session: Session) -> web.StreamResponse:
        """Take the browser back from GitHub, with the code that becomes credentials."""
        code, state = request.query.get("code", ""), request.query.get("state", "")
        if not session.came_back(state, self.guard.now()):
            if self.setup.is_registered:
                return self.shown.to("/checks")  # the same page once more
            return self.shown.problem(
                "This registration was not begun here, or more than an hour ago, or it came back twice.",
                "Begin again. If GitHub lists an App from the last try, delete it there first: its key is lost.",
                status=403,
            )
        if not CODE.fullmatch(code):
            return self.shown.problem("GitHub brought no code back.", "Begin again.", status=400)
        return await self.converted(session, code)

    async def again(self, _request: web.Request, session: Session) -> web.StreamResponse:
        """Go on where the registration ended."""
        return await self.converted(session, None)

    async def converted(self, session: Session, code: str | None) -> web.StreamResponse:
        try:
            await self.setup.register(code)
        except Failed as failed:
            csrf = session.csrf if failed.again else ""
            return self.shown.problem(failed.said, failed.remedy, status=502, csrf=csrf)
        return self.shown.to("/checks")

    async def checks(self, _request: web.Request, session: Session) -> web.StreamResponse:
        """Show what works and what does not yet."""
        if not self.setup.is_registered:
            return self.shown.to("")
        return self.shown.page("setup_checks.html", step=4, csrf=session.csrf, steps=await self.setup.after())

    async def finish(self, _request: web.Request, _session: Session) -> web.StreamResponse:
        """Close the set-up and say where to install the App."""
        if not self.setup.is_registered:
            return self.shown.to("")
        self.setup.finish()
        return self.shown.page(
            "setup_finished.html", step=5, installing=self.setup.installing, public_url=self.setup.public_url,
            operators=self.setup.operators,
        )  # fmt: skip
