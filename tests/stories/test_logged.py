"""What is logged of a command leads from its delivery to the comment that answers it, by the delivery's id."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from tests.stories.town import MEMBER, Town


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What a server writes to its log, line by line."""
    before = structlog.get_config()
    stream = io.StringIO()
    request.getfixturevalue("town")
    structlog.configure(processors=logs.processors(), logger_factory=structlog.PrintLoggerFactory(stream))
    yield stream
    structlog.configure(**before)


async def test_a_delivery_is_followed_by_its_id(town: Town, written: io.StringIO) -> None:
    """Stored, handled, answered, and the comment on GitHub: each line names the delivery as GitHub's own list does."""
    await town.say("/analytics help", MEMBER)
    # the answer is a comment, too, and comes back as a delivery of its own
    guid = next(one.guid for one in town.sandbox.deliveries if one.event == "issue_comment")
    await town.until(lambda: guid in written.getvalue().partition('"deliveries"')[2], "the log tells")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]

    stored = [line for line in lines if line["event"] == "deliveries are stored"]
    of_it = [line["event"] for line in lines if line.get("delivery") == guid and line["level"] == "info"]

    assert guid in [each for line in stored for each in line["deliveries"]]
    assert of_it == ["a delivery is handled", "a comment is written", "answered"]
    assert all(line["kind"] == "delivery" for line in lines if line.get("delivery") == guid)
