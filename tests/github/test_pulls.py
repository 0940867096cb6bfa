"""Pull requests as GitHub tells of them and as rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analytics.actors import GHOST, Actor, ActorKind
from analytics.rows import CommentRow, PullRow, ReviewRow, TimelineRow
from github.client import GitHub
from github.errors import Gone, Later
from github.pages import PageSize
from github.reads.pulls import PullPage, pull_pages, ready_at
from github.reads.repository import RepoRef
from tests.github.fake import Clock, FakeGitHub, Says
from tests.github.graphs import Graph, at, comment, labels, person, pull, review, turn

REPO = RepoRef(7, "o", "r")


def day(number: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 10, number, hour, minute, tzinfo=UTC)


async def read(gh: GitHub, fake: FakeGitHub, graph: Graph, **options: object) -> list[PullPage]:
    fake.on("POST", "/graphql", graph)
    return [page async for page in pull_pages(gh, REPO, **options)]  # type: ignore[arg-type]


async def test_a_pull_request_becomes_rows(gh: GitHub, fake: FakeGitHub) -> None:
    node = pull(
        5,
        "ada",
        closedAt=at(3),
        mergedAt=at(3),
        mergedBy=person("renovate", "Bot"),
        reviews=[review("R1", "Ben", at(1, 5)), review("R2", None, None, "PENDING")],
        timelineItems=[
            turn("T1", "ReviewRequestedEvent", requestedReviewer={"__typename": "User", "login": "ben"}),
            turn("T2", "ReviewRequestedEvent", requestedReviewer={"__typename": "Team", "slug": "core"}),
            turn("T3", "ReviewRequestRemovedEvent", requestedReviewer=None),
            turn("T4", "MergedEvent", at(3), None),
        ],
        labels=labels("bug", "Ready to merge"),
        comments=[comment(f"C{number}", "ben", at(2, 0, number)) for number in range(1, 23)],
    )
    (page,) = await read(gh, fake, Graph(pulls=[node]))
    ada = Actor("ada", ActorKind.PERSON)
    assert page.pulls == (
        PullRow(
            number=5, title="Change 5", author=ada, created_at=day(1), updated_at=day(2), closed_at=day(3),
            merged_at=day(3), merged_by=Actor("renovate", ActorKind.BOT), is_draft=False, ready_at=day(1),
            base_ref="main", additions=3, deletions=1, changed_files=2,
            labels=("bug", "Ready to merge"),
        ),
    )  # fmt: skip
    assert page.reviews == (
        ReviewRow("R1", 5, Actor("Ben", ActorKind.PERSON), ada, "APPROVED", day(1, 5)),
        ReviewRow("R2", 5, GHOST, ada, "PENDING", None),
    )
    assert page.timeline == (
        TimelineRow("T1", 5, "review_requested", day(1, 1), ada, "ben"),
        TimelineRow("T2", 5, "review_requested", day(1, 1), ada, "team:core"),
        TimelineRow("T3", 5, "review_request_removed", day(1, 1), ada, None),
        TimelineRow("T4", 5, "merged", day(3), None, None),
    )
    ben = Actor("ben", ActorKind.PERSON)
    assert page.comments == tuple(
        CommentRow(f"C{number}", 5, True, ben, day(2, 0, number), 0) for number in range(3, 23)
    )
    assert (page.total, page.has_next, page.oldest_updated_at) == (1, False, day(2))


@pytest.mark.parametrize(
    ("toggles", "is_draft", "expected"),
    [
        ([], False, day(1)),
        ([], True, None),
        ([("ready", 4)], False, day(4)),  # began as a draft
        ([("draft", 4)], True, day(1)),  # began ready, is a draft now
        ([("draft", 4), ("ready", 6)], False, day(1)),
        ([("ready", 4), ("draft", 6)], True, day(4)),
        ([("draft", 6), ("ready", 4)], True, day(4)),  # events may come in any order
    ],
)
def test_the_clock_starts_when_a_pull_request_first_is_no_draft(
    toggles: list[tuple[str, int]], is_draft: bool, expected: datetime | None
) -> None:
    turns = [TimelineRow(f"T{number}", 1, kind, day(number), None, None) for kind, number in toggles]
    assert ready_at(day(1), turns, is_draft=is_draft) == expected


async def test_a_page_is_yielded_at_a_time_and_reading_can_go_on_at_its_end(gh: GitHub, fake: FakeGitHub) -> None:
    graph = Graph(pulls=[pull(number, updatedAt=at(28 - number // 4)) for number in range(1, 61)])
    pages = await read(gh, fake, graph)
    assert [len(page.pulls) for page in pages] == [25, 25, 10]
    assert [page.has_next for page in pages] == [True, True, False]
    assert pages[0].oldest_updated_at == day(22)
    assert graph.asked == [("Pulls", 25)] * 3
    resumed = await read(gh, fake, graph, after=pages[0].end_cursor)
    assert [row.number for page in resumed for row in page.pulls] == list(range(26, 61))


async def test_only_the_asked_states_are_read(gh: GitHub, fake: FakeGitHub) -> None:
    graph = Graph(pulls=[pull(1), pull(2, closedAt=at(2)), pull(3, mergedAt=at(2), closedAt=at(2))])
    pages = await read(gh, fake, graph, states=("OPEN",))
    assert [row.number for page in pages for row in page.pulls] == [1]


async def test_130_reviews_and_70_turns_are_all_read(gh: GitHub, fake: FakeGitHub) -> None:
    """One request for the rest of both, none for the pull requests that have no rest."""
    reviews = [review(f"R{number}") for number in range(130)]
    turns = [turn(f"T{number}", "ClosedEvent" if number % 2 else "ReopenedEvent") for number in range(70)]
    graph = Graph(pulls=[pull(1), pull(2, reviews=reviews, timelineItems=turns), pull(3, reviews=reviews[:50])])
    (page,) = await read(gh, fake, graph)
    assert [row.id for row in page.reviews if row.number == 2] == [f"R{number}" for number in range(130)]
    assert [row.id for row in page.timeline] == [f"T{number}" for number in range(70)]
    assert graph.asked == [("Pulls", 25), ("MoreOfPull", 100)]


async def test_300_reviews_take_three_more_pages(gh: GitHub, fake: FakeGitHub) -> None:
    graph = Graph(pulls=[pull(1, reviews=[review(f"R{number}") for number in range(300)])])
    (page,) = await read(gh, fake, graph)
    assert len({row.id for row in page.reviews}) == 300
    assert [name for name, _ in graph.asked] == ["Pulls"] + ["MoreOfPull"] * 3


TOO_MUCH = {"data": {"repository": None}, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}]}


@pytest.mark.parametrize("refusal", [Says(TOO_MUCH), Says(status=502), Says(status=504)])
async def test_pages_halve_until_github_can_bear_them(
    gh: GitHub, fake: FakeGitHub, clock: Clock, refusal: Says
) -> None:
    graph = Graph(pulls=[pull(number) for number in range(1, 5)])
    graph.too_much = lambda first: refusal if first > 1 else None
    pages = await read(gh, fake, graph)
    assert [first for _, first in graph.asked[:5]] == [25, 12, 6, 3, 1]
    assert [row.number for page in pages for row in page.pulls] == [1, 2, 3, 4]
    assert clock.sleeps == []


async def test_pages_grow_back_after_three_good_ones(gh: GitHub, fake: FakeGitHub) -> None:
    graph = Graph(pulls=[pull(number) for number in range(1, 101)])
    stumbles = iter([Says(status=502), Says(status=502)])
    graph.too_much = lambda _first: next(stumbles, None)
    pages = await read(gh, fake, graph)
    assert [first for _, first in graph.asked] == [25, 12, 6, 6, 6, 12, 12, 12, 25, 25]
    assert sum(len(page.pulls) for page in pages) == 100


async def test_a_single_pull_request_too_heavy_is_tried_again_later(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    graph = Graph(pulls=[pull(1)])
    graph.too_much = lambda _first: Says(status=502)
    with pytest.raises(Later):
        await read(gh, fake, graph, page=PageSize(25, halvings=4))
    assert clock.sleeps == [2.0, 8.0, 20.0]


def test_a_page_size_climbs_the_ladder_it_fell_down() -> None:
    size, seen = PageSize(), []
    for _ in range(6):
        seen.append(size.first)
        size = size.failed()
    assert seen == [25, 12, 6, 3, 1, 1]
    assert size == PageSize(25, halvings=4)


async def test_a_team_that_may_not_be_seen_is_a_hole_not_an_error(gh: GitHub, fake: FakeGitHub) -> None:
    """Without members:read GitHub blanks a requested team and answers everything else."""
    graph = Graph(pulls=[pull(1, timelineItems=[turn("T1", "ReviewRequestedEvent", requestedReviewer=None)])])
    path = ["repository", "pullRequests", "nodes", 0, "timelineItems", "nodes", 0, "requestedReviewer"]
    hole = {"type": "FORBIDDEN", "message": "Resource not accessible by integration", "path": path}

    def answer(heard: object) -> Says:
        said = graph(heard)  # type: ignore[arg-type]
        assert isinstance(said, Says)
        return Says(said.content | {"errors": [hole]})

    fake.on("POST", "/graphql", answer)
    (page,) = [page async for page in pull_pages(gh, REPO)]
    assert [row.subject for row in page.timeline] == [None]


async def test_a_repository_that_is_not_there_is_gone(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/graphql", Says({"data": {"repository": None}}))
    with pytest.raises(Gone, match="o/r is not there"):
        async for _ in pull_pages(gh, REPO):
            pass
