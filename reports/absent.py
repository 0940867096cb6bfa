"""Which settings files were not there just now: most repositories have none, and each answer would ask again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

BELIEVED = timedelta(minutes=1)
MOST = 2_000  # files; one question over a whole organisation looks for 500 and their owner's

FileKey = tuple[int, str]
"""An installation and `owner/name` of a repository, in lower case."""


@dataclass(frozen=True, slots=True)
class Absent:
    """When each file was last looked for in vain. What is there is never remembered here."""

    looked_at: OrderedDict[FileKey, datetime] = field(default_factory=OrderedDict)

    def holds(self, key: FileKey, now: datetime) -> bool:
        """Tell whether a file was looked for within a minute and was not there."""
        at = self.looked_at.get(key)
        return at is not None and at <= now < at + BELIEVED

    def note(self, key: FileKey, now: datetime) -> None:
        """Remember that a file is not there; the ones that were looked for first are forgotten for it."""
        self.looked_at[key] = now
        self.looked_at.move_to_end(key)
        while len(self.looked_at) > MOST:
            self.looked_at.popitem(last=False)
