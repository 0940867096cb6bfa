"""`capture:` in the configuration: the last pattern that matches wins, and what is faulty is named."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reports.capture_rules import DEFAULTS, MOST_PATTERNS, CaptureRules, capture_rules


def of(rules: CaptureRules, name: str, *, archived: bool = False) -> str:
    return rules.of(name, f"Quartz-Labs/{name}", archived=archived)


def read(text: str) -> tuple[CaptureRules, tuple[str, ...]]:
    return capture_rules(yaml.safe_load(text)["capture"])


def test_without_rules_everything_is_daily_and_archived_ones_weekly() -> None:
    assert of(DEFAULTS, "lantern") == "daily"
    assert of(DEFAULTS, "lantern", archived=True) == "weekly"


def test_the_last_pattern_that_matches_wins() -> None:
    rules, faults = read('capture:\n  "*": weekly\n  "lan*": daily\n  "lantern-old": off\n')
    assert faults == ()
    assert [of(rules, name) for name in ("lantern", "lantern-old", "anvil")] == ["daily", "off", "weekly"]
    assert of(rules, "lantern", archived=True) == "daily", "a pattern says so"


def test_case_does_not_matter_and_a_stroke_means_the_full_name() -> None:
    rules, faults = read('capture:\n  "QUARTZ-labs/LAN*": off\n  "Anvil": Weekly\n')
    assert faults == ()
    assert [of(rules, name) for name in ("Lantern", "anvil", "other")] == ["off", "weekly", "daily"]


@pytest.mark.parametrize(
    "text", ["capture: weekly", 'capture: {"*": weekly}', 'capture:\n  - "*": weekly', "capture: WEEKLY"]
)
def test_it_can_be_written_in_several_ways(text: str) -> None:
    rules, faults = read(text)
    assert faults == ()
    assert of(rules, "lantern") == "weekly"


@pytest.mark.parametrize("word", ["off", "'off'", "no", "false"])
def test_off_without_quotation_marks_is_off(word: str) -> None:
    rules, _ = read(f"capture: {{lantern: {word}}}")
    assert of(rules, "lantern") == ("off" if word != "'no'" else "daily")


@pytest.mark.parametrize("value", ["hourly", "on", "7", "", "[weekly]", "null"])
def test_a_word_that_is_none_is_named_and_left_out(value: str) -> None:
    rules, faults = read(f'capture:\n  "lan*": {value}\n  "anvil": off\n')
    assert rules.patterns == (("anvil", "off"),)
    (fault,) = faults
    assert "lan*" in fault
    assert "`daily`, `weekly` or `off`" in fault


def test_faults_are_harmless_markdown_of_bounded_length() -> None:
    _, faults = capture_rules({"@everyone`\n|": "hourly" * 200})
    (fault,) = faults
    assert "\n" not in fault
    assert len(fault) < 400
    assert "`" in fault


def test_too_many_patterns_and_strange_ones_are_said() -> None:
    rules, faults = capture_rules({f"p{number}": "off" for number in range(MOST_PATTERNS + 1)} | {"": "off"})
    assert len(rules.patterns) == MOST_PATTERNS
    assert len(faults) == 2
    _, faults = capture_rules(["*", 7])
    assert faults == ("`capture:` must have lines such as `legacy-*: weekly`",) * 2


plain = st.none() | st.booleans() | st.text() | st.integers()


@given(st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_whatever_is_written_is_read(section: Any) -> None:
    rules, _ = capture_rules(section)
    assert of(rules, "lantern") in {"daily", "weekly", "off"}


def test_what_was_chosen_on_the_dashboard_holds_where_no_pattern_names_a_repository() -> None:
    rules, _ = read('capture:\n  "lan*": daily\n')
    found = [rules.of(name, f"quartz/{name}", archived=False, chosen="off") for name in ("lantern", "anvil")]
    assert found == ["daily", "off"]
    assert rules.said("lantern", "quartz/lantern") == ("lan*", "daily")
    assert rules.said("anvil", "quartz/anvil") is None
    assert rules.of("anvil", "quartz/anvil", archived=True, chosen=None) == "weekly"
    assert rules.of("anvil", "quartz/anvil", archived=True, chosen="hourly") == "weekly", "no word of ours"


@pytest.mark.parametrize("pattern", ["*a" * 60 + "b", "*?" * 60 + "b", "*[a-z]" * 30 + "!", "**" * 60 + "b"])
def test_a_pattern_of_many_stars_takes_no_time(pattern: str) -> None:
    """A name of GitHub's longest, which no such pattern matches, and matching that does not go back."""
    rules, _ = capture_rules({pattern: "off"})
    began = time.process_time()
    assert of(rules, "a" * 100) == "daily"
    assert time.process_time() - began < 0.2
