"""Which permission each call needs; a test holds this to the calls in the code, and app.yml to this.

Permissions are written as in an App's manifest: name and level. Where GitHub accepts any of several, there is one
alternative for each; an alternative of two permissions needs both, so that a call works in issues and in pull requests.
Source: "Permissions required for GitHub Apps" in GitHub's REST documentation; GraphQL follows the same permissions.
"""

from __future__ import annotations

from collections.abc import Mapping

Permission = tuple[str, str]
Alternatives = tuple[frozenset[Permission], ...]

NOTHING: Alternatives = (frozenset(),)
METADATA: Alternatives = (frozenset({("metadata", "read")}),)
ISSUES: Alternatives = (frozenset({("issues", "read")}),)
PULLS: Alternatives = (frozenset({("pull_requests", "read")}),)
CONTENTS: Alternatives = (frozenset({("contents", "read")}),)
WRITE_CONTENTS: Alternatives = (frozenset({("contents", "write")}),)
TRAFFIC: Alternatives = (frozenset({("administration", "read")}),)
MEMBERS: Alternatives = (frozenset({("members", "read")}),)
ACTIONS: Alternatives = (frozenset({("actions", "read")}),)
ONE_FILE: Alternatives = (*CONTENTS, frozenset({("single_file", "read")}))
READ_THREADS: Alternatives = (frozenset({("issues", "read"), ("pull_requests", "read")}),)
WRITE_ISSUES: Alternatives = (frozenset({("issues", "write")}),)
WRITE_THREADS: Alternatives = (frozenset({("issues", "write"), ("pull_requests", "write")}),)

ROUTES: Mapping[tuple[str, str], Alternatives] = {
    # with the App's own JWT: no permission is involved
    ("POST", "/app-manifests/{code}/conversions"): NOTHING,
    ("GET", "/app"): NOTHING,
    ("GET", "/app/hook/config"): NOTHING,
    ("GET", "/app/hook/deliveries"): NOTHING,
    ("POST", "/app/hook/deliveries/{delivery_id}/attempts"): NOTHING,
    ("GET", "/app/installations"): NOTHING,
    ("GET", "/app/installations/{installation_id}"): NOTHING,
    ("POST", "/app/installations/{installation_id}/access_tokens"): NOTHING,
    ("GET", "/installation/repositories"): METADATA,
    # with the token of a person who signed in: it reaches what both the person and the App reach
    ("GET", "/user"): NOTHING,
    ("GET", "/user/installations"): NOTHING,
    ("GET", "/user/installations/{installation_id}/repositories"): METADATA,
    ("GET", "/user/memberships/orgs/{org}"): MEMBERS,
    ("GET", "/orgs/{org}/teams/{team_slug}"): MEMBERS,
    ("GET", "/orgs/{org}/teams/{team_slug}/members"): MEMBERS,
    ("GET", "/repos/{owner}/{repo}"): METADATA,
    ("GET", "/repos/{owner}/{repo}/actions/runs"): ACTIONS,
    ("GET", "/repos/{owner}/{repo}/traffic/views"): TRAFFIC,
    ("GET", "/repos/{owner}/{repo}/traffic/clones"): TRAFFIC,
    ("GET", "/repos/{owner}/{repo}/traffic/popular/referrers"): TRAFFIC,
    ("GET", "/repos/{owner}/{repo}/traffic/popular/paths"): TRAFFIC,
    ("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission"): METADATA,
    ("GET", "/repos/{owner}/{repo}/contents/{path}"): ONE_FILE,
    ("GET", "/repos/{owner}/{repo}/git/ref/{ref}"): CONTENTS,
    ("POST", "/repos/{owner}/{repo}/git/blobs"): WRITE_CONTENTS,
    ("POST", "/repos/{owner}/{repo}/git/trees"): WRITE_CONTENTS,
    ("POST", "/repos/{owner}/{repo}/git/commits"): WRITE_CONTENTS,
    ("POST", "/repos/{owner}/{repo}/git/refs"): WRITE_CONTENTS,
    ("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}"): WRITE_CONTENTS,
    ("GET", "/repos/{owner}/{repo}/issues"): ISSUES,
    ("POST", "/repos/{owner}/{repo}/issues"): WRITE_ISSUES,
    ("GET", "/repos/{owner}/{repo}/issues/{issue_number}"): ISSUES,
    ("PATCH", "/repos/{owner}/{repo}/issues/{issue_number}"): WRITE_ISSUES,
    ("POST", "/repos/{owner}/{repo}/labels"): WRITE_ISSUES,
    ("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments"): READ_THREADS,
    ("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments"): WRITE_THREADS,
    ("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}"): WRITE_THREADS,
    ("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}"): WRITE_THREADS,
    ("POST", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"): WRITE_THREADS,
    ("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}"): WRITE_THREADS,
}
"""By method and path template, as in GitHub's OpenAPI description."""

FIELDS: Mapping[str, Alternatives] = {
    "pullRequests": PULLS,
    "issues": ISSUES,
    "defaultBranchRef": CONTENTS,
    "releases": CONTENTS,
    "stargazers": METADATA,
    "watchers": METADATA,
    # one item, when a nested list has more pages than fitted into the list of items
    "pullRequest": PULLS,
    "issue": ISSUES,
}
"""By the name of an object field of GraphQL's `Repository`; its plain fields need metadata only."""
