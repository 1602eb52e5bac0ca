"""The shape of the project: sizes, what loads what, and what must never be in the repository."""

from __future__ import annotations

import ast
import re
import shutil
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = [name for name in ("ledger", "tui") if (ROOT / name).is_dir()]
EXPORTS = sorted((ROOT / "requirements").glob("*.txt"))

LINES_IN_A_MODULE = 500
LINES_IN_A_FUNCTION = 70
MEDIAN_MODULE = 150
MEDIAN_FUNCTION = 10

DOMAIN_MAY_IMPORT = {"pydantic", "pydantic_core", "ledger"}  # of ours, import-linter allows ledger.domain only
DOMAIN_NEVER_IMPORTS = {"io", "os", "pathlib", "random", "secrets", "socket", "subprocess", "time"}
NEVER_CALLED_IN_THE_DOMAIN = {"input", "open", "print"}  # as functions
NEVER_ASKED_IN_THE_DOMAIN = {"now", "today", "utcnow"}  # as methods


def tracked() -> list[Path]:
    """Every file of the repository; without git, every file of the tree that no tool has left there."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listing = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        files = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        left = re.compile(r"/(\.venv[^/]*|\.git|\.hypothesis|\.[a-z_]+_cache|__pycache__)/|/\.coverage")
        files = [path for path in ROOT.rglob("*") if not left.search(f"/{path.relative_to(ROOT)}")]
    return [path for path in files if path.is_file()]


def python_files(*folders: str) -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix == ".py" and (not folders or path.relative_to(ROOT).parts[0] in folders)
    ]


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of every function, decorators not counted."""
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1  # type: ignore[operator]  # ast.parse always sets it


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


# ------------------------------------------------------------------ sizes


def test_no_module_is_longer_than_its_budget() -> None:
    too_long = {
        str(path.relative_to(ROOT)): length(path) for path in python_files() if length(path) > LINES_IN_A_MODULE
    }
    assert too_long == {}


def test_no_function_is_longer_than_its_budget() -> None:
    found = (entry for path in python_files() for entry in functions(path))
    assert {name: size for name, size in found if size > LINES_IN_A_FUNCTION} == {}


def test_the_usual_module_and_function_are_short() -> None:
    sources = [path for path in python_files(*PACKAGES) if length(path) > 5]
    sizes = [size for path in sources for _, size in functions(path)]
    assert statistics.median(map(length, sources)) <= MEDIAN_MODULE
    assert statistics.median(sizes) <= MEDIAN_FUNCTION


# ------------------------------------------------------------------ the pure core


def imports(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


DOMAIN = [path for path in python_files("ledger") if path.relative_to(ROOT).parts[1] == "domain"]


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_imports_plain_python_and_pydantic(path: Path) -> None:
    roots = {name.partition(".")[0] for name in imports(path)}
    assert roots - DOMAIN_MAY_IMPORT <= sys.stdlib_module_names
    assert roots & DOMAIN_NEVER_IMPORTS == set()


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_asks_no_clock_and_touches_nothing_outside(path: Path) -> None:
    called = [node.func for node in nodes(path) if isinstance(node, ast.Call)]
    names = {func.id for func in called if isinstance(func, ast.Name)}
    methods = {func.attr for func in called if isinstance(func, ast.Attribute)}
    assert names & NEVER_CALLED_IN_THE_DOMAIN == set()
    assert methods & NEVER_ASKED_IN_THE_DOMAIN == set()


# ------------------------------------------------------------------ what start-up loads

LOADED = "import sys, importlib, pkgutil; {}; print(*{{n.partition('.')[0] for n in sys.modules}})"
WHOLE_DOMAIN = (
    "import ledger.domain as d; "
    "[importlib.import_module(m.name) for m in pkgutil.walk_packages(d.__path__, 'ledger.domain.')]"
)


@pytest.mark.parametrize(
    ("statement", "never"),
    [
        (WHOLE_DOMAIN, {"apscheduler", "click", "eventsourcing", "sqlalchemy", "textual", "rich"}),
        ("import ledger", {"pydantic", "sqlalchemy", "click"}),
        (
            "import ledger.cli",
            {"apscheduler", "eventsourcing", "psycopg", "pypinyin", "sqlalchemy", "textual"},
        ),
    ],
    ids=["the domain", "the package", "the command line"],
)
def test_starting_stays_light(statement: str, never: set[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOADED.format(statement)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(run.stdout.split()) & never == set()


# ------------------------------------------------------------------ the contracts

SCREENS = {
    "name": "Screens know entries, questions and answers only",
    "type": "forbidden",
    "source_modules": ["tui"],
    "forbidden_modules": [
        "eventsourcing",
        "ledger.persistence",
        "ledger.projections",
        "sqlalchemy",
    ],
    "allow_indirect_imports": True,  # through the application they stand on all of these
}


def test_the_contracts_look_at_every_package() -> None:
    linter = PROJECT["tool"]["importlinter"]
    assert linter["root_packages"] == PACKAGES
    assert linter["contracts"][-1]["ancestors"] == PACKAGES
    assert PROJECT["tool"]["coverage"]["run"]["source"] == PACKAGES
    assert (SCREENS in linter["contracts"]) == ("tui" in PACKAGES)


# ------------------------------------------------------------------ what must never be here

# Folders of one machine, and the hosts that packages come from: by pattern, so that
# this file names neither.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+|opt|tmp)/[\w.]")
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|debian|anaconda)\.[a-z]{2,}\b")
BINARY = {".backup", ".bin", ".db", ".docx", ".gz", ".mo", ".png", ".xlsx"}


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine path", "registry host"])
def test_no_tracked_file_names_a_place(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in tracked()
        if path.suffix not in BINARY
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


# ------------------------------------------------------------------ the hashed requirements


def pins(path: Path) -> dict[str, str]:
    """Name -> version of an export made by `make lock`."""
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_there_are_three_exports() -> None:
    assert [path.name for path in EXPORTS] == ["dev.txt", "postgres.txt", "runtime.txt"]


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.name)
def test_an_export_names_no_place_to_install_from(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line or line.startswith("-")] == []


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.name)
def test_every_pin_of_an_export_has_a_hash(path: Path) -> None:
    blocks = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8"))
    pinned = [block for block in blocks if "==" in block.partition("\n")[0]]
    assert len(pinned) == len(pins(path)) > 0
    assert [block for block in pinned if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.name)
def test_the_exports_agree_with_one_another(path: Path) -> None:
    assert pins(path).items() <= pins(ROOT / "requirements" / "dev.txt").items()


def test_every_dependency_is_exported_and_says_why() -> None:
    project = PROJECT["project"]
    optional = project["optional-dependencies"]
    wanted = [*project["dependencies"], *optional["dev"], *optional["postgres"]]
    names = {re.split(r"[\[<>=]", line)[0] for line in wanted} - {project["name"]}
    assert names <= pins(ROOT / "requirements" / "dev.txt").keys()
    source = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    every = [*project["dependencies"], *(line for extra in optional.values() for line in extra)]
    said = {line for line in every if re.search(re.escape(f'"{line}",') + r"\s+# \w", source)}
    assert set(every) - said == set()
