"""What every kind of picture has in common: it has a finding as title, can draw itself, and can be read as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from analytics.charts.pen import Pen


class Chart(Protocol):
    """A frozen value that holds everything a picture shows; drawing it twice gives the same bytes.

    title: the finding, one sentence · subtitle: repository, n, window, unit · height: inches at 7.4 in width.
    """

    @property
    def title(self) -> str: ...

    @property
    def subtitle(self) -> str: ...

    @property
    def height(self) -> float: ...

    @property
    def alt(self) -> str:
        """One or two sentences that state the picture's numbers, for people who cannot see it."""
        ...

    def draw(self, canvas: Pen) -> None:
        """Put the picture on the canvas, below title and subtitle, which the canvas has drawn already."""
        ...

    def spec(self) -> Mapping[str, object]:
        """Return the same values as a Vega-Lite specification: plain JSON without a colour, for pages."""
        ...

    def text(self) -> str:
        """Return the same numbers as Markdown that needs no picture: a table with bars of text characters."""
        ...
