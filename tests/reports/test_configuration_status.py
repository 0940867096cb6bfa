"""`/analytics status` says where a repository's settings come from and lists every mistake in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reports.configuration import Configuration, parse_configuration
from reports.configuration_status import MOST, settings_block
from reports.status import status
from storage.engine import Store
from storage.installations import Repository

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILE = "`.github/analytics.yml` of `acme/rocket`"
WRONG = replace(parse_configuration("traffic: of\nhours: {from: 25:00}"), source="acme/rocket")


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        (
            Configuration(),
            "**Settings:** the defaults, since there is no `.github/analytics.yml` that Almanac can read.",
        ),
        (Configuration(source="acme/rocket"), f"**Settings:** {FILE}."),
        (
            Configuration(source="acme/rocket", extends="acme/settings"),
            f"**Settings:** {FILE}, which extends that of `acme/settings`.",
        ),
        (Configuration(source="acme/.github", owners=True), "**Settings:** `.github/analytics.yml` of its owner."),
        (
            WRONG,
            (
                f"**2 mistakes in {FILE}**\n\n"
                "- line 1: `traffic: of` must be `push`, `everyone` or `off`\n"
                "- line 2: `hours.from: 25:00` must be a time such as `09:00`\n\n"
                "Until that is corrected, the defaults hold in their place and no traffic is shown."
            ),
        ),
    ],
)
def test_what_is_said_of_settings(configuration: Configuration, said: str) -> None:
    assert settings_block(configuration) == said


def test_the_list_has_an_end() -> None:
    many = replace(WRONG, faults=tuple(f"line {line}: wrong" for line in range(MOST + 7)))
    assert settings_block(many).count("\n- ") == MOST + 1
    assert "- and 7 more\n" in settings_block(many)


async def test_they_stand_at_the_end_of_the_status(store: Store) -> None:
    repository = Repository(7, 1, "acme", "rocket", "public", "main")
    said = await status(store, repository, NOON, "https://github.example.com", WRONG)
    assert said.endswith(settings_block(WRONG))
    assert "mistake" not in await status(store, repository, NOON, "https://github.example.com")
