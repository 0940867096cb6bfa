"""docs/metrics.md says what the metrics say of themselves, and its examples are answers that the server gives."""

from __future__ import annotations

import pytest

from scripts.metrics_page import PAGE, page


@pytest.mark.timeout(240)
def test_the_page_is_what_the_code_makes_of_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m scripts.metrics_page"
