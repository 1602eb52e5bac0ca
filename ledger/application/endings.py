"""Which entry made a finding go away, or on which day it lapsed (spec 1.7, decision 0015).

Told by asking the same rule again: at the new day with the old knowledge, and at days and positions between. Every
question is asked once, and there is a limit to how many; beyond it the newest entry about the subject is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from ledger.domain.alerts import Alert
from ledger.domain.events import Recorded
from ledger.domain.facts import fact_of
from ledger.domain.scanning import Ended, Moment

QUESTIONS = 60
"""How many times one scan asks a rule again at most."""

Ask = Callable[[str, Moment], Mapping[str, date | None]]
"""Subjects for which a rule holds at a moment, with the first day; None where an input is missing."""
About = Callable[[Alert, int], Sequence[Recorded]]
"""Everything recorded about an alert's person or units up to a position, in order."""


class _Enough(Exception):
    """No more questions."""


class Endings:
    """Looks for the ends of findings that a scan of `now` no longer sees."""

    def __init__(self, now: Moment, ask: Ask, about: About, id_at: Callable[[int], str]) -> None:
        self._now, self._ask, self._about, self._id_at = now, ask, about, id_at
        self._answers: dict[tuple[str, Moment], Mapping[str, date | None]] = {}
        self._found: dict[tuple[int, Moment], Ended] = {}

    def __call__(self, alert: Alert, seen: Moment) -> Ended | None:
        """Why the finding of an alert last seen at `seen` is gone.

        None where an input has gone missing since: that is no reason to believe that all is well.
        """
        if self._answer(alert.rule, self._now, least=True).get(alert.subject, seen.as_of) is None:
            return None
        known = self._found.get((alert.id, seen))
        if known is None:
            known = self._found[alert.id, seen] = self._end_of(alert, seen)
        return known

    def _end_of(self, alert: Alert, seen: Moment) -> Ended:
        now = self._now
        recorded = self._about(alert, now.known_at)
        try:
            if now.known_at > seen.known_at:
                for day, known, gone in ((now.as_of, seen.known_at, False), (seen.as_of, now.known_at, True)):
                    if self._holds(alert, seen, Moment(day, known)) is not gone:
                        return Ended(self._id_at(self._by_position(alert, seen, day, recorded)), None)
            return self._by_day(alert, seen, recorded)
        except _Enough:
            return self._newest(seen, recorded)

    def _holds(self, alert: Alert, seen: Moment, at: Moment) -> bool:
        """Whether the run of days that was seen still stands at a moment."""
        first = self._answer(alert.rule, at).get(alert.subject)
        return first is not None and first <= seen.as_of

    def _answer(self, rule: str, at: Moment, *, least: bool = False) -> Mapping[str, date | None]:
        """What a rule says at a moment; `least`: what must be known in any case."""
        answer = self._answers.get((rule, at))
        if answer is None:
            if len(self._answers) >= QUESTIONS and not least:
                raise _Enough
            answer = self._answers[rule, at] = self._ask(rule, at)
        return answer

    def _by_position(self, alert: Alert, seen: Moment, day: date, recorded: Sequence[Recorded]) -> int:
        """The entry with which it stopped holding on a day: among those about the subject, else among all."""
        now = self._now.known_at
        about = [one.position for one in recorded if seen.known_at < one.position <= now]
        places: Sequence[int] = about or range(seen.known_at + 1, now + 1)
        low, high = -1, len(places) - 1
        while high - low > 1:
            middle = (low + high) // 2
            if self._holds(alert, seen, Moment(day, places[middle])):
                low = middle
            else:
                high = middle
        return places[high]

    def _by_day(self, alert: Alert, seen: Moment, recorded: Sequence[Recorded]) -> Ended:
        """The first day on which it no longer holds, and the entry that took effect on it."""
        low, high = seen.as_of.toordinal(), self._now.as_of.toordinal()
        while high - low > 1:
            middle = (low + high) // 2
            if self._holds(alert, seen, Moment(date.fromordinal(middle), self._now.known_at)):
                low = middle
            else:
                high = middle
        entry = _effective(recorded, high, high)
        return Ended(None, date.fromordinal(high)) if entry is None else Ended(entry, None)

    def _newest(self, seen: Moment, recorded: Sequence[Recorded]) -> Ended:
        """Without asking: the newest entry about the subject since then, by position, else by effective day."""
        since = [one for one in recorded if one.position > seen.known_at]
        if since:
            return Ended(since[-1].event.id, None)
        entry = _effective(recorded, seen.as_of.toordinal() + 1, self._now.as_of.toordinal())
        return Ended(None, self._now.as_of) if entry is None else Ended(entry, None)


def _effective(recorded: Sequence[Recorded], first: int, last: int) -> str | None:
    """The id of the last entry in effect that begins on one of these days."""
    gone = {one.event.target for one in recorded}
    facts = [fact for one in recorded if one.position not in gone and (fact := fact_of(one)) is not None]
    fitting = [fact for fact in facts if first <= fact.day <= last]
    return max(fitting, key=lambda fact: fact.order).id if fitting else None
