"""`sledger jobs run`: the service, or what is due now."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.cli import out
from ledger.cli.base import command, group, option
from ledger.cli.letters import calendar_of
from ledger.cli.session import Session
from ledger.locale import N_, _
from ledger.locale.sentences import fill
from ledger.settings import (
    FILE,
    BadSettings,
    BadValue,
    JobSettings,
    Recipient,
    data_folder,
    job_settings,
    recipients,
    settings_file,
)

if TYPE_CHECKING:
    from ledger.bootstrap import Ledger
    from ledger.jobs.notify import Notifier
    from ledger.jobs.scheduler import Service
    from ledger.reports.reminders import Reminders


def jobs_of(session: Session) -> JobSettings:
    """The jobs as the settings say. Raises BadSettings."""
    try:
        return job_settings(session.settings.get("jobs"))
    except BadValue as error:
        raise BadSettings(settings_file() or Path(FILE), fill(error.message, error.params)) from error


@command(
    "run",
    N_(
        "Scan every day at the time of the settings, write the reminders that are due, and tell people; until "
        "stopped.\n\n"
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
    with session.open_to_record("alert", whole=True) as ledger:
        from ledger.jobs.scheduler import Service, stop_on_signals

        service = Service(ledger, settings)
        reminders, notifier = reminders_of(settings, ledger), notifier_of(session, ledger, service)

        def after() -> None:
            if reminders is not None:
                reminders.run()
            notifier.run()

        service.after = after
        if not once:
            service.run(stop_on_signals())
        elif not service.once():
            out.say(_("A service is running and will do it; nothing was done here."))


def recipients_of(session: Session) -> tuple[Recipient, ...]:
    """Who is told, as the settings say. Raises BadSettings, UnknownRule."""
    from ledger.queries.findings import wanted_rules

    try:
        found = recipients(session.settings.get("recipients"))
    except BadValue as error:
        raise BadSettings(settings_file() or Path(FILE), fill(error.message, error.params)) from error
    for rule in (rule for one in found for rule in sorted(one.rules or ())):
        wanted_rules(rule)
    return found


def reminders_of(settings: JobSettings, ledger: Ledger) -> Reminders | None:
    """Who writes the reminders, where the settings name a folder for letters. Raises UsageError."""
    if settings.letters is None:
        return None
    from ledger.jobs.scheduler import utc_now
    from ledger.reports.posting import Wishes
    from ledger.reports.reminders import Reminders

    calendar = calendar_of(None if settings.working_days is None else Path(settings.working_days))
    return Reminders(ledger, Path(settings.letters), calendar, utc_now, Wishes(issuer=settings.issuer))


def notifier_of(session: Session, ledger: Ledger, service: Service) -> Notifier:
    """Who tells people after every look."""
    from ledger.jobs.channels import Channels
    from ledger.jobs.notify import Notifier
    from ledger.jobs.scheduler import utc_now

    settings = jobs_of(session)
    folder = data_folder() / "deliveries" if settings.deliveries is None else Path(settings.deliveries)
    holder, seconds = service.lease.holder, settings.lease_seconds
    return Notifier(ledger, recipients_of(session), Channels(folder), holder, seconds, utc_now)


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name, level in (("ledger.jobs", logging.INFO), ("apscheduler", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)


COMMANDS = {"jobs": group("jobs", N_("Do what is due by the clock: the daily scan, and telling people."), run)}
