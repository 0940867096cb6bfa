"""`capture:` of `.github/analytics.yml`: how often which repositories are captured. Pure.

    capture:
      "*": daily
      "archive-*": weekly
      "scratch": off

The last pattern that matches wins. A pattern is matched against the repository's name, or against `owner/name` if it
has a stroke, ignoring case; `*`, `?` and `[…]` are as in a shell. One word instead of patterns holds for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, cast

from analytics.words import shorten
from reports import escape

Frequency = Literal["daily", "weekly", "off"]
FREQUENCIES = ("daily", "weekly", "off")
USUAL: Frequency = "daily"
ARCHIVED: Frequency = "weekly"
MOST_PATTERNS = 500
LONGEST_PATTERN = 200


@dataclass(frozen=True, slots=True)
class CaptureRules:
    """Patterns in their order, and what each of them asks for."""

    patterns: tuple[tuple[str, Frequency], ...] = ()

    def of(self, name: str, full_name: str, *, archived: bool, chosen: str | None = None) -> Frequency:
        """Return how often a repository is captured: as a pattern says, else as was chosen, else as usual.

        chosen: by whoever looks after the installation, on the dashboard. Archived ones are captured weekly as usual.
        """
        said = self.said(name, full_name)
        if said is not None:
            return said[1]
        if chosen in FREQUENCIES:
            return cast("Frequency", chosen)
        return ARCHIVED if archived else USUAL

    def said(self, name: str, full_name: str) -> tuple[str, Frequency] | None:
        """Return the pattern that holds for a repository and what it asks for, None where the file does not name it."""
        for pattern, frequency in reversed(self.patterns):
            if fnmatchcase((full_name if "/" in pattern else name).lower(), pattern):
                return pattern, frequency
        return None


DEFAULTS = CaptureRules()


def capture_rules(section: object) -> tuple[CaptureRules, tuple[str, ...]]:
    """Return the rules that the value of `capture:` makes, and one clause of harmless Markdown for each fault.

    What is faulty is left out and the rest holds; None, an absent section, has neither rules nor faults.
    """
    rules: list[tuple[str, Frequency]] = []
    faults: list[str] = []
    for pattern, value in pairs(section, faults):
        frequency = frequency_of(value)
        if frequency is None:
            written = escape.code(shorten(f"{pattern}: {value}", LONGEST_PATTERN))
            faults.append(f"{written} under `capture:` must be `daily`, `weekly` or `off`")
        elif not pattern or len(pattern) > LONGEST_PATTERN:
            faults.append(f"`capture:` has a pattern that is empty or longer than {LONGEST_PATTERN} characters")
        else:
            rules.append((pattern.lower(), frequency))
    if len(rules) > MOST_PATTERNS:
        faults.append(f"`capture:` has more than {MOST_PATTERNS} patterns; only the last {MOST_PATTERNS} are used")
    return CaptureRules(tuple(rules[-MOST_PATTERNS:])), tuple(faults)


def pairs(section: object, faults: list[str]) -> Iterator[tuple[str, object]]:
    """Yield the patterns with what they ask for, in their order, from any of the ways they can be written."""
    if section is None:
        return
    if isinstance(section, str | bool):
        yield "*", section
        return
    parts: Iterable[object] = section if isinstance(section, list) else [section]
    for part in parts:
        if isinstance(part, dict):
            yield from ((str(pattern).strip(), value) for pattern, value in part.items())
        else:
            faults.append("`capture:` must have lines such as `legacy-*: weekly`")


def frequency_of(value: object) -> Frequency | None:
    """Return how often; `off` without quotation marks is a truth value in YAML, and meant all the same."""
    if value is False:
        return "off"
    word = value.strip().lower() if isinstance(value, str) else ""
    return cast("Frequency", word) if word in FREQUENCIES else None
