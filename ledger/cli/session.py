"""What the options shared by all commands said, and the way to the ledger."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.locale import _

if TYPE_CHECKING:
    from ledger.bootstrap import Ledger


@contextmanager
def quick_imports() -> Iterator[None]:
    """What a module makes stays for good: looking for garbage among it costs an eighth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _system_user() -> str | None:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return None


def _tell_waiting(seconds: float) -> None:
    from ledger.cli import out

    out.say(_("Somebody else is recording; still waiting after {seconds} seconds …").format(seconds=round(seconds)))


def _tell_clock(ledger: Ledger) -> None:
    """Says so where this machine's clock was set back; on a server the instants are the server's."""
    from ledger.application.health import minutes_behind

    minutes = minutes_behind(ledger.store)
    if minutes:
        from ledger.cli import out

        text = _("The clock of this machine lies {minutes} minutes behind the last entry: is it right?")
        out.say(text.format(minutes=minutes))


@dataclass(slots=True)
class Session:
    """One run of a command."""

    ledger: str | None = None
    officer: str | None = None
    json: bool = False
    into: Path | None = None
    """The file an answer goes to."""
    debug: bool = False
    no_color: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    """Of the refusal or fault that ended the command, for the log."""

    @property
    def address(self) -> str:
        """The ledger named, or the user's own."""
        if self.ledger:
            return self.ledger
        from ledger.settings import default_ledger

        return str(default_ledger())

    def open(self) -> Ledger:
        """The ledger, to ask it. Raises LedgerFault."""
        return self._opened(self.officer or (None if self._on_server else _system_user() or "-"))

    def open_to_record(self, deed: str | None = None, *, whole: bool = False) -> Ledger:
        """The ledger, to record in the officer's name. Raises LedgerFault, UsageError.

        `deed`, `whole`: looks ahead whether the officer may do it, where a long work begins; see `access.Deed`.
        """
        ledger = self._opened(None if self._on_server and not self.officer else self.recorder())
        _tell_clock(ledger)
        if deed is not None:
            from ledger.domain.access import Deed

            try:
                ledger.require(Deed(deed), whole=whole)
            except BaseException:
                ledger.close()
                raise
        return ledger

    def open_to_check(self) -> Ledger:
        """The ledger, to look for what is wrong with it. Raises LedgerFault."""
        return self._opened(self.officer or "-", damaged_too=True)

    @property
    def _on_server(self) -> bool:
        """Where the login says who works, unless somebody is named."""
        return self.address.startswith("postgresql")

    def _opened(self, officer: str | None, *, damaged_too: bool = False) -> Ledger:
        with quick_imports():
            from ledger.bootstrap import open_ledger

        ledger = open_ledger(self.address, officer=officer, damaged_too=damaged_too)
        ledger.store.waiting = _tell_waiting
        return ledger

    def file(self, given: Path | None, key: str) -> Path | None:
        """A file named at the command, else in the settings."""
        named = self.settings.get(key)
        return given if given is not None else Path(str(named)).expanduser() if named else None

    def recorder(self) -> str:
        """Who records: the officer named, else the user of the system. Raises UsageError for an unusable name."""
        name = self.officer
        if not name:
            name = _system_user()
            if name is None:
                raise click.UsageError(_("The system does not say who you are: name the officer with --officer."))
        from pydantic import TypeAdapter, ValidationError

        from ledger.domain.text import Name

        try:
            return TypeAdapter(Name).validate_python(name)
        except ValidationError:
            raise click.UsageError(
                _("The officer's name cannot be recorded: 1 to 120 characters, no control characters, no outer space.")
            ) from None

    def notes(self, ledger: Ledger) -> tuple[str, ...]:
        """What every answer of a ledger with a simulated clock says of itself (spec 2.1)."""
        with ledger.store.read() as conn:
            simulated = ledger.store.head(conn).clock == "simulated"
        return (_("demo data, simulated clock"),) if simulated else ()
