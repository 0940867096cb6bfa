"""Comments in the thread of an issue or a pull request."""

from __future__ import annotations

from aiohttp import web

from sandbox import payloads
from sandbox.errors import Refusal, invalid, not_found
from sandbox.rest.routing import REPOSITORY, Route, answer, body, caller, guard, guard_item, guard_thread, page
from sandbox.state import state
from sandbox.things import Comment

LONGEST_BODY = 65_536  # characters of a comment


def find(request: web.Request) -> Comment:
    """The comment addressed, in the repository addressed."""
    found = guard(request, "metadata:read")
    comment = state(request).world.comments.get(int(request.match_info["comment_id"]))
    if comment is None or comment.thread.repository is not found:
        raise not_found()
    return comment


async def _text(request: web.Request) -> str:
    text = (await body(request)).get("body")
    if not isinstance(text, str) or not text.strip():
        raise invalid("IssueComment", "body")
    if len(text) > LONGEST_BODY:
        raise Refusal(
            422, "Validation Failed",
            errors=[{"resource": "IssueComment", "code": "unprocessable", "field": "data",
                     "message": f"Body is too long (maximum is {LONGEST_BODY} characters)"}],
        )  # fmt: skip
    return text


def _own(request: web.Request, comment: Comment) -> None:
    """An App may change its own comments and, with write permission, others' as well; a person needs the role."""
    who = caller(request)
    guard_item(request, comment.thread, "write")
    if who.installation is None and who.account is not None and comment.author is not who.account:
        role = comment.thread.repository.permission_of(who.account.login)
        if role not in ("write", "maintain", "admin"):
            raise Refusal(403, "Must have admin rights to Repository.")


async def list_of_thread(request: web.Request) -> web.Response:
    """`GET …/issues/{issue_number}/comments`, oldest first; `since` is by the time of update."""
    item = guard_thread(request, "read")
    since = request.query.get("since", "")
    chosen, headers = page(request, [one for one in item.comments if one.updated_at >= since])
    return answer([payloads.comment(one, state(request).base) for one in chosen], headers=headers)


async def list_of_repository(request: web.Request) -> web.Response:
    """`GET …/issues/comments`: all threads', oldest first unless sorted otherwise."""
    found = guard(request, "issues:read")
    since = request.query.get("since", "")
    field = "updated_at" if request.query.get("sort") == "updated" else "created_at"
    rows = [one for item in found.threads.values() for one in item.comments if one.updated_at >= since]
    backwards = request.query.get("direction") == "desc"
    rows.sort(key=lambda one: (getattr(one, field), one.id), reverse=backwards)
    chosen, headers = page(request, rows)
    return answer([payloads.comment(one, state(request).base) for one in chosen], headers=headers)


async def create(request: web.Request) -> web.Response:
    """`POST …/issues/{issue_number}/comments`."""
    item, here, who = guard_thread(request, "write"), state(request), caller(request)
    text = await _text(request)
    if item.repository.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    comment = here.world.add_comment(item, who.account, text, via_app=who.installation is not None)
    here.hands.commented("created", comment)
    value = payloads.comment(comment, here.base)
    return answer(value, 201, {"Location": value["url"]})


async def get(request: web.Request) -> web.Response:
    """`GET …/issues/comments/{comment_id}`."""
    comment = find(request)
    guard_item(request, comment.thread, "read")
    return answer(payloads.comment(comment, state(request).base))


async def edit(request: web.Request) -> web.Response:
    """`PATCH …/issues/comments/{comment_id}`."""
    comment, here = find(request), state(request)
    _own(request, comment)
    text, before = await _text(request), comment.body
    here.world.edit_comment(comment, text)
    here.hands.commented("edited", comment, caller(request).account, {"body": {"from": before}})
    return answer(payloads.comment(comment, here.base))


async def delete(request: web.Request) -> web.Response:
    """`DELETE …/issues/comments/{comment_id}`."""
    comment, here = find(request), state(request)
    _own(request, comment)
    here.world.delete_comment(comment)
    here.hands.commented("deleted", comment, caller(request).account)
    return web.Response(status=204)


ROUTES = (
    Route("GET", REPOSITORY + "/issues/comments", list_of_repository),
    Route("GET", REPOSITORY + "/issues/comments/{comment_id:\\d+}", get),
    Route("PATCH", REPOSITORY + "/issues/comments/{comment_id:\\d+}", edit),
    Route("DELETE", REPOSITORY + "/issues/comments/{comment_id:\\d+}", delete),
    Route("GET", REPOSITORY + "/issues/{issue_number:\\d+}/comments", list_of_thread),
    Route("POST", REPOSITORY + "/issues/{issue_number:\\d+}/comments", create),
)
