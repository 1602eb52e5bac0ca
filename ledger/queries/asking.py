"""The questions that follow numbers through time or look behind them, for whoever can give a view and the log."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ledger.domain.alerts import LIVE, AlertState
from ledger.domain.findings.finding import Finding
from ledger.domain.terms import Severity
from ledger.domain.time import Perspective
from ledger.persistence.collecting import seldom_collecting
from ledger.queries import alerts as inbox
from ledger.queries import findings as wrongs
from ledger.queries import months as strips
from ledger.queries import pages, policies
from ledger.queries import search as searching
from ledger.queries.cited import Entries
from ledger.queries.findings_again import findings_again
from ledger.queries.precision import imprecise_cited
from ledger.queries.roster import RosterLine
from ledger.queries.secondments import Role, SecondmentsAnswer
from ledger.queries.view import View

if TYPE_CHECKING:
    from ledger.queries import campaign as campaigns
    from ledger.queries import curve as curves
    from ledger.queries import diff as bridges
    from ledger.queries import explain as reasons
    from ledger.queries import forecast as forecasts


class Asking(ABC):
    """Part of an open ledger; the methods it rests on are the ledger's."""

    _told_before: wrongs.FindingsAnswer | None = None
    """The last answer about everything that is wrong: asked again after a few entries, most of it still stands."""

    @abstractmethod
    def view(self, perspective: Perspective) -> AbstractContextManager[View]:
        """One snapshot at a perspective."""

    @abstractmethod
    def entries_of(self, view: View) -> Entries:
        """The log in the same snapshot."""

    def curve(
        self, p: Perspective, unit: str, measure: str, start: date, end: date, step: curves.Step = "month"
    ) -> curves.CurveAnswer:
        """One number at each step, as known at the perspective's position; its date plays no part.

        Raises UnknownUnit, UnknownMeasure, DatesReversed.
        """
        from ledger.queries import curve as curves

        with self.view(p) as view:
            return curves.curve(view, unit, measure, start, end, step)

    def diff(self, p1: Perspective, p2: Perspective, unit: str) -> bridges.DiffAnswer:
        """What led from one answer to another, item by item, with the entries. Raises UnknownUnit."""
        from ledger.queries import diff as bridges

        with self.view(p2) as view:
            return bridges.diff(view.at(p1), view, self.entries_of(view), unit)

    def explain(self, p: Perspective, unit: str, measure: str, *, own: bool = False) -> reasons.ExplainAnswer:
        """Everything that one number counts, with the entries. Raises UnknownUnit, UnknownMeasure."""
        from ledger.queries import explain as reasons

        with self.view(p) as view:
            return reasons.explain(view, self.entries_of(view), unit, measure, own=own)

    def find(self, p: Perspective, text: str, limit: int = searching.LIMIT) -> searching.Found:
        """People and units by number, name or pinyin."""
        with self.view(p) as view:
            return searching.find(view, text, limit)

    @abstractmethod
    def secondments(
        self, p: Perspective, *, unit: str | None = None, role: Role | None = None, overdue: bool = False
    ) -> SecondmentsAnswer:
        """Who is away on D, in which chain."""

    def campaign(self, p: Perspective, unit: str | None = None) -> campaigns.CampaignAnswer:
        """The overdue secondments, frozen by the date and the position. Raises UnknownUnit."""
        from ledger.queries import campaign as campaigns

        return campaigns.campaign(self.secondments(p, unit=unit, overdue=True))

    def campaign_fates(
        self, frozen: Perspective, later: Perspective, unit: str | None = None
    ) -> campaigns.ComparisonAnswer:
        """What became of a frozen list by a later perspective. Raises UnknownUnit."""
        from ledger.queries import campaign as campaigns

        listed = self.campaign(frozen, unit)
        with self.view(later) as view:
            keys = campaigns.running_keys(view.at(frozen), [row.person for row in listed.rows])
            return campaigns.compare(listed, keys, view)

    def retirements(self, p: Perspective, months: int, unit: str | None = None) -> forecasts.ForecastAnswer:
        """Who reaches the statutory retirement date within some months, and the vacancies then. Raises UnknownUnit."""
        from ledger.queries import forecast as forecasts

        with self.view(p) as view:
            return forecasts.forecast(view, months, unit)

    def findings(
        self, p: Perspective, *, rule: str | None = None, unit: str | None = None, insufficient: bool = False
    ) -> wrongs.FindingsAnswer:
        """What is wrong, by the rules of spec 1.6; `insufficient`: also what nobody can say for want of an input.

        Raises UnknownUnit, UnknownRule.
        """
        whole = rule is None and unit is None and not insufficient
        with seldom_collecting(), self.view(p) as view:
            entries, before = self.entries_of(view), self._told_before if whole else None
            answer = None if before is None else findings_again(view, entries, before)
            if answer is None:
                answer = wrongs.findings(view, entries, rule=rule, unit=unit, insufficient=insufficient)
            if whole and p.known_at <= view.newest:  # a position still to come would not tell what was known
                self._told_before = answer
            return replace(answer, imprecise=imprecise_cited(view, answer.cited))

    def alerts(
        self,
        p: Perspective,
        *,
        unit: str | None = None,
        rule: str | None = None,
        least: Severity = Severity.LOW,
        states: Collection[AlertState] = LIVE,
    ) -> inbox.AlertsAnswer:
        """Alerts as they stand now, on the perspective's date. Raises UnknownUnit, UnknownRule."""
        with self.view(p) as view:
            return inbox.alerts(view, unit=unit, rule=rule, least=least, states=states)

    def findings_about(self, p: Perspective, rule: str, people: Collection[str]) -> list[Finding]:
        """What one rule says of some people, what nobody can say included. Raises UnknownRule."""
        with self.view(p) as view:
            return wrongs.findings_about(view, self.entries_of(view), rule, people)

    def policy(self, p: Perspective) -> policies.PolicyAnswer:
        """The rules in force on D, where each number comes from, and every adoption known at K."""
        with self.view(p) as view:
            return policies.policy(view, self.entries_of(view))

    def months(self, p: Perspective, person: str) -> strips.Months:
        """A person's life, one state a month up to the perspective's date. Raises UnknownPerson."""
        with self.view(p) as view:
            return strips.months(view, person)

    def roster_numbers(self, p: Perspective, unit: str) -> set[int]:
        """Numbers of everybody in a roster; `roster_page` tells of some of them. Raises UnknownUnit."""
        with self.view(p) as view:
            return pages.roster_numbers(view, unit)

    def in_order(self, p: Perspective, order: pages.Order) -> list[int]:
        """Numbers of people in an order."""
        with self.view(p) as view:
            return pages.in_order(view, order)

    def roster_page(self, p: Perspective, unit: str, numbers: Collection[int]) -> dict[int, RosterLine]:
        """Number -> line of the roster. Raises UnknownUnit."""
        with self.view(p) as view:
            return pages.roster_page(view, unit, numbers)

    def people_names(self, p: Perspective, people: Collection[str]) -> dict[str, str]:
        """Number -> the person's name on the date, for those that are known."""
        with self.view(p) as view:
            return searching.people_names(view, people)

    def unit_names(self, p: Perspective, units: Collection[str]) -> dict[str, str]:
        """Code -> the unit's name on the date; its code where it does not exist then."""
        with self.view(p) as view:
            return {unit: searching.unit_name(view, unit) for unit in units}
