"""Count by simulation how often the 95 % intervals behind our verdicts hold the true difference.

    .venv/bin/python scripts/interval_coverage.py [--repeats 4000]

Medians: two samples of durations from one of several distributions, one of them moved by a known amount. Shares: two
samples of yes and no with known probabilities. An honest 95 % interval holds the truth about 95 times in a hundred;
too rarely means words that are not earned, too often means changes that nobody is told.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray

from analytics.differences import share_difference
from analytics.stats import median_difference

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]

FEW = ((5, 5), (6, 6), (7, 7), (8, 8), (10, 10), (12, 12), (15, 15), (5, 15), (8, 12))
MANY = ((30, 30), (31, 31), (30, 100), (100, 100), (300, 300))
SHARES = (
    (0.05, 0.05),
    (0.1, 0.1),
    (0.3, 0.3),
    (0.5, 0.5),
    (0.9, 0.9),
    (0.1, 0.3),
    (0.2, 0.7),
    (0.5, 0.9),
    (0.05, 0.95),
)
DURATIONS: dict[str, Draw] = {
    "exponential": lambda random, size: random.exponential(20, size),
    "lognormal, sigma 1.5": lambda random, size: random.lognormal(3, 1.5, size),
    "lognormal, sigma 3": lambda random, size: random.lognormal(3, 3, size),
    "hours or weeks": lambda random, size: np.where(
        random.random(size) < 0.5, random.lognormal(1, 1, size), random.lognormal(5, 1, size)
    ),
    "normal": lambda random, size: random.normal(100, 10, size),
}


def of_medians(draw: Draw, sizes: tuple[int, int], repeats: int) -> float:
    """Return how often the interval of a difference of medians holds it."""
    random, moved, hits = np.random.default_rng(9), 7.0, 0
    for seed in range(repeats):
        interval = median_difference((draw(random, sizes[0]) + moved).tolist(), draw(random, sizes[1]).tolist(), seed)
        hits += not interval.excludes(moved)
    return hits / repeats


def of_shares(shares: tuple[float, float], sizes: tuple[int, int], repeats: int) -> float:
    """Return how often the interval of a difference of shares holds it."""
    random, truth, hits = np.random.default_rng(9), shares[0] - shares[1], 0
    for seed in range(repeats):
        now, before = (random.random(size) < share for size, share in zip(sizes, shares, strict=True))
        hits += not share_difference(now, before, seed).excludes(truth)
    return hits / repeats


def main() -> None:
    """Print a table per interval: a line per number of things, a column per truth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=2000)
    repeats = parser.parse_args().repeats
    say(f"{repeats} repeats; a true 95 % comes out within {3 * (0.0475 / repeats) ** 0.5:.1%} of it")
    say(f"difference of medians: {' | '.join(DURATIONS)}")
    for sizes in (*FEW, *MANY):
        say_row(sizes, [of_medians(draw, sizes, repeats) for draw in DURATIONS.values()])
    say(f"difference of shares: {' | '.join(f'{now:.0%} and {before:.0%}' for now, before in SHARES)}")
    for sizes in (*FEW, *MANY):
        say_row(sizes, [of_shares(shares, sizes, repeats) for shares in SHARES])


def say_row(sizes: tuple[int, int], found: list[float]) -> None:
    """Print how often each interval held the truth."""
    say(f"n = {sizes[0]:3} and {sizes[1]:3}: {'  '.join(f'{share:6.1%}' for share in found)}")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
