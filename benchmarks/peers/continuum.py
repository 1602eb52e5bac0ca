"""SQLAlchemy-Continuum: the version table with its validity strategy, loaded in bulk, a transaction for each day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column
from sqlalchemy_continuum import Operation, make_versioned, transaction_class, version_class

from benchmarks.history import FIELDS, ON_ROLL, Counts, History, counted
from ledger.domain.time import Day

make_versioned(user_cls=None)


class Base(DeclarativeBase):
    """Of the peer's one table."""


class Person(Base):
    """Somebody."""

    __tablename__ = "person"
    __versioned__ = {}  # noqa: RUF012  as its manual has it

    code: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str]
    kind: Mapped[int]
    host: Mapped[str | None]
    until: Mapped[int | None]
    leave: Mapped[int | None]
    office: Mapped[str | None]
    name: Mapped[str]
    identity: Mapped[str | None]


configure_mappers()
Version: Any = version_class(Person)
Transaction: Any = transaction_class(Person)


class Peer:
    """See the module."""

    name = "SQLAlchemy-Continuum"
    rounds = 10

    def __init__(self, folder: Path, history: History) -> None:
        self._engine = sa.create_engine(f"sqlite:///{folder / 'continuum.db'}")
        Base.metadata.create_all(self._engine)
        days = sorted({change.day for change in history.changes})
        number = {day: place for place, day in enumerate(days, 1)}
        moments = [{"id": place, "issued_at": datetime.fromordinal(day)} for day, place in number.items()]
        with self._engine.begin() as conn:
            conn.execute(sa.insert(Transaction.__table__), moments)
            conn.execute(sa.insert(Version.__table__), _rows(history, number))
            conn.exec_driver_sql("ANALYZE")

    def _at(self, session: Session, day: Day) -> list[Any]:
        moment = datetime.fromordinal(day)
        last = session.scalar(sa.select(sa.func.max(Transaction.id)).where(Transaction.issued_at <= moment))
        ended = Version.end_transaction_id
        return [
            Version.transaction_id <= last,
            sa.or_(ended.is_(None), ended > last),
            Version.operation_type != Operation.DELETE,
        ]

    def on_roll(self, day: Day) -> Counts:
        """Version objects, as its manual shows."""
        with Session(self._engine) as session:
            found = session.scalars(sa.select(Version).where(*self._at(session, day)))
            return counted([(one.unit, one.kind) for one in found])

    def grouped(self, day: Day) -> Counts:
        """The same versions, counted by the database."""
        with Session(self._engine) as session:
            wanted = [*self._at(session, day), Version.kind.in_(sorted(ON_ROLL))]
            query = sa.select(Version.unit, sa.func.count()).where(*wanted).group_by(Version.unit)
            return dict(session.execute(query).tuples().all())


def _rows(history: History, number: dict[Day, int]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before: dict[str, Any] | None = None
    for change in history.changes:
        now = number[change.day]
        if before is None or before["code"] != change.person:
            before = None
        elif before["end_transaction_id"] is None:
            before["end_transaction_id"] = now
        type_ = Operation.DELETE if change.unit is None else Operation.INSERT if before is None else Operation.UPDATE
        state = dict(zip(FIELDS, change[2:], strict=True))
        own = {"transaction_id": now, "end_transaction_id": None, "operation_type": type_}
        before = {"code": change.person, **state, **own}
        found.append(before)
    return found
