"""Who is who: one row per account, whatever the spelling of its login."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from sqlalchemy import case, select

from analytics.actors import Actor, ActorKind
from storage.connection import Connection
from storage.forgotten import ids_of_forgotten
from storage.schema import actors as table
from storage.upsert import insert

CHUNK = 500  # keys in one IN list
# GraphQL and e-mails tell less about an account than other sources: a program once known as one stays one
CERTAINTY = {ActorKind.PERSON: 0, ActorKind.EMAIL: 0, ActorKind.GHOST: 0, ActorKind.BOT: 1, ActorKind.AI: 2}


async def actor_ids(conn: Connection, actors: Iterable[Actor]) -> dict[str, int]:
    """Return the id of each actor by its `key`, making rows for those not seen before.

    Of somebody who was forgotten it is the id of the pseudonym.
    """
    wanted: dict[str, Actor] = {}
    for actor in actors:
        known = wanted.setdefault(actor.key, actor)
        if CERTAINTY[actor.kind] > CERTAINTY[known.kind]:
            wanted[actor.key] = actor
    # always in one order, so that two transactions of PostgreSQL never wait for each other in a circle
    keys = sorted(wanted)
    ids, kinds = await find(conn, keys)
    ids |= await ids_of_forgotten(conn, [key for key in keys if key not in ids])
    changed = [
        key for key in keys if key not in ids or (key in kinds and CERTAINTY[wanted[key].kind] > CERTAINTY[kinds[key]])
    ]
    if changed:
        await save(conn, [wanted[key] for key in changed])
        ids |= (await find(conn, changed))[0]
    return ids


async def find(conn: Connection, keys: Sequence[str]) -> tuple[dict[str, int], dict[str, ActorKind]]:
    """Return ids and kinds of the keys that are there."""
    ids: dict[str, int] = {}
    kinds: dict[str, ActorKind] = {}
    left = iter(keys)
    while chunk := list(islice(left, CHUNK)):
        query = select(table.c.key, table.c.id, table.c.kind).where(table.c.key.in_(chunk))
        for key, number, kind in await conn.execute(query):
            ids[key] = number
            kinds[key] = ActorKind(kind)
    return ids, kinds


async def save(conn: Connection, actors: Sequence[Actor]) -> None:
    """Insert actors; of one that is there the kind changes only towards the more certain."""
    statement = insert(conn, table)
    new = statement.excluded
    certain = case({kind.value: rank for kind, rank in CERTAINTY.items()}, value=new.kind)
    before = case({kind.value: rank for kind, rank in CERTAINTY.items()}, value=table.c.kind)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["key"], set_={"login": new.login, "kind": new.kind}, where=certain > before
        ),
        [{"login": actor.login, "key": actor.key, "kind": actor.kind.value} for actor in actors],
    )
