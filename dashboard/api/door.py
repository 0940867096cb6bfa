"""GET /api/v1/…: who asks, how much they ask, what they ask, and the answer."""

from __future__ import annotations

import structlog
from aiohttp import web

from dashboard.access import not_there
from dashboard.api.callers import REALM, SIGN_IN_AGAIN, Caller, caller_of
from dashboard.api.operations import Asking
from dashboard.api.problems import ProblemError, problem_of, response_to
from dashboard.api.rates import MOST, Buckets
from dashboard.api.reading import places_of, query_of
from dashboard.api.replies import sent
from dashboard.api.table import found
from dashboard.data_query import Unclear
from dashboard.front import Front
from dashboard.of_fronts import OfFronts
from dashboard.readable import check_query
from dashboard.user_token import SignInAgainError
from reports.mistake import Mistake

TOO_OFTEN = f"More was asked than {MOST} a minute; a computed answer counts as several. Please go on in a moment."
READING = ("GET", "HEAD")
ONLY_READS = "The data API reads and changes nothing: ask with GET."
WENT_WRONG = "Something went wrong here. The server's log says what; asking again later may help."
BUCKETS: OfFronts[Buckets] = OfFronts(lambda front: Buckets(front.services.now))

log = structlog.get_logger(__name__)


async def serve(front: Front, request: web.Request) -> web.StreamResponse:
    """Answer a request of the data API."""
    rates: dict[str, str] = {}
    try:
        response = await answered(front, request, rates)
    except (ProblemError, web.HTTPException, Mistake, Unclear) as error:
        response = response_to(problem_of(error))
    except SignInAgainError:
        header = f'{REALM}, error="invalid_token"'
        response = response_to(ProblemError(401, SIGN_IN_AGAIN, headers={"WWW-Authenticate": header}))
    except Exception:  # a program gets a problem whatever happened; what it was stands in the log
        log.exception("the data API could not answer", path=request.path)
        response = response_to(ProblemError(500, WENT_WRONG))
    response.headers.update(rates)
    return response


async def answered(front: Front, request: web.Request, rates: dict[str, str]) -> web.Response:
    """Return the answer; what is said of the caller's rate is put into `rates`, whatever becomes of it."""
    if request.method not in READING:
        raise ProblemError(405, ONLY_READS, headers={"Allow": ", ".join(READING)})
    caller = await caller_of(front, request)
    chosen = found(below(request))
    # what is not there costs as much, so that nobody looks for it faster
    admit(front, caller, chosen[0].cost if chosen is not None else 1, rates)
    if chosen is None:
        raise not_there()
    operation, places = chosen
    caller.needs(operation.scope)
    check_query(request)
    query, more = query_of(operation, request.query.items())
    asking = Asking(front, caller, request, places_of(places), more)
    return await sent(asking, await operation.run(asking, query))


def below(request: web.Request) -> str:
    """Return the path below the API's address as it was sent: a slash that is part of a name is none between names."""
    return "/" + "/".join(request.rel_url.raw_parts[len(("/", "api", "v1")) :])


def admit(front: Front, caller: Caller, cost: int, rates: dict[str, str]) -> None:
    """Raise 429 where a caller asks too much."""
    taken = BUCKETS.of(front).take(caller.key, cost)
    rates.update(taken.headers)
    if taken.wait:
        raise ProblemError(429, TOO_OFTEN, headers={"Retry-After": str(taken.wait)})
