"""People before browsers: a small GitHub, the dashboard beside it over real HTTP, and who may see what there.

quartz/mine is public and quartz/vault private; basalt/pit is private and of another installation. opal writes in
quartz/vault and reads quartz/mine, jade owns all of quartz, agate writes in basalt/pit, and slate may see nothing.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

from bot.browsing import BROWSING, Browsing, add_routes, served
from bot.settings import Settings
from dashboard.front import Front
from dashboard.sessions import SignedIn
from sandbox.clock import Clock
from sandbox.registration import register
from sandbox.server import Sandbox
from sandbox.world import World
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository
from tests.keys import app_key
from tests.services import services_on
from tests.stories.town import listener

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ORIGIN = "Origin"


@dataclass(frozen=True)
class Seen:
    """An answer as a browser gets it."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: Mapping[str, Any]

    @property
    def location(self) -> str:
        return self.headers["Location"]


class Browser:
    """Keeps cookies as a browser does and follows nothing by itself."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session = session
        self.base = base
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, **headers: str) -> Seen:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Seen:
        """Send a form as a page of the dashboard itself would, unless the headers say otherwise."""
        return await self.ask("POST", path, headers={ORIGIN: self.base, **headers}, data=form or {})

    async def ask(self, method: str, path: str, headers: Mapping[str, str], data: Any = None) -> Seen:
        url = path if "://" in path else self.base + path
        ours = url.startswith(self.base)
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if ours else {}
        given = {**cookie, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.session.request(method, url, headers=given, data=data, allow_redirects=False) as response:
            seen = Seen(response.status, response.headers, await response.text(), response.cookies)
        if ours:
            self.keep(seen.cookies)
        return seen

    def keep(self, cookies: Mapping[str, Any]) -> None:
        for name, morsel in cookies.items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value

    async def leave(self, to: str = "/page") -> str:
        """Begin to sign in with GitHub; return the address there."""
        seen = await self.get(f"/login/github?next={to}")
        assert seen.status == 303, seen.text
        return seen.location

    async def agree(self, address: str, login: str) -> str:
        """Say yes at GitHub as somebody; return the address that the browser is sent back to."""
        seen = await self.ask("POST", address, headers={}, data={"login": login})
        assert seen.status == 302, seen.text
        return seen.location

    async def sign_in(self, login: str, to: str = "/page") -> Seen:
        """Sign in with GitHub as somebody; return the last answer, which leads to the page that was wanted."""
        back = await self.agree(await self.leave(to), login)
        seen = await self.get(back)
        assert seen.status == 303, seen.text
        return seen

    async def csrf(self) -> str:
        """Return the token that the forms of a page show."""
        found = re.search(r"csrf=(\w+)", (await self.get("/page")).text)
        assert found
        return found[1]


@dataclass
class Place:
    """The sandbox, the dashboard's server and its database."""

    world: World
    sandbox: Sandbox
    store: Store
    url: str
    session: aiohttp.ClientSession
    app: web.Application
    ids: dict[str, int]

    def browser(self) -> Browser:
        """Return a browser that has never been here."""
        return Browser(self.session, self.url)

    async def front(self) -> Front:
        return await self.app[BROWSING].front()

    def wait(self, **span: float) -> None:
        """Let time pass at once, at GitHub and here."""
        self.sandbox.clock.advance(timedelta(**span))

    async def sees(self, browser: Browser) -> list[str]:
        """Return the repositories on a person's page, those whose traffic shows with a star."""
        seen = await browser.get("/page")
        assert seen.status == 200, (seen.status, seen.text)
        return seen.text.splitlines()[1:]


def new_world() -> tuple[World, dict[str, str]]:
    """Return a GitHub at `NOW`, its clock stopped, and what the App's owner knows."""
    world = World(Clock(NOW))
    world.clock.freeze()
    for name, visibility in (("quartz/mine", "public"), ("quartz/vault", "private"), ("basalt/pit", "private")):
        world.add_repository(name, visibility=visibility)  # type: ignore[arg-type]
    for login in ("opal", "jade", "agate", "slate"):
        world.account(login)
    keys = register(world, key=app_key())
    given = (
        ("quartz/mine", "opal", "read"), ("quartz/vault", "opal", "write"), ("quartz/mine", "jade", "admin"),
        ("quartz/vault", "jade", "admin"), ("basalt/pit", "agate", "write"),
    )  # fmt: skip
    for name, login, role in given:
        world.permit(name, login, role)
    for owner in ("quartz", "basalt"):
        world.install(owner)
    known = {
        "GITHUB_CLIENT_ID": keys.client_id,
        "GITHUB_CLIENT_SECRET": keys.client_secret,
        "GITHUB_PRIVATE_KEY": keys.private_key,
        "GITHUB_WEBHOOK_SECRET": keys.webhook_secret,
    }
    return world, known


async def save_world(world: World, store: Store) -> dict[str, int]:
    """Store what the App was told of installations and repositories; return the numbers of all, by name."""
    ids: dict[str, int] = {}
    for one in world.installations.values():
        ids[one.account.login] = one.id
        installed = Installation(one.id, one.account.login, one.account.id, one.account.type)
        await store.write(lambda conn, installed=installed: save_installation(conn, installed))  # type: ignore[misc]
        for each in world.covered(one):
            ids[each.full_name] = each.id
            row = Repository(each.id, one.id, each.owner.login, each.name, each.visibility, "main")
            await store.write(lambda conn, row=row: save_repository(conn, row))  # type: ignore[misc]
    return ids


async def listing(front: Front, signed: SignedIn) -> web.Response:
    """A page of the kind that the dashboard has: who is here, and what they may see."""
    lines = [f"{signed.person.login} csrf={signed.csrf}"]
    seen = await front.access.repositories_for(signed.person)
    lines += [one.repository.full_name + "*" * one.sees_traffic + "!" * one.manages for one in seen]
    return web.Response(text="\n".join(lines))


async def one(front: Front, request: web.Request, signed: SignedIn) -> web.Response:
    """A page of one repository, by name."""
    found = await front.access.repository_for(signed.person, request.match_info["owner"], request.match_info["name"])
    return web.Response(text=f"{found.repository.id} {found.sees_traffic} {found.manages}")


async def installation(front: Front, request: web.Request, signed: SignedIn) -> web.Response:
    """A page for whoever looks after an installation."""
    found = await front.access.installation_for(signed.person, int(request.match_info["number"]), admin=True)
    return web.Response(text=found.account_login)


def add_pages(app: web.Application) -> None:
    """Add pages that stand for those of the dashboard."""

    async def page(front: Front, request: web.Request) -> web.StreamResponse:
        return await front.serve(request, lambda _, signed: listing(front, signed))

    async def repository(front: Front, request: web.Request) -> web.StreamResponse:
        return await front.serve(request, lambda asked, signed: one(front, asked, signed))

    async def managed(front: Front, request: web.Request) -> web.StreamResponse:
        return await front.serve(request, lambda asked, signed: installation(front, asked, signed))

    app.router.add_get("/page", served(page))
    app.router.add_post("/page", served(page))
    app.router.add_get("/repositories/{owner}/{name}", served(repository))
    app.router.add_get("/installations/{number}", served(managed))


@asynccontextmanager
async def open_place(database: str, folder: Path, **changed: str) -> AsyncIterator[Place]:
    """Open GitHub and the dashboard; `changed` are variables of its environment, of which PORT is free by default."""
    world, known = new_world()
    with listener(int(changed.get("PORT", "0"))) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with (
            Sandbox(world, hook_delay=0) as sandbox,
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        ):
            environment = {
                **known, "GITHUB_API_URL": sandbox.url, "PUBLIC_URL": url, "DATA_DIR": str(folder), **changed
            }  # fmt: skip
            store = await Store.open(database)
            app = web.Application()
            services = services_on(store, now=sandbox.clock.now, sleep=at_once)
            app[BROWSING] = Browsing(Settings.from_environ(environment), services, session)
            add_routes(app)
            add_pages(app)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
            await runner.setup()
            await web.SockSite(runner, listening).start()
            try:
                yield Place(world, sandbox, store, url, session, app, await save_world(world, store))
            finally:
                await app[BROWSING].close()
                await runner.cleanup()
                await store.close()


async def at_once(_seconds: float) -> None:
    """Wait for GitHub no time at all."""


def query(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


__all__ = ["NOW", "Browser", "Place", "Seen", "open_place", "query"]
