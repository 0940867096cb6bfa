"""The analysis that an address names, for whoever began it and for nobody else."""

from __future__ import annotations

from aiohttp import web

from dashboard.analysis import ANALYSES
from dashboard.analysis_run import Run
from dashboard.front import Front
from dashboard.sessions import SignedIn
from storage.engine import Store

NOT_YET = "This analysis is not done yet."


async def mine(front: Front, request: web.Request, signed: SignedIn) -> Run:
    """Return the analysis that an address names, if this person has begun it; else 404."""
    return await ANALYSES.of(front).of(signed.person.id, request.match_info["run"])


async def opened(front: Front, request: web.Request, signed: SignedIn) -> Run:
    """Return the same, its answer and its rows at hand if it is done."""
    return await ANALYSES.of(front).opened(signed.person.id, request.match_info["run"])


async def rows_of(front: Front, request: web.Request, signed: SignedIn) -> tuple[Run, Store, int]:
    """Return a done analysis with its store and its repository's number; 503 while it is being read."""
    run = await opened(front, request, signed)
    if run.store is None or run.repository is None or run.answer is None:
        raise not_yet()
    return run, run.store, run.repository.id


def not_yet() -> web.HTTPServiceUnavailable:
    """Return the answer to whoever asks what only a done analysis has."""
    return web.HTTPServiceUnavailable(text=NOT_YET, headers={"Retry-After": "5"})


def base_of(run: Run) -> str:
    """Return the address of an analysis."""
    return f"/analyse/{run.key}"
