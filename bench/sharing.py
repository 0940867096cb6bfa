"""Servers over one PostgreSQL beside a GitHub that takes its time: repositories captured and answers given a second.

Each of GitHub's answers about traffic takes 0.15 s, so captures are bound by their places rather than by the CPU;
answers compute and draw pictures, and are bound by the CPU. All of it is asked of the first server, and whoever is free
does it.
"""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import aiohttp
import psycopg

from bench.capture import BEGIN, work_off
from bench.figures import Figure
from bench.serving import Serving, at_rest, cpu_seconds, environment, free_port, server
from bot.commands.demo import STILL_READING
from bot.inbox import PATH
from sandbox.build import VISITOR
from sandbox.faults import Fault, Match
from sandbox.many import many
from sandbox.registration import AppKeys
from sandbox.server import Sandbox
from sandbox.world import World
from storage.urls import libpq

DELAY = 0.15  # seconds
EACH = 10  # repositories of an installation
QUESTION = "/analytics traffic"
TWICE = "SELECT count(*) - count(DISTINCT (repository_id, day)) FROM captures"
CAPTURED = "SELECT count(*) FROM captures WHERE outcome = 'captured'"
BYTES = """
SELECT sum(pg_total_relation_size(relid)) / (SELECT greatest(count(*), 1) FROM raw_answers)
FROM pg_partition_tree('raw_answers')
"""
ASKED = 24  # installations at most in which is asked at once
ROUNDS = 3
APART = (
    20.0  # seconds between two rounds: a token costs five of ten points a second, an answer some writes of one a second
)
PATIENCE = 120.0  # seconds for all answers
LOOK = 0.05


@dataclass(frozen=True)
class Shared:
    """What some servers did together: repositories and answers a second, and what must not be.

    busy: CPUs that the servers kept busy while they captured, and while they answered · raw: bytes of a raw answer with
    its indexes.
    """

    captures: float
    answers: float
    busy: tuple[float, float]
    missing: int
    twice: int
    refused: int
    raw: int


@dataclass(frozen=True)
class Round:
    """Answers a second, the CPUs that the servers kept busy, and how many answers are not there or too many."""

    answers: float
    busy: float
    missing: int


async def shared(count: int, address: str, folder: Path, installations: int) -> Shared:
    """Let so many servers capture every repository once, then answer questions, a round at a time."""
    world, keys = many(installations * EACH, installations, now=BEGIN, private_share=0.0)
    async with AsyncExitStack() as open_ones:
        sandbox = await open_ones.enter_async_context(Sandbox(world, hook_delay=0.0))
        sandbox.faults.add(Fault(Match("GET", "/repos/*/*/traffic/*"), "latency", delay=DELAY, times=None))
        session = await open_ones.enter_async_context(aiohttp.ClientSession())
        token, secret = secrets.token_hex(16), secrets.token_hex(32)
        more = {"DATABASE_URL": address, "SECRET_KEY": secret, "TICK_TOKEN": token}
        running = [
            await open_ones.enter_async_context(begun(keys, folder / f"{place}", sandbox, more))
            for place in range(count)
        ]
        assert world.app is not None, "it is registered"
        world.app.webhook_url = f"http://127.0.0.1:{running[0].port}{PATH}"
        for one in running:
            await at_rest(one.process)
        begin, spent = time.perf_counter(), busy(running)
        await work_off(session, running[0].port, token)
        capturing, captured = time.perf_counter() - begin, busy(running) - spent
        rounds = [await answered(sandbox, list(asked(world)), running) for _ in range(ROUNDS)]
        with psycopg.connect(libpq(address)) as connection:
            done, twice, raw = (int(connection.execute(one).fetchall()[0][0]) for one in (CAPTURED, TWICE, BYTES))
        repositories = installations * EACH
        return Shared(
            repositories / capturing,
            statistics.median(each.answers for each in rounds),
            (captured / capturing, statistics.median(each.busy for each in rounds)),
            repositories - done + sum(each.missing for each in rounds),
            twice,
            sandbox.limits.broken.total(),
            raw,
        )


def begun(keys: AppKeys, folder: Path, sandbox: Sandbox, more: dict[str, str]) -> AbstractAsyncContextManager[Serving]:
    """Return a server that is to be started, with a folder and a port of its own."""
    folder.mkdir(parents=True)
    return server(environment(keys, folder, free_port(), sandbox) | more, log=folder / "log")


def asked(world: World) -> Iterator[tuple[str, int]]:
    """Yield a new thread in one repository of each installation, where a person may ask."""
    for installation in islice(world.installations.values(), ASKED):
        repository = next(iter(world.covered(installation)))
        world.permit(repository.full_name, VISITOR, "write")
        issue = world.open_issue(repository, world.account(VISITOR), "How are we doing?")
        yield repository.full_name, issue.number


async def answered(sandbox: Sandbox, threads: list[tuple[str, int]], running: list[Serving]) -> Round:
    """Ask in each thread, once the App may ask for tokens and write again as it likes; wait for the answers."""
    await asyncio.sleep(APART)
    begin, spent = time.perf_counter(), busy(running)
    for repository, number in threads:
        await sandbox.comment(repository, number, VISITOR, QUESTION)
    while not all(answers(sandbox, *thread) for thread in threads):
        if time.perf_counter() - begin > PATIENCE:
            raise TimeoutError("not every question was answered")
        await asyncio.sleep(LOOK)
    passed, computed = time.perf_counter() - begin, busy(running) - spent
    given = sum(len(answers(sandbox, *thread)) for thread in threads)
    return Round(len(threads) / passed, computed / passed, len(threads) - given)


def answers(sandbox: Sandbox, repository: str, number: int) -> list[str]:
    """Return the finished answers in a thread."""
    said = [one["body"] for one in sandbox.comments(repository, number) if one["user"]["type"] == "Bot"]
    return [body for body in said if STILL_READING not in body]


def busy(running: list[Serving]) -> float:
    return sum(cpu_seconds(one.process.pid) for one in running)


def of(count: int, found: Shared, alone: Shared) -> list[Figure]:
    """Return the figures of one number of servers, beside those of one."""
    name = f"{count} server{'s' if count > 1 else ''}"
    wrong = found.missing + found.twice + found.refused
    return [
        Figure(f"{name}: captured a second", f"{found.captures:.1f} ({found.captures / alone.captures:.2f} x)"),
        Figure(f"{name}: answers a second", f"{found.answers:.1f} ({found.answers / alone.answers:.2f} x)"),
        Figure(f"{name}: bytes of a repository's raw answers of a day, with indexes", f"{found.raw:,}"),
        Figure(f"{name}: CPUs busy with either", ", ".join(f"{one:.2f}" for one in found.busy)),
        Figure(
            f"{name}: missing, done twice, refused by GitHub",
            f"{found.missing}, {found.twice}, {found.refused}",
            "0",
            wrong == 0,
        ),
    ]
