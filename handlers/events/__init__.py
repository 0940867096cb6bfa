"""Every GitHub event that is handled: each module here declares `EVENT`, `handle` and, if it owes words, `give_up`."""

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
def all_events() -> Mapping[str, Event]:
    """Return every event that is handled, by GitHub's name for it."""
    found: dict[str, Event] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        found[loaded.EVENT] = Event(loaded.EVENT, loaded.handle, getattr(loaded, "give_up", None))
    return found
