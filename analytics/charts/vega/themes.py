"""What the roles of a specification look like on a light and on a dark page: the pictures' own colours and type."""

from __future__ import annotations

from typing import Any

from analytics.charts.theme import RAMP_STEPS, THEMES, Theme, ThemeName, legible, mix
from analytics.charts.vega.parts import ROLES

FONT = "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
PALE, DARK = 0.36, 0.72  # share of the accent that a bar and its foot keep, as in pictures
TINT, EDGE = 0.16, 0.48  # of a band and its edge
GROWING, GROWN = 0.25, 0.6  # of a bar that may still grow, and of its foot


def chart_themes() -> dict[ThemeName, dict[str, Any]]:
    """Return Vega's `config` of each theme: everything that has a colour, and only that."""
    return {name: _config(theme) for name, theme in THEMES.items()}


def _config(theme: Theme) -> dict[str, Any]:
    pale = mix(theme.background, theme.blue, PALE)
    dark = mix(theme.background, theme.blue, DARK)
    colours = {
        "blue": theme.blue,
        "orange": theme.orange,
        "violet": theme.violet,
        "muted": theme.muted,
        "pale": pale,
        "dark": dark,
        "faint": theme.faint(theme.blue),
        "ink": theme.ink,
        "gap": theme.gap,
        "hairline": theme.hairline,
        "background": theme.background,
    }
    shades = [theme.shade(step / RAMP_STEPS) for step in range(RAMP_STEPS + 1)]
    # a bar that may still grow is paler and has a broken outline, so that colour alone does not say so
    growing = {"color": mix(theme.background, pale, GROWING), "stroke": dark, "strokeDash": [3, 2]}
    grown = {"color": mix(theme.background, dark, GROWN), "stroke": dark, "strokeDash": [3, 2]}
    release = {"color": theme.violet, "stroke": theme.background, "strokeWidth": 1.5}  # it stands on bars
    strip = {"color": theme.muted, "opacity": 0}
    text = {"labelColor": theme.muted, "labelFont": FONT, "labelFontSize": 12, "labelLimit": 150}
    lines = {"gridColor": theme.hairline, "domainColor": theme.hairline, "tickColor": theme.hairline, "ticks": False}
    return {
        "aria": False,  # the page describes a chart in words of its own, and beside it stands the table
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "title": {
            "color": theme.ink,
            "subtitleColor": theme.muted,
            "font": FONT,
            "subtitleFont": FONT,
            "fontSize": 14,
            "subtitleFontSize": 12,
            "lineHeight": 17,
            "subtitleLineHeight": 17,
            "fontWeight": 600,
        },
        "axis": {**text, **lines, "titleColor": theme.muted, "titleFont": FONT, "titleFontWeight": 400},
        "axisY": {"domain": False, "labelPadding": 8},
        "axisX": {"labelPadding": 6},
        "header": {"labelColor": theme.ink, "labelFont": FONT, "labelFontSize": 12, "labelFontWeight": 600},
        "text": {"color": theme.muted, "font": FONT, "fontSize": 12},
        "point": {"filled": True, "opacity": 1},
        "style": {role: {"color": colour} for role, colour in colours.items()}
        | {"growing": growing, "grown": grown, "strip": strip, "release": release},
        "range": {
            "roles": [colours[role] for role in ROLES],
            "tints": [mix(theme.background, colours[role], TINT) for role in ROLES],
            "shades": shades,
            "inks": [legible((theme.ink, theme.background), shade) for shade in shades],
        },
    }
