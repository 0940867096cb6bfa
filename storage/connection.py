"""SQLAlchemy's asynchronous engine without its ORM, and the type of what work gets from `Store`.

The package `sqlalchemy.ext.asyncio` imports the ORM's sessions beside the engine: 6 MB that an idle server would carry
for nothing. So only the engine's module is imported, with its package prepared but not run; whoever imports the whole
package afterwards gets it whole. Floors above name `Connection` without knowing the library behind it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING

PACKAGE = "sqlalchemy.ext.asyncio"


def engine_module() -> ModuleType:
    """Return `sqlalchemy.ext.asyncio.engine`, importing nothing that it does not need itself."""
    spec = find_spec(PACKAGE)
    if spec is None or PACKAGE in sys.modules:
        return import_module(f"{PACKAGE}.engine")
    sys.modules[PACKAGE] = module_from_spec(spec)
    try:
        return import_module(f"{PACKAGE}.engine")
    finally:
        del sys.modules[PACKAGE]


if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection as Connection
    from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
else:
    engine = engine_module()
    Connection, AsyncEngine, create_async_engine = (
        engine.AsyncConnection,
        engine.AsyncEngine,
        engine.create_async_engine,
    )

__all__ = ["AsyncEngine", "Connection", "create_async_engine"]
