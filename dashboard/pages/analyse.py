"""/analyse: any repository, read once with a token of one's own: the form."""

from __future__ import annotations

from aiohttp import web

from dashboard.analysis import ANALYSES
from dashboard.analysis_run import Run
from dashboard.analysis_wanted import DEFAULT, PERIODS, TOKEN, Wanted, offered, read
from dashboard.forms import form_of
from dashboard.front import Front
from dashboard.layout import show as shown
from dashboard.sessions import SignedIn

FIELDS = ("owner", "repository", "period", "since", "until")
"""What an address may fill the form with: never the token."""
WITHOUT = "A token is needed: letters, digits and signs without spaces, as GitHub shows it once."


async def form(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Show the form, and the way to the analysis that this person has."""
    running = await ANALYSES.of(front).latest(signed.person.id)
    asked_for = {name: request.query[name][:200] for name in FIELDS if name in request.query}
    metrics = tuple(one for one in request.query.getall("metrics", []) if one in offered())
    wanted, _ = read(asked_for, metrics, front.services.now().replace(microsecond=0))
    return form_page(request, signed, wanted, (), running, ended=request.query.get("ended") == "yes")


def form_page(
    request: web.Request,
    signed: SignedIn,
    wanted: Wanted,
    wrong: tuple[str, ...],
    running: Run | None,
    *,
    ended: bool = False,
) -> web.Response:
    """Return the form as it was filled in, but for the token, which is in no page."""
    return shown(
        request, signed, "analyse.html", "Analyse any repository", here="analyse", status=422 if wrong else 200,
        wanted=wanted, wrong=wrong, periods=PERIODS, period=wanted.since if wanted.since in PERIODS else DEFAULT,
        since="" if wanted.since in PERIODS else wanted.since, offered=offered(), running=running, ended=ended,
    )  # fmt: skip


async def begin(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Begin an analysis and lead to its page; 422 with the form for what is wrong, 429 where too many are read."""
    given = await form_of(request)
    said = {name: given.get(name, "") for name in FIELDS}
    metrics = tuple(dict.fromkeys(given.getall("metrics", [])))
    wanted, wrong = read(said, metrics, front.services.now().replace(microsecond=0))
    token = given.get("token", "").strip()
    if not TOKEN.fullmatch(token):
        wrong = (*wrong, WITHOUT)
    if wrong:
        return form_page(request, signed, wanted, wrong, None)
    run = await ANALYSES.of(front).begin(signed.person.id, wanted, token)
    raise web.HTTPSeeOther(f"/analyse/{run.key}")
