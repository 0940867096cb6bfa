"""`/analytics compare [metric …] PERIOD [PERIOD] [vs=…]`: every figure of two periods side by side."""

from __future__ import annotations

from handlers.command import Command, Context, WhoMay
from handlers.commands.metric import question_of
from handlers.grammar import Call

USAGE = "/analytics compare [metric …] PERIOD [PERIOD] [vs=previous|year|OWNER/REPO]"


async def compare(context: Context, call: Call) -> None:
    """Answer with all rows of the comparison; raises Mistake."""
    await context.answer(question_of(context, call, call.words[1:], compare=True, usage=USAGE))


COMMAND = Command(
    name="compare",
    usage=USAGE,
    summary="every figure of two periods, or of two repositories, side by side",
    help=(
        "Of two periods the earlier is the one compared with, whichever is written first; they may not overlap. One "
        "period alone is compared with the equally long one before it, with `vs=year` with the same a year before, "
        "with `vs=OWNER/REPO` with another repository's, if you may read that. Where chance alone could explain a "
        "difference, the answer says `no clear change`."
    ),
    who_may=WhoMay.MEMBERS_AND_AUTHOR,
    examples=("/analytics compare 2026-Q1 2026-Q2", "/analytics compare pulls time-to-merge 6m vs=year"),
    run=compare,
    place=3,
)
