"""Made-up visitors: counted as themselves, the same for the same seed, shown as GitHub shows them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.traffic import KINDS, Answer, Counted, Kind, Per, monday
from sandbox.traffic_generated import Generated, Habits, _expected, _lag, _poisson, _visits

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
PERS: tuple[Per, Per] = ("day", "week")
BEGAN = date(2025, 5, 20)


def made(**habits: object) -> Generated:
    return Generated(Habits(**{"seed": 5, "visitors": 40.0, "since": BEGAN, "runs": 12.0, **habits}))  # type: ignore[arg-type]


def merged(traffic: Generated, kind: Kind, first: datetime, days: int) -> dict[date, Counted]:
    """What keeping the maximum of daily answers gives."""
    kept: dict[date, Counted] = {}
    for number in range(days):
        for day, seen in traffic.answer(kind, "day", first + number * DAY).listed.items():
            before = kept.get(day, Counted(0, 0))
            kept[day] = Counted(max(before.count, seen.count), max(before.uniques, seen.uniques))
    return kept


def test_the_same_seed_brings_the_same_visitors_and_another_one_does_not() -> None:
    one, two = made(), made()

    assert one.answer("views", "day", NOW) == two.answer("views", "day", NOW)
    assert one.paths(NOW, "acme/rocket") == two.paths(NOW, "acme/rocket")
    assert made(seed=6).answer("views", "day", NOW) != one.answer("views", "day", NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_uniques_are_people_and_never_the_sum(kind: Kind) -> None:
    """The bounds of the definitions, and well within them: who comes on two days is one visitor of the week."""
    traffic = made()
    for number in range(30):
        by_day, by_week = (traffic.answer(kind, per, NOW - number * DAY) for per in PERS)
        days = by_day.listed.values()
        assert by_day.total == by_week.total
        assert max(one.uniques for one in days) <= by_day.total.uniques < sum(one.uniques for one in days)
        assert sum(one.count for one in days) == sum(one.count for one in by_week.listed.values()) == by_day.total.count
        for week, seen in by_week.listed.items():
            inside = [one for day, one in by_day.listed.items() if monday(day) == week]
            assert max(one.uniques for one in inside) <= seen.uniques <= sum(one.uniques for one in inside)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_of_daily_answers_is_the_truth(kind: Kind) -> None:
    """Two days later a day is whole, and stays so for eleven more."""
    traffic, first = made(), datetime(2026, 10, 1, 5, tzinfo=UTC)
    kept = merged(traffic, kind, first, 40)

    day = first.date() - 13 * DAY
    while day <= first.date() + 37 * DAY:
        assert kept.get(day, Counted(0, 0)) == traffic.truth(kind, day, day + DAY), day
        day += DAY


@pytest.mark.parametrize("kind", KINDS)
def test_whole_weeks_are_true(kind: Kind) -> None:
    """A week that lies in the span and ended two days ago is told with its true visitors."""
    traffic = made()
    for number in range(60):
        now = NOW - number * DAY
        for week, seen in traffic.answer(kind, "week", now).listed.items():
            if week >= now.date() - 13 * DAY and week + 9 * DAY <= now.date():
                assert seen == traffic.truth(kind, week, week + 7 * DAY)


def test_today_grows_and_the_oldest_day_is_cut() -> None:
    traffic = made(visitors=300.0)
    yesterday, oldest = NOW.date() - DAY, NOW.date() - 14 * DAY
    seen = [traffic.answer("views", "day", NOW + timedelta(hours=hours)).listed for hours in (-20, -8, 4, 15)]

    growing = [one.get(yesterday, Counted(0, 0)).count for one in seen]
    assert growing == sorted(growing)
    assert growing[0] < growing[-1] == traffic.truth("views", yesterday, NOW.date()).count
    assert 0 < seen[2][oldest].count < traffic.truth("views", oldest, oldest + DAY).count
    assert max(len(one) for one in seen) <= 15


def test_an_answer_is_hours_behind_and_sometimes_a_day() -> None:
    habits = made().habits
    lags = [_lag(habits, NOW + number * DAY) / timedelta(hours=1) for number in range(400)]

    assert min(lags) >= 1
    assert max(lags) == 24
    assert 20 < sum(lag == 24 for lag in lags) < 80


def test_days_without_visitors_are_not_listed() -> None:
    traffic = made(visitors=0.3, runs=0.0)
    listed = traffic.answer("views", "day", NOW).listed

    assert 0 < len(listed) < 14
    assert all(one.count > 0 for one in listed.values())
    assert made(since=date(2027, 1, 1)).answer("views", "day", NOW) == Answer()


def test_weekends_are_quiet_and_growth_shows() -> None:
    traffic = made(growth=2.0)
    sizes: defaultdict[int, int] = defaultdict(int)
    for number in range(364):
        day = date(2025, 6, 2) + number * DAY
        sizes[day.weekday()] += traffic.truth("views", day, day + DAY).uniques

    assert max(sizes[5], sizes[6]) < 0.7 * min(sizes[weekday] for weekday in range(5))
    assert traffic.truth("views", date(2026, 6, 1), date(2026, 6, 29)).count > 1.4 * traffic.truth(
        "views", date(2025, 6, 2), date(2025, 6, 30)
    ).count  # fmt: skip


def test_a_release_and_a_mention_bring_people() -> None:
    """A mention's visitors all come from one place, which is not one of the usual referrers."""
    plain, released = made(), made(releases=(date(2026, 11, 10),))
    before, after = date(2026, 11, 9), date(2026, 11, 11)
    assert released.truth("views", before, before + DAY) == plain.truth("views", before, before + DAY)
    assert released.busy(after) > 1.3 * plain.busy(after)

    mentioned = [day for day in range(20_000, 20_400) if len(_expected(plain.habits, day)) > 1]
    assert mentioned
    sources = {referrer for day in mentioned for _, referrer in _expected(plain.habits, day) if referrer is not None}
    seen = Counter(visit.referrer for visit in _visits(plain, "views", mentioned[0]))
    assert seen.keys() & sources


def test_clones_are_mostly_workflow_runs() -> None:
    traffic, until = made(), NOW.replace(hour=0)
    runs = traffic.runs(until - 14 * DAY, until)
    clones = traffic.truth("clones", until.date() - 14 * DAY, until.date())

    assert runs == sorted(runs)
    assert 0.6 * clones.count < len(runs) <= clones.count
    assert len(traffic.runs(until - 14 * DAY, until - 7 * DAY)) + len(traffic.runs(until - 7 * DAY, until)) == len(runs)
    assert made(runs=0.0).runs(until - 14 * DAY, until) == []


def test_what_is_archived_is_hardly_visited() -> None:
    traffic = made(until=date(2026, 6, 1))

    assert traffic.busy(date(2026, 6, 3)) < 0.3 * traffic.busy(date(2026, 5, 27))
    assert traffic.runs(datetime(2026, 6, 1, tzinfo=UTC), NOW) == []


def test_the_lists_are_ten_busiest_first() -> None:
    traffic = made(visitors=200.0)
    total = traffic.answer("views", "day", NOW).total
    for ranked in (traffic.referrers(NOW), traffic.paths(NOW, "acme/rocket")):
        assert len(ranked) == 10
        assert [one.count for one in ranked] == sorted((one.count for one in ranked), reverse=True)
        assert all(1 <= one.uniques <= min(one.count, total.uniques) for one in ranked)
        assert sum(one.count for one in ranked) <= total.count
    assert traffic.paths(NOW, "acme/rocket")[0].name == "/acme/rocket"


def test_habits_are_read_from_a_description() -> None:
    row = {"seed": 3, "visitors": 2, "since": "2026-01-01", "growth": 1.5, "runs": 1, "until": "2026-02-01"}

    assert Habits.of(row, [date(2026, 1, 5)]) == Habits(
        3, 2.0, date(2026, 1, 1), 1.5, 1.0, date(2026, 2, 1), (date(2026, 1, 5),)
    )


@pytest.mark.parametrize("mean", [0.0, 0.5, 12.0, 80.0])
def test_rare_things_come_as_often_as_expected(mean: float) -> None:
    from random import Random  # noqa: PLC0415

    random = Random(1)
    drawn = [_poisson(random, mean) for _ in range(4_000)]

    assert sum(drawn) / len(drawn) == pytest.approx(mean, rel=0.05, abs=0.01)
