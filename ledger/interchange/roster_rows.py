"""花名册: one row, the state of one person on the closing date, becomes the entries that bring it about.

A person is charged from the day on which both the unit and the post were reached (the later of 进入本单位时间 and
入编日期), a running secondment opens with its real start, and all of it is opening data (spec 2.2 baseline).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from ledger.domain.faults import N_
from ledger.domain.identity import normal
from ledger.domain.terms import Precision
from ledger.domain.text import TextProblem, without_id_number
from ledger.interchange.cells import Cells
from ledger.interchange.dates import ReadDate
from ledger.interchange.drafts import Draft, RawEntry, Setting, attributes_of, authority_of, dated, told_imprecise

LEADER = "领导"
"""The rank of a leader position where the table names none; the table of units uses the same."""
_AWAY = "seconded_out"
_LEAVES = ("sick", "maternity", "study", "awaiting_post", "suspended")
_LOAN = re.compile("借调|借用|借出|抽调|跟班|挂职")
"""What a note says of somebody who may work elsewhere."""
_KEPT = ("section", "funding", "work_start")


def draft_roster(rows: Iterable[Cells], setting: Setting) -> list[Draft]:
    """One draft for each row."""
    numbers: Counter[str] = Counter()
    return [_draft(cells, setting, numbers) for cells in rows]


def _draft(cells: Cells, setting: Setting, numbers: Counter[str]) -> Draft:
    draft = Draft(cells.row, remarks=cells.remarks)
    status = cells.take("status") or "present"
    if status == "retired":
        cells.say("retired_left_out", "status")
        return draft
    raw = list(_entries(cells, setting, numbers, status))
    if not cells.refused:
        draft.keep(raw)
        if cells.given("id_number") and not any(one.code == "id_number_wrong" for one in cells.remarks):
            draft.id_number = normal(str(cells.take("id_number")))
    return draft


def _entries(cells: Cells, setting: Setting, numbers: Counter[str], status: str) -> Iterator[RawEntry]:
    hired = _hired(cells, setting, numbers)
    person, common = hired["person"], {"person": hired["person"], "baseline": True}
    away = list(_away(cells, common, status))
    if status == "present" and not away and _LOAN.search(hired["note"] or ""):
        cells.say("loan_in_note", "note", value=hired["note"])
    if "effective_on" in hired:
        _begin(cells, setting, hired, min((one["effective_on"] for one in away), default=None))
    yield hired
    title, rank, counts = cells.take("title"), cells.take("rank"), cells.take("counts")
    since: RawEntry = {key: hired[key] for key in ("effective_on", "effective_precision") if key in hired}
    if title is not None:
        rank = rank or (LEADER if counts else None)
        yield {"type": "appointed", **common, **since, "title": title, "rank": rank, "counts": bool(counts)}
    elif rank is not None:
        hired["attributes"] = {**(hired["attributes"] or {}), cells.title("rank"): rank}
    if status in _LEAVES:
        found = cells.take("status_since")
        leave = {"type": "leave_started", "person": person, "baseline": True, "kind": status}
        yield dated(leave, _told(cells, "status_since", found) or setting.closing)  # type: ignore[arg-type]  # checked
    yield from away


def _hired(cells: Cells, setting: Setting, numbers: Counter[str]) -> RawEntry:
    name, born = cells.take("name"), _told(cells, "born_on", cells.take("born_on"))
    gender, person = cells.take("gender"), cells.take("person")
    if cells.given("id_number"):
        _check_id_number(cells, born, gender)
    if person is None and name is not None:
        person = _number_for(cells, name, born, numbers)
    raw: RawEntry = {
        "type": "hired",
        "person": person,
        "name": name,
        "unit": cells.take("unit"),
        "establishment": cells.take("establishment"),
        "channel": cells.take("channel"),
        "gender": gender,
        "retirement_age": cells.take("retirement_age"),
        "identity": cells.take("identity"),
        "authority": authority_of(cells, setting),
        "note": cells.take("note"),
        "baseline": True,
    }
    if born is not None:
        raw = dated(raw, born, "born_on")
    charged = _charged(cells, setting)
    raw["attributes"] = attributes_of(cells, _KEPT)
    return raw if charged is None else dated(raw, charged)


def _told(cells: Cells, key: str, found: Any) -> ReadDate | None:
    if isinstance(found, ReadDate):
        told_imprecise(cells, key, found)
        return found
    return None


def _charged(cells: Cells, setting: Setting) -> ReadDate | None:
    """The day from which the person holds this post in this unit; without any date, the closing date."""
    found = [_told(cells, key, cells.take(key)) for key in ("unit_entry", "quota_entry")]
    for key, one in zip(("unit_entry", "quota_entry"), found, strict=True):
        if one is not None and setting.closing is not None and one.on > setting.closing:
            cells.say("after_closing", key, value=str(one), date=setting.closing)
            return None
    dates = [one for one in found if one is not None]
    if dates:
        return max(dates, key=lambda one: one.on)
    return None if setting.closing is None else ReadDate(setting.closing, Precision.DAY)


def _begin(cells: Cells, setting: Setting, hired: RawEntry, away: date | None) -> None:
    """A unit that the ledger knows from a later day only charges its people from that day, as far as known.

    Who entered the unit before and is there now was there on every day between. Where no date is told but a
    secondment is, the person is charged from its first day.
    """
    on, unit = hired["effective_on"], hired["unit"]
    if away is not None and away < on and not (cells.given("unit_entry") or cells.given("quota_entry")):
        on = hired["effective_on"] = away
    if unit is None or setting.structure.exists(unit, on.toordinal()):
        return
    versions = setting.structure.versions(unit)
    begins = date.fromordinal(versions[0].d_from) if versions else on
    if on < begins and (setting.closing is None or begins <= setting.closing):
        cells.say("unit_begins_later", "unit", value=unit, date=begins)
        kept = {cells.title("unit_entry"): str(cells.take("unit_entry") or on)}
        hired["attributes"] = {**(hired["attributes"] or {}), **kept}
        hired["effective_on"] = begins
        hired.pop("effective_precision", None)


def _away(cells: Cells, common: RawEntry, status: str) -> Iterator[RawEntry]:
    host = cells.take("host") if cells.given("host") else None
    if host is None:
        if status == _AWAY and not cells.said_of("host"):
            cells.say("host_missing", "host")
        return
    if status not in (_AWAY, "present") or (status == "present" and cells.given("status")):
        cells.say("status_contradicts", "status", value=cells.take("status", "text"))
        return
    start = _told(cells, "loan_start", cells.take("loan_start"))
    if start is None:
        if not cells.said_of("loan_start"):
            cells.say("loan_start_missing", "loan_start")
        return
    document = cells.take("loan_document")
    raw: RawEntry = {
        "type": "secondment_started",
        **common,
        "host": host,
        "until": cells.take("until"),
        "kind": cells.take("loan_kind") or "loan",
        "authority": {"document_no": document} if document else None,
    }
    yield dated(raw, start)


# ---- who a row is about


def _number_for(cells: Cells, name: str, born: ReadDate | None, numbers: Counter[str]) -> str:
    """A number of its own for somebody who has none: the same for the same name and birth date in every file."""
    told = f"{name}|{born or ''}"
    numbers[told] += 1
    ordinal = "" if numbers[told] == 1 else f"-{numbers[told]}"
    person = f"N{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:10].upper()}{ordinal}"
    cells.say("number_given", "person", value=person)
    return person


def _check_id_number(cells: Cells, born: ReadDate | None, gender: str | None) -> None:
    """The identity number is compared; it never enters an entry (spec 2.2)."""
    number = cells.take("id_number")
    if number is None:
        return
    problem = id_number_problem(str(number).upper(), None if born is None else born, gender)
    if problem is not None:
        cells.say("id_number_wrong", "id_number", problem=problem)


def id_number_problem(number: str, born: ReadDate | None, gender: str | None) -> str | None:
    """Why an identity number (GB 11643) does not fit the other facts; None if it does."""
    try:
        without_id_number(number)
    except TextProblem:
        pass
    else:
        return N_("it is not a valid number")
    if born is not None and not number[6:14].startswith(str(born).replace("-", "")):
        return N_("it says another birth date")
    male = int(number[16]) % 2 == 1
    if gender is not None and (gender == "male") != male:
        return N_("it says another gender")
    return None
