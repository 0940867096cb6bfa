"""The organisation's repositories: how busy each is, who takes part, and how it works."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.generate_people import DEPENDABOT, RENOVATE, Person

OWNER = "quartz-labs"


@dataclass(frozen=True, slots=True)
class Profile:
    """A repository; counts are for 18 months at scale 1, shares are of 1, `ends` is the share of time it lives.

    `visitors` and workflow `runs` are of a weekday at its beginning.
    """

    name: str
    description: str
    visibility: str
    pulls: int
    bot_pulls: int
    issues: int
    pushes: int
    bot: Person
    squash: float
    median_review_hours: float
    members: slice
    others: slice
    growth: float = 1.3
    ends: float = 1.0
    archived: bool = False
    ai_reviews: bool = False
    has_oddities: bool = False
    visitors: float = 0.0
    runs: float = 0.0
    stars: int = 0


PROFILES = (
    Profile(
        name="lantern", description="A small, bright web framework that never goes out", visibility="public",
        pulls=1110, bot_pulls=290, issues=640, pushes=150, bot=DEPENDABOT, squash=0.7, median_review_hours=2.2,
        members=slice(0, 18), others=slice(18, None), growth=1.6, ai_reviews=True, has_oddities=True,
        visitors=110.0, runs=42.0, stars=640,
    ),
    Profile(
        name="ember", description="Command-line tools around lantern", visibility="public",
        pulls=210, bot_pulls=80, issues=150, pushes=40, bot=RENOVATE, squash=0.25, median_review_hours=6.0,
        members=slice(2, 12), others=slice(24, 120), visitors=21.0, runs=11.0, stars=120,
    ),
    Profile(
        name="strongroom", description="Deployment and secrets of the hosted service", visibility="private",
        pulls=300, bot_pulls=50, issues=70, pushes=90, bot=DEPENDABOT, squash=0.9, median_review_hours=1.0,
        members=slice(0, 14), others=slice(14, 18), ai_reviews=True, visitors=9.0, runs=24.0, stars=4,
    ),
    Profile(
        name="sundial", description="The first version of lantern, kept for reference", visibility="public",
        pulls=46, bot_pulls=10, issues=38, pushes=12, bot=DEPENDABOT, squash=0.0, median_review_hours=20.0,
        members=slice(0, 5), others=slice(30, 60), growth=0.3, ends=0.35, archived=True,
        visitors=14.0, runs=2.0, stars=85,
    ),
)  # fmt: skip
