"""What a pool's worker is asked where nobody has asked: small and picklable, importable without pandas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.milestone_items import Item
from reports.compute_task import Task
from reports.speaking import Kind


@dataclass(frozen=True)
class SpeakingTask:
    """One event that is to be spoken of, and where its figures lie.

    task: the store, the window of what is usual, how complete the datasets are, the owners' terms · number: that of the
    pull request, or of the milestone · name: the release's tag, or the milestone's title · at: when it happened ·
    items, opened_at, due_at: those of a milestone · bots: whether threads of programs may be spoken in.
    """

    kind: Kind
    task: Task
    number: int
    name: str
    at: datetime
    items: Sequence[Item] = ()
    opened_at: datetime | None = None
    due_at: datetime | None = None
    bots: bool = False


@dataclass(frozen=True)
class Spoken:
    """What is to be said in which thread, Markdown without its hidden key.

    place and markdown are None where there is nothing to say; found is False where what happened is not stored yet.
    """

    place: int | None
    markdown: str | None
    found: bool = True


NOTHING_TO_SAY = Spoken(None, None)
NOT_THERE_YET = Spoken(None, None, found=False)
