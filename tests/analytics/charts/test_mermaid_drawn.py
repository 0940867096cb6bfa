"""Our charts of text in the real Mermaid, in a real browser: each is understood, and its names can be read.

Mermaid comes as one file from its npm package, pinned by hash. Where there is no npm or no browser this is skipped;
tests/analytics/charts/xychart.py holds the grammar in any case.
"""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import shutil
import subprocess
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright

from analytics.charts import mermaid
from analytics.charts.fitting import cut
from tests.analytics.charts.samples import CHARTS
from tests.analytics.charts.test_mermaid import HOSTILE
from tests.analytics.charts.xychart import FENCE, charts

VERSION = "11.17.2"
INTEGRITY = "V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg=="  # SHA-512
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SLACK = 3  # pixels of a letter beyond the edge that nobody misses
NPM = shutil.which("npm")
DRAW = """
async block => {
  mermaid.initialize({startOnLoad: false});
  const {diagramType} = await mermaid.parse(block);
  document.body.innerHTML = (await mermaid.render('drawn', block)).svg;
  const texts = [...document.querySelectorAll('svg text')].map(text => {
    const {left, right, top, bottom} = text.getBoundingClientRect();
    return {words: text.textContent, left, right, top, bottom, below: !!text.closest('.bottom-axis')};
  });
  const picture = document.querySelector('svg').getBoundingClientRect();
  const bars = document.querySelectorAll('svg .plot rect').length;
  return {diagramType, texts, bars, left: picture.left, right: picture.right};
}
"""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None or NPM is None, reason="no chromium or no npm in the search path"),
    pytest.mark.asyncio(loop_scope="module"),  # one page for all of them
]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mermaid in one file, from the package that its authors published."""
    folder = tmp_path_factory.mktemp("mermaid")
    packed = subprocess.run(
        [NPM or "npm", "pack", f"mermaid@{VERSION}", "--silent"], cwd=folder, capture_output=True, check=False
    )
    if packed.returncode:
        pytest.skip("npm reaches no registry")
    data = (folder / f"mermaid-{VERSION}.tgz").read_bytes()
    assert base64.b64encode(hashlib.sha512(data).digest()).decode() == INTEGRITY
    with tarfile.open(fileobj=io.BytesIO(data)) as package:
        member = package.extractfile("package/dist/mermaid.min.js")
        assert member
        (folder / "mermaid.js").write_bytes(member.read())
    return folder / "mermaid.js"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(script: Path) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        opened = await browser.new_page(viewport={"width": 780, "height": 700})
        await opened.set_content("<body></body>")
        await opened.add_script_tag(path=script)
        yield opened
        await browser.close()


async def drawn(page: Page, block: str) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(DRAW, block)
    assert found["diagramType"] == "xychart"
    return found


@pytest.mark.parametrize("wide", [390, 780])
async def test_mermaid_understands_every_chart_and_its_names_have_room(page: Page, wide: int) -> None:
    await page.set_viewport_size({"width": wide, "height": 700})
    for name, chart in CHARTS.items():
        written = chart.text()
        for block, ours in zip(FENCE.finditer(written), charts(written), strict=True):
            found = await drawn(page, block["body"])
            assert found["bars"] == len(ours.plots.get("bar", ())), name
            for text in found["texts"]:
                assert found["left"] <= text["left"] + SLACK, (name, text)
                assert text["right"] <= found["right"] + SLACK, (name, text)
            shown = [text for text in found["texts"] if text["words"].strip("\u200b")]
            if not ours.level:
                below = sorted((text for text in shown if text["below"]), key=lambda text: text["left"])
                assert len(below) == len(ours.visible), name
                for one, other in itertools.pairwise(below):
                    assert one["right"] < other["left"], (name, one, other)
            else:
                assert set(ours.visible) <= {text["words"].strip("\u200b") for text in shown}, name


async def test_a_hostile_name_is_shown_and_does_nothing(page: Page) -> None:
    for word in HOSTILE:
        block = FENCE.fullmatch(mermaid.chart([word, "b"], bars=[1, 2], unit=word, level=True))
        assert block
        found = await drawn(page, block["body"])
        assert found["bars"] == 2, word
        assert cut(mermaid.label(word), mermaid.BESIDE, mermaid.width) in {text["words"] for text in found["texts"]}, (
            word
        )
    assert await page.evaluate("document.querySelectorAll('img, script:not([src])').length") <= 1


async def test_a_parser_that_refuses_nothing_would_show_nothing(page: Page) -> None:
    with pytest.raises(Exception, match="Parse error"):
        await drawn(page, 'xychart-beta\n  x-axis [""]\n  bar [1]')
