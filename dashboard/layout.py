"""What all pages have around them: the head, the way to the other pages, who is signed in, and how a mistake looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from dashboard.rendering import page
from dashboard.static_files import address

if TYPE_CHECKING:
    from dashboard.sessions import SignedIn

OPERATOR = web.RequestKey("operator", bool)
"""The request's entry that says whether an operator asks: only they are shown the way to the server's own page."""
HEADINGS = {
    400: "That cannot be asked",
    403: "Not from here",
    404: "Not here",
    409: "Changed meanwhile",
    413: "Too large",
    422: "That cannot be asked",
    429: "Too often",
    503: "Not now",
}


def show(
    request: web.Request,
    signed: SignedIn,
    template: str,
    title: str,
    *,
    status: int = 200,
    here: str = "",
    **values: Any,
) -> web.Response:
    """Return a page for whoever is signed in: a template that extends `base.html`, with these values.

    title: of the page, without the product's name · here: which entry of the navigation it belongs to: `repositories`,
    `analyse`, `account`, `operator` or none. Templates have `csrf`, `person`, `is_operator`, `here`, `title`,
    `static(name)` and `path` (this page's own address) beside the values.
    """
    return page(
        template,
        status,
        title=title,
        here=here,
        csrf=signed.csrf,
        person=signed.person,
        is_operator=request.get(OPERATOR, False),
        static=address,
        path=request.path_qs,
        **values,
    )


def problem(request: web.Request, signed: SignedIn, raised: web.HTTPException) -> web.StreamResponse:
    """Return a page for what was raised, with its status and its sentence."""
    heading = HEADINGS.get(raised.status, "This did not work")
    made = show(request, signed, "problem.html", heading, status=raised.status, sentence=raised.text or heading)
    for name in ("Retry-After", "Cache-Control"):
        if name in raised.headers:
            made.headers[name] = raised.headers[name]
    return made


def wants_page(request: web.Request) -> bool:
    """Tell whether a person looks at the answer: a browser that opens or sends a page says so."""
    return "text/html" in request.headers.get("Accept", "")
