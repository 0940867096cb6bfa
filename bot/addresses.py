"""The dashboard's addresses and what answers each, named as text: nothing of it is imported before it is asked for.

A function of `PAGES` is `async def f(front, request, signed) -> web.StreamResponse` and answers for whoever is signed
in; one of `OPEN` is `async def f(front, request)` and decides for itself who may have its answer. The first address
that fits counts.
"""

from __future__ import annotations

REPOSITORY = "/r/{owner}/{name}"
INSTALLATION = "/i/{installation:[0-9]{1,19}}"
API = "/api/v1"

PAGES: tuple[tuple[str, str, str], ...] = (
    # what everybody has: the repositories, one of them, and their own account
    ("GET", "/", "dashboard.pages.overview:show"),
    ("GET", REPOSITORY, "dashboard.pages.repository:show"),
    ("POST", REPOSITORY + "/collect", "dashboard.pages.collect:repository"),
    ("GET", REPOSITORY + "/data", "dashboard.pages.data:index"),
    ("GET", REPOSITORY + "/data/{table:[a-z-]{1,40}}", "dashboard.pages.data:preview"),
    ("GET", REPOSITORY + "/data/{table:[a-z-]{1,40}}.{form:csv|json|parquet}", "dashboard.pages.data:download"),
    ("GET", REPOSITORY + "/{metric:[a-z-]{1,40}}", "dashboard.pages.repository:show"),
    ("GET", REPOSITORY + "/{metric:[a-z-]{1,40}}.{form:csv|json}", "dashboard.pages.repository:download"),
    ("GET", REPOSITORY + "/{metric:[a-z-]{1,40}}/freshness", "dashboard.pages.repository:freshness"),
    (
        "GET",
        REPOSITORY + "/{metric:[a-z-]{1,40}}/chart/{number:[0-9]{1,2}}.{form:png|svg|json}",
        "dashboard.pages.chart:show",
    ),
    ("GET", INSTALLATION + "/numbers/{metric:[a-z-]{1,40}}", "dashboard.pages.organisation:show"),
    ("GET", INSTALLATION + "/numbers/{metric:[a-z-]{1,40}}.{form:csv|json}", "dashboard.pages.organisation:download"),
    (
        "GET",
        INSTALLATION + "/numbers/{metric:[a-z-]{1,40}}/chart/{number:[0-9]{1,2}}.{form:png|svg|json}",
        "dashboard.pages.chart:of_organisation",
    ),
    # looking after an installation
    ("GET", INSTALLATION, "dashboard.pages.installation:show"),
    ("POST", INSTALLATION + "/repositories/{repository_id:[0-9]{1,19}}", "dashboard.pages.installation:manage"),
    ("GET", INSTALLATION + "/captures", "dashboard.pages.captures:show"),
    ("GET", INSTALLATION + "/schedules", "dashboard.pages.schedules:show"),
    ("POST", INSTALLATION + "/schedules", "dashboard.pages.schedules:change"),
    ("GET", INSTALLATION + "/people", "dashboard.pages.people:show"),
    ("POST", INSTALLATION + "/people", "dashboard.pages.people:change"),
    ("GET", INSTALLATION + "/grant", "dashboard.pages.grant:show"),
    ("POST", INSTALLATION + "/grant", "dashboard.pages.grant:change"),
    ("GET", "/operator", "dashboard.pages.operator:show"),
    ("POST", "/operator/jobs", "dashboard.pages.operator:jobs"),
    ("POST", "/operator/people", "dashboard.pages.operator:people"),
    ("POST", INSTALLATION + "/collect", "dashboard.pages.collect:installation"),
    ("GET", "/collect/{run:[A-Za-z0-9_-]{1,80}}", "dashboard.pages.collect:show"),
    ("GET", "/collect/{run:[A-Za-z0-9_-]{1,80}}/events", "dashboard.pages.collect:events"),
    # any repository, with a token of one's own
    ("GET", "/analyse", "dashboard.pages.analyse:form"),
    ("POST", "/analyse", "dashboard.pages.analyse:begin"),
    ("GET", "/analyse/{run:[A-Za-z0-9_-]{43}}", "dashboard.pages.analyse_run:show"),
    ("GET", "/analyse/{run:[A-Za-z0-9_-]{43}}/events", "dashboard.pages.analyse_run:events"),
    ("POST", "/analyse/{run:[A-Za-z0-9_-]{43}}/cancel", "dashboard.pages.analyse_run:cancel"),
    ("GET", "/analyse/{run:[A-Za-z0-9_-]{43}}/data", "dashboard.pages.analyse_data:data"),
    ("GET", "/analyse/{run:[A-Za-z0-9_-]{43}}/data/{table:[a-z-]{1,40}}", "dashboard.pages.analyse_data:preview"),
    (
        "GET",
        "/analyse/{run:[A-Za-z0-9_-]{43}}/data/{table:[a-z-]{1,40}}.{form:csv|json|parquet}",
        "dashboard.pages.analyse_data:download",
    ),
    (
        "GET",
        "/analyse/{run:[A-Za-z0-9_-]{43}}/{metric:[a-z-]{1,40}}/chart/{number:[0-9]{1,2}}.{form:png|svg|json}",
        "dashboard.pages.analyse_answer:chart",
    ),
    # one's own account
    ("GET", "/account", "dashboard.pages.account:show"),
    ("POST", "/account/tokens", "dashboard.pages.account:make_token"),
    ("POST", "/account/tokens/{token:[0-9]{1,19}}/end", "dashboard.pages.account:end_token"),
)
OPEN: tuple[tuple[str, str, str], ...] = (
    ("GET", "/static/{file:vega-[0-9a-f]{16}\\.js}", "dashboard.chart_library:serve"),
    ("GET", "/static/{file:[a-z0-9._-]{1,80}}", "dashboard.static_files:serve"),
    ("GET", API + "/openapi.json", "dashboard.api.description:serve"),
    ("*", API, "dashboard.api.door:serve"),
    ("*", API + "/{path:.*}", "dashboard.api.door:serve"),
)
