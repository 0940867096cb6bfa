"""`/login/oauth/authorize`, where one picks who one is and says yes, and `/login/oauth/access_token` beside it."""

from __future__ import annotations

import base64
from html import escape
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from sandbox.things import Account
from sandbox.web_flow import FlowError, WebFlow, back

ASKED = ("client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method")
MOST_PEOPLE = 50
DOCS = "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Authorize {app}</title>
<link rel="stylesheet" href="/_page/page.css">
</head>
<body>
<main>
<h1 class="plain">Authorize {app}</h1>
<p>{app} wants to know who you are and which of its repositories you can see. As whom do you say yes?</p>
<form method="post">
{hidden}
{people}
<p><button name="cancel" value="1">Cancel</button></p>
</form>
</main>
<footer>A small GitHub for trying things out. Nobody in it exists.</footer>
</body>
</html>
"""


def setup(app: web.Application, flow: WebFlow) -> None:
    """Add the two addresses, which lie with the pages and not with the API, and one that the App's secret opens."""
    desk = Desk(flow)
    app.router.add_get("/login/oauth/authorize", desk.ask)
    app.router.add_post("/login/oauth/authorize", desk.decide)
    app.router.add_post("/login/oauth/access_token", desk.token)
    app.router.add_delete("/applications/{client_id}/token", desk.forget)


class Desk:
    """Handlers of the web flow."""

    def __init__(self, flow: WebFlow) -> None:
        self.flow = flow

    async def forget(self, request: web.Request) -> web.Response:
        """End a token of a person, for the App itself: `client_id:client_secret` as basic authentication."""
        try:
            basic = request.headers.get("Authorization", "").removeprefix("Basic ")
            _, _, secret = base64.b64decode(basic, validate=True).decode().partition(":")
            access = (await request.json())["access_token"]
            there = self.flow.forget(request.match_info["client_id"], secret, access)
        except (ValueError, KeyError, TypeError, FlowError):
            return web.json_response({"message": "Bad credentials", "status": "401"}, status=401)
        return web.Response(status=204) if there else web.json_response({"message": "Not Found"}, status=404)

    async def ask(self, request: web.Request) -> web.Response:
        """Show who one may be."""
        asked = self._asked(dict(request.query))
        name = escape(self.flow.world.app.name if self.flow.world.app else "")
        hidden = "\n".join(
            f'<input type="hidden" name="{key}" value="{escape(value)}">' for key, value in asked.items()
        )
        people = "\n".join(
            f'<p><button name="login" value="{escape(one.login)}">{escape(one.login)}</button></p>'
            for one in self._people()
        )
        target = urlsplit(asked["redirect_uri"])
        # browsers hold a form to its targets even where it is redirected
        policy = f"default-src 'none'; style-src 'self'; form-action 'self' {target.scheme}://{target.netloc}"
        page = PAGE.format(app=name, hidden=hidden, people=people)
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})

    async def decide(self, request: web.Request) -> web.Response:
        """Send the browser back with a code, or with `access_denied`."""
        form = {key: str(value) for key, value in (await request.post()).items()}
        asked = self._asked({**request.query, **form})
        if "cancel" in form:
            raise web.HTTPFound(back(asked, error="access_denied", error_description="The user has denied access."))
        account = self.flow.world.accounts.get(form.get("login", "").lower())
        if account is None or account.type != "User":
            raise web.HTTPUnprocessableEntity(text="There is nobody of that name.")
        raise web.HTTPFound(self.flow.allow(account, asked))

    async def token(self, request: web.Request) -> web.Response:
        """Give a token, or say with status 200 why not, in JSON where it is asked for."""
        said = {key: str(value) for key, value in {**request.query, **await request.post()}.items()}
        try:
            answer = self.flow.token(said)
        except FlowError as error:
            word = str(error)
            answer = {"error": word, "error_description": f"The request failed: {word}.", "error_uri": DOCS}
        if "json" in request.headers.get("Accept", ""):
            return web.json_response(answer)
        return web.Response(text=urlencode(answer), content_type="application/x-www-form-urlencoded")

    def _asked(self, said: dict[str, str]) -> dict[str, str]:
        """Return the parameters of the request; 404 for an App or a way back that are not registered."""
        app = self.flow.world.app
        if app is None or said.get("client_id") != app.client_id:
            raise web.HTTPNotFound(text="There is no such App.")
        if not self.flow.may_return_to(said.get("redirect_uri", "")):
            raise web.HTTPNotFound(text="The redirect_uri is not associated with this application.")
        if said.get("code_challenge") and said.get("code_challenge_method") != "S256":
            raise web.HTTPBadRequest(text="PKCE is understood by S256 only.")
        return {key: said[key] for key in ASKED if key in said}

    def _people(self) -> list[Account]:
        """Return who may be picked: whoever has a permission somewhere, then others, as many as fit."""
        world = self.flow.world
        near = {login for repository in world.repositories.values() for login in repository.permissions}
        people = [one for one in world.accounts.values() if one.type == "User"]
        return sorted(people, key=lambda one: one.login.lower() not in near)[:MOST_PEOPLE]
