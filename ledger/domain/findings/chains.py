"""Chains of secondments: how long somebody has really been away, and 借而不调 (spec 1.5, 1.6).

Source: spec 1.5; the seed report's people who work elsewhere for years and stay charged to the town.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ledger.domain.findings.finding import Severity
from ledger.domain.findings.life import Away, months_after, shown
from ledger.domain.findings.papers import exempt
from ledger.domain.findings.rules import Court, Evidence, Rule, clause
from ledger.domain.findings.subjects import secondment_of, told_of
from ledger.domain.findings.truth import Reign, Truth
from ledger.domain.person import Spell
from ledger.domain.policy import Parameters
from ledger.domain.secondments import Chain, belongs_to, chain_of, chains
from ledger.domain.spans import Span, clipped
from ledger.domain.terms import Establishment
from ledger.domain.time import Day


class Stretch(NamedTuple):
    """Days `[begin, end)` on which the same secondment runs in the same chain, in one tree and under one policy."""

    begin: Day
    end: Day
    running: Away
    chain: Chain
    host: str
    reign: Reign


@dataclass(frozen=True)
class ChainCase:
    """The chain that the secondment running on the day asked about belongs to: at one host, or at any."""

    away: Away
    court: Court
    any_host: bool

    @cached_property
    def stretches(self) -> list[Stretch]:
        """The unbroken days away that end with the day asked about, as long as the chain has the same beginning.

        A chain is named by its first secondment: with another beginning it is another subject.
        """
        found: list[Stretch] = []
        for stretch in self._backwards():
            if found and stretch.chain.stays[0].key != found[-1].chain.stays[0].key:
                break
            found.append(stretch)
        return found[::-1]

    def _backwards(self) -> Iterator[Stretch]:
        end = self.away.day + 1
        for spell in reversed(self.away.life.spells):
            if spell.secondment.started >= end:
                continue
            if spell.ended < end:
                return
            pieces = list(self._pieces(spell, end))
            yield from reversed(pieces)
            end = spell.secondment.started

    def _pieces(self, spell: Spell, end: Day) -> Iterator[Stretch]:
        """One secondment, cut where the policy or the tree around any of the person's units changes."""
        running = Away(self.away.life, spell, end - 1)
        begin = spell.secondment.started
        while begin < end:
            reign = self.court.policies.reign(begin)
            until = min(end, reign.end, *(self._steady(unit, begin) for unit in self._units))
            group = self._group(begin)
            found = chains(self.away.life.stays, begin, reign.parameters["gap_days"], None if self.any_host else group)
            host = group(spell.secondment.entry.host)
            yield Stretch(begin, until, running, chain_of(found, spell.secondment.key), host, reign)
            begin = until

    @cached_property
    def _units(self) -> set[str]:
        life = self.away.life
        return {stay.host for stay in life.stays} | {charge.unit for charge in life.charges}

    def _group(self, day: Day) -> Callable[[str], str]:
        structure = self.away.life.structure
        return lambda unit: belongs_to(structure, unit, day)

    def _steady(self, unit: str, day: Day) -> Day:
        structure = self.away.life.structure
        until = structure.steady_until(unit, day)
        group = belongs_to(structure, unit, day)
        return until if group == unit else min(until, structure.steady_until(group, day))

    @property
    def now(self) -> Stretch:
        """The day asked about."""
        return self.stretches[-1]

    def extensions(self, stretch: Stretch) -> list[Day]:
        """The days of the chain's extensions, in order."""
        keys = {stay.key for stay in stretch.chain.stays}
        spells = [spell for spell in self.away.life.spells if spell.secondment.key in keys]
        return sorted(one.day for spell in spells for one in spell.secondment.extensions)

    def first_charged(self, stretch: Stretch) -> Day | None:
        """The first day since the chain began on which the person was charged to the host itself (C3)."""
        group = self._group(stretch.begin)
        days = [
            max(charge.d_from, stretch.chain.started)
            for charge in self.away.life.charges
            if charge.d_to > stretch.chain.started
            and charge.d_from < stretch.end
            and group(charge.unit) == stretch.host
        ]
        return min(days, default=None)

    def over(self, days: Callable[[Stretch], Span]) -> Truth:
        """A rule that gives one run of days for each stretch."""
        return Truth.of(span for one in self.stretches for span in clipped([days(one)], one.begin, one.end))

    @cached_property
    def exempt(self) -> list[Span]:
        """The days on which the secondment then running is exempt."""
        seconded = {one.running.key: one.running for one in self.stretches}
        return [span for running in seconded.values() for span in exempt(running, self.court)]


def _subject(case: ChainCase, court: Court) -> str:
    return secondment_of(case.away.life, case.now.chain.stays[0].key)


def _told(case: ChainCase) -> Evidence:
    chain, life = case.now.chain, case.away.life
    told = told_of(case.away)
    standing = {spell.secondment.key: spell.secondment.position for spell in life.spells}
    starts = [life.ids(standing[stay.key]) for stay in chain.stays]
    return {
        **told,
        "host": told["host"] if case.any_host else case.now.host,
        "chain_started_on": shown(chain.started),
        "chain_days": chain.days(case.away.day),
        "entries": list(dict.fromkeys([*starts, *told["entries"]])),
    }


def cumulative_over_limit(case: ChainCase, court: Court) -> Truth:
    """累计超限: the days of the same-host chain up to D are more than those of total_months from its start.

    Days of exempt secondments count, but it does not apply while the running one is exempt (spec 1.5, 1.6).
    """

    def days(one: Stretch) -> Span:
        limit = months_after(one.chain.started, one.reign.parameters["total_months"]) - one.chain.started
        return (one.begin + limit - one.chain.days(one.begin - 1), one.end)

    return case.over(days).outside(case.exempt)


def _tell_cumulative(case: ChainCase, court: Court) -> tuple[Severity, Evidence]:
    used = clause(case.now.reign, "total_months", "gap_days")
    started = case.now.chain.started
    limit = months_after(started, case.now.reign.parameters["total_months"]) - started
    return Severity.HIGH, {**_told(case), "allowed_days": limit, **used}


def extended_too_often(case: ChainCase, court: Court) -> Truth:
    """多次续借: the chain's extensions effective by D are more than max_extensions (spec 1.6)."""

    def days(one: Stretch) -> Span:
        extended = case.extensions(one)
        allowed = one.reign.parameters["max_extensions"]
        return (extended[allowed], one.end) if len(extended) > allowed else (one.end, one.end)

    return case.over(days)


def _tell_extended(case: ChainCase, court: Court) -> tuple[Severity, Evidence]:
    extended = [day for day in case.extensions(case.now) if day <= court.day]
    told = {"extensions": len(extended), "extended_on": [shown(day) for day in extended]}
    return Severity.MEDIUM, {**_told(case), **told, **clause(case.now.reign, "max_extensions", "gap_days")}


def de_facto_transfer(case: ChainCase, court: Court) -> Truth:
    """借而不调: C1 to C4 of spec 1.5; its days are those on which a secondment of the chain runs."""
    return _de_facto(case, lambda policy: (policy["de_facto_months"], None))


def de_facto_transfer_near(case: ChainCase, court: Court) -> Truth:
    """The early sign of 借而不调: near_months before it (spec 1.5)."""
    return _de_facto(
        case, lambda policy: (policy["de_facto_months"] - policy["near_months"], policy["de_facto_months"])
    )


def _de_facto(case: ChainCase, months: Callable[[Parameters], tuple[int, int | None]]) -> Truth:
    def days(one: Stretch) -> Span:
        after, before = months(one.reign.parameters)
        end = one.end if before is None else min(one.end, months_after(one.chain.started, before))
        charged = case.first_charged(one)
        return (months_after(one.chain.started, after), end if charged is None else min(end, charged))

    return case.over(days).outside(case.exempt)


def _tell_de_facto(case: ChainCase, court: Court) -> tuple[Severity, Evidence]:
    subtype, vacancies = _subtype(case, court)
    severity = Severity.HIGH if subtype in ("covers_shortage", "post_available") else Severity.MEDIUM
    used = clause(case.now.reign, "de_facto_months", "gap_days", "vacancy_days")
    return severity, {**_told(case), "subtype": subtype, "host_vacancies": vacancies, **used}


def _subtype(case: ChainCase, court: Court) -> tuple[str, int | None]:
    """Why the host keeps somebody it does not take over, by its vacancies in the person's kind (spec 1.5)."""
    kind = case.away.life.state(court.day).establishment
    if kind is None or kind == Establishment.OFF_ESTABLISHMENT:
        return "unknown", None
    vacancy = court.vacancies.vacancy(case.now.host, kind)
    numbers = [
        vacancy.at(day) for day in range(court.day - case.now.reign.parameters["vacancy_days"] + 1, court.day + 1)
    ]
    known = [number for number in numbers if number is not None]
    if not numbers or len(known) < len(numbers):
        return "unknown", vacancy.at(court.day)
    if known[-1] <= 0:
        return "covers_shortage", known[-1]
    return ("post_available" if min(known) >= 1 else "window"), known[-1]


def _tell_near(case: ChainCase, court: Court) -> tuple[Severity, Evidence]:
    used = clause(case.now.reign, "de_facto_months", "near_months", "gap_days")
    due = months_after(case.now.chain.started, case.now.reign.parameters["de_facto_months"])
    return Severity.LOW, {**_told(case), "due_on": shown(due), **used}


def long_away(case: ChainCase, court: Court) -> Truth:
    """长期借调: away at any host for long_away_months or more; one finding that grows (spec 1.6)."""
    return case.over(
        lambda one: (months_after(one.chain.started, one.reign.parameters["long_away_months"][0]), one.end)
    )


def _tell_long_away(case: ChainCase, court: Court) -> tuple[Severity, Evidence]:
    _, medium, critical = case.now.reign.parameters["long_away_months"]
    started = case.now.chain.started
    severity = Severity.LOW
    if court.day >= months_after(started, critical):
        severity = Severity.CRITICAL
    elif court.day >= months_after(started, medium):
        severity = Severity.MEDIUM
    return severity, {**_told(case), **clause(case.now.reign, "long_away_months", "gap_days")}


HOST_RULES: tuple[Rule[ChainCase], ...] = (
    Rule("cumulative_over_limit", cumulative_over_limit, _tell_cumulative, _subject),
    Rule("extended_too_often", extended_too_often, _tell_extended, _subject),
    Rule("de_facto_transfer", de_facto_transfer, _tell_de_facto, _subject),
    Rule("de_facto_transfer_near", de_facto_transfer_near, _tell_near, _subject),
)
"""Rules about the chain at one host."""
ANY_HOST_RULES: tuple[Rule[ChainCase], ...] = (Rule("long_away", long_away, _tell_long_away, _subject),)
"""Rules about the chain over all hosts."""
