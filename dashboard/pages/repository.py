"""GET /r/{owner}/{name}[/{metric}]: the answer to one question about one repository, and how to ask another."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from aiohttp import web

from dashboard.access import Visible
from dashboard.answers import About, about_repository, answer_of, metric_named, metrics_for
from dashboard.answers_shown import SHOWN
from dashboard.asking import Asked
from dashboard.at_github import AtGitHub
from dashboard.chart_library import library
from dashboard.choices import choices, wrong_of
from dashboard.front import Front
from dashboard.layout import show as shown
from dashboard.newer import newest
from dashboard.sessions import SignedIn
from reports.export_served import written
from reports.metric_names import DEFAULT_METRIC
from reports.mistake import Mistake

TEMPLATE = "repository.html"


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the page; 422 and what was typed for a question that cannot be asked."""
    visible = await seen(front, request, signed)
    asked, base = asked_in(request), base_of(visible)
    if "" in request.query.values():
        # a form sends its empty fields, too; the address that is shared has none
        raise web.HTTPSeeOther(asked.address(base))
    values = around(visible, asked, base, front.services.now())
    values["github"] = AtGitHub(front.outside.endpoints.web, visible.repository.full_name).address
    name = visible.repository.full_name
    title = name if asked.metric == DEFAULT_METRIC else f"{values['metric'].title} · {name}"
    try:
        about = await about_repository(front, signed, visible, asked)
    except Mistake as wrong:
        said = wrong_of(wrong, asked, base, front.services.now(), visible.repository)
        return shown(
            request,
            signed,
            TEMPLATE,
            title,
            here="repositories",
            status=422,
            wrong=said,
            answer=None,
            about=None,
            **values,
        )
    answer = None
    if not about.missing:
        found = await answer_of(front, about)
        answer = SHOWN.of(front).of(found, about, base, values["downloads"], front.outside.endpoints.web)
        values["library"] = library(front)
        values["as_of"] = found.as_of.isoformat()
        values["newer"] = front.shelf.is_computing(about.key)
    return shown(
        request, signed, TEMPLATE, title, here="repositories", wrong=None, answer=answer, about=about, **values
    )


async def seen(front: Front, request: web.Request, signed: SignedIn) -> Visible:
    """Return the repository that an address names, if whoever asks may see it."""
    return await front.access.repository_for(signed.person, request.match_info["owner"], request.match_info["name"])


def asked_in(request: web.Request) -> Asked:
    """Return what an address asks; raises 404 for what is no metric."""
    metric = metric_named(request.match_info.get("metric", DEFAULT_METRIC))
    return Asked.of_query(metric, request.query.items())


def base_of(visible: Visible) -> str:
    """Return the address of a repository."""
    return f"/r/{visible.repository.owner}/{visible.repository.name}"


def around(visible: Visible, asked: Asked, base: str, now: datetime) -> dict[str, Any]:
    """Return what stands around an answer: the tabs, the choices, where the data is."""
    names = metrics_for(sees_traffic=visible.sees_traffic)
    return {
        "repository": visible.repository,
        "visible": visible,
        "base": base,
        "as_of": "",
        "library": None,
        "newer": False,
        "freshness": asked.address(base, tail="/freshness"),
        "downloads": {form: f"{base}/{asked.metric}.{form}{asked.query}" for form in ("csv", "json")},
        **choices(asked, names, base, now, visible.repository),
    }


async def download(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the numbers of a page as a file: JSON, CSV, or where there are several tables a zip of CSV files."""
    visible = await seen(front, request, signed)
    about = await asked_rightly(front, request, signed, visible)
    if about.missing:
        raise web.HTTPServiceUnavailable(text=" ".join(about.missing), headers={"Retry-After": "10"})
    answer = await answer_of(front, about)
    found = await asyncio.to_thread(written, answer, visible.repository, request.match_info["form"])
    headers = {"Content-Type": found.media_type, "Content-Disposition": f'attachment; filename="{found.name}"'}
    return web.Response(body=found.data, headers=headers)


async def freshness(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer whether there is a newer answer than that of a page, `?as_of=`, and what is still to be read, as JSON."""
    visible = await seen(front, request, signed)
    asked = asked_in(request).but(as_of="")
    try:
        about = await about_repository(front, signed, visible, asked)
    except Mistake:
        raise web.HTTPUnprocessableEntity(text="This cannot be asked.") from None
    there = None if about.missing else await newest(front, about)
    newer = there is not None and there.isoformat() != request.query.get("as_of", "")
    return web.json_response({"newer": newer, "fresh": about.fresh, "missing": list(about.missing)})


async def asked_rightly(front: Front, request: web.Request, signed: SignedIn, visible: Visible) -> About:
    """Return what an address asks; raises 422 for what cannot be asked."""
    try:
        return await about_repository(front, signed, visible, asked_in(request))
    except Mistake as wrong:
        raise web.HTTPUnprocessableEntity(text=str(wrong).replace("`", "")) from None
