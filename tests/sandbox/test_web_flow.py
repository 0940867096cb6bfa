"""The sandbox gives people's tokens as GitHub does: once per code, by PKCE, for what both person and App reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from sandbox.clock import Clock
from sandbox.registration import AppKeys, register
from sandbox.server import Sandbox
from sandbox.web_flow import challenge
from sandbox.world import World
from tests.keys import app_key

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BACK = "http://127.0.0.1:1/login/github/callback"
VERIFIER = "v" * 43
Json = dict[str, Any]


class Flow:
    """A browser and the App's server, before the sandbox."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession, keys: AppKeys) -> None:
        self.sandbox, self.session, self.keys = sandbox, session, keys
        self.asked = {
            "client_id": keys.client_id, "redirect_uri": BACK, "state": "s", "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
        }  # fmt: skip

    async def decide(self, login: str = "opal", **changed: str) -> tuple[int, dict[str, str]]:
        url = f"{self.sandbox.url}/login/oauth/authorize"
        form = {**self.asked, "login": login, **changed}
        async with self.session.post(url, data=form, allow_redirects=False) as response:
            query = parse_qs(urlsplit(response.headers.get("Location", "")).query)
            return response.status, {name: values[0] for name, values in query.items()}

    async def token(self, **said: str) -> Json:
        form = {"client_id": self.keys.client_id, "client_secret": self.keys.client_secret, **said}
        url, headers = f"{self.sandbox.url}/login/oauth/access_token", {"Accept": "application/json"}
        async with self.session.post(url, data=form, headers=headers) as response:
            assert response.status == 200
            answer: Json = await response.json()
            return answer

    async def code(self, login: str = "opal") -> str:
        _, back = await self.decide(login)
        return back["code"]

    async def signed_in(self, login: str = "opal") -> Json:
        return await self.token(code=await self.code(login), code_verifier=VERIFIER, redirect_uri=BACK)

    async def get(self, path: str, token: str) -> tuple[int, Any]:
        async with self.session.get(self.sandbox.url + path, headers={"Authorization": f"Bearer {token}"}) as response:
            return response.status, await response.json()


@pytest.fixture
async def flow() -> AsyncIterator[Flow]:
    world = World(Clock(NOW))
    world.clock.freeze()
    for name in ("quartz/mine", "quartz/vault", "basalt/pit"):
        world.add_repository(name, visibility="private")
    for name, login, role in (("quartz/mine", "opal", "read"), ("basalt/pit", "agate", "admin")):
        world.permit(name, login, role)
    keys = register(world, key=app_key())
    for owner in ("quartz", "basalt"):
        world.install(owner)
    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        yield Flow(sandbox, session, keys)


async def test_a_person_is_asked_and_picked(flow: Flow) -> None:
    async with flow.session.get(f"{flow.sandbox.url}/login/oauth/authorize", params=flow.asked) as response:
        page = await response.text()
    assert 'value="opal"' in page
    status, back = await flow.decide()
    assert (status, set(back), back["state"]) == (302, {"code", "state"}, "s")
    assert await flow.decide(cancel="1") == (
        302,
        {"error": "access_denied", "error_description": "The user has denied access.", "state": "s"},
    )


@pytest.mark.parametrize(
    "changed", [{"client_id": "other"}, {"redirect_uri": "https://elsewhere.example/"}, {"redirect_uri": ""}]
)
async def test_an_unknown_app_or_way_back_is_not_found(flow: Flow, changed: dict[str, str]) -> None:
    assert (await flow.decide(**changed))[0] == 404


async def test_registered_ways_back_are_the_only_ones(flow: Flow) -> None:
    app = flow.sandbox.world.app
    assert app is not None
    app.callback_urls = ("https://almanac.quartz.example/login/github/callback",)
    assert (await flow.decide())[0] == 404
    assert (await flow.decide(redirect_uri=app.callback_urls[0]))[0] == 302


async def test_a_code_is_good_once_for_ten_minutes_with_its_verifier(flow: Flow) -> None:
    code = await flow.code()
    assert (await flow.token(code=code, code_verifier="w" * 43))["error"] == "bad_verification_code"
    assert (await flow.token(code=code, code_verifier=VERIFIER))["error"] == "bad_verification_code"
    code = await flow.code()
    assert (await flow.token(code=code, code_verifier=VERIFIER, client_secret="x"))["error"].startswith("incorrect")
    flow.sandbox.clock.advance(timedelta(minutes=10))
    assert (await flow.token(code=code, code_verifier=VERIFIER))["error"] == "bad_verification_code"


async def test_a_token_ends_after_eight_hours_and_is_renewed_once(flow: Flow) -> None:
    first = await flow.signed_in()
    assert first["access_token"].startswith("ghu_")
    assert (first["expires_in"], first["token_type"]) == (28_800, "bearer")
    assert (await flow.get("/user", first["access_token"]))[1]["login"] == "opal"
    flow.sandbox.clock.advance(timedelta(hours=8))
    assert (await flow.get("/user", first["access_token"]))[0] == 401
    said = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await flow.token(**said)
    assert (await flow.get("/user", second["access_token"]))[0] == 200
    assert (await flow.token(**said))["error"] == "bad_refresh_token"


async def test_a_token_reaches_what_the_person_and_the_app_reach(flow: Flow) -> None:
    token = (await flow.signed_in())["access_token"]
    _, found = await flow.get("/user/installations", token)
    assert [one["account"]["login"] for one in found["installations"]] == ["quartz"]
    number = found["installations"][0]["id"]
    _, found = await flow.get(f"/user/installations/{number}/repositories", token)
    (only,) = found["repositories"]
    assert (only["full_name"], only["permissions"]["pull"], only["permissions"]["push"]) == ("quartz/mine", True, False)
    assert (await flow.get(f"/user/installations/{number + 1}/repositories", token))[0] == 404
    assert (await flow.get("/repos/basalt/pit", token))[0] == 404
    assert (await flow.get("/repos/quartz/mine", token))[0] == 200


async def test_who_administers_every_repository_owns_the_organisation(flow: Flow) -> None:
    opal, agate = await flow.signed_in(), await flow.signed_in("agate")
    assert (await flow.get("/user/memberships/orgs/quartz", opal["access_token"]))[1]["role"] == "member"
    assert (await flow.get("/user/memberships/orgs/basalt", agate["access_token"]))[1]["role"] == "admin"
    assert (await flow.get("/user/memberships/orgs/basalt", opal["access_token"]))[0] == 404


async def test_a_personal_token_does_not_ask_for_installations(flow: Flow) -> None:
    flow.sandbox.world.add_personal_token("ghp_mine", "opal")
    assert (await flow.get("/user/installations", "ghp_mine"))[0] == 403
