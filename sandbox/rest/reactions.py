"""Reactions to comments: one of a kind per person, however often it is asked for."""

from __future__ import annotations

from aiohttp import web

from sandbox import payloads
from sandbox.errors import Refusal, invalid, not_found
from sandbox.rest.comments import find
from sandbox.rest.routing import REPOSITORY, Route, answer, body, caller, guard_item, page
from sandbox.state import state


async def list_reactions(request: web.Request) -> web.Response:
    """`GET …/issues/comments/{comment_id}/reactions`, of one `content` if given."""
    comment = find(request)
    guard_item(request, comment.thread, "read")
    content = request.query.get("content")
    chosen, headers = page(request, [one for one in comment.reactions if content in (None, one.content)])
    return answer([payloads.reaction(one, state(request).base) for one in chosen], headers=headers)


async def create(request: web.Request) -> web.Response:
    """`POST …/issues/comments/{comment_id}/reactions`: 201 if new, 200 if it was there."""
    comment, here, who = find(request), state(request), caller(request)
    guard_item(request, comment.thread, "write")
    content = (await body(request)).get("content")
    if content not in payloads.REACTIONS:
        raise invalid("Reaction", "content", "invalid" if content else "missing_field")
    if who.account is None:
        raise Refusal(401, "Requires authentication")
    reaction, new = here.world.react(comment, who.account, content)
    return answer(payloads.reaction(reaction, here.base), 201 if new else 200)


async def delete(request: web.Request) -> web.Response:
    """`DELETE …/issues/comments/{comment_id}/reactions/{reaction_id}`: one's own."""
    comment, who = find(request), caller(request)
    guard_item(request, comment.thread, "write")
    wanted = int(request.match_info["reaction_id"])
    for reaction in comment.reactions:
        if reaction.id == wanted and reaction.user is who.account:
            comment.reactions.remove(reaction)
            return web.Response(status=204)
    raise not_found()


ROUTES = (
    Route("GET", REPOSITORY + "/issues/comments/{comment_id:\\d+}/reactions", list_reactions),
    Route("POST", REPOSITORY + "/issues/comments/{comment_id:\\d+}/reactions", create),
    Route("DELETE", REPOSITORY + "/issues/comments/{comment_id:\\d+}/reactions/{reaction_id:\\d+}", delete),
)
