"""What F8 lists, as data: the registers of `sledger report`, and the answers that go straight into a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.locale import N_
from ledger.reports.catalogue import FORMS, MAKING

REGISTER, ANSWER, ENTRIES = "register", "answer", "entries"
_ANSWER_FORMS = (".xlsx", ".csv", ".json")
_ENTRY_FORMS = (".jsonl", ".xlsx", ".csv")


@dataclass(frozen=True, slots=True)
class Report:
    """One line of F8. `title`, `about`: message ids. `period`: what its third field asks for, nothing for none.

    `of_unit`: it is about one unit and everything below it; else about the whole ledger.
    """

    id: str
    kind: str
    title: str
    initials: str
    about: str
    forms: tuple[str, ...]
    period: str = ""
    of_unit: bool = True


FIRST, MONTHS = "first", "months"
"""A period from a first day to the date asked about; so many months ahead."""
_REGISTERS = (
    ("establishment", N_("Register of the establishment"), "bztz", ""),
    ("vacancies", N_("Vacant and exceeded posts"), "kbcbb", ""),
    ("secondments", N_("Register of secondments"), "jdtz", FIRST),
    ("overdue", N_("List of overdue secondments to be settled"), "cqjdqlb", ""),
    ("departures", N_("Roster of people no longer on the establishment"), "jsryhmc", FIRST),
    ("monthly", N_("Monthly report of changes in personnel"), "rybdyb", FIRST),
    ("retirements", N_("Forecast of retirements"), "txygb", MONTHS),
    ("whereabouts", N_("Where our people work"), "gbqxgs", ""),
)
_ANSWERS = (
    ("roster", N_("Roster"), "hmc", N_("everybody of the unit, a line each, for your own tables")),
    ("headcount", N_("Headcount"), "rs", N_("every number of every unit")),
    ("lent", N_("Secondments under way"), "zzjd", N_("who is away on the date, and for how long")),
    ("findings", N_("What is wrong"), "wt", N_("everything that is wrong by the rules in force")),
)
REPORTS: Mapping[str, Report] = {
    **{
        name: Report(name, REGISTER, title, initials, MAKING[name][1], FORMS, period)
        for name, title, initials, period in _REGISTERS
    },
    **{name: Report(name, ANSWER, title, initials, about, _ANSWER_FORMS) for name, title, initials, about in _ANSWERS},
    "entries": Report(
        "entries", ENTRIES, N_("All entries"), "bdtz", N_("the whole ledger, to keep or to import again"),
        _ENTRY_FORMS, of_unit=False,
    ),
}  # fmt: skip
