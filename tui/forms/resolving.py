"""What resolves a finding: an entry. Which forms come into question, filled in with what the finding is about.

A finding is never closed by hand: it vanishes when an entry takes its ground away, and the preview of the form says
whether it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.forms.catalogue import BY_ID

_LOAN = ("return", "convert")
FORMS: Mapping[str, tuple[str, ...]] = {
    "overdue_secondment": ("return", "extend", "convert"),
    "secondment_expiring": ("return", "extend", "convert"),
    "open_ended_secondment": ("return", "extend", "convert"),
    "no_authority": ("correct", "return"),
    "term_over_limit": ("return", "correct"),
    "cumulative_over_limit": _LOAN,
    "extended_too_often": _LOAN,
    "extension_late": _LOAN,
    "paper_return": _LOAN,
    "reborrowed": _LOAN,
    "long_away": _LOAN,
    "de_facto_transfer": ("convert", "return"),
    "de_facto_transfer_near": ("return", "convert"),
    "label_evasion": ("return", "correct"),
    "probation_secondment": ("return",),
    "minimum_service": ("return",),
    "upward_from_grassroots": ("return",),
    "host_full": _LOAN,
    "home_depleted": ("return", "second"),
    "present_low": ("return", "leave_end", "hire"),
    "over_quota": ("transfer", "quota_change", "depart"),
    "over_leader_quota": ("relieve", "leader_quota"),
    "kind_mismatch": ("transfer", "describe"),
    "freeze_violated": ("reverse",),
    "temporary_quota_expired": ("quota_cancel", "quota"),
    "orphan_quota": ("quota_cancel", "quota_move", "quota_change"),
    "split_mismatch": ("quota", "quota_change", "quota_move"),
    "ratio_over": ("quota_change", "quota_move"),
    "retirement_due": ("retire",),
    "retirement_soon": ("retire",),
    "long_leave": ("leave_end", "depart"),
    "census_mismatch": ("correct",),
    "claim_inconsistent": ("correct",),
    "returned_after_diversion": ("depart", "reverse"),
}
"""Rule -> forms, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Way:
    """A form to be opened with these values, as `host.open_form(way.form, way.values)`."""

    form: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The form's name."""
        return BY_ID[self.form].title


def ways(rule: str, subject: str, evidence: Mapping[str, Any] | None = None) -> tuple[Way, ...]:
    """The forms for a finding, filled in from its subject (spec 1.6) and evidence; the date is left to the officer."""
    told = parts_of(subject)
    found = []
    for form in FORMS.get(rule, ()):
        spec = BY_ID[form]
        values: dict[str, object] = {}
        if spec.subject == "person" and "person" in told and form != "hire":
            values["person"] = told["person"]
        if spec.subject == "unit" and "unit" in told:
            values["unit"] = told["unit"]
            values |= {key: told[key] for key in ("establishment", "rank") if key in told}
        if spec.subject == "entry" or form == "quota_cancel":
            values |= _entry(told, evidence or {})
        found.append(Way(form, values))
    return tuple(found)


_ENTRIES = ("secondment", "leave", "hire", "grant", "claim", "entry")


def parts_of(subject: str) -> dict[str, str]:
    """A subject in its parts: `unit:T01/support/grant:<id>` is unit T01, establishment support, grant <id>."""
    found: dict[str, str] = {}
    head, _slash, rest = subject.partition("/")
    kind, _colon, code = head.partition(":")
    found[kind] = code
    while rest:
        name, colon, after = rest.partition(":")
        if colon and name in (*_ENTRIES, "leader", "freeze", "left") and "/" not in name:
            entry, marker, more = after.partition("/entry:") if name == "freeze" else (after, "", "")
            measure = entry.rpartition("/") if name == "claim" else None
            found[name] = measure[0] if measure and measure[1] else entry
            rest = f"entry:{more}" if marker else ""
        else:
            establishment, _slash, rest = rest.partition("/")
            found["establishment"] = establishment
    if "leader" in found:
        found["rank"] = found.pop("leader")
    return found


def _entry(told: Mapping[str, str], evidence: Mapping[str, Any]) -> dict[str, object]:
    """The entry that a subject names by its id; else the last one its evidence cites."""
    for name in _ENTRIES:
        if name in told:
            return {"entry": _reference(told[name])}
    cited = evidence.get("entries")
    return {"entry": _reference(str(cited[-1]))} if isinstance(cited, list) and cited else {}


def _reference(entry_id: str) -> str:
    """An id as a reference: `id:` before one that is itself digits."""
    return f"id:{entry_id}" if entry_id.isdigit() else entry_id
