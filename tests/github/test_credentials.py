"""Installation tokens: asked for once, kept, renewed in time, and never seen anywhere."""

from __future__ import annotations

import asyncio
import traceback
from datetime import timedelta

import aiohttp
import pytest
from structlog.testing import capture_logs

from analytics.window import iso
from github.auth import App
from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Gone, Later, Refused
from tests.github.fake import Clock, FakeGitHub, Heard, Says

TOKENS = "/app/installations/42/access_tokens"


def long_token(number: int) -> str:
    """GitHub's format since April 2026: ghs_, the App's id and a JWT, about 520 characters with dots."""
    return f"ghs_1234567_{number:03}." + "eyJhbGciOi-_" * 30 + "." + "s1gn4tur3" * 16


@pytest.fixture
def tokens(fake: FakeGitHub, clock: Clock) -> FakeGitHub:
    """Every POST gives another token for an hour, and only the newest is accepted by /x."""
    given: list[str] = []

    def give(heard: Heard) -> Says:
        assert heard.headers["authorization"].startswith("Bearer eyJ")
        given.append(long_token(len(given)))
        return Says({"token": given[-1], "expires_at": iso(clock.now() + timedelta(hours=1))}, 201)

    def check(heard: Heard) -> Says:
        good = heard.headers["authorization"] == f"Bearer {given[-1]}"
        return Says({"ok": len(given)}) if good else Says({"message": "Bad credentials"}, 401)

    fake.on("POST", TOKENS, give)
    fake.on("GET", "/x", check)
    return fake


@pytest.fixture
async def gh(session: aiohttp.ClientSession, app: App, endpoints: Endpoints, clock: Clock) -> GitHub:
    return GitHub.for_installation(session, app, 42, endpoints, clock.now, clock.sleep)


async def test_a_token_is_kept_until_five_minutes_before_its_end(gh: GitHub, tokens: FakeGitHub, clock: Clock) -> None:
    for minutes, asked in ((0, 1), (54, 1), (1, 2), (54, 2), (1, 3)):
        clock.time += timedelta(minutes=minutes)
        await gh.get("/x")
        assert len(tokens.calls("POST", TOKENS)) == asked


async def test_a_token_that_was_over_when_it_came_is_used_all_the_same(
    gh: GitHub, fake: FakeGitHub, clock: Clock
) -> None:
    """One of the two clocks stands wrong: to ask for another token before each request would not help."""
    answer = Says({"token": long_token(1), "expires_at": iso(clock.now() - timedelta(days=400))}, 201)
    fake.on("POST", TOKENS, answer)
    fake.on("GET", "/x", Says({"ok": 1}))
    for minutes, asked in ((0, 1), (0, 1), (49, 1), (2, 2)):
        clock.time += timedelta(minutes=minutes)
        await gh.get("/x")
        assert len(fake.calls("POST", TOKENS)) == asked


async def test_many_requests_at_once_ask_for_one_token(gh: GitHub, tokens: FakeGitHub) -> None:
    await asyncio.gather(*(gh.get("/x", {"n": n}) for n in range(10)))
    assert len(tokens.calls("POST", TOKENS)) == 1


async def test_a_refused_token_is_renewed_once(gh: GitHub, tokens: FakeGitHub, clock: Clock) -> None:
    await gh.get("/x")
    tokens.on("GET", "/x", Says({"message": "Bad credentials"}, 401), Says({"ok": 2}))
    assert await gh.get("/x", {"again": 1}) == {"ok": 2}
    assert len(tokens.calls("POST", TOKENS)) == 2

    tokens.on("GET", "/x", Says({"message": "Bad credentials"}, 401))
    with pytest.raises(Refused, match="401"):
        await gh.get("/x", {"again": 2})
    assert len(tokens.calls("POST", TOKENS)) == 3


async def test_a_signature_that_is_refused_is_a_matter_of_clock_or_key_and_comes_again(
    gh: GitHub, fake: FakeGitHub, clock: Clock
) -> None:
    """What somebody asked for is not given up because this machine's clock stands wrong for a while."""
    fake.on("POST", TOKENS, Says({"message": "'Issued at' claim ('iat') is in the future"}, 401))
    with pytest.raises(Later, match=r"'iat'.*python -m bot doctor") as later:
        await gh.get("/x")
    assert later.value.until == clock.now() + timedelta(minutes=1)


async def test_a_personal_token_is_not_tried_twice(
    session: aiohttp.ClientSession, endpoints: Endpoints, clock: Clock, fake: FakeGitHub
) -> None:
    fake.on("GET", "/x", Says({"message": "Bad credentials"}, 401))
    gh = GitHub.for_token(session, "ghp_old", endpoints, clock.now, clock.sleep)
    with pytest.raises(Refused):
        await gh.get("/x")
    assert len(fake.heard) == 1


async def test_a_token_can_be_narrowed(
    session: aiohttp.ClientSession, app: App, endpoints: Endpoints, clock: Clock, tokens: FakeGitHub
) -> None:
    gh = GitHub.for_installation(
        session, app, 42, endpoints, clock.now, clock.sleep, repository_ids=[7], permissions={"issues": "write"}
    )
    await gh.get("/x")
    assert tokens.calls("POST", TOKENS)[0].content == {"repository_ids": [7], "permissions": {"issues": "write"}}


@pytest.mark.parametrize(
    "answer", [Says({"message": "Not Found"}, 404), Says({"message": "This installation has been suspended"}, 403)]
)
async def test_an_uninstalled_or_suspended_app_is_gone(gh: GitHub, fake: FakeGitHub, answer: Says) -> None:
    fake.on("POST", TOKENS, answer)
    with pytest.raises(Gone):
        await gh.get("/x")


async def test_no_secret_is_shown_by_logs_or_values_or_errors(
    gh: GitHub, tokens: FakeGitHub, app: App, session: aiohttp.ClientSession, endpoints: Endpoints, clock: Clock
) -> None:
    with capture_logs() as lines:
        await gh.get("/x")
        tokens.on("GET", "/y", Says(b"<html>", 500))
        with pytest.raises(Exception) as raised:  # noqa: PT011 -- whatever it is, it must not quote a secret
            await gh.get("/y")
    personal = GitHub.for_token(session, "ghp_personal_secret", endpoints, clock.now, clock.sleep)
    shown = "".join(
        [
            repr(lines),
            repr(gh._exchange),
            repr(gh._exchange.credentials),
            repr(personal._exchange),
            repr(app),
            "".join(traceback.format_exception(raised.value)),
        ]
    )
    assert len(lines) == 7  # the token, /x, and five tries of /y
    for secret in ("ghs_", "ghp_", "PRIVATE KEY", "eyJ", "Bearer"):
        assert secret not in shown
