"""What an import would do, or did, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.traffic import Count
from reports.importing.compare import Comparison
from reports.importing.keep import Plan
from reports.importing.target import Target

DIFFERENCES = 20
HEADER = ("", "from", "to", "new", "raised", "lower", "unchanged")


def lines(target: Target, plan: Plan, *, every: bool) -> Iterator[str]:
    """Yield what would happen to one repository: a table, then the days that differ from what is stored.

    every: all of those days, not only the first few.
    """
    kind = "new here" if target.new else "stored"
    yield f"{target.repository.full_name} (number {target.repository.id}, {kind})"
    if target.repository.removed_at is not None:
        yield "  The App no longer sees this repository: what is stored of it will be deleted, this too."
    yield from (f"  {note}." for note in target.imported.notes)
    if not plan.comparisons:
        yield "  There is nothing in the file about it."
        return
    yield from table([HEADER, *(row(one) for one in plan.comparisons)], numbers=3)
    differing = [(one.what, difference) for one in plan.comparisons for difference in one.differences]
    if differing:
        shown = differing if every else differing[:DIFFERENCES]
        yield "  Stored with other numbers; the larger of each is kept (count/uniques):"
        cells = [(str(one.day), what, said(one.stored), said(one.found), said(one.kept)) for what, one in shown]
        yield from table([("day", "", "stored", "in the file", "kept"), *cells], numbers=2)
        if len(shown) < len(differing):
            yield f"  … and {len(differing) - len(shown)} more; --differences shows them all."
    kept = [one.what for one in plan.comparisons if one.lower and not one.differences]
    if kept:
        yield f"  Where {' and '.join(kept)} are stored with other values, they stay as they are stored."


def row(one: Comparison) -> tuple[str, ...]:
    """Return a comparison as cells."""
    counts = (one.new, one.raised, one.lower, one.unchanged)
    return (one.what, str(one.first or ""), str(one.last or ""), *map(str, counts))


def said(count: Count) -> str:
    """Return count and uniques in one cell."""
    return f"{count.count}/{count.uniques}"


def table(rows: Sequence[Sequence[str]], *, numbers: int) -> Iterator[str]:
    """Yield rows with their columns under each other; from column `numbers` on they are aligned to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        padded = (
            cell.ljust(width) if place < numbers else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        yield f"    {'  '.join(padded)}".rstrip()
