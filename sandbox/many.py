"""A world of many installations with small repositories, made in a moment: what the benchmark of captures runs against.

A repository is its name and its habits; visitors are made up when they are asked for, so thousands take little memory.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.clock import Clock
from sandbox.generate_people import ANIMALS, MINERALS
from sandbox.registration import AppKeys, register
from sandbox.traffic_generated import Generated, Habits
from sandbox.world import World

AGE = timedelta(days=700)  # of the repositories


def many(
    repositories: int,
    installations: int,
    *,
    now: datetime,
    seed: int = 1,
    visitors: float = 4.0,
    runs: float = 2.0,
    private_share: float = 0.2,
    webhook_url: str | None = None,
    key: RSAPrivateKey | None = None,
) -> tuple[World, AppKeys]:
    """Return the world and the App's keys: `repositories` spread evenly over `installations` organisations.

    `visitors` is the mean of a weekday; a few repositories have many, most have few, as everywhere.
    """
    if not 0 < installations <= repositories:
        raise ValueError("every installation needs a repository")
    random, world, since = Random(seed), World(Clock(now)), now.date() - AGE
    keys = register(world, webhook_url=webhook_url, key=key)
    owners = [f"{_word(number)}-works-{number + 1}" for number in range(installations)]
    for owner in owners:
        world.organization(owner)
    for number in range(repositories):
        repository = world.add_repository(
            f"{owners[number % installations]}/{_word(number // installations)}-{number // installations + 1}",
            visibility="private" if random.random() < private_share else "public",
            created_at=f"{since.isoformat()}T00:00:00Z",
        )
        repository.traffic = Generated(_habits(random, since, visitors=visitors, runs=runs))
    for owner in owners:
        world.install(owner)
    return world, keys


def _habits(random: Random, since: date, *, visitors: float, runs: float) -> Habits:
    # A log-normal of this spread has the mean exp(spread² / 2) = e^0.5.
    size = random.lognormvariate(0, 1) / 1.6487
    return Habits(random.getrandbits(31), round(visitors * size, 2), since, runs=round(runs * size, 2))


def _word(number: int) -> str:
    return f"{MINERALS[number % len(MINERALS)]}-{ANIMALS[number // len(MINERALS) % len(ANIMALS)]}"
