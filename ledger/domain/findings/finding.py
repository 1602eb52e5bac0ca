"""A finding, and the closed list of rules (spec 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from ledger.domain.terms import Severity

__all__ = ["RULES", "Finding", "Severity", "State"]


class State(StrEnum):
    """What a row says: the rule holds, or an input is missing (never a silent pass)."""

    TRUE = "true"
    INSUFFICIENT = "insufficient_data"


RULES: tuple[str, ...] = (
    "overdue_secondment",
    "secondment_expiring",
    "open_ended_secondment",
    "no_authority",
    "term_over_limit",
    "cumulative_over_limit",
    "extended_too_often",
    "extension_late",
    "paper_return",
    "reborrowed",
    "long_away",
    "de_facto_transfer",
    "de_facto_transfer_near",
    "label_evasion",
    "probation_secondment",
    "minimum_service",
    "upward_from_grassroots",
    "host_full",
    "home_depleted",
    "present_low",
    "over_quota",
    "over_leader_quota",
    "kind_mismatch",
    "freeze_violated",
    "temporary_quota_expired",
    "orphan_quota",
    "split_mismatch",
    "ratio_over",
    "retirement_due",
    "retirement_soon",
    "long_leave",
    "census_mismatch",
    "claim_inconsistent",
    "returned_after_diversion",
)
"""Every rule, in the order of the specification's table."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that holds (or cannot be judged) for one subject on D.

    `subject`: as spec 1.6 spells it. `severity` and `first_true_on` are None where `state` is insufficient_data.
    `evidence`: entry ids (`entries`), dates (ISO text), numbers and the policy clause (`policy`), ready for JSON.
    `units`: codes of the units it concerns on D (home and host, or the unit itself), for filters and recipients.
    `person`: number of the person it concerns. `name`: of the person or unit, to be shown.
    """

    rule: str
    subject: str
    state: State
    severity: Severity | None
    first_true_on: date | None
    evidence: Mapping[str, Any]
    units: tuple[str, ...] = ()
    person: str | None = None
    name: str = field(default="", compare=False)

    @property
    def order(self) -> tuple[str, str]:
        """Answers list findings by rule and subject (spec 2.3)."""
        return (self.rule, self.subject)

    def to_json(self) -> dict[str, Any]:
        """The keys of spec 2.3, and `units` and `name`."""
        return {
            "rule": self.rule,
            "subject": self.subject,
            "state": self.state.value,
            "severity": None if self.severity is None else self.severity.value,
            "first_true_on": None if self.first_true_on is None else self.first_true_on.isoformat(),
            "evidence": dict(self.evidence),
            "units": list(self.units),
            "name": self.name,
        }
