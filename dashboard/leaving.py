"""Signing out everywhere, and what ends with it beside sessions: an analysis that is read with somebody's own token."""

from __future__ import annotations

from aiohttp import web

from dashboard.analysis import ANALYSES
from dashboard.front import Front


async def leave_everywhere(front: Front, request: web.Request) -> web.Response:
    """`POST /logout/everywhere`: sign out of every browser, and forget the token that an analysis still has."""
    signed = await front.sessions.find(request)
    try:
        return await front.login.leave_everywhere(request)
    except web.HTTPSeeOther:
        if signed is not None:
            await end_analysis(front, signed.person.id)
        raise


async def end_analysis(front: Front, person_id: int) -> None:
    """End and delete the analysis that somebody has, whoever reads it."""
    analyses = ANALYSES.of(front)
    run = await analyses.latest(person_id)
    if run is not None:
        await analyses.forget(run)
