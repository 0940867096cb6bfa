"""Everything this package can ask is judged by GitHub's own published descriptions of its API."""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import graphql
import jsonschema_rs
import pytest

import github
from github.auth import App
from github.client import GitHub
from github.endpoints import Endpoints
from github.reads.app import app
from github.reads.branches import tip
from github.reads.comments import issue_comments
from github.reads.contents import file_text
from github.reads.deliveries import attempts
from github.reads.installations import installation, installations, repositories
from github.reads.own_issues import issue, issues_by
from github.reads.permission import permission
from github.reads.registration import hook
from github.reads.repository import RepoRef, repository
from github.reads.teams import is_secret, team_members
from github.reads.traffic import traffic_of
from github.reads.user import installations_of_user, owns, repositories_of_user, user
from github.reads.workflow_runs import runs_between
from github.route import Route
from github.writes import comments, git, issues, reactions
from github.writes.manifest import convert
from github.writes.redeliver import redeliver
from tests.github.fake import Clock, FakeGitHub, Heard, Says

REPO = RepoRef(7, "o", "r")
SHA = "8ab686eafeb1f44702738c8b0f24f2567c36da6d"
MODULES = [importlib.import_module(found.name) for found in pkgutil.walk_packages(github.__path__, "github.")]
DOCUMENTS = {
    f"{module.__name__}.{name}": text
    for module in MODULES
    for name, text in vars(module).items()
    if isinstance(text, str) and re.search(r"^\s*(query|mutation)\b", text)
}
ROUTES = {
    f"{route.method} {route.template}": route
    for module in MODULES
    for route in vars(module).values()
    if isinstance(route, Route)
}


@pytest.fixture(scope="module")
def schema(shared_folder: Path) -> graphql.GraphQLSchema:
    sdl = gzip.decompress((shared_folder / "api" / "schema.graphql.gz").read_bytes()).decode()
    return graphql.build_schema(sdl, assume_valid=True, assume_valid_sdl=True, no_location=True)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_valid_graphql_of_github(schema: graphql.GraphQLSchema, name: str) -> None:
    document = graphql.parse(DOCUMENTS[name])
    assert graphql.validate(schema, document) == []
    assert "rateLimit { cost remaining resetAt }" in DOCUMENTS[name]


def test_every_reader_of_graphql_was_found() -> None:
    assert len(DOCUMENTS) == 10


async def _all(items: Any) -> None:
    async for _ in items:
        pass


TRAFFIC = [name for name in ROUTES if "/traffic/" in name]
SEARCHES = {"created"}  # described as a time and, in the same breath, as a search, which is what it takes

# One call per route, as the package makes it.
CALLS: dict[str, Callable[[GitHub], Awaitable[object]]] = {
    "GET /app": app,
    "GET /app/hook/config": hook,
    "GET /app/hook/deliveries": lambda gh: _all(attempts(gh, gh.now() - timedelta(days=3))),
    "POST /app/hook/deliveries/{delivery_id}/attempts": lambda gh: redeliver(gh, 12),
    "POST /app-manifests/{code}/conversions": lambda gh: convert(gh, "a1b2"),
    "GET /user": user,
    "GET /user/installations": installations_of_user,
    "GET /user/installations/{installation_id}/repositories": lambda gh: repositories_of_user(gh, 42),
    "GET /user/memberships/orgs/{org}": lambda gh: owns(gh, "o"),
    "GET /app/installations/{installation_id}": lambda gh: installation(gh, 42),
    "GET /app/installations": installations,
    "GET /installation/repositories": repositories,
    "GET /repos/{owner}/{repo}": lambda gh: repository(gh, "o", "r"),
    "GET /orgs/{org}/teams/{team_slug}": lambda gh: is_secret(gh, "o", "core"),
    "GET /repos/{owner}/{repo}/git/ref/{ref}": lambda gh: tip(gh, REPO, "almanac-pictures"),
    "POST /repos/{owner}/{repo}/git/blobs": lambda gh: git.make_blob(gh, REPO, b"PNG"),
    "POST /repos/{owner}/{repo}/git/trees": lambda gh: git.make_tree(gh, REPO, {"a.png": SHA}, {"README.md": "hello"}),
    "POST /repos/{owner}/{repo}/git/commits": lambda gh: git.make_commit(gh, REPO, "hello", SHA, [SHA]),
    "POST /repos/{owner}/{repo}/git/refs": lambda gh: git.lead(gh, REPO, "almanac-pictures", SHA, begin=True),
    "PATCH /repos/{owner}/{repo}/git/refs/{ref}": lambda gh: git.lead(gh, REPO, "almanac-pictures", SHA, begin=False),
    "GET /orgs/{org}/teams/{team_slug}/members": lambda gh: team_members(gh, "o", "core"),
    "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": lambda gh: _all(
        issue_comments(gh, REPO, 5, since=gh.now())
    ),
    "GET /repos/{owner}/{repo}/issues": lambda gh: _all(issues_by(gh, REPO, "x[bot]", since=gh.now())),
    "GET /repos/{owner}/{repo}/issues/{issue_number}": lambda gh: issue(gh, REPO, 5),
    "POST /repos/{owner}/{repo}/issues": lambda gh: issues.open_issue(gh, REPO, "Title", "hello", ["report"]),
    "PATCH /repos/{owner}/{repo}/issues/{issue_number}": lambda gh: issues.close_issue(gh, REPO, 5),
    "POST /repos/{owner}/{repo}/labels": lambda gh: issues.make_label(gh, REPO, "report", "0969da", "What it is"),
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission": lambda gh: permission(gh, REPO, "ada"),
    "GET /repos/{owner}/{repo}/contents/{path}": lambda gh: file_text(gh, "o", "r", ".github/analytics.yml"),
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": lambda gh: comments.create(gh, REPO, 5, "hello"),
    "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}": lambda gh: comments.edit(gh, REPO, 11, "hello"),
    "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}": lambda gh: comments.delete(gh, REPO, 11),
    "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": lambda gh: reactions.react(
        gh, REPO, 11, reactions.ROCKET
    ),
    "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}": lambda gh: reactions.unreact(
        gh, REPO, 11, 3
    ),
    "GET /repos/{owner}/{repo}/actions/runs": lambda gh: runs_between(
        gh, REPO, gh.now().date() - timedelta(days=14), gh.now().date()
    ),
    **dict.fromkeys(TRAFFIC, lambda gh: traffic_of(gh, REPO, gh.now())),
    "POST /app/installations/{installation_id}/access_tokens": lambda gh: gh.get("/x"),
}
CONTENT: dict[str, Any] = {
    "GET /app/hook/config": {
        "url": "https://example.org",
        "content_type": "json",
        "secret": "***",
        "insecure_ssl": "0",
    },
    "GET /app/hook/deliveries": [],
    "GET /user": {"id": 1, "login": "ada"},
    "GET /user/installations": {"total_count": 0, "installations": []},
    "GET /user/installations/{installation_id}/repositories": {"total_count": 0, "repositories": []},
    "GET /user/memberships/orgs/{org}": {"role": "admin", "state": "active"},
    "POST /app-manifests/{code}/conversions": {
        "id": 1,
        **dict.fromkeys(("slug", "html_url", "client_id", "client_secret", "webhook_secret", "pem"), "x"),
    },
    "GET /app/installations/{installation_id}": {"id": 42, "account": {"login": "o", "id": 1, "type": "User"}},
    "GET /app/installations": [],
    "GET /repos/{owner}/{repo}/actions/runs": {"total_count": 0, "workflow_runs": []},
    "GET /orgs/{org}/teams/{team_slug}/members": [],
    "GET /repos/{owner}/{repo}/git/ref/{ref}": {"object": {"sha": SHA}},
    **{f"POST /repos/{{owner}}/{{repo}}/git/{kind}": {"sha": SHA} for kind in ("blobs", "trees", "commits")},
    "GET /installation/repositories": {"total_count": 0, "repositories": []},
    "GET /repos/{owner}/{repo}": {"id": 7, "name": "r", "owner": {"login": "o"}},
    "GET /repos/{owner}/{repo}/issues": [],
    "GET /repos/{owner}/{repo}/issues/{issue_number}": {"number": 5, "state": "open"},
    "POST /repos/{owner}/{repo}/issues": {"number": 5},
    "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": [],
    "POST /app/installations/{installation_id}/access_tokens": {"token": "ghs_x", "expires_at": "2026-11-22T09:00:00Z"},
}


def test_every_route_has_a_call_here() -> None:
    """A new endpoint is judged from its first day, or this fails."""
    assert ROUTES.keys() == CALLS.keys()


@pytest.mark.parametrize("name", ROUTES)
async def test_a_request_is_one_that_github_describes(
    openapi: dict[str, Any], fake: FakeGitHub, session: Any, endpoints: Endpoints, clock: Clock, app: App, name: str
) -> None:
    route = ROUTES[name]
    operation = openapi["paths"][route.template][route.method.lower()]
    for heard in await _heard(name, fake, session, endpoints, clock, app):
        _judge_request(openapi, operation, heard)


def _judge_request(openapi: dict[str, Any], operation: dict[str, Any], heard: Heard) -> None:
    described = [_resolved(openapi, one) for one in operation.get("parameters", [])]
    queries = {one["name"]: one["schema"] for one in described if one["in"] == "query"}
    assert heard.query.keys() <= queries.keys()
    for key, value in heard.query.items():
        if key in SEARCHES:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d", value)
            continue
        typed = int(value) if queries[key].get("type") == "integer" else value
        _judge(openapi, queries[key], typed)
    body = operation.get("requestBody") or {}
    if heard.content is None:
        assert not body.get("required")
    else:
        _judge(openapi, body["content"]["application/json"]["schema"], heard.content)


async def _heard(
    name: str, fake: FakeGitHub, session: Any, endpoints: Endpoints, clock: Clock, app: App
) -> list[Heard]:
    """Make the call against a server that answers everything, and return its requests of that route: views and clones
    are asked for by day and by week, everything else once.
    """
    route = ROUTES[name]
    pattern = re.compile(re.sub(r"\{\w+\}", "[^?]+", route.template))
    tokens = "POST /app/installations/{installation_id}/access_tokens"
    fake.everything = lambda heard: Says(  # the token's own POST comes before any other
        CONTENT[tokens] if heard.path.endswith("/access_tokens") else CONTENT.get(name, {"id": 1, "slug": "x"})
    )
    gh = GitHub.for_installation(
        session, app, 42, endpoints, clock.now, clock.sleep, repository_ids=[7], permissions={"issues": "write"}
    )
    await CALLS[name](gh)
    found = [one for one in fake.heard if one.method == route.method and pattern.fullmatch(one.path)]
    assert len(found) == (2 if name.endswith(("/views", "/clones")) else 1)
    return found


def _resolved(openapi: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    found: Any = part
    if "$ref" in part:
        found = openapi
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
    resolved: dict[str, Any] = found
    return resolved


def _judge(openapi: dict[str, Any], judge: dict[str, Any], value: Any) -> None:
    jsonschema_rs.validate({**judge, "components": openapi["components"]}, value)
