"""Equal questions are computed once, each is answered by its own comment, and nobody gets another's rights."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reports.compute_task import Task
from reports.pool import Pool
from tests.stories.conftest import SharedPool
from tests.stories.town import LANTERN, PICTURE_ADDRESS, STRONGROOM, Town, numbers_of
from tests.stories.visits import captured, colleague


def since_the_minute(town: Town) -> timedelta:
    now = town.sandbox.clock.now()
    return now - now.replace(second=0, microsecond=0)


@pytest.fixture
def computed(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Return what the workers are asked to answer, as it comes."""
    asked: list[Task] = []

    async def run(_: SharedPool, function: str, task: object) -> object:
        if isinstance(task, Task):
            asked.append(task)
        return await pool.run(function, task)

    monkeypatch.setattr(SharedPool, "run", run)
    return asked


async def whole(town: Town) -> None:
    """Let the background read everything: what it stores changes what is asked next."""
    await town.say("/analytics issues")
    for _ in range(60):
        await town.wait(seconds=2)
        marks = town.marks()
        if len(marks) == 4 and all(mark["whole_history"] for mark in marks.values()):
            return
    raise AssertionError(f"the history was not read: {town.marks()}")


async def test_what_is_asked_twice_within_a_minute_is_computed_once(computed: list[Task], town: Town) -> None:
    """Two comments, two answers with pictures of their own, one computation."""
    await whole(town)
    town.sandbox.clock.advance(timedelta(minutes=1) - since_the_minute(town))
    count = len(computed)
    first = town.answer_to(await town.say("/analytics pulls 90d"))
    await town.wait(seconds=40)
    second = town.answer_to(await town.say("/analytics pulls 90d"))
    assert len(computed) == count + 1
    assert numbers_of(first) == numbers_of(second)
    assert not set(PICTURE_ADDRESS.findall(first)) & set(PICTURE_ADDRESS.findall(second))
    stored = {f"/pictures/{row['address']}.png" for row in town.rows("SELECT address FROM pictures")}
    assert stored.issuperset(PICTURE_ADDRESS.findall(first + second))


async def test_a_minute_later_it_is_computed_anew(computed: list[Task], town: Town) -> None:
    await whole(town)
    count = len(computed)
    await town.say("/analytics pulls 90d")
    await town.wait(seconds=60)
    await town.say("/analytics pulls 90d")
    assert len(computed) == count + 2


async def test_a_background_that_reads_on_is_heard_of(computed: list[Task], town: Town) -> None:
    """After the first answer older history is read: the same question may have another answer by then."""
    await town.say("/analytics pulls 90d")
    await town.say("/analytics pulls 90d")
    assert len(computed) == 2


async def test_another_period_or_metric_is_another_question(computed: list[Task], town: Town) -> None:
    for words in ("pulls 90d", "pulls 30d", "issues 90d", "pulls 90d base=main", "pulls 90d vs=year"):
        await town.say(f"/analytics {words}")
    assert len(computed) == 5


async def test_what_was_stored_in_between_is_in_the_next_answer(computed: list[Task], town: Town) -> None:
    """A capture comes in within the same minute: the same question has another answer."""
    await captured(town)
    await town.say("/analytics traffic")
    await captured(town)
    count = len(computed)
    await town.say("/analytics stars")
    stargazer = "idle-heron"
    town.sandbox.hands.star(LANTERN, stargazer)
    await town.settled()
    await town.say("/analytics stars")
    assert len(computed) == count + 2


async def test_who_may_see_less_does_not_get_what_was_computed_for_another(computed: list[Task], town: Town) -> None:
    """The overview has traffic for who may push; asked within the same second, it has none for who may not."""
    await captured(town)
    assert "| views |" in town.answer_to(await town.say("/analytics"))
    assert "| views |" not in town.answer_to(await town.say("/analytics", colleague(town)))
    assert len(computed) == 2


async def test_what_the_owners_set_in_between_holds(computed: list[Task], town: Town) -> None:
    await town.say("/analytics authors 1y")
    town.world.required(LANTERN).files[".github/analytics.yml"] = "people: hidden\n"
    town.sandbox.clock.advance(timedelta(minutes=1))  # there was no file before: it is looked for again after a minute
    body = town.answer_to(await town.say("/analytics authors 1y"))
    logins = {pull.author.login for pull in town.world.required(LANTERN).pulls() if pull.author}
    assert not [login for login in logins if f"`{login}`" in body]
    assert len(computed) == 2


async def test_from_a_private_thread_the_same_is_computed_without_pictures_or_shared(
    computed: list[Task], town: Town
) -> None:
    """The same public repository from two threads: one computation, whoever reads them."""
    await whole(town)
    computed.clear()
    await town.say("/analytics pulls 90d")
    number = town.open_issue(STRONGROOM)
    said = await town.say(f"/analytics pulls 90d in={LANTERN}", repository=STRONGROOM, number=number)
    assert "<picture" in town.answer_to(said)
    assert [task.question.repository for task in computed] in ([LANTERN], [LANTERN, LANTERN])
