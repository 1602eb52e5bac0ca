"""The rules in force on a day: shipped profiles, laid over by what the office adopts (spec 1.6)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from ledger.domain import profiles
from ledger.domain.entries import PolicyAdopted
from ledger.domain.facts import Fact, Illegal
from ledger.domain.faults import EntryNewer
from ledger.domain.terms import Establishment, Identity, SecondmentKind
from ledger.domain.time import FOREVER, Day

Parameters = Mapping[str, Any]


def _values(shipped: Mapping[str, Mapping[str, profiles.Given]]) -> dict[str, Parameters]:
    """The parameters of every profile of an edition; each is laid over `national`."""
    national = {name: given.value for name, given in shipped["national"].items()}
    return {
        profile: {**national, **{name: given.value for name, given in parameters.items()}}
        for profile, parameters in shipped.items()
    }


EDITIONS: Mapping[int, Mapping[str, Parameters]] = {
    edition: _values(shipped) for edition, shipped in profiles.EDITIONS.items()
}
"""Shipped profiles by edition and name."""

PROFILES: Mapping[str, Parameters] = EDITIONS[profiles.EDITION]
"""Today's shipped profiles, by name (spec 1.6)."""

NATIONAL: Parameters = EDITIONS[1]["national"]
"""The profile in force where nothing was adopted (spec 1.6): that of the first edition, for ever."""


class PolicyStep(NamedTuple):
    """The parameters from a day on."""

    day: Day
    cause: int
    parameters: Parameters


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000


def _wholes(count: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and len(value) == count and all(map(_whole, value))


def _iso_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _listed(value: object, known: Iterable[str]) -> bool:
    """Whether the value is a list of known names."""
    names = set(known)
    return isinstance(value, list) and all(isinstance(one, str) and one in names for one in value)


def _matrix(value: object) -> bool:
    return isinstance(value, dict) and all(
        identity in set(Identity) and _listed(kinds, Establishment) for identity, kinds in value.items()
    )


_CHECKS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "exempt_kinds": (lambda value: _listed(value, SecondmentKind), "a list of secondment kinds"),
    "long_away_months": (_wholes(3), "three whole numbers"),
    "depleted_percent": (_wholes(2), "two whole numbers"),
    "present_percent": (_wholes(2), "two whole numbers"),
    "grassroots_from": (_iso_day, "a date YYYY-MM-DD"),
    "identity_matrix": (_matrix, "a map from identity to a list of establishment kinds"),
    "quota_enforcement": (lambda value: isinstance(value, str) and value in ("soft", "hard"), "soft or hard"),
}
_WHOLE_CHECK = (_whole, "a whole number, 0 or more")


def _contradiction(parameters: Parameters) -> tuple[str, str] | None:
    """The first parameter that contradicts another, and why."""
    for name, smaller, text in (
        ("near_months", "de_facto_months", "it must be smaller than de_facto_months"),
        ("overdue_high_days", "overdue_critical_days", "it must be smaller than overdue_critical_days"),
    ):
        if not parameters[name] < parameters[smaller]:
            return name, text
    if list(parameters["long_away_months"]) != sorted(set(parameters["long_away_months"])):
        return "long_away_months", "the numbers must grow"
    if list(parameters["depleted_percent"]) != sorted(set(parameters["depleted_percent"])):
        return "depleted_percent", "the numbers must grow"
    if list(parameters["present_percent"]) != sorted(set(parameters["present_percent"]), reverse=True):
        return "present_percent", "the numbers must fall"
    return None


def _nearest(name: str, known: Sequence[str]) -> str:
    return next(iter(difflib.get_close_matches(name, known, 1, 0.0)), known[0])


def adopt(parameters: Parameters, fact: Fact) -> Parameters | Illegal:
    """The parameters once a policy is adopted: a profile resets everything, then parameters are laid over."""
    entry = fact.entry
    assert isinstance(entry, PolicyAdopted)
    if entry.profile is None and not entry.parameters:
        return Illegal(fact, "empty_policy", {})
    if entry.profile is not None:
        shipped = EDITIONS.get(fact.edition or profiles.EDITION)
        if shipped is None:
            raise EntryNewer(topic="policy.policy_adopted", found=fact.edition, known=max(EDITIONS))
        if entry.profile not in shipped:
            nearest = _nearest(entry.profile, list(shipped))
            return Illegal(fact, "unknown_profile", {"profile": entry.profile, "nearest": nearest})
        parameters = shipped[entry.profile]
    for name, value in (entry.parameters or {}).items():
        if name not in NATIONAL:
            nearest = _nearest(name, list(NATIONAL))
            return Illegal(fact, "unknown_parameter", {"parameter": name, "nearest": nearest})
        check, expected = _CHECKS.get(name, _WHOLE_CHECK)
        if not check(value):
            return Illegal(fact, "bad_value", {"key": f"parameters.{name}", "value": value, "expected": expected})
    parameters = {**parameters, **(entry.parameters or {})}
    wrong = _contradiction(parameters)
    if wrong is not None:
        name, problem = wrong
        told = {"parameter": name, "value": parameters[name], "problem": problem}
        return Illegal(fact, "contradictory_parameter", told)
    return parameters


def fold_policy(facts: Sequence[Fact]) -> list[PolicyStep] | Illegal:
    """The parameters through time; before the first step `national` holds."""
    steps: list[PolicyStep] = []
    parameters = NATIONAL
    for fact in facts:
        after = adopt(parameters, fact)
        if isinstance(after, Illegal):
            return after
        parameters = after
        step = PolicyStep(fact.day, fact.position, parameters)
        if steps and steps[-1].day == fact.day:
            steps[-1] = step
        else:
            steps.append(step)
    return steps


def in_force(steps: Sequence[PolicyStep], day: Day) -> Parameters:
    """The parameters on a day."""
    found = NATIONAL
    for step in steps:
        if step.day > day:
            break
        found = step.parameters
    return found


def hard_spans(steps: Sequence[PolicyStep]) -> list[tuple[Day, Day]]:
    """The spans of days `[first, last)` on which going over a quota is forbidden (spec 1.3)."""
    ends = [step.day for step in steps[1:]] + [FOREVER]
    return [
        (step.day, end)
        for step, end in zip(steps, ends, strict=False)
        if step.parameters["quota_enforcement"] == "hard"
    ]
