"""`--fail-on SEVERITY`: a command that has found something so grave ends with a status of its own (spec 2.1)."""

from __future__ import annotations

from collections.abc import Iterable

import click

from ledger.cli.troubles import FOUND
from ledger.domain.terms import Severity

SEVERITIES = click.Choice([str(severity) for severity in Severity])


def found(fail_on: str | None, severities: Iterable[Severity | None]) -> int | None:
    """The exit status: FOUND when one of these is at least as grave as asked for."""
    if fail_on is None:
        return None
    least = Severity(fail_on).rank
    return FOUND if any(one is not None and one.rank >= least for one in severities) else None
