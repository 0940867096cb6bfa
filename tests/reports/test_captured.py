"""How it stands with what captures store: what is said before the first one, after a refusal, and beside imports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.traffic import Capture, Count, Snapshot, Traffic
from reports.answer import DatasetState
from reports.capture_times import PERSONAL
from reports.capture_words import NO_PERMISSION, missing_permission
from reports.captured import Captured, captured
from storage.captures import Outcome, begin_run, end_run, plan_run
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository
from storage.retention import note
from storage.traffic import save_capture, save_days, save_snapshot

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEB = "https://github.example"
GRANTED = {"metadata": "read", "administration": "read"}
ACME = Installation(51, "acme", 3, "Organization", permissions=GRANTED)
ROCKET = Repository(7, 51, "acme", "rocket", "public", "main")
COMET = Repository(8, 51, "acme", "comet", "public", "main")
VIEWS = Traffic(Count(9, 4), {date(2026, 11, 20): Count(9, 4)})


@pytest.fixture(autouse=True)
async def stored(store: Store) -> None:
    async def keep(conn: Connection) -> None:
        await save_installation(conn, ACME)
        await save_repository(conn, ROCKET)
        await save_repository(conn, COMET)

    await store.write(keep)


async def capture(
    store: Store, outcome: Outcome, reason: str | None = None, at: datetime = NOW - HOUR, of: Repository = ROCKET
) -> None:
    views = VIEWS if outcome in ("captured", "partly") else None
    shown = Capture(of.id, at, views, views, None, None, None, None, raw={})
    run = f"{at:%Y-%m-%d}"
    await store.write(
        lambda conn: save_capture(conn, shown, installation_id=51, run=run, requests=6, outcome=outcome, reason=reason)
    )


async def of_rocket(
    store: Store, *names: str, together: tuple[int, ...] = (), edge: datetime | None = None
) -> Captured:
    return await captured(store, ROCKET, names or ("traffic",), NOW, WEB, together, edge)


async def traffic(store: Store) -> DatasetState:
    return (await of_rocket(store)).states["traffic"]


async def test_before_the_first_capture(store: Store) -> None:
    state = await traffic(store)
    assert state.pending is not None
    assert state.pending.startswith("No traffic has been captured yet. The first capture is due by 2026-11-23")
    assert (state.error, state.synced_at, state.complete) == (None, None, False)


async def test_while_the_first_capture_is_under_way(store: Store) -> None:
    await store.write(lambda conn: plan_run(conn, 51, "2026-11-22", NOW.date(), NOW))
    assert "The first capture is under way" in ((await traffic(store)).pending or "")


async def test_after_a_capture_all_captured_datasets_are_as_old_as_it_is(store: Store) -> None:
    await capture(store, "captured")
    found = await of_rocket(store, "traffic", "referrers", "paths")
    for name in ("traffic", "referrers", "paths"):
        assert found.states[name] == DatasetState(name, 0, synced_at=NOW - HOUR)
    assert found.sentences == ()


async def test_lists_that_were_dropped_are_missing_where_they_are_asked_for(store: Store) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    await store.write(lambda conn: note(conn, "traffic_lists", since.date(), NOW))
    await capture(store, "captured")
    names = ("traffic", "referrers", "paths")
    assert all(one.kept_since is None for one in (await of_rocket(store, *names)).states.values())  # it began later
    await store.write(lambda conn: save_days(conn, 7, "views", {date(2025, 5, 5): Count(1, 1)}, None))
    for edge, kept in ((None, since), (since - HOUR, since), (since, None)):
        found = (await of_rocket(store, *names, edge=edge)).states
        assert [found[name].kept_since for name in names] == [None, kept, kept]
        assert found["paths"].complete is (kept is None)


async def test_without_the_permission_the_page_that_grants_it_is_named(store: Store) -> None:
    await store.write(lambda conn: save_installation(conn, replace(ACME, permissions={"metadata": "read"})))
    error = (await traffic(store)).error or ""
    assert "Administration (read-only)" in error
    assert "https://github.example/organizations/acme/settings/installations/51" in error


async def test_a_persons_page_is_another_one(store: Store) -> None:
    person = replace(ACME, account_type="User", permissions={"metadata": "read"})
    await store.write(lambda conn: save_installation(conn, person))
    assert "https://github.example/settings/installations/51" in ((await traffic(store)).error or "")


async def test_days_from_before_a_permission_was_withdrawn_are_still_answered(store: Store) -> None:
    """What is known stays known; that it ends is said beside it."""
    await capture(store, "captured", at=NOW - 48 * HOUR)
    await store.write(lambda conn: save_installation(conn, replace(ACME, permissions={"metadata": "read"})))
    await capture(store, "refused", NO_PERMISSION)
    found = await of_rocket(store)
    assert found.states["traffic"].error is None
    assert found.states["traffic"].synced_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert found.sentences == (f"the latest capture, 1 h ago, brought no traffic: {NO_PERMISSION}",)


async def test_a_refusal_is_told_as_the_log_has_it(store: Store) -> None:
    await capture(store, "refused", "GitHub shows the traffic of private repositories only on a paid plan")
    assert (await traffic(store)).error == "GitHub shows the traffic of private repositories only on a paid plan"


async def test_a_permission_that_was_granted_since_is_not_called_missing(store: Store) -> None:
    """The capture that is ordered when it is granted is under way."""
    await capture(store, "refused", NO_PERMISSION)
    await store.write(lambda conn: plan_run(conn, 51, "2026-11-22T11:59:00Z", NOW.date(), NOW))
    state = await traffic(store)
    assert state.error is None
    assert "is under way" in (state.pending or "")


async def test_a_refusal_counts_before_what_github_lists(store: Store) -> None:
    """The list says that the App may; GitHub said no when it was asked: to one repository, or to the whole run."""
    await capture(store, "refused", NO_PERMISSION)
    assert (await traffic(store)).error == NO_PERMISSION
    page = missing_permission(WEB, ACME)

    async def end(conn: Connection) -> None:
        await plan_run(conn, 51, "2026-11-22", NOW.date(), NOW)
        await end_run(conn, 51, "2026-11-22", "done", repositories=1, requests=6, reason=page, now=NOW)

    await store.write(end)
    assert (await traffic(store)).error == page


async def test_a_run_that_waits_for_a_server_that_was_off_is_not_under_way(store: Store) -> None:
    await store.write(lambda conn: plan_run(conn, 51, "2026-11-19", NOW.date() - timedelta(days=3), NOW - 72 * HOUR))
    assert "is due by 2026-11-23" in ((await traffic(store)).pending or "")


async def test_a_fault_of_ours_is_no_refusal(store: Store) -> None:
    await capture(store, "failed", "a fault of Almanac itself; its log has it")
    assert (await traffic(store)).pending == (
        "No traffic is stored: the last capture brought none (a fault of Almanac itself; its log has it)."
    )


async def test_a_part_that_is_missing_is_said(store: Store) -> None:
    await capture(store, "partly", "paths: GitHub answered 502: Server Error")
    found = await of_rocket(store)
    assert found.states["traffic"].synced_at == NOW - HOUR
    assert found.sentences == (
        "the latest capture, 1 h ago, brought only a part: paths: GitHub answered 502: Server Error",
    )


async def test_imported_days_are_answered_and_called_so(store: Store) -> None:
    await store.write(lambda conn: save_days(conn, 7, "views", {date(2025, 1, 1): Count(3, 2)}, None))
    found = await of_rocket(store)
    assert found.states["traffic"] == DatasetState("traffic", 0)  # GitHub was not asked at any time
    assert found.sentences == ("imported up to 1 Jan 2025",)


async def test_captures_in_vain_do_not_make_an_import_a_capture(store: Store) -> None:
    await store.write(lambda conn: save_days(conn, 7, "views", {date(2025, 1, 1): Count(3, 2)}, None, import_id=1))
    await capture(store, "refused", NO_PERMISSION)
    found = await of_rocket(store)
    assert found.states["traffic"] == DatasetState("traffic", 0)
    assert found.sentences == (
        "imported up to 1 Jan 2025",
        f"the latest capture, 1 h ago, brought no traffic: {NO_PERMISSION}",
    )


async def test_captured_days_after_an_import_are_as_old_as_their_capture(store: Store) -> None:
    await store.write(lambda conn: save_days(conn, 7, "views", {date(2025, 1, 1): Count(3, 2)}, None, import_id=1))
    await capture(store, "captured")
    found = await of_rocket(store)
    assert found.states["traffic"].synced_at == NOW - HOUR
    assert found.sentences == ()


async def test_imported_days_of_several_repositories_are_called_so(store: Store) -> None:
    for repository_id, day in ((8, date(2025, 1, 1)), (7, date(2024, 1, 1))):
        known = {day: Count(3, 2)}
        await store.write(lambda conn, i=repository_id, k=known: save_days(conn, i, "views", k, None))  # type: ignore[misc]
    found = await of_rocket(store, "org-traffic", together=(7, 8))
    assert found.states["org-traffic"] == DatasetState("org-traffic", 0)
    assert found.sentences == ("imported up to 1 Jan 2025",)


async def test_with_a_personal_token_no_capture_is_promised(store: Store) -> None:
    mine = replace(ROCKET, id=9, installation_id=PERSONAL)
    await store.write(lambda conn: save_installation(conn, Installation(PERSONAL, "", 0, "User")))
    await store.write(lambda conn: save_repository(conn, mine))
    found = await captured(store, mine, ("traffic", "org-traffic"), NOW, WEB, (9,))
    for state in found.states.values():
        assert state.pending is not None
        assert "captures nothing: install the App" in state.pending
        assert "import history" in state.pending
        assert "due" not in state.pending


async def test_snapshots_do_not_wait_for_traffic(store: Store) -> None:
    await store.write(lambda conn: save_snapshot(conn, Snapshot(7, NOW - HOUR, 5, 1, 2, 3, 4)))
    state = (await of_rocket(store, "snapshots")).states["snapshots"]
    assert state == DatasetState("snapshots", 0, synced_at=NOW - HOUR)


async def test_several_repositories_are_as_old_as_their_last_whole_run(store: Store) -> None:
    await store.write(lambda conn: plan_run(conn, 51, "2026-11-22", NOW.date(), NOW))
    await store.write(lambda conn: begin_run(conn, 51, "2026-11-22", NOW))
    await capture(store, "captured")
    some = await of_rocket(store, "org-traffic", together=(7, 8))
    assert some.sentences == ("1 of these 2 repositories have been captured so far",)
    assert some.states["org-traffic"].synced_at == datetime(2026, 11, 22, tzinfo=UTC)
    await capture(store, "captured", of=COMET)
    ended = NOW - HOUR / 2
    await store.write(
        lambda conn: end_run(conn, 51, "2026-11-22", "done", repositories=2, requests=12, reason=None, now=ended)
    )
    both = await of_rocket(store, "org-traffic", together=(7, 8))
    assert both == Captured({"org-traffic": DatasetState("org-traffic", 0, synced_at=ended)})


async def test_several_repositories_before_any_capture(store: Store) -> None:
    state = (await of_rocket(store, "org-traffic", together=(7, 8))).states["org-traffic"]
    assert state.pending is not None
    await store.write(lambda conn: save_installation(conn, replace(ACME, permissions={"metadata": "read"})))
    state = (await of_rocket(store, "org-traffic", together=(7, 8))).states["org-traffic"]
    assert "Administration (read-only)" in (state.error or "")
