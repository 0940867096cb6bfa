"""From rows of a data set to a repository in the world.

What the rows leave open is decided here: no draft means ready, no author means a deleted account, an author `h:…` is
an e-mail without an account, and without a timeline the closing and merging are told by their times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from sandbox.clock import parse_iso
from sandbox.dataset import Dataset
from sandbox.fans import Fan, Fork
from sandbox.things import Account, Comment, Commit, Event, Issue, Pull, Release, Repository, Review, Thread
from sandbox.traffic_generated import Generated, Habits
from sandbox.world import World

Row = dict[str, Any]
HASHED = "h:"
EVENTS: Mapping[str, str] = {
    "ready_for_review": "ReadyForReviewEvent",
    "convert_to_draft": "ConvertToDraftEvent",
    "converted_to_draft": "ConvertToDraftEvent",
    "review_requested": "ReviewRequestedEvent",
    "review_request_removed": "ReviewRequestRemovedEvent",
    "closed": "ClosedEvent",
    "reopened": "ReopenedEvent",
    "merged": "MergedEvent",
}


def load(world: World, datasets: Iterable[Dataset]) -> list[Repository]:
    """Add every repository of the data sets to the world and return them."""
    return [_Loader(world, part).repository for dataset in datasets for part in dataset.repositories()]


class _Loader:
    """Loads one repository; kept together because every table refers to accounts and threads."""

    def __init__(self, world: World, dataset: Dataset) -> None:
        self.world, repo = world, dataset.repo
        times = [str(row["created_at"]) for row in (*dataset.pulls, *dataset.issues)]
        self.repository = world.add_repository(
            dataset.full_name,
            visibility=repo.get("visibility") or "public",
            default_branch=repo.get("default_branch") or "main",
            created_at=repo.get("created_at") or min(times, default=str(repo.get("snapshot_at") or world.now())),
            description=repo.get("description"),
            archived=bool(repo.get("archived")),
            fork=bool(repo.get("fork")),
            id=repo.get("id"),
        )
        for path, text in (repo.get("files") or {}).items():
            self.repository.files[path] = text
        for login, permission in (repo.get("permissions") or {}).items():
            self.repository.permissions[login.lower()] = permission
        for row in dataset.issues:
            self._issue(row)
        for row in dataset.pulls:
            self._pull(row)
        for row in dataset.reviews:
            self._review(row)
        for row in dataset.comments:
            self._comment(row)
        self._timeline(dataset.timeline)
        for row in dataset.commits:
            self._commit(row)
        for row in dataset.releases:
            self._release(row)
        self._fans(dataset)
        self.repository.traffic = dataset.replay or self._traffic(repo.get("traffic"))
        self._finish()

    def _account(self, login: str | None, kind: str | None = None) -> Account | None:
        if not login or login == "ghost":
            return None
        return self.world.account(login, "Bot" if kind == "Bot" else "User")

    def _thread(self, row: Row) -> Row:
        author = self._account(row.get("author"), row.get("author_type"))
        association = row.get("author_association") or "NONE"
        if author is not None and association in ("OWNER", "MEMBER", "COLLABORATOR"):
            # The data tells no more of a person's rights than this.
            self.repository.permissions.setdefault(author.rest_login.lower(), "write")
        moments = [row.get(name) for name in ("created_at", "closed_at", "merged_at")]
        state: Literal["open", "closed"] = "open" if row.get("state") == "open" else "closed"
        return {
            "id": self.world.next_id("thread"), "repository": self.repository, "number": row["number"],
            "title": row.get("title") or "", "text": row.get("body"), "length": row.get("body_length") or 0,
            "author": author, "association": association, "created_at": row["created_at"],
            "updated_at": row.get("updated_at") or max(moment for moment in moments if moment),
            "closed_at": row.get("closed_at") or row.get("merged_at"), "state": state,
            "closed_by": self._account(row.get("closed_by")), "labels": tuple(row.get("labels") or ()),
        }  # fmt: skip

    def _issue(self, row: Row) -> None:
        closed = row.get("state") == "closed"
        reason = row.get("state_reason") or ("completed" if closed else None)
        self.repository.threads[row["number"]] = Issue(**self._thread(row), state_reason=reason)

    def _pull(self, row: Row) -> None:
        self.repository.threads[row["number"]] = Pull(
            **self._thread(row), merged_at=row.get("merged_at"),
            merged_by=self._account(row.get("merged_by"), row.get("merged_by_type")), draft=bool(row.get("draft")),
            base_ref=row.get("base_ref") or self.repository.default_branch, head_ref=row.get("head_ref") or "topic",
            base_sha=row.get("base_sha"), head_sha=row.get("head_sha"), merge_commit_sha=row.get("merge_commit_sha"),
            additions=row.get("additions") or 0, deletions=row.get("deletions") or 0,
            changed_files=row.get("changed_files") or 0, commit_count=row.get("commits") or 1,
        )  # fmt: skip

    def _review(self, row: Row) -> None:
        pull = self.repository.threads.get(row["number"])
        if not isinstance(pull, Pull):
            return
        submitted = row.get("submitted_at")
        pull.reviews.append(Review(
            id=str(row.get("id") or f"PRR_{self.world.next_id('review')}"), pull=pull,
            author=self._account(row.get("author"), row.get("author_type")),
            association=row.get("author_association") or "NONE", state=row.get("state") or "COMMENTED",
            created_at=submitted or pull.created_at, submitted_at=submitted, commit_sha=row.get("commit_id"),
            length=row.get("body_length") or 0,
        ))  # fmt: skip

    def _comment(self, row: Row) -> None:
        thread = self.repository.threads.get(row["number"])
        if thread is None or row.get("kind", "issue_comment") != "issue_comment":
            return
        comment = Comment(
            id=self.world.next_id("comment"), thread=thread,
            author=self._account(row.get("author"), row.get("author_type")),
            association=row.get("author_association") or "NONE", created_at=row["created_at"],
            updated_at=row.get("updated_at") or row["created_at"], text=row.get("body"),
            length=row.get("body_length") or 0,
        )  # fmt: skip
        thread.comments.append(comment)
        self.world.comments[comment.id] = comment

    def _timeline(self, rows: list[Row]) -> None:
        told: defaultdict[int, set[str]] = defaultdict(set)
        for row in rows:
            thread, kind = self.repository.threads.get(row["number"]), EVENTS.get(row["event"])
            if thread is None or kind is None:
                continue
            told[thread.number].add(kind)
            event = self._event(thread, kind, row["created_at"], self._account(row.get("actor")), self._subject(row))
            event.id = f"{kind}_{row['id']}" if row.get("id") else event.id
        for thread in self.repository.threads.values():
            self._derive(thread, told[thread.number])

    def _derive(self, thread: Thread, told: set[str]) -> None:
        """Tell of merging and closing where no row does; GitHub lists both for a merge, at one moment."""
        merged_at = thread.merged_at if isinstance(thread, Pull) else None
        if isinstance(thread, Pull) and merged_at and "MergedEvent" not in told:
            self._event(thread, "MergedEvent", merged_at, thread.merged_by)
        if thread.closed_at and "ClosedEvent" not in told:
            actor = thread.merged_by if isinstance(thread, Pull) and merged_at else thread.closed_by
            self._event(thread, "ClosedEvent", thread.closed_at, actor)

    def _subject(self, row: Row) -> Account | str | None:
        team = row.get("requested_team")
        return f"team:{team}" if team else self._account(row.get("requested_reviewer"))

    def _event(
        self, thread: Thread, kind: str, at: str, actor: Account | None, subject: Account | str | None = None
    ) -> Event:  # fmt: skip
        identity = f"{kind}_{self.world.next_id('event')}"
        event = Event(id=identity, thread=thread, type=kind, at=at, actor=actor, subject=subject)
        thread.timeline.append(event)
        return event

    def _commit(self, row: Row) -> None:
        author, author_email = self._committer(row.get("author"), row.get("author_type"))
        committer, committer_email = self._committer(row.get("committer") or row.get("author"))
        self.repository.commits.append(Commit(
            sha=row["sha"], repository=self.repository, author=author, author_email=author_email,
            authored_at=row.get("author_date") or row["committer_date"], committer=committer,
            committer_email=committer_email, committed_at=row["committer_date"],
            parents=tuple(row.get("parents") or ()), additions=row.get("additions") or 0,
            deletions=row.get("deletions") or 0, changed_files=row.get("files") or 0,
            message=row.get("message") or "A change",
        ))  # fmt: skip

    def _committer(self, name: str | None, kind: str | None = None) -> tuple[Account | None, str]:
        """A hashed e-mail has no account; an account has GitHub's address for those who hide theirs."""
        if name and name.startswith(HASHED):
            return None, f"{name.removeprefix(HASHED)}@users.invalid"
        account = self._account(name, kind)
        return account, f"{account.rest_login}@users.noreply.invalid" if account else "ghost@users.invalid"

    def _release(self, row: Row) -> None:
        self.repository.releases.append(Release(
            id=row["id"] if isinstance(row.get("id"), int) else self.world.next_id("release"),
            repository=self.repository, tag=row["tag_name"], name=row.get("name"),
            author=self._account(row.get("author")), created_at=row["created_at"],
            published_at=row.get("published_at"), draft=bool(row.get("draft")),
            prerelease=bool(row.get("prerelease")), commit_sha=row.get("target_sha"),
        ))  # fmt: skip

    def _fans(self, dataset: Dataset) -> None:
        account = self.world.account
        self.repository.fans.load(
            [Fan(account(row["user"]), row["starred_at"]) for row in dataset.stars],
            [Fan(account(row["user"]), row["created_at"]) for row in dataset.watches],
            [
                Fork(row.get("id") or self.world.next_id("repository"), account(row["owner"]), row["created_at"])
                for row in dataset.forks
            ],
        )

    def _traffic(self, habits: Row | None) -> Generated | None:
        if habits is None:
            return None
        published = [one.published_at for one in self.repository.releases if one.published_at is not None]
        return Generated(Habits.of(habits, [parse_iso(moment).date() for moment in published]))

    def _finish(self) -> None:
        repository = self.repository
        for thread in repository.threads.values():
            thread.comments.sort(key=lambda one: (one.created_at, one.id))
            thread.timeline.sort(key=lambda one: one.at)
            if isinstance(thread, Pull):
                thread.reviews.sort(key=lambda one: one.created_at)
        updated = [thread.updated_at for thread in repository.threads.values()]
        repository.updated_at = max(updated, default=repository.updated_at)
        repository.pushed_at = max((commit.committed_at for commit in repository.commits), default=repository.pushed_at)
        repository.version += 1
