"""All read-table rows worked out afresh from the log: what a rebuild writes and a check compares (spec 3.2.5).

Units first, in the order of positions, since people are judged in the tree as known at each position; then one
person after another, each through every position that touched them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Table

from ledger.domain.events import Recorded
from ledger.domain.facts import Illegal, fact_of
from ledger.domain.policy import fold_policy
from ledger.persistence.history import History
from ledger.projections import rows as r
from ledger.projections import tables as t
from ledger.projections.alerts import alert_batches
from ledger.projections.lives import Facts, Life, damaged, moments_of
from ledger.projections.standing import standing_text
from ledger.projections.tally import Batch, Known, Tally, tallied
from ledger.projections.unit_replay import Histories, UnitReplay, Units

Progress = Callable[[int, int], None]
"""Called with (events done, events in all)."""
PEOPLE = 1_600
"""People whose rows are handed on at once."""


class Share(NamedTuple):
    """Which pieces of the people a replay goes through: the one `number` of each `of` pieces."""

    number: int
    of: int


NOTHING = Known()
ALL = Share(0, 1)


class Replay:
    """One pass over a history, or a share of one.

    With `known` the rows of the units, of the policy and of every person who has changed since are told whole, those
    of deltas, ranks, frontiers and imprecise entries only as far as they are new.
    """

    def __init__(self, history: History, progress: Progress | None = None, known: Known = NOTHING) -> None:
        self._history = history
        self._progress = progress or (lambda _done, _all: None)
        self._known = known
        self._newest = history.upto
        self._units = Units()
        self._done = 0
        self.tally = Tally(history.upto, known, self._units.numbers.__getitem__)

    def batches(self) -> Iterator[Batch]:
        """Every row of every table but the checkpoints and the names to search, table by table, in pieces."""
        yield from self.units()
        for piece in self.people():
            yield from piece
        yield from self.others()
        yield from tallied([self.tally], self._newest, self._known)

    # ---- units

    def units(self) -> Iterator[Batch]:
        """The rows of units; they come first, for people are judged in their tree."""
        log: dict[int, Recorded] = {}
        for _, recorded in self._history.of(self._history.subjects("unit:")):
            self.tally.note(recorded)
            log.update((one.position, one) for one in recorded)
        state = UnitReplay(self._units)
        for position in sorted(log):
            state.take(log[position])
        self._done += len(log)
        self._progress(self._done, self._newest)
        self._units.structure = state.whole_structure()
        yield t.unit, [(number, code) for code, number in self._units.numbers.items()]
        yield t.unit_period, state.unit_rows.take()
        yield t.quota_period, state.quota_rows.take()

    # ---- people

    def people(self, share: Share = ALL) -> Iterator[list[Batch]]:
        """The rows of people, piece by piece in the order of their numbers."""
        since = self._known.position
        if since:
            self.tally.note_begun(self._history)
        subjects = self._changed_people() if since else self._history.subjects("person:")
        for start in range(share.number * PEOPLE, len(subjects), share.of * PEOPLE):
            yield list(self._piece(subjects[start : start + PEOPLE]).items())
            self._progress(min(self._done, self._newest), self._newest)

    def _piece(self, subjects: Sequence[str]) -> dict[Table, list[r.Row]]:
        found: dict[Table, list[r.Row]] = {table: [] for table in (t.person, t.person_standing, *r.PERSON_TABLES)}
        structure, unit = self._units.structure.at(0), self._units.numbers.__getitem__
        for subject, recorded in self._history.of(subjects):
            moments = moments_of(recorded, self.tally.note(recorded), self._units.judged_again)
            number = recorded[0].position
            found[t.person].append((number, subject.removeprefix("person:")))
            life = Life(subject, number, unit, structure)
            life.replay(moments, self.tally.count)
            version = sum(one.event.originator_id == subject for one in recorded)
            found[t.person_standing].append((number, version, standing_text(life.timeline)))
            for table, rows in life.rows.items():
                rows.sort(key=r.ORDER[table])
                found[table].extend(rows)
            self._done += len(recorded)
        return found

    def _changed_people(self) -> list[str]:
        """The people who may have changed since the position known, in the order of their subjects."""
        since = self._known.position
        again = {unit for unit, positions in self._units.judged_again.items() if positions[-1] > since}
        together = self._history.together_with([f"names:{unit}" for unit in again]) if again else set()
        touched = self._history.touched(since) | together
        return sorted(subject for subject in touched if subject.startswith("person:"))

    # ---- the rest

    def others(self) -> Iterator[Batch]:
        """The rows of the policy, of alerts and of scans."""
        history = Histories(t.policy_period)
        facts = Facts("policy")
        for _, recorded in self._history.of(["policy"]):
            self.tally.note(recorded)
            for one in recorded:
                facts.take(one, fact_of(one))
                steps = fold_policy(facts.now())
                if isinstance(steps, Illegal):
                    raise damaged(steps)
                history.become(tuple(r.policy_rows(steps)), one.position)
        yield t.policy_period, history.take()
        yield from alert_batches(self._history)
        self._progress(self._newest, self._newest)
