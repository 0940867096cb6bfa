"""The App's webhook deliveries: listed, shown, sent again."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from sandbox.errors import not_found
from sandbox.hooks import Delivery
from sandbox.rest.routing import Route, address, answer, require_app, whole
from sandbox.state import state


def _item(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id, "guid": delivery.guid, "delivered_at": delivery.delivered_at,
        "redelivery": delivery.redelivery, "duration": delivery.duration, "status": delivery.status,
        "status_code": delivery.status_code, "event": delivery.event, "action": delivery.action,
        "installation_id": delivery.installation_id, "repository_id": delivery.repository_id, "throttled_at": None,
    }  # fmt: skip


def _find(request: web.Request) -> Delivery:
    require_app(request)
    wanted = int(request.match_info["delivery_id"])
    for delivery in state(request).hooks.deliveries:
        if delivery.id == wanted:
            return delivery
    raise not_found()


async def list_deliveries(request: web.Request) -> web.Response:
    """`GET /app/hook/deliveries`, newest first, paged by cursor; `status=failure` leaves out what succeeded."""
    require_app(request)
    per_page = min(100, max(1, whole(request, "per_page", 30)))
    before = request.query.get("cursor", "").removeprefix("v1_")
    items = [
        delivery
        for delivery in reversed(state(request).hooks.deliveries)
        if not before.isdigit() or delivery.id < int(before)
    ]
    wanted = request.query.get("status")
    if wanted in ("success", "failure"):
        items = [item for item in items if (200 <= item.status_code < 300) == (wanted == "success")]
    chosen, headers = items[:per_page], {}
    if len(items) > per_page:
        headers["Link"] = f'<{address(request, cursor=f"v1_{chosen[-1].id}")}>; rel="next"'
    return answer([_item(delivery) for delivery in chosen], headers=headers)


async def get_delivery(request: web.Request) -> web.Response:
    """`GET /app/hook/deliveries/{delivery_id}` with what was sent and answered."""
    delivery = _find(request)
    app = state(request).world.app
    value = _item(delivery)
    value["url"] = app.webhook_url if app else None
    value["request"] = {"headers": dict(delivery.request_headers), "payload": msgspec.json.decode(delivery.body)}
    value["response"] = {"headers": dict(delivery.response_headers), "payload": delivery.response_body}
    return answer(value)


async def redeliver(request: web.Request) -> web.Response:
    """`POST /app/hook/deliveries/{delivery_id}/attempts`: the same guid once more."""
    state(request).hooks.redeliver(_find(request))
    return answer({}, 202)


ROUTES = (
    Route("GET", "/app/hook/deliveries", list_deliveries),
    Route("GET", "/app/hook/deliveries/{delivery_id:\\d+}", get_delivery),
    Route("POST", "/app/hook/deliveries/{delivery_id:\\d+}/attempts", redeliver),
)
