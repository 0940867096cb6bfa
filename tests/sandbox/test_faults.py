"""Faults: what goes wrong, for which requests, how often, and the same way every time."""

from __future__ import annotations

import aiohttp
import pytest

from sandbox.faults import Fault, Faults, Match
from sandbox.server import Sandbox
from tests.sandbox.conftest import Client

SECRET = "/repos/acme/secret"
COMMENTS = "/repos/acme/secret/issues/1/comments"


async def test_a_status_with_headers_instead_of_an_answer(client: Client, sandbox: Sandbox, token: str) -> None:
    fault = sandbox.faults.add(Fault(Match("GET", SECRET), "status", status=503, headers={"Retry-After": "7"}))

    first, second = await client.get(SECRET, token), await client.get(SECRET, token)

    assert (first.status, first.headers["Retry-After"], second.status) == (503, "7", 200)
    assert fault.hit == 1


async def test_a_dropped_connection_changes_nothing(client: Client, sandbox: Sandbox, token: str) -> None:
    sandbox.faults.add(Fault(Match("POST"), "drop"))

    with pytest.raises(aiohttp.ClientError):
        await client.post(COMMENTS, token, body="lost")

    assert sandbox.comments("acme/secret", 1) == []
    assert sandbox.requests[-1].status == 0


async def test_a_lost_response_leaves_the_write_done(client: Client, sandbox: Sandbox, token: str) -> None:
    sandbox.faults.add(Fault(Match("POST", "*/comments"), "lose_response"))

    with pytest.raises(aiohttp.ClientError):
        await client.post(COMMENTS, token, body="written all the same")

    assert [one["body"] for one in sandbox.comments("acme/secret", 1)] == ["written all the same"]


async def test_a_truncated_body(client: Client, sandbox: Sandbox, token: str) -> None:
    sandbox.faults.add(Fault(Match(path=SECRET), "truncate"))

    with pytest.raises(aiohttp.ClientPayloadError):
        await client.get(SECRET, token)

    assert (await client.get(SECRET, token)).status == 200


async def test_a_wrong_content_type(client: Client, sandbox: Sandbox, token: str) -> None:
    sandbox.faults.add(Fault(Match(path=SECRET), "content_type"))

    reply = await client.get(SECRET, token)

    assert reply.headers["Content-Type"].startswith("text/html")
    assert b'"full_name":"acme/secret"' in reply.body


async def test_a_fault_of_one_graphql_operation(client: Client, sandbox: Sandbox, token: str) -> None:
    sandbox.faults.add(Fault(Match(operation="Pulls"), "status", status=502, times=None))

    assert (await client.post("/graphql", token, query="query Pulls { viewer { login } }")).status == 502
    assert (await client.post("/graphql", token, query="query Issues { viewer { login } }")).status == 200
    assert [one.operation for one in sandbox.requests[-2:]] == ["Pulls", "Issues"]


def test_the_first_pass_and_then_so_many_fail() -> None:
    faults = Faults()
    faults.add(Fault(Match(), "drop", skip=1, times=2))

    hits = [faults.draw("GET", "/", None) is not None for _ in range(5)]

    assert hits == [False, True, True, False, False]


def test_chance_repeats_with_its_seed() -> None:
    def run(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault(Match(), "drop", times=None, probability=0.3))
        return [faults.draw("GET", "/", None) is not None for _ in range(200)]

    assert run(7) == run(7)
    assert run(7) != run(8)
    assert 30 <= sum(run(7)) <= 90


def test_the_first_fault_that_fits_is_met() -> None:
    faults = Faults()
    faults.add(Fault(Match("POST"), "drop"))
    second = faults.add(Fault(Match(path="/repos/*/issues"), "status"))

    assert faults.draw("GET", "/repos/acme/rocket/issues", None) is second
    faults.clear()
    assert faults.draw("POST", "/", None) is None


def test_an_unknown_kind_of_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of fault"):
        Fault.from_json({"kind": "gremlins"})
    with pytest.raises(ValueError, match="colour"):
        Fault.from_json({"kind": "drop", "colour": "red"})


async def test_a_redirect_to_the_same_address(client: Client, sandbox: Sandbox, token: str) -> None:
    """Whoever follows it comes to what was asked for."""
    moved = sandbox.faults.add(Fault(Match(path=SECRET), "redirect"))

    reply = await client.ask("GET", SECRET, token=token, follow=True)

    assert (moved.hit, reply.status) == (1, 200)
    assert [one.status for one in sandbox.requests[-2:]] == [301, 200]


async def test_a_body_that_takes_its_time_arrives_whole(client: Client, sandbox: Sandbox, token: str) -> None:
    sandbox.faults.add(Fault(Match(path=SECRET), "slow_body", delay=0.05))

    slow, quick = await client.get(SECRET, token), await client.get(SECRET, token)

    assert slow.status == 200
    assert slow.body == quick.body
