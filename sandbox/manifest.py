"""An App's manifest as GitHub reads it: what is wrong with one, and the App that a good one makes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sandbox.apps import ALL_PERMISSIONS
from sandbox.hooks import Hooks
from sandbox.registration import AppKeys, register
from sandbox.things import Account
from sandbox.world import World

LONGEST_NAME = 34
ALWAYS_ARRIVE = frozenset({"installation", "installation_repositories"})
NEEDED_BY_EVENT: Mapping[str, frozenset[str]] = {
    "fork": frozenset({"contents"}),
    "issue_comment": frozenset({"issues", "pull_requests"}),
    "issues": frozenset({"issues"}),
    "milestone": frozenset({"issues", "pull_requests"}),
    "pull_request": frozenset({"pull_requests"}),
    "pull_request_review": frozenset({"pull_requests"}),
    "push": frozenset({"contents"}),
    "release": frozenset({"contents"}),
    "repository": frozenset({"metadata"}),
    "star": frozenset({"metadata"}),
    "workflow_run": frozenset({"actions"}),
}
"""From GitHub's "Webhook events and payloads": any one of these permissions allows to subscribe."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A manifest that was sent in somebody's browser and not confirmed yet."""

    manifest: Mapping[str, Any]
    owner: Account
    state: str


@dataclass(frozen=True, slots=True)
class Made:
    """An App that was created and whose credentials nobody has fetched yet."""

    keys: AppKeys
    at: datetime


@dataclass(slots=True)
class Manifests:
    """Manifests on their way: by the ticket of the page that asks to confirm, then by the code that fetches the App."""

    wanted: dict[str, Wanted] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)

    def ask(self, wanted: Wanted) -> str:
        """Keep a manifest until it is confirmed; return its ticket."""
        ticket = secrets.token_urlsafe(16)
        self.wanted[ticket] = wanted
        return ticket

    def create(self, wanted: Wanted, name: str, world: World, hooks: Hooks) -> str:
        """Create the App, send its first ping and return the code for its credentials."""
        said = wanted.manifest
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        hook = said.get("hook_attributes", {})
        keys = register(
            world, slug=slug, owner=wanted.owner.login, webhook_url=hook.get("url"),
            permissions={"metadata": "read", **said.get("default_permissions", {})},
        )  # fmt: skip
        assert world.app is not None, "it has just been registered"
        world.app.name = name
        world.app.callback_urls = tuple(said.get("callback_urls", ()))
        world.app.events = tuple(said.get("default_events", ()))
        code = secrets.token_hex(20)
        self.made[code] = Made(keys, world.clock.now())
        hooks.send_ping()
        return code


def faults(manifest: object) -> list[str]:
    """Return one sentence for each thing that GitHub would refuse."""
    if not isinstance(manifest, dict):
        return ["The manifest is not a JSON object."]
    found = [f"{key} must be a valid URL." for key in ("url", "redirect_url") if not is_address(manifest.get(key))]
    if len(str(manifest.get("name") or "")) > LONGEST_NAME:
        found.append(f"Name is too long (maximum is {LONGEST_NAME} characters).")
    hook = manifest.get("hook_attributes")
    if hook is not None:
        if not isinstance(hook, dict) or not is_address(hook.get("url")):
            found.append("hook_attributes must have a valid URL.")
        elif hook.keys() - {"url", "active"}:
            found.append(f"hook_attributes has unknown keys: {', '.join(sorted(hook.keys() - {'url', 'active'}))}.")
    permissions = {"metadata": "read", **(manifest.get("default_permissions") or {})}
    for name, level in permissions.items():
        if name not in ALL_PERMISSIONS or level not in ("read", "write", "admin"):
            found.append(f"Default permission records resource {name}: {level} is not known.")
    for event in manifest.get("default_events") or ():
        needed = NEEDED_BY_EVENT.get(event, frozenset())
        if event in ALWAYS_ARRIVE or not needed & permissions.keys():
            found.append(f"Default events are not supported by permissions: {event}.")
    return found


def is_address(value: object) -> bool:
    """Tell whether a value is a web address."""
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc)
