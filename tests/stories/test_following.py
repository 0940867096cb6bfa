"""The store follows what owners do: installing, leaving, moving, hiding, deleting; by number, at once, in any order."""

from __future__ import annotations

from datetime import timedelta

from sandbox.world import World
from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN, STRANGER, STRONGROOM, Json, Town
from tests.stories.visits import TOKEN, captured, installed, stored, tick

EMBER = "quartz-labs/ember"


def repository_row(town: Town, repository_id: int) -> Json:
    (row,) = town.rows("SELECT * FROM repositories WHERE id = ?", repository_id)
    return row


def runs(town: Town) -> list[str]:
    return [row["run"] for row in town.rows("SELECT run FROM capture_runs ORDER BY planned_at, run")]


def captures_of(town: Town, repository_id: int) -> int:
    return len(town.rows("SELECT run FROM captures WHERE repository_id = ?", repository_id))


def install_again(world: World, town: Town) -> None:
    """Uninstall and install anew, as an owner does who has second thoughts."""
    town.sandbox.hands.uninstall(installed(town))
    town.sandbox.hands.install("quartz-labs")
    assert len([one for one in world.installations.values() if one.removed_at is None]) == 1


async def test_a_new_installation_is_captured_at_once(town: Town) -> None:
    """Not a day later: a capture that night would not bring back the oldest day that GitHub shows now."""
    town.sandbox.hands.uninstall(installed(town))
    await town.settled()
    town.sandbox.hands.install("quartz-labs")
    await town.settled()
    assert sum(views or 0 for views in stored(town).values()) > 0
    assert runs(town) == ["2026-11-20"]
    assert {row["installation_id"] for row in town.rows("SELECT installation_id FROM repositories")} == {
        installed(town).id
    }


async def test_the_same_delivery_again_captures_nothing_again(town: Town) -> None:
    async with town.undelivered() as held:
        install_again(town.world, town)
    uninstalled, created = held
    await town.redeliver(uninstalled, created)
    asked = town.asked
    await town.redeliver(created)
    assert town.requests(asked) == []
    assert runs(town) == ["2026-11-20"]


async def test_added_repositories_are_captured_and_the_others_not_again(town: Town) -> None:
    installation = installed(town)
    town.sandbox.hands.choose_repositories(installation, ["lantern"])
    await captured(town)
    lantern, ember = town.repository_id(LANTERN), town.repository_id(EMBER)
    assert (captures_of(town, lantern), captures_of(town, ember)) == (1, 0)
    town.sandbox.hands.add_repositories(installation, ["ember"])
    await town.settled()
    assert (captures_of(town, lantern), captures_of(town, ember)) == (1, 1)
    assert sum(views or 0 for views in stored(town, EMBER).values()) > 0


async def test_removed_repositories_are_left_alone(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN) as town:
        installation = installed(town)
        await captured(town)
        ember = town.repository_id(EMBER)
        town.sandbox.hands.choose_repositories(installation, ["lantern"])
        await town.settled()
        assert repository_row(town, ember)["removed_at"] is not None
        before = captures_of(town, ember)
        await town.wait(days=1)
        await tick(town)
        assert captures_of(town, ember) == before
        assert captures_of(town, town.repository_id(LANTERN)) == 2


async def test_after_an_uninstall_nothing_is_captured_and_the_data_goes_after_the_grace(town_of: OpenTown) -> None:
    """29 days later all of it is there, 31 days later none of it, in whatever table."""
    async with town_of(TICK_TOKEN=TOKEN) as town:
        await town.say("/analytics pulls")
        await captured(town)
        days = stored(town)
        assert days
        town.sandbox.hands.uninstall(installed(town))
        await town.settled()
        asked = town.asked
        await town.wait(days=29)
        await tick(town)
        assert stored(town) == days
        assert [one for one in town.requests(asked) if "/traffic/" in one.path] == []
        await town.wait(days=2)
        await tick(town)
        for table in town.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
            if table["name"] not in ("alembic_version", "jobs", "payloads", "actors"):
                assert town.rows(f"SELECT * FROM {table['name']}") == [], table["name"]


async def test_the_grace_is_a_setting(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, GRACE_DAYS="2") as town:
        await captured(town)
        town.sandbox.hands.uninstall(installed(town))
        await town.settled()
        await town.wait(days=3)
        await tick(town)
        assert stored(town) == {}


async def test_installing_again_within_the_grace_brings_the_data_back(town_of: OpenTown) -> None:
    """The installation has another number by then; the repositories have theirs. The days between stay unknown."""
    async with town_of(TICK_TOKEN=TOKEN) as town:
        await captured(town)
        days = stored(town)
        town.sandbox.hands.uninstall(installed(town))
        await town.settled()
        await town.wait(days=20)
        town.sandbox.hands.install("quartz-labs")
        await town.settled()
        known = stored(town)
        unknown = set(range(min(known), max(known) + 1)) - known.keys()
        assert known.items() >= {day: days[day] for day in sorted(days)[:-2]}.items()
        assert len(unknown) == 5, "of 20 days GitHub showed the last 15"
        await town.wait(days=31)
        await tick(town)
        assert known.keys() <= stored(town).keys()
        body = town.answer_to(await town.say("/analytics traffic 2026-11-06..2026-12-10"))
        assert "traffic unknown on 5 of 35 days" in body


async def test_an_end_that_is_reported_before_its_beginning_is_the_end(town: Town) -> None:
    """Deliveries come in any order: an installation that was removed does not come back with its late beginning."""
    async with town.undelivered() as held:
        install_again(town.world, town)
        town.sandbox.hands.uninstall(installed(town))
    _, created, deleted = held
    await town.redeliver(deleted, created)
    (row,) = town.rows("SELECT removed_at FROM installations WHERE id = ?", deleted.installation_id)
    assert row["removed_at"] is not None
    assert runs(town) == []


async def test_a_suspended_installation_is_not_captured_and_then_it_is(town_of: OpenTown) -> None:
    """Five days of suspension leave no unknown day: GitHub still shows them when it ends."""
    async with town_of(TICK_TOKEN=TOKEN) as town:
        await captured(town)
        town.sandbox.hands.suspend(installed(town))
        await town.settled()
        asked = town.asked
        await town.wait(days=5)
        await tick(town)
        assert [one for one in town.requests(asked) if "/traffic/" in one.path] == []
        town.sandbox.hands.unsuspend(installed(town))
        await town.settled()
        days = sorted(stored(town))
        assert days == list(range(days[0], days[0] + len(days)))
        assert len(days) == 20


async def test_what_is_newly_allowed_is_captured_at_once(town: Town) -> None:
    """A token from before keeps what it had, for an hour: the capture begins with a new one."""
    installation = installed(town)
    del installation.permissions["administration"]
    await captured(town)
    assert stored(town) == {}
    town.sandbox.clock.advance(timedelta(minutes=5))
    town.sandbox.hands.accept_permissions(installation)
    await town.settled()
    assert stored(town)
    body = town.answer_to(await town.say("/analytics traffic"))
    assert "Administration" not in body


async def test_a_renamed_repository_keeps_its_days(town: Town) -> None:
    await captured(town)
    number, days = town.repository_id(LANTERN), stored(town)
    town.sandbox.hands.rename_repository(LANTERN, "lighthouse")
    await town.settled()
    assert repository_row(town, number)["name"] == "lighthouse"
    assert stored(town, "quartz-labs/lighthouse") == days


async def test_a_transferred_repository_is_followed_to_an_owner_who_has_the_app(town: Town) -> None:
    town.world.account("harbour-works", "Organization")
    theirs = town.sandbox.hands.install("harbour-works")
    await captured_by(town)
    number, days = town.repository_id(EMBER), stored(town, EMBER)
    assert days
    town.sandbox.hands.transfer_repository(EMBER, "harbour-works")
    await town.settled()
    row = repository_row(town, number)
    assert (row["owner"], row["installation_id"], row["removed_at"]) == ("harbour-works", theirs.id, None)
    assert stored(town, "harbour-works/ember") == days


async def captured_by(town: Town) -> None:
    """Have what the first installation sees captured."""
    first = min(town.world.installations.values(), key=lambda one: one.id)
    town.sandbox.hands.suspend(first)
    town.sandbox.hands.unsuspend(first)
    await town.settled()


async def test_what_was_made_private_stays_so_however_late_the_report_of_before_comes(town: Town) -> None:
    """Publicized, then privatized, delivered the other way round: GitHub is asked, and has the last word."""
    await captured(town)
    number = town.repository_id(STRONGROOM)
    async with town.undelivered() as held:
        town.sandbox.hands.publicize(STRONGROOM)
        town.sandbox.hands.privatize(STRONGROOM)
    publicized, privatized = held
    await town.redeliver(privatized, publicized)
    assert repository_row(town, number)["visibility"] == "private"


async def test_hiding_does_not_wait_for_github(town: Town) -> None:
    """GitHub cannot be asked just now: the repository is private all the same, and the rest follows."""
    await captured(town)
    number = town.repository_id(LANTERN)
    town.break_("status", method="GET", path=f"/repos/{LANTERN}", times=None, status=503)
    town.sandbox.hands.privatize(LANTERN)
    await town.sandbox.settled()
    await town.until(lambda: repository_row(town, number)["visibility"] == "private", "the repository to be hidden")
    town.sandbox.faults.clear()
    await town.wait(minutes=30)
    assert repository_row(town, number)["visibility"] == "private"


async def test_public_private_archived_and_back(town: Town) -> None:
    await captured(town)
    number, hands = town.repository_id(STRONGROOM), town.sandbox.hands
    for act, expected in (
        (hands.publicize, ("public", 0)),
        (hands.archive, ("public", 1)),
        (hands.privatize, ("private", 1)),
        (hands.unarchive, ("private", 0)),
    ):
        act(STRONGROOM)
        await town.settled()
        row = repository_row(town, number)
        assert (row["visibility"], row["archived"]) == expected


async def test_a_deleted_repository_is_forgotten_after_the_grace(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN) as town:
        await captured(town)
        number = town.repository_id(EMBER)
        town.sandbox.hands.delete_repository(EMBER)
        await town.settled()
        assert repository_row(town, number)["removed_at"] is not None
        await town.wait(days=31)
        await tick(town)
        assert town.rows("SELECT * FROM repositories WHERE id = ?", number) == []
        assert town.rows("SELECT * FROM traffic_days WHERE repository_id = ?", number) == []
        assert stored(town)


async def test_a_new_repository_is_known_at_once(town: Town) -> None:
    await captured(town)
    made = town.sandbox.hands.create_repository("quartz-labs/harbour", "private")
    await town.settled()
    row = repository_row(town, made.id)
    assert (row["name"], row["visibility"], row["removed_at"]) == ("harbour", "private", None)


async def test_stars_come_and_go(town: Town) -> None:
    """Who took one back is in no list of GitHub's: only the report knows."""
    await captured(town)
    number, hands = town.repository_id(LANTERN), town.sandbox.hands
    before = town.world.required(LANTERN).fans.star_count()
    hands.star(LANTERN, STRANGER)
    await town.settled()
    who = town.world.account(STRANGER).id
    row = star(town, number, who)
    assert row["starred_at"] is not None
    assert row["unstarred_at"] is None
    town.sandbox.clock.advance(timedelta(hours=2))
    hands.unstar(LANTERN, STRANGER)
    await town.settled()
    passed = star(town, number, who)["unstarred_at"] - row["starred_at"]
    assert timedelta(0) <= timedelta(microseconds=passed) - timedelta(hours=2) < timedelta(seconds=2)
    (counters,) = town.rows("SELECT stars FROM snapshots WHERE repository_id = ?", number)
    assert counters["stars"] in (before, before + 1)


def star(town: Town, number: int, who: int) -> Json:
    (row,) = town.rows("SELECT * FROM stars WHERE repository_id = ? AND user_id = ?", number, who)
    return row


async def test_a_star_of_a_repository_that_is_not_stored_yet_is_kept(town: Town) -> None:
    town.sandbox.hands.star(LANTERN, STRANGER)
    await town.settled()
    number = town.repository_id(LANTERN)
    assert star(town, number, town.world.account(STRANGER).id)
    assert repository_row(town, number)["name"] == "lantern"


async def test_forks_are_counted_at_once(town: Town) -> None:
    await captured(town)
    number = town.repository_id(LANTERN)
    before = town.world.required(LANTERN).fans.fork_count()
    town.sandbox.clock.advance(timedelta(minutes=1))
    town.sandbox.hands.fork(LANTERN, STRANGER)
    await town.settled()
    (row,) = town.rows("SELECT forks, watchers FROM snapshots WHERE repository_id = ?", number)
    assert row["forks"] == before + 1
    assert row["watchers"] is not None


async def test_a_comment_from_before_the_end_does_not_bring_the_installation_back(town: Town) -> None:
    """The question was asked, then the App was uninstalled, then the question arrives."""
    await town.say("/analytics help")
    async with town.undelivered() as held:
        await town.post("/analytics help")
    town.sandbox.clock.advance(timedelta(minutes=1))
    installation = installed(town)
    town.sandbox.hands.uninstall(installation)
    await town.settled()
    await town.redeliver(*held)
    (row,) = town.rows("SELECT removed_at FROM installations WHERE id = ?", installation.id)
    assert row["removed_at"] is not None
    assert repository_row(town, town.repository_id(LANTERN))["removed_at"] is not None
