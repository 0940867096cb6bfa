"""GitHub's REST API, as far as Almanac uses it: one file a kind of thing."""

from __future__ import annotations

from aiohttp import web

from sandbox.rest import (
    app,
    comments,
    contents,
    deliveries,
    fans,
    git,
    issues,
    labels,
    limits,
    manifests,
    people,
    reactions,
    repositories,
    runs,
    teams,
    traffic,
    user,
)
from sandbox.rest.routing import Route

ROUTES: tuple[Route, ...] = (
    *app.ROUTES,
    *manifests.ROUTES,
    *deliveries.ROUTES,
    *people.ROUTES,
    *limits.ROUTES,
    *repositories.ROUTES,
    *comments.ROUTES,
    *issues.ROUTES,
    *labels.ROUTES,
    *reactions.ROUTES,
    *contents.ROUTES,
    *git.ROUTES,
    *traffic.ROUTES,
    *fans.ROUTES,
    *runs.ROUTES,
    *teams.ROUTES,
    *user.ROUTES,
)


def setup(application: web.Application) -> None:
    """Add every route: as on api.github.com, and under `/api/v3` as on Enterprise Server."""
    for route in ROUTES:
        for path in route.paths():
            application.router.add_route(route.method, path, route.handler)
