"""Dates and knowledge cut-offs as people type them (spec 2.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from ledger.cli.base import Callback, option, options
from ledger.locale import N_, _

if TYPE_CHECKING:
    from ledger.domain.time import Perspective

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_POSITION = re.compile(r"[0-9]{1,18}")


class DateType(click.ParamType[date]):
    """`YYYY-MM-DD`, and only a day that exists."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date."""
        text = str(value).strip()
        if not _DATE.fullmatch(text):
            self.fail(
                _("“{text}” is not a date. Write it as YYYY-MM-DD, for example 2022-06-30.").format(text=text),
                param,
                ctx,
            )
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fail(_("There is no day {text} in the calendar.").format(text=text), param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """As shown in `--help`."""
        return _("DATE")


class KnownAtType(click.ParamType[int | str]):
    """A position, a date (the end of that day) or an instant; without offset both are Asia/Shanghai."""

    name = "known_at"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """A position as a number, else a text that `Ledger.perspective` reads."""
        text = str(value).strip()
        if _POSITION.fullmatch(text):
            return int(text)
        if not _DATE.fullmatch(text) and not _INSTANT.fullmatch(text):
            message = _("“{text}” is neither a position, nor a date, nor an instant such as 2022-06-30T17:00.")
            self.fail(message.format(text=text), param, ctx)
        try:
            datetime.fromisoformat(text)
        except ValueError:
            self.fail(_("There is no such moment as {text}.").format(text=text), param, ctx)
        return text

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """As shown in `--help`."""
        return _("POSITION|DATE|INSTANT")


DATE = DateType()
KNOWN_AT = KnownAtType()


def known_at_option() -> Callable[[Callback], Callback]:
    """`--known-at`."""
    return option(
        "--known-at",
        type=KNOWN_AT,
        help=N_("As known then: a position, the end of a day, or an instant (otherwise: now)."),
    )


def perspective_options() -> Callable[[Callback], Callback]:
    """`--on` and `--known-at`."""
    return options(
        option("--on", type=DATE, help=N_("The date asked about (otherwise: today in Asia/Shanghai).")),
        known_at_option(),
    )


def in_order(first: Perspective, last: Perspective) -> tuple[Perspective, Perspective]:
    """Two looks, the later one not before the earlier in either time. Raises DatesReversed."""
    from ledger.domain.faults import DatesReversed  # help is shown without the ledger

    if first.as_of > last.as_of:
        raise DatesReversed(start=first.as_of, end=last.as_of)
    if first.known_at > last.known_at:
        raise DatesReversed(start=f"#{first.known_at}", end=f"#{last.known_at}")
    return first, last


def reference(text: str) -> int | str:
    """An entry named by its position (digits) or its id; `id:` before an id that is itself digits."""
    if text.startswith("id:"):
        return text.removeprefix("id:")
    if _POSITION.fullmatch(text) and 0 < int(text) < 2**31:
        return int(text)
    return text
