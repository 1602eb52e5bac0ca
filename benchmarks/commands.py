"""The command line as a user starts it: how long it takes to begin, and how much memory each command needs."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from benchmarks.generator import END
from benchmarks.measuring import Figures, run
from benchmarks.sizes import ROSTER, SUBTREE, unit_of
from ledger.bootstrap import open_ledger

TURNS = 7


def starting(scratch: Path, figures: Figures) -> None:
    """`sledger --help`, and one unit of the demo county."""
    demo = scratch / "demo.db"
    made = run(["--ledger", str(demo), "demo", "--no-tui"])
    if made.status != 0:
        raise SystemExit(f"sledger demo ended with {made.status}")
    figures.add(0, "sqlite", "sledger demo --no-tui", made.seconds, "s", cpu=made.cpu)
    with open_ledger(str(demo)) as ledger:
        unit = unit_of(ledger, ROSTER)
    one_unit = ["--ledger", str(demo), "headcount", "--unit", unit, "--on", "2022-06-30"]
    for name, arguments in {"sledger --help": ["--help"], "sledger headcount --unit, demo county": one_unit}.items():
        turns = [run(arguments) for _ in range(TURNS)]
        spent = [one.seconds for one in turns]
        figures.add(0, "sqlite", name, min(spent), "s", middle=median(spent), cpu=min(one.cpu for one in turns))


def memory_of(path: Path, people: int, scratch: Path, figures: Figures) -> None:
    """Peak memory of every command that may need some."""
    with open_ledger(str(path)) as ledger:
        everybody = ledger.headcount(ledger.perspective(END), depth=0).rows[0].unit
        subtree, office = unit_of(ledger, SUBTREE), unit_of(ledger, ROSTER)
        person = ledger.roster(ledger.perspective(END), office).people[0].person
        newest = ledger.perspective().known_at
    on = ["--on", "2020-06-30"]
    earlier = ["--known-at", str(newest // 2)]
    names = ("backup", "restored.db", "lines.jsonl", "register.xlsx")
    backup, restored, lines, register = (scratch / f"{people}-{name}" for name in names)
    asked = {
        "headcount, all units": ["headcount", *on],
        "headcount, all units, as known earlier": ["headcount", *on, *earlier],
        "headcount, all units, --json": ["headcount", *on, "--json"],
        "headcount, a subtree": ["headcount", "--unit", subtree, *on],
        "roster": ["roster", "--unit", office, *on],
        "person": ["person", person, *on],
        "curve": ["curve", "--unit", subtree, "--measure", "on_roll", "--from", "1994-01-01", *on],
        "secondments --overdue": ["secondments", "--overdue", *on],
        "secondments": ["secondments", *on],
        "log of a person": ["log", "--person", person],
        "log of everything": ["log", "--json"],
        "explain of everybody": ["explain", "--unit", everybody, "--measure", "on_roll", *on],
        "diff of a year of everybody": ["diff", "--unit", everybody, *on, "--to", "2021-06-30"],
    }
    long = {
        "export": ["export", str(lines)],
        "backup": ["backup", str(backup)],
        "restore": ["restore", str(backup), str(restored)],
        "verify": ["verify"],
        "findings": ["findings", *on],
        "register of the establishment, everybody": [
            "report",
            "establishment",
            str(register),
            "--unit",
            everybody,
            *on,
        ],
    }
    for kind, commands in (("question", asked), ("command", long)):
        for name, arguments in commands.items():
            ran = run(["--ledger", str(path), *arguments])
            note = f"{ran.seconds:.1f} s" + (f", exit status {ran.status}" if ran.status else "")
            figures.add(people, "sqlite", f"memory: {kind}: {name}", ran.megabytes, "MB", note=note)
    for left in scratch.glob(f"{people}-*"):
        left.unlink()
