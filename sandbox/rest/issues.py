"""Issues and pull requests as REST lists them, and labels on them."""

from __future__ import annotations

from aiohttp import web

from sandbox import payloads
from sandbox.errors import Refusal, invalid, not_found
from sandbox.rest.routing import REPOSITORY, Route, answer, body, caller, guard, guard_thread, page
from sandbox.state import state
from sandbox.things import Issue, Pull, Repository

LONGEST_TITLE, LONGEST_BODY = 256, 65_536  # characters
SORT = {"created": "created_at", "updated": "updated_at"}


async def list_issues(request: web.Request) -> web.Response:
    """`GET …/issues`: pull requests too, open ones unless `state` says otherwise, newest first."""
    found, query = guard(request, "issues:read"), request.query
    wanted, since = query.get("state", "open"), query.get("since", "")
    labels = {name for name in query.get("labels", "").split(",") if name}
    creator = query.get("creator", "").lower()
    rows = [
        one
        for one in found.threads.values()
        if wanted in ("all", one.state)
        and one.updated_at >= since
        and labels <= set(one.labels)
        and in_milestone(one, query.get("milestone"))
        and (not creator or (one.author is not None and one.author.rest_login.lower() == creator))
    ]
    field = SORT.get(query.get("sort", "created"), "created_at")
    rows.sort(key=lambda one: (getattr(one, field), one.number), reverse=query.get("direction", "desc") == "desc")
    chosen, headers = page(request, rows)
    return answer([payloads.issue(one, state(request).base) for one in chosen], headers=headers)


def in_milestone(thread: Issue | Pull, wanted: str | None) -> bool:
    """Tell whether a thread is in the milestone of that number, in any (`*`) or in none."""
    if wanted is None:
        return True
    number = "none" if thread.milestone is None else str(thread.milestone.number)
    return number == wanted or (wanted == "*" and thread.milestone is not None)


async def get_issue(request: web.Request) -> web.Response:
    """`GET …/issues/{issue_number}`."""
    return answer(payloads.issue(guard_thread(request, "read"), state(request).base))


async def create_issue(request: web.Request) -> web.Response:
    """`POST …/issues`."""
    found, here = guard(request, "issues:write"), state(request)
    wanted = await body(request)
    title = wanted.get("title")
    if not isinstance(title, str | int) or not str(title).strip():
        raise invalid("Issue", "title")
    _takes(found, wanted)
    issue = here.world.open_issue(
        found, caller(request).account, str(title), str(wanted.get("body") or ""), _names(wanted.get("labels"))
    )
    here.hands.opened(issue)
    value = payloads.issue(issue, here.base)
    return answer(value, 201, {"Location": value["url"]})


async def edit_issue(request: web.Request) -> web.Response:
    """`PATCH …/issues/{issue_number}`: title, body, state and labels."""
    item, here = guard_thread(request, "write"), state(request)
    wanted = await body(request)
    _takes(item.repository, wanted)
    here.hands.change_issue(item, caller(request).account, wanted)
    return answer(payloads.issue(item, here.base))


def _takes(found: Repository, wanted: dict[str, object]) -> None:
    """Refuse what is too long, and anything in an archived repository."""
    if found.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    for field, most in (("title", LONGEST_TITLE), ("body", LONGEST_BODY)):
        if len(str(wanted.get(field) or "")) > most:
            raise invalid("Issue", field, "unprocessable")


async def list_labels(request: web.Request) -> web.Response:
    """`GET …/issues/{issue_number}/labels`."""
    item = guard_thread(request, "read")
    chosen, headers = page(
        request, [payloads.label(name, item.repository, state(request).base) for name in item.labels]
    )
    return answer(chosen, headers=headers)


async def add_labels(request: web.Request) -> web.Response:
    """`POST …/issues/{issue_number}/labels` adds, `PUT` replaces."""
    item = guard_thread(request, "write")
    names = _names((await body(request)).get("labels"))
    kept = () if request.method == "PUT" else item.labels
    return _labelled(request, item, tuple(dict.fromkeys((*kept, *names))))


async def remove_label(request: web.Request) -> web.Response:
    """`DELETE …/issues/{issue_number}/labels/{name}`."""
    item, name = guard_thread(request, "write"), request.match_info["name"]
    if name not in item.labels:
        raise not_found()
    return _labelled(request, item, tuple(one for one in item.labels if one != name))


def _labelled(request: web.Request, item: Issue | Pull, labels: tuple[str, ...]) -> web.Response:
    item.labels = labels
    return answer([payloads.label(one, item.repository, state(request).base) for one in labels])


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(str(item["name"]) if isinstance(item, dict) else str(item) for item in value)


ROUTES = (
    Route("GET", REPOSITORY + "/issues", list_issues),
    Route("POST", REPOSITORY + "/issues", create_issue),
    Route("GET", REPOSITORY + "/issues/{issue_number:\\d+}", get_issue),
    Route("PATCH", REPOSITORY + "/issues/{issue_number:\\d+}", edit_issue),
    Route("GET", REPOSITORY + "/issues/{issue_number:\\d+}/labels", list_labels),
    Route("POST", REPOSITORY + "/issues/{issue_number:\\d+}/labels", add_labels),
    Route("PUT", REPOSITORY + "/issues/{issue_number:\\d+}/labels", add_labels),
    Route("DELETE", REPOSITORY + "/issues/{issue_number:\\d+}/labels/{name}", remove_label),
)
