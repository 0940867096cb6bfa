"""What somebody sees at an address that is none: what this is, and the way on; whoever is signed in keeps theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.layout import OPERATOR
from dashboard.layout import show as layout
from dashboard.login import STYLE
from dashboard.rendering import page

if TYPE_CHECKING:
    from aiohttp import web

    from dashboard.front import Front

SENTENCES = {
    404: ("Nothing at this address", "A letter of it may be wrong."),
    405: ("Not in this way", "There is something at this address, but it takes no request of this kind."),
}


async def show(front: Front, request: web.Request, status: int) -> web.StreamResponse:
    """Return the page of a status, 404 or 405; it needs nobody to be signed in and says nothing of what there is."""
    heading, sentence = SENTENCES[status]
    signed = await front.sessions.find(request)
    if signed is not None:
        request[OPERATOR] = front.access.is_operator(signed.person)
        return layout(request, signed, "problem.html", heading, status=status, sentence=sentence)
    return page("nothing.html", status, heading=heading, sentence=sentence, style=STYLE)
