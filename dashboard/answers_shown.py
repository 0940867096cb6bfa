"""Answers as HTML, kept as long as they are read: whoever reads the same answer gets the very same words.

What stands around an answer is made for each reader, the answer itself is not: it depends on nothing but its question,
its moment and the terms on which it is shown, which `About.key` has.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from dashboard.answers import About
from dashboard.of_fronts import OfFronts
from dashboard.presented import presented
from dashboard.rendering import environment
from reports.answer import Answer

MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """An answer's HTML. as_of: its moment in words."""

    html: Markup
    as_of: str


class AnswersShown:
    """HTML by what was asked and as of when; bounded by characters, the longest unused go first."""

    def __init__(self) -> None:
        self.kept: OrderedDict[tuple[str, datetime], Written] = OrderedDict()
        self.bytes = 0

    def of(self, answer: Answer, about: About, base: str, downloads: Mapping[str, str], web: str) -> Written:
        """Return an answer to what `about` says.

        base, downloads: addresses, which follow from what is asked · web: of GitHub's own pages, always the same.
        """
        key = about.key, answer.as_of
        known = self.kept.get(key)
        if known is not None:
            self.kept.move_to_end(key)
            return known
        found = presented(answer, about.asked, base, about.terms.language, web)
        macro = environment().get_template("_answer.html").module.shown  # type: ignore[attr-defined]
        made = self.kept[key] = Written(macro(found, downloads), found.as_of)
        self.bytes += len(made.html)
        while len(self.kept) > 1 and self.bytes > MOST_BYTES:
            _, oldest = self.kept.popitem(last=False)
            self.bytes -= len(oldest.html)
        return made


SHOWN: OfFronts[AnswersShown] = OfFronts(lambda _: AnswersShown())
