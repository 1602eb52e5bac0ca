"""Refusals are data: a closed list in order of precedence, each with a sentence and a remedy.

The texts are English message ids with `{parameters}`; the catalogues hold the Chinese (spec 3.2.8).
When several rules are broken the one named first here is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ledger.domain.text import speakable


@dataclass(frozen=True, slots=True)
class RefusalText:
    """What an officer reads: what is wrong, and what to do instead."""

    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that the ledger did not take; nothing was changed.

    `conflicts_with`: ids of the recorded entries that stand in the way (spec 2.1).
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    conflicts_with: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.code not in REFUSALS:
            raise KeyError(self.code)
        told = {name: speakable(value) if isinstance(value, str) else value for name, value in self.params.items()}
        object.__setattr__(self, "params", told)

    @property
    def text(self) -> RefusalText:
        """The message ids of this refusal."""
        return REFUSALS[self.code]


def _t(sentence: str, remedy: str) -> RefusalText:
    return RefusalText(sentence, remedy)


REFUSALS: Mapping[str, RefusalText] = MappingProxyType(
    {
        # the form of the entry
        "not_utf8": _t(
            "This line is not text in UTF-8.", "Save the file as UTF-8 and import it again; what is recorded stays."
        ),
        "not_json": _t("This line is not JSON: {problem}.", "Mend the line, or export it again from where it came."),
        "duplicate_key": _t("The key “{key}” stands twice in this line.", "Leave one of them out."),
        "not_an_object": _t("This line is not one JSON object.", "Write one entry object a line, in UTF-8."),
        "unknown_type": _t("There is no entry type “{type}”.", "Did you mean “{nearest}”?"),
        "unknown_key": _t("An entry of type {type} has no key “{key}”.", "Did you mean “{nearest}”?"),
        "missing_key": _t("An entry of type {type} needs the key “{key}”.", "Give “{key}” and record the entry again."),
        "bad_value": _t("“{value}” is not a possible value of “{key}”.", "Expected: {expected}."),
        "bad_text": _t("The text of “{key}” cannot be recorded: {problem}.", "Type the text again without it."),
        "nothing_described": _t("The entry describes nothing.", "Give at least one fact, such as name or born_on."),
        "unknown_measure": _t("“{measure}” is not a measure of the ledger.", "Did you mean “{nearest}”?"),
        "unknown_profile": _t("There is no policy profile “{profile}”.", "Did you mean “{nearest}”?"),
        "unknown_parameter": _t("There is no policy parameter “{parameter}”.", "Did you mean “{nearest}”?"),
        "contradictory_parameter": _t(
            "The policy parameter “{parameter}” cannot be {value}: {problem}.", "Give a value that fits the others."
        ),
        "empty_policy": _t(
            "The policy names neither a profile nor parameters.", "Give a profile, parameters, or both."
        ),
        "no_quota_kind": _t(
            "People off the establishment hold no post, so “{establishment}” has no quota.",
            "Choose administrative, political_legal, public_institution or support.",
        ),
        "same_unit": _t("“{unit}” is named on both sides.", "Name two different units."),
        # the entry among the others
        "id_reused": _t(
            "The id “{id}” already stands for another entry (no. {position}).",
            "Give the new entry an id of its own; to change the recorded one, correct it.",
        ),
        "date_out_of_bounds": _t(
            "The effective date {date} is outside {earliest} to {latest}.", "Check the year of the date."
        ),
        "until_before_start": _t(
            "The last day {until} lies before the effective date {date}.",
            "Check both dates; one day means the same date twice.",
        ),
        "unknown_entry": _t(
            "There is no entry “{entry}” in this ledger.", "Look the entry up in the log and name its id or position."
        ),
        "not_reversible": _t(
            "“{entry}” ({type}) is never taken back.",
            "After a reversal record the fact again as a new entry; an act about an alert is answered by another.",
        ),
        "already_reversed": _t(
            "“{entry}” was already taken out of effect by “{by}”.",
            "Name the entry now in effect, or record the fact again.",
        ),
        "not_permitted": _t(
            "{officer} may not record this: {reason}.", "Ask an officer with the right role to record it."
        ),
        # roles
        "first_admin": _t(
            "The first role in this ledger must be that of an admin, and for {officer}, who gives it.",
            "Make yourself an admin first: sledger admin officer add {officer} --role admin",
        ),
        "last_admin": _t(
            "“{officer}” is the last admin: without one nobody could give or take a role.",
            "Make somebody else an admin first.",
        ),
        "role_not_held": _t("“{officer}” has no role in this ledger.", "List the roles: sledger admin officer list"),
        # units
        "unit_unknown": _t("There is no unit “{unit}”.", "Check the code, or establish the unit first."),
        "unit_code_used": _t(
            "The unit code “{unit}” is already in use or was used before.",
            "Choose another code; a code is never used twice.",
        ),
        "unit_not_existing": _t(
            "The unit “{unit}” does not exist on {date}.", "Name the unit that exists on that day, or check the date."
        ),
        "parent_required": _t("A unit of kind {kind} needs a parent.", "Name the unit it belongs to."),
        "not_dispatched": _t(
            "Only a dispatched office can be stationed at another unit.",
            "Leave stationed_at out, or check the unit's kind.",
        ),
        "unit_cycle": _t(
            "“{unit}” would stand above itself on {date}.",
            "Choose a parent or successor that is not below it; move that unit out first.",
        ),
        "unit_in_use": _t(
            "“{unit}” cannot end on {date}: {count} still depend on it ({examples}).",
            "Transfer the people, end the secondments and move the units first.",
        ),
        # quotas
        "no_quota_record": _t("“{unit}” has no number of {establishment} posts on {date}.", "Set the number first."),
        "quota_below_zero": _t(
            "The {establishment} posts of “{unit}” would fall to {posts} on {date}.",
            "Check the number; it never falls below 0.",
        ),
        "grant_unknown": _t(
            "“{entry}” is not a temporary grant of {establishment} posts in force at “{unit}” on {date}.",
            "Name the entry that made the grant, or leave it out to end the whole number.",
        ),
        # people
        "person_unknown": _t(
            "There is no person “{person}” on that day.", "Check the number, or record the hire first."
        ),
        "already_on_register": _t(
            "“{person}” is already on the register on {date}.", "Record a transfer, or the departure first."
        ),
        "not_on_register": _t(
            "“{person}” is not on the register on {date}.", "Check the date, or record the hire first."
        ),
        "charge_unchanged": _t(
            "“{person}” is already charged to “{unit}” as {establishment} on {date}.",
            "Name another unit or kind, or leave the entry out.",
        ),
        "return_first": _t(
            "“{person}” is seconded to “{host}” on {date} and cannot be transferred to “{unit}”.",
            "Record the return first.",
        ),
        "secondment_running": _t(
            "“{person}” is already seconded to “{host}” on {date}.",
            "Record the return first, or extend the secondment.",
        ),
        "internal_duty": _t(
            "“{host}” and “{unit}” belong to one and the same unit, so this is an internal duty, not a secondment.",
            "Record nothing, or a transfer if the post moves too.",
        ),
        "no_secondment": _t(
            "“{person}” has no running secondment on {date}.", "Check the date, or record the start first."
        ),
        "not_later": _t(
            "The new last day {until} is not later than the present one, {current}.",
            "Give a later last day; to shorten a term, correct its entry.",
        ),
        "already_on_leave": _t("“{person}” is already on leave on {date}.", "Record the end of that leave first."),
        "not_on_leave": _t("“{person}” is not on leave on {date}.", "Check the date, or record the start first."),
        "position_held": _t(
            "“{person}” already holds the position “{title}” on {date}.",
            "Relieve first, or give the position's own title.",
        ),
        "position_not_held": _t(
            "“{person}” does not hold the position “{title}” on {date}.", "Check the title and the date."
        ),
        # the rest of the timeline
        "breaks_other_entry": _t(
            "With this entry, “{other}” ({other_type}, effective {other_date}) could not stand: {because}",
            "Reverse or correct “{other}” first, then record this entry.",
        ),
        "over_quota": _t(
            "“{unit}” would have {on_roll} {establishment} people for {quota} posts on {date}.",
            "The policy forbids going over the quota: raise the number first, or choose another unit.",
        ),
        # alerts
        "alert_unknown": _t(
            "There is no alert no. {alert}.", "List the alerts and give the number in the first column."
        ),
        "alert_closed": _t(
            "Alert no. {alert} is closed ({state}).",
            "Nothing needs to be done about it; if the finding comes back, a scan opens it again.",
        ),
        "alert_changed": _t(
            "Something has become of alert no. {alert} since you looked at it.",
            "Look at it again; if it is still to be done, do it once more.",
        ),
        "already_acknowledged": _t(
            "Alert no. {alert} was already acknowledged by {officer}.", "Read its history; it needs no second one."
        ),
        "scan_ahead": _t(
            "A scan for {date} is not possible before that day; today is {today}.",
            "Ask for the findings of that day: they tell what is to come without telling anybody.",
        ),
        "until_in_past": _t("The last day {until} lies before today, {today}.", "Give today or a later day."),
        "waiver_without_document": _t(
            "Alert no. {alert} cannot be waived without a document.",
            "Give the number of the document that allows it; to be left alone for some days, snooze it.",
        ),
        "waiver_without_end": _t(
            "Alert no. {alert} cannot be waived for ever.", "Give the last day on which the document holds."
        ),
        # identity numbers
        "id_number_wrong": _t(
            "What was given is not an identity number.",
            "Compare it with the document: 18 signs, and the last one must fit the others.",
        ),
        "id_number_taken": _t(
            "This identity number already belongs to the person “{other}”.",
            "Find out whether “{person}” and “{other}” are one person who was recorded twice.",
        ),
        "id_number_absent": _t(
            "No identity number is kept for “{person}”.", "List who has one: sledger admin id-number list"
        ),
    }
)
"""Code -> text; the order is the order of precedence."""
