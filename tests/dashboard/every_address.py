"""Every address of the dashboard and of the data API, who may have an answer there, and what stands in its gaps.

The addresses come from the tables that the server itself goes by, so a new one about which
nobody has said who may see it fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.addresses import API, INSTALLATION, OPEN, PAGES, REPOSITORY
from dashboard.api.table import OPERATIONS

PERSONS = ("nobody", "slate", "agate", "neighbour", "viewer", "member", "admin", "owner", "operator")
"""slate sees nothing, agate writes in a repository of another installation, which a neighbour looks after; the others
see quartz, a viewer quartz/vault without its traffic."""

SIGNED_IN = PERSONS[1:]
OF_REPOSITORY = PERSONS[4:]
OF_INSTALLATION = PERSONS[5:]
MANAGERS = PERSONS[6:]
OWN = ("agate",)
"""Whose analysis and token it is."""


@dataclass(frozen=True)
class Row:
    """An address. seers: who learns that it is there · doers: who of them may do what it does; others get 403."""

    method: str
    path: str
    seers: tuple[str, ...]
    doers: tuple[str, ...]
    is_api: bool = False
    is_open: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


SAID: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "GET /": (SIGNED_IN, SIGNED_IN),
    f"POST {REPOSITORY}/collect": (OF_REPOSITORY, MANAGERS),
    f"POST {INSTALLATION}/repositories/": (OF_INSTALLATION, MANAGERS),
    f"POST {INSTALLATION}/schedules": (OF_INSTALLATION, MANAGERS),
    f"POST {INSTALLATION}/people": (OF_INSTALLATION, MANAGERS),
    f"POST {INSTALLATION}/grant": (OF_INSTALLATION, ("owner",)),
    f"POST {INSTALLATION}/collect": (OF_INSTALLATION, MANAGERS),
    f"GET {INSTALLATION}/numbers/": (OF_REPOSITORY, OF_REPOSITORY),
    f"GET {REPOSITORY}": (OF_REPOSITORY, OF_REPOSITORY),
    f"GET {INSTALLATION}": (OF_INSTALLATION, OF_INSTALLATION),
    "GET /collect/": (OF_INSTALLATION, OF_INSTALLATION),
    "GET /operator": (("operator",), ("operator",)),
    "POST /operator/": (("operator",), ("operator",)),
    "GET /analyse/": (OWN, OWN),
    "POST /analyse/": (OWN, OWN),
    "GET /analyse": (SIGNED_IN, SIGNED_IN),
    "POST /analyse": (SIGNED_IN, SIGNED_IN),
    "GET /account": (SIGNED_IN, SIGNED_IN),
    "POST /account/tokens": (SIGNED_IN, SIGNED_IN),
    "POST /account/tokens/": (OWN, OWN),
    f"GET {API}/repositories/": (OF_REPOSITORY, OF_REPOSITORY),
    f"GET {API}/repositories/{{owner}}/{{name}}/traffic/": (OF_REPOSITORY, OF_INSTALLATION),
    f"GET {API}/installations/": (OF_INSTALLATION, OF_INSTALLATION),
    f"GET {API}/repositories": (SIGNED_IN, SIGNED_IN),
    f"GET {API}/installations": (SIGNED_IN, SIGNED_IN),
    f"GET {API}/me": (SIGNED_IN, SIGNED_IN),
    "GET /static/": (PERSONS, PERSONS),
    f"GET {API}/openapi.json": (PERSONS, PERSONS),
}
"""By the longest beginning that fits; one that ends in no slash is an address of its own, or of what lies below it."""


def rows() -> Iterator[Row]:
    """Return every address; raises KeyError for one of which nobody has said who may see it."""
    for method, path, _ in PAGES:
        yield Row(method, path, *said(method, path))
    for method, path, _ in OPEN:
        if method != "*":  # of the data API: its operations follow
            yield Row(method, path, *said(method, path), is_open=True)
    for operation in OPERATIONS:
        yield Row("GET", API + operation.path, *said("GET", API + operation.path), is_api=True)


def said(method: str, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who sees an address and who may use it."""
    address = f"{method} {path}"
    fitting = [one for one in SAID if address == one or (one != "GET /" and address.startswith(one.rstrip("/") + "/"))]
    if not fitting:
        raise KeyError(f"who may see {address}? tests/dashboard/every_address.py does not say")
    return SAID[max(fitting, key=len)]


def gaps(path: str) -> list[tuple[str, str]]:
    """Return the gaps of an address: each as it stands there, and its name; a pattern in it may have braces, too."""
    found, start, depth = [], 0, 0
    for place, letter in enumerate(path):
        if letter == "{":
            start, depth = (place, 1) if depth == 0 else (start, depth + 1)
        elif letter == "}":
            depth -= 1
            if depth == 0:
                whole = path[start : place + 1]
                found.append((whole, whole[1:-1].partition(":")[0]))
    return found


def filled(path: str, values: Mapping[str, str]) -> str:
    """Return an address with its gaps filled; raises KeyError for a gap that nobody has thought of."""
    for whole, name in gaps(path):
        path = path.replace(whole, values[name], 1)
    return path


DENIED = (
    ("slate", "/r/{owner}/{name}/{metric}"), ("slate", "/r/{owner}/{name}/data/{table}.csv"),
    ("slate", "/api/v1/repositories/{owner}/{name}/metrics/{metric}"), ("slate", "/i/{installation}"),
    ("slate", "/collect/{run}"), ("agate", "/r/{owner}/{name}/{metric}"), ("agate", "/i/{installation}/people"),
)  # fmt: skip
"""Who is told that something is not there, and where: of each kind of address one."""
