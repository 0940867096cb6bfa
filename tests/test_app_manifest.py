"""app.yml asks for exactly what the code uses: no permission too many, none missing, and the same for events."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import graphql
import pytest
import yaml

import github
import handlers.events
from bot.inbox import PATH
from github.permissions import FIELDS, ROUTES, Alternatives, Permission

ROOT = Path(__file__).parents[1]
ALWAYS_ARRIVE = {"github_app_authorization", "installation", "installation_repositories"}
# From GitHub's "Webhook events and payloads": any one of these permissions allows to subscribe.
NEEDED_BY_EVENT = {
    "issue_comment": {"issues", "pull_requests"},
    "repository": {"metadata"},
    "star": {"metadata"},
    "fork": {"contents"},
    "pull_request": {"pull_requests"},
    "pull_request_review": {"pull_requests"},
    "issues": {"issues"},
    "milestone": {"issues", "pull_requests"},
    "push": {"contents"},
    "release": {"contents"},
}
WRITES_A_BRANCH = {
    ("POST", "/repos/{owner}/{repo}/git/blobs"),
    ("POST", "/repos/{owner}/{repo}/git/trees"),
    ("POST", "/repos/{owner}/{repo}/git/commits"),
    ("POST", "/repos/{owner}/{repo}/git/refs"),
    ("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}"),
}
LEVELS = {"read": 1, "write": 2}
QUERY = re.compile(r"\s*query\b\s*\w*\s*[({]")
NEEDS: list[tuple[object, Alternatives]] = [*ROUTES.items(), *FIELDS.items()]
USED = {permission for _, alternatives in NEEDS for one in alternatives for permission in one}


@pytest.fixture(scope="module")
def app() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "app.yml").read_text())
    return loaded


def trees() -> Iterator[ast.Module]:
    """Yield every module of the house: what is called may be written anywhere above `github`."""
    for package in ("bot", "dashboard", "github", "handlers", "reports", "scheduler"):
        for file in sorted((ROOT / package).rglob("*.py")):
            yield ast.parse(file.read_text())


def routes_called() -> set[tuple[str, str]]:
    """Return method and template of every `Route(…)` in the code."""
    calls = (node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        (str(ast.literal_eval(call.args[0])), str(ast.literal_eval(call.args[1])))
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "Route"
    }


def documents() -> Iterator[str]:
    """Yield every GraphQL document of the project: they are constants of the modules that send them."""
    for module in pkgutil.walk_packages(github.__path__, "github."):
        constants = vars(importlib.import_module(module.name)).values()
        yield from (value for value in constants if isinstance(value, str) and QUERY.match(value))


def fields_read() -> set[str]:
    """Return the object fields that the documents select of a repository."""
    parsed = (graphql.parse(text, no_location=True) for text in documents())
    return {field for document in parsed for node in document.definitions for field in of_repositories(node)}


def of_repositories(node: Any) -> set[str]:
    """Return the names of the fields with a selection of their own that a query selects of a repository.

    It has one by name, below `repository`, or many by id, below `nodes`.
    """
    roots = fields(node.selection_set) if isinstance(node, graphql.OperationDefinitionNode) else []
    inside = [field.selection_set for field in roots if field.name.value == "repository"]
    for root in roots:
        if root.name.value == "nodes" and root.selection_set:
            spread = (one for one in root.selection_set.selections if isinstance(one, graphql.InlineFragmentNode))
            inside += [
                one.selection_set
                for one in spread
                if one.type_condition and one.type_condition.name.value == "Repository"
            ]
    return {field.name.value for selection in inside for field in fields(selection) if field.selection_set}


def fields(selection: graphql.SelectionSetNode | None) -> list[graphql.FieldNode]:
    return [one for one in (selection.selections if selection else ()) if isinstance(one, graphql.FieldNode)]


def granted(app: dict[str, Any]) -> set[Permission]:
    """Return every permission that some registration of this version may hold: the manifest's and the used groups'."""
    sources = [app["manifest"]["default_permissions"]]
    sources += [group["permissions"] for group in app["groups"].values() if group["in_use"]]
    return {(name, level) for source in sources for name, level in source.items()}


def covers(held: set[Permission], needed: frozenset[Permission]) -> bool:
    """Tell whether `held` includes each needed permission at its level or above."""
    return all(
        any(name == has and LEVELS[has_level] >= LEVELS[level] for has, has_level in held) for name, level in needed
    )


def test_every_call_in_the_code_says_which_permission_it_needs() -> None:
    assert routes_called() == set(ROUTES)


def test_every_list_read_by_graphql_says_which_permission_it_needs() -> None:
    assert fields_read() == set(FIELDS)


def test_every_call_is_covered_by_the_manifest_and_the_groups_in_use(app: dict[str, Any]) -> None:
    held = granted(app)
    assert [call for call, alternatives in NEEDS if not all(covers(held, one) for one in alternatives)] == []


def test_every_permission_asked_for_is_used_by_a_call_at_that_level(app: dict[str, Any]) -> None:
    assert granted(app) <= USED


def test_the_manifest_alone_is_enough_to_answer_in_a_thread(app: dict[str, Any]) -> None:
    """What needs more than the manifest is a group's: contents, traffic, runs, members, and a branch for pictures."""
    held = set(app["manifest"]["default_permissions"].items())
    beyond = {call for call, either in NEEDS if not any(covers(held, one) for one in either)}
    assert beyond == {
        ("GET", "/repos/{owner}/{repo}/contents/{path}"),
        ("GET", "/repos/{owner}/{repo}/traffic/views"),
        ("GET", "/repos/{owner}/{repo}/traffic/clones"),
        ("GET", "/repos/{owner}/{repo}/traffic/popular/referrers"),
        ("GET", "/repos/{owner}/{repo}/traffic/popular/paths"),
        ("GET", "/repos/{owner}/{repo}/actions/runs"),
        ("GET", "/user/memberships/orgs/{org}"),
        ("GET", "/orgs/{org}/teams/{team_slug}"),
        ("GET", "/orgs/{org}/teams/{team_slug}/members"),
        ("GET", "/repos/{owner}/{repo}/git/ref/{ref}"),
        *WRITES_A_BRANCH,
        "defaultBranchRef",
        "releases",
    }


def test_every_group_is_in_use(app: dict[str, Any]) -> None:
    assert [name for name, group in app["groups"].items() if not group["in_use"]] == []


def test_no_group_writes_anything_but_pictures_on_a_branch(app: dict[str, Any]) -> None:
    levels = {name: set(group["permissions"].values()) for name, group in app["groups"].items()}
    assert levels.pop("pictures-on-a-branch") == {"write"}
    assert set().union(*levels.values()) == {"read"}


def test_what_the_branch_takes_is_needed_for_nothing_else(app: dict[str, Any]) -> None:
    """Whoever does not choose the group lacks these calls and no other."""
    held = granted({**app, "groups": {n: g for n, g in app["groups"].items() if n != "pictures-on-a-branch"}})
    assert {call for call, either in NEEDS if not any(covers(held, one) for one in either)} == WRITES_A_BRANCH


def test_a_group_that_is_not_in_use_asks_for_nothing_the_code_needs(app: dict[str, Any]) -> None:
    waiting = {p for group in app["groups"].values() if not group["in_use"] for p in group["permissions"].items()}
    assert waiting.isdisjoint(USED)


def test_the_optional_groups_have_the_least_permission_that_gives_what_they_name(app: dict[str, Any]) -> None:
    assert {name: group["permissions"] for name, group in app["groups"].items()} == {
        "traffic": {"administration": "read"},
        "commits-and-releases": {"contents": "read"},
        "settings-file": {"single_file": "read"},
        "owners-and-teams": {"members": "read"},
        "ci-share": {"actions": "read"},
        "pictures-on-a-branch": {"contents": "write"},
    }
    assert all(group["reason"].strip() for group in app["groups"].values())


def test_events_are_those_that_have_a_handler(app: dict[str, Any]) -> None:
    modules = pkgutil.iter_modules(handlers.events.__path__, "handlers.events.")
    handled = {importlib.import_module(module.name).EVENT for module in modules}
    listed = [*app["manifest"]["default_events"], *(e for group in app["groups"].values() for e in group["events"])]
    assert set(listed) == handled - ALWAYS_ARRIVE
    assert len(listed) == len(set(listed))


def test_each_event_comes_with_a_permission_that_allows_it(app: dict[str, Any]) -> None:
    """A manifest with an event that its permissions do not allow is refused as a whole, so groups keep theirs."""
    held = set(app["manifest"]["default_permissions"])
    assert all(NEEDED_BY_EVENT[event] & held for event in app["manifest"]["default_events"])
    for group in app["groups"].values():
        assert all(NEEDED_BY_EVENT[event] & set(group["permissions"]) for event in group["events"])


def test_the_manifest_names_no_page_that_the_server_does_not_have(app: dict[str, Any]) -> None:
    """Its addresses are the server's own, the inbox, and where GitHub leads whoever signs in."""
    paths = re.findall(r"https://almanac\.example\.org([^\s'\"]*)", yaml.safe_dump(app["manifest"]))
    assert set(paths) == {"", PATH, "/login/github/callback"}


def test_the_manifest_brings_no_secret_and_is_not_public(app: dict[str, Any]) -> None:
    manifest = app["manifest"]
    assert "secret" not in manifest["hook_attributes"]
    assert manifest["hook_attributes"]["url"].endswith("/webhooks/github")
    assert manifest["public"] is False


def test_each_permission_and_event_has_its_reason_in_a_comment_above_it() -> None:
    lines = (ROOT / "app.yml").read_text().splitlines()
    names = {"metadata", "issues", "pull_requests", "contents", "administration", "actions", "members"}
    names |= {f"- {event}" for event in NEEDED_BY_EVENT}
    assert names <= {line.strip().split(":")[0] for line in lines}
    for number, line in enumerate(lines):
        if line.strip().split(":")[0] in names:
            assert lines[number - 1].strip().startswith("#"), line
