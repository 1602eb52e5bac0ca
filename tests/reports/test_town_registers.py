"""The eight registers of the report's town against the scenario's expected answers, cell by cell.

Nothing here asks the ledger's own questions: what a register must hold is taken from `town-2022.expected.json` and from
the entries of `town-2022.jsonl` alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger import locale
from ledger.bootstrap import Ledger, create_ledger
from ledger.interchange.jsonl import import_lines
from ledger.reports.catalogue import maker
from ledger.reports.model import Asked, Register
from ledger.reports.moves import month_of

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
DAY = date(2022, 6, 30)
PAIRS = json.loads((SCENARIOS / "town-2022.expected.json").read_text(encoding="utf-8"))["pairs"]
ENTRIES = [
    json.loads(line) for line in (SCENARIOS / "town-2022.jsonl").read_text(encoding="utf-8").splitlines() if line
]
KINDS = {"administrative": "行政", "public_institution": "事业"}
COUNTS = ("quota", "on_roll", "vacancies", "seconded_out", "on_leave", "present")
Making = Callable[..., Register]


@pytest.fixture(scope="module")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp("registers")
    (folder / "town.jsonl").write_bytes((SCENARIOS / "town-2022.jsonl").read_bytes())
    with create_ledger(str(folder / "town.db"), officer="tester") as ledger:
        assert import_lines(ledger, folder / "town.jsonl").refused == []
        yield ledger


@pytest.fixture
def make(_town: Ledger) -> Iterator[Making]:
    locale.use("zh")
    yield lambda name, on=DAY, **more: maker(name)(_town, Asked("T1", _town.perspective(on), **more))
    locale.use(locale.DEFAULT)


def expected(**asked: Any) -> dict[str, Any]:
    """What the scenario expects of a question, as known at the end."""
    wanted = {"known_at": None, **asked}
    (found,) = [one["expect"] for one in PAIRS if one["ask"] == wanted]
    return dict(found)


def headcount(unit: str, on: str = "2022-06-30", scope: str = "subtree") -> dict[str, Any]:
    return expected(question="headcount", unit=unit, scope=scope, on=on)


def said(kind: str, **wanted: object) -> list[dict[str, Any]]:
    """The entries of a kind that hold and say this."""
    gone = {one["entry"] for one in ENTRIES if one["type"] == "reversed"}
    return [
        one
        for one in ENTRIES
        if one["type"] == kind and one.get("id") not in gone and all(one.get(key) == wanted[key] for key in wanted)
    ]


def names() -> dict[str, str]:
    """What units are called, from the entries."""
    return {one["unit"]: one["name"] for one in ENTRIES if one["type"] in ("unit_established", "unit_renamed")}


OFFICES = {
    names()[one["ask"]["unit"]]: one["expect"]
    for one in PAIRS
    if one["ask"]["question"] == "headcount"
    and one["ask"]["unit"].startswith("T1-")
    and (one["ask"]["on"], one["ask"]["known_at"]) == ("2022-06-30", None)
}


def test_establishment(make: Making) -> None:
    block = make("establishment").blocks[0]
    town, *offices = headcount("T1"), *OFFICES.items()
    rows = block.records()
    for row, (kind, count) in zip(rows, town["by_establishment"].items(), strict=False):
        assert row["establishment"] == KINDS[kind]
        assert {key: row[key] for key in COUNTS} == count
    whole = rows[2]
    for key in (*COUNTS, "seconded_in", "at_work"):
        assert whole[key] == town[key], key
        assert block.total is not None
        assert block.total[[one.key for one in block.fields].index(key)] == town[key], key
    assert (whole["leader_quota"], whole["leaders"]) == (9, 9)
    by_office = {row["name"]: row for row in rows[3:]}
    assert len(offices) == 9
    for name, count in offices:
        row = by_office[name]
        ((kind, own),) = count["by_establishment"].items()
        assert row["establishment"] == KINDS[kind]
        assert {key: row[key] for key in own} == own
        assert (row["seconded_in"], row["at_work"]) == (count["seconded_in"], count["at_work"])
        assert (row["quota"], row["vacancies"]) == (None, None)


def test_vacancies(make: Making) -> None:
    (block,) = make("vacancies").blocks
    counts = headcount("T1")["by_establishment"]
    told = ("quota", "on_roll", "vacant", "over", "seconded_out", "present", "really_vacant")
    lines = [
        [one["quota"], one["on_roll"], one["vacancies"], 0, one["seconded_out"], one["present"]]
        for one in counts.values()
    ]
    wanted = [[*line, line[0] - line[5]] for line in lines]
    assert [[row[key] for key in told] for row in block.records()] == wanted
    assert block.total is not None
    assert block.total[3:] == [sum(column) for column in zip(*wanted, strict=True)]


def test_secondments(make: Making) -> None:
    lent, borrowed = make("secondments").blocks
    running = {str(row["person"]): row for row in lent.records() if row["ended_on"] is None}
    answer = expected(question="secondments", on="2022-06-30", unit="T1", role="home")["rows"]
    assert running.keys() == {one["person"] for one in answer}
    for one in answer:
        row = running[one["person"]]
        chain = date.fromisoformat(one["chain_started_on"])
        assert row["host"] == names()[one["host"]]
        assert (row["started_on"], row["extensions"]) == (one["started_on"], one["extensions"])
        assert row["until"] == (one["until"] or "无期限")
        assert (row["state"] == "超期") == ("days_overdue" in one)
        if one["person"] != "DZ2":  # away again after a return that broke no chain: fewer days than from its beginning
            assert row["chain_days"] == (DAY - chain).days + 1
        (start,) = said("secondment_started", person=one["person"], effective_on=one["started_on"])
        assert row["document_no"] == (start.get("authority") or {}).get("document_no")
        assert row["reason"] == start.get("reason")
    assert running["DZ2"]["chain_days"] == 1104
    assert borrowed.rows == []


def test_overdue(make: Making) -> None:
    block, by_host, basis = make("overdue").blocks
    late = expected(question="secondments", on="2022-06-30", unit="T1", role="home", overdue=True)["rows"]
    late.sort(key=lambda one: -one["days_overdue"])
    rows = block.records()
    assert [(row["person"], row["days_overdue"], row["started_on"]) for row in rows] == [
        (one["person"], one["days_overdue"], one["started_on"]) for one in late
    ]
    for row, one in zip(rows, late, strict=True):
        after = date.fromisoformat(one["until"]) + timedelta(days=1)
        assert (row["due_on"], row["host"], row["responsible"]) == (
            after.isoformat(),
            names()[one["host"]],
            row["host"],
        )
    told = {str(row["person"]): set(str(row["rules"]).split("；")) for row in rows}
    here = [one for one in PAIRS if one["ask"] == {"question": "findings", "on": "2022-06-30", "known_at": None}]
    words = {str(row["code"]): str(row["rule"]) for row in basis.records()}
    for pair in here:
        for one in pair["expect"]["include"]:
            if one["subject"] in told:
                assert words[one["rule"]] in told[one["subject"]], one
        for one in pair["expect"]["exclude"]:
            if one["subject"] in told:
                assert words.get(one["rule"]) not in told[one["subject"]], one
    bands = {
        str(row["host"]): [row[key] for key in ("up_to_30", "up_to_180", "more", "all")] for row in by_host.records()
    }
    days = {names()[one["host"]]: one["days_overdue"] for one in late}
    assert bands == {host: [int(n <= 30), int(30 < n <= 180), int(n > 180), 1] for host, n in days.items()}
    assert by_host.total is not None
    assert by_host.total[1:] == [1, 0, 4, 5]


def test_monthly(make: Making) -> None:
    first, last = month_of("2022-06")
    changes, people, late = make("monthly", last, first=first).blocks
    assert changes.total is not None
    total = {one.key: cell for one, cell in zip(changes.fields, changes.total, strict=True)}
    town = headcount("T1")
    assert (total["after"], total["quota_after"], total["vacancies"], total["lent"], total["borrowed"]) == (
        town["on_roll"], town["quota"], town["vacancies"], town["seconded_out"], town["seconded_in"],
    )  # fmt: skip
    rows = {str(row["name"]): row for row in changes.records() if row["after"]}
    for name, count in OFFICES.items():
        ((kind, own),) = count["by_establishment"].items()
        row = rows[name]
        assert (row["establishment"], row["after"], row["lent"]) == (KINDS[kind], own["on_roll"], own["seconded_out"])
    own = headcount("T1", scope="own")
    row = rows["云溪镇(虚构名)"]
    assert (row["after"], row["lent"]) == (own["on_roll"], own["seconded_out"])
    running = expected(question="secondments", on="2022-06-30", unit="T1", role="home")["rows"]
    assert total["lent_more"] == sum(one["started_on"] >= first.isoformat() for one in running)
    assert (people.rows, late.rows) == ([], [])


def test_departures(make: Making) -> None:
    """Those who were on the town's posts at the beginning of 2016 and have left them carry numbers with an R."""
    (block,) = make("departures", first=date(2016, 1, 2)).blocks
    reasons = {"retired": "退休", "resigned": "辞职", "died": "去世", "moved_out": "调出"}
    left = [one for one in (*said("departed"), *said("transferred")) if one["person"].startswith("R")]
    wanted = {
        one["person"]: (one["effective_on"], reasons[one.get("reason", "moved_out")], names().get(one.get("unit", "")))
        for one in left
        if one["effective_on"] <= "2022-06-30"
    }
    assert {row["person"]: (row["effective_on"], row["change"], row["after"]) for row in block.records()} == wanted
    places = {str(row["entry"]): str(row["person"]) for row in block.records()}
    for entry, person in places.items():
        assert ENTRIES[int(entry) - 1]["person"] == person
    assert len(wanted) == 10


def test_retirements(make: Making) -> None:
    people, posts = make("retirements").blocks
    told = {str(row["person"]): row for row in people.records()}
    wanted = {"question": "findings", "on": "2022-06-30", "known_at": None}
    findings = [one for pair in PAIRS if pair["ask"] == wanted for one in pair["expect"]["include"]]
    for one in findings:
        if one["rule"] == "retirement_due":  # true from the date itself
            assert told[one["subject"]]["retires_on"] == one["first_true_on"]
        if one["rule"] == "retirement_soon":  # true for a year and less before the date
            assert str(told[one["subject"]]["retires_on"]) > "2022-06-30"
    assert not {"WW3", "NZ3", "R06"} & told.keys()
    town = headcount("T1")["by_establishment"]["administrative"]
    (line,) = [row for row in posts.records() if row["establishment"] == "行政"]
    retiring = sum(row["establishment"] == "行政" and row["retires_on"] is not None for row in told.values())
    assert (line["vacancies"], line["retiring"], line["then"]) == (
        town["vacancies"], retiring, town["vacancies"] + retiring,
    )  # fmt: skip


def test_whereabouts(make: Making) -> None:
    (block,) = make("whereabouts").blocks
    rows = block.records()
    hired = {one["person"]: one["name"] for one in said("hired")} | {
        one["person"]: one["name"] for one in ENTRIES if one["type"] == "person_described" and one.get("name")
    }
    for status, word in (("seconded_out", "借出"), ("on_leave", "长期请假"), ("off_establishment", "编外在岗")):
        people = expected(question="roster", unit="T1", status=status, on="2022-06-30")["people"]
        assert sorted(str(row["name"]) for row in rows if row["status"] == word) == sorted(hired[one] for one in people)
    away = {str(row["name"]): row for row in rows if row["status"] == "借出"}
    for one in expected(question="secondments", on="2022-06-30", unit="T1", role="home")["rows"]:
        row = away[hired[one["person"]]]
        assert (row["host"], row["since"], row["until"]) == (names()[one["host"]], one["started_on"], one["until"])
    for name, count in OFFICES.items():
        here = [row["status"] for row in rows if row["unit"] == name]
        assert here.count("在岗") == count["present"]
        assert here.count("借出") == count["seconded_out"]
        assert here.count("编外在岗") == count["off_establishment"]
    town = headcount("T1")
    assert len(rows) == town["on_roll"] + town["off_establishment"]
