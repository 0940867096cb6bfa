"""The App as it is registered: what it may do, what it hears of, and where its webhooks go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from github.client import GitHub
from github.reads.app import APP
from github.route import Route

HOOK = Route("GET", "/app/hook/config")


@dataclass(frozen=True, slots=True)
class Registration:
    """What `GET /app` says; permissions by name (`issues` -> `write`)."""

    id: int | None
    client_id: str | None
    name: str
    page: str
    permissions: Mapping[str, str]
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hook:
    """How webhooks are sent: where to (None: nowhere), as `json` or `form`, and how safely."""

    url: str | None
    content_type: str
    is_signed: bool
    checks_certificates: bool


async def registration(gh: GitHub) -> Registration:
    """Read the registration, as the App itself."""
    said = await gh.get(APP.at())
    return Registration(
        id=said.get("id"),
        client_id=said.get("client_id"),
        name=said.get("name") or "",
        page=said.get("html_url") or "",
        permissions=dict(said.get("permissions") or {}),
        events=frozenset(said.get("events") or ()),
    )


async def hook(gh: GitHub) -> Hook:
    """Read where webhooks go, as the App itself; the secret is shown as stars only."""
    said = await gh.get(HOOK.at())
    return Hook(
        url=said.get("url") or None,
        content_type=said.get("content_type") or "form",
        is_signed=bool(said.get("secret")),
        checks_certificates=str(said.get("insecure_ssl") or "0") == "0",
    )
