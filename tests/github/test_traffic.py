"""Traffic as GitHub answers it: what is read, and what is kept as it came."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from analytics.traffic import Count, Listed, Traffic
from github.client import GitHub
from github.reads.traffic import PARTS, traffic_of
from tests.github.fake import FakeGitHub, Says
from tests.github.published import published
from tests.github.visits import PATH, REPO, answers, counted, line

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_six_answers_become_one_capture(gh: GitHub, fake: FakeGitHub) -> None:
    answers(fake)
    capture, faults = await traffic_of(gh, REPO, NOON)
    assert faults == ()
    assert (capture.repository_id, capture.captured_at) == (7, NOON)
    days = {date(2026, 11, 21): Count(20, 9), date(2026, 11, 22): Count(10, 5)}
    assert capture.views == Traffic(Count(30, 11), days)
    assert capture.clones == Traffic(Count(4, 4), {date(2026, 11, 20): Count(4, 4)})
    assert capture.view_weeks == {date(2026, 11, 9): Count(12, 6), date(2026, 11, 16): Count(18, 8)}
    assert capture.clone_weeks == {date(2026, 11, 16): Count(4, 4)}
    assert capture.referrers == (Listed("Google", 4, 3),)
    assert capture.paths == (Listed("/harbour/quay", 9, 5, "Quay"),)
    assert tuple(capture.raw) == PARTS
    assert gh.usage.requests == 6
    asked = [(heard.path.removeprefix(PATH), heard.query) for heard in fake.heard]
    assert sorted(asked, key=repr) == [
        ("clones", {"per": "day"}), ("clones", {"per": "week"}), ("popular/paths", {}), ("popular/referrers", {}),
        ("views", {"per": "day"}), ("views", {"per": "week"}),
    ]  # fmt: skip


async def test_bodies_are_kept_byte_for_byte(gh: GitHub, fake: FakeGitHub) -> None:
    """Spaces, the order of fields, fields nobody knows and escapes stay as GitHub wrote them."""
    body = b'{ "uniques":1,\n\t"count" : 2, "new": {"a": [1e2]}, "views": [] }\r\n'
    titled = '[{"path": "/harbour/quay", "title": "caf\\u00e9 - é", "count": 1, "uniques": 1}]'.encode()
    answers(fake, views=Says(body, headers={"etag": '"v1"'}), paths=Says(titled))
    for _ in range(2):  # never from memory: the second time is asked for as the first
        capture, _ = await traffic_of(gh, REPO, NOON)
        assert capture.raw["views"] == body
        assert capture.raw["paths"] == titled
        assert capture.views == Traffic(Count(2, 1), {})
        assert capture.paths == (Listed("/harbour/quay", 1, 1, "café - é"),)
    assert len(fake.heard) == 12
    assert len(gh._cache) == 0


async def test_nobody_came_is_an_answer_too(gh: GitHub, fake: FakeGitHub) -> None:
    nothing = {kind: Says(counted(kind, count=0, uniques=0)) for kind in ("views", "clones")}
    weeks = {"view_weeks": nothing["views"], "clone_weeks": nothing["clones"]}
    answers(fake, **nothing, **weeks, referrers=Says([]), paths=Says([]))
    capture, faults = await traffic_of(gh, REPO, NOON)
    assert faults == ()
    assert capture.views == capture.clones == Traffic(Count(0, 0), {})
    assert capture.view_weeks == capture.clone_weeks == {}
    assert capture.referrers == capture.paths == ()


async def test_githubs_own_examples_are_understood(gh: GitHub, fake: FakeGitHub, openapi: dict[str, Any]) -> None:
    """Its example of views has days; by week, no sense can be made of them and the part stays unknown."""
    paths = ("views", "clones", "popular/referrers", "popular/paths")
    example = {path: published(openapi, f"/repos/{{owner}}/{{repo}}/traffic/{path}") for path in paths}
    for path, content in example.items():
        fake.on("GET", PATH + path, Says(content))
    capture, faults = await traffic_of(gh, REPO, NOON)
    assert capture.views is not None
    assert capture.clones is not None
    assert (capture.views.total, capture.views.days[date(2016, 10, 10)]) == (Count(14850, 3782), Count(440, 143))
    assert len(capture.views.days) == len(example["views"]["views"])
    assert (capture.clones.total, len(capture.clones.days)) == (Count(173, 128), len(example["clones"]["clones"]))
    assert capture.referrers == (
        Listed("Google", 4, 3), Listed("stackoverflow.com", 2, 2), Listed("eggsonbread.com", 1, 1),
        Listed("yandex.ru", 1, 1),
    )  # fmt: skip
    assert capture.paths is not None
    assert (capture.paths[0].name, capture.paths[0].uniques) == ("/github/hubot", 2225)
    assert len(capture.paths) == 10
    assert [(fault.part, fault.status, fault.cause) for fault in faults] == [
        ("view_weeks", 200, "answer"),
        ("clone_weeks", 200, "answer"),
    ]


@pytest.mark.parametrize(
    "time", ["T00:00:00Z", "T00:00:00.000Z", "T00:00:00+00:00", "T02:00:00+02:00", "T00:00:00", ""]
)
async def test_a_day_is_its_utc_date(gh: GitHub, fake: FakeGitHub, time: str) -> None:
    answers(fake, views=Says(counted("views", line("2026-11-21", time=time))))
    capture, faults = await traffic_of(gh, REPO, NOON)
    assert faults == ()
    assert capture.views is not None
    assert capture.views.days == {date(2026, 11, 21): Count(3, 2)}


async def test_days_come_in_order_and_the_most_of_a_doubled_one(gh: GitHub, fake: FakeGitHub) -> None:
    lines = (line("2026-11-22", 1, 1), line("2026-11-21", 5, 2), line("2026-11-21", 4, 3))
    answers(fake, views=Says(counted("views", *lines)))
    capture, _ = await traffic_of(gh, REPO, NOON)
    assert capture.views is not None
    assert list(capture.views.days.items()) == [
        (date(2026, 11, 21), Count(5, 3)),
        (date(2026, 11, 22), Count(1, 1)),
    ]


async def test_a_path_without_a_title_is_a_path(gh: GitHub, fake: FakeGitHub) -> None:
    lines = [{"path": "/a", "count": 2, "uniques": 1}, {"path": "/b", "title": None, "count": 1, "uniques": 1}]
    answers(fake, paths=Says(lines))
    capture, _ = await traffic_of(gh, REPO, NOON)
    assert capture.paths == (Listed("/a", 2, 1), Listed("/b", 1, 1))


WEIRD: list[Any] = [
    None, [], {}, "traffic", {"count": 1, "uniques": 1}, {"count": 1, "uniques": 1, "views": None},
    {"views": [line("2026-11-21")]},  # without the answer's own total its 14-day uniques are unknown
    counted("views", {"timestamp": "2026-11-21T00:00:00Z", "count": 3}),
    counted("views", {"timestamp": "yesterday", "count": 3, "uniques": 2}),
    counted("views", {"timestamp": 1795305600, "count": 3, "uniques": 2}),
    counted("views", {"timestamp": "2026-11-21T00:00:00Z", "count": "3", "uniques": 2}),
    counted("views", line("2026-11-21", count=-1)),
    b"", b"2",
]  # fmt: skip


@pytest.mark.parametrize("content", WEIRD)
async def test_an_answer_without_sense_is_a_fault_and_its_body_is_kept(
    gh: GitHub, fake: FakeGitHub, content: Any
) -> None:
    answers(fake, views=Says(content))
    capture, (fault,) = await traffic_of(gh, REPO, NOON)
    assert capture.views is None
    assert capture.clones is not None
    assert (fault.part, fault.status, fault.cause) == ("views", 200, "answer")
    assert fault.reason.startswith("GitHub's answer could not be read: ")
    assert capture.raw["views"] == (content if isinstance(content, bytes) else msgspec.json.encode(content))


async def test_days_in_place_of_weeks_are_not_taken_for_weeks(gh: GitHub, fake: FakeGitHub) -> None:
    answers(fake, view_weeks=Says(counted("views", line("2026-11-16"), line("2026-11-17"))))
    capture, (fault,) = await traffic_of(gh, REPO, NOON)
    assert capture.view_weeks is None
    assert fault.reason.endswith("2026-11-17 is listed as a week and is not a Monday")


async def test_no_log_line_has_a_body_or_a_name(gh: GitHub, fake: FakeGitHub) -> None:
    answers(fake, paths=Says([{"path": 5}]))
    with capture_logs() as lines:
        await traffic_of(gh, REPO, NOON)
    assert "quay" not in repr(lines)
    assert "Google" not in repr(lines)
