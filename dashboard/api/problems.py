"""What is answered where there is no answer: RFC 9457, with one clear sentence."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

from dashboard.answers import plain
from dashboard.data_query import Unclear
from reports.mistake import Mistake

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, omit_defaults=True):
    """A problem (RFC 9457): `detail` says in one sentence what is wrong and what would help."""

    title: str
    status: int
    detail: str
    nearest: str | None = None
    """The nearest word that would have been right."""
    usage: str | None = None
    """How it is written."""


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        nearest: str | None = None,
        usage: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = Problem(HTTPStatus(status).phrase, status, detail, nearest, usage)
        self.headers = headers or {}


KEPT = ("Retry-After", "WWW-Authenticate")


def problem_of(error: ProblemError | web.HTTPException | Mistake | Unclear) -> ProblemError:
    """Return what a mistake or a refusal of the pages is here; their texts are sentences already."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, Mistake):
        nearest = plain(error.nearest) if error.nearest else None
        return ProblemError(422, plain(error.sentence), nearest=nearest, usage=error.usage)
    if isinstance(error, Unclear):
        return ProblemError(422, str(error))
    headers = {name: error.headers[name] for name in KEPT if name in error.headers}
    return ProblemError(error.status, error.text or error.reason, headers=headers)


def response_to(error: ProblemError) -> web.Response:
    """Return a problem as it is sent; nobody keeps it."""
    headers = {**error.headers, "Cache-Control": "no-store", "Vary": "Authorization, Cookie"}
    body = msgspec.json.encode(error.problem)
    return web.Response(body=body, status=error.problem.status, content_type=MEDIA_TYPE, headers=headers)
