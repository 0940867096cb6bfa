"""What GitHub lists takes the place of what is stored: the same on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from analytics.actors import Actor, ActorKind
from storage import activity
from storage.comparing import compare_issues
from storage.engine import Store
from storage.schema import issues
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY
from tests.storage.test_activity import DAY, HOUR, ISSUE, only, save

JADE, RUBY = Actor("jade", ActorKind.PERSON), Actor("ruby", ActorKind.PERSON)


async def test_first_responses_are_what_github_lists_and_count_once(store: Store) -> None:
    """One that was told of and is not listed any more was deleted: the next response is the first, or there is none."""
    told = replace(ISSUE, first_response_at=DAY + HOUR, first_response_by=JADE)
    later = replace(ISSUE, updated_at=DAY + timedelta(days=2), first_response_at=DAY + 2 * HOUR, first_response_by=RUBY)
    await save(store, activity.save_issues, told)
    assert await write(store, compare_issues, REPOSITORY.id, [later], []) == 1
    assert (await only(store, issues))["first_response_at"] == DAY + 2 * HOUR
    assert await write(store, compare_issues, REPOSITORY.id, [later], []) == 0
    none = replace(later, first_response_at=None, first_response_by=None)
    assert await write(store, compare_issues, REPOSITORY.id, [none], []) == 1
    row = await only(store, issues)
    assert (row["first_response_at"], row["first_response_by_id"]) == (None, None)
