"""A chart comes in the forms that are asked for: a comment pays for none that only pages need."""

from __future__ import annotations

import pickle

import pytest

from analytics.words import speaking
from reports.compute import draw, picture
from reports.compute_task import Drawing
from tests.analytics.charts.samples import CHARTS


def test_a_comment_pays_for_pictures_alone() -> None:
    made = picture(CHARTS["bars"], drawn=True)
    assert made.light.startswith(b"\x89PNG")
    assert (made.spec, made.svg) == (None, b"")


def test_a_page_gets_a_specification_without_pictures() -> None:
    made = picture(CHARTS["bars"], drawn=False, specified=True)
    assert made.spec == CHARTS["bars"].spec()
    assert (made.light, made.dark, made.svg) == (b"", b"", b"")
    assert pickle.loads(pickle.dumps(made)) == made  # it comes out of a process of the pool


def test_whoever_takes_a_chart_away_gets_svg() -> None:
    assert picture(CHARTS["bars"], drawn=False, vector=True).svg.startswith(b"<svg ")


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_drawn_later_is_what_would_have_been_drawn_at_once(name: str, language: str) -> None:
    """In the words and the separators of the answer's own language."""
    with speaking(language):
        at_once = picture(CHARTS[name], drawn=False, specified=True, vector=True)
    (later,) = draw(Drawing((at_once.values,), "svg", language))
    assert (later.svg, later.alt, later.text) == (at_once.svg, at_once.alt, at_once.text)
