"""Branches, commits, releases and labels in GraphQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.graphql.connections import Connection, Index, Listed, Paging
from sandbox.graphql.context import Context, since_text
from sandbox.things import Account, Commit, Pull, Repository, Thread, node_id

Info = GraphQLResolveInfo


def label(name: str, repository: Repository) -> dict[str, Any]:
    """A label, of which only the name is known."""
    number = sum(byte << (8 * place) for place, byte in enumerate(name.encode()[:4])) + repository.id
    return {"id": node_id("LA", number), "name": name, "color": "ededed", "description": None, "isDefault": False}


def history(repository: Repository, context: Context) -> Index:
    """The default branch's commits by committer date; those of one second stay in the order of the data."""
    return context.indexes.build(repository, ("commits",), lambda: _dated(repository.commits))


def _dated(commits: list[Commit]) -> Index:
    rows = [((commit.committed_at, place), commit) for place, commit in enumerate(reversed(commits))]
    rows.sort(key=lambda row: row[0])
    return Index([commit for _, commit in rows], [key for key, _ in rows])


def default_branch(repository: Repository, info: Info) -> dict[str, Any] | None:
    """The default branch; null in an empty repository."""
    return ref(repository, info, qualifiedName=repository.default_branch)


def ref(repository: Repository, info: Info, *, qualifiedName: str) -> dict[str, Any] | None:  # noqa: N803
    """A branch by its name, full or short; only the default one is known."""
    context: Context = info.context
    context.require(repository, "contents:read")
    if not repository.commits or qualifiedName.removeprefix("refs/heads/") != repository.default_branch:
        return None
    return {
        "id": node_id("REF", repository.id), "name": repository.default_branch, "prefix": "refs/heads/",
        "repository": repository, "target": history(repository, context).rows[-1],
    }  # fmt: skip


def git_object(
    repository: Repository, info: Info, *, expression: str | None = None, oid: str | None = None
) -> Commit | None:
    """A commit by its id, or the head of the default branch by name."""
    context: Context = info.context
    context.require(repository, "contents:read")
    if oid is None and expression in ("HEAD", repository.default_branch, f"refs/heads/{repository.default_branch}"):
        return history(repository, context).rows[-1] if repository.commits else None
    return _by_sha(repository, context, oid or expression)


def merge_commit(thread: Thread, info: Info) -> Commit | None:
    """The commit a pull request was merged as, if it is on the default branch."""
    context: Context = info.context
    if not isinstance(thread, Pull) or thread.merge_commit_sha is None:
        return None
    return _by_sha(thread.repository, context, thread.merge_commit_sha)


def _by_sha(repository: Repository, context: Context, sha: str | None) -> Commit | None:
    def index() -> Index:
        return Index.by(repository.commits, lambda one: (one.sha, 0))

    found = context.indexes.build(repository, ("shas",), index).between(sha, sha).rows if sha else ()
    return found[0] if found else None


def _history(commit: Commit, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    index = history(commit.repository, context)
    if commit is not index.rows[-1]:
        index = index.between(None, commit.committed_at)
    index = index.between(since_text(arguments.get("since")), since_text(arguments.get("until")))
    author = arguments.get("author")
    if author is not None:
        emails, wanted = set(author.get("emails") or ()), author.get("id")
        rows = [
            (row, key)
            for row, key in zip(index.rows, index.keys, strict=True)
            if row.author_email in emails or (row.author is not None and row.author.node_id == wanted)
        ]
        index = Index([row for row, _ in rows], [key for _, key in rows])
    return context.spend(index.page(Paging.of(arguments), descending=True))


def _parents(commit: Commit, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    rows = [_by_sha(commit.repository, context, sha) for sha in commit.parents]
    return context.spend(Listed(rows).page(Paging.of(arguments), descending=False, total=len(commit.parents)))


def _actor(account: Account | None, email: str, at: str) -> dict[str, Any]:
    name = (account.name or account.login) if account else email.split("@", maxsplit=1)[0]
    return {"avatarUrl": "", "date": at, "email": email, "name": name, "user": _user(account)}


def _user(account: Account | None) -> Account | None:
    return account if account is not None and account.type == "User" else None


def _author(commit: Commit, _: Info) -> dict[str, Any]:
    return _actor(commit.author, commit.author_email, commit.authored_at)


def _committer(commit: Commit, _: Info) -> dict[str, Any]:
    return _actor(commit.committer, commit.committer_email, commit.committed_at)


def _authors(commit: Commit, info: Info, **arguments: Any) -> Connection:
    return Listed([_author(commit, info)]).page(Paging.of(arguments), descending=False)


def _pulls_of(commit: Commit, info: Info, **arguments: Any) -> Connection:
    context: Context = info.context
    rows = [pull for pull in commit.repository.pulls() if pull.merge_commit_sha == commit.sha]
    return context.spend(Listed(rows).page(Paging.of(arguments), descending=False))


def _commit_path(commit: Commit) -> str:
    return f"/{commit.repository.full_name}/commit/{commit.sha}"


TABLES: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "Commit": {
        "abbreviatedOid": lambda one, _: one.sha[:7],
        "additions": lambda one, _: one.additions,
        "associatedPullRequests": _pulls_of,
        "author": _author,
        "authoredByCommitter": lambda one, _: one.author_email == one.committer_email,
        "authoredDate": lambda one, _: one.authored_at,
        "authors": _authors,
        "changedFiles": lambda one, _: one.changed_files,
        "changedFilesIfAvailable": lambda one, _: one.changed_files,
        "commitResourcePath": lambda one, _: _commit_path(one),
        "commitUrl": lambda one, info: info.context.base + _commit_path(one),
        "committedDate": lambda one, _: one.committed_at,
        "committer": _committer,
        "deletions": lambda one, _: one.deletions,
        "history": _history,
        "id": lambda one, _: f"C_{one.sha}",
        "message": lambda one, _: one.message,
        "messageHeadline": lambda one, _: one.message.split("\n", 1)[0],
        "oid": lambda one, _: one.sha,
        "parents": _parents,
        "repository": lambda one, _: one.repository,
        "resourcePath": lambda one, _: _commit_path(one),
        "url": lambda one, info: info.context.base + _commit_path(one),
    },
    "Release": {
        "author": lambda one, _: _user(one.author),
        "createdAt": lambda one, _: one.created_at,
        "databaseId": lambda one, _: one.id,
        "description": lambda _, __: "",
        "id": lambda one, _: one.node_id,
        "isDraft": lambda one, _: one.draft,
        "isLatest": lambda one, _: one is max(one.repository.releases, key=lambda other: other.created_at),
        "isPrerelease": lambda one, _: one.prerelease,
        "name": lambda one, _: one.name,
        "publishedAt": lambda one, _: one.published_at,
        "repository": lambda one, _: one.repository,
        "resourcePath": lambda one, _: f"/{one.repository.full_name}/releases/tag/{one.tag}",
        "tagCommit": lambda one, info: _by_sha(one.repository, info.context, one.commit_sha),
        "tagName": lambda one, _: one.tag,
        "updatedAt": lambda one, _: one.published_at or one.created_at,
        "url": lambda one, info: f"{info.context.base}/{one.repository.full_name}/releases/tag/{one.tag}",
    },
}
KINDS: Mapping[str, Callable[..., str]] = {"GitObject": lambda *_: "Commit"}
