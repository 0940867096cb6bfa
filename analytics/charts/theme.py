"""The two themes' colours, and the arithmetic of colour: mixing, luminance and contrast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

ThemeName = Literal["light", "dark"]

RAMP_STEPS = 12  # shades of a ramp: as many as an eye can rank, few enough for a palette of 96 colours
LEGIBLE = 4.5  # WCAG 2.2, success criterion 1.4.3: contrast of text at normal size
FAINT = 0.55  # share of its colour that what is not the finding keeps


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as `#rrggbb`, by what they are for; `ramp` runs from nothing to much."""

    name: ThemeName
    background: str
    ink: str
    muted: str
    hairline: str
    gap: str
    blue: str
    orange: str
    violet: str
    ramp: tuple[str, ...]

    def shade(self, share: float) -> str:
        """Return the ramp's colour for `share` of 0..1, in RAMP_STEPS steps; anything above 0 differs from 0.

        Where neither of the theme's inks could be read, halfway up, it is the next shade further up that takes one.
        """
        if share <= 0:
            return self.ramp[0]
        place = min(RAMP_STEPS, max(2, round(share * RAMP_STEPS))) / RAMP_STEPS
        while True:
            below = min(int(place * (len(self.ramp) - 1)), len(self.ramp) - 2)
            colour = mix(self.ramp[below], self.ramp[below + 1], place * (len(self.ramp) - 1) - below)
            if place >= 1 or max(contrast(self.ink, colour), contrast(self.background, colour)) >= LEGIBLE:
                return colour
            place = min(1.0, place + 1 / 200)

    def faint(self, colour: str) -> str:
        """Return `colour` stepped back towards the background, for what is not the finding."""
        return mix(self.background, colour, FAINT)


THEMES: dict[ThemeName, Theme] = {
    "light": Theme(
        name="light",
        background="#ffffff",
        ink="#1f2328",
        muted="#59636e",
        hairline="#d1d9e0",
        gap="#e6eaef",
        blue="#0969da",
        orange="#bc4c00",
        violet="#8250df",
        ramp=("#f3f6fa", "#b6d6fb", "#4a90e2", "#0b4fa8", "#06295c"),
    ),
    "dark": Theme(
        name="dark",
        background="#0d1117",
        ink="#e6edf3",
        muted="#9198a1",
        hairline="#2b323b",
        gap="#1c232c",
        blue="#58a6ff",
        orange="#f0883e",
        violet="#bc8cff",
        ramp=("#151b23", "#12345e", "#1f6feb", "#79b8ff", "#dbeeff"),
    ),
}


@cache
def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue (0..255) of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@cache
def mix(below: str, above: str, share: float) -> str:
    """Return `above` laid over `below` at opacity `share` (0..1), as Agg blends them."""
    pairs = zip(channels(below), channels(above), strict=True)
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)


@cache
def luminance(colour: str) -> float:
    """Return the relative luminance, 0 (black) to 1 (white), of WCAG 2.2."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _unit(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _unit(colour: str) -> list[float]:
    return [channel / 255 for channel in channels(colour)]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21, of WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def legible(candidates: Sequence[str], on: str) -> str:
    """Return the first candidate of enough contrast on colour `on`, else black or white, of which one always has it."""
    for candidate in candidates:
        if contrast(candidate, on) >= LEGIBLE:
            return candidate
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, on))
