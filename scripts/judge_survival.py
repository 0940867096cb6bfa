"""Compare our survival curves with lifelines', an independent implementation, and write reference values for the tests.

    make judge [JUDGE_ARGS="DATA ... [--write]"]

lifelines needs an older pandas than Almanac, so it runs in an environment of its own that is thrown away. DATA are
folders with `repo.json` and `pulls.jsonl.gz` (fields as in GitHub's REST API); without any, only random data are
judged. Equal means: within 1e-9, at every time at which both define a value. Aalen-Johansen is judged on data without
ties, because lifelines moves tied times apart at random.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  # the project's own packages and their libraries come after the path to them

from analytics.survival import Curve, aalen_johansen, kaplan_meier, median, median_interval  # noqa: E402

LIFELINES = "lifelines==0.30.3"
REFERENCE = ROOT / "tests/analytics/data/survival.json"
CLOSE = 1e-9
CUTS = (0.4, 0.7, 0.95)  # where in a repository's history its past windows end
WINDOWS = (7, 30, 90)  # days
Case = dict[str, Any]

# Runs where lifelines is: reads cases from standard input and writes what it says of them.
JUDGE = """
import json, sys, warnings
warnings.simplefilter("ignore")
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.utils import median_survival_times
def plain(values):
    return [None if value != value or abs(value) == float("inf") else float(value) for value in values]
for case in json.load(sys.stdin):
    said = {}
    fitted = KaplanMeierFitter().fit(case["hours"], [kind != 0 for kind in case["ended"]])
    band, share = fitted.confidence_interval_, fitted.survival_function_.iloc[:, 0]
    limits = plain(median_survival_times(band).iloc[0])
    said["still"] = {"hours": plain(share.index), "share": plain(share), "low": plain(band.iloc[:, 0]),
                     "high": plain(band.iloc[:, 1]), "median": plain([fitted.median_survival_time_])[0],
                     "median_ci": limits}
    if not case["ties"]:
        fitted = AalenJohansenFitter().fit(case["hours"], case["ended"], event_of_interest=1)
        share, band = fitted.cumulative_density_.iloc[:, 0], fitted.confidence_interval_
        said["happened"] = {"hours": plain(share.index), "share": plain(share),
                            "low": plain(band.min(axis=1)), "high": plain(band.max(axis=1))}
    print(json.dumps(said))
"""


def random_cases() -> Iterator[Case]:
    """Yield seeded random data: few and many, with and without ties, much and no censoring."""
    random = np.random.default_rng(4)
    for size in (1, 2, 3, 5, 8, 15, 40, 200, 1000):
        for censored in (0.0, 0.3, 0.8):
            for ties in (False, True):
                hours = random.lognormal(3, 1.5, size)
                hours = np.ceil(hours / 10) if ties else hours
                ended = np.where(random.random(size) < censored, 0, random.integers(1, 3, size))
                name = f"{size} random, {censored:.0%} censored, {'tied' if ties else 'all different'}"
                yield case(name, hours.tolist(), ended.tolist())


def case(name: str, hours: list[float], ended: list[int]) -> Case:
    """Return a case; `ties` says whether two of its ends fall on one moment."""
    ends = [lasted for lasted, kind in zip(hours, ended, strict=True) if kind]
    return {"name": name, "hours": hours, "ended": ended, "ties": len(set(ends)) < len(ends)}


def real_cases(folder: Path) -> Iterator[Case]:
    """Yield a repository's pull requests as they were, then those of past windows as these windows' ends knew them.

    Each once more with its ties taken out. Only a window that is cut has many that are still open.
    """
    now = moment(json.loads((folder / "repo.json").read_text())["snapshot_at"])
    with gzip.open(folder / "pulls.jsonl.gz", "rt", encoding="utf-8") as file:
        pulls = [json.loads(line) for line in file]
    first = min((moment(pull["created_at"]) for pull in pulls), default=now)
    spans = [("all", first, now)]
    for part in CUTS:
        until = first + part * (now - first)
        spans += [(f"{days} days to {until:%Y-%m-%d}", until - timedelta(days), until) for days in WINDOWS]
    for name, since, until in spans:
        hours, ended = followed(pulls, since, until)
        if not hours:
            continue
        yield case(f"{folder.name}, {name}", hours, ended)
        once = dict(zip(hours, ended, strict=True))  # of those that lasted equally long, the last
        yield case(f"{folder.name}, {name}, without ties", list(once), list(once.values()))


def followed(pulls: list[dict[str, Any]], since: datetime, until: datetime) -> tuple[list[float], list[int]]:
    """Return hours and ends of what was opened in [since, until); an end at or after `until` is not known yet."""
    hours, ended = [], []
    for pull in pulls:
        begin = moment(pull["created_at"])
        if not since <= begin < until:
            continue
        end = pull["merged_at"] or pull["closed_at"]
        known = end is not None and moment(end) < until
        lasted = ((moment(end) if known else until) - begin).total_seconds() / 3600
        if lasted >= 0:
            hours.append(lasted)
            ended.append(0 if not known else 1 if pull["merged_at"] else 2)
    return hours, ended


def moment(text: str) -> datetime:
    """Read an ISO 8601 time."""
    return datetime.fromisoformat(text)


def judged(cases: list[Case], python: str | None) -> list[dict[str, Any]]:
    """Return what lifelines says of each case; `python` is an interpreter that has it, else one is made for once."""
    if python:
        return asked_of(python, cases)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = f"{folder}/bin/python"
        install = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", LIFELINES]
        subprocess.run(install, check=True)
        return asked_of(python, cases)


def asked_of(python: str, cases: list[Case]) -> list[dict[str, Any]]:
    """Return what the lifelines of an interpreter says of each case."""
    done = subprocess.run([python, "-c", JUDGE], input=json.dumps(cases), text=True, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def differences(given: Case, said: dict[str, Any]) -> list[float]:
    """Return how far ours and theirs are apart, one number per value; what only one of them knows is infinitely far."""
    ended = np.asarray(given["ended"])
    still = kaplan_meier(given["hours"], ended != 0)
    found = apart(still, said["still"], unknown_at=0.0)
    if still.low[-1] is not None and not missed_by_rounding(said["still"]["share"]):
        # at a share of 0 lifelines takes 0 for both ends of its band, where we know none: its medians may end there
        ours = (median(still), *median_interval(still))
        theirs = (said["still"]["median"], *said["still"]["median_ci"])
        found += [distance(*pair) for pair in zip(ours, theirs, strict=True)]
    if "happened" in said:
        found += apart(aalen_johansen(given["hours"], ended), said["happened"], unknown_at=1.0)
    return found


def missed_by_rounding(shares: list[float]) -> bool:
    """Return whether a share is one half but for rounding, which lifelines takes for more than one half."""
    return any(0.5 < share < 0.5 + CLOSE for share in shares)


def apart(ours: Curve, theirs: dict[str, list[float]], unknown_at: float) -> list[float]:
    """Return the distances of two curves at every time of theirs; at a share of `unknown_at` a band is not compared."""
    found = []
    for hours, share, low, high in zip(*(theirs[name] for name in ("hours", "share", "low", "high")), strict=True):
        found.append(distance(ours.at(hours), share))
        if abs(share - unknown_at) > CLOSE and low is not None:
            found += [distance(*pair) for pair in zip(ours.interval(hours), (low, high), strict=True)]
    return found


def distance(ours: float | None, theirs: float | None) -> float:
    """Return how far apart two values are."""
    if ours is None or theirs is None:
        return 0.0 if ours is theirs else float("inf")
    return abs(ours - theirs)


def main() -> int:
    """Print a line per case; 1 if any value differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", nargs="*", type=Path, help="folders of real data")
    parser.add_argument("--python", help=f"an interpreter that has {LIFELINES}")
    parser.add_argument("--write", action="store_true", help=f"write {REFERENCE.relative_to(ROOT)}")
    asked = parser.parse_args()
    cases = [*random_cases(), *(each for folder in asked.data for each in real_cases(folder))]
    answers = judged(cases, asked.python)
    worst = 0.0
    for given, said in zip(cases, answers, strict=True):
        found = differences(given, said)
        worst = max(worst, *found)
        print(f"{max(found):8.1e} at most apart in {len(found):5} values: {given['name']}")  # noqa: T201
    if asked.write:
        small = [
            {**given, "said": said}
            for given, said in zip(cases, answers, strict=True)
            if "random" in given["name"] and len(given["hours"]) <= 40
        ]
        REFERENCE.parent.mkdir(exist_ok=True)
        REFERENCE.write_text(json.dumps({"made_by": LIFELINES, "cases": small}) + "\n")
    return int(not worst <= CLOSE)


if __name__ == "__main__":
    sys.exit(main())
