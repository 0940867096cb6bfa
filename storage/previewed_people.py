"""How persons are called in rows that people take away: by login, or by the number that answers give them.

As in `analytics.people`: "person 1" is who contributed first; programs and the ghost are no persons and keep
their names. Who never contributed has no number of their own here, since in answers theirs depends on what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, or_, select
from sqlalchemy.sql.selectable import Subquery

from analytics.actors import GHOST, ActorKind
from analytics.terms import Terms
from storage.connection import Connection
from storage.previewed_filters import Filter, collated, contains
from storage.previewed_sources import OF, Source
from storage.schema import actors, firsts

OTHER = "another person"
TEAM = "team:"
PROGRAMS = (ActorKind.BOT.value, ActorKind.AI.value)
AT_ONCE = 500  # in one IN list
NUMBER = re.compile(r"\s*person\s+([1-9][0-9]{0,8})\s*", re.IGNORECASE)


def is_program(terms: Terms) -> Any:
    """Return the condition that an actor is no person."""
    return or_(actors.c.kind.in_(PROGRAMS), actors.c.key == GHOST.key, actors.c.key.in_(terms.bots))


def ranked(dialect: str, terms: Terms) -> Subquery:
    """Return the persons who contributed with their numbers, the earliest first; of the same moment by name."""
    place = func.row_number().over(order_by=(firsts.c.first_at, collated(dialect, actors.c.key)))
    joined = firsts.join(actors, actors.c.id == firsts.c.actor_id)
    query = select(firsts.c.actor_id, place.label("place")).select_from(joined)
    return query.where(firsts.c.repository_id == OF, ~is_program(terms)).subquery("ranked")


class Called:
    """What actors are called in the rows of one repository, and their kinds; asks for each of them once."""

    def __init__(self, repository_id: int, terms: Terms) -> None:
        self.repository_id = repository_id
        self.terms = terms
        self.by_id: dict[int, str] = {}
        self.kinds: dict[int, str] = {}
        self.by_login: dict[str, str] = {}

    async def learn(self, conn: Connection, ids: Iterable[int | None], logins: Iterable[str | None]) -> None:
        """Look up those who are not known yet."""
        missing = [number for number in dict.fromkeys(ids) if number is not None and number not in self.by_id]
        for some in parts(missing):
            for number, name, kind in await self.ask(conn, actors.c.id, some):
                self.by_id[number], self.kinds[number] = name, kind
        if self.terms.people == "names":
            return
        new = [login for login in dict.fromkeys(logins) if login and login not in self.by_login]
        keys = {login: login.lower() for login in new if not login.startswith(TEAM)}
        found: dict[str, str] = {}
        for some in parts(list(dict.fromkeys(keys.values()))):
            found |= {key: name for key, name, _ in await self.ask(conn, actors.c.key, some)}
        self.by_login |= {login: found.get(keys[login], OTHER) if login in keys else login for login in new}

    async def ask(self, conn: Connection, column: Any, wanted: Sequence[Any]) -> list[tuple[Any, str, str]]:
        """Return what those are called, and their kinds, whose `column` is one of the wanted."""
        if self.terms.people == "names":
            named = select(column, actors.c.login, actors.c.kind).where(column.in_(wanted))
            return [(one, login, kind) for one, login, kind in await conn.execute(named)]
        places = ranked(conn.dialect.name, self.terms)
        joined = actors.outerjoin(places, places.c.actor_id == actors.c.id)
        said = select(column, actors.c.login, actors.c.kind, is_program(self.terms), places.c.place)
        rows = await conn.execute(said.select_from(joined).where(column.in_(wanted)), {"of": self.repository_id})
        return [(one, login if program else numbered(place), kind) for one, login, kind, program, place in rows]

    def login(self, login: str | None) -> str | None:
        """Return what somebody is called whose login is stored as a text; a team is called as it is."""
        return login if login is None or self.terms.people == "names" else self.by_login[login]


def numbered(place: int | None) -> str:
    return OTHER if place is None else f"person {place}"


def parts(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE)]


def fits(dialect: str, source: Source, terms: Terms, one: Filter) -> ColumnElement[bool]:
    """Return the condition that somebody who is not named is called as a filter says.

    `person 3` is that one alone; any other text is contained in what stands there, be it a program, a team or persons.
    """
    cell, number = source.cells[one.column], NUMBER.fullmatch(one.value)
    places = ranked(dialect, terms)
    if number:
        who = select(actors.c.id, actors.c.key).join(places, places.c.actor_id == actors.c.id)
        who = who.where(places.c.place == int(number[1]))
    else:
        joined = actors.outerjoin(places, places.c.actor_id == actors.c.id)
        said = literal("person ") + cast(places.c.place, Text)
        called = case((is_program(terms), actors.c.login), (places.c.place.is_(None), OTHER), else_=said)
        who = select(actors.c.id, actors.c.key).select_from(joined).where(contains(dialect, called, one.value))
    among = who.subquery("called")
    if one.column not in source.logins:
        return cell.in_(select(among.c.id))
    is_team, key = cell.startswith(TEAM, autoescape=True), func.lower(cell)
    found = [and_(is_team, contains(dialect, cell, one.value)), and_(~is_team, key.in_(select(among.c.key)))]
    if not number and one.value.lower() in OTHER:  # who has never been seen here is somebody else, too
        found.append(and_(~is_team, key.not_in(select(actors.c.key))))
    return or_(*found)


__all__ = ["OTHER", "Called", "fits"]
