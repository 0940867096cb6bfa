"""Whole repositories read through the real client from a stateful GitHub: nothing is missing, nothing is doubled."""

from __future__ import annotations

import gzip
import math
from collections import Counter
from pathlib import Path

import aiohttp
import msgspec
import pytest

from analytics.rows import PullRow, ReviewRow
from analytics.window import parse_iso
from github.auth import App
from github.client import GitHub
from github.endpoints import Endpoints
from github.reads.commits import commit_pages
from github.reads.installations import installations, repositories
from github.reads.issues import issue_pages
from github.reads.pulls import pull_pages
from github.reads.repository import repository
from github.reads.traffic import traffic_of
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
        assert {row.number: sorted(row.labels) for row in pulls} == {
            row["number"]: sorted(row["labels"]) for row in dataset.pulls
        }
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


async def test_captured_traffic_arrives_as_it_was_captured(shared_folder: Path) -> None:
    """Every window of a real repository, each at the time it was captured: its days, and nothing but its days."""
    folder = shared_folder / "data" / "traffic" / "cicsdev__cics-genapp"
    lines = gzip.decompress((folder / "windows.jsonl.gz").read_bytes()).splitlines()
    windows = [msgspec.json.decode(line) for line in lines]
    world, keys = build([Dataset.read(folder)])
    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        port = (Endpoints.of(sandbox.url), sandbox.clock.now, _no_sleep)
        app = App(keys.client_id, keys.private_key)
        (installed,) = await installations(GitHub.for_app(session, app, *port))
        gh = GitHub.for_installation(session, app, installed.id, *port)
        (found,) = await repositories(gh)
        for window in windows:
            captured_at = parse_iso(window["captured_at"])
            sandbox.clock.set(captured_at)
            capture, faults = await traffic_of(gh, found.ref, captured_at)
            assert faults == ()
            for kind in ("views", "clones"):
                traffic = getattr(capture, kind)
                listed = [[day.isoformat(), said.count, said.uniques] for day, said in traffic.days.items()]
                assert listed == window[kind]
                assert msgspec.json.decode(capture.raw[kind])["count"] == traffic.total.count
        assert gh.usage.requests == 1 + 6 * len(windows)


async def _no_sleep(_seconds: float) -> None:
    raise AssertionError("nothing here should have to wait")
