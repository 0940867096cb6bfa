"""What a repository's owners have switched on: events after which the App speaks although nobody has asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["merged", "label", "release", "milestone"]

YES, NO = "yes", "no"
SPELT = {"true": YES, "on": YES, "false": NO, "off": NO}
"""What `yes` and `no` are to some programs, and to some people."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """`on:` of `.github/analytics.yml`; nothing is on by default.

    release, milestone, merged: whether there is a comment after such an event · label: the name of the label that asks
    for an overview, None where none does · bots: whether what programs have opened is spoken of, too.
    """

    release: bool = False
    milestone: bool = False
    merged: bool = False
    label: str | None = None
    bots: bool = False


SILENT = Speaking()


def speaking_of(said: Mapping[str, Any]) -> Speaking:
    """Return what `on:` says, once the schema has nothing against it."""
    label = said.get("label")
    return Speaking(
        release=said.get("release") == YES,
        milestone=said.get("milestone") == YES,
        merged=said.get("merged") == YES,
        label=None if label in (None, NO) else str(label),
        bots=said.get("bots") == YES,
    )


def one_yes(value: object) -> object:
    """Return `on:` with one spelling of `yes` and `no`; what stands empty is not there."""
    if not isinstance(value, dict):
        return value
    kept = {key: inner for key, inner in value.items() if inner is not None}
    return {
        key: SPELT.get(inner.lower(), one_case(inner)) if isinstance(inner, str) else inner
        for key, inner in kept.items()
    }


def one_case(word: str) -> str:
    """Return `yes` and `no` in lower case, any other word, such as a label, as it is."""
    return word.lower() if word.lower() in (YES, NO) else word
