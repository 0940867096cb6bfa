"""The manifest that GitHub is sent follows app.yml and the chosen groups, and is one that GitHub takes."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.manifest import LEVELS, AppYml, read_app_yml
from sandbox.manifest import faults

URL = "https://almanac.example.com/below"
ALWAYS_ARRIVE = {"installation", "installation_repositories"}


@pytest.fixture(scope="module")
def app_yml() -> AppYml:
    return read_app_yml()


def test_addresses_are_this_servers(app_yml: AppYml) -> None:
    manifest = app_yml.filled((), "Numbers", URL, f"{URL}/setup/registered")
    assert manifest["name"] == "Numbers"
    assert manifest["url"] == URL
    assert manifest["hook_attributes"] == {"url": f"{URL}/webhooks/github", "active": True}, "and no secret in it"
    assert manifest["redirect_url"] == f"{URL}/setup/registered"
    assert manifest["public"] is False
    assert "almanac.example.org" not in str(manifest)


def test_code_and_its_events_come_together(app_yml: AppYml) -> None:
    """GitHub refuses a manifest whose events its permissions do not allow, as a whole."""
    without = app_yml.filled(("traffic",), "Numbers", URL, URL)
    assert "contents" not in without["default_permissions"]
    assert not {"push", "release", "fork"} & set(without["default_events"])
    with_code = app_yml.filled(("commits-and-releases",), "Numbers", URL, URL)
    assert with_code["default_permissions"]["contents"] == "read"
    assert {"push", "release", "fork"} <= set(with_code["default_events"])


def test_whoever_reads_all_files_needs_no_permission_for_one(app_yml: AppYml) -> None:
    assert "single_file" in app_yml.permissions(("settings-file",))
    assert "single_file" not in app_yml.permissions(("settings-file", "commits-and-releases"))


def test_every_choice_makes_a_manifest_that_github_takes(app_yml: AppYml) -> None:
    names = [group.name for group in app_yml.groups]
    least = app_yml.permissions(())
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            manifest = app_yml.filled(chosen, "Numbers", URL, f"{URL}/setup/registered")
            assert faults(manifest) == [], chosen
            assert not ALWAYS_ARRIVE & set(manifest["default_events"])
            assert len(set(manifest["default_events"])) == len(manifest["default_events"])
            for group in app_yml.chosen(chosen):
                for permission, level in group.permissions.items():
                    held = manifest["default_permissions"][permission]
                    assert LEVELS.index(held) >= LEVELS.index(level), "the higher of two levels is asked for"
            assert least.items() <= manifest["default_permissions"].items()
