"""Whether the OpenID provider is there and is the one that OIDC_ISSUER names."""

from __future__ import annotations

from bot.settings import Settings
from dashboard.step import Step
from github.credentials import Now


async def provider(settings: Settings, now: Now) -> list[Step]:
    """Look at the provider; nothing where there is none."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return []
    # what speaks to a provider is heavy, and needed only where there is one
    from dashboard.oidc_check import look  # noqa: PLC0415
    from dashboard.oidc_settings import OidcSettings  # noqa: PLC0415

    named = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_name
    return [await look(OidcSettings(*named), now)]
