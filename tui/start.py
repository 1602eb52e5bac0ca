"""The door: what the command line calls to open the screens (entry-point group `sledger.screen`)."""

from __future__ import annotations


def screen(address: str, officer: str | None, language: str) -> int:
    """Run the screens on a ledger; the exit status."""
    from ledger import locale
    from tui.app import LedgerApp
    from tui.port import Port

    locale.use(language)
    status = LedgerApp(Port(address, officer)).run()
    return status if isinstance(status, int) else 0
