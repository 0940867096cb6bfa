"""What the set-up refuses, what it says when something fails, and that nothing else is served meanwhile."""

from __future__ import annotations

import asyncio
import errno
import html
import os
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.credentials import FILE, stored
from bot.serving import runner_of
from bot.settings import Incomplete
from bot.setup_server import create_setup_app, without_app
from dashboard.forms import UNREADABLE
from dashboard.setup_door import SLOWED
from dashboard.setup_shown import SetupShown
from github.deliveries import sign
from sandbox.clock import Clock
from sandbox.faults import Fault, Match
from sandbox.server import Sandbox
from sandbox.world import World
from tests.stories.town import listener, shortly

HIDDEN = re.compile(r'name="(csrf|manifest)" value="([^"]*)"')
ACTION = re.compile(r'<form method="post" action="([^"]*)"')
WRONG = re.compile(r'class="wrong"[^>]*>([^<]*)<')
CONVERSIONS = Match("POST", "/app-manifests/*/conversions")


@dataclass
class Page:
    """An answer of the set-up, read."""

    status: int
    url: str
    text: str
    headers: dict[str, str]

    @property
    def hidden(self) -> dict[str, str]:
        return {name: html.unescape(value) for name, value in HIDDEN.findall(self.text)}

    @property
    def action(self) -> str:
        return html.unescape(ACTION.findall(self.text)[0])

    @property
    def wrong(self) -> str:
        return html.unescape(" ".join(WRONG.findall(self.text)))

    @property
    def title(self) -> str:
        return html.unescape(re.findall(r"<h1>(.*?)</h1>", self.text)[0])


class Person:
    """A browser without JavaScript, and the log beside it."""

    def __init__(self, url: str, sandbox: Sandbox, data_dir: Path, log: list[str], over: asyncio.Event) -> None:
        self.url, self.sandbox, self.data_dir, self.log, self.over = url, sandbox, data_dir, log, over
        self.slept: list[float] = []
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await shortly(seconds)

    async def get(self, path: str, **options: object) -> Page:
        return await self.ask("GET", path, **options)

    async def post(self, path: str, form: dict[str, str] | list[tuple[str, str]], **options: object) -> Page:
        return await self.ask("POST", path, data=form, **options)

    async def ask(self, method: str, path: str, **options: object) -> Page:
        url = path if path.startswith("http") else self.url + path
        async with self.session.request(method, url, **options) as response:  # type: ignore[arg-type]
            return Page(response.status, str(response.url), await response.text(), dict(response.headers))

    async def enter(self) -> Page:
        return await self.post("/setup/code", {"code": self.log[-1]})

    async def choose(self, *groups: str) -> Page:
        """Choose an own App with these groups; return the page that leads to GitHub."""
        page = await self.enter()
        form = [("csrf", page.hidden["csrf"]), ("owner", "person"), ("name", "Numbers")]
        return await self.post("/setup/choice", form + [("groups", name) for name in groups])

    async def confirm(self, review: Page) -> str:
        """Go to GitHub and confirm there; return the address that GitHub leads back to."""
        asked = await self.post(review.action, {"manifest": review.hidden["manifest"]})
        assert asked.status == 200, asked.text
        confirmed = await self.post(self.sandbox.url + asked.action, {"name": "Numbers"}, allow_redirects=False)
        return confirmed.headers["Location"]

    async def register(self, *groups: str) -> Page:
        return await self.get(await self.confirm(await self.choose(*groups)))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(World(Clock()), hook_delay=0) as sandbox:
        yield sandbox


@pytest.fixture
async def person(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Person]:
    log: list[str] = []
    over = asyncio.Event()
    with listener() as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = without_app(
            {
                "GITHUB_API_URL": sandbox.url,
                "GITHUB_URL": sandbox.url,
                "PUBLIC_URL": url,
                "DATA_DIR": str(tmp_path / "data"),
            }
        )
        made = Person(url, sandbox, tmp_path / "data", log, over)
        runner = runner_of(create_setup_app(settings, over, log.append, made.sleep))
        await runner.setup()
        await web.SockSite(runner, listening).start()
        yield made
        await made.session.close()
        await runner.cleanup()


async def test_nothing_else_is_served(person: Person) -> None:
    """Health is, for whoever starts the container; everything else gets one sentence, whatever the method."""
    assert (await person.get("/healthz")).status == 200
    for method, path in (
        ("GET", "/"),
        ("GET", "/readyz"),
        ("POST", "/tick"),
        ("PUT", "/pictures/x.png"),
        ("GET", "/setup/x"),
    ):
        page = await person.ask(method, path)
        assert (page.status, page.text.count("\n")) == (503, 1), path
        assert page.text.startswith("Almanac is not set up yet: open /setup")
    assert (await person.post("/webhooks/github", {"a": "b"})).status == 503


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"\xff\xfe"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"code=a"),
        ("multipart/form-data", b"code=a"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
    ],
)
async def test_what_is_no_form_is_refused_in_the_clear_words_of_no_stack(
    person: Person, kind: str, body: bytes
) -> None:
    with capture_logs() as logs:
        page = await person.ask("POST", "/setup/code", headers={"Content-Type": kind}, data=aiohttp.BytesPayload(body))
    assert (page.status, page.text) == (400, UNREADABLE)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert not logs


async def test_a_mistake_of_ours_is_a_page_of_ours(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: SetupShown, _request: web.Request) -> None:
        raise LookupError("what nobody foresaw")

    monkeypatch.setattr(SetupShown, "elsewhere", broken)
    with capture_logs() as logs:
        page = await person.get("/setup?code=secret")
    assert (page.status, page.title) == (500, "That did not work")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert [(one["event"], one["path"]) for one in logs] == [("a request was not answered", "/setup")]
    assert "secret" not in str(logs)


async def test_without_the_code_there_is_nothing_to_see(person: Person) -> None:
    assert "The code from the server's log" in html.unescape((await person.get("/setup")).text)
    for path in ("/setup/review", "/setup/registered?code=a&state=b", "/setup/checks"):
        page = await person.get(path)
        assert (page.status, page.title) == (401, "Set up Almanac"), path
    for path in ("/setup/choice", "/setup/again", "/setup/finish"):
        assert (await person.post(path, {"csrf": "x"})).status == 401, path
    assert not person.over.is_set()


async def test_a_wrong_code_opens_nothing_and_keeps_nobody_out(person: Person) -> None:
    """Whoever has the right one gets in at once, while strangers guess."""
    asked = len(person.slept)
    for _ in range(10):
        page = await person.post("/setup/code", {"code": "k7mn-2xqp-9rtd"})
        assert (page.status, page.wrong) == (
            403,
            "That is not the code. The last one in the log is the one that counts.",
        )
    assert person.slept[asked:] == [SLOWED] * 10
    assert len(person.log) == 1
    assert (await person.enter()).title == "Whose App, and what may it do?"
    assert len(person.slept) == asked + 10


async def test_a_form_of_another_site_is_refused(person: Person) -> None:
    page = await person.post("/setup/code", {"code": person.log[-1]}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403
    inside = await person.enter()
    for path in ("/setup/choice", "/setup/again", "/setup/finish"):
        refused = await person.post(path, {"csrf": inside.hidden["csrf"] + "x", "owner": "person", "name": "Numbers"})
        assert (refused.status, refused.wrong) == (403, "This form is not the one that this server has shown."), path


async def test_the_cookie_and_the_pages_are_closed_to_others(person: Person) -> None:
    page = await person.post("/setup/code", {"code": person.log[-1]}, allow_redirects=False)
    cookie = page.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/setup"))
    for path in ("/setup", "/setup/setup.css", "/setup/checks"):
        headers = (await person.get(path)).headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith(
            "default-src 'none'; style-src 'self'; form-action 'self' "
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert (await person.get("/setup")).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"name": " "}, "The App needs a name"),
        ({"name": "N" * 35}, "The App needs a name of at most 34"),
        ({"owner": "organisation", "organisation": ""}, "Write the organisation's name"),
        ({"owner": "organisation", "organisation": "octo/../x"}, "Write the organisation's name"),
        ({"owner": "organisation", "organisation": "https://github.com/octo"}, "Write the organisation's name"),
    ],
)
async def test_a_choice_that_github_would_refuse_is_asked_for_again(
    person: Person, said: dict[str, str], wrong: str
) -> None:
    page = await person.enter()
    form = {"csrf": page.hidden["csrf"], "owner": "person", "name": "Numbers", **said}
    again = await person.post("/setup/choice", form)
    assert again.status == 422
    assert again.wrong.startswith(wrong)


async def test_a_state_that_was_not_begun_here_is_refused(person: Person) -> None:
    back = await person.confirm(await person.choose("traffic"))
    code = parse_qs(urlsplit(back).query)["code"][0]
    for state in ("", "state=invented", "state=%ff"):
        page = await person.get(f"/setup/registered?code={code}&{state}")
        assert (page.status, page.title) == (403, "That did not work")
    assert stored(person.data_dir) is None
    assert (await person.get(back)).title == "Registered", "and the right one is still good"


async def test_what_came_back_once_is_good_no_second_time(person: Person) -> None:
    back = await person.confirm(await person.choose())
    await person.get(back)
    kept = (person.data_dir / FILE).read_bytes()
    again = await person.get(back)
    assert (again.status, again.url) == (200, f"{person.url}/setup/checks")
    assert (person.data_dir / FILE).read_bytes() == kept
    assert person.sandbox.tally["POST", "/app-manifests/{code}/conversions", 201] == 1


async def test_a_code_that_github_does_not_know_is_told(person: Person) -> None:
    back = await person.confirm(await person.choose())
    person.sandbox.state.manifests.made.clear()
    page = await person.get(back)
    assert page.status == 502
    assert page.wrong.startswith("GitHub does not know the code it sent")
    assert "Begin again" in page.text
    assert "csrf" not in page.hidden


async def test_an_outage_of_github_loses_nothing(person: Person) -> None:
    back = await person.confirm(await person.choose())
    person.sandbox.faults.add(Fault(CONVERSIONS, "drop", times=None))
    page = await person.get(back)
    assert page.status == 502
    assert page.wrong.startswith("GitHub has not given out the keys")
    assert parse_qs(urlsplit(back).query)["code"][0] not in page.text
    person.sandbox.faults.clear()
    again = await person.post("/setup/again", page.hidden)
    assert again.title == "Registered"


async def test_an_answer_that_lacks_the_key_is_told(person: Person) -> None:
    back = await person.confirm(await person.choose())
    person.sandbox.faults.add(
        Fault(CONVERSIONS, "status", status=201, body='{"id": 7, "webhook_secret": "deaf-otter"}')
    )
    page = await person.get(back)
    assert "has no slug, no html_url, no client_id, no client_secret, no pem" in page.wrong
    assert "otter" not in page.text


async def test_a_disk_that_takes_nothing_is_told_before_the_code_is_used_up(person: Person) -> None:
    review = await person.choose()
    shutil.rmtree(person.data_dir)
    person.data_dir.write_text("a file where the folder was")
    page = await person.get(await person.confirm(review))
    assert page.status == 502
    assert page.wrong.startswith(f"The keys could not be stored in {person.data_dir}")
    assert person.sandbox.tally["POST", "/app-manifests/{code}/conversions", 201] == 0
    begin = await person.get("/setup")
    assert re.search(
        r'<li class="fail">\s*<span class="mark">Fails</span>\s*<div>\s*<h3>Where the keys will lie', begin.text
    )
    person.data_dir.unlink()
    assert (await person.post("/setup/again", page.hidden)).title == "Registered"
    assert stored(person.data_dir) is not None


async def test_keys_that_the_disk_did_not_take_are_stored_at_the_next_try(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub gives them out once: until they are stored they stay in memory."""
    back = await person.confirm(await person.choose())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr("bot.registering.keep", full)
        page = await person.get(back)
    assert page.wrong.endswith("No space left on device.")
    assert (await person.post("/setup/again", page.hidden)).title == "Registered"
    assert person.sandbox.tally["POST", "/app-manifests/{code}/conversions", 201] == 1
    kept = stored(person.data_dir)
    assert kept is not None
    assert person.sandbox.world.app is not None
    assert kept.webhook_secret == person.sandbox.world.app.webhook_secret


async def test_credentials_that_appeared_meanwhile_are_not_overwritten(person: Person) -> None:
    back = await person.confirm(await person.choose())
    (person.data_dir / FILE).write_text("somebody else's")
    page = await person.get(back)
    assert page.wrong.startswith(
        f"{person.data_dir / FILE} holds credentials already, and nothing was written over them."
    )
    assert (person.data_dir / FILE).read_text() == "somebody else's"
    assert person.sandbox.tally["POST", "/app-manifests/{code}/conversions", 201] == 0


async def test_webhooks_are_proven_by_githubs_own_ping(person: Person) -> None:
    page = await person.register("traffic", "settings-file")
    assert "GitHub has sent one, it arrived, and its signature is right." in page.text
    assert "A manifest cannot name .github/analytics.yml" in page.text
    kept = stored(person.data_dir)
    assert kept is not None
    assert kept.groups == ("traffic", "settings-file")
    statuses = [(one.event, one.status_code) for one in person.sandbox.deliveries]
    assert statuses == [("ping", 503), ("ping", 202)], "the first came before its secret was known here"

    async def deliver(event: str, secret: str) -> int:
        headers = {"X-GitHub-Event": event, "X-Hub-Signature-256": sign(secret.encode(), b"{}")}
        async with person.session.post(f"{person.url}/webhooks/github", data=b"{}", headers=headers) as response:
            return response.status

    assert await deliver("ping", "another secret") == 401
    assert await deliver("issue_comment", kept.webhook_secret) == 503, "GitHub is asked for it again by the App itself"


async def test_webhooks_that_do_not_arrive_are_told_with_what_helps(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.setting_up.PING_WITHIN", 0.1)
    back = await person.confirm(await person.choose())
    assert person.sandbox.world.app is not None
    person.sandbox.world.app.webhook_url = "http://127.0.0.1:9/webhooks/github"
    page = await person.get(back)
    assert page.title == "Registered; something needs a hand"
    text = html.unescape(page.text)
    assert f"To http://127.0.0.1:9/webhooks/github, and this server is at {person.url}/webhooks/github." in text
    assert "none has arrived." in text
    assert "Advanced → Recent deliveries" in text


async def test_the_last_click_closes_the_setup(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.setting_up.LINGERS", 0.0)
    page = await person.register("traffic")
    assert not person.over.is_set()
    last = await person.post("/setup/finish", page.hidden)
    assert f'href="{person.sandbox.url}/apps/numbers/installations/new"' in last.text
    # the App is one half: the dashboard is where one signs in, and OPERATORS is who looks after it
    assert f'href="{person.url}/"' in last.text
    assert "Sign in there with your account at GitHub" in last.text
    assert "named in <code>OPERATORS</code>" in last.text
    assert "That is nobody yet" in last.text
    await asyncio.wait_for(person.over.wait(), 5)


async def test_an_app_that_nobody_starts_starts_by_itself(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.setting_up.UNATTENDED", 0.0)
    await person.register()
    await asyncio.wait_for(person.over.wait(), 5)


async def test_a_browser_that_came_by_another_address_is_sent_to_the_public_one(person: Person) -> None:
    page = await person.get(person.url.replace("127.0.0.1", "localhost") + "/setup")
    assert f'<a href="{person.url}/setup">' in page.text
    assert "GitHub will send your browser back" not in (await person.get("/setup")).text


def test_every_other_fault_is_named_before_anything_is_served(tmp_path: Path) -> None:
    with pytest.raises(Incomplete) as refused:
        without_app({"DATA_DIR": str(tmp_path), "PORT": "eighty", "PUBLIC_URL": "almanac"})
    assert [fault.split()[0] for fault in refused.value.faults] == ["PUBLIC_URL", "PORT"]


async def test_below_https_the_cookie_stays_there(tmp_path: Path) -> None:
    log: list[str] = []
    settings = without_app({"PUBLIC_URL": "https://almanac.example.com", "DATA_DIR": str(tmp_path)})
    app = create_setup_app(settings, asyncio.Event(), log.append)
    async with (
        TestServer(app) as server,
        aiohttp.ClientSession() as session,
        session.post(server.make_url("/setup/code"), data={"code": log[-1]}, allow_redirects=False) as response,
    ):
        assert response.headers["Location"] == "/setup"
        assert "Secure" in response.headers["Set-Cookie"]
        assert "Path=/setup" in response.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("address", "wrong"),
    [("http://almanac.example.com", "http://almanac.example.com is not https"), ("", "PUBLIC_URL is not set")],
)
async def test_nothing_is_registered_where_anybody_on_the_way_could_read_along(
    tmp_path: Path, address: str, wrong: str
) -> None:
    log: list[str] = []
    settings = without_app({"PUBLIC_URL": address, "DATA_DIR": str(tmp_path)})
    app = create_setup_app(settings, asyncio.Event(), log.append, shortly)
    jar = aiohttp.CookieJar(unsafe=True)
    async with TestServer(app) as server, aiohttp.ClientSession(cookie_jar=jar) as session:

        async def ask(path: str, form: dict[str, str]) -> Page:
            async with session.post(server.make_url(path), data=form) as response:
                return Page(response.status, str(response.url), await response.text(), dict(response.headers))

        inside = await ask("/setup/code", {"code": log[-1]})
        assert "<button disabled>" in inside.text
        page = await ask("/setup/choice", {"csrf": inside.hidden["csrf"], "owner": "person", "name": "Numbers"})
        assert page.status == 422
        assert page.wrong.startswith(wrong)
        async with session.get(server.make_url("/setup/review")) as response:
            assert str(response.url).endswith("/setup")
            assert "manifest" not in Page(200, "", await response.text(), {}).hidden
