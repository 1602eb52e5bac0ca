"""The tables of docs/reference/benchmarks.md, from all figures that are there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

from benchmarks import machine, targets
from benchmarks.measuring import Figures
from ledger.domain.time import SHANGHAI


def page(figures: Figures) -> Iterator[str]:
    """Every line between the two marks."""
    verdicts = targets.Verdicts()
    yield from _about(figures)
    for title, lines in (
        ("Questions inside the process, milliseconds, best / median of ten", targets.questions(figures, verdicts)),
        ("Recording, importing, rebuilding", targets.writing(figures, verdicts)),
        ("Beside other libraries, 10,000 people", targets.beside(figures, verdicts)),
        ("Scans: all rules on one date", targets.scans(figures, verdicts)),
        ("Spreadsheets", targets.limits(figures, verdicts, "sqlite", targets.SHEETS)),
        (
            "Screens, in a terminal; middle / 95th percentile",
            targets.limits(figures, verdicts, "screens", targets.SCREENS),
        ),
        ("From the shell", targets.starts(figures, verdicts)),
        ("Peak memory of each command, megabytes", targets.memory(figures, verdicts)),
    ):
        if len(lines) > HEAD:
            yield f"\n### {title}\n"
            yield from lines
    yield f"\n### Verdict\n\n{verdicts.met} targets met, {len(verdicts.missed)} missed."
    if verdicts.missed:
        yield ""
        yield from (f"- {one}" for one in verdicts.missed)


HEAD = 2
"""Lines of a table that nothing was measured for."""


def _about(figures: Figures) -> Iterator[str]:
    yield f"Measured up to {datetime.now(SHANGHAI):%Y-%m-%d %H:%M} (Asia/Shanghai) on {machine.described()}."
    servers = {one.note for one in figures if one.name == "copied row by row"}
    yield f"PostgreSQL: {', '.join(sorted(servers)) or 'not measured'}. Peers: {machine.peers()}."
    sizes = [f"{one.people:,} people: {one.value:,.0f} entries" for one in figures if one.name == "entries"]
    if sizes:
        yield f"Ledgers: {', '.join(sizes)}."
    commits = sorted({one.commit for one in figures if one.commit})
    loads = [one.load for one in figures]
    if loads:
        yield f"Commits measured (+: with changes not yet committed): {', '.join(commits)}."
        yield f"Load average while measuring: {min(loads)} to {max(loads)} on {os.cpu_count()} cores."
    parts = [f"{one.name} {one.value:.0f} s" for one in figures if one.where == "run"]
    if parts:
        yield f"The run took: {', '.join(parts)}."
