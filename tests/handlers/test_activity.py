"""Webhooks keep the store current: whatever order they come in, and however often, the rows end the same."""

from __future__ import annotations

import asyncio
import gzip
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, delete, func, select

from analytics.terms import Terms
from analytics.window import iso
from handlers.activity import keeping
from handlers.activity.comments import keep_comment
from handlers.events import issues, pull_request, pull_request_review, push, release
from reports.services import Services
from storage import queue, schema
from storage.connection import Connection
from storage.currency import is_stale
from storage.engine import Store
from storage.installations import Repository, mark_repositories_removed, save_repository
from storage.loading import load
from storage.schema_activity import vanished
from storage.watermarks import Watermark, save_watermark, watermarks
from tests.services import services_on

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
ROCKET = Repository(7, 51, "acme", "rocket", "public", "main")
DATASETS = ("commits", "issues", "pulls", "releases")
TABLES = (schema.pulls, schema.reviews, schema.timeline, schema.issues, schema.comments, schema.releases)
ids = count(1000)

Json = dict[str, Any]
Event = tuple[str, Json]


def moment(hours: int) -> str:
    return iso(DAY + timedelta(hours=hours))


def person(login: str) -> Json:
    return {"login": login, "id": len(login), "type": "Bot" if login.endswith("[bot]") else "User"}


def framed(**said: Any) -> Json:
    repository = {"id": 7, "default_branch": "main"}
    return {"repository": repository, "installation": {"id": 51}, "sender": person("opal"), **said}


def pull(action: str, at: int, **said: Any) -> Event:
    """A pull request that topaz opened at hour 0, as it looked at hour `at`."""
    shown = {
        "number": 1, "title": "Shore up", "user": person("topaz"), "created_at": moment(0), "updated_at": moment(at),
        "closed_at": None, "merged_at": None, "merged_by": None, "draft": False, "base": {"ref": "main"},
        "additions": at, "deletions": 2, "changed_files": 1, "labels": [], **said,
    }  # fmt: skip
    beside = {name: shown.pop(name) for name in ("requested_reviewer", "requested_team") if name in shown}
    return "pull_request", framed(action=action, pull_request=shown, **beside)


def review(identity: str, at: int, state: str = "approved", action: str = "submitted") -> Event:
    said = {"node_id": identity, "user": person("opal"), "state": state, "submitted_at": moment(at)}
    shown = {"number": 1, "user": person("topaz"), "updated_at": moment(at)}
    return "pull_request_review", framed(action=action, review=said, pull_request=shown)


def issue(action: str, at: int, **said: Any) -> Event:
    """An issue that topaz opened at hour 0, as it looked at hour `at`."""
    return "issues", framed(action=action, issue=shown_issue(at, **said))


def shown_issue(at: int, **said: Any) -> Json:
    return {
        "number": 2, "title": "Water", "user": person("topaz"), "created_at": moment(0), "updated_at": moment(at),
        "closed_at": None, "state_reason": None, "comments": 0, "labels": [], **said,
    }  # fmt: skip


def comment(identity: str, at: int, login: str = "opal", action: str = "created", **said: Any) -> Event:
    """A comment on the issue that was written at hour `at`; `written` says so of one that was edited or deleted."""
    written = said.pop("written", at)
    shown = {"node_id": identity, "user": person(login), "created_at": moment(written), "updated_at": moment(at)}
    return "issue_comment", framed(action=action, issue=shown_issue(at, **said), comment={**shown, "body": "!"})


HANDLERS: Mapping[str, Callable[[Services, str, Json], Any]] = {
    "pull_request": pull_request.handle,
    "pull_request_review": pull_request_review.handle,
    "issues": issues.handle,
    "push": push.handle,
    "release": release.handle,
    "issue_comment": lambda services, _, payload: keep_comment(services, payload),
}


async def hear(services: Services, *events: Event) -> None:
    for name, payload in events:
        await HANDLERS[name](services, "guid", payload)


@pytest.fixture
async def services(store: Store) -> Services:
    """Services on a store in which somebody has asked about everything of a repository."""
    await ask(store, ROCKET)
    return services_on(store, now=lambda: NOW)


async def ask(store: Store, repository: Repository, *datasets: str) -> None:
    async def work(conn: Connection) -> None:
        await save_repository(conn, repository)
        for name in datasets or DATASETS:
            mark = Watermark(repository.id, name, NOW, NOW, DAY, whole_history=True)
            await save_watermark(conn, mark)

    await store.write(work)


async def rows(services: Services, table: Table) -> list[dict[str, Any]]:
    async def work(conn: Connection) -> list[dict[str, Any]]:
        found = await conn.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row) for row in found.mappings()]

    return await services.store.read(work)


async def only(services: Services, table: Table) -> dict[str, Any]:
    (row,) = await rows(services, table)
    return row


async def mark(services: Services, dataset: str) -> Watermark:
    return (await services.store.read(lambda conn: watermarks(conn, 7)))[dataset]


def at(hours: int) -> datetime:
    return DAY + timedelta(hours=hours)


async def test_a_pull_request_is_followed_from_draft_to_merge(services: Services) -> None:
    merged = {"closed_at": moment(4), "merged_at": moment(4), "merged_by": person("opal")}
    await hear(
        services,
        pull("opened", 0, draft=True),
        pull("review_requested", 1, draft=True, requested_reviewer=person("opal")),
        pull("ready_for_review", 2),
        review("PRR_1", 3),
        pull("closed", 4, **merged),
    )
    row = await only(services, schema.pulls)
    assert (row["ready_at"], row["merged_at"], row["is_draft"], row["additions"]) == (at(2), at(4), False, 4)
    turns = [(turn["kind"], turn["at"], turn["subject"]) for turn in await rows(services, schema.timeline)]
    assert sorted(turns, key=lambda turn: (turn[1], turn[0])) == [
        ("review_requested", at(1), "opal"), ("ready", at(2), None), ("closed", at(4), None), ("merged", at(4), None),
    ]  # fmt: skip
    assert (await only(services, schema.reviews))["state"] == "APPROVED"


async def test_an_older_payload_never_overwrites_a_newer_one(services: Services) -> None:
    await hear(services, pull("edited", 3, title="New"), pull("opened", 0, title="Old"))
    row = await only(services, schema.pulls)
    assert (row["title"], row["updated_at"]) == ("New", at(3))
    assert row["ready_at"] == at(0), "which only the older one tells"


async def test_the_first_response_is_a_persons_other_than_the_authors(services: Services) -> None:
    await hear(
        services,
        comment("IC_3", 3, "opal", comments=2),
        comment("IC_2", 2, "onyx", comments=1),
        comment("IC_1", 1, "topaz", comments=0),
        comment("IC_0", 1, "stale[bot]", comments=0),
    )
    row = await only(services, schema.issues)
    assert row["first_response_at"] == at(2)
    assert row["comments"] == 4, "GitHub counts without the comment that it tells of"


@pytest.mark.parametrize("seed", range(4))
async def test_a_first_response_by_an_account_that_is_a_bot_here_is_none(services: Services, seed: int) -> None:
    """GitHub takes acme-ci for a person; `bots:` says otherwise, and may say so years after the comments came."""
    told = [
        comment("IC_1", 1, "acme-ci", comments=0),
        comment("IC_2", 2, "topaz", comments=1),
        comment("IC_3", 3, "stale[bot]", comments=2),
        comment("IC_4", 4, "onyx", comments=3),
        comment("IC_5", 5, "opal", comments=4),
    ]
    arrived = told + told[:2]
    random.Random(seed).shuffle(arrived)
    await hear(services, *arrived)

    def responded(*bots: str) -> datetime:
        found = load(services.store.url, 7, ["issues"], None, NOW, terms=Terms(bots=bots))
        (when,) = found["issues"]["first_response_at"].tolist()
        return when.replace(tzinfo=UTC)  # type: ignore[no-any-return]

    assert (responded(), responded("acme-ci"), responded("acme-ci", "onyx")) == (at(1), at(4), at(5))


async def test_a_deleted_issue_goes_with_its_comments_and_stays_away(services: Services) -> None:
    await hear(services, issue("opened", 0), comment("IC_1", 1), issue("deleted", 2))
    assert (await mark(services, "issues")).rows == 0
    await hear(services, issue("labeled", 2), comment("IC_2", 1), issue("opened", 0))
    assert await rows(services, schema.issues) == []
    assert await rows(services, schema.comments) == []


async def test_an_issue_that_was_moved_back_is_there_again(services: Services) -> None:
    await hear(services, issue("transferred", 2), issue("opened", 5))
    assert (await only(services, schema.issues))["updated_at"] == at(5)


async def test_a_deleted_comment_stays_deleted(services: Services) -> None:
    await hear(services, comment("IC_1", 3, action="deleted", written=1), comment("IC_1", 1), comment("IC_1", 2))
    assert await rows(services, schema.comments) == []


async def test_a_dataset_that_nobody_asked_for_costs_nothing(store: Store) -> None:
    """Neither of a repository that is not stored, nor of one that was removed, nor of another dataset."""
    services = services_on(store, now=lambda: NOW)
    await hear(services, pull("opened", 0), push_of("main"), comment("IC_1", 1))
    assert [await rows(services, table) for table in TABLES] == [[]] * len(TABLES)
    await ask(store, ROCKET, "issues")
    await hear(services, pull("opened", 0), push_of("main"))
    assert await rows(services, schema.pulls) == []
    await store.write(lambda conn: mark_repositories_removed(conn, [7], NOW))
    await hear(services, issue("opened", 0))
    assert await rows(services, schema.issues) == []
    assert (await store.read(queue.counts))["scheduled"] == 0


def push_of(branch: str) -> Event:
    return "push", framed(ref=f"refs/heads/{branch}", commits=[])


async def test_a_push_to_the_default_branch_is_read_once_for_many(services: Services) -> None:
    before = await mark(services, "commits")
    assert not is_stale(before, NOW)
    await hear(services, push_of("topic"))
    assert await mark(services, "commits") == before
    await hear(services, push_of("main"), push_of("main"))
    assert is_stale(await mark(services, "commits"), NOW), "whoever asks before that reads for himself"
    assert (await services.store.read(queue.counts))["scheduled"] == 1


async def test_a_release_that_is_gone_goes_and_others_are_read(services: Services) -> None:
    async def add(conn: Connection) -> None:
        row = {"repository_id": 7, "id": "RE_1", "tag": "v1", "name": "v1", "created_at": DAY, "published_at": DAY}
        await conn.execute(schema.releases.insert(), {**row, "is_prerelease": False, "is_draft": False})

    await services.store.write(add)
    await hear(services, ("release", framed(action="edited", release={"node_id": "RE_1"})))
    assert len(await rows(services, schema.releases)) == 1
    await hear(services, ("release", framed(action="deleted", release={"node_id": "RE_1"})))
    assert await rows(services, schema.releases) == []
    assert is_stale(await mark(services, "releases"), NOW)


async def test_webhooks_that_come_let_a_sync_last_for_longer(services: Services) -> None:
    """Ten minutes without, sixty with; a comment's webhook does not prove that the issues' own come."""
    later = NOW + timedelta(minutes=11)
    await hear(services, comment("IC_1", 1))
    assert is_stale(await mark(services, "issues"), later)
    await hear(services, issue("labeled", 2))
    heard = await mark(services, "issues")
    assert not is_stale(heard, later)
    assert is_stale(heard, NOW + timedelta(minutes=60))
    assert is_stale(await mark(services, "pulls"), later)
    assert heard.told_since == at(1), "the night compares from the earliest change on"


async def test_a_new_issue_counts_among_all_of_them_where_all_are_stored(services: Services) -> None:
    await hear(services, issue("opened", 0), issue("labeled", 1), issue("opened", 0))
    assert (await mark(services, "issues")).rows == 1


PULL_EVENTS: Sequence[Event] = (
    pull("opened", 0, draft=True),
    pull("review_requested", 1, draft=True, requested_team={"slug": "core"}),
    pull("ready_for_review", 2),
    pull("labeled", 3, labels=[{"name": "b"}, {"name": "a"}]),
    pull("labeled", 3, labels=[{"name": "b"}]),
    pull("edited", 3, title="Shored up", labels=[{"name": "b"}]),
    pull("closed", 4, closed_at=moment(4)),
    pull("reopened", 5),
    pull("closed", 6, closed_at=moment(6), merged_at=moment(6), merged_by=person("opal")),
    review("PRR_1", 3),
    review("PRR_1", 3, "dismissed", "dismissed"),
    review("PRR_2", 7, "commented"),
)
ISSUE_EVENTS: Sequence[Event] = (
    issue("opened", 0),
    issue("labeled", 1, labels=[{"name": "bug"}]),
    issue("closed", 3, closed_at=moment(3), state_reason="completed", comments=2),
    issue("reopened", 4, state_reason="reopened", comments=2),
    comment("IC_1", 1, "topaz"),
    comment("IC_2", 2, "opal", comments=1),
    comment("IC_2", 5, "opal", "edited", written=2, comments=2),
    comment("IC_3", 6, "onyx", comments=2),
)


ONE_SECOND: Sequence[Event] = [*(one for one in PULL_EVENTS[3:6]), pull("closed", 3, closed_at=moment(3))]


async def ends_in(services: Services, events: Sequence[Event]) -> list[list[dict[str, Any]]]:
    """Return the rows that events leave in an empty repository; the actors' numbers do not matter."""

    async def empty(conn: Connection) -> None:
        for table in (*TABLES, schema.firsts, vanished):
            await conn.execute(delete(table))

    await services.store.write(empty)
    await hear(services, *events)
    return [await rows(services, table) for table in TABLES]


@pytest.mark.parametrize("events", [PULL_EVENTS, ISSUE_EVENTS, ONE_SECOND], ids=["pulls", "issues", "one second"])
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_repetition_leaves_the_same_rows(
    database_file: Path, events: Sequence[Event], data: st.DataObject
) -> None:
    order = data.draw(st.permutations([*events, *data.draw(st.lists(st.sampled_from(events), max_size=4))]))

    async def compare() -> None:
        store = await Store.open(f"sqlite:///{database_file}")
        await ask(store, ROCKET)
        services = services_on(store, now=lambda: NOW)
        in_order, otherwise = await ends_in(services, events), await ends_in(services, order)
        await store.close()
        assert otherwise == in_order

    asyncio.run(compare())


async def test_every_published_example_passes_and_none_fails(services: Services, shared_folder: Path) -> None:
    """GitHub's own examples do not all follow its schemas; what is odd is passed over."""
    with gzip.open(shared_folder / "api" / "webhooks" / "examples.jsonl.gz", "rb") as lines:
        examples = [msgspec.json.decode(line) for line in lines]
    assert len(examples) == 329
    repositories = {payload["repository"]["id"] for one in examples if "repository" in (payload := one["payload"])}
    for number in repositories:
        await ask(services.store, Repository(number, 51, f"o{number}", "r", "public", "main"))
    for one in examples:
        for handle in HANDLERS.values():
            await handle(services, "guid", one["payload"])  # every one of them, whatever event it is an example of

    async def counted(conn: Connection) -> list[int]:
        return [(await conn.execute(select(func.count()).select_from(table))).scalar_one() for table in TABLES[:3]]

    # the one issue of all examples is deleted in one of them, and so are its comments
    assert all(number > 0 for number in await services.store.read(counted))


@pytest.mark.parametrize(
    "odd", [{}, {"action": 7}, {"issue": []}, {"pull_request": {"number": "x"}}, {"repository": 3}]
)
async def test_an_odd_payload_is_passed_over(services: Services, odd: Json) -> None:
    for handle in HANDLERS.values():
        await handle(services, "guid", odd)
        await handle(services, "guid", framed(**odd))
    assert [await rows(services, table) for table in TABLES] == [[]] * len(TABLES)


def test_pushes_of_two_minutes_are_one_job() -> None:
    jobs = {keeping.reading(7, "commits", NOW + timedelta(seconds=second)).key for second in range(120)}
    assert len(jobs) == 1
    assert keeping.reading(7, "commits", NOW).run_at is not None
