"""Issues and the first answer each got."""

from __future__ import annotations

from datetime import UTC, datetime

from analytics.actors import Actor, ActorKind
from analytics.rows import IssueRow
from github.client import GitHub
from github.reads.issues import IssuePage, issue_pages
from github.reads.repository import RepoRef
from tests.github.fake import Answer, FakeGitHub, Heard, Says
from tests.github.graphs import Graph, at, comment, issue, labels

REPO = RepoRef(7, "o", "r")


async def read(gh: GitHub, fake: FakeGitHub, graph: Graph) -> list[IssuePage]:
    fake.on("POST", "/graphql", graph)
    return [page async for page in issue_pages(gh, REPO)]


async def test_an_issue_becomes_a_row(gh: GitHub, fake: FakeGitHub) -> None:
    comments = [
        comment("C1", "Ada", at(1, 1)),  # the author, spelt otherwise
        comment("C2", "stale", at(1, 2), "Bot"),
        comment("C3", "coderabbitai", at(1, 3)),
        comment("C4", "ben", at(1, 4)),
        comment("C5", "cleo", at(1, 5)),
    ]
    node = issue(3, comments, closedAt=at(5), stateReason="NOT_PLANNED", labels=labels("bug", "help wanted"))
    (page,) = await read(gh, fake, Graph(issues=[node]))
    assert page.issues == (
        IssueRow(
            number=3, title="Trouble 3", author=Actor("ada", ActorKind.PERSON),
            created_at=datetime(2026, 10, 1, tzinfo=UTC), updated_at=datetime(2026, 10, 2, tzinfo=UTC),
            closed_at=datetime(2026, 10, 5, tzinfo=UTC), state_reason="NOT_PLANNED", comments=5,
            first_response_at=datetime(2026, 10, 1, 4, tzinfo=UTC),
            first_response_by=Actor("ben", ActorKind.PERSON), labels=("bug", "help wanted"),
        ),
    )  # fmt: skip
    assert [row.id for row in page.comments] == ["C1", "C2", "C3", "C4", "C5"]
    assert {(row.number, row.on_pull, row.body_length) for row in page.comments} == {(3, False, 0)}


async def test_a_first_answer_in_comment_37_is_found(gh: GitHub, fake: FakeGitHub) -> None:
    comments = [comment(f"C{number}", "ada", at(1, 2, number % 60)) for number in range(1, 37)]
    comments += [comment(f"C{number}", "ben", at(2, 2)) for number in range(37, 150)]
    graph = Graph(issues=[issue(1, comments), issue(2, [])])
    (page,) = await read(gh, fake, graph)
    assert page.issues[0].first_response_at == datetime(2026, 10, 2, 2, tzinfo=UTC)
    assert page.issues[1].first_response_at is None
    assert graph.asked == [("Issues", 48), ("MoreOfIssue", 100)]


async def test_what_nobody_answered_is_read_to_the_end(gh: GitHub, fake: FakeGitHub) -> None:
    graph = Graph(issues=[issue(1, [comment(f"C{number}", "ada") for number in range(250)])])
    (page,) = await read(gh, fake, graph)
    assert page.issues[0].first_response_at is None
    assert (page.issues[0].comments, len(page.comments)) == (250, 250)
    assert [name for name, _ in graph.asked] == ["Issues", "MoreOfIssue", "MoreOfIssue", "MoreOfIssue"]


async def test_the_last_comments_are_read_where_the_first_response_came_early(gh: GitHub, fake: FakeGitHub) -> None:
    """They say whose turn it is; what lies between is not asked for, and no comment comes twice."""
    comments = [comment(f"C{number}", "ben" if number % 2 else "ada") for number in range(1, 31)]
    graph = Graph(issues=[issue(1, comments)])
    (page,) = await read(gh, fake, graph)
    assert [row.id for row in page.comments] == [f"C{number}" for number in (*range(1, 11), *range(21, 31))]
    assert [name for name, _ in graph.asked] == ["Issues"]


async def test_an_issue_that_is_deleted_while_it_is_read_does_not_hide_the_repository(
    gh: GitHub, fake: FakeGitHub
) -> None:
    graph = Graph(issues=[issue(1, [comment(f"C{number}", "ada") for number in range(20)]), issue(2, [])])

    def answer(heard: Heard) -> Answer:
        if "MoreOfIssue" in heard.content["query"]:
            return Says({"data": {"repository": {"issue": None}}, "errors": [{"type": "NOT_FOUND", "message": "no"}]})
        return graph(heard)

    fake.on("POST", "/graphql", answer)
    (page,) = [page async for page in issue_pages(gh, REPO)]
    assert [row.number for row in page.issues] == [1, 2]


async def test_issues_come_forty_eight_to_a_page(gh: GitHub, fake: FakeGitHub) -> None:
    pages = await read(gh, fake, Graph(issues=[issue(number, []) for number in range(1, 121)]))
    assert [len(page.issues) for page in pages] == [48, 48, 24]
    assert pages[0].total == 120
