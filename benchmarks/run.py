"""All benchmarks in one run: `python -m benchmarks.run`, which is what `make bench` calls. See README.md."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import asking, commands, machine, postgres, scanning, sizes, targets
from benchmarks.beside import beside
from benchmarks.measuring import Figures
from ledger.domain.time import SHANGHAI

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
PARTS = ("writing", "questions", "scan", "postgres", "peers", "commands")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Measure the ledger and its peers.")
    parser.add_argument("--people", default="10000,100000", help="sizes of the ledgers (default: %(default)s)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep ledgers and figures here, and use what is there")
    parser.add_argument("--table", type=Path, metavar="FILE", help="write the tables into this Markdown file")
    parser.add_argument("--writing", action="store_true", help="only: record one by one, rebuild")
    parser.add_argument("--questions", action="store_true", help="only: questions inside the process, on SQLite")
    parser.add_argument("--scan", action="store_true", help="only: all rules, once and again, and the naive way")
    parser.add_argument("--postgres", action="store_true", help="only: the same on PostgreSQL")
    parser.add_argument("--peers", action="store_true", help="only: other libraries, at the smallest size")
    parser.add_argument("--commands", action="store_true", help="only: memory and start of the command line")
    parser.add_argument("--only-table", action="store_true", help="measure nothing, write the tables again")
    return parser.parse_args()


def main() -> None:
    told = arguments()
    sizes_wanted = [int(people) for people in told.people.split(",")]
    parts = {part for part in PARTS if getattr(told, part)} or set(PARTS)
    with _folder(told.keep) as folder:
        figures = Figures(folder / "figures.json", machine.commit())
        if not told.only_table:
            with TemporaryDirectory(dir=folder) as scratch:
                Path(scratch).chmod(0o755)  # a server of root's runs as another user, who must be able to enter
                _measure(sizes_wanted, parts, folder, Path(scratch), figures)
        tables = "\n".join(_tables(figures))
    print(tables)
    if told.table is not None:
        text = told.table.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        told.table.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _measure(people: list[int], parts: set[str], folder: Path, scratch: Path, figures: Figures) -> None:
    ledgers = {size: sizes.built(folder, size, figures) for size in people}
    for size, path in ledgers.items():
        if "questions" in parts:
            asking.on_sqlite(path, size, figures)
        if "scan" in parts:
            scanning.on_sqlite(path, size, scratch, figures)
        if "writing" in parts:
            sizes.writing(path, size, scratch, figures)
    if "writing" in parts:
        sizes.catching_up(scratch, figures)
    if "peers" in parts:
        beside(ledgers[min(people)], min(people), scratch, figures)
    if "commands" in parts:
        commands.starting(scratch, figures)
        for size, path in ledgers.items():
            commands.memory_of(path, size, scratch, figures)
    if "postgres" in parts:
        with postgres.server(scratch) as (address, version):
            for size, path in ledgers.items():
                postgres.on_postgresql(path, size, address, version, figures)


def _tables(figures: Figures) -> Iterator[str]:
    verdicts = targets.Verdicts()
    yield f"Measured up to {datetime.now(SHANGHAI):%Y-%m-%d %H:%M} (Asia/Shanghai) on {machine.described()}."
    servers = {one.note for one in figures if one.name == "copied row by row"}
    yield f"PostgreSQL: {', '.join(sorted(servers)) or 'not measured'}. Peers: {machine.peers()}."
    commits = sorted({one.commit for one in figures if one.commit})
    loads = [one.load for one in figures]
    if loads:
        yield f"Commits measured (+: with changes not yet committed): {', '.join(commits)}."
        yield f"Load average while measuring: {min(loads)} to {max(loads)} on {os.cpu_count()} cores."
    for title, lines in (
        ("Questions inside the process, milliseconds, best / median of ten", targets.questions(figures, verdicts)),
        ("Recording, importing, rebuilding", targets.writing(figures, verdicts)),
        ("Scans: all rules on one date, seconds", targets.scans(figures, verdicts)),
        ("Beside other libraries, 10,000 people", targets.beside(figures, verdicts)),
        ("From the shell", targets.starts(figures, verdicts)),
        ("Peak memory of each command, megabytes", targets.memory(figures, verdicts)),
    ):
        yield f"\n### {title}\n"
        yield from lines
    yield f"\n### Verdict\n\n{verdicts.met} targets met, {len(verdicts.missed or [])} missed."
    if verdicts.missed:
        yield ""
        yield from (f"- {one}" for one in verdicts.missed)


if __name__ == "__main__":
    main()
