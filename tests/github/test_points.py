"""Points: never more in any minute than GitHub bears, and each request gets its own in the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github.points import MINUTELY, Points
from github.turns import OwnTurns
from storage import github_limits

BEARABLE = {"core": 900, "graphql": 2_000}
"""Points a minute, as GitHub's documentation has them."""

MOMENTS = st.lists(st.tuples(st.floats(0, 5), st.integers(1, 60)), max_size=120)


@pytest.mark.parametrize("kind", sorted(MINUTELY))
@given(wanted=MOMENTS)
def test_no_minute_holds_more_than_github_bears(kind: str, wanted: list[tuple[float, int]]) -> None:
    """Requests of so many points, each so long after the one before; one that must wait comes when it was told to."""
    purse, at, spent = Points.of(kind, 0.0), 0.0, []
    for pause, points in wanted:
        at += pause
        while wait := purse.spend(points, at):
            at += wait + 1e-6
        spent.append((at, points))
    for begin, _ in spent:
        assert sum(points for moment, points in spent if begin <= moment < begin + 60) <= BEARABLE[kind]


def test_a_full_purse_goes_at_once_and_is_filled_again_by_the_second() -> None:
    purse = Points.of("core", 0.0)
    assert purse.spend(200, 0.0) == 0
    assert purse.spend(5, 0.0) == pytest.approx(0.5)
    assert purse.spend(5, 0.4) == pytest.approx(0.1)
    assert purse.spend(5, 0.5) == 0


def test_a_clock_that_is_set_back_neither_gives_points_nor_takes_them() -> None:
    purse = Points.of("core", 1_000.0)
    assert purse.spend(190, 1_000.0) == 0
    assert purse.spend(10, 500.0) == 0
    assert purse.spend(10, 501.0) == 0, "a second later by the new time"


def test_what_costs_more_than_there_can_be_is_owed_rather_than_never_sent() -> None:
    purse = Points.of("core", 0.0)
    assert purse.spend(250, 0.0) == 0
    assert purse.spend(10, 0.0) == pytest.approx(6.0)


def test_one_process_keeps_to_what_several_keep_to_together() -> None:
    assert {kind: tuple(rate) for kind, rate in MINUTELY.items()} == github_limits.MINUTELY


async def test_each_kind_has_a_purse_of_its_own() -> None:
    turns = OwnTurns(clock=lambda: 0.0)
    waits = []
    for resource, points in [("core", 200), ("core", 1), ("graphql", 400), ("search", 1)]:
        async with turns.hold(resource, points) as wait:
            waits.append(wait)
    assert waits == [0, pytest.approx(0.1), 0, 0]
