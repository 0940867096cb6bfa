"""The judge of requests: it lets good ones pass and names what is wrong with the others."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from sandbox.state import RequestRecord
from tests.sandbox.conftest import NOW
from tests.sandbox.openapi import Description


@pytest.fixture(scope="module")
def description(shared_folder: Path) -> Description:
    return Description(shared_folder)


def record(method: str, path: str, query: dict[str, str] | None = None, body: object = None) -> RequestRecord:
    raw = b"" if body is None else msgspec.json.encode(body)
    return RequestRecord(method, path, query or {}, {}, raw, None, 200, NOW, "app")


@pytest.mark.parametrize(
    "good",
    [
        record("GET", "/repos/a/b/issues/1/comments", {"since": "2026-01-01T00:00:00Z", "per_page": "100"}),
        record("GET", "/repositories/7/issues", {"state": "all", "page": "2"}),
        record("POST", "/repos/a/b/issues/1/comments", body={"body": "hello"}),
        record("PATCH", "/api/v3/repos/a/b/issues/comments/1", body={"body": "hello"}),
        record("POST", "/repos/a/b/issues/comments/1/reactions", body={"content": "eyes"}),
        record("GET", "/repos/a/b/contents/.github/analytics.yml"),
        record("GET", "/repos/a/b/git/ref/heads/almanac-pictures"),
        record("PATCH", "/repos/a/b/git/refs/heads/almanac-pictures", body={"sha": "0" * 40, "force": False}),
        record("POST", "/app/installations/1/access_tokens", body={"repository_ids": [1]}),
        record("POST", "/app/hook/deliveries/1/attempts"),
        record("GET", "/repos/a/b/traffic/views", {"per": "week"}),
        record("GET", "/repos/a/b/actions/runs", {"created": "2026-11-01..2026-11-14", "per_page": "1"}),
        record("POST", "/graphql", body={"query": "{ viewer { login } }"}),
    ],
    ids=lambda one: f"{one.method} {one.path}",
)
def test_a_good_request_passes(description: Description, good: RequestRecord) -> None:
    assert description.faults(good) == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (record("GET", "/repos/a/b/nonsense/1/2"), "no operation"),
        (record("GET", "/repos/a/b/issues", {"colour": "red"}), "no parameter colour"),
        (record("GET", "/repos/a/b/issues", {"state": "ajar"}), "state"),
        (record("GET", "/repos/a/b/traffic/views", {"per": "month"}), "month"),
        (record("GET", "/repos/a/b/actions/runs", {"created": "lately"}), "no range of dates"),
        (record("POST", "/repos/a/b/issues/1/comments", body={}), "body"),
        (record("POST", "/repos/a/b/issues/1/comments"), "needs a body"),
        (record("POST", "/repos/a/b/issues/comments/1/reactions", body={"content": "tada"}), "tada"),
        (record("POST", "/app/installations/1/access_tokens", body={"repos": [1]}), "no field repos"),
        (record("DELETE", "/repos/a/b/issues/comments/1", body={"x": 1}), "takes no body"),
    ],
    ids=lambda one: one if isinstance(one, str) else f"{one.method} {one.path}",
)
def test_a_bad_request_is_told_why(description: Description, bad: RequestRecord, words: str) -> None:
    faults = description.faults(bad)

    assert any(words in fault for fault in faults), faults
