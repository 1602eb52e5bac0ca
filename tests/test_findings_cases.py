"""Every rule by cases that an officer can read (tests/findings), and proof that no kind of case is missing."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.findings.finding import RULES
from tests.findings_cases import Case, Question, cases
from tests.queries.makers import at, record
from tests.twins import the_day_of_recording

CASES = cases()
PAGE = Path(__file__).parents[1] / "docs" / "reference" / "findings.md"


def differences(ledger: Ledger, question: Question, known_at: int) -> list[str]:
    """What the ledger answers otherwise, asked about the one rule."""
    rows = ledger.findings(at(question.day, known_at), rule=question.rule, insufficient=True).rows
    row = next((one for one in rows if one.subject == question.subject), None)
    answer, evidence = "false", {}
    if row is not None:
        told = {name: row.evidence.get(name) for name in question.evidence}
        evidence = {name: ",".join(one) if isinstance(one, list) else str(one) for name, one in told.items()}
        unknown = f"unknown {' '.join(row.evidence.get('missing', ()))}"
        answer = unknown if row.severity is None else f"{row.severity} since {row.first_true_on}"
    wanted = (question.answer, question.evidence)
    return [] if (answer, evidence) == wanted else [f"{question}: {answer} {evidence}"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case, ledger_url: str) -> None:
    with create_ledger(ledger_url, officer="tester", clock=the_day_of_recording) as ledger:
        told: list[str] = []
        for number, entry in enumerate(case.entries, 1):
            record(ledger, entry)
            for question in case.questions:
                if question.after == number:
                    told += differences(ledger, question, number)
        ledger.rebuild()
        told += [line for question in case.questions for line in differences(ledger, question, question.after)]
        assert told == []


# ---- nothing is left out

Shown = dict[str, set[str]]


def shown() -> Shown:
    """Rule -> the kinds of cases there are for it."""
    found: Shown = defaultdict(set)
    for case in CASES:
        for one in case.questions:
            if one.unknown is not None:
                found[one.rule].add(f"missing {one.unknown}")
            for other in case.questions:
                found[one.rule] |= set(kinds_of(case, one, other))
    return found


def kinds_of(case: Case, one: Question, other: Question) -> list[str]:
    """What two questions of a case show together."""
    if (one.rule, one.subject) != (other.rule, other.subject):
        return []
    if one.after == other.after and one.answer.endswith(f"since {one.day}") and other.answer == "false":
        the_day_before = date.fromisoformat(one.day) - timedelta(days=1)
        return ["true, and false on the day before"] if other.day == str(the_day_before) else []
    if one.day != other.day or other.after != one.after + 1 or one.answer == other.answer:
        return []
    entry = case.entries[other.after - 1]
    if entry["type"] == "reversed":
        return ["a reversal"]
    return ["a late entry that changes the past"] if entry["effective_on"] <= one.day else []


def inputs_on_the_page() -> Shown:
    """Rule -> the inputs that the page says can be missing."""
    found: Shown = defaultdict(set)
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rule = re.match(r"`(\w+)`", cells[0])
        if rule is not None and rule[1] in RULES and len(cells) == 5:
            lacking = cells[4]
            found[rule[1]] |= set() if lacking.startswith("none") else set(re.findall(r"`([\w.]+)`", lacking))
    return found


ALWAYS = {"true, and false on the day before", "a late entry that changes the past", "a reversal"}


@pytest.mark.parametrize("rule", RULES)
def test_every_kind_of_case_is_there_for_every_rule(rule: str) -> None:
    lacking = {f"missing {name}" for name in inputs_on_the_page()[rule]}
    assert shown()[rule] == ALWAYS | lacking


def test_the_page_says_of_every_rule_what_can_be_missing() -> None:
    assert inputs_on_the_page().keys() == set(RULES)


def test_the_worked_cases_of_the_specification_are_all_there() -> None:
    numbers = [re.match(r"\((\d+)\)", case.text) for case in CASES if case.rule == "de_facto_transfer"]
    assert [int(number[1]) for number in numbers if number is not None] == list(range(1, 11))
