"""Settings are read where the App is new, once a day, and each repository's once, wherever the limit stops it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import msgspec
import pytest

from handlers.events.installation import handle
from reports.configuration_file import PATH
from reports.settings_looks import KIND, Look, look_soon
from sandbox.faults import Fault, Match
from scheduler import digest
from scheduler.discover import learn
from scheduler.plan import Due, due
from storage.queue import NewJob, put
from tests.scheduler.field import DAY, Field

WEEKLY = "reports: weekly\n"


def wanted_everywhere(field: Field) -> None:
    for repository in field.repositories():
        repository.files[PATH] = WEEKLY


def subscribed(field: Field) -> int:
    return len(field.rows("SELECT 1 FROM subscriptions WHERE source = 'file'"))


def asked(field: Field) -> Counter[str]:
    """Return how often each repository's own file was asked for."""
    owner = field.installation().account.login
    found = Counter(path.split("/")[3] for path in field.asked(f"/contents/{PATH}"))
    return Counter({name: n for name, n in found.items() if f"{owner}/{name}" in names(field)})


def names(field: Field) -> set[str]:
    return {one.full_name for one in field.repositories()}


async def pass_time(field: Field, **span: float) -> None:
    field.world.clock.advance(timedelta(**span))
    await field.work()


async def look_of_the_day(field: Field) -> None:
    """Put the day's look alone, as the clock does."""
    now = field.services.now()
    (look,) = [one for one in due(now) if one.kind == KIND]
    await field.clock().put([Due(look.kind, look.key)], now)
    await field.work()


async def test_where_the_app_is_new_files_are_read_although_the_days_look_is_over(field: Field) -> None:
    """A fresh server looks before it knows of any installation; what comes later must not wait for tomorrow."""
    wanted_everywhere(field)
    await look_of_the_day(field)
    assert subscribed(field) == 0
    await field.tick()
    await pass_time(field, minutes=11)
    assert subscribed(field) == 6


@pytest.mark.parametrize("action", ["created", "unsuspend"])
async def test_a_webhook_that_begins_an_installation_has_its_files_read(field: Field, action: str) -> None:
    wanted_everywhere(field)
    await look_of_the_day(field)
    here = field.installation()
    account = {"login": here.account.login, "id": here.account.id, "type": "Organization"}
    await handle(field.services, "one", {"action": action, "installation": {"id": here.id, "account": account}})
    await field.work()  # the capture, which lists its repositories
    await pass_time(field, minutes=11)
    assert subscribed(field) == 6


async def test_what_is_no_longer_suspended_is_looked_at_again(field: Field) -> None:
    await field.tick()
    await pass_time(field, minutes=11)
    field.installation().suspended_at = field.world.now()
    await learn(field.services)
    wanted_everywhere(field)
    await look_of_the_day(field)
    assert subscribed(field) == 0
    field.installation().suspended_at = None
    await learn(field.services)
    await pass_time(field, minutes=11)
    assert subscribed(field) == 6


async def test_a_look_goes_on_where_the_hourly_limit_stopped_it(field: Field) -> None:
    wanted_everywhere(field)
    await field.tick()
    await pass_time(field, minutes=11)
    before = asked(field)
    field.world.clock.advance(DAY)
    for repository in field.repositories():
        repository.files[PATH] = "reports: monthly\n"  # what is unchanged would cost nothing
    field.sandbox.limits.core = 6  # half of it is used up after a few repositories
    await look_of_the_day(field)
    assert 0 < len(asked(field) - before) < 6
    for _ in range(6):
        await pass_time(field, hours=1)
    assert set((asked(field) - before).values()) == {1}, "each once"
    assert len(asked(field) - before) == 6, "and none is left out"


async def test_many_repositories_are_read_by_several_jobs(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process that dies has read is not read again."""
    monkeypatch.setattr(digest, "AT_ONCE", 2)
    wanted_everywhere(field)
    await field.tick()
    await pass_time(field, minutes=11)
    assert subscribed(field) == 6
    assert set(asked(field).values()) == {1}
    assert len(field.rows("SELECT 1 FROM jobs WHERE kind = ? AND key LIKE '%:%'", KIND)) == 3


async def test_a_repository_that_always_fails_holds_the_others_up_for_hours_and_not_for_ever(field: Field) -> None:
    wanted_everywhere(field)
    second = sorted(field.repositories(), key=lambda one: one.id)[1]
    broken = Match("GET", f"/repos/{second.full_name}/contents/*")
    field.sandbox.faults.add(Fault(broken, "status", times=None, status=502))
    await field.tick()
    await pass_time(field, minutes=11)
    assert subscribed(field) == 1
    for _ in range(14):
        await pass_time(field, minutes=30)
    assert subscribed(field) == 5


async def test_a_repository_whose_file_is_refused_holds_nobody_up(field: Field) -> None:
    wanted_everywhere(field)
    second = sorted(field.repositories(), key=lambda one: one.id)[1]
    refused = Match("GET", f"/repos/{second.full_name}/contents/*")
    field.sandbox.faults.add(Fault(refused, "status", times=None, status=403))
    await field.tick()
    await pass_time(field, minutes=11)
    assert subscribed(field) == 5


async def test_a_look_that_takes_longer_than_a_day_is_not_begun_again_beside_itself(field: Field) -> None:
    await field.tick()
    await pass_time(field, minutes=11)
    (known,) = field.rows("SELECT id FROM installations")
    now = field.services.now()

    async def put(mark: str) -> int:
        return await field.services.store.write(lambda conn: look_soon(conn, [known["id"]], mark, now))

    assert await put("monday") == 1
    assert await put("tuesday") == 0
    await field.work()
    assert await put("wednesday") == 1


async def test_the_look_after_a_push_leaves_half_of_the_limit_to_people_too(field: Field) -> None:
    await field.tick()
    await pass_time(field, minutes=11)
    wanted_everywhere(field)
    field.world.clock.advance(timedelta(hours=2))
    field.sandbox.limits.core = 2
    one = field.repositories()[0]
    services, now = field.services, field.services.now()
    await services.github(field.installation().id).get(f"/repos/{one.full_name}")
    job = NewJob(KIND, "pushed", msgspec.json.encode(Look(repository=one.id)), None)
    await services.store.write(lambda conn: put(conn, [job], now))
    await field.work()
    assert subscribed(field) == 0
    field.sandbox.limits.core = 5_000
    await pass_time(field, hours=1)
    assert subscribed(field) == 1
