"""`python -m scripts.metrics_page`: write docs/metrics.md from what the metrics say of themselves.

Each has an example: what the server answers in the demo's organisation, asked over real HTTP at a fixed time.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from analytics.metric import Metric, Scene
from analytics.metrics import all_metrics
from analytics.tables import Tables
from analytics.window import Window
from bot.app import create_app
from bot.commands.demo import (
    BETWEEN_CAPTURES,
    CAPTURES,
    capture,
    configuration,
    free_port,
    made,
    thread_of,
    wait_for_answer,
)
from bot.inbox import PATH
from bot.serving import runner_of
from bot.settings import Settings
from reports.question import OF_ORGANISATION, WAITING
from reports.table import label, table
from sandbox.build import VISITOR
from sandbox.server import Sandbox
from sandbox.world import World

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
PERIOD = "90d"
AT_ONCE = 5  # commands in a comment
EVERYTHING = "/analytics all"
RULE = "\n\n---\n\n"
ENDS = re.compile(r"\n\n(?:<picture>|<details>|<sub>|\*\*Traffic\*\*)")
INTRODUCTION = f"""# What each number means

This page is made from the code: `python -m scripts.metrics_page` writes it, and a test holds it to what the metrics say
of themselves. The examples are answers in the organisation that `make demo` makes up, for {PERIOD} up to
{NOW:%Y-%m-%d %H:%M} UTC.

Common to all: times are UTC, a window holds its beginning and not its end, and what happened at or after its end is
unknown to the question. Hours are exact differences; quantiles lie linearly between ranks. Every comparison says its n,
nothing under n = 5 is called longer or shorter, higher or lower, and a change is only called one where the 95 %
interval of the difference, or of the ratio of counts, excludes that there is none. Nothing is said past the longest
follow-up. The same figures under the same keys are in the JSON of `python -m bot report OWNER/REPO --format json`.
"""


def words(metric: Metric) -> str:
    """Return the command that asks a metric in the example."""
    name = metric.name
    if name.startswith(OF_ORGANISATION):
        name = f"{name.removeprefix(OF_ORGANISATION)} scope=org"
    return f"/analytics {name}" if name == WAITING else f"/analytics {name} {PERIOD}"


async def examples(metrics: Sequence[Metric]) -> Mapping[str, str]:
    """Return what is answered to each metric's command: the sentences and the table."""
    world, keys = made(None, NOW)
    world.clock.freeze()
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="almanac-page-") as folder:
        port = free_port()
        assert world.app is not None, "`made` has registered it"
        world.app.webhook_url = f"http://127.0.0.1:{port}{PATH}"
        async with Sandbox(world, 0) as sandbox:
            environment = configuration(sandbox, keys, port, Path(folder))
            sandbox.clock.advance(-CAPTURES * BETWEEN_CAPTURES)
            async with server(environment, port):
                await capture(sandbox, environment, CAPTURES)
                await asked(sandbox, world, [EVERYTHING])  # some figures need the whole history
                for begin in range(0, len(metrics), AT_ONCE):
                    batch = metrics[begin : begin + AT_ONCE]
                    body = await asked(sandbox, world, [words(metric) for metric in batch])
                    parts = body.split(RULE)
                    found |= {metric.name: shown(part) for metric, part in zip(batch, parts, strict=True)}
    return found


async def shortly(seconds: float) -> None:
    """Wait a fiftieth of the time: a GitHub that stands still is not hurt by who hurries."""
    await asyncio.sleep(seconds / 50)


@asynccontextmanager
async def server(environment: Mapping[str, str], port: int) -> AsyncIterator[None]:
    """Serve in this process until the context ends."""
    runner = runner_of(create_app(Settings.from_environ(environment), shortly))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()


async def asked(sandbox: Sandbox, world: World, commands: Sequence[str]) -> str:
    """Ask in a fresh thread; return the answer."""
    name, number = thread_of(world)
    await sandbox.comment(name, number, VISITOR, "\n".join(commands))
    answer = await wait_for_answer(sandbox, name, number)
    if answer is None:
        raise RuntimeError(f"no answer came to {', '.join(commands)}")
    return str(answer["body"])


def shown(part: str) -> str:
    """Return the sentences and the table of an answer, without pictures, numbers in full and the line below."""
    return ENDS.split(re.sub(r"<!--.*?-->", "", part).strip(), maxsplit=1)[0].strip()


def keys_of(metric: Metric) -> str:
    """Return a table of the facts: key and what people call it; an overview's are those of its parts."""
    window = Window.last(90, NOW)
    facts = metric.measure(Tables.of(), window, Scene("example/example", window, NOW)).facts
    if any("." in key for key in facts):
        return "Its keys are those of its parts, each after the part's name: `pulls.opened`, `issues.closed`."
    rows = [[f"`{key}`", label(key, metric.labels)] for key in facts]
    return table(["key", "what it is"], rows)


def section(metric: Metric, example: str) -> str:
    """Return one metric's part of the page."""
    also = "".join(f", `{alias}`" for alias in metric.aliases)
    audience = " For people who may push to the repository." if metric.audience == "push" else ""
    quoted = "\n".join(f"> {line}".rstrip() for line in example.splitlines())
    return "\n\n".join([
        f"## {metric.title}",
        f"`{metric.name}`{also}: {metric.summary}.{audience}",
        metric.definition,
        keys_of(metric),
        f"`{words(metric)}`",
        quoted,
    ])  # fmt: skip


def page() -> str:
    """Return the whole page."""
    metrics = list(all_metrics().values())
    answered = asyncio.run(examples(metrics))
    parts = [INTRODUCTION.strip(), *(section(metric, answered[metric.name]) for metric in metrics)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
