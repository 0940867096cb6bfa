"""A provider that answers wrongly signs nobody in: one wrong answer for each check, over real HTTP."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from dashboard.sessions import COOKIE
from tests.dashboard.people import Place, Seen, open_place, query

CLIENT, SECRET = "almanac", "a secret that both know, long enough for HMAC"
OTHER = RSAKey.generate_key(2048, {"kid": "one"})
KEY = RSAKey.generate_key(2048, {"kid": "one"})
NEXT = ECKey.generate_key("P-256", {"kid": "two"})

Claims = dict[str, Any]


def segment(value: Claims) -> str:
    """Return one part of a JWT."""
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


@dataclass
class Forger:
    """A provider whose answers a test bends; unbent, they are right."""

    issuer: str = ""
    calls_itself: str | None = None
    nonce: str = ""
    bend: Callable[[Claims], None] = lambda _claims: None
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    key: Any = field(default_factory=lambda: KEY)
    published: list[Any] = field(default_factory=lambda: [KEY])
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    userinfo: Claims | None = None
    asked_for_keys: int = 0
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Addresses that its description has instead of its own."""

    async def describe(self, _request: web.Request) -> web.Response:
        return web.json_response({
            "issuer": self.calls_itself or self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": self.algorithms,
            **({"userinfo_endpoint": f"{self.issuer}/me"} if self.userinfo is not None else {}),
            **self.elsewhere,
        })  # fmt: skip

    async def keys(self, _request: web.Request) -> web.Response:
        self.asked_for_keys += 1
        return web.json_response({"keys": [key.as_dict(private=False) for key in self.published]})

    async def token(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("Basic ")
        said = await request.post()
        assert said["code_verifier"]
        now = int(time.time())
        claims: Claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "opal", "iat": now, "exp": now + 300, "nonce": self.nonce,
        }  # fmt: skip
        self.bend(claims)
        if self.header["alg"] == "none":
            text = f"{segment(self.header)}.{segment(claims)}."
        else:
            text = jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])
        return web.json_response({"access_token": "at", "token_type": "Bearer", "id_token": text})

    async def me(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer at"
        return web.json_response(self.userinfo)


@pytest.fixture
async def forger() -> AsyncIterator[Forger]:
    made = Forger()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", made.describe)
    app.router.add_get("/keys", made.keys)
    app.router.add_post("/token", made.token)
    app.router.add_get("/me", made.me)
    async with TestServer(app) as server:
        made.issuer = f"http://127.0.0.1:{server.port}"
        yield made


@pytest.fixture
async def fooled(forger: Forger, database_file: Path, tmp_path: Path) -> AsyncIterator[Place]:
    """The dashboard, which trusts that provider."""
    told = {"OIDC_ISSUER": forger.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    async with open_place(f"sqlite:///{database_file}", tmp_path, **told) as place:
        place.sandbox.clock.set(datetime.now(UTC))
        place.sandbox.clock.thaw()
        yield place


async def come_back(place: Place, forger: Forger) -> Seen:
    browser = place.browser()
    away = await browser.get("/login/oidc")
    if away.status != 303:
        return away
    asked = query(away.location)
    forger.nonce = asked["nonce"]
    return await browser.get(f"/login/oidc/callback?code=c&state={asked['state']}")


async def test_a_right_answer_signs_somebody_in(fooled: Place, forger: Forger) -> None:
    seen = await come_back(fooled, forger)
    assert (seen.status, COOKIE in seen.cookies) == (303, True)


def without(name: str) -> Callable[[Claims], None]:
    return lambda claims: claims.pop(name) and None


def changed(**values: Any) -> Callable[[Claims], None]:
    return lambda claims: claims.update(values)


def shifted(name: str, seconds: int) -> Callable[[Claims], None]:
    return lambda claims: claims.update({name: int(time.time()) + seconds})


BENT: dict[str, Callable[[Claims], None]] = {
    "another issuer": changed(iss="https://elsewhere.example"),
    "another audience": changed(aud="somebody-else"),
    "several audiences, for another": changed(aud=[CLIENT, "somebody-else"], azp="somebody-else"),
    "several audiences, for nobody": changed(aud=[CLIENT, "somebody-else"]),
    "another nonce": changed(nonce="n" * 43),
    "ended": shifted("exp", -120),
    "of the future": shifted("iat", 3600),
    "another access token": changed(at_hash="x" * 22),
    "nobody": changed(sub=""),
    **{f"no {name}": without(name) for name in ("iss", "aud", "sub", "exp", "iat", "nonce")},
}


@pytest.mark.parametrize("what", BENT)
async def test_a_wrong_claim_signs_nobody_in(fooled: Place, forger: Forger, what: str) -> None:
    forger.bend = BENT[what]
    seen = await come_back(fooled, forger)
    assert (seen.status, COOKIE in seen.cookies) == (400, False)
    assert "does not hold" in seen.text


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({"alg": "RS256", "kid": "one"}, OTHER),
        ({"alg": "HS256", "kid": "one"}, OctKey.import_key(SECRET)),
        ({"alg": "none"}, None),
    ],
    ids=["a key of somebody else's", "the client's own secret", "nobody's"],
)
async def test_a_signature_that_the_provider_did_not_make_signs_nobody_in(
    fooled: Place, forger: Forger, header: dict[str, str], key: Any
) -> None:
    forger.header, forger.key, forger.algorithms = header, key, ("RS256", "HS256", "none")
    seen = await come_back(fooled, forger)
    assert (seen.status, COOKIE in seen.cookies) == (400, False)


async def test_a_provider_that_offers_no_signature_of_its_own_signs_nobody_in(fooled: Place, forger: Forger) -> None:
    forger.header, forger.algorithms, forger.key = {"alg": "HS256"}, ("HS256",), OctKey.import_key(SECRET)
    assert (await come_back(fooled, forger)).status == 400


async def test_keys_may_change_and_are_not_asked_for_at_everybodys_wish(fooled: Place, forger: Forger) -> None:
    assert (await come_back(fooled, forger)).status == 303
    forger.key, forger.published, forger.header = NEXT, [NEXT], {"alg": "ES256", "kid": "two"}
    assert (await come_back(fooled, forger)).status == 400  # those of a moment ago are still trusted to be all
    fooled.wait(minutes=2)
    forger.bend = lambda claims: claims.update(iat=claims["iat"] + 120, exp=claims["exp"] + 120)
    assert (await come_back(fooled, forger)).status == 303
    assert forger.asked_for_keys == 2


async def test_what_is_said_of_another_person_is_not_believed(fooled: Place, forger: Forger) -> None:
    forger.userinfo = {"sub": "jade", "email": "jade@quartz.example", "email_verified": True}
    assert (await come_back(fooled, forger)).status == 400


async def test_a_provider_that_calls_itself_otherwise_is_not_trusted(fooled: Place, forger: Forger) -> None:
    forger.calls_itself = forger.issuer + "/"
    assert (await come_back(fooled, forger)).status == 502


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/latest", "http://db.internal/", "file:///etc/passwd", "//x", ""]
)
@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
async def test_no_address_in_the_clear_is_asked_because_a_provider_says_so(
    fooled: Place, forger: Forger, name: str, address: str
) -> None:
    """Neither the secret of this server nor somebody's code goes there, and nothing behind the firewall is asked."""
    forger.elsewhere = {name: address}
    seen = await come_back(fooled, forger)
    assert (seen.status, COOKIE in seen.cookies) == (502, False)


async def test_a_provider_that_is_down_is_said_to_be(database_file: Path, tmp_path: Path) -> None:
    told = {"OIDC_ISSUER": "http://127.0.0.1:9", "OIDC_CLIENT_ID": CLIENT}
    async with open_place(f"sqlite:///{database_file}", tmp_path, **told) as place:
        seen = await place.browser().get("/login/oidc")
        assert seen.status == 503
        assert "does not answer" in seen.text
