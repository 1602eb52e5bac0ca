"""What can be done about alerts, as data: the fields each act asks for, and how it is done. Blocks: workers call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.domain.refusals import Refused
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill
from tui.port import Port
from tui.where import Where

if TYPE_CHECKING:
    from ledger.queries.alerts import AlertLine

Outcome = str | Refused
"""What was done, in a sentence; or why nothing was."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of an act. `day`: a date is to be typed."""

    key: str
    label: str
    required: bool = False
    day: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done. `about`: it is about alerts; the scan is about a date."""

    title: str
    fields: tuple[Asked, ...]
    perform: Callable[[Port, Where, Sequence[AlertLine], Mapping[str, Any]], Outcome]
    about: bool = True


def _done(count: int, told: str) -> str:
    return _(told).format(count=count)


def _ids(lines: Sequence[AlertLine]) -> list[int]:
    return [line.alert.id for line in lines]


def _acknowledge(port: Port, _where: Where, lines: Sequence[AlertLine], given: Mapping[str, Any]) -> Outcome:
    done = port.ledger.acknowledge(_ids(lines), note=given.get("note"))
    return done if isinstance(done, Refused) else _done(len(done), N_("{count} alerts acknowledged."))


def _snooze(port: Port, _where: Where, lines: Sequence[AlertLine], given: Mapping[str, Any]) -> Outcome:
    done = port.ledger.snooze(_ids(lines), given["until"], note=given.get("note"))
    return done if isinstance(done, Refused) else _done(len(done), N_("{count} alerts snoozed."))


def _waive(port: Port, _where: Where, lines: Sequence[AlertLine], given: Mapping[str, Any]) -> Outcome:
    document = {key: given[key] for key in ("document_no", "issued_by", "issued_on") if key in given}
    done = port.ledger.waive(_ids(lines), given.get("until"), document, note=given.get("note"))
    return done if isinstance(done, Refused) else _done(len(done), N_("{count} alerts waived."))


def _letter(port: Port, where: Where, lines: Sequence[AlertLine], given: Mapping[str, Any]) -> Outcome:
    from ledger.application.workdays import WorkingDays
    from ledger.reports.letters import CannotWrite
    from ledger.reports.posting import PROBLEMS, Wishes, post

    calendar = WorkingDays()
    folder = Path(given["folder"]).expanduser()
    try:
        made = post(port.ledger, port.perspective(where), lines, folder, calendar, Wishes(issuer=given.get("issuer")))
    except CannotWrite as problem:
        raise NothingToWrite(fill(PROBLEMS[problem.reason], {"alert": problem.alert})) from None
    if isinstance(made, Refused):
        return made
    names = _(", ").join(path.name for path, _one in made)
    told = [_("In {folder}: {names}").format(folder=folder, names=names)]
    guess = _("No calendar of working days for {year} is known: Monday to Friday were counted.")
    return " ".join([*told, *(guess.format(year=year) for year in sorted(calendar.guessed))])


def _scan(port: Port, _where: Where, _lines: Sequence[AlertLine], given: Mapping[str, Any]) -> Outcome:
    answer = port.ledger.scan(given["on"])
    if isinstance(answer, Refused):
        return answer
    added = [f"{term('entry', name)} {count}" for name, count in answer.done.items() if name.startswith("alert_")]
    found = _("{on}: {count} findings").format(on=given["on"].isoformat(), count=len(answer.rows))
    return _("; ").join([found, *(added or [_("Nothing new.")])])


class NothingToWrite(Exception):
    """There is no letter about one of the alerts; the text says why."""


NOTE = Asked("note", N_("Note"))
UNTIL = Asked("until", N_("Until"), required=True, day=True)
ACTS: Mapping[str, Act] = {
    "acknowledge": Act(N_("Acknowledge"), (NOTE,), _acknowledge),
    "snooze": Act(N_("Snooze"), (UNTIL, NOTE), _snooze),
    "waive": Act(
        N_("Waive"),
        (
            Asked("document_no", N_("Document"), required=True),
            UNTIL,
            Asked("issued_by", N_("Issued by")),
            Asked("issued_on", N_("Issued on"), day=True),
            NOTE,
        ),
        _waive,
    ),
    "letter": Act(
        N_("Letter"), (Asked("folder", N_("Folder"), required=True), Asked("issuer", N_("Signed by"))), _letter
    ),
    "scan": Act(N_("Scan"), (Asked("on", N_("Date"), required=True, day=True),), _scan, about=False),
}


def read(asked: Sequence[Asked], texts: Mapping[str, str], days: Mapping[str, date | None]) -> dict[str, Any] | Asked:
    """What was typed, without what was left empty; or the first field that must not be."""
    given: dict[str, Any] = {}
    for one in asked:
        value = days.get(one.key) if one.day else texts.get(one.key, "").strip()
        if value:
            given[one.key] = value
        elif one.required:
            return one
    return given
