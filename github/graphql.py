"""What a GraphQL answer means: GitHub reports limits, overload and refusals as HTTP 200 with `errors`. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from github.errors import Gone, Overloaded, QueryFailed, Refused

OVERLOADED = frozenset({"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "TIMEOUT"})
OVERLOADED_WORDS = ("something went wrong while executing your query", "resource limits", "timed out", "timeout")
FORBIDDEN = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES"})
# Fields of one node that GitHub blanks where an App may not see them (a requested team needs members:read); the rest of
# the answer is whole.

# Fields of a row that may be null: people, teams and commits out of sight, and what is only counted (null is unknown).
HOLES = frozenset(
    {"actor", "author", "issues", "mergedBy", "pullRequests", "requestedReviewer", "tagCommit", "user", "watchers"}
)

Errors = Sequence[Mapping[str, Any]]


def errors_of(answer: Any) -> Errors:
    """Return the `errors` of an answer, of which GitHub sometimes makes a single object or null."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if isinstance(errors, dict):
        return [errors]
    return [error for error in errors or () if isinstance(error, dict)]


def data_of(answer: Any) -> dict[str, Any]:
    """Return `data` of an answer, or raise what its errors amount to.

    Overloaded (a smaller page may do; partial data is not used) · Gone (NOT_FOUND) · Refused (FORBIDDEN) · QueryFailed.
    Rate limits are decided on before; null in place of a row, or of a row's field, that we may not see is no error.
    """
    data = answer.get("data") if isinstance(answer, dict) else None
    errors = [error for error in errors_of(answer) if not _is_hole(error, data)]
    for error in errors:
        if _is_overload(error):
            raise Overloaded(str(error.get("message") or error.get("type")))
    if errors:
        _raise(errors)
    if not isinstance(data, dict):
        raise QueryFailed("GitHub's answer has neither data nor errors")
    return data


def cost_of(answer: Any) -> int:
    """Return the points an answer cost, from its `rateLimit.cost`; 0 where it does not say."""
    cost = _limit(answer).get("cost")
    return cost if isinstance(cost, int) else 0


def limit_of(answer: Any) -> tuple[int, str] | None:
    """Return `rateLimit`'s remaining points and when they are filled up again, None where it does not say."""
    remaining, reset_at = _limit(answer).get("remaining"), _limit(answer).get("resetAt")
    return (remaining, reset_at) if isinstance(remaining, int) and isinstance(reset_at, str) else None


def _limit(answer: Any) -> Mapping[str, Any]:
    data = answer.get("data") if isinstance(answer, dict) else None
    limit = data.get("rateLimit") if isinstance(data, dict) else None
    return limit if isinstance(limit, dict) else {}


def _kind(error: Mapping[str, Any]) -> str:
    extensions = error.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return str(error.get("type") or code or "").upper()


def _is_overload(error: Mapping[str, Any]) -> bool:
    message = str(error.get("message", "")).lower()
    return _kind(error) in OVERLOADED or any(words in message for words in OVERLOADED_WORDS)


def _is_hole(error: Mapping[str, Any], data: Any) -> bool:
    """Tell whether a row is missing as a whole, or a field of it that may be.

    A list inside a row that may not be seen is no hole: what is unknown would be stored as nothing.
    """
    path = list(error.get("path") or ())
    rows = [place for place, step in enumerate(path) if isinstance(step, int)]
    if not rows or _kind(error) not in FORBIDDEN | {"NOT_FOUND"}:
        return False
    return not HOLES.isdisjoint(path[rows[-1] :]) or any(_at(data, path[: row + 1]) is None for row in rows)


def _at(data: Any, path: Sequence[str | int]) -> Any:
    """Return what stands at `path`, None where it or something above it is null or not there."""
    for step in path:
        if isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        elif isinstance(data, dict):
            data = data.get(step)
        else:
            return None
    return data


def _raise(errors: Errors) -> None:
    kinds = tuple(_kind(error) for error in errors)
    message = str(errors[0].get("message", "GitHub gave no reason"))
    if "NOT_FOUND" in kinds:
        raise Gone(message)
    if FORBIDDEN & set(kinds):
        raise Refused(403, message)
    raise QueryFailed(message, kinds)
