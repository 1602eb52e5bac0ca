"""`sledger` itself: the list of commands, each loaded when it is used, and the frame that no exception leaves."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from ledger import locale
from ledger.cli import logs, out, troubles
from ledger.cli.base import Command, Option, shared_options
from ledger.cli.help import Context
from ledger.cli.session import Session
from ledger.locale import N_, _
from ledger.settings import FILE, BadSettings, load, settings_file

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("making", N_("Make an empty ledger.")),
    "demo": ("making", N_("Make the invented county of the demo, once, and show its town.")),
    "record": ("recording", N_("Record one entry.")),
    "reverse": ("recording", N_("Take an entry out of effect; both stay visible.")),
    "correct": ("recording", N_("Put a changed entry in the place of another; both stay visible.")),
    "import": ("files", N_("Record the entries of files.")),
    "export": ("files", N_("Write all entries to a file.")),
    "batch": ("batches", N_("Imports: list them, show one, take one back.")),
    "template": ("template", N_("Write an empty spreadsheet to fill in.")),
    "headcount": ("counting", N_("How many: posts, on roll, seconded out, at work.")),
    "roster": ("people", N_("Who: the people of a unit, each with one status.")),
    "curve": ("counting", N_("One number through time.")),
    "person": ("people", N_("One person: now, all periods, all entries.")),
    "secondments": ("people", N_("Who is seconded where, since when, until when.")),
    "findings": ("findings", N_("What is wrong: overdue secondments, transfers in fact, quotas exceeded.")),
    "policy": ("findings", N_("The rules findings are judged by.")),
    "campaign": ("campaign", N_("The recall campaign: the overdue secondments, and what became of them.")),
    "retirements": ("campaign", N_("Who retires in the months to come, and the vacancies then.")),
    "diff": ("differences", N_("From one number to another: opening + in - out = closing.")),
    "explain": ("differences", N_("The people and entries behind one number.")),
    "alerts": ("alerts", N_("Findings that were told: what is open, and what was done about it.")),
    "scan": ("alerts", N_("Compare the findings of a day with the alerts: raise, clear, reopen.")),
    "jobs": ("jobs", N_("Do what is due by the clock: the daily scan, and telling people.")),
    "report": ("report", N_("Write a register to print, sign and file.")),
    "calendar": ("calendar", N_("Write the due dates to a calendar file (.ics).")),
    "attach": ("attaching", N_("Keep the scan of a document, at the entries that rest on it.")),
    "attachments": ("attaching", N_("Scans that were kept: list them, copy one out, check all.")),
    "log": ("people", N_("The entries in the order they were recorded.")),
    "verify": ("keeping", N_("Check that nobody changed the ledger behind the program's back.")),
    "rebuild": ("keeping", N_("Make the tables that answers are read from again, from the entries.")),
    "backup": ("keeping", N_("Write the whole ledger to a backup file.")),
    "restore": ("keeping", N_("Make a new ledger from a backup file.")),
    "doctor": ("doctor", N_("Examine the ledger and what is around it.")),
    "admin": ("admin", N_("Who may do what, and the rights behind it.")),
    "seal": ("sealing", N_("Sign the state of the ledger, so that nobody can change its past unseen.")),
    "audit-package": ("auditing", N_("Write what an auditor needs to a new folder.")),
    "status": ("keeping", N_("How the ledger is: positions, sizes, versions, health.")),
    "tui": ("screen", N_("Open the screens in this terminal.")),
}
"""Command -> its module under `ledger.cli`, and its line in `--help`."""


class App(click.Group):
    """The commands, and one handler around all of them."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Loads the module of this one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"ledger.cli.{COMMANDS[cmd_name][0]}")
        found: Command = module.COMMANDS[cmd_name]
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading any."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(line)) for name, (_module, line) in COMMANDS.items()])

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help, translated."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_(self.help or ""))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Like click's, translated when shown."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _("Show this message and exit.")
        return option

    def main(  # type: ignore[override]  # always ends the process, as `standalone_mode` would
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run one command and end the process with its exit status."""
        arguments = list(sys.argv[1:] if args is None else args)
        out.ready_streams()
        session = Session()
        locale.use(locale.choose(_asked_language(arguments, {}), os.environ))
        began = time.monotonic()
        status = troubles.guarded(session, lambda: self._run(session, arguments, {**extra, "standalone_mode": False}))
        command = next((word for word in arguments if word in COMMANDS), "")
        unwritten = logs.note(session.settings, command, status, session.code, time.monotonic() - began)
        if unwritten:
            out.say(_("The log file could not be written: {detail}").format(detail=unwritten))
        sys.exit(status)

    def _run(self, session: Session, arguments: list[str], extra: dict[str, Any]) -> object:
        session.debug = "--debug" in arguments
        settings = _checked(load())
        speak(locale.choose(_asked_language(arguments, settings), os.environ))
        session.settings = settings
        return super().main(
            arguments, "sledger", obj=session, default_map=settings, auto_envvar_prefix="SLEDGER", **extra
        )


def speak(language: str) -> None:
    """Use a language for our texts and, through the standard library, for those of click."""
    import gettext

    locale.use(language)
    gettext.bindtextdomain(locale.DOMAIN, locale.FOLDER)
    gettext.textdomain(locale.DOMAIN)
    os.environ["LANGUAGE"] = locale.LANGUAGES[language]


def _asked_language(arguments: Sequence[str], settings: Mapping[str, Any]) -> str | None:
    """Looked for before click reads the arguments, so that its own messages speak the language too."""
    asked = None
    for before, argument in zip(["", *arguments], arguments, strict=False):
        if before == "--lang":
            asked = argument
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    return asked or os.environ.get("SLEDGER_LANG") or settings.get("lang")


_KEYS = (
    "ledger", "officer", "lang", "no_color", "debug", "seal_key", "seal_public", "id_number_key", "attachments_folder",
    "log_file", "log_format", "recipients",
)  # fmt: skip


def _checked(settings: dict[str, Any]) -> dict[str, Any]:
    """A mistyped key would quietly mean another ledger. Raises BadSettings."""
    for key, value in settings.items():
        known = [*COMMANDS] if isinstance(value, dict) else [*_KEYS]
        if key not in known:
            import difflib

            nearest = next(iter(difflib.get_close_matches(key, known, 1, 0.0)))
            detail = _("unknown key “{key}”; did you mean “{nearest}”?").format(key=key, nearest=nearest)
            raise BadSettings(settings_file() or Path(FILE), detail)
    form = settings.get("log_format", "text")
    if form not in logs.FORMATS:
        detail = _("log_format is “{form}”; it can be text or json").format(form=form)
        raise BadSettings(settings_file() or Path(FILE), detail)
    return settings


def _version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from ledger.cli.version import program_version

        out.line(f"sledger {program_version()}")
        ctx.exit()


@click.group(
    cls=App,
    name="sledger",
    invoke_without_command=True,
    params=[
        *shared_options(environment=True),
        Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
            help=N_("Show the version and exit."),
        ),
    ],
    help=N_(
        "The ledger of establishment and secondments: who is charged where, who works where, on any date, as known at "
        "any time. Without a command the screens open."
    ),
)
@click.pass_context
def app(ctx: click.Context) -> int | None:
    """Without a command: the screens."""
    if ctx.invoked_subcommand is not None:
        return None
    from ledger.cli.screen import open_screen

    return open_screen(ctx)
