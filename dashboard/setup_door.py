"""The door of the set-up: only the browser that has shown the code gets in, with forms that it was shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from dashboard.forms import form_of
from dashboard.setup_guard import STAYS, Guard, Session, same
from dashboard.setup_shown import PATH, SetupShown

COOKIE = "almanac_setup"
SLOWED = 1.0  # seconds that a wrong code waits for its answer

Handler = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]


class SetupDoor:
    """Lets browsers in."""

    def __init__(self, shown: SetupShown, guard: Guard, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.shown, self.guard, self.sleep = shown, guard, sleep

    def session(self, request: web.Request) -> Session | None:
        """Return the open session if it is this browser's."""
        return self.guard.session(request.cookies.get(COOKIE, ""))

    def inside(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Let only the open session through; others are shown where to type the code."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            session = self.session(request)
            if session is None:
                return self.closed(request, status=401)
            return await handler(request, session)

        return guarded

    def form(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The same for a form, which must be this server's own."""

        async def owned(request: web.Request, session: Session) -> web.StreamResponse:
            if not same((await form_of(request)).get("csrf", ""), session.csrf):
                return self.shown.problem(
                    "This form is not the one that this server has shown.", "Go back to the beginning.", status=403
                )
            return await handler(request, session)

        return self.inside(owned)

    def closed(self, request: web.Request, wrong: str = "", status: int = 200) -> web.Response:
        """Ask for the code."""
        elsewhere = self.shown.elsewhere(request)
        return self.shown.page("setup_code.html", status=status, step=1, wrong=wrong, elsewhere=elsewhere)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Take the code; only the right one opens a session."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return self.closed(request, "That form came from another site.", 403)
        session = self.guard.enter((await form_of(request)).get("code", "")[:100])
        if session is None:
            await self.sleep(SLOWED)
            return self.closed(request, "That is not the code. The last one in the log is the one that counts.", 403)
        response = self.shown.to("")
        secure = urlsplit(self.shown.setup.public_url or "").scheme == "https"
        response.set_cookie(
            COOKIE, session.token, path=PATH, max_age=int(STAYS.total_seconds()), httponly=True, secure=secure,
            samesite="Lax",
        )  # fmt: skip
        return response
