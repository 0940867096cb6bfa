"""/analyse/{run}: how far an analysis is, live, until it says something; and its end before that."""

from __future__ import annotations

from aiohttp import web

from dashboard.analysis import ANALYSES
from dashboard.front import Front
from dashboard.layout import show as shown
from dashboard.looking_again import looking_again
from dashboard.own_analysis import base_of, mine, opened
from dashboard.pages import analyse_answer
from dashboard.sessions import SignedIn
from dashboard.streams import News


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Show how far an analysis is, or what it says: `?metric=` is the tab."""
    run = await opened(front, request, signed)
    if run.answer is not None:
        return analyse_answer.show(front, request, signed, run, run.answer)
    page = shown(request, signed, "analyse_run.html", f"Analysing {run.wanted.full_name}", here="analyse", run=run,
                 facts=run.facts(front.services.now()), base=base_of(run))  # fmt: skip
    return page if run.is_over else looking_again(request, page)


async def events(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Send how far an analysis is whenever that changes, as server-sent events, until it ends."""

    async def look() -> News:
        run = await mine(front, request, signed)
        over = run.is_over
        return News("end" if over else "progress", run.facts(front.services.now()), over)

    return await front.stream(request, signed, look)


async def cancel(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """End an analysis and forget all that was read for it."""
    run = await mine(front, request, signed)
    await ANALYSES.of(front).forget(run)
    raise web.HTTPSeeOther(f"/analyse?{run.wanted.query}&ended=yes")
