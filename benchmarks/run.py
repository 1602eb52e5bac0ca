"""All benchmarks in one run: `python -m benchmarks.run`, which is what `make bench` calls. See README.md."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import asking, commands, ledgers, machine, postgres, scanning, screens, sheets, sizes, tables
from benchmarks.beside import beside
from benchmarks.ledgers import Kept
from benchmarks.measuring import Figures

PAGE = machine.ROOT / "docs" / "reference" / "benchmarks.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
Part = Callable[[Sequence[Kept], Path, Figures], None]


def _each(measure: Callable[[Kept, Path, Figures], None]) -> Part:
    def part(kept: Sequence[Kept], scratch: Path, figures: Figures) -> None:
        for one in kept:
            measure(one, scratch, figures)

    return part


def _peers(kept: Sequence[Kept], scratch: Path, figures: Figures) -> None:
    beside(kept[0].path, kept[0].people, scratch, figures)


def _commands(kept: Sequence[Kept], scratch: Path, figures: Figures) -> None:
    commands.starting(scratch, figures)
    for one in kept:
        commands.memory_of(one.path, one.people, scratch, figures)


def _postgres(kept: Sequence[Kept], scratch: Path, figures: Figures) -> None:
    with postgres.server(scratch) as (address, version):
        for one in kept:
            postgres.on_postgresql(one.path, one.people, address, version, figures)


PARTS: dict[str, tuple[str, Part]] = {
    "questions": ("questions inside the process, on SQLite", _each(asking.on_sqlite)),
    "peers": ("other libraries, at the smallest size", _peers),
    "writing": ("import, entries one by one, rebuild", _each(sizes.writing)),
    "scan": ("all rules, once and again, and the naive way", _each(scanning.on_sqlite)),
    "sheets": (
        "a roster checked, a register written",
        lambda _kept, scratch, figures: sheets.measure(scratch, figures),
    ),
    "screens": ("the screens in a terminal", _each(screens.on_sqlite)),
    "commands": ("start and memory of the command line", _commands),
    "postgres": ("the questions on PostgreSQL", _postgres),
}


def arguments() -> argparse.Namespace:
    told = "\n".join(f"  {name:<11}{text}" for name, (text, _) in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run",
        description="Measure the ledger and its peers, and write the tables of the page.",
        epilog=f"parts:\n{told}\n  ledgers    only make the ledgers\n  tables     only write the tables again",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="only these; without any, all of them, from nothing")
    parser.add_argument("--people", default="10000,100000", help="sizes of the ledgers (default: %(default)s)")
    parser.add_argument(
        "--keep", type=Path, default=ledgers.folder(), metavar="DIR", help="ledgers and figures lie here"
    )
    parser.add_argument(
        "--page", type=Path, default=PAGE, metavar="FILE", help="Markdown file to write the tables into"
    )
    parser.add_argument("--no-page", action="store_true", help="print the tables and write them nowhere")
    told = parser.parse_args()
    for unknown in set(told.parts) - {*PARTS, "ledgers", "tables"}:
        parser.error(f"there is no part {unknown}")
    return told


def main() -> None:
    told = arguments()
    told.keep.mkdir(parents=True, exist_ok=True)
    figures = Figures(told.keep / "figures.json", machine.commit(), anew=not told.parts)
    if told.parts != ["tables"]:
        kept = [ledgers.kept(told.keep, people, figures) for people in sorted(map(int, told.people.split(",")))]
        for name, (_, measure) in PARTS.items():
            if name in told.parts or not told.parts:
                _timed(name, partial(measure, kept), told.keep, figures)
    lines = "\n".join(tables.page(figures))
    print(lines)
    if not told.no_page:
        before, _, rest = told.page.read_text(encoding="utf-8").partition(BEGIN)
        told.page.write_text(f"{before}{BEGIN}\n\n{lines}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def _timed(name: str, measure: Callable[[Path, Figures], None], folder: Path, figures: Figures) -> None:
    began = time.perf_counter()
    with TemporaryDirectory(dir=folder) as scratch:
        Path(scratch).chmod(0o755)  # a server of root's runs as another user, who must be able to enter
        measure(Path(scratch), figures)
    figures.add(0, "run", name, time.perf_counter() - began, "s")


if __name__ == "__main__":
    main()
