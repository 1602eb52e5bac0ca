"""What recording would change, in lines of text: every touched unit before -> after, warnings, findings, refusals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.cells import cell_len

from ledger.application import Receipt
from ledger.bootstrap import Effect
from ledger.cli.findings_table import evidence_words
from ledger.cli.words import signed
from ledger.domain.refusals import Refused
from ledger.domain.terms import MEASURES
from ledger.domain.time import shanghai_date
from ledger.locale import _, term
from ledger.locale.sentences import remedy, sentence
from ledger.queries.measures import HeadcountRow
from tui.marks import fit, fit_middle, plain

ARROW = "->"
NAME = 24
"""Cells for the name of a unit."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; the tone only repeats what its sign says."""

    text: str
    tone: str = ""


def preview_lines(effect: Effect, day: date | None, width: int) -> list[Line]:
    """Everything an officer should see before recording."""
    if isinstance(effect.result, Refused):
        return list(refusal_lines(effect.result))
    receipt = effect.result
    if receipt.already_recorded:
        words = _("Already recorded as no. {position}; recording it again adds nothing.")
        return [Line(words.format(position=receipt.position))]
    return [
        *_warning_lines(receipt),
        *_number_lines(effect, width),
        *_lateness(day, shanghai_date(receipt.recorded_at)),
        *_finding_lines(effect),
    ]


def heading(effect: Effect | None) -> str:
    """What the preview holds, counted: on a small screen some of it lies below the edge."""
    if effect is None or isinstance(effect.result, Refused):
        return _("Effect")
    counts = (
        (_("warnings {count}"), len(effect.result.warnings)),
        (_("findings that appear {count}"), sum(one.severity is not None for one in effect.appeared)),
        (_("findings that vanish {count}"), sum(one.severity is not None for one in effect.vanished)),
    )
    return "  ".join([_("Effect"), *(words.format(count=count) for words, count in counts if count)])


def refusal_lines(refused: Refused) -> Iterator[Line]:
    """What is wrong, what to do, and which entries stand in the way."""
    yield Line(f"x {plain(sentence(refused))}", "over")
    yield Line(f"  {plain(remedy(refused))}")
    if refused.conflicts_with:
        entries = _(", ").join(map(plain, refused.conflicts_with))
        yield Line("  " + _("Conflicts with: {entries}").format(entries=entries), "faint")


def _number_lines(effect: Effect, width: int) -> Iterator[Line]:
    before = {row.unit: row for row in effect.before}
    shown = [name for name in MEASURES if any(_moved(before.get(row.unit), row, name) for row in effect.after)]
    gone = [row for row in effect.before if row.unit not in {one.unit for one in effect.after}]
    if not shown and not gone:
        yield Line(_("No number of any unit changes on that day."), "faint")
        return
    table = [[_change(before.get(row.unit), row, name) for name in shown] for row in effect.after]
    words = [term("short", name) for name in shown]
    cells = [max(cell_len(line[place]) for line in (words, *table)) + 1 for place in range(len(shown))]
    name_cells = min(NAME, max(width // 3, 12))
    for part in _parts(cells, width - name_cells - 1):
        yield Line(
            _table_line(term("column", "unit"), [words[place] for place in part], name_cells, cells, part), "faint"
        )
        for row, line in zip(effect.after, table, strict=True):
            if any(_moved(before.get(row.unit), row, shown[place]) for place in part):
                yield Line(_table_line(row.name, [line[place] for place in part], name_cells, cells, part))
    for row in gone:
        yield Line(_("{name} no longer exists on that day.").format(name=plain(row.name)))


def _moved(old: HeadcountRow | None, new: HeadcountRow, name: str) -> bool:
    return old is None or old.measure(name) != new.measure(name)


def _parts(cells: Sequence[int], room: int) -> Iterator[list[int]]:
    """The columns that fit beside one another; those left over stand below, in a table of their own."""
    part: list[int] = []
    for place, size in enumerate(cells):
        if part and sum(cells[one] + 1 for one in part) + size > room:
            yield part
            part = []
        part.append(place)
    if part:
        yield part


def _table_line(name: str, words: Sequence[str], name_cells: int, cells: Sequence[int], part: Sequence[int]) -> str:
    fitted = [fit(word, cells[place]) for place, word in zip(part, words, strict=True)]
    return " ".join([fit_middle(plain(name), name_cells), *fitted])


def _change(old: HeadcountRow | None, new: HeadcountRow, name: str) -> str:
    was, now = _number(old, name), _number(new, name)
    return now if was == now else f"{was} {ARROW} {now}"


def _number(row: HeadcountRow | None, name: str) -> str:
    number = None if row is None else row.measure(name)
    told = signed(number) if name == "vacancies" else None if number is None else str(number)
    return "-" if told is None else told


def _lateness(day: date | None, present: date) -> Iterator[Line]:
    """An entry recorded late or ahead says so (glossary 补录, 预录)."""
    days = 0 if day is None else (present - day).days
    if days > 0:
        yield Line(_("Late entry: it takes effect {days} days ago.").format(days=days), "faint")
    elif days < 0:
        yield Line(_("Entry ahead: it takes effect in {days} days.").format(days=-days), "faint")


def _warning_lines(receipt: Receipt) -> Iterator[Line]:
    for warned in receipt.warnings:
        text = _("Over quota: {unit} has {on_roll} {establishment} people for {quota} posts on {date}.").format(
            unit=plain(warned.unit),
            on_roll=warned.on_roll,
            establishment=term("establishment", str(warned.establishment)),
            quota=warned.quota,
            date=warned.on.isoformat(),
        )
        yield Line(f"! {text} " + _("Give the reason in the note."), "over")


def _finding_lines(effect: Effect) -> Iterator[Line]:
    on = "" if effect.judged_on is None else effect.judged_on.isoformat()
    for found in sorted(effect.appeared, key=lambda one: -1 if one.severity is None else -one.severity.rank):
        if found.severity is not None:
            grade = term("severity", found.severity.value)
            told = _("! {date} appears ({grade}): {words}")
            yield Line(told.format(date=on, grade=grade, words=_finding(found)), "overdue")
    for found in effect.vanished:
        if found.severity is not None:
            yield Line(_("+ {date} vanishes: {words}").format(date=on, words=_finding(found)), "away")


def _finding(found: Any) -> str:
    told = _("; ").join(evidence_words(found.evidence)[:3])
    return " ".join(part for part in (term("rule", found.rule), plain(found.name), plain(told)) if part)


def lowers_quota(effect: Effect) -> bool:
    """Whether a unit would have fewer posts: that is confirmed by typing."""
    before = {row.unit: row.quota for row in effect.before}
    return any(
        (old := before.get(row.unit)) is not None and (row.quota is None or row.quota < old) for row in effect.after
    )


def wrapped(lines: Sequence[Line], width: int) -> list[Line]:
    """Lines cut into pieces of at most so many cells, at spaces where there are some."""
    found: list[Line] = []
    for line in lines:
        found += [Line(piece, line.tone) for piece in _pieces(line.text, max(width, 8))]
    return found


def _pieces(text: str, width: int) -> Iterator[str]:
    indent = "  "
    while cell_len(text) > width:
        end = 0
        cells = 0
        for character in text:
            cells += cell_len(character)
            if cells > width:
                break
            end += 1
        space = text.rfind(" ", width // 2, end)
        cut = space if space > len(indent) else end
        yield text[:cut]
        text = indent + text[cut:].lstrip()
    yield text
