"""Word to whoever runs a piece of work that it waits for GitHub's leave to go on, and needs no place meanwhile.

Whoever has many pieces of work and few places sets `resting` around each; what asks GitHub enters it while it waits.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar

Rest = Callable[[], AbstractContextManager[None]]

resting: ContextVar[Rest] = ContextVar("resting", default=nullcontext)
