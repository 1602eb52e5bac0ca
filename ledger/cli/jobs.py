"""`sledger jobs run`: the service, or what is due now."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click

from ledger.cli import out
from ledger.cli.base import command, group, option
from ledger.cli.session import Session
from ledger.locale import N_, _
from ledger.locale.sentences import fill
from ledger.settings import FILE, BadSettings, BadValue, JobSettings, job_settings, settings_file


def jobs_of(session: Session) -> JobSettings:
    """The jobs as the settings say. Raises BadSettings."""
    try:
        return job_settings(session.settings.get("jobs"))
    except BadValue as error:
        raise BadSettings(settings_file() or Path(FILE), fill(error.message, error.params)) from error


@command(
    "run",
    N_(
        "Scan every day at the time of the settings, and tell people; until stopped.\n\n"
        "Days missed while nothing ran are scanned on start, as they were known then. Several services may run for one "
        "ledger: one works, the others wait until it ends. SIGTERM stops it cleanly."
    ),
)
@option("--once", is_flag=True, help=N_("Do what is due now, missed days included, and end: for cron and timers."))
@click.pass_obj
def run(session: Session, once: bool) -> None:
    """See the help."""
    settings = jobs_of(session)
    _log_to_stderr()
    with session.open_to_record() as ledger:
        from ledger.jobs.scheduler import Service, stop_on_signals

        service = Service(ledger, settings)
        if not once:
            service.run(stop_on_signals())
        elif not service.once():
            out.say(_("A service is running and will do it; nothing was done here."))


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name, level in (("ledger.jobs", logging.INFO), ("apscheduler", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)


COMMANDS = {"jobs": group("jobs", N_("Do what is due by the clock: the daily scan, and telling people."), run)}
