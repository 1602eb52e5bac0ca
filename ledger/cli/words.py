"""How answers are worded for people: perspectives, measures, codes, the content of an entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ledger.cli.findings_table import evidence_words
from ledger.cli.text import shown
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill

VALUES: Mapping[str, str] = {
    "establishment": "establishment",
    "level": "level",
    "mode": "freeze_mode",
    "gender": "gender",
    "identity": "identity",
    "effective_precision": "precision",
    "born_precision": "precision",
    "scope": "scope",
    "type": "entry",
    "severity": "severity",
    "rule": "rule",
    "role": "role",
}
VALUES_OF_TYPE: Mapping[tuple[str, str], str] = {
    ("unit_established", "kind"): "unit_kind",
    ("secondment_started", "kind"): "secondment_kind",
    ("leave_started", "kind"): "leave",
    ("secondment_ended", "reason"): "outcome",
    ("departed", "reason"): "departure",
    ("alert_reopened", "reason"): "reopened",
}
_LAST = ("reviewed_by", "effective_precision", "baseline", "attributes", "note")
_USUAL = {"effective_precision": "day", "baseline": False, "scope": "subtree"}
_KNOWN_FROM_THE_LINE = ("type", "id", "effective_on", "position", "recorded_at", "recorded_by", "reversed_by", "target")


def positions_told(first: int, last: int | None) -> str:
    """Under which positions an import was recorded."""
    if last is None or first == last:
        return _("Position {position}.").format(position=first)
    return _("Positions {first} to {last}.").format(first=first, last=last)


def imprecise_notes(ids: Sequence[str]) -> tuple[str, ...]:
    """The remark that an answer rests on dates known to the month or year only (spec 2.2); none otherwise."""
    if not ids:
        return ()
    told = {"count": len(ids), "entries": ", ".join(ids[:3]) + ("…" if len(ids) > 3 else "")}
    return (fill(N_("{count} dates known to the month or year only: {entries}"), told),)


def perspective_line(as_of: date | str, known_at: int, *notes: str) -> str:
    """Which date and which knowledge an answer rests on; every answer says it."""
    line = fill(N_("On {date}, as known at entry no. {position}"), {"date": as_of, "position": known_at})
    return _("; ").join([line, *notes])


def signed(number: int | None) -> str | None:
    """A number with its sign; vacancies need it."""
    return None if number is None else f"{number:+d}" if number else "0"


def content_of(content: Mapping[str, Any]) -> str:
    """The keys and values of an entry in one line, without those that every line of a list shows anyway."""
    return _("; ").join(_pieces(str(content.get("type", "")), content))


def _pieces(entry_type: str, content: Mapping[str, Any]) -> Iterator[str]:
    for key, value in sorted(content.items(), key=lambda item: (item[0] in _LAST, item[0] == "authority")):
        if key in _KNOWN_FROM_THE_LINE or value in (None, {}) or _USUAL.get(key, _USUAL) == value:
            continue
        if key.startswith("source_"):
            continue
        if key == "evidence" and isinstance(value, Mapping):
            yield from evidence_words(value)
        elif key == "replacement" and isinstance(value, Mapping):
            inner = str(value.get("type", ""))
            dated = f"{term('key', 'effective_on')} {value.get('effective_on', '?')}"
            pieces = _("; ").join([term("entry", inner), dated, *_pieces(inner, value)])
            yield f"{term('key', key)} [{pieces}]"
        elif isinstance(value, Mapping):
            for name, part in value.items():
                yield f"{_name(key, name)} {shown(part)}"
        else:
            group = "column" if key == "name" and "person" in content else "key"
            yield f"{term(group, key)} {_value(entry_type, key, value)}"


def _name(key: str, name: str) -> str:
    """The name of a part of an object; attributes have the office's own."""
    if key == "measures":
        return measure(name)
    group = {"authority": "authority", "target": "establishment"}.get(key)
    return shown(name) if group is None else term(group, shown(name))


def _value(entry_type: str, key: str, value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(map(shown, value))
    group = VALUES_OF_TYPE.get((entry_type, key)) or VALUES.get(key)
    return term(group, shown(value)) if group else shown(value)


def measure(name: str) -> str:
    """The word for a measure: `on_roll`, `on_roll.administrative`, `leaders.<rank>`."""
    base, dot, part = name.partition(".")
    word = term("measure", base)
    return f"{word} ({term('establishment', shown(part))})" if dot else word
