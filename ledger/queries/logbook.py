"""The part of an open ledger that shows what was recorded: by position, by subject, by document."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from itertools import chain

from sqlalchemy import Connection

from ledger.domain.entries import Authority, Corrected, DatedEntry
from ledger.domain.events import Recorded
from ledger.domain.facts import fact_of
from ledger.domain.faults import UnknownAlert, UnknownEntry, UnknownPerson
from ledger.domain.time import Perspective
from ledger.persistence.store import Store
from ledger.projections.alerts import find_alert
from ledger.queries.log import LogAnswer, LogLine, log_lines
from ledger.queries.view import View

PAGE = 5_000
"""Entries read at once where all are wanted."""


class Logbook(ABC):
    """The methods it rests on are the ledger's."""

    store: Store

    @abstractmethod
    def view(self, perspective: Perspective) -> AbstractContextManager[View]:
        """One snapshot at a perspective."""

    @abstractmethod
    def perspective(self, on: date | None = None, known_at: str | int | None = None) -> Perspective:
        """Date and position; today and the newest by default."""

    def entry(self, ref: str | int) -> DatedEntry:
        """The entry now standing under an id or position. Raises UnknownEntry."""
        with self.store.read() as conn:
            found = self._at(conn, ref)
        fact = None if found is None else fact_of(found)
        if fact is None:
            raise UnknownEntry(name=str(ref), nearest="")
        return fact.entry

    def line(self, ref: str | int) -> LogLine:
        """One entry as the log shows it, with what became of it. Raises UnknownEntry."""
        with self.store.read() as conn:
            found = self._at(conn, ref)
            if found is None:
                raise UnknownEntry(name=str(ref), nearest="")
            return self._lines(conn, [found], self.store.head(conn).position)[0]

    def _at(self, conn: Connection, ref: str | int) -> Recorded | None:
        position = ref if isinstance(ref, int) else (self.store.find(conn, ref) or (0, b""))[0]
        return self.store.at(conn, [position]).get(position)

    def _lines(self, conn: Connection, recorded: Iterable[Recorded], known_at: int) -> list[LogLine]:
        shown = list(recorded)
        return log_lines(shown, self.store.targets(conn, [one.position for one in shown]), known_at)

    def _log_of(self, view: View, subject: str) -> Sequence[LogLine]:
        known = view.perspective.known_at
        recorded = self.store.recorded(view.conn, [subject], known).get(subject, [])
        return self._lines(view.conn, recorded, known)

    def log(
        self, *, from_position: int = 1, person: str | None = None, unit: str | None = None, known_at: int | None = None
    ) -> LogAnswer:
        """The entries in order; of one person or unit if named. Raises UnknownUnit, UnknownPerson."""
        if person is unit is None:
            return LogAnswer(tuple(chain.from_iterable(self.log_pages(from_position, known_at))))
        p = self.perspective(None, known_at)
        with self.view(p) as view:
            if person is not None:
                lines = list(self._log_of(view, f"person:{person}"))
                if not lines:
                    raise UnknownPerson(name=person, nearest="")
            else:
                assert unit is not None
                view.unit(unit)
                both = [*self._log_of(view, f"unit:{unit}"), *self._log_of(view, f"names:{unit}")]
                lines = sorted({line.position: line for line in both}.values(), key=lambda line: line.position)
            return LogAnswer(tuple(line for line in lines if line.position >= from_position))

    def log_pages(self, from_position: int = 1, known_at: int | None = None) -> Iterator[list[LogLine]]:
        """Everything in order, page by page, each read by itself: whoever reads slowly keeps nobody from recording."""
        p = self.perspective(None, known_at)
        while from_position <= p.known_at:
            with self.store.read() as conn:
                page = next(self.store.pages(conn, from_position, PAGE), [])
                lines = self._lines(conn, page, p.known_at)
            if not lines:
                return
            yield lines
            from_position = page[-1].position + 1

    def documented(self, document_no: str, *, from_position: int = 1, known_at: int | None = None) -> LogAnswer:
        """Everything that rests on a document, by its number 文号 exactly as it was recorded; none is no fault.

        A correction counts where it or what it puts in the place rests on the document.
        """
        p = self.perspective(None, known_at)
        with self.store.read() as conn:
            found = self.store.holding(conn, "document_no", document_no)
            rests = [one for one in found if one.position >= from_position and document_no in _documents(one)]
            return LogAnswer(tuple(self._lines(conn, rests, p.known_at)))

    def alert_history(self, alert: int) -> LogAnswer:
        """All acts about an alert, from its raising on. Raises UnknownAlert."""
        with self.store.read() as conn:
            found = find_alert(conn, alert)
            if found is None:
                raise UnknownAlert(name=str(alert), nearest="")
            acts = self.store.recorded(conn, [found.stream]).get(found.stream, [])
            return LogAnswer(tuple(log_lines(acts, {}, self.store.head(conn).position)))

    def pages(self, from_position: int = 1) -> Iterator[list[Recorded]]:
        """Everything recorded, in the order of positions, page by page."""
        with self.store.read() as conn:
            yield from self.store.pages(conn, from_position)


def _documents(one: Recorded) -> set[str | None]:
    entry = one.event.entry
    inner = entry.replacement if isinstance(entry, Corrected) else entry
    papers: list[Authority | None] = [entry.authority, inner.authority]
    return {paper.document_no for paper in papers if paper is not None}
