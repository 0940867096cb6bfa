"""Private numbers stay where they were asked for; pictures are hosted only where everyone may see them."""

from __future__ import annotations

import pytest

from reports.sentences import HOSTED_ELSEWHERE, NO_ADDRESS
from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN, STRONGROOM, Town


def has_no_picture(body: str) -> bool:
    return not any(part in body for part in ("/pictures/", "<picture", "<img", "http"))


async def test_a_private_repository_gets_tables_and_no_picture(town: Town) -> None:
    """Nothing of a private repository is put under an address that needs no login; the answer says so."""
    number = town.open_issue(STRONGROOM)
    said = await town.say("/analytics time-to-merge 90d", repository=STRONGROOM, number=number)
    body = town.answer_to(said)
    assert has_no_picture(body)
    assert HOSTED_ELSEWHERE in body
    assert "| last 90 days | before |" in body
    assert "```mermaid" in body
    assert stored_pictures(town) == 0


async def test_an_internal_repository_is_as_private(town: Town) -> None:
    """Everyone in the company may see it: that is not everyone."""
    found = town.world.repository(LANTERN)
    assert found is not None
    found.visibility = "internal"
    body = town.answer_to(await town.say("/analytics 90d"))
    assert has_no_picture(body)
    assert HOSTED_ELSEWHERE in body
    assert stored_pictures(town) == 0


@pytest.mark.parametrize("address", ["", "http://almanac.example.com"])
async def test_without_a_usable_address_there_is_no_picture(town_of: OpenTown, address: str) -> None:
    """Pictures come from https only (or, for trying out, from loopback): otherwise the numbers stand as text."""
    async with town_of(PUBLIC_URL=address) as town:
        body = town.answer_to(await town.say("/analytics time-to-merge 90d"))
        assert has_no_picture(body)
        assert NO_ADDRESS in body
        assert stored_pictures(town) == 0


async def test_an_https_address_is_used(town_of: OpenTown) -> None:
    """With PUBLIC_URL on https the pictures are linked there."""
    async with town_of(PUBLIC_URL="https://almanac.example.com/") as town:
        body = town.answer_to(await town.say("/analytics time-to-merge 90d"))
        assert 'src="https://almanac.example.com/pictures/' in body


def stored_pictures(town: Town) -> int:
    return len(town.rows("SELECT address FROM pictures"))
