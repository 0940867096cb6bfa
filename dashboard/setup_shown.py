"""How the set-up answers: its pages with their headers, and the ways from one to another.

jinja2 is loaded with this module, which a server that is set up never imports.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.setup_needs import SetUp

HERE = Path(__file__).parent
PATH = "/setup"


class SetupShown:
    """Makes the answers. headers: what each of them has."""

    def __init__(self, setup: SetUp) -> None:
        self.setup = setup
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self.style = (HERE / "static" / "setup.css").read_bytes()
        self.headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'self'; form-action 'self' {origin(setup.github)}; "
                "base-uri 'none'; frame-ancestors 'none'"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
            # a `state` or a `code` in an address is nobody's business; GitHub may know which host the form comes from
            "Referrer-Policy": "strict-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
        }

    def page(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """Return a page."""
        html = self.templates.get_template(template).render(values, base=PATH, github=self.setup.github)
        return web.Response(text=html, status=status, content_type="text/html", headers=self.headers)

    def problem(self, said: str, remedy: str, status: int, csrf: str = "") -> web.Response:
        """Say what went wrong and what to do; with `csrf` there is a button to try again."""
        return self.page("setup_problem.html", status=status, step=3, said=said, remedy=remedy, csrf=csrf)

    def to(self, path: str) -> web.Response:
        """Send the browser to another of these pages."""
        return web.Response(status=303, headers={**self.headers, "Location": PATH + path})

    def elsewhere(self, request: web.Request) -> str | None:
        """Return the address to go on at, if this browser came by another one: GitHub sends it back to PUBLIC_URL."""
        public = self.setup.public_url
        if public is None or urlsplit(public).netloc.lower() == request.host.lower():
            return None
        return public + PATH

    async def stylesheet(self, _request: web.Request) -> web.Response:
        """Serve the pages' style, which a browser keeps for the last page: the server may be gone by then."""
        headers = {**self.headers, "Cache-Control": "private, max-age=3600"}
        return web.Response(body=self.style, content_type="text/css", headers=headers)


def origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
