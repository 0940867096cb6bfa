"""`capture:` of an owner's file, as it was read last; GitHub is not asked."""

from __future__ import annotations

from dataclasses import dataclass

from reports.capture_rules import CaptureRules, capture_rules
from reports.configuration_file import OWNERS_REPOSITORY, PATH, standing
from reports.configured import remembered
from storage.engine import Store


@dataclass(frozen=True, slots=True)
class OwnersCapture:
    """rules: as they are in force · address: of the file below the place where people read GitHub, None without one."""

    rules: CaptureRules
    address: str | None


async def owners_capture(store: Store, installation_id: int, owner: str) -> OwnersCapture:
    """Return what an owner has set for captures; a run reads the file anew before it begins."""
    file = await remembered(store, installation_id, owner, OWNERS_REPOSITORY)
    if file.text is None:
        return OwnersCapture(CaptureRules(), None)
    rules, _ = capture_rules((await standing(file)).held.settings.get("capture"))
    return OwnersCapture(rules, f"/{owner}/{OWNERS_REPOSITORY}/blob/HEAD/{PATH}")
