"""A person's login is replaced everywhere, stays so whatever GitHub tells later, and everybody else stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Text, func, select

from analytics.actors import Actor, ActorKind
from analytics.rows import TimelineRow
from storage import activity, activity_events
from storage.connection import Connection
from storage.engine import Store
from storage.forget_now import delete_installation, leave_no_trace, overwrite
from storage.forget_person import LOGINS, NAMING, forget_person
from storage.forgotten import pseudonym
from storage.installations import Installation, save_installation
from storage.moving_jobs import plan
from storage.people import actor_ids
from storage.schema import actors, metadata, timeline
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY
from tests.storage.moves import path_of, tables_of

LOGIN = "Zirkonia-9"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

ELSEWHERE = frozenset({
    # found by their own keys
    "actors.login", "actors.key", "persons.login", "persons.name", "persons.email", "invitations.name",
    # sentences, in which the login alone is replaced
    "decisions.what",
})  # fmt: skip
NO_LOGIN = frozenset({
    # what others wrote
    "pulls.title", "pulls.base_ref", "pulls.labels", "issues.title", "issues.labels", "releases.tag", "releases.name",
    "configurations.text", "configurations.good", "configurations.said", "imports.source", "api_tokens.name",
    "traffic_names.text",
    # installations and repositories, which are deleted as such
    "installations.account_login", "repositories.owner", "repositories.name", "repositories.key", "configurations.key",
    # words of our own, GitHub's identifiers, hashes
    "actors.kind", "alembic_version.version_num", "answer_parts.answer_key", "answer_parts.files",
    "answer_parts.pictures", "answers.key", "answers.state", "api_tokens.scopes", "capture_choices.frequency",
    "capture_orders.run", "capture_runs.reason", "capture_runs.run", "capture_runs.state", "captures.outcome",
    "captures.reason", "captures.run", "comments.id", "commits.sha", "exports.address", "exports.answer_key",
    "imports.format", "imports.sha256", "installation_roles.role", "installations.account_type",
    "installations.permissions", "installations.removed_by", "invitations.kind", "invitations.role",
    "issues.state_reason",
    "jobs.error", "jobs.key", "jobs.kind", "jobs.lock", "jobs.state", "persons.issuer", "persons.subject",
    "pictures.address", "pictures.answer_key", "pictures.media_type", "pictures.theme", "reactions.content",
    "reconciliations.cursor", "reconciliations.dataset", "releases.commit_sha", "releases.id",
    "repositories.default_branch", "repositories.node_id", "repositories.visibility", "reviews.id", "reviews.state",
    "subscriptions.reason", "subscriptions.schedule", "subscriptions.slot", "subscriptions.source", "timeline.id",
    "timeline.kind", "traffic_dropped.what", "vanished.key", "vanished.thing", "watermarks.cursor",
    "watermarks.dataset", "watermarks.error", "written_reports.key", "written_reports.period", "written_reports.slot",
    "written_reports.state",
})  # fmt: skip


def test_of_every_column_of_text_it_is_known_whether_a_login_may_stand_there() -> None:
    """Whoever adds one decides here, and in `storage.forget_person`, what becomes of it."""
    assert plan("sqlite")  # all tables are defined
    columns = {f"{t.name}.{c.name}" for t in metadata.tables.values() for c in t.columns if isinstance(c.type, Text)}
    named = {f"{column.table.name}.{column.name}" for column in (*LOGINS, *NAMING)}
    assert columns - named - ELSEWHERE - NO_LOGIN == set()
    assert (named | ELSEWHERE) - columns == set()
    assert named & (NO_LOGIN | ELSEWHERE) == set()


def named_everywhere(path: Path) -> None:
    """Let one row of every column that may have a login have this one."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE actors SET login = ?, key = ? WHERE id = 3", (LOGIN, LOGIN.lower()))
        for column in LOGINS:
            table, name = column.table.name, column.name
            one = f"SELECT {name} FROM {table} LIMIT 1"
            connection.execute(f"UPDATE {table} SET {name} = ? WHERE {name} IS ({one})", (LOGIN.upper(),))
        for column in NAMING:
            table, name = column.table.name, column.name
            first = f"(SELECT min({name}) FROM {table})"
            connection.execute(f"UPDATE {table} SET {name} = ? WHERE {name} = {first}", (f'{{"by": "{LOGIN}"}}',))
        connection.execute(
            "UPDATE decisions SET what = ? WHERE id = (SELECT min(id) FROM decisions)", (f"made {LOGIN} a viewer",)
        )
        person = "(SELECT min(id) FROM persons)"
        connection.execute(f"UPDATE persons SET issuer = 'github', login = ? WHERE id = {person}", (LOGIN,))
        invited = "(SELECT min(id) FROM invitations)"
        connection.execute(f"UPDATE invitations SET kind = 'login', name = ? WHERE id = {invited}", (LOGIN.lower(),))


async def forget(store: Store, login: str) -> dict[str, int]:
    async def work(conn: Connection) -> dict[str, int]:
        await overwrite(conn)
        return await forget_person(conn, login)

    told = await store.write(work)
    assert await leave_no_trace(store)
    return told


async def test_a_login_is_in_no_row_and_in_no_byte_of_the_file_any_more(sample: str) -> None:
    path = path_of(sample)
    named_everywhere(path)
    before = tables_of(path)
    assert LOGIN.lower() in str(before).lower()
    store = await Store.open(sample)
    told = await forget(store, LOGIN.title())
    after = tables_of(path)
    assert LOGIN.lower() not in str(after).lower()
    files = [one for one in path.parent.iterdir() if one.name.startswith(path.name)]
    assert [one.name for one in files if LOGIN.lower().encode() in one.read_bytes().lower()] == []
    assert told["actors"] == told["persons"] == 1
    assert len(after["persons"]) == len(before["persons"]) - 1
    for table in ("actors", "pulls", "reviews", "timeline", "commits", "firsts", "answers", "traffic_days", "viewers"):
        assert table == "viewers" or len(after[table]) == len(before[table])
    await store.close()


async def test_other_logins_that_have_it_in_them_stay(store: Store) -> None:
    names = ["zirkonia", "zirkonia-9a", "a-zirkonia-9", LOGIN]
    await write(store, actor_ids, [Actor(name, ActorKind.PERSON) for name in names])
    await forget(store, LOGIN)
    left = select(actors.c.login).where(func.lower(actors.c.login).contains("zirkonia")).order_by(actors.c.id)
    assert sorted((await store.read(lambda conn: conn.execute(left))).scalars()) == sorted(names[:3])


@pytest.mark.parametrize("known", [True, False])
async def test_it_is_not_stored_again_whoever_tells_of_it(known: bool, store: Store) -> None:
    somebody = Actor(LOGIN, ActorKind.PERSON)
    if known:
        before = await write(store, actor_ids, [somebody])
    await forget(store, LOGIN)
    await forget(store, LOGIN.upper())
    after = await write(store, actor_ids, [Actor(LOGIN.upper(), ActorKind.PERSON), Actor("opal", ActorKind.PERSON)])
    if known:
        assert after[somebody.key] == before[somebody.key]
    turn = TimelineRow("T1", 4, "review_requested", NOW, somebody, LOGIN)
    await write(store, activity.save_timeline, REPOSITORY.id, [turn])
    await write(
        store,
        activity_events.save_told_turn,
        REPOSITORY.id,
        TimelineRow("", 5, "review_requested", NOW, somebody, LOGIN),
    )
    rows = (await store.read(lambda conn: conn.execute(select(timeline.c.id, timeline.c.subject)))).all()
    assert {subject for _, subject in rows} == {pseudonym(LOGIN)}
    assert [number for number, _ in rows if LOGIN in number] == []
    people = (await store.read(lambda conn: conn.execute(select(actors.c.login)))).scalars()
    assert sorted(people) == sorted([pseudonym(LOGIN), "opal"])


async def test_an_installation_goes_at_once_and_leaves_no_byte(sample: str) -> None:
    store = await Store.open(sample)
    await write(store, save_installation, Installation(77, LOGIN, 9, "User"))
    assert await leave_no_trace(store)
    assert LOGIN.encode() in path_of(sample).read_bytes()
    before = tables_of(path_of(sample))
    assert await delete_installation(store, 77) == 0
    assert await leave_no_trace(store)
    assert LOGIN.encode() not in path_of(sample).read_bytes()
    assert len(tables_of(path_of(sample))["installations"]) == len(before["installations"]) - 1
    ids = [row[1] for row in before["repositories"]]
    assert await delete_installation(store, ids[0]) == ids.count(ids[0])
    assert len(tables_of(path_of(sample))["repositories"]) == len(ids) - ids.count(ids[0])
    await store.close()
