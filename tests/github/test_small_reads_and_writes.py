"""What is read and written through REST."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from github.client import GitHub
from github.errors import Gone, Refused
from github.reads.app import app
from github.reads.comments import IssueComment, issue_comments
from github.reads.contents import file_text
from github.reads.permission import Permission, permission
from github.reads.repository import RepoRef, RepositoryFacts, repository
from github.writes import comments, reactions
from tests.github.fake import Drops, FakeGitHub, Says

REPO = RepoRef(7, "o", "r")
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
SAID = {
    "id": 7, "name": "r", "owner": {"login": "o"}, "private": True, "visibility": "internal", "default_branch": "main",
    "archived": False, "fork": True, "created_at": "2026-10-01T12:00:00Z",
}  # fmt: skip
FACTS = RepositoryFacts(7, "o", "r", "internal", "main", archived=False, is_fork=True, created_at=NOON)


async def test_a_repository_is_known_by_its_number_even_under_an_old_name(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", "/repos/o/old", Says({"message": "Moved Permanently"}, 301, {"location": "/repositories/7"}))
    fake.on("GET", "/repositories/7", Says(SAID))
    facts = await repository(gh, "o", "old")
    assert facts == FACTS
    assert facts.ref.full_name == "o/r"


async def test_a_repository_of_an_older_server_is_private_or_public(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", "/repos/o/r", Says({key: value for key, value in SAID.items() if key != "visibility"}))
    assert (await repository(gh, "o", "r")).visibility == "private"


async def test_the_app_knows_its_bot(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", "/app", Says({"id": 9, "slug": "almanac", "name": "Almanac"}))
    assert (await app(gh)).bot_login == "almanac[bot]"


async def test_comments_are_read_with_the_app_they_came_through(gh: GitHub, fake: FakeGitHub) -> None:
    said = [
        {
            "id": 1, "user": {"login": "almanac[bot]"}, "performed_via_github_app": {"id": 9}, "body": "hello",
            "created_at": "2026-10-01T12:00:00Z", "updated_at": "2026-10-01T12:00:00Z",
        },
        {"id": 2, "user": None, "body": None, "created_at": "2026-10-01T12:00:00Z"},
    ]  # fmt: skip
    fake.on("GET", "/repos/o/r/issues/5/comments", Says(said))
    assert [one async for one in issue_comments(gh, REPO, 5, since=NOON)] == [
        IssueComment(1, "almanac[bot]", 9, "hello", NOON, NOON),
        IssueComment(2, None, None, "", NOON, NOON),
    ]
    assert fake.heard[0].query == {"per_page": "100", "since": "2026-10-01T12:00:00Z"}


async def test_a_permission_is_a_level_and_a_role(gh: GitHub, fake: FakeGitHub) -> None:
    path = "/repos/o/r/collaborators/{}/permission"
    fake.on("GET", path.format("ada"), Says({"permission": "write", "role_name": "maintain"}))
    fake.on("GET", path.format("quartz%5Bbot%5D"), Says({"permission": "none"}))
    assert await permission(gh, REPO, "ada") == Permission("write", "maintain")
    assert (await permission(gh, REPO, "ada")).can_push
    assert await permission(gh, REPO, "quartz[bot]") == Permission("none", "none")
    assert await permission(gh, REPO, "nobody") == Permission("none", "none")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            Says({"type": "file", "encoding": "base64", "content": base64.encodebytes("é: 1\n".encode()).decode()}),
            "é: 1\n",
        ),
        (Says([{"type": "file", "name": "x"}]), None),  # a folder
        (Says({"type": "file", "encoding": "base64", "content": "/w=="}), "\ufffd"),  # not UTF-8
        (Says({"message": "Not Found"}, 404), None),
    ],
)
async def test_a_file_is_its_text_or_none(gh: GitHub, fake: FakeGitHub, answer: Says, expected: str | None) -> None:
    fake.on("GET", "/repos/o/r/contents/.github/analytics.yml", answer)
    assert await file_text(gh, "o", "r", ".github/analytics.yml") == expected


async def test_a_file_too_large_to_be_shown_is_not_absent(gh: GitHub, fake: FakeGitHub) -> None:
    answer = Says({"type": "file", "encoding": "none", "content": "", "size": 2_000_000})
    fake.on("GET", "/repos/o/r/contents/.github/analytics.yml", answer)
    with pytest.raises(Refused, match="larger than 1 MB"):
        await file_text(gh, "o", "r", ".github/analytics.yml")


async def test_a_comment_is_created_and_edited(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/repos/o/r/issues/5/comments", Says({"id": 11}, 201))
    fake.on("PATCH", "/repos/o/r/issues/comments/11", Says({"id": 11}))
    assert await comments.create(gh, REPO, 5, "one") == 11
    await comments.edit(gh, REPO, 11, "two")
    assert [heard.content for heard in fake.heard] == [{"body": "one"}, {"body": "two"}]


async def test_a_comment_too_long_for_github_is_not_sent(gh: GitHub, fake: FakeGitHub) -> None:
    with pytest.raises(ValueError, match="longer than GitHub's 65,536"):
        await comments.create(gh, REPO, 5, "x" * 65_537)
    assert fake.heard == []


async def test_a_deleted_comment_cannot_be_edited(gh: GitHub) -> None:
    with pytest.raises(Gone):
        await comments.edit(gh, REPO, 11, "two")


async def test_a_reaction_is_one_however_often_it_is_sent(gh: GitHub, fake: FakeGitHub) -> None:
    """GitHub answers 200 instead of 201 where the reaction is there already: a lost answer may be asked for again."""
    fake.on("POST", "/repos/o/r/issues/comments/1/reactions", Drops(), Says({"id": 3}, 200))
    assert await reactions.react(gh, REPO, 1, reactions.EYES) == 3
    assert fake.heard[1].content == {"content": "eyes"}


async def test_taking_back_a_reaction_that_is_not_there_is_fine(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("DELETE", "/repos/o/r/issues/comments/1/reactions/3", Says(status=204), Says({"message": "Not Found"}, 404))
    await reactions.unreact(gh, REPO, 1, 3)
    await reactions.unreact(gh, REPO, 1, 3)
    assert len(fake.heard) == 2
