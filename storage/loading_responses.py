"""When an issue was first answered by a person, where its first answer came from an account that is a bot here.

What is stored with an issue is its first response by anybody whom GitHub does not call a bot. Which further accounts
are bots, `bots:` in the configuration says, and it may change any day: so it is judged when a question is asked, from
the comments that are kept. These are all that webhooks told of; of an issue that was read, the first ten, those up to
the stored response, and the last ten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from analytics.actors import BOT_SUFFIX, ActorKind
from storage.loading_filters import numbers, texts

Query = Callable[[str], Iterable[Sequence[Any]]]


def listed_bots(query: Query, logins: Collection[str]) -> tuple[int, ...]:
    """Return the ids of the accounts that are bots because `bots:` says so."""
    keys = {login.lower().removesuffix(BOT_SUFFIX) for login in logins}
    if not keys:
        return ()
    found = query(f"SELECT id FROM actors WHERE key IN ({texts(sorted(keys))})")  # noqa: S608 - quoted
    return tuple(sorted(row[0] for row in found))


def first_response(bots: Collection[int]) -> str:
    """Return the SQL of an issue's first response by a person other than its author; of most it is as stored."""
    if not bots:
        return "first_response_at"
    listed = numbers(bots)
    programs = f"SELECT id FROM actors WHERE kind IN ('{ActorKind.BOT.value}', '{ActorKind.AI.value}')"  # noqa: S608 - ours
    said = "said.repository_id = issues.repository_id AND said.number = issues.number AND NOT said.on_pull"
    by_another = f"said.author_id <> issues.author_id AND said.author_id NOT IN ({listed})"
    by_person = f"{by_another} AND said.author_id NOT IN ({programs})"
    of_person = f"(SELECT min(said.created_at) FROM comments AS said WHERE {said} AND {by_person})"  # noqa: S608 - numbers
    return f"CASE WHEN first_response_by_id IN ({listed}) THEN {of_person} ELSE first_response_at END"
