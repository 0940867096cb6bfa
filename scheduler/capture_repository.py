"""One repository of a run: asked for its traffic, and everything that came kept in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from analytics.traffic import Capture, Snapshot
from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.repository import RepoRef
from github.reads.repository import repository as read_repository
from github.reads.traffic import Fault, traffic_of
from github.refusals import cause_of
from reports import capture_words as words
from reports.capture_times import today
from storage.captures import CaptureRun, Outcome, free_moment
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Repository, mark_repositories_removed
from storage.run_progress import note_progress
from storage.traffic import save_capture, save_snapshot

TOLERANCE = timedelta(days=1)  # an answer may be from just after midnight

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ending:
    """How asking for one repository ended. `capture` holds what is to be kept, nothing where nothing came."""

    capture: Capture
    outcome: Outcome
    reason: str | None = None
    lacks_permission: bool = False
    gone: bool = False


def nothing(repository_id: int, at: datetime) -> Capture:
    """Return the capture of a repository of which nothing could be read."""
    return Capture(repository_id, at, None, None, None, None, None, None, raw={})


def not_asked(repository_id: int, at: datetime) -> Ending:
    """Return the ending for a repository that is not asked for, since the App may not read traffic there."""
    return Ending(nothing(repository_id, at), "refused", words.NO_PERMISSION, lacks_permission=True)


async def ask(github: GitHub, repository: Repository, at: datetime) -> Ending:
    """Read a repository's traffic; raises Later, and Gone where it, or all of the installation, is out of sight."""
    ref = RepoRef(repository.id, repository.owner, repository.name)
    try:
        capture, faults = await traffic_of(github, ref, at)
    except Refused as refusal:
        cause = cause_of(refusal.status, refusal.reason, refusal.permission)
        reason = words.refused(cause, refusal.status, refusal.reason)
        lacks = cause == "permission"
        return Ending(nothing(repository.id, at), "refused", reason, lacks_permission=lacks)
    except (Later, Gone):
        raise
    except Exception as error:  # one repository that we cannot read must not keep all others from being captured
        log.exception("a repository could not be captured", repository=repository.id, error=repr(error))
        return Ending(nothing(repository.id, at), "failed", words.OURS)
    return judged(capture, faults)


def judged(capture: Capture, faults: tuple[Fault, ...]) -> Ending:
    """Say how complete an answer is, and keep none that shows the server's clock to be wrong."""
    newest = max(
        (day for part in (capture.views, capture.clones) if part is not None for day in part.days), default=None
    )
    if newest is not None and newest > today(capture.captured_at) + TOLERANCE:
        reason = f"GitHub speaks of {newest} while this server's clock says {today(capture.captured_at)}"
        return Ending(nothing(capture.repository_id, capture.captured_at), "failed", reason)
    if not faults:
        return Ending(capture, "captured")
    reasons: dict[str, list[str]] = {}
    for fault in faults:
        reasons.setdefault(words.refused(fault.cause, fault.status, fault.reason), []).append(fault.part)
    reason = "; ".join(f"{', '.join(parts)}: {said}" for said, parts in reasons.items())
    parts = (capture.views, capture.clones, capture.view_weeks, capture.clone_weeks, capture.referrers, capture.paths)
    return Ending(capture, "failed" if all(part is None for part in parts) else "partly", reason)


async def is_answered(github: GitHub, repository: Repository, at: datetime) -> bool:
    """Tell whether GitHub answers about a repository's traffic, be it by a refusal; all six parts, as one may fail."""
    try:
        await ask(github, repository, at)
    except Later:
        return False
    except Gone:
        return True
    return True


async def out_of_sight(github: GitHub, repository: Repository, at: datetime) -> Ending:
    """Return the ending for a repository of which GitHub says that nothing is there; some servers have no traffic."""
    if await is_there(github, repository):
        return Ending(nothing(repository.id, at), "refused", words.NO_TRAFFIC)
    return Ending(nothing(repository.id, at), "gone", words.NOT_THERE, gone=True)


async def is_there(github: GitHub, repository: Repository) -> bool:
    """Tell whether GitHub shows the repository at all, by whatever name."""
    try:
        found = await read_repository(github, repository.owner, repository.name)
    except Gone:
        return False
    return found.id == repository.id


async def keep(store: Store, run: CaptureRun, ending: Ending, snapshot: Snapshot | None, requests: int) -> None:
    """Store everything of one repository, and that the run has done it, in one transaction."""

    async def work(conn: Connection) -> None:
        known = ending.capture
        at = await free_moment(
            conn, known.repository_id, known.captured_at, installation_id=run.installation_id, run=run.run
        )
        capture = replace(known, captured_at=at)
        if ending.gone:
            await mark_repositories_removed(conn, [capture.repository_id], at)
        await save_capture(
            conn,
            capture,
            installation_id=run.installation_id,
            run=run.run,
            requests=requests,
            outcome=ending.outcome,
            reason=ending.reason,
        )
        if snapshot is not None:
            await save_snapshot(conn, snapshot)
        await note_progress(conn, run.installation_id, run.run, repositories=1, requests=requests)

    await store.write(work)
