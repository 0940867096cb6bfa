"""The address of a preview, in both directions: `?sort=created_at&order=desc&author=opal&additions.from=100`.

A text is contained; a number, date or moment has `.from` and `.to`, both included, or stands alone for exactly that;
yes and no are written so. Whatever else stands in an address is refused, since a filter that is passed over would show
too much.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from analytics.terms import Terms
from github.cipher import Cipher, SealBrokenError
from storage.previewed import Place, Wanted, sortable
from storage.previewed_catalogue import Column, Table
from storage.previewed_filters import Filter, Test

LONGEST = 200
MOMENT, DAY = "a date or time such as 2026-01-31 or 2026-01-31T08:00Z", "a date such as 2026-01-31"
LAST = timedelta(days=1) - timedelta(microseconds=1)  # of a day
WHOLE = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)")
ENDS: Mapping[str, Test] = {"from": "from", "to": "to"}


class Unclear(Exception):  # noqa: N818 - what was asked, not what went wrong here
    """An address cannot be understood; its text is a sentence for whoever wrote it."""


@dataclass(frozen=True)
class Asked:
    """What an address asks of a table.

    typed: the filters as they were typed · place: where the page begins, None at the beginning · backwards: whether it
    ends there instead.
    """

    wanted: Wanted
    typed: Mapping[str, str]
    place: Place | None = None
    backwards: bool = False

    @property
    def filters(self) -> str:
        """The filters as a query string with its question mark, empty without any."""
        return f"?{urlencode(self.typed)}" if self.typed else ""

    def sorted(self, column: str) -> str:
        """Return the query that sorts by a column: the largest first, or the other way round if it is so already."""
        down = not self.wanted.down if column == self.wanted.sorted_by else True
        return self.query(sort=column, order="desc" if down else "asc")

    def query(self, **more: str) -> str:
        """Return the query of this page with other parts."""
        parts = {**self.typed, "sort": self.wanted.sorted_by, "order": "desc" if self.wanted.down else "asc", **more}
        return f"?{urlencode(parts)}"


def asked(table: Table, repository_id: int, terms: Terms, query: Iterable[tuple[str, str]], cipher: Cipher) -> Asked:
    """Read an address's query; raises Unclear."""
    wanted = Wanted(repository_id, table, terms=terms)
    typed: dict[str, str] = {}
    filters: list[Filter] = []
    place, backwards = None, False
    given = [(name, value.strip()) for name, value in query if value.strip()]
    if len({name for name, _ in given}) < len(given):
        raise Unclear("Each part of the address may stand in it once.")
    for name, value in given:
        if name == "sort":
            if value not in sortable(table, terms):
                raise Unclear(f"{table.title} cannot be sorted by {value!r}.")
            wanted = replace(wanted, sort=value)
        elif name == "order":
            if value not in ("asc", "desc"):
                raise Unclear("The order is asc or desc.")
            wanted = replace(wanted, down=value == "desc")
        elif name in ("after", "before"):
            place, backwards = opened(cipher, value), name == "before"
        else:
            typed[name] = value
            filters += read(table, terms, name, value)
    wanted = replace(wanted, filters=tuple(filters))
    if place is not None and place[1] != mark(wanted):
        place = None  # a place in another order is none here: the page begins at the beginning
    return Asked(wanted, typed, place[0] if place else None, backwards and place is not None)


def read(table: Table, terms: Terms, name: str, value: str) -> list[Filter]:
    """Return the filters that one part of an address asks for."""
    word, _, end = name.partition(".")
    column = next((one for one in table.shown(terms.people) if one.name == word), None)
    ranged = column is not None and column.kind in ("count", "day", "moment")
    if column is None or (end and (end not in ENDS or not ranged)):
        raise Unclear(f"{table.title} cannot be narrowed by {name!r}.")
    if len(value) > LONGEST or "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Unclear(f"What {word} is to contain is too long, or no text.")
    if column.kind == "text":
        return [Filter(word, "contains", value)]
    if column.kind == "yes-no":
        if value not in ("yes", "no"):
            raise Unclear(f"{word} is yes or no.")
        return [Filter(word, "is", value == "yes")]
    return [Filter(word, test, ends(column, value)[test == "to"]) for test in ([ENDS[end]] if end else ENDS.values())]


def ends(column: Column, text: str) -> tuple[Any, Any]:
    """Return the first and the last value that a text stands for: a date is a whole day of moments."""
    try:
        if column.kind == "count":
            number = whole(text)
            return number, number
        if column.kind == "day":
            return (date.fromisoformat(text),) * 2
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        whole_day = len(text) <= len("2026-01-31")
        return moment, moment + LAST if whole_day else moment
    except (ValueError, OverflowError):
        wanted = {"count": "a whole number", "day": DAY, "moment": MOMENT}[column.kind]
        raise Unclear(f"{text!r} cannot be looked for in {column.name}: it must be {wanted}.") from None


def whole(text: str) -> int:
    """Return a whole number that a database can hold; raises ValueError or OverflowError."""
    if not WHOLE.fullmatch(text):
        raise ValueError(text)
    number = int(text.replace(",", ""))
    number.to_bytes(8, signed=True)
    return number


def mark(wanted: Wanted) -> str:
    """Return what stands for an order of rows: a place means nothing in another."""
    return f"{wanted.repository_id} {wanted.table.name} {wanted.sorted_by} {wanted.down} {wanted.terms.people}"


def sealed(cipher: Cipher, wanted: Wanted, place: Place) -> str:
    """Return a place for an address. Sealed: it holds what tells rows apart, which may be the number of a person."""
    text = msgspec.json.encode([place.known, list(place.at)]).decode()
    return base64.urlsafe_b64encode(cipher.seal(f"{mark(wanted)}\n{text}", PURPOSE)).decode().rstrip("=")


PURPOSE = "a place in a table"


def opened(cipher: Cipher, value: str) -> tuple[Place, str]:
    """Return the place that an address holds, and the order it is of; raises Unclear for what we did not make."""
    try:
        text = cipher.open(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)), PURPOSE)
    except (SealBrokenError, binascii.Error, ValueError):
        raise Unclear("This is no place in the table; begin at its first page.") from None
    order, _, place = text.partition("\n")
    known, at = msgspec.json.decode(place, type=tuple[bool, list[int | str]])
    return Place(known, tuple(at)), order
