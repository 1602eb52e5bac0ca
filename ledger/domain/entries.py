"""The entries an officer records, one frozen class for each type of spec 2.2."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

from ledger.domain.terms import (
    KIND_MEASURES,
    MEASURES,
    DepartureReason,
    EndReason,
    Establishment,
    FreezeMode,
    Gender,
    Identity,
    LeaveKind,
    Level,
    Precision,
    SecondmentKind,
    UnitKind,
)
from ledger.domain.text import Code, Line, Name, Note, without_unsafe_text

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _iso_date(value: object) -> object:
    """Only a date or `YYYY-MM-DD`: a number or an instant is never silently taken for a date."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("date") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("date")


IsoDate = Annotated[date, BeforeValidator(_iso_date)]
Posts = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
"""A number of posts."""
Change = Annotated[int, Strict(), Field(ge=-1_000_000, le=1_000_000)]
Flag = Annotated[bool, Strict()]
Reference = Annotated[int, Strict(), Field(ge=1, lt=2**31)] | Line
"""An entry named by its position (number) or its id (text)."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Authority(_Frozen):
    """The document an entry rests on (spec 2.2)."""

    document_no: Line | None = None
    issued_by: Line | None = None
    issued_on: IsoDate | None = None
    title: Line | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class Entry(_Frozen):
    """What every entry may carry; `id` is the caller's key (spec 2.2)."""

    type: str
    id: Line | None = None
    authority: Authority | None = None
    note: Note | None = None
    attributes: dict[Name, Note] | None = None
    reviewed_by: Name | None = None

    unit_keys: ClassVar[tuple[str, ...]] = ()
    """Keys that name units which must exist on the effective date."""

    def content(self) -> dict[str, Any]:
        """The entry as JSON values, defaults filled in, null left out, without its id (spec 2.2)."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"id"})


class DatedEntry(Entry):
    """An entry that states something from a date on."""

    effective_on: IsoDate
    effective_precision: Precision = Precision.DAY
    baseline: Flag = False


class UnitEntry(DatedEntry):
    """An entry about a unit; it lives in that unit's stream."""

    unit: Code
    unit_keys: ClassVar[tuple[str, ...]] = ("unit",)


class UnitEstablished(UnitEntry):
    """A unit comes into being; its code is never used twice."""

    type: Literal["unit_established"]
    name: Name
    kind: UnitKind
    level: Level | None = None
    parent: Code | None = None
    stationed_at: Code | None = None
    plates: tuple[Name, ...] | None = None
    unit_keys: ClassVar[tuple[str, ...]] = ("parent", "stationed_at")


class UnitRenamed(UnitEntry):
    """A unit gets another name."""

    type: Literal["unit_renamed"]
    name: Name


class UnitMoved(UnitEntry):
    """A unit gets another parent in the charge tree."""

    type: Literal["unit_moved"]
    parent: Code
    unit_keys: ClassVar[tuple[str, ...]] = ("unit", "parent")


class UnitStationed(UnitEntry):
    """A dispatched office works in another unit; null ends it."""

    type: Literal["unit_stationed"]
    stationed_at: Code | None = None
    unit_keys: ClassVar[tuple[str, ...]] = ("unit", "stationed_at")


class UnitMerged(UnitEntry):
    """A unit ends; its people, quotas and children go along to `into`."""

    type: Literal["unit_merged"]
    into: Code
    unit_keys: ClassVar[tuple[str, ...]] = ("into",)


class UnitAbolished(UnitEntry):
    """A unit ends; nobody may be left in it."""

    type: Literal["unit_abolished"]
    unit_keys: ClassVar[tuple[str, ...]] = ()


class QuotaEntry(UnitEntry):
    """An entry about a unit's number of posts of one kind."""

    establishment: Establishment


class QuotaSet(QuotaEntry):
    """The number from its date on; with `until` a temporary number (spec 1.4)."""

    type: Literal["quota_set"]
    posts: Posts
    until: IsoDate | None = None


class QuotaChanged(QuotaEntry):
    """Adds to the number, or subtracts; with `until` a temporary grant."""

    type: Literal["quota_changed"]
    change: Change
    until: IsoDate | None = None


class QuotaCancelled(QuotaEntry):
    """Ends the unit's record for the kind, or takes one temporary grant away."""

    type: Literal["quota_cancelled"]
    entry: Reference | None = None
    unit_keys: ClassVar[tuple[str, ...]] = ()


class QuotaMoved(QuotaEntry):
    """Posts go along with the work 编随事走: both legs in one entry."""

    type: Literal["quota_moved"]
    to: Code
    posts: Posts
    unit_keys: ClassVar[tuple[str, ...]] = ("to",)


class LeaderQuotaSet(UnitEntry):
    """The number of leader positions of a rank."""

    type: Literal["leader_quota_set"]
    rank: Code
    posts: Posts


class FreezeDeclared(UnitEntry):
    """No more posts, or nobody in, for a time 只减不增 / 只出不进."""

    type: Literal["freeze_declared"]
    mode: FreezeMode
    until: IsoDate
    target: dict[Establishment, Posts] | None = None


_BY_KIND = f"(?:{'|'.join(KIND_MEASURES)})[.](?:{'|'.join(Establishment)})"
_MEASURE = f"^(?:{'|'.join(MEASURES)}|{_BY_KIND}|(?:leaders|leader_quota)[.].+)$"
Measure = Annotated[Line, Field(json_schema_extra={"format": "line", "pattern": _MEASURE})]
"""The name of a number of the headcount; `CensusClaimed` refuses others, which are no wrong text but a wrong name."""


class CensusClaimed(UnitEntry):
    """Numbers a report claims; compared with the ledger, never obeyed."""

    type: Literal["census_claimed"]
    source: Line
    measures: Annotated[dict[Measure, Change], Field(min_length=1)]
    scope: Literal["own", "subtree"] = "subtree"

    @model_validator(mode="after")
    def _known_measures(self) -> Self:
        for name in self.measures:
            if not re.search(_MEASURE, name):
                raise ValueError(f"measure:{name}")
        return self


class PolicyAdopted(DatedEntry):
    """The rules in force from a date on (spec 1.6); at least one of profile and parameters."""

    type: Literal["policy_adopted"]
    profile: Line | None = None
    parameters: Annotated[dict[str, Any], AfterValidator(without_unsafe_text)] | None = None
    source: Line


class PersonEntry(DatedEntry):
    """An entry about a person; it lives in that person's stream."""

    person: Code


class _Describing(PersonEntry):
    gender: Gender | None = None
    born_on: IsoDate | None = None
    born_precision: Precision | None = None
    retirement_age: Annotated[Literal[50, 55, 60], Field()] | None = None
    identity: Identity | None = None


class Hired(_Describing):
    """Enters the register, charged to a unit and kind."""

    type: Literal["hired"]
    name: Name
    unit: Code
    establishment: Establishment
    channel: Line | None = None
    unit_keys: ClassVar[tuple[str, ...]] = ("unit",)


class PersonDescribed(_Describing):
    """Facts about a person; those not given stay as they were."""

    type: Literal["person_described"]
    name: Name | None = None


class Transferred(PersonEntry):
    """Charged to another unit or kind from a date on."""

    type: Literal["transferred"]
    unit: Code
    establishment: Establishment | None = None
    channel: Line | None = None
    unit_keys: ClassVar[tuple[str, ...]] = ("unit",)


class Appointed(PersonEntry):
    """Takes a position; `counts` says whether it uses the leader quota of its rank."""

    type: Literal["appointed"]
    title: Name
    rank: Code | None = None
    counts: Flag = True
    unit: Code | None = None
    unit_keys: ClassVar[tuple[str, ...]] = ("unit",)


class Relieved(PersonEntry):
    """Gives up a position held."""

    type: Literal["relieved"]
    title: Name


class SecondmentStarted(PersonEntry):
    """Works at the host from a date on, stays charged to home; no `until` is an open term."""

    type: Literal["secondment_started"]
    host: Code
    until: IsoDate | None = None
    kind: SecondmentKind = SecondmentKind.LOAN
    reason: Line | None = None
    unit_keys: ClassVar[tuple[str, ...]] = ("host",)


class SecondmentExtended(PersonEntry):
    """A later last day, from the extension's own effective date on."""

    type: Literal["secondment_extended"]
    until: IsoDate


class SecondmentEnded(PersonEntry):
    """The person is back, or was called back."""

    type: Literal["secondment_ended"]
    reason: EndReason = EndReason.RETURNED


class LeaveStarted(PersonEntry):
    """On long leave from a date on."""

    type: Literal["leave_started"]
    kind: LeaveKind


class LeaveEnded(PersonEntry):
    """Back from leave."""

    type: Literal["leave_ended"]


class Departed(PersonEntry):
    """Leaves the register; ends secondment, leave and positions."""

    type: Literal["departed"]
    reason: DepartureReason


class Reversed(Entry):
    """Takes an entry out of effect from this position on 冲正."""

    type: Literal["reversed"]
    entry: Reference
    reason: Line


class Corrected(Entry):
    """Puts a replacement in the place of an entry 更正, as one entry with one position."""

    type: Literal["corrected"]
    entry: Reference
    reason: Line
    replacement: Replacement


Replacement = Annotated[
    UnitEstablished
    | UnitRenamed
    | UnitMoved
    | UnitStationed
    | UnitMerged
    | UnitAbolished
    | QuotaSet
    | QuotaChanged
    | QuotaCancelled
    | QuotaMoved
    | LeaderQuotaSet
    | FreezeDeclared
    | CensusClaimed
    | PolicyAdopted
    | Hired
    | PersonDescribed
    | Transferred
    | Appointed
    | Relieved
    | SecondmentStarted
    | SecondmentExtended
    | SecondmentEnded
    | LeaveStarted
    | LeaveEnded
    | Departed,
    Field(discriminator="type"),
]
"""Every entry that states something from a date on: all but reversal and correction."""

Corrected.model_rebuild()

DATED_TYPES: dict[str, type[DatedEntry]] = {
    get_args(entry.model_fields["type"].annotation)[0]: entry for entry in get_args(get_args(Replacement)[0])
}
ENTRY_TYPES: dict[str, type[Entry]] = {**DATED_TYPES, "reversed": Reversed, "corrected": Corrected}
"""Entry type of spec 2.2 -> its class."""
