"""Errors of the database drivers, as the faults an officer can act on."""

from __future__ import annotations

from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.exc import IntegrityError

from ledger.domain.faults import (
    DiskFull,
    LedgerBusy,
    LedgerConflict,
    LedgerDamaged,
    LedgerFault,
    LedgerReadOnly,
    LedgerUnreadable,
    NotALedger,
)

_SQLITE_MESSAGES = (
    ("is locked", 5),
    ("readonly", 8),
    ("disk I/O error", 10),
    ("malformed", 11),
    ("is full", 13),
    ("unable to open", 14),
    ("not a database", 26),
)
"""For drivers without result codes."""


def of_sqlite(error: BaseException, ledger: str, seconds: float) -> LedgerFault | None:
    """The fault behind an error of SQLite's driver; None when it is not about the ledger's state."""
    message = str(error)
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        code = next((number for text, number in _SQLITE_MESSAGES if text in message), 0)
    match code & 0xFF:
        case 5 | 6:
            return LedgerBusy(ledger=ledger, seconds=seconds)
        case 8:
            return LedgerReadOnly(ledger=ledger)
        case 11:
            return LedgerDamaged(ledger=ledger, detail=message)
        case 13:
            return DiskFull(ledger=ledger)
        case 26:
            return NotALedger(ledger=ledger)
        case 3 | 10 | 14 | 23:
            return LedgerUnreadable(ledger=ledger, detail=message)
    return None


def of_postgresql(error: BaseException, ledger: str, seconds: float) -> LedgerFault | None:
    """The fault behind an error of PostgreSQL's driver; None when it is not about the ledger's state."""
    state = getattr(error, "sqlstate", None) or ""
    detail = (str(error).strip().splitlines() or [""])[0]
    if state in ("55P03", "57014", "53300"):
        return LedgerBusy(ledger=ledger, seconds=seconds)
    if state in ("25006", "42501"):
        return LedgerReadOnly(ledger=ledger)
    if state in ("40001", "40P01", "25P03", "25P04"):
        return LedgerConflict(ledger=ledger, detail=detail)
    if state == "53100":
        return DiskFull(ledger=ledger)
    if state[:3] in ("XX0", "58P"):
        return LedgerDamaged(ledger=ledger, detail=detail)
    if state[:2] in ("08", "28", "3D", "57") or (not state and type(error).__name__ == "OperationalError"):
        return LedgerUnreadable(ledger=ledger, detail=detail)
    return None


def conflict_of(error: IntegrityError, ledger: str) -> LedgerConflict:
    """What a broken constraint means: somebody recorded in between, or a rule of the log was about to be broken."""
    return LedgerConflict(ledger=ledger, detail=(str(error.orig).strip().splitlines() or [""])[0])


def translate(engine: Engine, ledger: str, seconds: float) -> None:
    """Makes every statement of the engine raise faults instead of driver errors; others pass unchanged."""
    of_driver = of_sqlite if engine.dialect.name == "sqlite" else of_postgresql

    def handle(context: ExceptionContext) -> None:
        fault = of_driver(context.original_exception, ledger, seconds)
        if fault is not None:
            raise fault from context.original_exception

    event.listen(engine, "handle_error", handle)
