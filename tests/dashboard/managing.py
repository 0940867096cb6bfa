"""People who look after an installation: a place whose server also works its queue, and forms as browsers send them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

from bot.browsing import BROWSING
from bot.clients import Clients
from bot.jobs import TIMED, kinds
from bot.worker import Worker
from dashboard.access import NOT_THERE
from github.auth import App
from github.endpoints import Endpoints
from reports.services import Services
from storage.backlog import to_do
from storage.roles import give_role, give_view, set_operator
from storage.sessions import Person, all_persons
from tests.dashboard.people import NOW, Browser, Place, Seen, open_place

HTML = "text/html"
OTHERS = ("agate", "slate")
"""Somebody of another installation, and somebody who may see nothing."""


@dataclass
class Managed:
    """A place, its services with GitHub in them, and the browsers of its people."""

    place: Place
    services: Services

    @property
    def quartz(self) -> str:
        """The address of the installation that jade owns."""
        return f"/i/{self.place.ids['quartz']}"

    async def signed_in(self, login: str) -> Browser:
        """Return the browser of somebody who has just signed in."""
        browser = self.place.browser()
        await browser.sign_in(login)
        return browser

    async def person(self, login: str) -> Person:
        """Return somebody who has signed in before."""
        return next(one for one in await self.place.store.read(all_persons) if one.login == login)

    async def member(self, login: str = "opal", role: str = "member", owner: str = "quartz") -> Browser:
        """Sign somebody in and give them a role in an owner's installation; return their browser."""
        browser = await self.signed_in(login)
        who, number = await self.person(login), self.place.ids[owner]
        await self.place.store.write(
            lambda conn: give_role(conn, who.id, number, role, by="a test", at=NOW)  # type: ignore[arg-type]
        )
        return browser

    async def viewer(self, login: str, repository: str) -> Browser:
        """Sign somebody in and let them see one repository."""
        browser = await self.signed_in(login)
        who, number = await self.person(login), self.place.ids[repository]
        await self.place.store.write(lambda conn: give_view(conn, who.id, number, by="a test", at=NOW))
        return browser

    async def operator(self, login: str = "slate") -> Browser:
        """Sign somebody in and make them an operator; return their browser."""
        browser = await self.signed_in(login)
        who = await self.person(login)
        await self.place.store.write(lambda conn: set_operator(conn, who.id, is_operator=True))
        return browser

    async def work(self) -> None:
        """Run what is due, as the server's worker does, until nothing is."""
        services = self.services
        worker = Worker(services.store, kinds(services), services.wakeup, services.now, jitter=lambda: 1.0)
        services.wakeup.set()
        task = asyncio.create_task(worker.work())
        try:
            async with asyncio.timeout(60):
                while await services.store.read(lambda conn: to_do(conn, TIMED, services.now())):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await worker.drain(5)

    async def is_closed_to_others(self, *pages: str, forms: tuple[str, ...] = ()) -> None:
        """Check that to others these addresses are what is not there, to the letter."""
        for login in OTHERS:
            browser = await self.signed_in(login)
            answers = [await browser.get(one) for one in pages] + [await send(browser, one) for one in forms]
            for seen in answers:
                assert (seen.status, seen.text) == (404, NOT_THERE), (login, pages, forms, seen.text[:200])


async def look(browser: Browser, address: str, status: int = 200) -> Seen:
    """Open a page as a browser does."""
    seen = await browser.get(address, Accept=HTML)
    assert seen.status == status, (address, seen.status, seen.text[:2000])
    return seen


async def send(browser: Browser, address: str, **fields: str) -> Seen:
    """Send a form with the session's token; what names end in an underscore is a word of Python's."""
    form = {"csrf": await browser.csrf(), **{name.rstrip("_"): value for name, value in fields.items()}}
    return await browser.post(address, form)


async def refuses_foreign_forms(browser: Browser, address: str, **fields: str) -> None:
    """Check that a form without the session's token, and one from elsewhere, change nothing and get 403."""
    for form, headers in (
        (fields, {}),
        ({**fields, "csrf": "0" * 64}, {}),
        ({**fields, "csrf": await browser.csrf()}, {"Origin": "https://elsewhere.example"}),
    ):
        assert (await browser.post(address, form, **headers)).status == 403


def words(html: str) -> str:
    """Return the text of a page as it is read, without its head."""
    body = html.partition("<main")[2]
    plain = re.sub(r"<(?:br|wbr)[^>]*>", "", body)
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", plain)))
    return re.sub(r" (?=[,;.)])", "", text).replace("( ", "(")


@asynccontextmanager
async def open_managed(database: str, folder: Path, **changed: str) -> AsyncIterator[Managed]:
    """Open a place whose dashboard and jobs may ask GitHub."""
    async with open_place(database, folder, **changed) as place:
        browsing = place.app[BROWSING]
        endpoints = Endpoints.of(place.sandbox.url)
        assert place.world.app is not None
        app = App(str(place.world.app.id), browsing.settings.private_key)
        place.sandbox.limits.points_per_minute = 1_000_000  # time stands still, so every minute is the same one
        services = browsing.services
        clients = Clients(place.session, app, endpoints, services.now, services.sleep)
        browsing.services = replace(
            services, github=clients.installation, as_app=clients.as_app, budgets=clients.budgets
        )
        yield Managed(place, browsing.services)
