"""Who may do what: one pure fold of the grants, and what a role forbids (spec 2.1, docs/decisions/0023).

Without any grant the ledger is open to all. The first grant makes an admin of whoever records it, and the last admin
stays: so nobody is ever locked out by the first, and the ledger never falls open again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from ledger.domain.acts import AccessAct, Act, AlertAct, IdNumberErased, RoleGranted, RoleRemoved, ScanFinished
from ledger.domain.entries import PersonDescribed, PersonEntry, PolicyAdopted, SecondmentEnded
from ledger.domain.events import Recorded
from ledger.domain.facts import Fact
from ledger.domain.faults import N_
from ledger.domain.periods import ChargePeriod, charge_periods
from ledger.domain.person import Timeline
from ledger.domain.refusals import RefusalText, Refused
from ledger.domain.terms import Role
from ledger.domain.time import Day
from ledger.domain.units import Structure


class Deed(StrEnum):
    """What is written: entries, acts about alerts and scans, or what keeps the ledger (roles, seals, tables)."""

    RECORD = "record"
    ALERT = "alert"
    KEEP = "keep"


MAY: Mapping[Deed, tuple[Role, ...]] = MappingProxyType(
    {
        Deed.RECORD: (Role.OFFICER, Role.ADMIN),
        Deed.ALERT: (Role.ALERT_ADMIN, Role.OFFICER, Role.ADMIN),
        Deed.KEEP: (Role.ADMIN,),
    }
)
"""Which roles may do it."""


def deed_of(act: Act) -> Deed:
    """What an act is."""
    if isinstance(act, AccessAct | IdNumberErased):
        return Deed.KEEP
    return Deed.ALERT if isinstance(act, AlertAct | ScanFinished) else Deed.RECORD


OPEN = "open_to_all"
"""The role of everybody while nothing is granted."""
NONE = "none"
"""The role of somebody to whom nothing is granted although others have roles."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not permitted: a message id and what fills it."""

    sentence: str
    params: Mapping[str, object]

    @property
    def text(self) -> RefusalText:
        """As a refusal has it."""
        return RefusalText(self.sentence, "")

    def __str__(self) -> str:
        return self.sentence.format_map(self.params)


@dataclass(frozen=True, slots=True)
class Grant:
    """The role somebody has. `units`: an officer's, with everything below them; empty for the whole ledger.

    `position`, `granted_by`, `granted_at` (microseconds UTC) are those of the newest act that made it so.
    """

    officer: str
    role: Role
    units: tuple[str, ...]
    position: int
    granted_by: str
    granted_at: int


@dataclass(frozen=True, slots=True)
class Access:
    """All roles as they stand, by officer."""

    grants: Mapping[str, Grant]

    @property
    def open(self) -> bool:
        """Nothing is granted: everybody may do everything."""
        return not self.grants

    def role_of(self, officer: str) -> str:
        """A role, `open_to_all` or `none`."""
        if self.open:
            return OPEN
        found = self.grants.get(officer)
        return NONE if found is None else found.role.value

    def units_of(self, officer: str) -> tuple[str, ...]:
        """The units an officer is limited to; empty for no limit."""
        found = self.grants.get(officer)
        return () if found is None else found.units

    def forbids(self, officer: str, deed: Deed, *, whole: bool = False) -> Refused | None:
        """Why this officer may not do this; None when it is fine. `whole`: it concerns more than some units."""
        if self.open:
            return None
        found = self.grants.get(officer)
        if found is None:
            return _refused(officer, N_("nobody has given {officer} a role in this ledger"))
        if found.role not in MAY[deed]:
            text = N_("this takes one of the roles {needed}; {officer} has the role {role}")
            return _refused(officer, text, needed=[role.value for role in MAY[deed]], role=found.role.value)
        if whole and found.units:
            text = N_("this concerns the whole ledger, and {officer} is an officer of {units} only")
            return _refused(officer, text, units=found.units)
        return None

    def outside(self, officer: str, units: Sequence[str], day: Day, structure: Structure) -> Refused | None:
        """Why an officer of some units may not touch what concerns these; None when one of them is the officer's.

        What is gone belongs where it was last.
        """
        own = self.units_of(officer)
        if not own or any(set(own) & set(_path(structure, unit, day)) for unit in units):
            return None
        told = {"unit": list(units), "units": own, "date": date.fromordinal(day)}
        for unit in own:
            into = structure.canonical(unit, day)
            if into not in (None, unit):  # what was granted for a unit is not granted for the one that took it in
                text = N_(
                    "{unit} does not belong to {units} on {date}; {gone} was merged into {into} before, "
                    "and {officer} needs a new grant, for {into}"
                )
                return _refused(officer, text, **told, gone=unit, into=into)
        return _refused(officer, N_("{unit} does not belong to {units} on {date}"), **told)

    def judge(self, officer: str, side: Side, new: Fact | None, removed: Fact | None) -> Refused | None:
        """Why an officer of some units may not make a change, seen from one side of it; None when it is fine.

        What counts is every unit an entry names, and the unit the person is charged to, on its effective date: as it
        stood before the change and as it would stand after, for the entry and for the one it takes out of effect.
        """
        own = self.units_of(officer)
        for fact in (new, removed) if own else ():
            if fact is None:
                continue
            if isinstance(fact.entry, PolicyAdopted):
                return self.forbids(officer, Deed.RECORD, whole=True)
            for units in side.places(fact, arriving=fact is new):
                there = [unit for unit in units if _path(side.structure, unit, fact.day)]
                outside = self.outside(officer, there, fact.day, side.structure) if there else None
                if outside is not None:
                    return outside
        return None


@dataclass(frozen=True, slots=True)
class Side:
    """All that is recorded, before a change or after it. `timeline`: of a person."""

    structure: Structure
    timeline: Callable[[str], Timeline]
    after: bool = False

    def places(self, fact: Fact, *, arriving: bool) -> Iterator[tuple[str, ...]]:
        """Where a change lies: units of which one must be the officer's. `arriving`: the fact comes into effect."""
        entry = fact.entry
        named = {getattr(entry, key) for key in (*entry.unit_keys, "unit") if hasattr(entry, key)} - {None}
        yield from ((unit,) for unit in sorted(named))
        gone_too = isinstance(entry, PersonDescribed)  # who may describe somebody may so after a departure
        charge = self.charge(entry.person, fact.day, gone_too=gone_too) if isinstance(entry, PersonEntry) else None
        if charge is None:
            return
        if not (arriving and isinstance(entry, SecondmentEnded)):
            yield (charge.unit,)
        elif not self.after:  # who borrows may say that somebody went back: that takes nothing from who lent
            yield (charge.unit, charge.host or charge.unit)

    def charge(self, person: str, day: Day, *, gone_too: bool = False) -> ChargePeriod | None:
        """Where a person is charged on a day; with `gone_too`, or was last."""
        begun = [one for one in charge_periods(self.timeline(person)) if one.d_from <= day]
        return begun[-1] if begun and (gone_too or day < begun[-1].d_to) else None


def _path(structure: Structure, unit: str, day: Day) -> list[str]:
    """The unit and all above it, on the day or on its last one before."""
    ended, _ = structure.ends_on(unit, day)
    return structure.path(unit, min(day, ended - 1))


def _refused(officer: str, reason: str, **params: object) -> Refused:
    return Refused("not_permitted", {"officer": officer, "reason": Reason(reason, {"officer": officer, **params})})


# ---- the fold


def fold_access(recorded: Iterable[Recorded]) -> Access:
    """The roles after these acts, in the order of positions."""
    grants: dict[str, Grant] = {}
    for one in recorded:
        act = one.event.entry
        if isinstance(act, RoleRemoved):
            grants.pop(act.officer, None)
        elif isinstance(act, RoleGranted):
            grants[act.officer] = _after(grants.get(act.officer), act, one)
    return Access(MappingProxyType(grants))


def _after(before: Grant | None, act: RoleGranted, one: Recorded) -> Grant:
    """The newest grant holds; an officer of one unit who gets another has both."""
    units: tuple[str, ...] = () if act.unit is None else (act.unit,)
    if before is not None and before.units and units:
        units = tuple(dict.fromkeys((*before.units, *units)))
    return Grant(act.officer, act.role, units, one.position, one.event.recorded_by, one.recorded_at)


def decide_access(access: Access, act: AccessAct, by: str, structure: Structure, today: Day) -> Refused | None:
    """Why `by` may not give or take a role; None when it is fine."""
    forbidden = access.forbids(by, Deed.KEEP)
    if forbidden is not None:
        return forbidden
    first_admin = isinstance(act, RoleGranted) and (act.officer, act.role) == (by, Role.ADMIN)
    if access.open and not first_admin:
        return Refused("first_admin", {"officer": by})
    held = access.grants.get(act.officer)
    if isinstance(act, RoleRemoved) and held is None:
        return Refused("role_not_held", {"officer": act.officer})
    admins = {grant.officer for grant in access.grants.values() if grant.role is Role.ADMIN}
    stays = isinstance(act, RoleGranted) and act.role is Role.ADMIN
    if admins == {act.officer} and not stays:
        return Refused("last_admin", {"officer": act.officer})
    if isinstance(act, RoleGranted) and act.unit is not None:
        if act.role is not Role.OFFICER:
            expected = N_("nothing: only the role officer is given for a unit")
            return Refused("bad_value", {"key": "unit", "value": act.unit, "expected": expected})
        if not structure.exists(act.unit, today):
            return Refused("unit_unknown", {"unit": act.unit})
    return None
