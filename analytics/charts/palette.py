"""The palette of a picture: the colours it uses, and the steps between inks and what lies under them."""

from __future__ import annotations

from collections.abc import Collection

from analytics.charts.theme import channels, mix

SIZE = 96  # colours in a picture: a quarter of the bytes of full colour, no visible difference
STEPS = 15  # between an ink and its ground: smooth edges of letters
APART = 12  # two colours nearer than this in every channel are one (Pillow finds the nearest in cubes of 4)


def palette(
    solids: Collection[str], edges: Collection[tuple[str, str]], background: str, steps: int = STEPS
) -> tuple[str, ...]:
    """Return at most SIZE colours: `solids`, then up to `steps` mixtures along each of `edges` (ink, ground).

    Edges on the background come first and are finer: that is where titles and labels stand.
    """
    chosen = dict.fromkeys(solids)
    main = [edge for edge in edges if edge[1] == background]
    rest = [edge for edge in edges if edge[1] != background]
    room = max(0, SIZE - len(chosen))
    fine = min(steps, room * 2 // (3 * len(main))) if rest and main else min(steps, room // max(1, len(main)))
    for group, count in ((main, fine), (rest, min(steps, (room - fine * len(main)) // max(1, len(rest))))):
        for ink, ground in group:
            for step in range(1, count + 1):
                colour = mix(ground, ink, step / (count + 1))
                if len(chosen) < SIZE and not any(_near(colour, other) for other in chosen):
                    chosen[colour] = None
    return tuple(chosen)


def _near(one: str, other: str) -> bool:
    return all(abs(a - b) < APART for a, b in zip(channels(one), channels(other), strict=True))
