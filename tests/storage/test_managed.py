"""What people decide on the dashboard is kept as it was decided, and goes when its time has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from storage import captures, queue
from storage.capture_choices import capture_choices_of, choose_capture, forget_capture_choice
from storage.capture_log import logged_runs, logged_tries, run_count
from storage.capture_orders import CaptureOrder, capture_order, capture_orders_since, save_capture_order
from storage.connection import Connection
from storage.database_facts import database_facts
from storage.dead_letters import count_kinds, dead_letters, forget_dead, try_again
from storage.decisions import decisions_of, note_decision
from storage.engine import Store
from storage.grants import grant, grants_of, may_show_organisation, withdraw
from storage.installations import Repository, save_repositories
from storage.invitations import Invitation, invitations_of, invite, take_back, take_up
from storage.last_captures import kept_days, last_captures_of
from storage.persons_listed import forget_absent, list_persons
from storage.queue import NewJob
from storage.retention import note
from storage.roles import give_role, roles_of
from storage.sessions import GITHUB, NewPerson, Person, persons_called, save_person
from storage.subscriptions_listed import newest_reports, subscriptions_in
from storage.taken_back import take_back as take_word_back
from storage.traffic import save_capture
from storage.version import HEAD
from tests.storage.conftest import REPOSITORY
from tests.storage.showing import capture

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
HERE, MINE = REPOSITORY.installation_id, REPOSITORY.id
VAULT = Repository(8, HERE, "quartz", "vault", "private", "main")
PIT = Repository(9, 2, "basalt", "pit", "private", "main")


@pytest.fixture(autouse=True)
async def repositories(store: Store) -> None:
    await store.write(lambda conn: save_repositories(conn, [VAULT, PIT]))


async def somebody(store: Store, login: str, issuer: str = GITHUB, email: str | None = None) -> Person:
    return await store.write(lambda conn: save_person(conn, NewPerson(issuer, login, login, email=email), NOW))


async def test_choices_are_of_an_installation_and_the_last_holds(store: Store) -> None:
    async def work(conn: Connection) -> tuple[dict[int, str], dict[int, str]]:
        for number, frequency in ((MINE, "off"), (MINE, "weekly"), (PIT.id, "off"), (VAULT.id, "daily")):
            await choose_capture(conn, number, frequency, by="jade", at=NOW)
        await forget_capture_choice(conn, VAULT.id)
        here, there = await capture_choices_of(conn, HERE), await capture_choices_of(conn, 2)
        return {n: one.frequency for n, one in here.items()}, {n: one.frequency for n, one in there.items()}

    assert await store.write(work) == ({MINE: "weekly"}, {PIT.id: "off"})


async def test_orders_come_back_the_latest_first(store: Store) -> None:
    orders = [CaptureOrder(HERE, f"r{number}", number or None, "jade", NOW + number * DAY) for number in range(3)]

    async def work(conn: Connection) -> tuple[object, object, object]:
        for one in orders:
            await save_capture_order(conn, one)
        since = await capture_orders_since(conn, HERE, NOW)
        return since, await capture_order(conn, HERE, "r0"), await capture_order(conn, 2, "r0")

    assert await store.write(work) == ([orders[2], orders[1]], orders[0], None)


async def test_a_grant_counts_for_a_private_repository_of_its_installation_only(store: Store) -> None:
    async def holds(number: int = VAULT.id, installation: int = HERE) -> bool:
        return await store.read(lambda conn: may_show_organisation(conn, number, installation))

    for one in (REPOSITORY, VAULT):
        await store.write(lambda conn, one=one: grant(conn, one.id, HERE, by="jade", at=NOW))  # type: ignore[misc]
    assert [await holds(), await holds(MINE), await holds(PIT.id), await holds(installation=2)] == [
        True, False, False, False,
    ]  # fmt: skip
    assert set(await store.read(lambda conn: grants_of(conn, HERE))) == {MINE, VAULT.id}
    moved = Repository(VAULT.id, 2, "basalt", "vault", "private", "main")
    await store.write(lambda conn: save_repositories(conn, [moved]))
    assert [await holds(), await holds(installation=2)] == [False, False]
    await store.write(lambda conn: save_repositories(conn, [VAULT]))
    await store.write(lambda conn: withdraw(conn, VAULT.id))
    assert not await holds()


async def test_decisions_are_listed_a_part_at_a_time(store: Store) -> None:
    async def work(conn: Connection) -> list[object]:
        for number in range(7):
            await note_decision(conn, HERE, NOW, "jade", f"did {number}")
        await note_decision(conn, None, NOW, "slate", "did it")
        found = [await decisions_of(conn, HERE, 3, skip) for skip in (0, 3, 99)]
        return [*(([one.what for one in part], count) for part, count in found), await decisions_of(conn, None, 3)]

    first, second, last, server = await store.write(work)
    assert first == (["did 6", "did 5", "did 4"], 7)
    assert second == (["did 3", "did 2", "did 1"], 7)
    assert last == (["did 0"], 7)
    assert isinstance(server, tuple)
    assert [one.who for one in server[0]] == ["slate"]


async def test_invitations_are_taken_up_once_by_whom_they_name(store: Store) -> None:
    def invitation(kind: str, name: str, role: str, number: int | None = None, days: int = 30) -> Invitation:
        return Invitation(HERE, kind, name, role, number, True, "jade", NOW, NOW + days * DAY)  # type: ignore[arg-type]

    opal, slate = await somebody(store, "Opal"), await somebody(store, "slate", "https://id", "slate@id")

    async def work(conn: Connection) -> None:
        for one in (
            invitation("login", "opal", "member"), invitation("login", "opal", "admin"),
            invitation("login", "opal", "viewer", VAULT.id), invitation("login", "opal", "viewer", PIT.id),
            invitation("email", "slate@id", "member", days=1), invitation("email", "opal", "admin"),
        ):  # fmt: skip
            await invite(conn, one)

    await store.write(work)
    assert len(await store.read(lambda conn: invitations_of(conn, HERE, NOW))) == 5
    later = NOW + 2 * DAY
    taken = await store.write(lambda conn: take_up(conn, opal, later))
    assert [(one.role, one.repository_id) for one in taken] == [("admin", None), ("viewer", 8), ("viewer", 9)]
    held = await store.read(lambda conn: roles_of(conn, opal.id))
    assert (held.installations, held.repositories) == ({HERE: "admin"}, {VAULT.id: True})
    assert await store.write(lambda conn: take_up(conn, opal, later)) == []
    assert await store.write(lambda conn: take_up(conn, slate, later)) == []
    (left,) = await store.read(lambda conn: invitations_of(conn, HERE, later))
    assert await store.write(lambda conn: take_back(conn, 2, left.id)) is None
    assert await store.write(lambda conn: take_back(conn, HERE, left.id)) == left


async def test_no_role_becomes_less_by_an_invitation(store: Store) -> None:
    opal = await somebody(store, "opal")

    async def work(conn: Connection) -> str:
        await give_role(conn, opal.id, HERE, "admin", by="jade", at=NOW)
        await invite(conn, Invitation(HERE, "login", "opal", "member", None, True, "jade", NOW, NOW + DAY))
        await take_up(conn, opal, NOW)
        return (await roles_of(conn, opal.id)).installations[HERE]

    assert await store.write(work) == "admin"


async def test_people_are_found_by_login_at_github_and_by_address_elsewhere(store: Store) -> None:
    opal, other = await somebody(store, "Opal"), await somebody(store, "opal", "https://id", "opal@id")

    async def called(name: str) -> list[Person]:
        return await store.read(lambda conn: persons_called(conn, name, NOW - DAY))

    assert [await called("oPAL"), await called("OPAL@id"), await called("id")] == [[opal], [other], []]
    found, count = await store.read(lambda conn: list_persons(conn, "pal@", 10, 0))
    assert ([one.person for one in found], count) == ([other], 1)
    assert found[0].person.arrived_at == NOW
    assert (await store.read(lambda conn: list_persons(conn, "%", 10, 0)))[1] == 0


async def test_only_who_has_nothing_and_does_not_come_is_forgotten(store: Store) -> None:
    gone, kept = await somebody(store, "gone"), await somebody(store, "kept")
    await store.write(lambda conn: give_role(conn, kept.id, HERE, "member", by="jade", at=NOW))
    assert await store.write(lambda conn: forget_absent(conn, NOW, NOW)) == 0
    assert await store.write(lambda conn: forget_absent(conn, NOW + DAY, NOW)) == 1
    assert await store.read(lambda conn: persons_called(conn, "gone", NOW)) == []
    assert await store.read(lambda conn: persons_called(conn, "kept", NOW)) == [kept]
    assert await store.write(lambda conn: take_word_back(conn, gone.subject, NOW)) is None
    assert await store.write(lambda conn: take_word_back(conn, kept.subject, NOW)) == 0


async def test_what_was_given_up_waits_again_or_is_forgotten_with_its_key_kept(store: Store) -> None:
    for key in ("a", "b"):
        await store.write(lambda conn, key=key: queue.put(conn, [NewJob("k", key, b"body", "lock")], NOW))  # type: ignore[misc]
        job = await queue.claim(store, NOW, DAY)
        assert job is not None
        assert await queue.bury(store, job, NOW, "why")
    assert [(one.kind, one.state, one.count) for one in await store.read(count_kinds)] == [("k", "dead", 2)]
    (second, first) = await store.read(lambda conn: dead_letters(conn, 10, 0))
    assert (first.key, second.key, first.error) == ("a", "b", "why")
    assert await store.write(lambda conn: try_again(conn, NOW + DAY, job_id=first.id)) == 1
    assert await store.write(lambda conn: try_again(conn, NOW + DAY, job_id=first.id)) == 0
    again = await queue.claim(store, NOW + DAY, DAY)
    assert again is not None
    assert (again.key, again.payload, again.attempts, again.created_at) == ("a", b"body", 1, NOW + DAY)
    assert await store.write(lambda conn: try_again(conn, NOW + DAY, kind="k")) == 1
    assert await queue.claim(store, NOW + DAY, DAY) is None, "the other one of its lock is running"
    assert await queue.bury(store, again, NOW, "why")
    assert await store.write(lambda conn: forget_dead(conn, kind="k")) == 1
    assert await store.write(lambda conn: queue.put(conn, [NewJob("k", "a", b"", None)], NOW)) == 0


async def test_the_log_tells_runs_and_tries(store: Store) -> None:
    days = {date(2026, 11, 20): (5, 2), date(2026, 11, 19): (3, 1)}

    async def work(conn: Connection) -> None:
        for run, number, outcome, at in (
            ("2026-11-21", MINE, "captured", NOW - DAY), ("2026-11-21", VAULT.id, "refused", NOW - DAY),
            ("2026-11-22", MINE, "failed", NOW),
        ):  # fmt: skip
            await captures.plan_run(conn, HERE, run, at.date(), at)
            shown = capture(days, days, at=at, repository_id=number) if outcome == "captured" else capture(at=at)
            shown = replace(shown, repository_id=number)
            await save_capture(conn, shown, installation_id=HERE, run=run, requests=6, outcome=outcome)
        await save_capture_order(conn, CaptureOrder(HERE, "2026-11-22", None, "jade", NOW))

    await store.write(work)
    runs = await store.read(lambda conn: logged_runs(conn, HERE, 10, 0))
    assert [(one.run.run, one.outcomes, one.ordered_by) for one in runs] == [
        ("2026-11-22", {"failed": 1}, "jade"), ("2026-11-21", {"captured": 1, "refused": 1}, None),
    ]  # fmt: skip
    assert await store.read(lambda conn: run_count(conn, HERE)) == 2

    async def tries(**asked: object) -> list[tuple[int, str]]:
        given = {"repository_ids": None, "outcome": None, "since": None, "most": 10, "skip": 0, **asked}
        rows = await store.read(lambda conn: logged_tries(conn, HERE, **given))  # type: ignore[arg-type]
        return [(row.repository_id, row.outcome) for row in rows]

    assert await tries() == [(MINE, "failed"), (MINE, "captured"), (VAULT.id, "refused")]
    assert await tries(repository_ids=[VAULT.id]) == [(VAULT.id, "refused")]
    assert await tries(outcome="captured") == [(MINE, "captured")]
    assert await tries(since=NOW - timedelta(hours=1)) == [(MINE, "failed")]
    assert await tries(most=1, skip=1) == [(MINE, "captured")]
    last = await store.read(lambda conn: last_captures_of(conn, HERE))
    assert (last[MINE].outcome, last[MINE].read_at) == ("failed", NOW - DAY)
    assert (last[VAULT.id].outcome, last[VAULT.id].read_at) == ("refused", None)
    kept = await store.read(lambda conn: kept_days(conn, [MINE, VAULT.id]))
    assert {number: (one.days, one.since) for number, one in kept.items()} == {MINE: (14, date(2026, 11, 8))}


async def test_an_installation_without_reports_has_none(store: Store) -> None:
    assert await store.read(lambda conn: subscriptions_in(conn, HERE)) == []
    assert await store.read(lambda conn: newest_reports(conn, [MINE])) == {}


async def test_the_database_says_what_it_is(store: Store) -> None:
    facts = await store.read(database_facts)
    assert facts.name.startswith(("SQLite 3", "PostgreSQL 1"))
    assert facts.size > 100_000
    assert facts.schema == HEAD
    assert (facts.dropped, facts.astray) == ((), ())
    await store.write(lambda conn: note(conn, "traffic_lists", date(2025, 1, 1), NOW))
    known = (await store.read(database_facts)).dropped
    assert known == (("lists of referrers and paths", date(2025, 1, 1)),)
