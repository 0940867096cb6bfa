"""The addresses of the pages, the same as on github.com, and what a form sent to them does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.actions import Actions
from sandbox.clock import iso
from sandbox.page.files import Files
from sandbox.page.identities import identities
from sandbox.page.listing import listing, repository_line, state_of
from sandbox.page.static_files import static_file
from sandbox.page.view import Face, entries, fingerprint
from sandbox.things import Pull, Repository, Thread
from sandbox.world import World

HERE = Path(__file__).parent
STATIC = "/_page"
MAX_BODY = 65_536  # GitHub's limit on a comment, in characters
# github.com and its API live on two hosts, the sandbox on one: these are the API's, nobody's repository.
RESERVED = (
    "(?:_sandbox|api|app|app-manifests|apps|enterprises|events|gists|graphql|installation|marketplace_listing|meta|"
    "notifications|organizations|orgs|rate_limit|repos|repositories|search|settings|teams|user|users)/"
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    "img-src 'self' http: https:; base-uri 'none'; frame-ancestors 'none'"
)


def setup(app: web.Application, world: World, actions: Actions) -> None:
    """Add the pages to `app`: `/`, `/<owner>/<repository>[/issues|/pulls|/issues/<n>|/pull/<n>]`, and `/_page/…`.

    Files of commits lie beside them: `/<owner>/<repository>/blob/<sha>/<path>?raw=true`.
    """
    pages, files = Pages(world, actions), Files(world)
    repository = "/{owner:(?!" + RESERVED + ")[^/]+}/{name}"
    thread = repository + "/{kind:issues|pull}/{number:[1-9][0-9]{0,9}}"
    app.router.add_get(f"{STATIC}/{{file}}", static_file)
    app.router.add_get("/", pages.repositories)
    app.router.add_get(repository, pages.repository)
    app.router.add_get(repository + "/{kind:issues|pulls}", pages.threads)
    app.router.add_get(repository + "/blob/{sha:[0-9a-f]{40}}/{path:.+}", files.blob)
    app.router.add_get(repository + "/raw/{sha:[0-9a-f]{40}}/{path:.+}", files.raw)
    app.router.add_get(thread, pages.thread)
    app.router.add_get(thread + "/entries", pages.entries)
    app.router.add_post(thread + "/comments", pages.write)
    app.router.add_post(thread + "/comments/{comment:[0-9]+}", pages.rewrite)


class Pages:
    """Handlers of the pages; everybody sees everything here, also what is private."""

    def __init__(self, world: World, actions: Actions) -> None:
        self.world, self.actions = world, actions
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    async def repositories(self, _request: web.Request) -> web.Response:
        now = self.world.clock.now()
        lines = [repository_line(repository, now) for repository in self.world.repositories.values()]
        return self._page("repositories.html", title="Repositories", lines=lines)

    async def repository(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/{self._repository(request).full_name}/issues")

    async def threads(self, request: web.Request) -> web.Response:
        repository, pulls = self._repository(request), request.match_info["kind"] == "pulls"
        state = "closed" if request.query.get("state") == "closed" else "open"
        page = int(text) if (text := request.query.get("page", "1")).isdecimal() and len(text) < 7 else 1
        found = listing(repository, pulls=pulls, state=state, page=page, now=self.world.clock.now())
        title = "Pull requests" if pulls else "Issues"
        return self._page(
            "threads.html", title=f"{title} · {repository.full_name}", repository=repository, pulls=pulls,
            state=state, listing=found,
        )  # fmt: skip

    async def thread(self, request: web.Request) -> web.Response:
        thread = self._thread(request)
        kind = "pull" if isinstance(thread, Pull) else "issues"
        if kind != request.match_info["kind"]:
            raise web.HTTPFound(_address(thread))
        return self._page(
            "thread.html", title=f"{thread.title} · #{thread.number} · {thread.repository.full_name}",
            repository=thread.repository, thread=thread, address=_address(thread), **self._shown(thread),
            opener=Face.of(thread.author), people=identities(thread.repository, thread),
            chosen=request.query.get("as", ""), pulls=kind == "pull",
        )  # fmt: skip

    async def entries(self, request: web.Request) -> web.Response:
        """The thread alone, for the script that keeps an open page up to date; 304 if nothing changed."""
        thread = self._thread(request)
        shown = self._shown(thread)
        tag = shown["tag"]
        headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache", "X-Sandbox-Now": iso(self.world.clock.now())}
        if any(known.value == tag for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return self._page("entries.html", headers, thread=thread, address=_address(thread), **shown)

    async def write(self, request: web.Request) -> web.Response:
        """Comment as the chosen person and come back to the comment."""
        thread = self._thread(request)
        login, body = await _form(request)
        known = {identity.login for identity in identities(thread.repository, thread)}
        if login not in known:
            raise web.HTTPUnprocessableEntity(text=f"There is nobody called {login} to write as here.")
        comment = await self.actions.comment(thread.repository.full_name, thread.number, login, body)
        raise web.HTTPSeeOther(f"{_address(thread)}?as={login}#issuecomment-{comment['id']}")

    async def rewrite(self, request: web.Request) -> web.Response:
        """Change a comment in its author's name."""
        thread = self._thread(request)
        _, body = await _form(request)
        comment = self.world.comments.get(int(request.match_info["comment"]))
        if comment is None or comment.thread is not thread or comment.author is None:
            raise web.HTTPNotFound(text="There is no such comment in this thread.")
        await self.actions.edit_comment(comment.id, comment.author.login, body)
        raise web.HTTPSeeOther(f"{_address(thread)}#issuecomment-{comment.id}")

    def _shown(self, thread: Thread) -> dict[str, Any]:
        shown = entries(thread, self.world.clock.now())
        return {"entries": shown, "tag": fingerprint(thread, shown), "state": state_of(thread)}

    def _repository(self, request: web.Request) -> Repository:
        full_name = f"{request.match_info['owner']}/{request.match_info['name']}"
        found = self.world.repository(full_name) or self.world.renamed(full_name)
        if found is None:
            raise web.HTTPNotFound(text=f"There is no repository {full_name}.")
        return found

    def _thread(self, request: web.Request) -> Thread:
        repository = self._repository(request)
        thread = repository.threads.get(int(request.match_info["number"]))
        if thread is None:
            raise web.HTTPNotFound(text=f"There is no {repository.full_name}#{request.match_info['number']}.")
        return thread

    def _page(self, template: str, headers: dict[str, str] | None = None, **values: Any) -> web.Response:
        html = self.templates.get_template(template).render(values, static=STATIC)
        shared = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
        return web.Response(text=html, content_type="text/html", headers=shared | (headers or {}))


def _address(thread: Thread) -> str:
    return f"/{thread.repository.full_name}/{'pull' if isinstance(thread, Pull) else 'issues'}/{thread.number}"


async def _form(request: web.Request) -> tuple[str, str]:
    """Return `login` and `body` of a form, lines ended as the API ends them; an empty or too long body is refused."""
    form = await request.post()
    login, body = str(form.get("login", "")), str(form.get("body", "")).replace("\r\n", "\n")
    if not body.strip():
        raise web.HTTPUnprocessableEntity(text="A comment needs a text.")
    if len(body) > MAX_BODY:
        raise web.HTTPUnprocessableEntity(text=f"A comment may have {MAX_BODY:,} characters; this has {len(body):,}.")
    return login, body
