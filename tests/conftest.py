"""What all tests share: where the reference data lies, what a missing piece of the machine means, which examples."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import settings

from tests.log_lines import LINES, watch

if TYPE_CHECKING:
    from storage.engine import Store

REQUIRE_ALL = os.environ.get("ALMANAC_REQUIRE_ALL") == "1"

# The same examples on every machine: what fails for one change fails for everyone, and never for chance alone. New ones
# are looked for by `make fuzz`. No deadlines: a busy machine is slow, and that is not what is tested.
settings.register_profile("almanac", deadline=None, max_examples=40, derandomize=True)
settings.register_profile("fuzz", deadline=None, max_examples=400, print_blob=True)
settings.load_profile("fuzz" if os.environ.get("ALMANAC_FUZZ") == "1" else "almanac")


MEMORY, ROOM = Path("/dev/shm"), 6 * 2**30


def pytest_configure() -> None:
    """Have the folders of tests in memory where there is room: what is synced there costs no time."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is required, a skip is a failure: what was not checked must not look green."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where everything is required: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself while it is imported."""
    report = yield
    if REQUIRE_ALL and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped where everything is required: {report.longrepr}"
    return report


# Files with a test that takes long by its nature. Whoever begins with them never waits for one at the end alone.
LONGEST = (
    "dashboard/test_axe.py", "stories/test_browser_walk.py", "test_metrics_page.py", "test_imports.py",
    "scheduler/test_reconcile_real.py", "stories/test_reports.py", "stories/test_reports_failed.py",
    "stories/test_reports_once.py", "stories/test_exactly_once.py", "stories/test_outage.py",
    "stories/test_restraint.py", "stories/test_replicas.py", "stories/test_on_postgresql.py", "bot/test_idle.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first, and leave the order of everything else as it is."""
    longest = {Path(__file__).parent / name for name in LONGEST}
    items.sort(key=lambda item: item.path not in longest)


def pytest_collection_finish() -> None:
    """Let the collector of cycles look less often, and not at what the tests' modules hold for good.

    A tenth of all time goes there otherwise. What is never closed is said at the latest when the session ends.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _plain_log() -> Iterator[None]:
    """Write log lines as one plain line each: what structlog writes of itself draws every traceback with its locals.

    None of them, whichever test writes it, holds a secret.
    """
    structlog.reset_defaults()  # a command that ran in the test before may have silenced all but warnings
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            LINES.event,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    yield
    assert LINES.taken() == [], "log lines that hold a secret, which is not repeated here"


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder of reference data beside the checkout; tests that need it are skipped where it is missing."""
    folder = Path(os.environ.get("ALMANAC_SHARED", Path(__file__).parents[1].parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder}; set ALMANAC_SHARED to the folder that has it")
    return folder


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy; tests/storage has its own, which come for PostgreSQL too."""
    from storage.migrate import upgrade  # noqa: PLC0415 - Alembic, only where a database is wanted

    path = tmp_path_factory.mktemp("empty") / "almanac.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """The socket folder of a running cluster with a migrated database, `migrated`, to copy."""
    from storage.migrate import upgrade  # noqa: PLC0415
    from tests.storage import cluster  # noqa: PLC0415 - the programs, only where that database is wanted

    if not cluster.found():
        pytest.skip(f"no PostgreSQL in {cluster.BIN}; set ALMANAC_POSTGRESQL to the folder of its programs")
    with cluster.cluster(in_memory=True) as folder:
        cluster.run(folder, "CREATE DATABASE migrated")
        upgrade(cluster.address(folder, "migrated"))
        yield folder


@pytest.fixture
def database_file(tmp_path: Path, empty_database: Path) -> Path:
    """A migrated, empty SQLite file of the test's own."""
    return Path(shutil.copyfile(empty_database, tmp_path / "almanac.db"))


@pytest.fixture
async def store(database_file: Path) -> AsyncIterator[Store]:
    """An open store on `database_file`."""
    from storage.engine import Store  # noqa: PLC0415

    opened = await Store.open(f"sqlite:///{database_file}")
    yield opened
    await opened.close()
