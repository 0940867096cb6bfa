"""Ask GitHub to deliver a webhook again."""

from __future__ import annotations

from github.client import GitHub
from github.errors import Gone, Refused
from github.route import Route

REDELIVER = Route("POST", "/app/hook/deliveries/{delivery_id}/attempts")


async def redeliver(gh: GitHub, delivery_id: int) -> bool:
    """Have an event sent once more, under the same guid; False if GitHub has forgotten it or will not.

    Twice does no harm: whoever gets it knows the guid. It creates no content, so it keeps no pace of writes.
    """
    try:
        await gh.post(REDELIVER.at(delivery_id=delivery_id), repeatable=True, paced=False)
    except (Gone, Refused):
        return False
    return True
