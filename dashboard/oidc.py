"""Signing in with an OpenID Connect provider: the code flow with PKCE, state and nonce, the ID token verified.

OpenID Connect Core 1.0 sections 3.1.2 and 3.1.3.7, Discovery 1.0 section 4; RFC 7636; RFC 9207 where the provider says
that it names itself. Authlib speaks to the provider through httpx2, joserfc checks signatures. Imported when the first
person signs in so: it weighs about 30 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
import structlog
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dashboard.oidc_settings import OidcSettings
from dashboard.signing_in import Arrived, Pending, SignInError
from storage.sessions import NewPerson

SCOPE = "openid profile email"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that only the provider can make: neither `none` nor one that our own client secret could make."""
LEEWAY = 60  # seconds by which two clocks may differ
KEPT = timedelta(hours=1)  # what a provider says of itself
KEYS_AGAIN = timedelta(minutes=1)  # keys are not asked for more often, whatever tokens name
PATIENCE = 10.0  # seconds
PAUSE = timedelta(seconds=15)  # after a failure nobody's click asks again before that
LOOPBACK = ("127.0.0.1", "::1", "localhost")
UNHEARD = (httpx2.HTTPError, JoseError, ValueError)
"""What asking a provider for its description and its keys raises where it does not say them."""
BASIC, POST, PUBLIC = "client_secret_basic", "client_secret_post", "none"

DOWN = "The sign-in provider does not answer at the moment. Please try again in a few minutes."
DENIED = "The sign-in provider says that you said no, so nobody is signed in."
NOT_TAKEN = (
    "The sign-in provider's answer does not hold. Please begin again; if that does not help, tell your operator."
)

log = structlog.get_logger(__name__)


@dataclass
class WithProvider:
    """One provider, as its discovery document describes it, and this server as its client."""

    settings: OidcSettings
    redirect_uri: str
    now: Callable[[], datetime]
    described: tuple[datetime, dict[str, Any]] | None = field(default=None, repr=False)
    keys: tuple[datetime, KeySet] | None = field(default=None, repr=False)
    failed_at: datetime | None = None

    @property
    def name(self) -> str:
        return self.settings.label

    @property
    def description(self) -> str:
        """Where the provider says what it is: OpenID Connect Discovery 1.0, section 4."""
        return self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"

    async def leave(self, pending: Pending) -> str:
        """Return the provider's page on which somebody signs in."""
        async with self.client() as client:
            about = await self.about(client)
            address, _ = client.create_authorization_url(
                endpoint(about, "authorization_endpoint"),
                state=pending.state,
                code_verifier=pending.verifier,
                nonce=pending.nonce,
            )
        return str(address)

    async def arrive(self, query: Mapping[str, str], pending: Pending) -> Arrived:
        """Exchange the code, verify the ID token, and ask who somebody is; raises SignInError."""
        if "error" in query:
            log.info("a provider sent somebody back", error=query["error"][:100])
            raise SignInError(DENIED, 403) if query["error"] == "access_denied" else SignInError(NOT_TAKEN)
        try:
            async with self.client() as client:
                about = await self.about(client)
                check_issuer(query, about)
                client.token_endpoint_auth_method = self.method(about)
                token = await client.fetch_token(
                    endpoint(about, "token_endpoint"),
                    grant_type="authorization_code",
                    code=query.get("code", ""),
                    code_verifier=pending.verifier,
                    redirect_uri=self.redirect_uri,
                )
                claims = await self.claims(client, about, token, pending.nonce)
                said = await self.userinfo(client, about, claims)
        except OAuthError as error:
            log.warning("a provider did not take a sign-in", error=str(error.error)[:100])
            raise SignInError(NOT_TAKEN) from error
        except httpx2.HTTPError as error:
            log.warning("a provider did not answer", error=type(error).__name__)
            raise SignInError(DOWN, 503) from error
        return Arrived(self.person({**said, "sub": claims["sub"]}))

    async def claims(
        self, client: AsyncOAuth2Client, about: Mapping[str, Any], token: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        """Return what the ID token says, once its signature, issuer, audience, times and nonce have been checked."""
        try:
            signed = await self.signed(client, about, str(token.get("id_token") or ""))
            expected = {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            }
            asked = {"nonce": nonce, "client_id": self.settings.client_id, "access_token": token.get("access_token")}
            checked = CodeIDToken(signed.claims, signed.header, expected, asked)
            checked.validate(now=int(self.now().timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError) as error:
            log.warning("an ID token does not hold", reason=f"{type(error).__name__}: {error}"[:200])
            raise SignInError(NOT_TAKEN) from error
        if not isinstance(checked["sub"], str) or not checked["sub"]:
            raise SignInError(NOT_TAKEN)
        return dict(checked)

    async def signed(self, client: AsyncOAuth2Client, about: Mapping[str, Any], text: str) -> jwt.Token:
        """Return a token whose signature is the provider's; raises JoseError, ValueError."""
        offered = about.get("id_token_signing_alg_values_supported") or ["RS256"]
        allowed = [name for name in ALGORITHMS if name in offered]
        if not allowed:
            raise ValueError("the provider offers no signature that is accepted here")
        try:
            return jwt.decode(text, await self.key_set(client, about), algorithms=allowed)
        except (JoseError, ValueError):
            # keys change: those of a moment ago may not have this one
            return jwt.decode(text, await self.key_set(client, about, again=True), algorithms=allowed)

    async def userinfo(
        self, client: AsyncOAuth2Client, about: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the person's name and address: providers need not put them into the ID token."""
        if not about.get("userinfo_endpoint"):
            return claims
        response = await client.get(endpoint(about, "userinfo_endpoint"))
        if response.status_code != 200 or "json" not in response.headers.get("content-type", ""):
            return claims
        said = response.json()
        if not isinstance(said, dict) or said.get("sub") != claims["sub"]:
            raise SignInError(NOT_TAKEN)  # Core 5.3.2: another person's answer
        return {**claims, **said}

    def person(self, said: Mapping[str, Any]) -> NewPerson:
        """Return a person by what was said of them; an address counts only where the provider has verified it."""
        texts = {
            name: said[name] for name in ("preferred_username", "name", "email") if isinstance(said.get(name), str)
        }
        email = texts["email"].lower() if said.get("email_verified") is True and "email" in texts else None
        login = texts.get("preferred_username") or email or texts.get("name") or said["sub"]
        return NewPerson(self.settings.issuer, said["sub"], login, texts.get("name"), email)

    async def about(self, client: AsyncOAuth2Client) -> dict[str, Any]:
        """Return the provider's discovery document; raises SignInError where it cannot be had or is another's."""
        if self.described is not None and self.now() - self.described[0] < KEPT:
            return self.described[1]
        if self.failed_at is not None and timedelta(0) <= self.now() - self.failed_at < PAUSE:
            raise SignInError(DOWN, 503)
        try:
            said = await self.document(client, self.description)
        except (httpx2.HTTPError, ValueError) as error:
            self.failed_at = self.now()
            log.warning("a provider's description cannot be had", error=type(error).__name__)
            raise SignInError(DOWN, 503) from error
        if said.get("issuer") != self.settings.issuer:
            log.error("the provider calls itself otherwise", issuer=str(said.get("issuer"))[:200])
            raise SignInError(NOT_TAKEN, 502)
        self.described = (self.now(), said)
        return said

    async def key_set(self, client: AsyncOAuth2Client, about: Mapping[str, Any], *, again: bool = False) -> KeySet:
        """Return the provider's keys."""
        now = self.now()
        if self.keys is not None and now - self.keys[0] < (KEYS_AGAIN if again else KEPT):
            return self.keys[1]
        document: Any = await self.document(client, endpoint(about, "jwks_uri"))
        self.keys = (now, KeySet.import_key_set(document))
        return self.keys[1]

    async def document(self, client: AsyncOAuth2Client, address: str) -> dict[str, Any]:
        """Fetch a JSON object; raises httpx2.HTTPError or ValueError."""
        response = await client.request("GET", address, withhold_token=True)
        response.raise_for_status()
        said = response.json()
        if not isinstance(said, dict):
            raise ValueError("not an object")  # noqa: TRY004 - what was sent is wrong, not what we did with it
        return said

    def method(self, about: Mapping[str, Any]) -> str:
        """Return how this server shows who it is: by its secret, in the header unless only the body will do."""
        if self.settings.client_secret is None:
            return PUBLIC
        offered = about.get("token_endpoint_auth_methods_supported") or [BASIC]
        return POST if BASIC not in offered and POST in offered else BASIC

    def client(self) -> AsyncOAuth2Client:
        """Return a client for one conversation, which holds nobody's token afterwards."""
        return AsyncOAuth2Client(
            self.settings.client_id,
            self.settings.client_secret,
            scope=SCOPE,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=PATIENCE,
            follow_redirects=False,
        )


def endpoint(about: Mapping[str, Any], name: str) -> str:
    """Return an address of the provider, to which nothing goes in the clear but on this machine."""
    address = about.get(name)
    parts = urlsplit(address if isinstance(address, str) else "")
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return str(address)
    log.error("the provider does not say a usable address", name=name)
    raise SignInError(NOT_TAKEN, 502)


def check_issuer(query: Mapping[str, str], about: Mapping[str, Any]) -> None:
    """Refuse an answer that another provider sent: RFC 9207."""
    named = query.get("iss")
    if named is None and not about.get("authorization_response_iss_parameter_supported"):
        return
    if named != about["issuer"]:
        raise SignInError(NOT_TAKEN)
