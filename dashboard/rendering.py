"""Templates become pages: everything that is put into them is escaped, and a value that is missing is a mistake."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.inline import whole

HERE = Path(__file__).parent


@cache
def environment() -> Environment:
    """Return the dashboard's templates, loaded when first used."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["whole"] = whole
    return made


def page(template: str, status: int = 200, **values: Any) -> web.Response:
    """Return a template filled in, as HTML."""
    html = environment().get_template(template).render(values)
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8")


@cache
def style(name: str) -> bytes:
    """Return a style sheet of ours."""
    return (HERE / "static" / name).read_bytes()
