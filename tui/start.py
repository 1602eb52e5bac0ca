"""The door: what the command line calls to open the screens (entry-point group `sledger.screen`)."""

from __future__ import annotations

import sys

from ledger.locale import _


def screen(address: str, officer: str | None, language: str) -> int:
    """Run the screens on a ledger; the exit status."""
    from ledger import locale
    from ledger.cli import out
    from ledger.cli.session import quick_imports
    from ledger.cli.troubles import USAGE

    if not (out.interactive(sys.stdin) and out.interactive(sys.stderr)):  # the toolkit would wait for keys for ever
        out.say(_("The screens need a terminal; other programs use the commands: sledger --help"))
        return USAGE

    with quick_imports():
        from tui import hangup
        from tui.app import LedgerApp
        from tui.marks import Plainness
        from tui.port import Port
        from tui.preferences import stored
        from tui.screens import overview  # noqa: F401  the first screen, loaded with the rest
        from tui.terminal import Heard, ask_width

    locale.use(language)
    chosen = stored()
    heard = ask_width() if chosen.ascii_only is None else Heard(chosen.ascii_only)
    Plainness.ascii_only = heard.wide
    app = LedgerApp(Port(address, officer))
    app.typed_first = heard.typed
    app.prefer(chosen)
    hangup.watch()
    status = app.run()
    return status if isinstance(status, int) else 0
