"""Write what charts look like in both themes as the module that pages load; run it when a colour changes."""

from __future__ import annotations

import json
from pathlib import Path

from analytics.charts.vega.themes import chart_themes

FILE = Path(__file__).parents[1] / "dashboard" / "static" / "chart_themes.js"


def module() -> str:
    """Return the module's text."""
    themes = json.dumps(chart_themes(), indent=1, sort_keys=True)
    return f"// Written by scripts/chart_themes.py from the pictures' own colours.\nexport default {themes};\n"


if __name__ == "__main__":
    FILE.write_text(module())
