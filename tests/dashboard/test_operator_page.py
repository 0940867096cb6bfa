"""The whole server for its operators: jobs, limits, the database, people; and for nobody else."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text

from storage import queue
from storage.api_tokens import make_token, tokens_of
from storage.connection import Connection
from storage.engine import Store
from storage.queue import NewJob, bury, claim, put
from storage.retention import note
from storage.roles import roles_of
from storage.sessions import GITHUB, NewPerson, Person, all_persons, begin_session, save_person, session
from tests.dashboard.managing import Managed, look, refuses_foreign_forms, send, words
from tests.dashboard.people import NOW, open_place
from tests.dashboard.programs import program

SECRET = b'{"comment": "what somebody wrote"}'


async def give_up(store: Store, key: str, kind: str = "delivery", lock: str | None = "repository:1") -> int:
    """Have a job given up; return its number."""
    await store.write(lambda conn: put(conn, [NewJob(kind, key, SECRET, lock)], NOW))
    job = await claim(store, NOW, timedelta(minutes=2))
    assert job is not None
    assert await bury(store, job, NOW, "ValueError('it never worked')")
    return job.id


async def state(store: Store, job: int) -> tuple[str, int, bytes | None]:
    async def work(conn: Connection) -> tuple[str, int, bytes | None]:
        query = text("SELECT state, attempts, body FROM jobs LEFT JOIN payloads ON job_id = id WHERE id = :id")
        return tuple((await conn.execute(query, {"id": job})).one())

    return await store.read(work)


async def test_an_operator_sees_jobs_and_why_they_were_given_up_and_never_what_they_carry(managed: Managed) -> None:
    slate, store = await managed.operator(), managed.place.store
    await give_up(store, "guid-1")
    await store.write(lambda conn: put(conn, [NewJob("capture", "k", SECRET, None)], NOW))
    await store.write(lambda conn: note(conn, "raw_answers", date(2025, 1, 1), NOW))
    page = (await look(slate, "/operator")).text
    seen = words(page)
    assert "Of raw answers, those before 2025-01-01 were dropped." in seen
    assert "capture waiting 1 just now" in seen
    assert "delivery given up" in seen
    assert "guid-1 just now just now 1 ValueError('it never worked')" in seen
    assert "somebody wrote" not in page
    assert "SQLite 3." in seen
    assert "Schema 00" in seen


async def test_trying_again_lets_a_job_wait_its_turn(managed: Managed) -> None:
    """Two of one lock never run at once, whoever is tried again."""
    slate, store = await managed.operator(), managed.place.store
    first, second = await give_up(store, "guid-1"), await give_up(store, "guid-2")
    assert (await send(slate, "/operator/jobs", do="again", kind="delivery")).location == "/operator?done=again#jobs"
    states = {one: await state(store, one) for one in (first, second)}
    assert sorted(found[0] for found in states.values()) == ["ready", "waiting"]
    assert {found[1:] for found in states.values()} == {(0, SECRET)}
    job = await claim(store, managed.services.now(), timedelta(minutes=2))
    assert job is not None
    assert (job.payload, job.attempts) == (SECRET, 1)
    assert await claim(store, managed.services.now(), timedelta(minutes=2)) is None
    assert "tried again 2 of kind delivery" in words((await look(slate, "/operator")).text)


async def test_forgetting_drops_what_it_carries_and_keeps_its_key(managed: Managed) -> None:
    slate, store = await managed.operator(), managed.place.store
    job = await give_up(store, "guid-1")
    await send(slate, "/operator/jobs", do="forget", job=str(job))
    assert await state(store, job) == ("done", 1, None)
    assert await store.write(lambda conn: put(conn, [NewJob("delivery", "guid-1", SECRET, None)], NOW)) == 0
    assert (await store.read(queue.counts))["dead"] == 0


async def test_only_what_was_given_up_is_tried_again_or_forgotten(managed: Managed) -> None:
    slate, store = await managed.operator(), managed.place.store
    await store.write(lambda conn: put(conn, [NewJob("capture", "k", SECRET, None)], NOW))
    for do in ("again", "forget"):
        for which in ({"job": "1"}, {"kind": "capture"}, {"job": "999"}):
            assert (await send(slate, "/operator/jobs", do=do, **which)).status == 303
    assert await state(store, 1) == ("ready", 0, SECRET)
    for fields in ({"do": "delete", "job": "1"}, {"do": "again"}, {"do": "again", "job": "x"}):
        assert (await send(slate, "/operator/jobs", **fields)).status == 422


async def test_limits_are_as_github_said_last(managed: Managed) -> None:
    slate = await managed.operator()
    before = words((await look(slate, "/operator")).text)
    assert "quartz Organization at work never not known not known" in before
    await send(slate, f"{managed.quartz}/collect")
    await managed.work()
    after = words((await look(slate, "/operator")).text)
    assert "of 5,000, until 1" in after
    assert "basalt Organization at work never not known not known" in after


async def test_operators_make_operators_and_the_last_one_stays(managed: Managed) -> None:
    slate, store = await managed.operator(), managed.place.store
    await managed.signed_in("opal")
    me, opal = str((await managed.person("slate")).id), await managed.person("opal")
    seen = await send(slate, "/operator/people", do="unmake", person=me)
    assert (seen.status, "last operator" in seen.text) == (409, True)
    await send(slate, "/operator/people", do="make", person=str(opal.id))
    assert (await store.read(lambda conn: roles_of(conn, opal.id))).is_operator
    assert "slate made opal an operator" in words((await look(slate, "/operator")).text)
    assert (await send(slate, "/operator/people", do="unmake", person=me)).status == 303
    assert (await slate.get("/operator")).status == 404
    assert (await send(slate, "/operator/people", do="unmake", person="999")).status == 404


async def test_who_the_settings_name_may_give_up_being_made_one(database_file, tmp_path) -> None:  # type: ignore[no-untyped-def]
    async with open_place(f"sqlite:///{database_file}", tmp_path, OPERATORS="opal") as place:
        managed = Managed(place, None)  # type: ignore[arg-type]
        opal = await managed.operator("opal")
        number = str((await managed.person("opal")).id)
        assert (await send(opal, "/operator/people", do="unmake", person=number)).status == 303
        assert "by the settings" in (await look(opal, "/operator")).text


async def test_an_operator_ends_somebodys_sessions_and_tokens(managed: Managed) -> None:
    """Of GitHub's people its token goes, too; whoever signed in with a provider is never asked again otherwise."""
    slate, opal, store = await managed.operator(), await managed.signed_in("opal"), managed.place.store
    script, who = await program(opal), await managed.person("opal")
    await script.get("/repositories")
    new = NewPerson("https://id.example", "sub-mica", "mica")

    async def work(conn: Connection) -> Person:
        mica = await save_person(conn, new, NOW)
        await begin_session(conn, b"a session", mica.id, NOW)
        await make_token(conn, b"a token", mica.id, "a script", ["read:data"], at=NOW, expires_at=NOW + timedelta(1))
        return mica

    mica = await store.write(work)
    for one in (who, mica):
        assert (await send(slate, "/operator/people", do="end", person=str(one.id))).location == (
            "/operator?done=end#people"
        )
    assert (await opal.get("/page")).location.startswith("/login")
    await script.get("/repositories", 401)
    assert await store.read(lambda conn: session(conn, b"a session")) is None
    assert await store.read(lambda conn: tokens_of(conn, mica.id)) == []
    taking_back = (await managed.place.front()).login.taking_back
    assert taking_back is not None
    await taking_back.close()
    assert [one.account.login for one in managed.place.sandbox.state.gate.users.values()] == ["slate"]
    seen = words((await look(slate, "/operator?done=end")).text)
    assert "Their sessions and tokens have ended." in seen
    assert "slate ended the sessions and tokens of mica" in seen
    assert (await send(slate, "/operator/people", do="end", person="999")).status == 404


async def test_the_absent_are_forgotten_and_who_has_something_here_is_not(managed: Managed) -> None:
    """Not who has a role, a session or comes again; not operators."""
    store = managed.place.store
    for login in ("gone", "back"):
        new = NewPerson(GITHUB, f"9-{login}", login)
        await store.write(lambda conn, new=new: save_person(conn, new, NOW - timedelta(days=400)))  # type: ignore[misc]
    await store.write(lambda conn: save_person(conn, NewPerson(GITHUB, "9-back", "back"), NOW))
    opal = await managed.member("opal")
    await opal.post("/logout", {"csrf": await opal.csrf()})
    managed.place.wait(days=364)
    slate = await managed.operator()
    assert (await send(slate, "/operator/people", do="forget")).status == 303
    assert [one.login for one in await store.read(all_persons)] == ["back", "opal", "slate"]
    assert "forgot 1 person who had not come for a year" in words((await look(slate, "/operator")).text)
    managed.place.wait(days=3)
    again = await managed.operator()
    await send(again, "/operator/people", do="forget")
    assert [one.login for one in await store.read(all_persons)] == ["opal", "slate"]


async def test_people_are_found_and_shown_a_page_at_a_time(managed: Managed) -> None:
    slate, store = await managed.operator(), managed.place.store

    async def work(conn: Connection) -> None:
        for number in range(120):
            await save_person(conn, NewPerson(GITHUB, f"n{number}", f"person-{number:03}"), NOW)

    await store.write(work)
    assert "Page 1 of 3" in words((await look(slate, "/operator")).text)
    assert "person-119" in (await look(slate, "/operator?page=3")).text
    found = words((await look(slate, "/operator?q=PERSON-11")).text)
    assert "10 fit." in found
    assert "0 fit." in words((await look(slate, "/operator?q=%25")).text)


async def test_nobody_else_finds_it(managed: Managed) -> None:
    """Not members, not admins, not owners: the very same answer as for what is not there."""
    await managed.is_closed_to_others("/operator", forms=("/operator/jobs", "/operator/people"))
    for browser in (await managed.signed_in("jade"), await managed.member("opal", "admin")):
        assert (await browser.get("/operator")).status == 404
        for do in ("make", "end"):
            assert (await send(browser, "/operator/people", do=do, person="1")).status == 404
        assert (await send(browser, "/operator/jobs", do="again", kind="delivery")).status == 404
    assert not any(one.is_operator for one in await managed.place.store.read(all_persons))


async def test_forms_from_elsewhere_are_refused(managed: Managed) -> None:
    slate = await managed.operator()
    await managed.signed_in("opal")
    number = str((await managed.person("opal")).id)
    await refuses_foreign_forms(slate, "/operator/people", do="make", person=number)
    await refuses_foreign_forms(slate, "/operator/people", do="end", person=number)
    await refuses_foreign_forms(slate, "/operator/jobs", do="forget", kind="delivery")
    assert [one.login for one in await managed.place.store.read(all_persons) if one.is_operator] == ["slate"]
