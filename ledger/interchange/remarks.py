"""What is said about the cells and rows of a spreadsheet: a closed list, each with a sentence and a remedy.

A remark that is not in WARNINGS refuses its row. What a rule of the ledger refuses is told by the ledger's own
refusals; these here are about the form of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.domain.faults import N_
from ledger.domain.refusals import RefusalText

REMARKS: Mapping[str, RefusalText] = {
    "missing_cell": RefusalText(N_("“{column}” is empty."), N_("Fill it in.")),
    "not_a_date": RefusalText(
        N_("“{value}” in “{column}” is not a date: {problem}."),
        N_("Write 2022-07-01, or 2022-07 where the day is not known."),
    ),
    "unknown_word": RefusalText(
        N_("“{value}” is not a possible value of “{column}”."), N_("Possible are: {expected}.")
    ),
    "not_a_number": RefusalText(N_("“{value}” in “{column}” is not a whole number."), N_("Type the number alone.")),
    "bad_json": RefusalText(N_("“{column}” is not JSON."), N_("Copy the text as it was exported.")),
    "digits_lost": RefusalText(
        N_("“{column}” holds the number {value}: of 16 digits and more a spreadsheet loses the last ones."),
        N_("Format the column as text, then type the number again."),
    ),
    "error_cell": RefusalText(N_("“{column}” shows the error {value}."), N_("Mend the formula, or type the value.")),
    "formula_without_value": RefusalText(
        N_("“{column}” is a formula whose value was not saved."),
        N_("Open the file in the office program, save it, and import it again."),
    ),
    "time_in_cell": RefusalText(N_("“{column}” holds a time of day."), N_("Type a date or a text.")),
    "unit_not_found": RefusalText(
        N_("There is no unit with the code or name “{value}”."),
        N_("Check “{column}”, or import the table of units first."),
    ),
    "unit_not_unique": RefusalText(
        N_("Several units are called “{value}” ({expected})."), N_("Write the code of the unit in “{column}”.")
    ),
    "person_not_found": RefusalText(
        N_("Nobody in the ledger is called “{value}”."),
        N_("Check the name, fill in “{column}”, or import the roster first."),
    ),
    "person_not_unique": RefusalText(
        N_("Several people are called “{value}” ({expected})."), N_("Write the number of the person in “{column}”.")
    ),
    "host_missing": RefusalText(
        N_("The status says that the person is seconded, but no host unit is given."),
        N_("Fill in “{column}”; add the column where the table has none."),
    ),
    "loan_start_missing": RefusalText(
        N_("A secondment without its first day."),
        N_("Fill in “{column}”; a month is enough; add the column where the table has none."),
    ),
    "loan_in_note": RefusalText(
        N_("“{column}” says “{value}”, but the row tells no secondment: the person is recorded as present."),
        N_("If it runs, add columns 借入单位 and 借调开始日期 and fill them in."),
    ),
    "status_contradicts": RefusalText(
        N_("The status “{value}” does not fit a running secondment."), N_("Write 借出, or empty the host unit.")
    ),
    "after_closing": RefusalText(
        N_("{value} in “{column}” lies after the closing date {date}."), N_("Check the date, or the closing date.")
    ),
    "unit_told_twice": RefusalText(
        N_("Row {row} describes the unit “{value}” differently."), N_("Write the unit alike in all its rows.")
    ),
    "posts_without_kind": RefusalText(
        N_("A number of posts without their kind."), N_("Fill in “{column}”.")
    ),
    "claimed_twice": RefusalText(
        N_("Row {row} claims another number for the same measure."), N_("Leave one of the two out.")
    ),
    "row_before_refused": RefusalText(
        N_("Row {row}, which belongs to the same entry, is refused."), N_("Mend that row first.")
    ),
    "retired_left_out": RefusalText(
        N_("Retired people are not opening data; nothing is recorded for this row."),
        N_("Nothing needs to be done."),
    ),
    "person_found": RefusalText(
        N_("“{value}” is taken to be the person with the number {person}."), N_("Check whether it is.")
    ),
    "name_differs": RefusalText(
        N_("The person with the number {person} is not called “{value}” in the ledger."),
        N_("Check the number and the name."),
    ),
    "tidied": RefusalText(N_("“{value}” in “{column}” was read as “{read}”."), N_("Nothing needs to be done.")),
    "imprecise": RefusalText(
        N_("“{column}” is known to the month or year only; answers that rest on it are flagged."),
        N_("Correct it once the day is known."),
    ),
    "formula": RefusalText(
        N_("“{column}” is a formula; the value saved last was read."), N_("Check the value.")
    ),
    "possible_duplicate": RefusalText(
        N_("“{name}”, born {date}, also stands under the number {other}."),
        N_("Check whether this is one person; if so, leave one row out."),
    ),
    "number_given": RefusalText(
        N_("The row has no person number; it got {value}."), N_("Keep the number in your table.")
    ),
    "id_number_wrong": RefusalText(
        N_("The identity number does not fit: {problem}."), N_("Check the number and the birth date.")
    ),
    "id_numbers_left_out": RefusalText(
        N_("{count} identity numbers in this file are left out: no key for them is named in the settings."),
        N_("Nothing needs to be done; or make a key first: sledger admin id-number key"),
    ),
    "unit_begins_later": RefusalText(
        N_("“{value}” begins in the ledger on {date} only; the person is charged from that day."),
        N_("Nothing needs to be done, or give the unit an earlier date first."),
    ),
    "parts_differ": RefusalText(
        N_("{value} makes {read}, not the number claimed."), N_("Check the report; the number is recorded as claimed.")
    ),
    "over_quota_told": RefusalText(
        N_("“{unit}” has {on_roll} people for {quota} posts ({establishment}) on {date}."),
        N_("Check the quota, or the people."),
    ),
}  # fmt: skip
"""Code -> text."""
WARNINGS = frozenset(
    {
        "retired_left_out", "loan_in_note", "tidied", "imprecise", "formula", "possible_duplicate", "person_found",
        "name_differs", "number_given", "id_number_wrong", "id_numbers_left_out", "unit_begins_later", "parts_differ",
        "over_quota_told",
    }
)  # fmt: skip
"""Remarks that leave the row as it is."""


MOST_QUOTED = 100
"""Characters of a cell that a remark repeats."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark. `key`: the column it is about, if it is about one."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    key: str | None = None

    def __post_init__(self) -> None:
        """Repeat no more of a cell than its finder needs."""
        told = {key: self.params.get(key) for key in ("value", "read")}
        long = {key: f"{one[:MOST_QUOTED]}…" for key, one in told.items() if isinstance(one, str) and one[MOST_QUOTED:]}
        if long:
            object.__setattr__(self, "params", {**self.params, **long})

    @property
    def text(self) -> RefusalText:
        """Its message ids."""
        return REMARKS[self.code]

    @property
    def refuses(self) -> bool:
        """Whether the row cannot be recorded."""
        return self.code not in WARNINGS
