"""The one reader of forms: fields are texts, and what is no form is answered 400, whoever sends it."""

from __future__ import annotations

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict, MultiDictProxy

UNREADABLE = "This form cannot be read: it is not what a browser sends."
BROKEN = (ValueError, LookupError, RuntimeError, AssertionError, HttpProcessingError, web.RequestPayloadError)
"""What reading raises at bytes that are no text, unknown encodings, and parts that have no name, end or sense."""


async def form_of(request: web.Request) -> MultiDictProxy[str]:
    """Return the fields of a form, without its files; raises 400 for what is none, 413 for what is too large."""
    try:
        sent = await request.post()
    except BROKEN:
        raise web.HTTPBadRequest(text=UNREADABLE) from None
    fields = MultiDict((name, value) for name, value in sent.items() if isinstance(value, str))
    if any("\0" in text for field in fields.items() for text in field):
        # no page of ours sends it, and not every database stores it
        raise web.HTTPBadRequest(text=UNREADABLE)
    return MultiDictProxy(fields)
