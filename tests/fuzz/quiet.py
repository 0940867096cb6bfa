"""No log lines while a million inputs are tried: what is wrong is raised."""

from __future__ import annotations

import logging

import structlog
from structlog.typing import EventDict


def be_quiet() -> None:
    """Drop every line that is logged from now on, whoever logs it."""
    logging.disable(logging.CRITICAL)
    structlog.configure(processors=[dropped])


def dropped(_logger: object, _method: str, _event: EventDict) -> EventDict:
    raise structlog.DropEvent
