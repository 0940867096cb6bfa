"""What nobody foresaw: it is logged once, and answered with a page of ours that has the headers of every page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from dashboard.headers import secure
from dashboard.login import STYLE
from dashboard.rendering import page

HEADING = "This did not work"
SENTENCE = "Almanac made a mistake with this request; its log says which. Please try again, or tell who runs it."

log = structlog.get_logger(__name__)


async def kept(request: web.Request, answer: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Return an answer with the headers of every page, raised ones and that to a mistake of ours included."""
    try:
        return secure(await answer())
    except web.HTTPException as raised:
        secure(raised)
        raise
    except ConnectionError:
        raise  # whoever asked has gone
    except Exception:
        # without the query, which is the asker's own business
        log.exception("a request was not answered", method=request.method, path=request.path)
        if request.writer.output_size:
            raise  # half an answer is sent: the connection ends with it
        return secure(page("nothing.html", 500, heading=HEADING, sentence=SENTENCE, style=STYLE))
