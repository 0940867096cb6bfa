"""/account: who one is here, the sessions of one's browsers, and the tokens of one's programs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from dashboard.access import not_there
from dashboard.api.callers import new_token
from dashboard.forms import form_of
from dashboard.front import Front
from dashboard.layout import show as shown
from dashboard.looking_after import number
from dashboard.moments import Moment, exact, moment
from dashboard.sessions import ABSOLUTE, IDLE, SignedIn, digest_of
from storage import api_tokens as stored
from storage.api_tokens import SCOPES, ApiToken, Scope
from storage.connection import Connection
from storage.sessions import sessions_of

DAYS = {"7": "a week", "30": "30 days", "90": "90 days", "180": "180 days", "365": "a year"}
DEFAULT_DAYS = "90"
LONGEST_NAME = 60
MOST = 20
MEANINGS: dict[Scope, str] = {
    "read:metrics": "answers: everything that a page or a comment says in numbers",
    "read:data": "rows: pull requests, reviews, commits and the other tables",
    "read:traffic": "traffic, by itself and in answers and rows, where you may see it",
}
NO_NAME = f"A name is needed, of {LONGEST_NAME} characters at most."
NO_SCOPE = "Choose at least one thing that the token may read."
NO_END = "Choose for how long the token is good."
TOO_MANY = f"You have {MOST} tokens. End one before you make another."

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Line:
    """A token as its line shows it."""

    id: int
    name: str
    scopes: tuple[str, ...]
    made: Moment | None
    ends: str
    used: Moment | None
    live: bool


@dataclass(frozen=True)
class Filled:
    """The form as it was filled in."""

    name: str = ""
    scopes: tuple[str, ...] = ("read:metrics",)
    days: str = DEFAULT_DAYS

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is wrong with it, in sentences."""
        named = 0 < len(self.name) <= LONGEST_NAME and not any(unicodedata.category(c)[0] == "C" for c in self.name)
        said = (
            (NO_NAME, not named),
            (NO_SCOPE, not self.scopes or not set(self.scopes) <= set(SCOPES)),
            (NO_END, self.days not in DAYS),
        )
        return tuple(sentence for sentence, is_wrong in said if is_wrong)

    @classmethod
    async def of(cls, request: web.Request) -> Filled:
        """Read the form."""
        given = await form_of(request)
        scopes = tuple(dict.fromkeys(given.getall("scope", [])))
        return cls(given.get("name", "").strip(), scopes, given.get("days", ""))


async def show(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Show the account."""
    return await page(front, request, signed, Filled())


async def make_token(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """Make a token and show it, this once; 422 with the form as it was for what cannot be made."""
    filled = await Filled.of(request)
    if filled.wrong:
        return await page(front, request, signed, filled, wrong=filled.wrong)
    secret, now, person_id = new_token(), front.services.now(), signed.person.id
    scopes = [one for one in SCOPES if one in filled.scopes]
    ends = now + timedelta(days=int(filled.days))

    async def work(conn: Connection) -> ApiToken | None:
        if await stored.live_tokens(conn, person_id, now) >= MOST:
            return None
        return await stored.make_token(conn, digest_of(secret), person_id, filled.name, scopes, at=now, expires_at=ends)

    made = await front.services.store.write(work)
    if made is None:
        return await page(front, request, signed, filled, wrong=(TOO_MANY,))
    log.info("a token was made", person=person_id, token=made.id, scopes=scopes, ends=ends.isoformat())
    return await page(front, request, signed, Filled(), made=made, secret=secret)


async def end_token(front: Front, request: web.Request, signed: SignedIn) -> web.StreamResponse:
    """End a token of one's own; 404 for any other."""
    token_id, person_id = number(request.match_info["token"]), signed.person.id
    if token_id is None or not await front.services.store.write(
        lambda conn: stored.end_token(conn, token_id, person_id)
    ):
        raise not_there()
    log.info("a token was ended", person=person_id, token=token_id)
    raise web.HTTPSeeOther("/account#tokens")


async def page(
    front: Front,
    request: web.Request,
    signed: SignedIn,
    filled: Filled,
    *,
    wrong: tuple[str, ...] = (),
    made: ApiToken | None = None,
    secret: str = "",
) -> web.StreamResponse:
    """Return the account's page. made, secret: a token of this moment, which no later page shows."""
    now, person = front.services.now(), signed.person

    async def read(conn: Connection) -> tuple[int, list[ApiToken]]:
        live = await sessions_of(conn, person.id, now - IDLE, now - ABSOLUTE)
        return live, await stored.tokens_of(conn, person.id)

    sessions, tokens = await front.services.store.read(read)
    return shown(
        request, signed, "account.html", "Your account", here="account", status=422 if wrong else 200, wrong=wrong,
        since=moment(person.created_at, now), signed_since=moment(signed.since, now), sessions=sessions,
        lines=[line(one, now) for one in tokens], filled=filled, meanings=MEANINGS, periods=DAYS,
        longest_name=LONGEST_NAME, made=made, secret=secret, made_ends="" if made is None else exact(made.expires_at),
        api=front.site.address("/api/v1"),
    )  # fmt: skip


def line(token: ApiToken, now: datetime) -> Line:
    """Return a token as its line shows it."""
    scopes = tuple(one for one in SCOPES if one in token.scopes)
    made, used = moment(token.created_at, now), moment(token.last_used_at, now)
    return Line(token.id, token.name, scopes, made, exact(token.expires_at), used, token.is_live(now))
