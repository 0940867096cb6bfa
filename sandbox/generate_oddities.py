"""Rare things that real repositories hold, planted once so that nothing can pretend they do not exist."""

from __future__ import annotations

from random import Random

from sandbox.generate_calendar import HOUR
from sandbox.generate_life import Life, Review
from sandbox.generate_people import Crowd
from sandbox.generate_words import AWKWARD_TITLES


def plant(random: Random, lives: list[Life], maintainers: Crowd) -> None:
    """Plant awkward titles, a merge before the opening, and a review after the merge among lives told so far."""
    people = [life for life in lives if not life.author.is_bot]
    recent = people[-len(people) // 6 :] or people
    for title, life in zip(AWKWARD_TITLES, random.sample(recent, min(len(recent), len(AWKWARD_TITLES))), strict=False):
        life.title = title
    merged = [life for life in people if life.is_pull and life.merged_at is not None]
    if len(merged) < 3:
        return
    # An import from elsewhere kept the day of the merge and forgot the day of the opening.
    later = merged[len(merged) // 2 :]
    imported = next((life for life in later if not any(turn.event == "reopened" for turn in life.turns)), later[0])
    imported_at = imported.at - 50 * HOUR
    for turn in imported.turns:
        if turn.event in ("merged", "closed"):
            turn.at = imported_at
    imported.merged_at = imported_at
    for late in merged[:: max(1, len(merged) // 8)]:
        reviewer = maintainers.pick(random, 0.5, late.author)
        if late is not imported and late.merged_at is not None:
            late.reviews.append(Review(late.merged_at + random.randrange(HOUR, 40 * HOUR), reviewer, "COMMENTED", 1))
