"""Real events as webhooks, shuffled, some twice, some never: the night brings the tables of a first reading."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from sandbox.dataset import Dataset
from sandbox.history import Told
from storage.engine import Store
from tests.scheduler.streamed import EVERYTHING, Stream, at, rows_of, stream

SEED = 20261122
READ, LATER, NOW = at(2021), at(2024), at(2026, 11, 22)


def disturbed(told: list[Told], dice: random.Random, dropped: float) -> list[Told]:
    """Return the webhooks in any order, a tenth of them twice, and some of them not at all."""
    arrived = [one for one in told if dice.random() >= dropped]
    arrived += [one for one in arrived if dice.random() < 0.1]
    dice.shuffle(arrived)
    return arrived


@pytest.fixture(scope="module")
def real(shared_folder: Path) -> Dataset:
    """Everything that happened in a repository of the IETF; its comments' texts are not in it."""
    folder = shared_folder / "data" / "tlswg__tls13-spec"
    if not folder.is_dir():
        pytest.skip(f"no real events at {folder}")
    return Dataset.read(folder)


async def cold(here: Stream, empty: Path, file: Path) -> dict[str, list[dict[str, object]]]:
    """Return the rows of a database that reads everything for the first time."""
    store = await Store.open(f"sqlite:///{shutil.copyfile(empty, file)}")
    await here.read_all(store)
    rows = rows_of(store, here.loaded.id)
    await store.close()
    return rows


async def test_what_was_dropped_is_found_at_night(
    database_file: Path, empty_database: Path, tmp_path: Path, real: Dataset
) -> None:
    async with stream(database_file, real, READ, NOW) as here:
        told = here.told()
        assert len(told) > 500
        arrived = disturbed(told, random.Random(SEED), dropped=0.1)
        await here.deliver(arrived)
        found = await here.reconcile()
        rows, expected = here.rows(), await cold(here, empty_database, tmp_path / "cold.db")

    assert {name: len(rows[name]) for name in rows} == {name: len(expected[name]) for name in expected}
    for name, table in expected.items():
        assert rows[name] == table, name
    assert found["pulls"].missed > 0
    assert found["issues"].missed > 0
    # a row or two for each that was dropped, but many are made up for by the next of their thread
    dropped = len(told) - len({id(one.body) for one in arrived})
    assert found["pulls"].missed + found["issues"].missed < 2 * dropped


async def test_where_nothing_is_dropped_the_night_finds_nothing(
    database_file: Path, empty_database: Path, tmp_path: Path, real: Dataset
) -> None:
    """Webhooks alone, in any order and some twice, leave what a first reading does, but for what they do not tell."""
    async with stream(database_file, real, LATER, NOW) as here:
        await here.deliver(disturbed(here.told(), random.Random(SEED), dropped=0.0))
        await here.refresh()
        rows, expected = here.rows(), await cold(here, empty_database, tmp_path / "cold.db")
        asked = len(here.sandbox.requests)
        found = await here.reconcile()
        asked = len(here.sandbox.requests) - asked

    assert {name: one.missed for name, one in found.items()} == dict.fromkeys(EVERYTHING, 0)
    for name in ("reviews", "commits", "firsts"):
        assert rows[name] == expected[name], name
    for name in ("pulls", "issues", "timeline"):
        assert told(rows[name]) == told(expected[name]), name
    # of many comments a first reading brings only the first and the last
    assert {row["id"] for row in expected["comments"]} <= {row["id"] for row in rows["comments"]}
    changed = {one.body["pull_request"]["number"] for one in here.told() if one.event == "pull_request"}
    assert asked < len(changed) / 4, "a page of requests at most for what has changed, not one for each"


def told(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return rows without what webhooks do not tell."""
    untold = {"updated_at", "last_at", "id"}
    return sorted(({name: value for name, value in row.items() if name not in untold} for row in rows), key=str)
