"""Everything the sandbox knows: accounts, repositories, the App, its installations and personal tokens.

The world is plain state: it sends nothing. `sandbox.actions` changes it the way people do and tells the App.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sandbox.apps import ALL_PERMISSIONS, AppRegistration, Installation, PersonalToken
from sandbox.clock import Clock
from sandbox.registry import Registry
from sandbox.things import Account, Comment, Event, Issue, Pull, Reaction, Repository, Thread


class World(Registry):
    """The state of a small GitHub."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.installations: dict[int, Installation] = {}
        self.personal_tokens: dict[str, PersonalToken] = {}
        self.comments: dict[int, Comment] = {}
        self.app: AppRegistration | None = None

    # threads and people

    def thread(self, full_name: str, number: int) -> Issue | Pull:
        """Return issue or pull request `number`; KeyError says which is missing."""
        repository = self.repository(full_name)
        if repository is None or number not in repository.threads:
            raise KeyError(f"there is no {full_name}#{number}")
        return repository.threads[number]

    def permit(self, full_name: str, login: str, permission: str) -> None:
        """Give a person a role in a repository: read, triage, write, maintain, admin, or none to take it away."""
        self.required(full_name).permissions[self.account(login).rest_login.lower()] = permission

    # the App

    def install(
        self,
        login: str,
        repositories: Iterable[str] | None = None,
        permissions: Mapping[str, str] | None = None,
    ) -> Installation:
        """Install the App on an account: on all of its repositories, or on those named (`name`, not `owner/name`)."""
        chosen: set[int] | None = None
        if repositories is not None:
            chosen = {self.required(f"{login}/{name}").id for name in repositories}
        granted = dict(
            permissions if permissions is not None else self.app.permissions if self.app else ALL_PERMISSIONS
        )
        installation = Installation(
            self.next_id("installation"), self.account(login), {"metadata": "read", **granted}, self.now(), chosen
        )
        self.installations[installation.id] = installation
        return installation

    def accept_permissions(self, installation: Installation, permissions: Mapping[str, str] | None = None) -> None:
        """Grant an installation what the App asks for by now, or only `permissions` of it, beside what it had."""
        wanted = permissions if permissions is not None else self.app.permissions if self.app else ALL_PERMISSIONS
        installation.permissions = {**installation.permissions, **wanted}

    def installed_on(self, repository: Repository) -> Installation | None:
        """Return the installation that covers a repository, suspended or not."""
        for installation in self.installations.values():
            if installation.removed_at is None and repository in self.covered(installation):
                return installation
        return None

    def covered(self, installation: Installation) -> Covered:
        """Return the repositories an installation covers, in the order they came to its account."""
        return Covered(self, installation)

    def add_personal_token(self, token: str, login: str, expires_at: datetime | None = None) -> PersonalToken:
        """Let `token` act as a person, who sees public repositories and those with a permission for them."""
        personal = PersonalToken(token, self.account(login), expires_at)
        self.personal_tokens[token] = personal
        return personal

    # threads

    def open_issue(
        self, repository: Repository, author: Account | None, title: str, body: str = "", labels: Iterable[str] = ()
    ) -> Issue:
        """Open an issue with the next free number."""
        now = self.now()
        issue = Issue(
            id=self.next_id("thread"), repository=repository,
            number=max([*repository.threads, *repository.deleted], default=0) + 1,
            title=title, text=body, author=author, association=self.association(repository, author),
            created_at=now, updated_at=now, labels=tuple(labels),
        )  # fmt: skip
        repository.threads[issue.number] = issue
        repository.version += 1
        return issue

    def delete_issue(self, issue: Issue) -> None:
        """Remove an issue with its comments for good; its number is not given again."""
        repository = issue.repository
        for comment in issue.comments:
            del self.comments[comment.id]
        del repository.threads[issue.number]
        repository.deleted.add(issue.number)
        repository.version += 1

    def add_comment(self, thread: Issue | Pull, author: Account | None, body: str, *, via_app: bool = False) -> Comment:
        """Append a comment and make the thread the most recently updated one."""
        now = self.now()
        comment = Comment(
            id=self.next_id("comment"), thread=thread, author=author, text=body, created_at=now, updated_at=now,
            association=self.association(thread.repository, author), via_app=via_app,
        )  # fmt: skip
        thread.comments.append(comment)
        self.comments[comment.id] = comment
        self._touch(thread, now)
        return comment

    def edit_comment(self, comment: Comment, body: str) -> None:
        """Replace a comment's text."""
        comment.text, comment.updated_at = body, self.now()
        self._touch(comment.thread, comment.updated_at)

    def delete_comment(self, comment: Comment) -> None:
        """Remove a comment for good."""
        comment.thread.comments.remove(comment)
        del self.comments[comment.id]
        self._touch(comment.thread, self.now())

    def react(self, comment: Comment, user: Account, content: str) -> tuple[Reaction, bool]:
        """Return the user's reaction and whether it is new: a second one of the same content is the first."""
        for reaction in comment.reactions:
            if reaction.user is user and reaction.content == content:
                return reaction, False
        reaction = Reaction(self.next_id("reaction"), user, content, self.now())
        comment.reactions.append(reaction)
        return reaction, True

    def change_thread(self, thread: Thread, actor: Account | None, wanted: Mapping[str, object]) -> None:
        """Change what `wanted` names of title, body, labels, state and state_reason."""
        now = self.now()
        if wanted.get("title"):
            thread.title = str(wanted["title"])
        if "body" in wanted:
            thread.text = str(wanted["body"] or "")
        if isinstance(wanted.get("labels"), list):
            thread.labels = tuple(str(name) for name in wanted["labels"])  # type: ignore[attr-defined]
        state = wanted.get("state")
        if state in ("open", "closed") and state != thread.state:
            closing = state == "closed"
            thread.state = "closed" if closing else "open"
            thread.closed_at, thread.closed_by = (now, actor) if closing else (None, None)
            thread.state_reason = str(wanted.get("state_reason") or ("completed" if closing else "reopened"))
            kind = "ClosedEvent" if closing else "ReopenedEvent"
            event_id = f"{kind}_{self.next_id('event')}"
            thread.timeline.append(Event(id=event_id, thread=thread, type=kind, at=now, actor=actor))
        self._touch(thread, now)

    def association(self, repository: Repository, account: Account | None) -> str:
        """Return how an account stands to a repository, in the words of `author_association`."""
        if account is None:
            return "NONE"
        if account is repository.owner:
            return "OWNER"
        if repository.permissions.get(account.rest_login.lower(), "none") != "none":
            return "MEMBER" if repository.owner.type == "Organization" else "COLLABORATOR"
        merged = any(pull.author is account and pull.merged_at for pull in repository.pulls())
        return "CONTRIBUTOR" if merged else "NONE"

    def _touch(self, thread: Thread, now: str) -> None:
        thread.updated_at = max(thread.updated_at, now)
        thread.repository.updated_at = max(thread.repository.updated_at, now)
        thread.repository.version += 1


class Covered:
    """The repositories of an installation, asked for anew each time."""

    def __init__(self, world: World, installation: Installation) -> None:
        self._world, self._installation = world, installation

    def __contains__(self, repository: Repository) -> bool:
        chosen = self._installation.repository_ids
        return repository.owner is self._installation.account and (chosen is None or repository.id in chosen)

    def __iter__(self) -> Iterator[Repository]:
        return (repository for repository in self._owned().values() if repository in self)

    def __len__(self) -> int:
        chosen = self._installation.repository_ids
        return len(self._owned()) if chosen is None else len(chosen & self._owned().keys())

    def _owned(self) -> Mapping[int, Repository]:
        return self._world.owned_by(self._installation.account)
