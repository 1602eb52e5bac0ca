"""SQLite with statistics may answer wrongly before 3.42 (decision 0008): such a ledger has none."""

from __future__ import annotations

from ledger.bootstrap import create_ledger
from ledger.projections.shadows import statistics_are_safe

COUNTY = {
    "type": "unit_established",
    "effective_on": "2020-01-01",
    "unit": "C",
    "name": "县",
    "kind": "jurisdiction",
}
TABLE = """
    CREATE TABLE d (unit INT, measure INT, day INT, position INT, PRIMARY KEY (unit, measure, day, position))
    WITHOUT ROWID
"""
ROWS = (
    (1, 0, 67, 12), (1, 3, 75, 15), (2, 3, 114, 26), (4, 0, 85, 23), (5, 0, 75, 13), (5, 0, 85, 23), (7, 0, 88, 14),
    (7, 0, 88, 22), (7, 2, 97, 25), (7, 2, 114, 19), (7, 2, 114, 30), (7, 2, 152, 31), (8, 2, 152, 31),
)  # fmt: skip
QUESTION = "SELECT unit, day FROM d WHERE unit IN (7) AND measure IN (0, 1, 2, 3) AND day <= 60"


def test_a_range_ends_where_it_ends(sqlite_url: str) -> None:
    """The rows and the question of the history that found it; where statistics are gathered it is answered rightly."""
    with create_ledger(sqlite_url) as ledger, ledger.store.read() as conn:
        safe = statistics_are_safe(conn)
        library = conn.dialect.dbapi
        assert library is not None
        other = library.connect(":memory:")
        other.execute(TABLE)
        other.executemany("INSERT INTO d VALUES (?, ?, ?, ?)", ROWS)
        assert other.execute(QUESTION).fetchall() == []
        if safe:
            other.execute("ANALYZE")
            assert other.execute(QUESTION).fetchall() == []


def test_a_rebuild_leaves_no_statistics_of_the_tables_before(sqlite_url: str) -> None:
    """Somebody gathered them by hand; a table that is only renamed would keep them under its name."""
    with create_ledger(sqlite_url) as ledger:
        ledger.record(COUNTY)
        with ledger.store.write() as unit:
            unit.conn.exec_driver_sql("ANALYZE")
        for _ in range(2):
            ledger.rebuild()
            with ledger.store.read() as conn:
                found = set(conn.exec_driver_sql("SELECT tbl FROM sqlite_stat1").scalars())
                assert ("unit_period" in found) is statistics_are_safe(conn)
                assert not [name for name in found if name.endswith(("_next", "_old"))]


def test_a_rebuild_gathers_statistics_only_where_they_are_safe(sqlite_url: str) -> None:
    with create_ledger(sqlite_url) as ledger:
        ledger.record(COUNTY)
        ledger.rebuild()
        with ledger.store.read() as conn:
            tables = conn.exec_driver_sql("SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'").scalar()
            assert bool(tables) is statistics_are_safe(conn)
