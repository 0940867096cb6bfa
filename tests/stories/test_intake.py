"""POST /webhooks/github: what is taken, what is refused, and what is never lost."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

import storage.intake
from bot.arriving import MAX_DELIVERY
from bot.inbox import PATH
from github.deliveries import sign
from storage.intake import unpack
from tests.stories.town import Town

PING = b'{"zen": "Speak like a human."}'


async def test_a_signed_delivery_is_accepted(town: Town) -> None:
    """202 once it is on disk; the same again is 202 too and is not kept twice."""
    assert await town.deliver(PING, "ping", "one") == 202
    assert await town.deliver(PING, "ping", "one") == 202
    assert len(town.jobs("delivery")) == 1


@pytest.mark.parametrize("signature", [None, "sha256=" + "0" * 64, "sha1=" + "0" * 40, "nonsense", "sha256=é"])
async def test_a_delivery_that_is_not_githubs_is_refused(town: Town, signature: str | None) -> None:
    """Without the right signature over the raw body: 401, and nothing is kept."""
    assert await town.deliver(PING, "ping", signature=signature) == 401
    assert town.jobs("delivery") == []


@pytest.mark.parametrize(("event", "guid"), [(None, "one"), ("ping", None)])
async def test_missing_headers_are_refused(town: Town, event: str | None, guid: str | None) -> None:
    """Without X-GitHub-Event or X-GitHub-Delivery: 400."""
    assert await town.deliver(PING, event, guid) == 400
    assert town.jobs("delivery") == []


@pytest.mark.parametrize("body", [b"", b"payload=%7B%7D", b"{", b"[1]", b"\xff\xfe"])
async def test_what_is_not_a_json_object_is_refused(town: Town, body: bytes) -> None:
    """Signed, but not JSON: 400."""
    assert await town.deliver(body, "ping") == 400
    assert town.jobs("delivery") == []


@pytest.mark.parametrize("body", [b'{"n": NaN}', '{"n": 1}'.encode("utf-16"), b'\xef\xbb\xbf{"n": 1}'])
async def test_what_only_python_takes_for_json_is_refused(town: Town, body: bytes) -> None:
    assert await town.deliver(body, "ping") == 400


async def test_a_body_is_taken_as_it_came(town: Town) -> None:
    """What says that it is compressed is not inflated: a signature is over bytes, and a stranger's are not read."""
    packed = gzip.compress(PING)
    for body, signature, status in ((b"no gzip at all", "sha256=" + "0" * 64, 401), (packed, "", 400)):
        signed = signature or sign(town.keys.webhook_secret.encode(), body)
        headers = {"X-Hub-Signature-256": signed, "X-GitHub-Event": "ping", "X-GitHub-Delivery": "packed"}
        headers["Content-Encoding"] = "gzip"
        async with town.session.post(f"{town.url}{PATH}", data=body, headers=headers) as response:
            assert response.status == status
    assert town.jobs("delivery") == []


async def test_no_body_is_waited_for_without_a_signature(town: Town) -> None:
    """A stranger's bodies are not even held until they are whole."""
    address = urlsplit(town.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: here\r\nContent-Length: 20000000\r\n\r\n{{".encode())
    async with asyncio.timeout(5):
        assert b" 401 " in await reader.readline()
    writer.close()


async def test_what_could_not_be_stored_is_not_acknowledged(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, so that GitHub's list of deliveries shows it as failed; sent again, it is taken."""

    def failing(event: str, body: bytes) -> bytes:
        raise OSError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(storage.intake, "pack", failing)
        assert await town.deliver(PING, "ping", "one") == 503
    assert town.jobs("delivery") == []
    assert await town.deliver(PING, "ping", "one") == 202


async def test_twenty_five_mebibytes_are_the_most(town: Town) -> None:
    """GitHub's cap is accepted to the byte; one more is 413."""
    largest = b'{"zen": "' + b"x" * (MAX_DELIVERY - 11) + b'"}'
    assert len(largest) == MAX_DELIVERY
    assert await town.deliver(largest, "ping", "large") == 202
    assert await town.deliver(largest + b" ", "ping", "too-large") == 413
    assert len(town.jobs("delivery")) == 1


async def test_every_example_github_publishes_is_accepted_and_ends(town: Town, shared_folder: Path) -> None:
    """All 329 published payloads answer 2xx, none of them ends dead, and none makes a comment."""
    packed = (shared_folder / "api/webhooks/examples.jsonl.gz").read_bytes()
    examples = [msgspec.json.decode(line) for line in gzip.decompress(packed).splitlines()]
    assert len(examples) == 329
    for place, example in enumerate(examples):
        body = msgspec.json.encode(example["payload"])
        assert await town.deliver(body, example["event"], f"example-{place}") == 202, example["event"]
    await town.settled()
    assert {job["state"] for job in town.jobs("delivery")} == {"done"}
    assert len(town.jobs("delivery")) == 329
    assert not [one for one in town.requests() if one.method == "POST" and "/comments" in one.path]


async def test_a_delivery_that_cannot_be_worked_on_is_kept(town: Town) -> None:
    """After the last attempt the job is dead but there, payload and all, and the thread gets one neutral sentence."""
    broken = town.break_("status", "POST", "/graphql", times=None, status=200, body='{"data": null}')
    said = await town.say("/analytics pulls")
    for _ in range(8):
        await town.wait(hours=1)
    assert broken.hit >= 6
    (job,) = [one for one in town.jobs("delivery") if one["state"] == "dead"]
    assert job["attempts"] == 6
    (kept,) = town.rows("SELECT body FROM payloads WHERE job_id = ?", job["id"])
    assert b"/analytics pulls" in unpack(kept["body"])[1]
    await town.until(lambda: "could not" in town.answers_to(said)[0]["body"], "the sentence")
    body = town.answer_to(said)
    assert "could not be answered, through no fault of the question" in body
    assert f"`{job['key']}`" in body
    assert len(town.answers()) == 1


async def test_health(town: Town) -> None:
    """/healthz says that the process answers, /readyz that it works, with the queue's counts."""
    await town.say("/analytics help")
    async with town.session.get(f"{town.url}/healthz") as response:
        assert (response.status, await response.json()) == (200, {"status": "alive"})
    async with town.session.get(f"{town.url}/readyz") as response:
        answer = await response.json()
    assert response.status == 200
    assert answer["status"] == "ready"
    assert answer["jobs"]["dead"] == 0
    assert answer["jobs"]["done"] >= 2
