"""What these tests need beyond Python."""

from __future__ import annotations

import shutil

from tests.conftest import REQUIRE_ALL

# Where everything is required a skip is a failure, and .ci/run installs no npm, which the real Mermaid comes from:
# there the grammar in xychart.py stands in for it.
collect_ignore = ["test_mermaid_drawn.py"] if REQUIRE_ALL and shutil.which("npm") is None else []
