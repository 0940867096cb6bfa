"""What a person may do in a repository."""

from __future__ import annotations

from dataclasses import dataclass

from github.client import GitHub
from github.errors import Gone
from github.reads.repository import RepoRef
from github.route import Route

PERMISSION = Route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission")


@dataclass(frozen=True, slots=True)
class Permission:
    """`level` is admin, write, read or none; `role` is finer (maintain, triage, an organisation's own roles)."""

    level: str
    role: str

    @property
    def can_push(self) -> bool:
        return self.level in ("admin", "write")

    def collaborates(self, *, public: bool) -> bool:
        """Tell whether somebody has been given a permission; to read what is public everybody has one."""
        return self.level != "none" and not (public and self.role in ("read", "none"))


NONE = Permission("none", "none")


async def permission(gh: GitHub, repo: RepoRef, login: str) -> Permission:
    """Return a person's permission; someone GitHub does not know there has none."""
    try:
        said = await gh.get(PERMISSION.at(owner=repo.owner, repo=repo.name, username=login))
    except Gone:
        return NONE
    level = said.get("permission") or "none"
    return Permission(level, said.get("role_name") or level)
