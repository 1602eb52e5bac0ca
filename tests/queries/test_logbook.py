"""What rests on one document: by its number as it was recorded, whatever stands in it."""

from __future__ import annotations

import pytest

from ledger.bootstrap import Ledger
from ledger.domain.refusals import Refused
from tests.queries.makers import county, hire, loan, quota, record

PAPER = '县编〔2022〕7号 "急件"\\附%_'


def positions(ledger: Ledger, number: str = PAPER, **more: int) -> list[int]:
    return [line.position for line in ledger.documented(number, **more).entries]


def test_all_entries_under_one_document_are_shown(ledger_url: str) -> None:
    paper, other = {"document_no": PAPER}, {"document_no": f"{PAPER}续"}
    with county(ledger_url) as ledger:
        first, _, third, _, _ = record(
            ledger,
            hire("P1", "T1-A", authority=paper),
            hire("P2", "T1-A", authority=other),
            quota("T1", 3, authority=paper),
            hire("P3", "T1-A", note=f'"document_no":"{PAPER}"'),
            hire("P4", "T1-A", authority={"title": PAPER}),
        )
        assert positions(ledger) == [first, third]
        assert positions(ledger, from_position=first + 1) == [third]
        assert positions(ledger, known_at=first) == [first]
        assert positions(ledger, f"{PAPER}续") == [first + 1]
        assert positions(ledger, PAPER[:-1]) == []
        assert positions(ledger, "") == []


def test_corrections_and_reversals_rest_on_documents_too(ledger_url: str) -> None:
    paper = {"document_no": PAPER}
    with county(ledger_url) as ledger:
        wrong, right = record(ledger, hire("P1", "T1-A"), loan("P1", "C1", "2019-03-01", "2019-04-01"))
        corrected = ledger.correct(wrong, {"authority": paper}, "补文号")
        reversed_ = ledger.record({"type": "reversed", "entry": right, "reason": "误录", "authority": paper})
        assert not isinstance(corrected, Refused)
        assert not isinstance(reversed_, Refused)
        assert positions(ledger) == [corrected.position, reversed_.position]
        ledger.correct(corrected.position, {"note": "再改"}, "再改")
        assert positions(ledger) == [corrected.position, reversed_.position, reversed_.position + 1]
        by = {line.position: line.reversed_by for line in ledger.documented(PAPER).entries}
        assert by[corrected.position] == reversed_.position + 1


@pytest.mark.parametrize("number", ["\x00", "\ud800", "'; DROP TABLE event; --", "x" * 10_000])
def test_a_strange_number_finds_nothing(ledger_url: str, number: str) -> None:
    with county(ledger_url) as ledger:
        record(ledger, hire("P1", "T1-A", authority={"document_no": PAPER}))
        assert positions(ledger, number) == []
        assert positions(ledger) == [ledger.perspective().known_at]
