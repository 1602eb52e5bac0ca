"""What can keep the ledger from answering or recording at all; refusals by a rule are in `refusals`.

    LedgerFault
    |-- CannotOpen            exit 4: the ledger cannot be opened, is damaged or newer (spec 2.1)
    |   |-- LedgerMissing         nothing at the address
    |   |-- LedgerExists          `init` where something already is
    |   |-- NotALedger            a file or database of something else
    |   |-- LedgerNewer           made or extended by a newer program
    |   |-- LedgerDamaged         contents that this program never writes
    |   |-- LedgerUnreadable      no permission, or the server cannot be reached
    |   |-- LedgerReadOnly        reading works, recording does not
    |   |-- AnotherLogins         a file that belongs to another login of this machine
    |   |-- OnAShare              a file on a share of another machine
    |   |-- StorageNotDurable     the database would acknowledge what a power cut can take back
    |   `-- DiskFull              no space left
    |-- CannotNow             exit 5: conflict or busy, try again
    |   |-- LedgerBusy            somebody else is writing
    |   |   `-- LedgerHeld            a login of the server is, by name
    |   |-- LedgerConflict        the ledger changed under an unfinished record
    |   `-- UnsafeSharing         a SQLite too old to share a write-ahead log safely
    |-- NotPermitted          exit 3: the officer's role does not allow it
    `-- WrongUsage            exit 2: the question or the address is wrong
        |-- BadAddress            not a path, `sqlite:///` or `postgresql://`
        |-- DatesReversed         a period that ends before it begins
        |-- NothingThere          a position that no entry has yet
        `-- UnknownName           no such unit, person, entry, measure or rule
            |-- UnknownUnit
            |-- UnknownPerson
            |-- UnknownEntry
            |-- UnknownMeasure
            `-- UnknownRule

A fault says one sentence and one remedy. Both are English message ids with `{parameters}`, translated where they are
shown; `str(fault)` is the English sentence filled in. An address never shows a password.
"""

from __future__ import annotations

from typing import Any, ClassVar


def N_(message: str) -> str:
    """Marks an English message id for the catalogues; the text itself comes back."""
    return message


class LedgerFault(Exception):
    """The root. `params` fill the placeholders of `sentence` and `remedy`."""

    code: ClassVar[str] = "ledger_fault"
    """Stable English code, for `--json`."""
    exit_status: ClassVar[int] = 4
    """Exit status of the command line (spec 2.1)."""
    sentence: ClassVar[str] = N_("The ledger {ledger} cannot be used.")
    remedy: str = N_("Run the command again with --debug and show the output to whoever keeps the system.")

    def __init__(self, **params: Any) -> None:
        self.params: dict[str, Any] = params
        super().__init__(_filled(self.sentence, params))


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _filled(message: str, params: dict[str, Any]) -> str:
    return message.format_map(_Missing(params))


class CannotOpen(LedgerFault):
    """Exit 4: could not be opened, is damaged, or is newer than this program (spec 2.1)."""

    code = "cannot_open"


class LedgerMissing(CannotOpen):
    """There is nothing at the address. A typing error must not make a new ledger (spec 2.3). `ledger`."""

    code = "ledger_missing"
    sentence = N_("There is no ledger at {ledger}.")
    remedy = N_("Check the path or address, or make a new ledger with: sledger init")


class LedgerExists(CannotOpen):
    """Creating would overwrite something. `ledger`."""

    code = "ledger_exists"
    sentence = N_("There is already something at {ledger}; nothing was changed.")
    remedy = N_("Choose another place for the new ledger, or open the existing one.")


class NotALedger(CannotOpen):
    """The file or database holds something else; it was not changed. `ledger`."""

    code = "not_a_ledger"
    sentence = N_("{ledger} is not a Secondment Ledger; it was not changed.")
    remedy = N_("Check the path or address.")


class LedgerNewer(CannotOpen):
    """A newer program made or extended the ledger; nothing was written. `ledger`, `found`, `known` (format numbers)."""

    code = "ledger_newer"
    sentence = N_("{ledger} has format {found}; this program knows formats up to {known}.")
    remedy = N_("Install the newest version of Secondment Ledger, then try again.")


class EntryNewer(LedgerNewer):
    """An entry of a kind or version this program does not know. `topic`, `found`, `known` (class versions)."""

    sentence = N_("The ledger holds an entry “{topic}” of version {found}; this program knows version {known}.")


class LedgerDamaged(CannotOpen):
    """Contents that this program never writes. `ledger` or `position`, and `detail` from the database if any."""

    code = "ledger_damaged"
    sentence = N_("The ledger is damaged ({detail}).")
    remedy = N_("Do not record anything. Run sledger verify, and restore the newest good backup.")


class LedgerUnreadable(CannotOpen):
    """No permission, or no server answers. `ledger`, `detail`."""

    code = "ledger_unreadable"
    sentence = N_("{ledger} cannot be opened: {detail}")
    remedy = N_("Check the permissions of the file and its folder, or the address, name and password of the server.")


class LedgerReadOnly(CannotOpen):
    """Recording is not possible here; reading may be. `ledger`."""

    code = "ledger_read_only"
    sentence = N_("{ledger} can only be read here; nothing was recorded.")
    remedy = N_("Ask whoever keeps the ledger for the right to write to it, and to its folder.")


class AnotherLogins(CannotOpen):
    """A SQLite file of another login: whoever reads it can leave journals its owner cannot write. `ledger`, `owner`."""

    code = "another_login"
    sentence = N_("{ledger} belongs to another login ({owner}); reading it there could shut its owner out.")
    remedy = N_(
        "Ask for a backup and restore it for yourself: sledger backup FILE, then sledger restore FILE NEW; "
        "or keep the ledger on PostgreSQL."
    )


class OnAShare(CannotOpen):
    """A SQLite file on a network share, where two programs can write at once. `ledger`, `share`."""

    code = "network_share"
    sentence = N_("{ledger} lies on a network share ({share}): programs on two machines could damage it.")
    remedy = N_("Keep the file on a disk of this machine; for several machines use a ledger on PostgreSQL.")


class StorageNotDurable(CannotOpen):
    """A setting lets a power cut take back what was acknowledged. `ledger`, `setting`, `found`."""

    code = "storage_not_durable"
    sentence = N_("{ledger} runs with {setting} = {found}: a power cut could take back recorded entries.")
    remedy = N_("Set {setting} back to its safe value on the database server.")


class DiskFull(CannotOpen):
    """No space is left; nothing of this entry was recorded, reading goes on. `ledger`."""

    code = "disk_full"
    sentence = N_("The disk that holds {ledger} is full; nothing was recorded.")
    remedy = N_("Free some space, then record the entry again.")


class CannotNow(LedgerFault):
    """Exit 5: conflict or busy, try again (spec 2.1)."""

    code = "cannot_now"
    exit_status = 5


class LedgerBusy(CannotNow):
    """Somebody else held the ledger for longer than the waiting time. `ledger`, `seconds`."""

    code = "ledger_busy"
    sentence = N_("{ledger} is in use: another program has been writing for {seconds} seconds; nothing was recorded.")
    remedy = N_("Try again in a moment.")


class LedgerHeld(LedgerBusy):
    """On a server, which knows whose turn it is. `ledger`, `seconds` waited, `login`, `process` of the server."""

    code = "ledger_held"
    sentence = N_(
        "{ledger} is in use: after {seconds} seconds of waiting the login {login} is still writing; "
        "nothing was recorded."
    )
    remedy = N_(
        "Try again in a moment. If it goes on, ask {login} to finish; whoever keeps the server can end it with: "
        "SELECT pg_terminate_backend({process})"
    )


class LedgerConflict(CannotNow):
    """What was to be recorded rests on a state the ledger has left behind. `ledger`, `detail`."""

    code = "ledger_conflict"
    sentence = N_("The ledger changed while the entry was being recorded; nothing was recorded ({detail}).")
    remedy = N_("Look at the present state and record the entry again.")


class UnsafeSharing(CannotNow):
    """This SQLite may damage a write-ahead log it shares (docs/decisions/0003). `ledger`, `version` of SQLite."""

    code = "unsafe_sharing"
    sentence = N_("{ledger} is open in another program, and SQLite {version} cannot safely share it.")
    remedy = N_("Close the other programs that use this ledger and try again, or install: pip install pysqlite3")


class NotPermitted(LedgerFault):
    """The officer's role does not allow what would be written, where no refusal of an entry can say so.

    `refused`: the refusal `not_permitted`; `officer` and `reason` are its own.
    """

    code = "not_permitted"
    exit_status = 3
    sentence = N_("{officer} may not record this: {reason}.")
    remedy = N_("Ask an officer with the right role to record it.")

    def __init__(self, refused: Any = None, **params: Any) -> None:
        super().__init__(**(params if refused is None else refused.params))
        self.refused = refused


class WrongUsage(LedgerFault):
    """Exit 2: wrong usage (spec 2.1)."""

    code = "wrong_usage"
    exit_status = 2


class BadAddress(WrongUsage):
    """Not a file path, `sqlite:///` or `postgresql://` address. `ledger`."""

    code = "bad_address"
    sentence = N_("{ledger} is not an address of a ledger.")
    remedy = N_("Give a file path, sqlite:///PATH or postgresql://HOST/DATABASE.")


class NoRoles(WrongUsage):
    """Roles of a database were asked for where there is no server. `ledger`."""

    code = "no_roles"
    sentence = N_("{ledger} is a file: only a server has logins and roles of its own.")
    remedy = N_("Leave this out; what protects a file are the rights of the system to it.")


class NotTheOwner(WrongUsage):
    """Only the owner of a ledger on a server, with the right to create roles, can set up its roles. `ledger`."""

    code = "not_the_owner"
    sentence = N_("This login may not make roles for {ledger}.")
    remedy = N_("Use the login that owns the ledger's tables, with the right to create roles (CREATEROLE).")


class DatesReversed(WrongUsage):
    """A period that ends before it begins. `start`, `end`."""

    code = "dates_reversed"
    sentence = N_("{start} lies after {end}.")
    remedy = N_("Give the earlier date first.")


class NothingThere(WrongUsage):
    """A position that no entry has yet. `position`, `newest`."""

    code = "nothing_there"
    sentence = N_("Nothing is recorded at position {position} yet: the ledger ends at {newest}.")
    remedy = N_("Give a position of the ledger, or leave it out for all that is known.")


class UnknownName(WrongUsage):
    """A name in a question that the ledger does not know. `name`, `nearest` (text, may be empty)."""

    code = "unknown_name"
    sentence = N_("The ledger does not know “{name}”.")
    remedy = N_("Check the spelling. Nearest known: {nearest}")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        if not params.get("nearest"):
            self.remedy = N_("Check the spelling.")


class UnknownUnit(UnknownName):
    """No unit with this code at (D, K). `name`, `nearest`."""

    code = "unknown_unit"
    sentence = N_("There is no unit “{name}” in the ledger.")


class UnknownPerson(UnknownName):
    """No person with this number at K. `name`, `nearest`."""

    code = "unknown_person"
    sentence = N_("There is no person “{name}” in the ledger.")


class PersonNotUnique(WrongUsage):
    """Several people bear the name a question is asked with. `name`, `people` (numbers with their units)."""

    code = "person_not_unique"
    sentence = N_("Several people are called “{name}”: {people}.")
    remedy = N_("Ask with the number of the person.")


class UnknownEntry(UnknownName):
    """No entry with this id or position at K. `name`, `nearest`."""

    code = "unknown_entry"
    sentence = N_("There is no entry “{name}” in the ledger.")


class UnknownMeasure(UnknownName):
    """No such number is counted. `name`, `nearest`."""

    code = "unknown_measure"
    sentence = N_("There is no measure “{name}”.")


class UnknownRule(UnknownName):
    """No finding is made by such a rule. `name`, `nearest`."""

    code = "unknown_rule"
    sentence = N_("There is no rule “{name}”.")


class UnknownAlert(UnknownName):
    """No alert was raised at this position. `name`, `nearest`."""

    code = "unknown_alert"
    sentence = N_("There is no alert no. {name} in the ledger.")
