"""GitHub's pages on the way of an App: create it from a manifest, and install it on an account."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.apps import AppRegistration
from sandbox.manifest import LONGEST_NAME, Wanted, faults
from sandbox.state import state
from sandbox.things import Account

TEMPLATES = Path(__file__).parent / "templates"
STATIC = "/_page"
PERSON = "visitor"
"""Who is signed in, and owns what is registered without an organisation."""


def setup(app: web.Application) -> None:
    """Add the pages: `/settings/apps/new`, `/organizations/<name>/settings/apps/new` and `/apps/<slug>…`."""
    pages = Registering()
    app.router.add_post("/settings/apps/new", pages.ask)
    app.router.add_post("/organizations/{organization}/settings/apps/new", pages.ask)
    app.router.add_post("/settings/apps/manifests/{ticket}", pages.create)
    app.router.add_get("/apps/{slug}/installations/new", pages.choose)
    app.router.add_post("/apps/{slug}/installations", pages.install)


class Registering:
    """Handlers of the pages. Whoever looks at them is signed in and owns every organisation."""

    def __init__(self) -> None:
        self.templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    async def ask(self, request: web.Request) -> web.Response:
        """Show what the App will be, with a button that creates it."""
        owner = self._owner(request)
        try:
            manifest = msgspec.json.decode(str((await request.post()).get("manifest", "")))
        except msgspec.DecodeError:
            manifest = None
        wrong = faults(manifest)
        if wrong:
            return self._page("app_refused.html", status=422, title="Invalid GitHub App configuration", wrong=wrong)
        ticket = state(request).manifests.ask(Wanted(manifest, owner, request.query.get("state", "")))
        parts = urlsplit(manifest["redirect_url"])
        return self._page(
            "app_new.html", title=f"Create GitHub App for {owner.login}", owner=owner, manifest=manifest, ticket=ticket,
            longest=LONGEST_NAME, leads_to=f"{parts.scheme}://{parts.netloc}",
        )  # fmt: skip

    async def create(self, request: web.Request) -> web.Response:
        """Create the App under the name in the form and send the browser back with a code."""
        here = state(request)
        wanted = here.manifests.wanted.pop(request.match_info["ticket"], None)
        name = str((await request.post()).get("name", "")).strip()
        if wanted is None or not 0 < len(name) <= LONGEST_NAME:
            raise web.HTTPUnprocessableEntity(text="An App needs a name, and a manifest that was not used before.")
        code = here.manifests.create(wanted, name, here.world, here.hooks)
        address: str = wanted.manifest["redirect_url"]
        query = {"code": code, **({"state": wanted.state} if wanted.state else {})}
        raise web.HTTPFound(f"{address}{'&' if '?' in address else '?'}{urlencode(query)}")

    async def choose(self, request: web.Request) -> web.Response:
        """Show where the App can be installed: an App that is not public, at its owner's only."""
        registration = self._registration(request)
        return self._page(
            "app_install.html", title=f"Install {registration.name}", registration=registration,
            repositories=[
                one for one in state(request).world.repositories.values() if one.owner is registration.owner
            ],
        )  # fmt: skip

    async def install(self, request: web.Request) -> web.Response:
        """Install the App on its owner's account."""
        registration = self._registration(request)
        state(request).hands.install(registration.owner.login)
        raise web.HTTPSeeOther("/")

    def _owner(self, request: web.Request) -> Account:
        world, name = state(request).world, request.match_info.get("organization")
        if name is None:
            return world.account(PERSON)
        found = world.accounts.get(name.lower())
        if found is None or found.type != "Organization":
            raise web.HTTPNotFound(text=f"There is no organisation {name}.")
        return found

    def _registration(self, request: web.Request) -> AppRegistration:
        registration = state(request).world.app
        if registration is None or registration.slug != request.match_info["slug"]:
            raise web.HTTPNotFound(text="There is no such App.")
        return registration

    def _page(self, template: str, *, status: int = 200, leads_to: str = "", **values: Any) -> web.Response:
        """Return a page; `leads_to` is where its form may lead on to."""
        html = self.templates.get_template(template).render(values, static=STATIC)
        policy = (
            f"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {leads_to}; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
        return web.Response(text=html, status=status, content_type="text/html", headers=headers)
