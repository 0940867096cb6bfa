"""GET /i/{id}/numbers/{metric}: one question over all repositories of an installation that a person may see."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from dashboard.answers import answer_of
from dashboard.asking import Asked
from dashboard.chart_library import library
from dashboard.choices import choices, wrong_of
from dashboard.front import Front
from dashboard.layout import show as shown
from dashboard.presented import presented
from dashboard.sessions import SignedIn
from dashboard.together import about_organisation, metric_together, metrics_together, spelled, visible_in
from reports.export_served import written
from reports.mistake import Mistake

TEMPLATE = "organisation.html"


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the page; 422 and what was typed for a question that cannot be asked."""
    number = int(request.match_info["installation"])
    asked, base = asked_in(request), f"/i/{number}/numbers"
    seen = await visible_in(front, signed, number)
    if "" in request.query.values():
        # a form sends its empty fields, too; the address that is shared has none
        raise web.HTTPSeeOther(asked.address(base))
    owner = seen[0].repository.owner
    names = metrics_together(sees_traffic=any(one.sees_traffic for one in seen))
    values: dict[str, Any] = {
        "owner": owner,
        "library": None,
        "newer": False,
        "count": len(seen),
        "downloads": {form: f"{base}/{asked.metric}.{form}{asked.query}" for form in ("csv", "json")},
        **choices(asked, names, base, front.services.now(), seen[0].repository),
    }
    title = f"{values['metric'].title} · {owner}"
    try:
        found = await about_organisation(front, signed, number, asked)
    except Mistake as wrong:
        said = wrong_of(wrong, asked, base, front.services.now(), seen[0].repository)
        values |= {"wrong": said, "answer": None, "about": None, "said": ()}
        return shown(request, signed, TEMPLATE, title, here="repositories", status=422, **values)
    answer = None
    if not found.about.missing:
        known = await answer_of(front, found.about)
        answer = presented(
            known, asked, base, found.about.terms.language, front.outside.endpoints.web, over=spelled(found.about.ids)
        )
        values["library"] = library(front)
        values["newer"] = front.shelf.is_computing(found.about.key)
    values |= {"wrong": None, "answer": answer, "about": found.about, "said": found.said}
    return shown(request, signed, TEMPLATE, title, here="repositories", **values)


def asked_in(request: web.Request) -> Asked:
    """Return what an address asks; raises 404 for what cannot be asked of several repositories together."""
    return Asked.of_query(metric_together(request.match_info["metric"]), request.query.items())


async def download(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Answer with the numbers of a page as a file: JSON, CSV, or where there are several tables a zip of CSV files."""
    try:
        found = await about_organisation(front, signed, int(request.match_info["installation"]), asked_in(request))
    except Mistake as wrong:
        raise web.HTTPUnprocessableEntity(text=str(wrong).replace("`", "")) from None
    if found.about.missing:
        raise web.HTTPServiceUnavailable(text=" ".join(found.about.missing), headers={"Retry-After": "10"})
    answer = await answer_of(front, found.about)
    made = await asyncio.to_thread(written, answer, found.about.home, request.match_info["form"])
    name = made.name.replace(f"-{found.about.home.name}-", "-all-", 1)
    headers = {"Content-Type": made.media_type, "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=made.data, headers=headers)
