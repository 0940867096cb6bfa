"""Pull requests that rot make the merged ones look faster, and do not deceive the answer."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import tests.stories.town
from sandbox.generate_rot import rotten
from tests.stories.conftest import OpenTown
from tests.stories.town import NOW, open_town, organisation

COMMAND = "/analytics time-to-merge 180d"
HOURS = {"min": 1 / 60, "h": 1, "d": 24}


def hours(said: str) -> float:
    """Read a duration such as `2 d 5 h`, or nothing that was reached as for ever."""
    if said == "not reached":
        return float("inf")
    return sum(int(amount) * HOURS[unit] for amount, unit in re.findall(r"(\d+)\s(min|h|d)", said))


def figure(body: str, label: str) -> float:
    """Return a duration of the table, of the asked window."""
    plain = body.replace("\N{NO-BREAK SPACE}", " ")
    row = next(line for line in plain.splitlines() if line.startswith(f"| {label} |"))
    return hours(row.split("|")[2].strip())


async def test_a_fifth_left_to_rot_lowers_the_median_of_merged_ones_and_raises_the_honest_one(
    town_of: OpenTown, migrated: Path, tmp_path: Path
) -> None:
    """The same repository twice; the second time a fifth of half a year, of the slower ones, never ended."""
    lantern, *others = organisation()
    rotting = (rotten(lantern, 0.2, NOW - timedelta(days=180)), *others)
    async with town_of() as town:
        before = town.answer_to(await town.say(COMMAND))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(migrated, elsewhere / "almanac.db")
    with patch.object(tests.stories.town, "organisation", lambda: rotting):
        async with open_town(elsewhere) as town:
            after = town.answer_to(await town.say(COMMAND))

    merged, honest = "median time to merge (merged ones)", "half merged or closed within"
    assert figure(after, merged) < figure(before, merged), "what merged did so faster"
    assert figure(after, honest) > figure(before, honest), "what was opened waits longer"
    headline = after.splitlines()[0]
    assert re.match(
        r"\*\*Half of \d+ pull requests opened in the last 180 days are merged or closed within [\d dh]+ "
        r"\(95 % interval .*?\); \d+ % are merged within 24 h, \d+ % within 7 d and \d+ % within 30 d\.\*\*",
        headline,
    ), headline
