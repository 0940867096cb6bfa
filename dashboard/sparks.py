"""Sparklines: a path of a small SVG through counts; where a count is not known the line is broken. Pure."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 120.0, 28.0
EDGE = 2.0  # room for the line's own width


def path(counts: Sequence[int | None]) -> str:
    """Return the `d` of a path through the counts from left to right, from zero up; empty where nothing is known.

    A lone known count between two gaps is a dot: a line of no length.
    """
    known = [count for count in counts if count is not None]
    if not known:
        return ""
    most = max(*known, 1)
    step = (WIDTH - 2 * EDGE) / max(1, len(counts) - 1)
    said: list[str] = []
    drawing = False
    for place, count in enumerate(counts):
        if count is None:
            drawing = False
            continue
        point = f"{EDGE + place * step:.1f} {HEIGHT - EDGE - count / most * (HEIGHT - 2 * EDGE):.1f}"
        alone = not drawing and (place + 1 == len(counts) or counts[place + 1] is None)
        said.append(f"{'L' if drawing else 'M'}{point}{'h0.1' if alone else ''}")
        drawing = True
    return "".join(said)
