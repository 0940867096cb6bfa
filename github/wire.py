"""One HTTP exchange with GitHub: headers, time-outs, and what exactly failed when no answer came.

gidgethub's aiohttp adapter is the port (`_request` and `sleep` are all of it). Its own request loop is not used: it
knows only 403 as a limit, follows aiohttp's redirects (which turn a POST into a GET) and keys its cache by URL alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin

import aiohttp
from gidgethub import sansio
from gidgethub.aiohttp import GitHubAPI

from github.endpoints import Endpoints, origin
from github.nul import without_nul

VERSION = "0.1.0"  # held to pyproject.toml by a test; the project is run from its source root, not installed
USER_AGENT = f"almanac/{VERSION}"
API_VERSION = "2026-03-10"
ENTERPRISE_API_VERSION = "2022-11-28"  # the one that every supported Enterprise Server knows; others answer 400
ACCEPT = "application/vnd.github+json"
PATIENCE_OF_ONE = timedelta(seconds=30)  # GitHub gives up on its own work after 10 s
CONNECT_WITHIN = 10.0
LARGEST = 64 * 1024**2
"""Bytes of an answer as it is read, after it is inflated: GitHub's largest have a few million."""

Sleep = Callable[[float], Awaitable[None]]


class NotSentError(Exception):
    """No connection came about: GitHub has not seen the request, so it may be repeated."""


class LostError(Exception):
    """The request may have been seen, and no whole answer arrived. `status` is what it amounts to: 502, 503 or 504."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came; header names ignore case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def body_of(response: aiohttp.ClientResponse) -> bytes:
    """Return an answer's whole body; raises LostError for one that is larger than any of GitHub's."""
    pieces, size = [], 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > LARGEST:
            raise LostError(f"an answer of more than {LARGEST // 1024**2} MiB was cut off", 502)
        pieces.append(piece)
    return b"".join(pieces)


class Wire(GitHubAPI):
    """Sends single requests to one GitHub and to nobody else: a credential never leaves its origin."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        endpoints: Endpoints,
        sleep: Sleep,
        timeout: timedelta = PATIENCE_OF_ONE,
    ) -> None:
        super().__init__(session, USER_AGENT, base_url=endpoints.api)
        self._sleep = sleep
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds(), sock_connect=CONNECT_WITHIN)
        self._api_version = ENTERPRISE_API_VERSION if endpoints.is_enterprise_server else API_VERSION
        self._origins = {origin(endpoints.api), origin(endpoints.graphql)}

    async def sleep(self, seconds: float) -> None:
        """Wait; the port is handed in, so that no test waits."""
        await self._sleep(seconds)

    def url(self, path: str) -> str:
        """Return the absolute URL of an API path, or an absolute URL as it is; another origin raises ValueError."""
        url = path if "://" in path else self.base_url + "/" + path.removeprefix("/")
        return self._own(url)

    def redirected(self, url: str, location: str) -> str:
        """Return where a redirect from `url` leads; another origin raises ValueError."""
        return self._own(urljoin(url, location))

    async def exchange(
        self, method: str, url: str, authorization: str | None, body: bytes | None = None, etag: str | None = None
    ) -> Reply:
        """Send one request and return the whole answer, of whatever status; raise NotSentError or LostError."""
        headers = sansio.create_headers(self.requester, accept=ACCEPT)
        headers["x-github-api-version"] = self._api_version
        if authorization is not None:
            headers["authorization"] = authorization
        if etag is not None:
            headers["if-none-match"] = etag
        if body is not None:
            headers["content-type"] = "application/json"
        status, given, answer = await self._request(method, url, headers, body or b"")
        return Reply(status, given, without_nul(answer))

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        try:
            async with self._session.request(
                method, url, headers=headers, data=body or None, allow_redirects=False, timeout=self._timeout
            ) as response:
                return response.status, response.headers, await body_of(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSentError(f"no connection to GitHub ({type(error).__name__})") from error
        except TimeoutError as error:
            raise LostError(f"no answer from GitHub within {self._timeout.total:g} s", 504) from error
        except (aiohttp.ClientError, OSError) as error:
            raise LostError(f"the connection to GitHub broke ({type(error).__name__})", 503) from error

    def _own(self, url: str) -> str:
        if origin(url) not in self._origins:
            raise ValueError(f"{origin(url)[1]} is not the GitHub this client speaks to")
        return url
