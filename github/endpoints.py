"""Where a GitHub is: github.com, an Enterprise Server, a data-residency tenant, or the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

GITHUB_API = "https://api.github.com"
ENTERPRISE_SUFFIX = "/api/v3"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The three addresses of one GitHub, none with a slash at its end: REST, GraphQL and web pages."""

    api: str
    graphql: str
    web: str

    @classmethod
    def of(cls, api_url: str = GITHUB_API, graphql_url: str | None = None, web_url: str | None = None) -> Endpoints:
        """Derive what is not given from the REST address; an address that is not http(s) raises ValueError.

        `https://HOST/api/v3` (Enterprise Server) has GraphQL at `https://HOST/api/graphql` and its pages at
        `https://HOST`; every other one has GraphQL at `<api>/graphql`; `https://api.NAME` has its pages at
        `https://NAME`, and a GitHub that is neither has them where its API is.
        """
        api = _checked(api_url)
        graphql = _checked(graphql_url) if graphql_url else _graphql_of(api)
        web = _checked(web_url) if web_url else _web_of(api)
        return cls(api, graphql, web)

    @property
    def is_enterprise_server(self) -> bool:
        return self.api.endswith(ENTERPRISE_SUFFIX)


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of a URL: what a credential may be sent to."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or default


def _graphql_of(api: str) -> str:
    if api.endswith(ENTERPRISE_SUFFIX):
        return api.removesuffix(ENTERPRISE_SUFFIX) + "/api/graphql"
    return api + "/graphql"


def _web_of(api: str) -> str:
    if api.endswith(ENTERPRISE_SUFFIX):
        return api.removesuffix(ENTERPRISE_SUFFIX)
    parts = urlsplit(api)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}{parts.path}"


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not the http or https address of a GitHub, such as {GITHUB_API}")
    return url.rstrip("/")
