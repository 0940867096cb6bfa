"""Whether an OpenID provider is there and is the one that the settings name, asked as a sign-in would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dashboard.oidc import ALGORITHMS, UNHEARD, WithProvider, endpoint
from dashboard.oidc_settings import OidcSettings
from dashboard.signing_in import SignInError
from dashboard.step import Step, fail, ok

PROVIDER = "The OpenID provider"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


async def look(settings: OidcSettings, now: Callable[[], datetime]) -> Step:
    """Ask the provider for its description and its keys."""
    door = WithProvider(settings, "", now)
    try:
        async with door.client() as client:
            about = await door.document(client, door.description)
            if about.get("issuer") != settings.issuer:
                return misnamed(settings.issuer, about.get("issuer"))
            for name in ENDPOINTS:
                endpoint(about, name)
            await door.key_set(client, about)
    except UNHEARD as error:
        return fail(
            PROVIDER,
            f"{door.description}, or the keys that it names, cannot be had ({type(error).__name__}).",
            "See that OIDC_ISSUER is the provider's address and that this machine may reach it.",
        )
    except SignInError:
        said = f"{settings.issuer} does not name {', '.join(ENDPOINTS)} by https."
        return fail(PROVIDER, said, "Whoever runs the provider sets them.")
    if not set(ALGORITHMS) & set(about.get("id_token_signing_alg_values_supported") or ["RS256"]):
        said = f"{settings.issuer} signs in no way that is accepted here: {', '.join(ALGORITHMS)}."
        return fail(PROVIDER, said, "Whoever runs the provider sets one of them for this client.")
    return ok(PROVIDER, f"{settings.issuer} describes itself by that very name, and shows its keys.")


def misnamed(issuer: str, says: object) -> Step:
    """Say how the provider calls itself."""
    return fail(
        PROVIDER,
        f"OIDC_ISSUER is {issuer}, and the provider calls itself {str(says)[:200]}: nobody can sign in with it.",
        "Set OIDC_ISSUER to what it calls itself, letter by letter, also a slash at the end.",
    )
