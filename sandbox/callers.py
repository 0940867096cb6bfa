"""Who is asking: the App, one of its installations, a person, or nobody; and what each may see and do."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sandbox import tokens
from sandbox.apps import Installation, UserToken
from sandbox.errors import Refusal, bad_credentials, forbidden, invalid, not_found
from sandbox.things import Account, Repository
from sandbox.world import World

LEVELS = {"read": 1, "write": 2, "admin": 3}
MANY_TOKENS = 2_000  # from here on expired ones are forgotten
SUSPENDED = "This installation has been suspended"


@dataclass(frozen=True, slots=True)
class Caller:
    """A request's credentials, understood. `bucket` names whose rate limit it uses."""

    bucket: str
    label: str
    account: Account | None = None
    is_app: bool = False
    installation: Installation | None = None
    permissions: Mapping[str, str] | None = None
    repository_ids: frozenset[int] | None = None
    via_app: bool = False
    """A person's token that was given to the App: it reaches what both reach."""

    def allows(self, permission: str) -> bool:
        """Whether an installation has `name:level`; persons have what their role on a repository gives."""
        if self.installation is None:
            return self.account is not None
        name, level = permission.split(":")
        return LEVELS.get((self.permissions or {}).get(name, ""), 0) >= LEVELS[level]


class Gate:
    """Reads credentials, issues installation tokens and guards repositories."""

    def __init__(self, world: World, seed: int = 0) -> None:
        self.world = world
        self.issued: dict[str, tokens.InstallationToken] = {}
        self.users: dict[str, UserToken] = {}
        self._random = random.Random(seed)

    def caller(self, authorization: str | None, now: datetime) -> Caller:
        """Understand an `Authorization` header; raise GitHub's refusal for a bad one."""
        if not authorization:
            return Caller("anonymous", "127.0.0.1")
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() not in ("bearer", "token") or not token:
            raise bad_credentials()
        if token.startswith("ghs_"):
            return self._installation_caller(token, now)
        if token.startswith("ghu_"):
            return self._user_caller(token, now)
        personal = self.world.personal_tokens.get(token)
        if personal is not None:
            if personal.expires_at is not None and personal.expires_at <= now:
                raise bad_credentials()
            account = personal.account
            return Caller(f"user/{account.id}", f"user ID {account.id}", account)
        if token.count(".") != 2:
            raise bad_credentials()
        tokens.verify(token, self.world.app, now)
        return Caller("app", "app", is_app=True)

    def issue(
        self, installation: Installation, wanted: Mapping[str, object], now: datetime
    ) -> tokens.InstallationToken:
        """Issue a token, narrowed by `repository_ids`, `repositories` and `permissions` where they are given."""
        app = self.world.app
        if app is None or installation.removed_at is not None:
            raise not_found()
        if installation.suspended_at is not None:
            raise Refusal(403, SUSPENDED)
        repository_ids = self._narrowed_repositories(installation, wanted)
        permissions = self._narrowed_permissions(installation, wanted.get("permissions"))
        token, expires_at = tokens.mint(app.id, installation.id, now, self._random)
        issued = tokens.InstallationToken(token, installation.id, expires_at, permissions, repository_ids)
        if len(self.issued) >= MANY_TOKENS:
            self.issued = {known: one for known, one in self.issued.items() if one.expires_at > now}
        self.issued[token] = issued
        return issued

    def sees(self, caller: Caller, repository: Repository) -> bool:
        """Whether the caller may know that a repository exists: a public one, an installation's, a person's."""
        if repository.visibility == "public":
            return True
        if caller.installation is not None:
            covered = repository in self.world.covered(caller.installation)
            return covered and (caller.repository_ids is None or repository.id in caller.repository_ids)
        if caller.via_app and self.world.installed_on(repository) is None:
            return False
        return caller.account is not None and repository.permission_of(caller.account.login) != "none"

    def require(self, caller: Caller, repository: Repository, permission: str, *, public: bool = True) -> None:
        """Raise 404 for what the caller may not see and 403 for what it may not do.

        Reading what is public needs no permission unless `public` is False.
        """
        if not self.sees(caller, repository):
            raise not_found()
        name, level = permission.split(":")
        if public and level == "read" and repository.visibility == "public":
            return
        header = f"{name}={level}"
        if caller.installation is not None:
            own = repository in self.world.covered(caller.installation)
            chosen = caller.repository_ids is None or repository.id in caller.repository_ids
            if not (own and chosen and caller.allows(permission)):
                raise forbidden(header)
        elif caller.account is None:
            raise Refusal(401, "Requires authentication")

    def _user_caller(self, token: str, now: datetime) -> Caller:
        given = self.users.get(token)
        if given is None or given.expires_at <= now:
            raise bad_credentials()
        account = given.account
        return Caller(f"user/{account.id}", f"user ID {account.id}", account, via_app=True)

    def _installation_caller(self, token: str, now: datetime) -> Caller:
        issued = self.issued.get(token)
        if issued is None or issued.expires_at <= now:
            raise bad_credentials()
        installation = self.world.installations.get(issued.installation_id)
        if installation is None or installation.removed_at is not None or self.world.app is None:
            raise bad_credentials()
        if installation.suspended_at is not None:
            raise Refusal(403, SUSPENDED)
        bot = self.world.account(f"{self.world.app.slug}[bot]")
        return Caller(
            f"installation/{installation.id}", f"installation ID {installation.id}", bot,
            installation=installation, permissions=issued.permissions, repository_ids=issued.repository_ids,
        )  # fmt: skip

    def _narrowed_repositories(self, installation: Installation, wanted: Mapping[str, object]) -> frozenset[int] | None:
        ids, names = wanted.get("repository_ids"), wanted.get("repositories")
        if ids is None and names is None:
            return None
        covered = {repository.id: repository for repository in self.world.covered(installation)}
        by_name = {repository.name.lower(): number for number, repository in covered.items()}
        chosen = {int(str(number)) for number in _listed(ids)} | {
            by_name.get(str(name).lower(), -1) for name in _listed(names)
        }
        if len(chosen) > 500:
            raise invalid("AccessToken", "repository_ids", "too_many")
        if not chosen <= covered.keys():
            raise Refusal(
                422,
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            )
        return frozenset(chosen)

    def _narrowed_permissions(self, installation: Installation, wanted: object) -> dict[str, str]:
        if not isinstance(wanted, dict):
            return dict(installation.permissions)
        for name, level in wanted.items():
            if LEVELS.get(str(level), 9) > LEVELS.get(installation.permissions.get(name, ""), 0):
                raise Refusal(422, "The permissions requested are not granted to this installation.")
        return {"metadata": "read", **wanted}


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()
