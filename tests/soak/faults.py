"""Thirty faults, each a change of a line or two, that the tests must find."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Fault(NamedTuple):
    """`old` stands exactly once in the module; with `new` in its place the ledger is wrong."""

    name: str
    module: str
    old: str
    new: str

    def plant(self, root: Path) -> None:
        """Put the fault into a copy of the package."""
        path = root / "ledger" / self.module
        text = path.read_text("utf-8")
        found = text.count(self.old)
        if found != 1:
            raise LookupError(f"{self.name}: the text to replace stands {found} times in {self.module}")
        path.write_text(text.replace(self.old, self.new), "utf-8")


FAULTS = (
    # time and knowledge
    Fault(
        "D: the day after a period still belongs to it",
        "queries/view.py",
        "table.c.d_to > day, table.c.k_from <= known, table.c.k_to > known",
        "table.c.d_to >= day, table.c.k_from <= known, table.c.k_to > known",
    ),
    Fault(
        "K ignored: always as now known",
        "queries/view.py",
        "day, known = self.day, self.perspective.known_at",
        "day, known = self.day, 2**31 - 2",
    ),
    Fault(
        "K: an entry still hides what it replaced one position earlier",
        "queries/view.py",
        "return and_(table.c.k_from <= known, table.c.k_to > known)",
        "return and_(table.c.k_from <= known, table.c.k_to > known + 1)",
    ),
    Fault(
        "units: half-open end made inclusive, a unit exists on the day it ends",
        "domain/units.py",
        "versions.append(now._replace(d_to=end.day))",
        "versions.append(now._replace(d_to=end.day + 1))",
    ),
    Fault(
        "a reversed entry stays in effect",
        "domain/facts.py",
        "facts.pop(one.event.target, None)",
        "facts.get(one.event.target)",
    ),
    Fault(
        "a correction goes to the end of its day instead of keeping its place",
        "domain/facts.py",
        "place = event.place if event.place is not None else recorded.position",
        "place = recorded.position",
    ),
    # people
    Fault(
        "a person is hired twice",
        "domain/person.py",
        'return _problem("already_on_register", fact)',
        "pass",
    ),
    Fault(
        "a transfer to the host leaves the secondment running",
        "domain/person.py",
        "return after._replace(secondment=None)",
        "return after",
    ),
    Fault(
        "a transfer ends a leave",
        "domain/person.py",
        "after = state._replace(unit=entry.unit, establishment=kind, charged_since=fact.day)",
        "after = state._replace(unit=entry.unit, establishment=kind, charged_since=fact.day, leave=None)",
    ),
    Fault(
        "an extension to the same day is taken",
        "domain/person.py",
        "if running.until is not None and until <= running.until:",
        "if running.until is not None and until < running.until:",
    ),
    Fault(
        "an extension does not move the due date",
        "domain/person.py",
        "running._replace(until=until, extensions=",
        "running._replace(extensions=",
    ),
    Fault(
        "entry kind dropped: relieved",
        "domain/person.py",
        "return state._replace(positions=left)",
        "return state",
    ),
    Fault(
        "an internal duty is recorded as a secondment",
        "domain/person.py",
        'return _problem("internal_duty", fact, host=entry.host, unit=state.unit)',
        "pass",
    ),
    # chains
    Fault(
        "a gap of exactly G days joins a chain",
        "domain/secondments.py",
        "stay.started - ends[host] < gap_days",
        "stay.started - ends[host] <= gap_days",
    ),
    Fault(
        "a chain does not count the day asked about",
        "domain/secondments.py",
        "min(stay.ended, day + 1)",
        "min(stay.ended, day)",
    ),
    Fault(
        "chains by host instead of by its statutory unit",
        "queries/secondments.py",
        "lambda host: belongs_to(view.structure, host, view.day)",
        "lambda host: host",
    ),
    # units
    Fault(
        "mergers not followed",
        "domain/units.py",
        "while row is not None and row.into is not None:",
        "while row is not None and row.into is not None and False:",
    ),
    Fault(
        "an office under the county belongs to the county",
        "domain/units.py",
        "return path[index - 1] if row.kind == UnitKind.JURISDICTION and index else above",
        "return above",
    ),
    Fault(
        "entry kind dropped: unit_renamed",
        "domain/units.py",
        "after = now._replace(name=change.name)",
        "after = now",
    ),
    Fault(
        "a unit is abolished while another has it as parent or station",
        "domain/judgement.py",
        "yield ended, which",
        "yield from ()",
    ),
    # quotas
    Fault(
        "a new number leaves temporary grants in force",
        "domain/quotas.py",
        "return Record(entry.posts)",
        "return Record(entry.posts, before.grants if before else ())",
    ),
    Fault(
        "a grant is worth the whole number",
        "domain/quotas.py",
        "Grant(fact.place, entry.posts - own.posts,",
        "Grant(fact.place, entry.posts,",
    ),
    Fault(
        "the numbers of a merged unit are lost",
        "domain/quotas.py",
        "Record(own.posts + brought.posts, own.grants + brought.grants)",
        "Record(own.posts, own.grants)",
    ),
    Fault(
        "a hard quota refuses the last post",
        "application/limits.py",
        "if count + more > period.posts:",
        "if count + more >= period.posts:",
    ),
    # counting
    Fault(
        "netting dropped: a loan inside the subtree counts as seconded out (one unit)",
        "queries/scope.py",
        "out = host is not None and host not in scope.numbers",
        "out = host is not None",
    ),
    Fault(
        "netting dropped: both ends of a loan never meet (whole jurisdiction)",
        "queries/columns.py",
        "meeting = np.where(home == host, home, NOWHERE) if own else tree.meetings(home, host)",
        "meeting = np.full_like(home, NOWHERE)",
    ),
    Fault(
        "people on leave are dispatched",
        "queries/scope.py",
        "p.host.is_(None), p.leave.is_(None), valid)",
        "p.host.is_(None), valid)",
    ),
    Fault(
        "a late entry never reaches an older checkpoint",
        "projections/checkpoints.py",
        "if base is None or known_at == base.upto:",
        "if base is None or known_at >= base.upto:",
    ),
    # programs beside each other, and again
    Fault(
        "another program's units are not seen",
        "application/world.py",
        "if memory.structure_position == unit.head.structure_position:",
        "if memory.structure_position >= 0:",
    ),
    Fault(
        "an id may stand for two entries",
        "application/recording.py",
        "if before == content or entry.id is None:",
        "if before == content or entry.id is None or entry.id:",
    ),
    Fault(
        "a rebuild forgets what was known before",
        "projections/lives.py",
        "rows.append(row_of(self._number, period, self._unit, opened.pop(key_of(period)), position))",
        "opened.pop(key_of(period))",
    ),
)
