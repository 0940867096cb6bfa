"""Stars, watchers and forks of a generated repository: they come when visitors come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from sandbox.dataset import Row
from sandbox.generate_calendar import DAY, Span, stamp
from sandbox.generate_people import ANIMALS, MINERALS, Person
from sandbox.traffic_generated import Generated

EPOCH = date(1970, 1, 1)
WATCHING = 0.06  # of those who star


def fans(
    random: Random, traffic: Generated, span: Span, members: Sequence[Person], *, stars: int, first_id: int
) -> tuple[list[Row], list[Row], list[Row]]:
    """Return the rows of stars, watches and forks, oldest first. Every member watches from the beginning."""
    moments = _moments(random, traffic, span, stars)
    names = random.sample([f"{mineral}-{animal}" for mineral in MINERALS for animal in ANIMALS], k=min(900, stars))
    logins = [f"{names[number % len(names)]}-{number // len(names) + 2}" for number in range(len(moments))]
    given = [{"user": login, "starred_at": stamp(at)} for login, at in zip(logins, moments, strict=True)]
    watches: list[Row] = [
        {"user": person.login, "created_at": stamp(span.since)} for person in members if person.login is not None
    ]
    watches += [
        {"user": row["user"], "created_at": row["starred_at"]} for row in given if random.random() < WATCHING
    ]  # fmt: skip
    copied = _moments(random, traffic, span, stars // 9)
    forks = [
        {"id": first_id + number, "owner": random.choice(logins), "created_at": stamp(at)}
        for number, at in enumerate(copied)
    ]  # fmt: skip
    return given, watches, forks


def _moments(random: Random, traffic: Generated, span: Span, count: int) -> list[int]:
    """Return when something happened that one in so many visitors does, in order."""
    first, last = span.since // DAY, span.now // DAY
    sums = list(accumulate(traffic.busy(EPOCH + timedelta(days=day)) for day in range(first, last + 1)))
    if not sums or sums[-1] == 0:
        return []
    days = random.choices(range(first, last + 1), cum_weights=sums, k=count)
    moments = [day * DAY + random.randrange(DAY) for day in days]
    return sorted(moment for moment in moments if span.since < moment < span.now)
