"""/setup: the pages by which a server without credentials becomes a GitHub App. Nothing else is served meanwhile.

They do nothing themselves: `SetUp` is what they ask for. jinja2 is loaded with this module, which a server that is set
up never imports.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.forms import form_of
from dashboard.setup_guard import STAYS, Guard, Session, same
from dashboard.setup_needs import Choice, Failed, SetUp

HERE = Path(__file__).parent
PATH = "/setup"
COOKIE = "almanac_setup"
ORGANISATION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,98}[A-Za-z0-9])?")
CODE = re.compile(r"[A-Za-z0-9_.-]{1,200}")
SLOWED = 1.0  # seconds that a wrong code waits for its answer
MISTAKE = "Almanac made a mistake with this request."
NOT_YET = "Almanac is not set up yet: open /setup in a browser; the code it asks for stands in the server's log.\n"


log = structlog.get_logger(__name__)

Handler = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]


class SetupPages:
    """Serves the pages, each only to the browser that has shown the code."""

    def __init__(self, setup: SetUp, guard: Guard, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.setup, self.guard, self.sleep = setup, guard, sleep
        self.choice: Choice | None = None
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self.style = (HERE / "static" / "setup.css").read_bytes()
        self.headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'self'; form-action 'self' {origin(setup.github)}; "
                "base-uri 'none'; frame-ancestors 'none'"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
            # a `state` or a `code` in an address is nobody's business; GitHub may know which host the form comes from
            "Referrer-Policy": "strict-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
        }

    def add_to(self, app: web.Application) -> None:
        """Add the pages."""
        app.middlewares.append(self.kept)
        router = app.router
        router.add_get(PATH, self.first)
        router.add_post(f"{PATH}/code", self.enter)
        router.add_get(f"{PATH}/setup.css", self.stylesheet)
        router.add_post(f"{PATH}/choice", self.form(self.choose))
        router.add_get(f"{PATH}/review", self.inside(self.review))
        router.add_get(f"{PATH}/registered", self.inside(self.registered))
        router.add_post(f"{PATH}/again", self.form(self.again))
        router.add_get(f"{PATH}/checks", self.inside(self.checks))
        router.add_post(f"{PATH}/finish", self.form(self.finish))

    @web.middleware
    async def kept(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Give what is raised the headers of these pages; what nobody foresaw is logged and gets a page of its own."""
        try:
            return await handler(request)
        except web.HTTPException as raised:
            for name, value in self.headers.items():
                raised.headers.setdefault(name, value)
            raise
        except ConnectionError:
            raise  # whoever asked has gone
        except Exception:
            log.exception("a request was not answered", method=request.method, path=request.path)
            return self.problem(MISTAKE, "The log says which. Begin again; what is registered stays.", status=500)

    # who may

    def inside(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Let only the open session through; others are shown where to type the code."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            session = self.guard.session(request.cookies.get(COOKIE, ""))
            if session is None:
                return self.door(request, status=401)
            return await handler(request, session)

        return guarded

    def form(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The same for a form, which must be this server's own."""

        async def owned(request: web.Request, session: Session) -> web.StreamResponse:
            if not same((await form_of(request)).get("csrf", ""), session.csrf):
                return self.problem(
                    "This form is not the one that this server has shown.", "Go back to the beginning.", status=403
                )
            return await handler(request, session)

        return self.inside(owned)

    def door(self, request: web.Request, wrong: str = "", status: int = 200) -> web.Response:
        """Ask for the code."""
        return self.page("setup_code.html", status=status, step=1, wrong=wrong, elsewhere=self.elsewhere(request))

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Take the code; only the right one opens a session."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return self.door(request, "That form came from another site.", 403)
        session = self.guard.enter((await form_of(request)).get("code", "")[:100])
        if session is None:
            await self.sleep(SLOWED)
            return self.door(request, "That is not the code. The last one in the log is the one that counts.", 403)
        response = self.to("")
        secure = urlsplit(self.setup.public_url or "").scheme == "https"
        response.set_cookie(
            COOKIE, session.token, path=PATH, max_age=int(STAYS.total_seconds()), httponly=True, secure=secure,
            samesite="Lax",
        )  # fmt: skip
        return response

    # the steps

    async def first(self, request: web.Request) -> web.StreamResponse:
        """Show where things stand: the code, the choice, or what came of it."""
        session = self.guard.session(request.cookies.get(COOKIE, ""))
        if session is None:
            return self.door(request)
        if self.setup.is_registered:
            return self.to("/checks")
        return await self.choosing(request, session)

    async def choosing(
        self, request: web.Request, session: Session, wrong: str = "", typed: Choice | None = None
    ) -> web.Response:
        """Ask for whom the App is and what it may do."""
        chosen = typed or self.choice or Choice("Almanac", "", tuple(self.setup.suggested))
        return self.page(
            "setup_choose.html", status=422 if wrong else 200, step=2, csrf=session.csrf, wrong=wrong, chosen=chosen,
            steps=await self.setup.before(), offers=self.setup.offers, always=self.setup.always,
            elsewhere=self.elsewhere(request), longest=self.setup.longest_name, can=not self.setup.refusal,
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
        return self.to("/review")

    async def review(self, _request: web.Request, session: Session) -> web.StreamResponse:
        """Show what GitHub will be sent, with the form that sends it."""
        choice = self.choice
        if choice is None or self.setup.is_registered:
            return self.to("")
        manifest = self.setup.manifest(choice)
        account = f"/organizations/{choice.organisation}" if choice.organisation else ""
        address = f"{self.setup.github}{account}/settings/apps/new?state={session.begin(self.guard.now())}"
        sent = msgspec.json.encode(manifest).decode()
        return self.page("setup_review.html", step=3, choice=choice, manifest=manifest, sent=sent, address=address)

    async def registered(self, request: web.Request, session: Session) -> web.StreamResponse:
        """Take the browser back from GitHub, with the code that becomes credentials."""
        code, state = request.query.get("code", ""), request.query.get("state", "")
        if not session.came_back(state, self.guard.now()):
            if self.setup.is_registered:
                return self.to("/checks")  # the same page once more
            return self.problem(
                "This registration was not begun here, or more than an hour ago, or it came back twice.",
                "Begin again. If GitHub lists an App from the last try, delete it there first: its key is lost.",
                status=403,
            )
        if not CODE.fullmatch(code):
            return self.problem("GitHub brought no code back.", "Begin again.", status=400)
        return await self.converted(session, code)

    async def again(self, _request: web.Request, session: Session) -> web.StreamResponse:
        """Go on where the registration ended."""
        return await self.converted(session, None)

    async def converted(self, session: Session, code: str | None) -> web.StreamResponse:
        try:
            await self.setup.register(code)
        except Failed as failed:
            csrf = session.csrf if failed.again else ""
            return self.problem(failed.said, failed.remedy, status=502, csrf=csrf)
        return self.to("/checks")

    async def checks(self, _request: web.Request, session: Session) -> web.StreamResponse:
        """Show what works and what does not yet."""
        if not self.setup.is_registered:
            return self.to("")
        return self.page("setup_checks.html", step=4, csrf=session.csrf, steps=await self.setup.after())

    async def finish(self, _request: web.Request, _session: Session) -> web.StreamResponse:
        """Close the set-up and say where to install the App."""
        if not self.setup.is_registered:
            return self.to("")
        self.setup.finish()
        return self.page("setup_finished.html", step=5, installing=self.setup.installing)

    async def stylesheet(self, _request: web.Request) -> web.Response:
        """Serve the pages' style, which a browser keeps for the last page: the server may be gone by then."""
        headers = {**self.headers, "Cache-Control": "private, max-age=3600"}
        return web.Response(body=self.style, content_type="text/css", headers=headers)

    # answers

    def elsewhere(self, request: web.Request) -> str | None:
        """Return the address to go on at, if this browser came by another one: GitHub sends it back to PUBLIC_URL."""
        public = self.setup.public_url
        if public is None or urlsplit(public).netloc.lower() == request.host.lower():
            return None
        return public + PATH

    def problem(self, said: str, remedy: str, status: int, csrf: str = "") -> web.Response:
        """Say what went wrong and what to do; with `csrf` there is a button to try again."""
        return self.page("setup_problem.html", status=status, step=3, said=said, remedy=remedy, csrf=csrf)

    def to(self, path: str) -> web.Response:
        """Send the browser to another of these pages."""
        return web.Response(status=303, headers={**self.headers, "Location": PATH + path})

    def page(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """Return a page."""
        html = self.templates.get_template(template).render(values, base=PATH, github=self.setup.github)
        return web.Response(text=html, status=status, content_type="text/html", headers=self.headers)


def origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
