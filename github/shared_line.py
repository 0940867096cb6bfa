"""The line of writers where several processes write for an installation: each keeps its own, all share one pace.

Whoever is first in its process's line asks the board for a turn, and has it even if it is a few seconds ahead; so a
write costs one statement, and a process holds one such turn at most. When it comes it goes to whoever is most urgent by
then. Across processes turns are given in the order in which they are asked for, and what is less urgent leaves as much
room as in one process.
"""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from github.board import Board
from github.budget import CORE, Budget
from github.credentials import Now
from github.errors import Later
from github.pace import AHEAD, BURST, PER_HOUR, PER_MINUTE, ROOM, Urgency
from github.shared_turns import SharedTurns
from github.writing import PACED, Line, Sleep, Ticket

SLACK_MINUTE, SLACK_HOUR = 5, 10  # places left for turns that are used some seconds after they were given
USED_WITHIN = timedelta(seconds=5)  # a turn that nobody wanted any more is lost after that


@dataclass(slots=True, kw_only=True)
class SharedLine(Line):
    """One process's line.

    resting(now) is until when GitHub wants no writes · writing: held while a write is under way; no turn is asked for
    meanwhile, so that turns never pile up behind one that GitHub keeps waiting.
    """

    board: Board
    resting: Callable[[datetime], datetime | None]
    writing: asyncio.Lock
    slot: datetime | None = None
    asking: bool = False
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def turn(self, urgency: Urgency, patience: timedelta, now: Now, sleep: Sleep) -> timedelta:
        ticket = Ticket(urgency, next(self.numbers))
        begun = reached = now()
        self.pace = self.pace.known_at(begun)
        if self.slot is not None and self.slot > begun + AHEAD:
            self.slot = None
        insort(self.waiting, ticket)
        try:
            while True:
                if self.waiting[0] != ticket or self.asking:
                    bear(self.moment(ticket, reached), begun, patience)
                    await self.moved.wait()
                elif self.writing.locked():
                    async with self.writing:
                        pass
                elif (rest := self.resting(reached)) is not None:
                    bear(rest, begun, patience)
                    await sleep((rest - reached).total_seconds())
                    reached = rest
                elif self.slot is None:
                    moment = await self.ask(urgency, begun + patience - reached, reached)
                    # a turn that was given is used, however little patience is left: it would be lost, the next too
                    if self.slot is None:
                        bear(moment, begun, patience)
                        await sleep((moment - reached).total_seconds())
                        reached = moment
                elif self.slot > reached:
                    slot = self.slot
                    await sleep((slot - reached).total_seconds())
                    reached = slot
                else:
                    slot, self.slot = self.slot, None
                    if reached - slot <= USED_WITHIN:
                        return reached - begun
                # a clock that stands still has waited all the same
                reached = max(now(), reached)
        finally:
            self.waiting.remove(ticket)
            self.ring()

    async def ask(self, urgency: Urgency, ahead: timedelta, reached: datetime) -> datetime:
        """Ask for a turn and return when it comes; `slot` is set if it is given."""
        room = ROOM[urgency]
        # what nobody waits for takes a turn that is free, or none: a turn ahead is for people
        waits = ahead.total_seconds() if urgency <= Urgency.ANSWER else 0.0
        tokens = BURST - 1 - min(room.burst, BURST - 1)
        minute, hour = PER_MINUTE - SLACK_MINUTE - room.minute, PER_HOUR - SLACK_HOUR - room.hour
        self.asking = True
        try:
            given, seconds, due = await self.board.turn(tokens, minute, hour, waits)
        finally:
            self.asking = False
            self.ring()
        moment = reached + timedelta(seconds=seconds)
        if given:
            self.slot = moment
            self.pace = self.pace.after(moment)
        self.pace = replace(self.pace, due=reached + timedelta(seconds=due))
        return moment

    def ring(self) -> None:
        """Let everybody in the line look again."""
        self.moved.set()
        self.moved = asyncio.Event()


def bear(moment: datetime, begun: datetime, patience: timedelta) -> None:
    """Raise Later rather than wait past one's patience."""
    if moment - begun > patience:
        raise Later(moment, PACED)


def shared_budget(board: Board, now: Now) -> Budget:
    """Return a budget that is one process's side of what several keep together on a board."""
    budget = Budget()
    budget.turns = SharedTurns(board, budget, now)
    budget.writers = SharedLine(
        board=board, resting=lambda moment: budget.held_until(CORE, moment), writing=budget.writing
    )
    return budget
