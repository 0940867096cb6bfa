"""Whole repositories read through the real client from a stateful GitHub: nothing is missing, nothing is doubled."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from analytics.rows import PullRow, ReviewRow
from github.auth import App
from github.client import GitHub
from github.endpoints import Endpoints
from github.reads.commits import commit_pages
from github.reads.issues import issue_pages
from github.reads.pulls import pull_pages
from github.reads.repository import repository
from sandbox.build import build
from sandbox.dataset import Dataset
from sandbox.server import Sandbox


@pytest.mark.parametrize("folder", ["quicwg__multipath", "tlswg__tls13-spec"])
async def test_every_row_of_a_real_repository_arrives_once(shared_folder: Path, folder: str) -> None:
    """25 pull requests a request, and one more only where somebody's reviews do not fit into 50."""
    dataset = Dataset.read(shared_folder / "data" / folder)
    world, keys = build([dataset])
    (installed,) = world.installations.values()
    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        gh = GitHub.for_installation(
            session,
            App(keys.client_id, keys.private_key),
            installed.id,
            Endpoints.of(sandbox.url),
            sandbox.clock.now,
            _no_sleep,
        )
        repo = (await repository(gh, *dataset.full_name.split("/"))).ref
        pulls: list[PullRow] = []
        reviews: list[ReviewRow] = []
        async for pull_page in pull_pages(gh, repo):
            pulls += pull_page.pulls
            reviews += pull_page.reviews
        assert {row.number: row.merged_at is not None for row in pulls} == {
            row["number"]: row["merged_at"] is not None for row in dataset.pulls
        }
        assert len(pulls) == len(dataset.pulls)
        assert Counter(row.number for row in reviews) == Counter(row["number"] for row in dataset.reviews)
        assert len({row.id for row in reviews}) == len(reviews)
        assert [row.updated_at for row in pulls] == sorted((row.updated_at for row in pulls), reverse=True)
        reviews_each = Counter(row["number"] for row in dataset.reviews)
        nested = sum(math.ceil((count - 50) / 100) for count in reviews_each.values() if count > 50)
        assert gh.usage.graphql_requests == math.ceil(len(pulls) / 25) + nested

        numbers = [row.number async for issue_page in issue_pages(gh, repo) for row in issue_page.issues]
        assert {row["number"] for row in dataset.issues} <= set(numbers)
        assert len(numbers) == len(set(numbers))

        commits = [row async for commit_page in commit_pages(gh, repo) for row in commit_page.commits]
        assert sorted(row.sha for row in commits) == sorted(row["sha"] for row in dataset.commits)
        assert len({row.author for row in commits}) == len({(row["author"] or "").lower() for row in dataset.commits})
        assert gh.usage.points == gh.usage.graphql_requests


async def _no_sleep(_seconds: float) -> None:
    raise AssertionError("nothing here should have to wait")
