"""Installations and their repositories: every one, once, with what GitHub says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from github.client import GitHub
from github.errors import Gone, Later
from github.reads.installations import InstallationFacts, installation, installation_facts, installations, repositories
from github.reads.repository import RepositoryFacts, facts
from tests.github.fake import FakeGitHub, Heard, Says
from tests.github.published import published

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
ALL, ONE, OWNED = "/app/installations", "/app/installations/42", "/installation/repositories"
INSTALLED = {
    "id": 42, "account": {"login": "harbour", "id": 1, "type": "Organization"}, "target_type": "Organization",
    "permissions": {"issues": "write", "administration": "read"}, "repository_selection": "selected",
    "suspended_at": "2026-10-01T12:00:00Z",
}  # fmt: skip
HARBOUR = InstallationFacts(
    42, "harbour", 1, "Organization", {"issues": "write", "administration": "read"},
    selected_only=True, suspended_at=NOON,
)  # fmt: skip


def said(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": number, "node_id": f"R_{number}", "name": f"r{number}", "full_name": f"harbour/r{number}",
        "owner": {"login": "harbour"}, "private": True, "visibility": "internal", "default_branch": "main",
        "archived": True, "fork": False, "created_at": "2026-10-01T12:00:00Z", "stargazers_count": 0,
        "watchers_count": 0, "forks_count": 3,
    } | changes  # fmt: skip


def paged(url: str, items: list[Any], key: str | None = None, size: int = 100) -> Any:
    """Return a script that pages as GitHub does: in a Link header."""

    def script(heard: Heard) -> Says:
        number = int(heard.query.get("page", "1"))
        page = items[(number - 1) * size : number * size]
        more = number * size < len(items)
        link = {"link": f'<{url}?per_page={size}&page={number + 1}>; rel="next"'} if more else {}
        return Says({"total_count": len(items), key: page} if key else page, headers={"etag": '"v1"', **link})

    return script


async def test_an_installation_has_an_account_and_permissions(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", ONE, Says(INSTALLED))
    assert await installation(gh, 42) == HARBOUR


async def test_one_that_was_uninstalled_is_gone(gh: GitHub) -> None:
    with pytest.raises(Gone):
        await installation(gh, 42)


async def test_every_installation_is_read_suspended_ones_too(gh: GitHub, fake: FakeGitHub) -> None:
    others = [INSTALLED | {"id": number, "suspended_at": None} for number in range(100, 350)]
    fake.on("GET", ALL, paged(fake.url + ALL, [INSTALLED, *others]))
    found = await installations(gh)
    assert found[0] == HARBOUR
    assert [one.id for one in found] == [42, *range(100, 350)]
    assert [heard.query.get("per_page") for heard in fake.heard] == ["100"] * 3


async def test_no_installation_is_an_empty_list(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", ALL, Says([]))
    fake.on("GET", OWNED, Says({"total_count": 0, "repositories": []}))
    assert await installations(gh) == []
    assert await repositories(gh) == []


def test_an_enterprise_has_a_slug_and_no_type() -> None:
    found = installation_facts({"id": 5, "account": {"id": 9, "slug": "harbours", "name": "Harbours"}})
    assert (found.account_login, found.account_id, found.account_type) == ("harbours", 9, "Enterprise")
    assert (found.permissions, found.selected_only, found.suspended_at) == ({}, False, None)


def test_an_account_that_github_does_not_name_has_its_number() -> None:
    found = installation_facts({"id": 5, "account": None, "target_id": 9, "target_type": "User"})
    assert (found.account_login, found.account_id, found.account_type) == ("", 9, "User")


async def test_githubs_own_examples_are_understood(gh: GitHub, fake: FakeGitHub, openapi: dict[str, Any]) -> None:
    for path in (ALL, OWNED):
        fake.on("GET", path, Says(published(openapi, path)))
    (installed,) = await installations(gh)
    assert (installed.id, installed.account_login, installed.permissions["metadata"]) == (1, "octocat", "read")
    (owned,) = await repositories(gh)
    assert (owned.ref.full_name, owned.node_id) == ("octocat/Hello-World", "MDEwOlJlcG9zaXRvcnkxMjk2MjY5")
    assert (owned.stars, owned.forks) == (80, 9)


async def test_the_repositories_of_all_pages_are_read(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", OWNED, paged(fake.url + OWNED, [said(number) for number in range(1, 251)], "repositories"))
    found = await repositories(gh)
    assert [one.id for one in found] == list(range(1, 251))
    assert found[0] == RepositoryFacts(
        1, "harbour", "r1", "internal", "main", archived=True, is_fork=False, created_at=NOON, node_id="R_1", stars=0,
        forks=3,
    )  # fmt: skip
    assert len(fake.heard) == 3


async def test_a_list_that_moves_while_it_is_read_doubles_nothing(gh: GitHub, fake: FakeGitHub) -> None:
    """A repository that is added between two pages pushes the last one of a page on to the next."""
    moving = [*range(1, 101), 100, *range(101, 121)]
    fake.on("GET", OWNED, paged(fake.url + OWNED, [said(number) for number in moving], "repositories"))
    assert [one.id for one in await repositories(gh)] == list(range(1, 121))


async def test_a_long_list_is_not_remembered(gh: GitHub, fake: FakeGitHub) -> None:
    """It would push out what people's questions are answered from."""
    fake.on("GET", OWNED, paged(fake.url + OWNED, [said(1)], "repositories"))
    await repositories(gh)
    await repositories(gh)
    assert all("if-none-match" not in heard.headers for heard in fake.heard)
    assert len(gh._cache) == 0


async def test_a_limit_in_the_middle_gives_no_half_list(gh: GitHub, fake: FakeGitHub) -> None:
    """Repositories that were not listed would be taken for removed ones."""
    script = paged(fake.url + OWNED, [said(number) for number in range(1, 251)], "repositories")
    fake.on("GET", OWNED, script, Says({"message": "slow down"}, 429, {"retry-after": "3600"}))
    with pytest.raises(Later):
        await repositories(gh)


def test_a_repository_of_an_installation_webhook_has_little() -> None:
    """GitHub sends id, node_id, name, full_name and private there, and nothing else."""
    found = facts({"id": 7, "node_id": "R_7", "name": "quay", "full_name": "harbour/quay", "private": False})
    assert (found.ref.full_name, found.visibility, found.node_id) == ("harbour/quay", "public", "R_7")
    assert (found.stars, found.forks, found.default_branch) == (None, None, None)
