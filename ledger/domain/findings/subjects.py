"""How findings name what they are about, and what every finding about a secondment tells (spec 1.6 Subjects)."""

from __future__ import annotations

from ledger.domain.findings.life import Away, Life, shown
from ledger.domain.findings.rules import Court, Evidence


def secondment_of(life: Life, key: int) -> str:
    """`person:P001/secondment:<key>`: one secondment, or a chain by its first one."""
    return f"person:{life.person}/secondment:{life.ids(key)}"


def of_secondment(case: Away, court: Court) -> str:
    """The subject of a rule about one secondment."""
    return secondment_of(case.life, case.key)


def told_of(case: Away) -> Evidence:
    """What every finding about a secondment tells: both sides on the day, start, last day, the entries."""
    structure, day = case.life.structure, case.day
    home = case.life.state(day).unit
    return {
        "home": None if home is None else structure.canonical(home, day) or home,
        "host": structure.canonical(case.entry.host, day) or case.entry.host,
        "started_on": shown(case.started),
        "until": shown(case.until),
        "entries": case.entries,
    }
