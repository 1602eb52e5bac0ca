"""Commands that make a ledger: init, demo."""

from __future__ import annotations

import click

from ledger.cli import out
from ledger.cli.base import command, json_option, option
from ledger.cli.counting import show_headcount
from ledger.cli.session import Session
from ledger.cli.text import shown
from ledger.locale import N_, _


@command("init", N_("Make an empty ledger.\n\nAll other commands refuse a ledger that does not exist."))
@json_option()
@click.pass_obj
def init(session: Session) -> None:
    """See the help."""
    from ledger.bootstrap import create_ledger

    with create_ledger(session.address, officer=session.recorder()) as ledger:
        name = ledger.store.shown
    if session.json:
        out.document({"ledger": name, "created": True})
    else:
        out.line(_("An empty ledger was made: {ledger}").format(ledger=shown(name)))


@command(
    "demo",
    N_(
        "Make the invented county of the demo, once, and open it.\n\n"
        "It lies where --ledger or SLEDGER_LEDGER says, else in demo.db beside your own ledger. All people and units "
        "in it are invented; its figures for the town T1 are those of a real report."
    ),
)
@option("--no-tui", is_flag=True, help=N_("Only make it, and print the town's headcount."))
@json_option()
@click.pass_context
def demo(ctx: click.Context, no_tui: bool) -> int | None:
    """See the help."""
    from ledger.interchange.demo import TOWN, TOWN_DAY, make_demo
    from ledger.settings import default_demo

    session = ctx.ensure_object(Session)
    if not session.ledger:
        session.ledger = str(default_demo())
    with out.progress(N_("Making the demo county")) as progress:
        ledger = make_demo(session.ledger, progress)
    with ledger:
        if session.json:
            out.document(ledger.headcount(ledger.perspective(TOWN_DAY), unit=TOWN).to_json())
        else:
            out.line(_("The demo's ledger: {ledger}").format(ledger=shown(ledger.store.shown)))
            show_headcount(ledger.headcount(ledger.perspective(TOWN_DAY), unit=TOWN), session.notes(ledger))
    if no_tui:
        return None
    from ledger.cli.screen import open_screen

    return open_screen(ctx)


COMMANDS = {"init": init, "demo": demo}
