"""The webhook secret is exchanged while the server works: GitHub signs with the one before until its page is saved."""

from __future__ import annotations

import hmac

import msgspec

from github.deliveries import sign
from tests.stories.conftest import OpenTown

BEFORE = "the secret whose place another takes"
PING = msgspec.json.encode({"zen": "Keep it logically awesome."})


async def test_deliveries_are_taken_whichever_of_two_secrets_signs_them(town_of: OpenTown) -> None:
    async with town_of(GITHUB_WEBHOOK_SECRET_PREVIOUS=BEFORE) as town:
        assert town.world.app is not None
        for secret in (BEFORE, town.keys.webhook_secret):
            town.world.app.webhook_secret = secret
            assert town.answer_to(await town.say("/analytics help"))
        assert await town.deliver(PING, "ping", "another", sign(b"anybody's", PING)) == 401


async def test_a_secret_that_was_taken_away_signs_nothing(town_of: OpenTown) -> None:
    async with town_of() as town:
        assert await town.deliver(PING, "ping", "late", sign(BEFORE.encode(), PING)) == 401
        empty = "sha256=" + hmac.digest(b"", PING, "sha256").hex()
        assert await town.deliver(PING, "ping", "unsigned", empty) == 401, "no secret is not an empty one"
