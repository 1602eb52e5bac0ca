"""The read tables, one metadata for both databases; all of them can be dropped and rebuilt (spec 3.2.4).

Days are day numbers (`date.toordinal`), knowledge is positions; both kinds of period are half-open, their
open end is FOREVER. People and units go by number: the position of the entry that introduced them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from ledger.domain.terms import Establishment, LeaveKind

read_tables = MetaData()

KINDS: tuple[str, ...] = tuple(Establishment)
"""Establishment kinds by the number they are stored under."""
LEAVES: tuple[str, ...] = tuple(LeaveKind)
"""Leave kinds by the number they are stored under."""

person = Table(
    "person",
    read_tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False, unique=True),
)
unit = Table(
    "unit",
    read_tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False, unique=True),
)


def _spans() -> list[Column[int]]:
    return [Column(name, Integer, nullable=False) for name in ("d_from", "d_to", "k_from", "k_to")]


person_period = Table(
    "person_period",
    read_tables,
    Column("person", Integer, nullable=False),
    *_spans(),
    Column("unit", Integer, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("charged_since", Integer, nullable=False),
    Column("host", Integer),
    Column("secondment", Integer),
    Column("seconded_since", Integer),
    Column("until", Integer),
    Column("extensions", SmallInteger, nullable=False),
    Column("leave", SmallInteger),
    Column("leave_since", Integer),
    Column("cause", Integer, nullable=False),
    PrimaryKeyConstraint("person", "d_from", "k_from"),
    sqlite_with_rowid=False,
)
Index(
    "ix_person_period_unit",
    *(person_period.c[name] for name in ("unit", "d_from", "d_to", "k_from", "k_to", "kind", "host", "leave")),
)
Index(
    "ix_person_period_host",
    *(person_period.c[name] for name in ("host", "d_from", "d_to", "k_from", "k_to", "unit", "kind", "leave")),
    sqlite_where=text("host IS NOT NULL"),
    postgresql_where=text("host IS NOT NULL"),
)
OPEN = "k_to = 2147483647"
CLOSED = "k_to < 2147483647"
SHORT_DAYS = 800
"""The longest run of days that is still found by the day on which it begins."""
SHORT_POSITIONS = 100_000
"""The longest run of positions that is still found by the position at which it begins."""
SHORT = f"d_to - d_from <= {SHORT_DAYS}"
LONG = f"d_to - d_from > {SHORT_DAYS}"
BRIEF = f"k_to - k_from <= {SHORT_POSITIONS}"
LASTING = f"k_to - k_from > {SHORT_POSITIONS}"
# Disjoint partial indexes for “who is seconded on D”: with one general index SQLite chose the wrong one
# (research/performance.md section 7). What is now known is mostly short in days and found by its beginning; what is
# no longer known was mostly known for a short while, with its end still open, and is found by the position from which
# it was known (decision 0009). The few others are found by their ends.
_LENT = (
    *("until", "person", "unit", "kind", "host", "leave"),
    *("extensions", "secondment", "seconded_since"),
)
_DAYS, _KNOWN = ("d_from", "d_to"), ("k_from", "k_to")
for _name, _first, _which in (
    ("short", (*_DAYS, *_KNOWN), f"{OPEN} AND {SHORT}"),
    ("long", (*_DAYS[::-1], *_KNOWN), f"{OPEN} AND {LONG}"),
    ("brief", (*_KNOWN, *_DAYS), f"{CLOSED} AND {BRIEF}"),
    ("lasting", (*_KNOWN[::-1], *_DAYS), f"{CLOSED} AND {LASTING}"),
):
    Index(
        f"ix_person_period_lent_{_name}",
        *(person_period.c[name] for name in (*_first, *_LENT)),
        sqlite_where=text(f"host IS NOT NULL AND {_which}"),
        postgresql_where=text(f"host IS NOT NULL AND {_which}"),
    )

secondment = Table(
    "secondment",
    read_tables,
    Column("person", Integer, nullable=False),
    Column("key", Integer, nullable=False),
    Column("d_from", Integer, nullable=False),
    Column("d_to", Integer, nullable=False),
    Column("k_from", Integer, nullable=False),
    Column("k_to", Integer, nullable=False),
    Column("host", Integer, nullable=False),
    Column("entry", Integer, nullable=False),
    Column("until", Integer),
    Column("outcome", Text),
    Column("ended_by", Integer),
    PrimaryKeyConstraint("person", "key", "k_from"),
    sqlite_with_rowid=False,
)
"""One row a spell of secondment: `d_to` its end, `until` the last day first agreed, `entry` where it stands now."""

post_period = Table(
    "post_period",
    read_tables,
    Column("person", Integer, nullable=False),
    Column("title", Text, nullable=False),
    *_spans(),
    Column("rank", Text),
    Column("counts", Boolean, nullable=False),
    Column("unit", Integer, nullable=False),
    Column("cause", Integer, nullable=False),
    PrimaryKeyConstraint("person", "title", "d_from", "k_from"),
    sqlite_with_rowid=False,
)
Index(
    "ix_post_period_unit",
    *(post_period.c[name] for name in ("unit", "rank", "d_from", "d_to", "k_from", "k_to", "counts")),
)
person_description = Table(
    "person_description",
    read_tables,
    Column("person", Integer, nullable=False),
    *_spans(),
    Column("name", Text, nullable=False),
    Column("gender", Text),
    Column("born_on", Integer),
    Column("born_precision", Text),
    Column("retirement_age", SmallInteger),
    Column("identity", Text),
    PrimaryKeyConstraint("person", "d_from", "k_from"),
    sqlite_with_rowid=False,
)
person_standing = Table(
    "person_standing",
    read_tables,
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("standing", Text, nullable=False),
)
"""Where a person's life stands from everything recorded (see `standing`); `version`: of the person's stream."""
person_search = Table(
    "person_search",
    read_tables,
    Column("person", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("initials", Text, nullable=False),
    PrimaryKeyConstraint("person", "name"),
    sqlite_with_rowid=False,
)
"""Every name a person ever had; `initials` holds one word for each reading of the surname."""

unit_period = Table(
    "unit_period",
    read_tables,
    Column("unit", Integer, nullable=False),
    *_spans(),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("level", Text),
    Column("parent", Text),
    Column("stationed_at", Text),
    Column("plates", Text, nullable=False),
    Column("into", Text),
    Column("cause", Integer, nullable=False),
    PrimaryKeyConstraint("unit", "d_from", "k_from"),
    sqlite_with_rowid=False,
)
quota_period = Table(
    "quota_period",
    read_tables,
    Column("unit", Integer, nullable=False),
    Column("scale", Text, nullable=False),
    *_spans(),
    Column("posts", Integer, nullable=False),
    Column("grants", Text, nullable=False),
    Column("cause", Integer, nullable=False),
    PrimaryKeyConstraint("unit", "scale", "d_from", "k_from"),
    sqlite_with_rowid=False,
)
"""`scale`: an establishment kind, or `leader:<rank>`; `grants`: JSON list of [key, amount, until]."""

policy_period = Table(
    "policy_period",
    read_tables,
    *_spans(),
    Column("parameters", Text, nullable=False),
    Column("cause", Integer, nullable=False),
    PrimaryKeyConstraint("d_from", "k_from"),
)

imprecise_entry = Table(
    "imprecise_entry",
    read_tables,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
)
"""Entries whose date is known to the month or year only; answers that rest on them are flagged (spec 2.2)."""

RANKS = 8
"""Ranks whose leaders stand in the checkpoints; those met later are counted from their positions."""
LEADERS = 2 * len(KINDS)
"""The first measure that counts leaders."""
WIDTH = LEADERS + RANKS
"""Counts kept for each unit: charged by kind; on leave and not seconded, by kind; leaders by rank."""
headcount_delta = Table(
    "headcount_delta",
    read_tables,
    Column("unit", Integer, nullable=False),
    Column("measure", SmallInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("frontier", Integer, nullable=False),
    PrimaryKeyConstraint("unit", "measure", "day", "position"),
    sqlite_with_rowid=False,
)
"""Signed changes of a unit's own count, never updated. `measure`: 0-4 charged by kind, 5-9 of these on leave
and not seconded, by kind; from 10 on counting leader positions, 10 + the number of their rank.
`frontier`: the ledger's working day at that position (see `frontier`)."""

_DELTA = ("day", "position", "unit", "measure", "amount")
LAG = 31
"""Days behind or ahead of the frontier from which on a change counts as late or early."""
LONG_LAG = 800
"""Days behind it from which on a late change is no longer found by its day."""
LATE = f"frontier > day + {LAG} AND frontier <= day + {LONG_LAG}"
"""Recorded well after the ledger had gone past its day."""
VERY_LATE = f"frontier > day + {LONG_LAG}"
"""Recorded years after that."""
EARLY = f"frontier < day - {LAG}"
"""Recorded well before the ledger had reached its day."""
Index("ix_headcount_delta_day", *(headcount_delta.c[name] for name in _DELTA))
Index(
    "ix_headcount_delta_position",
    *(headcount_delta.c[name] for name in ("position", "day", "unit", "measure", "amount")),
)
for _name, _which in (("late", LATE), ("very_late", VERY_LATE), ("early", EARLY)):
    Index(
        f"ix_headcount_delta_{_name}",
        *(headcount_delta.c[name] for name in (*_DELTA, "frontier")),  # SQLite covers only with the predicate's column
        sqlite_where=text(_which),
        postgresql_where=text(_which),
    )

leader_rank = Table(
    "leader_rank",
    read_tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rank", Text, nullable=False, unique=True),
)
"""Ranks of counting positions, numbered from 0 in the order in which the ledger met them."""

headcount_checkpoint = Table(
    "headcount_checkpoint",
    read_tables,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("upto", Integer, nullable=False),
    Column("frontier", Integer, nullable=False),
    Column("cells", LargeBinary, nullable=False),
)
"""All counts at the end of `day`, from the entries up to position `upto` (see `checkpoints`)."""

frontier = Table(
    "frontier",
    read_tables,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, nullable=False),
)
"""Block of positions -> the day the ledger had worked its way up to before it, never falling."""

projection_state = Table(
    "projection_state",
    read_tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("newest_entry", BigInteger, nullable=False),
)
"""One row: the version of these tables' making, the last position they take in, and that of the newest entry."""

alert = Table(
    "alert",
    read_tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rule", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("first_true_on", Integer, nullable=False),
    Column("severity", Text, nullable=False),
    Column("units", Text, nullable=False),
    Column("person", Text),
    Column("raised_at", BigInteger, nullable=False),
    Column("standing", Text, nullable=False),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", BigInteger),
    Column("snoozed_until", Integer),
    Column("waived_until", Integer),
    Column("waived_by", Text),
    Column("cleared_by", Text),
    Column("lapsed_on", Integer),
    Column("supersedes", Integer),
    Column("superseded_by", Integer),
    Column("position", Integer, nullable=False),
)
"""Alerts as they stand now: `units` a JSON list, `waived_by` a document number, `position` of the last act."""
Index("ix_alert_subject", alert.c.subject)
Index("ix_alert_standing", alert.c.standing)

scan = Table(
    "scan",
    read_tables,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, nullable=False),
    Column("known_at", Integer, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)
"""Scans that were made: for which day, with which knowledge."""

VERSION = 9
"""Raised whenever the read tables, or what they are made of, change: an older ledger is then rebuilt."""

BITEMPORAL: dict[Table, tuple[str, ...]] = {
    person_period: ("person", "d_from"),
    secondment: ("person", "key"),
    post_period: ("person", "title", "d_from"),
    person_description: ("person", "d_from"),
    unit_period: ("unit", "d_from"),
    quota_period: ("unit", "scale", "d_from"),
    policy_period: ("d_from",),
}
"""Tables whose rows are only ever added, and closed on the knowledge axis -> what names one open row."""
