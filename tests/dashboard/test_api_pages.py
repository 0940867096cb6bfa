"""What pages of the data API promise: never rows of two answers or of another question, and what is known of rows."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from storage.watermarks import Watermark, save_watermark
from tests.dashboard.answering import Watched
from tests.dashboard.people import NOW, Place
from tests.dashboard.programs import Program, program
from tests.dashboard.test_traffic_setting import set_file
from tests.storage.filled import fill
from tests.stories.town import LANTERN

TABLES = f"/repositories/{LANTERN}/metrics/commits/tables"
VAULT = "/repositories/quartz/vault"
LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
async def script(place: Place) -> Program:
    """A script of opal, who writes in quartz/vault, which has rows of every kind."""
    await fill(place.store, place.ids["quartz/vault"])
    browser = place.browser()
    await browser.sign_in("opal")
    return await program(browser)


async def note(place: Place, **marks: Watermark) -> None:
    for mark in marks.values():
        await place.store.write(lambda conn, mark=mark: save_watermark(conn, mark))  # type: ignore[misc]


async def test_pages_of_two_answers_never_mix(watched: Watched) -> None:
    """An answer that was made anew in between has other rows: whoever goes on is told to begin again."""
    await watched.read("/analytics commits 90d")
    script = await program(watched.member)
    first = (await script.get(f"{TABLES}/facts?limit=2")).json
    going_on = f"{TABLES}/facts?limit=2&cursor={quote(first['next'])}"
    assert (await script.get(going_on)).json["items"]
    watched.town.sandbox.clock.advance(timedelta(hours=3))
    assert "begin without a cursor" in (await script.get(going_on, 409)).detail


async def test_a_cursor_of_one_table_begins_no_page_of_another(watched: Watched) -> None:
    await watched.read("/analytics commits 90d")
    script = await program(watched.member)
    first = (await script.get(f"{TABLES}/facts?limit=2")).json
    other = next(name for name in first["tables"] if name != "facts")
    await script.get(f"{TABLES}/{other}?limit=2")
    await script.get(f"{TABLES}/{other}?limit=2&cursor={quote(first['next'])}", 422)


async def test_a_cursor_ends_where_owners_have_changed_how_people_are_shown(place: Place, script: Program) -> None:
    first = (await script.get(f"{VAULT}/data/pulls?limit=2")).json
    going_on = f"{VAULT}/data/pulls?limit=2&cursor={quote(first['next'])}"
    await script.get(going_on)
    await set_file(place, "quartz/vault", "people: anonymous\n", "people: anonymous\n")
    await script.get(going_on, 422)


async def test_rows_say_how_complete_and_how_new_all_of_them_are(place: Place, script: Program) -> None:
    """Comments come with issues and pull requests: they are as complete as the less complete, as new as the older."""
    of, older = place.ids["quartz/vault"], NOW - timedelta(minutes=5)
    whole = Watermark(of, "issues", synced_at=NOW, covered_since=LONG_AGO, whole_history=True)
    part = Watermark(of, "pulls", synced_at=older, covered_since=LONG_AGO)
    await note(place, whole=whole, part=part)
    found = {
        table: (await script.get(f"{VAULT}/data/{table}")).json["completeness"]
        for table in ("issues", "pulls", "comments")
    }
    assert {table: one["complete"] for table, one in found.items()} == {
        "issues": True, "pulls": False, "comments": False,
    }  # fmt: skip
    synced = {table: one["synced_at"] for table, one in found.items()}
    assert synced["comments"] == synced["pulls"] != synced["issues"]
    assert found["issues"]["complete_since"] is None
    assert found["comments"]["complete_since"] is not None


async def test_what_captures_bring_is_no_dataset_that_is_read(place: Place, script: Program) -> None:
    of = place.ids["quartz/vault"]
    await note(place, pulls=Watermark(of, "pulls", synced_at=NOW), traffic=Watermark(of, "traffic", synced_at=NOW))
    told = (await script.get(VAULT)).json
    assert [one.get("dataset", one.get("name")) for one in told["datasets"]] == ["pulls"]
