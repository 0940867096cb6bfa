"""What webhooks report of installations and repositories, read for the facts that are stored; None is no such report.

GitHub's own examples do not all follow GitHub's schemas, and legacy webhooks belong to no installation: whatever has
another shape is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.window import parse_iso
from storage.installations import Installation, Repository, Visibility

DEFAULT_BRANCH = "main"
ODD = (AttributeError, KeyError, TypeError, ValueError)


def installation_in(payload: Mapping[str, Any]) -> Installation | None:
    """Read the whole installation object that `installation` and `installation_repositories` bring."""
    try:
        said = payload["installation"]
        account = said["account"]
        suspended = said.get("suspended_at")
        granted = said.get("permissions")
        return Installation(
            id=int(said["id"]),
            account_login=str(account.get("login") or account["slug"]),  # an enterprise has a slug
            account_id=int(account["id"]),
            account_type=str(account.get("type") or said.get("target_type") or "Enterprise"),
            suspended_at=parse_iso(suspended) if isinstance(suspended, str) else None,
            permissions={str(name): str(level) for name, level in granted.items()} if granted is not None else None,
        )
    except ODD:
        return None


def repository_in(payload: Mapping[str, Any]) -> Repository | None:
    """Read the whole repository object of an event that belongs to an installation."""
    try:
        return whole_repository(payload["repository"], int(payload["installation"]["id"]))
    except ODD:
        return None


def whole_repository(said: Mapping[str, Any], installation_id: int) -> Repository:
    """Return a repository object of REST as it is stored; another shape raises KeyError, TypeError or ValueError."""
    return Repository(
        id=int(said["id"]),
        installation_id=installation_id,
        owner=str(said["owner"]["login"]),
        name=str(said["name"]),
        visibility=visibility_of(said),
        default_branch=str(said.get("default_branch") or DEFAULT_BRANCH),
        archived=bool(said.get("archived")),
        node_id=said.get("node_id") or None,
    )


def listed_in(payload: Mapping[str, Any], key: str, installation_id: int) -> list[Repository]:
    """Read a list of repositories that has their names only; what it does not say counts as usual."""
    listed = payload.get(key)
    found = [short_repository(said, installation_id) for said in listed] if isinstance(listed, list) else []
    return [one for one in found if one is not None]


def short_repository(said: Any, installation_id: int) -> Repository | None:
    """Read id, names and whether everybody may see it."""
    try:
        owner, _, name = str(said["full_name"]).partition("/")
        return Repository(
            id=int(said["id"]),
            installation_id=installation_id,
            owner=owner,
            name=name or str(said["name"]),
            visibility=visibility_of(said),
            default_branch=DEFAULT_BRANCH,
            node_id=said.get("node_id") or None,
        )
    except ODD:
        return None


def visibility_of(repository: Mapping[str, Any]) -> Visibility:
    """Return who can see the repository; what is not known to be public counts as private."""
    said = repository.get("visibility")
    if said == "internal":
        return "internal"
    return "public" if said in ("public", None) and not repository["private"] else "private"
