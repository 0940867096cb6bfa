"""What the nightly comparison found, as a sentence for `/analytics status`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from analytics.words import ago, number, plural
from storage.reconciling import Comparison

NOUNS = {"commits": "commits", "issues": "issues", "pulls": "pull requests", "releases": "releases"}


def reconciled_sentence(found: Iterable[Comparison], now: datetime) -> str | None:
    """Return what webhooks had missed by the last comparison, None where there was none."""
    ended = [one for one in found if one.finished_at is not None]
    if not ended:
        return None
    missed, compared = sum(one.missed for one in ended), sum(one.compared for one in ended)
    when = ago(max(one.finished_at for one in ended if one.finished_at is not None), now)
    looked = f"The last nightly comparison with GitHub was {when}: {plural(compared, 'row')} looked at"
    if not missed:
        return f"{looked}, webhooks had missed none."
    where = ", ".join(f"{NOUNS[one.dataset]} {number(one.missed)}" for one in ended if one.missed)
    return f"{looked}; webhooks had missed {number(missed)}, which are right now ({where})."
