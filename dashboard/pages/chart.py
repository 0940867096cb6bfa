"""GET …/{metric}/chart/N.png|svg|json: one chart of a question, for whoever may see the page that it stands on."""

from __future__ import annotations

import hashlib

import msgspec
from aiohttp import web

from dashboard.access import not_there
from dashboard.answers import About, about_repository, answer_as_of, metric_named, plain
from dashboard.asking import Asked
from dashboard.drawn import DRAWN
from dashboard.front import Front
from dashboard.sessions import SignedIn
from reports.answer import PictureData
from reports.metric_names import OF_ORGANISATION
from reports.mistake import Mistake

ASKED_ANEW = "private, no-cache"
NOT_YET = "Too little has been read from GitHub for this chart; its page says how far it is."
TYPES = {"png": "image/png", "svg": "image/svg+xml", "json": "application/json"}


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with one chart of a repository's page."""
    where = request.match_info
    visible = await front.access.repository_for(signed.person, where["owner"], where["name"])
    asked = Asked.of_query(metric_named(where["metric"]), request.query.items())
    try:
        about = await about_repository(front, signed, visible, asked)
    except Mistake as wrong:
        raise web.HTTPUnprocessableEntity(text=plain(wrong.sentence)) from None
    return await chart(front, request, about)


async def of_organisation(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with one chart of an organisation's page."""
    from dashboard.together import about_organisation, metric_together  # noqa: PLC0415 - most charts are a repository's

    asked = Asked.of_query(metric_together(request.match_info["metric"]), request.query.items())
    try:
        number, over = int(request.match_info["installation"]), request.query.get("over", "")
        found = await about_organisation(front, signed, number, asked, over)
    except Mistake as wrong:
        raise web.HTTPUnprocessableEntity(text=plain(wrong.sentence)) from None
    return await chart(front, request, found.about)


async def chart(front: Front, request: web.Request, about: About) -> web.Response:
    """Return the chart that an address names, in the form that it names; raises 404 where there is none."""
    if about.missing:
        raise web.HTTPServiceUnavailable(text=NOT_YET, headers={"Retry-After": "10"})
    answer = await answer_as_of(front, about, request.query.get("at", ""))
    number, form = int(request.match_info["number"]), request.match_info["form"]
    if not 1 <= number <= len(answer.pictures):
        raise not_there()
    if form == "json":
        data = msgspec.json.encode(answer.pictures[number - 1].spec)
    else:
        drawn = await DRAWN.of(front).pictures(front, about, answer, "png" if form == "png" else "svg")
        data = in_form(drawn[number - 1], form, dark=request.query.get("theme") == "dark")
    return sent(request, data, form, name_of(about, number))


def name_of(about: About, number: int) -> str:
    """Return a file's name as the tables' files are called: whose, what, until which day, and which chart."""
    question, metric = about.question, about.asked.metric
    together = question.whole_organisation or metric.startswith(OF_ORGANISATION)
    whose = f"{about.home.owner}-{'all' if together else about.home.name}"
    return f"{whose}-{metric}-{question.window.until:%Y-%m-%d}-{number}"


def in_form(picture: PictureData, form: str, *, dark: bool) -> bytes:
    """Return a picture as a file; as SVG there is a light one only, to be taken away."""
    if form == "svg":
        return picture.svg
    return picture.dark if dark else picture.light


def sent(request: web.Request, data: bytes, form: str, name: str) -> web.Response:
    """Return a chart that a browser may keep and asks about each time: whoever sits before it next gets nothing of it.

    One that it has already is not sent again.
    """
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": ASKED_ANEW,
        "Vary": "Cookie",
        "Content-Disposition": f'inline; filename="{name}.{form}"',
    }
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=data, headers=headers, content_type=TYPES[form])
