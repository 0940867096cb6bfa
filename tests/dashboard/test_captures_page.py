"""The log of captures: runs, and single tries by repository and outcome."""

from __future__ import annotations

from sandbox.faults import Fault, Match
from storage.captures import plan_run
from tests.dashboard.managing import Managed, look, send, words
from tests.dashboard.people import NOW

FAILING = Fault(Match("GET", "/repos/quartz/vault/traffic/*"), "status", status=500, body="{}", times=None)


async def collected(managed: Managed, times: int = 2) -> None:
    """Capture everything so many times, of which quartz/vault fails the last time."""
    jade = await managed.signed_in("jade")
    for at in range(times):
        if at == times - 1:
            managed.place.sandbox.faults.add(FAILING)
        await send(jade, f"{managed.quartz}/collect")
        await managed.work()
        managed.place.wait(minutes=5)


async def test_runs_say_when_who_what_became_of_it_and_how_many_requests(managed: Managed) -> None:
    await collected(managed)
    opal = await managed.member()
    seen = words((await look(opal, f"{managed.quartz}/captures")).text)
    first = seen.index("20 Nov 2026, 12:05 UTC asked for by jade 5 min ago done 1 captured, 1 failed")
    assert seen.index("20 Nov 2026, 12:00 UTC asked for by jade 10 min ago done 2 captured") > first


async def test_tries_of_one_repository_and_of_one_outcome(managed: Managed) -> None:
    await collected(managed)
    opal = await managed.member()
    vault = words((await look(opal, f"{managed.quartz}/captures?repository=VAULT")).text)
    assert vault.count("quartz/vault") == 2
    assert "quartz/mine" not in vault
    assert "GitHub could not show it" in vault
    failed = words((await look(opal, f"{managed.quartz}/captures?outcome=failed")).text)
    assert failed.count("quartz/vault 5 min ago 20 Nov 2026, 12:05 UTC failed") == 1
    assert "quartz/mine" not in failed
    both = words((await look(opal, f"{managed.quartz}/captures?outcome=captured&repository=vault")).text)
    assert both.count("quartz/vault 10 min ago") == 1
    assert "No try fits" in (await look(opal, f"{managed.quartz}/captures?repository=nothing")).text


async def test_a_long_log_is_shown_a_page_at_a_time(managed: Managed) -> None:
    place, opal = managed.place, await managed.member()
    for number in range(120):
        run = f"2026-07-{number // 24 + 1:02}T{number % 24:02}:00:00Z"
        await place.store.write(lambda conn, run=run: plan_run(conn, place.ids["quartz"], run, NOW.date(), NOW))  # type: ignore[misc]
    first = words((await look(opal, f"{managed.quartz}/captures")).text)
    assert "Page 1 of 3" in first
    assert first.count("Jul 2026, ") == 50
    assert words((await look(opal, f"{managed.quartz}/captures?page=3")).text).count("Jul 2026, ") == 20


async def test_nothing_of_another_installation_is_in_it(managed: Managed) -> None:
    await collected(managed, times=1)
    operator = await managed.operator()
    await send(operator, f"/i/{managed.place.ids['basalt']}/collect")
    await managed.work()
    opal = await managed.member()
    for query in ("", "?repository=i", "?outcome=captured", "?repository=pit"):
        assert "basalt" not in (await look(opal, f"{managed.quartz}/captures{query}")).text
    assert "basalt/pit" in words((await look(operator, f"/i/{managed.place.ids['basalt']}/captures?repository=p")).text)


async def test_odd_questions_and_others(managed: Managed) -> None:
    opal = await managed.member()
    for query in ("?page=0", "?page=x", "?page=99999999999999999999", "?outcome=lost", "?repository=%25&page=99999999"):
        await look(opal, f"{managed.quartz}/captures{query}")
    await managed.is_closed_to_others(f"{managed.quartz}/captures", f"{managed.quartz}/captures?repository=vault")
