"""The columns of the lists that answers hold, so that a list without rows is written with its header, too.

What a list tells beyond these (the document of an entry, say) follows them, where there is any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Listed(NamedTuple):
    """The list that an answer is about: its key in the answer, and its columns."""

    key: str
    columns: tuple[str, ...]


def _listed(key: str, columns: str) -> Listed:
    return Listed(key, tuple(columns.split()))


NO_LIST = Listed("", ())
"""Of an answer that is about no list."""
_ENTRY = "entry.position entry.id entry.type entry.effective_on entry.recorded_at entry.recorded_by"
_STATE = "{0}.status {0}.unit {0}.establishment {0}.host"
_LOAN = "person name home host kind started_on until days_overdue chain_started_on chain_days extensions"

LISTS: Mapping[str, Listed] = {
    "headcount": _listed(
        "rows",
        "unit name parent quota on_roll seconded_out on_leave present vacancies seconded_in off_establishment "
        "dispatched_in at_work",
    ),
    "roster": _listed("people", "person name unit establishment status host until since position"),
    "secondments": _listed("rows", _LOAN),
    "findings": _listed("rows", "rule subject state severity first_true_on evidence units name"),
    "curve": _listed("points", "on value"),
    "log": _listed("entries", "position id type effective_on recorded_at recorded_by reversed_by target note"),
    "diff": _listed("changes", f"person name {_STATE.format('before')} {_STATE.format('after')}"),
    "explain": _listed("people", f"person name unit establishment status host since {_ENTRY}"),
    "campaign": _listed("rows", _LOAN),
    "compare": _listed("rows", "person name home host days_overdue fate ended_on again_on again_host"),
    "retirements": _listed("people", "person name unit employer establishment state retires_on missing"),
    "policies": _listed("differences", "parameter one other"),
    "alerts": _listed(
        "rows",
        "alert rule subject name person units severity first_true_on state raised_at acknowledged_by acknowledged_at "
        "snoozed_until waived_until waived_by cleared_by lapsed_on supersedes superseded_by",
    ),
    "deliveries": _listed(
        "rows",
        "delivery recipient unit channel alerts state attempts repeated created_at tried_at sent_at problem",
    ),
    "batches": _listed("rows", "id name recorded_by opened_at complete first_position last_position lines"),
    "attachments": _listed("rows", "entry sha256 file position recorded_at recorded_by"),
    "attachments_checked": _listed("rows", "sha256 state noted"),
    "seals": _listed("seals", "position root tip sealed_at key note"),
    "officers": _listed("rows", "officer role units position granted_by granted_at"),
    "id_numbers": _listed("rows", "person id_number"),
}
"""Name of an answer -> its list."""
