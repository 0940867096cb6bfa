"""Visitors made up, the same for the same seed: who came when, from where, and which pages they saw.

Nothing is kept. A day is made again whenever it is asked for, from the seed and its number, so that years of many
thousand repositories take no memory. Visitors have identities: regulars come again for years, others some days in a
row, so that the visitors of a week and of 14 days are counted, never added up. More come on weekdays, after a release,
and when somebody somewhere writes about the repository; most clones are workflow runs.

An answer lags as GitHub's do, 1 to 24 hours: today grows and may be missing, and two days later a day is whole. It
looks back 14 days to the second, so its first day is cut.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from sandbox.traffic import SPAN, TOP, Answer, Counted, Kind, Per, Ranked, monday
from sandbox.traffic_names import MENTIONS, REFERRERS, path_of, referrer_of

DAY_SECONDS = 86_400
FIRST_DAY = date(1970, 1, 1).toordinal()
KEPT_DAYS = 512  # days of visits that are not made twice while a repository's six requests come in
WEEKDAYS = (1.04, 1.12, 1.10, 1.05, 0.92, 0.46, 0.44)
REGULARS = 0.35  # share of visits by people who come for years
COHORT = 4  # days in which somebody new is likely to come again
COHORT_IDS = 1 << 20
FIRST_COHORT = 1 << 40
MONTH = 30  # days in which a repository is written about once, or not at all
RUNNERS = 3  # different addresses per workflow run of a day
DRAWS = {"views": 1, "clones": 2, "runs": 3, "lag": 4, "mention": 5}


@dataclass(frozen=True, slots=True)
class Habits:
    """How a repository is visited; `visitors` and `runs` are of an ordinary weekday at `since`, `growth` is per year.

    After `until` few come: it is archived. `releases` are the days on which one was published.
    """

    seed: int
    visitors: float
    since: date
    growth: float = 1.0
    runs: float = 0.0
    until: date | None = None
    releases: tuple[date, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any], releases: Sequence[date] = ()) -> Habits:
        """Read them from a data set's description."""
        until = row.get("until")
        return cls(
            int(row["seed"]), float(row["visitors"]), date.fromisoformat(row["since"]),
            float(row.get("growth", 1.0)), float(row.get("runs", 0.0)),
            date.fromisoformat(until) if until else None, tuple(releases),
        )  # fmt: skip


class Visit(NamedTuple):
    """Somebody's visit at a second of a day: pages seen one after the other, by number, or one clone."""

    second: int
    who: int
    referrer: int
    pages: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Generated:
    """The traffic of one repository."""

    habits: Habits

    def answer(self, kind: Kind, per: Per, now: datetime) -> Answer:
        counts: Counter[date] = Counter()
        people: defaultdict[date, set[int]] = defaultdict(set)
        everybody: set[int] = set()
        for day, visits in self._shown(kind, now):
            place = day if per == "day" else monday(day)
            for visit in visits:
                counts[place] += len(visit.pages)
                people[place].add(visit.who)
                everybody.add(visit.who)
        listed = {place: Counted(counts[place], len(people[place])) for place in sorted(counts)}
        return Answer(Counted(counts.total(), len(everybody)), listed)

    def referrers(self, now: datetime) -> Sequence[Ranked]:
        return _ranked(
            (referrer_of(visit.referrer), visit.who, len(visit.pages))
            for _, visits in self._shown("views", now)
            for visit in visits
            if visit.referrer >= 0
        )

    def paths(self, now: datetime, full_name: str) -> Sequence[Ranked]:
        return _ranked(
            (path_of(page, full_name), visit.who, 1)
            for _, visits in self._shown("views", now)
            for visit in visits
            for page in visit.pages
        )

    def runs(self, since: datetime, until: datetime) -> Sequence[datetime]:
        found = []
        for number in range(_number(since), _number(until) + 1):
            start = datetime.fromtimestamp(number * DAY_SECONDS, UTC)
            found += [start + timedelta(seconds=second) for second in _runs(self, number)]
        return [moment for moment in found if since <= moment < until]

    def truth(self, kind: Kind, since: date, until: date) -> Counted:
        """Return what really happened on the days from `since` up to, but without, `until`: nothing cut, no lag."""
        visits = [visit for number in range(_days(since), _days(until)) for visit in _visits(self, kind, number)]
        return Counted(sum(len(visit.pages) for visit in visits), len({visit.who for visit in visits}))

    def busy(self, day: date) -> float:
        """Return how many visitors to expect on a day."""
        return sum(size for size, _ in _expected(self.habits, _days(day)))

    def _shown(self, kind: Kind, now: datetime) -> Iterator[tuple[date, Sequence[Visit]]]:
        """Yield the days that an answer at `now` knows of, each with the visits it shows."""
        since, until = now - SPAN, now - _lag(self.habits, now)
        for number in range(_number(since), _number(until) + 1):
            visits: Sequence[Visit] = _visits(self, kind, number)
            start = number * DAY_SECONDS
            low, high = since.timestamp() - start, until.timestamp() - start
            if low > 0 or high < DAY_SECONDS:
                visits = [visit for visit in visits if low <= visit.second < high]
            if visits:
                yield date.fromordinal(number + FIRST_DAY), visits


@lru_cache(maxsize=KEPT_DAYS)
def _visits(traffic: Generated, kind: Kind, number: int) -> tuple[Visit, ...]:
    """Return everything of one day, in order."""
    random = _random(traffic.habits, kind, number)
    made = _views(random, traffic.habits, number) if kind == "views" else _clones(random, traffic, number)
    return tuple(sorted(made))


def _views(random: Random, habits: Habits, number: int) -> list[Visit]:
    made = []
    for size, source in _expected(habits, number):
        for _ in range(_poisson(random, size)):
            pages = [int(40 * random.random() ** 2.4)]
            while random.random() < 0.45:
                pages.append(int(40 * random.random() ** 2.4))
            referrer = source
            if source is None:
                referrer = int(REFERRERS * random.random() ** 2.2) if random.random() < 0.6 else -1
            else:
                pages[0] = 0
            who = _somebody(random, habits, number, new=source is not None)
            made.append(Visit(_second(random), who, -1 if referrer is None else referrer, tuple(pages)))
    return made


def _clones(random: Random, traffic: Generated, number: int) -> list[Visit]:
    habits = traffic.habits
    runners = 1 + round(habits.runs * RUNNERS)
    made = [Visit(second, random.randrange(runners), -1, (0,)) for second in _runs(traffic, number)]
    by_hand = 0.06 * sum(size for size, _ in _expected(habits, number))
    for _ in range(_poisson(random, by_hand)):
        # A person's number is never a runner's.
        who = FIRST_COHORT // 2 + _somebody(random, habits, number, new=False)
        made.append(Visit(_second(random), who, -1, (0,)))
    return made


@lru_cache(maxsize=KEPT_DAYS)
def _runs(traffic: Generated, number: int) -> tuple[int, ...]:
    """Return the seconds of a day at which workflow runs began."""
    habits = traffic.habits
    if habits.runs == 0 or not _days(habits.since) <= number < _days(habits.until or date.max):
        return ()
    random = _random(habits, "runs", number)
    return tuple(sorted(_second(random) for _ in range(_poisson(random, habits.runs * _weekday(number)))))


def _expected(habits: Habits, number: int) -> list[tuple[float, int | None]]:
    """Return how many visitors a day brings by cause: (number, the referrer all of them come from, or None)."""
    age = number - _days(habits.since)
    if age < 0:
        return []
    usual = habits.visitors * _weekday(number) * habits.growth ** (age / 365)
    if habits.until is not None and number >= _days(habits.until):
        usual *= 0.15
    found: list[tuple[float, int | None]] = [(usual, None)]
    for released in habits.releases:
        after = number - _days(released)
        if 0 <= after < 6:
            found.append((0.9 * habits.visitors * math.exp(-after / 1.5), None))
    month = number // MONTH
    for written in (month - 1, month):
        random = _random(habits, "mention", written)
        share, day, where, size = random.random(), random.randrange(MONTH), random.randrange(MENTIONS), random.random()
        after = number - written * MONTH - day
        if share < 0.25 and 0 <= after < 5:
            found.append((habits.visitors * (1.5 + 4.5 * size) * math.exp(-0.9 * after), REFERRERS + where))
    return found


def _somebody(random: Random, habits: Habits, number: int, *, new: bool) -> int:
    """Return a visitor's number: a regular's, or one of those who come around these days."""
    if not new and random.random() < REGULARS:
        return int(max(3.0, 2 * habits.visitors) * random.random() ** 2)
    ids = min(COHORT_IDS, max(8, round(8 * habits.visitors)))
    return FIRST_COHORT + (number // COHORT) * COHORT_IDS + random.randrange(ids)


def _ranked(seen: Iterator[tuple[str, int, int]]) -> list[Ranked]:
    counts: Counter[str] = Counter()
    people: defaultdict[str, set[int]] = defaultdict(set)
    for name, who, count in seen:
        counts[name] += count
        people[name].add(who)
    best = sorted(counts, key=lambda name: (-counts[name], name))[:TOP]
    return [Ranked(name, counts[name], len(people[name])) for name in best]


def _lag(habits: Habits, now: datetime) -> timedelta:
    """Return how far behind an answer is: some hours, and about every eighth day a whole day."""
    random = _random(habits, "lag", _number(now))
    return timedelta(hours=24) if random.random() < 0.12 else timedelta(hours=1 + 7 * random.random())


def _second(random: Random) -> int:
    return int(DAY_SECONDS * random.triangular(0, 1, 0.62))


def _weekday(number: int) -> float:
    return WEEKDAYS[(number + 3) % 7]


def _random(habits: Habits, draw: str, number: int) -> Random:
    """Return the dice of one thing on one day."""
    return Random((habits.seed << 48) | (DRAWS[draw] << 40) | number)


def _poisson(random: Random, mean: float) -> int:
    """Return how many there are of what is rare for each and many try: Knuth's product, or the normal curve."""
    if mean > 30:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, random.random()
    while product > limit:
        count += 1
        product *= random.random()
    return count


def _days(day: date) -> int:
    return day.toordinal() - FIRST_DAY


def _number(moment: datetime) -> int:
    return int(moment.timestamp() // DAY_SECONDS)
