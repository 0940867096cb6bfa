"""The dashboard, the alerts and their pages speak of what is there: each metric, each page, each label."""

from __future__ import annotations

import asyncio
import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.measured import OUTCOMES, Measured
from bot.metrics import of_captures, of_jobs, of_limits
from github.budget import Budget
from storage.capture_age import CaptureAge

OPERATE = Path(__file__).parents[1] / "docs/operate"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAME = re.compile(r"\balmanac_[a-z_]+\b")
ALWAYS = {"almanac_database_up", "almanac_database_bytes", "almanac_info"}
"""What `bot.metrics.answer` writes itself; the story of the metrics asks a real server for them."""


def told() -> set[str]:
    """Return the names that Prometheus finds, those of a histogram's parts among them."""
    lines = [line for one in Measured().all() for line in one.lines()]
    lines += [*of_jobs([], NOW), *of_captures(CaptureAge(0, 0, None), NOW), *of_limits({1: Budget()}, NOW)]
    kinds = [line.split()[2:] for line in lines if line.startswith("# TYPE")]
    parts = {f"{name}_{part}" for name, kind in kinds for part in ("bucket", "sum", "count") if kind == "histogram"}
    return {name for name, _ in kinds} | parts | ALWAYS


def rules() -> list[dict[str, Any]]:
    """Return the alerts."""
    read = yaml.safe_load((OPERATE / "alerts.yaml").read_text())
    return [rule for group in read["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Return what the dashboard shows."""
    found: list[dict[str, Any]] = json.loads((OPERATE / "dashboard.json").read_text())["panels"]
    return found


def expressions() -> list[str]:
    """Return all that is asked of Prometheus."""
    return [rule["expr"] for rule in rules()] + [one["expr"] for panel in panels() for one in panel["targets"]]


@pytest.mark.parametrize("expression", expressions())
def test_what_is_asked_for_is_told(expression: str) -> None:
    names = set(NAME.findall(expression))
    assert names or "up{" in expression
    assert names <= told()
    assert all(expression.count(one) == expression.count(other) for one, other in ("()", "[]", "{}"))


def test_all_that_is_told_is_described_and_shown() -> None:
    whole = {re.sub(r"_(bucket|sum|count)$", "", name) for name in told()}
    described = set(re.findall(r"^\| `(almanac_\w+)` \|", (OPERATE / "README.md").read_text(), re.MULTILINE))
    shown = {re.sub(r"_bucket$", "", name) for one in expressions() for name in NAME.findall(one)}
    assert described == whole
    assert shown == whole


def test_every_alert_has_its_page_and_every_page_its_alert() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    assert {page.stem for page in OPERATE.glob("Almanac*.md")} == set(names)
    assert [rule["annotations"]["runbook"] for rule in rules()] == [f"docs/operate/{name}.md" for name in names]
    listed = re.findall(r"^\| \[(Almanac\w+)\]\(\1\.md\)", (OPERATE / "README.md").read_text(), re.MULTILINE)
    assert listed == names


def test_every_page_says_where_to_look_and_what_helps() -> None:
    for page in OPERATE.glob("Almanac*.md"):
        text = page.read_text()
        assert text.startswith(f"# {page.stem}\n")
        assert "## Where to look" in text
        assert "## What helps" in text


def test_labels_have_the_values_that_are_asked_for() -> None:
    """A misspelt outcome would raise no alarm for ever; each is 0 from the start, so that its first one is a rise."""
    asked = {value for one in expressions() for value in re.findall(r'outcome="([^"]*)"', one)}
    assert asked
    assert asked <= set(OUTCOMES)
    assert set(Measured().deliveries.values) == {(outcome,) for outcome in OUTCOMES}


def test_panels_do_not_lie_upon_each_other() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels()]
    assert len(places) == len(set(places)) == len({panel["id"] for panel in panels()})


async def test_a_late_event_loop_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = Measured()
    monkeypatch.setattr("bot.measured.LOOK_EVERY", 0.01)
    watching = asyncio.create_task(measured.watch())
    await asyncio.sleep(0.02)
    asyncio.get_running_loop().call_soon(time.sleep, 0.06)
    await asyncio.sleep(0.05)
    watching.cancel()
    slow = [line for line in measured.stalls.lines() if 'le="0.025"' in line or 'le="+Inf"' in line]
    below, all_of_them = (int(line.rsplit(" ", 1)[1]) for line in slow)
    assert below < all_of_them
