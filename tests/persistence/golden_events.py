"""Samples of every stored event, and the golden files made from them once and for ever.

`python -m tests.persistence.golden_events` writes the files that are missing. A file that stands is never written
again: ledgers everywhere hold bytes of its form.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.domain.acts import ACT_TYPES
from ledger.domain.entries import ENTRY_TYPES, Corrected, Entry
from ledger.domain.events import TOPICS, Event, Source
from ledger.persistence.codec import encode

GOLDEN = Path(__file__).parents[1] / "golden" / "events"
AUTHORITY = {
    "document_no": "县编〔2022〕7号",
    "issued_by": "县委编办",
    "issued_on": "2022-02-20",
    "title": "关于调整编制的通知",
    "sha256": "ab" * 32,
}
VALUES: dict[str, Any] = {
    "id": "line-7",
    "authority": AUTHORITY,
    "note": "第一行\n第二行 “quoted” \\ / é 😀",
    "attributes": {"籍贯": "某县"},
    "reviewed_by": "钱地",
    "effective_on": "2022-03-01",
    "effective_precision": "month",
    "baseline": True,
    "unit": "T01-A",
    "name": "镇政府",
    "kind": "dispatched_office",
    "level": "township",
    "parent": "T01",
    "stationed_at": "T02",
    "plates": ["综合执法队", "应急站"],
    "into": "T02",
    "establishment": "political_legal",
    "posts": 34,
    "until": "2022-12-31",
    "change": -2,
    "entry": "line-3",
    "to": "T02",
    "rank": "正科",
    "mode": "exit_only",
    "target": {"administrative": 30, "support": 0},
    "source": "2022年编制台账",
    "measures": {"on_roll": 46, "quota.administrative": 34, "leaders.正科": 2},
    "scope": "own",
    "profile": "strict",
    "parameters": {"gap_days": 60, "long_away_months": [12, 24, 36], "quota_enforcement": "hard"},
    "person": "P0042",
    "gender": "female",
    "born_on": "1980-02-29",
    "born_precision": "day",
    "retirement_age": 55,
    "identity": "institution_staff",
    "channel": "公开招录",
    "title": "副镇长",
    "counts": False,
    "host": "C02",
    "reason": "工作需要",
    "rule": "overdue_secondment",
    "subject": "person:P0042/secondment:line-3",
    "first_true_on": "2022-09-01",
    "severity": "high",
    "units": ["T01-A", "C02"],
    "supersedes": 6,
    "evidence": {"days": 31, "host": "C02", "subtype": None, "entries": ["line-3"], "quota": {"support": 0}},
    "as_of": "2022-10-01",
    "known_at": 11,
    "alert": 7,
    "lapsed_on": "2022-10-01",
    "by": 8,
    "letter": "reminder",
    "file": "催返函-7.docx",
    "sha256": "ab" * 32,
    "findings": 14,
    "officer": "李建",
    "role": "officer",
}
OF_A_TYPE: dict[str, dict[str, Any]] = {
    "hired": {"name": "赵天"},
    "person_described": {"name": "赵天"},
    "secondment_started": {"kind": "village_team"},
    "secondment_ended": {"reason": "recalled"},
    "leave_started": {"kind": "awaiting_post"},
    "departed": {"reason": "diverted_teacher"},
    "quota_cancelled": {"entry": 12},
    "document_attached": {"entry": 12},
    "alert_reopened": {"reason": "waiver_ended"},
}
REPLACED = {"person": "secondment_started", "unit": "quota_set", "policy": "policy_adopted"}
"""What is corrected in a stream of each kind."""


def sample(topic: str) -> Event:
    """An event of the topic with every key given."""
    kind, _, name = topic.partition(".")
    columns = {"originator_id": kind if kind == "policy" else f"{kind}:X1", "originator_version": 3, "topic": topic}
    more: dict[str, Any] = {
        "batch": "cd" * 32,
        "key": "line:" + "ef" * 32 + ":1",
        "source": Source(position=9, recorded_at="2019-01-01", recorded_by="a"),
    }
    if name in ("reversed", "corrected"):
        more["target"] = 5
    if name == "corrected":
        more["place"] = 4
    if name in ("corrected", "policy_adopted"):
        more["edition"] = 1
    fields = {**columns, **more, "id": "line-7", "recorded_by": "officer", "entry": entry_of(name, kind)}
    return Event.model_validate(fields)


def entry_of(name: str, kind: str) -> Entry:
    """An entry with every key given."""
    known = {**ENTRY_TYPES, **ACT_TYPES}[name]
    values = {**VALUES, **OF_A_TYPE.get(name, {}), "type": name}
    if known is Corrected:
        replacement = entry_of(REPLACED[kind], kind).model_dump(mode="json", exclude_none=True, exclude={"id"})
        values["replacement"] = replacement
    return known.model_validate({key: values[key] for key in known.model_fields})


def path_of(topic: str) -> Path:
    """The golden file of a topic at today's class version."""
    return GOLDEN / f"{topic}.v{TOPICS[topic].class_version}.json"


def write_missing() -> list[Path]:
    """Write the files that do not stand yet."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    missing = [topic for topic in TOPICS if not path_of(topic).exists()]
    for topic in missing:
        path_of(topic).write_bytes(encode(sample(topic)))
    return [path_of(topic) for topic in missing]


if __name__ == "__main__":
    print(*write_missing(), sep="\n")  # noqa: T201  says what it wrote
