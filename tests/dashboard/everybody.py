"""One of each kind of person, signed in, before a place where something is and something is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.browsing import BROWSING
from dashboard import csrf
from dashboard.analysis import ANALYSES
from dashboard.sessions import COOKIE
from dashboard.static_files import address
from reports.pool import Pool
from storage.watermarks import Watermark, save_watermark
from tests.dashboard.every_address import Row, filled, gaps
from tests.dashboard.managing import Managed, open_managed, send
from tests.dashboard.people import NOW, Browser, Seen

TOKEN = "ghp_" + "k3Rq9ZtLw0aPxVbN" * 2
ELSEWHERE = "Z" * 43


@dataclass
class Here:
    """The place, everybody's browser, and what stands in the gaps of an address: there, and not there.

    forms: what a form has to say for the server to come to the question of who may send it.
    """

    managed: Managed
    browsers: dict[str, Browser]
    there: dict[str, str]
    not_there: dict[str, str]
    forms: dict[str, dict[str, str]] = field(default_factory=dict)

    def browser(self, person: str) -> Browser:
        return self.browsers.get(person) or self.managed.place.browser()

    async def ask(self, person: str, row: Row, path: str, *, page: bool, shows_token: bool = True) -> Seen:
        """Send a request as a browser does, for a page or for anything."""
        browser = self.browser(person)
        accept = {"Accept": "text/html"} if page else {}
        if row.method == "GET":
            return await browser.get(path, **accept)
        secret = browser.cookies.get(COOKIE)
        token = {"csrf": csrf.token(secret)} if secret and shows_token else {}
        return await browser.post(path, {**self.forms.get(row.path.rpartition("/")[2], {}), **token}, **accept)

    async def begin(self) -> None:
        """See that agate has an analysis that is done: each of them has one, and a row may have ended it."""
        agate = self.browsers["agate"]
        analyses = ANALYSES.of(await self.managed.place.front())
        if self.there.get("analysis") not in analyses.runs:
            seen = await send(agate, "/analyse", owner="basalt", repository="pit", token=TOKEN, period="all")
            assert seen.status == 303, seen.text
            self.there["analysis"] = seen.location.rpartition("/")[2]
            run = analyses.runs[self.there["analysis"]]
            async with asyncio.timeout(60):
                while not run.is_over:  # noqa: ASYNC110 - what is waited for tells nobody
                    await asyncio.sleep(0.02)
            assert run.state == "done", run.sentence


@asynccontextmanager
async def everybody(database: str, folder: Path) -> AsyncIterator[Here]:
    """Everybody has signed in; quartz/vault was captured, and is read by whoever may."""
    pool = Pool(1)
    async with open_managed(database, folder) as managed:
        place, world = managed.place, managed.place.world
        for login in ("beryl", "coral", "flint", "garnet", "topaz"):
            world.account(login)
        world.add_personal_token(TOKEN, "agate")
        place.app[BROWSING].services = replace(managed.services, pool=pool)
        browsers = {
            "slate": await managed.signed_in("slate"),
            "agate": await managed.signed_in("agate"),
            "neighbour": await managed.member("garnet", "admin", "basalt"),
            "viewer": await managed.viewer("topaz", "quartz/vault"),
            "member": await managed.member("beryl"),
            "admin": await managed.member("coral", "admin"),
            "owner": await managed.signed_in("jade"),
            "operator": await managed.operator("flint"),
        }
        made = await send(browsers["agate"], "/account/tokens", name="a script", scope="read:metrics", days="7")
        assert made.status == 200, made.text
        run = (await send(browsers["owner"], f"{managed.quartz}/collect")).location.rpartition("/")[2]
        await managed.work()
        vault = str(place.ids["quartz/vault"])
        read = Watermark(place.ids["quartz/vault"], "pulls", synced_at=NOW, newest_at=NOW, whole_history=True)
        await place.store.write(lambda conn: save_watermark(conn, read))
        there = {
            "owner": "quartz", "name": "vault", "metric": "pulls", "table": "pulls", "form": "json", "number": "1",
            "installation": str(place.ids["quartz"]), "repository_id": vault, "run": run, "token": "1",
            "file": address("almanac.css").rpartition("/")[2],
        }  # fmt: skip
        away = {**there, "name": "nothing", "installation": "999999", "token": "999999",
                "run": run.replace(there["installation"], "999999"), "file": "nothing.css"}  # fmt: skip
        yield Here(managed, browsers, there, away, {"grant": {"do": "grant", "repository": vault}})
    pool.close()


def addresses(here: Here, row: Row) -> tuple[str, str]:
    """Return an address of what is there, and the same of what is not."""
    there, away = dict(here.there), dict(here.not_there)
    if row.path.startswith("/analyse/"):
        there["run"], away["run"] = there["analysis"], ELSEWHERE
    if "/tables/" in row.path:
        there["table"] = away["table"] = "facts"
    if "vega-" in row.path:
        there["file"] = "vega-0000000000000000.js"
    if not gaps(row.path):
        return row.path, row.path + "/nothing"
    return filled(row.path, there), filled(row.path, away)
