"""Units that lent out, or lack at their desks, more of their people than they can bear (spec 1.6).

Sources: the seed report S0 (14 of 46 away, 30 at their desks); a county's cap on people lent out of a town. The
percentages are those of the policy in force on each day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ledger.domain.findings.finding import Severity
from ledger.domain.findings.rules import Court, Evidence, Rule, clause
from ledger.domain.findings.series import Series
from ledger.domain.findings.truth import Truth
from ledger.domain.policy import Parameters


@dataclass(frozen=True)
class StaffCase:
    """A unit that is neither an internal office nor a task force, with all below it.

    `seconded`, `ill`: positions of the entries that started the secondments out of it and the leaves on D.
    """

    unit: str
    on_roll: Series
    seconded_out: Series
    on_leave: Series
    quota: int | None
    seconded: tuple[int, ...]
    ill: tuple[int, ...]

    @cached_property
    def present(self) -> Series:
        """On roll and neither seconded out nor on leave."""
        return self.on_roll - self.seconded_out - self.on_leave


def depleted(on_roll: int, seconded_out: int, percent: int) -> bool:
    """Whether at least so many of a hundred are seconded out, in whole numbers."""
    return on_roll > 0 and 100 * seconded_out >= percent * on_roll


def low(on_roll: int, present: int, percent: int) -> bool:
    """Whether fewer than so many of a hundred are present, in whole numbers."""
    return on_roll > 0 and 100 * present < percent * on_roll


def _depleted(case: StaffCase, court: Court) -> Truth:
    def judged(parameters: Parameters) -> Truth:
        percent = parameters["depleted_percent"][0]
        return Truth.of(case.on_roll.with_(case.seconded_out, lambda one, out: depleted(one, out, percent)).runs(bool))

    return court.policies.each(0, court.day + 1, judged)


def _low(case: StaffCase, court: Court) -> Truth:
    def judged(parameters: Parameters) -> Truth:
        percent = parameters["present_percent"][0]
        return Truth.of(case.on_roll.with_(case.present, lambda one, here: low(one, here, percent)).runs(bool))

    return court.policies.each(0, court.day + 1, judged)


def _told(case: StaffCase, court: Court, parameter: str) -> Evidence:
    day = court.day
    return {
        "on_roll": case.on_roll.at(day),
        "seconded_out": case.seconded_out.at(day),
        "on_leave": case.on_leave.at(day),
        "present": case.present.at(day),
        "quota": case.quota,
        **clause(court.policies.reign(day), parameter),
    }


def _tell_depleted(case: StaffCase, court: Court) -> tuple[Severity, Evidence]:
    told = _told(case, court, "depleted_percent")
    high = depleted(told["on_roll"], told["seconded_out"], court.policies.on(court.day)["depleted_percent"][1])
    return Severity.HIGH if high else Severity.MEDIUM, {**told, "entries": case.seconded}


def _tell_low(case: StaffCase, court: Court) -> tuple[Severity, Evidence]:
    told = _told(case, court, "present_percent")
    high = low(told["on_roll"], told["present"], court.policies.on(court.day)["present_percent"][1])
    return Severity.HIGH if high else Severity.MEDIUM, {**told, "entries": (*case.seconded, *case.ill)}


HOME_DEPLETED = Rule("home_depleted", _depleted, _tell_depleted, lambda case, _: f"unit:{case.unit}")
"""借出过量: seconded out / on roll of the subtree reaches 10 % (medium) or 20 % (high) (spec 1.6)."""
PRESENT_LOW = Rule("present_low", _low, _tell_low, lambda case, _: f"unit:{case.unit}")
"""在岗率低: present / on roll of the subtree is below 80 % (medium) or 70 % (high) (spec 1.6)."""
