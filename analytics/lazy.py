"""Import a heavy library when it is first used, not when a module that names it is imported.

The server process reads every metric's name, help and needs, but never measures: with this, it can import
`analytics.metrics` without paying for pandas (see docs/decisions/0002-heavy-libraries-are-lazy.md).
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class LazyModule(ModuleType):
    """Stands for the module of that name and imports it at the first attribute that is asked for."""

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self.__name__), attribute)


def lazy(name: str) -> Any:
    """Return a stand-in for module `name`; nothing is imported before it is used."""
    return LazyModule(name)
