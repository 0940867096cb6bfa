"""Hostile names of all that people name freely, through every command, page and file: they are only ever text."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import sandbox.traffic_generated
from reports.keys import KEY
from sandbox.things import Issue, Milestone, Pull, Release
from sandbox.traffic_names import path_of, referrer_of
from tests.dashboard.answering import BASE
from tests.dashboard.people import Browser
from tests.reports.rendered import Page, rendered
from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN, MEMBER, Town, listener, people_and_github, serving
from tests.stories.visits import captured

MARK = "zq9x"
"""Stands in each hostile name, so that what came of it is found."""
HOSTILE = (
    f"=HYPERLINK(1) @octocat #1 quartz-labs/ember#2 https://evil.example/{MARK} <img src=x onerror=alert(1)>"
    " ![a](x) [a](javascript:x) `b` | cell </td></details> <!-- almanac:answer-1-1 --> **bold** &lt;b&gt; \u202eleft"
)
NO_SPACE = f"<img/src=x/onerror=alert(1)>@octocat|{MARK}|`b`"  # as git takes it in a branch's or a tag's name
EVERY = (
    "overview", "pulls", "issues", "time-to-merge", "first-review", "review-matrix", "authors", "commits", "sizes",
    "releases", "waiting", "traffic", "referrers", "paths", "stars", "status", "export pulls", "issues label=bug",
    "org-traffic",
)  # fmt: skip
FILES = ("pulls", "issues", "releases", "commits", "traffic")
LONG_AGO = "2026-01-01T00:00:00Z"
LIVE = re.compile(r"@octocat|ember#2|evil\.example|(?<!`)#1\b", re.IGNORECASE)
FILE = re.compile(r'attachment; filename="[\w.-]+"')
FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.])")


def spoil(town: Town) -> None:
    """Give everything in the repository a hostile name that GitHub would take."""
    repository = town.world.required(LANTERN)
    milestone = Milestone(
        id=1,
        number=1,
        title=HOSTILE,
        creator=None,
        created_at="2026-01-01T00:00:00Z",
        updated_at="2026-01-01T00:00:00Z",
    )
    for thread in repository.threads.values():
        thread.title, thread.labels, thread.milestone = f"{HOSTILE} {thread.number}", ("bug", HOSTILE[:50]), milestone
        if isinstance(thread, Pull):
            thread.head_ref = NO_SPACE
    for release in repository.releases:
        release.name, release.tag = HOSTILE, f"{release.tag}-{NO_SPACE}"
    for commit in repository.commits:
        commit.message = f"{HOSTILE}\n\n{HOSTILE}"
    repository.description = HOSTILE
    assert any(isinstance(one, Issue) for one in repository.threads.values())
    assert all(isinstance(one, Release) for one in repository.releases)


@pytest.fixture
async def town(town_of: OpenTown, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town in which every name is hostile, also those of the places that its visitors come from."""
    del town_of  # which has the stories share one pool
    monkeypatch.setattr(sandbox.traffic_generated, "referrer_of", lambda number: f"{HOSTILE} {referrer_of(number)}")
    monkeypatch.setattr(sandbox.traffic_generated, "path_of", lambda page, name: f"{path_of(page, name)}/{NO_SPACE}")
    with listener() as listening:
        async with people_and_github(folder, listening.getsockname()[1]) as opened:
            spoil(opened)
            told = {"GITHUB_CLIENT_ID": opened.keys.client_id, "GITHUB_CLIENT_SECRET": opened.keys.client_secret}
            async with serving(opened, listening, folder, **told):
                yield opened


def harmless_in_markdown(body: str) -> None:
    """Check what GitHub makes of a comment: code and text, and of ours a link or picture, but none of a name's."""
    assert len(KEY.findall(body)) == 1, body[-500:]
    page = Page(body)
    assert not LIVE.search(page.outside), LIVE.search(page.outside)
    must_have_no_foreign_tag(rendered(KEY.sub("", body)))


class Tags(HTMLParser):
    """Collects what an attack would bring: elements, attributes and comments that hold what names hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            said = value or ""
            if name.startswith("on") or (name == "src" and said == "x") or said.lower().startswith("javascript:"):
                self.wrong.append(f"<{tag} {name}={said!r}>")
            if name in {"href", "src", "action"} and said.startswith(("https://evil.example", "//evil")):
                self.wrong.append(f"<{tag} {name}={said!r}>")

    def handle_comment(self, data: str) -> None:
        if "answer-1-1" in data:
            self.wrong.append(f"<!--{data}-->")


def must_have_no_foreign_tag(page: str) -> None:
    assert Tags(page).wrong == []


async def test_in_threads(town: Town) -> None:
    """Each command once; together they name what was made hostile."""
    await captured(town)
    said = []
    for words in EVERY:
        body = town.answer_to(await town.say(f"/analytics {words} 1y" if " " not in words else f"/analytics {words}"))
        harmless_in_markdown(body)
        said.append(body)
    everything = html.unescape("\n".join(said))
    assert everything.count(MARK) > 10, "names are shown, so that something was tried"


async def test_on_pages_and_in_files(town: Town) -> None:
    await captured(town)
    for words in ("pulls 1y", "issues 1y", "commits 1y", "releases 1y"):
        await town.say(f"/analytics {words}")
    await town.settled()
    shown = 0
    for browser in [await signed_in(town)]:
        for name in (*FILES, "referrers", "paths"):
            for address in (f"{BASE}/data/{name}", f"{BASE}/{name}"):
                seen = await browser.get(address, Accept="text/html")
                must_have_no_foreign_tag(seen.text)
                shown += html.unescape(seen.text).count(MARK)
            for kind in ("csv", "json"):
                seen = await browser.get(f"{BASE}/data/{name}.{kind}")
                if seen.status != 200:
                    continue
                assert re.fullmatch(r'attachment; filename="[\w.-]+"', seen.headers.get("Content-Disposition", "")), (
                    kind
                )
                shown += seen.text.count(MARK)
                harmless_in_file(kind, seen.text)
    assert shown > 10


async def signed_in(town: Town) -> Browser:
    browser = Browser(town.session, town.url)
    await browser.sign_in(MEMBER, "/")
    return browser


def harmless_in_file(kind: str, text: str) -> None:
    if kind == "json":
        loaded: Any = json.loads(text)
        assert loaded
        return
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [cell for cell in cells if FORMULA.match(cell)] == []
