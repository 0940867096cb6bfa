"""The data API over SQLite and over PostgreSQL: whatever it is asked of the same rows, it answers the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dashboard.api.table import OPERATIONS
from storage.previewed_catalogue import TABLES
from tests.dashboard.people import Place, open_place
from tests.dashboard.programs import API, Program, Told, program
from tests.storage import cluster
from tests.storage.filled import fill

VAULT = "/repositories/quartz/vault"
NARROWED = (
    "/repositories?q=QUARTZ", "/repositories?limit=1", f"{VAULT}/traffic/days?since=2026-10-25&until=2026-11-10",
    f"{VAULT}/data/pulls?author=opal&number.from=5&sort=number&order=asc&limit=4",
    f"{VAULT}/data/pulls?sort=title&order=asc&limit=13", f"{VAULT}/data/pulls?title=GR%C3%96SSE",
    f"{VAULT}/data/pulls?title=_b%25", f"{VAULT}/data/pulls?state=merged&format=csv",
    f"{VAULT}/data/pulls?number.from=3000000000", f"{VAULT}/data/timeline?subject=topaz",
    f"{VAULT}/data/issues?created_at.from=2026-10-20&sort=closed_at", f"{VAULT}/data/pulls?additions.from=x",
)  # fmt: skip


def addresses(installation: int) -> Iterator[str]:
    """Return each operation's address, of rows that of each table, and some with questions."""
    known = {"owner": "quartz", "name": "vault", "metric": "pulls", "installation": str(installation)}
    for one in OPERATIONS:
        for table in TABLES if one.path.endswith("/data/{table}") else ["facts"]:
            yield re.sub(r"\{(\w+)\}", lambda gap, table=table: (known | {"table": table})[gap[1]], one.path)  # type: ignore[misc]
    yield from NARROWED


async def asked(place: Place, script: Program, address: str) -> list[tuple[int, Any]]:
    """Ask for an address and those of the pages after it; return each status and answer."""
    found = []
    following: str | None = address
    while following is not None:
        url = following if "://" in following else f"{place.url}{API}{following}"
        async with place.session.get(url, headers={"Authorization": f"Bearer {script.token}"}) as response:
            # the clock that stands still goes on by a microsecond each time that it is read
            body = re.sub(rb"12:00:00\.\d{6}Z", b"12:00:00Z", await response.read())
            told = Told(response.status, response.headers, body)
        is_json = "json" in told.headers["Content-Type"]
        found.append((told.status, plain(told.json) if is_json else told.body))
        link = re.fullmatch(r'<([^>]+)>; rel="next"', told.headers.get("Link", ""))
        following = None if link is None else link[1]
        assert len(found) < 100, address
    return found


def plain(said: Any) -> Any:
    """Return an answer without its cursor, which is sealed anew each time."""
    return {**said, "next": said["next"] is not None} if isinstance(said, dict) and "next" in said else said


async def everything(database: str, folder: Path) -> dict[str, list[tuple[int, Any]]]:
    """Return what a server over a database answers to whoever administers the installation."""
    async with open_place(database, folder) as place:
        await fill(place.store, place.ids["quartz/vault"])
        browser = place.browser()
        await browser.sign_in("jade")
        script = await program(browser)
        return {one: await asked(place, script, one) for one in addresses(place.ids["quartz"])}


async def test_both_databases_answer_the_same(database_file: Path, postgresql: Path, tmp_path: Path) -> None:
    here = await everything(f"sqlite:///{database_file}", tmp_path / "sqlite")
    with cluster.copied(postgresql) as address:
        there = await everything(address, tmp_path / "postgresql")
    for one, told in here.items():
        assert there[one] == told, one
    of_rows = [told[0][1] for one, told in here.items() if one in [f"{VAULT}/data/{table}" for table in TABLES]]
    assert [bool(one["items"]) for one in of_rows] == [True] * len(TABLES), "there is something to compare"
    assert len(here[f"{VAULT}/data/pulls?sort=title&order=asc&limit=13"]) == 4
    assert [told[0][0] for one, told in here.items() if one.endswith("additions.from=x")] == [422]
