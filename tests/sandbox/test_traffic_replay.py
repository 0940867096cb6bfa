"""Captured traffic, answered again: at any time the latest capture at or before it, its days as they were listed."""

from __future__ import annotations

import csv
import gzip
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema_rs
import msgspec
import pytest

from sandbox.build import build
from sandbox.clock import parse_iso
from sandbox.dataset import Dataset, read_all
from sandbox.server import Sandbox
from sandbox.things import Repository
from tests.sandbox.conftest import Client

FIRST, SECOND, THIRD = "2026-11-01T23:40:00Z", "2026-11-02T23:40:00Z", "2026-11-09T23:40:00Z"
WINDOWS = [
    {"captured_at": FIRST, "views": [["2026-10-30", 7, 3], ["2026-11-01", 2, 2]], "clones": [["2026-10-31", 0, 0]]},
    {"captured_at": THIRD, "views": [], "clones": []},
    {
        "captured_at": SECOND,
        "views": [["2026-10-30", 6, 3], ["2026-11-01", 4, 2], ["2026-11-02", 5, 5]],
        "clones": [["2026-11-02", 9, 1]],
    },
]


def write_folder(folder: Path, full_name: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "meta.json").write_bytes(msgspec.json.encode({"repository": full_name}))
    write_zipped(folder / "windows.jsonl.gz", [msgspec.json.encode(one).decode() for one in WINDOWS])
    write_zipped(
        folder / "referrers.csv.gz",
        ["captured_at,referrer,count,uniques", f"{FIRST},Google,4,2", f'{SECOND},"a, b",3,1', f"{SECOND},Bing,2,2"],
    )
    write_zipped(
        folder / "paths.csv.gz",
        ["captured_at,path,count,uniques", f"{SECOND},/{full_name},3,1", f"{SECOND},/{full_name}/tree/main/src,2,2"],
    )
    (folder / "stars.csv").write_text(
        "time_iso8601,stars_cumulative\n2026-05-01 00:00:00+00:00,1\n2026-11-02 00:00:00+00:00,3\n"
    )
    (folder / "forks.csv").write_text("time_iso8601,forks_cumulative\n2026-11-05 00:00:00+00:00,2\n")
    return folder


def write_zipped(path: Path, lines: Iterable[str]) -> None:
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))


@dataclass
class Town:
    """The replayed repositories behind a client that asks as their installation."""

    sandbox: Sandbox
    client: Client
    repositories: list[Repository]

    async def ask(self, repository: Repository, part: str, at: str) -> Any:
        self.sandbox.clock.set(parse_iso(at))
        installation = self.sandbox.world.installed_on(repository)
        assert installation is not None
        token = await self.client.token(installation)
        reply = await self.client.get(f"/repos/{repository.full_name}/traffic/{part}", token)
        assert reply.status == 200, reply.body
        return reply.body


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    for name in ("one", "two"):
        write_folder(tmp_path / name, f"acme/{name}")
    world, keys = build(read_all(tmp_path))
    async with Sandbox(world, hook_delay=0) as sandbox, aiohttp.ClientSession() as session:
        yield Town(sandbox, Client(session, sandbox, keys), list(world.repositories.values()))


async def test_folders_of_one_owner_are_one_installation(town: Town) -> None:
    """The clock starts at the last capture."""
    (installation,) = town.sandbox.world.installations.values()

    assert [one.full_name for one in town.sandbox.world.covered(installation)] == ["acme/one", "acme/two"]
    assert town.sandbox.clock.now() >= parse_iso(THIRD)


async def test_the_latest_capture_at_or_before_now_is_answered(town: Town) -> None:
    """To the second: a capture is there from its own moment on."""
    repository = town.repositories[0]

    early = await town.ask(repository, "views", FIRST)
    assert early["views"] == [
        {"timestamp": "2026-10-30T00:00:00Z", "count": 7, "uniques": 3},
        {"timestamp": "2026-11-01T00:00:00Z", "count": 2, "uniques": 2},
    ]
    assert await town.ask(repository, "views", "2026-11-02T23:39:00Z") == early
    later = await town.ask(repository, "views?per=day", SECOND)
    assert [one["count"] for one in later["views"]] == [6, 4, 5]
    assert await town.ask(repository, "views", THIRD) == {"count": 0, "uniques": 0, "views": []}
    assert (await town.ask(repository, "clones", FIRST))["clones"] == [
        {"timestamp": "2026-10-31T00:00:00Z", "count": 0, "uniques": 0}
    ]


async def test_before_the_first_capture_nothing_is_listed(town: Town) -> None:
    repository = town.repositories[0]

    assert await town.ask(repository, "views", "2026-10-01T00:00:00Z") == {"count": 0, "uniques": 0, "views": []}
    assert await town.ask(repository, "popular/paths", "2026-10-01T00:00:00Z") == []


async def test_totals_and_weeks_are_made_of_the_listed_days(town: Town) -> None:
    """Counts are added up; of uniques only the least there can be is known, the largest day's."""
    by_week = await town.ask(town.repositories[1], "views?per=week", SECOND)

    assert by_week == {
        "count": 15, "uniques": 5,
        "views": [
            {"timestamp": "2026-10-26T00:00:00Z", "count": 10, "uniques": 3},
            {"timestamp": "2026-11-02T00:00:00Z", "count": 5, "uniques": 5},
        ],
    }  # fmt: skip


async def test_lists_come_in_the_order_they_were_captured_in(town: Town) -> None:
    repository = town.repositories[0]

    assert await town.ask(repository, "popular/referrers", SECOND) == [
        {"referrer": "a, b", "count": 3, "uniques": 1},
        {"referrer": "Bing", "count": 2, "uniques": 2},
    ]
    assert await town.ask(repository, "popular/paths", SECOND) == [
        {"path": "/acme/one", "title": "acme/one", "count": 3, "uniques": 1},
        {"path": "/acme/one/tree/main/src", "title": "tree/main/src · acme/one", "count": 2, "uniques": 2},
    ]
    assert await town.ask(repository, "popular/referrers", THIRD) == []


async def test_stars_and_forks_come_as_the_clock_goes(town: Town) -> None:
    fans = town.repositories[0].fans
    seen = []
    for at in ("2026-04-30T00:00:00Z", "2026-05-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-05T00:00:00Z"):
        town.sandbox.clock.set(parse_iso(at))
        seen.append((fans.star_count(), fans.fork_count()))

    assert seen == [(0, 0), (1, 0), (3, 0), (3, 2)]


@pytest.mark.parametrize("bad", ['{"captured_at": "2026-11-01T00:00:00Z"}', '{"captured', '{"captured_at":1}'])
def test_a_capture_that_cannot_be_read_is_named(tmp_path: Path, bad: str) -> None:
    folder = write_folder(tmp_path / "bad", "acme/bad")
    write_zipped(folder / "windows.jsonl.gz", [msgspec.json.encode(WINDOWS[0]).decode(), bad])

    with pytest.raises(ValueError, match=r"windows\.jsonl\.gz, line 2"):
        Dataset.read(folder)


@pytest.mark.parametrize("path", ["views?per=day", "views?per=week", "clones", "popular/referrers", "popular/paths"])
async def test_answers_are_as_github_publishes_them(town: Town, shared_folder: Path, path: str) -> None:
    with gzip.open(shared_folder / "api" / "openapi.json.gz") as file:
        document = msgspec.json.decode(file.read())
    operation = document["paths"]["/repos/{owner}/{repo}/traffic/" + path.partition("?")[0]]["get"]
    content = operation["responses"]["200"]["content"]["application/json"]
    schema = {**content["schema"], "components": document["components"]}

    body = await town.ask(town.repositories[0], path, SECOND)

    assert list(jsonschema_rs.Draft4Validator(schema).iter_errors(body)) == []


@pytest.mark.parametrize("name", ["l3af-project__l3afd", "cicsdev__cics-genapp"])
async def test_a_real_folder_is_answered_as_it_was_captured(shared_folder: Path, name: str) -> None:
    """Every seventieth capture, and the last: days, referrers and paths."""
    folder = shared_folder / "data" / "traffic" / name
    with gzip.open(folder / "windows.jsonl.gz") as lines:
        windows = [msgspec.json.decode(line) for line in lines]
    with gzip.open(folder / "referrers.csv.gz", "rt", newline="") as file:
        referrers = list(csv.DictReader(file))
    world, keys = build(read_all(folder))
    async with Sandbox(world, hook_delay=0) as sandbox, aiohttp.ClientSession() as session:
        town = Town(sandbox, Client(session, sandbox, keys), list(world.repositories.values()))
        for window in [*windows[::70], windows[-1]]:
            at = window["captured_at"]
            for kind in ("views", "clones"):
                body = await town.ask(town.repositories[0], kind, at)
                given = [[one["timestamp"][:10], one["count"], one["uniques"]] for one in body[kind]]
                assert given == window[kind]
                assert body["count"] == sum(count for _, count, _ in window[kind])
            body = await town.ask(town.repositories[0], "popular/referrers", at)
            listed = [(one["referrer"], str(one["count"]), str(one["uniques"])) for one in body]
            assert listed == [(r["referrer"], r["count"], r["uniques"]) for r in referrers if r["captured_at"] == at]
