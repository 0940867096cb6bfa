"""What the form of an analysis asks: which repository, which days, which metrics; and what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from analytics.metric import Metric
from analytics.metrics import all_metrics
from reports.metric_names import OF_ORGANISATION, readable
from reports.mistake import Mistake
from reports.question import Question

OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_]|-(?=[A-Za-z0-9_])){0,38}")
NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
TOKEN = re.compile(r"[!-~]{1,1000}")
PERIODS: Mapping[str, str] = {
    "30d": "The last 30 days", "90d": "The last 90 days", "6m": "The last 6 months", "1y": "The last year",
    "all": "Everything there is",
}  # fmt: skip
DEFAULT = "90d"


@dataclass(frozen=True)
class Wanted:
    """What is to be analysed. since, until: as on the command line, empty for none · metrics: all of them if empty."""

    owner: str
    name: str
    since: str = DEFAULT
    until: str = ""
    metrics: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def query(self) -> str:
        """What fills the form with this again, as the query of its address."""
        period = [("period", self.since)] if self.since in PERIODS else [("since", self.since)]
        said = [("owner", self.owner), ("repository", self.name), *period, ("until", self.until)]
        return urlencode([(name, value) for name, value in said if value] + [("metrics", one) for one in self.metrics])

    def question(self, now: datetime, repository_id: int, repository: str) -> Question:
        """Return the question; raises Mistake."""
        return Question.from_options(
            since=self.since or None,
            until=self.until or None,
            metrics=self.metrics or tuple(offered()),
            now=now,
            repository_id=repository_id,
            repository=repository,
            known=all_metrics(),
        )


def offered() -> Mapping[str, Metric]:
    """Return the metrics of one repository that GitHub can be asked for now, by name: traffic is not among them."""
    known = all_metrics()
    return {name: known[name] for name in readable(known) if not name.startswith(OF_ORGANISATION)}


def read(form: Mapping[str, str], metrics: tuple[str, ...], now: datetime) -> tuple[Wanted, tuple[str, ...]]:
    """Read a form's fields but for the token; return what is wanted, and a sentence for each thing that is wrong.

    Owner and repository may also be given as one, `owner/name` or the address of its page, in the field of either.
    """
    owner, name = form.get("owner", "").strip(), form.get("repository", "").strip()
    together = next((text for text in (name, owner) if "/" in text), "")
    if together:
        parts = [part for part in together.split("?")[0].split("/") if part]
        if "://" in together:
            parts = parts[2:]
        owner, name = (*parts, "", "")[:2]
    name = name.removesuffix(".git")
    since, until = form.get("since", "").strip(), form.get("until", "").strip()
    period = form.get("period", DEFAULT)
    wanted = Wanted(owner, name, since or period, until, metrics)
    wrong = []
    if not OWNER.fullmatch(owner):
        wrong.append("The owner is a name of GitHub's, such as octocat.")
    if not NAME.fullmatch(name):
        wrong.append("The repository is a name of GitHub's, such as hello-world.")
    if not since and period not in PERIODS:
        wrong.append("The period is one of those in the list, or begins on a date.")
    try:
        wanted.question(now, 0, "owner/name")
    except Mistake as mistake:
        wrong.append(str(mistake.sentence).replace("`", ""))
    return wanted, tuple(wrong)
