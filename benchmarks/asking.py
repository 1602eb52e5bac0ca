"""Questions inside the process, each asked ten times on different days: the best time and the median."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

from benchmarks.generator import END
from benchmarks.ledgers import Kept
from benchmarks.measuring import ROUNDS, Figures, times
from benchmarks.sizes import ROSTER, SUBTREE, unit_of
from ledger.bootstrap import Ledger, open_ledger
from ledger.domain.time import Perspective
from ledger.queries.columns import columns
from ledger.queries.curve import curve
from ledger.queries.secondments import running

FIRST = date(1994, 1, 1)
Question = Callable[[int], object]


def ask(ledger: Ledger, people: int, where: str, figures: Figures) -> None:
    """Measure every question on one ledger."""
    for name, (question, rounds) in questions(ledger).items():
        found = times(question, rounds)
        cpu = found.cpu if where == "sqlite" else None  # the server's time is not in it
        figures.add(people, where, name, found.value, "ms", middle=found.middle, cpu=cpu)


def questions(ledger: Ledger) -> dict[str, tuple[Question, int]]:
    """By name: what to ask in each round, and how many rounds."""
    rng = Random(5)
    newest = ledger.perspective(END).known_at
    days = [date.fromordinal(rng.randrange(date(1998, 1, 1).toordinal(), END.toordinal())) for _ in range(ROUNDS)]
    now = [Perspective(day, newest) for day in days]
    earlier = [Perspective(day, rng.randrange(newest // 4, newest)) for day in days]
    subtree, office = unit_of(ledger, SUBTREE), unit_of(ledger, ROSTER)
    someone = [line.person for line in ledger.roster(ledger.perspective(END), subtree).people]
    person = [rng.choice(someone) for _ in days]

    def whole(p: Perspective) -> None:
        with ledger.view(p) as view:
            columns(view)

    def overdue(p: Perspective) -> None:
        with ledger.view(p) as view:
            running(view, overdue=True)

    def curved(p: Perspective) -> None:
        with ledger.view(p) as view:
            curve(view, subtree, "on_roll", FIRST, END)

    asked: dict[str, Question] = {
        "whole jurisdiction, now known": lambda turn: whole(now[turn]),
        "whole jurisdiction, now known, same day again": lambda turn: whole(now[0]),
        "whole jurisdiction, as known earlier": lambda turn: whole(earlier[turn]),
        "subtree of 1,100, now known": lambda turn: ledger.headcount(now[turn], unit=subtree),
        "subtree of 1,100, as known earlier": lambda turn: ledger.headcount(earlier[turn], unit=subtree),
        "roster of 80": lambda turn: ledger.roster(now[turn], office),
        "roster of 80, as known earlier": lambda turn: ledger.roster(earlier[turn], office),
        "person": lambda turn: ledger.person(now[0], person[turn]),
        "curve of a subtree of 1,100, 360 months": lambda turn: curved(now[turn]),
        "curve, as known earlier": lambda turn: curved(earlier[turn]),
        "all overdue, now known": lambda turn: overdue(now[turn]),
        "all overdue, as known earlier": lambda turn: overdue(earlier[turn]),
    }
    found = {name: (question, ROUNDS) for name, question in asked.items()}
    return found | {"all units as rows of objects": (lambda turn: ledger.headcount(now[turn]), 5)}


def on_sqlite(kept: Kept, _scratch: Path, figures: Figures) -> None:
    with open_ledger(str(kept.path)) as ledger:
        ask(ledger, kept.people, "sqlite", figures)
