"""What a form asks the ledger while it is filled in. These functions block: workers call them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ledger.cli.parsing import reference
from ledger.cli.words import content_of
from ledger.domain.faults import UnknownEntry, UnknownPerson
from ledger.locale import _, term
from ledger.queries.log import LogLine
from ledger.queries.search import FoundPerson, FoundUnit, find_people, find_units, unit_name
from tui.forms.state import Picked
from tui.naming import UNIT_KEYS, names_in
from tui.port import Port

LIMIT = 30
Codes = Mapping[str, tuple[str, list[str]]]
"""Key -> kind and codes of what is picked there."""
GRANTS = frozenset({"quota_set", "quota_changed"})


@dataclass(frozen=True, slots=True)
class Life:
    """A person on a day: what forms offer and fill in from it."""

    person: str
    unit: str | None
    establishment: str | None
    host: str | None
    until: date | None
    leave: str | None
    positions: tuple[str, ...]
    about: str


def people(port: Port, day: date, text: str) -> list[Picked]:
    """People by number, name or initials, each with where they are on the day."""
    with port.ledger.view(port.ledger.perspective(day)) as view:
        return [_person(one, view_name(view, one.host)) for one in find_people(view, text, LIMIT)]


def view_name(view: Any, unit: str | None) -> str:
    """The name of a unit on the view's day; empty for none."""
    return "" if unit is None else unit_name(view, unit)


def _person(one: FoundPerson, host: str) -> Picked:
    return Picked(one.person, one.name, _about_person(one.person, one.unit_name, host, one.leave))


def _about_person(person: str, unit: str | None, host: str, leave: str | None) -> str:
    if unit is None:
        return f"{person} {_('not on the register')}"
    away = [_("seconded to {host}").format(host=host)] if host else []
    off = [term("leave", leave)] if leave else []
    return " ".join([person, unit, *(away + off or [term("status", "present")])])


def units(port: Port, day: date, text: str) -> list[Picked]:
    """Units that exist on the day, by code, name or initials; all of them for no text."""
    with port.ledger.view(port.ledger.perspective(day)) as view:
        found = find_units(view, text, LIMIT) if text.strip() else list(_all_units(view))
        return [Picked(one.unit, one.name, " ".join([one.unit, view_name(view, one.parent)]).strip()) for one in found]


def _all_units(view: Any) -> Iterable[FoundUnit]:
    structure = view.structure
    for code in sorted(structure.units()):
        version = structure.version(code, view.day)
        if version is not None and version.into is None:
            yield FoundUnit(code, version.name, structure.parent(code, view.day))


def named(port: Port, day: date, kind: str, codes: Iterable[str]) -> list[Picked]:
    """What is known of codes that a form was opened with."""
    search = {"person": people, "unit": units}.get(kind)
    found = []
    for code in codes:
        if search is None:
            hits = entries(port, code)[:1]
        else:
            hits = [one for one in search(port, day, code) if one.code == code]
        found.append(hits[0] if hits else Picked(code, code))
    return found


def life(port: Port, day: date, person: str) -> Life | None:
    """A person on a day; None for one the ledger does not know."""
    ledger = port.ledger
    p = ledger.perspective(day)
    try:
        one = ledger.person(p, person)
    except UnknownPerson:
        return None
    with ledger.view(p) as view:
        unit, host = view_name(view, one.charged_to), view_name(view, one.host)
    about = _about_person(person, unit or None, host, one.leave)
    if one.until is not None and one.host is not None:
        about = _("{about} until {date}").format(about=about, date=one.until.isoformat())
    return Life(person, one.charged_to, one.establishment, one.host, one.until, one.leave, one.positions, about)


def life_and_host(port: Port, day: date, person: str) -> tuple[Life | None, Picked | None]:
    """A person on a day, and the unit they are seconded to, by name."""
    found = life(port, day, person)
    host = [] if found is None or found.host is None else named(port, day, "unit", [found.host])
    return found, host[0] if host else None


def facts(port: Port, day: date, codes: Codes) -> tuple[int, int, dict[str, list[Picked]]]:
    """What a form that opens needs: the newest position, the usual months of a term, and the names of what it holds."""
    return port.newest(), term_months(port, day), {key: named(port, day, *wanted) for key, wanted in codes.items()}


def term_months(port: Port, day: date) -> int:
    """How long a secondment lasts where nothing else is said: the policy's term on the day."""
    with port.ledger.view(port.ledger.perspective(day)) as view:
        return int(view.policy()["term_months"])


def used_for(port: Port, document_no: str) -> tuple[int, int]:
    """How many people, and how many entries in effect, rest on a document with this number."""
    lines = [line for line in port.ledger.documented(document_no).entries if line.reversed_by is None]
    contents = [line.content.get("replacement", line.content) for line in lines]
    return len({one["person"] for one in contents if "person" in one}), len(lines)


# ---- entries


def entries(port: Port, text: str) -> list[Picked]:
    """The entry under a position or an id, else the latest entries of the person that the text finds."""
    try:
        lines = [port.ledger.line(reference(text.strip().lstrip("#")))]
        return [picked_line(one) for one in by_names(port, lines)]
    except UnknownEntry:
        return _of_person(port, text.strip())


def _of_person(port: Port, text: str) -> list[Picked]:
    hits = people(port, port.ledger.perspective().as_of, text)
    exact = [one for one in hits if text in (one.code, one.name)] or hits
    if len(exact) != 1:
        return []
    lines = port.ledger.log(person=exact[0].code).entries
    standing = [line for line in reversed(lines) if line.reversed_by is None and line.type != "reversed"]
    return [picked_line(line) for line in by_names(port, standing)]


def to_correct(port: Port, ref: str | int) -> tuple[int, Mapping[str, Any]]:
    """Position and content of the entry that stands under a reference. Raises UnknownEntry, also for a reversal."""
    ledger = port.ledger
    return ledger.line(ref).position, ledger.entry(ref).content()


def grants(port: Port, unit: str) -> list[Picked]:
    """The temporary grants of a unit that are still in force."""
    lines = port.ledger.log(unit=unit).entries
    found = [line for line in lines if line.type in GRANTS and line.content.get("until") and line.reversed_by is None]
    return [picked_line(line) for line in reversed(by_names(port, found))]


def picked_line(line: LogLine) -> Picked:
    """An entry as something to choose."""
    told = [term("entry", line.type), line.effective_on or "", content_of(line.content), line.recorded_by]
    return Picked(str(line.position), f"#{line.position}", " ".join(one for one in told if one))


# ---- what others did meanwhile


def others_since(port: Port, seen: int, subjects: set[str], own: frozenset[str]) -> list[LogLine]:
    """Entries after a position that name one of the subjects, but for those in `own`."""
    lines = port.ledger.log(from_position=seen + 1).entries if port.newest() > seen else ()
    return by_names(port, [one for one in lines if one.id not in own and subjects & subjects_of(_content(port, one))])


def by_names(port: Port, lines: Sequence[LogLine]) -> list[LogLine]:
    """The lines, for people to read."""
    names = names_in(port, port.ledger.perspective(), (line.content for line in lines))
    return [replace(line, content=names.of(line.content)) for line in lines]


def _content(port: Port, line: LogLine) -> Mapping[str, Any]:
    if line.type == "corrected":
        return dict(line.content["replacement"])
    if line.type == "reversed" and line.target is not None:
        return port.ledger.entry(line.target).content()
    return line.content


def subjects_of(content: Mapping[str, Any]) -> set[str]:
    """`person:…` and `unit:…` of everything an entry names."""
    people_ = [f"person:{content['person']}"] if isinstance(content.get("person"), str) else []
    return {*people_, *(f"unit:{content[key]}" for key in UNIT_KEYS if isinstance(content.get(key), str))}
