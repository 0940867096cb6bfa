"""Whether the outside works: the public address, GitHub, the App's registration and its webhooks.

The set-up asks at its end, `doctor` at any time; each answer is a `Step` with what helps.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import aiohttp

from bot.inbox import PATH as WEBHOOKS
from bot.settings import is_usable_picture_base
from dashboard.step import Step, fail, ok, warn
from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.registration import Hook, Registration, hook, registration

PATIENCE = aiohttp.ClientTimeout(total=10.0)
ADDRESS = "The public address"
APP = "The App at GitHub"
HOOK = "Where GitHub sends webhooks"
SELF = (
    "Some networks let no machine reach its own public address: if you can open it from outside, all is well. Else "
    "see that its name leads to this machine and that the proxy passes everything on to Almanac's port."
)


def address(public_url: str | None) -> Step:
    """Look at PUBLIC_URL itself."""
    if public_url is None:
        return fail(
            ADDRESS,
            "PUBLIC_URL is not set, so GitHub does not know where to send webhooks.",
            "Start the server with PUBLIC_URL set to the https address under which GitHub reaches it.",
        )
    if not is_usable_picture_base(public_url):
        return fail(
            ADDRESS,
            f"{public_url} is not https: what is sent there can be read and changed on the way.",
            "Put a proxy that speaks https in front of the server, and set PUBLIC_URL to its address.",
        )
    return ok(ADDRESS, f"PUBLIC_URL is {public_url}.")


async def reached(
    session: aiohttp.ClientSession, public_url: str | None, heard: Callable[[str], bool] | None = None
) -> Step:
    """Ask for /healthz by way of PUBLIC_URL.

    heard(nonce) tells whether the request with this nonce arrived here, where that can be known: then it is certain
    that the address leads to this very server.
    """
    looked = address(public_url)
    if public_url is None or looked.state == "fail":
        return looked
    nonce = secrets.token_urlsafe(16)
    try:
        async with session.get(
            f"{public_url}/healthz", params={"check": nonce}, allow_redirects=False, timeout=PATIENCE
        ) as response:
            status, place = response.status, response.headers.get("Location", "")
            said = await response.content.read(1000)
    except aiohttp.ClientConnectorCertificateError as error:
        return fail(
            ADDRESS,
            f"{public_url} has a certificate that this machine does not trust ({error.certificate_error}).",
            "GitHub would not trust it, either, unless it is an Enterprise Server that knows it: renew it, or send the "
            "whole chain.",
        )
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return warn(ADDRESS, f"{public_url} does not answer from here ({type(error).__name__}).", SELF)
    if heard is not None and heard(nonce):
        return ok(ADDRESS, f"{public_url} leads to this server.")
    if heard is None and status == 200 and b'"alive"' in said:
        return ok(ADDRESS, f"{public_url} leads to a running server.")
    return answered(public_url, status, place)


def answered(public_url: str, status: int, place: str) -> Step:
    """Say who else has answered."""
    if 300 <= status < 400:
        return fail(ADDRESS, f"{public_url} leads on to {place}.", "Set PUBLIC_URL to the address it leads to.")
    return fail(
        ADDRESS,
        f"Something else answers at {public_url} (status {status}).",
        "See that the proxy passes every path on to Almanac's port, and that nothing else holds the name.",
    )


async def known(gh: GitHub, called: Callable[[str], str]) -> tuple[Step, Registration | None]:
    """Ask GitHub who the App is; called(name) says where a credential came from."""
    try:
        said = await registration(gh)
    except ValueError as error:
        return fail(
            APP, f"Nothing can be signed: {error}.", f"Put the App's key into {called('GITHUB_PRIVATE_KEY')}."
        ), None
    except (Gone, Refused, Later) as refused:
        return refusal(APP, refused, called), None
    return ok(APP, f"GitHub knows it as {said.name} and accepts its key."), said


def refusal(title: str, refused: Gone | Refused | Later, called: Callable[[str], str]) -> Step:
    """Say what an answer of GitHub that is none means for the App."""
    if isinstance(refused, Later):
        return fail(
            title, f"GitHub does not answer: {refused.reason}.",
            "See that this machine may open https connections to GITHUB_API_URL; then look again in a few minutes.",
        )  # fmt: skip
    if isinstance(refused, Gone):
        return fail(
            title, "GitHub knows no such App.",
            f"See that {called('GITHUB_APP_ID')} and {called('GITHUB_CLIENT_ID')} are those on the App's page, that "
            "the App was not deleted, and that GITHUB_API_URL is its GitHub.",
        )  # fmt: skip
    if refused.status == 401:
        return fail(
            title, "GitHub does not accept what the App signs.",
            f"See that {called('GITHUB_PRIVATE_KEY')} is a key listed on the App's page, and that this machine's clock "
            "is right.",
        )  # fmt: skip
    return fail(title, f"GitHub refuses: {refused.reason}.", "See the App's page on GitHub.")


async def hooked(gh: GitHub, public_url: str | None, called: Callable[[str], str]) -> Step:
    """Look where GitHub sends the App's webhooks."""
    try:
        said = await hook(gh)
    except (Gone, Refused, Later) as refused:
        return refusal(HOOK, refused, called)
    return sent(said, public_url, called)


def sent(said: Hook, public_url: str | None, called: Callable[[str], str]) -> Step:
    """Judge how webhooks are sent."""
    page = "Change it on the App's page, under Webhook."
    if said.url is None:
        return fail(HOOK, "Nowhere: the App has no webhook address.", f"Enter PUBLIC_URL{WEBHOOKS} on the App's page.")
    if public_url is not None and said.url.rstrip("/") != public_url + WEBHOOKS:
        return fail(HOOK, f"To {said.url}, and this server is at {public_url}{WEBHOOKS}.", page)
    if not said.is_signed:
        return fail(
            HOOK, "Unsigned: the App has no webhook secret, and this server takes no delivery without a signature.",
            f"Enter {called('GITHUB_WEBHOOK_SECRET')} as secret on the App's page.",
        )  # fmt: skip
    if said.content_type != "json":
        return fail(HOOK, f"As {said.content_type}, and this server reads application/json.", page)
    if not said.checks_certificates:
        return warn(HOOK, f"To {said.url}, without looking at its certificate.", "Enable SSL verification there.")
    return ok(HOOK, f"To {said.url}, signed.")
