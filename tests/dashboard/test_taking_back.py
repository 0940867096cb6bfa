"""What a person takes back, here or at GitHub, is worth nothing any more on either side."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from dashboard.api.callers import SIGN_IN_AGAIN
from handlers.events import event_named
from sandbox.faults import Fault, Match
from storage.sessions import GITHUB, NewPerson, save_person
from storage.user_tokens import user_token
from tests.dashboard.managing import Managed
from tests.dashboard.people import NOW, Browser, Place
from tests.dashboard.programs import program


async def leave_everywhere(place: Place, browser: Browser) -> None:
    assert (await browser.post("/logout/everywhere", {"csrf": await browser.csrf()})).status == 303
    front = await place.front()
    assert front.login.taking_back is not None
    await front.login.taking_back.close()


async def revoked(managed: Managed, payload: dict[str, Any]) -> None:
    event = event_named("github_app_authorization")
    assert event is not None
    await event.handle(managed.services, "guid", payload)


async def test_signing_out_everywhere_ends_the_token_at_github(managed: Managed) -> None:
    opal, jade = await managed.signed_in("opal"), await managed.signed_in("jade")
    assert len(managed.place.sandbox.state.gate.users) == 2
    await leave_everywhere(managed.place, opal)
    (left,) = managed.place.sandbox.state.gate.users.values()
    assert left.account.login == "jade"
    assert (await jade.get("/page")).status == 200


async def test_while_github_is_down_people_sign_out_all_the_same(managed: Managed) -> None:
    opal = await managed.signed_in("opal")
    fault = Fault(Match("DELETE", "/applications/*"), "status", status=502, times=None)
    managed.place.sandbox.faults.add(fault)
    await leave_everywhere(managed.place, opal)
    assert (await opal.get("/page")).status == 303


async def test_who_takes_their_word_back_at_github_is_signed_out_at_once(managed: Managed) -> None:
    place, opal, jade = managed.place, await managed.signed_in("opal"), await managed.signed_in("jade")
    number = place.world.account("opal").id
    await revoked(managed, {"action": "revoked", "sender": {"id": number, "login": "renamed-meanwhile"}})
    assert (await opal.get("/page")).status == 303
    assert (await jade.get("/page")).status == 200
    who = await managed.person("opal")
    assert await place.store.read(lambda conn: user_token(conn, who.id)) is None


async def test_what_their_programs_read_with_ends_at_once_too(managed: Managed) -> None:
    """What GitHub said a moment ago is kept for minutes, but not beyond their word."""
    place, browser = managed.place, await managed.signed_in("opal")
    script = await program(browser)
    await script.get("/repositories/quartz/vault")
    number = place.world.account("opal").id
    await revoked(managed, {"action": "revoked", "sender": {"id": number}})
    for path in ("/repositories/quartz/vault", "/repositories"):
        assert SIGN_IN_AGAIN in (await script.get(path, 401)).detail
    await place.browser().sign_in("opal")
    await script.get("/repositories/quartz/vault")


async def test_only_github_s_own_account_of_that_number_is_meant(managed: Managed) -> None:
    """Somebody of a provider may have the same number as their `sub`."""
    jade = await managed.signed_in("jade")
    number = managed.place.world.account("jade").id
    other = NewPerson("https://id.example", "7", "jade")
    await managed.place.store.write(lambda conn: save_person(conn, other, NOW))
    for payload in (
        {"action": "revoked", "sender": {"id": 7}}, {"action": "revoked"}, {"action": "revoked", "sender": "jade"},
        {"action": "granted", "sender": {"id": number}}, {"action": "revoked", "sender": {"id": str(number)}}, {},
    ):  # fmt: skip
        await revoked(managed, payload)
    assert (await jade.get("/page")).status == 200
    assert GITHUB == "github"


async def test_github_s_own_example_is_read(managed: Managed, shared_folder: Path) -> None:
    with gzip.open(shared_folder / "api" / "webhooks" / "examples.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    examples = [row["payload"] for row in rows if row["event"] == "github_app_authorization"]
    assert examples
    octocat = NewPerson(GITHUB, str(examples[0]["sender"]["id"]), "octocat")
    await managed.place.store.write(lambda conn: save_person(conn, octocat, NOW))
    for payload in examples:
        await revoked(managed, payload)
