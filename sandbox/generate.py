"""A believable organisation, the same for the same seed: what the demo and the tests look at.

`quartz-labs` has a busy public repository, a smaller one, a private one and one that is archived.
"""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from sandbox.dataset import TABLES, Dataset, Row
from sandbox.generate_calendar import DAY, Span, stamp
from sandbox.generate_commits import branch
from sandbox.generate_fans import fans
from sandbox.generate_issues import issues
from sandbox.generate_life import Life
from sandbox.generate_oddities import plant
from sandbox.generate_people import Crowd, organisation
from sandbox.generate_profiles import OWNER, PROFILES, Profile
from sandbox.generate_pulls import PullTeller
from sandbox.generate_releases import releases
from sandbox.generate_rows import Writer
from sandbox.traffic_generated import Generated, Habits

DAYS_PER_MONTH = 365.25 / 12
FULL_LENGTH = 18  # months that a profile's counts are for
FIRST_REPOSITORY_ID = 700_000_000
IDS_PER_REPOSITORY = 100_000_000


def generate(seed: int, now: datetime, months: float = 18, scale: float = 1.0) -> list[Dataset]:
    """Return the organisation's repositories as they stand at `now`, busiest first.

    `months` is how far back they reach, `scale` multiplies the counts (1 gives about 1,400 pull requests in
    `lantern`). The same arguments give the same rows. `repo["permissions"]` is login -> admin or write.
    """
    return [generate_repository(seed, now, profile, months, scale) for profile in PROFILES]


def generate_repository(seed: int, now: datetime, profile: Profile, months: float = 18, scale: float = 1.0) -> Dataset:
    """Return one repository; the others of the organisation do not change it. A naive `now` raises ValueError."""
    if now.tzinfo is None:
        raise ValueError("give an aware time; what is stored is in UTC")
    people = organisation(Random(f"{seed}:people"))
    random = Random(f"{seed}:{profile.name}")
    end = int(now.timestamp())
    since = end - int(months * DAYS_PER_MONTH * DAY)
    span = Span(since, since + int((end - since) * profile.ends), end)
    members = people[profile.members]
    maintainers, crowd = Crowd(members, 0.9), Crowd((*members, *people[profile.others]), 1.15)
    factor = scale * months / FULL_LENGTH
    place = PROFILES.index(profile) if profile in PROFILES else len(PROFILES)
    first_id = (place + 1) * IDS_PER_REPOSITORY

    lives = _lives(random, profile, crowd, maintainers, span, factor=factor)
    main = branch(random, profile, lives, maintainers, span, count=round(profile.pushes * factor))
    writer = Writer(random, main, frozenset(row["author"] for row in main.rows), first_id)
    for life in lives:
        writer.write(life)
    made = Dataset(
        _describe(profile, place, span, crowd),
        pulls=writer.pulls, reviews=writer.reviews, issues=writer.issues, comments=writer.comments,
        commits=main.rows, timeline=writer.timeline,
        releases=releases(random, main, profile.name.capitalize(), members[0], span, first_id=first_id),
    )  # fmt: skip
    habits = _habits(random, profile, span, factor)
    made.repo["traffic"] = habits
    published = [date.fromisoformat(row["published_at"][:10]) for row in made.releases if row["published_at"]]
    made.stars, made.watches, made.forks = fans(
        random, Generated(Habits.of(habits, published)), span, members, stars=round(profile.stars * factor),
        first_id=first_id + IDS_PER_REPOSITORY // 2,
    )  # fmt: skip
    made.repo["counts"] = {table: len(getattr(made, table)) for table in TABLES}
    return made


def _habits(random: Random, profile: Profile, span: Span, factor: float) -> Row:
    """Return how the repository is visited; a smaller organisation has fewer visitors, too."""
    began, ended = stamp(span.since)[:10], stamp(span.until)[:10]
    return {
        "seed": random.getrandbits(31), "visitors": round(profile.visitors * min(1.0, factor), 2), "since": began,
        "growth": profile.growth, "runs": round(profile.runs * min(1.0, factor), 2),
        "until": ended if profile.archived else None,
    }  # fmt: skip


def _lives(
    random: Random, profile: Profile, crowd: Crowd, maintainers: Crowd, span: Span, *, factor: float
) -> list[Life]:
    """Return everything that happened until now, numbered by age."""
    teller = PullTeller(random, profile, crowd, maintainers, span)
    lives = teller.people(round(profile.pulls * factor)) + teller.robots(round(profile.bot_pulls * factor))
    # Those who ask are mostly not those who build.
    askers = Crowd((*crowd.people[::-1][: len(crowd.people) // 2], *crowd.people), 0.35)
    lives += issues(random, profile, askers, maintainers, span, count=round(profile.issues * factor))
    lives = sorted((life for life in lives if life.at < span.now), key=lambda life: life.at)
    for life in lives:
        life.cut(span.now)
    if profile.has_oddities:
        plant(random, lives, maintainers)
        for life in lives:
            life.cut(span.now)
    _number(random, lives)
    return lives


def _number(random: Random, lives: list[Life]) -> None:
    """Number pull requests and issues together by age; now and then a number is gone with a deleted issue."""
    number = 0
    for life in lives:
        number += 1 if random.random() > 0.004 else 2
        life.number = number


def _describe(profile: Profile, place: int, span: Span, crowd: Crowd) -> Row:
    return {
        "id": FIRST_REPOSITORY_ID + place, "full_name": f"{OWNER}/{profile.name}", "owner": OWNER, "name": profile.name,
        "description": profile.description, "visibility": profile.visibility,
        "private": profile.visibility != "public", "archived": profile.archived, "fork": False,
        "default_branch": "main", "created_at": stamp(span.since), "pushed_at": stamp(span.until),
        "snapshot_at": stamp(span.now),
        "coverage": "generated", "notes": ["Generated: nobody in it exists."],
        "permissions": {person.login: person.permission for person in crowd.people if person.login and person.merges},
    }  # fmt: skip
