"""Where browsers reach the dashboard, and the cookies that follow from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web

HOME = "/"
LONGEST_NEXT = 1000  # it travels in a cookie
SAFE_NEXT = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""A path of this server: a second slash, or a backslash that browsers take for one, would name another."""
DOTS = re.compile(r"(^|/)(\.|%2e){1,2}(/|$)", re.IGNORECASE)
"""What shortens a path when it is tidied up, so that a harmless one could begin with two slashes afterwards."""


@dataclass(frozen=True, slots=True)
class Site:
    """The dashboard's address, `PUBLIC_URL`: https, or http that stays on this machine."""

    public_url: str

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Return scheme, host and port as browsers write them in `Origin`."""
        parts = urlsplit(self.public_url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        port = "" if parts.port in (None, usual) else f":{parts.port}"
        return f"{parts.scheme}://{host}{port}"

    def address(self, path: str) -> str:
        """Return the absolute address of a path."""
        return self.public_url + path

    def cookie_name(self, name: str) -> str:
        """Return a cookie's name: with `__Host-` browsers take it from this host alone, over https alone."""
        return f"__Host-{name}" if self.is_secure else name

    def keep(self, response: web.StreamResponse, name: str, value: str, life: timedelta) -> None:
        """Let the browser keep a cookie that no script reads and no other site's form sends."""
        response.set_cookie(
            self.cookie_name(name),
            value,
            max_age=int(life.total_seconds()),
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="Lax",
        )

    def drop(self, response: web.StreamResponse, name: str) -> None:
        """Let the browser forget a cookie."""
        response.del_cookie(self.cookie_name(name), path="/", secure=self.is_secure, httponly=True, samesite="Lax")

    def kept(self, request: web.Request, name: str) -> str | None:
        """Return the cookie that the browser sent, or None."""
        return request.cookies.get(self.cookie_name(name))


def safe_next(wanted: str | None) -> str:
    """Return where to go after signing in: a path of this server, or the first page for whatever else was asked."""
    if not wanted or len(wanted) > LONGEST_NEXT or not SAFE_NEXT.fullmatch(wanted):
        return HOME
    path = wanted.partition("?")[0].partition("#")[0]
    return HOME if "//" in path or DOTS.search(path) else wanted
