"""What a worker is asked for when the App has to show who it is; importable with next to nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class AppToken:
    """Who signs, with what, and when: what a worker makes a JWT of, so that the server need not load cryptography."""

    client_id: str
    private_key: str = field(repr=False)
    now: datetime
