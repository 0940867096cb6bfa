"""One comment, put in place once whatever GitHub, the network or a person does in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from github.errors import Gone, Later
from github.reads.app import AppFacts
from reports.keys import answer_key, with_key
from reports.publish import AGAIN_AFTER, BETWEEN_LOOKS, POSTED, POSTING, Publication
from sandbox.dataset import Dataset
from sandbox.faults import Fault, Kind, Match
from storage import answers
from storage.answers import PublishedAnswer
from tests.reports.reading import NOW, Town, town

BOT = "almanac[bot]"
CREATE = Match("POST", "/repos/acme/rocket/issues/1/comments")
EDIT = Match("PATCH", "/repos/acme/rocket/issues/comments/*")


@dataclass
class Thread:
    """A thread in which one answer is to be published."""

    town: Town
    slept: list[float] = field(default_factory=list)
    key: str = ""

    @property
    def record(self) -> PublishedAnswer:
        return PublishedAnswer(
            key=self.key, repository_id=self.town.ref.id, number=1, command_comment_id=5, comment_id=None,
            state="asked", question="/analytics", created_at=NOW, updated_at=NOW, asked_by="quartz-otter", asked_at=NOW,
        )  # fmt: skip

    def publication(self, record: PublishedAnswer | None = None) -> Publication:
        """Return a publication as a worker makes it; without a record nothing was ever begun."""
        return Publication(
            self.town.store, self.town.github, self.town.ref, record or self.record, self.identity,
            self.town.world.clock.now, self.sleep,
        )  # fmt: skip

    async def resumed(self) -> Publication:
        """Return a publication as another process finds it in the database."""
        record = await self.stored()
        assert record is not None
        return self.publication(record)

    async def stored(self) -> PublishedAnswer | None:
        return await self.town.store.read(lambda conn: answers.answer(conn, self.key))

    async def identity(self) -> AppFacts:
        return AppFacts(None, "almanac", "Almanac")

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def text(self, words: str) -> str:
        return with_key(words, self.key)

    @property
    def said(self) -> list[str]:
        """What stands in the thread, without the keys."""
        return [one["body"].split("\n\n<!--")[0] for one in self.town.sandbox.comments("acme/rocket", 1)]

    def fault(self, match: Match, kind: Kind, **options: Any) -> Fault:
        return self.town.sandbox.faults.add(Fault(match, kind, **options))

    @property
    def posts(self) -> int:
        return sum(one.method == "POST" for one in self.town.sandbox.requests)


@pytest.fixture
async def thread(database_file: Path) -> AsyncIterator[Thread]:
    issue = {"number": 1, "title": "Ask", "state": "open", "author": "a", "created_at": "2026-11-01T00:00:00Z"}
    async with town(database_file, Dataset({"full_name": "acme/rocket"}, issues=[issue])) as here:
        here.world.permit("acme/rocket", "quartz-otter", "write")
        here.world.add_personal_token("ghp_reader", BOT)  # the client speaks as the App's account
        made = Thread(here)
        made.key = answer_key(here.ref.id, 5)
        yield made


async def test_the_first_time_it_is_created_and_noted(thread: Thread) -> None:
    number = await thread.publication().put(thread.text("answer"))

    stored = await thread.stored()
    assert stored is not None
    assert (stored.comment_id, stored.state) == (number, POSTED)
    assert thread.said == ["answer"]


async def test_from_then_on_it_is_edited(thread: Thread) -> None:
    publication = thread.publication()
    numbers = {await publication.put(thread.text(words)) for words in ("reading …", "answer")}
    numbers.add(await (await thread.resumed()).put(thread.text("better answer")))

    assert len(numbers) == 1
    assert thread.said == ["better answer"]
    assert thread.posts == 1


async def test_the_same_text_is_not_sent_twice(thread: Thread) -> None:
    publication = thread.publication()
    for _ in range(3):
        await publication.put(thread.text("answer"))
    assert len(thread.town.sandbox.requests) == 1


async def test_that_a_comment_is_being_created_is_noted_before(thread: Thread) -> None:
    """A process killed between GitHub's yes and our note leaves the mark that one may exist."""
    thread.fault(CREATE, "status", status=422, body='{"message": "Validation Failed"}')
    with pytest.raises(Exception, match="Validation Failed"):
        await thread.publication().put(thread.text("answer"))

    stored = await thread.stored()
    assert stored is not None
    assert (stored.state, stored.comment_id) == (POSTING, None)


async def test_after_a_crash_its_own_comment_is_found_and_taken_over(thread: Thread) -> None:
    await thread.publication().put(thread.text("answer"))
    lost = replace(thread.record, state=POSTING)
    number = await thread.publication(lost).put(thread.text("answer again"))

    stored = await thread.stored()
    assert stored is not None
    assert (stored.comment_id, stored.state) == (number, POSTED)
    assert thread.said == ["answer again"]
    assert thread.slept == [], "it was there at the first look"


async def test_after_a_crash_before_anything_was_sent_it_is_created_after_a_second_look(thread: Thread) -> None:
    """GitHub's list may lag behind."""
    await thread.publication(replace(thread.record, state=POSTING)).put(thread.text("answer"))

    assert thread.said == ["answer"]
    assert thread.slept == [BETWEEN_LOOKS]


async def test_a_comment_that_shows_late_is_found_at_the_second_look(thread: Thread) -> None:
    await thread.publication().put(thread.text("answer"))
    (comment,) = thread.town.loaded.threads[1].comments
    thread.town.loaded.threads[1].comments.clear()
    publication = thread.publication(replace(thread.record, state=POSTING))

    async def appear(_: float) -> None:
        thread.town.loaded.threads[1].comments.append(comment)
        thread.town.loaded.version += 1

    publication.sleep = appear
    assert await publication.put(thread.text("answer")) == comment.id
    assert thread.said == ["answer"]


@pytest.mark.parametrize("impostor", ["quartz-otter", "other-app[bot]"])
async def test_a_key_that_somebody_else_copied_is_not_taken_over(thread: Thread, impostor: str) -> None:
    await thread.town.sandbox.comment("acme/rocket", 1, impostor, thread.text("copied"))
    await thread.publication(replace(thread.record, state=POSTING)).put(thread.text("answer"))

    assert thread.said == ["copied", "answer"]


async def test_another_answer_of_ours_is_not_taken_over(thread: Thread) -> None:
    await thread.town.sandbox.comment("acme/rocket", 1, BOT, with_key("other", answer_key(thread.town.ref.id, 6)))
    await thread.publication(replace(thread.record, state=POSTING)).put(thread.text("answer"))

    assert thread.said == ["other", "answer"]


@pytest.mark.parametrize("kind", ["lose_response", "truncate"])
async def test_a_comment_whose_confirmation_was_lost_is_found(thread: Thread, kind: Kind) -> None:
    thread.fault(CREATE, kind)
    with structlog.testing.capture_logs():
        number = await thread.publication().put(thread.text("answer"))

    stored = await thread.stored()
    assert stored is not None
    assert stored.comment_id == number
    assert thread.said == ["answer"]
    assert thread.posts == 1


@pytest.mark.parametrize("kind", ["drop", "status"])
async def test_a_comment_that_was_not_created_is_left_for_later_and_created_then(thread: Thread, kind: Kind) -> None:
    """After two looks without it GitHub gets time: a reply may have been lost that is still being carried out."""
    thread.fault(CREATE, kind, status=502)
    with structlog.testing.capture_logs(), pytest.raises(Later) as later:
        await thread.publication().put(thread.text("answer"))
    assert later.value.until == NOW + AGAIN_AFTER
    assert thread.said == []
    await (await thread.resumed()).put(thread.text("answer"))

    assert thread.said == ["answer"]


async def test_a_deleted_answer_is_written_anew(thread: Thread) -> None:
    first = await thread.publication().put(thread.text("answer"))
    await thread.town.sandbox.delete_comment(first, BOT)
    second = await (await thread.resumed()).put(thread.text("new answer"))

    stored = await thread.stored()
    assert stored is not None
    assert stored.comment_id == second != first
    assert thread.said == ["new answer"]


async def test_a_deleted_answer_whose_successor_was_lost_on_the_way_has_one_successor(thread: Thread) -> None:
    """Deleted by a person, created again, confirmation lost, nothing found, process killed: still only one comment."""
    first = await thread.publication().put(thread.text("answer"))
    await thread.town.sandbox.delete_comment(first, BOT)
    thread.fault(CREATE, "lose_response")
    hidden: list[Any] = []
    publication = await thread.resumed()
    comments = thread.town.loaded.threads[1].comments

    async def lag(_: float) -> None:
        """GitHub's list still does not show it."""

    publication.sleep = lag
    original = publication.adopt

    async def look_in_vain() -> None:
        hidden.extend(comments)
        comments.clear()
        thread.town.loaded.version += 1
        await original()
        comments.extend(hidden)
        thread.town.loaded.version += 1

    publication.adopt = look_in_vain  # type: ignore[method-assign]
    with structlog.testing.capture_logs(), pytest.raises(Later):
        await publication.put(thread.text("new answer"))
    await (await thread.resumed()).put(thread.text("new answer"))

    assert hidden
    assert thread.said == ["new answer"]


async def test_a_thread_that_is_gone_is_gone(thread: Thread) -> None:
    thread.town.world.delete_repository(thread.town.loaded)
    with pytest.raises(Gone):
        await thread.publication().put(thread.text("answer"))


async def test_a_thread_that_goes_after_the_answer_is_gone_too(thread: Thread) -> None:
    publication = thread.publication()
    await publication.put(thread.text("answer"))
    thread.town.world.delete_repository(thread.town.loaded)
    with pytest.raises(Gone):
        await publication.put(thread.text("better answer"))


async def test_an_edit_that_must_wait_says_later_and_keeps_the_comment(thread: Thread) -> None:
    publication = thread.publication()
    number = await publication.put(thread.text("answer"))
    thread.fault(EDIT, "status", status=403, body=LIMITED, headers={"Retry-After": "3600"})
    with pytest.raises(Later):
        await publication.put(thread.text("better answer"))
    thread.town.pass_time(AGAIN_AFTER * 200)

    assert await (await thread.resumed()).put(thread.text("better answer")) == number
    assert thread.said == ["better answer"]


LIMITED = '{"message": "You have exceeded a secondary rate limit."}'
