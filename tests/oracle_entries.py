"""Random histories for the oracle: small dense worlds, legal and illegal entries of every type."""

import random
from datetime import date, timedelta
from typing import Any

from tests.oracle.oracle import Oracle, Verdict
from tests.oracle.shape import Entry
from tests.oracle_makers import FIRST_UNITS, MORE_UNITS, PERSONS, START, TODAY, Makers

__all__ = ["TODAY", "random_days", "random_entries", "random_history"]

WEIGHTS = {
    "hired": 7,
    "transferred": 11,
    "secondment_started": 14,
    "secondment_extended": 6,
    "secondment_ended": 8,
    "leave_started": 5,
    "leave_ended": 3,
    "departed": 4,
    "appointed": 5,
    "relieved": 2,
    "person_described": 2,
    "unit_established": 4,
    "unit_renamed": 1,
    "unit_moved": 4,
    "unit_stationed": 2,
    "unit_merged": 2,
    "unit_abolished": 2,
    "quota_set": 5,
    "quota_changed": 4,
    "quota_cancelled": 5,
    "quota_moved": 3,
    "leader_quota_set": 2,
    "freeze_declared": 1,
    "census_claimed": 1,
    "policy_adopted": 1,
    "reversed": 6,
    "corrected": 8,
    "repeated": 4,
    "unfit": 2,
}
KEEP_REFUSED_ABOVE = 0.65  # below this share of accepted entries, refused ones are thrown away


def random_entries(seed: int, n: int) -> list[Entry]:
    """`n` entries to be recorded in order; about two thirds of them are accepted."""
    return random_history(seed, n)[0]


def random_history(seed: int, n: int) -> tuple[list[Entry], list[Verdict], Oracle]:
    """(entries, verdicts, oracle): the entries, what the oracle said, the oracle after them."""
    generator = Generator(seed)
    entries: list[Entry] = []
    verdicts: list[Verdict] = []
    while len(entries) < n:
        entry = generator.next_entry()
        verdict = generator.oracle.record(entry)
        accepted = sum(each[0] != "refused" for each in verdicts)
        if verdict[0] == "refused" and accepted < KEEP_REFUSED_ABOVE * len(verdicts):
            continue
        generator.remember(entry, verdict)
        entries.append(entry)
        verdicts.append(verdict)
    return entries, verdicts, generator.oracle


def random_days(seed: int, count: int, oracle: Oracle) -> list[date]:
    """Days worth asking about: mostly the day of some entry, or one next to it."""
    source = random.Random(f"days {seed}")
    used = [fact.on for fact in oracle.ledger().facts] or [START]
    anywhere = [START + timedelta(days=source.randrange(-30, 6 * 365)) for _ in range(count)]
    beside = [source.choice(used) + timedelta(days=source.choice([-1, 0, 0, 1])) for _ in range(count)]
    return [source.choice([near, near, near, far]) for near, far in zip(beside, anywhere, strict=True)]


class Generator(Makers):
    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.count = 0
        self.told: list[Entry] = []  # entries given out, refused ones too
        self.waiting = [self.established(*unit, START) for unit in FIRST_UNITS]
        if self.hard:
            day = START + timedelta(days=self.up_to(300))
            hard = {"quota_enforcement": "hard"}
            self.waiting.append(self.dated("policy_adopted", day, parameters=hard, source="a document"))
        for unit in self.random.sample(MORE_UNITS, 4):
            self.waiting.append(self.established(*unit, START + timedelta(days=self.up_to(200))))
        for person in PERSONS[:4]:
            self.waiting.append(self.hire(person, START + timedelta(days=self.up_to(40))))

    def remember(self, entry: Entry, verdict: Verdict) -> None:
        self.told.append(entry)
        if verdict[0] == "refused" and "id" in entry and self.random.random() < 0.1:
            self.count -= 1  # a refused line leaves its id free

    def next_entry(self) -> Entry:
        if self.waiting:
            return self.finished(self.waiting.pop(0))
        kind = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        entry = getattr(self, "make_" + kind)(kind)
        return self.next_entry() if entry is None else self.finished(entry)

    def finished(self, entry: Entry) -> Entry:
        if "id" not in entry and not self.chance(6):
            self.count += 1
            entry["id"] = f"e{self.count}"
        return entry

    # Entries about entries, and what is none

    def reference(self) -> Any:
        """Mostly an entry in effect, mostly a recent one; by id or by position."""
        facts = sorted(self.ledger().facts, key=lambda fact: fact.position)
        lines = self.oracle.stored
        if not facts:
            return None
        chosen = self.pick(facts[-25:]) if self.chance(75) else self.pick(facts)
        if self.chance(14):
            chosen = self.pick(lines)
        if self.chance(2):
            return "no such entry"
        return chosen.position if self.chance(20) else chosen.id

    def make_reversed(self, kind: str) -> Entry | None:
        reference = self.reference()
        if reference is None:
            return None
        return {"type": kind, "entry": reference, "reason": "a mistake"}

    def make_corrected(self, kind: str) -> Entry | None:
        reference = self.reference()
        line = next((line for line in self.oracle.stored if reference in (line.id, line.position)), None)
        if line is None or line.entry["type"] == "reversed":
            return None
        original = line.entry.get("replacement", line.entry)
        replacement = self.changed(plain(original))
        return replacement and {
            "type": kind,
            "entry": reference,
            "reason": "a mistake",
            "replacement": replacement,
        }

    def changed(self, entry: Entry) -> Entry:
        """The entry with its date, its subject, another key or even its type changed."""
        dice = self.random.random()
        if dice < 0.45:
            day = date.fromisoformat(entry["effective_on"]) + timedelta(days=self.up_to(41) - 20)
            entry["effective_on"] = day.isoformat()
            if entry.get("until") and entry["until"] < entry["effective_on"]:
                entry["until"] = self.later(day)
        elif dice < 0.6 and "person" in entry:
            entry["person"] = self.pick(PERSONS)
        elif dice < 0.75:
            day = date.fromisoformat(entry["effective_on"])
            for key in ("unit", "host", "parent"):
                if key in entry and entry["type"] != "unit_established":
                    entry[key] = self.pick(self.units(day))
        elif dice < 0.9:
            for key in ("posts", "change"):
                if key in entry:
                    entry[key] = 1 + self.up_to(5)
            entry["note"] = f"corrected {self.up_to(99)}"
        else:
            entry = self.next_plain()
        return entry

    def next_plain(self) -> Entry:
        """An entry of any type that states a fact."""
        kinds = [kind for kind in WEIGHTS if kind not in ("reversed", "corrected", "repeated", "unfit")]
        kind = self.pick(kinds)
        entry: Entry | None = getattr(self, "make_" + kind)(kind)
        return self.next_plain() if entry is None else entry

    def make_repeated(self, _kind: str) -> Entry | None:
        """An id told before, with the same or with other content."""
        named = [entry for entry in self.told if "id" in entry]
        if not named:
            return None
        entry = dict(self.pick(named))
        if self.chance(40):
            entry["note"] = f"told again {self.up_to(9)}"
        return entry

    def make_unfit(self, _kind: str) -> Entry | None:
        """Something that is no entry, or lies outside the bounds of time."""
        entry = self.next_plain()
        dice = self.up_to(5)
        if dice == 0:
            entry["colour"] = "red"
        elif dice == 1:
            del entry["effective_on"]
        elif dice == 2:
            entry["effective_on"] = self.pick(["1949-09-30", "2099-01-01", "2021-02-30"])
        elif dice == 3:
            entry["type"] = "unit_painted"
        else:
            entry["until"] = "2018-01-01"
        return entry


def plain(entry: Entry) -> Entry:
    """A stored entry as it could be written in a file."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in entry.items()}
