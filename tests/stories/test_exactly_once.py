"""A command is answered once: not zero times, not twice, whatever dies in between."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import Fault
from tests.stories.town import LANTERN, Child, Said, Town, environment, listener, people_and_github

LEASE_AND_MORE = timedelta(minutes=3)
COMMENTS = "/repos/*/issues/*/comments"


async def test_a_lost_response_does_not_post_twice(town: Town) -> None:
    """GitHub took the comment and its answer got lost: the comment is found by its key and adopted."""
    lost = town.break_("lose_response", "POST", COMMENTS)
    said = await town.say("/analytics help")
    assert lost.hit == 1
    assert len(town.answers_to(said)) == 1
    assert town.reactions(said) == ["rocket"]


async def test_a_dropped_post_is_posted_later(town: Town) -> None:
    """GitHub never took the comment: it is not there, so it is posted again, once."""
    dropped = town.break_("drop", "POST", COMMENTS)
    said = await town.say("/analytics help")
    assert dropped.hit == 1
    assert town.answers_to(said) == []
    await town.wait(seconds=35)
    assert len(town.answers_to(said)) == 1


async def test_a_key_in_somebody_elses_comment_is_not_believed(town: Town) -> None:
    """Quoting the hidden key does not make a person's comment the answer: only the App's own are adopted."""
    lost = town.break_("drop", "POST", COMMENTS)
    said = await town.say("/analytics help")
    key = f"<!-- almanac:answer-{town.repository_id(LANTERN)}-{said.id} -->"
    forged = await town.post(f"I am the answer.\n\n{key}")
    await town.wait(seconds=35)
    assert lost.hit == 1
    assert len(town.answers_to(said)) == 1
    assert town.world.comments[forged.id].body.startswith("I am")


async def test_one_delivery_five_times_at_once_is_answered_once(town: Town) -> None:
    """The same X-GitHub-Delivery, five connections, one answer."""
    async with town.undelivered() as held:
        said = await town.post("/analytics help")
    (delivery,) = held
    sent = (town.deliver(delivery.body, guid=delivery.guid) for _ in range(5))
    assert await asyncio.gather(*sent) == [202] * 5
    await town.settled()
    assert len(town.answers_to(said)) == 1
    assert len(town.jobs("delivery")) == 2  # the command, and the bot's own answer


async def test_a_redelivery_of_what_is_done_does_nothing(town: Town) -> None:
    """GitHub sends a delivery again under its old id: accepted, and not one request follows."""
    said = await town.say("/analytics help")
    delivery = next(one for one in town.sandbox.deliveries if one.event == "issue_comment")
    before = town.asked
    await town.redeliver(delivery)
    assert town.sandbox.deliveries[-1].status_code == 202
    assert town.requests(before) == []
    assert len(town.answers_to(said)) == 1


async def test_two_deliveries_of_one_comment_have_one_answer(town: Town) -> None:
    """The same comment under two delivery ids, as two webhooks of one App may send it: one answer."""
    said = await town.say("/analytics help")
    delivery = next(one for one in town.sandbox.deliveries if one.event == "issue_comment")
    assert await town.deliver(delivery.body, guid="another-id") == 202
    await town.settled()
    assert len(town.answers_to(said)) == 1


async def test_a_dead_workers_job_is_picked_up_once_its_lease_is_over(town: Town) -> None:
    """A job that somebody claimed and never ended waits for its lease, then is done by whoever lives."""
    town.break_("drop", "POST", COMMENTS)
    said = await town.say("/analytics help")
    with sqlite3.connect(town.database) as connection:  # what a process leaves that died while working on it
        lease = int((town.sandbox.clock.now() + timedelta(minutes=2)).timestamp() * 1_000_000)
        connection.execute("UPDATE jobs SET state = 'running', lease = lease + 1, leased_until = ?", (lease,))
    connection.close()
    town.sandbox.clock.advance(timedelta(seconds=119))
    await asyncio.sleep(0.2)  # the worker looks ten times meanwhile
    assert town.answers_to(said) == []
    assert [job["state"] for job in town.jobs("delivery")] == ["running"]
    town.sandbox.clock.advance(timedelta(seconds=12))
    await town.until(lambda: town.reactions(said) == ["rocket"], "the job to be picked up")
    await town.settled()
    assert len(town.answers_to(said)) == 1


async def test_a_job_that_kills_its_process_each_time_is_given_up(town: Town) -> None:
    """A dozen processes died with it: it is kept for a look, and the thread gets one neutral sentence."""
    town.break_("drop", "POST", COMMENTS)
    said = await town.say("/analytics help")
    with sqlite3.connect(town.database) as connection:
        connection.execute("UPDATE jobs SET attempts = 12")
    connection.close()
    town.sandbox.clock.advance(timedelta(seconds=35))
    await town.until(lambda: town.answers_to(said), "the sentence")
    await town.settled()
    (job,) = [one for one in town.jobs("delivery") if one["state"] == "dead"]
    assert f"`{job['key']}`" in town.answer_to(said)


# with the server as a process of its own, and killed


@asynccontextmanager
async def mortal(folder: Path) -> AsyncIterator[tuple[Town, Child]]:
    """Open a town whose server is a child process; the port stays the same over its lives."""
    with listener() as probe:
        port = probe.getsockname()[1]
    async with people_and_github(folder, port) as town:
        child = Child(folder, environment(town.sandbox, town.keys, port, folder))
        try:
            await child.start(town.session)
            yield town, child
        finally:
            child.kill()
            await child.gone()


async def pass_time(town: Town, until_true: Callable[[], object], what: str) -> None:
    """Let time run ten times as fast until something is so."""
    end = time.monotonic() + 60
    while not until_true():
        assert time.monotonic() < end, f"waited for {what}; jobs: {town.jobs()}"
        town.sandbox.clock.advance(timedelta(seconds=0.3))
        await asyncio.sleep(0.03)


async def test_killed_between_posting_and_noting_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL at the moment GitHub has the comment and the server does not know: still one comment."""
    async with mortal(folder) as (town, child):
        add_comment = town.world.add_comment
        kills: list[int] = []

        def deadly(*arguments: Any, via_app: bool = False, **named: Any) -> Any:
            comment = add_comment(*arguments, via_app=via_app, **named)
            if via_app and not kills:
                kills.append(comment.id)
                child.kill()
            return comment

        monkeypatch.setattr(town.world, "add_comment", deadly)
        said = await town.post("/analytics help")
        await town.until(lambda: kills, "the comment to be posted")
        await child.gone()
        town.sandbox.clock.advance(LEASE_AND_MORE)
        await child.start(town.session)
        await pass_time(town, lambda: town.reactions(said) == ["rocket"], "the answer to be finished")
        (answer,) = town.answers_to(said)
        assert answer["id"] == kills[0]


@pytest.mark.timeout(240)
async def test_killed_again_and_again(folder: Path) -> None:
    """Twenty commands, three kills in the middle of whatever the server was doing: twenty answers."""
    async with mortal(folder) as (town, child):
        threads = [town.open_issue(LANTERN) for _ in range(5)]
        async with town.undelivered() as held:
            said = [await town.post("/analytics help", number=threads[place % 5]) for place in range(20)]
        for delivery in held:
            assert await town.deliver(delivery.body, guid=delivery.guid) == 202
        for requests in (2, 5, 3):
            kill = KillAtRequest(town, child, requests)
            await pass_time(town, partial(killed_or_finished, kill, town, said), "the kill")
            child.kill()
            await child.gone()
            town.sandbox.clock.advance(LEASE_AND_MORE)
            await child.start(town.session)
        await pass_time(town, lambda: finished(town, said), "all of them to be answered")
        assert [len(town.answers_to(one)) for one in said] == [1] * 20
        states = {job["state"] for job in town.jobs("delivery")}
        assert "dead" not in states


def finished(town: Town, said: list[Said]) -> bool:
    return all(town.reactions(one) == ["rocket"] for one in said)


def killed_or_finished(kill: KillAtRequest, town: Town, said: list[Said]) -> bool:
    return kill.done or finished(town, said)


class KillAtRequest:
    """Kills the server when its n-th request from now on arrives at GitHub, before it is carried out."""

    def __init__(self, town: Town, child: Child, requests: int) -> None:
        self.left, self.child, self.done = requests, child, False
        self.faults = town.sandbox.faults
        self.faults.draw = self.draw  # type: ignore[method-assign]

    def draw(self, method: str, path: str, operation: str | None) -> Fault | None:
        self.left -= 1
        if self.left == 0:
            self.child.kill()
            self.done = True
        return None
