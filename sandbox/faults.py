"""Things going wrong on demand, the same way every time: chosen by request, by count and by seeded chance."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

Kind = Literal["status", "latency", "drop", "truncate", "content_type", "lose_response", "redirect", "slow_body"]


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests: by method, by path (`*` stands for anything) and by GraphQL operation; None is any."""

    method: str | None = None
    path: str | None = None
    operation: str | None = None

    def fits(self, method: str, path: str, operation: str | None) -> bool:
        return (
            (self.method is None or self.method.upper() == method)
            and (self.path is None or fnmatchcase(path, self.path))
            and (self.operation is None or self.operation == operation)
        )


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong.

    - `status`: `status` with `headers` and `body` instead of an answer; the request changes nothing.
    - `latency`: the answer comes `delay` seconds later.
    - `drop`: the connection ends without an answer; the request changes nothing.
    - `truncate`: the headers and half of the body arrive, then the connection ends.
    - `content_type`: the right body labelled `text/html`.
    - `lose_response`: the request is carried out and its answer never arrives.
    - `redirect`: the request is sent away to its own address, 301 or 307 as for a repository that has moved.
    - `slow_body`: the headers arrive at once, the body in pieces over `delay` seconds.

    The first `skip` fitting requests pass, then `times` (None: all) fail, each with `probability`.
    """

    match: Match
    kind: Kind
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    status: int = 502
    delay: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    seen: int = 0
    hit: int = 0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"{self.kind!r} is no kind of fault; there are {', '.join(get_args(Kind))}")

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Fault:
        """Read `{"kind": …, "method": …, "path": …, "operation": …, "times": …, …}`; bad fields raise ValueError."""
        rest = dict(value)
        match = Match(rest.pop("method", None), rest.pop("path", None), rest.pop("operation", None))
        try:
            return cls(match, **rest)
        except TypeError as error:
            raise ValueError(str(error)) from error


class Faults:
    """The faults in force; chance is drawn from `seed`, so a run repeats."""

    def __init__(self, seed: int = 0) -> None:
        self.active: list[Fault] = []
        self._random = random.Random(seed)

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force and return it: its `hit` counts what it did."""
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything work again."""
        self.active.clear()

    def draw(self, method: str, path: str, operation: str | None) -> Fault | None:
        """Return the fault this request meets, the first added that fits and is due."""
        for fault in self.active:
            if not fault.match.fits(method, path, operation):
                continue
            if fault.times is not None and fault.hit >= fault.times:
                continue
            fault.seen += 1
            if fault.seen <= fault.skip or self._random.random() >= fault.probability:
                continue
            fault.hit += 1
            return fault
        return None
