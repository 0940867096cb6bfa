"""What a registration gives out, as GitHub's own description has it, and how one stands."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from github.client import GitHub
from github.credentials import Nobody
from github.endpoints import Endpoints
from github.errors import Gone, Unsure
from github.reads.registration import hook, registration
from github.wire import Wire
from github.writes.manifest import convert, registered
from tests.github.fake import Clock, CutsOff, FakeGitHub, Says


@pytest.fixture
def nobody(session: aiohttp.ClientSession, endpoints: Endpoints, clock: Clock) -> GitHub:
    return GitHub(Wire(session, endpoints, clock.sleep), Nobody(), endpoints, clock.now, jitter=lambda: 0.0)


@pytest.fixture
def example(openapi: dict[str, Any]) -> dict[str, Any]:
    """GitHub's published example of a conversion."""
    value: dict[str, Any] = openapi["components"]["examples"]["integration-from-manifest"]["value"]
    return value


async def test_a_code_is_exchanged_by_nobody_and_once(
    fake: FakeGitHub, nobody: GitHub, example: dict[str, Any]
) -> None:
    fake.on("POST", "/app-manifests/c-0de/conversions", Says(example, 201))
    made = await convert(nobody, "c-0de")
    assert (made.app_id, made.slug, made.page) == (example["id"], example["slug"], example["html_url"])
    assert made.private_key == example["pem"]
    assert example["webhook_secret"] not in repr(made)
    assert example["pem"][40:80] not in repr(made)
    assert example["client_secret"] not in repr(made)
    (heard,) = fake.heard
    assert "authorization" not in {name.lower() for name in heard.headers}


async def test_a_code_that_is_used_up_is_gone(fake: FakeGitHub, nobody: GitHub) -> None:
    fake.on("POST", "/app-manifests/c-0de/conversions", Says({"message": "Not Found"}, 404))
    with pytest.raises(Gone) as gone:
        await convert(nobody, "c-0de")
    assert "c-0de" not in str(gone.value), "a code is as good as the keys"


async def test_a_lost_answer_is_not_asked_for_twice(fake: FakeGitHub, nobody: GitHub) -> None:
    fake.on("POST", "/app-manifests/c-0de/conversions", CutsOff())
    with pytest.raises(Unsure):
        await convert(nobody, "c-0de")
    assert len(fake.heard) == 1


@pytest.mark.parametrize("name", ["id", "slug", "html_url", "client_id", "client_secret", "webhook_secret", "pem"])
def test_what_an_app_cannot_do_without_is_named(example: dict[str, Any], name: str) -> None:
    for said in ({**example, name: None}, {key: value for key, value in example.items() if key != name}):
        with pytest.raises(ValueError, match=f"GitHub's answer has no {name}$"):
            registered(said)


async def test_a_registration_and_its_webhook(fake: FakeGitHub, gh: GitHub, openapi: dict[str, Any]) -> None:
    said = openapi["components"]["examples"]["integration"]["value"]
    fake.on("GET", "/app", Says(said))
    known = await registration(gh)
    assert (known.id, known.page) == (said["id"], said["html_url"])
    assert (known.permissions, known.events) == (said["permissions"], frozenset(said["events"]))
    fake.on("GET", "/app/hook/config", Says({"url": "https://a.example", "content_type": "json", "insecure_ssl": "0"}))
    config = await hook(gh)
    assert (config.url, config.content_type, config.is_signed, config.checks_certificates) == (
        "https://a.example", "json", False, True,
    )  # fmt: skip


async def test_a_webhook_that_is_not_set_up(fake: FakeGitHub, gh: GitHub) -> None:
    fake.on("GET", "/app/hook/config", Says({"url": "", "insecure_ssl": 1, "secret": "********"}))
    config = await hook(gh)
    assert (config.url, config.content_type, config.is_signed, config.checks_certificates) == (
        None,
        "form",
        True,
        False,
    )
