"""Every figure of the eight registers is found again by the commands that stand with it.

A number of the headcount has its own command of `explain`, cell by cell; whatever else is a figure is reckoned here
from the answers of the questions that are printed below the register. No figure is left over.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ledger import locale
from ledger.bootstrap import Ledger, create_ledger
from ledger.cli.app import app
from ledger.domain.refusals import Refused
from ledger.interchange.jsonl import import_lines
from ledger.reports.catalogue import MAKING, maker
from ledger.reports.model import Asked, Register
from ledger.reports.moves import month_of
from ledger.reports.tracing import traced

TOWN = Path(__file__).resolve().parents[1] / "scenarios" / "town-2022.jsonl"
DAY = date(2022, 6, 30)
Figures = dict[tuple[int, int, str], int]
"""Block, row (the total comes after the last) and key -> the number shown."""


@pytest.fixture(scope="module")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp("tracing")
    (folder / "town.jsonl").write_bytes(TOWN.read_bytes())
    with create_ledger(str(folder / "town.db"), officer="tester") as ledger:
        assert import_lines(ledger, folder / "town.jsonl").refused == []
        yield ledger


@pytest.fixture
def town(_town: Ledger) -> Iterator[Ledger]:
    locale.use("zh")
    yield _town
    locale.use(locale.DEFAULT)


def asked_of(ledger: Ledger, command: str) -> dict[str, Any]:
    """What the command line answers to a command of a register."""
    name, *words = shlex.split(command)
    assert name == "sledger"
    told = CliRunner().invoke(app, ["--ledger", str(ledger.store.path), *words, "--json"])
    assert told.exit_code == 0, (command, told.output)
    return dict(json.loads(told.stdout))


def made(ledger: Ledger, name: str, unit: str) -> Register:
    first, on = month_of("2022-05") if name == "monthly" else (None, DAY)
    return maker(name)(ledger, Asked(unit, ledger.perspective(on), first))


def figures(register: Register) -> Figures:
    return {
        (number, row, one.key): cell
        for number, block in enumerate(register.blocks)
        for row, cells in enumerate([*block.rows, block.total or []])
        for one, cell in zip(block.fields, cells, strict=False)
        if isinstance(cell, int)
    }


def explained(ledger: Ledger, register: Register) -> Figures:
    """What `explain` says of every cell that has a command; several commands of one cell add up."""
    found: Counter[tuple[int, int, str]] = Counter()
    for one in traced(register):
        key = register.blocks[one.block].fields[one.column].key
        value = asked_of(ledger, one.command)["value"]
        found[one.block, one.row, key] += {"vacant": max(0, value), "over": max(0, -value)}.get(key, value)
    return dict(found)


def rows(register: Register, block: int) -> Iterator[tuple[int, dict[str, Any]]]:
    yield from enumerate(register.blocks[block].records())


def elsewhere(ledger: Ledger, register: Register) -> Figures:
    """The figures that are no number of the headcount, from the questions below the register."""
    answers = [asked_of(ledger, command) for command in register.questions]
    reckoned = {
        "vacancies": _without_anybody, "secondments": _days, "overdue": _overdue, "monthly": _changes,
        "retirements": _retiring, "establishment": _history,
    }  # fmt: skip
    one = reckoned.get(register.name)
    return {} if one is None else one(ledger, register, answers)


def _without_anybody(_ledger: Ledger, register: Register, _answers: list[dict[str, Any]]) -> Figures:
    """Posts without anybody present: the difference of two cells beside it, each with its command."""
    shown, key = figures(register), "really_vacant"
    return {(b, r, k): shown[b, r, "quota"] - shown[b, r, "present"] for b, r, k in shown if k == key}


def _days(ledger: Ledger, register: Register, answers: list[dict[str, Any]]) -> Figures:
    """Those running from the answer, those ended and the days of all spells from the person's own entries."""
    running = {(one["person"], one["started_on"]): one for one in answers[0]["rows"]}
    found: Figures = {}
    for block in (0, 1):
        for row, told in rows(register, block):
            line = running.get((told["person"], told["started_on"]))
            periods = asked_of(ledger, f"sledger person {told['person']} --on {DAY}")["periods"]
            spells = [
                (one["from"], one["to"]) for one in periods if one["host"] is not None and one["from"] <= str(DAY)
            ]
            after = date.fromordinal(DAY.toordinal() + 1)
            ends = [min(date.fromisoformat(to), after) if to else after for _from, to in spells]
            found[block, row, "all_days"] = sum(
                (end - date.fromisoformat(begin)).days for (begin, _to), end in zip(spells, ends, strict=True)
            )
            if line is not None:
                found[block, row, "chain_days"] = line["chain_days"]
            log = asked_of(ledger, f"sledger log --person {told['person']} --known-at {register.perspective.known_at}")
            last = told["ended_on"] or str(DAY)
            found[block, row, "extensions"] = sum(
                one["type"] == "secondment_extended"
                and told["started_on"] <= one["effective_on"] <= last
                and one["reversed_by"] is None
                for one in log["entries"]
            )
    return found


def _overdue(_ledger: Ledger, register: Register, answers: list[dict[str, Any]]) -> Figures:
    campaign, findings = answers
    late = {one["person"]: one for one in campaign["rows"]}
    found: Figures = {}
    for row, told in rows(register, 0):
        for key in ("days_overdue", "chain_days"):
            found[0, row, key] = late[told["person"]][key]
    hosts = dict(zip(campaign["by_host"], (row for row, _told in rows(register, 1)), strict=True))
    bands: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in campaign["rows"]:
        days = one["days_overdue"]
        key = "up_to_30" if days <= 30 else "up_to_180" if days <= 180 else "more"
        for host in (one["host"], ""):
            bands[host][key] += 1
            bands[host]["all"] += 1
    for host, row in [*hosts.items(), ("", len(hosts))]:
        found |= {(1, row, key): bands[host][key] for key in ("up_to_30", "up_to_180", "more", "all")}
    people = {f"person:{person}" for person in late}
    rules = Counter(
        one["rule"] for one in findings["rows"] if one["state"] == "true" and one["subject"].partition("/")[0] in people
    )
    found |= {(2, row, "count"): rules[told["code"]] for row, told in rows(register, 2)}
    assert set(rules) == {told["code"] for _row, told in rows(register, 2)}
    return found


def _changes(ledger: Ledger, register: Register, answers: list[dict[str, Any]]) -> Figures:
    """Who came and went stands by name in the same register; the totals are those of the difference."""
    bridge, lent, borrowed = answers
    shown, measures = figures(register), answers[0]["measures"]
    total = len(register.blocks[0].rows)
    ways = {"in": "after", "out": "before"}
    found: Figures = {}
    for row, told in rows(register, 0):
        place, origin = (told["name"], told["establishment"]), register.blocks[0].origins[row]
        people = [one for _number, one in rows(register, 1) if one["establishment"] == place[1]]
        for key, side in ways.items():
            found[0, row, key] = sum(one[side] == place[0] for one in people)
        for key, answer, where in (("lent", lent, "unit"), ("borrowed", borrowed, "host")):
            found[0, row, key] = sum(
                (one[where], one["establishment"]) == (origin.unit, origin.kind) for one in answer["people"]
            )
    found[0, total, "late"] = measures["on_roll"]["restated"]
    moved = measures["on_roll"]["added"] - measures["on_roll"]["removed"]
    found[0, total, "out"] = shown[0, total, "in"] - moved
    away = measures["seconded_out"]
    found[0, total, "lent_more"] = away["added"]
    found[0, total, "returned"] = away["removed"]
    found[0, total, "quota_change"] = measures["quota"]["added"] - measures["quota"]["removed"]
    assert bridge["unit"] == register.unit
    return found


PARTS = {"late", "lent_more", "returned", "quota_change"}
"""Of the monthly report: told of the whole by the difference; the lines add up to it."""
_WAYS = {
    "in": ("hired", "moved_in", "army", "other_in"),
    "out": ("moved_away", "retired", "resigned", "dismissed", "died", "other_out"),
}


def _retiring(_ledger: Ledger, register: Register, answers: list[dict[str, Any]]) -> Figures:
    keys = {"retiring": "retiring", "then": "vacancies_then", "unknown": "insufficient_data"}
    return {
        (1, row, key): one[name]
        for row, one in enumerate(answers[0]["outlook"])
        for key, name in keys.items()
        if one[name] is not None
    }


def _history(ledger: Ledger, register: Register, _answers: list[dict[str, Any]]) -> Figures:
    """Each line of 沿革 names its entry; there the number stands, set or by how much it was changed."""
    found: Figures = {}
    held: Counter[tuple[str, str]] = Counter()
    for row, told in rows(register, 1):
        one = asked_of(ledger, f"sledger log --from-position {told['entry']}")["entries"][0]
        assert str(one["position"]) == told["entry"]
        if not one["type"].startswith(("quota_", "leader_quota_")):
            continue
        entry = {**one, **one.get("content", {})}
        place = (entry["unit"], entry.get("establishment") or entry["rank"])
        before = held[place]
        held[place] = entry["posts"] if "posts" in entry else before + entry["change"]
        after = "leader_posts" if "rank" in entry else "posts"
        change = held[place] - before
        found |= {(1, row, after): held[place], (1, row, "added" if change > 0 else "removed"): abs(change)}
    return found


@pytest.mark.parametrize("unit", ["T1", "XIAN"])
@pytest.mark.parametrize("name", MAKING)
def test_every_figure_is_found_again(town: Ledger, name: str, unit: str) -> None:
    register = made(town, name, unit)
    shown, commands = figures(register), explained(town, register)
    others = elsewhere(town, register)
    for place, value in (commands | others).items():
        assert shown.get(place) == value, place
    left = shown.keys() - commands.keys() - others.keys()
    if name == "monthly":
        left = {place for place in left if not _adds_up(register, shown, place)}
    assert left == set()


def _adds_up(register: Register, shown: Figures, place: tuple[int, int, str]) -> bool:
    """A part of a number that is found again: a way of coming or going, or a line of a total."""
    block, row, key = place
    total = len(register.blocks[block].rows)
    if key in PARTS:
        return sum(shown.get((block, line, key), 0) for line in range(total)) == shown[block, total, key]
    if key in _WAYS and row == total:
        return sum(shown[block, line, key] for line in range(total)) == shown[place]
    whole = next(whole for whole, ways in _WAYS.items() if key in ways)
    return sum(shown[block, row, way] for way in _WAYS[whole]) == shown[block, row, whole]


def test_leader_posts_of_several_ranks_have_a_command_for_each(tmp_path: Path) -> None:
    with create_ledger(str(tmp_path / "l.db"), officer="tester") as ledger:
        day = {"effective_on": "2015-01-01"}
        entries: list[dict[str, Any]] = [
            {"type": "unit_established", "unit": "U", "name": "局", "kind": "organ", **day},
            {"type": "leader_quota_set", "unit": "U", "rank": "正科 级", "posts": 1, **day},
            {"type": "leader_quota_set", "unit": "U", "rank": "副科级", "posts": 3, **day},
        ]
        for number, rank in enumerate(("正科 级", "副科级", "副科级", "股级")):
            hired = {"type": "hired", "person": f"P{number}", "name": "某", "unit": "U"}
            entries.append({**hired, "establishment": "administrative", **day})
            post = {"type": "appointed", "person": f"P{number}", "title": "某职", "rank": rank, "counts": True}
            entries.append({**post, **day})
        for entry in entries:
            assert not isinstance(ledger.record(entry), Refused), entry
        register = maker("establishment")(ledger, Asked("U", ledger.perspective(DAY)))
        shown, commands = figures(register), explained(ledger, register)
        total = len(register.blocks[0].rows)
        for row in (0, total):
            assert (shown[0, row, "leader_quota"], shown[0, row, "leaders"]) == (4, 4)
            assert (commands[0, row, "leader_quota"], commands[0, row, "leaders"]) == (4, 4)
        told = [one.command for one in traced(register) if "leaders." in one.command]
        assert len(told) == 6  # three ranks, in the line and in the total
