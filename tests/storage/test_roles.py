"""People, their sessions, tokens and roles come back as they were saved, and go when they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import roles, sessions, shown, user_tokens
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository
from storage.roles import Roles
from storage.sessions import NewPerson, Person
from storage.user_tokens import StoredToken
from tests.storage.ask import read, write
from tests.storage.conftest import REPOSITORY

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
OPAL = NewPerson("https://id.quartz.example", "sub-1", "opal", "Opal", "opal@quartz.example")
BASALT = Repository(8, 2, "basalt", "pit", "private", "main")


async def someone(store: Store, new: NewPerson = OPAL) -> Person:
    return await store.write(lambda conn: sessions.save_person(conn, new, NOW))


async def begin(store: Store, digest: bytes, person: Person, at: datetime = NOW) -> None:
    await write(store, sessions.begin_session, digest, person.id, at)


async def sweep(store: Store, unseen_since: datetime) -> None:
    await store.write(
        lambda conn: sessions.sweep(conn, NOW, unseen_since=unseen_since, begun_before=NOW - 14 * DAY, spent_before=NOW)
    )


async def test_a_person_is_known_by_issuer_and_subject_and_renamed_by_the_rest(store: Store) -> None:
    opal = await someone(store)
    renamed = await store.write(
        lambda conn: sessions.save_person(conn, replace(OPAL, login="o", email=None), NOW + DAY)
    )
    assert (renamed.id, renamed.login, renamed.email, renamed.created_at) == (opal.id, "o", None, NOW)
    other = await someone(store, replace(OPAL, issuer=sessions.GITHUB))
    assert other.id != opal.id
    assert await read(store, sessions.person, opal.id) == renamed


async def test_signing_in_again_leaves_an_operator_an_operator(store: Store) -> None:
    opal = await someone(store)
    await store.write(lambda conn: roles.set_operator(conn, opal.id, is_operator=True))
    assert (await someone(store)).is_operator
    assert (await read(store, roles.roles_of, opal.id)).is_operator


async def test_a_session_is_found_by_its_hash_until_it_ends(store: Store) -> None:
    opal = await someone(store)
    await begin(store, b"one", opal)
    await write(store, sessions.note_seen, b"one", NOW + DAY)
    found = await read(store, sessions.session, b"one")
    assert found is not None
    assert (found.person, found.created_at, found.seen_at) == (opal, NOW, NOW + DAY)
    await write(store, sessions.end_session, b"one", NOW)
    assert await read(store, sessions.session, b"one") is None


async def test_a_token_goes_with_the_last_session_and_not_before(store: Store) -> None:
    opal, jade = await someone(store), await someone(store, replace(OPAL, subject="sub-2"))
    for digest, person in ((b"one", opal), (b"two", opal), (b"three", jade)):
        await begin(store, digest, person)
    for person in (opal, jade):
        await write(store, user_tokens.save_user_token, StoredToken(person.id, b"a", NOW, b"r", None))
    await write(store, sessions.end_session, b"one", NOW)
    assert await read(store, user_tokens.user_token, opal.id) is not None
    assert await write(store, sessions.end_sessions, opal.id, NOW) == 1
    assert await read(store, user_tokens.user_token, opal.id) is None
    assert await read(store, user_tokens.user_token, jade.id) is not None


async def test_sweeping_takes_what_is_idle_or_old_with_its_tokens(store: Store) -> None:
    opal = await someone(store)
    await begin(store, b"idle", opal, NOW - DAY)
    await begin(store, b"fresh", opal, NOW)
    await write(store, user_tokens.save_user_token, StoredToken(opal.id, b"a", None, None, None))
    await sweep(store, NOW - DAY / 2)
    assert await read(store, sessions.session, b"idle") is None
    assert await read(store, user_tokens.user_token, opal.id) is not None
    await sweep(store, NOW + DAY)
    assert await read(store, user_tokens.user_token, opal.id) is None


async def test_a_renewed_token_takes_the_place_of_that_one_only(store: Store) -> None:
    opal = await someone(store)
    first = StoredToken(opal.id, b"a1", NOW, b"r1", NOW + DAY)
    await write(store, user_tokens.save_user_token, first)
    second = replace(first, access=b"a2", refresh=b"r2")
    assert await write(store, user_tokens.replace_user_token, first, second)
    assert not await write(store, user_tokens.replace_user_token, first, replace(first, access=b"a3"))
    assert await read(store, user_tokens.user_token, opal.id) == second


async def test_a_state_is_spent_once(store: Store) -> None:
    assert await write(store, sessions.spend_state, b"state", NOW)
    assert not await write(store, sessions.spend_state, b"state", NOW + DAY)


async def test_roles_are_given_changed_and_taken(store: Store) -> None:
    opal = await someone(store)
    await store.write(lambda conn: roles.give_role(conn, opal.id, 1, "member", by="jade", at=NOW))
    await store.write(lambda conn: roles.give_role(conn, opal.id, 2, "member", by="jade", at=NOW))
    await store.write(lambda conn: roles.give_role(conn, opal.id, 1, "admin", by="jade", at=NOW))
    await store.write(lambda conn: roles.give_view(conn, opal.id, REPOSITORY.id, by="jade", at=NOW, sees_traffic=True))
    given = Roles(False, {1: "admin", 2: "member"}, {REPOSITORY.id: True})
    assert await read(store, roles.roles_of, opal.id) == given
    await write(store, roles.take_role, opal.id, 1)
    await write(store, roles.take_view, opal.id, REPOSITORY.id)
    assert await read(store, roles.roles_of, opal.id) == Roles(False, {2: "member"}, {})
    assert await read(store, roles.roles_of, 999) == Roles()


async def test_nobody_is_given_what_is_not_there(store: Store) -> None:
    opal = await someone(store)
    with pytest.raises(IntegrityError):
        await store.write(lambda conn: roles.give_view(conn, opal.id, 999, by="jade", at=NOW))
    with pytest.raises(IntegrityError):
        await store.write(lambda conn: roles.give_role(conn, 999, 1, "member", by="jade", at=NOW))


async def test_who_holds_what_in_an_installation_is_listed(store: Store) -> None:
    opal, jade = await someone(store), await someone(store, replace(OPAL, subject="sub-2", login="jade"))
    await write(store, save_repository, BASALT)
    await store.write(lambda conn: roles.give_role(conn, opal.id, 1, "admin", by="agate", at=NOW))
    await store.write(lambda conn: roles.give_view(conn, jade.id, REPOSITORY.id, by="agate", at=NOW))
    await store.write(lambda conn: roles.give_view(conn, jade.id, BASALT.id, by="agate", at=NOW))
    held = await read(store, roles.holders, 1)
    assert [(one.person.login, one.role, one.repository_id, one.sees_traffic) for one in held] == [
        ("opal", "admin", None, True),
        ("jade", "viewer", REPOSITORY.id, False),
    ]


async def test_nothing_removed_or_suspended_is_shown(store: Store) -> None:
    quartz = Installation(1, "quartz", 42, "Organization")

    async def seen(conn: Connection) -> tuple[list[int], list[int]]:
        within = await shown.open_repositories(conn, [1], [BASALT.id])
        everything = await shown.open_repositories(conn, None, [])
        return [one.id for one in within], [one.id for one in everything]

    for installation in (quartz, Installation(2, "basalt", 43, "User")):
        await write(store, save_installation, installation)
    other = replace(BASALT, id=9, name="other")
    for repository in (BASALT, other):
        await write(store, save_repository, repository)
    # by name: basalt/other, basalt/pit, quartz/mine
    assert await store.read(seen) == ([8, 7], [9, 8, 7])
    assert [one.id for one in await read(store, shown.open_installations, [1], [BASALT.id])] == [2, 1]
    await write(store, save_repository, replace(BASALT, removed_at=NOW))
    await write(store, save_installation, replace(quartz, suspended_at=NOW))
    assert await store.read(seen) == ([], [9])
    assert await read(store, shown.open_installations, [1], [BASALT.id]) == []
