"""Every module can be imported alone, warnings are errors, and heavy libraries stay where they belong."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES: list[str] = PYPROJECT["tool"]["importlinter"]["root_packages"]
HEAVY = ("alembic", "jinja2", "matplotlib", "numpy", "pandas", "PIL", "procrastinate", "psycopg", "pydantic", "scipy")
SERVER = ("bot.app", "handlers", "handlers.commands", "handlers.events", "reports.gather", "storage", "github")

# One interpreter loads the outside libraries once, then forks for each module: a child knows no other module. Nothing
# is collected: a child that goes through what it shares with its parent copies all of it.
ALONE = """
import gc, importlib, json, os, sys, traceback
gc.disable()
for library in json.loads(sys.argv[1]):
    importlib.import_module(library)
gc.freeze()
failures = {}
for name in json.loads(sys.argv[2]):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = ""
        try:
            importlib.import_module(name)
        except BaseException:
            said = traceback.format_exc()
        os.write(write, said.encode()[-60_000:])
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    if said:
        failures[name] = said
print(json.dumps(failures))
"""
LIBRARIES = (
    "aiohttp.web", "authlib.integrations.base_client", "click", "cmarkgfm", "concurrent.futures.process", "difflib",
    "gidgethub.aiohttp", "graphql", "gzip", "jinja2", "jwt", "lz4.block", "msgspec.json", "nh3", "numpy",
    "procrastinate", "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "sqlalchemy.ext.asyncio",
    "sqlite3", "statistics", "structlog", "yaml",
)  # fmt: skip


def modules() -> list[str]:
    """Return every module of the house by name; `__main__` runs a program, and a migration runs inside Alembic."""
    found = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            if parts[-1] == "__main__" or (parts[:2] == ("storage", "migrations") and parts[-1] != "__init__"):
                continue
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def python(*arguments: str) -> str:
    """Run a fresh interpreter in which each warning is an error; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def source_of(name: str) -> Path:
    """Return a module's file."""
    file = ROOT / Path(*name.split("."))
    return file / "__init__.py" if file.is_dir() else file.with_suffix(".py")


def imported_at_once(node: ast.AST) -> Iterator[str]:
    """Yield what is imported while a module is, and each name that may be a module there; not what is for types."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            return
        case ast.Import(names=names):
            yield from (one.name for one in names)
        case ast.ImportFrom(module=str(module), names=names):
            yield module
            yield from (f"{module}.{one.name}" for one in names)
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=others):
            for other in others:
                yield from imported_at_once(other)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from imported_at_once(child)


def graph() -> dict[str, set[str]]:
    """Return, for each module of the house, the others that it names in what it imports at once."""
    names = set(modules())
    return {name: set(imported_at_once(ast.parse(source_of(name).read_text()))) & names - {name} for name in names}


def test_no_module_imports_itself_through_others() -> None:
    TopologicalSorter(graph()).prepare()  # raises CycleError, which names the circle


def test_every_module_can_be_imported_alone() -> None:
    """Where there is no circle, those that no other imports stand for all: each imports its own before itself."""
    imports = graph()
    for name in imports:
        parts = name.split(".")
        imports[name] |= {".".join(parts[:size]) for size in range(1, len(parts))}
    names = sorted(set(imports).difference(*imports.values()))
    assert set(modules()) == {one for name in names for one in reached(imports, name)}
    shares = [names[0::2], names[1::2]]
    with ThreadPoolExecutor(2) as pool:
        outputs = pool.map(lambda share: python("-c", ALONE, json.dumps(LIBRARIES), json.dumps(share)), shares)
    failures: dict[str, str] = {}
    for output in outputs:
        failures |= json.loads(output)
    assert not failures, "\n".join(f"{name}:\n{said}" for name, said in failures.items())


def reached(imports: dict[str, set[str]], name: str) -> set[str]:
    """Return a module and all that is imported with it."""
    found, new = {name}, [name]
    while new:
        more = imports[new.pop()] - found
        found |= more
        new.extend(more)
    return found


def test_the_server_process_imports_nothing_heavy() -> None:
    """Its start and its memory are promised; measuring, drawing and migrating happen in other processes."""
    code = f"import sys, {', '.join(SERVER)}; print([name for name in {HEAVY} if name in sys.modules])"
    assert python("-c", code).strip() == "[]"


def test_a_server_that_starts_carries_the_tables_of_jobs_and_installations_only() -> None:
    """SQLAlchemy's definition of a table weighs 50 kB: those of answers, activity, traffic and people come with use."""
    code = "import sys, bot.serving; print(sorted(name for name in sys.modules if name.startswith('storage.schema')))"
    tables = ["storage.schema_base", "storage.schema_installed", "storage.schema_jobs"]
    assert python("-c", code).strip() == str(tables)


def test_listing_the_metrics_imports_nothing_heavy() -> None:
    code = f"""
import sys, analytics.metrics
assert analytics.metrics.all_metrics()
print([name for name in {HEAVY} if name in sys.modules])
"""
    assert python("-c", code).strip() == "[]"


def homes() -> dict[str, list[str]]:
    """Return, for each library that has a home, the patterns of the modules that may import it."""
    found: dict[str, list[str]] = {}
    for contract in PYPROJECT["tool"]["importlinter"]["contracts"]:
        for line in contract.get("ignore_imports", []):
            importer, _, library = line.partition(" -> ")
            found.setdefault(library, []).append(importer.replace("**", "*"))
    return found


def imports_by_name() -> Iterator[tuple[str, str]]:
    """Yield module and library of each `lazy("library")` and `import_module("library")`: import-linter sees neither."""
    for name in modules():
        for node in ast.walk(ast.parse(source_of(name).read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("lazy", "import_module"):
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant):
                        yield name, str(argument.value).partition(".")[0]


def test_an_import_by_name_keeps_to_the_librarys_home() -> None:
    home = homes()
    strangers = [
        f"{module} imports {library}"
        for module, library in imports_by_name()
        if library in home and not any(fnmatchcase(module, pattern) for pattern in home[library])
    ]
    assert strangers == []


@pytest.mark.parametrize("library", ["matplotlib", "pandas", "sqlalchemy", "alembic", "gidgethub", "graphql", "jinja2"])
def test_each_heavy_library_has_a_home(library: str) -> None:
    assert homes()[library]


def test_every_package_is_listed_for_setuptools() -> None:
    folders = {file.parent for package in PACKAGES for file in (ROOT / package).rglob("__init__.py")}
    found = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert found == set(PYPROJECT["tool"]["setuptools"]["packages"])
