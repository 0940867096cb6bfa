"""REST's JSON for pull requests and reviews, as webhooks show them; `base` is where links begin."""

from __future__ import annotations

from sandbox import payloads
from sandbox.payloads import Json, account, html_url
from sandbox.things import Pull, Review


def pull(one: Pull, base: str) -> Json:
    """A pull request in full, as `pull_request` events show it."""
    return {
        **short(one, base), "merged": one.merged_at is not None, "mergeable": None, "rebaseable": None,
        "mergeable_state": "unknown", "merged_by": account(one.merged_by, base) if one.merged_by else None,
        "comments": len(one.comments), "review_comments": 0, "maintainer_can_modify": False,
        "commits": one.commit_count, "additions": one.additions, "deletions": one.deletions,
        "changed_files": one.changed_files,
    }  # fmt: skip


def short(one: Pull, base: str) -> Json:
    """A pull request as reviews' events show it: without its sizes and who merged it."""
    repo = one.repository
    url = f"{base}/repos/{repo.full_name}/pulls/{one.number}"
    shown = payloads.repository(repo, base)
    return {
        "url": url, "id": one.id, "node_id": one.node_id, "html_url": html_url(one, base),
        "diff_url": f"{html_url(one, base)}.diff", "patch_url": f"{html_url(one, base)}.patch",
        "issue_url": f"{base}/repos/{repo.full_name}/issues/{one.number}", "number": one.number, "state": one.state,
        "locked": False, "title": one.title, "user": account(one.author, base), "body": one.body,
        "created_at": one.created_at, "updated_at": one.updated_at, "closed_at": one.closed_at,
        "merged_at": one.merged_at, "merge_commit_sha": one.merge_commit_sha, "assignee": None, "assignees": [],
        "requested_reviewers": [], "requested_teams": [],
        "labels": [payloads.label(name, repo, base) for name in one.labels], "milestone": None, "draft": one.draft,
        "head": {"label": one.head_ref, "ref": one.head_ref, "sha": one.head_sha or "0" * 40, "repo": shown},
        "base": {"label": one.base_ref, "ref": one.base_ref, "sha": one.base_sha or "0" * 40, "repo": shown},
        "author_association": one.association, "auto_merge": None, "active_lock_reason": None,
    }  # fmt: skip


def review(one: Review, base: str) -> Json:
    """A review; webhooks write its state in small letters."""
    return {
        "id": sum(one.id.encode()), "node_id": one.id, "user": account(one.author, base), "body": "",
        "commit_id": one.commit_sha or "0" * 40, "submitted_at": one.submitted_at, "state": one.state.lower(),
        "html_url": f"{html_url(one.pull, base)}#pullrequestreview-{one.id}",
        "pull_request_url": f"{base}/repos/{one.pull.repository.full_name}/pulls/{one.pull.number}",
        "author_association": one.association,
    }  # fmt: skip
