"""The screens are another package: whoever installs one announces it in the entry-point group `sledger.screen`."""

from __future__ import annotations

import click

from ledger import locale
from ledger.cli import out
from ledger.cli.base import command
from ledger.cli.session import Session
from ledger.cli.troubles import USAGE
from ledger.locale import N_, _

GROUP = "sledger.screen"


def open_screen(ctx: click.Context) -> int:
    """Hand over to the first screen installed, as `screen(address=…, officer=…, language=…) -> exit status`."""
    from importlib.metadata import entry_points

    session = ctx.ensure_object(Session)
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    if not found:
        out.say(_("The screens are not installed yet; use the commands below."))
        out.say("")
        out.say(ctx.find_root().get_help())
        return USAGE
    screen = found[0].load()
    status = screen(address=session.address, officer=session.officer, language=locale.language())
    return status if isinstance(status, int) else 0


@command("tui", N_("Open the screens in this terminal."))
@click.pass_context
def tui(ctx: click.Context) -> int:
    """See the help."""
    return open_screen(ctx)


COMMANDS = {"tui": tui}
