"""What people do in a thread. The page and the control interface call these; each tells the App by webhook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sandbox import payloads
from sandbox.apps import Installation
from sandbox.hooks import Hooks
from sandbox.things import Account, Comment, Issue, Pull
from sandbox.world import World

Json = dict[str, Any]


class Actions(Protocol):
    """A person's hands: comments are answered as REST's comment object."""

    async def comment(self, full_name: str, number: int, login: str, body: str) -> Json:
        """Write a comment; KeyError where the thread is missing."""
        ...

    async def edit_comment(self, comment_id: int, login: str, body: str) -> Json:
        """Change a comment; KeyError where it is missing."""
        ...


class Hands:
    """Actions on a world, with the webhooks they cause. `base` gives the address that links begin with."""

    def __init__(self, world: World, hooks: Hooks) -> None:
        self.world, self.hooks = world, hooks

    async def comment(self, full_name: str, number: int, login: str, body: str) -> Json:
        thread = self.world.thread(full_name, number)
        comment = self.world.add_comment(thread, self.world.account(login), body)
        self.commented("created", comment)
        return payloads.comment(comment, self.hooks.base)

    async def edit_comment(self, comment_id: int, login: str, body: str) -> Json:
        comment = self.world.comments[comment_id]
        before = comment.body
        self.world.edit_comment(comment, body)
        self.commented("edited", comment, self.world.account(login), {"body": {"from": before}})
        return payloads.comment(comment, self.hooks.base)

    async def delete_comment(self, comment_id: int, login: str) -> None:
        comment = self.world.comments[comment_id]
        self.world.delete_comment(comment)
        self.commented("deleted", comment, self.world.account(login))

    async def open_issue(self, full_name: str, login: str, title: str, body: str = "") -> Json:
        repository = self.world.repository(full_name)
        if repository is None:
            raise KeyError(f"there is no repository {full_name}")
        issue = self.world.open_issue(repository, self.world.account(login), title, body)
        self.opened(issue)
        return payloads.issue(issue, self.hooks.base)

    def change_issue(self, thread: Issue | Pull, sender: Account | None, wanted: Json) -> None:
        """Change title, body, labels or state; closing and reopening leave their mark in the timeline."""
        self.world.change_thread(thread, sender, wanted)
        action = {"closed": "closed", "open": "reopened"}.get(str(wanted.get("state")), "edited")
        body: Json = {"action": action, "issue": payloads.issue(thread, self.hooks.base)}
        self.hooks.send("issues", body, thread.repository, sender)

    def commented(
        self, action: str, comment: Comment, sender: Account | None = None, changes: Json | None = None
    ) -> None:
        """Tell the App of a comment created, edited or deleted."""
        thread, base = comment.thread, self.hooks.base
        body: Json = {
            "action": action,
            "issue": payloads.issue(thread, base),
            "comment": payloads.comment(comment, base),
        }
        if changes is not None:
            body["changes"] = changes
        self.hooks.send("issue_comment", body, thread.repository, sender or comment.author)

    def opened(self, issue: Issue) -> None:
        """Tell the App of a new issue."""
        body: Json = {"action": "opened", "issue": payloads.issue(issue, self.hooks.base)}
        self.hooks.send("issues", body, issue.repository, issue.author)

    # what owners do with the App and their repositories

    def install(
        self, login: str, repositories: Iterable[str] | None = None, permissions: Mapping[str, str] | None = None
    ) -> Installation:
        """Install the App on an account and tell it."""
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

    def choose_repositories(self, installation: Installation, names: Iterable[str]) -> None:
        """Choose the repositories of an installation anew and tell the App which came and went."""
        before = {one.id for one in self.world.covered(installation)}
        login = installation.account.login
        found = [self.world.repository(f"{login}/{name}") for name in names]
        installation.repository_ids = {one.id for one in found if one is not None}
        added, removed = installation.repository_ids - before, before - installation.repository_ids
        for action, ids in (("added", added), ("removed", removed)):
            if ids:
                body: Json = {
                    "action": action, "repository_selection": installation.selection, "requester": None,
                    "repositories_added": self._named(added if action == "added" else set()),
                    "repositories_removed": self._named(removed if action == "removed" else set()),
                }  # fmt: skip
                self.hooks.send_installation("installation_repositories", body, installation)

    def rename_repository(self, full_name: str, name: str) -> None:
        """Rename a repository; its old address redirects, and the App is told."""
        repository = self.world.repository(full_name)
        if repository is None:
            raise KeyError(f"there is no repository {full_name}")
        before = repository.name
        self.world.rename_repository(repository, name)
        body: Json = {"action": "renamed", "changes": {"repository": {"name": {"from": before}}}}
        self.hooks.send("repository", body, repository, repository.owner)

    def _installed(self, action: str, installation: Installation) -> None:
        ids = {one.id for one in self.world.covered(installation)}
        body: Json = {"action": action, "repositories": self._named(ids), "requester": None}
        self.hooks.send_installation("installation", body, installation)

    def _named(self, ids: Iterable[int]) -> list[Json]:
        found = (self.world.repositories[number] for number in sorted(ids))
        return [
            {"id": one.id, "node_id": one.node_id, "name": one.name, "full_name": one.full_name, "private": one.private}
            for one in found
        ]
