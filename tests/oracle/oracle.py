"""The oracle itself: record entries, ask questions; everything is folded anew every time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.oracle.answers import Day, Row, periods
from tests.oracle.judge import Ledger, over_quota
from tests.oracle.shape import Entry, Unfit, content_of
from tests.oracle.timeline import Stored, is_in_effect

Verdict = tuple[str, int] | tuple[str, str, set[str]]


class Oracle:
    """`today` = the recording date of every entry, for the bound of effective dates."""

    def __init__(self, today: date | None = None) -> None:
        self.today = today or datetime.now(ZoneInfo("Asia/Shanghai")).date()
        self.stored: list[Stored] = []
        self.folded: dict[int, Ledger] = {}  # by position: the past never changes

    # Recording

    def record(self, entry: Entry) -> Verdict:
        """("recorded" | "already_recorded", position) or ("refused", reason, conflicts)."""
        try:
            content = content_of(entry, ten_years_after(self.today))
        except Unfit as unfit:
            return "refused", f"unfit: {unfit}", set()
        wanted = content.pop("id", None)
        same = self.line_with_id(wanted) if wanted is not None else None
        if same is not None:
            if same.entry == content:
                return "already_recorded", same.position
            return "refused", "id_reused", set()
        target = None
        if content["type"] in ("reversed", "corrected"):
            target = self.position_of(content["entry"])
            reason = self.reason_against_taking_out(target)
            if reason:
                return "refused", reason, set()
        position = len(self.stored) + 1
        return self.judge(Stored(position, wanted or f"#{position}", content, target))

    def judge(self, line: Stored) -> Verdict:
        """Fold the whole timeline with the new line in its place; keep it if all is legal."""
        before, after = self.ledger(), Ledger([*self.stored, line])
        for fact, reason in after.problems:
            if fact.position == line.position:
                return "refused", reason, set()
        if after.problems:
            conflicts = {fact.id for fact, _ in after.problems}
            return "refused", f"a later entry becomes illegal: {after.problems[0][1]}", conflicts
        excess = over_quota(before, after, self.first_day(line))
        if excess:
            return "refused", "over_quota", set()
        self.stored.append(line)
        self.folded[line.position] = after
        return "recorded", line.position

    def would_record(self, entry: Entry) -> Verdict:
        """The same verdict, nothing kept."""
        kept = list(self.stored)
        verdict = self.record(entry)
        self.stored = kept
        return verdict

    def first_day(self, line: Stored) -> date:
        """From which day on the line changes anything."""
        if line.target is None:
            dated: date = line.entry["effective_on"]
            return dated
        original = self.stored[line.target - 1].entry
        dates: list[date] = [original.get("replacement", original)["effective_on"]]
        if line.entry["type"] == "corrected":
            dates.append(line.entry["replacement"]["effective_on"])
        return min(dates)

    def line_with_id(self, wanted: str) -> Stored | None:
        for line in self.stored:
            if line.id == wanted:
                return line
        return None

    def position_of(self, reference: str | int) -> int | None:
        """An id is text, a position is a number."""
        for line in self.stored:
            if reference in (line.id, line.position):
                return line.position
        return None

    def reason_against_taking_out(self, position: int | None) -> str | None:
        if position is None:
            return "no such entry"
        if self.stored[position - 1].entry["type"] == "reversed":
            return "a reversal is not reversible"
        if not is_in_effect(position, self.stored):
            return "already_reversed"
        return None

    # Questions

    def ledger(self, known_at: int | None = None) -> Ledger:
        position = len(self.stored) if known_at is None else known_at
        lines = self.stored[:position]
        kept = self.folded.get(position)
        if kept is None or kept.stored != lines:
            kept = self.folded[position] = Ledger(lines)
        return kept

    def day(self, on: date, known_at: int | None) -> Day:
        return Day(self.ledger(known_at), on)

    def headcount(
        self, on: date, known_at: int | None = None, unit: str | None = None, *, own: bool = False
    ) -> list[Row]:
        """Rows of spec 2.3; none when the unit does not exist on that day."""
        day = self.day(on, known_at)
        if unit is None:
            return [day.row(each, own=own) for each in day.depth_first()]
        return [day.row(unit, own=own)] if day.units.exists(unit, on) else []

    def roster(self, unit: str, on: date, known_at: int | None = None, status: str | None = None) -> list[Row]:
        day = self.day(on, known_at)
        return day.roster(unit, status) if day.units.exists(unit, on) else []

    def person(self, number: str, on: date, known_at: int | None = None) -> Row | None:
        """None for a person of whom nothing is in effect or ever was."""
        ledger = self.ledger(known_at)
        reversed_entries = self.reversed_entries(number, ledger.stored)
        person = ledger.people.get(number)
        if person is None:
            return (
                None
                if not reversed_entries
                else {
                    "person": number,
                    "name": None,
                    "charged_to": None,
                    "establishment": None,
                    "host": None,
                    "periods": [],
                    "reversed_entries": reversed_entries,
                }
            )
        return {
            **Day(ledger, on).person(person),
            "periods": periods(ledger, person),
            "reversed_entries": reversed_entries,
        }

    def reversed_entries(self, number: str, stored: list[Stored]) -> list[str]:
        return [
            line.id
            for line in stored
            if line.entry["type"] != "reversed"
            and line.entry.get("replacement", line.entry).get("person") == number
            and not is_in_effect(line.position, stored)
        ]

    def secondments(
        self,
        on: date,
        known_at: int | None = None,
        unit: str | None = None,
        role: str | None = None,
        *,
        overdue: bool = False,
    ) -> list[Row]:
        day = self.day(on, known_at)
        if unit is not None and not day.units.exists(unit, on):
            return []
        return day.secondments(unit, role, overdue=overdue)

    def tree(self, on: date, known_at: int | None = None) -> Row:
        units = self.day(on, known_at).units
        existing = units.existing(on)
        return {
            "parents": {unit: units.parent(unit, on) for unit in existing},
            "names": {unit: units.name(unit, on) for unit in existing},
        }

    def curve(self, unit: str, measure: str, dates: list[date], known_at: int | None = None) -> list[int | None]:
        """The number on each day; None when the unit does not exist then."""
        found = []
        for on in dates:
            day = self.day(on, known_at)
            found.append(day.measure(unit, measure) if day.units.exists(unit, on) else None)
        return found


def ten_years_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 10)
    except ValueError:
        return date(day.year + 10, 2, 28)
