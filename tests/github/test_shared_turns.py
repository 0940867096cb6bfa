"""A process's side of turns that several share: whoever leaves a place has left before anybody takes one again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from github.board import Said
from github.budget import Budget
from github.shared_turns import SPENT_WITHIN, TAKEN, SharedTurns

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Crowded:
    """A board on which others wait for places, and which takes its time to note that somebody has left."""

    def __init__(self) -> None:
        self.noted: list[str] = []
        self.leaving = asyncio.Event()

    async def turn(self, tokens: int, minute: int, hour: int, ahead: float) -> tuple[bool, float, float]:
        raise AssertionError("nobody writes here")

    async def hear(self) -> Sequence[Said]:
        return ()

    async def meet(
        self, told: Sequence[Said], kind: str, points: int, *, renew: bool
    ) -> tuple[Sequence[Said], int, float, bool, bool]:
        if renew:
            self.noted.append("a place")
        return (), points, 0.0, True, True

    async def leave(self) -> None:
        self.leaving.set()
        await asyncio.sleep(0.02)
        self.noted.append("left")


async def test_who_comes_while_a_place_is_given_up_takes_one_afterwards() -> None:
    board = Crowded()
    turns = SharedTurns(board, Budget(), lambda: NOW)

    async def first() -> None:
        async with turns.hold("core", 1):
            pass

    async def second() -> None:
        await board.leaving.wait()
        async with turns.hold("core", 1):
            assert board.noted == ["a place", "left", "a place"]

    await asyncio.gather(first(), second())
    assert board.noted == ["a place", "left", "a place", "left"]


class Sparing(Crowded):
    """A board that gives six points at a time, however many are asked for."""

    async def meet(
        self, told: Sequence[Said], kind: str, points: int, *, renew: bool
    ) -> tuple[Sequence[Said], int, float, bool, bool]:
        self.noted.append(f"{points} points")
        return (), min(points, 6), 0.0, True, False


async def test_points_that_are_left_are_spent_with_those_that_come() -> None:
    board = Sparing()
    turns = SharedTurns(board, Budget(), lambda: NOW)
    for points in (4, 5, 3):
        async with turns.hold("core", points):
            pass
    assert [one for one in board.noted if one != "0 points"] == ["10 points", "10 points"], "12 were given and spent"


async def test_points_that_were_taken_long_ago_are_not_spent() -> None:
    turns = SharedTurns(Crowded(), Budget(), lambda: NOW)
    async with turns.hold("core", 1):
        (taken,) = turns.purses["core"]
    assert taken.points == TAKEN - 1
    assert not turns.spend("core", 1, taken.at + SPENT_WITHIN + 0.1)
    assert turns.purses["core"] == []
