"""Is an object fit to be an entry at all, and what is its content? (spec 2.2 and 1.1)"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from unicodedata import category

Entry = dict[str, Any]

ESTABLISHMENTS = ("administrative", "political_legal", "public_institution", "support")
ALL_ESTABLISHMENTS = (*ESTABLISHMENTS, "off_establishment")
UNIT_KINDS = (
    "jurisdiction",
    "organ",
    "public_institution",
    "mass_organisation",
    "dispatched_office",
    "internal_office",
    "task_force",
)
LEVELS = ("central", "provincial", "municipal", "county", "township")
SECONDMENT_KINDS = (
    "loan",
    "task_force",
    "temporary_post",
    "shadowing",
    "village_team",
    "aid",
    "inspection",
)
LEAVE_KINDS = ("sick", "maternity", "study", "suspended", "awaiting_post")
DEPARTURES = (
    "retired",
    "early_retired",
    "resigned",
    "dismissed",
    "contract_ended",
    "died",
    "moved_out",
    "diverted_teacher",
    "diverted_early_retired",
    "diverted_resigned",
    "diverted_released",
    "diverted_institution",
    "diverted_enterprise",
    "diverted_police",
)
IDENTITIES = ("civil_servant", "institution_staff", "worker")
PRECISIONS = ("day", "month", "year")
KIND_MEASURES = ("quota", "on_roll", "seconded_out", "on_leave", "present", "vacancies")
PLAIN_MEASURES = (*KIND_MEASURES, "seconded_in", "off_establishment", "dispatched_in", "at_work")
RANK_MEASURES = ("leaders", "leader_quota")
PARAMETERS = (
    "term_months",
    "total_months",
    "de_facto_months",
    "near_months",
    "gap_days",
    "exempt_kinds",
    "exempt_months",
    "expiring_days",
    "overdue_high_days",
    "overdue_critical_days",
    "max_extensions",
    "reborrow_months",
    "long_away_months",
    "evasion_months",
    "probation_months",
    "minimum_service_months",
    "grassroots_from",
    "depleted_percent",
    "present_percent",
    "ratio_percent",
    "long_leave_months",
    "orphan_days",
    "vacancy_days",
    "identity_matrix",
    "quota_enforcement",
)
PROFILES = ("national", "strict")
RECORDING_KEYS = ("position", "recorded_at", "recorded_by")
EARLIEST = date(1949, 10, 1)


class Unfit(Exception):
    """The object is not an entry; the text says why."""


def is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def is_code(value: Any) -> bool:
    return (
        is_text(value)
        and len(value) <= 64
        and value == value.strip()
        and all(category(character) != "Cc" for character in value)
    )


def is_name(value: Any) -> bool:
    return is_text(value) and len(value) <= 120


def is_date(value: Any) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_posts(value: Any) -> bool:
    return is_integer(value) and value >= 0


def is_moved_posts(value: Any) -> bool:
    return is_integer(value) and value >= 1


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_reference(value: Any) -> bool:
    return is_text(value) or is_integer(value)


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(is_text(item) for item in value)


def is_text_object(value: Any) -> bool:
    return is_object(value) and all(is_text(key) and isinstance(value[key], str) for key in value)


def is_target(value: Any) -> bool:
    return is_object(value) and all(key in ESTABLISHMENTS and is_posts(value[key]) for key in value)


def is_measures(value: Any) -> bool:
    return is_object(value) and value != {} and all(is_measure_name(key) and is_integer(value[key]) for key in value)


def is_measure_name(name: str) -> bool:
    measure, _, detail = name.partition(".")
    if measure in RANK_MEASURES:
        return detail != ""
    if detail:
        return measure in KIND_MEASURES and detail in ESTABLISHMENTS
    return measure in PLAIN_MEASURES


def is_parameters(value: Any) -> bool:
    if not is_object(value) or not all(key in PARAMETERS for key in value):
        return False
    gap_days = value.get("gap_days", 90)
    enforcement = value.get("quota_enforcement", "soft")
    return is_posts(gap_days) and enforcement in ("soft", "hard")


def is_authority(value: Any) -> bool:
    if not is_object(value):
        return False
    for key in value:
        if key not in ("document_no", "issued_by", "issued_on", "title", "sha256"):
            return False
        if not (is_date(value[key]) if key == "issued_on" else is_text(value[key])):
            return False
    return True


def one_of(*allowed: object) -> Callable[[Any], bool]:
    return lambda value: value in allowed


COMMON = {
    "id?": is_text,
    "authority?": is_authority,
    "note?": is_text,
    "attributes?": is_text_object,
    "reviewed_by?": is_text,
    "baseline?": is_flag,
}
DATED = {"effective_on": is_date, "effective_precision?": one_of(*PRECISIONS)}
ESTABLISHMENT = one_of(*ALL_ESTABLISHMENTS)
POSTS_KIND = one_of(*ESTABLISHMENTS)
DESCRIPTION = {
    "channel?": is_text,
    "gender?": one_of("male", "female"),
    "born_on?": is_date,
    "born_precision?": one_of(*PRECISIONS),
    "retirement_age?": one_of(50, 55, 60),
    "identity?": one_of(*IDENTITIES),
}

# A key with "?" may be missing; null is the same as missing (choice 24).
KEYS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "unit_established": {
        "unit": is_code,
        "name": is_name,
        "kind": one_of(*UNIT_KINDS),
        "level?": one_of(*LEVELS),
        "parent?": is_code,
        "stationed_at?": is_code,
        "plates?": is_texts,
    },
    "unit_renamed": {"unit": is_code, "name": is_name},
    "unit_moved": {"unit": is_code, "parent": is_code},
    "unit_stationed": {"unit": is_code, "stationed_at?": is_code},
    "unit_merged": {"unit": is_code, "into": is_code},
    "unit_abolished": {"unit": is_code},
    "quota_set": {
        "unit": is_code,
        "establishment": POSTS_KIND,
        "posts": is_posts,
        "until?": is_date,
    },
    "quota_changed": {
        "unit": is_code,
        "establishment": POSTS_KIND,
        "change": is_integer,
        "until?": is_date,
    },
    "quota_cancelled": {"unit": is_code, "establishment": POSTS_KIND, "entry?": is_reference},
    "quota_moved": {
        "unit": is_code,
        "to": is_code,
        "establishment": POSTS_KIND,
        "posts": is_moved_posts,
    },
    "leader_quota_set": {"unit": is_code, "rank": is_text, "posts": is_posts},
    "freeze_declared": {
        "unit": is_code,
        "mode": one_of("no_increase", "exit_only"),
        "until": is_date,
        "target?": is_target,
    },
    "census_claimed": {
        "unit": is_code,
        "source": is_text,
        "measures": is_measures,
        "scope?": one_of("own", "subtree"),
    },
    "policy_adopted": {
        "profile?": one_of(*PROFILES),
        "parameters?": is_parameters,
        "source": is_text,
    },
    "hired": {
        "person": is_code,
        "name": is_name,
        "unit": is_code,
        "establishment": ESTABLISHMENT,
        **DESCRIPTION,
    },
    "person_described": {"person": is_code, "name?": is_name, **DESCRIPTION},
    "transferred": {
        "person": is_code,
        "unit": is_code,
        "establishment?": ESTABLISHMENT,
        "channel?": is_text,
    },
    "appointed": {
        "person": is_code,
        "title": is_text,
        "rank?": is_text,
        "counts?": is_flag,
        "unit?": is_code,
    },
    "relieved": {"person": is_code, "title": is_text},
    "secondment_started": {
        "person": is_code,
        "host": is_code,
        "until?": is_date,
        "kind?": one_of(*SECONDMENT_KINDS),
        "reason?": is_text,
    },
    "secondment_extended": {"person": is_code, "until": is_date},
    "secondment_ended": {"person": is_code, "reason?": one_of("returned", "recalled")},
    "leave_started": {"person": is_code, "kind": one_of(*LEAVE_KINDS)},
    "leave_ended": {"person": is_code},
    "departed": {"person": is_code, "reason": one_of(*DEPARTURES)},
    "reversed": {"entry": is_reference, "reason": is_text},
    "corrected": {"entry": is_reference, "reason": is_text, "replacement": is_object},
}
UNDATED = ("reversed", "corrected")
DEFAULTS: dict[str, Entry] = {
    "appointed": {"counts": True},
    "secondment_started": {"kind": "loan"},
    "secondment_ended": {"reason": "returned"},
    "census_claimed": {"scope": "subtree"},
}
DATE_KEYS = ("effective_on", "until", "born_on")


def content_of(entry: Entry, latest: date) -> Entry:
    """The entry with nulls dropped, defaults filled in and dates read; Unfit if it is none."""
    if not isinstance(entry, dict):
        raise Unfit("an entry is an object")
    kind = entry.get("type")
    if not isinstance(kind, str) or kind not in KEYS:
        raise Unfit(f"unknown type {kind!r}")
    content = without_nulls({key: entry[key] for key in entry if key not in RECORDING_KEYS})
    check_keys(kind, content)
    content = {**DEFAULTS.get(kind, {}), "baseline": False, **content}
    if kind not in UNDATED:
        content = {"effective_precision": "day", **content}
    for key in DATE_KEYS:
        if key in content:
            content[key] = date.fromisoformat(content[key])
    check_dates(content, latest)
    if kind == "policy_adopted" and "profile" not in content and "parameters" not in content:
        raise Unfit("a policy needs a profile or parameters")
    if kind == "corrected":
        content["replacement"] = replacement_of(content["replacement"], latest)
    return content


def replacement_of(replacement: Entry, latest: date) -> Entry:
    if replacement.get("type") in UNDATED:
        raise Unfit("a replacement states a fact, it is no reversal or correction")
    if replacement.get("id") is not None:
        raise Unfit("the correction's id names the replacement")
    return content_of(replacement, latest)


def check_keys(kind: str, content: Entry) -> None:
    keys = {"type": is_text, **COMMON, **KEYS[kind], **({} if kind in UNDATED else DATED)}
    allowed = {key.rstrip("?"): keys[key] for key in keys}
    for key in content:
        if key not in allowed:
            raise Unfit(f"unknown key {key!r}")
        if not allowed[key](content[key]):
            raise Unfit(f"{key} cannot be {content[key]!r}")
    for key in keys:
        if not key.endswith("?") and key not in content:
            raise Unfit(f"{key} is missing")


def check_dates(content: Entry, latest: date) -> None:
    effective_on = content.get("effective_on")
    if effective_on is None:
        return
    if not EARLIEST <= effective_on <= latest:
        raise Unfit(f"{effective_on} lies outside [{EARLIEST}, {latest}]")
    if "until" in content and content["until"] < effective_on:
        raise Unfit("until lies before effective_on")


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(value[key]) for key in value if value[key] is not None}
    return value
