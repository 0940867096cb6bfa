"""Workflow runs, which explain most of a repository's clones. They are read from its traffic, so that both agree."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from aiohttp import web

from sandbox import payloads
from sandbox.clock import iso, parse_iso
from sandbox.errors import invalid
from sandbox.rest.routing import REPOSITORY, Route, answer, guard, page
from sandbox.state import state
from sandbox.things import Repository, node_id

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LISTED = 1_000  # runs that a search lists; it counts them all
FIRST = datetime(2008, 1, 1, tzinfo=UTC)


async def list_runs(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/actions/runs`, newest first, narrowed by `created` only."""
    found, here = guard(request, "actions:read"), state(request)
    now = here.world.clock.now() + SECOND
    since, until = _between(request.query.get("created", "*..*"), now)
    begun = max(since, parse_iso(found.created_at))
    moments = list(found.traffic.runs(begun, min(until, now))) if found.traffic else []
    moments.reverse()
    chosen, headers = page(request, moments[:LISTED])
    runs = [_run(found, moment, here.base) for moment in chosen]
    return answer({"total_count": len(moments), "workflow_runs": runs}, headers=headers)


def _between(text: str, now: datetime) -> tuple[datetime, datetime]:
    """Read GitHub's syntax of dates, `2026-11-01..2026-11-14`, `>=2026-11-01`, `2026-11-01`: [since, until)."""
    try:
        if ".." in text:
            low, high = text.split("..", 1)
            return (FIRST if low == "*" else _moment(low)), (now if high == "*" else _after(high))
        if text.startswith(">"):
            return (_moment(text[2:]) if text[1] == "=" else _after(text[1:])), now
        if text.startswith("<"):
            return FIRST, (_after(text[2:]) if text[1] == "=" else _moment(text[1:]))
        return _moment(text), _after(text)
    except (ValueError, IndexError):
        raise invalid("WorkflowRun", "created", "invalid") from None


def _moment(text: str) -> datetime:
    return parse_iso(text) if "T" in text else parse_iso(f"{text}T00:00:00Z")


def _after(text: str) -> datetime:
    """The first moment that a day, or a second, does not contain."""
    return _moment(text) + (SECOND if "T" in text else DAY)


def _run(found: Repository, at: datetime, base: str) -> payloads.Json:
    number = int(at.timestamp()) * 1_000 + found.id % 1_000
    sha = hashlib.sha1(str(number).encode(), usedforsecurity=False).hexdigest()
    url, moment = f"{base}/repos/{found.full_name}/actions/runs/{number}", iso(at)
    somebody = {"name": "GitHub", "email": "noreply@users.invalid"}
    shown = payloads.repository(found, base)
    return {
        "id": number, "node_id": node_id("WFR", number), "name": "Tests", "head_branch": found.default_branch,
        "head_sha": sha, "path": ".github/workflows/tests.yml", "display_title": "Tests", "run_number": 1,
        "run_attempt": 1, "event": "push", "status": "completed", "conclusion": "success", "workflow_id": found.id,
        "check_suite_id": number, "check_suite_node_id": node_id("CS", number), "url": url,
        "html_url": f"{base}/{found.full_name}/actions/runs/{number}", "pull_requests": [], "created_at": moment,
        "updated_at": moment, "run_started_at": moment, "actor": shown["owner"], "triggering_actor": shown["owner"],
        "jobs_url": f"{url}/jobs", "logs_url": f"{url}/logs", "artifacts_url": f"{url}/artifacts",
        "check_suite_url": f"{base}/repos/{found.full_name}/check-suites/{number}", "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun", "previous_attempt_url": None,
        "workflow_url": f"{base}/repos/{found.full_name}/actions/workflows/{found.id}", "referenced_workflows": [],
        "head_commit": {"id": sha, "tree_id": sha, "message": "A change", "timestamp": moment,
                        "author": somebody, "committer": somebody},
        "repository": shown, "head_repository": shown, "head_repository_id": found.id,
    }  # fmt: skip


ROUTES = (Route("GET", REPOSITORY + "/actions/runs", list_runs),)
