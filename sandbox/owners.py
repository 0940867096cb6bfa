"""What owners and passers-by do with the App and with repositories; each act tells the App as GitHub does.

Two habits of GitHub that are not published are assumed: who loses a repository by a transfer hears of it only where the
App was given chosen repositories (`installation_repositories`), and a deleted one is told as `repository` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox import payloads
from sandbox.apps import Installation
from sandbox.fans import Fans
from sandbox.hooks import Hooks
from sandbox.things import Account, Repository, Visibility
from sandbox.world import World

Json = dict[str, Any]


class OwnersHands:
    """Acts on a world with the webhooks they cause. KeyError names a missing repository or account."""

    def __init__(self, world: World, hooks: Hooks) -> None:
        self.world, self.hooks = world, hooks

    # the App

    def install(
        self, login: str, repositories: Iterable[str] | None = None, permissions: Mapping[str, str] | None = None
    ) -> Installation:
        """Install the App on an account and tell it; `permissions` fewer than it asks for wait to be accepted."""
        installation = self.world.install(login, repositories, permissions)
        self._installed("created", installation)
        return installation

    def suspend(self, installation: Installation) -> None:
        """Suspend an installation: its tokens are refused with 403, and the App is told."""
        installation.suspended_at = self.world.now()
        self._installed("suspend", installation)

    def unsuspend(self, installation: Installation) -> None:
        """Let an installation work again and tell the App."""
        installation.suspended_at = None
        self._installed("unsuspend", installation)

    def uninstall(self, installation: Installation) -> None:
        """Remove the App from an account: it is not found from then on, and the App is told."""
        installation.removed_at = self.world.now()
        self._installed("deleted", installation)

    def accept_permissions(self, installation: Installation, permissions: Mapping[str, str] | None = None) -> None:
        """Grant what the App asks for by now, or only `permissions`; a token issued before keeps what it had."""
        self.world.accept_permissions(installation, permissions)
        self._installed("new_permissions_accepted", installation)

    def choose_repositories(self, installation: Installation, names: Iterable[str]) -> None:
        """Choose the repositories of an installation anew and tell the App which came and went."""
        before = {one.id for one in self.world.covered(installation)}
        installation.repository_ids = self._ids(installation, names)
        self._tell("added", installation.repository_ids - before, installation)
        self._tell("removed", before - installation.repository_ids, installation)

    def add_repositories(self, installation: Installation, names: Iterable[str]) -> None:
        """Give an installation more repositories; ValueError where it has all of them."""
        chosen = _chosen(installation)
        added = self._ids(installation, names) - chosen
        installation.repository_ids = chosen | added
        self._tell("added", added, installation)

    def remove_repositories(self, installation: Installation, names: Iterable[str]) -> None:
        """Take repositories from an installation; ValueError where it has all of them."""
        chosen = _chosen(installation)
        removed = self._ids(installation, names) & chosen
        installation.repository_ids = chosen - removed
        self._tell("removed", removed, installation)

    def rename_account(self, login: str, to: str) -> None:
        """Rename an account; the addresses of its repositories lead on, and the App is told where it is installed."""
        account = self._account(login)
        before = account.login
        self.world.rename_account(account, to)
        for installation in self.world.installations.values():
            if installation.account is account and installation.removed_at is None:
                body: Json = {
                    "action": "renamed", "account": payloads.account(account, self.hooks.base),
                    "changes": {"login": {"from": before}}, "target_type": account.type,
                }  # fmt: skip
                self.hooks.send_target("installation_target", body, installation, account)

    def create_team(self, login: str, slug: str, members: Iterable[str], *, secret: bool = False) -> None:
        """Make a team of an organisation; the App hears of teams only where it asks for those events."""
        self.world.add_team(login, slug, members, secret=secret)

    # repositories

    def create_repository(self, full_name: str, visibility: Visibility = "public") -> Repository:
        """Create a repository and tell the App where it covers it."""
        repository = self.world.add_repository(full_name, visibility=visibility)
        self._changed("created", repository)
        return repository

    def rename_repository(self, full_name: str, name: str) -> None:
        """Rename a repository; its old address redirects, and the App is told."""
        repository = self.world.required(full_name)
        before = repository.name
        self.world.rename_repository(repository, name)
        self._changed("renamed", repository, changes={"repository": {"name": {"from": before}}})

    def transfer_repository(self, full_name: str, login: str) -> None:
        """Give a repository to another account, whose installation is told; the one before it only loses it."""
        repository, owner = self.world.required(full_name), self._account(login)
        before, left = repository.owner, self.world.installed_on(repository)
        self.world.transfer_repository(repository, owner)
        if left is not None and left.repository_ids is not None:
            self._tell("removed", {repository.id}, left)
            left.repository_ids.discard(repository.id)
        kind = "organization" if before.type == "Organization" else "user"
        shown = payloads.account(before, self.hooks.base)
        self._changed("transferred", repository, changes={"owner": {"from": {kind: shown}}})

    def privatize(self, full_name: str) -> None:
        """Make a repository private and tell the App."""
        repository = self.world.required(full_name)
        repository.visibility = "private"
        self._changed("privatized", repository)

    def publicize(self, full_name: str) -> None:
        """Make a repository public and tell the App."""
        repository = self.world.required(full_name)
        repository.visibility = "public"
        self._changed("publicized", repository)

    def archive(self, full_name: str) -> None:
        """Archive a repository and tell the App."""
        repository = self.world.required(full_name)
        repository.archived = True
        self._changed("archived", repository)

    def unarchive(self, full_name: str) -> None:
        """Bring a repository back from the archive and tell the App."""
        repository = self.world.required(full_name)
        repository.archived = False
        self._changed("unarchived", repository)

    def delete_repository(self, full_name: str) -> None:
        """Delete a repository for good and tell the App."""
        repository = self.world.required(full_name)
        self._changed("deleted", repository)
        self.world.delete_repository(repository)

    # what passers-by do

    def star(self, full_name: str, login: str) -> None:
        """Give a star and tell the App, unless it was given before."""
        repository, user = self.world.required(full_name), self.world.account(login)
        count = repository.fans.star_count()
        fan = repository.fans.star(user, self.world.now())
        if repository.fans.star_count() > count:
            self.hooks.send("star", {"action": "created", "starred_at": fan.at}, repository, user)

    def unstar(self, full_name: str, login: str) -> None:
        """Take a star back and tell the App, if there was one."""
        repository, user = self.world.required(full_name), self.world.account(login)
        if repository.fans.unstar(user):
            self.hooks.send("star", {"action": "deleted", "starred_at": None}, repository, user)

    def fork(self, full_name: str, login: str) -> None:
        """Fork a repository and tell the App, which hears of forks with the permission `contents` only."""
        repository, user = self.world.required(full_name), self.world.account(login)
        made = repository.fans.fork(self.world.next_id("repository"), user, self.world.now())
        copy = Repository(
            id=made.id, owner=user, name=repository.name, visibility=repository.visibility, fork=True,
            default_branch=repository.default_branch, created_at=made.at, updated_at=made.at,
            pushed_at=repository.pushed_at, fans=Fans(self.world.clock),
        )  # fmt: skip
        forkee = {**payloads.repository(copy, self.hooks.base), "public": not copy.private}
        self.hooks.send("fork", {"forkee": forkee}, repository, user)

    def _account(self, login: str) -> Account:
        try:
            return self.world.accounts[login.lower()]
        except KeyError:
            raise KeyError(f"there is no account {login}") from None

    def _changed(self, action: str, repository: Repository, **said: Json) -> None:
        self.hooks.send("repository", {"action": action, **said}, repository, repository.owner)

    def _ids(self, installation: Installation, names: Iterable[str]) -> set[int]:
        return {self.world.required(f"{installation.account.login}/{name}").id for name in names}

    def _installed(self, action: str, installation: Installation) -> None:
        listed = [payloads.few(one) for one in self.world.covered(installation)]
        body: Json = {"action": action, "repositories": listed}
        self.hooks.send_installation("installation", body, installation)

    def _tell(self, action: str, ids: set[int], installation: Installation) -> None:
        """Tell the App which repositories it may use now, or may not any more."""
        if not ids:
            return
        listed = [payloads.few(self.world.repositories[number]) for number in sorted(ids)]
        body: Json = {
            "action": action, "repository_selection": installation.selection, "requester": None,
            "repositories_added": listed if action == "added" else [],
            "repositories_removed": listed if action == "removed" else [],
        }  # fmt: skip
        self.hooks.send_installation("installation_repositories", body, installation)


def _chosen(installation: Installation) -> set[int]:
    if installation.repository_ids is None:
        raise ValueError(f"installation {installation.id} has all repositories of {installation.account.login}")
    return installation.repository_ids
