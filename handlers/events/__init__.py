"""Every GitHub event that is handled: each module here declares `EVENT`, `handle` and, if it owes words, `give_up`.

A module is named after its event and imported when the first delivery of that event comes: what answers comments weighs
more than the server that waits for them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from reports.services import Services

Handle = Callable[[Services, str, Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Event:
    """What is done for one event: handle(services, delivery id, payload), and what when that failed for good."""

    name: str
    handle: Handle
    give_up: Handle | None


@cache
def handled() -> frozenset[str]:
    """Return the names of the events that are handled, without importing what handles them."""
    return frozenset(module.name for module in pkgutil.iter_modules(__path__))


AT_HAND: set[str] = set()
"""Events whose modules have been imported: `sys.modules` has one while another thread is still importing it."""


@cache
def load(name: str) -> Event:
    """Import the module of a handled event."""
    loaded = importlib.import_module(f"{__name__}.{name}")
    AT_HAND.add(name)
    return Event(loaded.EVENT, loaded.handle, getattr(loaded, "give_up", None))


def event_named(name: str) -> Event | None:
    """Return what is done for the event of this name, None where nothing is."""
    return load(name) if name in handled() else None


def is_at_hand(name: str) -> bool:
    """Tell whether an event's module has been imported, or nothing handles it: then `event_named` waits for nothing."""
    return name in AT_HAND or name not in handled()


def all_events() -> Mapping[str, Event]:
    """Return every event that is handled, by GitHub's name for it."""
    return {event.name: event for event in map(load, sorted(handled()))}
