"""What one reader has had computed a moment ago is never shown to another who may see less of it, in no form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from storage.configurations import KnownFile, save_file
from storage.engine import Store
from tests.dashboard.answering import BASE, READER, Watched, words
from tests.dashboard.people import NOW, Browser
from tests.dashboard.programs import Program, program
from tests.stories.town import LANTERN
from tests.stories.visits import installed

TRAFFIC = re.compile(r"referrer|visitor|clones|\bviews\b", re.IGNORECASE)
MOST = 12  # charts of a page


@dataclass
class Forms:
    """An answer in every form that it has. texts: by address · pictures: the bytes of each chart."""

    texts: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)


async def forms(watched: Watched, browser: Browser, script: Program, metric: str, period: str) -> Forms:
    """Ask for an answer as page, files, charts in all forms, and through the API; of one repository and of all."""
    found, query = Forms(), f"?period={period}"
    town = watched.town
    for base in (BASE, f"/i/{installed(town).id}/numbers"):
        page = await browser.get(f"{base}/{metric}{query}", Accept="text/html")
        assert page.status == 200, page.text
        found.texts[f"{base} page"] = words(page.text.partition("<main")[2])
        found.texts[f"{base} json"] = (await watched.data(browser, f"{base}/{metric}.json{query}")).decode()
        found.texts[f"{base} csv"] = (await watched.data(browser, f"{base}/{metric}.csv{query}")).decode("latin-1")
        shown = {int(one) for one in re.findall(r"/chart/(\d+)\.png", page.text)}
        for number in sorted(shown):
            for form in ("json", "svg", "png"):
                data = await watched.data(browser, f"{base}/{metric}/chart/{number}.{form}{query}")
                if form == "png":
                    found.pictures[f"{base} {number}"] = data
                else:
                    found.texts[f"{base} {number} {form}"] = data.decode()
        beyond = await browser.get(f"{base}/{metric}/chart/{max(shown, default=0) + 1}.json{query}")
        assert beyond.status == 404
    answer = await script.get(f"/repositories/{LANTERN}/metrics/{metric}{query}")
    found.texts["api"] = answer.body.decode()
    tables = await script.get(f"/repositories/{LANTERN}/metrics/{metric}/tables/facts{query}")
    found.texts["api facts"] = tables.body.decode()
    return found


async def test_traffic_that_a_member_has_just_seen_is_in_nothing_that_a_reader_gets(watched: Watched) -> None:
    await watched.read("/analytics overview 90d")
    reader = await watched.reader()
    scripts = [await program(one, "read:metrics", "read:traffic") for one in (watched.member, reader)]
    members = await forms(watched, watched.member, scripts[0], "overview", "90d")
    readers = await forms(watched, reader, scripts[1], "overview", "90d")
    for address in (f"{BASE} page", f"{BASE} json", "api", "api facts"):
        assert TRAFFIC.search(members.texts[address]), f"the member sees traffic in {address}"
    for address, text in readers.texts.items():
        said = text.replace("Traffic is part of it only for people who may see it", "")
        assert TRAFFIC.search(said) is None, (READER, address, TRAFFIC.search(said))
    told = [json.loads(one.texts[f"{BASE} json"])["metrics"]["overview"]["facts"] for one in (members, readers)]
    assert set(told[0]) > set(told[1]), "the rest of the answer is there"


async def test_logins_that_were_shown_before_owners_hid_them_are_in_nothing_afterwards(watched: Watched) -> None:
    """The clock stands: the answer with names on the shelf is seconds old, and nobody gets it any more."""
    await watched.read("/analytics authors 90d")
    script = await program(watched.member, "read:metrics")
    before = await forms(watched, watched.member, script, "authors", "90d")
    text = "people: hidden\n"
    known = KnownFile(installed(watched.town).id, LANTERN, text, text, NOW, NOW)
    store = await Store.open(f"sqlite:///{watched.town.database}")
    await store.write(lambda conn: save_file(conn, known))
    await store.close()
    after = await forms(watched, watched.member, script, "authors", "90d")
    logins = {row["login"] for row in watched.town.rows("SELECT login FROM actors")}
    named = {one for one in logins if any(one in before.texts[form] for form in (f"{BASE} page", "api"))}
    assert len(named) > 2, "they were shown"
    for address, text in after.texts.items():
        assert [one for one in named if one in text] == [], address
