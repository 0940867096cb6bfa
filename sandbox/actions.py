"""What people do in a thread. The page and the control interface call these; each tells the App by webhook."""

from __future__ import annotations

from typing import Any, Protocol

from sandbox import payloads
from sandbox.owners import OwnersHands
from sandbox.things import Account, Comment, Issue, Pull

Json = dict[str, Any]


class Actions(Protocol):
    """A person's hands: comments are answered as REST's comment object."""

    async def comment(self, full_name: str, number: int, login: str, body: str) -> Json:
        """Write a comment; KeyError where the thread is missing."""
        ...

    async def edit_comment(self, comment_id: int, login: str, body: str) -> Json:
        """Change a comment; KeyError where it is missing."""
        ...


class Hands(OwnersHands):
    """Everything that people do, with the webhooks it causes."""

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
        repository = self.world.required(full_name)
        issue = self.world.open_issue(repository, self.world.account(login), title, body)
        self.opened(issue)
        return payloads.issue(issue, self.hooks.base)

    async def delete_issue(self, full_name: str, number: int, login: str) -> None:
        """Delete an issue, as those may who administer its repository."""
        issue = self.world.thread(full_name, number)
        if not isinstance(issue, Issue):
            raise TypeError("a pull request cannot be deleted")
        body: Json = {"action": "deleted", "issue": payloads.issue(issue, self.hooks.base)}
        self.world.delete_issue(issue)
        self.hooks.send("issues", body, issue.repository, self.world.account(login))

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
