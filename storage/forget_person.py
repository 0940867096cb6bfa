"""Forget a person: a pseudonym stands wherever their login stood, also when GitHub names them again.

What they did stays as somebody's, so that figures of the repository stay true. What they signed in with goes.
"""

from __future__ import annotations

import re

from sqlalchemy import Column, ColumnElement, delete, func, select, update

from analytics.actors import ActorKind
from storage.activity_events import TOLD
from storage.connection import Connection
from storage.forgotten import pseudonym
from storage.schema import actors, answers, askings, pictures, timeline
from storage.schema_access import installation_roles, persons, viewers
from storage.schema_managed import capture_choices, capture_orders, decisions, invitations, organisation_grants
from storage.schema_work import answer_parts, exports
from storage.sessions import GITHUB
from storage.upsert import insert

LOGINS: tuple[Column[str], ...] = (
    answers.c.asked_by,
    askings.c.login,
    capture_choices.c.chosen_by,
    capture_orders.c.ordered_by,
    decisions.c.who,
    installation_roles.c.granted_by,
    invitations.c.invited_by,
    organisation_grants.c.granted_by,
    timeline.c.subject,
    viewers.c.granted_by,
)
"""Columns that hold a login and nothing else, beside the keys by which actors, persons and invitations are found."""

NAMING: tuple[Column[str], ...] = (
    answers.c.question,
    answer_parts.c.meaning,
    answer_parts.c.markdown,
    exports.c.wanted,
)
"""Columns of what was asked and answered, in which a login may stand among other words."""


async def forget_person(conn: Connection, login: str) -> dict[str, int]:
    """Replace a login everywhere; return how many rows changed or went, by table.

    One that is not known is noted all the same, and never stored from now on. In any case of letters, and as often as
    one likes. What others wrote stays: titles, tags, settings files.
    """
    key, instead = login.lower(), pseudonym(login)
    told: dict[str, int] = {}
    told["actors"] = await rename_actor(conn, key, instead)
    turns = timeline.c.id.startswith(TOLD) & (func.lower(timeline.c.subject) == key)
    named = {"id": func.replace(timeline.c.id, timeline.c.subject, instead)}
    await conn.execute(update(timeline).where(turns).values(named))
    for column in LOGINS:
        stands = update(column.table).where(func.lower(column) == key).values({column.name: instead})
        told[column.table.name] = (await conn.execute(stands)).rowcount
    told["decisions"] += await rename_in_sentences(conn, login, instead)
    gone = (persons.c.issuer == GITHUB) & (func.lower(persons.c.login) == key)
    told["persons"] = (await conn.execute(delete(persons).where(gone))).rowcount
    invited = (invitations.c.kind == "login") & (invitations.c.name == key)
    told["invitations"] += (await conn.execute(delete(invitations).where(invited))).rowcount
    for table, count in (await drop_answers_naming(conn, login)).items():
        told[table] = told.get(table, 0) + count
    return {table: count for table, count in told.items() if count}


async def rename_actor(conn: Connection, key: str, instead: str) -> int:
    """Give the actor its pseudonym, or note that of somebody not seen before; return how many were renamed."""
    there = (await conn.execute(select(actors.c.id).where(actors.c.key == instead))).first()
    if there is not None:
        # another transaction may have stored the login anew while the first one forgot it
        number = (await conn.execute(select(func.count()).where(actors.c.key.startswith(instead)))).scalar_one()
        again = f"{instead}-{number + 1}"
    renamed = {"login": again, "key": again} if there is not None else {"login": instead, "key": instead}
    count = (await conn.execute(update(actors).where(actors.c.key == key).values(renamed))).rowcount
    if not count and there is None:
        row = {"login": instead, "key": instead, "kind": ActorKind.PERSON.value}
        await conn.execute(insert(conn, actors).on_conflict_do_nothing(index_elements=["key"]), row)
    return count


def naming(login: str) -> re.Pattern[str]:
    """Return the pattern of a login as a word of its own: logins are letters, digits and single hyphens."""
    return re.compile(rf"(?<![\w-]){re.escape(login)}(?![\w-])", re.IGNORECASE)


async def rename_in_sentences(conn: Connection, login: str, instead: str) -> int:
    """Replace the login in sentences of what was decided; return how many there were."""
    word, changed = naming(login), 0
    query = select(decisions.c.id, decisions.c.what).where(contains(decisions.c.what, login))
    for number, what in (await conn.execute(query)).all():
        said = word.sub(instead, what)
        if said != what:
            await conn.execute(update(decisions).where(decisions.c.id == number).values(what=said))
            changed += 1
    return changed


async def drop_answers_naming(conn: Connection, login: str) -> dict[str, int]:
    """Delete what is kept of answers that name the login: their texts, pictures and files; return how many of each.

    They are made anew from the stored rows when somebody asks again. The question of an answer is emptied.
    """
    word = naming(login)
    keys: set[str] = set()
    for column, of in ((column, key_of(column)) for column in NAMING):
        found = await conn.execute(select(of, column).where(contains(column, login)))
        keys |= {key for key, said in found.all() if word.search(said)}
    gone = {"answer_parts": 0, "pictures": 0, "exports": 0, "answers": 0}
    for key in sorted(keys):
        for table in (answer_parts, pictures, exports):
            gone[table.name] += (await conn.execute(delete(table).where(table.c.answer_key == key))).rowcount
        asked = (await conn.execute(select(answers.c.question).where(answers.c.key == key))).scalar()
        if asked is not None and word.search(asked):
            emptied = update(answers).where(answers.c.key == key).values(question=word.sub(pseudonym(login), asked))
            gone["answers"] += (await conn.execute(emptied)).rowcount
    return gone


def key_of(column: Column[str]) -> Column[str]:
    """Return the column of the same table that tells which answer a row belongs to."""
    found: Column[str] = column.table.c.key if column.table is answers else column.table.c.answer_key
    return found


def contains(column: Column[str], login: str) -> ColumnElement[bool]:
    """Return the condition that a text has the login in it, in any case."""
    return func.lower(column).contains(login.lower(), autoescape=True)
