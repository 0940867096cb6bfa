"""The generated organisation is visited, starred and forked, and a folder keeps all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.build import build
from sandbox.dataset import Dataset, read_all
from sandbox.generate import generate
from sandbox.world import World

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def organisation() -> list[Dataset]:
    return generate(1, NOW)


@pytest.fixture(scope="module")
def world(organisation: list[Dataset]) -> World:
    world, _ = build(organisation, now=NOW)
    world.clock.freeze()
    return world


def test_the_busier_a_repository_the_more_it_is_seen_starred_and_forked(world: World) -> None:
    repositories = [world.required(f"quartz-labs/{name}") for name in ("lantern", "ember", "sundial")]
    seen = [one.traffic.answer("views", "day", NOW).total.count for one in repositories if one.traffic is not None]

    assert len(seen) == 3
    assert seen == sorted(seen, reverse=True)
    assert seen[0] > 2_000
    # Of those who would come today some come after now.
    assert [one.fans.star_count() for one in repositories] == pytest.approx([640, 120, 85], abs=5)
    assert [one.fans.fork_count() for one in repositories] == pytest.approx([71, 13, 9], abs=2)
    assert all(one.fans.watch_count() > 5 for one in repositories)


def test_nobody_stars_twice_and_members_watch(organisation: list[Dataset]) -> None:
    for dataset in organisation:
        assert len({row["user"] for row in dataset.stars}) == len(dataset.stars)
        assert len({row["id"] for row in dataset.forks}) == len(dataset.forks)
        members = {login for login, role in dataset.repo["permissions"].items() if role in ("admin", "write")}
        assert members & {row["user"] for row in dataset.watches}


def test_releases_are_causes_of_visits(world: World) -> None:
    """Where a release came out, more were expected than a week later."""
    lantern = world.required("quartz-labs/lantern")
    traffic = lantern.traffic
    assert traffic is not None
    published = [one.published_at for one in lantern.releases if one.published_at and one.published_at < "2026-11-08"]
    assert len(published) > 10
    days = [datetime.fromisoformat(moment).date() for moment in published]
    after = [traffic.truth("views", day, day + timedelta(days=3)).uniques for day in days]  # type: ignore[attr-defined]
    later = [
        traffic.truth("views", day + timedelta(days=7), day + timedelta(days=10)).uniques  # type: ignore[attr-defined]
        for day in days
    ]
    assert sum(after) > 1.2 * sum(later)


def test_a_folder_keeps_habits_stars_and_forks(organisation: list[Dataset], world: World, tmp_path: Path) -> None:
    ember = organisation[1]
    ember.write(tmp_path / "ember")
    (again,) = read_all(tmp_path)

    assert again == ember
    kept, _ = build([again], now=NOW)
    kept.clock.freeze()
    one, other = kept.required(ember.full_name), world.required(ember.full_name)
    assert one.traffic is not None
    assert other.traffic is not None
    assert one.traffic.answer("clones", "week", NOW) == other.traffic.answer("clones", "week", NOW)
    assert [star.at for star in one.fans.stars()] == [star.at for star in other.fans.stars()]


def test_a_smaller_organisation_has_fewer_visitors() -> None:
    (small, *_), (full, *_) = generate(1, NOW, months=9, scale=0.1), generate(1, NOW, months=9)

    assert small.repo["traffic"]["visitors"] < 0.2 * full.repo["traffic"]["visitors"]
    assert len(small.stars) < 0.2 * len(full.stars)
