"""What is recorded beside the entries of spec 2.2: what becomes of alerts, which scans were made, who may do what.

An act is an event like any other, with a position, an officer, an instant and its link in the chain. It states nothing
about people or units: it cannot be recorded, imported, exported, reversed or corrected as an entry, and no fold of a
person, a unit or the policy sees it (decision 0015). Names and stored forms are for ever, as those of entries.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field, Strict, StringConstraints

from ledger.domain.entries import Entry, IsoDate
from ledger.domain.terms import Role, Severity
from ledger.domain.text import Code, Line, Name

Position = Annotated[int, Strict(), Field(ge=1, lt=2**31)]
"""The position of an event; of an alert, that of its raising."""
Known = Annotated[int, Strict(), Field(ge=0, lt=2**31)]
"""What was known: the position of an entry, 0 for nothing."""
Subject = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2000)]
"""A finding's subject, spelled by the program as spec 1.6 says."""


class Act(Entry):
    """Something done in the ledger that is no entry; `stream_kind` is the first part of its stream and topic."""

    stream_kind: ClassVar[str]


class _Seen(Act):
    """What a scan found: the date it was made for, and the position of the newest entry it knew."""

    as_of: IsoDate
    known_at: Known


class AlertAct(Act):
    """Something that becomes of an alert; it lives in the alert's stream."""

    stream_kind: ClassVar[str] = "alert"


class AlertRaised(_Seen, AlertAct):
    """A finding is told: rule, subject and first day are the alert's identity, the position its id.

    `supersedes`: the alert whose first day moved to this one's.
    """

    type: Literal["alert_raised"] = "alert_raised"
    rule: Code
    subject: Subject
    first_true_on: IsoDate
    severity: Severity
    units: tuple[Code, ...]
    person: Code | None = None
    supersedes: Position | None = None
    evidence: dict[str, Any]


class AlertRegraded(_Seen, AlertAct):
    """The same finding weighs more, or less, than when it was last told."""

    type: Literal["alert_regraded"] = "alert_regraded"
    alert: Position
    severity: Severity
    evidence: dict[str, Any]


class AlertAcknowledged(AlertAct):
    """Somebody has taken note, and says so."""

    type: Literal["alert_acknowledged"] = "alert_acknowledged"
    alert: Position


class AlertSnoozed(AlertAct):
    """Not to be shown as open up to and including a day."""

    type: Literal["alert_snoozed"] = "alert_snoozed"
    alert: Position
    until: IsoDate


class AlertWaived(AlertAct):
    """Tolerated, by the document that `authority` names, up to and including a day."""

    type: Literal["alert_waived"] = "alert_waived"
    alert: Position
    until: IsoDate


class AlertCleared(_Seen, AlertAct):
    """The finding is gone: by an entry (its id), or because time went on: since `lapsed_on`."""

    type: Literal["alert_cleared"] = "alert_cleared"
    alert: Position
    entry: Line | None = None
    lapsed_on: IsoDate | None = None


class AlertSuperseded(_Seen, AlertAct):
    """Only the first day moved: the alert `by` takes over, with acknowledgement, snooze and waiver."""

    type: Literal["alert_superseded"] = "alert_superseded"
    alert: Position
    by: Position


class AlertReopened(_Seen, AlertAct):
    """The same identity is true again, or its waiver has ended."""

    type: Literal["alert_reopened"] = "alert_reopened"
    alert: Position
    reason: Literal["true_again", "waiver_ended"]


class AlertLetterMade(AlertAct):
    """A letter was made about it: which one, under which file name, with which content."""

    type: Literal["alert_letter_made"] = "alert_letter_made"
    alert: Position
    letter: Code
    file: Line
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ScanFinished(_Seen):
    """All findings of a date were compared with the alerts; `findings`: how many there were."""

    type: Literal["scan_finished"] = "scan_finished"
    findings: Known
    stream_kind: ClassVar[str] = "scan"


class IdNumberAct(Act):
    """Something done with a person's identity number, which itself stands in no event (decision 0024)."""

    stream_kind: ClassVar[str] = "id_number"
    person: Code


class IdNumberSet(IdNumberAct):
    """A number was kept for the person, in the place of one before."""

    type: Literal["id_number_set"] = "id_number_set"


class IdNumberShown(IdNumberAct):
    """The whole number was shown to the officer; `reason`: what for."""

    type: Literal["id_number_shown"] = "id_number_shown"
    reason: Line


class IdNumberErased(IdNumberAct):
    """The number was taken away for good."""

    type: Literal["id_number_erased"] = "id_number_erased"
    reason: Line


class DocumentAttached(Act):
    """The scan of a document was kept (by its content) and belongs to an entry; `file`: what it was called."""

    type: Literal["document_attached"] = "document_attached"
    stream_kind: ClassVar[str] = "document"
    entry: Position
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    file: Line


class AccessAct(Act):
    """Something about who may do what; `officer` is the name a login records under."""

    stream_kind: ClassVar[str] = "access"
    officer: Name


class RoleGranted(AccessAct):
    """Somebody has a role from now on; `unit`: an officer for this unit and everything below it only."""

    type: Literal["role_granted"] = "role_granted"
    role: Role
    unit: Code | None = None


class RoleRemoved(AccessAct):
    """Somebody has no role any more."""

    type: Literal["role_removed"] = "role_removed"


SCANS = "scan"
"""The stream of the scans."""
ACCESS = "access"
"""The stream of the grants."""

ACTS: tuple[type[Act], ...] = (
    AlertRaised,
    AlertRegraded,
    AlertAcknowledged,
    AlertSnoozed,
    AlertWaived,
    AlertCleared,
    AlertSuperseded,
    AlertReopened,
    AlertLetterMade,
    ScanFinished,
    IdNumberSet,
    IdNumberShown,
    IdNumberErased,
    DocumentAttached,
    RoleGranted,
    RoleRemoved,
)
ACT_TYPES: dict[str, type[Act]] = {get_args(act.model_fields["type"].annotation)[0]: act for act in ACTS}
"""Act type -> its class; another family of acts is added to `ACTS` with its own `stream_kind`."""


def alert_stream(rule: str, subject: str, first_true_on: date) -> str:
    """The stream of an alert: its identity (spec 3.2.3)."""
    return f"alert:{rule}:{subject}:{first_true_on.isoformat()}"
