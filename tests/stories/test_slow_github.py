"""GitHub is slow, limits us or stumbles: the thread is told, and the answer is the same as ever."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

import handlers.conversation
from tests.stories.conftest import Undisturbed
from tests.stories.town import WAITING, Town, numbers_of

QUESTION = "/analytics pulls issues commits 90d"
SECONDARY = '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'


def pages(town: Town, since: int = 0) -> list[tuple[str, bytes]]:
    """Return the GraphQL pages that were asked for and given, each with its variables."""
    return [
        (one.operation, msgspec.json.encode(msgspec.json.decode(one.body)["variables"]))
        for one in town.requests(since)
        if one.operation and one.status == 200 and one.cost
    ]


async def test_who_waits_is_told_so_and_the_comment_becomes_the_answer(
    town: Town, undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cold repository behind a slow GitHub: one comment says how far reading has come, then it is the answer."""
    monkeypatch.setattr(handlers.conversation, "QUICK", 0.2)
    town.break_("latency", operation="Pulls", delay=0.5, times=2)
    said = await town.post(QUESTION)
    await town.until(town.answers, "the waiting comment")
    (waiting,) = town.answers()
    assert WAITING in waiting["body"]
    assert "quartz-labs/lantern" in waiting["body"]
    await town.settled()
    assert [one["id"] for one in town.answers()] == [waiting["id"]]
    assert numbers_of(town.answer_to(said)) == await undisturbed(QUESTION)
    edits = [one for one in town.requests() if one.method == "PATCH"]
    assert len(edits) == 1


@pytest.mark.parametrize("points", [2, 4, 6])
async def test_a_used_up_hour_is_waited_for(town: Town, undisturbed: Undisturbed, points: int) -> None:
    """The hourly limit ends in the middle: the comment says until when, nothing is read twice, then it is answered."""
    town.sandbox.limits.graphql = points
    said = await town.say(QUESTION)
    (comment,) = town.answers_to(said)
    assert "the next try is after 2026-11-20 13:00 UTC" in comment["body"]
    assert WAITING in comment["body"]
    town.sandbox.limits.graphql = 5000
    await town.wait(minutes=30)
    assert WAITING in town.answers_to(said)[0]["body"]
    await town.wait(minutes=31)
    body = town.answer_to(said)
    assert town.answers_to(said)[0]["id"] == comment["id"]
    assert "pull requests opened" in body
    assert not [page for page, times in Counter(pages(town)).items() if times > 1 and b'"after":null' not in page[1]]
    cold = [page for page in pages(town) if b'"OPEN"]' in page[1] or b'"CLOSED","MERGED"]' in page[1]]
    assert max(Counter(cold).values()) == 1


@pytest.mark.parametrize("status", [403, 429])
async def test_the_secondary_limit_is_obeyed(town: Town, undisturbed: Undisturbed, status: int) -> None:
    """`retry-after` is waited for, in one attempt, and the page is asked for again."""
    told = {"Retry-After": "1"}
    slow = town.break_("status", operation="Pulls", skip=1, status=status, headers=told, body=SECONDARY)
    said = await town.say(QUESTION)
    assert slow.hit == 1
    assert numbers_of(town.answer_to(said)) == await undisturbed(QUESTION)


async def test_a_long_secondary_limit_is_left_to_the_queue(town: Town, undisturbed: Undisturbed) -> None:
    """Ten minutes are not waited for by a running job: it comes back when GitHub said."""
    told = {"Retry-After": "600"}
    slow = town.break_("status", operation="Pulls", skip=1, status=403, headers=told, body=SECONDARY)
    said = await town.say(QUESTION)
    assert slow.hit == 1
    assert town.answers() == []  # everything is held back, comments too
    await town.wait(minutes=9)
    assert town.answers() == []
    await town.wait(minutes=2)
    assert "pull requests opened" in town.answer_to(said)


async def test_pages_that_are_too_much_are_asked_for_smaller(town: Town, undisturbed: Undisturbed) -> None:
    """502 on a page of 25: 12 are asked for, and 25 again only after a while."""
    town.break_("status", operation="Pulls", status=502, times=2)
    said = await town.say(QUESTION)
    sizes = [msgspec.json.decode(one.body)["variables"]["first"] for one in town.requests(operation="Pulls")]
    assert sizes[:4] == [25, 12, 6, 6]
    assert numbers_of(town.answer_to(said)) == await undisturbed(QUESTION)


async def test_partial_data_is_not_believed(town: Town, undisturbed: Undisturbed) -> None:
    """RESOURCE_LIMITS_EXCEEDED comes with half of the data: the page is asked for again, smaller."""
    town.sandbox.state.graphql.budget = 150
    said = await town.say(QUESTION)
    assert numbers_of(town.answer_to(said)) == await undisturbed(QUESTION)
    sizes = [msgspec.json.decode(one.body)["variables"]["first"] for one in town.requests(operation="Pulls")]
    assert min(sizes) < 25


@pytest.mark.parametrize("kind", ["truncate", "drop"])
@pytest.mark.parametrize("operation", ["Pulls", "Commits"])
async def test_a_broken_connection_is_tried_again(
    town: Town, undisturbed: Undisturbed, kind: str, operation: str
) -> None:
    """Half a body, or none: the page is asked for again and the answer is whole."""
    broken = town.break_(kind, operation=operation, times=2)  # type: ignore[arg-type]
    said = await town.say(QUESTION)
    assert broken.hit == 2
    assert numbers_of(town.answer_to(said)) == await undisturbed(QUESTION)


async def test_a_token_that_has_run_out_is_renewed(town: Town) -> None:
    """Installation tokens live an hour; a question after that gets a new one and no 401."""
    await town.say("/analytics help")
    await town.wait(minutes=61)
    before = town.asked
    said = await town.say("/analytics help")
    assert town.answer_to(said)
    assert [one.status for one in town.requests(before) if one.path.endswith("/access_tokens")] == [201]
    assert 401 not in {one.status for one in town.requests(before)}


async def test_a_token_that_was_revoked_is_renewed_once(town: Town) -> None:
    """GitHub refuses a token before its time: one 401, a new token, the answer."""
    await town.say("/analytics help")
    town.sandbox.state.gate.issued.clear()
    await town.wait(minutes=1)
    before = town.asked
    said = await town.say("/analytics help")
    assert town.answer_to(said)
    assert [one.status for one in town.requests(before)].count(401) == 1


async def test_an_outage_is_sat_out(town: Town, undisturbed: Undisturbed) -> None:
    """GitHub answers nothing but 503 for a while: the job comes back until it is over."""
    town.break_("status", operation="Commits", status=503, times=None)
    said = await town.post(QUESTION)
    await town.until(lambda: any(job["state"] == "scheduled" for job in town.jobs("delivery")), "the job to give way")
    town.sandbox.faults.clear()
    await town.wait(minutes=31)
    assert "pull requests opened" in town.answer_to(said)
