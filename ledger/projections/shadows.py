"""Read tables beside those in force, filled in short transactions and put in their place in one (spec 3.2.5).

Whoever asks is answered from the tables in force until the new ones take their names. A rebuild that was interrupted
leaves its shadows behind; the next one clears them away. One that finds another's mark in them has been overtaken.
"""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import islice

from sqlalchemy import Connection, MetaData, Table, func, inspect, quoted_name, select
from sqlalchemy.schema import CreateTable, DropTable

from ledger.domain.faults import LedgerConflict
from ledger.domain.time import Day
from ledger.persistence.roles import give_rights, rights_on
from ledger.projections import rows as r
from ledger.projections import tables as t
from ledger.projections.checkpoints import carried_forward, no_counts
from ledger.projections.frontier import block_of
from ledger.projections.search import search_rows
from ledger.projections.statements import among, fill
from ledger.projections.tally import Known

NEXT, OLD = "_next", "_old"
"""What the names of tables end in before they come into force, and after."""
OTHER = "_b"
"""What an index's name ends in while the tables in force use the plain one: SQLite cannot rename an index."""
SAFE_STATISTICS = (3, 42, 0)
"""The first SQLite whose seek-scan, which it chooses only with statistics, ends where a range ends."""
MONTHS = 60
"""Checkpoints of one transaction."""
Transaction = Callable[[], AbstractContextManager[Connection]]


def statistics_are_safe(conn: Connection) -> bool:
    """Whether the database still answers rightly once it has statistics (decision 0008)."""
    if conn.dialect.name != "sqlite":
        return True
    version: tuple[int, ...] = conn.dialect.dbapi.sqlite_version_info  # type: ignore[union-attr]
    return version >= SAFE_STATISTICS


class Shadows:
    """The next read tables. `shown`: the ledger's name in a fault."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._mark = secrets.randbelow(2**31 - 2) + 2
        self._tables: dict[Table, Table] = {}

    # ---- making them

    def begin(self, conn: Connection) -> None:
        """Clear away what an interrupted rebuild left, and make the tables empty; their indexes come last."""
        clear(conn)
        taken = set() if conn.dialect.name != "sqlite" else _index_names(conn)
        metadata = MetaData()
        for table in t.read_tables.sorted_tables:
            shadow = self._tables[table] = table.to_metadata(metadata, name=table.name + NEXT)
            for index in shadow.indexes:
                name = str(index.name)
                end = NEXT if conn.dialect.name != "sqlite" else OTHER * (name in taken)
                index.name = quoted_name(name + end, quote=None)
            conn.execute(CreateTable(shadow))
        self.note(conn, 0)

    def note(self, conn: Connection, position: int, newest_entry: int = 0) -> None:
        """Note how far the tables are, under this rebuild's own mark."""
        state = self._tables[t.projection_state]
        conn.execute(state.delete())
        state_row = {"id": self._mark, "version": t.VERSION, "position": position}
        conn.execute(state.insert(), {**state_row, "newest_entry": newest_entry})

    def check(self, conn: Connection) -> None:
        """Raises LedgerConflict when another rebuild has begun in the meantime."""
        state = self._tables[t.projection_state]
        if not inspect(conn).has_table(state.name) or conn.execute(select(state.c.id)).scalar() != self._mark:
            raise LedgerConflict(ledger=self._shown, detail="another rebuild has begun")

    def position(self, conn: Connection) -> int:
        """How far the tables are."""
        position: int = conn.execute(select(self._tables[t.projection_state].c.position)).scalar_one()
        return position

    def write(self, conn: Connection, batches: Iterable[tuple[Table, Sequence[r.Row]]]) -> None:
        """Add rows."""
        for table, rows in batches:
            fill(conn, self._tables[table], rows)
            if table is t.person_description:
                names = dict.fromkeys((row[0], row[5]) for row in rows)
                fill(conn, self._tables[t.person_search], list(search_rows(names)))  # type: ignore[arg-type]

    def replace(self, conn: Connection, batches: Iterable[tuple[Table, Sequence[r.Row]]]) -> None:
        """Add the rows of a replay from where the tables are: all but people told whole, and people who are told."""
        for table in (t.unit, t.unit_period, t.quota_period, t.policy_period, t.alert, t.scan):
            conn.execute(self._tables[table].delete())
        told = list(batches)
        people = [row[0] for table, rows in told if table is t.person for row in rows]
        for start in range(0, len(people), 500):
            numbers = people[start : start + 500]
            for table in (t.person, t.person_standing, t.person_search, *r.PERSON_TABLES):
                shadow = self._tables[table]
                column = shadow.c.id if table is t.person else shadow.c.person
                conn.execute(shadow.delete().where(among(column, numbers)))  # type: ignore[arg-type]
        self.write(conn, told)

    def known(self, conn: Connection) -> Known:
        """What a replay from where the tables are must know of them."""
        rank, frontier = self._tables[t.leader_rank].c, self._tables[t.frontier].c
        ranks = {name: number for number, name in conn.execute(select(rank.id, rank.rank))}
        frontiers = conn.execute(select(frontier.day).order_by(frontier.block)).scalars()
        return Known(self.position(conn), ranks, (0, *frontiers))

    # ---- completing them

    def index(self, transaction: Transaction) -> None:
        """Make the indexes, each in a transaction of its own, and gather statistics where that is safe."""
        for shadow in self._tables.values():
            for index in sorted(shadow.indexes, key=lambda index: str(index.name)):
                with transaction() as conn:
                    self.check(conn)
                    index.create(conn)
        with transaction() as conn:
            self.check(conn)
            if statistics_are_safe(conn):
                for shadow in self._tables.values():  # ours only: on a server others gather theirs at the same time
                    conn.exec_driver_sql(f"ANALYZE {conn.dialect.identifier_preparer.format_table(shadow)}")

    def checkpoint(self, snapshot: Transaction, transaction: Transaction) -> None:
        """Write the checkpoints of all months, some at a time: what they are made of is read before, in one look."""
        delta, frontier = self._tables[t.headcount_delta].c, self._tables[t.frontier].c
        unit = self._tables[t.unit].c
        days, packed, amounts = array("i"), array("q"), array("i")
        with snapshot() as conn:
            position = self.position(conn)
            numbers = conn.execute(select(unit.id).order_by(unit.id)).scalars().all()
            last = conn.execute(select(func.max(frontier.day)).where(frontier.block <= block_of(max(position, 1))))
            reached: Day = last.scalar() or 0
            cursor = conn.execute(select(delta.day, delta.unit, delta.measure, delta.amount).order_by(delta.day)).cursor
            assert cursor is not None
            while piece := cursor.fetchmany(20_000):
                for day, number, measure, amount in piece:
                    days.append(day)
                    packed.append(number << 8 | measure)
                    amounts.append(amount)
        if not days:
            return
        changes = ((day, key >> 8, key & 255, amount) for day, key, amount in zip(days, packed, amounts, strict=True))
        rows = carried_forward(no_counts(len(numbers)), numbers, changes, days[0], days[-1], position, reached)
        while some := list(islice(rows, MONTHS)):
            with transaction() as conn:
                self.check(conn)
                fill(conn, self._tables[t.headcount_checkpoint], some)

    # ---- putting them in force

    def swap(self, conn: Connection) -> None:
        """Give the tables the names of those in force; on SQLite those stay, renamed, until `clear`.

        SQLite would take long to free them. On a server the caller holds off everybody who reads, see `Store.write`.
        """
        state = self._tables[t.projection_state]
        conn.execute(state.update().values(id=1))
        there = set(inspect(conn).get_table_names())
        for table, shadow in self._tables.items():
            if table.name in there:
                if conn.dialect.name == "sqlite":
                    conn.exec_driver_sql(f"ALTER TABLE {_quoted(conn, table)} RENAME TO {_quoted(conn, table, OLD)}")
                else:
                    give_rights(conn, _quoted(conn, shadow), rights_on(conn, table.name))
                    conn.execute(DropTable(table))
            conn.exec_driver_sql(f"ALTER TABLE {_quoted(conn, shadow)} RENAME TO {_quoted(conn, table)}")
        if conn.dialect.name == "sqlite":
            self._move_statistics(conn)
        else:
            for name in _index_names(conn):
                plain = name.replace(NEXT, "")
                if plain != name:
                    conn.exec_driver_sql(f'ALTER INDEX "{name}" RENAME TO "{plain}"')

    def _move_statistics(self, conn: Connection) -> None:
        """SQLite keeps statistics by the names of tables, and a renamed table's stay behind."""
        for kept in ("sqlite_stat1", "sqlite_stat4"):
            if not conn.exec_driver_sql("SELECT COUNT(*) FROM sqlite_master WHERE name = ?", (kept,)).scalar():
                continue
            for table in self._tables:
                conn.exec_driver_sql(f"DELETE FROM {kept} WHERE tbl = ?", (table.name,))  # noqa: S608
                moved = (table.name, table.name + NEXT)
                conn.exec_driver_sql(f"UPDATE {kept} SET tbl = ? WHERE tbl = ?", moved)  # noqa: S608


def leftovers(conn: Connection) -> list[str]:
    """The names of tables that are not in force."""
    ours = {table.name + end for table in t.read_tables.sorted_tables for end in (NEXT, OLD)}
    return sorted(ours & set(inspect(conn).get_table_names()))


def clear(conn: Connection) -> None:
    """Drop all tables that are not in force."""
    for name in leftovers(conn):
        drop(conn, name)


def drop(conn: Connection, name: str) -> None:
    """Drop one table."""
    conn.execute(DropTable(Table(name, MetaData())))


def _index_names(conn: Connection) -> set[str]:
    if conn.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'index'"
    else:
        query = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
    return set(conn.exec_driver_sql(query).scalars())


def _quoted(conn: Connection, table: Table, end: str = "") -> str:
    return conn.dialect.identifier_preparer.quote(table.name + end)
