"""REST's JSON for accounts, repositories, issues and comments: one function a kind, `base` is where links begin."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sandbox.apps import AppRegistration, Installation
from sandbox.things import Account, Comment, Issue, Milestone, Pull, Reaction, Release, Repository, Thread, node_id

Json = dict[str, Any]
REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
GHOST = Account(10137, "ghost")
# The addresses of a repository's parts, below its own; one such as `labels` takes a name.
PARTS = (
    *((name, name) for name in (
        "forks", "teams", "hooks", "events", "tags", "languages", "stargazers", "contributors", "subscribers",
        "subscription", "merges", "downloads", "deployments",
    )),
    ("keys", "keys{/key_id}"), ("collaborators", "collaborators{/collaborator}"),
    ("issue_events", "issues/events{/number}"), ("assignees", "assignees{/user}"), ("branches", "branches{/branch}"),
    ("blobs", "git/blobs{/sha}"), ("git_tags", "git/tags{/sha}"), ("git_refs", "git/refs{/sha}"),
    ("trees", "git/trees{/sha}"), ("statuses", "statuses/{sha}"), ("commits", "commits{/sha}"),
    ("git_commits", "git/commits{/sha}"), ("comments", "comments{/number}"),
    ("issue_comment", "issues/comments{/number}"), ("contents", "contents/{+path}"),
    ("compare", "compare/{base}...{head}"), ("issues", "issues{/number}"), ("pulls", "pulls{/number}"),
    ("milestones", "milestones{/number}"), ("notifications", "notifications{?since,all,participating}"),
    ("labels", "labels{/name}"), ("releases", "releases{/id}"),
)  # fmt: skip


def account(who: Account | None, base: str) -> Json:
    """A simple user; a deleted account is `ghost`."""
    who = who or GHOST
    login = who.rest_login
    url = f"{base}/users/{login}"
    return {
        "login": login, "id": who.id, "node_id": who.node_id,
        "avatar_url": f"{base}/avatars/u/{who.id}?v=4", "gravatar_id": "",
        "url": url, "html_url": f"{base}/{login}" if who.type != "Bot" else f"{base}/apps/{who.login}",
        "followers_url": f"{url}/followers", "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}", "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions", "organizations_url": f"{url}/orgs", "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}", "received_events_url": f"{url}/received_events",
        "type": who.type, "user_view_type": "public", "site_admin": False,
    }  # fmt: skip


def repository(repo: Repository, base: str, permissions: Json | None = None) -> Json:
    """A repository with the fields that say what it is and where its parts lie."""
    url, stars, forks = f"{base}/repos/{repo.full_name}", repo.fans.star_count(), repo.fans.fork_count()
    answer: Json = {
        **{f"{name}_url": f"{url}/{path}" for name, path in PARTS},
        "id": repo.id, "node_id": repo.node_id, "name": repo.name, "full_name": repo.full_name,
        "private": repo.private, "owner": account(repo.owner, base), "html_url": f"{base}/{repo.full_name}",
        "description": repo.description, "fork": repo.fork, "url": url,
        "archive_url": f"{url}/{{archive_format}}{{/ref}}",
        "git_url": f"git://{base.partition('//')[2]}/{repo.full_name}.git",
        "ssh_url": f"git@{base.partition('//')[2]}:{repo.full_name}.git", "svn_url": f"{base}/{repo.full_name}",
        "clone_url": f"{base}/{repo.full_name}.git", "homepage": None, "language": None, "size": 0,
        "created_at": repo.created_at, "updated_at": repo.updated_at, "pushed_at": repo.pushed_at,
        # The field called "watchers" has counted stars since stars exist.
        "stargazers_count": stars, "watchers_count": stars, "forks_count": forks, "watchers": stars, "forks": forks,
        "open_issues_count": repo.open_count(), "open_issues": repo.open_count(),
        "has_issues": True, "has_projects": True, "has_downloads": True, "has_wiki": True,
        "has_pages": False, "has_discussions": False, "mirror_url": None, "archived": repo.archived,
        "disabled": False, "license": None, "allow_forking": True, "is_template": False,
        "web_commit_signoff_required": False, "topics": [], "visibility": repo.visibility,
        "default_branch": repo.default_branch, "custom_properties": {},
    }  # fmt: skip
    return answer if permissions is None else {**answer, "permissions": permissions}


def reactions(comment: Comment | None, url: str) -> Json:
    """The roll-up of reactions beside a comment or an issue."""
    counts = Counter(reaction.content for reaction in comment.reactions) if comment else Counter[str]()
    return {"url": f"{url}/reactions", "total_count": counts.total(), **{name: counts[name] for name in REACTIONS}}


def reaction(one: Reaction, base: str) -> Json:
    """One reaction."""
    return {
        "id": one.id, "node_id": node_id("REA", one.id), "user": account(one.user, base),
        "content": one.content, "created_at": one.created_at,
    }  # fmt: skip


def comment(one: Comment, base: str) -> Json:
    """An issue comment; a pull request's conversation has the same."""
    thread, repo = one.thread, one.thread.repository
    url = f"{base}/repos/{repo.full_name}/issues/comments/{one.id}"
    return {
        "url": url, "html_url": f"{html_url(thread, base)}#issuecomment-{one.id}",
        "issue_url": f"{base}/repos/{repo.full_name}/issues/{thread.number}",
        "id": one.id, "node_id": one.node_id, "user": account(one.author, base),
        "created_at": one.created_at, "updated_at": one.updated_at, "author_association": one.association,
        "body": one.body, "reactions": reactions(one, url), "performed_via_github_app": None,
    }  # fmt: skip


def html_url(thread: Thread, base: str) -> str:
    """The page of an issue or a pull request."""
    kind = "pull" if isinstance(thread, Pull) else "issues"
    return f"{base}/{thread.repository.full_name}/{kind}/{thread.number}"


def label(name: str, repo: Repository, base: str) -> Json:
    """A label; its id is made of its name."""
    number = sum(byte << (8 * place) for place, byte in enumerate(name.encode()[:4])) + repo.id
    return {
        "id": number, "node_id": node_id("LA", number), "url": f"{base}/repos/{repo.full_name}/labels/{name}",
        "name": name, "color": repo.labels.get(name, ("ededed", None))[0], "default": False,
        "description": repo.labels.get(name, ("ededed", None))[1],
    }  # fmt: skip


def milestone(one: Milestone, repo: Repository, base: str) -> Json:
    """A milestone, with how much of what is in it is done."""
    held = [thread for thread in repo.threads.values() if thread.milestone is one]
    still_open = sum(thread.state == "open" for thread in held)
    url = f"{base}/repos/{repo.full_name}/milestones/{one.number}"
    return {
        "url": url, "html_url": f"{base}/{repo.full_name}/milestone/{one.number}", "labels_url": f"{url}/labels",
        "id": one.id, "node_id": one.node_id, "number": one.number, "title": one.title, "description": None,
        "creator": account(one.creator, base), "open_issues": still_open, "closed_issues": len(held) - still_open,
        "state": "closed" if one.closed_at else "open", "created_at": one.created_at, "updated_at": one.updated_at,
        "due_on": one.due_on, "closed_at": one.closed_at,
    }  # fmt: skip


def issue(thread: Issue | Pull | Thread, base: str) -> Json:
    """An issue as REST lists it: a pull request too, marked by `pull_request`."""
    repo = thread.repository
    url = f"{base}/repos/{repo.full_name}/issues/{thread.number}"
    answer: Json = {
        "url": url, "repository_url": f"{base}/repos/{repo.full_name}", "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments", "events_url": f"{url}/events", "html_url": html_url(thread, base),
        "id": thread.id, "node_id": node_id("PR" if isinstance(thread, Pull) else "I", thread.id),
        "number": thread.number, "title": thread.title, "user": account(thread.author, base),
        "labels": [label(name, repo, base) for name in thread.labels], "state": thread.state, "locked": False,
        "assignee": None, "assignees": [],
        "milestone": None if thread.milestone is None else milestone(thread.milestone, repo, base),
        "comments": len(thread.comments),
        "created_at": thread.created_at, "updated_at": thread.updated_at, "closed_at": thread.closed_at,
        "author_association": thread.association, "active_lock_reason": None, "body": thread.body,
        "closed_by": account(thread.closed_by, base) if thread.closed_by else None, "reactions": reactions(None, url),
        "timeline_url": f"{url}/timeline", "performed_via_github_app": None, "state_reason": thread.state_reason,
    }  # fmt: skip
    if isinstance(thread, Pull):
        answer["draft"] = thread.draft
        answer["pull_request"] = {
            "url": f"{base}/repos/{repo.full_name}/pulls/{thread.number}", "html_url": html_url(thread, base),
            "diff_url": f"{html_url(thread, base)}.diff", "patch_url": f"{html_url(thread, base)}.patch",
            "merged_at": thread.merged_at,
        }  # fmt: skip
    return answer


def release(one: Release, base: str) -> Json:
    """A release."""
    repo = one.repository
    return {
        "url": f"{base}/repos/{repo.full_name}/releases/{one.id}", "id": one.id, "node_id": one.node_id,
        "html_url": f"{base}/{repo.full_name}/releases/tag/{one.tag}", "tag_name": one.tag, "name": one.name,
        "target_commitish": repo.default_branch, "draft": one.draft, "prerelease": one.prerelease,
        "created_at": one.created_at, "published_at": one.published_at, "author": account(one.author, base),
        "assets": [], "body": "",
    }  # fmt: skip


def app(registration: AppRegistration, base: str, installations: int) -> Json:
    """The App's public face, without its secrets."""
    return {
        "id": registration.id, "client_id": registration.client_id, "slug": registration.slug,
        "node_id": node_id("A", registration.id), "owner": account(registration.owner, base),
        "name": registration.name, "description": "", "external_url": base,
        "html_url": f"{base}/apps/{registration.slug}", "created_at": registration.created_at,
        "updated_at": registration.created_at, "permissions": dict(registration.permissions),
        "events": list(registration.events), "installations_count": installations,
    }  # fmt: skip


def installation(one: Installation, registration: AppRegistration, base: str) -> Json:
    """An installation of the App."""
    return {
        "id": one.id, "account": account(one.account, base), "repository_selection": one.selection,
        "access_tokens_url": f"{base}/app/installations/{one.id}/access_tokens",
        "repositories_url": f"{base}/installation/repositories",
        "html_url": f"{base}{_settings(one)}/installations/{one.id}",
        "app_id": registration.id, "client_id": registration.client_id, "app_slug": registration.slug,
        "target_id": one.account.id, "target_type": one.account.type, "permissions": one.permissions,
        "events": list(registration.events), "created_at": one.created_at, "updated_at": one.created_at,
        "single_file_name": ".github/analytics.yml", "has_multiple_single_files": False,
        "single_file_paths": [".github/analytics.yml"],
        "suspended_by": account(one.account, base) if one.suspended_at else None, "suspended_at": one.suspended_at,
    }  # fmt: skip


def _settings(one: Installation) -> str:
    """Where the owner of an installation looks after it: a person's page names nobody."""
    return f"/organizations/{one.account.login}/settings" if one.account.type == "Organization" else "/settings"


def few(one: Repository) -> Json:
    """A repository as the events of an installation list it: its id and its name."""
    return {
        "id": one.id, "node_id": one.node_id, "name": one.name, "full_name": one.full_name, "private": one.private,
    }  # fmt: skip
