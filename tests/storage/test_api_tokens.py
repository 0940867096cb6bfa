"""Tokens of people's programs come back as they were saved, by their hash, until they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import api_tokens, sessions, user_tokens
from storage.api_tokens import LISTED, ApiToken, Scope
from storage.engine import Store
from storage.sessions import NewPerson, Person
from storage.user_tokens import StoredToken
from tests.storage.ask import read, write

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)


async def someone(store: Store, subject: str = "1") -> Person:
    return await write(store, sessions.save_person, NewPerson(sessions.GITHUB, subject, f"opal{subject}"), NOW)


async def make(
    store: Store, person: Person, digest: bytes, at: datetime = NOW, days: int = 30, *scopes: Scope
) -> ApiToken:
    given: tuple[Scope, ...] = scopes or ("read:data",)
    return await store.write(
        lambda conn: api_tokens.make_token(
            conn, digest, person.id, f"token {digest!r}", given, at=at, expires_at=at + days * DAY
        )
    )


async def test_a_token_is_found_by_its_hash_until_it_ends(store: Store) -> None:
    opal = await someone(store)
    made = await make(store, opal, b"one", NOW, 30, "read:traffic", "read:metrics")
    assert made.scopes == {"read:metrics", "read:traffic"}
    assert await read(store, api_tokens.token_with, b"one", NOW + 30 * DAY - timedelta(seconds=1)) == (made, opal)
    assert await read(store, api_tokens.token_with, b"one", NOW + 30 * DAY) is None
    assert await read(store, api_tokens.token_with, b"two", NOW) is None
    await write(store, api_tokens.note_used, made.id, NOW + DAY)
    found = await read(store, api_tokens.token_with, b"one", NOW + DAY)
    assert found is not None
    assert found[0].last_used_at == NOW + DAY
    with pytest.raises(IntegrityError):
        await make(store, opal, b"one")


async def test_they_are_listed_for_a_while_after_their_end_and_ended_by_their_owner(store: Store) -> None:
    opal, jade = await someone(store), await someone(store, "2")
    short, long = await make(store, opal, b"short", NOW, 1), await make(store, opal, b"long", NOW + DAY, 300)
    assert await read(store, api_tokens.tokens_of, opal.id) == [long, short]
    assert await read(store, api_tokens.live_tokens, opal.id, NOW + DAY) == 1
    await make(store, opal, b"later", NOW + DAY + LISTED)
    assert short in await read(store, api_tokens.tokens_of, opal.id)
    last = await make(store, opal, b"last", NOW + 2 * DAY + LISTED)
    assert short not in await read(store, api_tokens.tokens_of, opal.id)
    assert not await write(store, api_tokens.end_token, last.id, jade.id)
    assert await write(store, api_tokens.end_token, last.id, opal.id)
    assert not await write(store, api_tokens.end_token, last.id, opal.id)


async def test_what_github_gave_stays_while_a_program_needs_it(store: Store) -> None:
    opal, jade = await someone(store), await someone(store, "2")
    for person in (opal, jade):
        await write(store, user_tokens.save_user_token, StoredToken(person.id, b"a", NOW, b"r", None))
    await make(store, opal, b"one", NOW, 2)

    async def kept() -> list[bool]:
        return [await read(store, user_tokens.user_token, one.id) is not None for one in (opal, jade)]

    await write(store, sessions.begin_session, b"session", opal.id, NOW)
    await write(store, sessions.end_session, b"session", NOW + DAY)
    assert await kept() == [True, True]
    await write(store, sessions.forget_unused_tokens, NOW + DAY)
    assert await kept() == [True, False]
    await write(store, sessions.end_sessions, opal.id, NOW + 2 * DAY)
    assert await kept() == [False, False]


async def test_only_sessions_that_go_on_are_counted(store: Store) -> None:
    opal, jade = await someone(store), await someone(store, "2")
    for digest, person, at in ((b"1", opal, NOW), (b"2", opal, NOW + DAY), (b"3", jade, NOW)):
        await write(store, sessions.begin_session, digest, person.id, at)
    assert await read(store, sessions.sessions_of, opal.id, NOW - DAY, NOW - DAY) == 2
    assert await read(store, sessions.sessions_of, opal.id, NOW + DAY / 2, NOW - DAY) == 1
