"""Signing in with a certified OpenID provider, its own forms filled in as a person does; roles decide what they see."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest

from dashboard.access import NOT_THERE
from dashboard.sessions import COOKIE
from storage import roles
from storage.sessions import Person, all_persons
from tests.dashboard import certified
from tests.dashboard.people import Browser, Place, Seen, open_place, query
from tests.stories.town import listener

SECRET = "a secret of this test's own, long enough for anybody"


@pytest.fixture
def port() -> int:
    """A port of this machine that is free."""
    with listener() as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
def issuer(port: int) -> Iterator[str]:
    """A provider that knows the dashboard on that port."""
    folder = certified.installed()
    if folder is None:
        pytest.skip("needs Node and npm's oidc-provider, which could not be installed here")
    back = f"http://127.0.0.1:{port}/login/oidc/callback"
    with certified.provider(folder, back, SECRET, "RS256") as found:
        yield found


@pytest.fixture
async def beside(issuer: str, port: int, database_file: Path, tmp_path: Path) -> AsyncIterator[Place]:
    """The dashboard beside the provider, whose clock is the machine's."""
    told = {
        "OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": "almanac", "OIDC_CLIENT_SECRET": SECRET, "OIDC_NAME": "Quartz",
        "OPERATORS": "opal@quartz.example jade jade@quartz.example",
    }  # fmt: skip
    async with open_place(f"sqlite:///{database_file}", tmp_path, PORT=str(port), **told) as place:
        place.sandbox.clock.set(datetime.now(UTC))
        place.sandbox.clock.thaw()
        yield place


class AtProvider:
    """A browser's stay at the provider, with the cookies that it sets there."""

    def __init__(self, browser: Browser, ours: str) -> None:
        self.browser = browser
        self.ours = ours
        self.cookies: dict[str, str] = {}

    async def ask(self, method: str, address: str, data: dict[str, str] | None = None) -> Seen:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        seen = await self.browser.ask(method, address, {"Cookie": cookie} if cookie else {}, data)
        for name, morsel in seen.cookies.items():
            self.cookies[name] = morsel.value
        return seen

    async def stay(self, address: str, login: str) -> str:
        """Fill in the provider's forms until it sends the browser back; return where to."""
        seen = await self.ask("GET", address)
        for _ in range(12):
            if seen.status in (302, 303):
                address = urljoin(address, seen.location)
                if address.startswith(self.ours):
                    return address
                seen = await self.ask("GET", address)
                continue
            action = re.search(r'action="([^"]+)"', seen.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', seen.text)
            assert action, seen.text
            assert prompt, seen.text
            address = urljoin(address, unescape(action[1]))
            given = {"login": login, "password": "any"} if prompt[1] == "login" else {}
            seen = await self.ask("POST", address, {"prompt": prompt[1], **given})
        raise AssertionError("the provider keeps asking")


async def leave(browser: Browser) -> str:
    seen = await browser.get("/login/oidc?next=/page")
    assert seen.status == 303, seen.text
    return seen.location


async def sign_in(place: Place, login: str) -> Browser:
    browser = place.browser()
    back = await AtProvider(browser, place.url).stay(await leave(browser), login)
    seen = await browser.get(back)
    assert (seen.status, seen.location) == (303, "/page"), seen.text
    return browser


async def person(place: Place, subject: str) -> Person:
    return next(one for one in await place.store.read(all_persons) if one.subject == subject)


async def test_somebody_signs_in_at_the_provider(beside: Place, issuer: str) -> None:
    assert "Sign in with Quartz" in (await beside.browser().get("/login")).text
    asked = query(await leave(beside.browser()))
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    browser = await sign_in(beside, "opal")
    assert (await browser.get("/page")).text.startswith("opal ")
    opal = await person(beside, "opal")
    assert (opal.issuer, opal.login, opal.name, opal.email) == (issuer, "opal", "Opal", "opal@quartz.example")


async def test_a_verified_address_makes_an_operator_and_an_unverified_one_or_a_name_does_not(beside: Place) -> None:
    opal, slate = await sign_in(beside, "opal"), await sign_in(beside, "slate")
    assert await beside.sees(opal) == ["basalt/pit*!", "quartz/mine*!", "quartz/vault*!"]
    assert await beside.sees(slate) == []
    assert (await person(beside, "slate")).email is None


async def test_roles_decide_what_people_of_the_provider_see_and_installations_are_apart(beside: Place) -> None:
    slate, ids, now = await sign_in(beside, "slate"), beside.ids, datetime.now(UTC)
    who = (await person(beside, "slate")).id
    await beside.store.write(lambda conn: roles.give_role(conn, who, ids["basalt"], "member", by="jade", at=now))
    assert await beside.sees(slate) == ["basalt/pit*"]
    for address in ("/repositories/quartz/vault", f"/installations/{ids['quartz']}", "/repositories/no/where"):
        seen = await slate.get(address)
        assert (seen.status, seen.text) == (404, NOT_THERE)


async def test_an_answer_of_the_provider_counts_once_and_in_its_own_browser(beside: Place) -> None:
    mine, other = beside.browser(), beside.browser()
    back = await AtProvider(mine, beside.url).stay(await leave(mine), "opal")
    await leave(other)
    assert (await other.get(back)).status == 400
    kept = dict(mine.cookies)
    assert (await mine.get(back)).status == 303
    mine.cookies = kept
    again = await mine.get(back)
    assert (again.status, COOKIE in again.cookies) == (400, False)


async def test_an_answer_that_names_another_provider_is_refused(beside: Place) -> None:
    """RFC 9207: this provider names itself in every answer."""
    browser = beside.browser()
    back = await AtProvider(browser, beside.url).stay(await leave(browser), "opal")
    assert "&iss=" in back
    assert (await browser.get(re.sub(r"&iss=[^&]+", "&iss=https://elsewhere.example", back))).status == 400
    back = await AtProvider(browser, beside.url).stay(await leave(browser), "opal")
    assert (await browser.get(re.sub(r"&iss=[^&]+", "", back))).status == 400


async def test_a_code_of_the_providers_is_tied_to_the_browser_that_began(beside: Place) -> None:
    victim, thief = beside.browser(), beside.browser()
    back = await AtProvider(victim, beside.url).stay(await leave(victim), "opal")
    state = query(await leave(thief))["state"]
    seen = await thief.get(re.sub(r"state=[^&]+", f"state={state}", back))
    assert (seen.status, COOKIE in seen.cookies) == (400, False)
