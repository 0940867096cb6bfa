"""Every periodic report of an installation: when it comes, how it stands, and what an admin can do about it."""

from __future__ import annotations

import msgspec
from sqlalchemy import text

from reports.digest_order import KIND, Order, read, written
from reports.schedule import Schedule, next_due
from reports.subscribing import follow_file, subscribe
from storage.connection import Connection
from storage.subscriptions import end_subscription, subscription, subscriptions_of
from storage.written_reports import WrittenReport, save_report
from tests.dashboard.managing import Managed, look, refuses_foreign_forms, send, words
from tests.dashboard.people import NOW

WEEKLY = Schedule("weekly", timezone="Europe/Berlin")
MONTHLY = Schedule("monthly", metrics=("reviews",))


async def set_up(managed: Managed) -> None:
    """A weekly report asked for in a thread of quartz/mine, and a monthly one in the file of quartz/vault."""
    ids = managed.place.ids

    async def work(conn: Connection) -> None:
        await subscribe(conn, ids["quartz/mine"], WEEKLY, 7, NOW)
        await follow_file(conn, ids["quartz/vault"], [(MONTHLY, None)], NOW)
        await subscribe(conn, ids["basalt/pit"], WEEKLY, None, NOW)
        await save_report(conn, WrittenReport("k", ids["quartz/mine"], "weekly", "2026-W46", "open", 12, 99, NOW, NOW))

    await managed.place.store.write(work)


async def orders(managed: Managed) -> list[Order]:
    """Return the jobs that write reports."""
    query = text("SELECT body FROM payloads JOIN jobs ON jobs.id = job_id WHERE kind = :kind ORDER BY jobs.id")

    async def look_up(conn: Connection) -> list[bytes]:
        return list((await conn.execute(query, {"kind": KIND})).scalars())

    return [msgspec.json.decode(body, type=Order) for body in await managed.place.store.read(look_up)]


async def test_members_see_what_when_where_and_the_last(managed: Managed) -> None:
    await set_up(managed)
    opal = await managed.member()
    page = (await look(opal, f"{managed.quartz}/schedules")).text
    seen = words(page)
    assert "2 shown; 2 go on." in seen
    assert "quartz/mine weekly each Monday at 09:00 Europe/Berlin, in #7 set up in a thread" in seen
    assert "2026-11-23 08:00 UTC Monday 2026-11-23 at 09:00 Europe/Berlin (2026-11-23 08:00 UTC), about week" in seen
    assert "#12, 2026-W46 just now goes on" in seen
    assert "/quartz/mine/issues/12#issuecomment-99" in page
    assert "quartz/vault monthly on day 1 of each month at 09:00 UTC, with reviews set up in its settings file" in seen
    assert "/quartz/vault/blob/HEAD/.github/analytics.yml" in page
    assert "<code>UTC</code>" not in page
    assert "basalt" not in page
    assert '<button name="do"' not in page


async def test_an_admin_stops_one_and_its_reason_is_said_everywhere(managed: Managed) -> None:
    await set_up(managed)
    jade, mine = await managed.signed_in("jade"), managed.place.ids["quartz/mine"]
    fields = {"repository": str(mine), "source": "command", "slot": "weekly"}
    assert (await send(jade, f"{managed.quartz}/schedules", do="stop", **fields)).status == 303
    known = await managed.place.store.read(lambda conn: subscription(conn, mine, "command", "weekly"))
    assert known is not None
    assert (known.active, known.next_at, known.reason) == (False, None, "jade stopped it on the dashboard")
    seen = words((await look(jade, f"{managed.quartz}/schedules?show=ended")).text)
    assert "1 shown; 1 go on." in seen
    assert "ended 20 Nov 2026 jade stopped it on the dashboard" in seen
    assert "jade stopped the weekly report of quartz/mine" in words((await look(jade, f"{managed.quartz}/people")).text)


async def test_now_orders_the_newest_once_a_minute(managed: Managed) -> None:
    await set_up(managed)
    jade, ids = await managed.signed_in("jade"), managed.place.ids
    fields = {"repository": str(ids["quartz/vault"]), "source": "file", "slot": "monthly"}
    for _ in range(2):
        assert (await send(jade, f"{managed.quartz}/schedules", do="now", **fields)).status == 303
    (order,) = await orders(managed)
    assert (order.repository, order.slot, order.source, order.again) == (ids["quartz/vault"], "monthly", "file", True)
    assert order.period == "2026-10"


async def test_what_a_file_says_is_changed_there(managed: Managed) -> None:
    await set_up(managed)
    jade, vault = await managed.signed_in("jade"), managed.place.ids["quartz/vault"]
    seen = await send(
        jade, f"{managed.quartz}/schedules", do="stop", repository=str(vault), source="file", slot="monthly"
    )
    assert (seen.status, "settings file" in seen.text) == (409, True)
    page = words((await look(jade, f"{managed.quartz}/schedules?q=vault")).text)
    assert "Change it in the file" in page
    assert "Stop" not in page


async def test_what_rests_and_what_stopped_quietly_say_why(managed: Managed) -> None:
    """What a comment asked for rests while the file has the say; what GitHub refused has ended by itself."""
    await set_up(managed)
    place = managed.place
    mine, vault = place.ids["quartz/mine"], place.ids["quartz/vault"]

    async def work(conn: Connection) -> None:
        await follow_file(conn, mine, [(MONTHLY, None)], NOW)
        (known,) = await subscriptions_of(conn, vault)
        await end_subscription(conn, known, NOW, "GitHub does not let the App write them (it needs issues)")

    await place.store.write(work)
    jade = await managed.signed_in("jade")
    seen = words((await look(jade, f"{managed.quartz}/schedules")).text)
    assert "rests the settings file says which reports are written" in seen
    assert "ended 20 Nov 2026 GitHub does not let the App write them (it needs issues)" in seen
    fields = {"repository": str(mine), "source": "command", "slot": "weekly"}
    for do in ("now", "stop"):
        assert (await send(jade, f"{managed.quartz}/schedules", do=do, **fields)).status == 409


async def test_members_change_nothing_and_admins_nothing_elsewhere(managed: Managed) -> None:
    await set_up(managed)
    opal, jade, ids = await managed.member(), await managed.signed_in("jade"), managed.place.ids
    address = f"{managed.quartz}/schedules"
    mine = {"repository": str(ids["quartz/mine"]), "source": "command", "slot": "weekly"}
    assert (await send(opal, address, do="stop", **mine)).status == 403
    pit = {**mine, "repository": str(ids["basalt/pit"])}
    for fields in (pit, {**mine, "slot": "quarterly"}, {**mine, "source": "file"}, {**mine, "repository": "x"}):
        assert (await send(jade, address, do="stop", **fields)).status == 404
    assert (await send(jade, address, do="delete", **mine)).status == 422
    found = await managed.place.store.read(lambda conn: subscriptions_of(conn, ids["basalt/pit"]))
    assert [one.active for one in found] == [True]
    assert read(found[0].schedule) == WEEKLY
    assert found[0].next_at == next_due(WEEKLY, NOW).at
    assert written(WEEKLY) == found[0].schedule
    assert await orders(managed) == []


async def test_others_find_nothing_there_and_forms_from_elsewhere_are_refused(managed: Managed) -> None:
    address = f"{managed.quartz}/schedules"
    await managed.is_closed_to_others(address, forms=(address,))
    await refuses_foreign_forms(await managed.signed_in("jade"), address, do="now")
