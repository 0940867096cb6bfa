"""GraphQL: pull requests, reviews, timelines, issues, commits and releases as GitHub answers them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.dataset import Dataset
from sandbox.load import load
from sandbox.world import World
from tests.sandbox.conftest import Client


def rows() -> Dataset:
    """A repository with one of everything that is told apart."""
    pull: dict[str, Any] = {"author": "amber-lynx", "additions": 3, "deletions": 1, "changed_files": 2, "labels": ["x"]}
    return Dataset(
        {"full_name": "acme/data", "default_branch": "trunk", "snapshot_at": "2026-11-20T00:00:00Z"},
        pulls=[
            {**pull, "number": 1, "title": "Merged", "state": "closed", "draft": None, "base_ref": "trunk",
             "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-05T00:00:00Z",
             "closed_at": "2026-01-03T00:00:00Z", "merged_at": "2026-01-03T00:00:00Z", "merged_by": "idle-heron",
             "merge_commit_sha": "c3"},
            {**pull, "number": 2, "title": "Abandoned", "state": "closed", "author": None,
             "created_at": "2026-01-02T00:00:00Z", "updated_at": "2026-01-09T00:00:00Z",
             "closed_at": "2026-01-09T00:00:00Z", "merged_at": None},
            {**pull, "number": 3, "title": "Open", "state": "open", "draft": True, "author": "dependabot",
             "author_type": "Bot", "created_at": "2026-01-03T00:00:00Z", "updated_at": "2026-01-04T00:00:00Z",
             "closed_at": None, "merged_at": None},
        ],
        reviews=[
            {"number": 1, "id": "PRR_2", "author": "idle-heron", "state": "APPROVED",
             "submitted_at": "2026-01-02T12:00:00Z"},
            {"number": 1, "id": "PRR_1", "author": "idle-heron", "state": "COMMENTED",
             "submitted_at": "2026-01-02T00:00:00Z"},
        ],
        issues=[
            {"number": 4, "title": "Wish", "state": "closed", "author": "idle-heron", "state_reason": "not_planned",
             "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-06T00:00:00Z",
             "closed_at": "2026-01-06T00:00:00Z", "labels": []},
            {"number": 5, "title": "Bug", "state": "open", "author": "idle-heron",
             "created_at": "2026-01-02T00:00:00Z", "updated_at": "2026-01-02T00:00:00Z", "closed_at": None},
        ],
        comments=[
            {"number": 4, "kind": "issue_comment", "author": "amber-lynx", "created_at": "2026-01-02T00:00:00Z",
             "updated_at": "2026-01-02T00:00:00Z", "body_length": 70},
            {"number": 1, "kind": "review_comment", "author": "amber-lynx", "created_at": "2026-01-02T00:00:00Z",
             "updated_at": "2026-01-02T00:00:00Z", "body_length": 7},
        ],
        commits=[
            {"sha": "c3", "parents": ["c1", "c2"], "author": "amber-lynx", "author_date": "2026-01-03T00:00:00Z",
             "committer": "h:abc", "committer_date": "2026-01-03T00:00:00Z", "additions": None, "deletions": None},
            {"sha": "c2", "parents": ["c1"], "author": "h:0123", "author_date": "2026-01-01T12:00:00Z",
             "committer": "h:0123", "committer_date": "2026-01-02T00:00:00Z", "additions": 5, "deletions": 2},
            {"sha": "c1", "parents": [], "author": "amber-lynx", "author_date": "2026-01-01T00:00:00Z",
             "committer": "amber-lynx", "committer_date": "2026-01-01T00:00:00Z", "additions": 1, "deletions": 0},
        ],
        timeline=[
            {"number": 3, "id": "RR_1", "event": "review_requested", "created_at": "2026-01-03T01:00:00Z",
             "actor": "amber-lynx", "requested_reviewer": "idle-heron"},
            {"number": 3, "id": "RR_2", "event": "review_requested", "created_at": "2026-01-03T02:00:00Z",
             "actor": "amber-lynx", "requested_team": "pilots"},
            {"number": 3, "id": "CD_1", "event": "convert_to_draft", "created_at": "2026-01-03T03:00:00Z",
             "actor": "amber-lynx"},
        ],
        releases=[
            {"id": 11, "tag_name": "v1", "name": "One", "created_at": "2026-01-03T00:00:00Z",
             "published_at": "2026-01-03T01:00:00Z", "prerelease": False, "draft": False, "target_sha": "c3"},
            {"id": 12, "tag_name": "v2", "name": "Two", "created_at": "2026-01-04T00:00:00Z", "published_at": None,
             "prerelease": False, "draft": True, "target_sha": None},
        ],
    )  # fmt: skip


@pytest.fixture
def data(world: World) -> None:
    load(world, [rows()])


def inside(query: str) -> str:
    return f'query Q {{ repository(owner: "acme", name: "data") {{ {query} }} }}'


async def asked(client: Client, token: str, query: str) -> Any:
    body = await client.graphql(inside(query), token)
    assert "errors" not in body, body["errors"]
    return body["data"]["repository"]


async def test_pull_requests_come_as_last_updated_first(client: Client, data: None, token: str) -> None:
    repository = await asked(client, token, """
        pullRequests(first: 25, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount nodes {
            number title state isDraft mergedAt closedAt merged additions deletions changedFiles baseRefName
            author { __typename login } mergedBy { login } labels(first: 5) { nodes { name } } } }
    """)  # fmt: skip

    pulls = repository["pullRequests"]
    assert pulls["totalCount"] == 3
    assert [one["number"] for one in pulls["nodes"]] == [2, 1, 3]
    abandoned, merged, opened = pulls["nodes"]
    assert (merged["state"], merged["mergedBy"]["login"], merged["isDraft"]) == ("MERGED", "idle-heron", False)
    assert (merged["additions"], merged["baseRefName"]) == (3, "trunk")
    assert merged["labels"] == {"nodes": [{"name": "x"}]}
    assert (abandoned["state"], abandoned["author"]) == ("CLOSED", None)
    assert (opened["state"], opened["isDraft"], opened["closedAt"]) == ("OPEN", True, None)
    assert opened["author"] == {"__typename": "Bot", "login": "dependabot"}
    assert merged["author"] == {"__typename": "User", "login": "amber-lynx"}


@pytest.mark.parametrize(("states", "numbers"), [("OPEN", [3]), ("CLOSED", [2]), ("[MERGED, OPEN]", [1, 3])])
async def test_pull_requests_are_chosen_by_state(
    client: Client, data: None, token: str, states: str, numbers: list[int]
) -> None:
    repository = await asked(client, token, f"pullRequests(first: 9, states: {states}) {{ nodes {{ number }} }}")

    assert [one["number"] for one in repository["pullRequests"]["nodes"]] == numbers


async def test_reviews_come_in_the_order_they_were_submitted(client: Client, data: None, token: str) -> None:
    repository = await asked(client, token, """
        pullRequest(number: 1) { reviewDecision reviews(first: 50) { totalCount nodes {
            id state submittedAt author { login } } } }
    """)  # fmt: skip

    pull = repository["pullRequest"]
    assert [one["id"] for one in pull["reviews"]["nodes"]] == ["PRR_1", "PRR_2"]
    assert pull["reviews"]["nodes"][0]["state"] == "COMMENTED"
    assert pull["reviewDecision"] == "APPROVED"


async def test_a_timeline_holds_the_turns_asked_for(client: Client, data: None, token: str) -> None:
    repository = await asked(client, token, """
        pullRequest(number: 3) {
            timelineItems(first: 50, itemTypes: [REVIEW_REQUESTED_EVENT]) { totalCount filteredCount nodes {
                __typename ... on ReviewRequestedEvent { id createdAt actor { login } requestedReviewer {
                    __typename ... on User { login } ... on Team { slug } } } } }
            reviewRequests(first: 5) { nodes { requestedReviewer { ... on User { login } ... on Team { slug } } } } }
    """)  # fmt: skip

    timeline = repository["pullRequest"]["timelineItems"]
    assert (timeline["totalCount"], timeline["filteredCount"]) == (3, 2)
    assert [one["requestedReviewer"] for one in timeline["nodes"]] == [
        {"__typename": "User", "login": "idle-heron"},
        {"__typename": "Team", "slug": "pilots"},
    ]
    pending = repository["pullRequest"]["reviewRequests"]["nodes"]
    assert [one["requestedReviewer"] for one in pending] == [{"login": "idle-heron"}, {"slug": "pilots"}]


async def test_merging_and_closing_are_told_where_the_data_has_no_timeline(
    client: Client, data: None, token: str
) -> None:
    repository = await asked(client, token, """
        one: pullRequest(number: 1) { timelineItems(first: 9) { nodes { __typename
            ... on MergedEvent { createdAt actor { login } } ... on ClosedEvent { createdAt } } } }
        two: pullRequest(number: 2) { timelineItems(first: 9) { nodes { __typename } } }
    """)  # fmt: skip

    moment = "2026-01-03T00:00:00Z"
    assert repository["one"]["timelineItems"]["nodes"] == [
        {"__typename": "MergedEvent", "createdAt": moment, "actor": {"login": "idle-heron"}},
        {"__typename": "ClosedEvent", "createdAt": moment},
    ]
    assert repository["two"]["timelineItems"]["nodes"] == [{"__typename": "ClosedEvent"}]


async def test_issues_are_never_pull_requests(client: Client, data: None, token: str) -> None:
    repository = await asked(client, token, """
        all: issues(first: 9) { totalCount nodes { number state stateReason comments(first: 1) { totalCount nodes {
            author { login } bodyText } } } }
        since: issues(first: 9, filterBy: {since: "2026-01-03T00:00:00Z"}) { nodes { number } }
        open: issues(first: 9, states: [OPEN]) { nodes { number } }
    """)  # fmt: skip

    wish, bug = repository["all"]["nodes"]
    assert (wish["number"], wish["state"], wish["stateReason"]) == (4, "CLOSED", "NOT_PLANNED")
    assert wish["comments"]["totalCount"] == 1
    assert len(wish["comments"]["nodes"][0]["bodyText"]) == 70
    assert (bug["state"], bug["stateReason"]) == ("OPEN", None)
    assert repository["since"]["nodes"] == [{"number": 4}]
    assert repository["open"]["nodes"] == [{"number": 5}]


async def test_the_history_of_the_default_branch(client: Client, data: None, token: str) -> None:
    repository = await asked(client, token, """
        defaultBranchRef { name target { ... on Commit { oid
            history(first: 100) { totalCount nodes { oid committedDate authoredDate additions deletions
                parents(first: 0) { totalCount } author { email user { login } } } }
            part: history(first: 9, since: "2026-01-02T00:00:00Z", until: "2026-01-02T23:00:00Z") { nodes { oid } }
        } } }
    """)  # fmt: skip

    branch = repository["defaultBranchRef"]
    newest, middle, oldest = branch["target"]["history"]["nodes"]
    assert (branch["name"], branch["target"]["oid"]) == ("trunk", "c3")
    assert (newest["oid"], newest["parents"]["totalCount"], newest["additions"]) == ("c3", 2, 0)
    assert middle["author"] == {"email": "0123@users.invalid", "user": None}
    assert (middle["authoredDate"], middle["committedDate"]) == ("2026-01-01T12:00:00Z", "2026-01-02T00:00:00Z")
    assert oldest["author"]["user"] == {"login": "amber-lynx"}
    assert branch["target"]["part"]["nodes"] == [{"oid": "c2"}]


async def test_releases_without_drafts(client: Client, data: None, token: str) -> None:
    repository = await asked(client, token, """
        releases(first: 10, orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes {
            tagName name isPrerelease isDraft publishedAt tagCommit { oid } } }
        latestRelease { tagName }
    """)  # fmt: skip

    assert repository["releases"]["totalCount"] == 1
    assert repository["releases"]["nodes"][0]["tagCommit"] == {"oid": "c3"}
    assert repository["latestRelease"] == {"tagName": "v1"}


async def test_a_comment_written_now_is_the_newest_update(client: Client, data: None, token: str) -> None:
    """Lists are sorted anew once something changed."""
    query = "pullRequests(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { number } }"
    assert (await asked(client, token, query))["pullRequests"]["nodes"] == [{"number": 2}]

    await client.post("/repos/acme/data/issues/3/comments", token, body="Still there?")

    assert (await asked(client, token, query))["pullRequests"]["nodes"] == [{"number": 3}]


async def test_the_repository_by_its_old_name(client: Client, world: World, data: None, token: str) -> None:
    repository = world.repository("acme/data")
    assert repository is not None
    world.rename_repository(repository, "facts")

    assert (await asked(client, token, "databaseId nameWithOwner visibility")) == {
        "databaseId": repository.id,
        "nameWithOwner": "acme/facts",
        "visibility": "PUBLIC",
    }
