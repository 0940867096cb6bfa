"""POST /r/{owner}/{name}/collect and /i/{id}/collect: capture now. GET /collect/{run}: how far that is, live.

The job is the scheduler's own; all that is shown is what it stores. Nothing here asks GitHub.
"""

from __future__ import annotations

import structlog
from aiohttp import web

from dashboard import looking_after
from dashboard.front import Front
from dashboard.layout import show as layout
from dashboard.looking_again import looking_again
from dashboard.rendering import environment
from dashboard.run_shown import due_of, named, run_id, seen_run, shown
from dashboard.sessions import SignedIn
from dashboard.streams import News
from reports.capture_asked import PAUSE, order_asked

ONLY_MANAGERS = "Only who looks after the repository may have it collected."
TOO_SOON = (
    "All of this installation was collected a moment ago. Please try again in a few minutes: each capture takes from "
    "what people may ask of GitHub in an hour."
)

log = structlog.get_logger(__name__)


async def repository(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Capture one repository now, for who looks after it, and lead to how far that is."""
    owner, name = request.match_info["owner"], request.match_info["name"]
    visible = await front.access.repository_for(signed.person, owner, name)
    if not visible.manages:
        raise web.HTTPForbidden(text=ONLY_MANAGERS)
    return await begin(front, signed, visible.repository.installation_id, visible.repository.id)


async def installation(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Capture all of an installation now, for its admins, and lead to how far that is."""
    here = await looking_after.managed(front, request, signed)
    return await begin(front, signed, here.installation.id, None)


async def begin(front: Front, signed: SignedIn, installation_id: int, repository_id: int | None) -> web.StreamResponse:
    """Order the capture, or lead to the same a moment ago; raises 429 for a part of what was ordered whole."""
    services = front.services
    now, by = services.now(), looking_after.who(signed.person)
    order = await services.store.write(lambda conn: order_asked(conn, installation_id, repository_id, by, now))
    if order is None:
        raise web.HTTPTooManyRequests(text=TOO_SOON, headers={"Retry-After": str(int(PAUSE.total_seconds()))})
    services.wakeup.set()
    log.info("a capture was asked for", installation=installation_id, repository=repository_id, run=order.run)
    raise web.HTTPSeeOther(f"/collect/{run_id(installation_id, order.run)}")


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with how far a run is, or how it ended."""
    seen = await seen_run(front, request, signed)
    only = None if seen.order is None else seen.order.repository_id
    progress = shown(seen, await due_of(front, seen), front.services.now())
    page = layout(
        request,
        signed,
        "collect.html",
        f"Capture of {seen.names.get(only, 'a repository') if only is not None else seen.installation.account_login}",
        account=seen.installation.account_login,
        about=None if only is None else seen.names.get(only),
        order=seen.order,
        run=named(seen.run.run),
        base=f"/i/{seen.installation.id}" if seen.is_member else None,
        progress=progress,
        address=request.path,
    )
    return page if progress["over"] else looking_again(request, page)


async def events(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the same as it changes, as server-sent events; who is signed in and may see it is asked each time."""

    async def look() -> News:
        seen = await seen_run(front, request, signed)
        progress = shown(seen, await due_of(front, seen), front.services.now())
        html = environment().get_template("_progress.html").render(progress=progress)
        return News(
            "progress", {"html": html, "state": progress["state"], "over": progress["over"]}, over=progress["over"]
        )

    return await front.stream(request, signed, look)
