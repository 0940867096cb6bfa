"""Workflow runs, counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from github.client import GitHub
from github.errors import Refused
from github.reads.repository import RepoRef
from github.reads.workflow_runs import runs_between
from tests.github.fake import FakeGitHub, Says
from tests.github.published import published

REPO = RepoRef(7, "harbour", "quay")
PATH = "/repos/harbour/quay/actions/runs"
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 15)


async def test_runs_are_counted_without_the_day_of_the_end(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", PATH, Says({"total_count": 1234, "workflow_runs": [{"id": 1}]}))
    assert await runs_between(gh, REPO, SINCE, UNTIL) == 1234
    assert fake.heard[0].query == {"created": "2026-11-01..2026-11-14", "per_page": "1"}


async def test_one_day_is_a_span_as_well(gh: GitHub, fake: FakeGitHub, openapi: dict[str, Any]) -> None:
    fake.on("GET", PATH, Says(published(openapi, "/repos/{owner}/{repo}/actions/runs")))
    assert await runs_between(gh, REPO, SINCE, date(2026, 11, 2)) == 1
    assert fake.heard[0].query["created"] == "2026-11-01..2026-11-01"


async def test_no_runs_are_zero_and_no_number_is_not(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", PATH, Says({"total_count": 0, "workflow_runs": []}), Says({"workflow_runs": []}), Says([]))
    assert await runs_between(gh, REPO, SINCE, UNTIL) == 0
    for _ in range(2):
        with pytest.raises(Refused, match="does not say"):
            await runs_between(gh, REPO, SINCE, UNTIL)


async def test_without_the_permission_it_is_refused(gh: GitHub, fake: FakeGitHub) -> None:
    headers = {"x-accepted-github-permissions": "actions=read"}
    fake.on("GET", PATH, Says({"message": "Resource not accessible by integration"}, 403, headers))
    with pytest.raises(Refused) as raised:
        await runs_between(gh, REPO, SINCE, UNTIL)
    assert raised.value.permission == "actions=read"


async def test_a_span_without_days_is_refused_here(gh: GitHub, fake: FakeGitHub) -> None:
    with pytest.raises(ValueError, match="is not before"):
        await runs_between(gh, REPO, UNTIL, UNTIL)
    assert fake.heard == []
