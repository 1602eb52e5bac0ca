"""A scan of all rules: everything, once more after one entry, the naive way beside it, and the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

from sqlalchemy import select

from benchmarks.generator import END
from benchmarks.ledgers import Kept
from benchmarks.measuring import Figures, run, times
from ledger.application import Receipt
from ledger.bootstrap import Ledger, open_ledger
from ledger.domain.findings.life import Away
from ledger.domain.findings.rules import About, Court, found
from ledger.projections import tables as t
from ledger.queries import findings as scanned
from ledger.queries.numbers import UnitNumbers

FULL, AGAIN, NAIVE = "scan of all rules", "scan after one more entry", "scan, every timeline folded for every rule"
SMALL = 10_000
"""People up to whom more is measured."""
RAISED, PEAK = "sledger scan, every alert raised", "memory of sledger scan"
ONE_IN = 40
"""The naive way is measured on every fortieth person, and its time multiplied."""


def on_sqlite(kept: Kept, scratch: Path, figures: Figures) -> None:
    """Scan a copy of a ledger."""
    size, copy = kept.people, scratch / f"scan-{kept.people}.db"
    copyfile(kept.path, copy)
    with open_ledger(str(copy), officer="bench") as ledger:

        def full(_turn: int) -> None:
            ledger._told_before = None  # noqa: SLF001  as a ledger just opened
            ledger.findings(ledger.perspective(END))

        took = times(full, 3 if size <= SMALL else 1)
        figures.add(size, "sqlite", FULL, took.value / 1000, "s", middle=took.middle / 1000, cpu=took.cpu / 1000)
        again = times(_after_an_entry(ledger), 5)
        figures.add(size, "sqlite", AGAIN, again.value / 1000, "s", middle=again.middle / 1000, cpu=again.cpu / 1000)
        if size <= SMALL:
            naive = times(lambda _turn: _naively(ledger), 1)
            value, cpu = naive.value * ONE_IN / 1000, naive.cpu * ONE_IN / 1000
            figures.add(size, "sqlite", NAIVE, value, "s", cpu=cpu, note=f"one person in {ONE_IN}, multiplied")
    ran = run(["--ledger", str(copy), "--officer", "bench", "scan", "--on", END.isoformat(), "--json"])
    if ran.status != 0:
        raise SystemExit(f"the scan of {copy} ended with {ran.status}")
    figures.add(size, "sqlite", RAISED, ran.seconds, "s", cpu=ran.cpu)
    figures.add(size, "sqlite", PEAK, ran.megabytes, "MB")
    copy.unlink()


def _after_an_entry(ledger: Ledger) -> Callable[[int], object]:
    someone = [row.person for row in ledger.secondments(ledger.perspective(END)).rows]

    def again(turn: int) -> None:
        entry = {
            "type": "person_described",
            "person": someone[turn],
            "name": f"甲{turn}",
            "effective_on": END.isoformat(),
        }
        assert isinstance(ledger.record(entry), Receipt)
        ledger.findings(ledger.perspective(END))

    return again


def _naively(ledger: Ledger) -> int:
    """Every rule reads and folds every life anew; how many findings that gives."""
    p, count = ledger.perspective(END), 0
    with ledger.view(p) as view:
        entries = ledger.entries_of(view)
        court = Court(view.day, scanned.policies_of(view, entries), UnitNumbers(view))
        lives = scanned._People(view, entries, court, scanned.Sought())  # noqa: SLF001  the same folding, asked one by one
        codes = view.conn.execute(select(t.person.c.code).order_by(t.person.c.code)).scalars().all()[::ONE_IN]
        about = About((), None, "")
        for rule in (*scanned.LIFE, *scanned.AWAY):
            for code in codes:
                subject = f"person:{code}"
                life = lives._life(subject, code, entries.about([subject], p.known_at)[subject])  # noqa: SLF001
                case = life if rule in scanned.LIFE else Away.on(life, view.day)
                count += case is not None and found(rule, case, court, about) is not None
    return count
