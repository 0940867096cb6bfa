"""The one reader of forms: fields are texts, and what is no form is answered 400, whoever sends it."""

from __future__ import annotations

import re

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict, MultiDictProxy

UNREADABLE = "This form cannot be read: it is not what a browser sends."
NO_TEXT = "What was sent holds a control character, which nothing here is called by. Please type it anew."
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no text has that people type, tabs and ends of lines apart: not every database stores it, and lists show it."""
BROKEN = (ValueError, LookupError, RuntimeError, AssertionError, HttpProcessingError, web.RequestPayloadError)
"""What reading raises at bytes that are no text, unknown encodings, and parts that have no name, end or sense."""


async def form_of(request: web.Request) -> MultiDictProxy[str]:
    """Return the fields of a form, without its files; raises 400 for what is no form or no text, 413 if too large."""
    try:
        sent = await request.post()
    except BROKEN:
        raise web.HTTPBadRequest(text=UNREADABLE) from None
    fields = MultiDict((name, value) for name, value in sent.items() if isinstance(value, str))
    if any(CONTROL.search(text) for field in fields.items() for text in field):
        raise web.HTTPBadRequest(text=NO_TEXT)
    return MultiDictProxy(fields)
