"""What the set-up does behind its pages: it looks, registers the App, looks again, and ends."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from bot import checks, health
from bot.credentials import Credentials, file_of, rehearse
from bot.inbox import PATH as WEBHOOKS
from bot.manifest import LONGEST_NAME, AppYml, Group, read_app_yml
from bot.now import machine_now
from bot.registering import PATIENCE, WRITABLE, Registering
from bot.settings import Settings
from dashboard.setup import NOT_YET
from dashboard.setup_needs import Choice
from dashboard.setup_shown import PATH, origin
from dashboard.step import Step, fail, ok, warn
from github.auth import App
from github.client import GitHub
from github.deliveries import verify
from github.endpoints import Endpoints
from github.errors import Gone, Later, Refused
from github.reads.deliveries import attempts
from github.wire import Sleep
from github.writes.redeliver import redeliver

PING_WITHIN = 8.0  # seconds
LINGERS = 1.0  # seconds until the last page and its style have certainly been sent
UNATTENDED = 15 * 60.0  # seconds after which a registered App starts without a click
SUGGESTED = ("commits-and-releases", "traffic", "owners-and-teams")
DELIVERIES = "Webhooks"
STORE = "Where the keys will lie"


class SettingUp:
    """Does what the pages ask for; `over` is set once the server may go on as the App."""

    def __init__(self, settings: Settings, over: asyncio.Event, sleep: Sleep = asyncio.sleep) -> None:
        self.settings, self.over, self.sleep = settings, over, sleep
        self.endpoints = Endpoints.of(settings.api_url, settings.graphql_url, settings.web_url)
        self.app_yml: AppYml = read_app_yml()
        self.session: aiohttp.ClientSession | None = None
        self.now: Callable[[], datetime] = machine_now
        self.choice: Choice | None = None
        self.registering = Registering(settings, self.endpoints, sleep)
        self.pinged = asyncio.Event()
        self.is_unattended = False
        """Whether the App will start even if nobody comes back to start it."""
        self._arrived: deque[str] = deque(maxlen=1000)  # strangers may ask, too

    # what the pages show

    @property
    def public_url(self) -> str | None:
        return self.settings.public_url

    @property
    def refusal(self) -> str:
        looked = checks.address(self.public_url)
        return f"{looked.said} {looked.remedy}" if looked.state == "fail" else ""

    @property
    def github(self) -> str:
        return self.endpoints.web

    @property
    def longest_name(self) -> int:
        return LONGEST_NAME

    @property
    def always(self) -> dict[str, str]:
        return self.app_yml.permissions(())

    @property
    def offers(self) -> Sequence[Group]:
        return self.app_yml.groups

    @property
    def suggested(self) -> Sequence[str]:
        return SUGGESTED

    @property
    def credentials(self) -> Credentials | None:
        """What is stored."""
        return self.registering.credentials

    @property
    def is_registered(self) -> bool:
        return self.credentials is not None

    @property
    def operators(self) -> Sequence[str]:
        return self.settings.operators

    @property
    def installing(self) -> str:
        assert self.credentials is not None, "shown after the registration"
        page = self.credentials.page
        if origin(page) != origin(self.github):
            page = f"{self.github}/apps/{self.credentials.slug}"
        return f"{page}/installations/new"

    def manifest(self, choice: Choice) -> dict[str, Any]:
        assert self.public_url is not None, "the choice is not taken without"
        return self.app_yml.filled(choice.groups, choice.name, self.public_url, f"{self.public_url}{PATH}/registered")

    # what they do

    async def before(self) -> list[Step]:
        steps = [await checks.reached(self.http, self.public_url, self.arrived)]
        try:
            await asyncio.to_thread(rehearse, self.settings.data_dir)
        except OSError as error:
            steps.append(fail(STORE, f"{self.settings.data_dir} does not take them: {error.strerror}.", WRITABLE))
        else:
            steps.append(ok(STORE, f"In {file_of(self.settings.data_dir)}, for this server's user only."))
        return steps

    def begin(self, choice: Choice) -> None:
        self.choice = choice

    async def register(self, code: str | None) -> None:
        await self.registering.register(self.http, self.now, code, self.choice)
        if not self.is_unattended:
            self.is_unattended = True
            asyncio.get_running_loop().call_later(UNATTENDED, self.over.set)

    async def after(self) -> list[Step]:
        kept = self.credentials
        assert kept is not None, "asked after the registration"
        app = App(kept.client_id, kept.private_key)
        gh = GitHub.for_app(self.http, app, self.endpoints, self.now, self.sleep, patience=PATIENCE)
        stored_in = file_of(self.settings.data_dir)
        steps = [ok("The keys", f"They lie in {stored_in}, for this server's user only. Keep a copy in a safe place.")]
        answered, registration = await checks.known(gh, str)
        steps.append(answered)
        steps.append(await checks.reached(self.http, self.public_url, self.arrived))
        if registration is not None:
            steps.append(await checks.hooked(gh, self.public_url, str))
            steps.append(await self.delivered(gh))
        for group in self.app_yml.chosen(kept.groups):
            if group.files:
                files = " and ".join(group.files)
                steps.append(
                    warn(
                        "The settings file",
                        f"A manifest cannot name {files}, so the App may not read it yet.",
                        "On the App's page, under Permissions & events, enter the path below “Single file”.",
                    )
                )
        return steps

    async def delivered(self, gh: GitHub) -> Step:
        """See a webhook arrive: GitHub sent a ping when the App was registered, and sends it once more."""
        try:
            if not self.pinged.is_set():
                since = self.now() - timedelta(hours=2)
                ping = [one async for one in attempts(gh, since) if one.event == "ping"]
                if not ping:
                    return warn(
                        DELIVERIES, "GitHub has sent none yet.", "The first one comes when the App is installed."
                    )
                await redeliver(gh, ping[0].id)
                async with asyncio.timeout(PING_WITHIN):
                    await self.pinged.wait()
        except (Later, Gone, Refused) as refused:
            return checks.refusal(DELIVERIES, refused, str)
        except TimeoutError:
            return fail(
                DELIVERIES,
                f"GitHub has sent one, and within {PING_WITHIN:.0f} seconds none has arrived.",
                "The App's settings, Advanced → Recent deliveries, show what GitHub got instead. See that the proxy "
                f"passes POST {WEBHOOKS} on unchanged, and that GitHub's addresses may reach it.",
            )
        return ok(DELIVERIES, "GitHub has sent one, it arrived, and its signature is right.")

    def finish(self) -> None:
        asyncio.get_running_loop().call_later(LINGERS, self.over.set)

    # what arrives

    @property
    def http(self) -> aiohttp.ClientSession:
        assert self.session is not None, "opened before anything is served"
        return self.session

    def arrived(self, nonce: str) -> bool:
        """Tell, once, whether a request to ourselves came back to us."""
        there = nonce in self._arrived
        if there:
            self._arrived.remove(nonce)
        return there

    async def healthz(self, request: web.Request) -> web.Response:
        """Answer that the process is alive, and note what we sent ourselves."""
        nonce = request.query.get("check", "")
        if nonce:
            self._arrived.append(nonce[:100])
        return await health.healthz(request)

    async def receive(self, request: web.Request) -> web.Response:
        """Take the ping of a registered App; other deliveries come again, since none is answered 2xx."""
        if self.credentials is None:
            return not_yet()
        secret = self.credentials.webhook_secret.encode()
        if not verify(secret, await request.read(), request.headers.get("X-Hub-Signature-256")):
            return web.Response(status=401, text="The signature is not the one of this App's secret.\n")
        if request.headers.get("X-GitHub-Event") != "ping":
            return not_yet()
        self.pinged.set()
        return web.Response(status=202, text="It has arrived.\n")


def not_yet() -> web.Response:
    """Answer whatever is not the set-up."""
    return web.Response(status=503, text=NOT_YET, headers={"Cache-Control": "no-store", "Retry-After": "60"})
