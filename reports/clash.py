"""Words of a question that are right each for itself and not together, and the questions that come near."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reports.asked_for import written
from reports.mistake import Mistake
from reports.options import pieces

COMPARE = "/analytics compare"


@dataclass(frozen=True, slots=True)
class Line:
    """A question as it is written.

    head: what it begins with, such as `/analytics` · options: each as the grammar reads it · compare: whether `head` is
    that of a comparison.
    """

    head: str
    metrics: tuple[str, ...]
    periods: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    compare: bool

    @property
    def text(self) -> str:
        """The line as a comment has it."""
        said = [f"{key}={','.join(written(one) for one in pieces(key, value))}" for key, value in self.options]
        return " ".join([self.head, *self.metrics, *self.periods, *said])

    @property
    def vs(self) -> str:
        """What it says of `vs=`, empty without."""
        return next((f"{key}={value}" for key, value in self.options if key == "vs"), "")

    def against(self, value: str) -> Line:
        """Return the line with another `vs=`, without one where that is empty."""
        others = tuple(pair for pair in self.options if pair[0] != "vs")
        return replace(self, options=(*others, ("vs", value)) if value else others)

    def over(self, *periods: str) -> Line:
        """Return the line with other periods."""
        return replace(self, periods=periods)

    def compared(self) -> Line:
        """Return the line as a comparison."""
        return replace(self, head=COMPARE, compare=True)


class Clash(Mistake):
    """A mistake whose nearest right words are found by reading: the first of `instead` that is a question.

    instead: what is suggested, with the whole line that it makes.
    """

    def __init__(self, sentence: str, usage: str, word: str, *instead: tuple[str, Line]) -> None:
        super().__init__(sentence, usage, word=word)
        self.instead = instead

    def settled(self, read: Callable[[Line], object]) -> Mistake:
        """Return the mistake with what is suggested. read: raises Mistake for a line that is no question."""
        for suggested, line in self.instead:
            try:
                read(line)
            except Mistake:
                continue
            return Mistake(self.sentence, self.usage, nearest=suggested, word=self.word)
        return Mistake(self.sentence, self.usage, word=self.word)
