"""What `python -m bench crash` looks for is found where it is: each promise broken by hand, one after the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from bench.crash_checks import Database, Faults, checked
from sandbox.things import Comment
from tests.stories.town import Said, Town


def key_of(town: Town, said: Said) -> str:
    return f"answer-{town.repository_id(said.repository)}-{said.id}"


def look(town: Town, said: Said, acknowledged: list[str], captured: list[tuple[int, str]], reports: int = 0) -> Faults:
    database = Database(f"sqlite:///{town.database}")
    return checked(database, town.world, acknowledged, {key_of(town, said)}, reports, captured)


def counts(faults: Faults) -> tuple[int, ...]:
    """Return how many are lost, twice, half, broken."""
    return tuple(len(one) for one in (faults.lost, faults.twice, faults.half, faults.broken))


def change(town: Town, statement: str) -> None:
    with closing(sqlite3.connect(town.database)) as connection, connection:
        connection.execute(statement)


def answer_of(town: Town, said: Said) -> Comment:
    (told,) = town.answers_to(said)
    return town.world.comments[told["id"]]


async def asked(town: Town) -> tuple[Said, list[str]]:
    """Have something asked; return it and the deliveries that were acknowledged."""
    said = await town.say("/analytics help")
    await town.settled()
    return said, [str(job["key"]) for job in town.jobs("delivery")]


async def test_where_all_is_kept_nothing_is_found(town: Town) -> None:
    said, acknowledged = await asked(town)
    assert acknowledged
    assert counts(look(town, said, acknowledged, [])) == (0, 0, 0, 0)


def lose_delivery(town: Town, _: Said) -> None:
    change(town, "UPDATE jobs SET state = 'waiting' WHERE kind = 'delivery'")


def lose_answer(town: Town, said: Said) -> None:
    town.world.delete_comment(answer_of(town, said))


def answer_twice(town: Town, said: Said) -> None:
    answer = answer_of(town, said)
    assert answer.author is not None
    town.world.add_comment(answer.thread, answer.author, answer.body)


def say_without_a_key(town: Town, said: Said) -> None:
    answer = answer_of(town, said)
    assert answer.author is not None
    town.world.add_comment(answer.thread, answer.author, "Something else.")


def report_of(repository_id: int) -> str:
    """Return the statement that stores a report of which GitHub has not said that it stands there."""
    return (
        "INSERT INTO written_reports (key, state, repository_id, slot, period, created_at, updated_at)"
        f" VALUES ('report-weekly-2026-w47', 'posting', {repository_id}, 'weekly', '2026-W47', 0, 0)"
    )


def half_a_report(town: Town, said: Said) -> None:
    change(town, report_of(town.repository_id(said.repository)))


def damage(town: Town, _: Said) -> None:
    change(town, report_of(12345))  # of a repository that is not there


@pytest.mark.parametrize(
    ("break_it", "found"),
    [
        (lose_delivery, (1, 0, 0, 0)),
        (lose_answer, (1, 0, 0, 0)),
        (answer_twice, (0, 1, 0, 0)),
        (say_without_a_key, (0, 0, 1, 0)),
        (half_a_report, (0, 0, 1, 0)),
        (damage, (0, 0, 1, 1)),
    ],
)
async def test_what_is_broken_is_found(
    town: Town, break_it: Callable[[Town, Said], None], found: tuple[int, ...]
) -> None:
    said, acknowledged = await asked(town)
    break_it(town, said)
    assert [min(one, 1) for one in counts(look(town, said, acknowledged, []))] == list(found)


async def test_what_never_was_is_missed(town: Town) -> None:
    """A delivery that was acknowledged, a capture and a report that were due."""
    said, acknowledged = await asked(town)
    lost = look(town, said, [*acknowledged, "never stored"], [(700000000, "2026-11-20")], reports=1).lost
    assert [one.split()[0] for one in lost] == ["delivery", "1", "no"]
