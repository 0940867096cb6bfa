"""A form counts only if one of our own pages sent it: by its token, and by what the browser says of where it was.

The token is an HMAC of the session's secret, so it belongs to one session and is stored nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from aiohttp import web

from dashboard.forms import form_of

FIELD = "csrf"
HEADER = "X-CSRF-Token"
PURPOSE = b"almanac csrf 1"
REFUSED = "This form did not come from a page of this session. Please go back, load the page again and repeat it."


def token(secret: str) -> str:
    """Return the token of the session whose cookie holds `secret`."""
    return hmac.new(secret.encode(), PURPOSE, hashlib.sha256).hexdigest()


def is_same_origin(headers: Mapping[str, str], origin: str) -> bool:
    """Tell whether a browser says that a request comes from a page of `origin`; one that says nothing is refused.

    Browsers send `Origin` with every POST, and `Sec-Fetch-Site` with every request to a trustworthy address.
    """
    said, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
    if said is None and site is None:
        return False
    return said in (None, origin) and site in (None, "same-origin")


async def check(request: web.Request, expected: str, origin: str) -> None:
    """Raise 403 unless the request comes from our own page and shows the session's token, as a field or a header."""
    if is_same_origin(request.headers, origin):
        shown = request.headers.get(HEADER)
        if shown is None:
            shown = (await form_of(request)).get(FIELD, "")
        if hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), expected.encode()):
            return
    raise web.HTTPForbidden(text=REFUSED)
