"""At which field a refusal is shown: where the officer can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.domain.refusals import Refused
from tui.forms.fields import REASON
from tui.forms.state import FormState
from tui.naming import UNIT_KEYS

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "date_out_of_bounds": ("effective_on",),
    "until_before_start": ("until",),
    "not_later": ("until",),
    "same_unit": ("into", "to", "stationed_at"),
    "no_quota_kind": ("establishment",),
    "no_quota_record": ("establishment",),
    "quota_below_zero": ("change", "posts"),
    "grant_unknown": ("entry",),
    "unknown_entry": ("entry",),
    "not_reversible": ("entry",),
    "already_reversed": ("entry",),
    "unit_code_used": ("unit",),
    "unit_in_use": ("unit",),
    "parent_required": ("parent",),
    "unit_cycle": ("parent", "into"),
    "not_dispatched": ("stationed_at",),
    "charge_unchanged": ("unit",),
    "return_first": ("unit",),
    "over_quota": ("unit",),
    "internal_duty": ("host",),
    "position_held": ("title",),
    "position_not_held": ("title",),
    "nothing_described": ("name",),
    "empty_policy": ("profile",),
    "unknown_profile": ("profile",),
    "unknown_parameter": ("parameters",),
    "contradictory_parameter": ("parameters",),
    "unknown_measure": ("measures.*",),
    "breaks_other_entry": ("effective_on",),
}
_OF_PEOPLE = (
    "person_unknown",
    "already_on_register",
    "not_on_register",
    "secondment_running",
    "no_secondment",
    "already_on_leave",
    "not_on_leave",
)


def field_of(refused: Refused, state: FormState) -> str:
    """The key of the field; empty where no single field is to blame."""
    shown = [one.key for one in state.fields]
    wanted = ("person",) if refused.code in _OF_PEOPLE else _FIELDS.get(refused.code, ())
    if refused.code in ("unit_unknown", "unit_not_existing"):
        wanted = _named(str(refused.params.get("unit", "")), state)
    if "key" in refused.params:
        key = str(refused.params["key"]).removeprefix("replacement.")
        wanted = (key, REASON if key == "reason" else key, f"{key}.quota")
    return next((key for key in wanted if key in shown), "")


def _named(unit: str, state: FormState) -> tuple[str, ...]:
    def names(key: str) -> bool:
        picked: list[Any] = state.picked.get(key, [])
        return any(one.code == unit for one in picked) or state.texts.get(key, "").strip() == unit

    return tuple(key for key in UNIT_KEYS if names(key))
