"""`node` and `nodes`: things by their global id. What is not there, or not to be seen, is null beside an error."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from sandbox.graphql.context import Context
from sandbox.things import Account, Comment, Repository
from sandbox.world import World

Info = GraphQLResolveInfo
Thing = Account | Comment | Repository
MOST_IDS = 100


def _find(world: World, node_id: str) -> Thing | None:
    """Return the repository, account or comment of an id; other kinds of things are not found by theirs here."""
    kind, _, rest = node_id.partition("_")
    try:
        number = int.from_bytes(base64.urlsafe_b64decode(rest + "=" * (-len(rest) % 4)), "big")
    except (ValueError, binascii.Error):
        return None
    if kind == "R":
        return world.repositories.get(number)
    if kind == "IC":
        return world.comments.get(number)
    return next((one for one in world.accounts.values() if one.node_id == node_id), None)


def _visible(context: Context, node_id: str) -> Thing | GraphQLError:
    found = _find(context.world, node_id)
    place = found.thread.repository if isinstance(found, Comment) else found
    if found is None or (isinstance(place, Repository) and not context.gate.sees(context.caller, place)):
        message = f"Could not resolve to a node with the global id of '{node_id}'"
        return GraphQLError(message, extensions={"type": "NOT_FOUND"})
    return found


def _node(_: object, info: Info, *, id: str) -> Thing | GraphQLError:  # noqa: A002 - GitHub's word
    return _visible(info.context, id)


def _nodes(_: object, info: Info, *, ids: list[str]) -> list[Thing | GraphQLError]:
    if len(ids) > MOST_IDS:
        message = f"You may not provide more than {MOST_IDS} node ids; you provided {len(ids)}."
        raise GraphQLError(message, extensions={"type": "ARGUMENT_LIMIT"})
    return [_visible(info.context, one) for one in ids]


def _kind(value: Any, *_: object) -> str:
    if isinstance(value, Account):
        return value.type
    return "IssueComment" if isinstance(value, Comment) else "Repository"


QUERY: Mapping[str, Callable[..., Any]] = {"node": _node, "nodes": _nodes}
KINDS: Mapping[str, Callable[..., str]] = {"Node": _kind}
