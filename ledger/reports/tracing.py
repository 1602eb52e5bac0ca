"""How the numbers of a register are traced: the command that tells the people and entries behind each (spec 2.3)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.domain.terms import KIND_MEASURES
from ledger.domain.time import Perspective
from ledger.locale import _
from ledger.queries.names import OF_LEADERS
from ledger.reports.model import Field, Origin, Register

_OWN = ("quota", "on_roll")
"""Told of a unit by itself. Who is lent depends on how much is asked about; vacancies are those with all below."""


@dataclass(frozen=True, slots=True)
class Traced:
    """One number and its command; `row` counts from 0, the total comes after the last.

    A number that adds up several, such as the leaders of all ranks, has a command for each of them.
    """

    block: int
    row: int
    column: int
    command: str


def traced(register: Register) -> Iterator[Traced]:
    """Every number that `sledger explain` knows."""
    for number, block in enumerate(register.blocks):
        lines = list(zip(block.rows, block.origins, strict=False))
        if block.total is not None and block.whole is not None:
            lines.append((block.total, block.whole))
        for row, (cells, origin) in enumerate(lines):
            for column, (one, cell) in enumerate(zip(block.fields, cells, strict=True)):
                p = register.opening if one.opening else register.perspective
                if cell is not None and p is not None:
                    yield from (Traced(number, row, column, told) for told in _commands(one, origin, p))


def _commands(one: Field, origin: Origin, p: Perspective) -> Iterator[str]:
    own = origin.own and one.measure != "vacancies"
    if not one.measure or (own and one.measure not in _OWN):
        return
    of_unit = f"sledger explain --unit {shlex.quote(origin.unit)}{' --own' if own else ''}"
    for measure in _measures(one.measure, origin):
        yield f"{of_unit} --measure {shlex.quote(measure)} {at(p)}"


def _measures(measure: str, origin: Origin) -> list[str]:
    if measure in OF_LEADERS:
        return [f"{measure}.{rank}" for rank in origin.parts.get(measure, ())]
    return [f"{measure}.{origin.kind}" if origin.kind and measure in KIND_MEASURES else measure]


def at(p: Perspective) -> str:
    """A perspective as the command line takes it."""
    return f"--on {p.as_of} --known-at {p.known_at}"


def printed(register: Register) -> list[str]:
    """What stands below a register: how its totals and its entries are found."""
    found = []
    for one in traced(register):
        block = register.blocks[one.block]
        if one.row == len(block.rows):
            found.append(f"{_(block.fields[one.column].title)}: {one.command}")
    found += [f"{register.title}: {command}" for command in register.questions]
    if any(one.key == "entry" for block in register.blocks for one in block.fields):
        found.append(_("Entry no. N: {command}").format(command="sledger log --from-position N"))
    return found
