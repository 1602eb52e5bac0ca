"""Import, entries one by one, rebuild; and the units that are asked about."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.generator import END, generate
from benchmarks.ledgers import OFFICER, Kept
from benchmarks.measuring import Figures, clock, run
from ledger import bootstrap
from ledger.bootstrap import Ledger, open_ledger
from ledger.domain.refusals import Refused
from ledger.interchange.demo_mistakes import shifted
from ledger.interchange.demo_recording import Json
from ledger.interchange.jsonl import import_lines
from ledger.projections.writer import ReadTables
from ledger.queries.columns import columns

FEW = 10_000
"""Entries of an import whose catch-up is timed."""
SUBTREE, ROSTER = 1_100, 80
"""People of the units asked about."""


def unit_of(ledger: Ledger, size: int) -> str:
    """The unit whose people, everything below it included, come nearest to a number."""
    with ledger.view(ledger.perspective(END)) as view:
        found = columns(view)
    charged = [sum(kinds) for kinds in zip(*found.people[:4], strict=True)]
    place = min(range(len(charged)), key=lambda place: (abs(charged[place] - size), found.tree.codes[place]))
    return found.tree.codes[place]


def writing(kept: Kept, scratch: Path, figures: Figures) -> None:
    """Import, entries one by one, rebuild; on a copy."""
    copy = scratch / "copy.db"
    shutil.copyfile(kept.path, copy)
    if kept.tail.stat().st_size:
        _import(kept.people, copy, kept.tail, figures, "import, at the end")
    _import_all(kept, scratch, figures)
    with open_ledger(str(copy), officer=OFFICER) as ledger:
        newest = ledger.perspective().known_at
        _one_by_one(ledger, kept.people, figures)
    ran = run(["--ledger", str(copy), "rebuild"])
    figures.add(kept.people, "sqlite", "rebuild", newest / ran.seconds, "entries/s", cpu=newest / ran.cpu)
    figures.add(kept.people, "sqlite", "memory: command: rebuild", ran.megabytes, "MB", note=f"{ran.seconds:.1f} s")
    for left in scratch.glob("*"):
        left.unlink()


def _import(people: int, ledger: Path, lines: Path, figures: Figures, name: str) -> None:
    with lines.open(encoding="utf-8") as file:
        count = sum(1 for _ in file)
    ran = run(["--ledger", str(ledger), "--officer", OFFICER, "import", str(lines)])
    if ran.status != 0:
        raise SystemExit(f"the import of {lines} ended with {ran.status}")
    figures.add(people, "sqlite", name, count / ran.seconds, "entries/s", cpu=count / ran.cpu, note=f"{count:,}")
    figures.add(people, "sqlite", f"memory: command: {name}", ran.megabytes, "MB", note=f"{ran.seconds:.1f} s")


def _import_all(kept: Kept, scratch: Path, figures: Figures) -> None:
    lines, path, few = scratch / "all.jsonl", scratch / "all.db", scratch / "few.jsonl"
    with lines.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in generate(kept.people))
    bootstrap.create_ledger(str(path), officer=OFFICER).close()
    _import(kept.people, path, lines, figures, "import")
    with lines.open(encoding="utf-8") as whole:
        first = list(islice(whole, FEW))
    few.write_text("".join(first), encoding="utf-8")
    with bootstrap.create_ledger(str(scratch / "few.db"), officer=OFFICER) as ledger, _clocked() as inside:
        import_lines(ledger, few)
    wall, cpu = inside.seconds / len(first) * 1000, inside.cpu / len(first) * 1000
    figures.add(kept.people, "sqlite", "catch-up of the read tables, an entry of an import", wall, "ms", cpu=cpu)


def _one_by_one(ledger: Ledger, people: int, figures: Figures) -> None:
    entries = _entries(ledger)
    ledger.record(entries[0])
    with clock() as spent, _clocked() as inside:
        for entry in entries[1:]:
            result = ledger.record(entry)
            if isinstance(result, Refused):
                raise SystemExit(f"refused: {result}")
    count = len(entries) - 1
    figures.add(people, "sqlite", "record one by one", count / spent[0], "entries/s", cpu=count / spent[1])
    wall, cpu = inside.seconds / count * 1000, inside.cpu / count * 1000
    figures.add(people, "sqlite", "catch-up of the read tables, an entry alone", wall, "ms", cpu=cpu)


class _clocked:  # noqa: N801  used like a function
    """Adds up the time spent in what keeps the read tables in step."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> SimpleNamespace:
        told = SimpleNamespace(seconds=0.0, cpu=0.0)

        def timed(call: Callable[..., Any]) -> Callable[..., Any]:
            def caller(*args: Any, **more: Any) -> Any:
                with clock() as spent:
                    found = call(*args, **more)
                told.seconds += spent[0]
                told.cpu += spent[1]
                return found

            return caller

        for owner, name in ((ReadTables, "apply"), (ReadTables, "flush"), (bootstrap, "keep_up")):
            self._before.append((owner, name, getattr(owner, name)))
            setattr(owner, name, timed(getattr(owner, name)))
        return told

    def __exit__(self, *_: object) -> None:
        for owner, name, call in self._before:
            setattr(owner, name, call)


def _entries(ledger: Ledger, wanted: int = 50) -> list[Json]:
    """Six things that happen to each of some people after the generator's last day, in the order of days."""
    unit = unit_of(ledger, SUBTREE)
    day = shifted(END.isoformat(), 62)
    people = [line for line in ledger.roster(ledger.perspective(END), unit, "present").people if line.host is None]
    found: list[Json] = []
    for number, line in enumerate(people[:wanted]):
        host = next(other.unit for other in reversed(people) if _body(other.unit) != _body(line.unit))
        told: list[Json] = [
            {"type": "leave_started", "kind": "sick"},
            {"type": "leave_ended"},
            {"type": "secondment_started", "host": host, "until": shifted(day, 190), "kind": "loan"},
            {"type": "secondment_extended", "until": shifted(day, 280)},
            {"type": "secondment_ended"},
            {"type": "transferred", "unit": host},
        ]
        for step, entry in enumerate(told):
            on = shifted(day, 20 * step)
            found.append({"id": f"N{number}-{step}", "person": line.person, "effective_on": on, **entry})
    return sorted(found, key=lambda entry: str(entry["effective_on"]))


def _body(unit: str) -> str:
    """The body whose office a unit of the generator is."""
    return unit.partition("-")[0]
